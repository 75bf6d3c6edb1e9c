//! Who gets the next client: partitions in a queue, the one with the most left to read first.
//!
//! Then all come to their ends at about the same time. In any other order the largest may be the last one,
//! and work alone while the other clients have nothing to do. Whoever has waited for long comes first all the same.

use std::time::{Duration, Instant};

/// From when on a partition has waited for long.
const LONG: Duration = Duration::from_secs(20);

/// Partitions that wait, in the order in which they came.
#[derive(Default)]
pub struct Queue {
    waiting: Vec<Waiting>,
    tickets: u64,
}

struct Waiting {
    ticket: u64,
    since: Instant,
    /// How many offsets are left to be read.
    left: i64,
}

impl Queue {
    /// Joins the queue, with so many offsets left to be read. Returns the ticket.
    pub fn join(&mut self, left: i64, now: Instant) -> u64 {
        self.tickets += 1;
        self.waiting.push(Waiting { ticket: self.tickets, since: now, left });
        self.tickets
    }

    /// Leaves the queue.
    pub fn leave(&mut self, ticket: u64) {
        self.waiting.retain(|waiting| waiting.ticket != ticket);
    }

    /// Whose turn it is.
    pub fn first(&self, now: Instant) -> Option<u64> {
        let long = self.waiting.iter().find(|waiting| now.duration_since(waiting.since) >= LONG);
        // Of several, the one that came first.
        let most = || self.waiting.iter().rev().max_by_key(|waiting| waiting.left);
        long.or_else(most).map(|waiting| waiting.ticket)
    }

    /// The most that anybody has left to read.
    pub fn most(&self) -> Option<i64> {
        self.waiting.iter().map(|waiting| waiting.left).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_with_the_most_left_comes_first_and_whoever_has_waited_for_long_before_it() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        assert_eq!((queue.first(now), queue.most()), (None, None));
        let small = queue.join(1, now);
        let large = queue.join(9, now + Duration::from_secs(5));
        let as_large = queue.join(9, now + Duration::from_secs(5));
        assert_eq!((queue.first(now + Duration::from_secs(5)), queue.most()), (Some(large), Some(9)));
        assert_eq!(queue.first(now + LONG), Some(small));
        queue.leave(small);
        queue.leave(large);
        assert_eq!(queue.first(now + LONG), Some(as_large));
    }
}
