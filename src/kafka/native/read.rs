//! Reading partitions without a consumer group, in batches.
//!
//! The calls that kcat is built on: partitions are opened at an offset, their records arrive in one
//! queue, and nobody asks for a group coordinator or for rights on a group.

use std::ffi::{CStr, CString, c_void};
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;

use super::partitions::{List, Partition};
use super::transaction::failed;

/// How many records one call takes: enough to make the call cheap, few enough to stay in the cache.
const BATCH: usize = 512;

/// A client that reads partitions. Closing it takes a moment: see `client::close`.
pub struct Reader<C: ConsumerContext> {
    queue: *mut sys::rd_kafka_queue_t,
    topics: Vec<*mut sys::rd_kafka_topic_t>,
    opened: Vec<(usize, i32)>,
    batch: Vec<*mut sys::rd_kafka_message_t>,
    /// From here on the batch was given back by the caller, and is taken once more.
    again: Option<usize>,
    // Dropped after what was made from it (rule 1), which `drop` sees to.
    consumer: BaseConsumer<C>,
    wake: Option<Arc<OwnedFd>>,
}

// SAFETY: rule 4; the pointers are owned by this value alone (rule 2).
unsafe impl<C: ConsumerContext> Send for Reader<C> {}

impl<C: ConsumerContext> Reader<C> {
    /// Reads with `consumer`, which has no group, from topics that are known by their place in `topics`.
    pub fn new(consumer: BaseConsumer<C>, topics: &[&str]) -> Result<Self, RDKafkaErrorCode> {
        // SAFETY: rule 1; the queue is ours (rule 2).
        let queue = unsafe { sys::rd_kafka_queue_new(consumer.client().native_ptr()) };
        let mut reader = Self {
            queue,
            topics: Vec::new(),
            opened: Vec::new(),
            batch: Vec::with_capacity(BATCH),
            again: None,
            consumer,
            wake: None,
        };
        for name in topics {
            let name = CString::new(*name).map_err(|_| RDKafkaErrorCode::InvalidTopic)?;
            // SAFETY: rule 1; null for the settings takes those of the client.
            let topic = unsafe {
                sys::rd_kafka_topic_new(reader.consumer.client().native_ptr(), name.as_ptr(), ptr::null_mut())
            };
            if topic.is_null() {
                return Err(last_error());
            }
            reader.topics.push(topic);
        }
        Ok(reader)
    }

    /// The client underneath: for metadata, offsets and its journal.
    pub fn consumer(&self) -> &BaseConsumer<C> {
        &self.consumer
    }

    /// Adds one to `wake` (an eventfd) whenever records arrive in an empty queue.
    pub fn wake(&mut self, wake: &Arc<OwnedFd>) {
        static ONE: u64 = 1;
        // Kept: librdkafka writes to the descriptor for as long as the queue lives.
        self.wake = Some(Arc::clone(wake));
        // SAFETY: the payload is copied; librdkafka only writes to the descriptor.
        unsafe {
            let payload = ptr::from_ref(&ONE).cast::<c_void>();
            sys::rd_kafka_queue_io_event_enable(self.queue, wake.as_raw_fd(), payload, size_of::<u64>());
        }
    }

    /// Starts to fetch a partition of the topic at place `topic`, from `offset` on.
    pub fn open(&mut self, topic: usize, partition: i32, offset: i64) -> Result<(), RDKafkaErrorCode> {
        // SAFETY: rule 1, topic and queue live as long as `self`.
        let failed = unsafe {
            sys::rd_kafka_consume_start_queue(self.topics[topic], partition, offset, self.queue) != 0
        };
        if failed {
            return Err(last_error());
        }
        self.opened.push((topic, partition));
        Ok(())
    }

    /// Reads an open partition anew from `offset` on, where the record before was stored in leader epoch `epoch`. The broker is
    /// asked where that epoch ends in its log (KIP-320). If that is before `offset`, others lie there now, and reading
    /// begins at the end of the epoch; unless `auto.offset.reset` is `error`, as that is what it is then.
    pub fn seek(
        &mut self,
        topic: &str,
        partition: i32,
        offset: i64,
        epoch: i32,
        wait: Duration,
    ) -> Result<(), RDKafkaErrorCode> {
        let mut places = List::new(1);
        let mut place = places.add(topic, partition)?;
        place.offset(offset);
        place.epoch(Some(epoch));
        // SAFETY: rule 1; the list is ours, and filled in with what became of it.
        let error = unsafe {
            let client = self.consumer.client().native_ptr();
            sys::rd_kafka_seek_partitions(client, places.as_ptr(), super::millis(wait))
        };
        failed(error).map_err(|failure| failure.code)?;
        places
            .view()
            .find(topic, partition)
            .map_or(Err(RDKafkaErrorCode::UnknownPartition), Partition::outcome)
    }

    /// Stops to fetch a partition: its end was reached. Waits for librdkafka to acknowledge.
    pub fn close(&mut self, topic: usize, partition: i32) {
        if let Some(at) = self.opened.iter().position(|open| *open == (topic, partition)) {
            self.opened.swap_remove(at);
            // SAFETY: as in `open`, which it undoes.
            unsafe {
                sys::rd_kafka_consume_stop(self.topics[topic], partition);
            }
        }
    }

    /// Takes what has arrived, without waiting.
    pub fn take(&mut self) -> Arrivals<'_> {
        if let Some(start) = self.again.take() {
            return Arrivals { messages: &self.batch[start..], topics: &self.topics };
        }
        self.give_back();
        let most = self.batch.capacity();
        // SAFETY: there is room for `most` pointers; librdkafka fills the first of them and says how
        // many, each a message that is ours (rule 2).
        unsafe {
            let count = sys::rd_kafka_consume_batch_queue(self.queue, 0, self.batch.as_mut_ptr(), most);
            self.batch.set_len(usize::try_from(count).unwrap_or(0));
        }
        Arrivals { messages: &self.batch, topics: &self.topics }
    }

    /// The next call of [`Self::take`] brings the last `count` of what the last one brought once more.
    pub fn put_back(&mut self, count: usize) {
        self.again = Some(self.batch.len().saturating_sub(count));
    }

    /// Forgets what has arrived, and what is still to arrive of a partition that was closed.
    pub fn forget(&mut self) {
        self.again = None;
        self.give_back();
    }

    /// Gives the records of the last call back.
    fn give_back(&mut self) {
        for message in self.batch.drain(..) {
            // SAFETY: ours, destroyed once (rule 2).
            unsafe { sys::rd_kafka_message_destroy(message) }
        }
    }
}

impl<C: ConsumerContext> Drop for Reader<C> {
    fn drop(&mut self) {
        self.give_back();
        for (topic, partition) in std::mem::take(&mut self.opened) {
            // SAFETY: opened and not yet closed; rule 1.
            unsafe {
                sys::rd_kafka_consume_stop(self.topics[topic], partition);
            }
        }
        // SAFETY: ours, destroyed once (rule 2), before the client (rule 1).
        unsafe {
            self.topics.drain(..).for_each(|topic| sys::rd_kafka_topic_destroy(topic));
            sys::rd_kafka_queue_destroy(self.queue);
        }
    }
}

/// What one call brought.
pub struct Arrivals<'a> {
    messages: &'a [*mut sys::rd_kafka_message_t],
    topics: &'a [*mut sys::rd_kafka_topic_t],
}

impl<'a> Arrivals<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether nothing has arrived.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Arrival<'a>> + '_ {
        self.messages.iter().map(|message| {
            // SAFETY: a living message of the batch that `self` borrows (rule 3).
            let message = unsafe { &**message };
            let topic = self.topics.iter().position(|topic| *topic == message.rkt);
            Arrival { message, topic: topic.unwrap_or(usize::MAX) }
        })
    }
}

/// A record, or what happened instead of one.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    message: &'a sys::rd_kafka_message_t,
    topic: usize,
}

/// When a record was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timestamp {
    /// The record has no time.
    None,
    /// Said by its producer, in milliseconds since 1970.
    Create(i64),
    /// Said by the broker that stored it.
    Append(i64),
}

impl<'a> Arrival<'a> {
    /// The place of its topic among those the reader was made with; `usize::MAX` for none of them.
    pub fn topic(&self) -> usize {
        self.topic
    }

    /// The partition.
    pub fn partition(&self) -> i32 {
        self.message.partition
    }

    /// The offset: of the record, or where the error or the end was met.
    pub fn offset(&self) -> i64 {
        self.message.offset
    }

    /// Why this is no record.
    pub fn error(&self) -> Option<RDKafkaErrorCode> {
        super::outcome(self.message.err).err()
    }

    /// What librdkafka says of the error.
    pub fn error_text(&self) -> String {
        // SAFETY: the text belongs to the message and ends with a zero (rule 3).
        let text = unsafe { sys::rd_kafka_message_errstr(self.message) };
        if text.is_null() {
            return String::new();
        }
        // SAFETY: as above.
        unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
    }

    /// The key; null and empty differ.
    pub fn key(&self) -> Option<&'a [u8]> {
        bytes(self.message.key, self.message.key_len)
    }

    /// The value; none is a tombstone.
    pub fn value(&self) -> Option<&'a [u8]> {
        bytes(self.message.payload, self.message.len)
    }

    /// The leader epoch that it was stored in, if the broker told.
    pub fn leader_epoch(&self) -> Option<i32> {
        // SAFETY: reads the message.
        let epoch = unsafe { sys::rd_kafka_message_leader_epoch(self.message) };
        (epoch >= 0).then_some(epoch)
    }

    /// When it was made.
    pub fn timestamp(&self) -> Timestamp {
        let mut kind = sys::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        // SAFETY: reads the message.
        let time = unsafe { sys::rd_kafka_message_timestamp(self.message, &mut kind) };
        match kind {
            sys::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_CREATE_TIME => Timestamp::Create(time),
            sys::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME => Timestamp::Append(time),
            sys::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE => Timestamp::None,
        }
    }

    /// Calls `each` with the name and the value of every header, in order.
    pub fn headers(&self, mut each: impl FnMut(&'a [u8], Option<&'a [u8]>)) {
        let mut headers = ptr::null_mut();
        // SAFETY: the list belongs to the message (rule 3); the index is counted up until it answers
        // that there is no such header, and only then are the three outputs unset.
        unsafe {
            if super::outcome(sys::rd_kafka_message_headers(self.message, &mut headers)).is_err() {
                return;
            }
            for index in 0.. {
                let (mut name, mut value, mut size) = (ptr::null(), ptr::null(), 0);
                let code = sys::rd_kafka_header_get_all(headers, index, &mut name, &mut value, &mut size);
                if super::outcome(code).is_err() {
                    return;
                }
                each(CStr::from_ptr(name).to_bytes(), bytes(value.cast_mut(), size));
            }
        }
    }
}

/// Bytes lent by a message; none for null.
fn bytes<'a>(start: *mut c_void, length: usize) -> Option<&'a [u8]> {
    // SAFETY: librdkafka says that `length` bytes are there, for as long as the message lives: the
    // lifetime is that of the `Arrival` in every call (rule 3).
    (!start.is_null()).then(|| unsafe { slice::from_raw_parts(start.cast::<u8>(), length) })
}

/// Why the last call on this thread failed.
fn last_error() -> RDKafkaErrorCode {
    // SAFETY: reads a variable of the thread.
    unsafe { sys::rd_kafka_last_error() }.into()
}
