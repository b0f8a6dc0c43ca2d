//! Tests of the playbook crate, in one binary: they share a case, a calendar and a small outside.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod case;
mod digest;
mod drive;
mod endings;
mod histories;
mod loader;
mod outside;
mod plans;
mod rng;
mod shipped;
mod signatures;
