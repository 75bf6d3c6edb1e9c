//! What other members have still to do, under `--exit-at-end`.
//!
//! That this member is done with its own partitions says nothing of theirs: one may be at work, another may have died,
//! and nobody has noticed yet. So the end is where the commits of all partitions have reached it, whoever made them.
//! What a dead member has left comes to this one meanwhile, when its session times out.
//!
//! Members that wait for each other have taken their ends at different moments, and one may wait for records that the
//! other has passed over, as they came after its own end. So who waits and sees nothing move goes on with its own
//! partitions, to where they end by then.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::leash::Leash;
use super::range::{self, Range};
use super::worker::LOOK;
use super::{Job, Key};
use crate::batch::Mark;
use crate::batch::place::Committed;
use crate::kafka::native::group::describe;
use crate::kafka::native::offsets::Which;
use crate::run::exit::{Error, Exit, Result};

/// How long a partition stands still before it is looked whether a record is left there.
const STILL: Duration = Duration::from_secs(1);
/// How long nothing moves before that is said, and this member goes on with its own; how often it is said again.
const SOON: Duration = Duration::from_secs(3);
const REMIND: Duration = Duration::from_secs(30);
/// How long an answer is waited for, while the group is not served.
const AN_ANSWER: Duration = Duration::from_secs(1);
/// How long a command may take that nobody bounds, as far as one waits for it.
const LONGEST_BATCH: Duration = Duration::from_secs(3600);

/// What is to be done about the partitions of other members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theirs {
    /// Nothing: they are done.
    Done,
    /// Wait.
    Wait,
    /// Wait, and go on with one's own: they may wait for those.
    GoOn,
}

/// What is known of them.
pub struct Others {
    asked: Option<Instant>,
    /// Where they stand, and since when nothing of that has changed.
    stand: Vec<Behind>,
    since: Instant,
    /// When it is to be said next that they are waited for, and when one's own are to go on next.
    due: Instant,
    go_on: Instant,
    pause: Duration,
    /// Whether a record lies between where a partition stood and its end, as far as that is known.
    looked: HashMap<(Key, i64), bool>,
    looking: Option<Looking>,
}

/// A partition that is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Behind {
    key: Key,
    /// Where it stands, if what is committed there is any good.
    first: Option<i64>,
    end: i64,
}

impl Others {
    /// Nothing is known yet.
    pub fn new() -> Self {
        let since = Instant::now();
        let (due, go_on) = (since + SOON, since + SOON);
        let looked = HashMap::new();
        Self { asked: None, stand: Vec::new(), since, due, go_on, pause: SOON, looked, looking: None }
    }

    /// This member has partitions to work on again: what was known is of the past.
    pub fn forget(&mut self) {
        if self.asked.is_some() {
            // It does not go on with its own ever more often.
            *self = Self { pause: self.pause, ..Self::new() };
        }
    }

    /// What is to be done about the partitions that are not one's own. An error, when one of them does not move for
    /// longer than a batch may take.
    pub fn ask(&mut self, job: &Arc<Job>, is_own: impl Fn(Key) -> bool) -> Result<Theirs> {
        if self.asked.is_some_and(|asked| asked.elapsed() < LOOK) {
            return Ok(Theirs::Wait);
        }
        if self.asked.is_none() {
            self.since = Instant::now();
            self.due = self.since + SOON;
        }
        self.hear();
        let asked = self.behind(job, is_own);
        self.asked = Some(Instant::now());
        let behind = match asked {
            Err(error) if error.exit() == Exit::Temporary && self.since.elapsed() < patience(job) => {
                log::info!("{error}");
                return Ok(Theirs::Wait);
            }
            asked => asked?,
        };
        if behind.is_empty() {
            return Ok(Theirs::Done);
        }
        if behind != self.stand {
            (self.stand, self.since) = (behind, Instant::now());
            self.go_on = self.since + self.pause;
        }
        self.wait(job)
    }

    /// Nothing has moved since `since`.
    fn wait(&mut self, job: &Arc<Job>) -> Result<Theirs> {
        let still = self.since.elapsed();
        if still >= patience(job) {
            let moved = format!(", and has not moved for {} s", still.as_secs());
            let hint = format!("topic-admin groups {}", job.plan.group);
            return Err(Error::temporary(self.told(job, &moved)).hint(hint));
        }
        if still >= STILL && self.looking.is_none() {
            self.look(job);
        }
        if Instant::now() >= self.due {
            self.due = Instant::now() + REMIND;
            log::warn!("{}: waiting until it is done, or comes to this member", self.told(job, ""));
        }
        if Instant::now() < self.go_on {
            return Ok(Theirs::Wait);
        }
        self.pause *= 2;
        self.go_on = Instant::now() + self.pause;
        Ok(Theirs::GoOn)
    }

    /// The partitions that are not done.
    fn behind(&self, job: &Job, is_own: impl Fn(Key) -> bool) -> Result<Vec<Behind>> {
        let mut behind = Vec::new();
        for at in 0..job.topics.len() {
            let of_topic = job.ends.iter().filter(|((of, _), end)| *of == at && **end > 0);
            let mut ends: Vec<(i32, i64)> =
                of_topic.map(|((_, partition), end)| (*partition, *end)).collect();
            ends.sort_unstable();
            if !ends.iter().all(|(partition, _)| is_own((at, *partition))) {
                behind.extend(self.behind_in(job, at, &ends)?);
            }
        }
        behind.retain(|behind| !is_own(behind.key));
        Ok(behind)
    }

    /// Those of one topic, one's own among them.
    fn behind_in(&self, job: &Job, at: usize, ends: &[(i32, i64)]) -> Result<Vec<Behind>> {
        let topic = &job.topics[at];
        let numbers: Vec<i32> = ends.iter().map(|(partition, _)| *partition).collect();
        let commits = job.member.settled(&topic.name, &numbers, AN_ANSWER)?;
        let what = || format!("cannot read the end offsets of {}", topic.name);
        let highs = job.member.offsets(&topic.name, &numbers, Which::High, what)?;
        // Whoever has the partition says of any other commit that it is no place.
        let mark = |committed: &Committed| {
            let mark = Mark::parse(&committed.metadata).ok().flatten()?;
            (mark.cluster == job.cluster && mark.topic_id == topic.id).then_some(mark)
        };
        let known = commits.values().filter_map(mark).map(|mark| mark.known).max();
        let place = |(&(partition, end), high): (&(i32, i64), Option<i64>)| {
            let commit = commits.get(&partition);
            let is_good = |committed: &&Committed| {
                mark(committed).is_some() && high.is_none_or(|high| committed.offset <= high)
            };
            // One that was added since begins at its beginning, and is committed with its first batch.
            let is_new = commit.is_none() && known.is_some_and(|known| partition >= known);
            let committed = commit.filter(is_good).map(|committed| committed.offset);
            Behind { key: (at, partition), first: committed.or(is_new.then_some(0)), end }
        };
        let is_left = |behind: &Behind| {
            behind.first.is_none_or(|first| {
                first < behind.end && self.looked.get(&(behind.key, first)) != Some(&false)
            })
        };
        Ok(ends.iter().zip(highs).map(place).filter(is_left).collect())
    }

    /// Looks whether a record is left where they stand: behind the last one there may be markers of transactions, or
    /// a gap that compaction has left, for which nobody commits.
    fn look(&mut self, job: &Arc<Job>) {
        let unknown = |behind: &Behind| {
            let first = behind.first?;
            (!self.looked.contains_key(&(behind.key, first))).then_some((behind.key, first, behind.end))
        };
        let places: Vec<(Key, i64, i64)> = self.stand.iter().filter_map(unknown).collect();
        if !places.is_empty() {
            self.looking = Looking::start(job, places);
        }
    }

    /// Takes note of what was seen.
    fn hear(&mut self) {
        let Some(looking) = &self.looking else { return };
        self.looked.extend(looking.seen.try_iter());
        if looking.thread.is_finished() {
            self.looked.extend(looking.seen.try_iter());
            self.looking = None;
        }
    }

    /// Where the first of them stands, and who has it.
    fn told(&self, job: &Job, moved: &str) -> String {
        let (group, Behind { key, first, end }) = (&job.plan.group, self.stand[0]);
        let topic = &*job.topics[key.0].name;
        let stands = match first {
            Some(offset) => format!("stands at {offset}"),
            None => "has no good place".to_owned(),
        };
        let more = match self.stand.len() {
            1 => String::new(),
            all => format!(", as do {} more", all - 1),
        };
        let described = describe(job.member.client(), group, job.member.patience());
        let holder = described.map_or(String::new(), |group| {
            let has = |(name, partition): &(String, i32)| name == topic && *partition == key.1;
            match group.members.iter().find(|member| member.assignment.iter().any(has)) {
                Some(member) => {
                    format!("; member {} at {} has it", member.id, member.host.trim_start_matches('/'))
                }
                None => "; no member has it at this moment".to_owned(),
            }
        });
        format!("group {group}: {topic}/{} {stands} and ends at {end}{more}{moved}{holder}", key.1)
    }
}

/// The longest that a member waits for a batch to fill, and works on it, or is waited for when it has died.
fn patience(job: &Job) -> Duration {
    let plan = &job.plan;
    plan.batch_timeout.unwrap_or(LONGEST_BATCH) + plan.cut.wait + job.member.session().unwrap_or_default()
}

/// A thread that looks at partitions, as that may take long, and the group is to be served meanwhile.
struct Looking {
    seen: Receiver<((Key, i64), bool)>,
    thread: thread::JoinHandle<()>,
    leash: Arc<Leash>,
}

impl Looking {
    fn start(job: &Arc<Job>, places: Vec<(Key, i64, i64)>) -> Option<Self> {
        let (tell, seen) = channel();
        let (job, leash) = (Arc::clone(job), Arc::new(Leash::default()));
        let held = Arc::clone(&leash);
        let builder = thread::Builder::new().name("others".to_owned());
        let thread = builder.spawn(move || look_at(&job, &held, &places, &tell)).ok()?;
        Some(Self { seen, thread, leash })
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.leash.kill();
    }
}

fn look_at(job: &Job, leash: &Leash, places: &[(Key, i64, i64)], tell: &Sender<((Key, i64), bool)>) {
    for &(key, first, end) in places {
        match is_record_left(job, leash, key, first, end) {
            Ok(Some(is_left)) => drop(tell.send(((key, first), is_left))),
            Ok(None) => return,
            // It is asked again, and whoever has the partition tells what is wrong there.
            Err(error) => log::info!("{error}"),
        }
    }
}

/// None, when that is not to be known any more.
fn is_record_left(job: &Job, leash: &Leash, key: Key, first: i64, end: i64) -> Result<Option<bool>> {
    let Some(mut slot) = job.pool.take(leash, end - first)? else { return Ok(None) };
    let topic = (key.0, &*job.topics[key.0].name);
    let range = Range { topic, partition: key.1, first, end, form: job.plan.form };
    let head = range::look(&mut slot, &range, leash);
    job.pool.give_back(slot);
    Ok(Some(head?.is_some()))
}
