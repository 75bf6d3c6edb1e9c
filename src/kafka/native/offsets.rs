//! Offsets of many partitions: one request to each broker, at the isolation level of the question.

use std::thread;
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;
use sys::rd_kafka_IsolationLevel_t as level;
use sys::rd_kafka_admin_op_t as op;

use super::exchange::{Exchange, Refusal, array, option};
use super::partitions::{List, Partition};

/// Which offset of a partition is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first one that is kept.
    Low,
    /// The one after the last record, open transactions included.
    High,
    /// The last stable offset: the one after the last record that no open transaction holds back.
    Stable,
    /// That of the first record at or after this time, in milliseconds since 1970.
    Time(i64),
}

/// What was found in each partition.
pub type Found = Vec<Result<Option<i64>, RDKafkaErrorCode>>;

/// How long a partition may take to find its new leader, and the pause before it is asked again.
const SETTLE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);

/// One offset of each partition, in their order, none where there is no such record.
///
/// A leader that moves is waited for a little: librdkafka does not, and on several brokers the leaders of
/// a new topic, or those of a broker that has died, are news that not every broker has heard yet.
pub fn offsets<C: ClientContext>(
    client: &Client<C>,
    partitions: &[(&str, i32)],
    which: Which,
    wait: Duration,
) -> Result<Found, Refusal> {
    let deadline = Instant::now() + SETTLE.min(wait);
    loop {
        let found = ask(client, partitions, which, wait)?;
        if !found.iter().any(moves) || Instant::now() >= deadline {
            return Ok(found);
        }
        thread::sleep(PAUSE);
    }
}

fn moves(found: &Result<Option<i64>, RDKafkaErrorCode>) -> bool {
    use RDKafkaErrorCode as K;
    matches!(found, Err(K::NotLeaderForPartition | K::LeaderNotAvailable | K::FencedLeaderEpoch))
}

fn ask<C: ClientContext>(
    client: &Client<C>,
    partitions: &[(&str, i32)],
    which: Which,
    wait: Duration,
) -> Result<Found, Refusal> {
    if partitions.is_empty() {
        return Ok(Vec::new());
    }
    let exchange = Exchange::new(client, op::RD_KAFKA_ADMIN_OP_LISTOFFSETS, wait)?;
    let (what, level) = match which {
        Which::Low => (-2, level::RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED),
        Which::High => (-1, level::RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED),
        Which::Stable => (-1, level::RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED),
        Which::Time(time) => (time.max(0), level::RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED),
    };
    let mut question = List::new(partitions.len());
    for (topic, partition) in partitions {
        question.add(topic, *partition)?.offset(what);
    }
    // SAFETY: rule 1; the options are ours, the request copies the list.
    unsafe {
        option(sys::rd_kafka_AdminOptions_set_isolation_level(exchange.options, level))?;
        let handle = client.native_ptr();
        sys::rd_kafka_ListOffsets(handle, question.as_ptr(), exchange.options, exchange.queue.0);
    }
    let answer = exchange.answer()?;
    // SAFETY: everything belongs to the answer (rule 3).
    let found: Vec<Partition<'_>> = unsafe {
        let result = sys::rd_kafka_event_ListOffsets_result(answer.0);
        array(|count| sys::rd_kafka_ListOffsets_result_infos(result, count))
            .iter()
            .map(|info| Partition::new(sys::rd_kafka_ListOffsetsResultInfo_topic_partition(*info)))
            .collect()
    };
    let of = |topic: &str, number: i32| {
        let here = |found: &&Partition<'_>| found.number() == number && found.topic() == topic.as_bytes();
        let found = found.iter().find(here).ok_or(RDKafkaErrorCode::UnknownPartition)?;
        found.outcome()?;
        Ok((found.offset() >= 0).then_some(found.offset()))
    };
    Ok(partitions.iter().map(|(topic, number)| of(topic, *number)).collect())
}
