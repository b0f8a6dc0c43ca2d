//! Projects a name to a day: the date that counts, the phase, the dates to come, what may be done.

use namekeep_model::phase::PhaseKind;
use namekeep_model::status::EppStatus;
use namekeep_model::{Confidence, Words};
use namekeep_rules::{Class, Day, Found, May, Overlay, OverlayRule, Price, Row, Rulebook, RulesError, WorkCalendar};

use crate::choice::{Choice, choose};
use crate::endings::{Endings, endings};
use crate::instants::{EventKind, Instants};
use crate::life::{Life, Stage};
use crate::seen::Seen;
use crate::standing::{Bounds, Standing};
use crate::state::{ChargeDay, NameState};
use crate::traps::{Trap, traps};

/// Where a name stands on a day, in the closed list and in the registry's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// The phase.
    pub kind: PhaseKind,
    /// The registry's own word, where the row has one.
    pub local_name: Option<String>,
    /// When it began; absent while registered.
    pub since: Option<Bounds>,
    /// When it ends; absent when released or unknown.
    pub until: Option<Bounds>,
    /// The day lies inside the phase by every bound.
    pub certain: bool,
    /// A status says so, not only the clock.
    pub observed: bool,
}

/// One date to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happens.
    pub kind: EventKind,
    /// Not before; absent where nobody knows.
    pub earliest: Option<Day>,
    /// As a rule.
    pub typical: Option<Day>,
    /// Not after; absent where nobody knows.
    pub latest: Option<Day>,
    /// Where the numbers come from.
    pub source: String,
    /// How far they are trusted.
    pub confidence: Confidence,
    /// Somebody has to ask, or a year is unpublished.
    pub provisional: bool,
}

/// What may be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The act.
    pub may: May,
    /// The class of its price.
    pub price: Price,
    /// Until when.
    pub until: Option<Bounds>,
    /// The status that stands in its way.
    pub blocked_by: Option<EppStatus>,
}

/// The numbers of a projection, without words: what a portfolio of millions is scanned with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Core {
    /// The date that counts.
    pub choice: Choice,
    /// Where the name stands.
    pub standing: Standing,
    /// The dates to come.
    pub instants: Instants,
}

impl Core {
    /// Projects a name whose life was looked up; `None` where no date is known.
    ///
    /// Allocates nothing. [`project`] says the same in words.
    pub fn of(state: &NameState, life: &Life, calendar: &WorkCalendar, at: Day) -> Option<Self> {
        let choice = choose(state, Some(life), at)?;
        let on = state.statuses_on.map_or(at, Day::from).min(at);
        let seen = Seen::of(state.statuses, state.released, life, Some(choice.date), on);
        let standing = Standing::begin(life, choice.date, seen, on).advance(at);
        let mut instants = Instants::of(life, &standing, calendar);
        match state.charge_day {
            ChargeDay::Known(day) => instants = instants.with(EventKind::ChargeDay, Bounds::exactly(day.into())),
            ChargeDay::AssumeExpiry => instants = instants.with(EventKind::ChargeDay, Bounds::exactly(choice.date)),
            ChargeDay::Unknown => {}
        }
        Some(Self { choice, standing, instants })
    }
}

/// Which rules a projection read.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'r> {
    /// What the look-up of the suffix found.
    pub found: Found<'r>,
    /// The registrar's overlay with its rule for the suffix.
    pub overlay: Option<(&'r Overlay, Option<&'r OverlayRule>)>,
    /// The life, where one is known.
    pub life: Option<Life>,
}

impl<'r> Subject<'r> {
    /// Looks a suffix and a registrar up.
    ///
    /// # Errors
    /// Names a registrar that is in no overlay.
    pub fn find(rules: &'r Rulebook, suffix: &str, registrar: Option<&str>) -> Result<Self, RulesError> {
        let found = rules.tlds().find(suffix);
        let (registry, class) = found.row().map_or(("", Class::Cctld), |row| (row.registry.as_str(), row.class));
        let overlay = match registrar {
            Some(registrar) => rules.overlays().find(registrar, suffix, registry, class)?,
            None => None,
        };
        let life = match found {
            Found::Row { row, .. } | Found::Template { row } => Some(Life::of(row, overlay)),
            Found::Unknown { .. } => None,
        };
        Ok(Self { found, overlay, life })
    }

    /// Where the numbers come from: the row, and the overlay where it has a rule.
    pub(crate) fn source(&self) -> String {
        let row = self.found.row().map_or("?", |row| row.tld.as_str());
        match self.overlay {
            Some((overlay, Some(_))) => format!("tlds:{row} overlays:{}", overlay.id),
            _ => format!("tlds:{row}"),
        }
    }
}

/// A name on a day.
#[derive(Clone, Debug)]
pub struct Projection<'r> {
    /// The day.
    pub at: Day,
    /// The date that counts; absent where no date is known.
    pub choice: Option<Choice>,
    /// The phase.
    pub phase: Phase,
    /// The dates to come, in order.
    pub events: Vec<Event>,
    /// What may be done now.
    pub acts: Vec<Act>,
    /// What a plan would trip over.
    pub traps: Vec<Trap>,
    /// Which endings are offered.
    pub endings: Endings,
    /// The rules read.
    pub subject: Subject<'r>,
    /// Why nothing is known, where nothing is.
    pub unknown: Option<Words>,
    /// What a person has to ask.
    pub asks: Vec<Words>,
    /// What else should be read.
    pub notes: Vec<Words>,
    /// The numbers behind it, where there are any.
    pub core: Option<Core>,
}

/// Projects a name to a day.
///
/// # Errors
/// Names a registrar that is in no overlay; everything else that is not known is said in the answer.
pub fn project<'r>(state: &NameState, rules: &'r Rulebook, at: impl Into<Day>) -> Result<Projection<'r>, RulesError> {
    let at = at.into();
    let subject = Subject::find(rules, &state.suffix, state.registrar.as_deref())?;
    let core = subject.life.as_ref().and_then(|life| Core::of(state, life, rules.calendar(), at));
    let choice = core.map(|core| core.choice).or_else(|| choose(state, subject.life.as_ref(), at));
    let row = subject.found.row();
    let ends = endings(row, subject.overlay.map(|(overlay, _)| overlay), &state.suffix);
    let mut projection = Projection {
        at,
        choice,
        phase: Phase {
            kind: PhaseKind::Unknown,
            local_name: None,
            since: None,
            until: None,
            certain: false,
            observed: false,
        },
        events: Vec::new(),
        acts: Vec::new(),
        traps: Vec::new(),
        endings: ends,
        subject,
        unknown: None,
        asks: Vec::new(),
        notes: Vec::new(),
        core,
    };
    let (Some(life), Some(row)) = (subject.life, row) else {
        projection.nothing_known(state);
        if let Some(row) = row {
            projection.traps = traps(rules, row, subject.overlay, None, state);
        }
        return Ok(projection);
    };
    projection.traps = traps(rules, row, subject.overlay, Some(&life), state);
    match core {
        Some(core) => {
            projection.phase = phase(state, row, &life, &core.standing);
            projection.acts = acts(state, &life, &core.standing);
            projection.events = events(&subject, state, row, &life, &core);
        }
        None => {
            let on = state.statuses_on.map_or(at, Day::from).min(at);
            projection.no_date(row, &life, Seen::of(state.statuses, state.released, &life, None, on));
        }
    }
    projection.say(state, row, &life);
    Ok(projection)
}

fn phase(state: &NameState, row: &Row, life: &Life, standing: &Standing) -> Phase {
    let stage = standing.stage().and_then(|at| life.stages().get(at));
    let mut kind = standing.phase(life);
    if kind == PhaseKind::Unknown
        && let (Some(stage), Some(resolves)) = (stage, state.resolves)
        && stage.rights.has(May::Renew)
    {
        kind = if resolves { PhaseKind::RenewalGrace } else { PhaseKind::ExpiredHeld };
    }
    let outside = matches!(standing.seen(), Seen::Outside(_));
    let observed = !matches!(standing.seen(), Seen::Nothing | Seen::AtMost(_));
    Phase {
        kind,
        local_name: if outside { None } else { local_name(row, stage) },
        since: standing.since().filter(|_| !outside),
        until: standing.until().filter(|_| !outside),
        certain: standing.is_certain() && !outside,
        observed,
    }
}

pub(crate) fn local_name(row: &Row, stage: Option<&Stage>) -> Option<String> {
    let word = usize::from(stage?.word?);
    row.phases.get(word).map(|phase| phase.name.clone())
}

fn acts(state: &NameState, life: &Life, standing: &Standing) -> Vec<Act> {
    let kind = standing.phase(life);
    let Some(stage) = standing.stage().and_then(|at| life.stages().get(at)) else { return Vec::new() };
    match standing.seen() {
        // A restore under way waits for its report; nothing else may be started.
        _ if kind == PhaseKind::PendingRestore => Vec::new(),
        Seen::Outside(PhaseKind::Redemption) => {
            vec![Act { may: May::Restore, price: Price::Redemption, until: None, blocked_by: None }]
        }
        Seen::Outside(_) => Vec::new(),
        _ => May::ALL
            .into_iter()
            .filter(|&may| stage.rights.has(may))
            .map(|may| Act {
                may,
                price: price(may, stage),
                until: last_day(may, life, standing),
                blocked_by: blocked(state, may),
            })
            .filter(|act| act.until.and_then(Bounds::due).is_none_or(|until| standing.at() < until))
            .collect(),
    }
}

/// Until when an act is open: the end of the stage, or an earlier bar on transfers.
fn last_day(may: May, life: &Life, standing: &Standing) -> Option<Bounds> {
    let until = standing.until();
    let bar = life.transfer_closes.filter(|_| may == May::Transfer && standing.stage() == Some(0));
    bar.map_or(until, |days| Some(Bounds::exactly(standing.expiry().plus(-i32::from(days)))))
}

pub(crate) const fn price(may: May, stage: &Stage) -> Price {
    match may {
        May::Renew | May::Restore => stage.price,
        May::Transfer => Price::Standard,
        May::Delete => Price::None,
    }
}

/// The status that stands in the way of an act (RFC 5731 section 2.3).
fn blocked(state: &NameState, may: May) -> Option<EppStatus> {
    let blocks: &[EppStatus] = match may {
        May::Renew => &[EppStatus::ClientRenewProhibited, EppStatus::ServerRenewProhibited, EppStatus::PendingTransfer],
        May::Restore => &[],
        May::Transfer => {
            &[EppStatus::ClientTransferProhibited, EppStatus::ServerTransferProhibited, EppStatus::PendingTransfer]
        }
        May::Delete => {
            &[EppStatus::ClientDeleteProhibited, EppStatus::ServerDeleteProhibited, EppStatus::PendingTransfer]
        }
    };
    blocks.iter().copied().find(|&status| state.statuses.has(status))
}

/// How far a row is trusted for one date: by the field its stage is, else as a whole.
fn of_row(row: &Row, life: &Life, kind: EventKind) -> Confidence {
    let stage = match kind {
        EventKind::GraceEnd | EventKind::RedemptionStart => Some(life.last_renewable()),
        EventKind::RedemptionEnd => life.restorable(),
        EventKind::LastSafeRescueDay => Some(life.last_way_back()),
        EventKind::Purge => life.stages().len().checked_sub(1),
        _ => None,
    };
    let name = stage.and_then(|at| local_name(row, life.stages().get(at)));
    let field = name.and_then(|name| row.confidence_by_field.get(&name));
    let word = field.and_then(|text| text.split(|c: char| !c.is_ascii_alphabetic()).next());
    match word {
        Some("high") => Confidence::High,
        Some("medium") => Confidence::Medium,
        Some("low") => Confidence::Low,
        _ => row.confidence,
    }
}

fn events(subject: &Subject<'_>, state: &NameState, row: &Row, life: &Life, core: &Core) -> Vec<Event> {
    let (choice, instants) = (core.choice, core.instants);
    let rules_source = subject.source();
    let of_overlay =
        subject.overlay.filter(|(_, rule)| rule.is_some()).map_or(Confidence::High, |(overlay, _)| overlay.trusted());
    let trusted = |kind| choice.confidence.min(of_row(row, life, kind)).min(of_overlay);
    let mut events: Vec<Event> = instants
        .iter()
        .map(|(kind, days)| {
            let (source, confidence) = match kind {
                EventKind::Expiry => (format!("fact:{}", choice.which.code()), choice.confidence),
                EventKind::ChargeDay if state.charge_day == ChargeDay::AssumeExpiry => {
                    ("assumed".to_owned(), Confidence::Low)
                }
                EventKind::ChargeDay => ("fact:charge_day".to_owned(), Confidence::Medium),
                EventKind::LastSafeRescueDay => (format!("{rules_source} calendar"), trusted(kind)),
                _ if days.typical.is_none() => (rules_source.clone(), trusted(kind).min(Confidence::Low)),
                _ => (rules_source.clone(), trusted(kind)),
            };
            let assumed = kind == EventKind::ChargeDay && state.charge_day == ChargeDay::AssumeExpiry;
            let unpublished = kind == EventKind::LastSafeRescueDay && instants.rescue_is_provisional;
            let provisional = choice.provisional || assumed || unpublished || days.typical.is_none();
            Event {
                kind,
                earliest: Some(days.earliest),
                typical: days.typical,
                latest: days.latest,
                source,
                confidence,
                provisional,
            }
        })
        .collect();
    events.sort_by_key(|event| (event.typical.or(event.earliest).or(event.latest), event.kind));
    events
}

impl Projection<'_> {
    /// The date of a kind, where it is known.
    pub fn event(&self, kind: EventKind) -> Option<&Event> {
        self.events.iter().find(|event| event.kind == kind)
    }

    /// Tells whether an act is open now.
    pub fn may(&self, may: May) -> bool {
        self.acts.iter().any(|act| act.may == may && act.blocked_by.is_none())
    }
}
