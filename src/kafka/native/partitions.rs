//! A list of partitions as librdkafka has it: with offsets, leader epochs, metadata and outcomes.

use std::ffi::{CStr, c_char};
use std::ptr;
use std::slice;

use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;

use super::exchange::zero_ended;
use crate::batch::place::Committed;

/// A list of ours.
pub(super) struct List(*mut sys::rd_kafka_topic_partition_list_t);

impl List {
    pub(super) fn new(capacity: usize) -> Self {
        // SAFETY: the list is ours (rule 2).
        Self(unsafe { sys::rd_kafka_topic_partition_list_new(i32::try_from(capacity).unwrap_or(i32::MAX)) })
    }

    /// A list of partitions without anything else.
    pub(super) fn of(partitions: &[(&str, i32)]) -> Result<Self, RDKafkaErrorCode> {
        let mut list = Self::new(partitions.len());
        for (topic, partition) in partitions {
            list.add(topic, *partition)?;
        }
        Ok(list)
    }

    /// Adds a partition, and lends it to be filled in.
    pub(super) fn add(&mut self, topic: &str, partition: i32) -> Result<Element<'_>, RDKafkaErrorCode> {
        let name = zero_ended(topic).map_err(|refusal| refusal.code)?;
        // SAFETY: the list is ours, and not touched while the element is lent; the name is copied.
        Ok(Element(unsafe { &mut *sys::rd_kafka_topic_partition_list_add(self.0, name.as_ptr(), partition) }))
    }

    pub(super) fn as_ptr(&self) -> *mut sys::rd_kafka_topic_partition_list_t {
        self.0
    }

    pub(super) fn view(&self) -> View<'_> {
        // SAFETY: the list is ours and lives as long as the view.
        unsafe { View::new(self.0) }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once (rule 2).
        unsafe { sys::rd_kafka_topic_partition_list_destroy(self.0) }
    }
}

/// A partition of a list of ours, to be filled in.
pub(super) struct Element<'a>(&'a mut sys::rd_kafka_topic_partition_t);

impl Element<'_> {
    pub(super) fn offset(&mut self, offset: i64) {
        self.0.offset = offset;
    }

    pub(super) fn epoch(&mut self, epoch: Option<i32>) {
        // SAFETY: the element lives; -1 stands for none.
        unsafe { sys::rd_kafka_topic_partition_set_leader_epoch(self.0, epoch.unwrap_or(-1)) }
    }

    /// Copies `bytes` into memory that the list will free.
    pub(super) fn metadata(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        // SAFETY: librdkafka's own allocator, as the list frees it, gives memory for so many bytes.
        unsafe {
            let copy = sys::rd_kafka_mem_malloc(ptr::null_mut(), bytes.len());
            assert!(!copy.is_null(), "out of memory");
            ptr::copy_nonoverlapping(bytes.as_ptr(), copy.cast::<u8>(), bytes.len());
            self.0.metadata = copy;
        }
        self.0.metadata_size = bytes.len();
    }
}

/// A list that somebody owns, for reading.
#[derive(Clone, Copy)]
pub(super) struct View<'a>(&'a [sys::rd_kafka_topic_partition_t]);

impl<'a> View<'a> {
    /// # Safety
    /// `list` is null or a list that lives and is not changed during `'a`.
    pub(super) unsafe fn new(list: *const sys::rd_kafka_topic_partition_list_t) -> Self {
        if list.is_null() {
            return Self(&[]);
        }
        // SAFETY: promised by the caller; a list has as many elements as it says.
        unsafe {
            let count = usize::try_from((*list).cnt).unwrap_or(0);
            Self(if count == 0 { &[] } else { slice::from_raw_parts((*list).elems, count) })
        }
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Partition<'a>> {
        self.0.iter().map(Partition)
    }

    /// The partition, wherever the broker put it.
    pub(super) fn find(self, topic: &str, partition: i32) -> Option<Partition<'a>> {
        self.iter().find(|found| found.number() == partition && found.topic() == topic.as_bytes())
    }
}

/// A partition of a list.
#[derive(Clone, Copy)]
pub(super) struct Partition<'a>(&'a sys::rd_kafka_topic_partition_t);

impl<'a> Partition<'a> {
    /// # Safety
    /// `partition` points to one that lives during `'a`.
    pub(super) unsafe fn new(partition: *const sys::rd_kafka_topic_partition_t) -> Self {
        // SAFETY: promised by the caller.
        Self(unsafe { &*partition })
    }

    pub(super) fn topic(self) -> &'a [u8] {
        let name: *const c_char = self.0.topic;
        // SAFETY: a name belongs to its list and ends with a zero (rule 3).
        unsafe { CStr::from_ptr(name) }.to_bytes()
    }

    pub(super) fn name(self) -> String {
        String::from_utf8_lossy(self.topic()).into_owned()
    }

    pub(super) fn number(self) -> i32 {
        self.0.partition
    }

    pub(super) fn offset(self) -> i64 {
        self.0.offset
    }

    pub(super) fn outcome(self) -> Result<(), RDKafkaErrorCode> {
        super::outcome(self.0.err)
    }

    fn epoch(self) -> Option<i32> {
        // SAFETY: reads a living element.
        let epoch = unsafe { sys::rd_kafka_topic_partition_get_leader_epoch(self.0) };
        (epoch >= 0).then_some(epoch)
    }

    fn metadata(self) -> Vec<u8> {
        if self.0.metadata.is_null() {
            return Vec::new();
        }
        // SAFETY: the list says how many bytes are there (rule 3).
        unsafe { slice::from_raw_parts(self.0.metadata.cast::<u8>(), self.0.metadata_size) }.to_vec()
    }

    /// What is committed there; none if nothing is.
    pub(super) fn committed(self) -> Result<Option<Committed>, RDKafkaErrorCode> {
        self.outcome()?;
        // None is -1 to Kafka and -1001 to librdkafka.
        Ok((self.offset() >= 0).then(|| Committed {
            offset: self.offset(),
            epoch: self.epoch(),
            metadata: self.metadata(),
        }))
    }
}
