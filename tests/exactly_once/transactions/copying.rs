//! The world of these tests: a topic with numbered records, one that is written to, and a group that copies.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};
use serde_json::{Value, json};

use super::super::scene::Scene;
use crate::support::{Ran, Run, folder, fresh, run, service, wait_until};

/// A member that died is waited for until its session ends, so sessions are short.
const QUICK: [&str; 4] = ["-X", "session.timeout.ms=1000", "-X", "heartbeat.interval.ms=200"];
/// How many partitions the topic has that is written to.
const PARTITIONS: i32 = 3;
/// How many keys there are: each has many records, whose order must be kept.
const KEYS: u32 = 37;

/// A topic with numbered records, an empty one, and a group that copies.
pub struct Copying {
    pub from: String,
    pub to: String,
    pub rejected: String,
    pub group: String,
    brokers: String,
    dir: PathBuf,
    /// Records in a batch.
    pub batch: u32,
    /// More options of the consumer.
    pub options: Vec<&'static str>,
    pub sent: Cell<u32>,
}

impl Copying {
    pub fn new(partitions: u32, records: u32) -> Self {
        Self::on(&service("KAFKA_BOOTSTRAP_SERVERS"), partitions, records)
    }

    pub fn on(brokers: &str, partitions: u32, records: u32) -> Self {
        let copying = Self {
            from: fresh("from"),
            to: fresh("to"),
            rejected: fresh("rejected"),
            group: fresh("copy"),
            brokers: brokers.to_owned(),
            dir: folder("copying"),
            batch: 100,
            options: Vec::new(),
            sent: Cell::new(0),
        };
        copying.create(&copying.from, &partitions.to_string());
        copying.create(&copying.to, &PARTITIONS.to_string());
        copying.create(&copying.rejected, "1");
        copying.produce(records);
        // A young cluster makes the topics of its coordinators when they are first asked for.
        wait_until("the coordinators answer", || {
            copying.kafka("topic-admin").args(["groups", "none"]).go().code != Some(75)
        });
        let at = ["--topic", &copying.from, "--at", "earliest"];
        copying.kafka("topic-admin").args(["init-group", &copying.group]).args(at).go().exits(0);
        run("hash-fields").args(["--new-key", &copying.path("hash.key")]).go().exits(0);
        copying
    }

    fn create(&self, topic: &str, partitions: &str) {
        self.kafka("topic-admin").args(["create", topic, "-p", partitions]).go().succeeds();
    }

    pub fn path(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }

    pub fn kafka(&self, command: &str) -> Run {
        run(command).env("KAFKA_BOOTSTRAP_SERVERS", &self.brokers)
    }

    /// More records: numbered, spread over the keys.
    pub fn produce(&self, records: u32) {
        let begin = self.sent.replace(self.sent.get() + records);
        let line = |n: u32| json!({"key": format!("k{}", n % KEYS), "n": n, "email": format!("{n}@x")});
        let lines: String = (begin..begin + records).map(|n| format!("{}\n", line(n))).collect();
        self.kafka("kafka-produce").args(["--topic", &self.from, "--key", "key"]).stdin(lines).go().exits(0);
    }

    /// The script of a batch, with something before it and between its stages.
    pub fn script(&self, before: &str, between: &str, options: &str) -> String {
        let (key, to) = (self.path("hash.key"), &self.to);
        format!(
            "{before} hash-fields --key-file {key} email | {between} kafka-produce --topic {to} --key key {options}"
        )
    }

    pub fn plain(&self) -> String {
        self.script("", "", "")
    }

    /// A script whose first attempt, of whatever batch, meets a fault in a stage.
    pub fn once(&self, stage: &str, fault: &str) -> String {
        let first = format!("fault=; mkdir {} 2>/dev/null && fault={fault};", self.path("first"));
        let script = self.plain().replace(stage, &format!("SLUICEBOX_FAULT=$fault {stage}"));
        format!("{first} {script}")
    }

    pub fn consumer(&self, script: &str) -> Run {
        self.kafka("kafka-consume")
            .args([&self.from, "--group", &self.group, "--transactional", "--exit-at-end"])
            .args(["--batch-records", &self.batch.to_string()])
            .args(QUICK)
            .args(&self.options)
            .env("PATH", crate::support::path())
            .args(["--", "sh", "-c", script])
    }

    /// The plain run after all harm: it must end well, and long before the broker would end a transaction.
    #[track_caller]
    pub fn finish(&self) -> Ran {
        let started = Instant::now();
        let ran = self.consumer(&self.plain()).go().exits(0);
        assert!(
            started.elapsed() < Duration::from_secs(90),
            "a dead transaction was waited for: {}",
            ran.stderr
        );
        ran
    }

    /// What a foreign reader finds, in the order of each partition.
    pub fn read(&self, topic: &str, isolation: &str) -> Vec<(Option<String>, Value)> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &self.brokers)
            .set("group.id", fresh("reader"))
            .set("isolation.level", isolation)
            .set("enable.partition.eof", "true")
            .set("enable.auto.commit", "false")
            .create()
            .unwrap();
        let mut found = Vec::new();
        let partitions = if topic == self.to { PARTITIONS } else { 1 };
        for partition in 0..partitions {
            let mut list = TopicPartitionList::new();
            list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
            consumer.assign(&list).unwrap();
            loop {
                match consumer.poll(Duration::from_secs(30)).expect("an answer") {
                    Ok(message) => {
                        let key = message.key().map(|key| String::from_utf8_lossy(key).into_owned());
                        found.push((key, serde_json::from_slice(message.payload().unwrap()).unwrap()));
                    }
                    Err(rdkafka::error::KafkaError::PartitionEOF(_)) => break,
                    Err(other) => panic!("{other}"),
                }
            }
        }
        found
    }

    /// Each record is there once, those of a key in their order, and nothing is left to be done.
    #[track_caller]
    pub fn check(&self) {
        self.check_but(&BTreeSet::new());
    }

    #[track_caller]
    pub fn check_but(&self, missing: &BTreeSet<u64>) {
        let lag = self.kafka("topic-admin").args(["lag", &self.group]).go().succeeds().json();
        let total = lag.iter().find_map(|line| line["total"].as_i64()).expect("a total");
        assert_eq!(total, 0, "the group is at the end");
        let mut last: BTreeMap<String, u64> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (key, record) in self.read(&self.to, "read_committed") {
            let n = record["n"].as_u64().unwrap();
            assert!(seen.insert(n), "record {n} is there twice");
            let before = last.insert(key.expect("a key"), n);
            assert!(before.is_none_or(|before| before < n), "record {n} follows {before:?}");
            assert_ne!(record["email"], json!(format!("{n}@x")), "it went through hash-fields");
        }
        let expected: BTreeSet<u64> =
            (0..u64::from(self.sent.get())).filter(|n| !missing.contains(n)).collect();
        assert_eq!(seen, expected);
    }

    /// What is committed of the offsets is what readers of committed records see.
    #[track_caller]
    pub fn check_together(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let places = self.kafka("topic-admin").args(["groups", &self.group]).go();
            let moved: Option<i64> = (places.code == Some(0))
                .then(|| places.json().iter().map(|place| place["committed"].as_i64().unwrap()).sum());
            let visible = self.read(&self.to, "read_committed").len() as i64;
            // A transaction may stand open, or a command may go on without its consumer, for a moment.
            if moved == Some(visible) {
                return;
            }
            if places.code == Some(75) {
                // Left open by a dead command, until the next attempt.
                return;
            }
            assert!(Instant::now() < deadline, "{moved:?} offsets, {visible} records: {}", places.stderr);
            thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Scene for Copying {
    fn consumer(&self, script: &str) -> Run {
        self.consumer(script)
    }

    fn land(&self) -> String {
        self.plain()
    }

    fn produce(&self, records: u32) {
        self.produce(records);
    }

    fn finish(&self) {
        self.finish();
    }

    fn check(&self) {
        self.check();
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

/// Starts it, with its outputs as they are.
pub fn start(mut run: Run) -> Child {
    run.spawn()
}
