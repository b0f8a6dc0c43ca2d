//! The resolvers this machine is set up with.

use std::net::{IpAddr, SocketAddr};

/// Most resolvers used (resolv.conf(5): MAXNS).
const MAX_RESOLVERS: usize = 3;
/// Largest file read, in bytes.
const MAX_FILE: usize = 64 << 10;

/// Reads the name servers of a `resolv.conf` file; lines that are none are passed over.
pub fn resolvers(file: &[u8]) -> Vec<SocketAddr> {
    let text = String::from_utf8_lossy(file.get(..MAX_FILE).unwrap_or(file));
    let address = |line: &str| {
        let mut words = line.split_whitespace();
        let keyword = words.next()?;
        let ip: IpAddr = words.next()?.parse().ok()?;
        (keyword == "nameserver").then(|| SocketAddr::new(ip, 53))
    };
    text.lines().filter_map(address).take(MAX_RESOLVERS).collect()
}

/// Reads the resolvers of this machine; none where the file is missing.
pub fn own_resolvers() -> Vec<SocketAddr> {
    std::fs::read("/etc/resolv.conf").map(|file| resolvers(&file)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_name_server_lines_count() {
        let file = b"# nameserver 192.0.2.9\nsearch a.example\nnameserver 192.0.2.1 # main\n nameserver\t2001:db8::1\nnameserver fe80::1%eth0\nnameserver x\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n\xff";
        let expected = ["192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.2:53"].map(|text| text.parse().ok());
        assert_eq!(resolvers(file).into_iter().map(Some).collect::<Vec<_>>(), expected);
        assert!(resolvers(b"").is_empty());
    }
}
