//! Commits that are not ours to go on from: of other tools, and of another topic of the same name.

use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::{Value, json};
use sluicebox::kafka::places::Site;

use super::{admin, consumer, field, kafka, mark, place, site, stands, topic, write};
use crate::support::fresh;

#[test]
fn groups_take_no_topic_for_another_of_the_same_name() {
    let topic = topic("again", 2, 5);
    let group = fresh("again");
    let old = site(&topic);
    admin(&format!("delete {topic}")).succeeds();
    admin(&format!("create {topic} -p 2")).succeeds();
    write(&topic, 2, 5);
    let new = site(&topic);
    assert_ne!(old.topic_id, new.topic_id);
    (0..2).for_each(|partition| place(&group, &topic, partition, 3, &mark(&old, 0, None)));
    let elsewhere = Site { cluster: "another".into(), ..new.clone() };
    place(&group, &topic, 1, 3, &mark(&elsewhere, 0, None));
    let ran = admin(&format!("groups {group}")).succeeds();
    assert_eq!(field(&ran, "mark"), ["another_topic", "another_cluster"]);
    assert_eq!(
        field(&admin(&format!("lag {group}")).succeeds(), "lag"),
        [Value::Null, Value::Null, Value::Null]
    );
    let ran = admin(&format!("init-group {group} --topic {topic} --at earliest --if-not-exists"));
    ran.fails(4, &[&old.topic_id, &new.topic_id, &format!("reset {group}")]);
    let line = json!({"topic": topic, "topic_id": old.topic_id, "partition": 0, "offset": 3, "start": 0});
    let ran = kafka("topic-admin").args(["commit", &group, "--yes"]).stdin(line.to_string()).go();
    ran.fails(4, &[&old.topic_id, &new.topic_id]);
    let ran = admin(&format!("reset {group} --topic {topic} --at earliest")).exits(2);
    assert_eq!(field(&ran, "outcome"), ["would_reset"; 2]);
    assert_eq!(field(&ran, "from"), [3, 3]);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    assert_eq!(stands(&group, &topic), [(0, 3), (1, 3)]);
    admin(&format!("reset {group} --topic {topic} --at earliest --yes")).succeeds();
    let ran = admin(&format!("init-group {group} --topic {topic} --at earliest")).succeeds();
    assert_eq!(field(&ran, "outcome"), ["exists"; 2]);
}

#[test]
fn groups_of_other_tools_are_seen_and_left_alone() {
    let topic = topic("foreign", 2, 5);
    let group = fresh("foreign");
    let consumer = consumer(&group);
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(&topic, 0, Offset::Offset(2)).unwrap();
    consumer.commit(&list, CommitMode::Sync).unwrap();
    place(&group, &topic, 1, 3, b"\xff\xfe secret");
    let ran = admin(&format!("groups {group}")).succeeds();
    assert_eq!(field(&ran, "mark"), ["foreign", "foreign"]);
    assert!(!ran.text().contains("secret"));
    let ran = admin(&format!("lag {group}")).succeeds();
    assert_eq!(field(&ran, "lag"), [json!(3), json!(2), Value::Null]);
    for at in ["earliest", "earliest --if-not-exists"] {
        let ran = admin(&format!("init-group {group} --topic {topic} --at {at}"));
        ran.fails(4, &["/0, group ", "another tool"]);
    }
    place(&group, &topic, 1, 3, b"{\"sluicebox\":2}");
    assert_eq!(field(&admin(&format!("groups {group}")).succeeds(), "mark"), ["foreign", "later_version"]);
    admin(&format!("reset {group} --topic {topic} --at @1000 --yes")).succeeds();
    assert_eq!(stands(&group, &topic), [(0, 0), (1, 0)]);
    let all = admin("groups").succeeds();
    let here: Vec<Value> = all.json().into_iter().filter(|line| line["group"] == group.as_str()).collect();
    assert_eq!(here.iter().map(|line| line["mark"].clone()).collect::<Vec<_>>(), ["ours", "ours"]);
}
