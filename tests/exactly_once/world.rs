//! A topic with users, a group that has begun, a place on S3, and the count in the end.

use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::support::{Ran, Run, folder, fresh, lake::Lake, root, run, service};

/// How a run is told to be quick about it: a member that died is waited for until its session ends,
/// so tests make sessions short.
const QUICK: [&str; 4] = ["-X", "session.timeout.ms=1000", "-X", "heartbeat.interval.ms=200"];

/// Everything that one test works on.
pub struct World {
    /// The topic, which is filled by [`Self::produce`].
    pub topic: String,
    /// The group, which begins at the earliest offsets.
    pub group: String,
    /// The prefix that batches land under: `s3://BUCKET/users/`.
    pub place: String,
    /// A folder for scripts.
    pub dir: PathBuf,
    /// Where the commands find Kafka: a test may put something in between.
    pub brokers: String,
    /// Where the commands find the store.
    pub endpoint: String,
    /// Records in a batch.
    pub batch: u32,
    /// More options of kafka-consume.
    pub options: Vec<String>,
    sent: Cell<u32>,
}

/// What the independent count has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Visible objects of batches.
    pub objects: u64,
    /// Records in them.
    pub records: u64,
    /// Lines in accounts of rejects.
    pub rejects: u64,
}

impl World {
    /// A topic of `partitions` with `users`, and a group that has begun. Batches have 100 records.
    pub fn new(partitions: u32, users: u32) -> Self {
        Self::on(&service("KAFKA_BOOTSTRAP_SERVERS"), partitions, users)
    }

    /// The same on other brokers.
    pub fn on(brokers: &str, partitions: u32, users: u32) -> Self {
        let (topic, group) = (fresh("once"), fresh("group"));
        let world = Self {
            place: Lake::make().url("users/"),
            dir: folder("once"),
            brokers: brokers.to_owned(),
            endpoint: service("AWS_ENDPOINT_URL_S3"),
            batch: 100,
            options: Vec::new(),
            sent: Cell::new(0),
            topic,
            group,
        };
        let partitions = partitions.to_string();
        world.kafka("topic-admin").args(["create", &world.topic, "-p", &partitions]).go().succeeds();
        world.produce(users);
        let at = ["--topic", &world.topic, "--at", "earliest"];
        world.kafka("topic-admin").args(["init-group", &world.group]).args(at).go().exits(0);
        run("hash-fields").args(["--new-key", &world.key()]).go().exits(0);
        world
    }

    fn key(&self) -> String {
        self.dir.join("hash.key").display().to_string()
    }

    /// Everything that was sent, as JSON lines.
    pub fn sent(&self) -> PathBuf {
        self.dir.join("sent.ndjson")
    }

    /// A command, straight at the brokers.
    pub fn kafka(&self, command: &str) -> Run {
        run(command).env("KAFKA_BOOTSTRAP_SERVERS", &self.brokers)
    }

    /// Sends more users, none of them a second time.
    pub fn produce(&self, users: u32) {
        let skip = self.sent.replace(self.sent.get() + users).to_string();
        let plan = ["-n", &users.to_string(), "--seed", "once", "--skip", &skip];
        let lines = run("generate-users").args(plan).go().succeeds().stdout;
        let mut sent = OpenOptions::new().append(true).create(true).open(self.sent()).unwrap();
        sent.write_all(&lines).unwrap();
        let key = ["--topic", &self.topic, "--key", "login.uuid"];
        self.kafka("kafka-produce").args(key).stdin(lines).go().succeeds();
    }

    /// The script that lands a batch: pseudonymised, as Parquet, under the place.
    pub fn land(&self) -> String {
        self.stages("", "", "")
    }

    /// The same, with something before each of the stages, such as a variable that holds a fault.
    pub fn stages(&self, hash: &str, encode: &str, put: &str) -> String {
        let (key, schema) = (self.key(), root().join("examples/users.ddl"));
        format!(
            "{hash} hash-fields --key-file {key} email location.postcode | \
             {encode} to-parquet --schema {} | {put} s3-put {}",
            schema.display(),
            self.place
        )
    }

    /// The consumer, to its end, with a script for the batches.
    pub fn consumer(&self, script: &str) -> Run {
        let batch = self.batch.to_string();
        self.kafka("kafka-consume")
            .args([&self.topic, "--group", &self.group, "--exit-at-end", "--batch-records", &batch])
            .args(QUICK)
            .args(&self.options)
            .args(["--", "sh", "-c", script])
            .env("PATH", crate::support::path())
            .env("AWS_ENDPOINT_URL_S3", &self.endpoint)
    }

    /// One run with a script, and a fault of the consumer if there is one: `kill@plan.before`.
    pub fn run(&self, script: &str, fault: Option<&str>) -> Ran {
        let consumer = self.consumer(script);
        match fault {
            Some(fault) => consumer.env("SLUICEBOX_FAULT", fault).go(),
            None => consumer.go(),
        }
    }

    /// The plain run after all harm: it must end well.
    #[track_caller]
    pub fn finish(&self) -> Ran {
        self.run(&self.land(), None).exits(0)
    }

    /// Counts, with readers that know nothing of Sluicebox: no record missing, none twice, the ranges
    /// one chain. And nothing is left to be done.
    #[track_caller]
    pub fn check(&self) -> Count {
        assert_eq!(self.unfinished(), Vec::<String>::new(), "the group is at the end, without a plan");
        let output = Command::new(service("SLUICEBOX_TEST_PYTHON"))
            .arg(root().join("tests/readers/once.py"))
            .arg(&self.place)
            .arg(self.sent())
            .output()
            .expect("Python starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", self.place);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let count = |name: &str| found[name].as_u64().unwrap();
        Count { objects: count("objects"), records: count("records"), rejects: count("rejects") }
    }

    /// What is left to be done: partitions with a plan, or behind their end.
    fn unfinished(&self) -> Vec<String> {
        let ask = |verb: &str| self.kafka("topic-admin").args([verb, &self.group]).go().succeeds().text();
        let places = format!("{}{}", ask("groups"), ask("lag"));
        let is_open = |place: &Value| {
            let lag = place.get("lag").or(place.get("total")).unwrap_or(&Value::Null);
            place["end"].is_number() || !(lag.is_null() || *lag == 0)
        };
        let open = places.lines().filter(|line| is_open(&serde_json::from_str(line).unwrap()));
        open.map(str::to_owned).collect()
    }

    /// How many records were sent.
    pub fn count(&self) -> u64 {
        self.sent.get().into()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}
