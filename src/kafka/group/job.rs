//! What all threads of a consumer share: what is to be done, with what, and how far it has come.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Plan;
use super::member::Member;
use super::pool::Pool;
use super::topics::Topic;
use crate::kafka::options::Settings;
use crate::stream::counts::Counts;

/// A partition by the place of its topic in the list of topics.
pub type Key = (usize, i32);

/// What all threads share.
pub struct Job {
    pub plan: Plan,
    pub settings: Settings,
    pub member: Member,
    pub pool: Pool,
    pub cluster: String,
    pub topics: Vec<Topic>,
    /// Where the partitions ended at the start, if that is where this ends.
    pub ends: HashMap<Key, i64>,
    /// As far as is gone in each partition then: that, or further.
    pub reach: Mutex<HashMap<Key, i64>>,
    /// The digest of the command.
    pub digest: String,
    pub tally: Mutex<Tally>,
    /// The last batch of each partition that was told to be planned for another command.
    pub told: Mutex<HashMap<Key, (i64, i64)>>,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub batches: u64,
    pub counts: Counts,
}

impl Job {
    /// Takes account of a batch that was stored.
    pub fn count(&self, counts: &Counts) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.batches += 1;
        tally.counts += *counts;
    }

    /// How far to go in a partition, if there is an end.
    pub fn reach(&self, partition: Key) -> Option<i64> {
        self.reach.lock().unwrap_or_else(PoisonError::into_inner).get(&partition).copied()
    }

    /// Goes further in a partition; says whether that is further than before.
    pub fn reach_to(&self, partition: Key, end: i64) -> bool {
        let mut reach = self.reach.lock().unwrap_or_else(PoisonError::into_inner);
        reach.insert(partition, end).unwrap_or(0) < end
    }

    /// Whether it is news that the batch of this partition was planned for another command. It is told
    /// once, however often the batch is tried, and whoever has the partition in between.
    pub fn is_news(&self, partition: Key, batch: (i64, i64)) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(partition, batch) != Some(batch)
    }
}
