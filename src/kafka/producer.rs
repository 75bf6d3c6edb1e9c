//! A producer that loses nothing in silence: idempotent, acknowledged by every in-sync replica, each
//! delivery counted, within a bound of memory.
//!
//! Three things are less obvious:
//! - librdkafka's idempotent producer stalls half a second at its start when a topic is touched before
//!   its producer id has come; [`Producer::open`] leaves it that moment.
//! - A record too large for the topic would take the other records of its batch along when the broker
//!   refuses it. [`Outlet::check`] computes its size on the wire and refuses it alone.
//! - A full queue is back-pressure, not an error: the sender waits for deliveries.

use std::ffi::CStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::config::ClientConfig;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseProducer, Producer as _};

use super::client;
use super::codes;
use super::deliveries::{Counts, Deliveries, Failed};
use super::mock;
use super::native::flush_step;
use super::native::write::{Outgoing, produce};
use super::options::{Preset, Settings};
use super::outlet::Outlet;
use super::rights::{Operation, Right};
use super::topic;
use super::wire::HeaderSizes;
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

/// Records to topics.
pub struct Producer {
    // An option only so that `drop` can move it to the thread that closes it. Shared with threads that
    // wait for a transaction.
    client: Option<Arc<BaseProducer<Deliveries>>>,
    settings: Settings,
    outlets: Vec<Outlet>,
    /// How large the client lets a batch become, in bytes.
    batch: u64,
    sent: u64,
}

impl Producer {
    /// Connects. With a `transactional.id` it sends inside of transactions alone: see
    /// [`super::transaction`].
    pub fn open(settings: &Settings, transactional_id: Option<&str>) -> Result<Self> {
        Self::open_with(settings, configure(settings, transactional_id))
    }

    /// Connects, and makes sure that the topic is there: it is the first outlet.
    pub fn open_for(settings: &Settings, topic: &str, transactional_id: Option<&str>) -> Result<Self> {
        topic::check_name(topic)?;
        let config = configure(settings, transactional_id);
        let producer = Self::open_with(settings, config.clone())?.with(topic)?;
        let limit = producer.outlets[0].limit();
        if limit >= producer.batch {
            return Ok(producer);
        }
        // A topic with small batches: the client must know before it starts.
        let mut config = config;
        config.set("batch.size", limit.to_string());
        drop(producer);
        Self::open_with(settings, config)?.with(topic)
    }

    fn open_with(settings: &Settings, config: ClientConfig) -> Result<Self> {
        let created = Instant::now();
        let client = connect(settings, &config)?;
        // A transactional one has its id before it is used.
        if config.get("transactional.id").is_none() {
            client.poll(SETTLE.saturating_sub(created.elapsed()));
        }
        let batch = config.get("batch.size").and_then(|text| text.parse().ok()).unwrap_or(BATCH_BYTES);
        let client = Some(Arc::new(client));
        Ok(Self { client, settings: settings.clone(), outlets: Vec::new(), batch, sent: 0 })
    }

    fn with(mut self, topic: &str) -> Result<Self> {
        let outlet = Outlet::find(self.client().client(), &self.settings, topic)?;
        self.outlets.push(outlet.ok_or_else(|| topic::unknown(topic))?);
        Ok(self)
    }

    /// Makes a topic an outlet; its place among them, or none if the cluster does not have it.
    pub fn add(&mut self, topic: &str) -> Result<Option<usize>> {
        let Some(outlet) = Outlet::find(self.client().client(), &self.settings, topic)? else {
            return Ok(None);
        };
        if outlet.limit() < self.batch {
            let limit = outlet.limit();
            return Err(Error::usage(format!(
                "topic {topic} takes batches of {} bytes, smaller than those of this producer",
                grouped(limit)
            ))
            .hint(format!("-X batch.size={limit}")));
        }
        self.outlets.push(outlet);
        Ok(Some(self.outlets.len() - 1))
    }

    /// The topics, in the order in which they were added.
    pub fn outlets(&self) -> &[Outlet] {
        &self.outlets
    }

    pub(super) fn client(&self) -> &Arc<BaseProducer<Deliveries>> {
        // INVARIANT: taken by `drop` only.
        self.client.as_ref().expect("a producer has its client until it is dropped")
    }

    /// Gives one record for the outlet at place `to` to the client, waiting while its queue is full.
    #[inline]
    pub fn send(&mut self, to: usize, record: &Outgoing<'_>, headers: HeaderSizes) -> Result<(), Trouble> {
        self.outlets[to].check(record, headers)?;
        while let Err(code) = produce(self.client().client(), self.outlets[to].name(), record) {
            self.make_room(code, to)?;
        }
        self.sent += 1;
        self.outlets[to].count();
        if self.sent.is_multiple_of(POLL_EVERY) {
            self.poll(Duration::ZERO)?;
        }
        Ok(())
    }

    /// Gives one record for another topic to the client, which must take it. It is counted as all are.
    pub fn send_beside(&mut self, topic: &CStr, record: &Outgoing<'_>) -> Result<()> {
        while let Err(code) = produce(self.client().client(), topic, record) {
            self.make_room(code, 0).map_err(|trouble| match trouble {
                Trouble::Fail(error) => error,
                Trouble::Reject(reject) => Error::data(format!("an account of a reject: {}", reject.reason)),
            })?;
        }
        self.sent += 1;
        Ok(())
    }

    /// The first failure of a delivery so far.
    pub(super) fn cause(&self) -> Option<RDKafkaErrorCode> {
        self.deliveries().first_failure().map(|failed| failed.code)
    }

    fn deliveries(&self) -> &Deliveries {
        self.client().context()
    }

    /// Waits for deliveries when the queue is full; anything else is an error.
    fn make_room(&mut self, code: RDKafkaErrorCode, to: usize) -> Result<(), Trouble> {
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
            _ => {
                let topic =
                    || self.outlets.get(to).map_or_else(String::new, |to| to.topic().name.to_string());
                Err(self.failure(|| Failed { code, topic: topic() }).into())
            }
        }
    }

    /// Collects deliveries, and fails when one of them did.
    fn poll(&mut self, wait: Duration) -> Result<()> {
        self.client().poll(wait);
        if self.deliveries().are_well() {
            return self.deliveries().journal.refusal().map_or(Ok(()), Err);
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
        if !mock::is_at(self.settings.brokers()) {
            return;
        }
        for topic in self.outlets.iter().map(Outlet::topic) {
            let low = |partition: &topic::Partition| {
                let marks = self.client().client().fetch_watermarks(&topic.name, partition.id, AFTERMATH);
                marks.ok().map(|(low, _)| (partition.id, low))
            };
            mock::warn_of_loss(&topic.name, topic.partitions.iter().filter_map(low));
        }
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
        self.deliveries().counts(self.sent)
    }

    fn judge(&self) -> Result<()> {
        let counts = self.counts();
        if counts.refused + counts.unknown == 0 {
            return Ok(());
        }
        Err(self.failure(|| Failed { code: RDKafkaErrorCode::MessageTimedOut, topic: self.names() }))
    }

    /// Where the records go.
    fn names(&self) -> String {
        match &*self.outlets {
            [one] => one.topic().name.to_string(),
            several => format!("{} topics", several.len()),
        }
    }

    /// "812 of 1,000 records confirmed by created_users; 188 unknown: message timed out": of the first
    /// delivery that failed, or where none did of `otherwise`.
    fn failure(&self, otherwise: impl FnOnce() -> Failed) -> Error {
        let Failed { code, topic } = self.deliveries().first_failure().unwrap_or_else(otherwise);
        let journal = &self.deliveries().journal;
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
            self.names()
        );
        for (count, what) in [(counts.refused, "refused"), (counts.unknown, "unknown")] {
            if count > 0 {
                text.push_str(&format!("; {} {what}", grouped(count)));
            }
        }
        // The journal says why a broker could not be reached; the code only that time is up.
        if let Some(denial) = Right::on_topic(Operation::Write, &topic).denial(code) {
            return denial.at(text);
        }
        let cause = match (codes::exit_of(code), journal.trouble()) {
            (Exit::Temporary, Some(trouble)) => format!("{} ({trouble})", codes::words(code)),
            _ => codes::words(code),
        };
        if self.outlets.len() > 1 {
            text.push_str(&format!("; topic {topic}"));
        }
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
