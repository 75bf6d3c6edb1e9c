//! kafka-produce: what it sends, what it refuses, and when.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{consume, kafka, numbers, produce, sorted, topic};
use crate::support::finish;

#[test]
fn kafka_gives_back_what_it_was_given_byte_for_byte() {
    let topic = topic("round", 3, &[]);
    let users = std::fs::read_to_string(crate::support::root().join("tests/data/users.ndjson")).unwrap();
    let odd = "{ \"spaced\" : 1.50e+3, \"dup\":1,\"dup\":2, \"escaped\":\"\\u00fc\\/\" }\n";
    let input = format!("{users}{odd}");
    let ran = produce(&topic, &["--summary"], input.as_str()).exits(0);
    let summary: Value = serde_json::from_str(ran.stderr.trim()).unwrap();
    assert!(ran.stderr.contains(&format!("\"delivered\":{}", input.lines().count())), "{summary}");
    let output = consume(&topic, &[]).succeeds().text();
    assert_eq!(sorted(&output), sorted(&input));
}

#[test]
fn kafka_keys_land_where_every_jvm_client_puts_them() {
    let topic = topic("keys", 4, &[]);
    // From the tests of Kafka's own murmur2.
    let vectors =
        [("21", -973_932_308_i32), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536)];
    let lines: String = vectors.iter().map(|(key, _)| format!("{{\"k\":{{\"id\":\"{key}\"}}}}\n")).collect();
    produce(&topic, &["--key", "k.id"], lines).succeeds();
    let records = consume(&topic, &["--envelope"]).succeeds().json();
    assert_eq!(records.len(), vectors.len());
    for (key, hash) in vectors {
        let record = records.iter().find(|record| record["key"] == key).expect(key);
        assert_eq!(record["partition"], json!((hash & 0x7fff_ffff) % 4), "{key}");
    }
}

#[test]
fn kafka_record_without_its_key_is_rejected_unless_asked_otherwise() {
    let topic = topic("keyless", 1, &[]);
    let lines = "{\"id\":7}\n{\"id\":null}\n{\"other\":1}\n";
    produce(&topic, &["--key", "id"], lines).exits(1);
    let ran = produce(&topic, &["--key", "id", "--missing-key", "null", "-H", "a=b=c", "-H", "d="], lines)
        .succeeds();
    assert!(ran.stdout.is_empty());
    let records = consume(&topic, &["--envelope", "--from", "-3"]).succeeds().json();
    let keys: Vec<&Value> = records.iter().map(|record| &record["key"]).collect();
    assert_eq!(keys, [&json!("7"), &Value::Null, &Value::Null]);
    assert_eq!(records[0]["headers"], json!([["a", "b=c"], ["d", ""]]));
}

#[test]
fn kafka_record_too_large_for_the_topic_is_rejected_alone_and_at_the_exact_byte() {
    for (limit, batch) in [(4000_u32, ""), (1_048_588, "")] {
        let topic = topic("edge", 1, &[&format!("max.message.bytes={limit}")]);
        // {"a":"…"} is 8 bytes and the text. On the wire: 61 of a batch, the record's length, 3 for attributes
        // and deltas, 1 for no key, the value's length, 1 for no headers.
        let lengths = if limit == 4000 { 2 + 2 } else { 3 + 3 };
        let fits = (limit - 61 - lengths - 5 - 8) as usize;
        let line = |letters: usize| format!("{{\"a\":\"{}\"}}\n", "x".repeat(letters));
        let neighbour = line(10);
        let input =
            [&neighbour, &line(fits), &neighbour, &line(fits + 1), &neighbour].map(String::as_str).concat();
        let ran = produce(&topic, &["--max-rejects", "1"], format!("{input}{batch}")).exits(0);
        assert!(ran.stderr.contains("1 "), "one warning: {}", ran.stderr);
        let sizes: Vec<usize> = consume(&topic, &[]).succeeds().text().lines().map(str::len).collect();
        assert_eq!(sizes, [18, fits + 8, 18, 18], "max.message.bytes={limit}");
    }
}

#[test]
fn kafka_quiet_input_does_not_hold_back_what_was_read() {
    let topic = topic("idle", 1, &[]);
    let mut child = kafka("kafka-produce").args(["--topic", &topic]).start();
    child.stdin.as_mut().unwrap().write_all(b"{\"n\":1}\n").unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while consume(&topic, &[]).succeeds().text().is_empty() {
        assert!(Instant::now() < deadline, "the record waits for its neighbours");
    }
    drop(child.stdin.take());
    assert_eq!(finish(child).code, Some(0));
}

#[test]
fn kafka_dry_run_sends_nothing() {
    let topic = topic("dry", 1, &[]);
    let ran = produce(&topic, &["--dry-run", "--summary"], numbers(3)).exits(0);
    assert!(ran.stderr.contains("\"would_store\":3"), "{}", ran.stderr);
    produce(&topic, &["--dry-run"], "[]\n").exits(1);
    assert_eq!(consume(&topic, &[]).succeeds().text(), "");
}
