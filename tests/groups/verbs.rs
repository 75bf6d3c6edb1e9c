//! The verbs from end to end: what they say to a mistake, and that they do their work in the sandbox.

use serde_json::Value;

use super::{admin, field, kafka, topic};
use crate::support::run;

#[test]
fn groups_mistakes_are_told_by_name() {
    let topic = topic("wrong", 1, 0);
    admin("init-group g --topic no-such-topic --at earliest").fails(2, &["unknown topic no-such-topic"]);
    admin("init-group g --at earliest").fails(2, &["--topic"]);
    admin(&format!("init-group g --topic {topic}")).fails(2, &["--at"]);
    admin(&format!("init-group g --topic {topic} --at -5")).fails(2, &["-5"]);
    admin("groups no-such-group").fails(2, &["unknown group no-such-group", "init-group no-such-group"]);
    admin("lag no-such-group").fails(2, &["unknown group no-such-group"]);
    kafka("topic-admin").args(["lag", ""]).go().fails(2, &["no consumer group"]);
}

#[test]
fn groups_begin_in_the_sandbox_too() {
    let sandbox = |command: &[&str]| run("sandbox").args(["--topic", "a:2", "--"]).args(command).go();
    let script = "topic-admin init-group lake --topic a --at earliest &&
        topic-admin groups lake && topic-admin lag lake && topic-admin reset lake --topic a --at latest --yes";
    let mut outcomes = field(&sandbox(&["sh", "-c", script]).exits(0), "outcome");
    outcomes.retain(|outcome| *outcome != Value::Null);
    assert_eq!(outcomes, ["created", "created", "reset", "reset"]);
    let ran = sandbox(&["topic-admin", "groups"]).exits(2);
    assert!(
        ran.stderr.contains("cannot list") && ran.stderr.contains("topic-admin groups GROUP"),
        "{}",
        ran.stderr
    );
}
