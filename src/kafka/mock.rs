//! A Kafka cluster inside the process, for first steps and CI jobs that have none: librdkafka's own mock.
//!
//! Other processes reach it by TCP. It is no Kafka: it keeps 5 MiB a partition and drops older records
//! silently, creates no topics over the wire, knows no settings, and proves nothing about
//! exactly-once.

use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

use super::codes;
use super::topic;
use crate::run::exit::{Error, Result};

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
