//! The right to commit a batch: what a command is given that commits in its consumer's stead.
//!
//! Kafka to Kafka, the offset is committed by the sink, in the transaction that holds its records.
//! For that the consumer hands down what only it knows: whose transaction it is, what is to be
//! committed with the end of the range, and the membership that gives the right to. Like the batch
//! itself it travels in the environment, across a shell.

use std::env;

use serde::{Deserialize, Serialize};

use super::name::Batch;
use super::place::Mark;
use crate::run::{Error, Result};

/// The variables that a batch without a transaction does not have.
pub const VARIABLES: [&str; 3] = [ID, MEMBER, COMMIT];
const ID: &str = "BATCH_TRANSACTIONAL_ID";
const MEMBER: &str = "BATCH_GROUP_METADATA";
const COMMIT: &str = "BATCH_COMMIT";
const GROUP: &str = "BATCH_GROUP";

/// The right to commit one batch inside of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// The consumer group.
    pub group: String,
    /// Names the transactions of this partition: whoever begins one under it ends all older ones.
    pub transactional_id: String,
    /// In whose name.
    pub member: Membership,
    /// What is committed with the end of the range.
    pub mark: Mark,
}

/// A member of a consumer group at some moment. The group's coordinator refuses it as soon as the
/// group has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Counts the changes of the group.
    pub generation: i32,
    /// The id that the coordinator gave to the member.
    pub member: String,
    /// The name that a static member has given itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// The name of a partition's transactions. It follows from what is consumed alone, so that an
/// attempt ends whatever an older one, here or elsewhere, has left open.
pub fn transactional_id(group: &str, topic_id: &str, partition: i32) -> String {
    format!("sluicebox-{group}-{topic_id}-{partition}")
}

impl Mandate {
    /// What the command finds in the environment, besides the variables of the batch.
    pub fn environment(&self) -> [(&'static str, String); 3] {
        [
            (ID, self.transactional_id.clone()),
            (MEMBER, serde_json::to_string(&self.member).unwrap_or_default()),
            (COMMIT, String::from_utf8_lossy(&self.mark.to_bytes()).into_owned()),
        ]
    }

    /// The mandate for `batch`, if the process was given one.
    pub fn from_environment(batch: &Batch) -> Result<Option<Self>> {
        Self::read(batch, |name| env::var(name).ok())
    }

    fn read(batch: &Batch, get: impl Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let Some(transactional_id) = get(ID) else { return Ok(None) };
        let text = |name: &str| get(name).ok_or_else(|| broken(name));
        let group = text(GROUP)?;
        let member = serde_json::from_str(&text(MEMBER)?).map_err(|_| broken(MEMBER))?;
        let mark = Mark::parse(text(COMMIT)?.as_bytes())?.ok_or_else(|| broken(COMMIT))?;
        let range = &batch.range;
        if transactional_id != self::transactional_id(&group, &range.topic_id, range.partition) {
            return Err(broken(ID));
        }
        if mark.topic_id != range.topic_id {
            return Err(broken(COMMIT));
        }
        Ok(Some(Self { group, transactional_id, member, mark }))
    }

    /// Refuses to be a sink beside the transaction: what is stored elsewhere cannot be part of it.
    pub fn refuse(sink: &str) -> Result<()> {
        if env::var_os(ID).is_none() {
            return Ok(());
        }
        Err(Error::usage(format!("{sink} cannot store a batch of kafka-consume --transactional"))
            .hint("kafka-consume without --transactional"))
    }
}

fn broken(variable: &str) -> Error {
    Error::usage(format!("${variable} is missing or is not what kafka-consume --transactional sets"))
        .hint("unset BATCH, or leave the BATCH variables alone")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::seal::Range;

    const TOPIC_ID: &str = "bQpS2sVYQ7K1nCJ2pkWXgA";

    fn batch(partition: i32) -> Batch {
        let range = Range {
            topic: "users".into(),
            topic_id: TOPIC_ID.into(),
            partition,
            first_offset: 1000,
            end_offset: 2000,
        };
        Batch { range, date: "2026-11-20".into() }
    }

    fn mandate() -> Mandate {
        Mandate {
            group: "copy".into(),
            transactional_id: transactional_id("copy", TOPIC_ID, 3),
            member: Membership { generation: 7, member: "one".into(), instance: None },
            mark: Mark::new("c", TOPIC_ID, 0, 4),
        }
    }

    fn read(batch: &Batch, change: impl Fn(&str, String) -> Option<String>) -> Result<Option<Mandate>> {
        let mut variables = mandate().environment().to_vec();
        variables.push((GROUP, "copy".into()));
        Mandate::read(batch, |name| {
            let found = variables.iter().find(|(known, _)| *known == name)?;
            change(name, found.1.clone())
        })
    }

    #[test]
    fn the_environment_carries_a_mandate() {
        assert_eq!(mandate().transactional_id, "sluicebox-copy-bQpS2sVYQ7K1nCJ2pkWXgA-3");
        assert_eq!(read(&batch(3), |_, value| Some(value)).expect("whole"), Some(mandate()));
        assert_eq!(Mandate::read(&batch(3), |_| None).expect("none"), None);
        let as_documented = ("BATCH_GROUP_METADATA", r#"{"generation":7,"member":"one"}"#.to_owned());
        assert_eq!(mandate().environment()[1], as_documented);
    }

    #[test]
    fn the_environment_is_read_as_ever() {
        let text = include_str!("../../tests/data/formats/batch.env");
        let get = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let batch = Batch { range: Range { topic: "created_users".into(), ..batch(3).range }, ..batch(3) };
        let mandate = Mandate::read(&batch, |name| get(name).map(str::to_owned)).unwrap().unwrap();
        assert_eq!(
            (mandate.group.as_str(), mandate.transactional_id.as_str()),
            ("lake", "sluicebox-lake-bQpS2sVYQ7K1nCJ2pkWXgA-3")
        );
        let member = Membership { generation: 7, member: "sluicebox-5c8f".into(), instance: None };
        assert_eq!(
            (mandate.member, mandate.mark),
            (member, Mark::new("5L6g3nShT-eMCtK--X86sw", TOPIC_ID, 10, 4))
        );
    }

    #[test]
    fn a_broken_mandate_is_told_and_one_for_another_partition_is_none() {
        for missing in [MEMBER, COMMIT, GROUP] {
            let error = read(&batch(3), |name, value| (name != missing).then_some(value)).unwrap_err();
            assert!(error.message().contains(missing), "{error}");
        }
        for (changed, to) in [(ID, "x"), (MEMBER, "§"), (COMMIT, "{}"), (GROUP, "other")] {
            let read = read(&batch(3), |name, value| Some(if name == changed { to.into() } else { value }));
            assert!(read.is_err(), "{changed}");
        }
        assert!(read(&batch(4), |_, value| Some(value)).is_err(), "of another partition");
    }
}
