//! Our RDAP reader and icann-rdap-common on the same documents: where both read, they agree.

use std::{fs, path::Path};

use icann_rdap_common::response::RdapResponse;
use namekeep_probe::read::rdap;
use serde_json::Value;

#[test]
fn the_peer_reads_the_same_names_statuses_and_servers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/rdap");
    let mut compared = 0;
    for name in ["com", "org-redemption", "xyz-pending-delete", "top-hold", "idn-variants", "reserved"] {
        let bytes = fs::read(folder.join(format!("{name}.json"))).unwrap();
        let ours = rdap::parse(&bytes).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        let RdapResponse::Domain(theirs) = RdapResponse::try_from(value).unwrap() else {
            panic!("{name}: not a domain for the peer")
        };
        let theirs = serde_json::to_value(&theirs).unwrap();
        assert_eq!(ours.name, theirs["ldhName"].as_str().map(str::to_ascii_lowercase), "{name}");
        let servers: Vec<String> = theirs["nameservers"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|s| s["ldhName"].as_str().unwrap().to_ascii_lowercase())
            .collect();
        assert_eq!(ours.nameservers, servers, "{name}");
        let date = |action: &str| {
            theirs["events"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|e| e["eventAction"] == action)
                .map(|e| e["eventDate"].as_str().unwrap().to_owned())
        };
        assert_eq!(ours.expires.map(|when| when.to_string()), date("expiration"), "{name}");
        assert_eq!(ours.created.map(|when| when.to_string()), date("registration"), "{name}");
        let squeeze = |words: Vec<String>| {
            words
                .into_iter()
                .map(|w| w.to_ascii_lowercase().replace(' ', "").replace("active", "ok"))
                .collect::<Vec<_>>()
        };
        let statuses =
            theirs["status"].as_array().into_iter().flatten().map(|s| s.as_str().unwrap().to_owned()).collect();
        assert_eq!(squeeze(ours.statuses.clone()), squeeze(statuses), "{name}");
        compared += 1;
    }
    assert_eq!(compared, 6);
}
