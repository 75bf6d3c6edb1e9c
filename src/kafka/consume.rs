//! Records of topics as lines of JSON, without a group: the source behind `kafka-consume` in a shell.
//!
//! Nothing is committed and nobody else is disturbed. A connection waits for the round trip of its
//! fetches, so two clients share the partitions; each partition stays in order. With an end, the
//! end offsets are taken once, before anything is read (see [`super::slots`] for how it is met).

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

use super::client::{self, Journal};
use super::codes;
use super::envelope::Parts;
use super::mock;
use super::native::read::{Arrival, Reader};
use super::options::{Preset, Settings};
use super::ranges::{self, Range};
use super::rights::{Operation, Right};
use super::slots::Slots;
use super::start::Start;
use super::topic::{self, Topic};
use super::value::{check_object, one_line};
use super::watch::Watch;
use crate::run::exit::{Error, Exit, Result};
use crate::run::signals::Stop;
use crate::stream::{Position, RecordOut, Reject, Source};

/// How many clients share the partitions. Measured on loopback, where every record is also checked:
/// the second neither gains nor costs, the third costs. It is there for brokers that are far away.
const CLIENTS: usize = 2;
/// What all clients together keep ahead of a slow reader.
const QUEUE_KIB: usize = 8 * 1024;
/// How long one wait for records is: within it a signal is noticed.
const WAIT: Duration = Duration::from_millis(100);
/// With an end in sight a broker that says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a reader starts from; users may change each.
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

/// What the counts rest on.
const FIXED: [Preset; 5] = [
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    // A reset is an error that says what happened, never a silent jump.
    ("auto.offset.reset", "error"),
    ("isolation.level", "read_committed"),
    // One of the two ways to learn that the end was reached.
    ("enable.partition.eof", "true"),
];

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Its value, which must be a JSON object. Tombstones are dropped.
    Value,
    /// An envelope.
    Envelope,
}

/// What to read, from where to where.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The topics.
    pub topics: Vec<String>,
    /// One partition of each, instead of all.
    pub partition: Option<i32>,
    /// Where to start.
    pub start: Start,
    /// Whether to end where the partitions end at the start, instead of following them.
    pub bounded: bool,
    /// How many records to write at most.
    pub limit: Option<u64>,
    /// What becomes of a record.
    pub form: Form,
}

/// The source.
pub struct Consume {
    readers: Vec<Reader<Journal>>,
    wake: Arc<OwnedFd>,
    writer: Writer,
    watch: Watch,
}

/// All that does not touch a client: what is borrowed while records are.
struct Writer {
    topics: Vec<Topic>,
    slots: Slots,
    bounded: bool,
    left: u64,
    form: Form,
    scratch: Vec<u8>,
    done: Vec<(usize, i32)>,
}

impl Consume {
    /// Connects, looks the topics up, and opens the partitions where reading starts.
    pub fn open(settings: &Settings, plan: &Plan) -> Result<Self> {
        plan.topics.iter().try_for_each(|name| topic::check_name(name))?;
        let wait = settings.connect_timeout();
        let mut config = settings.client_config(&DEFAULTS, &FIXED);
        if settings.get("queued.max.messages.kbytes").is_none() {
            config.set("queued.max.messages.kbytes", (QUEUE_KIB / CLIENTS).to_string());
        }
        let first: BaseConsumer<Journal> = client::create(&config, Journal::default())?;
        client::connect(first.client(), first.context(), settings, |wait| drop(first.poll(wait)))?;
        let find = |name: &String| topic::find(first.client(), name, Operation::Read, wait);
        let topics: Vec<Topic> = plan.topics.iter().map(find).collect::<Result<_>>()?;
        let watch = Watch::begin(first.client(), &topics, wait);
        let ranges = ranges::resolve(&first, &topics, plan.partition, plan.start, wait)?;
        tell(&topics, &ranges);
        if plan.start == Start::Beginning && mock::is_at(settings.brokers()) {
            warn_of_loss(&topics, &ranges);
        }
        let slots = Slots::new(&ranges, plan.bounded);
        let open: Vec<Range> =
            ranges.into_iter().filter(|range| slots.find(range.topic, range.partition).is_some()).collect();

        let mut clients = vec![first];
        while clients.len() < CLIENTS.min(open.len()) {
            clients.push(client::create(&config, Journal::default())?);
        }
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(|cause| Error::io("cannot make an eventfd", &cause.into()))?;
        let wake = Arc::new(wake);
        let readers = share(clients, &topics, &open, &wake)?;
        let writer = Writer {
            topics,
            slots,
            bounded: plan.bounded,
            left: plan.limit.unwrap_or(u64::MAX),
            form: plan.form,
            scratch: Vec::new(),
            done: Vec::new(),
        };
        Ok(Self { readers, wake, writer, watch })
    }

    /// Takes what has arrived at every client; says whether that was anything.
    fn take(&mut self, out: &mut RecordOut<'_>) -> Result<bool> {
        let mut any = false;
        for reader in &mut self.readers {
            for arrival in reader.take().iter() {
                any = true;
                self.writer.take(&arrival, out)?;
                if self.writer.left == 0 {
                    return Ok(true);
                }
            }
            for (topic, partition) in self.writer.done.drain(..) {
                reader.close(topic, partition);
            }
        }
        Ok(any)
    }

    /// Waits for records of any client, or for a signal, at most [`WAIT`].
    fn wait(&self) {
        let time = Timespec { tv_sec: 0, tv_nsec: WAIT.subsec_nanos().into() };
        let mut wait = [PollFd::from_borrowed_fd(self.wake.as_fd(), PollFlags::IN)];
        if poll(&mut wait, Some(&time)).is_ok_and(|ready| ready > 0) {
            let _ = rustix::io::read(&*self.wake, &mut [0; 8]);
        }
    }

    /// Serves the clients' events, and fails if one of them is refused for good.
    fn serve(&self) -> Result<()> {
        for reader in &self.readers {
            while reader.consumer().poll(Duration::ZERO).is_some() {}
            if let Some(refusal) = reader.consumer().context().refusal() {
                return Err(refusal);
            }
        }
        Ok(())
    }

    /// Fails if a topic is not the one any more that reading began with.
    fn look(&mut self) -> Result<()> {
        match self.readers.first() {
            Some(reader) => self.watch.look(reader.consumer().client()),
            None => Ok(()),
        }
    }

    /// What is behind a failure to read.
    fn explain(&self, error: Error) -> Error {
        match self.readers.first() {
            Some(reader) if !error.is_broken_pipe() => self.watch.explain(reader.consumer().client(), error),
            _ => error,
        }
    }

    fn silence(&self) -> Error {
        let trouble = self.readers.iter().find_map(|reader| reader.consumer().context().trouble());
        Error::temporary(format!(
            "Kafka has said nothing for {PATIENCE:?}: {}",
            trouble.unwrap_or_else(|| "no answer".to_owned())
        ))
    }
}

/// Says what will be read.
fn tell(topics: &[Topic], ranges: &[Range]) {
    for range in ranges {
        let Range { partition, start, end, .. } = range;
        log::info!("{}, partition {partition}: from {start}; its end is {end}", topics[range.topic].name);
    }
}

/// Says what is gone before reading from the beginning, in a sandbox.
fn warn_of_loss(topics: &[Topic], ranges: &[Range]) {
    for (at, topic) in topics.iter().enumerate() {
        let ranges = ranges.iter().filter(|range| range.topic == at);
        mock::warn_of_loss(&topic.name, ranges.map(|range| (range.partition, range.start)));
    }
}

/// Deals the partitions out to the clients, and opens them.
fn share(
    clients: Vec<BaseConsumer<Journal>>,
    topics: &[Topic],
    ranges: &[Range],
    wake: &Arc<OwnedFd>,
) -> Result<Vec<Reader<Journal>>> {
    let trouble = |code| codes::error("cannot read", code);
    let names: Vec<&str> = topics.iter().map(|topic| &*topic.name).collect();
    let mut readers = Vec::with_capacity(clients.len());
    for client in clients {
        let mut reader = Reader::new(client, &names).map_err(trouble)?;
        reader.wake(wake);
        readers.push(reader);
    }
    let count = readers.len();
    for (at, range) in ranges.iter().enumerate() {
        readers[at % count].open(range.topic, range.partition, range.start).map_err(trouble)?;
    }
    Ok(readers)
}

impl Source for Consume {
    fn run(&mut self, out: &mut RecordOut<'_>, stop: &Stop) -> Result<()> {
        let mut heard = Instant::now();
        while !stop.requested() && self.writer.left > 0 && !self.writer.slots.finished() {
            let taken = self.take(out).map_err(|error| self.explain(error))?;
            self.look()?;
            if taken {
                heard = Instant::now();
                continue;
            }
            out.flush()?;
            self.wait();
            self.serve().map_err(|error| self.explain(error))?;
            if self.writer.bounded && heard.elapsed() > PATIENCE {
                return Err(self.silence());
            }
        }
        Ok(())
    }
}

impl Drop for Consume {
    fn drop(&mut self) {
        client::close(std::mem::take(&mut self.readers), Duration::from_secs(1));
    }
}

impl Writer {
    /// Takes one record, or what came instead of one.
    #[inline]
    fn take(&mut self, arrival: &Arrival<'_>, out: &mut RecordOut<'_>) -> Result<()> {
        let Some(slot) = self.slots.find(arrival.topic(), arrival.partition()) else {
            return Ok(());
        };
        let offset = arrival.offset();
        let position = match arrival.error() {
            None => {
                if self.slots.wants(slot, offset) {
                    self.write(arrival, out)?;
                }
                offset.saturating_add(1)
            }
            Some(RDKafkaErrorCode::PartitionEOF) => offset,
            Some(code) => return self.trouble(code, arrival),
        };
        if self.slots.reached(slot, position) {
            self.done.push((arrival.topic(), arrival.partition()));
        }
        Ok(())
    }

    fn write(&mut self, arrival: &Arrival<'_>, out: &mut RecordOut<'_>) -> Result<()> {
        match (self.form, arrival.value()) {
            (Form::Envelope, _) => {
                self.scratch.clear();
                Parts::of(arrival, &self.topics[arrival.topic()].name).write(&mut self.scratch);
                out.record(&self.scratch)?;
            }
            (Form::Value, None) => {
                out.dropped();
                return Ok(());
            }
            (Form::Value, Some(value)) => {
                if let Err(reject) = check_object(value) {
                    return self.reject(arrival, reject, value, out);
                }
                out.record(one_line(value, &mut self.scratch))?;
            }
        }
        self.left -= 1;
        Ok(())
    }

    #[cold]
    fn reject(
        &self,
        arrival: &Arrival<'_>,
        reject: Reject,
        raw: &[u8],
        out: &mut RecordOut<'_>,
    ) -> Result<()> {
        let position = Position::Offset {
            topic: self.topics[arrival.topic()].name.clone(),
            partition: arrival.partition(),
            offset: arrival.offset(),
        };
        out.reject(position, reject, raw)
    }

    #[cold]
    fn trouble(&self, code: RDKafkaErrorCode, arrival: &Arrival<'_>) -> Result<()> {
        let topic = &self.topics[arrival.topic()].name;
        let place = format!("topic {topic}, partition {}", arrival.partition());
        match code {
            RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange => Err(Error::data(
                format!("{place}: the records that were to be read next are gone: {}", arrival.error_text()),
            )
            .hint("--from beginning reads what is still there")),
            code if codes::exit_of(code) == Exit::Temporary => {
                log::warn!("{place}: {}", arrival.error_text());
                Ok(())
            }
            code => Err(Right::on_topic(Operation::Read, topic).error(place, code)),
        }
    }
}
