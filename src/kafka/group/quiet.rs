//! How long a member may go without partitions before that is said, or taken for its share.

use std::time::{Duration, Instant};

/// How long a member without partitions waits for some, under `--exit-at-end`.
const SETTLE: Duration = Duration::from_secs(3);
/// How long a member waits to be let in before it says so.
const SOON: Duration = Duration::from_secs(3);
/// How often it says so again.
const REMIND: Duration = Duration::from_secs(30);

/// How long nothing has been assigned.
pub struct Quiet<'a> {
    group: &'a str,
    /// How long a member that is not heard of is waited for.
    session: Option<Duration>,
    since: Instant,
    /// When it is to be said next that nothing happens.
    due: Instant,
    joined: bool,
}

impl<'a> Quiet<'a> {
    /// From now on.
    pub fn new(group: &'a str, session: Option<Duration>) -> Self {
        let since = Instant::now();
        Self { group, session, since, due: since + SOON, joined: false }
    }

    /// The group has decided something.
    pub fn end(&mut self) {
        (self.since, self.joined) = (Instant::now(), true);
    }

    /// Says what is waited for, as long as the group has not let this member in.
    pub fn remind(&mut self) {
        if self.joined || Instant::now() < self.due {
            return;
        }
        self.due = Instant::now() + REMIND;
        let at_most =
            self.session.map(|time| format!(", {} s at most", time.as_secs_f64())).unwrap_or_default();
        log::warn!(
            "group {}: not let in after {} s: a member that died is waited for until its session times out{at_most} \
             (session.timeout.ms)",
            self.group,
            self.since.elapsed().as_secs()
        );
    }

    /// Whether this member is in the group, and was assigned nothing for so long that the others must
    /// have it all.
    pub fn is_long(&self) -> bool {
        self.joined && self.since.elapsed() > SETTLE
    }
}
