//! A range of one partition, read: its first record, and then all of it, as a sealed stream.
//!
//! A range is done when the *position* has reached its end, never when a count has: behind the last
//! record there may be markers of transactions, or a gap that compaction has left.

use std::time::{Duration, Instant};

use rdkafka::error::RDKafkaErrorCode;

use super::leash::Leash;
use super::pool::Slot;
use crate::kafka::consume::Form;
use crate::kafka::envelope::Parts;
use crate::kafka::fetch;
use crate::kafka::native::read::{Arrival, Timestamp};
use crate::kafka::value::{check_object, one_line};
use crate::run::exit::{Error, Result};
use crate::stream::counts::Counts;
use crate::stream::output::Output;
use crate::stream::rejects::Rejects;
use crate::stream::{Position, Reject};

/// How long one wait for records is.
const WAIT: Duration = Duration::from_millis(50);
/// A broker that owes records and says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where to read.
#[derive(Clone, Copy, Debug)]
pub struct Range<'a> {
    /// The place of the topic in the list of topics, and its name.
    pub topic: (usize, &'a str),
    /// The partition.
    pub partition: i32,
    /// The first offset.
    pub first: i64,
    /// The offset after the last.
    pub end: i64,
    /// What becomes of a record.
    pub form: Form,
}

/// What is known of a range before it is handed out.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// The offset of its first record.
    pub offset: i64,
    /// When that was made, in milliseconds since 1970; records without a time were made then.
    pub time: i64,
    /// The leader epoch that it was stored in, if the broker told.
    pub epoch: Option<i32>,
    /// The mean size of the values that have arrived so far, in bytes.
    pub size: f64,
}

/// What became of a range.
#[derive(Clone, Copy, Debug, Default)]
pub struct Poured {
    /// What was read, passed on, rejected, dropped.
    pub counts: Counts,
    /// The bytes of the values.
    pub bytes: u64,
    /// The leader epoch of the last record.
    pub epoch: Option<i32>,
}

/// The first record of the range, which stays to be read; none if it holds no record.
pub fn look(slot: &mut Slot, range: &Range<'_>, leash: &Leash) -> Result<Option<Head>> {
    slot.open(range.topic.0, range.partition, range.first)?;
    let mut heard = Instant::now();
    loop {
        if leash.is_killed() {
            return Err(super::child::gone());
        }
        match look_once(slot, range)? {
            Seen::Record(head) => return Ok(Some(head)),
            // That the end was met is told once: whoever reads on must hear of it again.
            Seen::End => {
                slot.close();
                return Ok(None);
            }
            Seen::Nothing => {}
        }
        slot.wait(WAIT)?;
        patient(&mut heard, false, slot)?;
    }
}

enum Seen {
    Nothing,
    Record(Head),
    End,
}

fn look_once(slot: &mut Slot, range: &Range<'_>) -> Result<Seen> {
    let mut seen = Seen::Nothing;
    let reader = slot.reader();
    let arrivals = reader.take();
    let count = arrivals.len();
    let (mut sizes, mut records) = (0, 0);
    for arrival in arrivals.iter().filter(|arrival| range.is(arrival)) {
        match (arrival.error(), &seen) {
            (Some(code), _) => {
                let at_end = is_end(code, &arrival, range)?;
                if at_end && matches!(seen, Seen::Nothing) {
                    seen = Seen::End;
                }
            }
            (None, Seen::Nothing) if arrival.offset() >= range.end => seen = Seen::End,
            (None, Seen::Nothing) => {
                let (offset, epoch) = (arrival.offset(), arrival.leader_epoch());
                seen = Seen::Record(Head { offset, time: time(&arrival), epoch, size: 0.0 });
            }
            (None, _) => {}
        }
        if arrival.error().is_none() {
            sizes += arrival.value().map_or(0, <[u8]>::len);
            records += 1;
        }
    }
    // What was looked at is read again, unless it was nothing but events.
    if records > 0 {
        reader.put_back(count);
    }
    if let Seen::Record(head) = &mut seen {
        head.size = sizes as f64 / f64::from(records.max(1));
    }
    Ok(seen)
}

/// The offset of the first record of the range that was made at `since` or later. All of it stays to be read.
pub fn find_since(slot: &mut Slot, range: &Range<'_>, since: i64, leash: &Leash) -> Result<Option<i64>> {
    let mut heard = Instant::now();
    slot.open(range.topic.0, range.partition, range.first)?;
    let mut sought = Sought::Nothing { moved: true };
    while let Sought::Nothing { moved } = sought {
        if leash.is_killed() {
            return Err(super::child::gone());
        }
        patient(&mut heard, moved, slot)?;
        if !moved {
            slot.wait(WAIT)?;
        }
        sought = find_once(slot, range, since)?;
    }
    slot.close();
    Ok(match sought {
        Sought::Record(offset) => Some(offset),
        Sought::Nothing { .. } | Sought::End => None,
    })
}

enum Sought {
    /// Nothing yet; `moved` says whether anything has arrived.
    Nothing {
        moved: bool,
    },
    Record(i64),
    End,
}

fn find_once(slot: &mut Slot, range: &Range<'_>, since: i64) -> Result<Sought> {
    let arrivals = slot.reader().take();
    for arrival in arrivals.iter().filter(|arrival| range.is(arrival)) {
        match arrival.error() {
            Some(code) if is_end(code, &arrival, range)? => return Ok(Sought::End),
            Some(_) => {}
            None if arrival.offset() >= range.end => return Ok(Sought::End),
            None if time(&arrival) >= since => return Ok(Sought::Record(arrival.offset())),
            None => {}
        }
    }
    Ok(Sought::Nothing { moved: !arrivals.is_empty() })
}

/// Hands the whole range out. `output` may wait for its reader.
pub fn pour(
    slot: &mut Slot,
    range: &Range<'_>,
    output: &mut Output,
    rejects: &mut Rejects,
    leash: &Leash,
) -> Result<Poured> {
    let mut pouring = Pouring {
        range,
        output,
        rejects,
        poured: Poured::default(),
        scratch: Vec::new(),
        position: range.first,
        met_end: false,
    };
    let mut heard = Instant::now();
    slot.open(range.topic.0, range.partition, range.first)?;
    while pouring.position < range.end {
        if leash.is_killed() {
            return Err(super::child::gone());
        }
        let moved = pouring.take(slot)?;
        slot.handed_out(pouring.position);
        patient(&mut heard, moved, slot)?;
        if !moved {
            pouring.output.flush()?;
            slot.wait(WAIT)?;
        }
    }
    slot.handed_out(range.end);
    if pouring.met_end {
        slot.close();
    }
    pouring.output.flush()?;
    pouring.poured.counts.written = pouring.poured.counts.passed;
    Ok(pouring.poured)
}

fn patient(heard: &mut Instant, moved: bool, slot: &Slot) -> Result<()> {
    if moved {
        *heard = Instant::now();
    }
    if heard.elapsed() > PATIENCE {
        return Err(Error::temporary(format!("Kafka has said nothing for {PATIENCE:?}: {}", slot.trouble())));
    }
    Ok(())
}

/// A range on its way out.
struct Pouring<'a> {
    range: &'a Range<'a>,
    output: &'a mut Output,
    rejects: &'a mut Rejects,
    poured: Poured,
    scratch: Vec<u8>,
    position: i64,
    /// The end of the partition was told, which happens once.
    met_end: bool,
}

impl Pouring<'_> {
    /// Takes what has arrived; says whether that was anything.
    fn take(&mut self, slot: &mut Slot) -> Result<bool> {
        let reader = slot.reader();
        let arrivals = reader.take();
        let count = arrivals.len();
        let mut left = 0;
        for (at, arrival) in arrivals.iter().enumerate().filter(|(_, arrival)| self.range.is(arrival)) {
            if let Some(code) = arrival.error() {
                self.met_end |= code == RDKafkaErrorCode::PartitionEOF;
                if is_end(code, &arrival, self.range)? {
                    self.position = self.position.max(self.range.end);
                }
                continue;
            }
            if arrival.offset() >= self.range.end {
                // The next batch begins here.
                (self.position, left) = (self.range.end, count - at);
                break;
            }
            self.write(&arrival)?;
            self.position = arrival.offset() + 1;
        }
        if left > 0 {
            reader.put_back(left);
        }
        Ok(count > 0)
    }

    fn write(&mut self, arrival: &Arrival<'_>) -> Result<()> {
        let counts = &mut self.poured.counts;
        counts.read += 1;
        self.poured.epoch = arrival.leader_epoch();
        self.poured.bytes += arrival.value().map_or(0, <[u8]>::len) as u64;
        match (self.range.form, arrival.value()) {
            (Form::Envelope, _) => Parts::of(arrival, self.range.topic.1).write(self.output.buffer()),
            (Form::Value, None) => {
                counts.dropped += 1;
                return Ok(());
            }
            (Form::Value, Some(value)) => {
                if let Err(reject) = check_object(value) {
                    counts.rejected += 1;
                    return self.reject(arrival.offset(), &reject, value);
                }
                self.output.buffer().extend_from_slice(one_line(value, &mut self.scratch));
            }
        }
        counts.passed += 1;
        self.output.end_record();
        self.output.make_room()
    }

    #[cold]
    fn reject(&mut self, offset: i64, reject: &Reject, raw: &[u8]) -> Result<()> {
        let Range { topic, partition, .. } = *self.range;
        let position = Position::Offset { topic: topic.1.into(), partition, offset };
        let refusal = self.rejects.refuse(&position, reject, raw, self.poured.counts.read)?;
        self.output.travel(refusal)
    }
}

impl Range<'_> {
    fn is(&self, arrival: &Arrival<'_>) -> bool {
        arrival.topic() == self.topic.0 && arrival.partition() == self.partition
    }
}

fn time(arrival: &Arrival<'_>) -> i64 {
    match arrival.timestamp() {
        Timestamp::Create(time) | Timestamp::Append(time) => time,
        Timestamp::None => 0,
    }
}

/// What an event says that came instead of a record: whether the end of the range was reached.
fn is_end(code: RDKafkaErrorCode, arrival: &Arrival<'_>, range: &Range<'_>) -> Result<bool> {
    if code == RDKafkaErrorCode::PartitionEOF {
        return Ok(arrival.offset() >= range.end);
    }
    fetch::check(code, arrival, range.topic.1).map(|()| false)
}
