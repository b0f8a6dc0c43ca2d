//! Names against the standards, properties and hostile input.

use proptest::prelude::*;

use super::*;
use crate::text::Lang;

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn codes(text: &str) -> Vec<&'static str> {
    name(text).warnings().iter().map(|warning| warning.kind.code()).collect()
}

#[test]
fn normalises_to_a_and_u_labels() {
    for (text, a, u) in [
        ("example.com", "example.com", "example.com"),
        ("EXAMPLE.Com.", "example.com", "example.com"),
        ("  example.com\r\n", "example.com", "example.com"),
        ("\u{FEFF}example.com", "example.com", "example.com"),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", "example.com"),
        ("例子。中国", "xn--fsqu00a.xn--fiqs8s", "例子.中国"),
        ("例子｡中国。", "xn--fsqu00a.xn--fiqs8s", "例子.中国"),
        ("XN--FSQU00A.XN--FIQS8S", "xn--fsqu00a.xn--fiqs8s", "例子.中国"),
        ("Bücher.example", "xn--bcher-kva.example", "bücher.example"),
        ("bu\u{308}cher.example", "xn--bcher-kva.example", "bücher.example"),
        // Deviation characters stay what they are (UTS #46 non-transitional).
        ("straße.de", "xn--strae-oqa.de", "straße.de"),
        ("βόλος.gr", "xn--nxasmm1c.gr", "βόλος.gr"),
        // A soft hyphen is dropped by the mapping.
        ("exam\u{AD}ple.com", "example.com", "example.com"),
        ("1.2.3.4.in-addr.arpa", "1.2.3.4.in-addr.arpa", "1.2.3.4.in-addr.arpa"),
        ("123.com", "123.com", "123.com"),
        ("a.b", "a.b", "a.b"),
        // Context rules that hold: RFC 5892 A.1 to A.9.
        ("नी\u{94D}\u{200D}ल.in", "xn--l2bu5byc623p.in", "नी\u{94D}\u{200D}ल.in"),
        ("l·l.cat", "xn--ll-0ea.cat", "l·l.cat"),
        ("\u{375}β.gr", "xn--wva6j.gr", "\u{375}β.gr"),
        ("א\u{5F3}ב.il", "xn--4dbc5h.il", "א\u{5F3}ב.il"),
        ("カ・カ.jp", "xn--lcka3v.jp", "カ・カ.jp"),
        ("ا\u{661}\u{662}.ae", "xn--mgb0jd.ae", "ا\u{661}\u{662}.ae"),
        ("〇.cn", "xn--w6j.cn", "〇.cn"),
    ] {
        let got = name(text);
        assert_eq!(got.u_label(), u, "{text:?}");
        assert_eq!(got.a_label(), a, "{text:?}");
        assert_eq!(name(got.a_label()), got);
        assert_eq!(name(&got.u_label()), got);
        assert_eq!(got.is_idn(), u != a);
    }
}

#[test]
fn names_the_fault_and_its_place() {
    use NameFault as F;
    let label = "a".repeat(64);
    let long = format!("{}.com", vec!["a".repeat(49); 5].join("."));
    assert_eq!(long.len(), 253);
    assert!(DomainName::parse(&long).is_ok());
    assert!(DomainName::parse(&format!("{}.com", "a".repeat(63))).is_ok());
    let longer = format!("a{long}");
    let huge = "a.".repeat(600_000);
    let idn_label = format!("{}.中国", "汉字名称".repeat(16));
    for (text, fault, position) in [
        ("", F::Empty, 0),
        ("   ", F::Empty, 2),
        (".", F::Empty, 0),
        (longer.as_str(), F::NameTooLong, 0),
        (huge.as_str(), F::NameTooLong, 0),
        (&format!("www.{label}.com"), F::LabelTooLong, 4),
        (idn_label.as_str(), F::LabelTooLong, 0),
        ("a..com", F::EmptyLabel, 2),
        (".com", F::EmptyLabel, 0),
        ("a.com..", F::EmptyLabel, 6),
        ("a.\u{200B}.com", F::EmptyLabel, 2),
        ("com", F::SingleLabel, 0),
        ("  中国", F::SingleLabel, 2),
        ("_dmarc.example.com", F::Underscore, 0),
        ("例＿子.cn", F::Underscore, 1),
        ("exam!ple.com", F::InvalidCharacter, 4),
        ("a,b.com", F::InvalidCharacter, 1),
        ("exam\u{0}ple.com", F::ControlCharacter, 4),
        ("exam\u{7F}ple.com", F::ControlCharacter, 4),
        ("exam\u{85}ple.com", F::ControlCharacter, 4),
        ("例\u{202E}moc.cn", F::BidiControl, 1),
        ("a\u{2066}b.com", F::BidiControl, 1),
        ("a\u{200F}b.com", F::BidiControl, 1),
        ("exa mple.com", F::WhiteSpace, 3),
        ("例\u{3000}子.cn", F::WhiteSpace, 1),
        ("a\tb.com", F::WhiteSpace, 1),
        ("https://x.y/path", F::Url, 5),
        ("  https://x.y/path", F::Url, 7),
        ("x.com/path", F::Url, 5),
        ("例子.cn?x", F::Url, 5),
        ("who@example.com", F::MailAddress, 3),
        ("x.com:8443", F::Port, 5),
        ("x.com:8443/path", F::Port, 5),
        ("x.com:", F::InvalidCharacter, 5),
        ("*.example.com", F::Wildcard, 0),
        ("a.*.com", F::InvalidCharacter, 2),
        ("192.0.2.1", F::IpAddress, 0),
        (" 192.0.2.1.", F::IpAddress, 1),
        ("１９２．０．２．１", F::IpAddress, 0),
        ("2001:db8::1", F::IpAddress, 0),
        ("[2001:db8::1]:443", F::IpAddress, 0),
        ("192.0.2.1:53", F::IpAddress, 0),
        ("fe80::1%eth0", F::IpAddress, 0),
        ("-a.com", F::Hyphen, 0),
        ("www.a-.com", F::Hyphen, 5),
        ("ab--cd.com", F::Hyphen, 2),
        ("例--.cn", F::Hyphen, 2),
        ("xn--.com", F::InvalidALabel, 0),
        ("xn--a.com", F::InvalidALabel, 0),
        ("www.xn--abc-.com", F::InvalidALabel, 4),
        ("xn--\u{4F8B}.cn", F::InvalidALabel, 0),
        // Symbols: fine for UTS #46, refused by IDNA2008.
        ("i❤.ws", F::DisallowedCharacter, 1),
        ("xn--i-7iq.ws", F::InvalidALabel, 0),
        ("☃.net", F::DisallowedCharacter, 0),
        ("a™b\u{2200}.com", F::DisallowedCharacter, 3),
        ("ـa.com", F::DisallowedCharacter, 0),
        ("ᄀ.kr", F::DisallowedCharacter, 0),
        ("a\u{E000}.com", F::DisallowedCharacter, 1),
        ("a\u{FFFD}.com", F::DisallowedCharacter, 1),
        ("ab\u{200D}c.com", F::ContextRule, 2),
        ("a\u{200C}.com", F::ContextRule, 1),
        ("a·b.cat", F::ContextRule, 1),
        ("\u{375}a.gr", F::ContextRule, 0),
        ("\u{5F3}א.il", F::ContextRule, 0),
        ("a・b.jp", F::ContextRule, 1),
        ("ا\u{661}\u{6F1}.ae", F::BidiRule, 2),
        ("אa.il", F::BidiRule, 1),
        ("aא.il", F::BidiRule, 1),
        ("1א.il", F::BidiRule, 1),
        ("1a.אב", F::BidiRule, 0),
        ("\u{308}a.com", F::InitialMark, 0),
        ("www.\u{308}a.com", F::InitialMark, 4),
        ("example.123", F::NumericTld, 8),
        ("1.2.3", F::NumericTld, 4),
        ("999.999.999.999", F::NumericTld, 12),
    ] {
        let error = DomainName::parse(text).unwrap_err();
        assert_eq!((error.fault, error.position), (fault, position), "{:.80?}", text);
    }
}

#[test]
fn every_fault_has_its_own_code_and_sentences() {
    let mut seen = std::collections::BTreeSet::new();
    for fault in NameFault::ALL {
        assert!(seen.insert(fault.code()) && seen.insert(fault.number()), "{fault:?}");
        assert!(fault.number().starts_with("E10"));
        for text in [fault.text(), fault.hint()] {
            assert!(!text.en.is_empty() && !text.zh.is_empty());
            assert!(!text.en.ends_with(['.', '!']) && !text.zh.ends_with(['。', '！']));
        }
    }
    let error = DomainName::parse("a\u{202E}b.com").unwrap_err();
    assert_eq!(error.to_string(), "the name holds a character that reorders text (U+202E, character 2)");
    assert_eq!(error.message().zh, "域名中有改变文字方向的字符（U+202E，第 2 个字符）");
}

#[test]
fn cuts_suffixes_by_both_readings_of_the_list() {
    for (text, public, registry, registrable, held) in [
        ("example.com", "com", "com", "example.com", "example.com"),
        ("a.b.example.com", "com", "com", "example.com", "example.com"),
        ("www.example.co.uk", "co.uk", "co.uk", "example.co.uk", "example.co.uk"),
        ("x.github.io", "github.io", "io", "x.github.io", "github.io"),
        ("github.io", "github.io", "io", "", "github.io"),
        ("co.uk", "co.uk", "co.uk", "", ""),
        ("a.com.cn", "com.cn", "com.cn", "a.com.cn", "a.com.cn"),
        ("公司.cn", "xn--55qx5d.cn", "xn--55qx5d.cn", "", ""),
        (
            "www.食狮.公司.cn",
            "xn--55qx5d.cn",
            "xn--55qx5d.cn",
            "xn--85x722f.xn--55qx5d.cn",
            "xn--85x722f.xn--55qx5d.cn",
        ),
        ("食狮.中国", "xn--fiqs8s", "xn--fiqs8s", "xn--85x722f.xn--fiqs8s", "xn--85x722f.xn--fiqs8s"),
        // Wildcard and exception rules.
        ("b.c.kobe.jp", "c.kobe.jp", "c.kobe.jp", "b.c.kobe.jp", "b.c.kobe.jp"),
        ("www.city.kobe.jp", "kobe.jp", "kobe.jp", "city.kobe.jp", "city.kobe.jp"),
        ("www.ck", "ck", "ck", "www.ck", "www.ck"),
        ("b.test.ck", "test.ck", "test.ck", "b.test.ck", "b.test.ck"),
        // Private rules below a private owner's own name.
        ("b.s3.amazonaws.com", "s3.amazonaws.com", "com", "b.s3.amazonaws.com", "amazonaws.com"),
        ("a.b.blogspot.com", "blogspot.com", "com", "b.blogspot.com", "blogspot.com"),
        // Unknown to the list: the default rule.
        ("a.b.nosuchtld", "nosuchtld", "nosuchtld", "b.nosuchtld", "b.nosuchtld"),
    ] {
        let name = name(text);
        let text_of = |name: Option<DomainName>| name.map(|name| name.0).unwrap_or_default();
        assert_eq!(name.public_suffix(), public, "{text}");
        assert_eq!(name.registry_suffix(), registry, "{text}");
        assert_eq!(text_of(name.registrable()), registrable, "{text}");
        assert_eq!(text_of(name.registry_registrable()), held, "{text}");
    }
}

#[test]
fn warns_about_looks() {
    for (text, expected) in [
        ("example.com", &[][..]),
        ("bücher.de", &[]),
        ("例子.com", &[]),
        ("支付abc.com", &[]),
        ("日本ナル.jp", &[]),
        ("pаypal.com", &["mixed-script", "look-alike"]),
        ("аррӏе.com", &["look-alike"]),
        ("пример.рф", &[]),
        ("хор.рф", &[]),
        ("хор.com", &["look-alike"]),
        // A katakana letter in the place of a Han character.
        ("エ商银行.com", &["look-alike"]),
        ("abcไทย.com", &["mixed-script"]),
        ("micros0ft.com", &["digit-look-alike"]),
        ("web20.com", &[]),
        ("a1.com", &[]),
        ("straße.de", &["deviation-character"]),
        ("a.b.nosuchtld", &["unknown-suffix"]),
        ("x.github.io", &["private-suffix"]),
        ("co.uk", &["public-suffix"]),
        ("printer.local", &["special-use"]),
        ("例子.中国", &["han-variants"]),
        ("www.例子.cn", &["han-variants"]),
        ("例子.网络", &[]),
    ] {
        assert_eq!(codes(text), expected, "{text}");
        for warning in name(text).warnings() {
            let words = warning.text();
            assert!(words.en.contains(&warning.subject) && words.zh.contains(&warning.subject));
        }
    }
    assert_eq!(name("pаypal.com").warnings()[1].looks_like.as_deref(), Some("paypal"));
    assert_eq!(name("micros0ft.com").warnings()[0].looks_like.as_deref(), Some("microsoft"));
    assert_eq!(name("エ商银行.com").warnings()[0].looks_like.as_deref(), Some("工商银行"));
    assert_eq!(name("pаypal.com").skeleton(), name("paypal.com").skeleton());
}

#[test]
fn shows_the_u_label_only_where_it_cannot_deceive() {
    assert_eq!(name("例子.中国").to_string(), "例子.中国");
    assert_eq!(name("bücher.de").to_string(), "bücher.de");
    assert_eq!(name("straße.de").to_string(), "straße.de");
    assert_eq!(name("pаypal.com").to_string(), "xn--pypal-4ve.com");
    assert_eq!(name("аррӏе.com").to_string(), "xn--80ak6aa92e.com");
    assert_eq!(format!("{:?}", name("例子.中国")), "DomainName(xn--fsqu00a.xn--fiqs8s)");
}

#[test]
fn lists_scripts_in_order_of_appearance() {
    assert_eq!(name("example-1.com").scripts(), ["Latin"]);
    assert_eq!(name("例子.com").scripts(), ["Han", "Latin"]);
    assert_eq!(name("pаypal.com").scripts(), ["Latin", "Cyrillic"]);
}

#[test]
fn holds_names_below_itself() {
    let parent = name("example.com");
    assert!(parent.contains(&parent) && parent.contains(&name("a.example.com")));
    assert!(!parent.contains(&name("badexample.com")) && !name("a.example.com").contains(&parent));
}

#[test]
fn writes_and_reads_documents() {
    let name = name("例子.中国");
    let json = serde_json::to_string(&name).unwrap();
    assert_eq!(json, r#"{"a_label":"xn--fsqu00a.xn--fiqs8s","u_label":"例子.中国"}"#);
    let read = |text: &str| serde_json::from_str::<DomainName>(text);
    assert_eq!(read(&json).unwrap(), name);
    assert_eq!(read(r#""例子.中国""#).unwrap(), name);
    assert_eq!(read(r#"{"a_label":"xn--fsqu00a.xn--fiqs8s"}"#).unwrap(), name);
    assert!(read(r#"{"a_label":"xn--fsqu00a.xn--fiqs8s","u_label":"别的.中国"}"#).is_err());
    assert!(read(r#"{"a_label":"a.com","also":1}"#).is_err());
    assert!(read(r#""a b""#).is_err());
}

#[test]
fn views_are_flat_documents() {
    let view = serde_json::to_value(NameView::of("x.GitHub.io", Lang::En)).unwrap();
    assert_eq!(view["public_suffix"], "github.io");
    assert_eq!(view["registry_suffix"], "io");
    assert_eq!(view["registrable"], "x.github.io");
    assert_eq!(view["warnings"], serde_json::json!(["private-suffix"]));
    let view = serde_json::to_value(NameView::of("co.uk", Lang::Zh)).unwrap();
    assert!(view["registrable"].is_null());
    let view = serde_json::to_value(NameView::of(" a b.com", Lang::Zh)).unwrap();
    assert_eq!(view["input"], " a b.com");
    assert_eq!(view["error"]["code"], "white-space");
    assert_eq!(view["error"]["position"], 2);
}

#[test]
fn the_suffix_edition_is_the_one_in_use() {
    let lock = include_str!("../../../../../Cargo.lock");
    let (package, version) = SUFFIX_LIST.split_once(' ').unwrap();
    assert!(lock.contains(&format!("name = \"{package}\"\nversion = \"{version}\"")), "{SUFFIX_LIST}");
}

/// Labels of letters that occur in names, plus what is often typed between them.
fn plausible() -> impl Strategy<Value = String> {
    let messy = prop_oneof![
        6 => "[a-zA-Z0-9]",
        1 => "[-_]",
        2 => "[\u{4E00}-\u{9FA5}]",
        1 => "[а-яА-Я]",
        1 => "[α-ωΑ-Ω]",
        1 => "[ぁ-んァ-ヶー]",
        1 => "[א-ת\u{620}-\u{64A}\u{660}-\u{669}]",
        1 => "[ａ-ｚＡ-Ｚ０-９]",
        1 => "[à-ÿ]",
        1 => "[\u{300}-\u{308}\u{200C}\u{200D}\u{AD}\u{B7}\u{DF}\u{3C2}]",
    ];
    let label = prop_oneof![
        8 => "[a-zA-Z0-9-]{1,12}",
        6 => "[\u{4E00}-\u{9FA5}a-z0-9]{1,12}",
        3 => "[а-яА-Я]{1,12}",
        3 => "[α-ωΑ-Ως]{1,12}",
        3 => "[ぁ-んァ-ヶー]{1,12}",
        1 => "[א-ת]{1,12}",
        1 => "[\u{620}-\u{63F}]{1,12}[\u{660}-\u{669}]?",
        3 => "[ａ-ｚＡ-Ｚ０-９]{1,12}",
        3 => "[a-zA-Zà-ÿßÀ-Þ]{1,12}",
        3 => "[a-z]{1,6}[\u{300}-\u{308}\u{AD}]{0,2}[a-z]{0,3}",
        2 => proptest::collection::vec(messy, 1..12).prop_map(|parts| parts.concat()),
        1 => "xn--[a-z0-9]{1,12}",
    ];
    let dot = prop_oneof![8 => Just("."), 1 => Just("。"), 1 => Just("．")];
    (proptest::collection::vec((label, dot), 1..5), any::<bool>()).prop_map(|(parts, rooted)| {
        let mut text: String = parts.iter().map(|(label, dot)| format!("{label}{dot}")).collect();
        if !rooted {
            text.pop();
        }
        text
    })
}

fn obeys_the_laws(text: &str) -> Result<bool, TestCaseError> {
    match DomainName::parse(text) {
        Ok(name) => {
            let a = name.a_label();
            prop_assert!(a.len() <= 253 && a.is_ascii() && !a.ends_with('.'));
            prop_assert!(name.labels().all(|label| (1..=63).contains(&label.len())));
            prop_assert_eq!(&DomainName::parse(a).unwrap(), &name);
            prop_assert_eq!(&DomainName::parse(&name.u_label()).unwrap(), &name);
            prop_assert_eq!(&DomainName::parse(&name.to_string()).unwrap(), &name);
            prop_assert_eq!(&DomainName::parse(&format!(" {}. ", a.to_uppercase())).unwrap(), &name);
            prop_assert!(a.ends_with(name.public_suffix()) && name.public_suffix().ends_with(name.registry_suffix()));
            if let Some(registrable) = name.registrable() {
                prop_assert!(registrable.contains(&name));
                prop_assert_eq!(registrable.registrable(), Some(registrable.clone()));
            }
            prop_assert_eq!(name.is_idn(), !name.u_label().is_ascii());
            prop_assert!(name.warnings().len() < 1000);
            Ok(true)
        }
        Err(error) => {
            let length = text.chars().count();
            prop_assert!(error.position < length.max(1), "{:?} in {:?}", error, text);
            // A label in punycode hides its offending character; a hyphen may be a full-width one.
            let plain = error.fault != NameFault::InvalidALabel && error.fault != NameFault::Hyphen;
            if let Some(found) = error.found.filter(|_| plain) {
                prop_assert_eq!(text.chars().nth(error.position), Some(found));
            }
            prop_assert!(!error.message().en.chars().any(char::is_control));
            Ok(false)
        }
    }
}

/// Normalising is idempotent from every form of the name, and arbitrary text never panics.
#[test]
fn normalising_is_idempotent() {
    let accepted = std::cell::Cell::new(0_u32);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(20_000));
    runner
        .run(&plausible(), |text| {
            if obeys_the_laws(&text)? {
                accepted.set(accepted.get() + 1);
            }
            Ok(())
        })
        .unwrap();
    // The generator must not degrade into names that are all refused.
    assert!((4_000..19_000).contains(&accepted.get()), "{} of 20,000 accepted", accepted.get());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn any_text_is_judged_without_panic(text in any::<String>()) {
        obeys_the_laws(&text)?;
    }

    #[test]
    fn any_character_between_letters_is_judged_without_panic(c in any::<char>()) {
        obeys_the_laws(&format!("a{c}b.com"))?;
        obeys_the_laws(&format!("{c}.中国"))?;
    }
}
