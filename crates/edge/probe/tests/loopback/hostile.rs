//! DNS servers that lie, loop and flood: every look ends, within its budget, with a plain error.

use std::net::SocketAddr;

use namekeep_probe::endpoint::Origin;
use namekeep_probe::{Limits, dns, rdap};
use tokio::net::UdpSocket;

use crate::servers::{http, serve};
use crate::{limits, name, now, run, wire};

/// How a hostile server answers a question: the datagrams it sends.
type Lie = fn(&[u8]) -> Vec<Vec<u8>>;

/// A header with flags and counts, the question as it came, and records behind it.
fn answer(asked: &[u8], flags: u16, counts: [u16; 3], records: &[u8]) -> Vec<u8> {
    let end = 12 + asked[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
    let mut out = asked[..2].to_vec();
    out.extend(flags.to_be_bytes());
    out.extend([0, 1]);
    out.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
    out.extend(&asked[12..end]);
    out.extend(records);
    out
}

/// A record whose owner is the name asked for.
fn record(rtype: u8, data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap();
    [&[0xc0, 12, 0, rtype, 0, 1, 0, 0, 0, 60, 0, length], data].concat()
}

/// The name asked for is an alias of itself.
fn alias_of_itself(asked: &[u8]) -> Vec<Vec<u8>> {
    vec![answer(asked, 0x8400, [1, 0, 0], &record(5, &[0xc0, 12]))]
}

/// Every name is an alias of a longer one.
fn ever_longer(asked: &[u8]) -> Vec<Vec<u8>> {
    vec![answer(asked, 0x8400, [1, 0, 0], &record(5, &[1, b'a', 0xc0, 12]))]
}

/// Every question is referred to the server itself.
fn referral_to_itself(asked: &[u8]) -> Vec<Vec<u8>> {
    let records = [record(2, &[0xc0, 12]), record(1, &[127, 0, 0, 51])].concat();
    vec![answer(asked, 0x8000, [0, 1, 1], &records)]
}

/// Everything is cut, and nobody listens for TCP.
fn always_cut(asked: &[u8]) -> Vec<Vec<u8>> {
    vec![answer(asked, 0x8600, [0, 0, 0], &[])]
}

/// A name that points at itself inside the message.
fn compression_loop(asked: &[u8]) -> Vec<Vec<u8>> {
    let end = u8::try_from(asked[12..].iter().position(|byte| *byte == 0).unwrap() + 17).unwrap();
    vec![answer(asked, 0x8400, [1, 0, 0], &[0xc0, end, 0, 2, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, end])]
}

/// More records are announced than come.
fn lies_about_counts(asked: &[u8]) -> Vec<Vec<u8>> {
    vec![answer(asked, 0x8400, [0xffff, 0xffff, 0xffff], &record(2, &[0xc0, 12]))]
}

/// Answers to another question, and with another id.
fn another_question(asked: &[u8]) -> Vec<Vec<u8>> {
    let mut name = answer(asked, 0x8400, [0, 0, 0], &[]);
    name[13] ^= 1;
    let mut id = answer(asked, 0x8400, [0, 0, 0], &[]);
    id[0] ^= 1;
    vec![name, id, b"x".to_vec(), Vec::new()]
}

/// A flood of them.
fn flood(asked: &[u8]) -> Vec<Vec<u8>> {
    another_question(asked).into_iter().cycle().take(400).collect()
}

#[test]
fn every_look_ends_within_its_budget() {
    let lies: [(&str, Lie, &[&str]); 8] = [
        ("alias of itself", alias_of_itself, &["E1511"]),
        ("ever longer", ever_longer, &["E1511"]),
        ("referral to itself", referral_to_itself, &["ok"]),
        ("always cut", always_cut, &["E1506"]),
        ("compression loop", compression_loop, &["E1511"]),
        ("lies about counts", lies_about_counts, &["E1511"]),
        ("another question", another_question, &["E1505"]),
        ("flood", flood, &["E1505", "E1511"]),
    ];
    run(async {
        for (what, lie, codes) in lies {
            let socket = UdpSocket::bind(("127.0.0.51", 0)).await.unwrap();
            let resolver: SocketAddr = socket.local_addr().unwrap();
            let server = tokio::spawn(async move {
                let mut asked = [0; 1500];
                while let Ok((length, from)) = socket.recv_from(&mut asked).await {
                    for datagram in lie(&asked[..length]) {
                        let _ = socket.send_to(&datagram, from).await;
                    }
                }
            });
            let policy = namekeep_probe::DialPolicy::default().with_resolver(resolver);
            let limits =
                Limits { tries: 1, datagram: std::time::Duration::from_millis(100), questions: 40, ..limits() };
            let wire = namekeep_probe::Wire::new(policy, limits, vec![resolver], now()).with_dns_port(resolver.port());
            let looked = dns::look(&wire, &name("a.b.test")).await;
            let code = looked.outcome.as_ref().map_or_else(|error| error.code(), |_| "ok");
            assert!(codes.contains(&code), "{what}: {code} {looked:#?}");
            assert!(looked.tape.exchanges.len() <= 40, "{what}");
            let addresses = dns::addresses(&wire, &name("a.b.test")).await;
            assert!(
                addresses.tape.exchanges.len() <= 40 && addresses.outcome.map_or(true, |found| found.is_empty()),
                "{what}"
            );
            server.abort();
        }
    });
}

#[test]
fn a_name_that_changes_its_address_is_never_followed_into_a_closed_network() {
    run(async {
        let web = serve("127.0.0.60", |_| http("200 OK", "", b"{}")).await;
        let socket = UdpSocket::bind(("127.0.0.61", 0)).await.unwrap();
        let resolver = socket.local_addr().unwrap();
        // The first answer holds a closed address beside the open one, every later one only the closed.
        tokio::spawn(async move {
            let (mut asked, mut looks) = ([0; 1500], 0);
            while let Ok((length, from)) = socket.recv_from(&mut asked).await {
                let question = &asked[..length];
                let is_a =
                    question[12..].iter().position(|byte| *byte == 0).is_some_and(|end| question[12 + end + 2] == 1);
                let closed = record(1, &[10, 0, 0, 1]);
                let said = match (is_a, looks) {
                    (false, _) => answer(question, 0x8400, [0, 0, 0], &[]),
                    (true, 0) => answer(question, 0x8400, [2, 0, 0], &[closed, record(1, &[127, 0, 0, 60])].concat()),
                    (true, _) => answer(question, 0x8400, [1, 0, 0], &closed),
                };
                looks += u32::from(is_a);
                let _ = socket.send_to(&said, from).await;
            }
        });
        let wire = wire(resolver);
        let base = format!("http://rebind.test:{}/", web.port());
        let first = rdap::look(&wire, &name("good.test"), &base, Origin::Typed).await;
        assert_eq!(first.outcome.map(|document| document.status), Ok(200));
        let second = rdap::look(&wire, &name("good.test"), &base, Origin::Typed).await;
        assert_eq!(second.outcome.map_err(|error| error.code()).map(|_| ()), Err("E1501"));
        for exchange in first.tape.exchanges.iter().chain(&second.tape.exchanges) {
            assert!([resolver, web].contains(&exchange.to), "{exchange:?}");
        }
    });
}
