//! Where a group stands in a topic, and where it is to start: what is true of the topic now, and what
//! the group has committed there, put together.
//!
//! [`Site::look_up`] asks the cluster; everything else here only judges. A place is never guessed: see
//! [`crate::batch::place`].

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;

use super::admin::{refused, unsupported};
use super::codes;
use super::native::offsets::{Which, offsets};
use super::native::{Refusal, identity};
use super::rights::Operation;
use super::start::Start;
use super::topic;
use crate::batch::place::{Committed, Mark, Partition, Place};
use crate::run::exit::{Error, Result};

/// What a group has committed, by topic and partition.
pub type Commits = BTreeMap<(String, i32), Committed>;

/// A topic as groups stand in it.
#[derive(Clone, Debug)]
pub struct Site {
    /// The name of the topic.
    pub topic: String,
    /// The id of the topic, as Kafka prints it.
    pub topic_id: String,
    /// The id of the cluster.
    pub cluster: String,
    /// Its partitions by number.
    pub partitions: Vec<Bounds>,
}

/// What is there to read of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Its number.
    pub partition: i32,
    /// The first offset that is kept.
    pub low: i64,
    /// The offset after the last record that no open transaction holds back.
    pub stable: i64,
    /// The offset after the last record.
    pub high: i64,
}

impl Site {
    /// Asks for a topic; one that does not exist, or has no id, is an error. See [`topic::look_up`] for `to`.
    pub fn look_up<C: ClientContext>(
        client: &Client<C>,
        name: &str,
        to: Operation,
        wait: Duration,
    ) -> Result<Self> {
        let found = topic::find(client, name, to, wait)?;
        let topic_id = identity::topic_id(client, name, wait).map_err(|refusal| no_id(name, refusal))?;
        let cluster = identity::cluster_id(client, wait).ok_or_else(|| {
            Error::usage("this cluster does not tell its id, by which places in its topics are known")
                .hint("Kafka 2.8 or later")
        })?;
        let numbers: Vec<i32> = found.partitions.iter().map(|partition| partition.id).collect();
        let partitions = bounds(client, name, &numbers, wait)?;
        Ok(Self { topic: name.to_owned(), topic_id, cluster, partitions })
    }

    /// Where `at` lies in each of these partitions.
    pub fn starts<C: ClientContext>(
        &self,
        client: &Client<C>,
        partitions: &[Bounds],
        at: Start,
        wait: Duration,
    ) -> Result<Vec<i64>> {
        let times = match at {
            Start::Time(time) => {
                let numbers: Vec<i32> = partitions.iter().map(|bounds| bounds.partition).collect();
                ask(client, &self.topic, &numbers, Which::Time(time), wait)?
            }
            _ => vec![None; partitions.len()],
        };
        let place = |(bounds, time): (&Bounds, Option<i64>)| self.start(bounds, at, time);
        partitions.iter().zip(times).map(place).collect()
    }

    fn start(&self, bounds: &Bounds, at: Start, time: Option<i64>) -> Result<i64> {
        let Bounds { partition, low, stable, high } = *bounds;
        match at {
            Start::Beginning => Ok(low),
            Start::End => Ok(stable),
            Start::Last(count) => Ok(stable.saturating_sub(count).max(low)),
            // No record is that young: what comes from now on.
            Start::Time(_) => Ok(time.unwrap_or(stable)),
            Start::Offset(offset) if (low..=high).contains(&offset) => Ok(offset),
            Start::Offset(offset) => Err(Error::usage(format!(
                "topic {}, partition {partition} has offsets {low} to {high}, not {offset}",
                self.topic
            ))
            .hint("--at earliest")),
        }
    }

    /// The place of a group in a partition, or why it has none.
    pub fn judge(&self, group: &str, commits: &Commits, bounds: &Bounds) -> Result<Place> {
        let Bounds { partition, low, high, .. } = *bounds;
        let Self { topic, topic_id, cluster, .. } = self;
        let known = self.known(commits);
        Partition { group, topic, partition, cluster, topic_id, low, high, known }
            .judge(self.committed(commits, partition))
    }

    /// What is committed in a partition.
    pub fn committed<'a>(&self, commits: &'a Commits, partition: i32) -> Option<&'a Committed> {
        commits.get(&(self.topic.clone(), partition))
    }

    /// The mark on a partition, if it is ours and made for this very topic.
    pub fn mark(&self, commits: &Commits, partition: i32) -> Option<Mark> {
        let mark = Mark::parse(&self.committed(commits, partition)?.metadata).ok()??;
        (mark.cluster == self.cluster && mark.topic_id == self.topic_id).then_some(mark)
    }

    /// How many partitions the topic had when all of them had commits, by the marks that are there.
    pub fn known(&self, commits: &Commits) -> Option<i32> {
        let marks = self.partitions.iter().filter_map(|bounds| self.mark(commits, bounds.partition));
        marks.map(|mark| mark.known).max()
    }

    /// [`Site::known`] once the partitions for which `made` holds have a commit of ours, too.
    ///
    /// As many as there are, if then all of them have one. Otherwise what it was: partitions added
    /// since still count as new. If it never was anything, a partition that is left out counts as lost.
    pub fn known_after(&self, commits: &Commits, made: impl Fn(i32) -> bool) -> i32 {
        let all = i32::try_from(self.partitions.len()).unwrap_or(i32::MAX);
        let has = |bounds: &Bounds| made(bounds.partition) || self.mark(commits, bounds.partition).is_some();
        if self.partitions.iter().all(has) { all } else { self.known(commits).unwrap_or(all) }
    }

    /// The mark of a new beginning.
    pub fn new_mark(&self, start: i64, known: i32) -> Mark {
        Mark::new(&self.cluster, &self.topic_id, start, known)
    }

    /// The bounds of a partition, or the error that says which there are.
    pub fn bounds(&self, partition: i32) -> Result<&Bounds> {
        self.partitions.iter().find(|bounds| bounds.partition == partition).ok_or_else(|| {
            topic::no_partition(&self.topic, partition, self.partitions.iter().map(|bounds| bounds.partition))
        })
    }
}

/// The low, stable and high offsets of partitions of a topic, in their order.
pub fn bounds<C: ClientContext>(
    client: &Client<C>,
    topic: &str,
    partitions: &[i32],
    wait: Duration,
) -> Result<Vec<Bounds>> {
    let at = |which| -> Result<Vec<i64>> {
        let found = ask(client, topic, partitions, which, wait)?;
        // The ends of a log always exist.
        found.into_iter().map(|offset| offset.ok_or_else(|| unanswered(topic))).collect()
    };
    // In this order none passes the next one, whatever is written in between.
    let (low, stable, high) = (at(Which::Low)?, at(Which::Stable)?, at(Which::High)?);
    let one = |(at, partition): (usize, &i32)| Bounds {
        partition: *partition,
        low: low[at],
        stable: stable[at].max(low[at]),
        high: high[at].max(stable[at]),
    };
    Ok(partitions.iter().enumerate().map(one).collect())
}

fn ask<C: ClientContext>(
    client: &Client<C>,
    topic: &str,
    partitions: &[i32],
    which: Which,
    wait: Duration,
) -> Result<Vec<Option<i64>>> {
    let what = format!("cannot read the offsets of {topic}");
    let question: Vec<(&str, i32)> = partitions.iter().map(|partition| (topic, *partition)).collect();
    let answers = offsets(client, &question, which, wait).map_err(|refusal| refused(&what, refusal))?;
    answers
        .into_iter()
        .zip(partitions)
        .map(|(answer, partition)| {
            answer.map_err(|code| codes::error(format!("{what}, partition {partition}"), code))
        })
        .collect()
}

fn unanswered(topic: &str) -> Error {
    Error::temporary(format!("the brokers do not tell the offsets of {topic}"))
}

fn no_id(topic: &str, refusal: Refusal) -> Error {
    match refusal.code {
        RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic => topic::unknown(topic),
        code if unsupported(code) => Error::usage(format!(
            "topic {topic} has no id: this broker gives topics none, and a topic made again under the same \
             name could not be told apart"
        ))
        .hint("Kafka 2.8 or later"),
        _ => refused(&format!("cannot read the id of topic {topic}"), refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(partitions: i32) -> Site {
        let bounds = |partition| Bounds { partition, low: 10, stable: 90, high: 100 };
        let partitions = (0..partitions).map(bounds).collect();
        Site { topic: "users".into(), topic_id: "t".into(), cluster: "c".into(), partitions }
    }

    fn commits(marks: &[(i32, Mark)]) -> Commits {
        let commit = |(partition, mark): &(i32, Mark)| {
            (
                ("users".to_owned(), *partition),
                Committed { offset: 20, epoch: None, metadata: mark.to_bytes() },
            )
        };
        marks.iter().map(commit).collect()
    }

    #[test]
    fn a_start_lies_within_what_is_kept() {
        let (site, bounds) = (site(1), Bounds { partition: 0, low: 10, stable: 90, high: 100 });
        let start = |at, time| site.start(&bounds, at, time);
        assert_eq!(start(Start::Beginning, None).unwrap(), 10);
        assert_eq!(start(Start::End, None).unwrap(), 90, "behind what an open transaction holds back");
        assert_eq!(start(Start::Last(500), None).unwrap(), 10);
        assert_eq!(start(Start::Time(7), Some(33)).unwrap(), 33);
        assert_eq!(start(Start::Time(7), None).unwrap(), 90);
        assert_eq!(start(Start::Offset(100), None).unwrap(), 100);
        for offset in [9, 101] {
            assert!(start(Start::Offset(offset), None).unwrap_err().message().contains("10 to 100"));
        }
    }

    #[test]
    fn known_counts_marks_of_this_very_topic_only() {
        let site = site(4);
        let of = |known, topic_id: &str| Mark { topic_id: topic_id.into(), ..site.new_mark(0, known) };
        assert_eq!(site.known(&Commits::new()), None);
        assert_eq!(site.known(&commits(&[(0, of(3, "t")), (1, of(2, "t")), (2, of(9, "old"))])), Some(3));
        assert_eq!(site.known(&commits(&[(0, of(3, "old"))])), None);
    }

    #[test]
    fn known_grows_only_when_all_partitions_have_commits() {
        let site = site(4);
        let some = commits(&[(0, site.new_mark(0, 2)), (1, site.new_mark(0, 2))]);
        assert_eq!(site.known_after(&some, |partition| partition == 2), 2, "3 is still new");
        assert_eq!(site.known_after(&some, |partition| partition >= 2), 4);
        assert_eq!(site.known_after(&Commits::new(), |partition| partition == 1), 4, "the others are lost");
    }
}
