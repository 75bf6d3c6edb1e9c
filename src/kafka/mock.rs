//! A Kafka cluster inside the process, for first steps and CI jobs that have none: librdkafka's own mock.
//!
//! Other processes reach it by TCP. It is no Kafka: it keeps 5 MiB a partition and drops older records
//! silently, creates no topics over the wire, knows no settings, and proves nothing about
//! exactly-once.
//!
//! A partition that has dropped records begins above offset 0: that is all that it lets be seen. So
//! the clients in a sandbox look at where partitions begin, and [`warn_of_loss`] says it aloud.

use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

use super::codes;
use super::options::BROKERS_VARIABLE;
use super::topic;
use crate::run::exit::{Error, Result};
use crate::run::units::grouped;

/// What a partition keeps; librdkafka has no setting for it.
const KEPT: &str = "5 MiB";

/// Set for what runs in a sandbox.
pub const VARIABLE: &str = "SLUICEBOX_SANDBOX";

/// Whether `brokers` are those of the sandbox around this process.
pub fn is_at(brokers: &str) -> bool {
    std::env::var_os(VARIABLE).is_some() && std::env::var(BROKERS_VARIABLE).is_ok_and(|own| own == brokers)
}

/// Warns where the oldest records of partitions of `topic` are gone: `lows` are the partitions and
/// where they begin. For a topic of the sandbox.
pub fn warn_of_loss(topic: &str, lows: impl Iterator<Item = (i32, i64)>) {
    let short: Vec<(i32, i64)> = lows.filter(|(_, low)| *low > 0).collect();
    if !short.is_empty() {
        log::warn!("{}", loss(topic, &short));
    }
}

fn loss(topic: &str, short: &[(i32, i64)]) -> String {
    let gone: i64 = short.iter().map(|(_, low)| low).sum();
    let partitions: Vec<String> = short.iter().map(|(partition, _)| partition.to_string()).collect();
    let noun = if partitions.len() == 1 { "partition" } else { "partitions" };
    format!(
        "the sandbox has dropped the {} oldest records of topic {topic} ({noun} {}): it keeps {KEPT} a partition",
        grouped(gone.unsigned_abs()),
        partitions.join(", ")
    )
}

/// A running cluster; it ends with this value.
pub struct Mock(MockCluster<'static, DefaultProducerContext>);

impl Mock {
    /// Starts a cluster of one broker on a free port of the loopback.
    pub fn start() -> Result<Self> {
        let cluster =
            MockCluster::new(1).map_err(|cause| codes::wrapped("cannot start the mock Kafka", &cause))?;
        Ok(Self(cluster))
    }

    /// Where it listens: what `KAFKA_BOOTSTRAP_SERVERS` is set to.
    pub fn bootstrap_servers(&self) -> String {
        self.0.bootstrap_servers()
    }

    /// Creates a topic.
    pub fn create_topic(&self, name: &str, partitions: i32) -> Result<()> {
        topic::check_name(name)?;
        if partitions < 1 {
            return Err(Error::usage(format!("topic {name} needs at least one partition")));
        }
        self.0
            .create_topic(name, partitions, 1)
            .map_err(|cause| codes::wrapped(format!("cannot create topic {name} on the mock Kafka"), &cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_is_counted_and_placed() {
        let words = loss("users", &[(0, 1200), (3, 34)]);
        assert_eq!(
            words,
            "the sandbox has dropped the 1,234 oldest records of topic users (partitions 0, 3): it keeps 5 MiB a \
             partition"
        );
        assert!(loss("users", &[(7, 1)]).contains("(partition 7)"));
    }
}
