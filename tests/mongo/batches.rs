//! In a batch: the same documents whatever is repeated, and nothing newer is lost.

use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use sluicebox::batch::Batch;

use crate::support::batch::{batch, records, within};
use crate::support::mongo::Store;
use crate::support::{Ran, finish, signal};

fn lines(ids: std::ops::Range<i64>, word: &str) -> String {
    ids.map(|id| format!("{{\"id\":{id},\"word\":\"{word}\"}}\n")).collect()
}

fn put(store: &Store, batch: &Batch, lines: &str, options: &[&str]) -> Ran {
    let run = store.put("t").args(["--create", "--id", "id", "--summary"]).args(options);
    within(run, batch).stdin(records(batch, lines)).go()
}

fn summary(ran: &Ran) -> Value {
    serde_json::from_str(ran.stderr.lines().last().unwrap()).unwrap()
}

fn words(store: &Store) -> Vec<String> {
    store.all("t").iter().map(|found| found.get_str("word").unwrap().to_owned()).collect()
}

#[test]
fn a_batch_gives_a_receipt_and_again_it_is_the_same_documents() {
    let store = Store::make();
    let ours = batch(3, 1000, 1002);
    let mark = |version: i64| doc! { "topic_id": &ours.range.topic_id, "partition": 3, "version": version };
    let document =
        |id: i32| doc! { "_id": id, "id": id, "word": "a", "_sluicebox": mark(999_999 + i64::from(id)) };
    for _ in 0..2 {
        let told = summary(&put(&store, &ours, &lines(1..3, "a"), &[]).exits(0));
        let location = told["location"].as_str().unwrap();
        assert!(
            location.starts_with("mongodb://127.0.0.1:") && location.ends_with(&format!("/{}/t", store.name)),
            "{told}"
        );
        assert_eq!((&told["result"], &told["documents"]), (&json!("stored"), &json!(2)), "{told}");
        assert_eq!(told["range"]["end_offset"], json!(1002), "{told}");
        assert_eq!(store.all("t"), [document(1), document(2)]);
    }
}

#[test]
fn without_an_id_a_batch_names_its_documents_itself() {
    let store = Store::make();
    let ours = batch(3, 1000, 1002);
    for _ in 0..2 {
        let run =
            within(store.put("t").arg("--create"), &ours).stdin(records(&ours, "{\"a\":1}\n{\"a\":2}\n"));
        run.go().succeeds();
        let ids: Vec<String> =
            store.all("t").iter().map(|found| found.get_str("_id").unwrap().to_owned()).collect();
        assert_eq!(ids, ["000000", "000001"].map(|n| format!("{}-{n}", ours.name())));
    }
}

#[test]
fn a_newer_document_stays_and_is_counted() {
    let store = Store::make();
    put(&store, &batch(3, 100, 200), &lines(0..50, "new"), &[]).exits(0);
    let told = summary(&put(&store, &batch(3, 0, 100), &lines(0..60, "old"), &[]).exits(0));
    assert_eq!((&told["documents"], &told["newer_kept"]), (&json!(10), &json!(50)), "{told}");
    assert_eq!(words(&store), [vec!["new"; 50], vec!["old"; 10]].concat());
}

#[test]
fn of_one_id_twice_in_a_batch_the_last_stays() {
    let store = Store::make();
    let twice = format!("{}{}", lines(0..30, "first"), lines(0..30, "last"));
    put(&store, &batch(3, 0, 100), &twice, &[]).exits(0);
    assert_eq!(words(&store), vec!["last"; 30]);
}

#[test]
fn a_late_write_of_an_older_batch_replaces_nothing() {
    let store = Store::make();
    store.insert("t", doc! { "_id": -1, "word": "elsewhere" });
    let (old, new) = (batch(3, 0, 50), batch(3, 50, 100));
    let stopped =
        store.put("t").args(["--create", "--id", "id"]).env("SLUICEBOX_FAULT", "stop@mongo.bulk.before");
    let mut zombie = within(stopped, &old).start();
    let mut stdin = zombie.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, &records(&old, &lines(0..50, "old"))).unwrap();
    drop(stdin);
    let begun = std::time::Instant::now();
    while !std::fs::read_to_string(format!("/proc/{}/stat", zombie.id())).unwrap().contains(") T ") {
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "it comes to its first bulk");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    put(&store, &new, &lines(0..50, "new"), &[]).exits(0);
    signal(&zombie, libc::SIGCONT);
    finish(zombie).succeeds();
    assert_eq!(words(&store)[1..], vec!["new"; 50]);
}

#[test]
fn documents_from_elsewhere_are_a_conflict_unless_they_are_adopted() {
    for foreign in [
        doc! { "_id": 1, "word": "elsewhere" },
        doc! { "_id": 1, "word": "x", "_sluicebox": { "topic_id": "another", "partition": 3, "version": 1i64 } },
        doc! { "_id": 1, "word": "x", "_sluicebox": { "topic_id": "bQpS2sVYQ7K1nCJ2pkWXgA", "partition": 4, "version": 1i64 } },
    ] {
        let store = Store::make();
        store.insert("t", foreign.clone());
        let ours = batch(3, 100, 200);
        let ran = put(&store, &ours, &lines(0..3, "ours"), &[]).exits(4);
        let last = ran.stderr.lines().next().unwrap();
        assert!(last.contains("from another partition or topic") && last.contains("--adopt"), "{last}");
        assert_eq!(store.all("t")[1], foreign);
        put(&store, &ours, &lines(0..3, "ours"), &["--adopt"]).exits(0);
        assert_eq!(words(&store), ["ours"; 3]);
        let told = summary(&put(&store, &batch(3, 0, 100), &lines(0..3, "old"), &["--adopt"]).exits(0));
        assert_eq!((&told["newer_kept"], words(&store)), (&json!(3), vec!["ours".to_owned(); 3]));
    }
}

#[test]
fn rejects_within_the_allowance_are_kept_in_a_collection_once() {
    let store = Store::make();
    let ours = batch(3, 1000, 1003);
    let input = "{\"id\":1,\"word\":\"a\"}\n{\"word\":\"hunter2\"}\n{\"id\":[\"hunter2\"]}\n";
    store.insert("t", doc! { "_id": 0, "word": "x" });
    let run = within(store.put("t").args(["--id", "id"]), &ours).stdin(records(&ours, input));
    run.go().fails(2, &["has no collection sluicebox_rejects", "rejects are allowed"]);
    for _ in 0..2 {
        let told = summary(&put(&store, &ours, input, &[]).exits(0));
        assert_eq!((&told["rejects_count"], &told["documents"]), (&json!(2), &json!(1)), "{told}");
        let kept = store.all("sluicebox_rejects");
        assert_eq!(kept.len(), 2);
        let place = |found: &Document| {
            (found.get_str("batch").unwrap().to_owned(), found.get_str("path").unwrap().to_owned())
        };
        assert!(kept.iter().all(|found| place(found) == (ours.name(), "id".to_owned())), "{kept:?}");
        assert!(!format!("{kept:?}").contains("hunter2"));
    }
}

#[test]
fn a_batch_must_be_whole_and_anything_else_that_is_sealed_is_refused() {
    let store = Store::make();
    let ours = batch(3, 1000, 1002);
    let input = records(&ours, &lines(1..3, "a"));
    let cut = within(store.put("t").arg("--create"), &ours).stdin(input[..input.len() - 20].to_vec()).go();
    cut.fails(1, &["ended without a seal"]);
    let sealed = crate::support::sh("generate-users --results 1 --seal").go().exits(0).stdout;
    store.put("t").stdin(sealed).go().fails(2, &["cannot be taken back", "--allow-partial"]);
}
