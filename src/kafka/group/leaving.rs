//! Partitions that are taken away, for which the group waits until we have let them go.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::member::Partition;
use super::{GRACE, Held};

/// Partitions that the group waits for.
pub struct Leaving {
    /// Which.
    pub partitions: Vec<Partition>,
    kill_at: Instant,
    killed: bool,
}

impl Leaving {
    /// Tells those at work. One that has its whole range may still be committed within `patience`; any other
    /// starts again elsewhere.
    pub fn start(partitions: Vec<Partition>, workers: &HashMap<Partition, Held>, patience: Duration) -> Self {
        for held in at_work(&partitions, workers) {
            held.leash.stop();
            if !held.leash.is_whole() {
                held.leash.kill();
            }
        }
        Self { partitions, kill_at: Instant::now() + patience, killed: false }
    }

    /// Ends what has been at work for too long.
    pub fn hurry(&mut self, workers: &HashMap<Partition, Held>) {
        if Instant::now() >= self.kill_at && !self.killed {
            at_work(&self.partitions, workers).for_each(|held| held.leash.kill());
            self.killed = true;
        }
    }

    /// Whether nobody is at work on them any more. A thread that hangs in a call is left behind: its commit is
    /// refused by then.
    pub fn is_over(&self, workers: &HashMap<Partition, Held>) -> bool {
        at_work(&self.partitions, workers).next().is_none() || Instant::now() >= self.kill_at + GRACE
    }
}

fn at_work<'a>(
    partitions: &'a [Partition],
    workers: &'a HashMap<Partition, Held>,
) -> impl Iterator<Item = &'a Held> {
    partitions.iter().filter_map(|partition| workers.get(partition))
}
