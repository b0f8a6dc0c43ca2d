//! Real authoritative servers (NSD) on loopback addresses, started and ended by the test.

use std::fmt::Write as _;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// One server: its last address byte (127.0.0.N), and its zones by name and text.
pub(crate) type Server<'a> = (u8, Vec<(&'a str, String)>);

/// The running servers; dropping it ends them.
pub(crate) struct World {
    pub(crate) port: u16,
    children: Vec<Child>,
    _folder: TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Finds a program in PATH, the places of system programs, or the folder of the test's own tools.
fn program(name: &str, package: &str) -> PathBuf {
    let own = std::env::var_os("NAMEKEEP_TEST_TOOLS").map(PathBuf::from);
    let own = own.iter().flat_map(|dir| [dir.clone(), dir.join("usr/sbin"), dir.join("usr/bin"), dir.join("bin")]);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let system = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    own.chain(path).chain(system).map(|dir| dir.join(name)).find(|file| file.is_file()).unwrap_or_else(|| {
        panic!("`{name}` is missing: install the Debian package `{package}`, or name its folder in NAMEKEEP_TEST_TOOLS")
    })
}

/// Finds a port that is free for UDP and TCP on every address of the world.
fn free_port(addresses: &[u8]) -> u16 {
    for _ in 0..100 {
        let probe = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = probe.local_addr().unwrap().port();
        drop(probe);
        let free = |last: &u8| {
            let at = SocketAddr::from((Ipv4Addr::new(127, 0, 0, *last), port));
            UdpSocket::bind(at).is_ok() && TcpListener::bind(at).is_ok()
        };
        if addresses.iter().all(free) {
            return port;
        }
    }
    panic!("no port is free on all loopback addresses");
}

impl World {
    /// Starts one NSD per address and waits until each answers.
    pub(crate) fn start(servers: &[Server<'_>]) -> Self {
        let nsd = program("nsd", "nsd");
        let folder = tempfile::tempdir().unwrap();
        let addresses: Vec<u8> = servers.iter().map(|(last, _)| *last).chain([8, 9]).collect();
        let port = free_port(&addresses);
        let mut world = Self { port, children: Vec::new(), _folder: folder };
        for (last, zones) in servers {
            let home = world._folder.path().join(last.to_string());
            fs::create_dir(&home).unwrap();
            let config = configure(&home, *last, port, zones);
            let log = fs::File::create(home.join("stderr")).unwrap();
            let child = Command::new(&nsd)
                .arg("-d")
                .arg("-c")
                .arg(&config)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn();
            world.children.push(child.unwrap());
            let apex = zones.first().map_or(".", |(name, _)| name);
            wait_for(
                &home,
                SocketAddr::from((Ipv4Addr::new(127, 0, 0, *last), port)),
                apex,
                world.children.last_mut().unwrap(),
            );
        }
        world
    }

    pub(crate) fn address(&self, last: u8) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), self.port)
    }
}

/// Writes the zones and a configuration that needs no rights and limits no answers.
fn configure(home: &Path, last: u8, port: u16, zones: &[(&str, String)]) -> PathBuf {
    let dir = home.display();
    let mut text = format!(
        "server:\n  ip-address: 127.0.0.{last}@{port}\n  server-count: 1\n  do-ip6: no\n  username: \"\"\n  zonesdir: \"{dir}\"\n  pidfile: \"{dir}/pid\"\n  xfrdfile: \"{dir}/xfrd\"\n  xfrdir: \"{dir}\"\n  zonelistfile: \"{dir}/zonelist\"\n  logfile: \"{dir}/log\"\n  database: \"\"\n  minimal-responses: no\n  rrl-ratelimit: 0\n  rrl-whitelist-ratelimit: 0\nremote-control:\n  control-enable: no\n"
    );
    for (name, zone) in zones {
        let file = home.join(format!("{name}.zone"));
        fs::write(&file, format!("$ORIGIN {name}.\n$TTL 300\n{zone}")).unwrap();
        write!(text, "zone:\n  name: \"{name}\"\n  zonefile: \"{}\"\n", file.display()).unwrap();
    }
    let config = home.join("nsd.conf");
    fs::write(&config, text).unwrap();
    config
}

/// Asks for a zone's SOA record until the server answers, with its log in the failure.
#[expect(clippy::disallowed_methods, reason = "waits for another process to be ready")]
fn wait_for(home: &Path, at: SocketAddr, apex: &str, child: &mut Child) {
    let mut question = vec![0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in apex.split('.').filter(|label| !label.is_empty()) {
        question.push(u8::try_from(label.len()).unwrap());
        question.extend(label.bytes());
    }
    question.extend([0, 0, 6, 0, 1]);
    let give_up = Instant::now() + Duration::from_secs(30);
    while Instant::now() < give_up {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        socket.connect(at).unwrap();
        let mut answer = [0; 512];
        let sent = socket.send(&question).is_ok();
        // NOERROR and authoritative: the zone is loaded.
        if sent && socket.recv(&mut answer).is_ok_and(|n| n > 12) && answer[3] & 0x0f == 0 && answer[2] & 0x04 != 0 {
            return;
        }
        if child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let said: String = ["stderr", "log"].map(|file| fs::read_to_string(home.join(file)).unwrap_or_default()).concat();
    panic!("the server at {at} does not answer for {apex}:\n{said}");
}
