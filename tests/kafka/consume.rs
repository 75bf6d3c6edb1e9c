//! kafka-consume: where it starts, where it ends, and what it makes of records.

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rdkafka::producer::Producer;
use serde_json::{Value, json};

use super::{consume, flush, foreign, kafka, numbers, produce, send, sorted, topic};
use crate::support::{SOON, finish, run, sh, signal, wait_until};

#[test]
fn kafka_end_behind_a_transaction_marker_is_met_and_aborted_records_are_not_read() {
    let topic = topic("markers", 3, &[]);
    let producer = foreign(Some(&topic));
    let transaction = |commit: bool, values: &[(i32, &str)]| {
        producer.begin_transaction().unwrap();
        values
            .iter()
            .for_each(|(partition, value)| send(&producer, &topic, *partition, Some(value.as_bytes())));
        flush(&producer);
        let wait = Duration::from_secs(30);
        if commit { producer.commit_transaction(wait) } else { producer.abort_transaction(wait) }.unwrap();
    };
    transaction(true, &[(0, "{\"n\":1}"), (0, "{\"n\":2}")]);
    transaction(false, &[(1, "{\"n\":3}"), (0, "{\"n\":4}")]);
    // Partition 0: 1, 2, marker, 4 (aborted), marker. Partition 1: only what was aborted. Partition 2: nothing.
    // A broker answers before it has written the markers.
    let behind = ["--partition", "0", "--from", "4"];
    wait_until("the last marker is there", || consume(&topic, &behind).code == Some(0));
    let started = Instant::now();
    assert_eq!(sorted(&consume(&topic, &[]).succeeds().text()), ["{\"n\":1}", "{\"n\":2}"]);
    assert_eq!(consume(&topic, &["--partition", "1"]).succeeds().text(), "");
    assert_eq!(consume(&topic, &["--partition", "2"]).succeeds().text(), "");
    assert_eq!(consume(&topic, &behind).succeeds().text(), "", "the marker itself");
    assert_eq!(consume(&topic, &["--from", "end"]).succeeds().text(), "");
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());

    // An open transaction is not waited for, nor are records behind its start read.
    producer.begin_transaction().unwrap();
    send(&producer, &topic, 2, Some(b"{\"n\":5}"));
    flush(&producer);
    produce(&topic, &["--partition", "2"], "{\"n\":6}\n").succeeds();
    assert_eq!(consume(&topic, &["--partition", "2"]).succeeds().text(), "");
    producer.commit_transaction(Duration::from_secs(30)).unwrap();
    let read = || consume(&topic, &["--partition", "2"]).succeeds().text();
    wait_until("the marker is there", || !read().is_empty());
    assert_eq!(read(), "{\"n\":5}\n{\"n\":6}\n");
}

#[test]
fn kafka_compacted_topic_has_gaps_and_an_end() {
    let settings = [
        "cleanup.policy=compact",
        "segment.ms=200",
        "min.cleanable.dirty.ratio=0.001",
        "delete.retention.ms=0",
    ];
    let topic = topic("compact", 1, &settings);
    let one_key = |n: u32| format!("{{\"k\":1,\"n\":{n}}}\n");
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut written = 0;
    loop {
        for _ in 0..10 {
            produce(&topic, &["--key", "k"], one_key(written)).succeeds();
            written += 1;
        }
        std::thread::sleep(Duration::from_millis(300));
        let output = consume(&topic, &[]).succeeds().text();
        let lines: Vec<&str> = output.lines().collect();
        assert_eq!(lines.last(), Some(&one_key(written - 1).trim()), "the last record is always kept");
        if lines.len() < written as usize {
            break;
        }
        assert!(Instant::now() < deadline, "the cleaner has not run");
        std::thread::sleep(Duration::from_secs(2));
    }
}

#[test]
fn kafka_reading_starts_where_it_was_told_and_ends_after_exactly_n() {
    let topic = topic("from", 2, &[]);
    produce(&topic, &["--partition", "0"], numbers(10)).succeeds();
    std::thread::sleep(Duration::from_millis(5));
    let middle = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    produce(&topic, &["--partition", "0"], "{\"n\":10}\n").succeeds();
    produce(&topic, &["--partition", "1"], "{\"n\":11}\n").succeeds();
    let read = |arguments: &[&str]| -> Vec<u64> {
        let mut read: Vec<u64> = consume(&topic, arguments)
            .succeeds()
            .json()
            .iter()
            .map(|record| record["n"].as_u64().unwrap())
            .collect();
        read.sort_unstable();
        read
    };
    let one = |from: &str| read(&["--partition", "0", "--from", from]);
    assert_eq!(one("beginning"), (0..=10).collect::<Vec<_>>());
    assert_eq!(one("8"), [8, 9, 10]);
    assert!(one("11").is_empty());
    assert_eq!(one("-2"), [9, 10]);
    assert_eq!(one("-100").len(), 11);
    assert!(one("end").is_empty());
    assert_eq!(read(&["--from", "-1"]), [10, 11], "of each partition");
    assert_eq!(read(&["--from", &format!("@{middle}")]), [10, 11]);
    assert_eq!(read(&["--from", "@2001-01-01T00:00:00Z"]).len(), 12);
    assert_eq!(read(&["--from", "2001-01-01T00:00:00Z"]).len(), 12);
    assert_eq!(read(&["--from", "2001-01-01"]).len(), 12);
    assert!(read(&["--from", "@2101-01-01T00:00:00Z"]).is_empty());
    assert_eq!(read(&["-n", "5"]).len(), 5);
    assert_eq!(read(&["-n", "0"]).len(), 0);
    assert_eq!(read(&["-n", "500"]).len(), 12);
    let ran = kafka("kafka-consume").args(["-t", &topic, "-n", "12"]).go().succeeds();
    assert_eq!(ran.json().len(), 12, "following ends after n too");
    consume(&topic, &["--from", "12"]).fails(2, &["partition 0 has offsets 0 to 11"]);
}

#[test]
fn kafka_following_passes_a_record_on_at_once_and_ends_by_the_signal() {
    let topic = topic("follow", 2, &[]);
    produce(&topic, &[], "{\"n\":1}\n").succeeds();
    let mut child = kafka("kafka-consume").args([&topic, "--follow"]).start();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "{\"n\":1}");
    let producer = foreign(None);
    for n in 2..5 {
        let sent = Instant::now();
        send(&producer, &topic, n % 2, Some(format!("{{\"n\":{n}}}").as_bytes()));
        flush(&producer);
        assert_eq!(lines.next().unwrap().unwrap(), format!("{{\"n\":{n}}}"));
        assert!(sent.elapsed() < SOON, "{:?}", sent.elapsed());
    }
    signal(&child, libc::SIGTERM);
    let stopped = Instant::now();
    assert_eq!(finish(child).signal, Some(libc::SIGTERM));
    assert!(stopped.elapsed() < SOON, "{:?}", stopped.elapsed());
}

#[test]
fn kafka_values_that_are_no_objects_are_rejected_with_their_place() {
    let topic = topic("values", 1, &[]);
    let producer = foreign(None);
    let values: [Option<&[u8]>; 9] = [
        Some(b"{\"n\":1}"),
        None,
        Some(b"{\r\n  \"n\": 2\n}\n"),
        Some(b"secret"),
        Some(b""),
        Some(b"null"),
        Some(b"{\"n\":\"\xff\"}"),
        Some(b"{\"n\":3} {}"),
        Some(b"{\"n\":4}"),
    ];
    values.iter().for_each(|value| send(&producer, &topic, 0, *value));
    flush(&producer);
    let dir = crate::support::folder("values");
    let rejects = dir.join("rejects");
    let arguments = ["--max-rejects", "5", "--rejects", rejects.to_str().unwrap(), "--summary"];
    let ran = consume(&topic, &arguments).exits(0);
    assert_eq!(ran.text(), "{\"n\":1}\n{    \"n\": 2 }\n{\"n\":4}\n");
    assert!(ran.stderr.contains("\"dropped\":1") && ran.stderr.contains("\"rejected\":5"), "{}", ran.stderr);
    let listed = std::fs::read_to_string(rejects).unwrap();
    assert_eq!(listed.lines().count(), 5, "{listed}");
    assert!(!listed.contains("secret") && listed.contains("offset"), "{listed}");
    let ran = consume(&topic, &[]).exits(1);
    assert!(ran.stderr.contains("offset 3") && !ran.stderr.contains("secret"), "{}", ran.stderr);
}

#[test]
fn kafka_envelopes_copy_a_topic_exactly() {
    let (source, target) = (topic("source", 3, &[]), topic("target", 3, &[]));
    let lines = [
        json!({"value": {"n": 1}}),
        json!({"key": null, "value": null}),
        json!({"key": "", "value_text": ""}),
        json!({"key": "k", "value_text": "null", "timestamp": 1, "partition": 2}),
        json!({"key_b64": "/wA=", "value_b64": "/wD+", "timestamp": 1_763_625_600_123_i64, "partition": 1}),
        json!({"value": {"a": 1}, "headers": [["h", "v"], ["h", null], ["h", ""], ["", "x"],
               [{"b64": "/w=="}, {"b64": "AP8="}], ["ü", "ü"]], "partition": 1}),
        json!({"value_text": "{\"pretty\":\n 1}\n", "partition": 0}),
        json!({"value_text": "[1,2]", "partition": 0}),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    produce(&source, &["--envelope", "--keep-partition"], lines).succeeds();
    let first = consume(&source, &["--envelope"]).succeeds();
    assert_eq!(first.json().len(), 8);
    produce(&target, &["--envelope", "--keep-partition"], first.stdout.clone()).succeeds();
    let second = consume(&target, &["--envelope"]).succeeds();
    // Each of them has a partition by now, and so its place: everything but the topic is the same.
    assert_eq!(sorted(&first.text().replace(&source, &target)), sorted(&second.text()));

    let records = second.json();
    let find =
        |name: &str, value: Value| records.iter().find(|record| record[name] == value).expect(name).clone();
    let binary = find("key_b64", json!("/wA="));
    assert_eq!((&binary["value_b64"], &binary["timestamp"]), (&json!("/wD+"), &json!(1_763_625_600_123_i64)));
    assert_eq!(binary["timestamp_type"], "CreateTime");
    assert_eq!(find("value_text", json!("null"))["partition"], 2);
    assert_eq!(find("key", json!(""))["value_text"], "");
    assert_eq!(find("value", json!({"a": 1}))["headers"][4], json!([{"b64": "/w=="}, {"b64": "AP8="}]));
    assert!(records.iter().any(|record| record["value"].is_null() && record.get("value").is_some()));
}

#[test]
fn kafka_log_append_time_is_told() {
    let topic = topic("append", 1, &["message.timestamp.type=LogAppendTime"]);
    produce(&topic, &["--envelope"], "{\"value\":{},\"timestamp\":5}\n").succeeds();
    let record = consume(&topic, &["--envelope"]).succeeds().json().remove(0);
    assert_eq!(record["timestamp_type"], "LogAppendTime");
    assert!(record["timestamp"].as_i64().unwrap() > 1_700_000_000_000);
}

#[test]
fn kafka_stream_through_a_filter_ends_when_its_reader_has_enough() {
    let topic = topic("enough", 1, &[]);
    produce(&topic, &[], "{\"n\":1}\n").succeeds();
    let key = crate::support::folder("enough").join("hash.key").display().to_string();
    run("hash-fields").args(["-q", "--new-key", &key]).go().exits(0);
    let started = Instant::now();
    let script = format!("kafka-consume {topic} --follow | hash-fields --key-file '{key}' n | head -n 1");
    let ran = sh(&script).go().succeeds();
    assert_eq!(ran.text().lines().count(), 1);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[test]
fn kafka_topic_that_is_deleted_or_made_again_ends_those_who_follow_it() {
    // Who has written a record knows which topic it is.
    let follow = |topic: &str| {
        let mut child = kafka("kafka-consume").args([topic, "--follow"]).start();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, "{\"n\":1}\n");
        (child, stdout)
    };
    let admin = |arguments: &[&str]| drop(kafka("topic-admin").args(arguments).go().succeeds());
    let (gone, again) = (topic("gone", 1, &[]), topic("again", 1, &[]));
    produce(&gone, &[], "{\"n\":1}\n").succeeds();
    produce(&again, &[], "{\"n\":1}\n").succeeds();
    let ((of_gone, _reads_gone), (of_again, _reads_again)) = (follow(&gone), follow(&again));
    admin(&["delete", &gone, &again]);
    admin(&["create", &again, "-p", "1"]);
    // More records than before: the offset at which the reader stands is there, and not the same.
    produce(&again, &[], numbers(50)).succeeds();
    let started = Instant::now();
    let (of_gone, of_again) = (finish(of_gone), finish(of_again));
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    for (ran, words) in [
        (of_gone, format!("topic {gone} was deleted meanwhile")),
        (of_again, format!("topic {again} was deleted and made again meanwhile")),
    ] {
        let ran = ran.exits(1);
        assert!(ran.stderr.contains(&words), "{}", ran.stderr);
    }
}
