//! What the stages of a batch report, and what the parent makes of it.
//!
//! In: the report lines of every stage of a command (`docs/formats.md`), and how the command itself
//! ended. Out: the offset to commit, or the root cause of the failure. A command that exits with 0 is
//! not believed: every stage that announced itself must have ended well ([`reports`]), and every
//! expected sink must have given its receipt for this very stream.

use std::process::ExitStatus;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::run::{Error, Result};
use crate::stream::Sealed;
use crate::stream::counts::Facts;
use crate::stream::reports::{self, Hints};
use crate::stream::seal::Range;

/// The sink that can commit a batch itself.
const TRANSACTIONAL_SINK: &str = "kafka-produce";

/// What to type next where no stage has told why a batch failed.
const HINTS: Hints<'static> = Hints {
    // The command itself was looked for before.
    missing: "a program that the command names",
    not_found: "its name as the shell has printed it above, and PATH, which is that of kafka-consume",
    failed: "see what it has printed; a stage behind sudo or env -i needs the BATCH and SLUICEBOX variables",
};

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

/// The reports of a batch's command.
#[derive(Debug, Default)]
pub struct Reports(reports::Reports);

/// What a sink stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// By this command.
    Stored,
    /// By an earlier attempt.
    Exists,
    /// By an attempt whose plan had another end: that end counts.
    Adopted,
}

impl Receipt {
    /// What a sink tells of itself in its report, to which it may add more.
    pub fn facts(location: String, result: Outcome, sealed: Option<&Sealed>, range: Range) -> Facts {
        // A batch is sealed: that was checked when it began.
        let stream = sealed.map(|sealed| sealed.open.clone()).unwrap_or_default();
        match serde_json::to_value(Self { location, result, stream, range }) {
            Ok(Value::Object(facts)) => facts,
            _ => Facts::new(),
        }
    }
}

impl Reports {
    /// Takes one line. What is no report is nobody's end.
    pub fn take(&mut self, line: &[u8]) {
        self.0.take(line);
    }

    /// The offset to commit.
    pub fn judge(&self, status: Result<ExitStatus>, expected: &Expected) -> Result<i64> {
        if expected.in_transaction {
            self.only_one(TRANSACTIONAL_SINK)?;
        }
        self.0.all_well(status, &HINTS)?;
        if expected.trust_exit {
            return Ok(expected.range.end_offset);
        }
        let mut found: Vec<Receipt> = Vec::new();
        for receipt in self.receipts() {
            if found.iter().all(|known| known.location != receipt.location) {
                expected.check(&receipt)?;
                found.push(receipt);
            }
        }
        if found.len() < expected.receipts {
            return Err(expected.missing(found.len()));
        }
        agreed(&found)
    }

    /// The receipts that were given.
    pub fn receipts(&self) -> impl Iterator<Item = Receipt> {
        self.0.receipts().filter_map(|receipt| Receipt::deserialize(receipt).ok())
    }

    /// Of two sinks in one transaction each ends that of the other: one of them has the records, and the
    /// offset is committed all the same.
    fn only_one(&self, sink: &str) -> Result<()> {
        if self.0.stages().iter().filter(|stage| stage.name == sink).count() < 2 {
            return Ok(());
        }
        Err(Error::usage(format!(
            "two {sink} cannot share the transaction of a batch: its records may be in the topic of one of them alone"
        ))
        .hint(format!("one {sink} in the command; for two topics a group each")))
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
fn agreed(receipts: &[Receipt]) -> Result<i64> {
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

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use serde_json::{Value, json};

    use super::*;
    use crate::run::Exit;

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
