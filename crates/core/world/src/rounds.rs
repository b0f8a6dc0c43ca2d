//! The 24 check-points, judged from the world's own truth in the simplest way.
//!
//! These are the rounds a scanner of each side would bring. Levels are plain: the product's own
//! judgement, with profiles and thresholds, is not made here. A planted trouble outranks the truth;
//! a source planted to fail makes its check-points *not checked*.

use namekeep_model::{Date, FindingCode, Level, Source};
use rust_decimal::Decimal;

use crate::calendar::days_between;
use crate::look::{blind_source, owes};
use crate::name::Name;
use crate::registry::Stage;
use crate::spec::{Account, Funding, RealName};
use crate::world::World;

/// What one round is judged from, gathered once.
struct Round<'a> {
    name: &'a Name,
    account: Option<&'a Account>,
    today: Date,
    /// Renewals of the account due within 30 days.
    due: Decimal,
    covered: bool,
    needs_real_name: bool,
}

impl World {
    /// One round of every check-point for a name.
    pub(crate) fn rounds(&self, place: usize) -> Vec<(FindingCode, Level)> {
        let Some(name) = self.names.get(place) else { return Vec::new() };
        let account = self.account_of(name);
        let round = Round {
            name,
            account,
            today: self.today(),
            due: self.due_soon(name),
            covered: account.is_some_and(|account| self.covered(name, account)),
            needs_real_name: self.setting.name_rules.get(place).is_some_and(|rules| rules.needs_real_name),
        };
        // The watch is in order: six check-points of each side, T, C, L and S.
        let places = (0u8..4).flat_map(|side| (1u8..=6).map(move |number| (side, number)));
        FindingCode::watch().zip(places).map(|(code, (side, number))| (code, round.judge(code, side, number))).collect()
    }
}

impl Round<'_> {
    fn judge(&self, code: FindingCode, side: u8, number: u8) -> Level {
        if let Some(trouble) = self.name.troubles.iter().find(|trouble| trouble.code == code) {
            return trouble.level;
        }
        if source_of(side, number).is_some_and(|source| blind_source(self.name, source)) {
            return Level::NotChecked;
        }
        match side {
            0 => self.technical(number),
            1 => self.commercial(number),
            2 => self.legal(number),
            _ => self.security(number),
        }
    }

    fn technical(&self, n: u8) -> Level {
        let name = self.name;
        match n {
            2 => match name.watch.errors_permille {
                0..=10 => Level::Ok,
                11..=50 => Level::Warning,
                _ => Level::Critical,
            },
            3 => when(name.dns.lame, Level::Warning),
            // A DS over an unsigned parked zone makes every answer bogus.
            4 => when(name.dns.ds_ttl.is_some() && name.dns.parked, Level::Critical),
            5 => when(name.resources.dangling > 0, Level::Critical),
            6 => {
                let serves = !name.dns.parked && name.site.ended.is_none();
                let end = name.certificates.end_on(self.today, None).filter(|_| serves);
                match end.map(|end| days_between(self.today, end)) {
                    _ if serves && name.certificates.broken => Level::Critical,
                    Some(..=-1) => Level::Critical,
                    Some(0..=14) => Level::Warning,
                    _ => Level::Ok,
                }
            }
            _ => Level::Ok,
        }
    }

    fn commercial(&self, n: u8) -> Level {
        let (name, Some(account)) = (self.name, self.account) else { return Level::NotChecked };
        let prepaid = account.funding == Funding::Prepaid;
        match n {
            1 if owes(account) => Level::Critical,
            1 => when(prepaid && account.balance.amount < self.due, Level::Warning),
            // 15 % is the guide's figure; credit and cards are not cash, and are not rationed so.
            2 if prepaid && self.due > Decimal::ZERO => {
                let share = Decimal::new(15, 2).saturating_mul(account.balance.amount);
                if self.due > account.balance.amount { Level::Critical } else { when(self.due > share, Level::Warning) }
            }
            3 => when(name.registration.drifted, Level::Warning),
            4 => match name.registration.stage() {
                Stage::Registered => match days_between(self.today, name.registration.expiry) {
                    ..=7 if !self.covered => Level::Critical,
                    ..=7 => Level::Warning,
                    8..=30 => Level::Notice,
                    _ => Level::Ok,
                },
                Stage::HandedOver { .. }
                | Stage::Released { .. }
                | Stage::Auctioned { .. }
                | Stage::Quarantine { .. } => Level::Ok,
                _ => Level::Critical,
            },
            5 => when(account.contacts_under_own_name, Level::Warning),
            6 => {
                let tenfold = name.price.amount.saturating_mul(Decimal::TEN);
                let dear = name.restore_price.is_some_and(|restore| restore.amount > tenfold);
                if name.premium { Level::Warning } else { when(dear, Level::Notice) }
            }
            _ => Level::Ok,
        }
    }

    fn legal(&self, n: u8) -> Level {
        let name = self.name;
        match n {
            1 => match name.holder.real_name {
                _ if !name.holder.alive => Level::Critical,
                RealName::Failed if self.needs_real_name => Level::Critical,
                RealName::Failed => Level::Warning,
                RealName::Pending => Level::Notice,
                RealName::Verified | RealName::None => Level::Ok,
            },
            2 => when(!name.holder.consistent || name.filing.by_stranger, Level::Warning),
            3 => when(name.filing.shell, Level::Warning),
            5 => when(name.filing.displays > 0 && !name.filing.filed, Level::Warning),
            6 if name.holder.dispute => Level::Critical,
            6 if name.privacy.legal_hold => Level::Warning,
            6 => when(name.privacy.open_requests > 0, Level::Notice),
            _ => Level::Ok,
        }
    }

    fn security(&self, n: u8) -> Level {
        let (name, stage) = (self.name, self.name.registration.stage());
        match n {
            2 => when(self.account.is_some_and(|account| account.orphaned_key), Level::Warning),
            3 => when(name.dns.tampered, Level::Critical),
            4 => when(name.mail.closed && name.dns.implicit_mx(), Level::Warning),
            5 => when(matches!(stage, Stage::Released { taken: true, .. } | Stage::Auctioned { .. }), Level::Warning),
            6 => when(!name.registration.lock && stage == Stage::Registered, Level::Warning),
            _ => Level::Ok,
        }
    }
}

const fn when(so: bool, level: Level) -> Level {
    if so { level } else { Level::Ok }
}

/// The source a check-point lives on, where losing it makes the check-point blind.
const fn source_of(side: u8, number: u8) -> Option<Source> {
    Some(match (side, number) {
        (0, 1..=5) | (3, 4) => Source::Dns,
        (0, 6) => Source::Tls,
        (1, 1 | 2 | 6) => Source::Billing,
        (1, 3 | 4) | (2, 1) => Source::Registrar,
        (3, 3 | 6) => Source::Rdap,
        _ => return None,
    })
}
