//! The undisturbed story: the folder before each verb, the state after it, and the calls it makes.

use std::path::PathBuf;

use crate::machine::{Machine, Ran};
use crate::series::{self, Call};
use crate::state::{State, copy};
use crate::story::{self, Verb};

/// The undisturbed story.
pub(crate) struct Calm {
    _folder: tempfile::TempDir,
    /// The verbs, in order.
    pub(crate) scenes: Vec<Scene>,
}

/// One verb of it.
pub(crate) struct Scene {
    pub(crate) verb: Verb,
    /// The folder as the verb finds it; never run in, only copied.
    pub(crate) folder: PathBuf,
    pub(crate) before: State,
    pub(crate) after: State,
    /// What it answered.
    pub(crate) answer: Ran,
    /// The calls it makes.
    pub(crate) calls: Vec<Call>,
}

impl Calm {
    /// Plays the story once.
    pub(crate) fn play(machine: &Machine) -> Result<Self, String> {
        let folder = crate::scratch("calm");
        let stage = folder.path().join("stage");
        std::fs::create_dir(&stage).map_err(|e| e.to_string())?;
        for (name, text) in story::PROPS {
            std::fs::write(stage.join(name), text).map_err(|e| e.to_string())?;
        }
        let mut scenes = Vec::new();
        let mut before = State::read(&stage)?;
        for (n, verb) in story::VERBS.into_iter().enumerate() {
            let failed = |why: String| format!("undisturbed, verb {n} `{}`: {why}", verb.line());
            let place = folder.path().join(n.to_string());
            copy(&stage, &place).map_err(|e| e.to_string())?;
            let (answer, log) = machine.trace(&stage, &verb, &["-y", "-e", &series::traced()]).map_err(failed)?;
            if answer.code != Some(verb.exit) {
                return Err(failed(format!("{answer:?}")));
            }
            let calls = series::read(&log, &stage.display().to_string());
            let after = State::read(&stage).map_err(failed)?;
            if let Some(stray) = after.strays.first() {
                return Err(failed(format!("{stray} was left")));
            }
            scenes.push(Scene { verb, folder: place, before, after: after.clone(), answer, calls });
            before = after;
        }
        Ok(Self { _folder: folder, scenes })
    }

    /// Plays the rest of the story in a folder, and tells what differs at its end.
    pub(crate) fn rest(&self, machine: &Machine, home: &std::path::Path, from: usize) -> Result<(), String> {
        for scene in self.scenes.iter().skip(from) {
            let ran = machine.run(home, &scene.verb)?;
            if ran.code != Some(scene.verb.exit) {
                return Err(format!("later, `{}` answers otherwise: {ran:?}", scene.verb.line()));
            }
        }
        let Some(last) = self.scenes.last() else { return Ok(()) };
        let difference = State::read(home)?.masked().differs(&last.after.masked());
        difference.map_or(Ok(()), |what| Err(format!("the story ends otherwise:\n{what}")))
    }
}
