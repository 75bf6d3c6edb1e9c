//! What other members have still to do, under `--exit-at-end`.
//!
//! That this member is done with its own partitions says nothing of theirs: one may be at work, another may have died,
//! and nobody has noticed yet. So the end is where the commits of all partitions have reached it, whoever made them.
//! What a dead member has left comes to this one meanwhile, when its session times out.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::leash::Leash;
use super::range::{self, Range};
use super::worker::LOOK;
use super::{Job, Key};
use crate::kafka::native::group::describe;
use crate::run::exit::{Error, Exit, Result};

/// How long others are waited for before that is said, and how often it is said again.
const SOON: Duration = Duration::from_secs(3);
const REMIND: Duration = Duration::from_secs(30);

/// What is known of the partitions of other members.
pub struct Others {
    asked: Option<Instant>,
    /// Where they stand, and since when nothing of that has changed.
    stand: Vec<Behind>,
    since: Instant,
    /// When it is to be said next that they are waited for.
    due: Instant,
    /// Whether a record lies between where a partition stood and its end, as far as that was looked for.
    looked: HashMap<(Key, i64), bool>,
}

/// A partition that is not done, and what is committed there, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Behind {
    key: Key,
    committed: Option<i64>,
    end: i64,
}

impl Others {
    /// Nothing is known yet.
    pub fn new() -> Self {
        let since = Instant::now();
        Self { asked: None, stand: Vec::new(), since, due: since + SOON, looked: HashMap::new() }
    }

    /// Whether all partitions but one's own are done. An error, when one of them does not move for so long that
    /// whoever has it cannot be at work.
    pub fn are_done(&mut self, job: &Job, is_own: impl Fn(Key) -> bool) -> Result<bool> {
        if self.asked.is_some_and(|asked| asked.elapsed() < LOOK) {
            return Ok(false);
        }
        let patience = job.member.poll_interval() + job.plan.cut.wait;
        let behind = match self.behind(job, is_own) {
            Err(error) if error.exit() == Exit::Temporary && self.since.elapsed() < patience => {
                log::info!("{error}");
                self.asked = Some(Instant::now());
                return Ok(false);
            }
            asked => asked?,
        };
        self.asked = Some(Instant::now());
        let Some(first) = behind.first().copied() else { return Ok(true) };
        if behind != self.stand {
            (self.stand, self.since) = (behind, Instant::now());
        }
        if self.since.elapsed() >= patience {
            let text = format!(
                "{}, and has not moved for {} s",
                self.told(job, first),
                self.since.elapsed().as_secs()
            );
            return Err(Error::temporary(text).hint(format!("topic-admin groups {}", job.plan.group)));
        }
        if Instant::now() >= self.due {
            self.due = Instant::now() + REMIND;
            log::warn!("{}: waiting until it is done, or comes to this member", self.told(job, first));
        }
        Ok(false)
    }

    /// The partitions that are not done.
    fn behind(&mut self, job: &Job, is_own: impl Fn(Key) -> bool) -> Result<Vec<Behind>> {
        let mut behind = Vec::new();
        for (at, topic) in job.topics.iter().enumerate() {
            let mut theirs: Vec<(i32, i64)> = (job.ends.iter())
                .filter(|((of, partition), end)| *of == at && **end > 0 && !is_own((at, *partition)))
                .map(|((_, partition), end)| (*partition, *end))
                .collect();
            theirs.sort_unstable();
            if theirs.is_empty() {
                continue;
            }
            let numbers: Vec<i32> = theirs.iter().map(|(partition, _)| *partition).collect();
            let commits = job.member.commits(&topic.name, &numbers)?;
            for (partition, end) in theirs {
                let committed = commits.get(&partition).map(|committed| committed.offset);
                let key = (at, partition);
                if committed.is_none_or(|first| first < end && self.is_record_left(job, key, first, end)) {
                    behind.push(Behind { key, committed, end });
                }
            }
        }
        Ok(behind)
    }

    /// Whether there is a record before the end: behind the last one there may be markers of transactions, or a
    /// gap that compaction has left, for which nobody commits.
    fn is_record_left(&mut self, job: &Job, key: Key, first: i64, end: i64) -> bool {
        *self.looked.entry((key, first)).or_insert_with(|| {
            look(job, key, first, end).unwrap_or_else(|error| {
                // For whoever has the partition to tell.
                log::info!("{error}");
                true
            })
        })
    }

    /// Where the first of them stands, and who has it.
    fn told(&self, job: &Job, Behind { key, committed, end }: Behind) -> String {
        let (group, topic) = (&job.plan.group, &*job.topics[key.0].name);
        let holder = describe(job.member.client(), group, job.member.patience()).ok().and_then(|group| {
            let has = |(name, partition): &(String, i32)| name == topic && *partition == key.1;
            group.members.into_iter().find(|member| member.assignment.iter().any(has))
        });
        let holder = holder.map_or("nobody has it at this moment".to_owned(), |member| {
            format!("member {} at {} has it", member.id, member.host.trim_start_matches('/'))
        });
        let committed =
            committed.map_or("has no committed offset".to_owned(), |offset| format!("stands at {offset}"));
        let more = match self.stand.len() {
            0 | 1 => String::new(),
            all => format!(", as do {} more", all - 1),
        };
        format!("group {group}: {topic}/{} {committed} and ends at {end}{more}; {holder}", key.1)
    }
}

fn look(job: &Job, key: Key, first: i64, end: i64) -> Result<bool> {
    let leash = Leash::default();
    let Some(mut slot) = job.pool.take(&leash, end - first)? else { return Ok(true) };
    let topic = (key.0, &*job.topics[key.0].name);
    let range = Range { topic, partition: key.1, first, end, form: job.plan.form };
    let head = range::look(&mut slot, &range, &leash);
    job.pool.give_back(slot);
    Ok(head?.is_some())
}
