//! A simulated outside on a simulated calendar: registry, registrar, DNS, filing desk, people.
//!
//! The world is the far side of every port. It is told the time and computes what has happened
//! since: charge days, expiries, purges, reviews of the filing desk, people finishing their work.
//! It answers every look from its own truth, performs every operation by the rules a registrar or
//! DNS host would apply, fails as its fault rules say, and keeps a ledger of what took effect. It
//! knows no playbook: no step, gate or window. Under one seed it is the same world every time.
//!
//! ```text
//!  WorldSpec ──> World ── step_to(now) ──> registry.rs  clock of each registration
//!  (spec, name)    │                       registrar.rs money, charge day, operations, tasks
//!                  │                       dns.rs       zone operations, caches running down
//!                  │                       filing.rs    the desk
//!                  │                       people.rs    calendars; work.rs, deeds.rs  what tasks bring
//!                  ├── Ports (port.rs): look.rs, rounds.rs, perform with faults.rs, ask
//!                  └── ledger, diary (ledger.rs)
//! ```

mod agenda;
mod calendar;
mod deeds;
mod dns;
mod error;
mod facets;
mod faults;
mod filing;
mod ledger;
mod look;
mod money;
mod name;
mod people;
mod port;
mod registrar;
mod registry;
mod rng;
mod rounds;
mod script;
mod simple;
mod spec;
mod ticks;
mod work;
mod world;

pub use calendar::Calendar;
pub use error::WorldError;
pub use facets::{Certificates, Dependencies, Dns, Holder, Identity, Mail, Privacy, Resources, Site, Watch};
pub use faults::{Attempt, AttemptState, Fault, FaultRule};
pub use filing::{Filing, FilingAct, Order, Returned};
pub use ledger::{Accepted, Effect, Happened, Happening};
pub use name::{Name, Trouble};
pub use people::{Signature, Work};
pub use registry::{Registration, RegistryRules, Stage};
pub use rng::{below, chance, draw};
pub use script::{ScriptEvent, Scripted};
pub use simple::{Known, Simple};
pub use spec::{Account, Blind, Colleague, Deletion, Desk, Funding, Leave, MAX_SPEC, RealName, Resolver, WorldSpec};
pub use world::World;
