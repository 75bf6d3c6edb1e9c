//! From `--from` to offsets: where each partition starts, and where it ends at this moment.
//!
//! Every question goes to all partitions at once: one request to each broker, not one to each
//! partition. The end is the last stable offset, so that an open transaction is not waited for.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::{Offset, TopicPartitionList};

use super::codes;
use super::start::Start;
use super::topic::{self, Topic};
use crate::run::exit::{Error, Result};

/// What is there to read of one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The place of the topic in the list of topics.
    pub topic: usize,
    /// The partition.
    pub partition: i32,
    /// The first offset to read.
    pub start: i64,
    /// The offset behind the last one at this moment; never before `start`.
    pub end: i64,
}

/// The ranges of all partitions of the topics, or of partition `only` of each.
pub fn resolve<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topics: &[Topic],
    only: Option<i32>,
    start: Start,
    wait: Duration,
) -> Result<Vec<Range>> {
    let partitions = partitions(topics, only)?;
    let ask = |what: Offset| offsets(consumer, topics, &partitions, what, wait);
    // The end first: what is written in between then counts as new in any case.
    let ends = ask(Offset::End)?;
    let lows = ask(Offset::Beginning)?;
    let times = match start {
        Start::Time(time) => Some(ask(Offset::Offset(time))?),
        _ => None,
    };
    let mut ranges = Vec::with_capacity(partitions.len());
    for (at, (topic, partition)) in partitions.into_iter().enumerate() {
        let low = lows[at].unwrap_or(0);
        let end = ends[at].unwrap_or(low).max(low);
        let start = match start {
            Start::Beginning => low,
            Start::End => end,
            Start::Last(count) => end.saturating_sub(count).max(low),
            // No record is that young: what comes from now on.
            Start::Time(_) => times.as_ref().and_then(|times| times[at]).unwrap_or(end),
            Start::Offset(offset) if (low..=end).contains(&offset) => offset,
            Start::Offset(offset) => {
                return Err(out_of_range(&topics[topic].name, partition, offset, low, end));
            }
        };
        ranges.push(Range { topic, partition, start, end: end.max(start) });
    }
    Ok(ranges)
}

fn out_of_range(topic: &str, partition: i32, offset: i64, low: i64, end: i64) -> Error {
    Error::usage(format!("topic {topic}, partition {partition} has offsets {low} to {end}, not {offset}"))
        .hint("--from beginning, or --partition to read one partition only")
}

/// The partitions to read, by place of the topic and number.
fn partitions(topics: &[Topic], only: Option<i32>) -> Result<Vec<(usize, i32)>> {
    let mut found = Vec::new();
    for (at, topic) in topics.iter().enumerate() {
        let before = found.len();
        let wanted = topic.partitions.iter().filter(|partition| only.is_none_or(|only| only == partition.id));
        found.extend(wanted.map(|partition| (at, partition.id)));
        if let Some(only) = only
            && found.len() == before
        {
            return Err(topic::unknown_partition(topic, only));
        }
    }
    Ok(found)
}

/// One offset of each partition: its beginning, its end, or that of a time; none if there is none.
fn offsets<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topics: &[Topic],
    partitions: &[(usize, i32)],
    what: Offset,
    wait: Duration,
) -> Result<Vec<Option<i64>>> {
    let trouble = |cause| codes::wrapped("cannot read the offsets", &cause);
    let mut question = TopicPartitionList::with_capacity(partitions.len());
    for (topic, partition) in partitions {
        question.add_partition_offset(&topics[*topic].name, *partition, what).map_err(trouble)?;
    }
    // A question by time takes the protocol's names for beginning (-2) and end (-1) as well, and
    // respects read_committed.
    let answer = consumer.offsets_for_times(question, wait).map_err(trouble)?;
    partitions
        .iter()
        .map(|(topic, partition)| {
            let name = &topics[*topic].name;
            let element = answer.find_partition(name, *partition);
            let element = element
                .ok_or_else(|| Error::temporary(format!("no offset of {name}, partition {partition}")))?;
            element.error().map_err(|cause| {
                codes::wrapped(format!("cannot read the offsets of {name}, partition {partition}"), &cause)
            })?;
            Ok(match element.offset() {
                Offset::Offset(offset) => Some(offset),
                _ => None,
            })
        })
        .collect()
}
