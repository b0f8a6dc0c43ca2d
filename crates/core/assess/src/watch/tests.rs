//! The rules all check-points share.

use std::collections::BTreeSet;

use namekeep_model::FindingCode;

use super::*;

#[test]
fn each_code_of_the_watch_either_runs_or_says_why_not() {
    let running: BTreeSet<String> = ["C4", "S6", "T3", "T6"].map(str::to_owned).into();
    for code in FindingCode::watch() {
        let why = not_checked(code);
        assert_eq!(why.is_none(), running.contains(&code.to_string()), "{code}");
        if let Some(why) = why {
            for text in [why.looks_at, why.needs] {
                assert!(!text.en.is_empty() && !text.zh.is_empty() && text.en != text.zh, "{code}");
            }
        }
    }
    assert!(not_checked("P1".parse().unwrap()).is_none());
}

#[test]
fn a_finding_of_level_ok_is_not_raised() {
    let name = DomainName::parse("a.example").unwrap();
    let round = Round { name: &name, now: Timestamp::UNIX_EPOCH, evidence: &[] };
    let words = Words { en: "x".into(), zh: "x".into() };
    assert!(round.raise("T3", Level::Ok, None, words.clone()).is_none());
    let found: Vec<_> = round.raise("T3", Level::Notice, None, words).into_iter().collect();
    assert_eq!((level(&found), level(&[])), (Level::Notice, Level::Ok));
}

#[test]
fn the_profile_that_ships_is_read_and_mistakes_in_one_are_refused() {
    let profile = Profile::parse(profile::DEFAULT.as_bytes()).unwrap();
    assert_eq!(profile.expiry.before.first().map(|rung| rung.days), Some(180));
    for (from, to, code) in [
        ("namekeep-watch/1", "namekeep-watch/2", "E1553"),
        ("hold = \"critical\"", "hold = \"not-checked\"", "E1552"),
        ("hold = \"critical\"", "hold = \"red\"", "E1552"),
        ("hold = \"critical\"", "", "E1552"),
        ("hold = \"critical\"", "hold = \"critical\"\nhould = \"critical\"", "E1552"),
        ("days = 90, level", "days = 200, level", "E1554"),
        ("days = 30, level = \"warning\"", "days = 30, level = \"critical\"", "ok"),
        ("days = 30, level = \"warning\"", "days = 30, level = \"ok\"", "E1554"),
        ("below_permille = 167", "below_permille = 400", "E1554"),
        ("year_days_min = 360", "year_days_min = 400", "E1554"),
    ] {
        assert!(profile::DEFAULT.contains(from), "{from}");
        let result = Profile::parse(profile::DEFAULT.replacen(from, to, 1).as_bytes());
        assert_eq!(result.map_or_else(|error| error.code(), |_| "ok"), code, "{from} -> {to}");
    }
    assert_eq!(Profile::parse(&[0xff]).unwrap_err().code(), "E1551");
}
