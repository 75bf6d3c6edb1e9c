//! Asking for the settings of a topic, over the connection that a client has already.

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::slice;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;

use super::{millis, outcome};

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

/// The request, and everything made for it: destroyed together, in order.
struct Request {
    queue: *mut sys::rd_kafka_queue_t,
    options: *mut sys::rd_kafka_AdminOptions_t,
    resource: *mut sys::rd_kafka_ConfigResource_t,
    event: *mut sys::rd_kafka_event_t,
}

impl Drop for Request {
    fn drop(&mut self) {
        // SAFETY: each is ours and destroyed once (rule 2); all of them accept null.
        unsafe {
            if !self.event.is_null() {
                sys::rd_kafka_event_destroy(self.event);
            }
            if !self.resource.is_null() {
                sys::rd_kafka_ConfigResource_destroy(self.resource);
            }
            if !self.options.is_null() {
                sys::rd_kafka_AdminOptions_destroy(self.options);
            }
            if !self.queue.is_null() {
                sys::rd_kafka_queue_destroy(self.queue);
            }
        }
    }
}

/// The settings of a topic in effect, in the order of the broker's answer.
///
/// An unknown topic answers `UnknownTopicOrPartition`; neither the cluster nor the client creates it.
pub fn of_topic<C: ClientContext>(
    client: &Client<C>,
    topic: &str,
    wait: Duration,
) -> Result<Vec<Setting>, RDKafkaErrorCode> {
    let name = CString::new(topic).map_err(|_| RDKafkaErrorCode::InvalidTopic)?;
    let handle = client.native_ptr();
    // SAFETY: rule 1; the four things made here are ours (rule 2). The event is polled for a little
    // longer than the request may take, so that it cannot arrive after the queue is gone.
    let request = unsafe {
        let mut request = Request {
            queue: sys::rd_kafka_queue_new(handle),
            options: sys::rd_kafka_AdminOptions_new(
                handle,
                sys::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS,
            ),
            resource: sys::rd_kafka_ConfigResource_new(
                sys::rd_kafka_ResourceType_t::RD_KAFKA_RESOURCE_TOPIC,
                name.as_ptr(),
            ),
            event: ptr::null_mut(),
        };
        outcome(sys::rd_kafka_AdminOptions_set_request_timeout(
            request.options,
            millis(wait),
            ptr::null_mut(),
            0,
        ))?;
        sys::rd_kafka_DescribeConfigs(handle, &mut request.resource, 1, request.options, request.queue);
        request.event = sys::rd_kafka_queue_poll(request.queue, millis(wait + Duration::from_secs(1)));
        request
    };
    answer(&request)
}

/// Reads the answer of the broker out of its event.
fn answer(request: &Request) -> Result<Vec<Setting>, RDKafkaErrorCode> {
    if request.event.is_null() {
        return Err(RDKafkaErrorCode::OperationTimedOut);
    }
    // SAFETY: the arrays belong to the event, which `request` keeps (rule 3), and their lengths are
    // what librdkafka says.
    unsafe {
        outcome(sys::rd_kafka_event_error(request.event))?;
        let result = sys::rd_kafka_event_DescribeConfigs_result(request.event);
        let mut count = 0;
        let resources = sys::rd_kafka_DescribeConfigs_result_resources(result, &mut count);
        if count == 0 {
            return Err(RDKafkaErrorCode::Unknown);
        }
        let resource = *resources;
        outcome(sys::rd_kafka_ConfigResource_error(resource))?;
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

/// Copies a text that may be null.
///
/// # Safety
/// `start` is null or points to text that ends with a zero.
unsafe fn text(start: *const c_char) -> Option<String> {
    // SAFETY: promised by the caller.
    (!start.is_null()).then(|| unsafe { CStr::from_ptr(start) }.to_string_lossy().into_owned())
}
