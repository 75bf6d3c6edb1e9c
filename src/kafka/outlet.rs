//! A topic that records are sent to: looked up before the first of them, and what it takes.

use std::ffi::CString;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;

use super::codes;
use super::native::admin;
use super::native::write::Outgoing;
use super::options::Settings;
use super::rights::Operation;
use super::topic::{self, Topic};
use super::wire::{HeaderSizes, batch_size};
use crate::run::exit::Result;
use crate::run::units::grouped;
use crate::stream::Reject;

/// librdkafka's own limit of a record, where the topic's cannot be asked for.
const LIMIT_UNKNOWN: u64 = 1_000_000;

/// A topic, and the bound of its records.
pub struct Outlet {
    topic: Topic,
    name: CString,
    /// The size of a batch that the topic takes, in bytes: the bound of a record with its framing.
    limit: u64,
    /// Whether the topic has told it.
    limit_told: bool,
    sent: u64,
}

impl Outlet {
    /// Looks the topic up; none if the cluster does not have it.
    pub fn find<C: ClientContext>(
        client: &Client<C>,
        settings: &Settings,
        name: &str,
    ) -> Result<Option<Self>> {
        let wait = settings.connect_timeout();
        let Some(topic) = topic::look_up(client, name, Operation::Write, wait)? else { return Ok(None) };
        let Ok(told) = told_limit(client, settings, name, wait) else { return Ok(None) };
        let (limit, limit_told) = (told.unwrap_or(LIMIT_UNKNOWN), told.is_some());
        let name = CString::new(name).map_err(|_| topic::unknown(name))?;
        log::info!(
            "{}: {} partitions, batches of up to {} bytes",
            topic.name,
            topic.partitions.len(),
            grouped(limit)
        );
        Ok(Some(Self { topic, name, limit, limit_told, sent: 0 }))
    }

    /// The topic.
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Its name, as librdkafka takes it.
    pub fn name(&self) -> &CString {
        &self.name
    }

    /// The size of a batch that the topic takes, in bytes: the bound of a record with its framing.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// How many records were given to the client for it.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Counts one more of them.
    #[inline]
    pub fn count(&mut self) {
        self.sent += 1;
    }

    /// Whether the topic has this partition.
    pub fn has(&self, partition: i32) -> bool {
        self.topic.partitions.iter().any(|known| known.id == partition)
    }

    /// Refuses a record that the topic would not take.
    pub fn check(&self, record: &Outgoing<'_>, headers: HeaderSizes) -> Result<(), Reject> {
        let size = batch_size(record, headers);
        if size > self.limit {
            let (limit, topic) = (self.limit, &self.topic.name);
            let limit = if self.limit_told {
                format!("max.message.bytes={limit} of topic {topic}")
            } else {
                format!("{}, and this principal may not ask topic {topic} for more", grouped(limit))
            };
            return Err(Reject::new(format!("{} bytes with its framing, above {limit}", grouped(size))));
        }
        Ok(())
    }
}

/// There is no such topic after all.
struct Unknown;

/// The largest batch that the topic takes; none if it does not tell.
fn told_limit<C: ClientContext>(
    client: &Client<C>,
    settings: &Settings,
    topic: &str,
    wait: Duration,
) -> Result<Option<u64>, Unknown> {
    if let Some(limit) = settings.get("message.max.bytes").and_then(|text| text.parse().ok()) {
        return Ok(Some(limit));
    }
    match admin::settings_of_topic(client, topic, wait) {
        Ok(found) => {
            let value = found.iter().find(|setting| setting.name == "max.message.bytes");
            Ok(value.and_then(|setting| setting.value.as_deref()?.parse().ok()))
        }
        Err(refusal) if refusal.code == RDKafkaErrorCode::UnknownTopicOrPartition => Err(Unknown),
        Err(refusal) => {
            let words = codes::words(refusal.code);
            log::debug!("max.message.bytes of {topic} is not told ({words}): {}", grouped(LIMIT_UNKNOWN));
            Ok(None)
        }
    }
}
