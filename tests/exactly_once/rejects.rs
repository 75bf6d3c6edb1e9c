//! Values that are no records: counted down the stages, listed beside the object, and no harm to the
//! others; and the bytes of an object, which depend on its records alone.

use std::collections::BTreeMap;
use std::process::Command;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};
use serde_json::{Map, Value, json};

use super::hands::*;
use super::world::World;
use crate::support::{SOON, fresh, root, run, service};

/// What people put into topics, and what is made of it: a reason of kafka-consume, none where it is no
/// reject of it.
const POISON: [(&str, &[u8], Option<&str>); 9] = [
    ("words", b"not json", Some("not a JSON object")),
    ("bytes", b"\xff\x00\x9f", Some("not UTF-8")),
    ("empty", b"", Some("not valid JSON")),
    ("array", b"[{\"login\":1}]", Some("not a JSON object")),
    ("null", b"null", Some("not a JSON object")),
    ("two", b"{\"a\":1}{\"b\":2}", Some("not valid JSON")),
    ("number", b"{\"a\":NaN}", Some("not valid JSON")),
    ("half", b"{\"login\":{\"uuid\":\"1", Some("not valid JSON")),
    // A record, and no user.
    ("other", b"{\"a\":\n1}", None),
];

#[test]
fn poison_neither_stops_the_others_nor_vanishes() {
    let mut world = World::new(1, 0);
    with_topic(&mut world, &["max.message.bytes=40000000"]);
    world.produce(5);
    let to = producer(&world, None);
    for (key, value, _) in POISON {
        send(&to, &world, key, Some(value));
    }
    send(&to, &world, "tombstone", None);
    let mut big: Value = serde_json::from_slice(
        &run("generate-users").args(["-n", "1", "--seed", "big"]).go().succeeds().stdout,
    )
    .unwrap();
    big["phone"] = "7".repeat(20_000_000).into();
    send(&to, &world, "big", Some(big.to_string().as_bytes()));
    flush(&to);
    world.produce(5);

    let refused =
        ends_with(world.run(&world.land(), None), 1, &["offset 5: not a JSON object", "--max-rejects"]);
    assert!(!refused.stderr.contains("not json"), "no value is told: {}", refused.stderr);
    assert_eq!(committed(&world), [0]);

    expect_poison(&world, 10);
    world.options = vec!["--max-rejects", "10"];
    world.finish();
    let count = world.check();
    assert_eq!((count.records, count.rejects), (10, 10), "the tombstone is dropped");
    let lines = rejects(&world);
    for (at, (name, _, reason)) in POISON.iter().enumerate() {
        let Some(reason) = reason else { continue };
        let place = json!([world.topic, 0, 5 + at]);
        let line =
            lines.iter().find(|line| json!([line["topic"], line["partition"], line["offset"]]) == place);
        let line = line.unwrap_or_else(|| panic!("{name} is not in the account: {lines:?}"));
        assert!(line["reason"].as_str().unwrap().starts_with(reason), "{name}: {line}");
        assert_eq!(line["stage"], "kafka-consume");
    }
    let later: Vec<&Value> = lines.iter().filter(|line| line["stage"] == "hash-fields").collect();
    assert_eq!(later.len(), 2, "the record that is no user, and the one of 20 MB: {lines:?}");
    let told = |line: &Value| json!([line["line"], line["path"], line["reason"]]);
    assert_eq!(told(later[0]), json!([6, "email", "missing field"]));
    assert_eq!(told(later[1]), json!([7, null, "line above --max-line-bytes"]));
    // Offsets: 5 users, 9 kinds of poison, a tombstone, 20 MB, 5 users.
    let account = &verify(&world)[0];
    assert_eq!(
        (&account["end_offset"], &account["rows"], &account["rejects"]),
        (&json!(21), &json!(10), &json!(10))
    );
}

/// What was sent and is to be rejected, for the count.
fn expect_poison(world: &World, count: u32) {
    let mut sent = std::fs::read_to_string(world.sent()).unwrap();
    (0..count).for_each(|at| sent.push_str(&format!("{{\"login\":{{\"uuid\":\"poison {at}\"}}}}\n")));
    std::fs::write(world.sent(), sent).unwrap();
}

#[test]
fn a_record_over_several_lines_is_one_record() {
    let world = World::new(1, 3);
    let to = producer(&world, None);
    let user = run("generate-users").args(["-n", "1", "--seed", "pretty"]).go().succeeds().text();
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&user).unwrap()).unwrap();
    send(&to, &world, "pretty", Some(pretty.replace('\n', "\r\n").as_bytes()));
    flush(&to);
    let sent = std::fs::read_to_string(world.sent()).unwrap();
    std::fs::write(world.sent(), sent + &user).unwrap();
    world.finish();
    assert_eq!(world.check().records, 4);
}

#[test]
fn counts_agree_down_the_stages_in_every_batch_and_after_crashes() {
    let mut world = World::new(2, 120);
    world.batch = 40;
    world.options = vec!["--max-rejects", "100%"];
    world.produce_rejects(60);
    // In the first partition: what is refused by the consumer, and what is no record to it.
    for at in 0..3 {
        let to = producer(&world, None);
        POISON[..8].iter().for_each(|(key, value, _)| send(&to, &world, key, Some(value)));
        send(&to, &world, "tombstone", None);
        flush(&to);
        transaction(&world, 4, false);
        world.produce(40 + at);
    }
    expect_poison(&world, 24);
    for fault in FAULTS {
        assert_eq!(world.run(&told(&world), Some(fault)).signal, Some(libc::SIGKILL), "{fault}");
    }
    world.run(&told(&world), None).exits(0);
    let count = world.check();
    assert_eq!((count.records, count.rejects), (243, 84), "no reject is told twice");

    let (topic, batches) = (values(&world), batches(&world));
    assert_eq!(batches.len() as u64, count.objects);
    batches.iter().for_each(|batch| judge(&world, batch, &topic));
    let of_the_consumer: u64 =
        batches.iter().map(|batch| batch["by_consumer"].as_array().unwrap().len() as u64).sum();
    assert_eq!(of_the_consumer, 24);
}

/// Where the consumer dies, one after another.
const FAULTS: [&str; 7] = [
    "kill@seal.before",
    "kill@feed.after",
    "kill@ended.after",
    "kill@commit.before",
    "kill@plan.after:2",
    "kill@commit.after",
    "kill@seal.before:2",
];

/// The script, which keeps what it is told: the closing seal of `hash-fields`, and the receipt.
fn told(world: &World) -> String {
    let [hash, encode, put] = world.stages();
    let file = |name: &str| format!("{}/$BATCH.{name}.$$", world.dir.display());
    let (seal, report) = (file("seal"), file("report"));
    format!(
        "{hash} | tee {seal} | {encode} | {{ SLUICEBOX_REPORT_FD=9 {put} 9> {report}; s=$?; \
         cat {report} > /proc/self/fd/$SLUICEBOX_REPORT_FD; exit $s; }}"
    )
}

/// What was kept of a batch, under a name, by each attempt: the last line, if it is whole and JSON.
fn kept(world: &World, batch: &Value, name: &str) -> Vec<Value> {
    let start = format!("{}.{name}.", batch["name"].as_str().unwrap());
    let files = std::fs::read_dir(&world.dir).unwrap().map(|entry| entry.unwrap());
    let of_batch = files.filter(|file| file.file_name().to_string_lossy().starts_with(&start));
    // That of an attempt that was killed may be torn anywhere.
    let last =
        |bytes: Vec<u8>| serde_json::from_str(String::from_utf8_lossy(&bytes).lines().next_back()?).ok();
    of_batch.filter_map(|file| last(std::fs::read(file.path()).unwrap())).collect()
}

/// The values of a topic, by partition and offset; none for a tombstone.
type Topic = BTreeMap<(i64, i64), Option<Vec<u8>>>;

/// An object holds what lies in its range, less its rejects; and so said each stage of each attempt.
fn judge(world: &World, batch: &Value, topic: &Topic) {
    let of = |name: &str| batch[name].as_i64().unwrap();
    let range = topic.range((of("partition"), of("first"))..(of("partition"), of("end")));
    let (read, values) =
        (range.clone().count(), range.filter_map(|(place, value)| Some((place.1, value.as_ref()?))));
    let (records, no_records): (Vec<_>, Vec<_>) =
        values.partition(|(_, value)| serde_json::from_slice::<Map<String, Value>>(value).is_ok());
    let refused: Vec<i64> = no_records.iter().map(|(offset, _)| *offset).collect();
    assert_eq!(batch["by_consumer"], json!(refused), "{batch}");
    let (rows, by_hash) = (of("rows"), of("by_hash"));
    assert_eq!(rows + by_hash, records.len() as i64, "{batch}");

    let (read, passed, refused) = (read as i64, records.len() as i64, refused.len() as i64);
    let of_consumer = [read, passed, refused, read - passed - refused, passed];
    judge_seals(world, batch, [of_consumer, [passed, rows, by_hash, 0, rows]]);
    judge_receipts(world, batch, refused + by_hash);
}

/// What the closing seals say of the stages: read, passed, rejected, dropped, written.
fn judge_seals(world: &World, batch: &Value, stages: [[i64; 5]; 2]) {
    let lines = kept(world, batch, "seal");
    // The others are of attempts that were killed.
    let seals: Vec<&Value> =
        lines.iter().map(|line| &line["$seal"]).filter(|seal| seal["close"].is_string()).collect();
    assert!(!seals.is_empty(), "no attempt was sealed: {batch}");
    let [consumer, hash] = stages;
    for seal in seals {
        assert_eq!(
            (&seal["count"], &seal["rejects"]),
            (&json!(hash[4]), &json!(consumer[2] + hash[2])),
            "{batch}"
        );
        let names = ["read", "passed", "rejected", "dropped", "written"];
        let told = [0, 1].map(|stage| names.map(|name| seal["stages"][stage][name].as_i64().unwrap()));
        assert_eq!(told, stages, "{batch}");
    }
}

/// What the receipts say: the range, and how many rejects, unless the object was there before.
fn judge_receipts(world: &World, batch: &Value, rejects: i64) {
    let ends = kept(world, batch, "report");
    let receipts: Vec<&Value> =
        ends.iter().map(|end| &end["receipt"]).filter(|receipt| receipt.is_object()).collect();
    assert!(!receipts.is_empty(), "no attempt has given a receipt: {batch}");
    for receipt in receipts {
        let range = [&receipt["range"]["first_offset"], &receipt["range"]["end_offset"]];
        assert_eq!(range, [&batch["first"], &batch["end"]], "{receipt}");
        match receipt["rejects_count"].as_i64() {
            Some(told) => assert_eq!(told, rejects, "{receipt} {batch}"),
            None => assert!(rejects == 0 || receipt["result"] == "exists", "{receipt} {batch}"),
        }
    }
}

/// All that the topic holds, read by a client that is not ours.
fn values(world: &World) -> Topic {
    let mut config = ClientConfig::new();
    let config = config.set("bootstrap.servers", &world.brokers).set("group.id", "values");
    let consumer: BaseConsumer = config.set("enable.partition.eof", "true").create().unwrap();
    let mut from = TopicPartitionList::new();
    from.add_partition_range(&world.topic, 0, 1);
    from.set_all_offsets(Offset::Beginning).unwrap();
    consumer.assign(&from).unwrap();
    let (mut found, mut ended) = (BTreeMap::new(), 0);
    while ended < 2 {
        match consumer.poll(SOON).expect("more of the topic") {
            Ok(record) => {
                let value = record.payload().map(<[u8]>::to_vec);
                found.insert((record.partition().into(), record.offset()), value);
            }
            Err(KafkaError::PartitionEOF(_)) => ended += 1,
            Err(error) => panic!("{error}"),
        }
    }
    found
}

/// What lies in each object of a batch, and in its account, by readers that are not ours.
fn batches(world: &World) -> Vec<Value> {
    let mut python = Command::new(service("SLUICEBOX_TEST_PYTHON"));
    let ran = python.arg(root().join("tests/readers/batches.py")).arg(&world.place).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_allowance_is_of_each_batch() {
    let mut world = World::new(1, 50);
    world.produce_rejects(3);
    world.produce(47);
    world.produce_rejects(10);
    world.options = vec!["--max-rejects", "5%"];
    ends_with(world.run(&world.land(), None), 1, &["10 of 10 "]);
    assert_eq!(committed(&world), [100], "the first batch is within it, the second is not");
    world.options = vec!["--max-rejects", "10"];
    world.finish();
    assert_eq!(world.check().rejects, 13);
}

#[test]
fn the_bytes_of_an_object_depend_on_its_records_alone() {
    let mut world = World::new(2, 600);
    world.finish();
    let first = digests(&world);
    assert!(first.len() >= 6, "{first:?}");
    let place = world.place.clone();
    let fetches = [
        vec!["-X", "fetch.message.max.bytes=3000", "--max-children", "1"],
        vec!["-X", "queued.max.messages.kbytes=8", "-X", "queued.min.messages=1", "-X", "check.crcs=true"],
    ];
    for (again, options) in fetches.into_iter().enumerate() {
        world.options = options;
        world.group = fresh("group");
        begin(&world);
        world.place = format!("{place}again-{again}/");
        // Another day for programs that ask, another attempt, another size of pipes. Of the sink the store would
        // take no request that was signed on another day.
        let ([hash, encode, put], another_day) = (world.stages(), "faketime --exclude-monotonic -f +40d");
        let script = format!(
            "export TZ=Pacific/Kiritimati LANG=C; {another_day} {hash} | {another_day} {encode} | {put}"
        );
        let killed = world.run(&script, Some("kill@feed.after"));
        assert_eq!(killed.signal, Some(libc::SIGKILL));
        world.run(&script.replace(" | ", " | dd bs=700 iflag=fullblock status=none | "), None).exits(0);
        assert_eq!(digests(&world), first);
    }
}
