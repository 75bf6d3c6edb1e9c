//! Lines of JSON to topics: the sink behind `kafka-produce`.
//!
//! In: records, or envelopes. Out: Kafka records, each confirmed before the sink reports success. A
//! topic is not atomic: what was confirmed stays there when the run fails, and the error says how
//! many records that is. In a batch of `kafka-consume --transactional` it is: everything is one
//! transaction ([`super::transaction`]), with the accounts of rejects and the offset of the group.

use std::ffi::CString;
use std::time::Duration;

use rdkafka::producer::Producer as _;
use serde_json::{Value, json};

use super::envelope::Opened;
use super::native::write::Outgoing;
use super::options::Settings;
use super::outlet::Outlet;
use super::producer::Producer;
use super::rights::Operation;
use super::route::{Destination, Must, Route};
use super::topic;
use super::transaction::Transaction;
use super::value::{Keys, check_record};
use super::wire::{HeaderList, HeaderSizes};
use crate::batch::receipt::{Outcome, Receipt};
use crate::batch::{Batch, Mandate};
use crate::run::exit::{Error, Result};
use crate::run::fault;
use crate::run::units::grouped;
use crate::stream::counts;
use crate::stream::seal::Refusal;
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
    /// Where to.
    pub to: Destination,
    /// The partition of every record, instead of the partitioner's choice.
    pub partition: Option<i32>,
    /// What a line is.
    pub form: Form,
    /// Check everything, send nothing.
    pub dry_run: bool,
    /// The batch that is sent, and committed with it.
    pub mandate: Option<(Batch, Mandate)>,
    /// Where the accounts of its rejects go.
    pub rejects_topic: Option<String>,
}

/// The sink.
pub struct Produce {
    // Before the producer, which it must not outlive.
    transaction: Option<Transaction>,
    route: Route,
    target: Target,
    rejects: Option<RejectsTopic>,
    form: Form,
    partition: Option<i32>,
    /// Headers of every record.
    headers: HeaderList,
}

/// Where records go: to their topics, or in a dry run nowhere.
struct Target {
    producer: Producer,
    dry_run: bool,
    checked: u64,
}

/// Where the accounts of rejects go, in the transaction of their batch.
struct RejectsTopic {
    topic: CString,
    /// The name of the batch: all that it rejects lies in one partition, in order.
    key: String,
    sent: u64,
}

impl Produce {
    /// Connects and checks the plan against the topic.
    pub fn open(settings: &Settings, plan: Plan) -> Result<Self> {
        let id = plan.mandate.as_ref().map(|(_, mandate)| &*mandate.transactional_id);
        let source = plan.mandate.as_ref().map(|(batch, _)| batch.range.topic.clone());
        let must = Must { have: plan.partition, differ_from: source };
        let (route, producer) = Route::open(settings, plan.to, must, id)?;
        let mut headers = HeaderList::default();
        if let Form::Value { headers: fixed, .. } = &plan.form {
            fixed.iter().for_each(|(name, value)| headers.push(name.as_bytes(), Some(value.as_bytes())));
        }
        let rejects = match (plan.rejects_topic, &plan.mandate) {
            (Some(topic), Some((batch, _))) => Some(RejectsTopic::open(&producer, settings, &topic, batch)?),
            _ => None,
        };
        let begin = |(batch, mandate)| Transaction::begin(&producer, settings, mandate, batch);
        let transaction = plan.mandate.map(begin).transpose()?;
        let target = Target { producer, dry_run: plan.dry_run, checked: 0 };
        Ok(Self { transaction, route, target, rejects, form: plan.form, partition: plan.partition, headers })
    }

    fn send(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let to = self.route.outlet(record, &mut self.target.producer)?;
        let key = match &mut self.form {
            Form::Envelope { keep_partition } => {
                return self.target.send_envelope(to, record.content(), self.partition, *keep_partition);
            }
            Form::Value { key: None, .. } => {
                if !self.route.checks() {
                    check_record(record)?;
                }
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
        self.target.send(to, &outgoing, self.headers.sizes())
    }

    /// The cause of a failure: the state of the transaction, where it is that.
    fn explain(&self, error: Error) -> Error {
        match &self.transaction {
            Some(transaction) => transaction.explain(error, self.target.producer.cause()),
            None => error,
        }
    }

    /// Makes the batch visible, and says where it is.
    fn commit(&mut self, sealed: Option<&Sealed>) -> Result<Facts> {
        fault::point("publish.before");
        let confirmed = self.target.producer.confirm();
        let counts = confirmed.map_err(|error| self.explain(error))?;
        let topics = self.target.producer.outlets();
        let topics: Vec<&str> = topics.iter().map(|outlet| &*outlet.topic().name).collect();
        let topics = topics.join(",");
        let Some(transaction) = &mut self.transaction else { return Ok(Facts::new()) };
        transaction.commit()?;
        let location = |topic: &str| format!("kafka://{}/{topic}", transaction.cluster());
        let rejects = self.rejects.as_ref().map_or(0, |rejects| rejects.sent);
        let range = transaction.batch().range.clone();
        let mut facts = Receipt::facts(location(&topics), Outcome::Stored, sealed, range);
        let mut add = |name: &str, value: Value| facts.insert(name.to_owned(), value);
        add("topic", json!(topics));
        add("records", json!(counts.confirmed - rejects));
        if let Some(rejects) = self.rejects.as_ref().filter(|rejects| rejects.sent > 0) {
            add("rejects", json!(location(&rejects.topic.to_string_lossy())));
            add("rejects_count", json!(rejects.sent));
        }
        Ok(facts)
    }
}

impl RejectsTopic {
    fn open(producer: &Producer, settings: &Settings, topic: &str, batch: &Batch) -> Result<Self> {
        topic::find(producer.client().client(), topic, Operation::Write, settings.connect_timeout())?;
        let topic = CString::new(topic).map_err(|_| topic::unknown(topic))?;
        Ok(Self { topic, key: batch.name(), sent: 0 })
    }

    fn send(&mut self, producer: &mut Producer, refusal: &Refusal) -> Result<()> {
        let line = serde_json::to_vec(refusal).unwrap_or_default();
        let record = Outgoing {
            key: Some(self.key.as_bytes()),
            value: Some(&line),
            headers: None,
            timestamp: None,
            partition: None,
        };
        producer.send_beside(&self.topic, &record)?;
        self.sent += 1;
        Ok(())
    }
}

impl Target {
    #[inline]
    fn send(&mut self, to: usize, record: &Outgoing<'_>, headers: HeaderSizes) -> Result<(), Trouble> {
        if self.dry_run {
            self.producer.outlets()[to].check(record, headers)?;
            self.checked += 1;
            return Ok(());
        }
        self.producer.send(to, record, headers)
    }

    /// Sends a line as a whole record.
    fn send_envelope(
        &mut self,
        to: usize,
        line: &[u8],
        partition: Option<i32>,
        keep: bool,
    ) -> Result<(), Trouble> {
        let opened = Opened::read(line)?;
        let kept = opened.partition.filter(|_| keep);
        if kept.is_some_and(|partition| !self.producer.outlets()[to].has(partition)) {
            return Err(Reject::at("partition", "the topic has no such partition").into());
        }
        let record = Outgoing {
            key: opened.key.as_deref(),
            value: opened.value.as_deref(),
            headers: opened.headers.list(),
            timestamp: opened.timestamp,
            partition: kept.or(partition),
        };
        self.send(to, &record, opened.headers.sizes())
    }
}

/// How many records went where.
fn by_topic(outlets: &[Outlet]) -> Value {
    outlets.iter().map(|outlet| (outlet.topic().name.to_string(), json!(outlet.sent()))).collect()
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
    fn begin(&mut self, sealed: Option<&Sealed>) -> Result<()> {
        let Some(transaction) = &self.transaction else { return Ok(()) };
        Batch::check(Some(transaction.batch()), sealed)?;
        if self.rejects.is_none() && sealed.is_some_and(|sealed| sealed.max_rejects != "0") {
            return Err(Error::usage("rejects are allowed, but the transaction has no place for them")
                .hint("kafka-produce --rejects-topic TOPIC, or kafka-consume without --max-rejects"));
        }
        Ok(())
    }

    fn reject(&mut self, refusal: &Refusal) -> Result<()> {
        match (&self.transaction, &mut self.rejects) {
            (None, _) => Ok(()),
            (Some(_), Some(rejects)) => rejects.send(&mut self.target.producer, refusal),
            (Some(_), None) => Err(Error::usage("a reject in a transaction has no place to go to")
                .hint("kafka-produce --rejects-topic TOPIC")),
        }
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        self.send(record).map_err(|trouble| match trouble {
            Trouble::Fail(error) => self.explain(error).into(),
            reject @ Trouble::Reject(_) => reject,
        })
    }

    fn idle(&mut self) -> Result<()> {
        self.target.producer.idle().map_err(|error| self.explain(error))
    }

    fn publish(mut self, sealed: Option<&Sealed>) -> Result<Facts> {
        if self.transaction.is_some() {
            return self.commit(sealed);
        }
        let counts = self.target.producer.confirm()?;
        log::info!("{} records confirmed", grouped(counts.confirmed));
        self.target.producer.warn_of_loss();
        Ok(self.facts())
    }

    fn facts(&self) -> Facts {
        if self.transaction.is_some() {
            // Nothing of it is visible: how much was sent is nobody's concern.
            return Facts::new();
        }
        let Target { producer, dry_run, checked } = &self.target;
        // The run has failed, but not the cluster: what is on its way can still be known.
        producer.settle(Some(LAST_ANSWERS));
        let counts = producer.counts();
        let mut facts = Facts::new();
        let mut add = |name: &str, value: Value| facts.insert(name.to_owned(), value);
        match (&self.route, producer.outlets()) {
            (Route::One, [outlet, ..]) => add("topic", json!(&*outlet.topic().name)),
            (_, outlets) => add("topics", by_topic(outlets)),
        };
        if *dry_run {
            facts.extend(counts::would_store(*checked));
            return facts;
        }
        add("delivered", json!(counts.confirmed));
        add("failed", json!(counts.refused));
        add("unknown", json!(counts.unknown));
        facts
    }

    fn atomic(&self) -> bool {
        self.transaction.is_some()
    }
}

/// A header as it is given on the command line: `NAME=VALUE`.
pub fn parse_header(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("'{text}' is no header; write NAME=VALUE")),
    }
}
