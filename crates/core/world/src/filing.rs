//! The filing desk: an order is reviewed for some working days, then approved or returned.
//!
//! A returned order is mended and handed in again by people, and its clock starts anew. Where the
//! script holds an answer for the name, the desk waits for the script; else duration and answer are
//! drawn for this name and round. An order whose confirming phone is dead is always returned.

use std::sync::Arc;

use namekeep_model::{Text, Timestamp, Words};
use serde::{Deserialize, Serialize};

use crate::calendar::plus_seconds;
use crate::facets::facet;
use crate::ledger::Happened;
use crate::name::Name;
use crate::rng;
use crate::script::ScriptEvent;
use crate::world::World;

/// What an order at the filing desk asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilingAct {
    /// Take one name out of a site with several.
    Change,
    /// Leave this access provider; the number stays.
    CancelAccess,
    /// Cancel the site or app.
    CancelService,
    /// Cancel the subject with everything under it.
    CancelSubject,
    /// End the service; nothing is filed.
    ServiceEndOnly,
}

impl FilingAct {
    /// The word receipts carry.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::CancelAccess => "cancel-access",
            Self::CancelService => "cancel-service",
            Self::CancelSubject => "cancel-subject",
            Self::ServiceEndOnly => "service-end-only",
        }
    }
}

/// An order at the filing desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Order {
    /// When complete papers were last handed in: the clock of the review.
    pub submitted: Timestamp,
    /// What it asks for.
    pub act: FilingAct,
    /// Which submission it is, from 1.
    #[serde(default = "one")]
    pub round: u8,
    /// When the desk answers; none until drawn, or while a script decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Timestamp>,
    /// Why it was returned, and when people hand it in again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
}

const fn one() -> u8 {
    1
}

/// A returned order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Returned {
    /// Why.
    pub reason: Words,
    /// When it is handed in again.
    pub again: Timestamp,
}

facet! {
    /// The filing (ICP) and the public-security record.
    Filing {
        /// Filed with the ministry, by the holder.
        filed: bool = false,
        /// The number of the site or app.
        number: String = String::new(),
        /// The subject: its number groups names.
        subject: String = String::new(),
        /// Filed by a stranger.
        by_stranger: bool = false,
        /// Other names on the same site.
        other_names: u16 = 0,
        /// Other sites, apps and mini-programs under the subject.
        other_services: u16 = 0,
        /// Open orders on the subject that belong to names outside this world.
        orders_elsewhere: u16 = 0,
        /// Of the 23 fields, blocking ones that are red.
        blocking_red: u16 = 0,
        /// The confirming phone answers.
        phone: bool = true,
        /// The address left the provider: a shell, to be emptied.
        shell: bool = false,
        /// Places that show the number.
        displays: u16 = 0,
        /// Mainland nodes that serve the name.
        mainland_nodes: u16 = 0,
        /// A public-security record exists.
        police: bool = false,
        /// The act people choose; none lets the facts decide.
        act: Option<FilingAct> = None,
        /// The order at the desk.
        order: Option<Order> = None,
        /// Orders returned so far.
        returns: u8 = 0,
        /// Of these, returns people have told.
        returns_told: u8 = 0,
    }
}

impl Filing {
    /// The act the facts ask for.
    pub fn due_act(&self) -> FilingAct {
        match self {
            Self { filed: false, .. } => FilingAct::ServiceEndOnly,
            Self { act: Some(act), .. } => *act,
            Self { other_names: 1.., .. } => FilingAct::Change,
            Self { other_services: 0, .. } => FilingAct::CancelSubject,
            _ => FilingAct::CancelService,
        }
    }
}

/// The minute of the day at which the desk answers (no reference: assumed).
const DESK_MINUTE: u16 = 15 * 60;
/// The minute of the day at which people hand papers in again, or answer requests.
const PAPERS_MINUTE: u16 = 11 * 60;

impl World {
    /// Gives an order that lies at the desk at the start its answer day.
    pub(crate) fn settle_filing(&mut self, place: usize) {
        let open = |order: &Order| order.answer.is_none() && order.returned.is_none();
        if self.names.get(place).and_then(|name| name.filing.order.as_ref()).is_some_and(open) {
            self.draw_answer(place);
        }
    }

    /// Hands an order in.
    pub(crate) fn open_order(&mut self, place: usize, act: FilingAct) {
        let submitted = self.run.now;
        if let Some(name) = self.names.get_mut(place) {
            name.filing.order = Some(Order { submitted, act, round: 1, answer: None, returned: None });
        }
        self.draw_answer(place);
    }

    /// When the desk has something to do for a name, or people for a returned order.
    pub(crate) fn next_desk(&self, name: &Name) -> Option<Timestamp> {
        let order = name.filing.order.as_ref()?;
        match &order.returned {
            Some(returned) => (!self.idle).then_some(returned.again),
            None => order.answer,
        }
    }

    /// Orders open on the subject of a name, beside its own.
    pub(crate) fn other_orders(&self, name: &Name) -> u16 {
        let same = |other: &&Name| {
            other.name != name.name
                && !name.filing.subject.is_empty()
                && other.filing.subject == name.filing.subject
                && other.filing.order.is_some()
        };
        let here = u16::try_from(self.names.iter().filter(same).count()).unwrap_or(u16::MAX);
        here.saturating_add(name.filing.orders_elsewhere)
    }

    fn draw_answer(&mut self, place: usize) {
        let setting = Arc::clone(&self.setting);
        let scripted = self.script_decides(place);
        let Some(name) = self.names.get_mut(place) else { return };
        let label = name.name.a_label();
        let Some(order) = name.filing.order.as_mut() else { return };
        order.returned = None;
        order.answer = (!scripted).then(|| {
            let round = order.round.to_string();
            let (min, max) = (setting.desk.min_days, setting.desk.max_days.max(setting.desk.min_days));
            let more = rng::below(setting.seed, &[label, "review", &round], u64::from(max - min) + 1);
            let days = i32::from(min).saturating_add(i32::try_from(more).unwrap_or(0));
            setting.zone.at(setting.calendar.add(setting.zone.day(order.submitted), days.max(1)), DESK_MINUTE)
        });
        self.refresh_name(place);
    }

    fn script_decides(&self, place: usize) -> bool {
        let Some(name) = self.names.get(place) else { return false };
        let rest = self.setting.script.get(self.run.scripted as usize..).unwrap_or_default();
        rest.iter().any(|scripted| match &scripted.event {
            ScriptEvent::FilingReturned { name: about, .. } | ScriptEvent::FilingApproved { name: about } => {
                *about == name.name || name.labels.contains(about)
            }
            _ => false,
        })
    }

    /// The desk answers, or people hand the order in again.
    pub(crate) fn tick_desk(&mut self, place: usize) {
        let now = self.run.now;
        let setting = Arc::clone(&self.setting);
        let idle = self.idle;
        let Some(name) = self.names.get_mut(place) else { return };
        let label = name.name.a_label().to_owned();
        let phone = name.filing.phone;
        let Some(order) = name.filing.order.as_mut() else { return };
        match &order.returned {
            Some(returned) if !idle && returned.again <= now => {
                order.round = order.round.saturating_add(1);
                order.submitted = now;
                order.answer = None;
                let round = order.round;
                // Whoever mends the papers puts a working phone in.
                name.filing.phone = true;
                self.draw_answer(place);
                self.note(Some(place), Happened::FilingResubmitted { round });
            }
            None if order.answer.is_some_and(|at| at <= now) => {
                let round = order.round.to_string();
                let returned = rng::chance(setting.seed, &[&label, "return", &round], setting.desk.returns_permille);
                if !phone {
                    self.return_order(place, Text::new("the confirming phone cannot be reached", "备案核验手机无法接通").into());
                } else if returned {
                    self.return_order(place, Text::new("the papers are not complete", "材料不齐").into());
                } else {
                    self.approve_order(place);
                }
            }
            _ => {}
        }
        self.refresh_name(place);
    }

    /// The desk returns the open order, if there is one at the desk.
    pub(crate) fn return_order(&mut self, place: usize, reason: Words) {
        let now = self.run.now;
        let setting = Arc::clone(&self.setting);
        let Some(name) = self.names.get_mut(place) else { return };
        let Some(order) = name.filing.order.as_mut().filter(|order| order.returned.is_none()) else { return };
        let days = i32::from(setting.desk.mend_days);
        let day = setting.calendar.on_or_after(setting.calendar.add(setting.zone.day(now), days));
        let again = setting.zone.at(day, PAPERS_MINUTE).max(plus_seconds(now, 3_600));
        order.returned = Some(Returned { reason: reason.clone(), again });
        name.filing.returns = name.filing.returns.saturating_add(1);
        self.note(Some(place), Happened::FilingReturned { reason, again });
        self.refresh_name(place);
    }

    /// The desk approves the open order, if there is one at the desk.
    pub(crate) fn approve_order(&mut self, place: usize) {
        let Some(name) = self.names.get_mut(place) else { return };
        let Some(order) = name.filing.order.take_if(|order| order.returned.is_none()) else { return };
        let filing = &mut name.filing;
        // Leaving the provider keeps the number; a change takes this name out of its site.
        filing.filed = order.act == FilingAct::CancelAccess;
        let act = order.act;
        self.note(Some(place), Happened::FilingApproved { act });
        self.refresh_name(place);
    }

    /// When people answer the open data requests of a name on their own.
    pub(crate) fn next_answer(&self, name: &Name) -> Option<Timestamp> {
        let due = name.privacy.due.filter(|_| name.privacy.open_requests > 0 && !self.idle)?;
        Some(self.setting.zone.at(due, PAPERS_MINUTE))
    }

    /// People answer the open data requests of a name.
    pub(crate) fn answer_requests(&mut self, place: usize) {
        let Some(name) = self.names.get_mut(place) else { return };
        name.privacy.due = None;
        if std::mem::take(&mut name.privacy.open_requests) > 0 {
            self.note(Some(place), Happened::RequestsAnswered);
        }
        self.refresh_name(place);
    }
}
