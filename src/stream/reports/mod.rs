//! Reports as the parent of a pipeline reads them: which stages were at work, and why it failed.
//!
//! In: the lines of [`super::report`] from every stage of a command, and how the command itself ended.
//! Out: that all is well, or the one cause of which the other failures follow. An exit status of 0 is
//! not believed (`sh -c 'a | b'` gives that of `b`, and `|| true` hides even that): every stage that
//! announced itself must have ended well.
//!
//! Of several failures the cause is, in this order: one that a stage had by itself (of several the
//! gravest: 4, 2, 1, 75; of equals the first); a stage that went away without a word; a stream that
//! came down the pipe in part; a pipe whose reader has gone; the exit status of the command.

mod line;
mod status;

use std::process::ExitStatus;

use serde_json::Value;

use self::line::Line;
pub use self::status::Hints;
use super::counts::Counts;
use crate::run::{Error, Exit, Result};

/// The reports of one command's stages: those that are at work, then those that have ended, in the
/// order in which they did.
#[derive(Clone, Debug, Default)]
pub struct Reports {
    stages: Vec<Stage>,
}

/// One stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The command's name.
    pub name: String,
    /// Its process.
    pub pid: u32,
    /// None while it is at work, and for ever if it was killed.
    pub end: Option<End>,
}

/// How a stage ended.
#[derive(Clone, Debug)]
pub struct End {
    /// Well, or why not.
    pub outcome: Outcome,
    /// What it counted.
    pub counts: Counts,
    /// How many records can be seen where a sink has put them, if it knows.
    pub published: Option<u64>,
}

/// Whether a stage did what it was to do.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It did; what a sink stored.
    Done(Option<Value>),
    /// It did not.
    Failed(Failure),
}

/// What a stage said when it failed.
#[derive(Clone, Debug)]
pub struct Failure {
    exit: Exit,
    error: String,
    follows: Follows,
    /// Its records are what is wrong.
    rejects: bool,
}

/// From what a failure follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    /// From nothing that another stage did.
    Nothing,
    /// From the failure of a stage before it.
    Upstream,
    /// From the end of the stage behind it.
    BrokenPipe,
}

impl Reports {
    /// Takes one line. What is no report is nobody's end.
    pub fn take(&mut self, line: &[u8]) {
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            log::warn!("a line that is no report came on the report descriptor");
            return;
        };
        let at = self.stages.iter().position(|stage| stage.pid == line.pid && stage.name == line.stage);
        let at = at.unwrap_or_else(|| {
            self.stages.push(Stage { name: line.stage.clone(), pid: line.pid, end: None });
            self.stages.len() - 1
        });
        if line.event == "end" {
            let mut stage = self.stages.remove(at);
            stage.end = Some(line.into_end());
            self.stages.push(stage);
        }
    }

    /// All stages that announced themselves.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The receipts that were given.
    pub fn receipts(&self) -> impl Iterator<Item = &Value> {
        self.stages.iter().filter_map(|stage| match &stage.end.as_ref()?.outcome {
            Outcome::Done(receipt) => receipt.as_ref(),
            Outcome::Failed(_) => None,
        })
    }

    /// How many records the sinks have published; none where there was no sink, or one that does not know.
    pub fn published(&self) -> Option<u64> {
        if self.gone().is_some() {
            return None;
        }
        let told = self.stages.iter().filter_map(|stage| stage.end.as_ref()?.published);
        told.reduce(|all, records| all.saturating_add(records))
    }

    /// Whether a stage has told why the command failed: what else was printed adds little.
    pub fn tell_why(&self) -> bool {
        self.failures().any(|(_, failure)| failure.follows == Follows::Nothing)
    }

    /// No stage failed, none went away without a word, and the command exited with 0.
    pub fn all_well(&self, status: Result<ExitStatus>, hints: &Hints<'_>) -> Result<()> {
        let gone = self.gone();
        if let Some(failure) = self.gravest() {
            return Err(match gone {
                // That it went away may be why the other failed. Where we have killed it, we know.
                Some(gone) if status.is_ok() => failure.and(gone.message()),
                _ => failure,
            });
        }
        let status = status?;
        let follows = self.first(Follows::Upstream).or_else(|| self.first(Follows::BrokenPipe));
        // The last of a pipeline: that it was never there is why nobody reads.
        if matches!(status.code(), Some(status::NOT_FOUND))
            && gone.is_none()
            && self.first(Follows::Upstream).is_none()
        {
            let error = status::judge(status, hints);
            return follows
                .map_or(error.clone(), |follows| error.map_err(|error| error.and(follows.message())));
        }
        match (gone, follows) {
            (Some(gone), Some(follows)) => Err(gone.and(follows.message())),
            (Some(error), None) | (None, Some(error)) => Err(error),
            (None, None) => status::judge(status, hints),
        }
    }

    fn failures(&self) -> impl Iterator<Item = (&Stage, &Failure)> {
        self.stages.iter().filter_map(|stage| match &stage.end.as_ref()?.outcome {
            Outcome::Failed(failure) => Some((stage, failure)),
            Outcome::Done(_) => None,
        })
    }

    /// The gravest of the failures that follow from nothing; of equals the first.
    fn gravest(&self) -> Option<Error> {
        let own = self.failures().filter(|(_, failure)| failure.follows == Follows::Nothing);
        let worst =
            own.reduce(|worst, next| if next.1.exit.is_graver_than(worst.1.exit) { next } else { worst });
        worst.map(|(stage, failure)| {
            let error = failure.told_by(stage);
            // Records that came in part, as another stage was killed, may be whole the next time.
            if failure.rejects && self.gone().is_none() { error.of_rejects() } else { error }
        })
    }

    /// What happened first of this kind. Further away from the cause it is told later, since a stage
    /// reports before its pipes close.
    fn first(&self, kind: Follows) -> Option<Error> {
        let mut of_kind = self.failures().filter(|(_, failure)| failure.follows == kind);
        of_kind.next().map(|(stage, failure)| failure.told_by(stage))
    }

    /// Whoever writes no report at its end was killed, often for its memory.
    fn gone(&self) -> Option<Error> {
        let stage = self.stages.iter().find(|stage| stage.end.is_none())?;
        Some(Error::data(format!(
            "{} (pid {}) started and did not tell how it ended: killed, perhaps",
            stage.name, stage.pid
        )))
    }
}

impl Failure {
    fn told_by(&self, stage: &Stage) -> Error {
        // The hint stands behind whatever is added to the message.
        let (message, hint) = match self.error.strip_suffix(')').and_then(|error| error.split_once(" (try: "))
        {
            Some((message, hint)) => (message, Some(hint)),
            None => (self.error.as_str(), None),
        };
        let error = Error::new(self.exit, format!("{}: {message}", stage.name));
        hint.map_or(error.clone(), |hint| error.hint(hint))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use serde_json::json;

    use super::*;

    const HINTS: Hints<'static> = Hints { missing: "it", not_found: "another name", failed: "look at it" };

    fn start(stage: &str, pid: u32) -> Value {
        json!({"v": 1, "event": "start", "stage": stage, "pid": pid})
    }

    fn done(stage: &str, pid: u32) -> Value {
        json!({"v": 1, "event": "end", "stage": stage, "pid": pid, "counts": {}, "outcome": "done"})
    }

    fn failed(stage: &str, exit: u8, error: &str) -> Value {
        json!({"v": 1, "event": "end", "stage": stage, "pid": 9, "outcome": "failed", "exit": exit,
               "error": error})
    }

    fn with(mut line: Value, key: &str, value: impl Into<Value>) -> Value {
        line[key] = value.into();
        line
    }

    fn reports(lines: &[Value]) -> Reports {
        let mut reports = Reports::default();
        lines.iter().for_each(|line| reports.take(line.to_string().as_bytes()));
        reports
    }

    fn judge(lines: &[Value], status: i32) -> Result<()> {
        reports(lines).all_well(Ok(ExitStatus::from_raw(status << 8)), &HINTS)
    }

    #[test]
    fn a_failure_behind_true_is_known_and_so_is_a_stage_that_went_away() {
        assert!(judge(&[start("a", 1), done("a", 1)], 0).is_ok());
        let error = judge(&[failed("a", 75, "no answer"), done("b", 2)], 0).unwrap_err();
        assert_eq!((error.exit(), error.message()), (Exit::Temporary, "a: no answer"));
        let error = judge(&[start("a", 1), start("b", 2), done("b", 2)], 0).unwrap_err();
        assert!(error.message().starts_with("a (pid 1) started and did not tell"), "{error}");
    }

    #[test]
    fn what_follows_from_another_failure_is_never_the_cause_though_it_be_graver() {
        let broken = with(failed("a", 1, "the next stage stopped"), "broken_pipe", true);
        let upstream = with(failed("c", 1, "no seal"), "upstream", true);
        let cause = failed("b", 75, "no answer");
        let error = judge(&[broken.clone(), upstream.clone(), cause], 1).unwrap_err();
        assert_eq!((error.exit(), error.message()), (Exit::Temporary, "b: no answer"));
        // Where only what follows is known, the stream that is not whole lies nearer to the cause.
        assert_eq!(judge(&[broken.clone(), upstream.clone()], 1).unwrap_err().message(), "c: no seal");
        assert_eq!(judge(&[broken], 1).unwrap_err().message(), "a: the next stage stopped");
        // Who went away is why the stream is not whole.
        let error = judge(&[start("b", 1), upstream], 1).unwrap_err();
        assert!(
            error.message().starts_with("b (pid 1)") && error.message().ends_with("; c: no seal"),
            "{error}"
        );
    }

    #[test]
    fn of_several_causes_the_gravest_is_told() {
        let lines =
            [failed("a", 75, "no answer"), failed("b", 4, "there is another"), failed("c", 2, "unknown")];
        assert_eq!(judge(&lines, 1).unwrap_err().message(), "b: there is another");
        assert_eq!(judge(&lines[..1], 1).unwrap_err().exit(), Exit::Temporary);
        let equals = [failed("a", 1, "first"), failed("b", 1, "second")];
        assert_eq!(judge(&equals, 1).unwrap_err().message(), "a: first");
    }

    #[test]
    fn records_that_are_refused_are_refused_again_unless_they_came_in_part() {
        let refused = with(failed("s3-put", 1, "line 3: not a JSON object"), "rejects", true);
        assert!(judge(std::slice::from_ref(&refused), 1).unwrap_err().is_of_rejects());
        assert!(!judge(&[failed("via", 1, "jq exited with 5")], 1).unwrap_err().is_of_rejects());
        assert!(!judge(&[start("a", 1), refused], 1).unwrap_err().is_of_rejects());
    }

    #[test]
    fn the_last_of_a_pipeline_that_does_not_exist_is_why_nobody_reads() {
        let broken = with(failed("a", 1, "the next stage stopped"), "broken_pipe", true);
        let error = judge(std::slice::from_ref(&broken), 127).unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        assert_eq!(error.message(), "it was not found, or may not be run; a: the next stage stopped");
        let upstream = with(failed("c", 1, "no seal"), "upstream", true);
        assert_eq!(judge(&[broken, upstream], 127).unwrap_err().message(), "c: no seal");
    }

    #[test]
    fn the_hint_of_a_stage_stays_at_the_end() {
        let error = judge(&[failed("a", 2, "no topic x (try: topic-admin create x)")], 1).unwrap_err();
        assert_eq!(
            error.and("0 records").to_string(),
            "a: no topic x; 0 records (try: topic-admin create x)"
        );
    }

    #[test]
    fn what_was_published_is_known_where_every_stage_has_told_its_end() {
        let sink = |pid, records: u64| with(done("s3-put", pid), "published", records);
        assert_eq!(reports(&[done("a", 1), sink(2, 3), sink(3, 4)]).published(), Some(7));
        assert_eq!(reports(&[done("a", 1)]).published(), None);
        assert_eq!(reports(&[sink(2, 3), start("s3-put", 3)]).published(), None);
    }

    #[test]
    fn the_exit_status_is_taken_for_what_it_says_where_no_stage_tells() {
        for (status, exit) in [(127, Exit::Usage), (75, Exit::Temporary), (3, Exit::Drift), (42, Exit::Data)]
        {
            assert_eq!(judge(&[], status).unwrap_err().exit(), exit);
        }
        let killed = reports(&[]).all_well(Ok(ExitStatus::from_raw(9)), &HINTS).unwrap_err();
        assert_eq!(killed.message(), "the command was killed by signal 9");
        assert!(judge(&[], 127).unwrap_err().to_string().ends_with("(try: another name)"));
    }

    #[test]
    fn where_we_have_ended_it_ourselves_that_is_the_cause_unless_a_stage_had_one() {
        let slow = || Err(Error::data("too slow"));
        let upstream = with(failed("c", 1, "no seal"), "upstream", true);
        let follows = reports(&[start("b", 1), upstream]);
        assert_eq!(follows.all_well(slow(), &HINTS).unwrap_err().message(), "too slow");
        let own = reports(&[start("b", 1), failed("a", 4, "there is another")]);
        assert_eq!(own.all_well(slow(), &HINTS).unwrap_err().message(), "a: there is another");
    }
}
