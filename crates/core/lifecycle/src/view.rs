//! The projection as one flat JSON object: what `dates --json` prints and the schema describes.

use namekeep_model::phase::PhaseKind;
use namekeep_model::{Confidence, Words};
use namekeep_rules::{Day, Found, May, Price};
use serde::Serialize;

use crate::choice::{Reason, Which};
use crate::endings::Endings;
use crate::instants::EventKind;
use crate::project::Projection;
use crate::standing::Bounds;
use crate::traps::Trap;

/// The date that counts.
#[derive(Clone, Debug, Serialize)]
pub struct DateThatCounts {
    /// The date.
    pub date: String,
    /// Which of the three it is.
    pub which: Which,
    /// Why, in words.
    pub why: Words,
    /// Why, as a code.
    pub reason: Reason,
    /// How far it is trusted.
    pub confidence: Confidence,
    /// A person has to ask before a plan rests on it.
    pub provisional: bool,
    /// Nothing but WHOIS says so.
    pub rests_on_whois_only: bool,
}

/// Three days of one date.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    /// Not before.
    pub earliest: String,
    /// As a rule.
    pub typical: Option<String>,
    /// Not after.
    pub latest: Option<String>,
}

impl From<Bounds> for Span {
    fn from(bounds: Bounds) -> Self {
        Self { earliest: bounds.earliest.to_string(), typical: text(bounds.typical), latest: text(bounds.latest) }
    }
}

/// One date to come.
#[derive(Clone, Debug, Serialize)]
pub struct EventView {
    /// What happens.
    pub kind: EventKind,
    /// Not before.
    pub earliest: Option<String>,
    /// As a rule.
    pub typical: Option<String>,
    /// Not after.
    pub latest: Option<String>,
    /// Where the numbers come from.
    pub source: String,
    /// How far they are trusted.
    pub confidence: Confidence,
    /// Somebody has to ask, or a year is unpublished.
    pub provisional: bool,
}

/// What may be done now.
#[derive(Clone, Debug, Serialize)]
pub struct ActView {
    /// The act.
    pub act: May,
    /// The class of its price.
    pub price: Price,
    /// Until when.
    pub until: Option<Span>,
    /// The status that stands in its way.
    pub blocked_by: Option<&'static str>,
}

/// Which rules were read.
#[derive(Clone, Debug, Serialize)]
pub struct LookupView {
    /// The suffix asked about.
    pub suffix: String,
    /// The row that answered; absent where none did.
    pub row: Option<String>,
    /// Labels dropped to reach it.
    pub climbed: u8,
    /// The row is the one of general gTLD policy.
    pub template: bool,
    /// The registrar's overlay.
    pub overlay: Option<String>,
    /// The overlay has a rule for the suffix.
    pub overlay_has_rule: bool,
}

/// A projection as a flat object.
#[derive(Clone, Debug, Serialize)]
pub struct DatesView {
    /// The name, as A-label.
    pub name: String,
    /// The day projected to.
    pub at: String,
    /// The date that counts; absent where none is known.
    pub date_that_counts: Option<DateThatCounts>,
    /// The phase.
    pub phase: PhaseKind,
    /// The registry's own word for it.
    pub local_name: Option<String>,
    /// When the phase began.
    pub phase_since: Option<Span>,
    /// When it ends.
    pub phase_until: Option<Span>,
    /// The day lies inside the phase by every bound.
    pub phase_certain: bool,
    /// A status says so, not only the clock.
    pub phase_observed: bool,
    /// The dates to come, in order.
    pub events: Vec<EventView>,
    /// What may be done now.
    pub may: Vec<May>,
    /// The same with price, end and obstacle.
    pub acts: Vec<ActView>,
    /// What a plan would trip over.
    pub traps: Vec<Trap>,
    /// Which endings are offered.
    pub endings: Endings,
    /// Which rules were read.
    pub lookup: LookupView,
    /// Why nothing is known, where nothing is.
    pub unknown: Option<Words>,
    /// What a person has to ask.
    pub asks: Vec<Words>,
    /// What else should be read.
    pub notes: Vec<Words>,
}

fn text(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// Makes the flat object of a projection.
pub fn view(name: &str, suffix: &str, projection: &Projection<'_>) -> DatesView {
    let phase = &projection.phase;
    let climbed = match projection.subject.found {
        Found::Row { climbed, .. } => climbed,
        _ => 0,
    };
    DatesView {
        name: name.to_owned(),
        at: projection.at.to_string(),
        date_that_counts: projection.choice.map(|choice| DateThatCounts {
            date: choice.date.to_string(),
            which: choice.which,
            why: choice.reason.text().into(),
            reason: choice.reason,
            confidence: choice.confidence,
            provisional: choice.provisional,
            rests_on_whois_only: choice.rests_on_whois_only,
        }),
        phase: phase.kind,
        local_name: phase.local_name.clone(),
        phase_since: phase.since.map(Span::from),
        phase_until: phase.until.map(Span::from),
        phase_certain: phase.certain,
        phase_observed: phase.observed,
        events: projection
            .events
            .iter()
            .map(|event| EventView {
                kind: event.kind,
                earliest: text(event.earliest),
                typical: text(event.typical),
                latest: text(event.latest),
                source: event.source.clone(),
                confidence: event.confidence,
                provisional: event.provisional,
            })
            .collect(),
        may: projection.acts.iter().map(|act| act.may).collect(),
        acts: projection
            .acts
            .iter()
            .map(|act| ActView {
                act: act.may,
                price: act.price,
                until: act.until.map(Span::from),
                blocked_by: act.blocked_by.map(|status| status.code()),
            })
            .collect(),
        traps: projection.traps.clone(),
        endings: projection.endings.clone(),
        lookup: LookupView {
            suffix: suffix.to_owned(),
            row: projection.subject.found.row().map(|row| row.tld.clone()),
            climbed,
            template: matches!(projection.subject.found, Found::Template { .. }),
            overlay: projection.subject.overlay.map(|(overlay, _)| overlay.id.clone()),
            overlay_has_rule: projection.subject.overlay.is_some_and(|(_, rule)| rule.is_some()),
        },
        unknown: projection.unknown.clone(),
        asks: projection.asks.clone(),
        notes: projection.notes.clone(),
    }
}
