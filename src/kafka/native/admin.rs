//! Topics created, deleted, and asked for their settings, over the connection that a client has already.
//!
//! The wrapper's admin client is a second client with a thread of its own, and drops the broker's words
//! on why it refuses a topic.

use std::ptr;
use std::slice;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;
use sys::rd_kafka_admin_op_t as op;

use super::exchange::{Exchange, Refusal, refusal, text, zero_ended};
use super::outcome;

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

/// Creates a topic; with `validate`, only asks whether that would do.
pub fn create_topic<C: ClientContext>(
    client: &Client<C>,
    topic: &NewTopic<'_>,
    validate: bool,
    wait: Duration,
) -> Result<(), Refusal> {
    let exchange = Exchange::of_controller(client, op::RD_KAFKA_ADMIN_OP_CREATETOPICS, wait)?;
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
            sys::rd_kafka_CreateTopics(client.native_ptr(), &mut new, 1, exchange.options, exchange.queue.0);
        }
        sys::rd_kafka_NewTopic_destroy(new);
        set?;
    }
    let answer = exchange.answer()?;
    // SAFETY: the results belong to the event (rule 3).
    unsafe {
        let mut count = 0;
        let result = sys::rd_kafka_event_CreateTopics_result(answer.0);
        first_result(sys::rd_kafka_CreateTopics_result_topics(result, &mut count), count)
    }
}

/// Deletes a topic.
pub fn delete_topic<C: ClientContext>(client: &Client<C>, name: &str, wait: Duration) -> Result<(), Refusal> {
    let exchange = Exchange::of_controller(client, op::RD_KAFKA_ADMIN_OP_DELETETOPICS, wait)?;
    let name = zero_ended(name)?;
    // SAFETY: rule 1; the request copies what is ours until it is destroyed.
    unsafe {
        let mut old = sys::rd_kafka_DeleteTopic_new(name.as_ptr());
        sys::rd_kafka_DeleteTopics(client.native_ptr(), &mut old, 1, exchange.options, exchange.queue.0);
        sys::rd_kafka_DeleteTopic_destroy(old);
    }
    let answer = exchange.answer()?;
    // SAFETY: the results belong to the event (rule 3).
    unsafe {
        let mut count = 0;
        let result = sys::rd_kafka_event_DeleteTopics_result(answer.0);
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
    let exchange = Exchange::of_controller(client, op::RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, wait)?;
    let name = zero_ended(topic)?;
    // SAFETY: rule 1; the request copies what is ours until it is destroyed.
    unsafe {
        let kind = sys::rd_kafka_ResourceType_t::RD_KAFKA_RESOURCE_TOPIC;
        let mut resource = sys::rd_kafka_ConfigResource_new(kind, name.as_ptr());
        let handle = client.native_ptr();
        sys::rd_kafka_DescribeConfigs(handle, &mut resource, 1, exchange.options, exchange.queue.0);
        sys::rd_kafka_ConfigResource_destroy(resource);
    }
    let answer = exchange.answer()?;
    // SAFETY: the arrays belong to the event (rule 3) and are as long as librdkafka says.
    unsafe {
        let mut count = 0;
        let result = sys::rd_kafka_event_DescribeConfigs_result(answer.0);
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
