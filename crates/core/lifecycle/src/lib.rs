//! What happens to a name when: phases, dates and what may be done, projected to a day.
//!
//! Takes facts and rules and a day; reads no clock, no file, no socket. The same arguments give the
//! same answer for ever. The hot path works on numbers ([`Life`], [`Standing`], [`Instants`], all
//! `Copy`); words are made last, by [`project`] and [`view`].
//!
//! ```text
//!  expiry facts ---> choice.rs ----- date that counts ---+
//!  suffix + registrar -> life.rs --- stages as offsets --+-> standing.rs -> instants.rs -> project.rs -> view.rs
//!  statuses -------> seen.rs ------- what was observed --+    (fold)        (dates)        (words)      (JSON)
//!                                                              clock.rs: legal clocks   endings.rs: what is offered
//! ```

mod choice;
mod clock;
mod draft;
mod endings;
mod explain;
mod instants;
mod life;
mod project;
mod seen;
mod standing;
mod state;
mod traps;
mod view;

pub use choice::{Choice, Reason, Which, choose};
pub use clock::{Due, Moment, deadline};
pub use endings::{Endings, Offer, endings};
pub use instants::{EventKind, Instants, SAFETY_DAYS};
pub use life::{Life, MAX_STAGES, Reach, Rights, Stage};
pub use namekeep_rules as rules;
pub use project::{Act, Core, Event, Phase, Projection, Subject, project};
pub use seen::Seen;
pub use standing::{Bounds, Standing};
pub use state::{ChargeDay, ExpiryFact, NameState};
pub use traps::Trap;
pub use view::{DatesView, view};
