//! A suffix' life as the plain numbers a simulated registry runs on.
//!
//! Only the typical length of each stage goes in: the world plays one plausible life; the plan keeps
//! the bounds. Where nobody knows a length, the shortest counts.

use std::collections::BTreeMap;

use namekeep_lifecycle::{EventKind, Offer, Projection};
use namekeep_model::phase::PhaseKind;
use namekeep_model::{DomainName, Money};
use namekeep_rules::{May, Rulebook, TrapCode};
use namekeep_rules::holidays::ListedKind;
use namekeep_world::{Calendar, Deletion, Happened, RegistryRules, World};

/// The registry of a name, from its projection.
pub fn of(projection: &Projection<'_>, name: &DomainName) -> RegistryRules {
    let Some(life) = &projection.subject.life else {
        // Nothing is known of the suffix: no grace and no way back is the cautious registry.
        return RegistryRules { registry_auto_renews: false, grace_days: 0, redemption_days: 0, ..RegistryRules::default() };
    };
    let row = projection.subject.found.row();
    let trap = |code| row.is_some_and(|row| row.has(code));
    let (mut grace, mut redemption, mut pending, mut quarantine) = (0_i16, 0_u16, 0_u16, 0_u16);
    for stage in life.stages().iter().skip(1) {
        let days = stage.length.typical.unwrap_or(stage.length.min).max(0);
        let count = u16::try_from(days).unwrap_or(0);
        if stage.rights.has(May::Renew) {
            grace = grace.saturating_add(days);
        } else if stage.rights.has(May::Restore) {
            redemption = redemption.saturating_add(count);
        } else if stage.kind == PhaseKind::Quarantine {
            quarantine = quarantine.saturating_add(count);
        } else if stage.kind != PhaseKind::Released {
            pending = pending.saturating_add(count);
        }
    }
    let day_of = |kind: EventKind| {
        let event = projection.events.iter().find(|event| event.kind == kind)?;
        event.typical.or(event.earliest)
    };
    let dns_stop_day = match (day_of(EventKind::DnsStop), day_of(EventKind::Expiry)) {
        (Some(stop), Some(expiry)) => u16::try_from(stop.date().since(expiry.date()).map_or(0, |span| span.get_days())).ok(),
        _ => None,
    };
    let mainland = matches!(name.tld(), "cn" | "xn--fiqs8s" | "xn--fiqz9s" | "xn--55qx5d" | "xn--io0a7i");
    RegistryRules {
        registry_auto_renews: row.and_then(|row| row.auto_renew_at_registry).unwrap_or(false),
        grace_days: grace,
        dns_stop_day,
        redemption_days: redemption,
        pending_delete_days: pending,
        quarantine_days: quarantine,
        charge_day: 0,
        report_days: 1,
        until_cancelled: trap(TrapCode::CancellationNeeded),
        needs_real_name: mainland || trap(TrapCode::IdentityOutranksClock),
        auctions: false,
        caught_permille: 100,
        whois_only: mainland,
        longest_years: 10,
    }
}

/// How the registrar deletes, from what is offered.
pub fn deletion(projection: &Projection<'_>) -> Deletion {
    match &projection.endings.delete {
        Offer::Offered => Deletion::Listed,
        Offer::Conditional { .. } => Deletion::Ticket,
        Offer::NotOffered { .. } => Deletion::None,
    }
}

/// The world's days off, from the rulebook's holidays.
pub fn calendar(rules: &Rulebook) -> Calendar {
    let of = |kind: ListedKind| {
        rules.holidays().days.iter().filter(move |day| day.kind == kind).map(|day| day.date).collect()
    };
    Calendar { days_off: of(ListedKind::Off), make_up_days: of(ListedKind::Work) }
}

/// Money the world took, one sum a currency.
pub fn spent(world: &World) -> Vec<Money> {
    let effects = world.ledger().iter().filter_map(|accepted| accepted.cost);
    let charges = world.diary().iter().filter_map(|happening| match &happening.what {
        Happened::Charged { price, .. } | Happened::ContractRenewed { price, .. } => Some(*price),
        _ => None,
    });
    let mut sums: BTreeMap<String, Money> = BTreeMap::new();
    for money in effects.chain(charges) {
        let sum = sums.entry(money.currency.code().to_owned()).or_insert_with(|| Money::zero(money.currency));
        *sum = sum.plus(money).unwrap_or(*sum);
    }
    sums.into_values().collect()
}
