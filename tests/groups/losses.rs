//! Places that are lost, and records that are gone: named, and put back by `commit` and `reset`.

use serde_json::{Value, json};

use super::{admin, field, java, kafka, mark, place, site, stands, topic};
use crate::support::{folder, fresh};

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
    ran.fails(4, &["offsets 0 to 4 are gone", "--at earliest --yes"]);
    admin(&format!("reset {group} --topic {topic} --at 3 --yes")).fails(2, &["4 to 10, not 3"]);
    admin(&format!("reset {group} --topic {topic} --at earliest --yes")).succeeds();
    assert_eq!(stands(&group, &topic), [(0, 4)]);
}
