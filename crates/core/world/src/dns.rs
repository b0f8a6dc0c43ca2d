//! The DNS host and the resolvers of the world: zone operations, and caches that run down.
//!
//! A resolver that asked just before a TTL was lowered still holds the old answer for the old TTL;
//! fetches are spread evenly, so of each group the share that has let go grows in a straight line
//! over `max(old TTL, negative TTL, what the group keeps at least)`. A group counts once every
//! lowering has run down for it.

use std::sync::Arc;

use namekeep_model::{Op, Text, Timestamp, words};
use namekeep_ports::Refusal;

use crate::calendar::{plus_days, plus_seconds};
use crate::facets::Dns;
use crate::name::Name;
use crate::registrar::{denied, rejected};
use crate::spec::Resolver;
use crate::world::{Applied, World};

/// The least TTL that counts as drained, where the edition's floor is lower (playbook-23, step 19).
const DRAINED_TTL: u32 = 300;

impl Dns {
    /// Lowers the TTL to the target, never below the edition's floor.
    fn step_down(&mut self, seconds: u32, now: Timestamp) -> Applied {
        let target = seconds.max(self.floor);
        let changed = target < self.ttl;
        if changed {
            self.snapshot_ttl.get_or_insert(self.ttl);
            self.lowered.push((now, self.ttl));
            self.ttl = target;
        }
        Applied::switch(changed, words!(en: "TTL {} s, the edition's floor is {} s", zh: "TTL {} 秒，此版本下限为 {} 秒", self.ttl, self.floor))
    }

    /// How long a group may hold an answer fetched under an old TTL, in seconds.
    fn held(&self, old_ttl: u32, resolver: &Resolver) -> u32 {
        old_ttl.max(self.negative_ttl).max(resolver.keeps_at_least)
    }

    /// Share of resolvers, by weight, whose cached own record sets have run down, in thousandths.
    pub(crate) fn drained_permille(&self, resolvers: &[Resolver], now: Timestamp) -> i64 {
        if self.ttl > DRAINED_TTL.max(self.floor) {
            return 0;
        }
        let whole: u64 = resolvers.iter().map(|resolver| u64::from(resolver.weight)).sum();
        let share = |resolver: &Resolver| {
            let runs = self.lowered.iter().map(|(at, old)| {
                let elapsed = at.duration_until(now).as_secs().max(0);
                (elapsed.saturating_mul(1_000) / i64::from(self.held(*old, resolver)).max(1)).min(1_000)
            });
            runs.min().unwrap_or(1_000)
        };
        let drained: i64 = resolvers.iter().map(|r| share(r).saturating_mul(i64::from(r.weight))).sum();
        if whole == 0 { 1_000 } else { drained / i64::try_from(whole).unwrap_or(i64::MAX) }
    }

    /// The DS has left every cache.
    pub(crate) fn ds_expired(&self, now: Timestamp) -> bool {
        self.ds_ttl.is_none() && self.ds_gone.is_none_or(|gone| gone <= now)
    }

    /// Mail can still reach an apex address without an MX (RFC 5321 section 5.1).
    pub(crate) fn implicit_mx(&self) -> bool {
        self.apex_address && !self.null_mx
    }
}

impl World {
    /// Performs an operation at the DNS host, or tells why it is refused.
    pub(crate) fn apply_dns(&mut self, place: usize, op: &Op) -> Result<Applied, Refusal> {
        let (now, today) = (self.run.now, self.today());
        let name = self.names.get_mut(place).ok_or_else(|| denied(Text::new("no such name", "没有该域名")))?;
        if !name.registration.held() {
            return Err(denied(Text::new("the zone is not in this account", "该解析区不在此账户中")));
        }
        match op {
            Op::StepDownTtl { seconds } => Ok(name.dns.step_down(*seconds, now)),
            Op::DetachRecords => {
                let resources = &mut name.resources;
                let changed = resources.attached > 0 || resources.dangling > 0;
                resources.snapshot = resources.snapshot.max(resources.attached);
                resources.held = resources.held.saturating_add(resources.attached);
                resources.attached = 0;
                resources.dangling = 0;
                if changed {
                    resources.detached = Some(today);
                }
                Ok(Applied::switch(changed, words!(en: "records removed, {} resources held", zh: "已删除记录，保留 {} 个资源", resources.held)))
            }
            Op::ParkZone => {
                // An unsigned parked zone under a DS does not validate (RFC 4035 section 5.2).
                if !name.dns.ds_expired(now) {
                    return Err(rejected("Q4", Text::new("the DS is still at the parent or in caches", "父区或缓存中仍有 DS")));
                }
                let changed = !name.dns.parked;
                name.dns.parked = true;
                name.dns.apex_address = false;
                name.dns.lost = false;
                Ok(Applied::switch(changed, Text::new("the zone is empty but for its parking records", "解析区只剩停放记录")))
            }
            Op::CloseMail => {
                let changed = !name.mail.closed;
                if name.dns.takes_null_mx {
                    name.dns.null_mx = true;
                } else if !name.dns.apex_address || name.dns.parked || name.site.ended.is_some() || name.site.moved {
                    // No null MX sold here: no MX and no apex address instead.
                    name.dns.apex_address = false;
                } else {
                    return Err(rejected("Q1", Text::new("null MX is not accepted, and the apex address still serves a site", "不接受空 MX，且主域地址仍在提供网站")));
                }
                name.mail.closed = true;
                let how = if name.dns.null_mx {
                    Text::new("null MX, SPF -all, DMARC reject", "空 MX，SPF -all，DMARC reject")
                } else {
                    Text::new("no MX, no apex address, SPF -all, DMARC reject", "无 MX，无主域地址，SPF -all，DMARC reject")
                };
                Ok(Applied::switch(changed, how))
            }
            Op::CloseIssuance => {
                let changed = name.certificates.issuance_closed.is_none();
                name.certificates.issuance_closed.get_or_insert(today);
                Ok(Applied::switch(changed, Text::new("CAA allows nobody", "CAA 不允许任何机构签发")))
            }
            Op::RepublishZone => {
                let changed = name.dns.parked || name.dns.lost || name.mail.closed || name.dns.lowered.last().is_some();
                name.dns.parked = false;
                name.dns.lost = false;
                name.dns.null_mx = false;
                name.dns.apex_address = true;
                name.mail.closed = false;
                if let Some(ttl) = name.dns.snapshot_ttl.take() {
                    name.dns.ttl = ttl;
                }
                name.dns.lowered.clear();
                let resources = &mut name.resources;
                let back = resources.snapshot.saturating_sub(resources.attached);
                let held = back.min(resources.held);
                resources.attached = resources.attached.saturating_add(held);
                resources.held -= held;
                // What was released meanwhile may be anybody's.
                resources.dangling = resources.dangling.saturating_add(back - held);
                Ok(Applied::switch(changed, Text::new("the snapshot is published", "已重新发布快照")))
            }
            _ => Err(denied(Text::new("the DNS host does not offer this", "DNS 托管商不提供此操作"))),
        }
    }

    /// The next instant at which a count of this name reaches a mark somebody may wait for.
    pub(crate) fn next_mark(&self, name: &Name) -> Option<Timestamp> {
        let now = self.run.now;
        let setting = Arc::clone(&self.setting);
        let caches = name.dns.lowered.iter().flat_map(|(at, old)| {
            setting.resolvers.iter().map(|r| plus_seconds(*at, i64::from(name.dns.held(*old, r))))
        });
        // Days after which a census, a notice, a move or a detachment counts (playbook-23); the
        // world only wakes then, it judges nothing.
        let notice = i64::from(name.site.notice_days);
        let days = [
            (name.mail.census_since, 30),
            (name.mail.census_since, 60),
            (name.mail.noticed, 30),
            (name.mail.refused_since, 14),
            (name.identity.closed, 30),
            (name.site.noticed, notice),
            (name.resources.detached, 14),
        ];
        let days = days.into_iter().filter_map(|(since, n)| Some(setting.zone.at(plus_days(since?, n), 0)));
        caches.chain(days).chain(name.dns.ds_gone).filter(|at| *at > now).min()
    }
}
