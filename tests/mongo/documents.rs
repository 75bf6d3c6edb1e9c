//! What becomes of records, outside of batches.

use mongodb::bson::{DateTime, doc};
use serde_json::Value;

use crate::support::mongo::{Store, record};
use crate::support::{folder, run};

#[test]
fn users_come_back_field_by_field() {
    let store = Store::make();
    let users = run("generate-users").args(["--results", "500", "--seed", "bson"]).go().succeeds();
    let ran = store
        .put("users")
        .args(["--create", "--id", "login.uuid", "--summary"])
        .stdin(users.stdout.clone())
        .go()
        .exits(0);
    let told: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!((&told["written"], &told["documents"]), (&500.into(), &500.into()), "{told}");
    let mut expected = users.json();
    expected.sort_by_key(|user| user["login"]["uuid"].as_str().unwrap().to_owned());
    let found = store.all("users");
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.into_iter().zip(expected) {
        assert_eq!(found.get_str("_id").ok(), expected["login"]["uuid"].as_str());
        let mut found = record(&found);
        found.shift_remove("_id");
        assert_eq!(Value::Object(found), expected);
    }
}

#[test]
fn a_schema_says_what_json_cannot() {
    let store = Store::make();
    let schema = "id STRING, at TIMESTAMP, price DECIMAL(10,2), n BIGINT";
    let put = |line: &str| {
        let options = ["--create", "--id", "id", "--schema-ddl", schema];
        store.put("t").args(options).stdin(line).go()
    };
    put(r#"{"id":"a","at":"2024-01-02T03:04:05.678Z","price":12.5,"n":1}"#).succeeds();
    let at = DateTime::from_millis(1_704_164_645_678);
    let price: mongodb::bson::Decimal128 = "12.50".parse().unwrap();
    assert_eq!(store.all("t"), [doc! { "_id": "a", "id": "a", "at": at, "price": price, "n": 1i64 }]);
    put(r#"{"id":"b","at":"2024-01-02T03:04:05.678901Z"}"#)
        .fails(1, &["at: a time finer than a millisecond"]);
    put(r#"{"id":"b","other":1}"#).fails(1, &["other: unknown field"]);
}

#[test]
fn bad_records_are_rejected_with_a_reason_and_the_others_are_stored() {
    let store = Store::make();
    let lines = [
        r#"{"id":1}"#,
        r#"{"no":"hunter2"}"#,
        r#"{"id":2,"$set":"hunter2"}"#,
        r#"{"id":2,"a.b":"hunter2"}"#,
        r#"{"id":2,"n":123456789012345678901234567890}"#,
        r#"{"id":2,"n":1,"n":2}"#,
        r#"{"id":2,"#,
        r#"{"id":3,"_id":4}"#,
        r#"{"id":5}"#,
    ];
    let list = folder("rejects").join("list");
    let options = ["--create", "--id", "id", "--max-rejects", "7", "--rejects", list.to_str().unwrap()];
    let ran = store.put("t").args(options).stdin(lines.join("\n")).go().exits(0);
    let listed = std::fs::read_to_string(&list).unwrap();
    assert!(!ran.stderr.contains("hunter2") && !listed.contains("hunter2"), "{} {listed}", ran.stderr);
    assert_eq!(listed.lines().count(), 7);
    assert_eq!(store.all("t"), [doc! { "_id": 1, "id": 1 }, doc! { "_id": 5, "id": 5 }]);
}

#[test]
fn the_last_of_two_records_with_one_id_stays_and_without_one_each_is_added() {
    let store = Store::make();
    let lines: String = (0..5000).map(|n| format!("{{\"id\":{},\"n\":{n}}}\n", n % 3)).collect();
    for _ in 0..2 {
        store.put("t").args(["--create", "--id", "id"]).stdin(lines.clone()).go().succeeds();
        let found: Vec<i32> = store.all("t").iter().map(|found| found.get_i32("n").unwrap()).collect();
        assert_eq!(found, [4998, 4999, 4997]);
    }
    for times in 1..3 {
        store.put("added").arg("--create").stdin(lines.clone()).go().succeeds();
        assert_eq!(store.all("added").len(), 5000 * times);
    }
}

#[test]
fn documents_of_many_sizes_go_in_bulks_that_the_server_takes() {
    let store = Store::make();
    let mut lines = String::new();
    for (id, size) in [1, 5 << 20, 100, 3 << 20, 3 << 20, 15 << 20, 7].into_iter().enumerate() {
        lines.push_str(&format!("{{\"id\":{id},\"x\":\"{}\"}}\n", "x".repeat(size)));
    }
    store.put("t").args(["--create", "--id", "id"]).stdin(lines).go().succeeds();
    assert_eq!(store.all("t").len(), 7);
}

#[test]
fn a_collection_that_is_not_there_is_told_and_a_dry_run_writes_nothing() {
    let store = Store::make();
    store.put("t").stdin("{}").go().fails(2, &["has no collection t", "--create"]);
    store.put("t").args(["--create", "--dry-run"]).stdin("{}").go().fails(2, &["has no collection t"]);
    store.insert("t", doc! { "_id": 0 });
    let told = store.put("t").args(["--dry-run", "--summary"]).stdin("{}\n{}").go().exits(0).stderr;
    assert!(told.contains("\"would_store\":2"), "{told}");
    store
        .put("t")
        .arg("--dry-run")
        .stdin("{\"_id\":1}")
        .go()
        .fails(1, &["_id: the record has an _id of its own"]);
    assert_eq!(store.all("t").len(), 1);
}

#[test]
fn another_unique_index_refuses_a_document_by_its_line_and_without_its_value() {
    let store = Store::make();
    let index = doc! { "key": { "email": 1 }, "name": "email_1", "unique": true };
    store.command(doc! { "createIndexes": "t", "indexes": [index] });
    let lines = "{\"id\":1,\"email\":\"hunter2\"}\n{\"id\":2,\"email\":\"hunter2\"}\n";
    let ran = store.put("t").args(["--create", "--id", "id"]).stdin(lines).go();
    let ran = ran.fails(1, &["line 2 cannot be stored", "another unique index"]);
    assert!(!ran.stderr.contains("hunter2"));
}
