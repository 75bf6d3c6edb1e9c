//! Topics by name: whether a name is one, whether the topic is there, which partitions it has.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::codes;
use super::rights::{Operation, Right};
use crate::run::exit::{Error, Result};

/// A topic as the cluster describes it.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its name.
    pub name: Arc<str>,
    /// Its partitions by number.
    pub partitions: Vec<Partition>,
}

/// One partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its number.
    pub id: i32,
    /// The broker that leads it; -1 for none.
    pub leader: i32,
    /// The brokers that keep it.
    pub replicas: Vec<i32>,
    /// Those of them that are up to date.
    pub isr: Vec<i32>,
}

/// Checks a name by Kafka's rule. A name is never a pattern.
pub fn check_name(name: &str) -> Result<()> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let problem = if name.is_empty() || name.len() > 249 {
        "a topic name has 1 to 249 characters"
    } else if name == "." || name == ".." || !name.bytes().all(good) {
        "a topic name is made of letters, digits, '.', '_' and '-'; it is never a pattern"
    } else {
        return Ok(());
    };
    Err(Error::usage(format!("'{}' is no topic: {problem}", name.escape_debug())))
}

/// [`check_name`] as clap calls it.
pub fn parse_name(name: &str) -> Result<String, String> {
    check_name(name).map(|()| name.to_owned()).map_err(|error| error.message().to_owned())
}

/// Whether a cluster cannot have both: the names of its metrics take '.' and '_' for the same.
pub fn collide(one: &str, other: &str) -> bool {
    one != other && one.replace('.', "_") == other.replace('.', "_")
}

/// The topic, or none if the cluster does not have it. Who may not even look lacks the right `to` do what
/// the topic is looked up for.
pub fn look_up<C: ClientContext>(
    client: &Client<C>,
    name: &str,
    to: Operation,
    wait: Duration,
) -> Result<Option<Topic>> {
    check_name(name)?;
    let what = || format!("cannot look up topic {name}");
    let metadata = client.fetch_metadata(Some(name), wait).map_err(|cause| match cause {
        // librdkafka knows by now that the name is unknown, and answers without asking.
        KafkaError::MetadataFetch(code) => codes::error(what(), code),
        other => codes::wrapped(what(), &other),
    })?;
    let Some(topic) = metadata.topics().iter().find(|topic| topic.name() == name) else {
        return Ok(None);
    };
    match topic.error().map(RDKafkaErrorCode::from) {
        None => Ok(Some(describe(topic))),
        Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => Ok(None),
        // Some partition has no leader right now; which, the partitions say.
        Some(RDKafkaErrorCode::LeaderNotAvailable) => Ok(Some(describe(topic))),
        Some(code) => Err(Right::on_topic(to, name).error(what(), code)),
    }
}

/// Every topic of the cluster in the order of their names.
pub fn all<C: ClientContext>(client: &Client<C>, wait: Duration) -> Result<Vec<Topic>> {
    let metadata = client
        .fetch_metadata(None, wait)
        .map_err(|cause| codes::wrapped("cannot list the topics", &cause))?;
    let mut topics: Vec<Topic> = metadata.topics().iter().map(describe).collect();
    topics.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(topics)
}

/// The topic, or the error that says how to create it.
pub fn find<C: ClientContext>(
    client: &Client<C>,
    name: &str,
    to: Operation,
    wait: Duration,
) -> Result<Topic> {
    look_up(client, name, to, wait)?.ok_or_else(|| unknown(name))
}

/// There is no such topic.
pub fn unknown(name: &str) -> Error {
    Error::usage(format!("unknown topic {name}")).hint(format!("topic-admin create {name} --partitions 4"))
}

/// There is no such partition.
pub fn unknown_partition(topic: &Topic, partition: i32) -> Error {
    no_partition(&topic.name, partition, topic.partitions.iter().map(|partition| partition.id))
}

/// The same, of a topic with these `partitions`.
pub(super) fn no_partition(topic: &str, partition: i32, partitions: impl Iterator<Item = i32>) -> Error {
    let last = partitions.max().unwrap_or(-1);
    Error::usage(format!("topic {topic} has no partition {partition}: they are 0 to {last}"))
}

fn describe(topic: &rdkafka::metadata::MetadataTopic) -> Topic {
    let mut partitions: Vec<Partition> = topic
        .partitions()
        .iter()
        .map(|partition| Partition {
            id: partition.id(),
            leader: partition.leader(),
            replicas: partition.replicas().to_vec(),
            isr: partition.isr().to_vec(),
        })
        .collect();
    partitions.sort_by_key(|partition| partition.id);
    Topic { name: topic.name().into(), partitions }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_and_underscores_are_the_same_to_a_cluster() {
        assert!(collide("a_b.c", "a.b_c"));
        assert!(!collide("a_b", "a_b") && !collide("a_b", "a-b"));
    }

    #[test]
    fn names_follow_the_rule_of_kafka_and_are_never_patterns() {
        for good in ["users", "a", "A.b_c-9", "...", &"x".repeat(249)] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "^users", "users.*", "a b", "a/b", "ü", "a\nb", &"x".repeat(250)] {
            let error = check_name(bad).expect_err("refused");
            assert_eq!(error.exit(), crate::run::exit::Exit::Usage, "{bad}");
        }
    }
}
