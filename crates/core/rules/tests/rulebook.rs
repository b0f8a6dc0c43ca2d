//! The embedded files: whole, strict, without a key that is ignored.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use namekeep_model::Date;
use namekeep_rules::tlds::UnknownWhy;
use namekeep_rules::{
    Class, Found, Freezes, HolidayFile, OverlayTable, Rulebook, RulebookBytes, RulesError, Standing, TrapCode,
    WorkCalendar,
};
use serde_json::Value;

fn rules() -> Rulebook {
    Rulebook::embedded().unwrap()
}

#[test]
fn all_rows_and_overlays_are_there() {
    let rules = rules();
    let rows = rules.tlds().rows();
    let unknown = rows.iter().filter(|row| !row.is_known()).count();
    let cc = rows.iter().filter(|row| row.class == Class::Cctld).count();
    println!("{} rows, {unknown} unknown, {cc} ccTLDs, {} overlays", rows.len(), rules.overlays().all().len());
    assert_eq!((rows.len(), unknown, cc, rules.overlays().all().len()), (236, 37, 124, 17));
    assert_eq!((rules.law().instruments().len(), rules.law().deadlines().len()), (47, 56));
    assert_eq!(rules.digest(), self::rules().digest());
    assert_eq!(rules.digest().to_string().len(), 64);
}

/// A file read and written again is the file: no key and no value is dropped on the way.
#[test]
fn no_key_of_the_data_is_ignored() {
    let rules = rules();
    let bytes = RulebookBytes::EMBEDDED;
    let files = [
        ("tlds", bytes.tlds, rules.tlds().to_json()),
        ("overlays", bytes.overlays, rules.overlays().to_json()),
        ("holidays", bytes.holidays, serde_json::to_value(rules.holidays()).ok()),
        ("law", bytes.law, rules.law().to_json()),
    ];
    for (name, bytes, back) in files {
        let source: Value = serde_json::from_slice(bytes).unwrap();
        let mut keys = BTreeMap::new();
        walk(&source, &mut String::new(), &mut keys);
        println!("{name}: {} distinct keys, {} places", keys.len(), keys.values().sum::<usize>());
        let lost = first_difference(&source, &back.unwrap(), &mut name.to_owned());
        assert_eq!(lost, None, "does not survive reading");
    }
}

/// What becomes of each key of the files the engine decides by: a new key needs a line here.
#[test]
fn every_key_has_its_use() {
    let bytes = RulebookBytes::EMBEDDED;
    let rows = [
        (
            "decides",
            "a_label class auto_renew_at_registry registry_expiry_jumps_on_auto_renew order_deadline_days_before_expiry \
            phases explicit_delete holiday_shift traps conflict locks transfer_closes tld registry",
        ),
        (
            "shown",
            "restore_traps notes additions lookup confidence confidence_by_field sources verified_on lookup_sources",
        ),
        // Their facts stand in `phases`, `may`, `price` and `way_back` as well.
        ("kept for people", "model add_grace_days renew_after_expiry_at_normal_price restore_possible"),
    ];
    let phases = [
        ("decides", "name days_min days_typical days_max anchor dns dns_off may epp rgp price"),
        ("kept for people", "registrant_may fee rule"),
    ];
    let overlays = [
        (
            "decides",
            "id iana rules dns_stop_day delete auction_in_grace clock_shifts transfer_lock_after_restore_days confidence",
        ),
        ("shown", "registrar behaviour source verified_on"),
        ("kept for people", "no_grace_if_auto_renew_only"),
    ];
    let rules = [
        (
            "decides",
            "match match_registries match_class grace redemption redemption_min pending_delete gone_day \
            delete_days_before_expiry order_days_before_expiry renewal_opens_days_before_expiry then_locked",
        ),
        ("kept for people", "note"),
    ];
    let deadlines = [
        ("decides", "id value clock direction roll floor verified binds"),
        ("shown", "ref note unit"),
        ("kept for people", "what from"),
    ];
    check_keys(bytes.tlds, &["rows"], &rows);
    check_keys(bytes.tlds, &["rows", "phases"], &phases);
    check_keys(bytes.overlays, &["overlays"], &overlays);
    check_keys(bytes.overlays, &["overlays", "rules"], &rules);
    check_keys(bytes.law, &["deadlines"], &deadlines);
}

fn check_keys(bytes: &[u8], path: &[&str], uses: &[(&str, &str)]) {
    let file: Value = serde_json::from_slice(bytes).unwrap();
    let mut level = vec![&file];
    for key in path {
        level = level.iter().flat_map(|value| value[key].as_array().unwrap()).collect();
    }
    let found: BTreeSet<&str> =
        level.iter().flat_map(|value| value.as_object().unwrap().keys()).map(String::as_str).collect();
    let listed: BTreeSet<&str> = uses.iter().flat_map(|(_, keys)| keys.split_whitespace()).collect();
    assert_eq!(found, listed, "{path:?}");
}

/// The first path at which two values differ.
fn first_difference(a: &Value, b: &Value, path: &mut String) -> Option<String> {
    let length = path.len();
    let mut below = |key: String, a: &Value, b: &Value| {
        path.push_str(&key);
        let found = first_difference(a, b, path);
        path.truncate(length);
        found
    };
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            keys.into_iter().find_map(|key| match (a.get(key), b.get(key)) {
                (Some(a), Some(b)) => below(format!(".{key}"), a, b),
                _ => Some(format!("a key: {key}")),
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (a, b))| below(format!("[{at}]"), a, b))
        }
        _ => (a != b).then(|| path.clone()),
    }
}

fn walk(value: &Value, path: &mut String, keys: &mut BTreeMap<String, usize>) {
    let length = path.len();
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                path.push('.');
                path.push_str(key);
                *keys.entry(path.clone()).or_default() += 1;
                walk(value, path, keys);
                path.truncate(length);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| walk(value, path, keys)),
        _ => {}
    }
}

/// An unknown key at any depth is refused with its file and path.
#[test]
fn a_key_too_many_is_refused_where_it_stands() {
    let good = std::str::from_utf8(RulebookBytes::EMBEDDED.tlds).unwrap();
    for (from, to, path) in [
        (r#"{"tld":"com","#, r#"{"tld":"com","grace":9,"#, "rows[0]"),
        (r#""phases":[{"name""#, r#""phases":[{"nmae""#, "rows[0].phases[0]"),
        (r#""days_min":0"#, r#""days_min":"0""#, "rows[0].phases[0].days_min"),
        (r#""may":["renew""#, r#""may":["sell""#, "rows[0].phases[0].may[0]"),
        (r#""days_max":45"#, r#""days_max":-1"#, "rows.com"),
        (r#""sources":["icann-errp""#, r#""sources":["icann-err""#, "icann-err"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let error = Rulebook::parse(RulebookBytes { tlds: bad.as_bytes(), ..RulebookBytes::EMBEDDED }).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("rules/tlds.json") && text.contains(path), "{text}");
        assert!(!error.hint().en.is_empty());
    }
    for bytes in [&b""[..], b"{", b"[]", b"null", b"\xff"] {
        let error = Rulebook::parse(RulebookBytes { law: bytes, ..RulebookBytes::EMBEDDED }).unwrap_err();
        assert_eq!(error.code(), "E1101");
    }
    let deep = "[".repeat(100_000);
    assert!(Rulebook::parse(RulebookBytes { overlays: deep.as_bytes(), ..RulebookBytes::EMBEDDED }).is_err());
    let other = Rulebook::parse(RulebookBytes {
        freezes: b"schema = \"namekeep/freezes/1\"\nverified_on = \"2026-01-01\"",
        ..RulebookBytes::EMBEDDED
    });
    assert_ne!(other.unwrap().digest(), rules().digest());
}

/// Broken bytes are refused or read, and never more than that.
#[test]
fn broken_files_do_no_harm() {
    let mut state = 0x005e_ed0f_u64;
    let mut random = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % n as u64).unwrap()
    };
    let (mut refused, mut read) = (0, 0);
    let holidays = rules();
    for round in 0..600 {
        let embedded = RulebookBytes::EMBEDDED;
        let source = [embedded.freezes, embedded.holidays, embedded.overlays][round % 3];
        let mut bytes = source.to_vec();
        match round % 5 {
            0 => bytes.truncate(random(source.len())),
            1 => bytes.rotate_left(random(source.len())),
            _ => {
                for _ in 0..3 {
                    bytes[random(source.len())] = b"0123456789-\"{}[],:ax"[random(20)];
                }
            }
        }
        let outcome = match round % 3 {
            0 => Freezes::parse(&bytes, holidays.holidays()).map(drop),
            1 => HolidayFile::parse(&bytes).and_then(|file| WorkCalendar::new(&file)).map(drop),
            _ => OverlayTable::parse(&bytes).map(drop),
        };
        match outcome {
            Ok(()) => read += 1,
            Err(error) => {
                assert!(error.code().starts_with("E11") && !error.to_string().is_empty());
                refused += 1;
            }
        }
    }
    println!("broken files refused: {refused}, read: {read}");
    assert!(refused > 200 && read > 0);
}

#[test]
fn a_suffix_finds_its_row() {
    let rules = rules();
    let of = |suffix: &str| match rules.tlds().find(suffix) {
        Found::Row { row, climbed } => format!("{}+{climbed}", row.tld),
        Found::Template { .. } => "template".to_owned(),
        Found::Unknown { row, why } => format!(
            "unknown {:?} {}",
            std::mem::discriminant(&why) == std::mem::discriminant(&UnknownWhy::NotRead),
            row.is_some()
        ),
    };
    for (suffix, found) in [
        ("com", "com+0"),
        ("COM.", "com+0"),
        ("co.uk", "uk+1"),
        ("com.cn", "cn+1"),
        ("xn--fiqs8s", "中国+0"),
        ("a.b.uk", "uk+2"),
        ("academy", "template"),
        ("xn--ses554g", "网址+0"),
        ("il", "unknown true true"),
        ("co.il", "unknown true true"),
        ("zw", "unknown false false"),
        ("xn--wgbh1c", "unknown false false"),
        ("edu", "unknown false false"),
        ("test", "unknown false false"),
        ("", "unknown false false"),
        (".", "unknown false false"),
        ("a..b", "unknown false false"),
        ("中国", "unknown false false"),
        ("123", "unknown false false"),
    ] {
        assert_eq!(of(suffix), found, "{suffix}");
    }
}

#[test]
fn every_trap_of_the_notes_is_on_its_rows() {
    let rules = rules();
    let on = |trap| {
        rules.tlds().rows().iter().filter(|row| row.has(trap)).map(|row| row.tld.as_str()).collect::<BTreeSet<_>>()
    };
    assert_eq!(on(TrapCode::CancellationNeeded), BTreeSet::from(["at", "be", "de", "dk", "eg"]));
    assert_eq!(on(TrapCode::OtherRegistrarCanRescue), BTreeSet::from(["be", "no", "uz", "lt"]));
    assert_eq!(on(TrapCode::NoWayBack), BTreeSet::from(["pl", "ws", "cm", "by"]));
    assert_eq!(on(TrapCode::StrangerCanTake), BTreeSet::from(["za"]));
    for tld in ["de", "ch", "dk", "pt", "sg", "uz", "公益", "kz"] {
        assert!(on(TrapCode::IdentityOutranksClock).contains(tld), "{tld}");
    }
}

#[test]
fn a_registrar_is_found_by_id_and_by_number() {
    let rules = rules();
    let grace = |registrar: &str, suffix: &str, class| {
        let (overlay, rule) = rules.overlays().find(registrar, suffix, "", class).unwrap().unwrap();
        (overlay.id.clone(), rule.and_then(|rule| rule.grace.as_ref()?.days()))
    };
    assert_eq!(grace("aliyun", "cn", Class::Cctld), ("aliyun".into(), Some(30)));
    assert_eq!(grace("420", "xn--fiqs8s", Class::Cctld), ("aliyun".into(), Some(30)));
    assert_eq!(grace("468", "com", Class::Gtld), ("route53-2022".into(), Some(44)));
    assert_eq!(grace("468", "ai", Class::Cctld), ("route53".into(), Some(45)));
    assert_eq!(grace("tencent", "dev", Class::Template), ("tencent".into(), Some(30)));
    assert_eq!(grace("aliyun", "de", Class::Cctld), ("aliyun".into(), None));
    assert_eq!(grace("zone", "co.uk", Class::Cctld).1, None);
    // What two lines of a registrar say of one suffix is one rule.
    let (_, tel) = rules.overlays().find("logicboxes-wide", "tel", "", Class::Gtld).unwrap().unwrap();
    assert_eq!(tel.and_then(|rule| rule.grace.as_ref()?.days().zip(rule.then_locked)), Some((40, 60)));
    assert_eq!(rules.overlays().find("292", "com", "", Class::Gtld), Ok(None));
    assert_eq!(
        rules.overlays().find("nobody", "com", "", Class::Gtld).unwrap_err(),
        RulesError::NoRegistrar("nobody".into())
    );
}

#[test]
fn wrong_citations_are_refused() {
    let law = rules();
    let law = law.law();
    let on: Date = "2026-11-24".parse().unwrap();
    assert_eq!(law.rejected().len(), 15);
    for known in law.rejected() {
        let error = law.check(&known.citation, on).unwrap_err();
        assert_eq!(error.code(), "E1120", "{}", known.id);
        assert_eq!(known.expect, "reject");
        // The same in other clothes.
        let spaced: String = known.citation.chars().flat_map(|c| [c, ' ']).collect();
        assert!(law.check(&spaced, on).is_err(), "{spaced}");
    }
    for text in ["", "第四十七条", "《某某办法》第一条", "《网络安全法》第一千条", "《个人信息保护法》"]
    {
        assert!(law.check(text, on).is_err(), "{text}");
    }
}

#[test]
fn right_citations_pass_with_the_version_of_the_day() {
    let rules = rules();
    let law = rules.law();
    let (now, old): (Date, Date) = ("2026-11-24".parse().unwrap(), "2025-06-01".parse().unwrap());
    for (text, on, id) in [
        ("《网络安全法》第四十九条", now, "csl@2025:49(1)"),
        ("《中华人民共和国网络安全法》第49条", now, "csl@2025:49(1)"),
        ("《网络安全法》第四十七条", old, "csl@2016:47(1)"),
        ("《个人信息保护法》第四十七条", now, "pipl@2021:47(1)"),
    ] {
        let (_, article) = law.check(text, on).unwrap();
        assert!(article.id.starts_with(id.split('(').next().unwrap()), "{text}: {}", article.id);
    }
    // An old number is refused today, and the new one is named.
    let Err(RulesError::Rejected { instead, .. }) = law.article("csl@2016:21", now) else { panic!("refused") };
    assert_eq!(instead, ["csl@2025:23"]);
    assert!(law.article("csl:49", now).is_ok() && law.article("csl:49", old).is_err());
    let recalled =
        law.instruments().iter().flat_map(|i| &i.articles).filter(|a| a.verified == Standing::Recalled).count();
    assert_eq!(recalled, 32);
    let cited = law.cite("ord33:26", now).unwrap();
    assert!(cited.en.contains("recalled") && cited.zh.contains("第 26 条"), "{cited:?}");
}

#[test]
fn freezes_know_their_days() {
    let rules = rules();
    let at = |text: &str| {
        rules.freezes().at(text.parse::<Date>().unwrap()).map(|window| window.freeze.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(at("2026-11-10"), ["promotion-double-eleven"]);
    assert_eq!(at("2030-06-20"), ["promotion-mid-year"]);
    assert!(at("2026-11-24").is_empty());
    assert_eq!(at("2026-02-17"), ["new-year"]);
    let provisional = rules.freezes().at("2027-02-08".parse::<Date>().unwrap()).next().unwrap();
    assert!(provisional.freeze.provisional);
    assert_eq!(rules.freezes().first_free("2026-11-10".parse::<Date>().unwrap()).unwrap().to_string(), "2026-11-14");
}
