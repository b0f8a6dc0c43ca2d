//! The digest: stable, over everything, and different when any leaf of the plan is.

use std::collections::BTreeSet;

use namekeep_model::Ending;
use namekeep_playbook::Plan;
use serde_json::Value;

use crate::case::{case, every_way, plan_of};

/// Every leaf of a JSON value, by its path.
fn leaves(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), out)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, value)| leaves(value, &format!("{path}/{i}"), out)),
        _ => out.push(path.to_owned()),
    }
}

#[test]
fn the_same_case_gives_the_same_bytes_and_they_read_back() {
    for way in every_way() {
        let plan = plan_of(&case(way));
        let bytes = plan.canonical();
        assert_eq!(bytes, plan_of(&case(way)).canonical());
        let again: Plan = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(again, plan);
        assert_eq!(again.digest(), plan.digest());
        let short = plan.short_digest();
        assert_eq!(short.len(), 14);
        assert_eq!(short.replace('-', ""), plan.digest()[..12]);
    }
}

#[test]
fn every_leaf_is_under_the_digest() {
    let plan = plan_of(&case(Some(Ending::Lapse)));
    let whole: Value = serde_json::from_slice(&plan.canonical()).unwrap();
    let mut paths = Vec::new();
    leaves(&whole, "", &mut paths);
    assert!(paths.len() > 1000);
    let mut seen = BTreeSet::from([plan.digest()]);
    let mut read = 0;
    for path in &paths {
        let mut other = whole.clone();
        let leaf = other.pointer_mut(path).unwrap();
        *leaf = match leaf {
            Value::Bool(yes) => Value::Bool(!*yes),
            Value::Number(n) => Value::from(n.as_i64().unwrap() + 1),
            Value::String(text) => Value::from(format!("{text}x")),
            _ => Value::from("x"),
        };
        let bytes = serde_json_canonicalizer::to_vec(&other).unwrap();
        // What no plan can say is refused; what one can say has another digest.
        if let Ok(plan) = serde_json::from_slice::<Plan>(&bytes) {
            read += 1;
            assert!(seen.insert(plan.digest()), "{path} is not under the digest");
        }
    }
    println!("{} leaves, {read} of them read back changed", paths.len());
    assert!(read > 500);
}

#[test]
fn a_changed_plan_tells_its_lines() {
    let old = plan_of(&case(Some(Ending::Lapse)));
    let mut changed = case(Some(Ending::Lapse));
    changed.revision = 2;
    changed.params.ttl_floor = 1200;
    let new = plan_of(&changed);
    let lines = old.diff(&new);
    assert!(lines.iter().any(|line| line.starts_with("- ") && line.contains("600")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("+ ") && line.contains("1200")), "{lines:?}");
    assert!(old.diff(&old).is_empty());
}
