//! The calls of librdkafka that its safe wrapper lacks, each behind a safe function or type.
//!
//! The only `unsafe` of the room. Four rules make it sound, and every SAFETY comment leans on them:
//!
//! 1. A handle (`rd_kafka_t`) is borrowed from a living [`Client`] for the length of a call, or owned
//!    by the same struct that owns what was made from it, and dropped after it.
//! 2. What librdkafka gives away (queues, topics, batches, events, headers) is owned by exactly one
//!    Rust value, which destroys it once, on drop.
//! 3. What librdkafka lends (keys, values, header names) is borrowed for as long as its owner lives.
//! 4. librdkafka is thread-safe: any thread may call it with any handle.
//!
//! Why each is here: header names are bytes to Kafka, and the wrapper panics on one that is not UTF-8
//! ([`read`], [`write`]); reading without a consumer group is not offered, and in batches it takes
//! half the processor time ([`read`]); the wrapper's flush sleeps in steps of 100 ms ([`flush_step`]);
//! its admin client is a second client, and swallows the broker's words ([`admin`]); the id of a topic is
//! not offered ([`identity`]), nor are offsets of many partitions at an isolation level ([`offsets`]);
//! the metadata of a commit may be any bytes, and the wrapper panics on what is not UTF-8, and knows
//! no leader epoch ([`group`]); nor can it take a membership in a group apart, to hand it to another
//! process ([`transaction`]).
pub mod admin;
mod exchange;
pub mod group;
pub mod identity;
pub mod offsets;
mod partitions;
pub mod read;
pub mod transaction;
pub mod write;

use std::ffi::CStr;
use std::ptr;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;
use sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR as NO_ERROR;

pub use exchange::Refusal;

/// Milliseconds as librdkafka takes them.
fn millis(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
}

/// The outcome of a call that returns a code.
fn outcome(code: sys::rd_kafka_resp_err_t) -> Result<(), RDKafkaErrorCode> {
    if code == NO_ERROR { Ok(()) } else { Err(code.into()) }
}

/// A broker, as the cluster makes itself known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broker {
    /// Its number.
    pub id: i32,
    /// Its host and port: where clients go after the first question.
    pub address: String,
}

/// Asks any broker for all brokers, without naming a topic: the proof of a working
/// connection.
///
/// The wrapper's own metadata call asks for every topic of the cluster, or touches one.
pub fn ask_for_brokers<C: ClientContext>(
    client: &Client<C>,
    wait: Duration,
) -> Result<Vec<Broker>, RDKafkaErrorCode> {
    let mut metadata = ptr::null();
    // SAFETY: rule 1; `metadata` is written only on success, and then ours to destroy (rule 2), with
    // as many brokers as it says, each with a text for its host.
    unsafe {
        let code =
            sys::rd_kafka_metadata(client.native_ptr(), 0, ptr::null_mut(), &mut metadata, millis(wait));
        outcome(code)?;
        let count = usize::try_from((*metadata).broker_cnt).unwrap_or(0);
        let broker = |at| {
            let broker = &*(*metadata).brokers.add(at);
            let host = CStr::from_ptr(broker.host).to_string_lossy();
            Broker { id: broker.id, address: format!("{host}:{}", broker.port) }
        };
        let brokers = (0..count).map(broker).collect();
        sys::rd_kafka_metadata_destroy(metadata);
        Ok(brokers)
    }
}

/// Sends what is buffered without regard to `linger.ms`, waiting at most `wait` for the answers.
///
/// Answers are delivered by polling, so a producer calls both in turn until nothing is in flight.
pub fn flush_step<C: ClientContext>(client: &Client<C>, wait: Duration) {
    // SAFETY: rule 1. The result says whether the time ran out, which the caller asks by other means.
    unsafe {
        sys::rd_kafka_flush(client.native_ptr(), millis(wait));
    }
}
