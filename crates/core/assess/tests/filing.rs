//! Filing and identity numbers against the shipped vectors, by hand and by property.
#![expect(clippy::unwrap_used, reason = "tests")]

use namekeep_assess::filing::id::check;
use namekeep_assess::filing::number::parse;
use namekeep_assess::filing::{
    EMBEDDED, Grammar, GrammarError, IdFault, IdKind, IdVerdict, LicenceForm, Notice, NumberKind, NumberReport,
    NumberVerdict,
};
use namekeep_model::Date;
use namekeep_model::text::Lang;
use proptest::prelude::*;
use serde_json::Value;

fn grammar() -> Grammar {
    Grammar::parse(EMBEDDED.as_bytes()).unwrap()
}

fn at() -> Date {
    "2026-11-24".parse().unwrap()
}

fn read(text: &str) -> NumberReport {
    parse(text, &grammar(), at())
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("data/filing-vectors.json")).unwrap()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|v| v.as_str().or_else(|| v["s"].as_str()).unwrap()).collect()
}

#[test]
fn every_valid_vector_is_valid_and_of_its_kind() {
    let vectors = vectors();
    let mut seen = 0;
    for (key, list) in vectors["test_vectors"]["valid"].as_object().unwrap() {
        for text in strings(list) {
            let report = read(text);
            assert_eq!(report.verdict, NumberVerdict::Valid, "{text}: {report:?}");
            let (kind, form) = match key.as_str() {
                "subject" => (NumberKind::Subject, None),
                "site" => (NumberKind::Site, None),
                "app" => (NumberKind::App, None),
                "psb" => (NumberKind::PublicSecurity, None),
                "licence_provincial_current" => (NumberKind::Licence, Some(LicenceForm::Provincial)),
                "licence_cross_region" => (NumberKind::Licence, Some(LicenceForm::CrossRegion)),
                "licence_legacy" => (NumberKind::Licence, Some(LicenceForm::Legacy)),
                other => panic!("no kind for {other}"),
            };
            assert_eq!((report.kind, report.form), (Some(kind), form), "{text}");
            seen += 1;
        }
    }
    assert_eq!(seen, 20);
}

#[test]
fn every_invalid_vector_is_refused_for_its_reason() {
    let vectors = vectors();
    let mut seen = 0;
    for (key, list) in vectors["test_vectors"]["invalid"].as_object().unwrap() {
        for text in strings(list) {
            let report = read(text);
            let verdict = match text {
                // The vector says: normalise, then warn.
                "滇ICP备09010050-5号" => NumberVerdict::Repairable,
                // Valid as a current licence; invalid as a legacy one only.
                "京ICP证京B2-20171776号" => {
                    assert_ne!(report.form, Some(LicenceForm::Legacy));
                    NumberVerdict::Valid
                }
                _ => NumberVerdict::Invalid,
            };
            assert_eq!(report.verdict, verdict, "{key} {text}: {report:?}");
            assert_eq!(report.reason.is_some(), verdict == NumberVerdict::Invalid);
            seen += 1;
        }
    }
    assert_eq!(seen, 9);
}

#[test]
fn takes_numbers_apart() {
    let report = read("蜀ICP备12014244号-2");
    assert_eq!(report.province.unwrap().gb2260, "51");
    assert_eq!((report.year, report.serial.as_deref(), report.service), (Some(2012), Some("014244"), Some(2)));
    let report = read("滇ICP备2026019339号-1");
    assert_eq!((report.year, report.serial.as_deref()), (Some(2026), Some("019339")));
    let report = read("川公网安备 51010702001250号");
    assert_eq!(report.normal.as_deref(), Some("川公网安备51010702001250号"));
    assert_eq!((report.area.as_deref(), report.serial.as_deref()), (Some("510107"), Some("001250")));
    let report = read("京ICP证京B2.B1-20171776号");
    assert_eq!(report.classes, ["B2", "B1"]);
    assert_eq!(report.normal.as_deref(), Some("京B2.B1-20171776"));
    let view = serde_json::to_value(read("合字B2-20160011").view("合字B2-20160011", Lang::En)).unwrap();
    assert_eq!(view["kind"], "licence");
    assert!(view["province_gb2260"].is_null() && view["reason"].is_null());
    assert_eq!(view["year"], 2016);
}

#[test]
fn repairs_what_can_be_read_in_one_way_only() {
    use Notice as N;
    for (text, normal, notices) in [
        ("京ICP备 11018762 号 - 11", "京ICP备11018762号-11", &[N::Spaces][..]),
        ("京ＩＣＰ备１１０１８７６２号－１１", "京ICP备11018762号-11", &[N::FullWidth]),
        ("京icp備11018762號-11", "京ICP备11018762号-11", &[N::Traditional, N::Case]),
        ("滬ICP備11018762號", "沪ICP备11018762号", &[N::Traditional]),
        ("备案号：京ICP备11018762号-11。", "京ICP备11018762号-11", &[N::FullWidth, N::Label]),
        ("网站备案号:京ICP备11018762号", "京ICP备11018762号", &[N::Label]),
        ("ICP备案/许可证号：京ICP备11018762号", "京ICP备11018762号", &[N::FullWidth, N::Label]),
        ("京ICP备11018762", "京ICP备11018762号", &[N::MissingHao]),
        ("京ICP备11018762-11", "京ICP备11018762号-11", &[N::MissingHao]),
        ("冀ICP备2022016663-4a", "冀ICP备2022016663号-4A", &[N::Case, N::MissingHao]),
        ("滇ICP备09010050-5号", "滇ICP备09010050号-5", &[N::MisplacedHao]),
        ("滇ICP备09010050号-5号", "滇ICP备09010050号-5", &[N::ExtraHao]),
        ("京ICP备11018762号—11", "京ICP备11018762号-11", &[N::Dash]),
        ("京ICP备11018762号11", "京ICP备11018762号-11", &[N::MissingHyphen]),
        ("京公网安备 1101 0802 0114 63 号", "京公网安备11010802011463号", &[N::Spaces]),
        ("京b2-20170324", "京B2-20170324", &[N::Case]),
        ("京ICP备案11018762号", "京ICP备11018762号", &[N::Word]),
        ("京ICP备第11018762号-1", "京ICP备11018762号-1", &[N::Word]),
        ("京ICP備案號第11018762號", "京ICP备11018762号", &[N::Traditional, N::Word]),
        ("增值电信业务经营许可证", "", &[]),
    ] {
        let report = read(text);
        if normal.is_empty() {
            assert_eq!(report.verdict, NumberVerdict::Invalid, "{text}");
            continue;
        }
        assert_eq!((report.verdict, report.normal.as_deref()), (NumberVerdict::Repairable, Some(normal)), "{text}");
        assert_eq!(report.notices, notices, "{text}");
        assert_eq!(read(normal).verdict, NumberVerdict::Valid, "{normal}");
    }
    // White space around the whole is no part of the number, 号 at a public security one optional.
    assert_eq!(read(" 京ICP备11018762号\n").verdict, NumberVerdict::Valid);
    assert_eq!(read("京公网安备11010802011463").verdict, NumberVerdict::Valid);
}

#[test]
fn doubts_what_cannot_be_right() {
    for (text, code) in [
        ("京ICP备2027000001号", "year-ahead"),
        ("京ICP备2099000001号-1", "year-ahead"),
        ("京ICP备21018762号", "short-form-year"),
        ("京ICP备04018762号", "short-form-year"),
        ("京ICP备2021000000号", "zero-serial"),
        ("京公网安备31010802011463号", "area-mismatch"),
        ("川公网安备52010702001250号", "area-mismatch"),
        ("京B2-20270324", "year-ahead"),
        ("京ICP证沪B2-20171776号", "licence-province"),
    ] {
        let report = read(text);
        assert_eq!(report.verdict, NumberVerdict::Suspicious, "{text}");
        assert_eq!(report.reason.unwrap().code(), code, "{text}");
        assert!(report.normal.is_some());
    }
    // The same number a year later is plain.
    let later = parse("京ICP备2027000001号", &grammar(), "2027-01-01".parse().unwrap());
    assert_eq!(later.verdict, NumberVerdict::Valid);
}

#[test]
fn refuses_the_rest_with_a_reason() {
    for (text, code) in [
        ("", "empty"),
        ("   ", "empty"),
        ("例子", "unrecognised"),
        ("11018762", "unrecognised"),
        ("京ICP11018762号", "unrecognised"),
        ("ICP备11018762号", "province-missing"),
        ("北京ICP备11018762号", "province-unknown"),
        ("港ICP备11018762号", "province-unknown"),
        ("川ICP备12014244号-2", "province-of-other-side"),
        ("蜀公网安备51010702001250号", "province-of-other-side"),
        ("京ICP备110187621号", "digits"),
        ("黔ICP备2015014846号-1", "long-form-too-early"),
        ("京ICP备2130000001号", "long-form-too-early"),
        ("京ICP备11018762号-0", "service-number"),
        ("京ICP备11018762号-01", "service-number"),
        ("京ICP备11018762号-100000", "service-number"),
        ("京ICP备11018762号-", "service-number"),
        ("京ICP备11018762号-1B", "suffix-letter"),
        ("京ICP备11018762号-1AA", "out-of-place"),
        ("京ICP备11018762号x", "out-of-place"),
        ("京ICP备11018号762", "digits"),
        ("京公网安备1101080201146号", "digits"),
        ("京公网安备11010803011463号", "type-digits"),
        ("京公网安备11010802011463号-1", "out-of-place"),
        ("京B3-20170324", "licence-class"),
        ("京B2-19990324", "licence-year"),
        ("京B2-2017032", "digits"),
        ("ICP证101009号", "province-missing"),
        ("京ICP证10100号", "digits"),
        ("粤ICP证B2-20090191", "province-missing"),
        ("粤B2-20090059-0", "service-number"),
        ("粤B2-20090059-5A", "service-number"),
        ("京ICP备11018762号-1 京公网安备11010802011463号", "several"),
        ("京ICP备11018762号京ICP备11018763号", "several"),
        ("京ICP备案", "digits"),
    ] {
        let report = read(text);
        assert_eq!(report.verdict, NumberVerdict::Invalid, "{text}");
        assert_eq!(report.reason.as_ref().unwrap().code(), code, "{text}: {:?}", report.reason);
        let words = report.reason.unwrap().words();
        assert!(!words.en.is_empty() && !words.zh.is_empty());
        assert!(report.normal.is_none());
    }
    assert_eq!(read(&"京".repeat(1_000_000)).reason.unwrap().code(), "too-long");
}

/// Sites of a licence holder are listed under the licence instead of under a filing.
#[test]
fn a_service_under_a_licence_is_known() {
    for (text, service) in
        [("粤B2-20090059-5", 5), ("京ICP证030173号-1", 1), ("合字B2-20160011-12", 12), ("京ICP证030173-1", 1)]
    {
        let report = read(text);
        assert_eq!((report.verdict, report.service), (NumberVerdict::Valid, Some(service)), "{text}");
        assert_eq!(report.kind, Some(NumberKind::Licence));
        assert_eq!(report.notices, [Notice::LicenceService]);
        let normal = report.normal.unwrap();
        assert_eq!(read(&normal).normal.as_deref(), Some(normal.as_str()));
    }
}

#[test]
fn letters_name_kinds_and_say_when_they_were_only_recalled() {
    let mini = read("京ICP备11018762号-3X");
    assert_eq!((mini.verdict, mini.kind), (NumberVerdict::Valid, Some(NumberKind::MiniProgram)));
    assert_eq!(mini.notices, [Notice::UnverifiedSuffix]);
    assert_eq!(read("京ICP备11018762号-3K").kind, Some(NumberKind::QuickApp));
    assert_eq!(read("津公网安备12010102000001号").notices, [Notice::UnverifiedAbbreviation]);
}

#[test]
fn identity_vectors_hold() {
    let vectors = vectors();
    for (key, kind) in [("uscc_gb32100", IdKind::Uscc), ("resident_id_gb11643", IdKind::ResidentId)] {
        for text in strings(&vectors["check_digits"][key]["valid"]) {
            let report = check(text, &grammar(), at());
            assert_eq!((report.verdict, report.kind), (IdVerdict::Valid, Some(kind)), "{key}");
        }
        for text in strings(&vectors["check_digits"][key]["invalid"]) {
            let report = check(text, &grammar(), at());
            assert_eq!((report.verdict, report.kind), (IdVerdict::Invalid, Some(kind)), "{key}");
        }
    }
}

#[test]
fn identity_numbers_are_checked_in_every_part() {
    for (text, kind, fault) in [
        ("", None, Some(IdFault::Empty)),
        ("123", None, Some(IdFault::Length)),
        (&"1".repeat(1_000_000), None, Some(IdFault::Length)),
        ("MA0ABCD1-X", Some(IdKind::OrganisationCode), None),
        ("MA0ABCD1X", Some(IdKind::OrganisationCode), None),
        ("MA0ABCD11", Some(IdKind::OrganisationCode), Some(IdFault::CheckCharacter)),
        ("MA0ABCD1Y", Some(IdKind::OrganisationCode), Some(IdFault::Alphabet)),
        ("９１１１００００ma0abcd1xu", Some(IdKind::Uscc), None),
        ("9111 0000 MA0A BCD1 XU", Some(IdKind::Uscc), None),
        ("91110000MA0ABCD1IU", Some(IdKind::Uscc), Some(IdFault::Alphabet)),
        ("9111A000MA0ABCD1XU", Some(IdKind::Uscc), Some(IdFault::CreditArea)),
        ("11010519491231002x", Some(IdKind::ResidentId), None),
        ("11010519490230002X", Some(IdKind::ResidentId), Some(IdFault::BirthDate)),
        ("110105194912310", Some(IdKind::ResidentId), Some(IdFault::FirstGeneration)),
    ] {
        let report = check(text, &grammar(), at());
        assert_eq!((report.kind, report.fault), (kind, fault), "{:.20}", text);
    }
    for (body, fault) in [
        ("11010519490230002", IdFault::BirthDate),
        ("11010518991231002", IdFault::BirthDate),
        ("11010520261125002", IdFault::BirthAhead),
        ("00010519491231002", IdFault::Area),
    ] {
        for check_digit in "0123456789X".chars() {
            let report = check(&format!("{body}{check_digit}"), &grammar(), at());
            assert!(report.kind == Some(IdKind::ResidentId) && report.fault == Some(fault), "{body}: {report:?}");
        }
    }
    // A nested organisation code that does not agree, under a right outer check character.
    let nested = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .filter_map(|c| check(&format!("91110000MA0ABCD11{c}"), &grammar(), at()).fault)
        .filter(|fault| *fault == IdFault::NestedCheckCharacter);
    assert_eq!(nested.count(), 1);
}

#[test]
fn the_grammar_file_is_judged() {
    let grammar = grammar();
    assert_eq!(grammar.provinces.len(), 31);
    assert!(!grammar.source.is_empty() && grammar.verified_on.parse::<Date>().is_ok());
    assert!(matches!(Grammar::parse(b"{"), Err(GrammarError::Shape(_))));
    assert!(matches!(Grammar::parse(&vec![b' '; 300_000]), Err(GrammarError::TooLarge(_))));
    let other = EMBEDDED.replace("namekeep/filing/1", "namekeep/filing/9");
    assert!(matches!(Grammar::parse(other.as_bytes()), Err(GrammarError::Schema(_))));
    let twice = EMBEDDED.replace("\"icp\": \"津\"", "\"icp\": \"京\"");
    assert!(matches!(Grammar::parse(twice.as_bytes()), Err(GrammarError::Twice(_))));
}

/// Numbers of every form, right by construction.
fn right_numbers() -> impl Strategy<Value = String> {
    let provinces = grammar().provinces;
    let seq = prop_oneof![
        (5_u32..=20, 1_u32..=999_999).prop_map(|(year, n)| format!("{year:02}{n:06}")),
        (2020_u32..=2026, 1_u32..=999_999).prop_map(|(year, n)| format!("{year}{n:06}")),
    ];
    let tail = prop_oneof![
        Just(String::new()),
        (1_u32..=99_999, prop_oneof![Just(""), Just("A"), Just("X"), Just("K")]).prop_map(|(n, k)| format!("-{n}{k}")),
    ];
    (proptest::sample::select(provinces), seq, tail, 0_u32..=9_999, 1_u32..=999_999, 0_u8..4).prop_map(
        |(province, seq, tail, area, serial, form)| match form {
            0 | 1 => format!("{}ICP备{seq}号{tail}", province.icp),
            2 => format!("{}公网安备{}{area:04}02{serial:06}号", province.public_security, province.gb2260),
            _ => format!("{}B2-2017{:04}", province.icp, serial % 9_999 + 1),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn right_numbers_are_valid_and_their_own_normal_form(text in right_numbers()) {
        let report = read(&text);
        prop_assert_eq!(report.verdict, NumberVerdict::Valid);
        prop_assert_eq!(report.normal.as_deref(), Some(text.as_str()));
    }

    #[test]
    fn normal_forms_stay_what_they_are(text in "[京川蜀甘 ]?(ICP|icp|公网安|ICP证|合字)?[备證B]?[0-9 ０-９]{0,15}[号號]?[-－—]?[0-9]{0,3}[AXKaz]?号?") {
        let report = read(&text);
        if let Some(normal) = report.normal {
            let again = read(&normal);
            prop_assert_eq!(again.normal.as_deref(), Some(normal.as_str()));
            prop_assert!(!again.notices.iter().any(|notice| notice.is_repair()));
        } else {
            prop_assert_eq!(report.verdict, NumberVerdict::Invalid);
        }
    }

    #[test]
    fn any_text_is_judged_without_panic_and_without_leak(text in any::<String>(), digits in "[0-9A-Z]{5,40}") {
        let _ = read(&text);
        for text in [&text, &digits] {
            let report = check(text, &grammar(), at());
            let shown = report.masked.chars().filter(|c| *c != '*').count();
            prop_assert!(shown <= 4 && shown * 2 < report.masked.chars().count().max(1));
            let printed = format!("{report:?}{}", serde_json::to_string(&report.view(Lang::Zh)).unwrap());
            prop_assert!(digits.len() <= 8 || !printed.contains(digits.as_str()));
        }
    }

    #[test]
    fn one_wrong_digit_is_noticed(at_digit in 0_usize..17, by in 1_u8..10) {
        for good in ["650100199003070010", "11010519491231002X"] {
            let mut bytes = good.as_bytes().to_vec();
            bytes[at_digit] = b'0' + (bytes[at_digit] - b'0' + by) % 10;
            let text = String::from_utf8(bytes).unwrap();
            // Seventeen digits can also be a credit code, by chance with both its checks right.
            let report = check(&text, &grammar(), at());
            prop_assert!(report.kind != Some(IdKind::ResidentId) || report.verdict == IdVerdict::Invalid);
        }
    }
}
