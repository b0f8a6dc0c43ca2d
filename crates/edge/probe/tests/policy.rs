//! Which addresses and URLs may be dialled: a table (trust F5), and its laws.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use namekeep_probe::endpoint::{Endpoint, Host, Origin, Url};
use namekeep_probe::policy::{Scope, scope};
use namekeep_probe::{Cidr, DialPolicy, ProbeError};
use proptest::prelude::*;

/// Addresses that an answer must never make us dial, and the scope each lies in.
const CLOSED: [(&str, Scope); 73] = [
    ("0.0.0.0", Scope::Unspecified),
    ("0.1.2.3", Scope::Unspecified),
    ("10.0.0.0", Scope::Private),
    ("10.255.255.255", Scope::Private),
    ("100.64.0.0", Scope::CarrierNat),
    ("100.127.255.255", Scope::CarrierNat),
    ("100.100.100.200", Scope::Metadata),
    ("127.0.0.1", Scope::Loopback),
    ("127.255.255.254", Scope::Loopback),
    ("169.254.0.1", Scope::LinkLocal),
    ("169.254.169.254", Scope::Metadata),
    ("169.254.170.2", Scope::LinkLocal),
    ("172.16.0.1", Scope::Private),
    ("172.31.255.255", Scope::Private),
    ("192.0.0.8", Scope::Reserved),
    ("192.0.0.192", Scope::Reserved),
    ("192.0.2.1", Scope::Documentation),
    ("192.31.196.1", Scope::Reserved),
    ("192.52.193.1", Scope::Reserved),
    ("192.88.99.1", Scope::Reserved),
    ("192.168.0.1", Scope::Private),
    ("192.168.255.255", Scope::Private),
    ("192.175.48.6", Scope::Reserved),
    ("198.18.0.1", Scope::Documentation),
    ("198.19.255.255", Scope::Documentation),
    ("198.51.100.7", Scope::Documentation),
    ("203.0.113.9", Scope::Documentation),
    ("224.0.0.251", Scope::Multicast),
    ("239.255.255.250", Scope::Multicast),
    ("240.0.0.1", Scope::Reserved),
    ("255.255.255.255", Scope::Reserved),
    ("::", Scope::Unspecified),
    ("::1", Scope::Loopback),
    ("::2", Scope::Disguised),
    ("::127.0.0.1", Scope::Disguised),
    ("::8.8.8.8", Scope::Disguised),
    ("::ffff:127.0.0.1", Scope::Disguised),
    ("::ffff:169.254.169.254", Scope::Disguised),
    ("::ffff:10.0.0.1", Scope::Disguised),
    ("::ffff:8.8.8.8", Scope::Disguised),
    ("::ffff:0:127.0.0.1", Scope::Disguised),
    ("64:ff9b::7f00:1", Scope::Loopback),
    ("64:ff9b::10.0.0.1", Scope::Private),
    ("64:ff9b::169.254.169.254", Scope::Metadata),
    ("64:ff9b::100.100.100.200", Scope::Metadata),
    ("64:ff9b::192.168.1.1", Scope::Private),
    ("64:ff9b:1::8.8.8.8", Scope::Private),
    ("64:ff9b:0:1::1", Scope::Reserved),
    ("100::1", Scope::Reserved),
    ("2001::1", Scope::Reserved),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Scope::Reserved),
    ("2001:2::1", Scope::Reserved),
    ("2001:10::1", Scope::Reserved),
    ("2001:20::1", Scope::Reserved),
    ("2001:db8::1", Scope::Documentation),
    ("2002:7f00:1::", Scope::Loopback),
    ("2002:a9fe:a9fe::1", Scope::Metadata),
    ("2002:a00:1::1", Scope::Private),
    ("2002:c0a8:101::1", Scope::Private),
    ("2620:4f:8000::1", Scope::Reserved),
    ("2a00:1:2:3:0:5efe:7f00:1", Scope::Loopback),
    ("2a00:1:2:3:200:5efe:a9fe:a9fe", Scope::Metadata),
    ("3fff::1", Scope::Documentation),
    ("4000::1", Scope::Reserved),
    ("5f00::1", Scope::Reserved),
    ("fc00::1", Scope::Private),
    ("fd00:ec2::254", Scope::Metadata),
    ("fd12:3456:789a::1", Scope::Private),
    ("fe80::1", Scope::LinkLocal),
    ("febf::1", Scope::LinkLocal),
    ("fec0::1", Scope::Private),
    ("ff02::1", Scope::Multicast),
    ("ff0e::1", Scope::Multicast),
];

/// Addresses of the public internet, the borders of the closed networks among them.
const OPEN: [&str; 24] = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2000::1",
    "2001:200::1",
    "2606:4700::1111",
    "2002:808:808::1",
    "64:ff9b::8.8.8.8",
    "2a00:1:2:3:0:5efe:808:808",
];

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn at(text: &str) -> SocketAddr {
    SocketAddr::new(ip(text), 443)
}

#[test]
fn answers_open_the_public_internet_and_nothing_else() {
    let policy = DialPolicy::default();
    for (text, expected) in CLOSED {
        assert_eq!(scope(ip(text)), Some(expected), "{text}");
        let refused = ProbeError::Forbidden { address: ip(text), scope: expected };
        assert_eq!(policy.found(at(text)), Err(refused), "{text}");
        assert_eq!(policy.typed(at(text)).address(), at(text), "what the user types is dialled as given");
    }
    for text in OPEN {
        assert_eq!(policy.found(at(text)).map(|cleared| cleared.address()), Ok(at(text)), "{text}");
    }
}

#[test]
fn a_network_the_user_opens_opens_and_its_neighbours_do_not() {
    let policy = DialPolicy::default().allowing("10.1.0.0/16".parse().unwrap()).allowing("fd00::/8".parse().unwrap());
    for text in ["10.1.0.0", "10.1.255.255", "fd12::1", "64:ff9b::10.1.2.3", "2002:a01:203::1"] {
        assert!(policy.found(at(text)).is_ok(), "{text}");
    }
    for text in ["10.0.255.255", "10.2.0.0", "127.0.0.1", "fc00::1", "::ffff:10.1.2.3", "64:ff9b::10.2.0.0"] {
        assert!(policy.found(at(text)).is_err(), "{text}");
    }
}

#[test]
fn a_metadata_service_is_never_swept_in_by_a_wide_network() {
    for (net, address, open) in [
        ("0.0.0.0/0", "169.254.169.254", false),
        ("169.254.0.0/16", "169.254.169.254", false),
        ("169.254.169.254/31", "169.254.169.254", false),
        ("169.254.169.254/32", "169.254.169.254", true),
        ("169.254.169.254", "169.254.169.254", true),
        ("100.64.0.0/10", "100.100.100.200", false),
        ("::/0", "fd00:ec2::254", false),
        ("fd00::/8", "fd00:ec2::254", false),
        ("fd00:ec2::254/128", "fd00:ec2::254", true),
        ("0.0.0.0/0", "64:ff9b::169.254.169.254", false),
        ("0.0.0.0/0", "10.0.0.1", true),
        ("::/0", "fd00:ec2::253", true),
    ] {
        let policy = DialPolicy::default().allowing(net.parse().unwrap());
        assert_eq!(policy.found(at(address)).is_ok(), open, "{net} {address}");
    }
}

#[test]
fn a_loopback_resolver_opens_the_loopback_and_another_one_opens_nothing() {
    for (resolver, open) in [
        ("127.0.0.1:5353", true),
        ("127.9.9.9:53", true),
        ("[::1]:53", true),
        ("192.168.1.1:53", false),
        ("8.8.8.8:53", false),
    ] {
        let policy = DialPolicy::default().with_resolver(resolver.parse().unwrap());
        for address in ["127.0.0.1", "127.0.0.7", "127.255.255.255", "::1"] {
            assert_eq!(policy.found(at(address)).is_ok(), open, "{resolver} {address}");
        }
        for address in ["10.0.0.1", "192.168.1.1", "169.254.169.254", "::ffff:127.0.0.1"] {
            assert!(policy.found(at(address)).is_err(), "{resolver} {address}");
        }
    }
}

#[test]
fn networks_are_read_strictly() {
    for text in [
        "",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "10.0.0.0/08x",
        "10/8",
        "::/129",
        "fd00::1/8",
        "a.example/8",
        "10.0.0.0/8/8",
        "::1/0",
        "010.0.0.0/8",
    ] {
        assert!(text.parse::<Cidr>().is_err(), "{text}");
    }
    for text in ["10.0.0.0/8", "0.0.0.0/0", "::/0", "fd00::/8", "127.0.0.1/32", "2001:db8::/127"] {
        assert_eq!(text.parse::<Cidr>().unwrap().to_string(), text);
    }
}

/// Spellings that some readers repair into an address, and other tricks: all refused.
const BAD_URLS: [&str; 48] = [
    "",
    "example",
    "http:/a.example/",
    "http:a.example",
    "//a.example/",
    "ftp://a.example/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/",
    "unix:///var/run/docker.sock",
    "http://",
    "http:///path",
    "http://user@a.example/",
    "http://a.example@127.0.0.1/",
    "http://a.example:80@127.0.0.1/",
    "http://127.0.0.1#@a.example/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.1.0/",
    "http://127.0.0.01/",
    "http://256.0.0.1/",
    "http://1.2.3.4.5/",
    "http://[::1",
    "http://::1/",
    "http://[::1]x/",
    "http://[fe80::1%25eth0]/",
    "http://[::ffff:127.0.0.1%]/",
    "http://[v1.a]/",
    "http://a.example:0/",
    "http://a.example:65536/",
    "http://a.example:/",
    "http://a.example:80:90/",
    "http://a.example:8a/",
    "http://a..example/",
    "http://.a.example/",
    "http://-a.example/",
    "http://a.example\\@127.0.0.1/",
    "http://a.example\t/",
    "http://a.example /",
    "http://a.example/\r\nHost: b",
    "http://ａ.example/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
    "http://a.example/\u{0}",
];

#[test]
fn urls_that_some_reader_would_repair_are_refused() {
    // The one with `#` in front of `@` is a plain address: it must be read as 127.0.0.1.
    for text in BAD_URLS {
        match text.parse::<Url>() {
            Ok(url) => assert_eq!((text, url.host), ("http://127.0.0.1#@a.example/", Host::Address(ip("127.0.0.1")))),
            Err(error) => assert_eq!(error.code(), "E1503", "{text}"),
        }
    }
    for label in ["a".repeat(64), format!("{}a", "a.".repeat(127))] {
        assert!(format!("http://{label}/").parse::<Url>().is_err());
    }
    assert!(format!("http://a.example/{}", "a".repeat(9_000)).parse::<Url>().is_err());
}

#[test]
fn good_urls_read_back() {
    for (text, shown) in [
        ("http://a.example", "http://a.example/"),
        ("HTTPS://A.Example:443/x?y#z", "https://a.example/x?y"),
        ("http://a.example.:8080?q", "http://a.example:8080/?q"),
        ("https://[2606:4700::1111]:8443/a", "https://[2606:4700::1111]:8443/a"),
        ("http://127.0.0.1:80/", "http://127.0.0.1/"),
        ("http://xn--fiqs8s/_x", "http://xn--fiqs8s/_x"),
    ] {
        let url: Url = text.parse().unwrap();
        assert_eq!(url.to_string(), shown);
        assert_eq!(shown.parse::<Url>().unwrap(), url);
    }
    let base: Url = "https://rdap.example/com/v1/".parse().unwrap();
    assert_eq!(base.under("domain/a.example").unwrap().path, "/com/v1/domain/a.example");
}

#[test]
fn endpoints_are_a_host_and_a_port() {
    let read = |text: &str| Endpoint::parse(text, 43, Origin::Found).map(|e| e.to_string());
    for (text, shown) in [
        ("whois.nic.example", "whois.nic.example:43"),
        ("whois.nic.example:4343", "whois.nic.example:4343"),
        ("127.0.0.1:4343", "127.0.0.1:4343"),
        ("::1", "[::1]:43"),
        ("[::1]:4343", "[::1]:4343"),
        ("LOCALHOST", "localhost:43"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(shown));
    }
    for text in
        ["", ":43", "a:b", "a.example:0", "a b", "127.1:43", "a@b", "http://a.example", "[::1]:", "a.example:43/"]
    {
        assert!(read(text).is_err(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// An address that carries IPv4 is exactly as closed as the IPv4 address it carries.
    #[test]
    fn carried_addresses_are_judged_by_what_they_carry(bits: u32) {
        let v4 = Ipv4Addr::from(bits);
        let (high, low) = (u128::from(bits >> 16), u128::from(bits & 0xffff));
        for v6 in [
            0x0064_ff9b_u128 << 96 | u128::from(bits),
            0x2002_u128 << 112 | high << 96 | low << 80 | 1,
            0x2a00_u128 << 112 | 0x5efe_u128 << 32 | u128::from(bits),
        ] {
            prop_assert_eq!(scope(IpAddr::V6(v6.into())), scope(IpAddr::V4(v4)), "{} in {}", v4, std::net::Ipv6Addr::from(v6));
        }
        // Plain forms are refused whatever they carry.
        for v6 in [u128::from(bits.max(2)), 0xffff_u128 << 32 | u128::from(bits)] {
            prop_assert_eq!(scope(IpAddr::V6(v6.into())), Some(Scope::Disguised));
        }
    }

    /// A network holds an address exactly when their first bits are the same digits.
    #[test]
    fn a_network_holds_what_shares_its_first_bits(base: u128, address: u128, length in 0_usize..=128, near: bool) {
        let mask = if length == 0 { 0 } else { u128::MAX << (128 - length) };
        let address = if near { (base & mask) | (address & !mask) } else { address };
        let net: Cidr = format!("{}/{length}", std::net::Ipv6Addr::from(base & mask)).parse().unwrap();
        let digits = |n: u128| format!("{n:0128b}");
        let same = digits(base).get(..length) == digits(address).get(..length);
        prop_assert_eq!(net.contains(IpAddr::V6(address.into())), same);
        prop_assert!(!net.contains(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    }

    /// Whatever is read as a URL prints as one that reads the same, and names one host.
    #[test]
    fn what_reads_as_a_url_reads_back(text in "(https?://)?[a-z0-9.:@/\\[\\]%#?_-]{0,40}") {
        if let Ok(url) = text.parse::<Url>() {
            prop_assert_eq!(url.to_string().parse::<Url>(), Ok(url.clone()));
            prop_assert!(!url.authority().contains(['@', '/', '#', '?', '%']));
        }
    }
}
