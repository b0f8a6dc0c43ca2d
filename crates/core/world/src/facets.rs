//! The facets of a name: what is true of its zone, mail, log-ins, site and the rest.
//!
//! Every field has a default, and the defaults together are an unremarkable name.

use namekeep_model::{Date, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{days_between, plus_days};
use crate::spec::RealName;

/// Makes a facet: a struct whose every field has a default in a spec.
macro_rules! facet {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty = $default:expr,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }
    };
}

pub(crate) use facet;

facet! {
    /// The holder of the registration.
    Holder {
        /// Equals the filing subject, or a lawful exception is recorded.
        consistent: bool = true,
        /// Still exists.
        alive: bool = true,
        /// A dispute lock, complaint, court letter or pledge is known.
        dispute: bool = false,
        /// Its real-name verification.
        real_name: RealName = RealName::Verified,
    }
}

facet! {
    /// The zone, the host objects and what resolvers still hold.
    Dns {
        /// Largest TTL of the own record sets, in seconds.
        ttl: u32 = 600,
        /// Negative TTL (RFC 2308), in seconds.
        negative_ttl: u32 = 600,
        /// The least TTL the DNS edition sells, in seconds.
        floor: u32 = 600,
        /// The provider takes a null MX (RFC 7505).
        takes_null_mx: bool = false,
        /// A null MX is published.
        null_mx: bool = false,
        /// The apex has an address record.
        apex_address: bool = true,
        /// TTL of the DS at the parent, in seconds; none where no DS is there.
        ds_ttl: Option<u32> = None,
        /// When a withdrawn DS has run out of the last cache.
        ds_gone: Option<Timestamp> = None,
        /// Own host objects (RFC 5732).
        hosts: u16 = 0,
        /// Names of others that use them.
        foreign_users: u16 = 0,
        /// The users of the hosts can be moved elsewhere.
        movable: bool = true,
        /// The zone is parked or empty.
        parked: bool = false,
        /// The records are lost (a restored name comes back without them).
        lost: bool = false,
        /// The name servers were changed without a ticket.
        tampered: bool = false,
        /// A name server does not answer for the zone.
        lame: bool = false,
        /// TTL before any step down, kept for a republished zone.
        snapshot_ttl: Option<u32> = None,
        /// Each lowering of the TTL: when, and the seconds held before.
        lowered: Vec<(Timestamp, u32)> = Vec::new(),
    }
}

facet! {
    /// Mail to the name.
    Mail {
        /// Legitimate mails a day.
        per_day: u32 = 0,
        /// The same, a month after the senders were told.
        per_day_after_notice: u32 = 0,
        /// Senders of confidential mail.
        confidential_senders: u32 = 0,
        /// First day of the receive-only census.
        census_since: Option<Date> = None,
        /// When the senders were told.
        noticed: Option<Date> = None,
        /// Since when mail is refused with a pointer.
        refused_since: Option<Date> = None,
        /// The no-mail posture is published.
        closed: bool = false,
    }
}

facet! {
    /// Accounts that hang on mail under the name.
    Identity {
        /// Accounts whose log-in or recovery goes to the name.
        accounts: u32 = 0,
        /// Log-ins in 30 days.
        logins: u32 = 0,
        /// Registrar, filing and cloud contacts under the name.
        contacts: u16 = 0,
        /// Tenants open on the name.
        tenants: u16 = 0,
        /// When all of it was moved.
        closed: Option<Date> = None,
    }
}

facet! {
    /// The site.
    Site {
        /// Paid campaigns running to it.
        campaigns: u16 = 0,
        /// Organic visits a day.
        organic_per_day: u32 = 0,
        /// The same, after the move.
        organic_after_move: u32 = 0,
        /// A shop or platform: owes 30 days of notice on its home page (E-commerce Law 16).
        shop: bool = false,
        /// Days the notice must stand.
        notice_days: u16 = 30,
        /// When the notices went out.
        noticed: Option<Date> = None,
        /// The site moved or ended.
        moved: bool = false,
        /// When the filed service ended.
        ended: Option<Timestamp> = None,
    }
}

facet! {
    /// Certificates.
    Certificates {
        /// Latest end of any of them; none where there is none.
        latest_end: Option<Date> = None,
        /// They renew themselves while issuance is open and the site stands.
        automatic: bool = false,
        /// Since when issuance is closed (CAA, RFC 8659).
        issuance_closed: Option<Date> = None,
        /// The chain does not verify, or a name is missing in it.
        broken: bool = false,
    }
}

facet! {
    /// Cloud resources the records point at.
    Resources {
        /// Pointed at by records, beside the filed site.
        attached: u16 = 0,
        /// Detached and still held.
        held: u16 = 0,
        /// Detached and no longer reserved.
        unreserved: u16 = 0,
        /// Records that point at something anybody may claim.
        dangling: u16 = 0,
        /// When records were last detached.
        detached: Option<Date> = None,
        /// Records in the zone snapshot that point at resources.
        snapshot: u16 = 0,
    }
}

facet! {
    /// Personal data.
    Privacy {
        /// Open requests of data subjects.
        open_requests: u16 = 0,
        /// The day people answer them by; none leaves it to a script.
        due: Option<Date> = None,
        /// A legal hold forbids erasure.
        legal_hold: bool = false,
        /// Retained sets without a law and an end.
        without_law: u16 = 0,
        /// Erasure is done.
        erased: bool = false,
    }
}

facet! {
    /// What depends on the name.
    Dependencies {
        /// Share whose owner is unknown, in thousandths.
        unknown_permille: u16 = 0,
        /// Dependencies without an owner.
        unowned: u16 = 0,
        /// Devices with the name burnt in.
        devices: u32 = 0,
        /// Names of others that use it as name server.
        foreign_ns_users: u16 = 0,
        /// Parties nobody could tell.
        unreachable: u16 = 0,
        /// Objections nobody answered.
        objections: u16 = 0,
        /// Residual-trust score, 0 to 100; none is computed from the rest.
        score: Option<u16> = None,
    }
}

facet! {
    /// The watch after an act, and the way back.
    Watch {
        /// Errors in thousandths of requests.
        errors_permille: u16 = 0,
        /// The fail-back is armed.
        failback: bool = false,
        /// Measured minutes to restore.
        rto_minutes: u16 = 95,
        /// Measured minutes of loss.
        rpo_minutes: u16 = 10,
        /// Copies of the export that verify.
        copies: u16 = 0,
    }
}

impl Mail {
    /// Legitimate mails a day on a day: falls in a straight line for 30 days after the notice.
    pub fn per_day_on(&self, day: Date) -> u32 {
        let (before, after) = (self.per_day, self.per_day_after_notice.min(self.per_day));
        let Some(noticed) = self.noticed else { return before };
        let gone = u64::try_from(days_between(noticed, day).clamp(0, 30)).unwrap_or(0);
        before - u32::try_from(u64::from(before - after) * gone / 30).unwrap_or(0)
    }

    /// Days of census on a day.
    pub fn census_days(&self, day: Date) -> i64 {
        self.census_since.map_or(0, |since| days_between(since, day).max(0))
    }
}

impl Identity {
    /// Log-ins in the 30 days before a day.
    pub fn logins_on(&self, day: Date) -> u32 {
        let Some(closed) = self.closed else { return self.logins };
        let left = u64::try_from(30 - days_between(closed, day).clamp(0, 30)).unwrap_or(0);
        u32::try_from((u64::from(self.logins) * left).div_ceil(30)).unwrap_or(0)
    }
}

impl Certificates {
    /// Latest end of any certificate, as seen on a day. Automatic ones renew a month before their
    /// end, for 90 days, until issuance closes or the site ends.
    pub fn end_on(&self, day: Date, ended: Option<Date>) -> Option<Date> {
        let mut end = self.latest_end?;
        let stop = [self.issuance_closed, ended].into_iter().flatten().fold(day, Date::min);
        if self.automatic && plus_days(end, -30) <= stop {
            let rounds = days_between(plus_days(end, -30), stop) / 60 + 1;
            end = plus_days(end, rounds * 60);
        }
        Some(end)
    }
}
