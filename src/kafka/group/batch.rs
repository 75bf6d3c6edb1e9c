//! One batch of a partition: the command is started, given its range, sealed, and judged.

use std::ffi::OsString;
use std::time::Instant;

use super::child::{self, Child, Feed};
use super::cut::date;
use super::range::{self, Poured};
use super::worker::{Failure, Worker};
use crate::batch::machine::{Commits, Event};
use crate::batch::mandate::{self, Membership};
use crate::batch::place::Plan;
use crate::batch::receipt::Expected;
use crate::batch::{Batch, Group, Mandate};
use crate::kafka::native::offsets::Which;
use crate::run::exit::{Error, Exit, Result};
use crate::run::fault;
use crate::run::units::grouped;
use crate::stream::Sealed;
use crate::stream::counts::Facts;
use crate::stream::output::Output;
use crate::stream::rejects::{Judge, Rejects};
use crate::stream::seal::{Range, StageCounts};

/// The name under which our counts stand in the seal.
const STAGE: &str = "kafka-consume";

impl Worker {
    /// Runs the command on a range.
    pub(super) fn run_batch(&mut self, first: i64, end: i64) -> Result<Event, Failure> {
        let again = self.plan.clone().filter(Plan::is_again);
        if let Some(plan) = again.as_ref().filter(|_| self.job.plan.commits == Commits::Command) {
            return Err(self.not_in_a_transaction(plan).into());
        }
        let head = match (self.look(first, end)?, &again) {
            (Some(head), _) => head,
            (None, None) => return Ok(Event::Empty),
            // A later end would reach into what is there.
            (None, Some(plan)) => return Err(self.nothing_left(plan)),
        };
        let started = Instant::now();
        let topic = self.topic();
        let range = Range {
            topic: topic.name.to_string(),
            topic_id: topic.id.clone(),
            partition: self.partition,
            first_offset: first,
            end_offset: end,
        };
        let plan = self.plan.clone().unwrap_or(Plan::again(end, end));
        let edited = !plan.is_again() && plan.cmd != self.job.digest;
        if edited && self.job.is_news((self.topic, self.partition), (first, end)) {
            log::warn!(
                "{}: offsets {first} to {end} were planned for another command, or it was edited since: if it \
                 stores to another place now, they may lie in both",
                self.name()
            );
        }
        let date = if plan.date.is_empty() { date(head.time).to_string() } else { plan.date };
        let batch = Batch { range, date };
        let member = self.membership()?;
        let (stored, poured) = match self.hand_over(&batch, member.as_ref()) {
            Err(error) if error.exit() != Exit::Usage && self.is_overtaken(member.as_ref()) => {
                return Err(Failure::Overtaken(error));
            }
            other => other?,
        };
        if stored != end {
            self.check_adopted(stored)?;
        }
        if again.is_some_and(|plan| plan.goes_on(stored).is_none()) {
            return Err(self.not_what_is_missing(first, stored).into());
        }
        self.epoch = poured.epoch.filter(|_| stored == end);
        self.mean = poured.bytes as f64 / poured.counts.read.max(1) as f64;
        let records = poured.counts.read;
        self.job.count(&poured.counts);
        let seconds = started.elapsed().as_secs_f64();
        log::info!(
            "{}: offsets {first} to {stored} stored: {} records in {seconds:.1} s",
            self.name(),
            grouped(records)
        );
        Ok(Event::Stored(stored))
    }

    /// A range was to be landed again, and holds no record any more. Somebody has asked for it, and is told that
    /// it cannot be had, as where retention has taken it: an object without rows would say that it is there.
    fn nothing_left(&self, plan: &Plan) -> Failure {
        let error = Error::data("no record is left there that could be landed again")
            .hint(format!("{} to go on without them", self.reset(plan.behind())));
        Failure::for_good(error)
    }

    /// A topic cannot be looked into for what is missing in it.
    fn not_in_a_transaction(&self, plan: &Plan) -> Error {
        Error::usage(
            "with --transactional no range is landed again: the records behind it would be sent twice",
        )
        .hint(format!("{} to go on where the group stood", self.reset(plan.behind())))
    }

    /// An object begins where a range was to be landed again, and ends elsewhere.
    fn not_what_is_missing(&self, first: i64, stored: i64) -> Error {
        Error::conflict(format!("to be landed again, but an object of offsets {first} to {stored} is there"))
            .hint(format!(
                "s3-verify s3://BUCKET/PREFIX/ --group {}, which says what is missing",
                self.job.member.group
            ))
    }

    fn reset(&self, at: i64) -> String {
        let (group, topic, partition) = (&self.job.member.group, &self.topic().name, self.partition);
        format!("topic-admin reset {group} --topic {topic} --partition {partition} --at {at} --yes")
    }

    /// In whose name the command commits, where it does. Who is in no group at this moment was given up, and has
    /// not heard yet who has the partition now.
    fn membership(&self) -> Result<Option<Membership>, Failure> {
        let commits = self.job.plan.commits == Commits::Command;
        commits.then(|| self.job.member.membership()).transpose().map_err(Failure::Overtaken)
    }

    /// Whether the group has changed since a command was given the right to commit, which ended it; or is
    /// about to, which the coordinator knows before we do.
    fn is_overtaken(&self, member: Option<&Membership>) -> bool {
        let Some(then) = member.filter(|_| !self.leash.is_killed()) else { return false };
        let (member, topic) = (&self.job.member, &self.topic().name);
        member.membership().is_ok_and(|now| now != *then)
            || member.holds(topic, self.partition).is_ok_and(|holds| !holds)
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
        Err(Failure::for_good(Error::conflict(text).hint("move the object away")))
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
        variables.extend(Group::environment(&group, self.place.begun()));
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
        rejects.are_of_a_batch();
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
