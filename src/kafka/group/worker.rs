//! One assigned partition at work: the steps of [`batch::machine`](crate::batch::machine), carried
//! out one after another by a thread of its own, with the real clients.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::child;
use super::leash::Leash;
use super::member::Refused;
use super::pool::Slot;
use super::range::{self, Head};
use super::{Job, topics};
use crate::batch::machine::{Action, Event, Machine, Rest};
use crate::batch::place::{self, Before, Mark, Place, Plan};
use crate::kafka::native::group::Commit;
use crate::kafka::native::offsets::Which;
use crate::run::exit::{Error, Exit, Result};
use crate::run::fault;

/// How often it is looked whether something has changed.
pub(super) const LOOK: Duration = Duration::from_millis(500);
/// The first pause after a failure, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How soon a group that changes is looked at first. Mostly it takes some milliseconds.
const FIRST_GLANCE: Duration = Duration::from_millis(50);
/// How long a group may take to settle: as long as Kafka waits for one member, `max.poll.interval.ms`.
const SETTLING: Duration = Duration::from_secs(300);

/// A partition at work.
pub struct Worker {
    pub(super) job: Arc<Job>,
    pub(super) topic: usize,
    pub(super) partition: i32,
    pub(super) leash: Arc<Leash>,
    machine: Machine,
    pub(super) slot: Option<Slot>,
    /// Where the group stands, and how many partitions it knows of.
    pub(super) place: Place,
    pub(super) known: i32,
    /// As far as could be read when it was last looked.
    pub(super) limit: i64,
    /// The batch that is planned.
    pub(super) plan: Option<Plan>,
    /// The leader epoch of the last record that was handed out.
    pub(super) epoch: Option<i32>,
    /// The offset and the epoch of the place that was last seen to be in the broker's log.
    pub(super) proven: Option<(i64, i32)>,
    /// The mean size of a value in the last batch.
    pub(super) mean: f64,
    error: Option<Error>,
}

/// Why a step came to nothing.
pub(super) enum Failure {
    /// It failed; `again` says whether another attempt may end differently.
    Failed { error: Error, again: bool },
    /// The group has changed meanwhile: nobody's fault, and no attempt.
    Overtaken(Error),
}

impl Failure {
    /// What no attempt ends otherwise.
    pub(super) fn for_good(error: Error) -> Self {
        Self::Failed { error, again: false }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Overtaken(why) => Self::Overtaken(why),
            Refused::Failed(error) => error.into(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // Wrong settings and a destination that holds something else do not mend by waiting.
        // Nor do the records of a range.
        let again = !matches!(error.exit(), Exit::Usage | Exit::Conflict) && !error.is_of_rejects();
        Self::Failed { error, again }
    }
}

impl Worker {
    /// A partition that was just assigned.
    pub fn new(job: &Arc<Job>, topic: usize, partition: i32, leash: &Arc<Leash>) -> Self {
        Self {
            machine: Machine::new(job.plan.commits, job.plan.max_attempts),
            job: Arc::clone(job),
            topic,
            partition,
            leash: Arc::clone(leash),
            slot: None,
            place: Place { offset: 0, epoch: None, start: 0, before: Before::default(), plan: None },
            known: 0,
            limit: 0,
            plan: None,
            epoch: None,
            proven: None,
            mean: 0.0,
            error: None,
        }
    }

    /// Works until there is nothing more to do; returns why it gave up, if it did.
    pub fn run(mut self) -> Option<Error> {
        let rest = self.work();
        if let Some(slot) = self.slot.take() {
            self.job.pool.give_back(slot);
        }
        self.error.filter(|_| rest == Rest::GivenUp)
    }

    fn work(&mut self) -> Rest {
        loop {
            if self.leash.is_killed() {
                return Rest::Done;
            }
            if self.leash.is_stopping() {
                self.machine.stop();
            }
            let event = match self.machine.action() {
                Action::Rest(rest) => return rest,
                // Planned, but not begun: the plan stands.
                Action::Run { .. } if self.leash.is_stopping() => return Rest::Done,
                action => self.carry_out(&action).unwrap_or_else(|failure| self.fail(failure)),
            };
            self.machine.step(&event);
            self.tell_failure(&event);
        }
    }

    /// Says what failed, unless it was the last attempt: why a partition was given up is for the driver to
    /// say.
    fn tell_failure(&self, event: &Event) {
        let (Event::Failed { .. }, Some(error)) = (event, &self.error) else { return };
        if self.leash.is_killed() || self.machine.action() == Action::Rest(Rest::GivenUp) {
            return;
        }
        match self.machine.action() {
            Action::Pause { failed } => {
                let (seconds, of) = (pause(failed).as_secs(), self.job.plan.max_attempts);
                log::warn!(
                    "{}",
                    error.clone().and(format!("attempt {failed} of {of}, the next in {seconds} s"))
                );
            }
            _ => log::warn!("{error}"),
        }
    }

    fn carry_out(&mut self, action: &Action) -> Result<Event, Failure> {
        match *action {
            Action::Read => self.read(),
            Action::Choose { first, after } => self.choose(first, after),
            Action::Plan { first, end } => self.commit_plan(first, end),
            Action::Run { first, end } => self.run_batch(first, end),
            Action::Commit { end } => self.commit_end(end),
            Action::Confirm { end } => self.confirm(end),
            Action::Pause { failed } => {
                self.give_slot_back();
                self.leash.wait(pause(failed));
                Ok(Event::Paused)
            }
            Action::Rest(_) => Ok(Event::Nothing),
        }
    }

    fn fail(&mut self, failure: Failure) -> Event {
        if let Some(slot) = &mut self.slot {
            slot.close();
        }
        self.plan = None;
        let (error, again) = match failure {
            Failure::Failed { error, again } => (error, again),
            Failure::Overtaken(why) => {
                self.stand_aside(&why);
                return Event::Overtaken;
            }
        };
        // What fails because the partition was taken away is nobody's fault.
        if !self.leash.is_killed() {
            // What tells of the place as a whole begins with it.
            let name = self.name();
            self.error =
                Some(if error.message().starts_with(&name) { error } else { error.at(self.at_work()) });
        }
        Event::Failed { again }
    }

    /// Waits until the group has settled, or has taken the partition away; then the place is read again.
    ///
    /// No attempt is counted, and yet this does not go round for ever. The coordinator refuses commits of a
    /// member that it has given up, or while it gives partitions out. The first hears of it by its next
    /// heartbeat at the latest, and the partition's work is ended (`Change::Lost`); the other is over as soon
    /// as the coordinator says that the partition is ours, and it bounds that time itself: a member that holds
    /// everybody up is given up. After that commits are taken, so each further round needs a further change of
    /// the group; and none is shorter than a glance.
    fn stand_aside(&mut self, why: &Error) {
        self.give_slot_back();
        if self.leash.is_stopping() {
            return;
        }
        log::info!("{}: the group is changing, and the batch waits for it: {why}", self.name());
        let (deadline, mut glance) = (Instant::now() + SETTLING, FIRST_GLANCE);
        while !self.leash.wait(glance) && Instant::now() < deadline {
            // Who gets no answer reads on: what is wrong there is told by that.
            if self.job.member.holds(&self.topic().name, self.partition).unwrap_or(true) {
                return;
            }
            glance = (glance * 2).min(LOOK);
        }
    }

    pub(super) fn topic(&self) -> &topics::Topic {
        &self.job.topics[self.topic]
    }

    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.topic().name, self.partition)
    }

    /// The partition, and the batch that is being stored.
    fn at_work(&self) -> String {
        match self.machine.action() {
            Action::Run { first, end } => format!("{}, offsets {first} to {end}", self.name()),
            _ => self.name(),
        }
    }

    /// The topic is still the one that this began with.
    pub(super) fn check_topic(&self) -> Result<()> {
        let topic = self.topic();
        let id = topics::id_of(&self.job.member, &topic.name)?;
        if id == topic.id {
            return Ok(());
        }
        Err(Error::data(format!("topic {} was deleted and made again meanwhile", topic.name)).hint(format!(
            "topic-admin reset {} --topic {} --at earliest --yes",
            self.job.member.group, topic.name
        )))
    }

    pub(super) fn offset(&self, which: Which) -> Result<i64> {
        let what = || "cannot read the offsets".to_owned();
        let found = self.ask(which, what)?;
        found.ok_or_else(|| Error::temporary(format!("{}: no answer", what())))
    }

    /// An offset of this partition, if there is such a record.
    pub(super) fn ask(&self, which: Which, what: impl Fn() -> String) -> Result<Option<i64>> {
        let found = self.job.member.offsets(&self.topic().name, &[self.partition], which, what)?;
        Ok(found.into_iter().next().flatten())
    }

    /// The first record of a range.
    pub(super) fn look(&mut self, first: i64, end: i64) -> Result<Option<Head>, Failure> {
        fault::point("look.before");
        if self.slot.is_none() {
            self.slot = self.job.pool.take(&self.leash, self.limit.max(end) - first)?;
        }
        // Asked to stop while it waited for one.
        let Some(mut slot) = self.slot.take() else { return Err(Failure::Overtaken(child::gone())) };
        let looked = range::look(&mut slot, &self.range(first, end), &self.leash);
        self.slot = Some(slot);
        fault::point("look.after");
        let head = looked?;
        if let Some(head) = &head {
            self.check_history(first, head)?;
        }
        Ok(head)
    }

    pub(super) fn range(&self, first: i64, end: i64) -> range::Range<'_> {
        let (topic, form) = ((self.topic, &*self.topic().name), self.job.plan.form);
        range::Range { topic, partition: self.partition, first, end, form }
    }

    /// After a batch: others come first who have more left to be read, by a batch at least, or once this one
    /// has had its turn.
    pub(super) fn end_turn(&mut self) {
        let Some(most) = self.job.pool.most_wanted() else { return };
        let left = self.limit - self.place.offset + self.job.plan.cut.offsets(self.mean);
        if most > left || self.slot.as_ref().is_some_and(Slot::turn_is_over) {
            self.give_slot_back();
        }
    }

    pub(super) fn give_slot_back_if_wanted(&mut self) {
        if self.job.pool.is_wanted() {
            self.give_slot_back();
        }
    }

    fn give_slot_back(&mut self) {
        if let Some(slot) = self.slot.take() {
            self.job.pool.give_back(slot);
        }
    }

    pub(super) fn mark(&self, plan: Option<Plan>) -> Mark {
        let topic = self.topic();
        Mark {
            sluicebox: place::VERSION,
            cluster: self.job.cluster.clone(),
            topic_id: topic.id.clone(),
            start: self.place.start,
            before: self.place.before,
            known: self.known,
            plan,
        }
    }

    fn commit(&self, offset: i64, epoch: Option<i32>, metadata: &[u8]) -> Result<(), Failure> {
        if self.leash.is_killed() {
            return Err(Failure::Overtaken(child::gone()));
        }
        let topic = &self.topic().name;
        Ok(self.job.member.commit(Commit { topic, partition: self.partition, offset, epoch, metadata })?)
    }

    fn commit_plan(&mut self, first: i64, end: i64) -> Result<Event, Failure> {
        fault::point("plan.before");
        self.commit(first, self.place.epoch, &self.mark(self.plan.clone()).to_bytes())?;
        fault::point("plan.after");
        log::info!("{}: planned offsets {first} to {end}", self.name());
        Ok(Event::Planned)
    }

    fn commit_end(&mut self, end: i64) -> Result<Event, Failure> {
        let goes_on = self.plan.as_ref().and_then(|plan| plan.goes_on(end)).unwrap_or(end);
        // The epoch is that of the record before the end.
        let epoch = self.epoch.filter(|_| goes_on == end);
        fault::point("commit.before");
        self.commit(goes_on, epoch, &self.mark(None).to_bytes())?;
        fault::point("commit.after");
        self.place = Place { offset: goes_on, epoch, plan: None, ..self.place.clone() };
        self.plan = None;
        self.end_turn();
        if goes_on > end {
            log::info!("{}: offsets {end} to {goes_on} were landed before", self.name());
        }
        Ok(Event::committed(end, goes_on))
    }
}

fn pause(failed: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << failed.saturating_sub(1).min(10)).min(LONGEST_PAUSE)
}
