//! kafka-produce, kafka-consume and topic-admin against a real cluster.

mod admin;
mod connection;
mod consume;
mod produce;
mod sandbox;
mod several;

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::support::{Ran, Run, fresh, run, service};

/// A topic of its own for a test.
fn topic(name: &str, partitions: u32, settings: &[&str]) -> String {
    let topic = fresh(name);
    let settings = settings.iter().flat_map(|setting| ["-c", *setting]);
    kafka("topic-admin")
        .args(["create", &topic, "-p", &partitions.to_string()])
        .args(settings)
        .go()
        .succeeds();
    topic
}

/// A command with its cluster.
fn kafka(command: &str) -> Run {
    run(command).env("KAFKA_BOOTSTRAP_SERVERS", service("KAFKA_BOOTSTRAP_SERVERS"))
}

fn produce(topic: &str, arguments: &[&str], lines: impl Into<Vec<u8>>) -> Ran {
    kafka("kafka-produce").args(["--topic", topic]).args(arguments).stdin(lines).go()
}

fn consume(topic: &str, arguments: &[&str]) -> Ran {
    kafka("kafka-consume").args([topic, "--exit-at-end"]).args(arguments).go()
}

/// Lines `{"n":0}` to `{"n":count-1}`.
fn numbers(count: u32) -> String {
    (0..count).map(|n| format!("{{\"n\":{n}}}\n")).collect()
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// A producer of other people's records: plain, or with transactions.
fn foreign(transactional: Option<&str>) -> BaseProducer {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", service("KAFKA_BOOTSTRAP_SERVERS"));
    if let Some(id) = transactional {
        config.set("transactional.id", id);
    }
    let producer: BaseProducer = config.create().unwrap();
    if transactional.is_some() {
        producer.init_transactions(Duration::from_secs(30)).unwrap();
    }
    producer
}

fn send(producer: &BaseProducer, topic: &str, partition: i32, value: Option<&[u8]>) {
    let mut record = BaseRecord::<(), [u8]>::to(topic).partition(partition);
    record.payload = value;
    producer.send(record).map_err(|(error, _)| error).unwrap();
}

fn flush(producer: &BaseProducer) {
    producer.flush(Duration::from_secs(30)).unwrap();
}
