//! The probes against a world of real servers on this machine's loopback addresses.
//!
//! Every planted fault is found, and nothing is raised on what is good. The name servers are NSD,
//! as packaged by Debian; a missing program fails the test by its package's name.
#![expect(clippy::unwrap_used, reason = "tests")]
#![allow(unreachable_pub, reason = "a file of the library above is tested here")]

mod dns;
mod fetch;
mod hostile;
mod nsd;
#[path = "../../../../app/service/src/seen.rs"]
mod seen;
mod servers;
mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use namekeep_model::{DomainName, Timestamp};
use namekeep_probe::{DialPolicy, Limits, Wire};

/// The instant every look of these tests speaks of.
fn now() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

/// Short deadlines: the dead servers of the world are on this machine.
fn limits() -> Limits {
    Limits {
        datagram: Duration::from_millis(400),
        tries: 2,
        stream: Duration::from_secs(2),
        fetch: Duration::from_secs(2),
        handshake: Duration::from_secs(2),
        whois_pace: Duration::from_millis(5),
        rdap_pace: Duration::from_millis(5),
        ..Limits::default()
    }
}

/// A network whose resolver is on the loopback, so that the whole loopback may be dialled.
fn wire(resolver: SocketAddr) -> Wire {
    let policy = DialPolicy::default().with_resolver(resolver);
    Wire::new(policy, limits(), vec![resolver], now()).with_dns_port(resolver.port())
}

/// Runs a look on one thread, as the product does.
fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
