//! A client that fetches, whoever asked for it: its settings, the bell that rings when records arrive,
//! and what an event means that came instead of a record.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::RDKafkaErrorCode;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

use super::codes;
use super::native::read::{Arrival, Reader};
use super::options::{Preset, Settings};
use super::rights::{Operation, Right};
use crate::run::exit::{Error, Exit, Result};

/// What every consumer's exactness rests on: that nothing is committed or skipped behind our back, and
/// that what a transaction has not committed is not seen.
pub const CONSUMING: [Preset; 4] = [
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    // A reset is an error that says what happened, never a silent jump.
    ("auto.offset.reset", "error"),
    ("isolation.level", "read_committed"),
];

/// What a client that fetches starts from; users may change each.
const DEFAULTS: [Preset; 6] = [
    // Fetching pauses when the queue is full, and by librdkafka's default for a second.
    ("fetch.queue.backoff.ms", "5"),
    ("queued.min.messages", "1000000"),
    ("fetch.message.max.bytes", "1048576"),
    // The bound of one answer over all partitions.
    ("fetch.max.bytes", "8388608"),
    ("fetch.error.backoff.ms", "100"),
    ("socket.keepalive.enable", "true"),
];

/// The configuration of a client that keeps `queue_kib` ahead of a slow reader, unless the user wants
/// otherwise; `more` are defaults of the one who asks.
pub fn config(settings: &Settings, more: &[Preset], queue_kib: usize) -> ClientConfig {
    let mut fixed = CONSUMING.to_vec();
    // One of the two ways to learn that the end was reached.
    fixed.push(("enable.partition.eof", "true"));
    let mut config = settings.client_config(&[&DEFAULTS[..], more].concat(), &fixed);
    if settings.get("queued.max.messages.kbytes").is_none() {
        config.set("queued.max.messages.kbytes", queue_kib.to_string());
    }
    config
}

/// Rings when records arrive at a reader whose queue was empty.
pub struct Bell(Arc<OwnedFd>);

impl Bell {
    /// One that nobody rings yet.
    pub fn new() -> Result<Self> {
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(|cause| Error::io("cannot make an eventfd", &cause.into()))?;
        Ok(Self(Arc::new(bell)))
    }

    /// Is rung by this reader too.
    pub fn hang_on<C: ConsumerContext>(&self, reader: &mut Reader<C>) {
        reader.wake(&self.0);
    }

    /// Waits until it rings, or a signal comes, for at most `time`.
    pub fn wait(&self, time: Duration) {
        let time = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() };
        let mut wait = [PollFd::from_borrowed_fd(self.0.as_fd(), PollFlags::IN)];
        if poll(&mut wait, Some(&time)).is_ok_and(|ready| ready > 0) {
            let _ = rustix::io::read(&*self.0, &mut [0; 8]);
        }
    }
}

/// The records that were to be read next are not there any more.
pub fn is_gone(code: RDKafkaErrorCode) -> bool {
    matches!(code, RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange)
}

/// Makes an error of what came instead of a record of a topic, unless it passes: then it is a warning.
#[cold]
pub fn check(code: RDKafkaErrorCode, arrival: &Arrival<'_>, topic: &str) -> Result<()> {
    let place = format!("topic {topic}, partition {}", arrival.partition());
    if is_gone(code) {
        let text = arrival.error_text();
        return Err(Error::data(format!("{place}: the records that were to be read next are gone: {text}")));
    }
    if codes::exit_of(code) == Exit::Temporary {
        log::warn!("{place}: {}", arrival.error_text());
        return Ok(());
    }
    Err(Right::on_topic(Operation::Read, topic).error(place, code))
}
