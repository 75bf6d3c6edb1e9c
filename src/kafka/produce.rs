//! Lines of JSON to a topic: the sink behind `kafka-produce`.
//!
//! In: records, or envelopes. Out: Kafka records, each confirmed before the sink reports success. A
//! topic is not atomic: what was confirmed stays there when the run fails, and the error says how
//! many records that is.

use std::time::Duration;

use serde_json::{Value, json};

use super::envelope::Opened;
use super::native::write::Outgoing;
use super::options::Settings;
use super::producer::Producer;
use super::topic::{self, Topic};
use super::value::{Keys, check_record};
use super::wire::{HeaderList, HeaderSizes};
use crate::run::exit::Result;
use crate::run::units::grouped;
use crate::stream::{Facts, Record, Reject, Sealed, Sink, Trouble};

/// How long a failed run waits for the answers to what is on its way.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// What a line is.
#[derive(Clone, Debug)]
pub enum Form {
    /// The value of a record.
    Value {
        /// The field that becomes the key.
        key: Option<Box<Keys>>,
        /// Whether a record without that field is sent without a key, instead of being refused.
        keyless: bool,
        /// Headers of every record.
        headers: Vec<(String, String)>,
    },
    /// A whole record.
    Envelope {
        /// Whether its partition is kept.
        keep_partition: bool,
    },
}

/// What to send, where to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The topic.
    pub topic: String,
    /// The partition of every record, instead of the partitioner's choice.
    pub partition: Option<i32>,
    /// What a line is.
    pub form: Form,
    /// Check everything, send nothing.
    pub dry_run: bool,
}

/// The sink.
pub struct Produce {
    target: Target,
    form: Form,
    partition: Option<i32>,
    /// Headers of every record.
    headers: HeaderList,
}

/// Where records go: to the topic, or in a dry run nowhere.
struct Target {
    producer: Producer,
    dry_run: bool,
    checked: u64,
}

impl Produce {
    /// Connects and checks the plan against the topic.
    pub fn open(settings: &Settings, plan: Plan) -> Result<Self> {
        let producer = Producer::open(settings, &plan.topic)?;
        if let Some(partition) = plan.partition
            && !has(producer.topic(), partition)
        {
            return Err(topic::unknown_partition(producer.topic(), partition));
        }
        let mut headers = HeaderList::default();
        if let Form::Value { headers: fixed, .. } = &plan.form {
            fixed.iter().for_each(|(name, value)| headers.push(name.as_bytes(), Some(value.as_bytes())));
        }
        let target = Target { producer, dry_run: plan.dry_run, checked: 0 };
        Ok(Self { target, form: plan.form, partition: plan.partition, headers })
    }
}

impl Target {
    #[inline]
    fn send(&mut self, record: &Outgoing<'_>, headers: HeaderSizes) -> Result<(), Trouble> {
        if self.dry_run {
            self.producer.check(record, headers)?;
            self.checked += 1;
            return Ok(());
        }
        self.producer.send(record, headers)
    }

    /// Sends a line as a whole record.
    fn send_envelope(&mut self, line: &[u8], partition: Option<i32>, keep: bool) -> Result<(), Trouble> {
        let opened = Opened::read(line)?;
        let kept = opened.partition.filter(|_| keep);
        if kept.is_some_and(|partition| !has(self.producer.topic(), partition)) {
            return Err(Reject::at("partition", "the topic has no such partition").into());
        }
        let record = Outgoing {
            key: opened.key.as_deref(),
            value: opened.value.as_deref(),
            headers: opened.headers.list(),
            timestamp: opened.timestamp,
            partition: kept.or(partition),
        };
        self.send(&record, opened.headers.sizes())
    }
}

fn has(topic: &Topic, partition: i32) -> bool {
    topic.partitions.iter().any(|known| known.id == partition)
}

/// The key of a record; none where a record may go without.
fn key_of<'a>(keys: &'a mut Keys, keyless: bool, record: &Record<'_>) -> Result<Option<&'a [u8]>, Reject> {
    if !keys.find(record)? {
        return if keyless {
            Ok(None)
        } else {
            Err(Reject::at(keys.written(), "missing, and it is the key"))
        };
    }
    Ok(Some(keys.text()))
}

impl Sink for Produce {
    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let key = match &mut self.form {
            Form::Envelope { keep_partition } => {
                return self.target.send_envelope(record.content(), self.partition, *keep_partition);
            }
            Form::Value { key: None, .. } => {
                check_record(record)?;
                None
            }
            Form::Value { key: Some(keys), keyless, .. } => key_of(keys, *keyless, record)?,
        };
        let outgoing = Outgoing {
            key,
            value: Some(record.content()),
            headers: self.headers.list(),
            timestamp: None,
            partition: self.partition,
        };
        self.target.send(&outgoing, self.headers.sizes())
    }

    fn idle(&mut self) -> Result<()> {
        self.target.producer.idle()
    }

    fn publish(mut self, _: Option<&Sealed>) -> Result<Facts> {
        let counts = self.target.producer.confirm()?;
        log::info!("{} records confirmed", grouped(counts.confirmed));
        self.target.producer.warn_of_loss();
        Ok(self.facts())
    }

    fn facts(&self) -> Facts {
        let Target { producer, dry_run, checked } = &self.target;
        // The run has failed, but not the cluster: what is on its way can still be known.
        producer.settle(Some(LAST_ANSWERS));
        let counts = producer.counts();
        let mut facts = Facts::new();
        let mut add = |name: &str, value: Value| facts.insert(name.to_owned(), value);
        add("topic", json!(&*producer.topic().name));
        if *dry_run {
            add("dry_run", json!(true));
            add("would_send", json!(checked));
            return facts;
        }
        add("delivered", json!(counts.confirmed));
        add("failed", json!(counts.refused));
        add("unknown", json!(counts.unknown));
        facts
    }

    fn atomic(&self) -> bool {
        false
    }
}

/// A header as it is given on the command line: `NAME=VALUE`.
pub fn parse_header(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("'{text}' is no header; write NAME=VALUE")),
    }
}
