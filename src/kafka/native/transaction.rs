//! Transactions: a producer's records and a consumer's offsets, visible together or not at all.
//!
//! The wrapper has most of these calls. It lacks the two that let one process send the offsets of
//! another's consumer: the parts of a [`Membership`], and offsets with metadata as bytes. And it
//! flushes before it commits, in steps of 100 ms.
//!
//! [`send_offsets`] may wait for ever whatever its time limit says (a fault of librdkafka 2.12): call it
//! where that does no harm.

use std::ptr;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;

use super::exchange::{text, zero_ended};
use super::group::{Commit, list_of};
use super::millis;
use crate::batch::mandate::Membership;

/// Why a call has failed, and what may be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Kafka's code.
    pub code: RDKafkaErrorCode,
    /// librdkafka's own words.
    pub words: String,
    /// The same call may be made again, and goes on where it was.
    pub retriable: bool,
}

/// What the consumer is in its group at this moment; none before it was ever let in.
pub fn membership<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> Option<Membership> {
    // SAFETY: rule 1; the value is given away to us (rule 2), its texts belong to it (rule 3).
    unsafe {
        let found = Metadata(sys::rd_kafka_consumer_group_metadata(consumer.client().native_ptr()));
        if found.0.is_null() {
            return None;
        }
        let member = text(sys::rd_kafka_consumer_group_metadata_member_id(found.0))?;
        let generation = sys::rd_kafka_consumer_group_metadata_generation_id(found.0);
        let instance = text(sys::rd_kafka_consumer_group_metadata_group_instance_id(found.0))
            .filter(|id| !id.is_empty());
        (!member.is_empty() && generation >= 0).then_some(Membership { generation, member, instance })
    }
}

/// A membership as librdkafka has it.
struct Metadata(*mut sys::rd_kafka_consumer_group_metadata_t);

impl Metadata {
    fn of(group: &str, member: &Membership) -> Result<Self, RDKafkaErrorCode> {
        let ended = |text: &str| zero_ended(text).map_err(|refusal| refusal.code);
        let (group, id) = (ended(group)?, ended(&member.member)?);
        let instance = member.instance.as_deref().map(ended).transpose()?;
        let instance = instance.as_ref().map_or(ptr::null(), |instance| instance.as_ptr());
        // SAFETY: the texts end with a zero, and are copied; the value is ours (rule 2).
        Ok(Self(unsafe {
            sys::rd_kafka_consumer_group_metadata_new_with_genid(
                group.as_ptr(),
                member.generation,
                id.as_ptr(),
                instance,
            )
        }))
    }
}

impl Drop for Metadata {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: ours, destroyed once (rule 2).
            unsafe { sys::rd_kafka_consumer_group_metadata_destroy(self.0) }
        }
    }
}

/// Makes this producer the only one of its `transactional.id`: an older one is refused from now on,
/// and what it had open is aborted, or, if it was being committed, committed, before this returns.
pub fn init<C: ClientContext>(client: &Client<C>, wait: Duration) -> Result<(), Failure> {
    // SAFETY: rule 1.
    failed(unsafe { sys::rd_kafka_init_transactions(client.native_ptr(), millis(wait)) })
}

/// Begins a transaction: records that are produced from now on belong to it.
pub fn begin<C: ClientContext>(client: &Client<C>) -> Result<(), Failure> {
    // SAFETY: rule 1.
    failed(unsafe { sys::rd_kafka_begin_transaction(client.native_ptr()) })
}

/// Adds offsets of a consumer to the transaction.
pub fn send_offsets<C: ClientContext>(
    client: &Client<C>,
    commits: &[Commit<'_>],
    group: &str,
    member: &Membership,
    wait: Duration,
) -> Result<(), Failure> {
    let (list, metadata) = (list_of(commits)?, Metadata::of(group, member)?);
    // SAFETY: rule 1; list and membership are copied.
    failed(unsafe {
        let handle = client.native_ptr();
        sys::rd_kafka_send_offsets_to_transaction(handle, list.as_ptr(), metadata.0, millis(wait))
    })
}

/// Commits. The fate of every record must be known; a retriable failure leaves the outcome open, and
/// the same call finds it out.
pub fn commit<C: ClientContext>(client: &Client<C>, wait: Duration) -> Result<(), Failure> {
    // SAFETY: rule 1.
    failed(unsafe { sys::rd_kafka_commit_transaction(client.native_ptr(), millis(wait)) })
}

/// Aborts. Records that were not sent yet are given up; somebody must poll the client meanwhile.
pub fn abort<C: ClientContext>(client: &Client<C>, wait: Duration) -> Result<(), Failure> {
    // SAFETY: rule 1.
    failed(unsafe { sys::rd_kafka_abort_transaction(client.native_ptr(), millis(wait)) })
}

/// Why this producer can do nothing more, if that is so.
pub fn fatal_error<C: ClientContext>(client: &Client<C>) -> Option<RDKafkaErrorCode> {
    // SAFETY: rule 1; no text is wanted.
    let code = unsafe { sys::rd_kafka_fatal_error(client.native_ptr(), ptr::null_mut(), 0) };
    super::outcome(code).err()
}

impl From<RDKafkaErrorCode> for Failure {
    fn from(code: RDKafkaErrorCode) -> Self {
        Self { code, words: code.to_string(), retriable: false }
    }
}

/// The outcome of a call that returns an error of its own, which is ours to destroy; null is success.
pub(super) fn failed(error: *mut sys::rd_kafka_error_t) -> Result<(), Failure> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: an error that was given away to us (rule 2); its words belong to it (rule 3).
    unsafe {
        let failure = Failure {
            code: sys::rd_kafka_error_code(error).into(),
            words: text(sys::rd_kafka_error_string(error)).unwrap_or_default(),
            retriable: sys::rd_kafka_error_is_retriable(error) != 0,
        };
        sys::rd_kafka_error_destroy(error);
        Err(failure)
    }
}
