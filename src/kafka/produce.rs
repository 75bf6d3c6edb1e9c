//! Lines of JSON to a topic: the sink behind `kafka-produce`.
//!
//! In: records, or envelopes. Out: Kafka records, each confirmed before the sink reports success. A
//! topic is not atomic: what was confirmed stays there when the run fails, and the error says how
//! many records that is.

use serde_json::{Value, json};

use super::envelope::Opened;
use super::native::write::Outgoing;
use super::options::Settings;
use super::producer::{HeaderList, Producer};
use super::topic;
use super::value::{KeyPath, check_object};
use crate::run::exit::Result;
use crate::stream::seal::Sealed;
use crate::stream::{Facts, Record, Reject, Sink, Trouble};

/// What a line is.
#[derive(Clone, Debug)]
pub enum Form {
    /// The value of a record.
    Value {
        /// The field that becomes the key.
        key: Option<KeyPath>,
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
    producer: Producer,
    plan: Plan,
    fixed: HeaderList,
    key: Vec<u8>,
    checked: u64,
}

impl Produce {
    /// Connects and checks the plan against the topic.
    pub fn open(settings: &Settings, plan: Plan) -> Result<Self> {
        topic::check_name(&plan.topic)?;
        let producer = Producer::open(settings, &plan.topic)?;
        let topic = producer.topic();
        if let Some(partition) = plan.partition
            && !topic.partitions.iter().any(|known| known.id == partition)
        {
            return Err(topic::unknown_partition(topic, partition));
        }
        let mut fixed = HeaderList::default();
        if let Form::Value { headers, .. } = &plan.form {
            headers.iter().for_each(|(name, value)| fixed.push(name.as_bytes(), Some(value.as_bytes())));
        }
        Ok(Self { producer, plan, fixed, key: Vec::new(), checked: 0 })
    }

    fn send(&mut self, record: &Outgoing<'_>, sizes: super::producer::HeaderSizes) -> Result<(), Trouble> {
        if self.plan.dry_run {
            self.producer.check(record, sizes)?;
            self.checked += 1;
            return Ok(());
        }
        self.producer.send(record, sizes)
    }

    /// Sends a line as the value of a record.
    fn send_value(&mut self, line: &[u8]) -> Result<(), Trouble> {
        let Form::Value { key, keyless, .. } = &self.plan.form else {
            return Ok(());
        };
        let mut key_found = false;
        match key {
            None => check_object(line)?,
            Some(path) => {
                key_found = path.text(line, &mut self.key)?;
                if !key_found && !keyless {
                    return Err(Reject::at(path.written(), "missing, and it is the key").into());
                }
            }
        }
        // Lent out for the call: `send` needs all of `self`.
        let (key, fixed) = (std::mem::take(&mut self.key), std::mem::take(&mut self.fixed));
        let record = Outgoing {
            key: key_found.then_some(key.as_slice()),
            value: Some(line),
            headers: fixed.list(),
            timestamp: None,
            partition: self.plan.partition,
        };
        let outcome = self.send(&record, fixed.sizes());
        (self.key, self.fixed) = (key, fixed);
        outcome
    }

    /// Sends a line as a whole record.
    fn send_envelope(&mut self, line: &[u8], keep_partition: bool) -> Result<(), Trouble> {
        let opened = Opened::read(line)?;
        let kept = opened.partition.filter(|_| keep_partition);
        if let Some(partition) = kept
            && !self.producer.topic().partitions.iter().any(|known| known.id == partition)
        {
            return Err(Reject::at("partition", "the topic has no such partition").into());
        }
        let record = Outgoing {
            key: opened.key.as_deref(),
            value: opened.value.as_deref(),
            headers: opened.headers.list(),
            timestamp: opened.timestamp,
            partition: kept.or(self.plan.partition),
        };
        self.send(&record, opened.headers.sizes())
    }
}

impl Sink for Produce {
    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        match self.plan.form {
            Form::Value { .. } => self.send_value(record.content()),
            Form::Envelope { keep_partition } => self.send_envelope(record.content(), keep_partition),
        }
    }

    fn idle(&mut self) -> Result<()> {
        self.producer.idle()
    }

    fn publish(mut self, _: Option<&Sealed>) -> Result<Facts> {
        self.producer.confirm()?;
        Ok(self.facts())
    }

    fn facts(&self) -> Facts {
        let counts = self.producer.counts();
        let mut facts = Facts::new();
        let mut add = |name: &str, value: Value| facts.insert(name.to_owned(), value);
        add("topic", json!(&*self.producer.topic().name));
        if self.plan.dry_run {
            add("dry_run", json!(true));
            add("would_send", json!(self.checked));
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
