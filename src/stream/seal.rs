//! Seals: how a stream says that it is whole.
//!
//! In `a | b | c`, when `a` dies, `b` and `c` see an ordinary end of file. A sealed stream opens
//! with a line that names it by a nonce, and closes with a line that carries the same nonce, the
//! number of records, a digest of their bytes, and the stages so far with their counts. A reader
//! that saw an opening insists on the closing. The formats are frozen in `docs/formats.md`.
//!
//! The digest is XXH3-128 over every record with its `\n`, as sent; it guards against accidents,
//! not attackers.

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use super::counts::Counts;
use super::counts::Facts;
use super::record::Position;
use super::reject::Reject;
use crate::run::units::hex;
use crate::run::{Error, Result, random};

/// The version of the formats that this release writes and reads.
pub const VERSION: u32 = 1;

/// How whatever changes a sealed stream becomes a stage of it.
pub(super) const JOIN: &str = "a foreign program between stages joins as: via -- PROGRAM";

/// How every line that is not data begins. Rare enough in data for a second look.
pub const CONTROL_PREFIX: &[u8] = b"{\"$";

/// What a sealed stream says of itself in its opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The version of the format.
    pub v: u32,
    /// The nonce that names this stream.
    pub open: String,
    /// The allowance for rejects, judged by the sink alone: as written after `--max-rejects`.
    pub max_rejects: String,
    /// The Kafka range that the stream was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

/// The records `[first, end)` of one partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The topic's name.
    pub topic: String,
    /// The topic's id, as Kafka prints it.
    pub topic_id: String,
    /// The partition.
    pub partition: i32,
    /// The first offset.
    pub first_offset: i64,
    /// The offset after the last.
    pub end_offset: i64,
}

/// What a sealed stream says at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The version of the format.
    pub v: u32,
    /// The nonce of the opening.
    pub close: String,
    /// How many records, or in a byte stream how many bytes, lie between.
    pub count: u64,
    /// How many rejects travelled along.
    pub rejects: u64,
    /// XXH3-128 of the records with their newlines, or of the bytes.
    pub xxh3: String,
    /// The stages that the stream has passed, first to last.
    pub stages: Vec<StageCounts>,
}

/// One stage and its counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageCounts {
    /// The command's name.
    pub stage: String,
    /// What it read, wrote, refused and dropped.
    #[serde(flatten)]
    pub counts: Counts,
    /// What it wants known downstream: the id of a key, never the key.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
}

/// A reject on its way to the sink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The nonce of the stream; absent in `--rejects FILE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// The stage that refused the record.
    pub stage: String,
    /// Why, without any value.
    pub reason: String,
    /// The field at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The file, where the stage reads some by their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of that stage's input, or the row of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The Kafka topic, where the stage reads one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The partition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<i32>,
    /// The offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
}

impl Refusal {
    /// A reject with the stage that made it and the place it came from.
    pub fn new(stage: &str, position: &Position, reject: &Reject) -> Self {
        let mut refusal = Self {
            seal: None,
            stage: stage.to_owned(),
            reason: reject.reason.to_string(),
            path: reject.path.as_deref().map(shortened),
            file: None,
            line: None,
            topic: None,
            partition: None,
            offset: None,
        };
        match position {
            Position::Line(line) => refusal.line = Some(*line),
            Position::Row { file, row } => {
                refusal.file = Some(shortened(file));
                refusal.line = Some(*row);
            }
            Position::Offset { topic, partition, offset } => {
                refusal.topic = Some(topic.to_string());
                refusal.partition = Some(*partition);
                refusal.offset = Some(*offset);
            }
        }
        refusal
    }
}

/// The longest path that a reject carries. The name of an unknown field may be as long as a record,
/// and a reject must fit into a frame and be fit to be read.
const MAX_PATH: usize = 512;

fn shortened(path: &str) -> String {
    match path.char_indices().nth(MAX_PATH) {
        Some((at, _)) => format!("{}…", &path[..at]),
        None => path.to_owned(),
    }
}

/// A line of a sealed stream that is not data.
#[derive(Debug, Serialize, Deserialize)]
pub enum Control {
    /// The opening.
    #[serde(rename = "$seal")]
    Seal(Seal),
    /// A reject.
    #[serde(rename = "$reject")]
    Reject(Refusal),
}

/// An opening or a closing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Seal {
    /// `open`
    Open(Sealed),
    /// `close`
    Close(Closing),
}

impl Control {
    /// The line, without `\n`.
    pub fn line(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("seals and rejects are plain structs and always serialise")
    }
}

impl Sealed {
    /// A new stream with a nonce of its own.
    pub fn new(max_rejects: String) -> Result<Self> {
        let mut nonce = [0u8; 16];
        random::fill(&mut nonce)?;
        Ok(Self { v: VERSION, open: hex(&nonce), max_rejects, range: None })
    }

    /// The opening in a line, if it is one. A later version of the format is an error, not data.
    pub fn parse(line: &[u8]) -> Result<Option<Self>> {
        if !line.starts_with(CONTROL_PREFIX) {
            return Ok(None);
        }
        match serde_json::from_slice(line) {
            Ok(Control::Seal(Seal::Open(sealed))) if sealed.v == VERSION => Ok(Some(sealed)),
            Ok(Control::Seal(Seal::Open(sealed))) => Err(Error::data(format!(
                "the stream is sealed in version {}; this release reads version {VERSION}",
                sealed.v
            ))
            .hint("the same release of sluicebox in every stage")),
            _ => Ok(None),
        }
    }

    /// Whether a line belongs to this stream's control and is not data.
    pub fn control(&self, line: &[u8]) -> Option<Control> {
        if !line.starts_with(CONTROL_PREFIX) {
            return None;
        }
        let control: Control = serde_json::from_slice(line).ok()?;
        let ours = match &control {
            Control::Seal(Seal::Close(closing)) => closing.close == self.open,
            Control::Seal(Seal::Open(_)) => false,
            Control::Reject(refusal) => refusal.seal.as_ref() == Some(&self.open),
        };
        ours.then_some(control)
    }
}

impl Closing {
    /// Fails unless the closing agrees with what arrived, and the stages agree with each other.
    pub fn check(&self, count: u64, rejects: u64, digest: u128, unit: &str) -> Result<()> {
        if self.v != VERSION {
            return Err(Error::data(format!("the closing seal is of version {}", self.v)));
        }
        if self.count != count || self.rejects != rejects {
            return Err(Error::data(format!(
                "the seal counts {} {unit} and {} rejects, but {count} and {rejects} arrived: \
                 a stage in between changed the stream",
                self.count, self.rejects
            ))
            .hint(JOIN));
        }
        if self.xxh3 != hex128(digest) {
            return Err(Error::data(format!(
                "the {count} {unit} are not the ones that were sealed: a stage in between changed them"
            ))
            .hint(JOIN));
        }
        self.check_stages()
    }

    /// What a stage read is what the one before it wrote, and every input has one fate.
    fn check_stages(&self) -> Result<()> {
        for stage in &self.stages {
            if !stage.counts.is_balanced() {
                return Err(Error::data(format!("{} lost count of its records", stage.stage)));
            }
        }
        for pair in self.stages.windows(2) {
            if pair[0].counts.written != pair[1].counts.read {
                return Err(Error::data(format!(
                    "{} wrote {} records, but {} read {}",
                    pair[0].stage, pair[0].counts.written, pair[1].stage, pair[1].counts.read
                )));
            }
        }
        Ok(())
    }
}

/// The running digest of a stream. What it is given at once it takes much faster than line by line.
#[derive(Clone)]
pub struct Digest(XxHash3_128);

impl Default for Digest {
    fn default() -> Self {
        Self(XxHash3_128::new())
    }
}

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> u128 {
        XxHash3_128::oneshot(bytes)
    }

    /// Takes the next bytes.
    #[inline]
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// The digest of everything so far.
    pub fn value(&self) -> u128 {
        self.0.finish_128()
    }
}

/// 32 lower-case hexadecimal digits.
pub fn hex128(value: u128) -> String {
    format!("{value:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed() -> Sealed {
        Sealed { v: 1, open: "00ff".into(), max_rejects: "0".into(), range: None }
    }

    #[test]
    fn an_opening_reads_back_and_begins_as_promised() {
        let line = Control::Seal(Seal::Open(sealed())).line();
        assert!(line.starts_with(b"{\"$seal\":{\"v\":1,"), "as frozen in docs/formats.md");
        assert_eq!(Sealed::parse(&line).expect("version 1"), Some(sealed()));
    }

    #[test]
    fn seals_of_other_streams_are_data() {
        let reject = Reject::new("not a JSON object");
        let mut refusal = Refusal::new("x", &Position::Line(3), &reject);
        refusal.seal = Some("another".into());
        assert!(sealed().control(&Control::Reject(refusal.clone()).line()).is_none());
        refusal.seal = Some("00ff".into());
        assert!(sealed().control(&Control::Reject(refusal).line()).is_some());
        assert!(sealed().control(b"{\"$seal\":1}").is_none());
        assert!(Sealed::parse(b"{\"$seal\":{\"v\":1,\"who\":\"me\"}}").expect("data").is_none());
    }

    #[test]
    fn the_keys_of_an_opening_may_come_in_any_order() {
        let line = b"{\"$seal\":{\"max_rejects\":\"0\",\"open\":\"00ff\",\"new\":1,\"v\":1}}\r";
        assert_eq!(Sealed::parse(line).expect("version 1"), Some(sealed()));
    }

    #[test]
    fn a_reject_is_short_however_long_a_name_in_the_record_is() {
        let reject = Reject::at("ü".repeat(1 << 21), "unknown field");
        let refusal = Refusal::new("to-parquet", &Position::Line(1), &reject);
        assert!(Control::Reject(refusal).line().len() < 2000);
    }

    #[test]
    fn a_later_version_is_refused_rather_than_read_as_data() {
        let line = b"{\"$seal\":{\"v\":2,\"open\":\"x\",\"max_rejects\":\"0\"}}";
        assert!(Sealed::parse(line).is_err());
    }
}
