//! Where consumer groups stand: topic-admin's verbs for them, and the calls beneath, on a real cluster.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::{Value, json};
use sluicebox::batch::Mark;
use sluicebox::batch::place::{Committed, Plan};
use sluicebox::kafka::mock::Mock;
use sluicebox::kafka::native::group::{self, Commit};
use sluicebox::kafka::native::offsets::{Which, offsets};
use sluicebox::kafka::native::{Refusal, identity};
use sluicebox::kafka::places::Site;
use sluicebox::kafka::rights::Operation;

use crate::support::{Ran, Run, folder, fresh, run, service, sh};

const WAIT: Duration = Duration::from_secs(20);

/// A consumer that belongs to a group, and reads nothing yet.
fn consumer(group: &str) -> BaseConsumer {
    consumer_at(&service("KAFKA_BOOTSTRAP_SERVERS"), group)
}

fn consumer_at(brokers: &str, group: &str) -> BaseConsumer {
    ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", group)
        .set("client.id", "the-member")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .create()
        .unwrap()
}

fn kafka(command: &str) -> Run {
    run(command).env("KAFKA_BOOTSTRAP_SERVERS", service("KAFKA_BOOTSTRAP_SERVERS"))
}

fn admin(line: &str) -> Ran {
    kafka("topic-admin").args(line.split_whitespace()).go()
}

/// A topic with `records` records in each partition.
fn topic(name: &str, partitions: i32, records: usize) -> String {
    let topic = fresh(name);
    admin(&format!("create {topic} -p {partitions}")).succeeds();
    write(&topic, partitions, records);
    topic
}

fn write(topic: &str, partitions: i32, records: usize) {
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", service("KAFKA_BOOTSTRAP_SERVERS")).create().unwrap();
    for partition in 0..partitions {
        for _ in 0..records {
            let record = BaseRecord::<(), str>::to(topic).partition(partition).payload("{}");
            producer.send(record).map_err(|(error, _)| error).unwrap();
        }
    }
    producer.flush(WAIT).unwrap();
}

/// One of Kafka's own tools.
fn java(class: &str, arguments: &str) -> String {
    let classes = format!("{}/*", service("SLUICEBOX_TEST_KAFKA_LIBS"));
    let brokers = service("KAFKA_BOOTSTRAP_SERVERS");
    let output = Command::new("java")
        .args(["-cp", &classes, &format!("org.apache.kafka.tools.{class}")])
        .args(arguments.split_whitespace())
        .args(["--bootstrap-server", &brokers])
        .output()
        .expect("java runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn site(topic: &str) -> Site {
    Site::look_up(consumer("nobody").client(), topic, Operation::Read, WAIT).unwrap()
}

fn mark(site: &Site, start: i64, plan: Option<Plan>) -> Vec<u8> {
    let known = i32::try_from(site.partitions.len()).unwrap();
    Mark { plan, ..Mark::new(&site.cluster, &site.topic_id, start, known) }.to_bytes()
}

/// Commits as anybody may who is no member.
fn place(group: &str, topic: &str, partition: i32, offset: i64, metadata: &[u8]) {
    let commit = Commit { topic, partition, offset, epoch: None, metadata };
    let outcomes = group::commit_for(consumer(group).client(), group, &[commit], WAIT).unwrap();
    assert_eq!(outcomes, [Ok(())]);
}

/// The offsets that a group has committed, by partition.
fn stands(group: &str, topic: &str) -> Vec<(i32, i64)> {
    let found = group::commits_of(consumer(group).client(), group, None, true, WAIT).unwrap();
    let here = found.into_iter().filter(|(name, ..)| name == topic);
    let mut stands: Vec<_> = here.map(|(_, number, commit)| (number, commit.offset)).collect();
    stands.sort_unstable();
    stands
}

/// One field of each line.
fn field(ran: &Ran, name: &str) -> Vec<Value> {
    ran.json().into_iter().map(|line| line[name].clone()).collect()
}

#[test]
fn groups_know_a_topic_and_its_cluster_by_the_ids_that_kafka_prints() {
    let topic = topic("ids", 1, 0);
    let site = site(&topic);
    let described = java("TopicCommand", &format!("--describe --topic {topic}"));
    assert!(described.contains(&format!("TopicId: {}\t", site.topic_id)), "{described}");
    assert_eq!(site.topic_id.len(), 22);
    let cluster = java("ClusterTool", "cluster-id");
    assert!(cluster.trim_end().ends_with(&format!(": {}", site.cluster)), "{cluster}");
    let unknown = identity::topic_id(consumer("nobody").client(), "no-such-topic", WAIT);
    assert!(
        matches!(unknown, Err(Refusal { code: RDKafkaErrorCode::UnknownTopicOrPartition, .. })),
        "{unknown:?}"
    );
}

#[test]
fn groups_commits_keep_metadata_and_the_leader_epoch() {
    let topic = topic("bytes", 4, 9);
    let group = fresh("bytes");
    let consumer = consumer(&group);
    let all: Vec<(&str, i32)> = (0..4).map(|partition| (topic.as_str(), partition)).collect();
    assert_eq!(group::committed(&consumer, &all, WAIT).unwrap(), [None, None, None, None]);
    let commit =
        |partition, offset, epoch, metadata| Commit { topic: &topic, partition, offset, epoch, metadata };
    let (odd, long, longest) = (b"\xff\0\x80{".as_slice(), vec![b'x'; 4097], vec![b'x'; 4096]);
    // Apache Kafka takes metadata for text, and what is not UTF-8 does not come back.
    let kept = "\u{fffd}\0\u{fffd}{".as_bytes();
    // Not in the order of their numbers: outcomes come in the order of the question.
    let all_at_once = [commit(3, 7, None, &long), commit(0, 5, Some(0), odd), commit(2, 0, None, b"")];
    let too_large = Err(RDKafkaErrorCode::OffsetMetadataTooLarge);
    let outcomes = group::commit_for(consumer.client(), &group, &all_at_once, WAIT).unwrap();
    assert_eq!(outcomes, [too_large, Ok(()), Ok(())]);
    // A member hears the one error for all of them; the others are committed nevertheless.
    assert_eq!(group::commit(&consumer, &all_at_once, WAIT), Ok(vec![too_large; 3]));
    let outcomes = group::commit(&consumer, &all_at_once[1..], WAIT);
    assert_eq!(outcomes, Ok(vec![Ok(()), Ok(())]));
    group::commit(&consumer, &[commit(1, 9, None, &longest)], WAIT).unwrap()[0].unwrap();
    let found = group::committed(&consumer, &all, WAIT).unwrap();
    let of = |offset, epoch, metadata: &[u8]| Some(Committed { offset, epoch, metadata: metadata.to_vec() });
    assert_eq!(found, [of(5, Some(0), kept), of(9, None, &longest), of(0, None, b""), None]);
    // The same by any client, whatever group it belongs to.
    let mut seen =
        group::commits_of(crate::groups::consumer("nobody").client(), &group, None, true, WAIT).unwrap();
    seen.sort_by_key(|(_, partition, _)| *partition);
    let seen: Vec<_> = seen.into_iter().map(|(_, _, commit)| Some(commit)).collect();
    assert_eq!(seen, found[..3]);
}

#[test]
fn groups_commits_of_a_broker_that_takes_any_bytes_are_read_as_they_are() {
    let mock = Mock::start().unwrap();
    mock.create_topic("a", 1).unwrap();
    let consumer = consumer_at(&mock.bootstrap_servers(), "g");
    let metadata = b"\xff\0\x80{".as_slice();
    let commit = Commit { topic: "a", partition: 0, offset: 5, epoch: None, metadata };
    assert_eq!(group::commit(&consumer, &[commit], WAIT), Ok(vec![Ok(())]));
    let found = group::committed(&consumer, &[("a", 0)], WAIT).unwrap();
    assert_eq!(found[0].as_ref().unwrap().metadata, metadata);
    let found = group::commits_of(consumer.client(), "g", Some(&[("a", 0)]), true, WAIT).unwrap();
    assert_eq!(found[0].2.metadata, metadata);
}

#[test]
fn groups_offsets_are_told_apart_by_isolation_and_by_time() {
    let topic = topic("stable", 2, 3);
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", service("KAFKA_BOOTSTRAP_SERVERS"))
        .set("transactional.id", &topic)
        .create()
        .unwrap();
    producer.init_transactions(WAIT).unwrap();
    producer.begin_transaction().unwrap();
    let soon =
        i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap() + 60_000;
    let record = BaseRecord::<(), str>::to(&topic).partition(1).payload("{}").timestamp(soon);
    producer.send(record).map_err(|(error, _)| error).unwrap();
    producer.flush(WAIT).unwrap();
    let consumer = consumer("nobody");
    let ask = |which| {
        let partitions = [(topic.as_str(), 1), (topic.as_str(), 0)];
        let found = offsets(consumer.client(), &partitions, which, WAIT).unwrap();
        found.into_iter().map(Result::unwrap).collect::<Vec<_>>()
    };
    assert_eq!(ask(Which::Low), [Some(0), Some(0)]);
    assert_eq!(ask(Which::High), [Some(4), Some(3)]);
    assert_eq!(ask(Which::Stable), [Some(3), Some(3)]);
    assert_eq!(ask(Which::Time(0)), [Some(0), Some(0)]);
    assert_eq!(ask(Which::Time(soon - 1)), [None, None], "not yet committed, and none");
    producer.commit_transaction(WAIT).unwrap();
    // The marker is written a moment after the answer.
    let started = Instant::now();
    while ask(Which::Stable) != [Some(5), Some(3)] {
        assert!(started.elapsed() < WAIT, "{:?}", ask(Which::Stable));
    }
    assert_eq!(ask(Which::Time(soon - 1)), [Some(3), None]);
    let bad = offsets(consumer.client(), &[(topic.as_str(), 0), (topic.as_str(), 9)], Which::Low, WAIT);
    assert!(!matches!(bad.as_deref(), Ok([Ok(_), Ok(_)])), "{bad:?}");
}

/// A member that polls in a thread of its own until it is dropped.
struct Polled {
    consumer: std::sync::Arc<BaseConsumer>,
    stop: std::sync::Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Polled {
    fn join(group: &str, topic: &str) -> Self {
        let consumer = std::sync::Arc::new(consumer(group));
        consumer.subscribe(&[topic]).unwrap();
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        let (polled, stopped) = (consumer.clone(), stop.clone());
        let thread = thread::spawn(move || {
            while !stopped.load(Relaxed) {
                drop(polled.poll(Duration::from_millis(50)));
            }
        });
        let started = Instant::now();
        while consumer.assignment().unwrap().count() == 0 {
            assert!(started.elapsed() < WAIT, "never assigned");
            thread::sleep(Duration::from_millis(20));
        }
        Self { consumer, stop, thread: Some(thread) }
    }
}

impl Drop for Polled {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        drop(self.thread.take().map(thread::JoinHandle::join));
    }
}

#[test]
fn groups_with_members_are_changed_by_their_members_alone() {
    let topic = topic("live", 2, 3);
    let group = fresh("live");
    let member = Polled::join(&group, &topic);
    let commit = |offset| Commit { topic: &topic, partition: 1, offset, epoch: None, metadata: b"member" };
    assert_eq!(group::commit(&member.consumer, &[commit(2)], WAIT), Ok(vec![Ok(())]));
    // Others are refused: by the same call, as an administrator, and with names by topic-admin.
    let other = consumer(&group);
    let fenced = Err(RDKafkaErrorCode::UnknownMemberId);
    let refused = group::commit(&other, &[commit(3)], WAIT).and_then(|outcomes| outcomes[0]);
    assert_eq!(refused, fenced);
    let refused =
        group::commit_for(other.client(), &group, &[commit(3)], WAIT).map_err(|refusal| refusal.code);
    assert_eq!(refused.and_then(|outcomes| outcomes[0]), fenced);
    let line =
        json!({"topic": topic, "topic_id": site(&topic).topic_id, "partition": 0, "offset": 1, "start": 0});
    for verb in [
        format!("reset {group} --topic {topic} --at earliest --yes"),
        format!("reset {group} --topic {topic} --at earliest --dry-run"),
        format!("commit {group}"),
    ] {
        let ran = kafka("topic-admin").args(verb.split_whitespace()).stdin(line.to_string()).go();
        ran.fails(75, &[&group, "the-member at 127.0.0.1", "session.timeout.ms"]);
    }
    admin(&format!("init-group {group} --topic {topic} --at earliest")).fails(4, &["another tool"]);
    assert_eq!(stands(&group, &topic), [(1, 2)]);
    let ran = admin(&format!("groups {group}")).succeeds();
    assert_eq!(field(&ran, "state"), ["Stable", "Stable"]);
    assert_eq!(field(&ran, "committed"), [Value::Null, json!(2)]);
    assert_eq!(field(&ran, "mark"), ["none", "foreign"]);
    assert!(field(&ran, "member").iter().all(|member| member["client"] == "the-member"), "{}", ran.text());
    // A group without any commit, but with members, is refused as well.
    let young = fresh("young");
    let member_of_young = Polled::join(&young, &topic);
    admin(&format!("init-group {young} --topic {topic} --at earliest")).fails(75, &[&young, "the-member"]);
    drop((member, member_of_young));
    admin(&format!("reset {group} --topic {topic} --at latest --yes")).succeeds();
    admin(&format!("init-group {young} --topic {topic} --at latest")).succeeds();
    assert_eq!(stands(&young, &topic), [(0, 3), (1, 3)]);
}

#[test]
fn groups_begin_once_in_all_partitions_of_all_their_topics() {
    let (a, b) = (topic("begin-a", 3, 4), topic("begin-b", 1, 2));
    let group = fresh("begin");
    let init = |more: &str| admin(&format!("init-group {group} --topic {a} --topic {b} {more}"));
    let ran = init("--at latest --dry-run").succeeds();
    assert_eq!(field(&ran, "outcome"), ["would_create"; 4]);
    assert_eq!(stands(&group, &a), []);
    init("--at 3").fails(2, &[&b, "offsets 0 to 2, not 3"]);
    init("--at soon").fails(2, &["soon", "earliest"]);
    assert_eq!(stands(&group, &a), [], "all topics are judged before one is touched");
    let ran = init("--at latest").succeeds();
    assert_eq!(field(&ran, "offset"), [4, 4, 4, 2]);
    assert_eq!(field(&ran, "outcome"), ["created"; 4]);
    write(&a, 1, 1);
    for at in ["--at latest", "--at @2100-01-01T00:00:00Z", "--at earliest --if-not-exists"] {
        let ran = init(at).succeeds();
        assert_eq!(field(&ran, "outcome"), ["exists"; 4], "{at}");
        assert_eq!(field(&ran, "offset"), [4, 4, 4, 2], "{at}");
    }
    init("--at earliest").fails(4, &["has places", "--if-not-exists", &format!("reset {group} --topic {a}")]);
    let ran = admin(&format!("groups {group}")).succeeds();
    assert_eq!(field(&ran, "known"), [3, 3, 3, 1]);
    assert_eq!(field(&ran, "start"), [4, 4, 4, 2]);
    // Once it has gone on, only --if-not-exists is content.
    place(&group, &a, 0, 5, &mark(&site(&a), 4, None));
    init("--at latest").fails(4, &["has places"]);
    assert_eq!(field(&init("--at latest --if-not-exists").succeeds(), "offset"), [5, 4, 4, 2]);
}

#[test]
fn groups_half_begun_are_completed_by_the_same_command_and_by_no_other() {
    let topic = topic("half", 3, 4);
    let group = fresh("half");
    let site = site(&topic);
    place(&group, &topic, 1, 0, &mark(&site, 0, None));
    admin(&format!("init-group {group} --topic {topic} --at latest --dry-run")).succeeds();
    admin(&format!("init-group {group} --topic {topic} --at 2")).fails(4, &[&group]);
    admin(&format!("init-group {group} --topic {topic} --at 9")).fails(4, &[&group]);
    let ran = admin(&format!("init-group {group} --topic {topic} --at earliest --if-not-exists")).succeeds();
    assert_eq!(field(&ran, "outcome"), ["created", "exists", "created"]);
    assert_eq!(stands(&group, &topic), [(0, 0), (1, 0), (2, 0)]);
    // A planned batch is no beginning.
    let planned = fresh("planned");
    let plan = Plan { end: 3, date: "2026-11-20".into(), cmd: "9f86d081884c7d65".into(), then: None };
    place(&planned, &topic, 1, 0, &mark(&site, 0, Some(plan)));
    admin(&format!("init-group {planned} --topic {topic} --at earliest")).fails(4, &["is gone"]);
    let ran = admin(&format!("groups {planned}")).succeeds();
    let line = &ran.json()[0];
    assert_eq!((&line["end"], &line["date"]), (&json!(3), &json!("2026-11-20")));
    assert_eq!(line["cmd"], "9f86d081884c7d65");
}

#[test]
fn groups_lost_places_are_named_and_put_back() {
    let topic = topic("lost", 3, 10);
    let group = fresh("lost");
    let site = site(&topic);
    admin(&format!("init-group {group} --topic {topic} --at earliest")).succeeds();
    (0..3).for_each(|partition| place(&group, &topic, partition, 6, &mark(&site, 0, None)));
    java(
        "consumer.group.ConsumerGroupCommand",
        &format!("--delete-offsets --group {group} --topic {topic}:1"),
    );
    assert_eq!(stands(&group, &topic), [(0, 6), (2, 6)]);
    let ran = admin(&format!("lag {group}")).succeeds();
    assert_eq!(field(&ran, "lag"), [json!(4), Value::Null, json!(4), Value::Null]);
    assert_eq!(ran.json()[3], json!({"group": group, "total": null}));
    for at in ["earliest", "earliest --if-not-exists", "latest"] {
        let ran = admin(&format!("init-group {group} --topic {topic} --at {at}"));
        ran.fails(4, &["/1, group ", "is gone", &format!("topic-admin commit {group}")]);
    }
    let line = |partition: i32, offset: i64| {
        json!({"topic": topic, "topic_id": site.topic_id, "partition": partition, "offset": offset, "start": 0})
            .to_string()
    };
    let commit = |arguments: &str, lines: &[String]| {
        let command = kafka("topic-admin").args(["commit", &group]).args(arguments.split_whitespace());
        command.stdin(lines.join("\n")).go()
    };
    commit("", &[line(1, 5), line(0, 7)]).fails(4, &["partition 0", "not lost", "at 6, not 7", "--yes"]);
    commit("", &[line(1, 11)]).fails(1, &["11 is not one of 0 to 10"]);
    commit("", &[line(1, 5), line(3, 1)]).fails(2, &["no partition 3"]);
    commit("", &[line(1, 5), line(1, 5)]).fails(1, &["line 2"]);
    commit("", &[line(1, 5), "{\"topic\":1}".into()]).fails(1, &["stdin, line 2", "s3-verify"]);
    commit("", &[]).fails(1, &["no offsets in stdin"]);
    commit("no-such-file", &[]).fails(2, &["no-such-file"]);
    assert_eq!(stands(&group, &topic), [(0, 6), (2, 6)], "all is judged before one is committed");
    let ran = commit("--dry-run", &[line(1, 5)]).succeeds();
    assert_eq!(field(&ran, "outcome"), ["would_commit"]);
    let ran = commit("", &[line(1, 5), line(0, 6)]).succeeds();
    assert_eq!(field(&ran, "outcome"), ["exists", "committed"]);
    assert_eq!(stands(&group, &topic), [(0, 6), (1, 5), (2, 6)]);
    assert_eq!(field(&commit("", &[line(1, 5)]).succeeds(), "outcome"), ["exists"]);
    let file = folder("places").join("places");
    std::fs::write(&file, line(2, 8)).unwrap();
    commit(&format!("--yes {}", file.display()), &[]).succeeds();
    assert_eq!(stands(&group, &topic), [(0, 6), (1, 5), (2, 8)]);
    admin(&format!("init-group {group} --topic {topic} --at earliest --if-not-exists")).succeeds();
}

#[test]
fn groups_that_lost_everything_get_back_what_objects_know_and_no_more() {
    let topic = topic("all-lost", 3, 10);
    let group = fresh("all-lost");
    let site = site(&topic);
    let line = json!({"topic": topic, "topic_id": site.topic_id, "partition": 1, "offset": 5, "start": 2});
    let ran = kafka("topic-admin").args(["commit", &group]).stdin(line.to_string()).go().exits(0);
    assert!(ran.stderr.contains("partitions 0, 2 still have no place"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    admin(&format!("init-group {group} --topic {topic} --at earliest --if-not-exists"))
        .fails(4, &["/0, group "]);
    for partition in [0, 2] {
        let verb = format!("reset {group} --topic {topic} --partition {partition} --at earliest --yes");
        admin(&verb).succeeds();
    }
    let ran = admin(&format!("lag {group}")).succeeds();
    assert_eq!(field(&ran, "lag"), [json!(10), json!(5), json!(10), Value::Null]);
    assert_eq!(ran.json()[3]["total"], 25);
}

#[test]
fn groups_take_no_topic_for_another_of_the_same_name() {
    let topic = topic("again", 2, 5);
    let group = fresh("again");
    let old = site(&topic);
    admin(&format!("delete {topic}")).succeeds();
    admin(&format!("create {topic} -p 2")).succeeds();
    write(&topic, 2, 5);
    let new = site(&topic);
    assert_ne!(old.topic_id, new.topic_id);
    (0..2).for_each(|partition| place(&group, &topic, partition, 3, &mark(&old, 0, None)));
    let elsewhere = Site { cluster: "another".into(), ..new.clone() };
    place(&group, &topic, 1, 3, &mark(&elsewhere, 0, None));
    let ran = admin(&format!("groups {group}")).succeeds();
    assert_eq!(field(&ran, "mark"), ["another_topic", "another_cluster"]);
    assert_eq!(
        field(&admin(&format!("lag {group}")).succeeds(), "lag"),
        [Value::Null, Value::Null, Value::Null]
    );
    let ran = admin(&format!("init-group {group} --topic {topic} --at earliest --if-not-exists"));
    ran.fails(4, &[&old.topic_id, &new.topic_id, &format!("reset {group}")]);
    let line = json!({"topic": topic, "topic_id": old.topic_id, "partition": 0, "offset": 3, "start": 0});
    let ran = kafka("topic-admin").args(["commit", &group, "--yes"]).stdin(line.to_string()).go();
    ran.fails(4, &[&old.topic_id, &new.topic_id]);
    let ran = admin(&format!("reset {group} --topic {topic} --at earliest")).exits(2);
    assert_eq!(field(&ran, "outcome"), ["would_reset"; 2]);
    assert_eq!(field(&ran, "from"), [3, 3]);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    assert_eq!(stands(&group, &topic), [(0, 3), (1, 3)]);
    admin(&format!("reset {group} --topic {topic} --at earliest --yes")).succeeds();
    let ran = admin(&format!("init-group {group} --topic {topic} --at earliest")).succeeds();
    assert_eq!(field(&ran, "outcome"), ["exists"; 2]);
}

#[test]
fn groups_take_partitions_that_were_added_for_new() {
    let topic = topic("added", 2, 5);
    let group = fresh("added");
    admin(&format!("init-group {group} --topic {topic} --at latest")).succeeds();
    java("TopicCommand", &format!("--alter --topic {topic} --partitions 4"));
    let started = Instant::now();
    while site(&topic).partitions.len() < 4 {
        assert!(started.elapsed() < WAIT);
    }
    write(&topic, 4, 2);
    let ran = admin(&format!("lag {group}")).succeeds();
    assert_eq!(field(&ran, "lag"), [json!(2), json!(2), json!(2), json!(2), Value::Null]);
    assert_eq!(ran.json()[4]["total"], 8);
    let ran = admin(&format!("init-group {group} --topic {topic} --at latest --if-not-exists")).succeeds();
    assert_eq!(field(&ran, "offset"), [5, 5, 0, 0]);
    admin(&format!("init-group {group} --topic {topic} --at latest")).fails(4, &["has places"]);
    // A reset of one of them leaves the other as new as it was; of all, all are known.
    admin(&format!("reset {group} --topic {topic} --partition 2 --at 1 --yes")).succeeds();
    assert_eq!(field(&admin(&format!("groups {group}")).succeeds(), "known"), [2, 2, 2]);
    admin(&format!("reset {group} --topic {topic} --partition 9 --at 1 --yes")).fails(2, &["no partition 9"]);
    let ran = admin(&format!("reset {group} --topic {topic} --at earliest --yes")).exits(0);
    assert_eq!(field(&admin(&format!("groups {group}")).succeeds(), "known"), [4, 4, 4, 4]);
    // The one that stands at its beginning is not set back.
    let told: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(told.len(), 3, "{}", ran.stderr);
    for (partition, last) in [(0, 4), (1, 4), (2, 0)] {
        let words =
            format!("{topic}/{partition}: offsets 0 to {last} may have been landed before, and are stored");
        assert!(told[partition].contains(&words), "{}", ran.stderr);
    }
}

#[test]
fn groups_of_other_tools_are_seen_and_left_alone() {
    let topic = topic("foreign", 2, 5);
    let group = fresh("foreign");
    let consumer = consumer(&group);
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(&topic, 0, Offset::Offset(2)).unwrap();
    consumer.commit(&list, CommitMode::Sync).unwrap();
    place(&group, &topic, 1, 3, b"\xff\xfe secret");
    let ran = admin(&format!("groups {group}")).succeeds();
    assert_eq!(field(&ran, "mark"), ["foreign", "foreign"]);
    assert!(!ran.text().contains("secret"));
    let ran = admin(&format!("lag {group}")).succeeds();
    assert_eq!(field(&ran, "lag"), [json!(3), json!(2), Value::Null]);
    for at in ["earliest", "earliest --if-not-exists"] {
        let ran = admin(&format!("init-group {group} --topic {topic} --at {at}"));
        ran.fails(4, &["/0, group ", "another tool"]);
    }
    place(&group, &topic, 1, 3, b"{\"sluicebox\":2}");
    assert_eq!(field(&admin(&format!("groups {group}")).succeeds(), "mark"), ["foreign", "later_version"]);
    admin(&format!("reset {group} --topic {topic} --at @1000 --yes")).succeeds();
    assert_eq!(stands(&group, &topic), [(0, 0), (1, 0)]);
    let all = admin("groups").succeeds();
    let here: Vec<Value> = all.json().into_iter().filter(|line| line["group"] == group.as_str()).collect();
    assert_eq!(here.iter().map(|line| line["mark"].clone()).collect::<Vec<_>>(), ["ours", "ours"]);
}

#[test]
fn groups_below_what_is_kept_are_behind_by_no_number() {
    let topic = topic("low", 1, 10);
    let group = fresh("low");
    admin(&format!("init-group {group} --topic {topic} --at earliest")).succeeds();
    let file = folder("low").join("offsets.json");
    let offsets = json!({"version": 1, "partitions": [{"topic": topic, "partition": 0, "offset": 4}]});
    std::fs::write(&file, offsets.to_string()).unwrap();
    java("DeleteRecordsCommand", &format!("--offset-json-file {}", file.display()));
    let ran = admin(&format!("lag {group}")).succeeds();
    assert_eq!(field(&ran, "lag"), [Value::Null, Value::Null]);
    let ran = admin(&format!("init-group {group} --topic {topic} --at earliest --if-not-exists"));
    ran.fails(4, &["offsets 0 to 3 are gone", "--at earliest --yes"]);
    admin(&format!("reset {group} --topic {topic} --at 3 --yes")).fails(2, &["4 to 10, not 3"]);
    admin(&format!("reset {group} --topic {topic} --at earliest --yes")).succeeds();
    assert_eq!(stands(&group, &topic), [(0, 4)]);
}

#[test]
fn groups_mistakes_are_told_by_name() {
    let topic = topic("wrong", 1, 0);
    admin("init-group g --topic no-such-topic --at earliest").fails(2, &["unknown topic no-such-topic"]);
    admin("init-group g --at earliest").fails(2, &["--topic"]);
    admin(&format!("init-group g --topic {topic}")).fails(2, &["--at"]);
    admin(&format!("init-group g --topic {topic} --at -5")).fails(2, &["-5"]);
    admin("groups no-such-group").fails(2, &["unknown group no-such-group", "init-group no-such-group"]);
    admin("lag no-such-group").fails(2, &["unknown group no-such-group"]);
    kafka("topic-admin").args(["lag", ""]).go().fails(2, &["no consumer group"]);
}

#[test]
fn groups_begin_in_the_sandbox_too() {
    let script = "topic-admin init-group lake --topic a --at earliest &&
        topic-admin groups lake && topic-admin lag lake && topic-admin reset lake --topic a --at latest --yes";
    let ran = sh(&format!("sluicebox sandbox --topic a:2 -- sh -c '{script}'"))
        .env("PATH", format!("{}:{}", bin(), crate::support::path()))
        .go()
        .exits(0);
    let outcomes: Vec<Value> = ran
        .json()
        .into_iter()
        .map(|line| line["outcome"].clone())
        .filter(|outcome| !outcome.is_null())
        .collect();
    assert_eq!(outcomes, ["created", "created", "reset", "reset"]);
    let ran = sh("sluicebox sandbox --topic a:2 -- topic-admin groups")
        .env("PATH", format!("{}:{}", bin(), crate::support::path()))
        .go()
        .exits(2);
    assert!(
        ran.stderr.contains("cannot list") && ran.stderr.contains("topic-admin groups GROUP"),
        "{}",
        ran.stderr
    );
}

/// Where the program itself lies.
fn bin() -> String {
    std::path::Path::new(crate::support::PROGRAM).parent().unwrap().display().to_string()
}
