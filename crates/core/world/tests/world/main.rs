//! The world, side by side with the rules it follows: one file per part.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests act on the world directly")]
#![expect(clippy::type_complexity, reason = "tables of cases")]
#![expect(clippy::print_stdout, reason = "generators print what they reached")]

mod common;
mod dns;
mod faults;
mod filing;
mod laws;
mod look;
mod people;
mod registrar;
mod registry;
mod simple;
