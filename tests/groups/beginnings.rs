//! Where a group begins: `init-group`, whole, half, and for partitions that were added.

use std::time::Instant;

use serde_json::{Value, json};
use sluicebox::batch::place::Plan;

use super::{WAIT, admin, field, java, mark, place, site, stands, topic, write};
use crate::support::fresh;

#[test]
fn groups_begin_once_in_all_partitions_of_all_their_topics() {
    let (a, b) = (topic("begin-a", 3, 4), topic("begin-b", 1, 2));
    let group = fresh("begin");
    let init = |more: &str| admin(&format!("init-group {group} --topic {a} --topic {b} {more}"));
    let ran = init("--at latest --dry-run").succeeds();
    assert_eq!(field(&ran, "outcome"), ["would_create"; 4]);
    assert_eq!(stands(&group, &a), []);
    init("--at 3").fails(2, &[&b, "offsets 0 to 2, not 3"]);
    init("--at soon").fails(2, &["soon", "earliest"]);
    assert_eq!(stands(&group, &a), [], "all topics are judged before one is touched");
    let ran = init("--at latest").succeeds();
    assert_eq!(field(&ran, "offset"), [4, 4, 4, 2]);
    assert_eq!(field(&ran, "outcome"), ["created"; 4]);
    write(&a, 1, 1);
    for at in ["--at latest", "--at @2100-01-01T00:00:00Z", "--at earliest --if-not-exists"] {
        let ran = init(at).succeeds();
        assert_eq!(field(&ran, "outcome"), ["exists"; 4], "{at}");
        assert_eq!(field(&ran, "offset"), [4, 4, 4, 2], "{at}");
    }
    init("--at earliest").fails(4, &["has places", "--if-not-exists", &format!("reset {group} --topic {a}")]);
    let ran = admin(&format!("groups {group}")).succeeds();
    assert_eq!(field(&ran, "known"), [3, 3, 3, 1]);
    assert_eq!(field(&ran, "start"), [4, 4, 4, 2]);
    // Once it has gone on, only --if-not-exists is content.
    place(&group, &a, 0, 5, &mark(&site(&a), 4, None));
    init("--at latest").fails(4, &["has places"]);
    assert_eq!(field(&init("--at latest --if-not-exists").succeeds(), "offset"), [5, 4, 4, 2]);
}

#[test]
fn groups_half_begun_are_completed_by_the_same_command_and_by_no_other() {
    let topic = topic("half", 3, 4);
    let group = fresh("half");
    let site = site(&topic);
    place(&group, &topic, 1, 0, &mark(&site, 0, None));
    admin(&format!("init-group {group} --topic {topic} --at latest --dry-run")).succeeds();
    admin(&format!("init-group {group} --topic {topic} --at 2")).fails(4, &[&group]);
    admin(&format!("init-group {group} --topic {topic} --at 9")).fails(4, &[&group]);
    let ran = admin(&format!("init-group {group} --topic {topic} --at earliest --if-not-exists")).succeeds();
    assert_eq!(field(&ran, "outcome"), ["created", "exists", "created"]);
    assert_eq!(stands(&group, &topic), [(0, 0), (1, 0), (2, 0)]);
    // A planned batch is no beginning.
    let planned = fresh("planned");
    let plan = Plan { end: 3, date: "2026-11-20".into(), cmd: "9f86d081884c7d65".into(), then: None };
    place(&planned, &topic, 1, 0, &mark(&site, 0, Some(plan)));
    admin(&format!("init-group {planned} --topic {topic} --at earliest")).fails(4, &["is gone"]);
    let ran = admin(&format!("groups {planned}")).succeeds();
    let line = &ran.json()[0];
    assert_eq!((&line["end"], &line["date"]), (&json!(3), &json!("2026-11-20")));
    assert_eq!(line["cmd"], "9f86d081884c7d65");
}

#[test]
fn groups_take_partitions_that_were_added_for_new() {
    let topic = topic("added", 2, 5);
    let group = fresh("added");
    admin(&format!("init-group {group} --topic {topic} --at latest")).succeeds();
    java("TopicCommand", &format!("--alter --topic {topic} --partitions 4"));
    let started = Instant::now();
    while site(&topic).partitions.len() < 4 {
        assert!(started.elapsed() < WAIT);
    }
    write(&topic, 4, 2);
    let ran = admin(&format!("lag {group}")).succeeds();
    assert_eq!(field(&ran, "lag"), [json!(2), json!(2), json!(2), json!(2), Value::Null]);
    assert_eq!(ran.json()[4]["total"], 8);
    let ran = admin(&format!("init-group {group} --topic {topic} --at latest --if-not-exists")).succeeds();
    assert_eq!(field(&ran, "offset"), [5, 5, 0, 0]);
    admin(&format!("init-group {group} --topic {topic} --at latest")).fails(4, &["has places"]);
    // A reset of one of them leaves the other as new as it was; of all, all are known.
    admin(&format!("reset {group} --topic {topic} --partition 2 --at 1 --yes")).succeeds();
    assert_eq!(field(&admin(&format!("groups {group}")).succeeds(), "known"), [2, 2, 2]);
    admin(&format!("reset {group} --topic {topic} --partition 9 --at 1 --yes")).fails(2, &["no partition 9"]);
    let ran = admin(&format!("reset {group} --topic {topic} --at earliest --yes")).exits(0);
    assert_eq!(field(&admin(&format!("groups {group}")).succeeds(), "known"), [4, 4, 4, 4]);
    // The one that stands at its beginning is not set back.
    let told: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(told.len(), 3, "{}", ran.stderr);
    for (partition, landed) in [(0, 5), (1, 5), (2, 1)] {
        let words =
            format!("{topic}/{partition}: offsets 0 to {landed} may have been landed before, and are stored");
        assert!(told[partition].contains(&words), "{}", ran.stderr);
    }
}
