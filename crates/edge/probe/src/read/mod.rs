//! The pure readers: bytes of an RDAP or WHOIS answer in, one [`Reading`] out.
//!
//! Nothing here opens a socket or a file or knows the time. Every reader is bounded in size,
//! depth and time, and never panics, whatever the bytes. Both give the same record, so that
//! whoever compares sources compares like with like.

pub mod error;
pub mod grammar;
pub mod rdap;
pub mod reading;
pub mod whois;

mod class;
mod date;
mod decode;
mod epp;
mod host;

pub use error::ReadError;
pub use grammar::Grammar;
pub use reading::{Class, Note, Reading, When};
