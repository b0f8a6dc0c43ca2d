//! Specs as text, specs that do not hold together, and the small world of a rehearsal.

use super::common::*;
use namekeep_model::fact::{FactValue, Said, Sighting};
use namekeep_model::{Confidence, FactKey, Facts, Observation, Source};
use namekeep_world::{Calendar, Known, RealName, RegistryRules, World, WorldError, WorldSpec};

const TOML: &str = r#"
seed = 7
start = "2026-11-24T01:14:00Z"

[rules.cn]
redemption-days = 14
pending-delete-days = 0
needs-real-name = true

[[accounts]]
id = "brand"
funding = "prepaid"
balance = "CNY 310.50"

[[accounts]]
id = "main"
funding = { credit-line = { limit = "CNY 5,000.00" } }
balance = "CNY 0.00"

[[people]]
id = "审批乙"
department = "legal"
approver = true
deputy = "法务甲"
leave = [{ from = "2026-11-20", through = "2026-12-10" }]
days-for = { submit-filing = 2 }

[[names]]
name = "示例商城.中国"
account = "brand"
rules = "cn"
price = "CNY 320.00"
registration = { expiry = "2026-12-09", lock = false }

[[names]]
name = "example-shop.cn"
account = "brand"
rules = "cn"
price = "CNY 39.00"
restore-price = "CNY 600.00"
registration = { expiry = "2026-12-20" }
filing = { filed = true, subject = "S2", other-services = 3, order = { submitted = "2026-11-06T03:00:00Z", act = "cancel-service" } }
privacy = { open-requests = 2 }
troubles = [{ code = "S1", level = "warning" }]
blind = [{ source = "rdap", times = 2, why = { en = "timed out", zh = "超时" } }]

[[script]]
at = "2026-12-03T10:00"
do = { what = "filing-returned", name = "example-shop.cn", reason = { en = "confirm phone", zh = "确认电话" } }

[[script]]
at = "2026-12-09T16:00"
do = { what = "top-up", account = "brand", amount = "CNY 1,000.00" }

[[faults]]
op = "registrar.renew"
fault = "done-no-answer"

[[faults]]
action = "21.auto-renew-off"
fault = { throttle = { seconds = 30 } }
"#;

#[test]
fn a_spec_reads_from_text_and_writes_back() {
    let spec = WorldSpec::from_toml(TOML).unwrap();
    assert_eq!(spec.names[1].registration.expiry, day("2026-12-20"));
    let again: WorldSpec = serde_json::from_str(&serde_json::to_string(&spec).unwrap()).unwrap();
    assert_eq!(again, spec);
    let again = WorldSpec::from_toml(&toml::to_string(&spec).unwrap()).unwrap();
    assert_eq!(again, spec);
    let mut world = World::new(spec).unwrap();
    world.step_to(at("2026-12-09 12:00"));
    // 12-09: 320.00 is more than 310.50; the charge fails.
    assert_eq!(world.names()[0].registration.expiry, day("2026-12-09"));
    world.step_to(at("2026-12-20 12:00"));
    assert_eq!(world.names()[1].registration.expiry, day("2027-12-20"), "the top-up covers the 39.00 of 12-20");
    assert_eq!(world.names()[1].filing.order.as_ref().unwrap().round, 2);
}

#[test]
fn specs_that_do_not_hold_together_are_refused_with_a_code() {
    let good = || spec("h-a.cn", "2026-12-20", RegistryRules::default());
    let table: [(&str, fn(&mut WorldSpec)); 6] = [
        ("E1703", |s| s.zone = "Mars/Olympus".into()),
        ("E1704", |s| s.names.push(s.names[0].clone())),
        ("E1704", |s| {
            let label = s.names[0].name.clone();
            s.names[0].labels.push(label);
        }),
        ("E1705", |s| s.accounts.push(s.accounts[0].clone())),
        ("E1706", |s| s.names[0].account = "elsewhere".parse().unwrap()),
        ("E1707", |s| s.names[0].rules = "none".into()),
    ];
    for (code, breaks) in table {
        let mut spec = good();
        breaks(&mut spec);
        let error = World::new(spec).unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!error.hint().en.is_empty() && !error.hint().zh.is_empty());
    }
    for text in ["seed = 1", "nonsense", "seed = 7\nstart = \"2026-11-24T01:14:00Z\"\nsurprise = 1"] {
        assert!(matches!(WorldSpec::from_toml(text), Err(WorldError::Spec(_))), "{text}");
    }
    assert_eq!(WorldSpec::from_toml(&" ".repeat(namekeep_world::MAX_SPEC + 1)).unwrap_err().code(), "E1702");
}

fn known(about: &str, facts: Facts) -> Known {
    Known {
        name: name(about),
        seed: 1,
        start: at("2026-11-24 09:14"),
        rules: RegistryRules::default(),
        calendar: Calendar::default(),
        facts,
        people: Vec::new(),
        deletion: None,
    }
}

fn seen(key: FactKey, value: FactValue) -> Observation {
    let at = at("2026-11-24 09:00");
    Observation {
        key,
        said: Said::Seen(Sighting { value, source: Source::Registrar, at, confidence: Confidence::High }),
    }
}

#[test]
fn what_is_known_is_taken_and_the_rest_is_said() {
    let nothing = World::simple(&known("h-a.cn", Facts::default()));
    assert!(nothing.spec.names[0].filing.filed, "a name under .cn is filed until known otherwise");
    assert!(nothing.assumptions.iter().all(|words| !words.en.is_empty() && !words.zh.is_empty()));
    let mut facts = Facts::default();
    for (key, value) in [
        (FactKey::PaidUntil, FactValue::Date(day("2027-05-05"))),
        (FactKey::RenewalPrice, FactValue::Money(yuan(45))),
        (FactKey::RealName, FactValue::Text("failed".into())),
        (FactKey::Filed, FactValue::Bool(false)),
        (FactKey::Devices, FactValue::Int(12_000)),
    ] {
        facts.take(seen(key, value));
    }
    let some = World::simple(&known("h-a.cn", facts));
    let about = &some.spec.names[0];
    assert_eq!(about.registration.expiry, day("2027-05-05"));
    assert_eq!((about.price, about.holder.real_name, about.filing.filed), (yuan(45), RealName::Failed, false));
    assert_eq!(about.dependencies.devices, 12_000);
    assert!(some.assumptions.len() < nothing.assumptions.len());
    let mut world = World::new(some.spec).unwrap();
    for key in FactKey::ALL {
        fact(&mut world, "h-a.cn", *key);
    }
    assert!(!World::simple(&known("h-a.io", Facts::default())).spec.names[0].filing.filed);
}

#[test]
fn every_kept_fact_of_a_world_comes_back_from_its_own_simple_world() {
    // Look at a world, build a simple world from what was seen, look again: what the simple world
    // takes from facts reads the same.
    let mut spec = spec("h-a.cn", "2027-12-20", RegistryRules::default());
    let about = &mut spec.names[0];
    about.registration.auto_renew = false;
    about.dns.ttl = 7_200;
    about.mail.per_day = 9;
    about.filing.filed = true;
    about.filing.other_services = 4;
    about.privacy.open_requests = 2;
    let mut first = world(spec);
    let mut facts = Facts::default();
    for observation in
        ready(namekeep_ports::Ports::look(&mut first, &name("h-a.cn"), FactKey::ALL, at("2026-11-24 09:14")))
            .observations
    {
        facts.take(observation);
    }
    let simple = World::simple(&known("h-a.cn", facts));
    let mut second = World::new(simple.spec).unwrap();
    for key in [
        FactKey::RegistrarExpiry,
        FactKey::RegistryExpiry,
        FactKey::AutoRenew,
        FactKey::RenewalPrice,
        FactKey::RestorePrice,
        FactKey::Balance,
        FactKey::TtlMax,
        FactKey::MailPerDay,
        FactKey::Filed,
        FactKey::OtherServices,
        FactKey::DataRequests,
        FactKey::TransferLock,
        FactKey::RealName,
        FactKey::Phase,
        FactKey::Statuses,
        FactKey::Covered,
    ] {
        assert_eq!(fact(&mut first, "h-a.cn", key), fact(&mut second, "h-a.cn", key), "{key}");
    }
}
