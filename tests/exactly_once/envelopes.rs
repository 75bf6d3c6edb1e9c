//! Batches of whole records: what Kafka knows of a record besides its value comes along, each record once.

use serde_json::{Value, json};

use crate::support::lake::Lake;
use crate::support::{Run, fresh, path, run, service};

/// Sessions are short, so that a member that was killed is not waited for.
const QUICK: [&str; 4] = ["-X", "session.timeout.ms=1000", "-X", "heartbeat.interval.ms=200"];

/// A topic with 40 records in 2 partitions, two of them tombstones, and a group that has begun.
struct World {
    topic: String,
    group: String,
}

impl World {
    fn make() -> Self {
        service("KAFKA_BOOTSTRAP_SERVERS");
        let world = Self { topic: fresh("whole"), group: fresh("whole") };
        world.create(&world.topic);
        let record = |n: u32| {
            let value = if n % 20 == 7 { Value::Null } else { json!({"n": n}) };
            let headers = json!([["trace", n.to_string()], ["none", null]]);
            let at = 1_763_625_600_000_u64 + u64::from(n);
            json!({"partition": n % 2, "key": format!("k{n}"), "timestamp": at, "headers": headers, "value": value})
        };
        let lines: String = (0..40).map(|n| format!("{}\n", record(n))).collect();
        let produce = run("kafka-produce").args(["-t", &world.topic, "--envelope", "--keep-partition"]);
        produce.stdin(lines).go().succeeds();
        run("topic-admin")
            .args(["init-group", &world.group, "--topic", &world.topic, "--at", "earliest"])
            .go()
            .exits(0);
        world
    }

    fn create(&self, topic: &str) {
        run("topic-admin").args(["create", topic, "-p", "2"]).go().exits(0);
    }

    /// The group at work, each batch of 10 through `sh -c SCRIPT`.
    fn consume(&self, options: &[&str], script: &str) -> Run {
        let consume =
            run("kafka-consume").args([&self.topic, "--group", &self.group, "--exit-at-end", "--envelope"]);
        let consume = consume.args(QUICK).args(["--batch-records", "10"]).args(options);
        consume.args(["--", "sh", "-c", script]).env("PATH", path())
    }
}

/// All records of a topic, whole, in the order of their places.
fn whole(topic: &str) -> Vec<Value> {
    let mut records = run("kafka-consume").args([topic, "-e", "--envelope"]).go().succeeds().json();
    records.sort_by_key(|record| (record["partition"].as_i64(), record["offset"].as_i64()));
    records
}

#[test]
fn batches_of_envelopes_give_fields_what_kafka_knows_of_a_record() {
    let (world, lake) = (World::make(), Lake::make());
    let script = format!(
        "map-fields --envelope id='{{@topic}}/{{@partition}}/{{@offset}}' key=@key at:timestamp_ms=@timestamp \
         headers=@headers n=n | s3-put --suffix .ndjson {}",
        lake.url("whole/")
    );
    assert_ne!(world.consume(&[], &script).env("SLUICEBOX_FAULT", "kill@commit.before").go().code, Some(0));
    world.consume(&[], &script).go().exits(0);
    let objects = lake.keys().into_iter().filter(|key| key.ends_with(".ndjson"));
    let text: String = objects.map(|key| String::from_utf8(lake.get(&key).unwrap()).unwrap()).collect();
    let mut landed: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    landed.sort_by_key(|record| record["n"].as_u64());
    let live = whole(&world.topic).into_iter().filter(|record| !record["value"].is_null());
    let mut expected: Vec<Value> = live
        .map(|record| {
            let n = record["value"]["n"].as_u64().unwrap();
            let id = format!("{}/{}/{}", world.topic, record["partition"], record["offset"]);
            let at = format!("2025-11-20T08:00:00.{n:03}Z");
            json!({"id": id, "key": record["key"], "at": at, "headers": record["headers"], "n": n})
        })
        .collect();
    expected.sort_by_key(|record| record["n"].as_u64());
    assert_eq!(expected.len(), 38, "tombstones have no fields");
    assert_eq!(landed, expected);
}

#[test]
fn batches_of_envelopes_copy_a_topic_with_keys_headers_times_and_tombstones() {
    let (world, copy) = (World::make(), fresh("copy"));
    world.create(&copy);
    let script = format!("kafka-produce -t {copy} --envelope --keep-partition");
    let ran = world.consume(&["--transactional"], &script).env("SLUICEBOX_FAULT", "kill@feed.after").go();
    assert_ne!(ran.code, Some(0));
    world.consume(&["--transactional"], &script).go().exits(0);
    // Offsets differ by the marks of transactions.
    let without_place = |topic: &str| -> Vec<Value> {
        let mut records = whole(topic);
        for record in &mut records {
            let record = record.as_object_mut().unwrap();
            drop(["topic", "offset"].map(|name| record.remove(name).unwrap()));
        }
        records
    };
    assert_eq!(without_place(&copy).len(), 40);
    assert_eq!(without_place(&copy), without_place(&world.topic));
}

#[test]
fn a_batch_that_was_planned_in_another_form_is_told() {
    let (world, lake) = (World::make(), Lake::make());
    let script = format!("s3-put --suffix .ndjson {}", lake.url("whole/"));
    assert_ne!(world.consume(&[], &script).env("SLUICEBOX_FAULT", "kill@plan.after").go().code, Some(0));
    let plain =
        run("kafka-consume").args([&world.topic, "--group", &world.group, "--exit-at-end"]).args(QUICK);
    let ran = plain.args(["--", "sh", "-c", &script]).env("PATH", path()).go().exits(0);
    assert!(ran.stderr.contains("planned for another command"), "{}", ran.stderr);
}
