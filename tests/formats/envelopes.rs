//! Envelopes: a record of Kafka as a line, written, read, and sent through a real broker.

use serde_json::Value;
use sluicebox::kafka::envelope::{Opened, Parts};
use sluicebox::kafka::native::read::Timestamp;

use super::{is_as_ever, text};
use crate::support::{Run, fresh, run, service};

const CREATED: Timestamp = Timestamp::Create(1_763_625_600_000);

fn record<'a>(offset: i64, key: Option<&'a [u8]>, value: Option<&'a [u8]>) -> Parts<'a> {
    Parts { topic: "users", partition: 0, offset, timestamp: CREATED, key, headers: Vec::new(), value }
}

/// Each form of key, value, header and time.
fn records() -> [Parts<'static>; 8] {
    let headers: Vec<(&[u8], Option<&[u8]>)> = vec![
        (b"trace", Some(b"1")),
        (b"raw", Some(b"\xff")),
        (b"none", None),
        (b"\xfe", Some(b"")),
        (b"trace", Some(b"2")),
    ];
    [
        Parts { headers, ..record(0, Some(b"ann"), Some(b"{ \"id\":1.50,\"n\":null }")) },
        record(1, None, None),
        record(2, Some(b""), Some(b"")),
        record(3, Some(b"\xff\x00"), Some(b"\xff\x00\xfe")),
        record(4, Some("ü\u{0}\"".as_bytes()), Some(b"null")),
        record(5, Some(b"ann"), Some(b"{\"a\":\n1}")),
        Parts { timestamp: Timestamp::Append(1_763_625_600_001), ..record(6, None, Some(b"{}")) },
        Parts { timestamp: Timestamp::None, ..record(7, None, Some(b"[1]")) },
    ]
}

#[test]
fn envelopes_are_written_as_ever() {
    let mut today = Vec::new();
    for record in records() {
        record.write(&mut today);
        today.push(b'\n');
    }
    is_as_ever("envelopes.ndjson", &String::from_utf8(today).unwrap());
}

#[test]
fn envelopes_are_read_as_ever() {
    let text = text("envelopes.ndjson");
    assert_eq!(text.lines().count(), records().len());
    for (line, record) in text.lines().zip(records()) {
        let opened = Opened::read(line.as_bytes()).unwrap();
        assert_eq!((opened.key.as_deref(), opened.value.as_deref()), (record.key, record.value), "{line}");
        let time = match record.timestamp {
            Timestamp::None => None,
            Timestamp::Create(time) | Timestamp::Append(time) => Some(time),
        };
        assert_eq!((opened.timestamp, opened.partition), (time, Some(0)), "{line}");
        assert_eq!(opened.headers.list().is_some(), !record.headers.is_empty(), "{line}");
    }
}

/// A broker keeps what it is sent: those records whose time is not its own come back as they are in the sample.
#[test]
fn envelopes_go_through_kafka_as_ever() {
    let kafka =
        |name: &str| -> Run { run(name).env("KAFKA_BOOTSTRAP_SERVERS", service("KAFKA_BOOTSTRAP_SERVERS")) };
    let created = |line: &&str| {
        serde_json::from_str::<Value>(line).unwrap()["timestamp_type"].as_str() == Some("CreateTime")
    };
    let sent: String =
        text("envelopes.ndjson").lines().filter(created).map(|line| format!("{line}\n")).collect();
    let topic = fresh("users");
    // Records of that time would be gone by retention at once.
    let forever = ["-c", "retention.ms=-1"];
    kafka("topic-admin").args(["create", &topic, "-p", "1"]).args(forever).go().succeeds();
    kafka("kafka-produce").args(["--topic", &topic, "--envelope"]).stdin(sent.clone()).go().succeeds();
    let ran = kafka("kafka-consume").args([&topic, "--exit-at-end", "--envelope"]).go().succeeds();
    assert_eq!(ran.text().replace(&topic, "users"), sent);
}
