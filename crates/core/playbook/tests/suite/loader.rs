//! What the loader refuses: one edit of the shipped book each, with the place and a cure.

use namekeep_playbook::{Book, DEFAULT_PROFILE, Profile, RENEW, RETIRE};

fn profile() -> Profile {
    Profile::parse(DEFAULT_PROFILE).unwrap()
}

fn retire() -> String {
    String::from_utf8(RETIRE.to_vec()).unwrap()
}

/// Replaces one text of the shipped book, which must be there exactly `times` times.
fn edited(from: &str, to: &str) -> String {
    let book = retire();
    assert!(book.contains(from), "the shipped book has no `{from}`");
    book.replacen(from, to, 1)
}

/// Replaces one text inside one step.
fn edited_step(no: u8, from: &str, to: &str) -> String {
    let book = retire();
    let start = book.find(&format!("\nno = {no}\n")).unwrap();
    let end = book[start..].find("\n[[step]]").map_or(book.len(), |at| start + at);
    let step = &book[start..end];
    assert!(step.contains(from), "step {no} has no `{from}`");
    format!("{}{}{}", &book[..start], step.replacen(from, to, 1), &book[end..])
}

fn refused(text: &str, code: &str, about: &str) {
    match Book::parse(text.as_bytes(), &profile()) {
        Ok(_) => panic!("`{about}` is taken"),
        Err(error) => {
            assert_eq!(error.code(), code, "{about}: {error}");
            assert!(error.line > 0 && error.column > 0 && !error.hint().is_empty());
            let shown = error.to_string();
            assert!(shown.contains(about), "`{shown}` does not say `{about}`");
        }
    }
}

#[test]
fn words_outside_the_closed_lists_are_refused_with_their_line() {
    for (from, to, about) in [
        ("code = \"T5\"", "code = \"T9\"", "T9"),
        ("key = \"identity.accounts\"", "key = \"identity.people\"", "identity.people"),
        ("kind = \"drill-report\"", "kind = \"drill-letter\"", "drill-letter"),
        ("task = \"export-data\"", "task = \"export-all\"", "export-all"),
        ("act = \"close-mail\"", "act = \"close-post\"", "close-post"),
        ("undo = \"append-only\"", "undo = \"put it back\"", "put it back"),
        ("stage = \"preserve\"", "stage = \"protect\"", "protect"),
        ("opens = \"T0\"", "opens = \"when it is time\"", "when it is time"),
        ("when = [\"filed\"]", "when = [\"filled\"]", "filled"),
        ("incidents = [\"I12\"]", "incident = [\"I12\"]", "incident"),
        ("sourced = true", "checked = true", "checked"),
        ("kind = \"retire\"", "kind = \"retyre\"", "retyre"),
    ] {
        let text = edited(from, to);
        refused(&text, "E1203", about);
        let line = text[..text.find(to).unwrap()].matches('\n').count() + 1;
        let error = Book::parse(text.as_bytes(), &profile()).unwrap_err();
        assert_eq!(error.line, line, "{about}: {error}");
    }
}

#[test]
fn free_text_where_a_predicate_belongs_is_refused() {
    refused(&edited("gate = [\n  { sourced = true },", "gate = [\n  \"every date has a source\","), "E1203", "expected");
    refused(&edited("gate = [\n  { sourced = true },", "gate = \"every date has a source\"\nx = [\n"), "E1203", "");
    refused(&edited("fresh = \"7d\" }, until-step = 21 },\n]\n\n[[step]]\nno = 4", "fresh = \"recent\" }, until-step = 21 },\n]\n\n[[step]]\nno = 4"), "E1203", "recent");
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    for (no, from, to, code, about) in [
        (13, "rto-minutes = { at-most = \"rto-minutes\" }", "rto-hours = { at-most = 4 }", "E1221", "rto-hours"),
        (13, "at-most = \"rto-minutes\"", "at-most = \"soon\"", "E1223", "threshold"),
        (13, "measured = { is = true }", "measured = { at-most = 3 }", "E1223", "fit"),
        (13, "measured = { is = true }", "measured = { is = true, known = true }", "E1220", "exactly once"),
        (13, "measured = { is = true }", "measured = {}", "E1220", "exactly once"),
        (3, "{ sourced = true }", "{ sourced = true, staffed = true }", "E1220", "exactly one"),
        (3, "{ sourced = true }", "{ sourced = false }", "E1220", "switched off"),
        (3, "{ sourced = true }", "{ when = [\"filed\"] }", "E1220", "exactly one"),
        (10, "rounds = 3", "rounds = 0", "E1220", "no round"),
        (19, "done = \"ttl-hour\"", "done = \"ttl-day\"", "E1220", "ttl-day"),
        (8, "passed = 17", "passed = 22", "E1222", "22"),
        (3, "until-step = 21", "until-step = 99", "E1212", "99"),
        (16, "needs = [9,", "needs = [99,", "E1212", "99"),
        (1, "id = \"charter\", task = \"charter-case\"", "id = \"charter\", task = \"charter-case\", act = \"lock-on\"", "E1217", "exactly one"),
        (1, "id = \"charter\"", "id = \"The Charter\"", "E1217", "The Charter"),
        (19, "seconds = 3600", "risk = \"reversible\"", "E1217", "seconds"),
        (21, "act = \"renew\", risk = \"costly\"", "act = \"renew\"", "E1219", "money"),
        (17, "task = \"confirm-filing\"", "task = \"clear-displays\"", "E1221", "filing-query"),
        (14, "gate = [\n  { receipt = { kind = \"baseline-seal\", within = { reproducible = { is = true } } } },\n]", "gate = []", "E1216", "no gate"),
        (1, "zh = \"立项与资产定界\"", "zh = \"\"", "E1213", "language"),
        (1, "en = \"Open the retirement case\"", "en = \"Open the case now!\"", "E1213", "shouts"),
        (1, "endings = [\"hold-dark\", \"hold-live\", \"transfer\", \"lapse\", \"delete\"]", "endings = []", "E1214", "ending"),
    ] {
        refused(&edited_step(no, from, to), code, about);
    }
    refused(&edited("act-step = 21", "act-step = 31"), "E1212", "31");
    refused(&edited("no = 2\n", "no = 1\n"), "E1211", "twice");
    refused(&edited("namekeep/playbook/1", "namekeep/playbook/9"), "E1201", "schema");
}

#[test]
fn an_irreversible_act_has_two_people_of_two_departments() {
    for no in [7, 11, 16, 18, 19, 21] {
        refused(&edited_step(no, "quorum = { people = 2, departments = 2 }\n", ""), "E1215", "without a quorum");
        refused(&edited_step(no, "people = 2, departments = 2", "people = 1, departments = 1"), "E1215", "too small");
        refused(&edited_step(no, "people = 2, departments = 2", "people = 2, departments = 1"), "E1215", "too small");
        refused(&edited_step(no, "people = 2, departments = 2", "people = 2, departments = 3"), "E1215", "too small");
    }
    for (no, work) in [(7, "tenants"), (11, "release"), (16, "submit"), (18, "dispose"), (19, "delete-hosts"), (21, "auto-renew-off")] {
        let book = retire();
        let line = book.lines().find(|line| line.contains(&format!("id = \"{work}\""))).unwrap();
        let tame = line.replace(" risk = \"irreversible\",", "");
        refused(&book.replace(line, &tame), "E1215", work);
        let _ = no;
    }
    refused(&edited_step(5, "approvals = { people = 2", "approvals = { people = 1"), "E1215", "quorum");
    refused(&edited_step(18, "consent = [", "consent = []\nx = ["), "E1203", "x");
}

#[test]
fn windows_and_durations_must_meet() {
    refused(&edited_step(12, "opens = \"E-120d\"", "opens = \"E-90d\""), "E1230", "before it opens");
    refused(&edited_step(4, "span = \"30d\"", "span = \"60d\""), "E1231", "takes 60 days");
    refused(&edited_step(17, "span = \"20wd\"", "span = \"40wd\""), "E1231", "step 17");
    refused(&edited_step(8, "due = \"E-24d\"", "due = \"E-25d\""), "E1232", "step 17");
    refused(&edited_step(13, "due = \"E-95d\"", "due = \"E-85d\""), "E1232", "step 13");
    refused(&edited_step(22, "delete = [\"act\", \"redemption-end\", \"purge\"]", "delete = []"), "E1233", "no round");
    refused(&edited_step(22, "transfer = [\"act\"]", "hold-dark = [\"act\"]"), "E1233", "hold-dark");
}

#[test]
fn the_order_that_never_changes_is_held() {
    // A circle of needs.
    refused(&edited_step(4, "needs = [1]", "needs = [1, 5]"), "E1240", "needs itself");
    // Export, drill and seal come before what never comes back.
    refused(&edited_step(18, "needs = [12, 13, 14]", "needs = [2]"), "E1243", "export, drill and seal");
    refused(&edited_step(11, "needs = [10, 12, 13, 14, 17]", "needs = [10, 15]"), "E1243", "export, drill and seal");
    // The filing is reconciled, submitted, confirmed, in this order, before mail, release, drain, act.
    refused(&edited_step(16, "needs = [9, 10, 12, 13, 14, 15]", "needs = [2, 9, 10, 12, 13, 14]"), "E1243", "reconciled");
    refused(&edited_step(17, "needs = [16]", "needs = [15]"), "E1243", "submitted");
    refused(&edited_step(8, "needs = [7, 17]", "needs = [7]"), "E1222", "step 17");
    refused(&edited_step(11, "needs = [10, 12, 13, 14, 17]", "needs = [10, 12, 13, 14]"), "E1243", "filing must end");
    refused(&edited_step(7, "needs = [4, 6]", "needs = [2]"), "E1243", "dependencies");
    // Resources wait 14 days after their records.
    refused(&edited_step(11, "{ elapsed = { passed = 10, at-least = \"14d\" } }", "{ elapsed = { passed = 10, at-least = \"13d\" } }"), "E1244", "14 days");
    // DS before the zone.
    let book = retire();
    let park = book.lines().find(|line| line.contains("id = \"park\"")).unwrap();
    let ds = book.lines().find(|line| line.contains("id = \"remove-ds\"")).unwrap();
    let swapped = book.replace(park, "@").replace(ds, park).replace('@', ds);
    refused(&swapped, "E1243", "DS record");
    // Auto-renew goes off in the act alone, and can go back on.
    refused(&edited_step(20, "act = \"auto-renew-on\"", "act = \"auto-renew-off\", risk = \"irreversible\""), "E1215", "quorum");
    refused(
        &edited_step(19, "id = \"remove-ds\", act = \"remove-ds\"", "id = \"off\", act = \"auto-renew-off\", risk = \"irreversible\" },\n  { id = \"remove-ds\", act = \"remove-ds\""),
        "E1242",
        "outside the act",
    );
    refused(&edited_step(21, "{ id = \"auto-renew-back-on\", act = \"auto-renew-on\" },", ""), "E1242", "back on");
    // An ending that never ends.
    refused(&edited_step(23, "endings = [\"hold-dark\", \"hold-live\", ", "endings = [\"hold-dark\", "), "E1241", "hold-live");
}

#[test]
fn bounds_on_size_and_nonsense() {
    let big = vec![b'#'; 600_000];
    assert_eq!(Book::parse(&big, &profile()).unwrap_err().code(), "E1202");
    assert_eq!(Book::parse(&[0xff, 0xfe], &profile()).unwrap_err().code(), "E1202");
    for text in ["", "schema = 1", "[[step]]", "schema = \"namekeep/playbook/1\"", &"[".repeat(5000)] {
        assert!(Book::parse(text.as_bytes(), &profile()).is_err());
    }
    // Cut anywhere, the shipped books give an error or a book, never a panic.
    for book in [RETIRE, RENEW] {
        for cut in (0..book.len()).step_by(97) {
            let _ = Book::parse(&book[..cut], &profile());
        }
    }
    assert_eq!(Profile::parse(b"schema = \"x\"").unwrap_err().code(), "E1201");
    assert_eq!(Profile::parse(b"schema = \"namekeep/profile/1\"\n[levels]\nT9 = \"ok\"").unwrap_err().code(), "E1203");
}
