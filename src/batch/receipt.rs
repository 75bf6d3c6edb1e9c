//! What the stages of a batch report, and what the parent makes of it.
//!
//! In: the report lines of every stage of a command (`docs/formats.md`), and how the command itself
//! ended. Out: the offset to commit, or the root cause of the failure. A command that exits with 0 is
//! not believed: every stage that announced itself must have ended well, and every expected sink must
//! have given its receipt for this very stream.

use std::process::ExitStatus;

use serde::Deserialize;

use crate::run::exit::Exit;
use crate::run::{Error, Result};
use crate::stream::seal::Range;

/// The sink that can commit a batch itself.
const TRANSACTIONAL_SINK: &str = "kafka-produce";

/// What must be reported before a batch is committed.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The range that was given to the command.
    pub range: Range,
    /// The nonce of the sealed stream that it was given in.
    pub stream: String,
    /// How many sinks store it.
    pub receipts: usize,
    /// Believe the exit status alone: for sinks that give no receipts.
    pub trust_exit: bool,
    /// The sink commits: there is one.
    pub in_transaction: bool,
}

/// The reports of one command's stages: those that are at work, then those that have ended, in the
/// order in which they did.
#[derive(Debug, Default)]
pub struct Reports {
    stages: Vec<Stage>,
}

/// One stage.
#[derive(Debug)]
struct Stage {
    name: String,
    pid: u32,
    end: Option<End>,
}

/// How a stage ended.
#[derive(Debug)]
enum End {
    Done(Option<Receipt>),
    Failed { exit: u8, error: String, broken_pipe: bool },
}

/// What a sink stored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Receipt {
    /// Where.
    pub location: String,
    /// Whether it was there already.
    pub result: Outcome,
    /// The nonce of the stream.
    pub stream: String,
    /// The range that is stored there now.
    pub range: Range,
}

/// How the range came to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// By this command.
    Stored,
    /// By an earlier attempt.
    Exists,
    /// By an attempt whose plan had another end: that end counts.
    Adopted,
}

#[derive(Deserialize)]
struct Line {
    event: String,
    stage: String,
    pid: u32,
    outcome: Option<String>,
    exit: Option<u8>,
    error: Option<String>,
    #[serde(default)]
    broken_pipe: bool,
    receipt: Option<serde_json::Value>,
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

    /// The offset to commit.
    pub fn judge(&self, status: Result<ExitStatus>, expected: &Expected) -> Result<i64> {
        if expected.in_transaction {
            self.only_one(TRANSACTIONAL_SINK)?;
        }
        self.all_well(status)?;
        if expected.trust_exit {
            return Ok(expected.range.end_offset);
        }
        let mut found: Vec<&Receipt> = Vec::new();
        for receipt in self.receipts() {
            if found.iter().all(|known| known.location != receipt.location) {
                expected.check(receipt)?;
                found.push(receipt);
            }
        }
        if found.len() < expected.receipts {
            return Err(expected.missing(found.len()));
        }
        agreed(&found)
    }

    /// The receipts that were given.
    pub fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.stages.iter().filter_map(|stage| match &stage.end {
            Some(End::Done(Some(receipt))) => Some(receipt),
            _ => None,
        })
    }

    /// Of two sinks in one transaction each ends that of the other: one of them has the records, and the
    /// offset is committed all the same.
    fn only_one(&self, sink: &str) -> Result<()> {
        if self.stages.iter().filter(|stage| stage.name == sink).count() < 2 {
            return Ok(());
        }
        Err(Error::usage(format!(
            "two {sink} cannot share the transaction of a batch: its records may be in the topic of one of them alone"
        ))
        .hint(format!("one {sink} in the command; for two topics a group each")))
    }

    /// No stage failed, none went away without a word, and the command exited with 0.
    fn all_well(&self, status: Result<ExitStatus>) -> Result<()> {
        let silent = self.stages.iter().find(|stage| stage.end.is_none()).map(Stage::gone);
        match (self.root_cause(), silent) {
            // That it went away may be why the other failed. Where we have killed it, we know.
            (Some(failure), Some(gone)) if status.is_ok() => Err(failure.and(gone)),
            (Some(failure), _) => Err(failure),
            (None, silent) => {
                let status = status?;
                silent.map_or(Ok(()), |gone| Err(Error::data(gone)))?;
                judge_status(status)
            }
        }
    }

    /// The first stage that failed by itself. What follows from it, a stream without a seal, is told
    /// later, since a stage reports before its pipes close; a pipe without a reader says so.
    fn root_cause(&self) -> Option<Error> {
        let failures = || {
            self.stages.iter().filter_map(|stage| match &stage.end {
                Some(End::Failed { exit, error, broken_pipe }) => Some((stage, *exit, error, *broken_pipe)),
                _ => None,
            })
        };
        let root = failures().find(|failure| !failure.3).or_else(|| failures().next());
        root.map(|(stage, exit, error, _)| Error::new(exit_of(exit), format!("{}: {error}", stage.name)))
    }
}

impl Stage {
    /// Whoever writes no report at its end was killed, often for its memory.
    fn gone(&self) -> String {
        format!("{} (pid {}) started and did not tell how it ended: killed, perhaps", self.name, self.pid)
    }
}

impl Line {
    fn into_end(self) -> End {
        if self.outcome.as_deref() == Some("done") {
            return End::Done(self.receipt.and_then(|receipt| serde_json::from_value(receipt).ok()));
        }
        End::Failed {
            exit: self.exit.unwrap_or(1),
            error: self.error.unwrap_or_else(|| "failed".to_owned()),
            broken_pipe: self.broken_pipe,
        }
    }
}

impl Expected {
    /// A receipt must be for this stream, and begin where it begins.
    fn check(&self, receipt: &Receipt) -> Result<()> {
        let same_end = receipt.range.end_offset == self.range.end_offset;
        let mut begins = receipt.range.clone();
        begins.end_offset = self.range.end_offset;
        let fits = same_end || receipt.result == Outcome::Adopted;
        if receipt.stream == self.stream && begins == self.range && fits {
            return Ok(());
        }
        Err(Error::data(format!("the receipt for {} is for another batch", receipt.location)))
    }

    fn missing(&self, found: usize) -> Error {
        let wanted = self.receipts;
        let text = match (found, wanted) {
            (0, 1) => "the command exited with 0, but no sink gave a receipt".to_owned(),
            _ => format!("the command exited with 0, but {found} of {wanted} sinks gave a receipt"),
        };
        Error::data(text).hint(if self.in_transaction {
            "kafka-produce at the end of the pipeline"
        } else {
            "s3-put at the end of the pipeline; or --trust-exit for a foreign sink (at least once)"
        })
    }
}

/// Every sink must have stored the same range.
fn agreed(receipts: &[&Receipt]) -> Result<i64> {
    let end = receipts.first().map_or(0, |receipt| receipt.range.end_offset);
    match receipts.iter().find(|receipt| receipt.range.end_offset != end) {
        None => Ok(end),
        Some(other) => Err(Error::conflict(format!(
            "{} ends at {end}, but {} ends at {}",
            receipts[0].location, other.location, other.range.end_offset
        ))
        .hint("move the longer of the two objects away")),
    }
}

/// A command's exit status as one of ours.
fn judge_status(status: ExitStatus) -> Result<()> {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(126 | 127), _) => {
            Err(Error::usage("the command was not found, or may not be run")
                .hint("kafka-consume … -- ./land.sh"))
        }
        // No stage has told why, or this would be its word.
        (Some(code), _) => {
            let exit = u8::try_from(code).map_or(Exit::Data, exit_of);
            Err(Error::new(exit, format!("the command failed with exit status {code}")).hint(
                "see what it has printed; a stage behind sudo or env -i needs the BATCH and SLUICEBOX variables",
            ))
        }
        (None, signal) => {
            Err(Error::data(format!("the command was killed by signal {}", signal.unwrap_or_default())))
        }
    }
}

fn exit_of(code: u8) -> Exit {
    let known = Exit::ALL.into_iter().map(|(exit, _)| exit).find(|exit| exit.code() == code);
    known.filter(|exit| *exit != Exit::Done).unwrap_or(Exit::Data)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use serde_json::{Value, json};

    use super::*;

    fn range(end: i64) -> Range {
        Range {
            topic: "users".into(),
            topic_id: "bQpS2sVYQ7K1nCJ2pkWXgA".into(),
            partition: 3,
            first_offset: 1000,
            end_offset: end,
        }
    }

    fn expected() -> Expected {
        Expected {
            range: range(2000),
            stream: "ab".into(),
            receipts: 1,
            trust_exit: false,
            in_transaction: false,
        }
    }

    fn receipt(location: &str, result: &str, end: i64) -> Value {
        json!({"location": location, "result": result, "stream": "ab", "range": range(end), "bytes": 7})
    }

    fn start(pid: u32) -> Value {
        json!({"v": 1, "event": "start", "stage": "s3-put", "pid": pid})
    }

    fn done(pid: u32, receipt: Value) -> Value {
        json!({"v": 1, "event": "end", "stage": "s3-put", "pid": pid, "counts": {}, "outcome": "done", "receipt": receipt})
    }

    fn failed(stage: &str, exit: u8, error: &str, broken_pipe: bool) -> Value {
        json!({"v": 1, "event": "end", "stage": stage, "pid": 9, "counts": {}, "outcome": "failed",
               "exit": exit, "broken_pipe": broken_pipe, "error": error})
    }

    fn judge(lines: &[Value], status: i32, expected: &Expected) -> Result<i64> {
        let mut reports = Reports::default();
        lines.iter().for_each(|line| reports.take(line.to_string().as_bytes()));
        reports.judge(Ok(ExitStatus::from_raw(status << 8)), expected)
    }

    #[test]
    fn a_receipt_for_the_range_is_committed() {
        let lines = [start(1), done(1, receipt("s3://lake/a", "stored", 2000))];
        assert_eq!(judge(&lines, 0, &expected()).expect("well"), 2000);
    }

    #[test]
    fn the_end_of_an_adopted_object_is_what_is_committed() {
        let lines = [start(1), done(1, receipt("s3://lake/a", "adopted", 1500))];
        assert_eq!(judge(&lines, 0, &expected()).expect("well"), 1500);
    }

    #[test]
    fn an_exit_status_of_zero_alone_is_not_believed_unless_asked_to() {
        let error = judge(&[], 0, &expected()).unwrap_err();
        assert!(error.to_string().contains("--trust-exit"), "{error}");
        assert_eq!(judge(&[], 0, &Expected { trust_exit: true, ..expected() }).expect("trusted"), 2000);
        assert!(judge(&[], 1, &Expected { trust_exit: true, ..expected() }).is_err());
    }

    #[test]
    fn a_stage_that_went_away_without_a_word_or_failed_behind_true_is_known() {
        let silent =
            judge(&[start(1), start(2), done(1, receipt("s3://lake/a", "stored", 2000))], 0, &expected());
        assert!(silent.unwrap_err().message().contains("did not tell how it ended"));
        let hidden =
            [failed("hash-fields", 1, "no such field", false), done(1, receipt("x", "stored", 2000))];
        assert_eq!(judge(&hidden, 0, &expected()).unwrap_err().message(), "hash-fields: no such field");
    }

    #[test]
    fn the_root_cause_is_not_the_pipe_that_it_broke() {
        let lines = [failed("hash-fields", 1, "the next stage stopped reading", true), {
            let mut line = failed("s3-put", 75, "no answer", false);
            line["pid"] = 10.into();
            line
        }];
        let error = judge(&lines, 1, &expected()).unwrap_err();
        assert_eq!((error.exit(), error.message()), (Exit::Temporary, "s3-put: no answer"));
    }

    #[test]
    fn two_sinks_in_one_transaction_are_refused_whatever_they_say() {
        let expected = Expected { in_transaction: true, ..expected() };
        let sink = |pid: u32, mut line: Value| {
            (line["stage"], line["pid"]) = ("kafka-produce".into(), pid.into());
            line
        };
        let a = sink(1, done(1, receipt("kafka://c/a", "stored", 2000)));
        assert_eq!(judge(std::slice::from_ref(&a), 0, &expected).expect("one"), 2000);
        let stale = sink(2, failed("kafka-produce", 75, "this attempt is stale", false));
        assert_eq!(judge(&[a, stale], 1, &expected).unwrap_err().exit(), Exit::Usage);
    }

    #[test]
    fn the_root_cause_is_who_failed_first_whoever_started_first() {
        let mut cause = failed("to-parquet", 2, "no such schema", false);
        cause["pid"] = 2.into();
        let follows = failed("s3-put", 1, "stdin is not sealed", false);
        let begins = json!({"v": 1, "event": "start", "stage": "s3-put", "pid": 9});
        let error = judge(&[begins, cause, follows], 1, &expected()).unwrap_err();
        assert_eq!((error.exit(), error.message()), (Exit::Usage, "to-parquet: no such schema"));
        let mut nearest = failed("to-parquet", 1, "the next stage stopped reading", true);
        nearest["pid"] = 2.into();
        let begins = json!({"v": 1, "event": "start", "stage": "hash-fields", "pid": 9});
        let follows = failed("hash-fields", 1, "the next stage stopped reading", true);
        let error = judge(&[begins, nearest, follows], 1, &expected()).unwrap_err();
        assert!(error.message().starts_with("to-parquet"), "{error}");
    }

    #[test]
    fn receipts_are_told_apart_by_their_destination_and_must_agree() {
        let two = Expected { receipts: 2, ..expected() };
        let a = done(1, receipt("s3://lake/a", "stored", 2000));
        assert!(judge(&[a.clone(), done(2, receipt("s3://lake/a", "stored", 2000))], 0, &two).is_err());
        let b = done(2, receipt("s3://lake/b", "exists", 2000));
        assert_eq!(judge(&[a.clone(), b], 0, &two).expect("both"), 2000);
        let longer = done(2, receipt("s3://lake/b", "adopted", 2500));
        assert_eq!(judge(&[a, longer], 0, &two).unwrap_err().exit(), Exit::Conflict);
    }

    #[test]
    fn a_receipt_for_another_range_or_stream_is_refused() {
        let mut other = receipt("x", "stored", 2000);
        other["stream"] = "cd".into();
        let mut elsewhere = receipt("x", "stored", 2000);
        elsewhere["range"]["partition"] = 4.into();
        for wrong in [other, elsewhere, receipt("x", "stored", 1999), receipt("x", "exists", 2001)] {
            assert!(judge(&[done(1, wrong)], 0, &expected()).is_err());
        }
    }

    #[test]
    fn the_exit_status_of_a_command_is_taken_for_what_it_says() {
        assert_eq!(judge(&[], 127, &expected()).unwrap_err().exit(), Exit::Usage);
        assert_eq!(judge(&[], 75, &expected()).unwrap_err().exit(), Exit::Temporary);
        assert_eq!(judge(&[], 3, &expected()).unwrap_err().exit(), Exit::Drift);
        assert_eq!(judge(&[], 42, &expected()).unwrap_err().exit(), Exit::Data);
    }
}
