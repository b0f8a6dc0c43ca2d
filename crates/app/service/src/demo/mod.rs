//! The demo: a closed world in a folder of its own. It opens no socket and touches no real name.
//!
//! ```text
//! namekeep-demo/
//!   demo.json           the demo's clock; the world is played again up to it, always the same
//!   RET-0007.dossier    what the tour sealed
//! ```
//!
//! There is no switch between demo and live: a folder with anything else in it is refused, and a
//! demo folder is no workspace.

mod findings;
mod play;
mod scenario;
mod tour;

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Span};
use namekeep_model::{Date, Text, Timestamp, words};
use serde::{Deserialize, Serialize};

use crate::block::block_on;
use crate::files::{read_bounded, replace};
use crate::{Exit, Failure, world_rules};

pub use play::{Stage, play};
pub use scenario::{Scenario, TOLD, invented};
pub use tour::{Tour, TourLine, moral};

/// The folder where none is named.
pub const FOLDER: &str = "namekeep-demo";
/// The file with the demo's clock.
const CLOCK: &str = "demo.json";
const SCHEMA: &str = "namekeep/demo/1";
/// More than the clock's file ever has, in bytes.
const LARGEST: u64 = 4096;
/// Furthest the clock goes from its start, in days: past the end of every watch.
const HORIZON: i32 = 3_653;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    schema: String,
    now: Timestamp,
}

/// How far the clock is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Hours.
    Hours(u32),
    /// Calendar days.
    Days(u32),
    /// Working days of mainland China.
    WorkingDays(u32),
}

/// A demo in its folder.
#[derive(Debug)]
pub struct Demo {
    folder: PathBuf,
    now: Timestamp,
}

impl Demo {
    /// Opens the demo of a folder, or begins it there.
    pub fn open_or_create(folder: &Path) -> Result<Self, Failure> {
        let clock = folder.join(CLOCK);
        let bytes = match read_bounded(&clock, LARGEST) {
            Ok(bytes) => bytes,
            Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
                let demo = Self { folder: folder.to_owned(), now: Scenario::First.starts()? };
                demo.make()?;
                return Ok(demo);
            }
            Err(e) => return Err(Failure::file(&clock, Text::new("the demo cannot be read", "无法读取演示"), &e)),
        };
        let shown = clock.display();
        let wrong = || {
            Failure::new("E8302", Exit::File, words!(en: "{shown} is no clock of a demo", zh: "{shown} 不是演示的时钟文件"))
                .hint(Text::new("choose another folder with `--folder`", "用 `--folder` 指定其他文件夹"))
        };
        let read: Clock = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        let start = Scenario::First.starts()?;
        let end = start.saturating_add(days(HORIZON)).unwrap_or(start);
        if read.schema != SCHEMA || !(start..=end).contains(&read.now) {
            return Err(wrong());
        }
        Ok(Self { folder: folder.to_owned(), now: read.now })
    }

    /// Makes the folder, which must be new or empty.
    fn make(&self) -> Result<(), Failure> {
        let folder = &self.folder;
        let failed = |e: std::io::Error| Failure::file(folder, Text::new("the demo's folder cannot be used", "无法使用演示文件夹"), &e);
        std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700).create(folder).map_err(failed)?;
        if std::fs::read_dir(folder).map_err(failed)?.next().is_some() {
            let shown = folder.display();
            let says = words!(
                en: "{shown} holds other files; the demo keeps to a folder of its own",
                zh: "{shown} 中有其他文件；演示只使用自己的文件夹"
            );
            return Err(Failure::new("E8301", Exit::Usage, says).hint(Text::new(
                "name a new folder: `namekeep demo --folder namekeep-demo`",
                "指定一个新文件夹：`namekeep demo --folder namekeep-demo`",
            )));
        }
        self.save()
    }

    fn save(&self) -> Result<(), Failure> {
        let clock = serde_json::json!(Clock { schema: SCHEMA.to_owned(), now: self.now });
        replace(&self.folder.join(CLOCK), format!("{clock}\n").as_bytes(), 0o600)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its clock.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Plays the world up to the demo's clock.
    pub fn stage(&self) -> Result<Stage, Failure> {
        block_on(play(Scenario::First, self.now))
    }

    /// Plays the tour, from the start whatever the clock says, and leaves its dossier in the folder.
    pub fn tour(&self) -> Result<Tour, Failure> {
        let tour = block_on(Tour::play(Scenario::First))?;
        replace(&self.dossier(), &tour.dossier, 0o600)?;
        replace(&self.altered(), &tour.altered, 0o600)?;
        Ok(tour)
    }

    /// Where the tour's dossier lies.
    pub fn dossier(&self) -> PathBuf {
        self.folder.join(format!("{TOLD}.dossier"))
    }

    /// Where its altered copy lies; the name does not end as a dossier's does.
    pub fn altered(&self) -> PathBuf {
        self.folder.join(format!("{TOLD}.dossier.altered"))
    }

    /// Moves the clock on.
    pub fn advance(&mut self, by: Step) -> Result<(), Failure> {
        let start = Scenario::First.starts()?;
        let too_far = || {
            Failure::usage(words!(en: "the demo's calendar ends about ten years after its start", zh: "演示日历止于开始后约十年"))
                .hint(Text::new("`namekeep demo reset` starts anew", "`namekeep demo reset` 重新开始"))
        };
        let zone = crate::workspace::zone_named(crate::workspace::DEFAULT_ZONE)?;
        let moved = match by {
            Step::Hours(n) => self.now.checked_add(SignedDuration::from_hours(n.into())).ok(),
            Step::Days(n) => {
                let here = zone.to_datetime(self.now);
                let day = i64::from(n) <= i64::from(HORIZON);
                let there = day.then(|| here.checked_add(Span::new().days(i64::from(n))).ok()).flatten();
                there.and_then(|there| zone.to_ambiguous_timestamp(there).compatible().ok())
            }
            Step::WorkingDays(n) => {
                let n = i32::try_from(n).ok().filter(|n| *n <= HORIZON).ok_or_else(too_far)?;
                let here = zone.to_datetime(self.now);
                let day: Date = world_rules::calendar(&namekeep_rules::Rulebook::embedded()?).add(here.date(), n);
                zone.to_ambiguous_timestamp(day.to_datetime(here.time())).compatible().ok()
            }
        };
        let end = start.saturating_add(days(HORIZON)).unwrap_or(start);
        self.now = moved.filter(|moved| *moved <= end).ok_or_else(too_far)?;
        self.save()
    }

    /// Sets the clock back to its start.
    pub fn reset(&mut self) -> Result<(), Failure> {
        self.now = Scenario::First.starts()?;
        self.save()
    }
}

fn days(n: i32) -> SignedDuration {
    SignedDuration::from_hours(i64::from(n) * 24)
}

#[cfg(test)]
mod tests;
