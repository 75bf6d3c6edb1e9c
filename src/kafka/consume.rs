//! Records of topics as lines of JSON, without a group: the source behind `kafka-consume` in a shell.
//!
//! Nothing is committed and nobody else is disturbed. A connection waits for the round trip of its
//! fetches, so two clients share the partitions; each partition stays in order. With an end, the
//! end offsets are taken once, before anything is read (see [`super::slots`] for how it is met).

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;

use super::client::{self, Journal};
use super::codes;
use super::envelope::Parts;
use super::fetch::{self, Bell};
use super::mock;
use super::native::read::{Arrival, Reader};
use super::options::Settings;
use super::ranges::{self, Range};
use super::selection::Selection;
use super::slots::Slots;
use super::start::Start;
use super::topic::Topic;
use super::value::{check_object, one_line};
use super::watch::Watch;
use crate::run::exit::{Error, Result};
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
    pub topics: Selection,
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
    bell: Bell,
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
        let wait = settings.connect_timeout();
        let config = fetch::config(settings, &[], QUEUE_KIB / CLIENTS);
        let first: BaseConsumer<Journal> = client::create(&config, Journal::default())?;
        client::connect(first.client(), first.context(), settings, |wait| drop(first.poll(wait)))?;
        let topics = plan.topics.find(first.client(), wait)?;
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
        let bell = Bell::new()?;
        let readers = share(clients, &topics, &open, &bell)?;
        let writer = Writer {
            topics,
            slots,
            bounded: plan.bounded,
            left: plan.limit.unwrap_or(u64::MAX),
            form: plan.form,
            scratch: Vec::new(),
            done: Vec::new(),
        };
        Ok(Self { readers, bell, writer, watch })
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
    bell: &Bell,
) -> Result<Vec<Reader<Journal>>> {
    let trouble = |code| codes::error("cannot read", code);
    let names: Vec<&str> = topics.iter().map(|topic| &*topic.name).collect();
    let mut readers = Vec::with_capacity(clients.len());
    for client in clients {
        let mut reader = Reader::new(client, &names).map_err(trouble)?;
        bell.hang_on(&mut reader);
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
            self.bell.wait(WAIT);
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
        fetch::check(code, arrival, &self.topics[arrival.topic()].name).map_err(|error| {
            if fetch::is_gone(code) {
                return error.hint("--from beginning reads what is still there");
            }
            error
        })
    }
}
