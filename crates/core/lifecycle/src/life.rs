//! The life of a suffix as numbers: the row of the registry joined with what the registrar does.
//!
//! A life is a chain of stages after the expiry. Each stage has a length as fewest, usual and most
//! days; bounds are the union of registry and registrar, the registrar gives the usual. Anchors of
//! the rows ("day 30", "redemption end") all name the end of the stage before, so stages follow
//! each other. A `Life` is `Copy` and holds no text; words are found again through the row.
//!
//! ```text
//!  stage 0         1              2            3                4
//!  registered | grace         | redemption | pending delete | released
//!             ^ expiry        ^ deletion                    ^ purge
//! ```

use namekeep_model::phase::PhaseKind;
use namekeep_rules::{May, Overlay, OverlayRule, Price, Row, TrapCode};

use crate::draft::{Draft, added};

/// Most stages of a life: registered, up to five of a row, and two an overlay may add.
pub const MAX_STAGES: usize = 8;

/// Days by which weekends and holidays may move a release.
const SHIFT_DAYS: i16 = 12;

/// Days as fewest, usual and most; what nobody knows is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Fewest.
    pub min: i16,
    /// Usual.
    pub typical: Option<i16>,
    /// Most.
    pub max: Option<i16>,
}

impl Reach {
    /// The same number of days in every case.
    pub const fn exactly(days: i16) -> Self {
        Self { min: days, typical: Some(days), max: Some(days) }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let sum = |a: Option<i16>, b: Option<i16>| Some(a?.saturating_add(b?));
        Self {
            min: self.min.saturating_add(other.min),
            typical: sum(self.typical, other.typical),
            max: sum(self.max, other.max),
        }
    }

    /// Widens the bounds to a registrar's number, which becomes the usual one.
    pub(crate) fn join(self, days: i16) -> Self {
        Self { min: self.min.min(days), typical: Some(days), max: self.max.map(|max| max.max(days)) }
    }

    /// Brings the usual number between the bounds and every bound to at least `floor`.
    fn at_least(self, floor: Self) -> Self {
        let min = self.min.max(floor.min);
        let up = |value: Option<i16>, floor: Option<i16>| value.map(|value| value.max(floor.unwrap_or(min)).max(min));
        let typical = up(self.typical, floor.typical);
        let max = up(self.max, floor.max).map(|max| max.max(typical.unwrap_or(max)));
        // Where the stage before has no known end, this one has none either.
        Self { min, typical: floor.typical.and(typical), max: floor.max.and(max) }
    }

    fn minus(self, earlier: Self) -> Self {
        let diff = |a: Option<i16>, b: Option<i16>| Some((a? - b?).max(0));
        Self {
            min: (self.min - earlier.min).max(0),
            typical: diff(self.typical, earlier.typical),
            max: diff(self.max, earlier.max),
        }
    }
}

/// What the holder may do, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u8);

impl Rights {
    /// No right.
    pub const NONE: Self = Self(0);

    /// The set of a list.
    pub fn of(list: &[May]) -> Self {
        list.iter().fold(Self::NONE, |set, &may| set.with(may))
    }

    /// Adds a right.
    pub const fn with(self, may: May) -> Self {
        Self(self.0 | 1 << may as u8)
    }

    /// Tells whether a right is in the set.
    pub const fn has(self, may: May) -> bool {
        self.0 & (1 << may as u8) != 0
    }

    /// Tells whether some right keeps or brings back the name.
    pub const fn saves(self) -> bool {
        self.has(May::Renew) || self.has(May::Restore)
    }
}

/// One stage of a life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The phase it is.
    pub kind: PhaseKind,
    /// Its place among the phases of the row, where the row has it.
    pub word: Option<u8>,
    /// What the holder may do.
    pub rights: Rights,
    /// What that costs.
    pub price: Price,
    /// Days after its start at which resolution stops; absent where it goes on.
    pub dns_off: Option<Reach>,
    /// Policy keeps the last days of it without resolution (ERRP section 2.2).
    pub dark_at_end: bool,
    /// Statuses say `pendingDelete` here.
    pub shows_pending_delete: bool,
    /// Statuses say `redemptionPeriod` here.
    pub shows_redemption: bool,
    /// How long it lasts.
    pub length: Reach,
}

const REGISTERED: Stage = Stage {
    kind: PhaseKind::Registered,
    word: None,
    rights: Rights(1 << May::Renew as u8 | 1 << May::Transfer as u8 | 1 << May::Delete as u8),
    price: Price::Standard,
    dns_off: None,
    dark_at_end: false,
    shows_pending_delete: false,
    shows_redemption: false,
    length: Reach { min: 0, typical: Some(0), max: Some(0) },
};

/// The life of a suffix at a registrar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    stages: [Stage; MAX_STAGES],
    count: u8,
    /// Latest order for a renewal, in days before expiry: earliest, usual and latest of what is known.
    pub order_before: Option<Reach>,
    /// Days before expiry at which renewal opens.
    pub opens_before: Option<i16>,
    /// Days before expiry in which the registrar cannot be changed.
    pub transfer_closes: Option<i16>,
    /// The registry renews by itself at expiry.
    pub auto_renews: bool,
    /// Its date then jumps one year ahead.
    pub date_jumps: bool,
    /// The registry still shows the old date for these days after a paid renewal.
    pub date_lags: i16,
    /// The registrar's day of stopping resolution, counted from expiry.
    pub dns_stop_day: Option<i16>,
    /// A restore is not to be counted on.
    pub restore_doubtful: bool,
    /// The registrar gives words where a number belongs: a person has to ask.
    pub asks: bool,
}

impl Life {
    /// Joins a row with a registrar's rule.
    pub fn of(row: &Row, overlay: Option<(&Overlay, Option<&OverlayRule>)>) -> Self {
        let rule = overlay.and_then(|(_, rule)| rule);
        let mut draft = Draft::of(row);
        let ends = match rule {
            Some(rule) => draft.join(rule),
            None => draft.ends(),
        };
        let mut stages = draft.stages;
        // The registered stage ends at expiry, or before it where a registrar deletes before.
        let first = ends.first().copied().unwrap_or(Reach::exactly(0));
        let start = Reach { min: first.min.min(0), typical: Some(first.typical.unwrap_or(0).min(0)), max: Some(0) };
        let mut before = start;
        for (stage, &end) in stages.iter_mut().zip(&ends) {
            let end = end.at_least(before);
            stage.length = end.minus(before);
            before = end;
        }
        // A shifted release moves later by up to the longest run of days off there: 1 to 8 January
        // with the weekend and a second working day (Russian Labour Code, Art. 112; recalled).
        let shifts = overlay.is_some_and(|(overlay, _)| overlay.clock_shifts)
            || row.holiday_shift.starts_with("YES (RU-CENTER)");
        if shifts && let Some(last) = stages.last_mut() {
            last.length.max = last.length.max.map(|max| max.saturating_add(SHIFT_DAYS));
        }
        if let Some(days) = rule.and_then(|rule| rule.then_locked) {
            stages.push(added(PhaseKind::Quarantine, None, Price::None, Reach::exactly(days)));
        }
        let mut list = [Stage { length: start, ..REGISTERED }; MAX_STAGES];
        let mut count = 0_u8;
        for (slot, stage) in list.iter_mut().skip(1).zip(stages) {
            *slot = stage;
            count += 1;
        }
        let asks = rule.is_some_and(|rule| {
            [&rule.grace, &rule.redemption, &rule.pending_delete].into_iter().flatten().any(|term| term.ask().is_some())
        });
        Self {
            stages: list,
            count: count + 1,
            order_before: order_before(row, rule),
            opens_before: rule.and_then(|rule| rule.renewal_opens_days_before_expiry),
            transfer_closes: row.transfer_closes.as_ref().map(|closes| closes.days_before_expiry),
            auto_renews: row.auto_renew_at_registry == Some(true),
            date_jumps: row.registry_expiry_jumps_on_auto_renew == Some(true),
            // The note of .it: "the expiry shown changes only when the 15 days end".
            date_lags: if row.has(TrapCode::RegistryDateOldAfterRenewal) { 15 } else { 0 },
            dns_stop_day: overlay.and_then(|(overlay, _)| overlay.dns_stop_day),
            restore_doubtful: row.has(TrapCode::RestoreMayFail) || row.has(TrapCode::StrangerCanTake),
            asks,
        }
    }

    /// The stages, the registered one first.
    pub fn stages(&self) -> &[Stage] {
        self.stages.get(..usize::from(self.count)).unwrap_or(&self.stages)
    }

    /// The last stage in which a renewal is sold.
    pub fn last_renewable(&self) -> usize {
        self.stages().iter().take_while(|stage| stage.rights.has(May::Renew)).count().saturating_sub(1)
    }

    /// The first stage in which only a restore helps.
    pub fn restorable(&self) -> Option<usize> {
        self.stages().iter().position(|stage| stage.rights.has(May::Restore) && !stage.rights.has(May::Renew))
    }

    /// The first stage in which nothing helps.
    pub fn lost(&self) -> Option<usize> {
        self.stages().iter().position(|stage| !stage.rights.saves())
    }

    /// The last stage in which something helps.
    pub fn last_way_back(&self) -> usize {
        let doubtful = self.restore_doubtful;
        let helps = |stage: &Stage| if doubtful { stage.rights.has(May::Renew) } else { stage.rights.saves() };
        self.stages().iter().rposition(helps).unwrap_or(0)
    }
}

/// The latest order before expiry: of the registrar, of one strict registrar, of the row.
pub(crate) fn order_before(row: &Row, rule: Option<&OverlayRule>) -> Option<Reach> {
    if let Some(days) = rule.and_then(|rule| rule.order_days_before_expiry.or(rule.delete_days_before_expiry)) {
        return Some(Reach::exactly(days));
    }
    let window = row.phases.iter().find(|phase| phase.days_max.is_some_and(|max| max < 0));
    if let Some(phase) = window {
        let back = |days: Option<i16>| days.map(|days| -days);
        return Some(Reach {
            min: back(phase.days_max)?,
            typical: back(phase.days_typical),
            max: back(phase.days_min),
        });
    }
    // What one strict registrar asks bounds the others; nobody knows the usual.
    row.order_deadline_days_before_expiry.filter(|_| rule.is_none()).map(|days| Reach {
        min: 0,
        typical: None,
        max: Some(days),
    })
}
