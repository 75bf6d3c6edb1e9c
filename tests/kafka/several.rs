//! Several topics at once: records that name theirs, and names that match a pattern.

use serde_json::{Value, json};

use super::{consume, kafka, produce, sorted, topic};
use crate::support::{Ran, Run, fresh};

fn route(arguments: &[&str]) -> Run {
    kafka("kafka-produce").args(["--topic-from", "to"]).args(arguments)
}

#[test]
fn kafka_records_go_to_the_topics_that_they_name() {
    let (one, other) = (topic("route-one", 2, &[]), topic("route-other", 3, &[]));
    let line = |n: u32| json!({"to": if n.is_multiple_of(3) { &one } else { &other }, "k": n % 7, "n": n});
    let lines: String = (0..1000).map(|n| format!("{}\n", line(n))).collect();
    let ran = route(&["--key", "k", "--summary"]).stdin(lines.as_str()).go().exits(0);
    let summary: Value = serde_json::from_str(ran.stderr.trim()).unwrap();
    assert!(ran.stderr.contains(&format!("{}", json!({(&*one): 334, (&*other): 666}))), "{summary}");
    for (name, count) in [(&one, 334), (&other, 666)] {
        let found = consume(name, &[]).succeeds().text();
        let sent: String =
            lines.lines().filter(|line| line.contains(&**name)).map(|line| format!("{line}\n")).collect();
        assert_eq!(found.lines().count(), count);
        assert_eq!(sorted(&found), sorted(&sent));
    }
}

#[test]
fn kafka_record_whose_topic_is_missing_strange_or_no_name_is_rejected_and_its_neighbours_are_not() {
    let topic = topic("route-rejects", 1, &[]);
    let strange = fresh("nowhere");
    let lines = format!(
        "{{\"to\":\"{topic}\"}}\n{{\"n\":1}}\n{{\"to\":null}}\n{{\"to\":7}}\n{{\"to\":\"{strange}\"}}\n{{\"to\":\"a b\"}}\n[]\n{{\"to\":\"{topic}\"}}\n"
    );
    let ran = route(&["--max-rejects", "6", "--rejects", "/dev/stdout"]).stdin(lines.as_str()).go().exits(0);
    let told = ran.text();
    assert!(!told.contains(&strange), "a value of a record is never told");
    let reasons = ["it names the topic", "it names the topic", "is a string", "no topic", "no topic"];
    for (line, reason) in told.lines().zip(reasons) {
        assert!(line.contains(reason), "{line}: {reason}");
    }
    assert_eq!(told.lines().count(), 6);
    assert_eq!(consume(&topic, &[]).succeeds().text().lines().count(), 2);
    route(&[]).stdin(lines).go().exits(1);
}

#[test]
fn kafka_envelopes_can_keep_their_topics_and_partitions() {
    let (one, other) = (topic("route-env", 4, &[]), topic("route-env", 2, &[]));
    let envelope = |topic: &str, partition: u32| json!({"topic": topic, "partition": partition, "key": "k", "value": {"a": 1}});
    let lines = format!("{}\n{}\n", envelope(&one, 3), envelope(&other, 1));
    kafka("kafka-produce")
        .args(["--topic-from", "topic", "--envelope", "--keep-partition"])
        .stdin(lines)
        .go()
        .succeeds();
    for (name, partition) in [(&one, 3), (&other, 1)] {
        let found = consume(name, &["--envelope"]).succeeds().json();
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0]["partition"], &found[0]["key"]), (&json!(partition), &json!("k")));
    }
}

#[test]
fn kafka_topic_with_small_batches_among_several_is_refused_with_what_to_type() {
    let small = topic("route-small", 1, &["max.message.bytes=4000"]);
    let line = format!("{{\"to\":\"{small}\"}}\n");
    let ran = route(&[]).stdin(line.as_str()).go().exits(2);
    assert!(ran.stderr.contains("-X batch.size=4000"), "{}", ran.stderr);
    route(&["-X", "batch.size=4000"]).stdin(line).go().succeeds();
}

#[test]
fn kafka_pattern_means_whole_names_and_each_record_tells_its_topic() {
    let stem = fresh("pattern");
    let names = ["a", "b", "b-more"].map(|end| format!("{stem}.{end}"));
    for name in &names {
        kafka("topic-admin").args(["create", name, "-p", "2"]).go().succeeds();
        kafka("kafka-produce").args(["-t", name]).stdin(format!("{{\"in\":\"{name}\"}}\n")).go().succeeds();
    }
    let pattern = format!("{stem}\\.[ab]");
    let found = kafka("kafka-consume")
        .args(["--pattern", &pattern, "--exit-at-end", "--envelope", &names[0]])
        .go()
        .succeeds()
        .json();
    let mut told: Vec<&Value> = found.iter().map(|record| &record["topic"]).collect();
    told.sort_by_key(|name| name.to_string());
    assert_eq!(told, [&json!(names[0]), &json!(names[1])], "named and matched, it is read once");
    assert!(found.iter().all(|record| record["topic"] == record["value"]["in"]));
    let ran = kafka("kafka-consume").args(["--pattern", &format!("{stem}x"), "-e"]).go().exits(2);
    assert!(ran.stderr.contains("no topic matches"), "{}", ran.stderr);
    kafka("kafka-consume").args(["--pattern", "users(", "-e"]).go().exits(2);
}

#[test]
fn kafka_group_begins_in_the_topics_of_a_pattern_and_later_in_those_that_are_new() {
    let (stem, group) = (fresh("pattern-begin"), fresh("pattern-begin"));
    let make = |end: &str| {
        kafka("topic-admin").args(["create", &format!("{stem}.{end}"), "-p", "1"]).go().succeeds()
    };
    ["b", "a", "a-more"].iter().for_each(|end| drop(make(end)));
    let init = |pattern: &str, more: &[&str]| {
        let init =
            kafka("topic-admin").args(["init-group", &group, "--at", "earliest", "--pattern", pattern]);
        init.args(more).go()
    };
    let told = |ran: Ran| -> Vec<(String, String)> {
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().replace(&stem, "");
        ran.succeeds().json().iter().map(|line| (text(line, "topic"), text(line, "outcome"))).collect()
    };
    let each = |outcomes: &[(&str, &str)]| -> Vec<(String, String)> {
        outcomes.iter().map(|(topic, outcome)| (format!(".{topic}"), (*outcome).to_owned())).collect()
    };
    let pattern = format!("{stem}\\.[abc]");
    init(&format!("{stem}x"), &[]).fails(2, &["no topic matches", "topic-admin list"]);
    init("users(", &[]).fails(2, &["--pattern"]);
    let neither = kafka("topic-admin").args(["init-group", &group, "--at", "earliest"]).go();
    neither.fails(2, &["--topic", "--pattern"]);
    let would = each(&[("a", "would_create"), ("b", "would_create")]);
    assert_eq!(told(init(&pattern, &["--dry-run"])), would, "whole names");
    let named = format!("{stem}.a");
    let created = each(&[("a", "created"), ("b", "created")]);
    assert_eq!(told(init(&pattern, &["--topic", &named])), created, "named and matched, it is begun once");
    drop(make("c"));
    let grown = each(&[("a", "exists"), ("b", "exists"), ("c", "created")]);
    assert_eq!(told(init(&pattern, &["--if-not-exists"])), grown);
}

#[test]
fn kafka_group_consumes_the_topics_of_a_pattern_and_each_batch_tells_its_own() {
    let stem = fresh("pattern-group");
    let names = ["x", "y"].map(|end| format!("{stem}.{end}"));
    let group = fresh("pattern-group");
    for name in &names {
        kafka("topic-admin").args(["create", name, "-p", "2"]).go().succeeds();
        kafka("kafka-produce").args(["-t", name]).stdin(super::numbers(50)).go().succeeds();
        kafka("topic-admin").args(["init-group", &group, "--topic", name, "--at", "earliest"]).go().exits(0);
    }
    let dir = crate::support::folder("pattern-group");
    let told = dir.join("told");
    let script = "read -r line; cat > /dev/null; echo $BATCH_TOPIC >> \"$TOLD\"";
    kafka("kafka-consume")
        .args([
            "--pattern",
            &format!("{stem}\\..*"),
            "--group",
            &group,
            "-e",
            "--trust-exit",
            "--",
            "sh",
            "-c",
            script,
        ])
        .env("TOLD", told.to_str().unwrap())
        .go()
        .exits(0);
    let told = std::fs::read_to_string(told).unwrap();
    let told: std::collections::BTreeSet<&str> = told.lines().collect();
    assert_eq!(told, names.iter().map(String::as_str).collect());
}

#[test]
fn kafka_transaction_spans_all_topics_that_its_records_name_but_never_the_one_they_come_from() {
    let (from, one, other) = (topic("span", 1, &[]), topic("span-one", 1, &[]), topic("span-other", 1, &[]));
    let group = fresh("span");
    kafka("topic-admin").args(["init-group", &group, "--topic", &from, "--at", "earliest"]).go().exits(0);
    let copy = || {
        kafka("kafka-consume")
            .args([&*from, "--group", &group, "--transactional", "-e", "--max-attempts", "1"])
            .env("PATH", crate::support::path())
            .args(["--", "kafka-produce", "--topic-from", "to"])
            .go()
    };
    let lines: String = (0..60).map(|n| format!("{{\"to\":\"{}\"}}\n", [&one, &other][n % 2])).collect();
    produce(&from, &[], lines).succeeds();
    copy().exits(0);
    for name in [&one, &other] {
        assert_eq!(consume(name, &[]).succeeds().text().lines().count(), 30);
    }
    produce(&from, &[], format!("{{\"to\":\"{one}\"}}\n{{\"to\":\"{from}\"}}\n")).succeeds();
    let ran = copy().exits(2);
    assert!(ran.stderr.contains("come round"), "{}", ran.stderr);
    assert_eq!(consume(&one, &[]).succeeds().text().lines().count(), 30, "none of it is visible");
}
