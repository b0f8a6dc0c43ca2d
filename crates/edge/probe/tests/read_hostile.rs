//! Bytes nobody should send: bounds hold, nothing panics, time stays linear in work done.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::Path};

use namekeep_probe::read::{ReadError, rdap, whois};
use proptest::prelude::*;

fn samples(kind: &str, ending: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(kind);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .filter(|path| path.to_str().unwrap().ends_with(ending) && !path.to_str().unwrap().ends_with(".expect.json"))
        .map(|path| fs::read(path).unwrap())
        .collect()
}

/// What each bound answers, by its code; every one has a hint in both languages.
#[test]
fn bounds_are_named() {
    let deep = |levels: usize| {
        format!(
            "{{\"objectClassName\":\"domain\",\"ldhName\":\"a.example\",\"x\":{}{}}}",
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    let cases: Vec<(&str, Result<_, ReadError>)> = vec![
        ("E1401", rdap::parse(&vec![b' '; 50_000_000])),
        ("E1401", whois::parse(&vec![b'a'; whois::MAX_BYTES + 1], None, None)),
        ("E1402", whois::parse(&vec![b'a'; whois::MAX_LINE + 1], None, None)),
        ("E1403", whois::parse(&b"a\n".repeat(whois::MAX_LINES + 1), None, None)),
        ("E1404", rdap::parse(deep(1_000).as_bytes())),
        ("E1404", rdap::parse(deep(1_000_000).as_bytes())),
        ("E1405", rdap::parse(b"{\"objectClassName\": ")),
        ("E1405", rdap::parse(b"Domain Name: example.com")),
        ("E1406", rdap::parse(b"{\"objectClassName\":\"nameserver\",\"ldhName\":\"ns1.example\"}")),
        ("E1406", rdap::parse(b"[]")),
        ("E1406", rdap::parse(b"{}")),
        ("E1406", rdap::parse(b"null")),
        ("E1406", rdap::parse(b"{\"domainSearchResults\":[{\"ldhName\":\"a.example\"},{\"ldhName\":\"b.example\"}]}")),
    ];
    for (code, result) in cases {
        let error = result.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(!error.hint().en.is_empty() && !error.hint().zh.is_ascii());
    }
    assert!(rdap::parse(deep(50).as_bytes()).is_ok());
    let error = rdap::parse(b"{\"objectClassName\":\"entity\"}").unwrap_err();
    assert!(error.to_string().contains("entity"), "{error}");
}

/// Lists from outside are cut, not kept: memory follows the bounds, not the sender.
#[test]
fn lists_are_cut() {
    let servers: String = (0..9_000).map(|i| format!("Name Server: ns{i}.example.net\n")).collect();
    let reading = whois::parse(format!("Domain Name: a.example\n{servers}").as_bytes(), None, None).unwrap();
    assert_eq!(reading.nameservers.len(), 100);
    let servers = (0..9_000).map(|i| format!("{{\"ldhName\":\"ns{i}.example.net\"}}")).collect::<Vec<_>>().join(",");
    let reading = rdap::parse(
        format!("{{\"objectClassName\":\"domain\",\"ldhName\":\"a.example\",\"nameservers\":[{servers}]}}").as_bytes(),
    )
    .unwrap();
    assert_eq!(reading.nameservers.len(), 200);
}

/// Long lines and many lines of every shape are read to the end.
#[test]
fn long_answers_end() {
    for piece in [
        "a",
        ":",
        ".",
        " ",
        "\t",
        "[",
        "(",
        "ns1.example.net ",
        "a: ",
        "1",
        "-",
        "é",
        "%",
        "2030-01-01 ",
        "a.b:",
        "... ",
    ] {
        let line = piece.repeat(500_000 / piece.len());
        let _ = whois::parse(line.as_bytes(), None, Some("a.example"));
        let lines = format!("{}\n", piece.repeat(24)).repeat(whois::MAX_LINES - 1);
        let _ = whois::parse(lines.get(..whois::MAX_BYTES.min(lines.len())).unwrap_or_default().as_bytes(), None, None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes at all.
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = whois::parse(&bytes, None, None);
        let _ = rdap::parse(&bytes);
    }

    /// Real answers with bytes changed, cut out, doubled and cut short.
    #[test]
    fn damaged_answers_are_survived(pick in any::<prop::sample::Index>(), edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..12)) {
        thread_local! {
            static WHOIS: Vec<Vec<u8>> = samples("whois", ".txt");
            static RDAP: Vec<Vec<u8>> = samples("rdap", ".json");
        }
        let damage = |mut bytes: Vec<u8>| {
            for (place, byte, kind) in &edits {
                if bytes.is_empty() { break; }
                let at = place.index(bytes.len());
                match kind {
                    0 => bytes[at] = *byte,
                    1 => { bytes.remove(at); }
                    2 => bytes.insert(at, *byte),
                    _ => { let tail = bytes[at..].to_vec(); bytes.truncate(at); bytes.extend_from_slice(&tail[tail.len().min(usize::from(*byte))..]); }
                }
            }
            bytes
        };
        let text = WHOIS.with(|all| damage(pick.get(all).clone()));
        if let Ok(reading) = whois::parse(&text, None, Some("example-one.com")) {
            prop_assert!(serde_json::to_string(&reading).is_ok());
            prop_assert!(reading.nameservers.iter().all(|host| host.is_ascii() && !host.ends_with('.')));
        }
        let json = RDAP.with(|all| damage(pick.get(all).clone()));
        if let Ok(reading) = rdap::parse(&json) {
            prop_assert!(serde_json::to_string(&reading).is_ok());
        }
    }
}
