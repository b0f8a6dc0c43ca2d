//! A workspace survives what people do to folders.

use super::*;
use namekeep_model::{Department, Lang, PersonId};
use crate::Exit;

fn now() -> Timestamp {
    "2026-11-24T01:14:00Z".parse().unwrap()
}

fn person(id: &str) -> PersonId {
    PersonId::new(id).unwrap()
}

#[test]
fn what_was_set_is_there_when_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("domains");
    assert!(!Workspace::exists(&folder));
    let missing = Workspace::open(&folder).unwrap_err();
    assert_eq!((missing.code, missing.exit), ("E1901", Exit::File));

    let made = Workspace::create(&folder, Settings::new("Europe/Berlin", Lang::Zh).unwrap(), now()).unwrap();
    let (id, settings) = (made.id.clone(), made.settings().clone());
    let busy = Workspace::open(&folder).unwrap_err();
    assert_eq!((busy.code, busy.exit), ("E1903", Exit::Busy));
    drop(made);

    let again = Workspace::open(&folder).unwrap();
    assert_eq!((&again.id, again.settings()), (&id, &settings));
    assert_eq!(again.settings().people.len(), 6);
    drop(again);
    assert_eq!(Workspace::create(&folder, Settings::default(), now()).unwrap_err().code, "E1902");
}

#[test]
fn a_person_signs_with_the_key_made_first_even_after_it_was_handed_over() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("domains");
    let mut workspace = Workspace::create(&folder, Settings::default(), now()).unwrap();
    assert!(workspace.people().unwrap().approvers.is_empty(), "roles without keys cannot sign");
    let first = workspace.add_person(person("legal-1"), Department::Legal, true, now()).unwrap();
    let file = first.key_file.clone().unwrap();
    std::fs::remove_file(&file).unwrap();
    let again = workspace.add_person(person("legal-1"), Department::Compliance, true, now()).unwrap();
    assert_eq!((again.fingerprint, again.key_file), (first.fingerprint, None));
    workspace.add_person(person("运维甲"), Department::Operations, true, now()).unwrap();
    let people = workspace.people().unwrap();
    assert_eq!(people.approvers.len(), 2);
    workspace.set_requester(person("legal-1")).unwrap();
    assert_eq!(workspace.people().unwrap().approvers.len(), 1, "who asks never signs");
    assert!(workspace.set_requester(person("nobody")).is_err());
}

#[test]
fn a_rule_file_is_kept_only_when_the_whole_rulebook_reads_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("domains");
    let mut workspace = Workspace::create(&folder, Settings::default(), now()).unwrap();
    let embedded = workspace.rules.digest();
    let holidays = namekeep_rules::RulebookBytes::EMBEDDED.holidays;
    let broken: Vec<u8> = holidays.iter().copied().take(holidays.len() / 2).collect();
    assert_eq!(workspace.import_rules(&broken).unwrap_err().code, "E1101");
    assert_eq!(workspace.import_rules(b"{}").unwrap_err().code, "E4013");
    assert!(workspace.own_rules().is_empty());

    let mut newer = holidays.to_vec();
    newer.extend_from_slice(b"\n\n");
    assert_eq!(workspace.import_rules(&newer).unwrap(), RuleFile::Holidays);
    assert_ne!(workspace.rules.digest(), embedded);
    let in_force = workspace.rules.digest();
    drop(workspace);
    let again = Workspace::open(&folder).unwrap();
    assert_eq!((again.rules.digest(), again.own_rules()), (in_force, vec![RuleFile::Holidays]));
    drop(again);

    std::fs::write(folder.join("rules/holidays.json"), b"{").unwrap();
    assert_eq!(Workspace::open(&folder).unwrap_err().code, "E1101");
    std::fs::write(folder.join("workspace.json"), b"{}").unwrap();
    assert_eq!(Workspace::open(&folder).unwrap_err().code, "E4011");
}
