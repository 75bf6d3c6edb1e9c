//! The topics of a group: which ones they are, and where they end.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::error::RDKafkaErrorCode;

use super::member::Member;
use crate::kafka::codes;
use crate::kafka::native::identity;
use crate::kafka::native::offsets::Which;
use crate::kafka::topic::{self, Topic as Found};
use crate::run::exit::{Error, Exit, Result};

/// The pause before a question that brokers could not answer yet is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(200);
/// A topic that is consumed.
pub struct Topic {
    /// Its name.
    pub name: Arc<str>,
    /// Its id, which a topic that was made again does not have.
    pub id: String,
}

/// The id of the topic that has this name now.
pub fn id_of(member: &Member, topic: &str) -> Result<String> {
    identity::topic_id(member.client(), topic, member.patience())
        .map_err(|refusal| unidentified(topic, refusal.code))
}

/// Why a topic has no id.
fn unidentified(topic: &str, code: RDKafkaErrorCode) -> Error {
    use RDKafkaErrorCode as K;
    match code {
        K::UnknownTopicOrPartition | K::UnknownTopic => topic::unknown(topic),
        K::UnsupportedFeature => Error::usage(format!(
            "this cluster gives topics no ids, so a topic that was made again would not be noticed: topic {topic}"
        ))
        .hint("Kafka 2.8 or later"),
        code => codes::error(format!("cannot look up topic {topic}"), code),
    }
}

/// Where the partitions of a topic end. Asks until the brokers agree on who leads: one that was just restarted may not know yet.
pub fn ends_of(member: &Member, topic: &Found) -> Result<Vec<(i32, i64)>> {
    let deadline = Instant::now() + member.patience();
    loop {
        match ask_for_ends(member, topic) {
            Err(error) if error.exit() == Exit::Temporary && Instant::now() < deadline => {
                thread::sleep(ASK_AGAIN);
            }
            other => return other,
        }
    }
}

fn ask_for_ends(member: &Member, topic: &Found) -> Result<Vec<(i32, i64)>> {
    let numbers: Vec<i32> = topic.partitions.iter().map(|partition| partition.id).collect();
    let what = || format!("cannot read the end offsets of {}", topic.name);
    let ends = member.offsets(&topic.name, &numbers, Which::Stable, what)?;
    Ok(numbers.into_iter().zip(ends.into_iter().map(|end| end.unwrap_or(0))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_without_topic_ids_is_refused_by_name() {
        let error = unidentified("users", RDKafkaErrorCode::UnsupportedFeature);
        assert_eq!((error.exit(), error.advice()), (Exit::Usage, Some("Kafka 2.8 or later")));
        assert!(error.message().contains("no ids") && error.message().ends_with("topic users"), "{error}");
        assert_eq!(unidentified("users", RDKafkaErrorCode::RequestTimedOut).exit(), Exit::Temporary);
    }
}
