//! topic-admin, as scripts use it.

use serde_json::{Value, json};

use super::{consume, kafka, numbers, produce};
use crate::support::fresh;

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

    // Names that differ by '.' and '_' only are one to Kafka: told before the first is created.
    let (dot, line) = (format!("{third}.x"), format!("{third}_x"));
    admin(&["create", &dot, &line]).fails(2, &[&dot, &line, "cannot both be", "nothing was created"]);
    admin(&["describe", &dot]).fails(2, &["unknown topic"]);
    admin(&["create", &dot, &dot, "-p", "1"]).succeeds();
    admin(&["create", &line]).fails(2, &[&dot, "cannot both be"]);
    assert_eq!(admin(&["delete", &dot, &dot]).succeeds().json().len(), 1);

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
