//! How long a member may go without partitions before that is said, or taken for an answer.

use std::time::{Duration, Instant};

/// How long a member without partitions waits for some, under `--exit-at-end`.
const SETTLE: Duration = Duration::from_secs(3);
/// How often a member that was assigned nothing says that it waits.
const REMIND: Duration = Duration::from_secs(30);

/// How long nothing has been assigned.
pub struct Quiet<'a> {
    group: &'a str,
    since: Instant,
    reminded: Instant,
    joined: bool,
}

impl<'a> Quiet<'a> {
    /// From now on.
    pub fn new(group: &'a str) -> Self {
        Self { group, since: Instant::now(), reminded: Instant::now(), joined: false }
    }

    /// The group has decided something.
    pub fn end(&mut self) {
        (self.since, self.joined) = (Instant::now(), true);
    }

    /// Whether this member is in the group, and was assigned nothing for so long that the others must
    /// have it all.
    pub fn is_long(&mut self) -> bool {
        if self.joined && self.since.elapsed() > SETTLE {
            log::warn!(
                "group {}: all partitions are held by other members, which will do the work",
                self.group
            );
            return true;
        }
        if self.reminded.elapsed() > REMIND {
            self.reminded = Instant::now();
            let seconds = self.since.elapsed().as_secs();
            log::warn!(
                "group {}: still waiting to be let in after {seconds} s: a member that died is waited for until its session times out",
                self.group
            );
        }
        false
    }
}
