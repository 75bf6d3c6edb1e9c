//! What is remembered of a name: its last run, and its last success.
//!
//! One JSON object in a file of its own, written aside and renamed into place, when a run starts and
//! when it ends. A run that was killed has written no end, and its process is not there any more.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::family;
use crate::run::{Error, Result};
use crate::stream::counts::Counts;
use crate::stream::reports::{self, Reports};

/// Of a script that starts commands in a loop, the last ones are remembered.
const MAX_STAGES: usize = 32;

/// What is remembered. `docs/scheduling.md` has it for its readers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The version of this form.
    pub v: u32,
    /// The job's name.
    pub name: String,
    /// The last run's process.
    pub pid: u32,
    /// When that was started: see [`family::birth`].
    pub birth: Option<u64>,
    /// When the last run began.
    pub started: String,
    /// When it ended; none while it goes on, and for ever if it was killed.
    pub ended: Option<String>,
    /// How long it took.
    pub seconds: Option<f64>,
    /// `done`, `failed`, `timeout` or `signal`.
    pub outcome: Option<String>,
    /// Its exit status.
    pub exit: Option<u8>,
    /// Why it failed.
    pub error: Option<String>,
    /// How many records its sinks have published.
    pub published: Option<u64>,
    /// Its stages.
    pub stages: Vec<Stage>,
    /// How many runs in a row have not ended well.
    pub failures: u64,
    /// When the last run that ended well did so.
    pub last_success: Option<String>,
}

/// A stage of the last run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Its command.
    pub stage: String,
    /// `done`, `failed`, or `gone` where it has not told.
    pub outcome: String,
    /// What it counted.
    pub counts: Option<Counts>,
}

impl State {
    /// What the file holds; none where there is no file.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(Error::io(format!("cannot read {}", path.display()), &cause)),
        };
        serde_json::from_slice(&text).map(Some).map_err(|_| {
            Error::usage(format!("{} is not the state of a job", path.display()))
                .hint(format!("rm {}", path.display()))
        })
    }

    /// A run of this process begins; `before` is what was remembered.
    pub fn begin(name: &str, before: Option<Self>) -> Self {
        let pid = std::process::id();
        let before = before.unwrap_or_default();
        // Whoever wrote no end and is gone was killed; another that goes on will tell its end itself.
        let killed = u64::from(before.was_killed());
        Self {
            v: 1,
            name: name.to_owned(),
            pid,
            birth: family::birth(pid),
            started: now(),
            failures: before.failures + killed,
            last_success: before.last_success,
            ..Self::default()
        }
    }

    /// The run has ended; the outcome, and the error if there is one.
    pub fn end(&mut self, outcome: &str, error: Option<&Error>, exit: u8, reports: &Reports) {
        let now = Timestamp::now();
        let seconds =
            self.started.parse::<Timestamp>().map_or(0.0, |began| now.duration_since(began).as_secs_f64());
        self.seconds = Some((seconds * 1000.0).round() / 1000.0);
        self.ended = Some(written(now));
        self.outcome = Some(outcome.to_owned());
        self.exit = Some(exit);
        self.error = error.map(ToString::to_string);
        self.published = reports.published();
        let stages = reports.stages();
        self.stages = stages[stages.len().saturating_sub(MAX_STAGES)..].iter().map(Stage::of).collect();
        if outcome == "done" {
            self.failures = 0;
            self.last_success.clone_from(&self.ended);
        } else {
            self.failures += 1;
        }
    }

    /// Whether the last run goes on.
    pub fn is_running(&self) -> bool {
        self.ended.is_none() && self.birth.is_some() && family::birth(self.pid) == self.birth
    }

    /// Whether the last run was ended without being able to tell.
    pub fn was_killed(&self) -> bool {
        self.pid != 0 && self.ended.is_none() && !self.is_running()
    }

    /// Puts it in the place of what the file holds.
    pub fn write(&self, path: &Path) -> Result<()> {
        let aside = path.with_extension(format!("json.{}.new", std::process::id()));
        let written = self.write_aside(&aside).and_then(|()| fs::rename(&aside, path));
        written.map_err(|cause| {
            let _ = fs::remove_file(&aside);
            Error::io(format!("cannot write {}", path.display()), &cause)
        })
    }

    fn write_aside(&self, aside: &Path) -> io::Result<()> {
        let mut file = File::options().create(true).truncate(true).write(true).mode(0o644).open(aside)?;
        let mut text = serde_json::to_vec(self)?;
        text.push(b'\n');
        file.write_all(&text)?;
        // A machine that goes down must not leave an empty file in the place of a full one.
        file.sync_data()
    }
}

impl Stage {
    fn of(stage: &reports::Stage) -> Self {
        let outcome = match stage.end.as_ref().map(|end| &end.outcome) {
            None => "gone",
            Some(reports::Outcome::Done(_)) => "done",
            Some(reports::Outcome::Failed(_)) => "failed",
        };
        let counts = stage.end.as_ref().map(|end| end.counts);
        Self { stage: stage.name.clone(), outcome: outcome.to_owned(), counts }
    }
}

fn now() -> String {
    written(Timestamp::now())
}

fn written(time: Timestamp) -> String {
    format!("{time:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(before: Option<State>, outcome: &str) -> State {
        let mut state = State::begin("users", before);
        let error = (outcome != "done").then(|| Error::data("no"));
        state.end(outcome, error.as_ref(), u8::from(error.is_some()), &Reports::default());
        state
    }

    #[test]
    fn the_last_success_outlives_failures_and_they_are_counted() {
        let success = ended(None, "done");
        assert!(success.last_success.is_some() && success.last_success == success.ended);
        let twice = ended(Some(ended(Some(success.clone()), "failed")), "timeout");
        assert_eq!((twice.failures, &twice.last_success), (2, &success.last_success));
        assert_eq!(ended(Some(twice), "done").failures, 0);
    }

    #[test]
    fn who_was_killed_is_known_by_the_next() {
        let mut state = State::begin("users", None);
        assert!(state.is_running() && !state.was_killed());
        // The same number, and another process.
        state.birth = state.birth.map(|birth| birth + 1);
        assert!(!state.is_running() && state.was_killed());
        assert_eq!(State::begin("users", Some(state)).failures, 1);
        assert!(!State::default().was_killed());
    }

    #[test]
    fn a_state_is_read_as_it_was_written_and_nothing_is_left_beside_it() {
        let folder = std::env::temp_dir().join(format!("sluicebox-state-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("users.json");
        assert_eq!(State::read(&path).expect("none yet"), None);
        let state = ended(None, "failed");
        state.write(&path).expect("written");
        assert_eq!(State::read(&path).expect("whole"), Some(state));
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1);
        fs::write(&path, "{").expect("damaged");
        assert!(State::read(&path).unwrap_err().message().contains("is not the state of a job"));
        fs::remove_dir_all(&folder).expect("removed");
    }
}
