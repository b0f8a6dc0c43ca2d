//! The use cases of namekeep, one file each: the only place where its parts meet.
//!
//! ```text
//! workspace (store, people, keys)  plan.rs -> journal.rs -> drive.rs -> effects.rs (the single door)
//!   import/  check  list  show        |           |            |
//!                                  case.rs    record.rs     approve.rs, tasks        seal.rs, diary.rs
//! ```
//!
//! Also here: the one clock ([`clock`]) and the failure a user reads ([`failure`]). The command line
//! is a thin layer above.

pub mod again;
pub mod approve;
pub mod block;
pub mod case;
pub mod check;
pub mod clock;
pub mod demo;
pub mod diary;
pub mod drive;
pub mod effects;
pub mod export;
pub mod failure;
pub mod files;
pub mod import;
pub mod journal;
pub mod keys;
pub mod live;
pub mod measured;
pub mod portfolio;
pub mod record;
pub mod rehearse;
pub mod seal;
pub mod seen;
pub mod workspace;
pub mod world_rules;

pub use failure::{Exit, Failure};

/// A plan's notice, in words.
pub fn notice_words(notice: &namekeep_playbook::Notice) -> namekeep_model::Words {
    notice.words()
}

/// A plan digest shortened for people, such as `9f2c-41ab-77de`. Never compared.
pub fn short_digest(digest: &str) -> String {
    let part = |from: usize| digest.get(from..from + 4).unwrap_or("----");
    format!("{}-{}-{}", part(0), part(4), part(8))
}
