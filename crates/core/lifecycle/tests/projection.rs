//! Known names at known days: the dates of the notes, the demo world and the registries' texts.

mod common;

use common::{at, date, event, name, rules, seen, with};
use namekeep_lifecycle::rules::{May, Price, TrapCode};
use namekeep_lifecycle::{ChargeDay, EventKind, ExpiryFact, NameState, Offer, Reason, Which, project};
use namekeep_model::phase::PhaseKind;
use namekeep_model::{Confidence, Ending, Source};

fn fact(text: &str, source: Source) -> Option<ExpiryFact> {
    Some(ExpiryFact::new(date(text), source, date("2026-11-24")))
}

#[test]
fn the_five_instants_of_a_lapse() {
    let rules = rules();
    // suffix, registrar, DNS stop, grace end, redemption end, purge
    let table = [
        ("cn", "aliyun", ["2026-12-21", "2027-01-19", "2027-02-02", "2027-02-02"]),
        ("xn--fiqs8s", "420", ["2026-12-21", "2027-01-19", "2027-02-02", "2027-02-02"]),
        ("com", "aliyun", ["2026-12-21", "2027-01-19", "2027-02-17", "2027-02-22"]),
        ("com", "", ["2027-01-11", "2027-01-19", "2027-02-18", "2027-02-23"]),
        ("co.uk", "", ["2027-01-19", "2027-03-20", "", "2027-03-25"]),
        ("uk", "468", ["2027-01-19", "2027-03-20", "", "2027-03-22"]),
        ("io", "468", ["2027-01-25", "2027-02-02", "2027-03-04", "2027-03-10"]),
        ("de", "", ["2026-12-20", "2026-12-20", "2027-01-19", "2027-01-19"]),
        ("eu", "", ["2026-12-20", "", "2027-01-29", "2027-01-29"]),
        ("nl", "468", ["2026-12-19", "2026-12-19", "2027-01-28", "2027-01-28"]),
        ("au", "", ["2026-12-20", "2027-01-19", "", "2027-01-20"]),
        ("hk", "", ["2026-12-20", "2027-01-17", "2027-03-18", "2027-03-18"]),
        ("jp", "dnsimple", ["2026-12-04", "2026-12-04", "2026-12-18", "2026-12-18"]),
        ("es", "468", ["2026-12-14", "2026-12-14", "2026-12-24", "2026-12-24"]),
        ("fr", "468", ["2027-01-16", "2027-01-16", "2027-02-16", "2027-02-16"]),
    ];
    for (suffix, registrar, days) in table {
        let mut state = name(suffix, "2026-12-20");
        if !registrar.is_empty() {
            state = at(state, registrar);
        }
        let projection = project(&state, &rules, date("2026-11-24")).unwrap();
        let kinds = [EventKind::DnsStop, EventKind::GraceEnd, EventKind::RedemptionEnd, EventKind::Purge];
        for (kind, day) in kinds.into_iter().zip(days) {
            let found = event(&projection, kind);
            let typical = if day.is_empty() { "none" } else { found.split(' ').nth(1).unwrap_or("?") };
            assert_eq!(typical, if day.is_empty() { found.as_str() } else { day }, "{suffix} {registrar} {kind:?}");
        }
    }
}

#[test]
fn a_plan_rests_on_the_earliest_loss() {
    let rules = rules();
    let projection = project(&at(name("cn", "2026-12-20"), "aliyun"), &rules, date("2026-11-24")).unwrap();
    // The suffix is sold with 2 days before to 40 days after expiry, and 13 to 15 days after that.
    assert_eq!(event(&projection, EventKind::RedemptionEnd), "2026-12-31 2027-02-02 2027-02-13");
    assert_eq!(event(&projection, EventKind::LastSafeRescueDay), "2026-12-28 2027-01-28 2027-02-10");
    let rescue = projection.events.iter().find(|event| event.kind == EventKind::LastSafeRescueDay).unwrap();
    assert!(rescue.provisional && rescue.source.contains("calendar"));
    // Once the name is seen in redemption, what lies behind is certain.
    let state = with(at(name("cn", "2026-10-15"), "aliyun"), &["pendingDelete", "redemptionPeriod"]);
    let projection = project(&state, &rules, date("2026-11-24")).unwrap();
    assert_eq!(projection.phase.kind, PhaseKind::Redemption);
    assert_eq!(event(&projection, EventKind::RedemptionEnd), "2026-11-25 2026-11-28 2026-12-09");
    assert!(event(&projection, EventKind::LastSafeRescueDay).contains(" 2026-11-25 "));
    assert!(projection.phase.observed);
}

#[test]
fn a_year_nobody_paid_is_not_believed() {
    let rules = rules();
    let mut state = name("net", "2026-11-10");
    state.registry_expiry = fact("2027-11-10", Source::Rdap);
    state.paid_until = fact("2026-11-10", Source::Billing);
    let state = at(with(state, &["autoRenewPeriod"]), "aliyun");
    let view = seen(&state, &rules, "2026-11-24");
    let counts = view.date_that_counts.unwrap();
    assert_eq!(
        (counts.date.as_str(), counts.which, counts.reason),
        ("2026-11-10", Which::Registrar, Reason::RegistryJumped)
    );
    assert_eq!((view.phase, view.local_name.as_deref()), (PhaseKind::AutoRenewGrace, Some("auto_renew_grace")));
    assert_eq!(view.phase_until.unwrap().typical.as_deref(), Some("2026-12-10"));
    assert_eq!(view.may, [May::Renew, May::Transfer]);
    assert_eq!(view.acts.first().unwrap().price, Price::Standard);
    assert!(view.traps.iter().any(|trap| trap.code == TrapCode::RegistryDateOneYearLate));

    // The registry's date alone: with the status the year is taken off, without it a doubt stays.
    let alone = |statuses: &[&str], on: &str| {
        let state = NameState {
            suffix: "com".into(),
            registry_expiry: fact("2027-11-10", Source::Rdap),
            ..NameState::default()
        };
        seen(&with(state, statuses), &rules, on)
    };
    let taken = alone(&["auto renew period"], "2026-11-24");
    let counts = taken.date_that_counts.unwrap();
    assert_eq!((counts.date.as_str(), counts.reason, counts.provisional), ("2026-11-10", Reason::YearTakenOff, true));
    assert_eq!(counts.confidence, Confidence::Low);
    assert!(taken.asks.iter().any(|ask| ask.en.contains("account")));
    let doubt = alone(&["clientTransferProhibited"], "2026-11-24").date_that_counts.unwrap();
    assert_eq!((doubt.date.as_str(), doubt.reason), ("2027-11-10", Reason::RegistryPerhapsJumped));
    assert_eq!(alone(&["renewPeriod"], "2026-11-24").date_that_counts.unwrap().reason, Reason::RegistryAlone);
    assert_eq!(alone(&[], "2027-03-01").date_that_counts.unwrap().reason, Reason::RegistryAlone);
}

#[test]
fn a_deleted_name_whose_registry_date_lies_ahead() {
    let rules = rules();
    let registry = |suffix: &str, day: &str| {
        let state =
            NameState { suffix: suffix.into(), registry_expiry: fact(day, Source::Rdap), ..NameState::default() };
        with(state, &["pendingDelete", "redemptionPeriod"])
    };
    // The year the registry added is taken off where the clock then fits.
    let view = seen(&registry("com", "2027-10-15"), &rules, "2026-11-24");
    let counts = view.date_that_counts.unwrap();
    assert_eq!((counts.date.as_str(), counts.reason), ("2026-10-15", Reason::DeletedBeforeDate));
    assert_eq!(view.phase, PhaseKind::Redemption);
    // Deleted on request, years before the date: it was deleted at most 30 days before it was seen.
    let state = registry("com", "2028-10-15");
    let projection = project(&state, &rules, date("2026-11-24")).unwrap();
    assert_eq!(projection.choice.unwrap().date.to_string(), "2028-10-15");
    assert_eq!(event(&projection, EventKind::RedemptionStart), "2026-10-25 2026-11-24 2026-11-24");
    assert_eq!(event(&projection, EventKind::RedemptionEnd), "2026-11-25 2026-12-24 2026-12-24");
    assert_eq!(event(&projection, EventKind::Purge), "2026-11-30 2026-12-29 2026-12-29");
}

#[test]
fn the_earlier_of_two_dates_counts() {
    let rules = rules();
    let chosen = |suffix: &str, registry: Option<&str>, registrar: Option<&str>, paid: Option<&str>| {
        let of = |text: Option<&str>, source| text.and_then(|text| fact(text, source));
        let state = NameState {
            suffix: suffix.into(),
            registry_expiry: of(registry, Source::Rdap),
            registrar_expiry: of(registrar, Source::Registrar),
            paid_until: of(paid, Source::Billing),
            ..NameState::default()
        };
        project(&state, &rules, date("2026-11-24"))
            .unwrap()
            .choice
            .map(|choice| (choice.date.to_string(), choice.which, choice.reason))
    };
    let is = |day: &str, which, reason| Some((day.to_owned(), which, reason));
    assert_eq!(chosen("com", None, None, None), None);
    assert_eq!(
        chosen("com", Some("2027-05-01"), Some("2027-05-01"), Some("2027-05-02")),
        is("2027-05-01", Which::Registrar, Reason::Agree)
    );
    assert_eq!(chosen("com", None, Some("2027-05-01"), None), is("2027-05-01", Which::Registrar, Reason::AccountAlone));
    assert_eq!(
        chosen("com", Some("2027-05-01"), Some("2027-05-01"), Some("2026-05-01")),
        is("2026-05-01", Which::PaidUntil, Reason::RegistryJumped)
    );
    assert_eq!(
        chosen("com", Some("2026-12-01"), Some("2027-12-01"), None),
        is("2026-12-01", Which::Registry, Reason::Earlier)
    );
    assert_eq!(
        chosen("com", Some("2029-12-01"), Some("2026-12-01"), None),
        is("2026-12-01", Which::Registrar, Reason::Earlier)
    );
    // .uk does not renew by itself: a year more there is a disagreement.
    assert_eq!(
        chosen("uk", Some("2027-12-01"), Some("2026-12-01"), None),
        is("2026-12-01", Which::Registrar, Reason::Earlier)
    );
    // .it shows the old date for 15 days after a paid renewal, and no longer.
    assert_eq!(
        chosen("it", Some("2026-11-20"), Some("2027-11-20"), None),
        is("2027-11-20", Which::Registrar, Reason::RegistryLags)
    );
    assert_eq!(
        chosen("it", Some("2026-11-01"), Some("2027-11-01"), None),
        is("2026-11-01", Which::Registry, Reason::Earlier)
    );
}

#[test]
fn no_plan_rests_on_whois_alone() {
    let rules = rules();
    let state =
        NameState { suffix: "com".into(), registry_expiry: fact("2027-05-01", Source::Whois), ..NameState::default() };
    let view = seen(&state, &rules, "2026-11-24");
    assert!(view.date_that_counts.as_ref().unwrap().rests_on_whois_only);
    assert!(view.asks.iter().any(|ask| ask.zh.contains("WHOIS")));
    assert!(view.events.iter().all(|event| event.provisional));
    let both = NameState { registrar_expiry: fact("2027-05-01", Source::Registrar), ..state };
    assert!(!seen(&both, &rules, "2026-11-24").date_that_counts.unwrap().rests_on_whois_only);
}

#[test]
fn statuses_outrank_the_clock() {
    let rules = rules();
    let phase = |suffix: &str, expires: &str, statuses: &[&str], on: &str| {
        let view = seen(&with(name(suffix, expires), statuses), &rules, on);
        (view.phase, view.may)
    };
    use PhaseKind::{
        AutoRenewGrace, ExpiredHeld, PendingDelete, PendingRestore, Quarantine, Redemption, Registered, Released,
        RenewalGrace, Unknown,
    };
    // By the clock alone.
    for (suffix, on, kind) in [
        ("com", "2026-06-29", Registered),
        ("com", "2026-06-30", AutoRenewGrace),
        ("com", "2026-07-30", Redemption),
        ("com", "2026-08-29", PendingDelete),
        ("com", "2026-09-03", Released),
        ("uk", "2026-07-01", RenewalGrace),
        ("uk", "2026-08-01", ExpiredHeld),
        ("uk", "2026-09-30", PendingDelete),
        ("eu", "2026-07-01", Quarantine),
        ("cn", "2026-07-10", RenewalGrace),
        ("cn", "2026-08-01", Redemption),
        ("ro", "2026-07-10", ExpiredHeld),
        ("cr", "2026-07-10", Unknown),
        ("hu", "2026-07-10", Redemption),
        ("cm", "2026-07-10", Released),
        ("gs", "2026-07-20", Redemption),
    ] {
        assert_eq!(phase(suffix, "2026-06-30", &[], on).0, kind, "{suffix} {on}");
    }
    // With statuses.
    let expired = "2026-06-30";
    assert_eq!(
        phase("com", expired, &["pendingDelete", "redemptionPeriod"], "2026-07-05"),
        (Redemption, vec![May::Restore])
    );
    assert_eq!(phase("com", expired, &["pending delete", "redemption period"], "2026-12-01").0, Redemption);
    assert_eq!(phase("com", expired, &["pendingDelete"], "2026-07-05"), (PendingDelete, vec![]));
    assert_eq!(phase("com", expired, &["pendingRestore", "pendingDelete"], "2026-08-05"), (PendingRestore, vec![]));
    assert_eq!(phase("com", expired, &["ok"], "2026-12-01").0, AutoRenewGrace);
    assert_eq!(phase("com", expired, &["clientHold"], "2026-08-15").0, AutoRenewGrace);
    assert_eq!(phase("uk", expired, &["serverHold"], "2026-07-10").0, ExpiredHeld);
    // .cn has no pending delete of its own: the status stands for redemption there.
    assert_eq!(phase("cn", expired, &["pendingDelete"], "2026-08-01").0, Redemption);
    // Deleted before the expiry, on request.
    assert_eq!(phase("com", "2028-06-30", &["pendingDelete", "redemptionPeriod"], "2026-07-05").0, Redemption);
    // A status the suffix is not known to have is kept as seen.
    assert_eq!(phase("uk", expired, &["redemptionPeriod"], "2026-07-05"), (Redemption, vec![May::Restore]));
    // A stage whose resolution was not read is told by looking.
    let mut state = name("cr", expired);
    state.resolves = Some(false);
    assert_eq!(seen(&state, &rules, "2026-07-10").phase, ExpiredHeld);
    state.released = true;
    assert_eq!(seen(&state, &rules, "2026-07-10").phase, Released);
}

#[test]
fn statuses_alone_say_what_they_can() {
    let rules = rules();
    let state =
        with(NameState { suffix: "com".into(), ..NameState::default() }, &["pendingDelete", "redemptionPeriod"]);
    let view = seen(&state, &rules, "2026-07-05");
    assert_eq!((view.phase, view.may.as_slice()), (PhaseKind::Redemption, &[May::Restore][..]));
    assert!(view.date_that_counts.is_none() && view.unknown.is_some() && !view.asks.is_empty());
}

#[test]
fn locks_are_named() {
    let rules = rules();
    let view = seen(
        &with(name("com", "2027-06-30"), &["clientTransferProhibited", "serverDeleteProhibited"]),
        &rules,
        "2026-11-24",
    );
    let blocked: Vec<_> = view.acts.iter().filter_map(|act| Some((act.act, act.blocked_by?))).collect();
    assert_eq!(blocked, [(May::Transfer, "clientTransferProhibited"), (May::Delete, "serverDeleteProhibited")]);
}

#[test]
fn a_transfer_closes_before_the_expiry() {
    let rules = rules();
    let may =
        |suffix: &str, on: &str| project(&name(suffix, "2026-12-20"), &rules, date(on)).unwrap().may(May::Transfer);
    // .cn: no change of registrar in the last 15 days (implementing rules of 2019, Art. 31).
    assert!(may("cn", "2026-12-04") && !may("cn", "2026-12-05") && may("com", "2026-12-19"));
}

#[test]
fn endings_are_offered_honestly() {
    let rules = rules();
    let offer = |suffix: &str, registrar: &str, ending| {
        let mut state = name(suffix, "2026-12-20");
        if !registrar.is_empty() {
            state = at(state, registrar);
        }
        match project(&state, &rules, date("2026-11-24")).unwrap().endings.get(ending) {
            Offer::Offered => "offered".to_owned(),
            Offer::Conditional { .. } => "conditional".to_owned(),
            Offer::NotOffered { fallback, .. } => format!("no: {}", fallback.code()),
        }
    };
    for (suffix, registrar, ending, expected) in [
        ("com", "", Ending::Delete, "offered"),
        ("com", "aliyun", Ending::Delete, "conditional"),
        ("cn", "aliyun", Ending::Delete, "conditional"),
        ("co.uk", "468", Ending::Delete, "no: lapse"),
        ("pl", "", Ending::Delete, "no: lapse"),
        ("by", "", Ending::Delete, "no: lapse"),
        ("ph", "", Ending::Delete, "no: lapse"),
        ("name", "", Ending::Delete, "no: lapse"),
        ("dk", "", Ending::Delete, "no: hold-dark"),
        ("at", "", Ending::Lapse, "conditional"),
        ("de", "", Ending::Lapse, "conditional"),
        ("com", "", Ending::Lapse, "offered"),
        ("il", "", Ending::Lapse, "no: hold-dark"),
        ("il", "", Ending::HoldDark, "offered"),
        ("zw", "", Ending::Transfer, "no: hold-dark"),
    ] {
        assert_eq!(offer(suffix, registrar, ending), expected, "{suffix} {registrar} {ending:?}");
    }
}

#[test]
fn orders_close_before_expiry() {
    let rules = rules();
    let deadline =
        |state: NameState| event(&project(&state, &rules, date("2026-11-24")).unwrap(), EventKind::OrderDeadline);
    assert_eq!(deadline(name("jp", "2026-12-31")), "2026-12-14 2026-12-14 2026-12-29");
    assert_eq!(deadline(at(name("de", "2026-12-20"), "zone")), "2026-12-15 2026-12-15 2026-12-15");
    // Nothing else is known of .is, yet one registrar wants the order 70 days before.
    assert_eq!(deadline(at(name("is", "2026-12-20"), "zone")), "2026-10-11 2026-10-11 2026-10-11");
    assert_eq!(deadline(name("pt", "2026-12-20")), "2026-11-15 - 2026-12-20");
    assert_eq!(deadline(name("com", "2026-12-20")), "none");
    // Nobody knows the registrar: what the strictest one read asks bounds it.
    assert_eq!(deadline(name("pl", "2026-12-20")), "2026-12-18 - 2026-12-20");
}

#[test]
fn the_charge_day_is_asked_known_or_assumed() {
    let rules = rules();
    let mut state = name("com", "2026-12-20");
    let charge = |state: &NameState| {
        let projection = project(state, &rules, date("2026-11-24")).unwrap();
        let asks = projection.asks.iter().any(|ask| ask.en.contains("charges"));
        (event(&projection, EventKind::ChargeDay), asks)
    };
    assert_eq!(charge(&state), ("none".to_owned(), true));
    state.charge_day = ChargeDay::Known(date("2026-12-16"));
    assert_eq!(charge(&state), ("2026-12-16 2026-12-16 2026-12-16".to_owned(), false));
    state.charge_day = ChargeDay::AssumeExpiry;
    assert_eq!(charge(&state), ("2026-12-20 2026-12-20 2026-12-20".to_owned(), false));
}

#[test]
fn a_registrar_nobody_knows() {
    let rules = rules();
    let error = project(&at(name("com", "2026-12-20"), "nobody"), &rules, date("2026-11-24")).unwrap_err();
    assert_eq!(error.code(), "E1130");
    // Most IANA ids have no overlay: the registry's bounds stand, and that is said.
    let view = seen(&at(name("com", "2026-12-20"), "292"), &rules, "2026-11-24");
    assert!(view.lookup.overlay.is_none() && view.notes.iter().any(|note| note.en.contains("292")));
}
