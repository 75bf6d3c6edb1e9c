//! What the same harm is done to: a group that lands batches on S3, and one that copies from topic to topic.

use super::world::World;
use crate::support::Run;
use crate::support::cluster::Cluster;

/// A topic that is filled, a group that is at work on it, and the count in the end.
pub trait Scene {
    /// The consumer, to its end, with a script for the batches.
    fn consumer(&self, script: &str) -> Run;

    /// The script that does a batch as it should be done.
    fn land(&self) -> String;

    /// Sends more records, none of them a second time.
    fn produce(&self, records: u32);

    /// The plain run after all harm: it must end well.
    fn finish(&self);

    /// Fails the test unless each record is there once, and nothing is left to be done.
    fn check(&self);

    /// The same with a wait before each batch: there is time to meet it at work.
    fn slowly(&self) -> String {
        format!("sleep 0.1; {}", self.land())
    }
}

impl Scene for World {
    fn consumer(&self, script: &str) -> Run {
        self.consumer(script)
    }

    fn land(&self) -> String {
        self.land()
    }

    fn produce(&self, records: u32) {
        self.produce(records);
    }

    fn finish(&self) {
        self.finish();
    }

    fn check(&self) {
        assert_eq!(self.check().records, self.count());
    }
}

/// Three brokers that hold everything three times, so that each one can be missed.
pub fn three_brokers() -> Cluster {
    Cluster::start(3, &["default.replication.factor=3", "min.insync.replicas=2"])
}
