//! One partition, from its assignment to its loss: what is done next, and never in another order.
//!
//! In: what happened ([`Event`]). Out: what to do ([`Action`]). No clients, no clock, no threads, so
//! that the order of the protocol can be read on one screen, and explored in full by a test
//! (`model`): two consumers, crashes at every step, lost answers of the broker and of the store.
//!
//! ```text
//!            ┌───────────────────────── Failed: pause, then again ──────────────────┐
//!            ▼                                                                      │
//!  start ─► Read ─► Choose ─► Plan ─► Run ─► Commit ─► Choose ─► …                  │
//!            │        │                ▲  │ Empty: choose a later end               │
//!            │        └ Nothing: rest  │  └──────────────────────► Choose           │
//!            └── a plan stands ────────┘        every step may fail ────────────────┘
//! ```
//!
//! A first attempt and a retry are one path: whatever is unknown is read again. Where the command
//! commits, inside of a transaction, there is no Plan, and Commit is Confirm: the place is looked at.

use super::place::Place;

/// What the driver does next for a partition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Ask Kafka where the group stands.
    Read,
    /// Choose the end of a batch that begins at `first`, behind `after`, by offsets alone.
    Choose {
        /// The first offset.
        first: i64,
        /// The end must be greater.
        after: i64,
    },
    /// Commit `first` once more, now with the plan that its batch ends at `end`.
    Plan {
        /// The first offset.
        first: i64,
        /// The offset after the last.
        end: i64,
    },
    /// Run the command on `[first, end)`: nothing is visible before the sink stores the whole.
    Run {
        /// The first offset.
        first: i64,
        /// The offset after the last.
        end: i64,
    },
    /// Commit `end`: everything before it is stored.
    Commit {
        /// The offset.
        end: i64,
    },
    /// Ask Kafka whether the command has committed `end`, as it says.
    Confirm {
        /// The offset.
        end: i64,
    },
    /// Wait, the longer the more attempts have failed.
    Pause {
        /// How many have failed so far.
        failed: u32,
    },
    /// Nothing more for this partition.
    Rest(Rest),
}

/// Why nothing more is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rest {
    /// Everything up to the end is stored, or the process was asked to stop.
    Done,
    /// Too many attempts have failed, or one did for a reason that waiting cannot mend.
    GivenUp,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Where the group stands, and the end of a batch that was planned there.
    Place {
        /// The offset.
        offset: i64,
        /// The planned end.
        end: Option<i64>,
    },
    /// A batch may end here.
    Chosen(i64),
    /// Nothing is left that a batch could hold.
    Nothing,
    /// The plan is committed.
    Planned,
    /// The range holds no record: markers, or what compaction has left.
    Empty,
    /// Every sink has what lies before this offset: the planned end, or that of an adopted object.
    Stored(i64),
    /// The offset is committed.
    Committed,
    /// It is, and the group goes on elsewhere: what lies between was landed before.
    Skipped,
    /// The step failed because the group has changed meanwhile, which says nothing of the batch.
    Overtaken,
    /// The pause is over.
    Paused,
    /// The step failed, or its outcome is unknown.
    Failed {
        /// Whether another attempt may end differently.
        again: bool,
    },
}

/// Who commits the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Commits {
    /// The consumer, with the plan before and the end after.
    Consumer,
    /// The command, with its records in one transaction: there is no plan, and nothing to commit, only
    /// to make sure.
    Command,
}

/// One partition's protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Machine {
    state: State,
    commits: Commits,
    failed: u32,
    max_attempts: u32,
    stopping: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum State {
    Reading,
    Choosing { first: i64, after: i64 },
    Planning { first: i64, end: i64 },
    Running { first: i64, end: i64 },
    Committing { end: i64 },
    Pausing,
    Resting(Rest),
}

impl State {
    fn choosing(first: i64) -> Self {
        Self::Choosing { first, after: first }
    }
}

impl Event {
    /// The place that was read.
    pub fn place(place: &Place) -> Self {
        Self::Place { offset: place.offset, end: place.plan.as_ref().map(|plan| plan.end) }
    }

    /// The commit is made of a batch that is stored up to `end`, behind which the group goes on at `goes_on`.
    pub fn committed(end: i64, goes_on: i64) -> Self {
        if goes_on == end { Self::Committed } else { Self::Skipped }
    }
}

impl Machine {
    /// A partition that was just assigned. After `max_attempts` failures in a row it gives up.
    pub fn new(commits: Commits, max_attempts: u32) -> Self {
        Self { state: State::Reading, commits, failed: 0, max_attempts, stopping: false }
    }

    /// No new plans from now on; what runs may end and be committed.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    /// What to do now.
    pub fn action(&self) -> Action {
        match self.state {
            State::Resting(rest) => Action::Rest(rest),
            State::Running { first, end } => Action::Run { first, end },
            State::Committing { end } => match self.commits {
                Commits::Consumer => Action::Commit { end },
                Commits::Command => Action::Confirm { end },
            },
            _ if self.stopping => Action::Rest(Rest::Done),
            State::Reading => Action::Read,
            State::Choosing { first, after } => Action::Choose { first, after },
            State::Planning { first, end } => Action::Plan { first, end },
            State::Pausing => Action::Pause { failed: self.failed },
        }
    }

    /// Takes what came of the [`Self::action`].
    pub fn step(&mut self, event: &Event) {
        self.state = match (self.state, event) {
            (State::Reading, Event::Place { offset, end: Some(end) }) => {
                State::Running { first: *offset, end: *end }
            }
            (State::Reading, Event::Place { offset, end: None }) => State::choosing(*offset),
            (State::Choosing { first, .. }, Event::Chosen(end)) => match self.commits {
                Commits::Consumer => State::Planning { first, end: *end },
                Commits::Command => State::Running { first, end: *end },
            },
            (State::Choosing { .. }, Event::Nothing) => State::Resting(Rest::Done),
            (State::Planning { first, end }, Event::Planned) => State::Running { first, end },
            (State::Running { first, end }, Event::Empty) => State::Choosing { first, after: end },
            (State::Running { .. }, Event::Stored(end)) => State::Committing { end: *end },
            (State::Committing { end }, Event::Committed) => self.went_well(State::choosing(end)),
            (State::Committing { .. }, Event::Skipped) => self.went_well(State::Reading),
            (State::Pausing, Event::Paused) => State::Reading,
            (_, Event::Failed { again }) => self.failure(*again),
            // `Overtaken`; and what does not belong here is an answer to nothing: everything is read again.
            _ => State::Reading,
        };
    }

    fn went_well(&mut self, next: State) -> State {
        self.failed = 0;
        next
    }

    fn failure(&mut self, again: bool) -> State {
        self.failed += 1;
        if again && self.failed < self.max_attempts { State::Pausing } else { State::Resting(Rest::GivenUp) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: &[Event]) -> Machine {
        let mut machine = Machine::new(Commits::Consumer, 2);
        events.iter().for_each(|event| machine.step(event));
        machine
    }

    const PLACE: Event = Event::Place { offset: 5, end: None };

    #[test]
    fn the_plan_is_committed_before_the_run_and_the_end_after_it() {
        let mut machine = after(&[]);
        let mut done = Vec::new();
        for event in [PLACE, Event::Chosen(9), Event::Planned, Event::Stored(9), Event::Committed] {
            done.push(machine.action());
            machine.step(&event);
        }
        let plan = Action::Plan { first: 5, end: 9 };
        let run = Action::Run { first: 5, end: 9 };
        let choose = Action::Choose { first: 5, after: 5 };
        assert_eq!(done, [Action::Read, choose, plan, run, Action::Commit { end: 9 }]);
        assert_eq!(machine.action(), Action::Choose { first: 9, after: 9 });
    }

    #[test]
    fn a_standing_plan_is_run_and_not_made_again() {
        let machine = after(&[Event::Place { offset: 5, end: Some(7) }]);
        assert_eq!(machine.action(), Action::Run { first: 5, end: 7 });
    }

    #[test]
    fn an_adopted_end_is_what_is_committed() {
        let machine = after(&[Event::Place { offset: 5, end: Some(7) }, Event::Stored(8)]);
        assert_eq!(machine.action(), Action::Commit { end: 8 });
    }

    #[test]
    fn behind_a_range_that_was_missing_the_place_is_read_again() {
        let stored = [Event::Place { offset: 5, end: Some(7) }, Event::Stored(7), Event::Skipped];
        assert_eq!(after(&stored).action(), Action::Read);
    }

    #[test]
    fn a_range_without_records_grows() {
        let machine = after(&[Event::Place { offset: 5, end: Some(7) }, Event::Empty]);
        assert_eq!(machine.action(), Action::Choose { first: 5, after: 7 });
    }

    #[test]
    fn failures_in_a_row_are_counted_and_a_success_forgets_them() {
        let failed = Event::Failed { again: true };
        let mut machine = after(std::slice::from_ref(&failed));
        assert_eq!(machine.action(), Action::Pause { failed: 1 });
        let plan = Event::Place { offset: 5, end: Some(7) };
        for event in [Event::Paused, plan.clone(), Event::Stored(7), Event::Committed, failed.clone()] {
            machine.step(&event);
        }
        assert_eq!(machine.action(), Action::Pause { failed: 1 });
        [Event::Paused, plan, failed].iter().for_each(|event| machine.step(event));
        assert_eq!(machine.action(), Action::Rest(Rest::GivenUp));
        assert_eq!(after(&[Event::Failed { again: false }]).action(), Action::Rest(Rest::GivenUp));
    }

    #[test]
    fn after_a_stop_nothing_new_begins_and_what_runs_is_committed() {
        let mut machine = after(&[PLACE]);
        machine.stop();
        assert_eq!(machine.action(), Action::Rest(Rest::Done));
        let mut machine = after(&[Event::Place { offset: 5, end: Some(7) }]);
        machine.stop();
        machine.step(&Event::Stored(7));
        assert_eq!(machine.action(), Action::Commit { end: 7 });
        machine.step(&Event::Committed);
        assert_eq!(machine.action(), Action::Rest(Rest::Done));
    }

    #[test]
    fn where_the_command_commits_there_is_no_plan_and_the_commit_is_only_confirmed() {
        let mut machine = Machine::new(Commits::Command, 2);
        [PLACE, Event::Chosen(9)].iter().for_each(|event| machine.step(event));
        assert_eq!(machine.action(), Action::Run { first: 5, end: 9 });
        machine.stop();
        machine.step(&Event::Stored(9));
        assert_eq!(machine.action(), Action::Confirm { end: 9 }, "even when asked to stop");
        machine.step(&Event::Committed);
        assert_eq!(machine.action(), Action::Rest(Rest::Done));
    }

    #[test]
    fn a_batch_that_was_overtaken_by_the_group_is_no_failure() {
        let mut machine = Machine::new(Commits::Command, 1);
        for event in [PLACE, Event::Chosen(9), Event::Overtaken] {
            machine.step(&event);
        }
        assert_eq!(machine.action(), Action::Read);
    }
}
