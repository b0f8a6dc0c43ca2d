//! Looking at the outside: RDAP, WHOIS, DNS and TLS, each answer kept as it came.
//!
//! ```text
//!  rdap whois dns tls   the looks: what to ask, in which order, how much at most
//!        |  Session     one look: a budget of questions and a tape
//!      wire             the one door to the network: deadlines, sizes, pace; live or replayed
//!        |  Cleared     an address the policy let through
//!     policy            which addresses may be dialled
//!
//!  read                 readers of what came: bytes in, values out, no network
//! ```
//!
//! A look never judges: it brings what was said and who said it; levels and words are the work of
//! the check-points. Time is an argument for every judgement; only sockets use the runtime's clock.

pub mod dns;
pub mod endpoint;
pub mod error;
mod http;
pub mod policy;
pub mod rdap;
mod reach;
pub mod read;
pub mod system;
pub mod tape;
pub mod tls;
pub mod whois;
pub mod wire;

pub use error::ProbeError;
pub use policy::{Cidr, DialPolicy};
pub use tape::Tape;
pub use wire::{Limits, Wire, block_on, side_by_side};

/// What a look brought, and every exchange it made on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked<T> {
    /// The result.
    pub outcome: Result<T, ProbeError>,
    /// The exchanges, in the order they ended: the raw evidence.
    pub tape: Tape,
}
