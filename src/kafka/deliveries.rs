//! What becomes of the records that a producer has sent: counted as the cluster answers.
//!
//! In: librdkafka's delivery reports. Out: how many records were confirmed, refused or neither, and the first
//! failure.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Message as _};
use rdkafka::producer::ProducerContext;
use rdkafka::statistics::Statistics;

use super::client::Journal;
use super::codes;
use super::native::write::{Kept, kept};

/// Deliveries so far: the context of the producer, called as they are polled.
#[derive(Default)]
pub struct Deliveries {
    pub(super) journal: Journal,
    confirmed: AtomicU64,
    refused: AtomicU64,
    unknown: AtomicU64,
    first_failure: Mutex<Option<Failed>>,
}

/// A delivery that failed.
#[derive(Clone, Debug)]
pub(super) struct Failed {
    /// Why.
    pub code: RDKafkaErrorCode,
    /// To which topic.
    pub topic: String,
}

impl Deliveries {
    /// Whether none has failed so far.
    pub(super) fn are_well(&self) -> bool {
        self.refused.load(Ordering::Relaxed) + self.unknown.load(Ordering::Relaxed) == 0
    }

    /// The one that failed first.
    pub(super) fn first_failure(&self) -> Option<Failed> {
        self.first_failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What became of `sent` records so far. Those in flight count as unknown.
    pub(super) fn counts(&self, sent: u64) -> Counts {
        let confirmed = self.confirmed.load(Ordering::Relaxed);
        let refused = self.refused.load(Ordering::Relaxed);
        Counts { sent, confirmed, refused, unknown: sent.saturating_sub(confirmed).saturating_sub(refused) }
    }
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.journal.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.journal.error(error, reason);
    }

    fn stats(&self, _: Statistics) {}
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, report: &DeliveryResult<'_>, (): ()) {
        let (error, message) = match report {
            Ok(_) => {
                self.confirmed.fetch_add(1, Ordering::Relaxed);
                return;
            }
            Err((error, message)) => (error, message),
        };
        let count = if kept(message) == Kept::No { &self.refused } else { &self.unknown };
        count.fetch_add(1, Ordering::Relaxed);
        let mut first = self.first_failure.lock().unwrap_or_else(PoisonError::into_inner);
        // What follows a first failure is mostly its consequence.
        if first.is_none() {
            *first = codes::code_of(error).map(|code| Failed { code, topic: message.topic().to_owned() });
        }
    }
}

/// How many records became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Given to the client.
    pub sent: u64,
    /// Acknowledged by the cluster.
    pub confirmed: u64,
    /// Known not to be stored.
    pub refused: u64,
    /// Sent without an answer: stored, or not.
    pub unknown: u64,
}
