//! One assigned partition at work: the steps of [`batch::machine`](crate::batch::machine), carried
//! out one after another by a thread of its own, with the real clients.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::child::{self, Child, Feed};
use super::cut::{date, next_day};
use super::leash::Leash;
use super::pool::Slot;
use super::range::{self, Head, Poured};
use super::{Job, Tally};
use crate::batch::machine::{Action, Commits, Event, Machine, Rest};
use crate::batch::mandate::{self, Membership};
use crate::batch::place::{self, Mark, Place, Plan};
use crate::batch::receipt::Expected;
use crate::batch::{Batch, Mandate};
use crate::kafka::codes;
use crate::kafka::native::group::Commit;
use crate::kafka::native::offsets::{Which, offsets};
use crate::run::exit::{Error, Exit, Result};
use crate::run::fault;
use crate::run::units::grouped;
use crate::stream::Sealed;
use crate::stream::counts::Facts;
use crate::stream::output::Output;
use crate::stream::rejects::{Judge, Rejects};
use crate::stream::seal::{Range, StageCounts};

/// How often new records are looked for.
const LOOK: Duration = Duration::from_millis(500);
/// The first pause after a failure, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The name under which our counts stand in the seal.
const STAGE: &str = "kafka-consume";

/// A partition at work.
pub struct Worker {
    pub(super) job: Arc<Job>,
    topic: usize,
    pub(super) partition: i32,
    leash: Arc<Leash>,
    machine: Machine,
    slot: Option<Slot>,
    /// Where the group stands, and how many partitions it knows of.
    pub(super) place: Place,
    pub(super) known: i32,
    /// The batch that is planned.
    pub(super) plan: Option<Plan>,
    /// The leader epoch of the last record that was handed out.
    epoch: Option<i32>,
    /// The mean size of a value in the last batch.
    mean: f64,
    error: Option<Error>,
}

/// Why a step failed, and whether another attempt may end differently.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) again: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // Wrong settings and a destination that holds something else do not mend by waiting.
        let again = !matches!(error.exit(), Exit::Usage | Exit::Conflict);
        Self { error, again }
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
            place: Place { offset: 0, epoch: None, start: 0, plan: None },
            known: 0,
            plan: None,
            epoch: None,
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

    fn fail(&mut self, Failure { error, again }: Failure) -> Event {
        // What fails because the partition was taken away is nobody's fault.
        if !self.leash.is_killed() {
            // What tells of the place as a whole begins with it.
            let name = self.name();
            self.error = Some(if error.message().starts_with(&name) { error } else { error.at(name) });
        }
        if let Some(slot) = &mut self.slot {
            slot.close();
        }
        self.plan = None;
        Event::Failed { again }
    }

    pub(super) fn topic(&self) -> &super::Topic {
        &self.job.topics[self.topic]
    }

    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.topic().name, self.partition)
    }

    /// The topic is still the one that this began with.
    pub(super) fn check_topic(&self) -> Result<()> {
        let topic = self.topic();
        let id = self.job.topic_id(&topic.name)?;
        if id == topic.id {
            return Ok(());
        }
        Err(Error::data(format!("topic {} was deleted and made again meanwhile", topic.name)).hint(format!(
            "topic-admin reset {} --topic {} --at earliest --yes",
            self.job.member.group, topic.name
        )))
    }

    pub(super) fn offset(&self, which: Which) -> Result<i64> {
        let (member, place) = (&self.job.member, [(&*self.topic().name, self.partition)]);
        let what = || "cannot read the offsets".to_owned();
        let found = offsets(member.client(), &place, which, member.patience())
            .map_err(|refusal| codes::error(what(), refusal.code))?;
        let found = found.into_iter().next().transpose().map_err(|code| codes::error(what(), code))?;
        found.flatten().ok_or_else(|| Error::temporary(format!("{}: no answer", what())))
    }

    /// As far as may be read now.
    fn limit(&self) -> Result<i64> {
        match self.job.ends.get(&(self.topic, self.partition)) {
            Some(end) => Ok(*end),
            // With --exit-at-end: a partition that was added since. Nothing was in it at the start.
            None if self.job.plan.exit_at_end => Ok(0),
            None => self.offset(Which::Stable),
        }
    }

    /// The end of the next batch, once there is enough for one.
    fn choose(&mut self, first: i64, mut after: i64) -> Result<Event, Failure> {
        let at_end = self.job.plan.exit_at_end;
        let mut since = None;
        while !self.leash.is_stopping() {
            let limit = self.limit()?;
            if limit < first && !at_end {
                // An end moves back where records were lost, or where this is another topic.
                self.check_topic()?;
                return Err(self.moved_back(first, limit).into());
            }
            if limit <= after {
                if at_end {
                    return Ok(Event::Nothing);
                }
                self.rest_a_little(LOOK);
                continue;
            }
            let since: &mut Instant = since.get_or_insert_with(Instant::now);
            let cut = &self.job.plan.cut;
            if !at_end && limit - first < cut.offsets(self.mean) && since.elapsed() < cut.wait {
                let left = cut.wait.saturating_sub(since.elapsed());
                self.rest_a_little(LOOK.min(left));
                continue;
            }
            match self.look(first, limit)? {
                Some(head) => return self.cut(first, &head, after, limit),
                None if at_end => return Ok(Event::Nothing),
                // Markers only. A batch needs a record.
                None => after = limit,
            }
        }
        Ok(Event::Nothing)
    }

    fn moved_back(&self, first: i64, end: i64) -> Error {
        Error::data(format!(
            "{}: the partition ends at {end}, before offset {first}, which is stored",
            self.name()
        ))
    }

    fn rest_a_little(&mut self, time: Duration) {
        self.give_slot_back_if_wanted();
        self.leash.wait(time);
    }

    fn cut(&mut self, first: i64, head: &Head, after: i64, limit: i64) -> Result<Event, Failure> {
        let cut = &self.job.plan.cut;
        let mean = if self.mean > 0.0 { self.mean } else { head.size };
        let mut end = cut.end(first, head.offset, after, limit, mean);
        if cut.by_day
            && let Some(day) = self.first_of_next_day(head.time)?
            && (head.offset.max(after) + 1..end).contains(&day)
        {
            end = day;
        }
        let date = date(head.time).to_string();
        self.plan = Some(Plan { end, date, cmd: self.job.digest.clone() });
        Ok(Event::Chosen(end))
    }

    fn first_of_next_day(&self, time: i64) -> Result<Option<i64>> {
        let (member, place) = (&self.job.member, [(&*self.topic().name, self.partition)]);
        let what = || format!("cannot look for the next day in {}", self.name());
        let found = offsets(member.client(), &place, Which::Time(next_day(time)), member.patience())
            .map_err(|refusal| codes::error(what(), refusal.code))?;
        Ok(found.into_iter().next().transpose().map_err(|code| codes::error(what(), code))?.flatten())
    }

    /// The first record of a range.
    fn look(&mut self, first: i64, end: i64) -> Result<Option<Head>> {
        fault::point("look.before");
        if self.slot.is_none() {
            self.slot = self.job.pool.take(&self.leash)?;
        }
        let Some(mut slot) = self.slot.take() else { return Err(child::gone()) };
        let looked = range::look(&mut slot, &self.range(first, end), &self.leash);
        self.slot = Some(slot);
        fault::point("look.after");
        looked
    }

    fn range(&self, first: i64, end: i64) -> range::Range<'_> {
        range::Range { topic: (self.topic, &self.topic().name), partition: self.partition, first, end }
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

    fn mark(&self, plan: Option<Plan>) -> Mark {
        let topic = self.topic();
        Mark {
            sluicebox: place::VERSION,
            cluster: self.job.cluster.clone(),
            topic_id: topic.id.clone(),
            start: self.place.start,
            known: self.known,
            plan,
        }
    }

    fn commit(&self, offset: i64, epoch: Option<i32>, metadata: &[u8]) -> Result<()> {
        if self.leash.is_killed() {
            return Err(child::gone());
        }
        let topic = &self.topic().name;
        self.job.member.commit(Commit { topic, partition: self.partition, offset, epoch, metadata })
    }

    fn commit_plan(&mut self, first: i64, end: i64) -> Result<Event, Failure> {
        fault::point("plan.before");
        self.commit(first, self.place.epoch, &self.mark(self.plan.clone()).to_bytes())?;
        fault::point("plan.after");
        log::info!("{}: planned offsets {first} to {end}", self.name());
        Ok(Event::Planned)
    }

    fn commit_end(&mut self, end: i64) -> Result<Event, Failure> {
        fault::point("commit.before");
        self.commit(end, self.epoch, &self.mark(None).to_bytes())?;
        fault::point("commit.after");
        self.place = Place { offset: end, epoch: self.epoch, start: self.place.start, plan: None };
        self.plan = None;
        self.give_slot_back_if_wanted();
        Ok(Event::Committed)
    }

    /// Runs the command on a range.
    fn run_batch(&mut self, first: i64, end: i64) -> Result<Event, Failure> {
        if self.look(first, end)?.is_none() {
            return Ok(Event::Empty);
        }
        let started = Instant::now();
        let topic = self.topic();
        let range = Range {
            topic: topic.name.to_string(),
            topic_id: topic.id.clone(),
            partition: self.partition,
            first_offset: first,
            end_offset: end,
        };
        let plan = self.plan.clone().unwrap_or(Plan { end, date: date(0).to_string(), cmd: String::new() });
        if plan.cmd != self.job.digest {
            log::warn!(
                "{}: offsets {first} to {end} were planned for another command, or it was edited since: if it \
                 stores to another place now, they may lie in both",
                self.name()
            );
        }
        let batch = Batch { range, date: plan.date };
        let member = self.membership()?;
        let (stored, poured) = match self.hand_over(&batch, member.as_ref()) {
            Err(error) if error.exit() != Exit::Usage && self.is_overtaken(member.as_ref()) => {
                log::info!("{}: again, as the group has changed meanwhile: {error}", self.name());
                return Ok(Event::Overtaken);
            }
            other => other?,
        };
        if stored != end {
            self.check_adopted(stored)?;
        }
        self.epoch = poured.epoch.filter(|_| stored == end);
        self.mean = poured.bytes as f64 / poured.counts.read.max(1) as f64;
        let records = poured.counts.read;
        self.job.tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(&poured);
        let seconds = started.elapsed().as_secs_f64();
        log::info!(
            "{}: offsets {first} to {stored} stored: {} records in {seconds:.1} s",
            self.name(),
            grouped(records)
        );
        Ok(Event::Stored(stored))
    }

    /// In whose name the command commits, where it does.
    fn membership(&self) -> Result<Option<Membership>> {
        let commits = self.job.plan.commits == Commits::Command;
        commits.then(|| self.job.member.membership()).transpose()
    }

    /// Whether the group has changed since a command was given the right to commit, which ended it.
    fn is_overtaken(&self, member: Option<&Membership>) -> bool {
        member.is_some_and(|then| self.job.member.membership().is_ok_and(|now| now != *then))
    }

    /// Another attempt at this batch had another end, which cannot lie behind what Kafka has.
    fn check_adopted(&self, end: i64) -> Result<(), Failure> {
        let high = self.offset(Which::High)?;
        if end <= high {
            log::info!("{}: adopting an object that ends at {end}", self.name());
            return Ok(());
        }
        let text = format!(
            "{}: the stored object ends at {end}, behind the end {high} of the partition",
            self.name()
        );
        Err(Failure { error: Error::conflict(text).hint("move the object away"), again: false })
    }

    /// Starts the command, hands the range over to it, and judges how it ended.
    fn hand_over(&mut self, batch: &Batch, member: Option<&Membership>) -> Result<(i64, Poured)> {
        let trust_exit = self.job.plan.trust_exit;
        let sealed = if trust_exit {
            None
        } else {
            let mut sealed = Sealed::new(self.job.plan.max_rejects.to_string())?;
            sealed.range = Some(batch.range.clone());
            Some(sealed)
        };
        let expected = Expected {
            range: batch.range.clone(),
            stream: sealed.as_ref().map(|sealed| sealed.open.clone()).unwrap_or_default(),
            receipts: self.job.plan.receipts,
            trust_exit,
            in_transaction: member.is_some(),
        };
        fault::point("spawn.before");
        let (child, feed) = self.start(batch, member)?;
        fault::point("spawn.after");
        let poured = self.feed(feed, sealed, batch, &child);
        if poured.is_ok() {
            self.leash.set_whole();
        }
        fault::point("feed.after");
        let ended = child.wait();
        fault::point("ended.after");
        if self.leash.is_killed() {
            return Err(child::gone());
        }
        // A command that stopped reading has said why, or exits as if all were well.
        let poured = match poured {
            Err(error) if !error.is_broken_pipe() => return Err(error),
            other => other,
        };
        let stored = ended.reports.judge(ended.status, &expected)?;
        match poured {
            Ok(poured) if !trust_exit || ended.unread == 0 => Ok((stored, poured)),
            _ => Err(Error::data("the command did not read all of its input")),
        }
    }

    fn start(&self, batch: &Batch, member: Option<&Membership>) -> Result<(Child, Feed)> {
        let plan = &self.job.plan;
        let group = self.job.member.group.clone();
        let mut variables = batch.environment().to_vec();
        variables.push(("BATCH_GROUP", group.clone()));
        if let Some(member) = member {
            let (topic_id, partition) = (&batch.range.topic_id, batch.range.partition);
            let transactional_id = mandate::transactional_id(&group, topic_id, partition);
            let mandate = Mandate { group, transactional_id, member: member.clone(), mark: self.mark(None) };
            variables.extend(mandate.environment());
        }
        let command: &[OsString] = &plan.command;
        Child::start(command, &variables, !plan.trust_exit, plan.batch_timeout, &self.leash)
    }

    fn feed(&mut self, feed: Feed, sealed: Option<Sealed>, batch: &Batch, child: &Child) -> Result<Poured> {
        let judge = match &sealed {
            Some(_) => Judge::Sink,
            None => Judge::Here(self.job.plan.max_rejects),
        };
        let is_sealed = sealed.is_some();
        let mut rejects = Rejects::open(STAGE, judge, None, None)?;
        let poured = self.pour(feed, sealed, batch, &mut rejects);
        // Without a seal an end of file would look like the end of the range.
        if poured.is_err() && !is_sealed {
            child.kill();
        }
        poured
    }

    fn pour(
        &mut self,
        feed: Feed,
        sealed: Option<Sealed>,
        batch: &Batch,
        rejects: &mut Rejects,
    ) -> Result<Poured> {
        let mut output = Output::new(Box::new(feed), sealed)?;
        let Some(mut slot) = self.slot.take() else { return Err(child::gone()) };
        let range = self.range(batch.range.first_offset, batch.range.end_offset);
        let poured = range::pour(&mut slot, &range, &mut output, rejects, &self.leash);
        self.slot = Some(slot);
        let poured = poured?;
        rejects.settle(poured.counts.read)?;
        // Were it another one by now, these would be its records.
        self.check_topic()?;
        let counts = StageCounts { stage: STAGE.to_owned(), counts: poured.counts, facts: Facts::new() };
        output.close(vec![counts])?;
        Ok(poured)
    }
}

fn pause(failed: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << failed.saturating_sub(1).min(10)).min(LONGEST_PAUSE)
}

impl Tally {
    fn add(&mut self, poured: &Poured) {
        self.batches += 1;
        self.counts.read += poured.counts.read;
        self.counts.passed += poured.counts.passed;
        self.counts.rejected += poured.counts.rejected;
        self.counts.dropped += poured.counts.dropped;
        self.counts.written += poured.counts.written;
    }
}
