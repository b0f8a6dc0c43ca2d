//! A life under construction: the stages of a row, and what a registrar does to them.
//!
//! Lengths come first, ends counted from expiry second, because a registrar names days after expiry
//! ("renewal until day 44", "gone on day 75") and a row names lengths.

use namekeep_model::phase::PhaseKind;
use namekeep_model::status::{EppStatus, RgpStatus};
use namekeep_rules::{May, OverlayRule, Price, Row, RowPhase, Term};

use crate::life::{MAX_STAGES, Reach, Rights, Stage};

/// The phase a row's phase is, by its name and its rights (decision 4).
///
/// A name of the closed list stands, unless the rights contradict it: "pending delete" in which a
/// renewal is sold is no pending delete.
fn kind(phase: &RowPhase) -> PhaseKind {
    let rights = Rights::of(&phase.may);
    match PhaseKind::from_code(&phase.name) {
        Some(named) if !(named.lost() && rights.saves()) => named,
        _ if rights.has(May::Renew) => match phase.dns_off {
            _ if phase.dns == "not read" => PhaseKind::Unknown,
            Some([Some(0), Some(0), _]) => PhaseKind::ExpiredHeld,
            _ => PhaseKind::RenewalGrace,
        },
        _ if rights.has(May::Restore) => PhaseKind::Redemption,
        _ => PhaseKind::PendingDelete,
    }
}

fn stage(word: usize, phase: &RowPhase) -> Stage {
    Stage {
        kind: kind(phase),
        word: u8::try_from(word).ok(),
        rights: Rights::of(&phase.may),
        price: phase.price,
        dns_off: phase.dns_off.map(|[min, typical, max]| Reach { min: min.unwrap_or(0), typical, max }),
        dark_at_end: phase.dns.contains("ERRP") || phase.dns.contains("policy"),
        shows_pending_delete: phase.epp.contains(&EppStatus::PendingDelete),
        shows_redemption: phase.rgp.contains(&RgpStatus::RedemptionPeriod),
        length: Reach { min: phase.days_min.unwrap_or(0), typical: phase.days_typical, max: phase.days_max },
    }
}

/// A stage only a registrar has.
pub(crate) const fn added(kind: PhaseKind, may: Option<May>, price: Price, length: Reach) -> Stage {
    let rights = match may {
        Some(may) => Rights::NONE.with(may),
        None => Rights::NONE,
    };
    let off = matches!(may, Some(May::Renew));
    Stage {
        kind,
        word: None,
        rights,
        price,
        dns_off: Some(if off { Reach { min: 0, typical: None, max: None } } else { Reach::exactly(0) }),
        dark_at_end: false,
        shows_pending_delete: !off,
        shows_redemption: matches!(may, Some(May::Restore)),
        length,
    }
}

/// The stages under construction: lengths first, ends from expiry second.
pub(crate) struct Draft {
    pub(crate) stages: Vec<Stage>,
}

impl Draft {
    pub(crate) fn of(row: &Row) -> Self {
        // A "phase" that ends before the expiry is a deadline, not a stage.
        let after = |phase: &RowPhase| phase.days_max.is_none_or(|max| max >= 0);
        let stages: Vec<Stage> = row
            .phases
            .iter()
            .enumerate()
            .filter(|(_, phase)| after(phase))
            .map(|(word, phase)| stage(word, phase))
            .collect();
        let mut draft = Self { stages };
        // Where everything is counted from a deletion, the registrar decides when that is.
        let anchored = row
            .phases
            .iter()
            .find(|phase| after(phase))
            .is_some_and(|phase| matches!(phase.anchor.as_str(), "delete" | "deletion" | "cancellation"));
        if anchored {
            let kind = if row.auto_renew_at_registry == Some(true) {
                PhaseKind::AutoRenewGrace
            } else {
                PhaseKind::RenewalGrace
            };
            draft.stages.insert(
                0,
                added(kind, Some(May::Renew), Price::Standard, Reach { min: 0, typical: Some(0), max: None }),
            );
        }
        draft
    }

    fn renewable(&self) -> usize {
        self.stages.iter().take_while(|stage| stage.rights.has(May::Renew)).count()
    }

    /// The ends of the stages, counted from expiry.
    pub(crate) fn ends(&self) -> Vec<Reach> {
        let mut end = Reach::exactly(0);
        self.stages
            .iter()
            .map(|stage| {
                end = end.plus(stage.length);
                end
            })
            .collect()
    }

    fn insert(&mut self, at: usize, stage: Stage) {
        if self.stages.len() + 1 < MAX_STAGES {
            self.stages.insert(at.min(self.stages.len()), stage);
        }
    }

    /// Applies what the registrar does; gives the ends.
    pub(crate) fn join(&mut self, rule: &OverlayRule) -> Vec<Reach> {
        let before = rule.delete_days_before_expiry.map(|days| -days);
        let grace = before.or_else(|| rule.grace.as_ref().and_then(Term::days));
        if self.renewable() == 0 && grace.is_some_and(|days| days > 0) {
            self.insert(0, added(PhaseKind::RenewalGrace, Some(May::Renew), Price::Standard, Reach::default()));
        }
        let renewable = self.renewable();
        if let Some(redemption) = rule.redemption.as_ref() {
            let place =
                self.stages.iter().position(|stage| stage.rights.has(May::Restore) && !stage.rights.has(May::Renew));
            match (place.and_then(|at| self.stages.get_mut(at)), redemption.days()) {
                (Some(stage), Some(days)) => stage.length = stage.length.join(days),
                (Some(stage), None) if redemption.ask().is_some() => stage.length.typical = None,
                (None, Some(days)) if days > 0 => {
                    let length = Reach { min: 0, typical: Some(days), max: Some(days) };
                    self.insert(renewable, added(PhaseKind::Redemption, Some(May::Restore), Price::Redemption, length));
                }
                _ => {}
            }
            if let Some(stage) = place.and_then(|at| self.stages.get_mut(at))
                && let Some(least) = rule.redemption_min
            {
                stage.length.min = stage.length.min.min(least);
            }
        }
        if let Some(pending) = rule.pending_delete.as_ref() {
            let place = self.stages.iter().position(|stage| !stage.rights.saves());
            match (place.and_then(|at| self.stages.get_mut(at)), pending.days()) {
                (Some(stage), Some(days)) => stage.length = stage.length.join(days),
                (Some(stage), None) => stage.length = Reach { typical: None, max: None, ..stage.length },
                (None, Some(days)) if days > 0 => {
                    let length = Reach { min: 0, typical: Some(days), max: Some(days) };
                    self.insert(usize::MAX, added(PhaseKind::PendingDelete, None, Price::None, length));
                }
                _ => {}
            }
        }
        let open = |stage: &Stage| stage.word.is_none() && stage.length.max.is_none();
        let registrar_decides = self.stages.first().is_some_and(open) && renewable == 1;
        let mut ends = self.ends();
        if let Some(grace) = grace {
            let last = renewable.checked_sub(1);
            for (at, end) in ends.iter_mut().enumerate().take(renewable) {
                let joined = end.join(grace);
                *end = match Some(at) == last {
                    true if registrar_decides => Reach { max: Some(grace.max(0)), ..joined },
                    true => joined,
                    false => {
                        Reach { min: joined.min, typical: end.typical.map(|usual| usual.min(grace)), max: end.max }
                    }
                };
            }
            self.follow(&mut ends, renewable, grace);
        } else if rule.grace.as_ref().is_some_and(|term| term.ask().is_some()) {
            if let Some(end) = renewable.checked_sub(1).and_then(|last| ends.get_mut(last)) {
                end.typical = None;
            }
            self.follow(&mut ends, renewable, 0);
        }
        if let Some(gone) = rule.gone_day
            && let Some(end) = ends.last_mut()
        {
            *end = Reach { typical: Some(gone), ..end.join(gone) };
        }
        ends
    }

    /// Counts the stages after the renewable ones from their new start.
    fn follow(&self, ends: &mut [Reach], renewable: usize, start: i16) {
        let mut end = match renewable.checked_sub(1).and_then(|last| ends.get(last)) {
            Some(&end) => end,
            // No renewal is sold after expiry: a deletion before it moves all that follows.
            None => Reach { min: start.min(0), typical: Some(start.min(0)), max: Some(0) },
        };
        for (slot, stage) in ends.iter_mut().zip(&self.stages).skip(renewable) {
            end = end.plus(stage.length);
            *slot = end;
        }
    }
}
