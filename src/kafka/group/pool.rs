//! Clients that read ranges, one for each command that runs at the same time.
//!
//! They belong to no group: what they read is decided by plans, and what was read is committed by
//! the member of the group alone. So nothing of a rebalance touches a fetch, and nothing of a fetch
//! a rebalance. A client is made when it is first needed, and kept, with its connections.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

use super::leash::Leash;
use super::queue::Queue;
use crate::kafka::client::{self, Journal};
use crate::kafka::codes;
use crate::kafka::fetch::{self, Bell};
use crate::kafka::native::read::Reader;
use crate::kafka::options::{Preset, Settings};
use crate::run::Result;

/// What one client keeps ahead of its command.
const QUEUE_KIB: usize = 4096;
/// How long a partition with batches enough keeps its client while others wait for one. What was fetched
/// ahead is thrown away with each change: after every batch, that was a twentieth of all.
const TURN: Duration = Duration::from_secs(5);
/// How often a wait for a client looks whether it is still wanted.
const STEP: Duration = Duration::from_millis(100);

/// A client goes from partition to partition, and a fetch that waits for news holds the next one up. It reads
/// one partition at a time, which may fill an answer alone.
const DEFAULTS: [Preset; 2] = [("fetch.wait.max.ms", "100"), ("fetch.message.max.bytes", "4194304")];

/// The clients.
pub struct Pool {
    settings: Settings,
    topics: Vec<Arc<str>>,
    free: Mutex<Free>,
    changed: Condvar,
}

struct Free {
    idle: Vec<Slot>,
    /// How many may still be made.
    unmade: usize,
    queue: Queue,
}

impl Free {
    fn is_turn_of(&self, ticket: u64) -> bool {
        (self.unmade > 0 || !self.idle.is_empty()) && self.queue.first(Instant::now()) == Some(ticket)
    }
}

/// A client, and the partition that it reads.
pub struct Slot {
    reader: Reader<Journal>,
    bell: Bell,
    open: Option<(usize, i32)>,
    /// The next offset that has not been handed out.
    next: i64,
    /// When it was handed to whoever has it.
    since: Instant,
}

impl Pool {
    /// At most `count` clients for these topics.
    pub fn new(settings: &Settings, topics: Vec<Arc<str>>, count: usize) -> Self {
        let free = Mutex::new(Free { idle: Vec::new(), unmade: count.max(1), queue: Queue::default() });
        let settings = settings.clone();
        Self { settings, topics, free, changed: Condvar::new() }
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a client, for a partition with so many offsets left to be read; none when the partition is
    /// stopped meanwhile.
    pub fn take(&self, leash: &Leash, left: i64) -> Result<Option<Slot>> {
        let mut free = self.free();
        let ticket = free.queue.join(left, Instant::now());
        let is_turn = loop {
            if leash.is_stopping() {
                break false;
            }
            if free.is_turn_of(ticket) {
                break true;
            }
            free = self.changed.wait_timeout(free, STEP).unwrap_or_else(PoisonError::into_inner).0;
        };
        free.queue.leave(ticket);
        self.changed.notify_all();
        if is_turn { self.hand_out(free).map(Some) } else { Ok(None) }
    }

    fn hand_out(&self, mut free: MutexGuard<'_, Free>) -> Result<Slot> {
        if let Some(mut slot) = free.idle.pop() {
            slot.since = Instant::now();
            return Ok(slot);
        }
        free.unmade -= 1;
        drop(free);
        let made = self.make();
        if made.is_err() {
            self.free().unmade += 1;
            self.changed.notify_all();
        }
        made
    }

    /// Gives a client back, with nothing open.
    pub fn give_back(&self, mut slot: Slot) {
        slot.close();
        self.free().idle.push(slot);
        self.changed.notify_all();
    }

    /// Whether somebody waits for a client.
    pub fn is_wanted(&self) -> bool {
        self.most_wanted().is_some()
    }

    /// The most that anybody who waits for a client has left to be read.
    pub fn most_wanted(&self) -> Option<i64> {
        self.free().queue.most()
    }

    fn make(&self) -> Result<Slot> {
        let names: Vec<&str> = self.topics.iter().map(|name| &**name).collect();
        Slot::new(&config(&self.settings), &names)
    }

    /// Closes all clients that are here.
    pub fn close(&self) {
        close(std::mem::take(&mut self.free().idle));
    }
}

/// What a client that reads ranges is made with.
pub fn config(settings: &Settings) -> ClientConfig {
    fetch::config(settings, &DEFAULTS, QUEUE_KIB)
}

/// Closes clients, within a time.
pub fn close(slots: Vec<Slot>) {
    client::close(slots, Duration::from_secs(1));
}

impl Slot {
    /// A client for these topics.
    pub fn new(config: &ClientConfig, topics: &[&str]) -> Result<Self> {
        let client: BaseConsumer<Journal> = client::create(config, Journal::default())?;
        let mut reader = Reader::new(client, topics).map_err(|code| codes::error("cannot read", code))?;
        let bell = Bell::new()?;
        bell.hang_on(&mut reader);
        Ok(Self { reader, bell, open: None, next: 0, since: Instant::now() })
    }

    /// Reads a partition from `offset` on; goes on where it was left, if that is there.
    pub fn open(&mut self, topic: usize, partition: i32, offset: i64) -> Result<()> {
        if self.open == Some((topic, partition)) && self.next == offset {
            return Ok(());
        }
        self.close();
        self.reader.open(topic, partition, offset).map_err(|code| codes::error("cannot read", code))?;
        (self.open, self.next) = (Some((topic, partition)), offset);
        Ok(())
    }

    /// Ends the reading of the partition that is open.
    pub fn close(&mut self) {
        if let Some((topic, partition)) = self.open.take() {
            self.reader.close(topic, partition);
            self.drain();
        }
    }

    /// Forgets what has arrived of a partition that is closed now.
    fn drain(&mut self) {
        self.reader.forget();
        while !self.reader.take().is_empty() {}
    }

    /// Whether whoever has it is to let others have it.
    pub fn turn_is_over(&self) -> bool {
        self.since.elapsed() >= TURN
    }

    /// What is read.
    pub fn reader(&mut self) -> &mut Reader<Journal> {
        &mut self.reader
    }

    /// Everything before `offset` was handed out.
    pub fn handed_out(&mut self, offset: i64) {
        self.next = offset;
    }

    /// Serves the client's events and waits for records, at most `time`.
    pub fn wait(&self, time: Duration) -> Result<()> {
        self.bell.wait(time);
        while self.reader.consumer().poll(Duration::ZERO).is_some() {}
        self.reader.consumer().context().refusal().map_or(Ok(()), Err)
    }

    /// Why nothing comes.
    pub fn trouble(&self) -> String {
        self.reader.consumer().context().trouble().unwrap_or_else(|| "no answer".to_owned())
    }
}
