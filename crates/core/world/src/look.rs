//! Looking: what each source would say of a name, from its truth.
//!
//! Every key has the source that would tell it, and the confidence that source deserves. A look-up
//! planted to fail fails with its reason; what nobody in this world can tell fails as well.

use namekeep_model::fact::{FactValue, Missing, Said, Sighting};
use namekeep_model::status::StatusSet;
use namekeep_model::{Confidence, Date, DomainName, FactKey, Observation, Source, Text, Words};
use namekeep_ports::Looked;
use rust_decimal::Decimal;

use crate::name::Name;
use crate::registry::Stage;
use crate::spec::{Account, Funding};
use crate::world::World;

impl World {
    /// Looks at a name, as at the world's own instant.
    pub(crate) fn look_at(&mut self, about: &DomainName, keys: &[FactKey]) -> Looked {
        let at = self.run.now;
        let Some(place) = self.place(about) else {
            let why = Text::new("no such name in this world", "此世界中没有该域名");
            let failed = |key: &FactKey| Observation { key: *key, said: Said::Failed(Missing { why: why.into(), at }) };
            return Looked { observations: keys.iter().map(failed).collect(), rounds: Vec::new() };
        };
        let rounds = self.rounds(place);
        let today = self.today();
        let mut observations = Vec::with_capacity(keys.len());
        for &key in keys {
            let told = self.names.get(place).and_then(|name| self.tell(place, name, key, today));
            let source = told.as_ref().map(|(_, source)| *source);
            let blind = self.names.get(place).and_then(|name| blinded(name, key, source));
            let said = match (told, blind) {
                (_, Some(why)) => Said::Failed(Missing { why, at }),
                (None, None) => Said::Failed(Missing { why: Text::new("nobody here can tell", "此处无人知晓").into(), at }),
                (Some((value, source)), None) => {
                    Said::Seen(Sighting { value, source, at, confidence: confidence(source) })
                }
            };
            observations.push(Observation { key, said });
        }
        // Each look that met a planted failure used one of its times up.
        if let Some(name) = self.names.get_mut(place) {
            for blind in &mut name.blind {
                let met = |seen: &Observation| matches!(&seen.said, Said::Failed(missing) if missing.why == blind.why);
                if observations.iter().any(met) {
                    blind.times = blind.times.map(|times| times.saturating_sub(1));
                }
            }
        }
        Looked { observations, rounds }
    }

    /// What is true under a key, and who would tell it; none where nobody could.
    fn tell(&self, place: usize, name: &Name, key: FactKey, today: Date) -> Option<(FactValue, Source)> {
        let rules = self.setting.name_rules.get(place)?;
        let account = self.account_of(name)?;
        let now = self.run.now;
        let ended = name.site.ended.map(|at| self.setting.zone.day(at));
        let reg = &name.registration;
        let registry = if rules.whois_only { Source::Whois } else { Source::Rdap };
        let yes = FactValue::Bool;
        let int = |n: i64| FactValue::Int(n);
        let text = |text: &str| FactValue::Text(text.to_owned());
        use FactKey as K;
        use Source::{Billing, Census, Dns, Person, Registrar, Tls};
        Some(match key {
            K::Held => (yes(reg.held()), Registrar),
            K::RegistrarExpiry => (FactValue::Date(reg.expiry), Registrar),
            K::RegistryExpiry => (FactValue::Date(reg.shown_expiry()), registry),
            K::PaidUntil => (FactValue::Date(reg.expiry), Billing),
            K::ChargeDay => (FactValue::Date(reg.charge_day(rules)), Registrar),
            K::Phase => (text(reg.phase(rules).code()), registry),
            K::Statuses => (FactValue::Text(words(reg.statuses(rules, name.holder.dispute))), registry),
            K::AutoRenew => (yes(reg.auto_renew), Registrar),
            K::RealName => (text(name.holder.real_name.code()), Registrar),
            K::HolderConsistent => (yes(name.holder.consistent && !name.filing.by_stranger), Person),
            K::Dispute => (yes(name.holder.dispute), registry),
            K::RegistrantAlive => (yes(name.holder.alive), Person),
            K::TransferLock => (yes(reg.lock || reg.registry_lock || name.holder.dispute), registry),
            K::Transferred => (yes(matches!(reg.stage(), Stage::HandedOver { .. })), registry),
            K::Funding => (text(funding(account)), Billing),
            K::Arrears => (yes(owes(account)), Billing),
            K::OpenOrders => (int(account.open_orders.into()), Billing),
            K::OpenTasks => (int(i64::from(self.busy_until(&name.name).is_some())), Registrar),
            K::Balance => (FactValue::Money(account.balance), Billing),
            K::Covered => (yes(self.covered(name, account)), Billing),
            K::RenewalPrice => (FactValue::Money(name.price), Billing),
            K::RestorePrice => (FactValue::Money(name.way_back_price(rules)?), Billing),
            K::PremiumRenewal => (yes(name.premium), Billing),
            K::RescueUntil => {
                (FactValue::Date(self.setting.calendar.add(reg.last_way_back(rules)?, -RESCUE_MARGIN)), Registrar)
            }
            K::TtlMax => (int(name.dns.ttl.into()), Dns),
            K::DrainedPermille => (int(name.dns.drained_permille(&self.setting.resolvers, now)), Dns),
            K::DsPresent => (yes(name.dns.ds_ttl.is_some()), Dns),
            K::DsExpired => (yes(name.dns.ds_expired(now)), Dns),
            K::ForeignHostUsers => (int(name.dns.foreign_users.into()), Dns),
            K::DetachedUnreserved => (int(name.resources.unreserved.into()), Person),
            K::Parked => (yes(name.dns.parked), Dns),
            K::MailCensusDays => (int(name.mail.census_days(today)), Census),
            K::MailPerDay => (int(name.mail.per_day_on(today).into()), Census),
            K::ConfidentialSenders => (int(name.mail.confidential_senders.into()), Census),
            K::MailClosed => (yes(name.mail.closed && !name.dns.implicit_mx()), Dns),
            K::IdentityAccounts => (int(name.identity.accounts.into()), Census),
            K::IdentityLogins => (int(name.identity.logins_on(today).into()), Census),
            K::ContactsUnderName => (int(name.identity.contacts.into()), Person),
            K::PaidTraffic => (yes(name.site.campaigns > 0), Person),
            K::OrganicPerDay => (int(name.site.organic_per_day.into()), Census),
            // Without any certificate, none is valid beyond today.
            K::CertificateEnd => (FactValue::Date(name.certificates.end_on(today, ended).unwrap_or(today)), Tls),
            K::IssuanceClosed => (yes(name.certificates.issuance_closed.is_some()), Dns),
            K::ResourcesHeld => (int(name.resources.held.into()), Person),
            K::Filed => (yes(name.filing.filed || name.filing.by_stranger), Person),
            K::FilingOrders => {
                let own = u16::from(name.filing.order.is_some());
                (int(own.saturating_add(self.other_orders(name)).into()), Person)
            }
            K::OtherServices => (int(name.filing.other_services.into()), Person),
            K::FilingDisplays => (int(name.filing.displays.into()), Person),
            K::DataRequests => (int(name.privacy.open_requests.into()), Person),
            K::LegalHold => (yes(name.privacy.legal_hold), Person),
            K::UnknownPermille => (int(name.dependencies.unknown_permille.into()), Census),
            K::Devices => (int(name.dependencies.devices.into()), Person),
            K::ForeignNsUsers => (int(name.dependencies.foreign_ns_users.into()), Dns),
            K::WatchErrors => (int(name.watch.errors_permille.into()), Census),
            K::FailbackReady => (yes(name.watch.failback), Person),
            K::Purged => (yes(matches!(reg.stage(), Stage::Quarantine { .. } | Stage::Released { .. })), registry),
            K::Reregistered => {
                let taken = matches!(reg.stage(), Stage::Released { taken: true, .. } | Stage::Auctioned { .. });
                (yes(taken), registry)
            }
            #[expect(unreachable_patterns, reason = "a key added to the model fails to be told until it is told here")]
            _ => return None,
        })
    }

    /// Renewals are covered: nothing owed, and what falls due soon can be paid as the account pays.
    pub(crate) fn covered(&self, name: &Name, account: &Account) -> bool {
        let due = self.due_soon(name).max(name.price.amount);
        let amount = namekeep_model::Money { amount: due, ..name.price };
        !name.premium && account.short_of(amount, self.today()).is_none()
    }
}

/// Working days kept before the last way back (playbook-23, step 3).
pub(crate) const RESCUE_MARGIN: i32 = 3;

pub(crate) fn owes(account: &Account) -> bool {
    account.arrears.is_some_and(|owed| owed.amount > Decimal::ZERO)
}

const fn funding(account: &Account) -> &'static str {
    match account.funding {
        Funding::Prepaid => "prepaid",
        Funding::CreditLine { .. } => "credit-line",
        Funding::Card { .. } => "card",
    }
}

const fn confidence(source: Source) -> Confidence {
    match source {
        Source::Whois | Source::Census | Source::Person => Confidence::Medium,
        Source::List | Source::Assumed => Confidence::Low,
        Source::Rdap | Source::Registrar | Source::Billing | Source::Dns | Source::Tls | Source::ReadBack => {
            Confidence::High
        }
    }
}

fn words(set: StatusSet) -> String {
    let mut words: Vec<&str> = set.epp().map(|s| s.code()).chain(set.rgp().map(|s| s.code())).collect();
    words.sort_unstable();
    words.dedup();
    words.join(",")
}

/// Why a look-up fails, if it is planted to.
fn blinded(name: &Name, key: FactKey, source: Option<Source>) -> Option<Words> {
    let fits = |blind: &&crate::spec::Blind| {
        blind.times != Some(0)
            && blind.key.is_none_or(|only| only == key)
            && blind.source.is_none_or(|only| Some(only) == source)
    };
    name.blind.iter().find(fits).map(|blind| blind.why.clone())
}

/// Tells whether a source is planted to fail for a name.
pub(crate) fn blind_source(name: &Name, source: Source) -> bool {
    name.blind
        .iter()
        .any(|blind| blind.times != Some(0) && blind.key.is_none() && blind.source.is_none_or(|only| only == source))
}
