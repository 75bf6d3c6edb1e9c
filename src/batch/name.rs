//! What a batch is called, and what its command is told of it.
//!
//! The name is a function of the start of the range alone. The environment carries it from
//! `kafka-consume --group` to the sinks of its command, across a shell; [`Batch::from_environment`]
//! reads it there, and [`Batch::check`] holds it against the opening of the sealed stream.

use std::env;

use crate::run::{Error, Result};
use crate::stream::seal::{Range, Sealed};

/// How much of a topic's id is in a name.
const ID_LENGTH: usize = 8;
/// The widths of the numbers in a name.
const PARTITION_WIDTH: usize = 5;
const OFFSET_WIDTH: usize = 20;

/// A range on its way, and the date that it is filed under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The range.
    pub range: Range,
    /// The UTC date of its first record.
    pub date: String,
}

/// How the names of all batches of a partition begin.
pub fn names_of(topic: &str, topic_id: &str, partition: i32) -> String {
    let id = topic_id.get(..ID_LENGTH).unwrap_or(topic_id);
    format!("{topic}-{id}-{partition:0PARTITION_WIDTH$}-")
}

impl Batch {
    /// Its name: the topic, the start of the id, the partition, the first offset.
    pub fn name(&self) -> String {
        let Range { topic, topic_id, partition, first_offset, .. } = &self.range;
        format!("{}{first_offset:0OFFSET_WIDTH$}", names_of(topic, topic_id, *partition))
    }

    /// The name of its rejects: that of the batch, its end, and the start of their digest.
    pub fn rejects_name(&self, digest: &str) -> String {
        let digest = digest.get(..16).unwrap_or(digest);
        format!("_{}-{:0OFFSET_WIDTH$}-{digest}.rejects.ndjson", self.name(), self.range.end_offset)
    }

    /// What its command finds in the environment.
    pub fn environment(&self) -> [(&'static str, String); 7] {
        [
            ("BATCH", self.name()),
            ("BATCH_DATE", self.date.clone()),
            ("BATCH_TOPIC", self.range.topic.clone()),
            ("BATCH_TOPIC_ID", self.range.topic_id.clone()),
            ("BATCH_PARTITION", self.range.partition.to_string()),
            ("BATCH_FIRST_OFFSET", self.range.first_offset.to_string()),
            ("BATCH_END_OFFSET", self.range.end_offset.to_string()),
        ]
    }

    /// The batch that this process works on, if it works on one.
    pub fn from_environment() -> Result<Option<Self>> {
        Self::read(|name| env::var(name).ok())
    }

    fn read(get: impl Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let Some(name) = get("BATCH") else { return Ok(None) };
        let text = |name: &str| get(name).ok_or_else(|| broken(name));
        let number = |name: &str| text(name)?.parse::<i64>().map_err(|_| broken(name));
        let range = Range {
            topic: text("BATCH_TOPIC")?,
            topic_id: text("BATCH_TOPIC_ID")?,
            partition: number("BATCH_PARTITION")?.try_into().map_err(|_| broken("BATCH_PARTITION"))?,
            first_offset: number("BATCH_FIRST_OFFSET")?,
            end_offset: number("BATCH_END_OFFSET")?,
        };
        let batch = Self { range, date: text("BATCH_DATE")? };
        if batch.name() == name { Ok(Some(batch)) } else { Err(broken("BATCH")) }
    }

    /// Holds the batch of the environment against the stream that arrives: both, and the same range,
    /// or neither.
    pub fn check(batch: Option<&Self>, sealed: Option<&Sealed>) -> Result<()> {
        match (batch, sealed.and_then(|sealed| sealed.range.as_ref())) {
            (None, None) => Ok(()),
            (Some(batch), Some(range)) if batch.range == *range => Ok(()),
            (Some(batch), Some(range)) => Err(Error::data(format!(
                "the stream holds {}, but $BATCH is {}",
                described(range),
                described(&batch.range)
            ))),
            (Some(_), None) => Err(Error::data(
                "in a batch ($BATCH is set) the input must be the sealed range of kafka-consume",
            )
            .hint("via -- PROGRAM for a stage that drops the seal")),
            (None, Some(range)) => {
                Err(Error::usage(format!("the stream holds {}, but $BATCH is not set", described(range)))
                    .hint("sudo --preserve-env=BATCH,BATCH_DATE,..., or run the pipeline without it"))
            }
        }
    }
}

/// A range in words.
pub fn described(range: &Range) -> String {
    let Range { topic, partition, first_offset, end_offset, .. } = range;
    format!("offsets {first_offset} to {end_offset} of {topic}/{partition}")
}

/// A variable of a batch that is missing, or is not what it should be.
pub(super) fn broken(variable: &str) -> Error {
    Error::usage(format!("${variable} is missing or is not what kafka-consume --group sets"))
        .hint("unset BATCH, or leave the BATCH variables alone")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let range = Range {
            topic: "created_users".into(),
            topic_id: "bQpS2sVYQ7K1nCJ2pkWXgA".into(),
            partition: 3,
            first_offset: 1000,
            end_offset: 2000,
        };
        Batch { range, date: "2026-11-20".into() }
    }

    fn sealed(range: Option<Range>) -> Sealed {
        Sealed { v: 1, open: "ab".into(), max_rejects: "0".into(), range }
    }

    #[test]
    fn a_name_depends_on_the_start_alone() {
        let mut other = batch();
        other.range.end_offset = 7;
        other.date = "2001-01-01".into();
        assert_eq!(other.name(), batch().name());
        assert_eq!(batch().name(), "created_users-bQpS2sVY-00003-00000000000000001000");
        assert_eq!(
            batch().rejects_name("0123456789abcdef0123456789abcdef"),
            "_created_users-bQpS2sVY-00003-00000000000000001000-00000000000000002000-0123456789abcdef.rejects.ndjson"
        );
    }

    #[test]
    fn the_environment_carries_a_batch_and_a_broken_one_is_told() {
        let environment = batch().environment();
        let get = |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, v)| v.clone());
        assert_eq!(Batch::read(get).expect("whole"), Some(batch()));
        assert_eq!(Batch::read(|_| None).expect("no batch"), None);
        for (missing, _) in &environment[1..] {
            let error = Batch::read(|name| get(name).filter(|_| name != *missing)).unwrap_err();
            assert!(error.message().contains(missing), "{error}");
        }
        let changed = |name: &str| if name == "BATCH_FIRST_OFFSET" { Some("9".into()) } else { get(name) };
        assert!(Batch::read(changed).is_err(), "the name and its parts disagree");
    }

    #[test]
    fn the_stream_and_the_environment_must_agree() {
        let (ours, range) = (batch(), batch().range);
        assert!(Batch::check(None, None).is_ok() && Batch::check(None, Some(&sealed(None))).is_ok());
        assert!(Batch::check(Some(&ours), Some(&sealed(Some(range.clone())))).is_ok());
        let other = Range { end_offset: 3000, ..range.clone() };
        assert!(Batch::check(Some(&ours), Some(&sealed(Some(other)))).is_err());
        assert!(Batch::check(Some(&ours), Some(&sealed(None))).is_err());
        assert!(Batch::check(Some(&ours), None).is_err());
        assert!(Batch::check(None, Some(&sealed(Some(range)))).unwrap_err().to_string().contains("sudo"));
    }
}
