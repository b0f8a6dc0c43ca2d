//! One point: the verb under its fault, the judgement, the same verb again, the judgement again.

use std::path::Path;

use crate::calm::{Calm, Scene};
use crate::machine::{Machine, Ran};
use crate::series::{Series, Turn};
use crate::state::{State, copy};

/// Where a fault strikes.
#[derive(Clone)]
pub(crate) struct Point {
    pub(crate) series: &'static Series,
    /// Which verb of the story.
    pub(crate) verb: usize,
    /// Which turn of which call.
    pub(crate) turn: Turn,
    /// The story is played to its end afterwards.
    pub(crate) to_the_end: bool,
}

/// What a fault came to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Came {
    /// The process died.
    Killed,
    /// It told an error: its exit code, and the error's code where anything could still be told.
    Failed(i32, String),
    /// It coped, and said what it says undisturbed.
    Coped,
    /// The call never came.
    Missed,
}

/// What one point came to.
pub(crate) struct Seen {
    pub(crate) came: Came,
    /// The work was done before the fault, and only the answer was lost.
    pub(crate) ahead: bool,
    /// It left a half-written file under a name nobody asks for.
    pub(crate) strays: bool,
}

impl Point {
    /// The command that repeats it.
    pub(crate) fn repeat(&self) -> String {
        let (verb, name, Turn { call, number }) = (self.verb, self.series.name, &self.turn);
        format!("cargo test --profile check-release -p namekeep-cli --test process_faults -- at {verb} '{name}' {call} {number}")
    }

    /// Strikes and judges.
    pub(crate) fn strike(&self, machine: &Machine, calm: &Calm, exits: &[i32]) -> Result<Seen, String> {
        let scene = calm.scenes.get(self.verb).ok_or("there is no such verb")?;
        let folder = crate::scratch("struck");
        let home = folder.path().join("home");
        copy(&scene.folder, &home).map_err(|e| e.to_string())?;
        let inject = format!("inject={}", self.series.inject(&self.turn));
        let (ran, log) = machine.trace(&home, &scene.verb, &["-e", &inject])?;
        let came = self.judge(scene, &ran, log.contains("(INJECTED)"), exits)?;

        // Nothing has been mended yet.
        let drawn = |state: State| if scene.verb.draws { state.masked() } else { state };
        let (before, after) = (drawn(scene.before.clone()), drawn(scene.after.clone()));
        let now = drawn(State::read(&home).map_err(|why| format!("after the fault: {why}"))?);
        if let Some(what) = now.strays_from(&before, &after) {
            return Err(format!("after the fault: {what}"));
        }
        let strays = !now.strays.is_empty();
        // A failed process tidies up, where it can remove files at all.
        if strays && came != Came::Killed && self.turn.call != "unlink" {
            return Err(format!("{:?} was left, though nothing killed the process", now.strays));
        }
        let unfinished = now.differs(&after);
        let acknowledged = matches!(came, Came::Coped | Came::Missed);
        if let Some(what) = unfinished.as_ref().filter(|_| acknowledged) {
            return Err(format!("it was acknowledged and is not so:\n{what}"));
        }

        // The fault is lifted.
        if !acknowledged {
            let again = machine.run(&home, &scene.verb)?;
            let refused = again.error().is_some_and(|code| scene.verb.again.contains(&code.as_str()));
            // Only what was done already may be refused.
            if again.code != Some(scene.verb.exit) && !(refused && unfinished.is_none()) {
                return Err(format!("not mended by running it again: {again:?}"));
            }
            let mended = drawn(State::read(&home).map_err(|why| format!("after the restart: {why}"))?);
            if let Some(what) = mended.differs(&after) {
                return Err(format!("another end:\n{what}"));
            }
        }
        if self.to_the_end {
            calm.rest(machine, &home, self.verb + 1)?;
        }
        Ok(Seen { ahead: !acknowledged && unfinished.is_none(), came, strays })
    }

    fn judge(&self, scene: &Scene, ran: &Ran, struck: bool, exits: &[i32]) -> Result<Came, String> {
        let Some(code) = ran.code else {
            return if self.series.kills() { Ok(Came::Killed) } else { Err(format!("it died: {ran:?}")) };
        };
        let calm = &scene.answer;
        let document = |ran: &Ran| ran.document().map(|document| document["schema"].clone());
        if code == scene.verb.exit && document(ran) == document(calm) && ran.error().is_none() {
            return Ok(if struck { Came::Coped } else { Came::Missed });
        }
        if !exits.contains(&code) || code == 0 {
            return Err(format!("exit {code} is none of a failure: {ran:?}"));
        }
        match ran.error() {
            Some(error) if page(&error) => Ok(Came::Failed(code, error)),
            // Where no output can be written any more, the exit code alone speaks.
            None if self.series.silences(&self.turn) && ran.out.is_empty() => Ok(Came::Failed(code, "mute".to_owned())),
            _ => Err(format!("exit {code} without a known error and its cure: {ran:?}")),
        }
    }
}

/// Tells whether an error has its page.
fn page(code: &str) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../../docs/errors/{code}.md")).is_file()
}
