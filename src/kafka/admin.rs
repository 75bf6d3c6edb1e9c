//! Topics: created, listed, described and deleted, as scripts and CI jobs need it.
//!
//! A name is a name, never a pattern; what is one is said to be one ([`Selection`]). Everything is
//! checked for all topics before anything is done for one. What is created is usable when
//! [`Admin::create`] returns, and what is deleted is gone: the next command of a script does not have
//! to wait.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;
use serde_json::{Value, json};

use super::client::{self, Journal};
use super::codes;
use super::native::Refusal;
use super::native::admin::{self, NewTopic};
use super::native::identity;
use super::options::Settings;
use super::ranges;
use super::rights::{Operation, Right};
use super::selection::Selection;
use super::start::Start;
use super::topic::{self, Topic};
use crate::run::exit::{Error, Exit, Result};

/// How long a change may take to reach every broker.
const SETTLE: Duration = Duration::from_secs(30);

/// A connection for asking and changing.
pub struct Admin {
    // An option only so that `drop` can move it to the thread that closes it.
    client: Option<BaseConsumer<Journal>>,
    /// What its user must be allowed to do with topics and groups, at the least.
    pub(super) to: Operation,
    pub(super) wait: Duration,
}

/// What a topic to be created is like.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// How many partitions; none is the broker's default.
    pub partitions: Option<i32>,
    /// How many brokers keep each; none is the broker's default.
    pub replication: Option<i32>,
    /// Settings by name.
    pub settings: Vec<(String, String)>,
}

impl Admin {
    /// Connects, `to` do that with topics.
    pub fn open(settings: &Settings, to: Operation) -> Result<Self> {
        Self::connect(settings, None, to)
    }

    /// Connects, `to` do that with groups: one of that name, or any.
    ///
    /// The client has a group itself, which it never joins: librdkafka (2.12) takes it for granted when a
    /// coordinator answers that it is still loading, and crashes without.
    pub fn open_for_groups(settings: &Settings, group: Option<&str>, to: Operation) -> Result<Self> {
        Self::connect(settings, Some(group.unwrap_or("sluicebox")), to)
    }

    fn connect(settings: &Settings, group: Option<&str>, to: Operation) -> Result<Self> {
        // Offsets as the broker counts them, open transactions included.
        let mut config = settings.client_config(&[], &[("isolation.level", "read_uncommitted")]);
        if let Some(group) = group {
            config.set("group.id", group);
        }
        let client: BaseConsumer<Journal> = client::create(&config, Journal::default())?;
        client::connect(client.client(), client.context(), settings, |wait| drop(client.poll(wait)))?;
        Ok(Self { client: Some(client), to, wait: settings.connect_timeout() })
    }

    pub(super) fn client(&self) -> &BaseConsumer<Journal> {
        // INVARIANT: taken by `drop` only.
        self.client.as_ref().expect("an admin has its client until it is dropped")
    }

    /// The topic, or none.
    pub fn look_up(&self, name: &str) -> Result<Option<Topic>> {
        topic::look_up(self.client().client(), name, self.to, self.wait)
    }

    /// The topics that are meant, as they are now, each once.
    pub fn find(&self, selection: &Selection) -> Result<Vec<Topic>> {
        selection.find(self.client().client(), self.wait)
    }

    /// Every topic of the cluster in the order of their names.
    pub fn list(&self) -> Result<Vec<Topic>> {
        topic::all(self.client().client(), self.wait)
    }

    /// Creates a topic and waits until every partition has a leader; with `dry_run`, asks the cluster
    /// whether it would.
    pub fn create(&self, wanted: &Wanted, dry_run: bool) -> Result<Option<Topic>> {
        let new = NewTopic {
            name: &wanted.name,
            partitions: wanted.partitions.unwrap_or(-1),
            replication: wanted.replication.unwrap_or(-1),
            settings: &wanted.settings,
        };
        admin::create_topic(self.client().client(), &new, dry_run, self.wait).map_err(|refusal| {
            let right = Right::on_topic(Operation::Create, &wanted.name);
            refused_for(right, &format!("cannot create topic {}", wanted.name), refusal)
        })?;
        if dry_run {
            return Ok(None);
        }
        self.until(&wanted.name, "usable", |topic| {
            let topic = topic?;
            let led = topic.partitions.iter().all(|partition| partition.leader >= 0);
            let whole =
                wanted.partitions.is_none_or(|count| topic.partitions.len() as i64 == i64::from(count));
            (led && whole && !topic.partitions.is_empty()).then_some(Some(topic))
        })
    }

    /// Deletes a topic and waits until it is gone.
    pub fn delete(&self, name: &str) -> Result<()> {
        admin::delete_topic(self.client().client(), name, self.wait).map_err(|refusal| {
            let right = Right::on_topic(Operation::Delete, name);
            refused_for(right, &format!("cannot delete topic {name}"), refusal)
        })?;
        self.until(name, "gone", |topic| topic.is_none().then_some(()))
    }

    /// Looks at a topic until `check` is content.
    fn until<T>(&self, name: &str, state: &str, check: impl Fn(Option<Topic>) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + SETTLE;
        loop {
            if let Some(found) = check(self.look_up(name)?) {
                return Ok(found);
            }
            if Instant::now() > deadline {
                return Err(Error::temporary(format!("topic {name} is not {state} after {SETTLE:?}")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A topic with its partitions, their offsets, and the settings that are its own.
    pub fn describe(&self, topic: &Topic) -> Result<Value> {
        let offsets = self.watermarks(topic);
        let partitions: Vec<Value> = topic
            .partitions
            .iter()
            .zip(offsets)
            .map(|(partition, offsets)| {
                json!({
                    "partition": partition.id,
                    "leader": (partition.leader >= 0).then_some(partition.leader),
                    "replicas": partition.replicas,
                    "isr": partition.isr,
                    "low": offsets.map(|(low, _)| low),
                    "high": offsets.map(|(_, high)| high),
                })
            })
            .collect();
        Ok(json!({
            "topic": &*topic.name,
            "topic_id": identity::topic_id(self.client().client(), &topic.name, self.wait).ok(),
            "partitions": partitions,
            "configs": self.settings_of(&topic.name)?,
        }))
    }

    /// The settings that were made for this very topic; null where the cluster does not tell.
    fn settings_of(&self, name: &str) -> Result<Value> {
        match admin::settings_of_topic(self.client().client(), name, self.wait) {
            Ok(settings) => Ok(settings
                .into_iter()
                .filter(|setting| setting.of_topic)
                .map(|setting| (setting.name, json!(setting.value)))
                .collect::<serde_json::Map<_, _>>()
                .into()),
            Err(refusal) if unsupported(refusal.code) => Ok(Value::Null),
            Err(refusal) if refusal.code == RDKafkaErrorCode::TopicAuthorizationFailed => Ok(Value::Null),
            Err(refusal) => Err(refused(&format!("cannot read the settings of topic {name}"), refusal)),
        }
    }

    /// The first and the next offset of each partition; none where there is no leader to ask.
    fn watermarks(&self, topic: &Topic) -> Vec<Option<(i64, i64)>> {
        let ask = |only| {
            ranges::resolve(self.client(), std::slice::from_ref(topic), only, Start::Beginning, self.wait)
        };
        if topic.partitions.iter().all(|partition| partition.leader >= 0)
            && let Ok(ranges) = ask(None)
        {
            return ranges.iter().map(|range| Some((range.start, range.end))).collect();
        }
        let one = |id: i32| {
            ask(Some(id)).ok().and_then(|ranges| ranges.first().map(|range| (range.start, range.end)))
        };
        topic
            .partitions
            .iter()
            .map(|partition| (partition.leader >= 0).then(|| one(partition.id)).flatten())
            .collect()
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            client::close(client, Duration::from_millis(200));
        }
    }
}

/// Whether the cluster does not know such a request at all.
pub(super) fn unsupported(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::UnsupportedFeature
            | RDKafkaErrorCode::UnsupportedVersion
            | RDKafkaErrorCode::NotImplemented
    )
}

/// [`refused`], for want of this right if that is why.
pub(super) fn refused_for(right: Right<'_>, what: &str, refusal: Refusal) -> Error {
    right.denial(refusal.code).unwrap_or_else(|| refused(what, refusal))
}

/// Why the cluster did not do it, in its own words where it has any.
pub(super) fn refused(what: &str, refusal: Refusal) -> Error {
    if unsupported(refusal.code) {
        return Error::usage(format!("{what}: this cluster knows no such request"))
            .hint("sluicebox sandbox --topic NAME:PARTITIONS -- COMMAND");
    }
    let words = match refusal.words {
        Some(words) if !words.is_empty() => codes::lower_first(words.trim_end_matches('.')),
        _ => codes::words(refusal.code),
    };
    Error::new(codes::exit_of(refusal.code), format!("{what}: {words}"))
}

/// Nothing is known of where a group stands. Kafka leaves out what may not be seen, and does not say so.
pub fn nothing_committed(group: &str) -> String {
    format!("group {group} has committed nothing, or this principal lacks Describe on its topics")
}

/// Whether a topic that is there already will do for one that is wanted.
pub fn check_same(found: &Topic, wanted: &Wanted) -> Result<()> {
    let has = found.partitions.len();
    match wanted.partitions {
        Some(count) if i64::from(count) != has as i64 => Err(Error::new(
            Exit::Conflict,
            format!("topic {} exists with {has} partitions, not {count}", found.name),
        )),
        _ => Ok(()),
    }
}

/// A topic in one line of a list.
pub fn summary(topic: &Topic) -> Value {
    json!({
        "topic": &*topic.name,
        "partitions": topic.partitions.len(),
        "replication_factor": topic.partitions.first().map_or(0, |partition| partition.replicas.len()),
    })
}
