//! Topics, batch by batch, into a command: the consumer behind `kafka-consume --group`.
//!
//! The protocol is [`crate::batch`]; this is what it stands on.
//!
//! ```text
//!   main thread                       one thread a partition (worker)
//!   member: polls the group ─ assigned ─► machine: Read, Choose, Plan, Run, Commit, …
//!     │                                      │ range: reads it with a client of the pool,
//!     └─ revoked, lost, stopped ─ leash ─►   │        and writes it, sealed, to
//!                                            └ child: the command, its reports, its end
//! ```
//!
//! The member of the group never fetches, and the clients that fetch are in no group: a rebalance
//! and a fetch have nothing to do with each other. A commit is made with the right of a member, one
//! at a time for each partition.

mod batch;
mod child;
mod choice;
mod command;
mod cut;
mod history;
mod job;
mod leash;
mod leaving;
mod member;
mod others;
mod pool;
mod pulse;
mod queue;
mod quiet;
mod range;
mod standing;
mod topics;
mod worker;

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use cut::Cut;
use job::{Job, Key};
use leash::Leash;
use leaving::Leaving;
use member::{Change, Member, Partition};
use others::{Others, Theirs};
use pool::Pool;
use quiet::Quiet;
use topics::Topic;
use worker::Worker;

use super::consume::Form;
use super::native::identity;
use super::native::offsets::Which;
use super::options::Settings;
use super::selection::Selection;
use crate::batch::machine::Commits;
use crate::run::exit::{Error, Exit, Result};
use crate::run::fault;
use crate::run::signals::Signals;
use crate::stream::counts::{Counts, Facts};
use crate::stream::rejects::Allowance;

/// How long one turn of the main thread waits for the group, and where it ends with the last partition: what
/// the partitions' threads say is heard between two turns.
const TURN: Duration = Duration::from_millis(50);
const SHORT_TURN: Duration = Duration::from_millis(5);
/// How long a partition's thread may take to notice that it was ended.
const GRACE: Duration = Duration::from_secs(5);

/// What to consume, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The group.
    pub group: String,
    /// Its topics.
    pub topics: Selection,
    /// The command that each batch is given to.
    pub command: Vec<OsString>,
    /// What becomes of a record.
    pub form: Form,
    /// End where the partitions end at the start.
    pub exit_at_end: bool,
    /// Where a batch ends.
    pub cut: Cut,
    /// How many commands run at the same time.
    pub max_children: usize,
    /// How many failures in a row end the work on a partition.
    pub max_attempts: u32,
    /// How many sinks give a receipt.
    pub receipts: usize,
    /// Believe the exit status of a foreign sink.
    pub trust_exit: bool,
    /// Who commits.
    pub commits: Commits,
    /// How long a command may take.
    pub batch_timeout: Option<Duration>,
    /// How long a command that has its whole range may go on when its partition is revoked.
    pub revoke_timeout: Duration,
    /// How long commands may go on after the first signal.
    pub drain_timeout: Duration,
    /// The allowance for rejects, judged by the sink.
    pub max_rejects: Allowance,
}

/// A consumer in its group.
pub struct Group {
    job: Arc<Job>,
    workers: HashMap<Partition, Held>,
    /// Partitions that are done with, and why, where they were given up.
    resting: HashMap<Partition, Option<Error>>,
    leaving: Vec<Leaving>,
    ended: Receiver<(Partition, u64, Option<Error>)>,
    tell: Sender<(Partition, u64, Option<Error>)>,
    /// Counts assignments, so that the late result of an older one is known as such.
    assignments: u64,
    leashes: Arc<Mutex<Vec<Arc<Leash>>>>,
}

/// A partition at work.
struct Held {
    assignment: u64,
    leash: Arc<Leash>,
}

impl Group {
    /// Connects, and looks everything up that must be known before the group is joined.
    pub fn open(settings: &Settings, plan: Plan) -> Result<Self> {
        command::check(&plan.command)?;
        let member = Member::open(settings, &plan.group)?;
        let wait = member.patience();
        let cluster = identity::cluster_id(member.client(), wait)
            .ok_or_else(|| Error::usage("this cluster does not tell its id").hint("Kafka 0.10.1 or later"))?;
        let (mut topics, mut ends) = (Vec::new(), HashMap::new());
        for (at, found) in plan.topics.find(member.client(), wait)?.into_iter().enumerate() {
            topics.push(Topic { name: found.name.clone(), id: topics::id_of(&member, &found.name)? });
            if plan.exit_at_end {
                let found = topics::ends_of(&member, &found)?;
                ends.extend(found.into_iter().map(|(partition, end)| ((at, partition), end)));
            }
        }
        let names: Vec<Arc<str>> = topics.iter().map(|topic: &Topic| Arc::clone(&topic.name)).collect();
        let pool = Pool::new(settings, names, plan.max_children);
        let digest = command::digest(&plan.command, plan.form);
        let (tally, told, reach) = (Mutex::default(), Mutex::default(), Mutex::new(ends.clone()));
        let settings = settings.clone();
        let job = Job { plan, settings, member, pool, cluster, topics, ends, reach, digest, tally, told };
        let (tell, ended) = channel();
        Ok(Self {
            job: Arc::new(job),
            workers: HashMap::new(),
            resting: HashMap::new(),
            leaving: Vec::new(),
            ended,
            tell,
            assignments: 0,
            leashes: Arc::default(),
        })
    }

    /// Consumes until the ends are reached, or a signal comes. Returns what was done, and how it ended.
    pub fn run(mut self, signals: &Signals) -> (Counts, Result<Facts>) {
        let leashes = Arc::clone(&self.leashes);
        let _kill = signals.on_abort(move || each(&leashes, Leash::kill));
        let result = self
            .job
            .member
            .join(self.job.topics.iter().map(|topic| &*topic.name))
            .and_then(|()| self.follow(signals));
        each(&self.leashes, Leash::kill);
        let tally = *self.job.tally.lock().unwrap_or_else(PoisonError::into_inner);
        self.leave();
        let mut facts = Facts::new();
        facts.insert("batches".to_owned(), tally.batches.into());
        (tally.counts, result.map(|()| facts))
    }

    fn follow(&mut self, signals: &Signals) -> Result<()> {
        let stop = signals.stop();
        let turn = if self.job.plan.exit_at_end { SHORT_TURN } else { TURN };
        let mut kill_at = None;
        let group = self.job.plan.group.clone();
        let mut quiet = Quiet::new(&group, self.job.member.session());
        let mut others = Others::new();
        loop {
            if let Some(change) = self.job.member.poll(turn)? {
                quiet.end();
                self.heed(change)?;
            }
            quiet.remind();
            self.collect();
            self.let_go()?;
            if stop.requested() {
                let at = *kill_at.get_or_insert_with(|| Instant::now() + self.job.plan.drain_timeout);
                each(&self.leashes, if Instant::now() < at { Leash::stop } else { Leash::kill });
            }
            if !self.workers.is_empty() || !self.leaving.is_empty() {
                others.forget();
            } else if self.is_over(stop.requested(), &quiet, &mut others)? {
                break;
            }
        }
        self.outcome()?;
        signals.first().map_or(Ok(()), |signal| Err(Error::signal(signal)))
    }

    /// Whether nothing is left to be done, given that nobody is at work.
    fn is_over(&mut self, stopping: bool, quiet: &Quiet<'_>, others: &mut Others) -> Result<bool> {
        let all_given_up = !self.resting.is_empty() && self.resting.values().all(Option::is_some);
        if stopping || all_given_up || !self.job.plan.exit_at_end {
            return Ok(stopping || all_given_up);
        }
        // With one given up it ends badly, whatever the others do.
        if self.resting.values().any(Option::is_some) {
            return Ok(true);
        }
        if self.resting.is_empty() && !quiet.is_long() {
            return Ok(false);
        }
        match others.ask(&self.job, |key| self.is_own(key))? {
            Theirs::Done => Ok(true),
            Theirs::Wait => Ok(false),
            Theirs::GoOn => self.go_on().map(|()| false),
        }
    }

    /// Lands what has come to its own partitions since their ends were taken.
    fn go_on(&mut self) -> Result<()> {
        let own: Vec<Partition> = self.resting.keys().cloned().collect();
        for (name, partition) in own {
            let Some(topic) = self.job.topics.iter().position(|topic| topic.name == name) else { continue };
            let what = || format!("cannot read the end offset of {name}/{partition}");
            let ends = match self.job.member.offsets(&name, &[partition], Which::Stable, what) {
                Err(error) if error.exit() == Exit::Temporary => continue,
                ends => ends?,
            };
            let Some(end) = ends.into_iter().next().flatten() else { continue };
            if self.job.reach_to((topic, partition), end) {
                self.start((name, partition))?;
            }
        }
        Ok(())
    }

    /// Whether this member has the partition, and has come to rest there.
    fn is_own(&self, (topic, partition): Key) -> bool {
        self.resting.contains_key(&(Arc::clone(&self.job.topics[topic].name), partition))
    }

    /// What the group has decided.
    fn heed(&mut self, change: Change) -> Result<()> {
        match change {
            Change::Assigned(partitions) => {
                log::info!("group {}: assigned {}", self.job.plan.group, listed(&partitions));
                fault::point("take.before");
                self.job.member.take(&partitions)?;
                fault::point("take.after");
                partitions.into_iter().try_for_each(|partition| self.start(partition))
            }
            Change::Revoked(partitions) => {
                log::info!("group {}: revoked {}", self.job.plan.group, listed(&partitions));
                let leaving = Leaving::start(partitions, &self.workers, self.job.plan.revoke_timeout);
                self.leaving.push(leaving);
                Ok(())
            }
            Change::Lost(partitions) => {
                log::warn!("group {}: lost {}", self.job.plan.group, listed(&partitions));
                for partition in &partitions {
                    if let Some(held) = self.workers.remove(partition) {
                        held.leash.kill();
                    }
                    self.resting.remove(partition);
                }
                self.job.member.let_go(&partitions)
            }
        }
    }

    fn start(&mut self, partition: Partition) -> Result<()> {
        let Some(topic) = self.job.topics.iter().position(|topic| topic.name == partition.0) else {
            return Ok(());
        };
        self.assignments += 1;
        let (assignment, leash) = (self.assignments, Arc::new(Leash::default()));
        let mut leashes = self.leashes.lock().unwrap_or_else(PoisonError::into_inner);
        // Of partitions that were lost, as soon as their threads have noticed.
        leashes.retain(|leash| Arc::strong_count(leash) > 1);
        leashes.push(Arc::clone(&leash));
        drop(leashes);
        let worker = Worker::new(&self.job, topic, partition.1, &leash);
        let (tell, name) = (self.tell.clone(), partition.clone());
        thread::Builder::new()
            .name(format!("{}/{}", partition.0, partition.1))
            .spawn(move || {
                let outcome = worker.run();
                // The main thread may be gone: then nobody asks.
                let _ = tell.send((name, assignment, outcome));
            })
            .map_err(|cause| Error::io("cannot start a thread", &cause))?;
        self.resting.remove(&partition);
        self.workers.insert(partition, Held { assignment, leash });
        Ok(())
    }

    /// Takes note of partitions that have come to rest.
    fn collect(&mut self) {
        while let Ok((partition, assignment, outcome)) = self.ended.try_recv() {
            if self.workers.get(&partition).is_none_or(|held| held.assignment != assignment) {
                continue;
            }
            if let Some(held) = self.workers.remove(&partition) {
                let mut leashes = self.leashes.lock().unwrap_or_else(PoisonError::into_inner);
                leashes.retain(|leash| !Arc::ptr_eq(leash, &held.leash));
            }
            // The last one is how the whole ends.
            if let Some(error) = outcome.as_ref().filter(|_| !self.workers.is_empty()) {
                log::error!("giving up: {error}");
            }
            self.resting.insert(partition, outcome);
        }
    }

    /// Gives up what was revoked, as soon as nobody works on it.
    fn let_go(&mut self) -> Result<()> {
        self.leaving.iter_mut().for_each(|leaving| leaving.hurry(&self.workers));
        let workers = &self.workers;
        let (gone, still): (Vec<_>, _) = self.leaving.drain(..).partition(|leaving| leaving.is_over(workers));
        self.leaving = still;
        // Nothing is a thing to let go of, too: the group waits for the word.
        for Leaving { partitions, .. } in gone {
            for partition in &partitions {
                self.workers.remove(partition);
                self.resting.remove(partition);
            }
            self.job.member.let_go(&partitions)?;
        }
        Ok(())
    }

    /// The most urgent of the reasons why partitions were given up.
    fn outcome(&mut self) -> Result<()> {
        let mut given_up: Vec<(Partition, Error)> =
            self.resting.drain().filter_map(|(partition, error)| Some((partition, error?))).collect();
        given_up.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut errors: Vec<Error> = given_up.into_iter().map(|(_, error)| error).collect();
        let Some(exit) = errors.iter().map(Error::exit).reduce(Exit::or) else { return Ok(()) };
        let at = errors.iter().position(|error| error.exit() == exit).unwrap_or(0);
        let error = errors.swap_remove(at);
        Err(match errors.len() {
            0 => error,
            1 => error.and("one more partition was given up"),
            others => error.and(format!("{others} more partitions were given up")),
        })
    }

    /// Waits a moment for threads that were ended, and leaves the group.
    fn leave(mut self) {
        let deadline = Instant::now() + GRACE;
        while !self.workers.is_empty() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
            self.collect();
        }
        let Self { job, .. } = self;
        job.pool.close();
        fault::point("leave.before");
        job.member.leave();
        fault::point("leave.after");
        // The process ends now, and a thread may hang in a call. Dropped, the client would be closed once
        // more, which takes a tenth of a second.
        std::mem::forget(job);
    }
}

fn each(leashes: &Mutex<Vec<Arc<Leash>>>, act: impl Fn(&Leash)) {
    leashes.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|leash| act(leash));
}

fn listed(partitions: &[Partition]) -> String {
    if partitions.is_empty() {
        return "nothing".to_owned();
    }
    partitions.iter().map(|(topic, partition)| format!("{topic}/{partition}")).collect::<Vec<_>>().join(", ")
}
