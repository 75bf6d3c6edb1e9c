//! A request to a cluster and its answer, as librdkafka's admin calls have it: options, a queue, an event.

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

/// A queue of our own, for one answer.
pub(super) struct Queue(pub(super) *mut sys::rd_kafka_queue_t);

impl Queue {
    pub(super) fn new<C: ClientContext>(client: &Client<C>) -> Self {
        // SAFETY: rule 1; the queue is ours (rule 2).
        Self(unsafe { sys::rd_kafka_queue_new(client.native_ptr()) })
    }

    /// Waits for the answer.
    pub(super) fn wait(&self, wait: Duration) -> Option<Event> {
        // SAFETY: the queue is ours; the event is given away to us (rule 2).
        let event = unsafe { sys::rd_kafka_queue_poll(self.0, millis(wait)) };
        (!event.is_null()).then_some(Event(event))
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once (rule 2). What still arrives is dropped by librdkafka.
        unsafe { sys::rd_kafka_queue_destroy(self.0) }
    }
}

/// An answer: everything that is read from it lives as long as it does (rule 3).
pub(super) struct Event(pub(super) *mut sys::rd_kafka_event_t);

impl Event {
    /// Whether the request as a whole has failed.
    pub(super) fn outcome(&self) -> Result<(), Refusal> {
        // SAFETY: the event is ours; the words belong to it (rule 3).
        unsafe { refusal(sys::rd_kafka_event_error(self.0), sys::rd_kafka_event_error_string(self.0)) }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once (rule 2).
        unsafe { sys::rd_kafka_event_destroy(self.0) }
    }
}

/// A request that is about to be sent.
pub(super) struct Exchange {
    pub(super) queue: Queue,
    pub(super) options: *mut sys::rd_kafka_AdminOptions_t,
    wait: Duration,
}

impl Exchange {
    /// A request of a kind that is given up after `wait`; librdkafka finds out whom to ask.
    pub(super) fn new<C: ClientContext>(
        client: &Client<C>,
        kind: op,
        wait: Duration,
    ) -> Result<Self, Refusal> {
        // SAFETY: rule 1; the options are ours (rule 2).
        let options = unsafe { sys::rd_kafka_AdminOptions_new(client.native_ptr(), kind) };
        let exchange = Self { queue: Queue::new(client), options, wait };
        // SAFETY: the options are ours; no text of an error is wanted.
        let set = unsafe {
            sys::rd_kafka_AdminOptions_set_request_timeout(options, millis(wait), ptr::null_mut(), 0)
        };
        outcome(set)?;
        Ok(exchange)
    }

    /// A request that only the controller answers.
    pub(super) fn of_controller<C: ClientContext>(
        client: &Client<C>,
        kind: op,
        wait: Duration,
    ) -> Result<Self, Refusal> {
        match controller(client, wait)? {
            (Some(_), _) => Self::new(client, kind, wait),
            // librdkafka would wait for it until its time is up.
            (None, _) => Err(RDKafkaErrorCode::UnsupportedFeature.into()),
        }
    }

    /// A request that any broker answers, though librdkafka would send it to the controller.
    pub(super) fn of_any_broker<C: ClientContext>(
        client: &Client<C>,
        kind: op,
        wait: Duration,
    ) -> Result<Self, Refusal> {
        let (controller, brokers) = controller(client, wait)?;
        let broker = controller.or(brokers.first().copied()).ok_or(RDKafkaErrorCode::AllBrokersDown)?;
        let exchange = Self::new(client, kind, wait)?;
        // SAFETY: as in `new`.
        outcome(unsafe {
            sys::rd_kafka_AdminOptions_set_broker(exchange.options, broker, ptr::null_mut(), 0)
        })?;
        Ok(exchange)
    }

    /// The broker only says whether it would.
    pub(super) fn only_validate(&self) -> Result<(), Refusal> {
        // SAFETY: as in `new`.
        let set =
            unsafe { sys::rd_kafka_AdminOptions_set_validate_only(self.options, 1, ptr::null_mut(), 0) };
        Ok(outcome(set)?)
    }

    /// Waits for the answer to what was sent.
    pub(super) fn answer(self) -> Result<Event, Refusal> {
        // The request ends by itself after `wait`; a little later nothing can come any more.
        let event = self.queue.wait(self.wait + Duration::from_secs(1));
        let event = event.ok_or(RDKafkaErrorCode::OperationTimedOut)?;
        event.outcome()?;
        Ok(event)
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once (rule 2).
        unsafe { sys::rd_kafka_AdminOptions_destroy(self.options) }
    }
}

/// The controller, if the cluster names one that exists, and all brokers.
///
/// librdkafka's own mock names one that it does not have.
fn controller<C: ClientContext>(
    client: &Client<C>,
    wait: Duration,
) -> Result<(Option<i32>, Vec<i32>), RDKafkaErrorCode> {
    let brokers = super::ask_for_brokers(client, wait)?;
    // SAFETY: rule 1; zero milliseconds: what the answer just said.
    let controller = unsafe { sys::rd_kafka_controllerid(client.native_ptr(), 0) };
    let brokers: Vec<i32> = brokers.iter().map(|broker| broker.id).collect();
    Ok((brokers.contains(&controller).then_some(controller), brokers))
}

/// What a function returns that lends an array: its length comes by an argument.
///
/// # Safety
/// `array` gives a pointer to as many elements as it says, which live as long as `'a`.
pub(super) unsafe fn array<'a, T>(array: impl FnOnce(*mut usize) -> *mut *const T) -> &'a [*const T] {
    let mut count = 0;
    let start = array(&mut count);
    if start.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe { slice::from_raw_parts(start, count) }
}

/// The outcome of a part of an answer: null is success.
///
/// # Safety
/// `error` is null or belongs to a living answer.
pub(super) unsafe fn checked(error: *const sys::rd_kafka_error_t) -> Result<(), Refusal> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: promised by the caller; the words belong to the error (rule 3).
    unsafe { refusal(sys::rd_kafka_error_code(error), sys::rd_kafka_error_string(error)) }
}

/// Sets an option by a call that answers with an error of its own, which is ours to destroy.
pub(super) fn option(error: *mut sys::rd_kafka_error_t) -> Result<(), Refusal> {
    // SAFETY: null, or an error given away to us (rule 2).
    unsafe {
        let result = checked(error);
        if !error.is_null() {
            sys::rd_kafka_error_destroy(error);
        }
        result
    }
}

/// A code and the words for it.
///
/// # Safety
/// As for [`text`].
pub(super) unsafe fn refusal(code: sys::rd_kafka_resp_err_t, words: *const c_char) -> Result<(), Refusal> {
    // SAFETY: promised by the caller.
    outcome(code).map_err(|code| Refusal { code, words: unsafe { text(words) } })
}

/// Copies a text that may be null.
///
/// # Safety
/// `start` is null or points to text that ends with a zero.
pub(super) unsafe fn text(start: *const c_char) -> Option<String> {
    // SAFETY: promised by the caller.
    (!start.is_null()).then(|| unsafe { CStr::from_ptr(start) }.to_string_lossy().into_owned())
}

/// Text as C takes it.
pub(super) fn zero_ended(text: &str) -> Result<CString, Refusal> {
    CString::new(text).map_err(|_| RDKafkaErrorCode::InvalidArgument.into())
}
