//! Whether what lies before the committed offset is still what was landed.
//!
//! A leader that is elected though it lacks acknowledged records, or one that was restored from a backup, gives their
//! offsets to others. As long as the partition ends before the committed offset, that is plain to see. Once it has grown
//! past it only leader epochs tell (KIP-320): the commit holds that of the last record that was landed. Where the next
//! record has another one, the broker is asked where the epoch ends in its log, and the partition is read from there: a
//! record that lies before the committed offset is one that nobody has landed, and nobody would.
//!
//! That the epoch ends before the committed offset proves nothing by itself: behind the last record there may be markers
//! of transactions, which a later leader wrote.

use std::time::{Duration, Instant};

use rdkafka::error::RDKafkaErrorCode;

use super::leash::Leash;
use super::pool::{self, Slot};
use super::range::Head;
use super::worker::{Failure, Worker};
use super::{Job, child};
use crate::batch::place;
use crate::kafka::codes;
use crate::run::exit::{Error, Result};

/// How long the answer is waited for, and how long one wait is.
const PATIENCE: Duration = Duration::from_secs(60);
const WAIT: Duration = Duration::from_millis(50);

impl Worker {
    /// Fails where records lie before `first` that were not there when it was committed; `head` is the first behind it.
    pub(super) fn check_history(&mut self, first: i64, head: &Head) -> Result<(), Failure> {
        let (Some(landed), Some(next)) = (self.place.epoch, head.epoch) else { return Ok(()) };
        if landed == next || first != self.place.offset || self.proven == Some((first, landed)) {
            return Ok(());
        }
        log::info!("{}: the leader has changed since offset {first} was committed", self.name());
        let other = Other { topic: &self.topic().name, partition: self.partition, first, epoch: landed };
        if let Some(offset) = other.find(&self.job, &self.leash)? {
            let text = format!(
                "{}: what was landed before offset {first} is not what lies there now, from offset {offset} on: records were lost",
                self.name()
            );
            let hint = place::anew(&self.job.member.group, &self.topic().name);
            return Err(Failure::for_good(Error::data(text).hint(hint)));
        }
        self.proven = Some((first, landed));
        Ok(())
    }
}

/// Records that lie where others were landed.
struct Other<'a> {
    topic: &'a str,
    partition: i32,
    /// The committed offset, and the leader epoch of the record before it.
    first: i64,
    epoch: i32,
}

impl Other<'_> {
    /// The offset of the first one.
    fn find(&self, job: &Job, leash: &Leash) -> Result<Option<i64>> {
        // A client of its own, as this one is to jump where the others must not.
        let mut config = pool::config(&job.settings);
        config.set("auto.offset.reset", "earliest").set("queued.max.messages.kbytes", "64");
        let mut slot = Slot::new(&config, &[self.topic])?;
        let found = self.read(&mut slot, leash);
        pool::close(vec![slot]);
        found
    }

    fn read(&self, slot: &mut Slot, leash: &Leash) -> Result<Option<i64>> {
        let deadline = Instant::now() + PATIENCE;
        let mut has_asked = false;
        slot.open(0, self.partition, self.first)?;
        loop {
            if leash.is_killed() {
                return Err(child::gone());
            }
            if !has_asked {
                has_asked = self.ask(slot)?;
            } else if let Some(offset) = self.first_arrival(slot) {
                return Ok(Some(offset).filter(|offset| *offset < self.first));
            }
            if Instant::now() >= deadline {
                return Err(Error::temporary(format!(
                    "Kafka has not said within {PATIENCE:?} where leader epoch {} ends: {}",
                    self.epoch,
                    slot.trouble()
                )));
            }
            slot.wait(WAIT)?;
        }
    }

    /// Has the place compared with the broker's log; not before the client knows of the partition.
    fn ask(&self, slot: &mut Slot) -> Result<bool> {
        match slot.reader().seek(self.topic, self.partition, self.first, self.epoch, PATIENCE) {
            Ok(()) => Ok(true),
            Err(RDKafkaErrorCode::UnknownPartition | RDKafkaErrorCode::State) => Ok(false),
            Err(code) => Err(codes::error("cannot ask where a leader epoch ends", code)),
        }
    }

    /// Where the first record lies that arrives, or where the partition ends if there is none.
    fn first_arrival(&self, slot: &mut Slot) -> Option<i64> {
        let arrivals = slot.reader().take();
        let is_place = |code| code == RDKafkaErrorCode::PartitionEOF;
        arrivals.iter().find(|arrival| arrival.error().is_none_or(is_place)).map(|arrival| arrival.offset())
    }
}
