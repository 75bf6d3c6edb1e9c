//! A producer that loses nothing in silence: idempotent, acknowledged by every in-sync replica, each
//! delivery counted, within a bound of memory.
//!
//! Three things are less obvious:
//! - librdkafka's idempotent producer stalls half a second at its start when a topic is touched before
//!   its producer id has come; [`Producer::open`] leaves it that moment.
//! - A record too large for the topic would take the other records of its batch along when the broker
//!   refuses it. [`Producer::send`] computes its size on the wire and refuses it alone.
//! - A full queue is back-pressure, not an error: the sender waits for deliveries.

use std::ffi::{CStr, CString};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, Producer as _, ProducerContext};
use rdkafka::statistics::Statistics;

use super::client::{self, Journal};
use super::codes;
use super::mock;
use super::native::write::{Kept, Outgoing, kept, produce};
use super::native::{admin, flush_step};
use super::options::{Preset, Settings};
use super::rights::{Operation, Right};
use super::topic::{self, Topic};
use super::wire::{HeaderSizes, batch_size};
use crate::run::exit::{Error, Exit, Result};
use crate::run::units::grouped;
use crate::stream::{Reject, Trouble};

/// What a producer starts from; users may change each.
const DEFAULTS: [Preset; 6] = [
    // Where every JVM client puts a key.
    ("partitioner", "murmur2_random"),
    // Full batches: 5 ms, librdkafka's own choice, is made for latency.
    ("linger.ms", "50"),
    ("batch.num.messages", "100000"),
    // The queue is bounded in bytes, not in records.
    ("queue.buffering.max.messages", "0"),
    ("queue.buffering.max.kbytes", "16384"),
    ("socket.keepalive.enable", "true"),
];

/// What the counts rest on.
const FIXED: [Preset; 4] = [
    ("enable.idempotence", "true"),
    ("acks", "all"),
    ("delivery.report.only.error", "false"),
    // The limit of the topic is judged before a record is sent; this one would only get in its way.
    ("message.max.bytes", "1000000000"),
];

/// librdkafka's own limit of a record, where the topic's cannot be asked for.
const LIMIT_UNKNOWN: u64 = 1_000_000;
/// librdkafka's own size of a batch.
const BATCH_BYTES: u64 = 1_000_000;
/// How long a transaction may last: as long as a slow command takes for a batch. Readers of the topic
/// wait so long for what a dead one has left open, unless the next attempt comes before.
const TRANSACTION: Duration = Duration::from_secs(300);
/// How long after its creation a producer is left alone.
const SETTLE: Duration = Duration::from_millis(25);
/// How often deliveries are collected, in records sent.
const POLL_EVERY: u64 = 256;
/// How long a failed run waits to learn the fate of what is in flight.
const AFTERMATH: Duration = Duration::from_secs(10);

/// Deliveries so far: the context of the producer, called as they are polled.
#[derive(Default)]
pub struct Deliveries {
    journal: Journal,
    confirmed: AtomicU64,
    refused: AtomicU64,
    unknown: AtomicU64,
    cause: Mutex<Option<RDKafkaErrorCode>>,
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
        let mut cause = self.cause.lock().unwrap_or_else(PoisonError::into_inner);
        // What follows a first failure is mostly its consequence.
        *cause = cause.or(codes::code_of(error));
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

/// Records to one topic.
pub struct Producer {
    // An option only so that `drop` can move it to the thread that closes it. Shared with threads that
    // wait for a transaction.
    client: Option<Arc<BaseProducer<Deliveries>>>,
    topic: Topic,
    name: CString,
    limit: u64,
    /// Whether the topic has told it.
    limit_told: bool,
    sent: u64,
    in_sandbox: bool,
}

impl Producer {
    /// Connects, and makes sure that the topic is there. With a `transactional.id` it sends inside of
    /// transactions alone: see [`super::transaction`].
    pub fn open(settings: &Settings, topic: &str, transactional_id: Option<&str>) -> Result<Self> {
        topic::check_name(topic)?;
        let config = configure(settings, transactional_id);
        let producer = Self::open_with(settings, topic, config.clone())?;
        let batch = settings.get("batch.size").and_then(|text| text.parse().ok()).unwrap_or(BATCH_BYTES);
        if producer.limit >= batch {
            return Ok(producer);
        }
        // A topic with small batches: the client must know before it starts.
        let mut config = config;
        config.set("batch.size", producer.limit.to_string());
        drop(producer);
        Self::open_with(settings, topic, config)
    }

    fn open_with(settings: &Settings, topic: &str, config: ClientConfig) -> Result<Self> {
        let created = Instant::now();
        let client = connect(settings, &config)?;
        let wait = settings.connect_timeout();
        let told = record_limit(&client, settings, topic)?;
        let (limit, limit_told) = (told.unwrap_or(LIMIT_UNKNOWN), told.is_some());
        // A transactional one has its id before it is used.
        if config.get("transactional.id").is_none() {
            client.poll(SETTLE.saturating_sub(created.elapsed()));
        }
        let found = topic::find(client.client(), topic, Operation::Write, wait)?;
        let name = CString::new(topic).map_err(|_| topic::unknown(topic))?;
        log::info!(
            "{topic}: {} partitions, batches of up to {} bytes",
            found.partitions.len(),
            grouped(limit)
        );
        let in_sandbox = mock::is_at(settings.brokers());
        Ok(Self {
            client: Some(Arc::new(client)),
            topic: found,
            name,
            limit,
            limit_told,
            sent: 0,
            in_sandbox,
        })
    }

    /// The topic.
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// The size of a batch that the topic takes, in bytes: the bound of a record with its framing.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    pub(super) fn client(&self) -> &Arc<BaseProducer<Deliveries>> {
        // INVARIANT: taken by `drop` only.
        self.client.as_ref().expect("a producer has its client until it is dropped")
    }

    /// Refuses a record that the topic would not take.
    pub fn check(&self, record: &Outgoing<'_>, headers: HeaderSizes) -> Result<(), Reject> {
        let size = batch_size(record, headers);
        if size > self.limit {
            let (limit, topic) = (self.limit, &self.topic.name);
            let limit = if self.limit_told {
                format!("max.message.bytes={limit} of topic {topic}")
            } else {
                format!("{}, and this principal may not ask topic {topic} for more", grouped(limit))
            };
            return Err(Reject::new(format!("{} bytes with its framing, above {limit}", grouped(size))));
        }
        Ok(())
    }

    /// Gives one record to the client, waiting while its queue is full.
    pub fn send(&mut self, record: &Outgoing<'_>, headers: HeaderSizes) -> Result<(), Trouble> {
        self.check(record, headers)?;
        while let Err(code) = produce(self.client().client(), &self.name, record) {
            self.make_room(code)?;
        }
        self.sent += 1;
        if self.sent.is_multiple_of(POLL_EVERY) {
            self.poll(Duration::ZERO)?;
        }
        Ok(())
    }

    /// Gives one record for another topic to the client, which must take it. It is counted as all are.
    pub fn send_beside(&mut self, topic: &CStr, record: &Outgoing<'_>) -> Result<()> {
        while let Err(code) = produce(self.client().client(), topic, record) {
            self.make_room(code).map_err(|trouble| match trouble {
                Trouble::Fail(error) => error,
                Trouble::Reject(reject) => Error::data(format!("an account of a reject: {}", reject.reason)),
            })?;
        }
        self.sent += 1;
        Ok(())
    }

    /// The first failure of a delivery so far.
    pub(super) fn cause(&self) -> Option<RDKafkaErrorCode> {
        *self.client().context().cause.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for deliveries when the queue is full; anything else is an error.
    fn make_room(&mut self, code: RDKafkaErrorCode) -> Result<(), Trouble> {
        match code {
            // Nothing is in the queue, and the record still does not fit.
            RDKafkaErrorCode::QueueFull if self.client().in_flight_count() == 0 => {
                Err(Reject::new("larger than queue.buffering.max.kbytes").into())
            }
            RDKafkaErrorCode::QueueFull => Ok(self.poll(Duration::from_millis(10))?),
            RDKafkaErrorCode::MessageSizeTooLarge => {
                Err(Reject::new("larger than the client can send").into())
            }
            RDKafkaErrorCode::UnknownPartition | RDKafkaErrorCode::InvalidPartitions => {
                Err(Reject::new("the topic has no such partition").into())
            }
            _ => Err(self.failure(self.cause().unwrap_or(code)).into()),
        }
    }

    /// Collects deliveries, and fails when one of them did.
    fn poll(&mut self, wait: Duration) -> Result<()> {
        self.client().poll(wait);
        let deliveries = self.client().context();
        if deliveries.refused.load(Ordering::Relaxed) + deliveries.unknown.load(Ordering::Relaxed) == 0 {
            return deliveries.journal.refusal().map_or(Ok(()), Err);
        }
        self.settle(Some(AFTERMATH));
        self.judge()
    }

    /// The input is quiet. What is buffered leaves after `linger.ms` by itself: only its fate is asked.
    pub fn idle(&mut self) -> Result<()> {
        self.poll(Duration::ZERO)
    }

    /// Waits until the fate of every record is known: at most `message.timeout.ms` each.
    pub fn confirm(&mut self) -> Result<Counts> {
        self.settle(None);
        self.judge()?;
        Ok(self.counts())
    }

    /// In a sandbox, warns where it did not keep what was sent.
    pub fn warn_of_loss(&self) {
        if !self.in_sandbox {
            return;
        }
        let low = |partition: &topic::Partition| {
            let marks = self.client().client().fetch_watermarks(&self.topic.name, partition.id, AFTERMATH);
            marks.ok().map(|(low, _)| (partition.id, low))
        };
        mock::warn_of_loss(&self.topic.name, self.topic.partitions.iter().filter_map(low));
    }

    /// Flushes until nothing is in flight, or the time is up.
    pub(super) fn settle(&self, limit: Option<Duration>) {
        let start = Instant::now();
        let client = self.client();
        while client.in_flight_count() > 0 && limit.is_none_or(|limit| start.elapsed() < limit) {
            // Short steps: the wrapper's own flush sleeps 100 ms at a time.
            flush_step(client.client(), Duration::from_millis(5));
            client.poll(Duration::from_millis(1));
        }
    }

    /// What is known so far. Records in flight count as unknown.
    pub fn counts(&self) -> Counts {
        let deliveries = self.client().context();
        let confirmed = deliveries.confirmed.load(Ordering::Relaxed);
        let refused = deliveries.refused.load(Ordering::Relaxed);
        Counts {
            sent: self.sent,
            confirmed,
            refused,
            unknown: self.sent.saturating_sub(confirmed).saturating_sub(refused),
        }
    }

    fn judge(&self) -> Result<()> {
        let counts = self.counts();
        if counts.refused + counts.unknown == 0 {
            return Ok(());
        }
        Err(self.failure(self.cause().unwrap_or(RDKafkaErrorCode::MessageTimedOut)))
    }

    /// "812 of 1,000 records confirmed by created_users; 188 unknown: message timed out".
    fn failure(&self, code: RDKafkaErrorCode) -> Error {
        let journal = &self.client().context().journal;
        // Without the right to write, an idempotent producer does not even get its id, which is fatal.
        // One with transactions gives its records up, which is what becomes of each.
        let code = match code {
            RDKafkaErrorCode::Fatal => self.client().client().fatal_error().map_or(code, |(code, _)| code),
            RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight => {
                journal.denial().unwrap_or(code)
            }
            _ => code,
        };
        let counts = self.counts();
        let mut text = format!(
            "{} of {} records confirmed by {}",
            grouped(counts.confirmed),
            grouped(counts.sent),
            self.topic.name
        );
        for (count, what) in [(counts.refused, "refused"), (counts.unknown, "unknown")] {
            if count > 0 {
                text.push_str(&format!("; {} {what}", grouped(count)));
            }
        }
        // The journal says why a broker could not be reached; the code only that time is up.
        if let Some(denial) = Right::on_topic(Operation::Write, &self.topic.name).denial(code) {
            return denial.at(text);
        }
        let cause = match (codes::exit_of(code), journal.trouble()) {
            (Exit::Temporary, Some(trouble)) => format!("{} ({trouble})", codes::words(code)),
            _ => codes::words(code),
        };
        Error::new(codes::exit_of(code), format!("{text}: {cause}"))
    }
}

/// The configuration of a producer.
fn configure(settings: &Settings, transactional_id: Option<&str>) -> ClientConfig {
    let mut config = settings.client_config(&DEFAULTS, &FIXED);
    if let Some(id) = transactional_id {
        let timeout = transaction_timeout(settings).as_millis().to_string();
        config.set("transactional.id", id).set("transaction.timeout.ms", timeout);
    }
    config
}

/// After this time the broker aborts a transaction.
pub(super) fn transaction_timeout(settings: &Settings) -> Duration {
    let given = settings.get("transaction.timeout.ms").and_then(|text| text.parse().ok());
    given.map_or(TRANSACTION, Duration::from_millis)
}

fn connect(settings: &Settings, config: &ClientConfig) -> Result<BaseProducer<Deliveries>> {
    let client: BaseProducer<Deliveries> = client::create(config, Deliveries::default())?;
    let journal = &client.context().journal;
    client::connect(client.client(), journal, settings, |wait| client.poll(wait))?;
    Ok(client)
}

/// A client that sends nothing, for what is left of the transactions of an id.
pub(super) fn connect_transactional(
    settings: &Settings,
    transactional_id: &str,
) -> Result<Arc<BaseProducer<Deliveries>>> {
    connect(settings, &configure(settings, Some(transactional_id))).map(Arc::new)
}

impl Drop for Producer {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            client::close(client, Duration::from_secs(1));
        }
    }
}

/// The largest batch that the topic takes; none if it does not tell.
fn record_limit(client: &BaseProducer<Deliveries>, settings: &Settings, topic: &str) -> Result<Option<u64>> {
    if let Some(limit) = settings.get("message.max.bytes").and_then(|text| text.parse().ok()) {
        return Ok(Some(limit));
    }
    match admin::settings_of_topic(client.client(), topic, settings.connect_timeout()) {
        Ok(found) => {
            let value = found.iter().find(|setting| setting.name == "max.message.bytes");
            Ok(value.and_then(|setting| setting.value.as_deref()?.parse().ok()))
        }
        Err(refusal) if refusal.code == RDKafkaErrorCode::UnknownTopicOrPartition => {
            Err(topic::unknown(topic))
        }
        Err(refusal) => {
            log::debug!(
                "max.message.bytes of {topic} is not told ({}): 1,000,000",
                codes::words(refusal.code)
            );
            Ok(None)
        }
    }
}
