//! kafka-produce, kafka-consume and topic-admin against a real cluster.

use std::io::{BufRead, BufReader, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use serde_json::{Value, json};

use crate::support::{Ran, Run, finish, fresh, run, service, signal};

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
    let started = Instant::now();
    assert_eq!(sorted(&consume(&topic, &[]).succeeds().text()), ["{\"n\":1}", "{\"n\":2}"]);
    assert_eq!(consume(&topic, &["--partition", "1"]).succeeds().text(), "");
    assert_eq!(consume(&topic, &["--partition", "2"]).succeeds().text(), "");
    assert_eq!(
        consume(&topic, &["--partition", "0", "--from", "4"]).succeeds().text(),
        "",
        "the marker itself"
    );
    assert_eq!(consume(&topic, &["--from", "end"]).succeeds().text(), "");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());

    // An open transaction is not waited for, nor are records behind its start read.
    producer.begin_transaction().unwrap();
    send(&producer, &topic, 2, Some(b"{\"n\":5}"));
    flush(&producer);
    produce(&topic, &["--partition", "2"], "{\"n\":6}\n").succeeds();
    assert_eq!(consume(&topic, &["--partition", "2"]).succeeds().text(), "");
    producer.commit_transaction(Duration::from_secs(30)).unwrap();
    assert_eq!(consume(&topic, &["--partition", "2"]).succeeds().text(), "{\"n\":5}\n{\"n\":6}\n");
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
    assert!(read(&["--from", "@2101-01-01T00:00:00Z"]).is_empty());
    assert_eq!(read(&["-n", "5"]).len(), 5);
    assert_eq!(read(&["-n", "0"]).len(), 0);
    assert_eq!(read(&["-n", "500"]).len(), 12);
    let ran = kafka("kafka-consume").args([&topic, "-n", "12"]).go().succeeds();
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
        assert!(sent.elapsed() < Duration::from_secs(2), "{:?}", sent.elapsed());
    }
    signal(&child, libc::SIGTERM);
    let stopped = Instant::now();
    assert_eq!(finish(child).signal, Some(libc::SIGTERM));
    assert!(stopped.elapsed() < Duration::from_secs(2), "{:?}", stopped.elapsed());
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
fn kafka_dry_run_sends_nothing() {
    let topic = topic("dry", 1, &[]);
    let ran = produce(&topic, &["--dry-run", "--summary"], numbers(3)).exits(0);
    assert!(ran.stderr.contains("\"would_send\":3"), "{}", ran.stderr);
    produce(&topic, &["--dry-run"], "[]\n").exits(1);
    assert_eq!(consume(&topic, &[]).succeeds().text(), "");
}

#[test]
fn kafka_mistakes_are_told_in_one_line_with_what_to_type() {
    let unknown = fresh("unknown");
    produce(&unknown, &[], "{}\n").fails(2, &["unknown topic", "topic-admin create", "--partitions 4"]);
    consume(&unknown, &[]).fails(2, &["unknown topic", "topic-admin create"]);
    let topic = topic("mistakes", 2, &[]);
    produce(&topic, &["--partition", "2"], "{}\n").fails(2, &["no partition 2", "0 to 1"]);
    consume(&topic, &["--partition", "2"]).fails(2, &["no partition 2"]);
    consume(&topic, &["-X", "no.such=1"]).fails(2, &["no.such"]);
    consume(&topic, &["-X", "isolation.level=read_uncommitted"]).fails(2, &["isolation.level"]);
    let ran = consume(&topic, &["-X", "sasl.password=hunter2"]).fails(2, &["-F"]);
    assert!(!ran.stderr.contains("hunter2"));
    consume("^users", &[]).exits(2);
    run("kafka-consume").arg("t").without("KAFKA_BOOTSTRAP_SERVERS").go().fails(2, &["-b localhost:9092"]);
}

#[test]
fn kafka_that_cannot_be_reached_is_temporary_and_said_in_time() {
    // A port that was just given back: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let broker = format!("127.0.0.1:{port}");
    for command in ["kafka-consume", "kafka-produce", "topic-admin"] {
        let arguments: &[&str] = match command {
            "kafka-consume" => &["t"],
            "kafka-produce" => &["--topic", "t"],
            _ => &["list"],
        };
        let started = Instant::now();
        let words = ["cannot reach Kafka at", &broker, "within 1s", "connection refused"];
        run(command).args(arguments).args(["-b", &broker, "--connect-timeout", "1s"]).go().fails(75, &words);
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }
    // Somebody listens, and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let broker = silent.local_addr().unwrap().to_string();
    let arguments = ["t", "-b", &broker, "--connect-timeout", "1s"];
    run("kafka-consume").args(arguments).go().fails(75, &["cannot reach Kafka", "within 1s"]);
}

#[test]
fn kafka_plain_client_at_a_tls_port_is_told_what_is_wrong() {
    let broker = service("KAFKA_BOOTSTRAP_SERVERS");
    let arguments = ["t", "-b", &broker, "-X", "security.protocol=SSL", "--connect-timeout", "5s"];
    let ran = run("kafka-consume").args(arguments).go();
    assert!(ran.code == Some(2) || ran.code == Some(75), "{ran:?}");
    assert!(ran.stderr.contains("SSL"), "{}", ran.stderr);
}

#[test]
fn topic_admin_can_be_run_again_by_a_script() {
    let (one, two) = (fresh("admin"), fresh("admin"));
    let admin = |arguments: &[&str]| kafka("topic-admin").args(arguments).go();
    let created = admin(&["create", &one, &two, "-p", "3", "-c", "retention.ms=60000"]).succeeds().json();
    assert_eq!(
        created[0],
        json!({"topic": one, "partitions": 3, "replication_factor": 1, "outcome": "created"})
    );
    assert_eq!(created.len(), 2);
    produce(&one, &["--partition", "1"], numbers(4)).succeeds();

    admin(&["create", &one]).fails(4, &["exists", "--if-not-exists"]);
    let again = admin(&["create", &one, "-p", "3", "--if-not-exists"]).succeeds().json();
    assert_eq!(again[0]["outcome"], "exists");
    admin(&["create", &one, "-p", "4", "--if-not-exists"]).fails(4, &["3 partitions, not 4"]);
    let third = fresh("admin");
    let would = admin(&["create", &third, "--dry-run"]).succeeds().json();
    assert_eq!(would[0]["outcome"], "would_create");
    admin(&["create", &third, "--dry-run", "-c", "no.such=1"]).fails(2, &["no.such"]);
    admin(&["create", &third, "-r", "3"]).fails(2, &["replication"]);

    let described = admin(&["describe", &one]).succeeds().json().remove(0);
    assert_eq!(described["configs"], json!({"retention.ms": "60000"}));
    assert_eq!(described["partitions"][1]["high"], 4);
    assert_eq!(described["partitions"][0]["isr"], json!([1]));
    let names: Vec<Value> =
        admin(&["list"]).succeeds().json().iter().map(|line| line["topic"].clone()).collect();
    assert!(names.contains(&json!(one)) && !names.contains(&json!(third)));
    assert!(!names.iter().any(|name| name.as_str().unwrap().starts_with("__")));

    admin(&["delete", &one, &third]).fails(2, &["nothing was deleted"]);
    admin(&["delete", "admin.*"]).exits(2);
    assert_eq!(admin(&["delete", &one, "--dry-run"]).succeeds().json()[0]["outcome"], "would_delete");
    let deleted = admin(&["delete", &one, &third, "--if-exists"]).succeeds().json();
    assert_eq!((&deleted[0]["outcome"], &deleted[1]["outcome"]), (&json!("deleted"), &json!("missing")));
    admin(&["describe", &one]).fails(2, &["unknown topic"]);
    // Gone means gone: the name is free at once.
    assert_eq!(admin(&["create", &one, "-p", "1"]).succeeds().json()[0]["outcome"], "created");
    assert_eq!(consume(&one, &[]).succeeds().text(), "");
}

#[test]
fn kafka_of_the_sandbox_takes_and_gives_records_and_creates_no_topics() {
    let script = "generate-users --results 50 --seed 1 > users.ndjson && \
        kafka-produce --topic users < users.ndjson && \
        kafka-consume users --exit-at-end | sort > back && sort users.ndjson | cmp - back && \
        topic-admin create users --partitions 2 --if-not-exists && topic-admin describe users && \
        ! topic-admin create others 2> error && cat error";
    let dir = crate::support::folder("sandbox-kafka");
    let ran = run("sandbox").args(["--topic", "users:2", "--", "sh", "-c", script]).dir(&dir).go().exits(0);
    let text = ran.text();
    assert!(
        text.contains("\"outcome\":\"exists\"") && text.contains("\"configs\":null"),
        "{text}\n{}",
        ran.stderr
    );
    assert!(text.contains("sluicebox sandbox --topic"), "{text}");
}
