//! Producing one record with everything a Kafka record can have.

use std::ffi::{CStr, c_void};
use std::ptr;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::message::BorrowedMessage;
use rdkafka_sys as sys;
use sys::rd_kafka_vtype_t as kind;

use super::outcome;

/// No partition: the partitioner chooses (RD_KAFKA_PARTITION_UA, a macro without a binding).
const UNASSIGNED: i32 = -1;

/// The headers of one record, in order: a name of any bytes, and a value that may be null.
pub struct Headers(*mut sys::rd_kafka_headers_t);

// SAFETY: a list in memory without ties to a thread.
unsafe impl Send for Headers {}

impl Headers {
    /// No headers yet.
    pub fn new() -> Self {
        // SAFETY: allocates; ours to destroy (rule 2).
        Self(unsafe { sys::rd_kafka_headers_new(8) })
    }

    /// Appends a header; both are copied.
    pub fn push(&mut self, name: &[u8], value: Option<&[u8]>) {
        let (value, size) = pointer(value);
        // SAFETY: the list is ours and writable; both byte ranges are valid for the call and copied.
        unsafe {
            sys::rd_kafka_header_add(self.0, name.as_ptr().cast(), name.len() as isize, value, size as isize);
        }
    }

    /// Another list with the same headers.
    fn copy(&self) -> Self {
        // SAFETY: the list is ours; the copy is too (rule 2).
        Self(unsafe { sys::rd_kafka_headers_copy(self.0) })
    }
}

impl Default for Headers {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Headers {
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once (rule 2).
        unsafe { sys::rd_kafka_headers_destroy(self.0) }
    }
}

/// One record to send. Nothing is kept: librdkafka copies it all.
pub struct Outgoing<'a> {
    /// The key; null and empty differ.
    pub key: Option<&'a [u8]>,
    /// The value; null is a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers, if any.
    pub headers: Option<&'a Headers>,
    /// Milliseconds since 1970; none is now. librdkafka cannot send 0.
    pub timestamp: Option<i64>,
    /// The partition; none lets the partitioner choose by the key.
    pub partition: Option<i32>,
}

/// Puts a record into the queue of a producer; its fate comes with a later poll.
pub fn produce<C: ClientContext>(
    client: &Client<C>,
    topic: &CStr,
    record: &Outgoing<'_>,
) -> Result<(), RDKafkaErrorCode> {
    // A list of headers is given away on success only, so what is offered is a copy of our own.
    let headers = record.headers.map(Headers::copy);
    let (key, key_size) = pointer(record.key);
    let (value, value_size) = pointer(record.value);
    // SAFETY: rule 1; the arguments are pairs of a type and what that type says it takes, ended by
    // END; F_COPY makes librdkafka copy key and value before it returns.
    let code = unsafe {
        sys::rd_kafka_producev(
            client.native_ptr(),
            kind::RD_KAFKA_VTYPE_TOPIC,
            topic.as_ptr(),
            kind::RD_KAFKA_VTYPE_PARTITION,
            record.partition.unwrap_or(UNASSIGNED),
            kind::RD_KAFKA_VTYPE_MSGFLAGS,
            sys::RD_KAFKA_MSG_F_COPY,
            kind::RD_KAFKA_VTYPE_VALUE,
            value.cast_mut(),
            value_size,
            kind::RD_KAFKA_VTYPE_KEY,
            key.cast_mut(),
            key_size,
            kind::RD_KAFKA_VTYPE_TIMESTAMP,
            record.timestamp.unwrap_or(0),
            kind::RD_KAFKA_VTYPE_HEADERS,
            headers.as_ref().map_or(ptr::null_mut(), |headers| headers.0),
            kind::RD_KAFKA_VTYPE_END,
        )
    };
    outcome(code)?;
    // librdkafka owns them now.
    std::mem::forget(headers);
    Ok(())
}

/// Null for none, and a pointer that is not null for empty bytes.
fn pointer(bytes: Option<&[u8]>) -> (*const c_void, usize) {
    bytes.map_or((ptr::null(), 0), |bytes| (bytes.as_ptr().cast(), bytes.len()))
}

/// Whether the cluster keeps a record whose delivery has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It was never sent, or refused.
    No,
    /// It was sent, and the answer is missing.
    Perhaps,
    /// It was acknowledged.
    Yes,
}

/// What librdkafka knows of the record of a delivery report.
pub fn kept(report: &BorrowedMessage<'_>) -> Kept {
    use sys::rd_kafka_msg_status_t as status;
    // SAFETY: reads the message, which lives as long as the report (rule 3).
    match unsafe { sys::rd_kafka_message_status(report.ptr()) } {
        status::RD_KAFKA_MSG_STATUS_NOT_PERSISTED => Kept::No,
        status::RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED => Kept::Perhaps,
        status::RD_KAFKA_MSG_STATUS_PERSISTED => Kept::Yes,
    }
}
