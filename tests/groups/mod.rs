//! Where consumer groups stand: topic-admin's verbs for them, and the calls beneath, on a real cluster.

mod beginnings;
mod calls;
mod losses;
mod members;
mod strangers;
mod verbs;

use std::process::Command;
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use serde_json::Value;
use sluicebox::batch::Mark;
use sluicebox::batch::place::Plan;
use sluicebox::kafka::native::group::{self, Commit};
use sluicebox::kafka::places::Site;
use sluicebox::kafka::rights::Operation;

use crate::support::{Ran, Run, fresh, run, service};

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
