//! Where a name stands, as a fold over days: it only ever moves forward.
//!
//! A [`Standing`] is begun from an expiry date and an observation and advanced to a day. Advancing
//! to one day and then to a later one gives what advancing to the later one gives, because the end
//! of every stage is fixed when the standing begins.

use namekeep_model::phase::PhaseKind;
use namekeep_rules::Day;

use crate::life::{Life, MAX_STAGES, Reach, Stage};
use crate::seen::Seen;

/// A day as earliest, usual and latest; what nobody knows is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Not before this day.
    pub earliest: Day,
    /// As a rule on this day.
    pub typical: Option<Day>,
    /// Not after this day.
    pub latest: Option<Day>,
}

impl Bounds {
    /// The same day in every case.
    pub const fn exactly(day: Day) -> Self {
        Self { earliest: day, typical: Some(day), latest: Some(day) }
    }

    /// The bounds a reach of days later.
    pub fn plus(self, reach: Reach) -> Self {
        let later = |day: Option<Day>, days: Option<i16>| Some(day?.plus(i32::from(days?)));
        let (earliest, typical) = (self.earliest.plus(i32::from(reach.min)), later(self.typical, reach.typical));
        // A registrar's usual length may lie outside the bounds of a stage that began unusually.
        Self {
            earliest: typical.map_or(earliest, |typical| earliest.min(typical)),
            typical,
            latest: later(self.latest, reach.max).map(|latest| typical.map_or(latest, |typical| latest.max(typical))),
        }
    }

    /// The day a forecast takes: the usual one, else the latest.
    pub fn due(self) -> Option<Day> {
        self.typical.or(self.latest)
    }

    /// What is left when the thing had happened by `day`.
    pub fn by(self, day: Day) -> Self {
        let latest = self.latest.map_or(day, |latest| latest.min(day));
        let typical = self.typical.map_or(latest, |typical| typical.min(latest));
        Self { earliest: self.earliest.min(typical), typical: Some(typical), latest: Some(latest) }
    }

    /// What is left when the thing had not happened by `day`.
    pub fn after(self, day: Day) -> Self {
        let up = |value: Option<Day>| value.map(|value| value.max(day));
        Self { earliest: self.earliest.max(day), typical: up(self.typical), latest: up(self.latest) }
    }
}

/// Where a name stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    expiry: Day,
    /// The ends of the stages.
    ends: [Bounds; MAX_STAGES],
    count: u8,
    /// The stage it stands in; `count` when released.
    stage: u8,
    at: Day,
    seen: Seen,
}

/// The earliest day a stage can have begun that was seen before the clock allows it.
///
/// Then the clock says nothing about its beginning: only that the stage had not ended by the day
/// it was seen on, so it began at most its longest length before. A stage without a known length
/// may have begun any time within a year.
fn earliest_start(stages: &[Stage], expiry: Day, seen: Seen, on: Day) -> Option<Day> {
    let (Seen::Stage(k) | Seen::Restoring(k)) = seen else { return None };
    let before = stages.iter().take(usize::from(k)).fold(Bounds::exactly(expiry), |end, stage| end.plus(stage.length));
    let longest = stages.get(usize::from(k))?.length.max.map_or(366, i32::from);
    (before.earliest > on).then(|| on.plus(-longest))
}

impl Standing {
    /// Begins from the date that counts and what was seen on a day.
    pub fn begin(life: &Life, expiry: Day, seen: Seen, on: Day) -> Self {
        let mut ends = [Bounds::exactly(expiry); MAX_STAGES];
        let stages = life.stages();
        let floor = earliest_start(stages, expiry, seen, on);
        let mut end = Bounds::exactly(expiry);
        for (at, (slot, stage)) in ends.iter_mut().zip(stages).enumerate() {
            end = end.plus(stage.length);
            end = match seen {
                Seen::Nothing | Seen::Outside(_) => end,
                Seen::Released => end.by(on),
                Seen::Stage(k) | Seen::Restoring(k) if at < usize::from(k) => {
                    let end = end.by(on);
                    Bounds { earliest: floor.map_or(end.earliest, |floor| end.earliest.min(floor)), ..end }
                }
                Seen::Stage(_) | Seen::Restoring(_) => end.after(on.plus(1)),
                Seen::AtMost(k) if at >= usize::from(k) => end.after(on.plus(1)),
                Seen::AtMost(_) => end,
            };
            *slot = end;
        }
        let count = u8::try_from(stages.len()).unwrap_or(u8::MAX);
        Self { expiry, ends, count, stage: 0, at: Day::MIN, seen }
    }

    /// Moves on to a day; a day already passed changes nothing.
    pub fn advance(mut self, to: Day) -> Self {
        self.at = self.at.max(to);
        while let Some(end) = self.ends().get(usize::from(self.stage)) {
            match end.due() {
                Some(due) if self.at >= due => self.stage += 1,
                _ => break,
            }
        }
        self
    }

    /// The date that counts.
    pub const fn expiry(&self) -> Day {
        self.expiry
    }

    /// The day it was advanced to.
    pub const fn at(&self) -> Day {
        self.at
    }

    /// The ends of the stages, the registered one first.
    pub fn ends(&self) -> &[Bounds] {
        self.ends.get(..usize::from(self.count)).unwrap_or(&self.ends)
    }

    /// The stage it stands in; `None` when released.
    pub fn stage(&self) -> Option<usize> {
        (self.stage < self.count).then_some(usize::from(self.stage))
    }

    /// What was seen.
    pub const fn seen(&self) -> Seen {
        self.seen
    }

    /// The phase it stands in.
    ///
    /// An observation that no stage covers keeps its word, whatever the clock says: nobody knows
    /// how long it lasts.
    pub fn phase(&self, life: &Life) -> PhaseKind {
        match (self.seen, self.stage()) {
            (Seen::Outside(kind), _) => kind,
            (Seen::Restoring(k), Some(stage)) if stage == usize::from(k) => PhaseKind::PendingRestore,
            (_, Some(stage)) => life.stages().get(stage).map_or(PhaseKind::Unknown, |stage| stage.kind),
            (_, None) => PhaseKind::Released,
        }
    }

    /// When the present stage began; `None` for the registered one.
    pub fn since(&self) -> Option<Bounds> {
        self.ends.get(usize::from(self.stage.checked_sub(1)?)).copied()
    }

    /// When the present stage ends; `None` when released.
    pub fn until(&self) -> Option<Bounds> {
        self.ends().get(self.stage()?).copied()
    }

    /// Tells whether the day lies inside the stage by every bound, not only as a rule.
    pub fn is_certain(&self) -> bool {
        let begun = self.since().is_none_or(|since| since.latest.is_some_and(|latest| latest <= self.at));
        begun && self.until().is_none_or(|until| self.at < until.earliest)
    }
}
