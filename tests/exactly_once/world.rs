//! A topic with users, a group that has begun, a place on S3, and the count in the end.

use std::cell::{Cell, RefCell};
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
    /// More options of kafka-consume, to-parquet and s3-put.
    pub options: Vec<&'static str>,
    pub encode: &'static str,
    pub put: &'static str,
    sent: Cell<u32>,
    /// Where the script of [`Self::harmed`] keeps its books.
    harm: RefCell<PathBuf>,
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
            encode: "",
            put: "",
            sent: Cell::new(0),
            harm: RefCell::default(),
            topic,
            group,
        };
        let partitions = partitions.to_string();
        world.kafka("topic-admin").args(["create", &world.topic, "-p", &partitions]).go().succeeds();
        if users > 0 {
            world.produce(users);
        }
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
        let lines = self.more(users);
        self.send(lines);
    }

    /// The same; `hash-fields` will reject every tenth of them, which has no email.
    pub fn produce_with_rejects(&self, users: u32) {
        self.produce_without_email(users, 10);
    }

    /// The same; it will reject all of them.
    pub fn produce_rejects(&self, users: u32) {
        self.produce_without_email(users, 1);
    }

    fn produce_without_email(&self, users: u32, every: usize) {
        let mut lines = Vec::new();
        for (at, line) in String::from_utf8(self.more(users)).unwrap().lines().enumerate() {
            let mut user: Value = serde_json::from_str(line).unwrap();
            if at % every == 0 {
                user.as_object_mut().unwrap().remove("email");
            }
            writeln!(lines, "{user}").unwrap();
        }
        self.send(lines);
    }

    fn more(&self, users: u32) -> Vec<u8> {
        let skip = self.sent.replace(self.sent.get() + users).to_string();
        let plan = ["-n", &users.to_string(), "--seed", "once", "--skip", &skip];
        run("generate-users").args(plan).go().succeeds().stdout
    }

    fn send(&self, lines: Vec<u8>) {
        let mut sent = OpenOptions::new().append(true).create(true).open(self.sent()).unwrap();
        sent.write_all(&lines).unwrap();
        let key = ["--topic", &self.topic, "--key", "login.uuid"];
        self.kafka("kafka-produce").args(key).stdin(lines).go().exits(0);
    }

    /// The script that lands a batch: pseudonymised, as Parquet, under the place.
    pub fn land(&self) -> String {
        let [hash, encode, put] = self.stages();
        format!("{hash} | {encode} | {put}")
    }

    /// Its stages.
    pub fn stages(&self) -> [String; 3] {
        let (key, schema) = (self.key(), root().join("examples/users.ddl"));
        [
            format!("hash-fields --key-file {key} email location.postcode"),
            format!("to-parquet --schema {} {}", schema.display(), self.encode),
            format!("s3-put {} {}", self.put, self.place),
        ]
    }

    /// The script, with harm done to the first batches, each its own. A harm names the stage (`hash`,
    /// `encode`, `put`) and its fault in the first attempt, in the second one, and so on; or `sh`, and
    /// when the script kills itself (`begin`, `middle`, `end`).
    pub fn harmed(&self, harms: &[&str]) -> String {
        let [hash, encode, put] = self.stages();
        self.harm.replace(folder("harm"));
        let list: String = harms.iter().map(|harm| format!("{harm}\n")).collect();
        fs::write(self.harm.borrow().join("harms"), list).unwrap();
        let stage = |name: &str, command: &str| {
            format!(
                "{{ [ \"$stage\" = {name} ] || fault=; SLUICEBOX_FAULT=$fault {command}; s=$?; \
                 [ $s = 0 ] || echo \"$n $stage $s\" >> {ended}; exit $s; }}",
                ended = self.ended().display()
            )
        };
        format!(
            r#"
            seen={dir}/seen-$BATCH attempt=1
            if mkdir "$seen" 2>/dev/null; then
                n=1; while ! mkdir "{dir}/harm-$n" 2>/dev/null; do n=$((n + 1)); done
                echo $n > "$seen/n"
            fi
            while ! mkdir "$seen/$attempt" 2>/dev/null; do attempt=$((attempt + 1)); done
            n=$(cat "$seen/n")
            set -- $(sed -n "${{n}}p" {dir}/harms)
            stage=${{1-}} fault=
            if [ $# -gt $attempt ]; then shift $attempt; fault=$1; fi
            die() {{ echo "$n sh 137" >> {ended}; kill -9 $$; }}
            [ "$stage $fault" != "sh begin" ] || die
            [ "$stage $fault" != "sh middle" ] || {{ sleep 0.01; die; }} &
            {hash} | {encode} | {put} || exit
            [ "$stage $fault" != "sh end" ] || die
            "#,
            dir = self.harm.borrow().display(),
            ended = self.ended().display(),
            hash = stage("hash", &hash),
            encode = stage("encode", &encode),
            put = stage("put", &put),
        )
    }

    fn ended(&self) -> PathBuf {
        self.harm.borrow().join("ended")
    }

    /// Fails the test unless each harm was done, in each attempt: the process was killed.
    #[track_caller]
    pub fn all_was_done(&self, harms: &[&str]) {
        let ended = fs::read_to_string(self.ended()).unwrap_or_default();
        for (at, harm) in harms.iter().enumerate() {
            let words: Vec<&str> = harm.split(' ').collect();
            let line = format!("{} {} 137", at + 1, words[0]);
            let times = ended.lines().filter(|ended| *ended == line).count();
            assert_eq!(times, words.len() - 1, "{harm}, of\n{ended}");
        }
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
        self.kafka("s3-verify").args([&self.place, "--group", &self.group]).go().exits(0);
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
        let ask = |verb: &str| self.kafka("topic-admin").args([verb, &self.group]).go().succeeds().json();
        let planned = ask("groups").into_iter().filter(|place| !place["end"].is_null());
        let behind =
            ask("lag").into_iter().filter(|place| place.get("total").is_some_and(|total| *total != 0));
        planned.chain(behind).map(|line| line.to_string()).collect()
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
