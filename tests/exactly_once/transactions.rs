//! From topic to topic: what readers of committed records see, whatever happened on the way.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};
use serde_json::{Value, json};

use crate::support::{Ran, Run, finish, folder, fresh, root, run, service, signal};

/// A member that died is waited for until its session ends, so sessions are short.
const QUICK: [&str; 4] = ["-X", "session.timeout.ms=1000", "-X", "heartbeat.interval.ms=200"];
/// How many partitions the topic has that is written to.
const PARTITIONS: i32 = 3;
/// How many keys there are: each has many records, whose order must be kept.
const KEYS: u32 = 37;

/// A topic with numbered records, an empty one, and a group that copies.
struct Copying {
    from: String,
    to: String,
    rejected: String,
    group: String,
    brokers: String,
    dir: PathBuf,
    /// Records in a batch.
    batch: u32,
    sent: Cell<u32>,
}

impl Copying {
    fn new(partitions: u32, records: u32) -> Self {
        Self::on(&service("KAFKA_BOOTSTRAP_SERVERS"), partitions, records)
    }

    fn on(brokers: &str, partitions: u32, records: u32) -> Self {
        let copying = Self {
            from: fresh("from"),
            to: fresh("to"),
            rejected: fresh("rejected"),
            group: fresh("copy"),
            brokers: brokers.to_owned(),
            dir: folder("copying"),
            batch: 100,
            sent: Cell::new(0),
        };
        copying.create(&copying.from, &partitions.to_string());
        copying.create(&copying.to, &PARTITIONS.to_string());
        copying.create(&copying.rejected, "1");
        copying.produce(records);
        let at = ["--topic", &copying.from, "--at", "earliest"];
        copying.kafka("topic-admin").args(["init-group", &copying.group]).args(at).go().exits(0);
        run("hash-fields").args(["--new-key", &copying.path("hash.key")]).go().exits(0);
        copying
    }

    fn create(&self, topic: &str, partitions: &str) {
        self.kafka("topic-admin").args(["create", topic, "-p", partitions]).go().succeeds();
    }

    fn path(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }

    fn kafka(&self, command: &str) -> Run {
        run(command).env("KAFKA_BOOTSTRAP_SERVERS", &self.brokers)
    }

    /// More records: numbered, spread over the keys.
    fn produce(&self, records: u32) {
        let begin = self.sent.replace(self.sent.get() + records);
        let line = |n: u32| json!({"key": format!("k{}", n % KEYS), "n": n, "email": format!("{n}@x")});
        let lines: String = (begin..begin + records).map(|n| format!("{}\n", line(n))).collect();
        self.kafka("kafka-produce")
            .args(["--topic", &self.from, "--key", "key"])
            .stdin(lines)
            .go()
            .succeeds();
    }

    /// The script of a batch, with something before it and between its stages.
    fn script(&self, before: &str, between: &str, options: &str) -> String {
        let (key, to) = (self.path("hash.key"), &self.to);
        format!(
            "{before} hash-fields --key-file {key} email | {between} kafka-produce --topic {to} --key key {options}"
        )
    }

    fn plain(&self) -> String {
        self.script("", "", "")
    }

    /// A script whose first attempt, of whatever batch, meets a fault.
    fn once(&self, fault: &str) -> String {
        let first = format!("mkdir {} 2>/dev/null && export SLUICEBOX_FAULT={fault};", self.path(fault));
        self.script(&first, "", "")
    }

    fn consumer(&self, script: &str) -> Run {
        self.kafka("kafka-consume")
            .args([&self.from, "--group", &self.group, "--transactional", "--exit-at-end"])
            .args(["--batch-records", &self.batch.to_string()])
            .args(QUICK)
            .env("PATH", crate::support::path())
            .args(["--", "sh", "-c", script])
    }

    /// The plain run after all harm: it must end well, and soon.
    #[track_caller]
    fn finish(&self) -> Ran {
        let started = Instant::now();
        let ran = self.consumer(&self.plain()).go().exits(0);
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "a dead transaction was waited for: {}",
            ran.stderr
        );
        ran
    }

    /// What a foreign reader finds, in the order of each partition.
    fn read(&self, topic: &str, isolation: &str) -> Vec<(Option<String>, Value)> {
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
    fn check(&self) {
        self.check_but(&BTreeSet::new());
    }

    #[track_caller]
    fn check_but(&self, missing: &BTreeSet<u64>) {
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
    fn check_together(&self) {
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

impl Drop for Copying {
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

#[test]
fn transactions_copy_each_record_once_in_order() {
    let copying = Copying::new(4, 3000);
    assert_eq!(copying.finish().stderr, "", "silent on success");
    copying.check();
    copying.produce(500);
    copying.finish();
    copying.check();
}

/// Each point in a world of its own, side by side: most of the time is waiting for sessions to end.
fn at_each(points: &[&str], harm: impl Fn(&str) + Sync) {
    for some in points.chunks(4) {
        thread::scope(|scope| some.iter().for_each(|point| drop(scope.spawn(|| harm(point)))));
    }
}

#[test]
fn transactions_survive_the_death_of_the_consumer_at_each_step() {
    let points = [
        "read.before",
        "read.after",
        "spawn.before",
        "spawn.after",
        "feed.after",
        "ended.after",
        "confirm.before",
        "confirm.after",
    ];
    at_each(&points, |point| {
        let copying = Copying::new(2, 500);
        let fault = format!("kill@{point}:2");
        let ran = copying.consumer(&copying.plain()).env("SLUICEBOX_FAULT", &fault).go();
        assert_eq!(ran.signal, Some(libc::SIGKILL), "{point}: {}", ran.stderr);
        copying.check_together();
        copying.finish();
        copying.check();
    });
}

/// Where the command does what it does in a transaction.
const STEPS: [&str; 7] = [
    "init.before",
    "init.after",
    "publish.before",
    "offsets.before",
    "offsets.after",
    "end.before",
    "end.after",
];

#[test]
fn transactions_survive_the_death_of_the_command_at_each_step() {
    at_each(&STEPS, |point| {
        let copying = Copying::new(2, 500);
        let ran = copying.consumer(&copying.once(&format!("kill@{point}"))).go().exits(0);
        assert!(ran.stderr.contains("did not tell how it ended"), "{point}: {}", ran.stderr);
        copying.check();
    });
}

#[test]
fn transactions_that_died_are_ended_by_the_next_attempt_and_never_seen() {
    let copying = Copying::new(1, 400);
    let script = copying.script("export SLUICEBOX_FAULT=kill@offsets.after;", "", "");
    // Both die: nobody is left who could abort.
    let ran = copying.consumer(&script).env("SLUICEBOX_FAULT", "kill@ended.after").go();
    assert_eq!(ran.signal, Some(libc::SIGKILL), "{}", ran.stderr);
    assert_eq!(copying.read(&copying.to, "read_committed"), []);
    assert_eq!(
        copying.read(&copying.to, "read_uncommitted").len(),
        100,
        "the records of the batch are there"
    );
    // The consumer dies once more, just when it has ended the transaction.
    for point in ["fence.before", "fence.after"] {
        let ran = copying.consumer(&copying.plain()).env("SLUICEBOX_FAULT", format!("kill@{point}")).go();
        let reached = ran.signal == Some(libc::SIGKILL);
        assert!(reached, "{point}: {}", ran.stderr);
        if point == "fence.before" {
            assert!(copying.kafka("topic-admin").args(["groups", &copying.group]).go().code != Some(0));
        }
    }
    assert_eq!(copying.read(&copying.to, "read_committed"), []);
    copying.finish();
    copying.check();
    assert_eq!(copying.read(&copying.to, "read_uncommitted").len(), 500);
}

/// Waits until a process of the group that `file` names is stopped; returns the group.
fn stopped(file: &str) -> i32 {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let group: Option<i32> = fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok());
        if let Some(group) = group
            && fs::read_dir("/proc").unwrap().flatten().any(|process| is_stopped(&process.path(), group))
        {
            return group;
        }
        assert!(Instant::now() < deadline, "nothing has stopped");
        thread::sleep(Duration::from_millis(20));
    }
}

fn is_stopped(process: &std::path::Path, group: i32) -> bool {
    let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
    // pid (name) state parent group
    let fields: Vec<&str> =
        stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect()).unwrap_or_default();
    fields.first() == Some(&"T") && fields.get(2).and_then(|field| field.parse().ok()) == Some(group)
}

fn continue_group(group: i32) {
    // SAFETY: kill(2) takes any numbers; the group is of a command of this test.
    unsafe { libc::kill(-group, libc::SIGCONT) };
}

fn start(mut run: Run) -> Child {
    run.spawn()
}

#[test]
fn transactions_of_zombies_are_refused_at_each_step() {
    at_each(&STEPS, |point| {
        let copying = Copying::new(1, 300);
        let pids = copying.path("pid");
        let before = format!("echo $$ > {pids}; export SLUICEBOX_FAULT=stop@{point};");
        let zombie = start(copying.consumer(&copying.script(&before, "", "")));
        let group = stopped(&pids);
        // The consumer, too, past its session; another one does the work.
        signal(&zombie, libc::SIGSTOP);
        copying.finish();
        copying.check();
        continue_group(group);
        thread::sleep(Duration::from_millis(300));
        signal(&zombie, libc::SIGCONT);
        let ran = finish(zombie);
        assert!(ran.signal.is_none(), "{point}: {ran:?}");
        copying.check();
    });
}

#[test]
fn transactions_go_on_where_the_group_changes_in_the_middle_of_a_batch() {
    let copying = Copying::new(4, 2000);
    let slow = format!(
        "via -- awk '{{ print; fflush() }} NR == 50 {{ system(\"mkdir {} 2>/dev/null && sleep 4\") }}' |",
        copying.path("slow")
    );
    let first = start(copying.consumer(&copying.script("", &slow, "")));
    thread::sleep(Duration::from_millis(2500));
    let others: Vec<Child> = (0..2).map(|_| start(copying.consumer(&copying.plain()))).collect();
    let ran = finish(first).exits(0);
    assert!(!ran.stderr.contains("giving up"), "{}", ran.stderr);
    others.into_iter().for_each(|other| drop(finish(other).exits(0)));
    copying.finish();
    copying.check();
}

#[test]
fn transactions_hold_the_accounts_of_their_rejects() {
    let copying = Copying::new(1, 50);
    let bad = "{\"key\":\"k0\",\"n\":50}\nno json\n";
    for line in bad.lines() {
        copying
            .kafka("kafka-produce")
            .args(["--topic", &copying.from, "--partition", "0", "--envelope"])
            .stdin(format!("{}\n", json!({"value_text": line})))
            .go()
            .succeeds();
    }
    copying.sent.set(51);
    copying.produce(49);
    let script = |options: &str| copying.script("", "", options);
    let ran = copying.consumer(&script("")).args(["--max-attempts", "1"]).go();
    assert_ne!(ran.code, Some(0), "{ran:?}");
    // The options come before `--`, so they are in the environment here.
    let allowing = |script: &str| copying.consumer(script).env("SLUICEBOX_MAX_REJECTS", "5");
    let nowhere = allowing(&script("")).go().exits(2);
    assert!(nowhere.stderr.contains("--rejects-topic"), "{}", nowhere.stderr);
    assert_eq!(copying.read(&copying.to, "read_committed"), []);
    let options = format!("--rejects-topic {}", copying.rejected);
    let first =
        format!("mkdir {} 2>/dev/null && export SLUICEBOX_FAULT=kill@offsets.after;", copying.path("died"));
    allowing(&copying.script(&first, "", &options)).go().exits(0);
    copying.check_but(&BTreeSet::from([50]));
    let rejects = copying.read(&copying.rejected, "read_committed");
    let stages: Vec<&str> = rejects.iter().map(|(_, reject)| reject["stage"].as_str().unwrap()).collect();
    assert_eq!(BTreeSet::from_iter(stages.iter().copied()), BTreeSet::from(["hash-fields", "kafka-consume"]));
    assert_eq!(stages.len(), 2, "each once, though the first attempt died: {rejects:?}");
    assert!(rejects.iter().all(|(key, _)| key.as_ref().unwrap().starts_with(&copying.from)));
}

#[test]
fn transactions_refuse_what_cannot_be_part_of_them() {
    let copying = Copying::new(1, 100);
    let consume = |script: &str, code: i32, words: &str| {
        let ran = copying.consumer(script).go().exits(code);
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        assert!(!ran.stderr.contains("again"), "{}", ran.stderr);
        ran
    };
    let hash = format!("hash-fields --key-file {} email", copying.path("hash.key"));
    consume(&format!("{hash} | s3-put s3://lake/users/"), 2, "s3-put cannot store a batch");
    consume(&copying.script("", "", "--allow-partial"), 2, "--allow-partial");
    assert_eq!(copying.read(&copying.to, "read_uncommitted"), [], "nothing was sent");
    let two =
        copying.script("", &format!("bash -c 'tee >(kafka-produce --topic {})' |", copying.rejected), "");
    consume(&two, 2, "two kafka-produce cannot share");
}

#[test]
fn transactions_that_take_too_long_are_told_as_such_and_done_again() {
    let copying = Copying::new(1, 100);
    // The broker looks for them every ten seconds.
    let slow = format!(
        "via -- awk '{{ print; fflush() }} NR == 50 {{ system(\"mkdir {} 2>/dev/null && sleep 14\") }}' |",
        copying.path("slow")
    );
    let script = copying.script("", &slow, "-X transaction.timeout.ms=2000");
    let ran = copying.consumer(&script).go().exits(0);
    assert!(ran.stderr.contains("took longer than 2s"), "{}", ran.stderr);
    copying.check();
}

/// A broker of one test alone.
struct Broker {
    dir: PathBuf,
    servers: String,
}

impl Broker {
    fn start() -> Self {
        let mut broker = Self { dir: folder("broker"), servers: String::new() };
        broker.tell(&["start"], &[]);
        let environment = broker.tell(&["env"], &[]);
        let servers = environment.lines().find_map(|line| line.strip_prefix("KAFKA_BOOTSTRAP_SERVERS="));
        broker.servers = servers.expect("the address").to_owned();
        // A young cluster makes the topics of its coordinators when they are first asked for.
        let ask = || {
            run("topic-admin").env("KAFKA_BOOTSTRAP_SERVERS", &broker.servers).args(["groups", "none"]).go()
        };
        while ask().code == Some(75) {
            thread::sleep(Duration::from_millis(200));
        }
        broker
    }

    fn tell(&self, verb: &[&str], rest: &[&str]) -> String {
        let output = Command::new(root().join("tests/services/kafka"))
            .args(verb)
            .arg(&self.dir)
            .args(rest)
            .output()
            .expect("bash");
        assert!(output.status.success(), "{verb:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = Command::new(root().join("tests/services/kafka")).arg("stop").arg(&self.dir).status();
    }
}

#[test]
fn transactions_survive_the_death_of_the_broker() {
    let broker = Broker::start();
    let copying = Copying::on(&broker.servers, 2, 4000);
    for point in ["publish.before", "offsets.before", "offsets.after", "end.before"] {
        copying.produce(400);
        let pids = copying.path(&format!("{point}.pid"));
        let first = format!(
            "mkdir {} 2>/dev/null && echo $$ > {pids} && export SLUICEBOX_FAULT=stop@{point};",
            copying.path(point)
        );
        let running = start(copying.consumer(&copying.script(&first, "", "")));
        let group = stopped(&pids);
        broker.tell(&["kill-broker"], &["1"]);
        continue_group(group);
        thread::sleep(Duration::from_millis(500));
        broker.tell(&["restart-broker"], &["1"]);
        let ran = finish(running);
        assert!(ran.signal.is_none(), "{point}: {ran:?}");
        // A young broker may not know all yet: exit 75, and again.
        let again = || copying.consumer(&copying.plain()).go();
        let ran = (0..10).map(|_| again()).find(|ran| ran.code != Some(75)).expect("not for ever");
        ran.exits(0);
        copying.check();
    }
    // Another cluster cannot be part of a transaction of this one.
    let there = copying.script("", "", &format!("-b {}", service("KAFKA_BOOTSTRAP_SERVERS")));
    copying.produce(10);
    let elsewhere = Copying::new(1, 0);
    let there = there.replace(&copying.to, &elsewhere.to);
    let ran = copying.consumer(&there).go().exits(2);
    assert!(ran.stderr.contains("cannot reach from cluster"), "{}", ran.stderr);
}
