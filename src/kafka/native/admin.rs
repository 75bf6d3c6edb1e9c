//! Topics created, deleted, and asked for their settings, over the connection that a client has already.
//!
//! The wrapper's admin client is a second client with a thread of its own, and drops the broker's words
//! on why it refuses a topic.

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::slice;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;
use sys::rd_kafka_admin_op_t as op;

use super::{millis, outcome};

/// Why the cluster did not do as it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Kafka's code.
    pub code: RDKafkaErrorCode,
    /// The broker's own words, if it has any.
    pub words: Option<String>,
}

impl From<RDKafkaErrorCode> for Refusal {
    fn from(code: RDKafkaErrorCode) -> Self {
        Self { code, words: None }
    }
}

/// One setting of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name: `max.message.bytes`.
    pub name: String,
    /// Its value; none for a secret.
    pub value: Option<String>,
    /// Whether it was set on this very topic.
    pub of_topic: bool,
}

/// A topic to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewTopic<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many partitions; -1 is the broker's default.
    pub partitions: i32,
    /// How many brokers keep each; -1 is the broker's default.
    pub replication: i32,
    /// Settings by name.
    pub settings: &'a [(String, String)],
}

/// A request and its answer: destroyed together.
struct Exchange {
    queue: *mut sys::rd_kafka_queue_t,
    options: *mut sys::rd_kafka_AdminOptions_t,
    event: *mut sys::rd_kafka_event_t,
}

impl Exchange {
    /// A request of a kind that is given up after `wait`.
    fn new<C: ClientContext>(client: &Client<C>, kind: op, wait: Duration) -> Result<Self, Refusal> {
        // Such requests go through the controller. librdkafka's own mock names one that it does not
        // have, and the request would wait for it until its time is up.
        let brokers = super::ask_for_brokers(client, wait)?;
        // SAFETY: rule 1; zero milliseconds: what the answer just said.
        let controller = unsafe { sys::rd_kafka_controllerid(client.native_ptr(), 0) };
        if !brokers.iter().any(|broker| broker.id == controller) {
            return Err(RDKafkaErrorCode::UnsupportedFeature.into());
        }
        // SAFETY: rule 1; both are ours (rule 2).
        let exchange = unsafe {
            Self {
                queue: sys::rd_kafka_queue_new(client.native_ptr()),
                options: sys::rd_kafka_AdminOptions_new(client.native_ptr(), kind),
                event: ptr::null_mut(),
            }
        };
        // SAFETY: the options are ours; no text of an error is wanted.
        let set = unsafe {
            sys::rd_kafka_AdminOptions_set_request_timeout(exchange.options, millis(wait), ptr::null_mut(), 0)
        };
        outcome(set)?;
        Ok(exchange)
    }

    /// The broker only says whether it would.
    fn only_validate(&self) -> Result<(), Refusal> {
        // SAFETY: as in `new`.
        let set =
            unsafe { sys::rd_kafka_AdminOptions_set_validate_only(self.options, 1, ptr::null_mut(), 0) };
        Ok(outcome(set)?)
    }

    /// Waits for the answer to what was sent.
    fn wait(&mut self, wait: Duration) -> Result<(), Refusal> {
        // The request ends by itself after `wait`; a little later nothing can come any more.
        let limit = millis(wait + Duration::from_secs(1));
        // SAFETY: the queue and the event are ours (rule 2); the words belong to the event (rule 3).
        unsafe {
            self.event = sys::rd_kafka_queue_poll(self.queue, limit);
            if self.event.is_null() {
                return Err(RDKafkaErrorCode::OperationTimedOut.into());
            }
            refusal(sys::rd_kafka_event_error(self.event), sys::rd_kafka_event_error_string(self.event))
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        // SAFETY: each is ours and destroyed once (rule 2).
        unsafe {
            if !self.event.is_null() {
                sys::rd_kafka_event_destroy(self.event);
            }
            sys::rd_kafka_AdminOptions_destroy(self.options);
            sys::rd_kafka_queue_destroy(self.queue);
        }
    }
}

/// Creates a topic; with `validate`, only asks whether that would do.
pub fn create_topic<C: ClientContext>(
    client: &Client<C>,
    topic: &NewTopic<'_>,
    validate: bool,
    wait: Duration,
) -> Result<(), Refusal> {
    let mut exchange = Exchange::new(client, op::RD_KAFKA_ADMIN_OP_CREATETOPICS, wait)?;
    if validate {
        exchange.only_validate()?;
    }
    let name = zero_ended(topic.name)?;
    // SAFETY: rule 1; the new topic is ours until it is destroyed, the request copies it.
    unsafe {
        let mut new = sys::rd_kafka_NewTopic_new(
            name.as_ptr(),
            topic.partitions,
            topic.replication,
            ptr::null_mut(),
            0,
        );
        if new.is_null() {
            return Err(RDKafkaErrorCode::InvalidArgument.into());
        }
        let set: Result<(), Refusal> = topic.settings.iter().try_for_each(|(name, value)| {
            let (name, value) = (zero_ended(name)?, zero_ended(value)?);
            Ok(outcome(sys::rd_kafka_NewTopic_set_config(new, name.as_ptr(), value.as_ptr()))?)
        });
        if set.is_ok() {
            sys::rd_kafka_CreateTopics(client.native_ptr(), &mut new, 1, exchange.options, exchange.queue);
        }
        sys::rd_kafka_NewTopic_destroy(new);
        set?;
    }
    exchange.wait(wait)?;
    // SAFETY: the results belong to the event (rule 3).
    unsafe {
        let mut count = 0;
        let result = sys::rd_kafka_event_CreateTopics_result(exchange.event);
        first_result(sys::rd_kafka_CreateTopics_result_topics(result, &mut count), count)
    }
}

/// Deletes a topic.
pub fn delete_topic<C: ClientContext>(client: &Client<C>, name: &str, wait: Duration) -> Result<(), Refusal> {
    let mut exchange = Exchange::new(client, op::RD_KAFKA_ADMIN_OP_DELETETOPICS, wait)?;
    let name = zero_ended(name)?;
    // SAFETY: rule 1; the request copies what is ours until it is destroyed.
    unsafe {
        let mut old = sys::rd_kafka_DeleteTopic_new(name.as_ptr());
        sys::rd_kafka_DeleteTopics(client.native_ptr(), &mut old, 1, exchange.options, exchange.queue);
        sys::rd_kafka_DeleteTopic_destroy(old);
    }
    exchange.wait(wait)?;
    // SAFETY: the results belong to the event (rule 3).
    unsafe {
        let mut count = 0;
        let result = sys::rd_kafka_event_DeleteTopics_result(exchange.event);
        first_result(sys::rd_kafka_DeleteTopics_result_topics(result, &mut count), count)
    }
}

/// The settings of a topic in effect, in the order of the broker's answer.
///
/// An unknown topic answers `UnknownTopicOrPartition`; neither the cluster nor the client creates it.
pub fn settings_of_topic<C: ClientContext>(
    client: &Client<C>,
    topic: &str,
    wait: Duration,
) -> Result<Vec<Setting>, Refusal> {
    let mut exchange = Exchange::new(client, op::RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, wait)?;
    let name = zero_ended(topic)?;
    // SAFETY: rule 1; the request copies what is ours until it is destroyed.
    unsafe {
        let kind = sys::rd_kafka_ResourceType_t::RD_KAFKA_RESOURCE_TOPIC;
        let mut resource = sys::rd_kafka_ConfigResource_new(kind, name.as_ptr());
        let handle = client.native_ptr();
        sys::rd_kafka_DescribeConfigs(handle, &mut resource, 1, exchange.options, exchange.queue);
        sys::rd_kafka_ConfigResource_destroy(resource);
    }
    exchange.wait(wait)?;
    // SAFETY: the arrays belong to the event (rule 3) and are as long as librdkafka says.
    unsafe {
        let mut count = 0;
        let result = sys::rd_kafka_event_DescribeConfigs_result(exchange.event);
        let resources = sys::rd_kafka_DescribeConfigs_result_resources(result, &mut count);
        if count == 0 {
            return Err(RDKafkaErrorCode::Unknown.into());
        }
        let resource = *resources;
        refusal(
            sys::rd_kafka_ConfigResource_error(resource),
            sys::rd_kafka_ConfigResource_error_string(resource),
        )?;
        let entries = sys::rd_kafka_ConfigResource_configs(resource, &mut count);
        if count == 0 {
            return Ok(Vec::new());
        }
        Ok(slice::from_raw_parts(entries, count).iter().map(|entry| setting(*entry)).collect())
    }
}

/// Copies one setting.
///
/// # Safety
/// `entry` points to an entry of a living answer.
unsafe fn setting(entry: *const sys::rd_kafka_ConfigEntry_t) -> Setting {
    // SAFETY: the texts belong to the entry (rule 3).
    unsafe {
        let source = sys::rd_kafka_ConfigEntry_source(entry);
        Setting {
            name: text(sys::rd_kafka_ConfigEntry_name(entry)).unwrap_or_default(),
            value: text(sys::rd_kafka_ConfigEntry_value(entry)),
            of_topic: source == sys::rd_kafka_ConfigSource_t::RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG,
        }
    }
}

/// What became of the one topic that was asked for.
///
/// # Safety
/// `results` holds `count` results of a living answer.
unsafe fn first_result(
    results: *mut *const sys::rd_kafka_topic_result_t,
    count: usize,
) -> Result<(), Refusal> {
    if count == 0 {
        return Err(RDKafkaErrorCode::Unknown.into());
    }
    // SAFETY: promised by the caller; the words belong to the result (rule 3).
    unsafe {
        let result = *results;
        refusal(sys::rd_kafka_topic_result_error(result), sys::rd_kafka_topic_result_error_string(result))
    }
}

/// A code and the words for it.
///
/// # Safety
/// As for [`text`].
unsafe fn refusal(code: sys::rd_kafka_resp_err_t, words: *const c_char) -> Result<(), Refusal> {
    // SAFETY: promised by the caller.
    outcome(code).map_err(|code| Refusal { code, words: unsafe { text(words) } })
}

/// Copies a text that may be null.
///
/// # Safety
/// `start` is null or points to text that ends with a zero.
unsafe fn text(start: *const c_char) -> Option<String> {
    // SAFETY: promised by the caller.
    (!start.is_null()).then(|| unsafe { CStr::from_ptr(start) }.to_string_lossy().into_owned())
}

/// Text as C takes it.
fn zero_ended(text: &str) -> Result<CString, Refusal> {
    CString::new(text).map_err(|_| RDKafkaErrorCode::InvalidArgument.into())
}
