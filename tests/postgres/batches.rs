//! The place of a partition: each batch once, whoever tries.

use serde_json::Value;

use super::{holds_once, input, land, prepared};
use crate::support::Ran;
use crate::support::batch::{batch, records};
use crate::support::postgres::Database;

fn database() -> Database {
    let database = Database::make();
    prepared(&database);
    database
}

/// A batch of a group that began at 0.
fn put(database: &Database, first: i64, end: i64) -> Ran {
    let batch = batch(0, first, end);
    land(database, &batch, 0).arg("--summary").stdin(input(&batch)).go()
}

/// What the receipt says: its result, and the end of its range.
#[track_caller]
fn receipt(ran: &Ran) -> (String, i64) {
    let summary: Value = serde_json::from_str(ran.stderr.lines().last().unwrap()).unwrap();
    (summary["result"].as_str().unwrap().to_owned(), summary["range"]["end_offset"].as_i64().unwrap())
}

#[test]
fn batches_of_a_partition_form_one_chain() {
    let database = database();
    assert_eq!(receipt(&put(&database, 0, 10).exits(0)), ("stored".into(), 10));
    assert_eq!(receipt(&put(&database, 10, 15).exits(0)), ("stored".into(), 15));
    // Once more, with the same ends and with others.
    assert_eq!(receipt(&put(&database, 10, 15).exits(0)), ("exists".into(), 15));
    assert_eq!(receipt(&put(&database, 0, 10).exits(0)), ("adopted".into(), 15));
    assert_eq!(receipt(&put(&database, 12, 30).exits(0)), ("adopted".into(), 15));
    assert_eq!(receipt(&put(&database, 15, 20).exits(0)), ("stored".into(), 20));
    holds_once(&database, 20);
    let place = database.sql("SELECT target, topic, \"partition\", consumer_group, start_offset, next_offset FROM sluicebox_offsets");
    assert_eq!(place, "public.t|created_users|0|lake|0|20");
}

#[test]
fn each_partition_and_each_table_has_a_place_of_its_own() {
    let database = database();
    put(&database, 0, 10).exits(0);
    let other = batch(1, 0, 10);
    land(&database, &other, 0).stdin(input(&other)).go().exits(0);
    assert_eq!(database.sql("SELECT count(*) FROM t"), "20");
    let second = batch(0, 0, 10);
    let run = land(&database, &second, 0).args(["-t", "u", "--create"]);
    run.stdin(input(&second)).go().exits(2);
    assert_eq!(database.sql("SELECT count(*) FROM sluicebox_offsets"), "2");
}

#[test]
fn a_hole_and_a_place_that_was_lost_are_conflicts_that_say_the_way_back() {
    let database = database();
    put(&database, 0, 10).exits(0);
    let gap = put(&database, 15, 20).exits(4);
    assert!(gap.stderr.contains("up to offset 10") && gap.stderr.contains("--at 10 --yes"), "{}", gap.stderr);
    // The table is another one, or its row was lost: a chain begins where its group began, and only there.
    database.sql("TRUNCATE sluicebox_offsets");
    let lost = put(&database, 10, 20).exits(4);
    assert!(
        lost.stderr.contains("has no place for created_users/0") && lost.stderr.contains("began at 0"),
        "{}",
        lost.stderr
    );
    let later = batch(0, 10, 20);
    land(&database, &later, 10).stdin(input(&later)).go().exits(0);
    let before = put(&database, 5, 20).exits(4);
    assert!(before.stderr.contains("from offset 10 on"), "{}", before.stderr);
    // Where it began did not arrive.
    let unknown = batch(2, 0, 10);
    let run = land(&database, &unknown, 0).without("BATCH_GROUP_START");
    run.stdin(input(&unknown)).go().fails(2, &["BATCH_GROUP_START", "sudo"]);
    assert_eq!(database.sql("SELECT count(*) FROM t"), "20");
}

#[test]
fn a_batch_needs_its_tables_and_its_seal() {
    let database = Database::make();
    database.sql("CREATE TABLE t (a bigint)");
    let batch = batch(0, 0, 3);
    land(&database, &batch, 0).stdin(input(&batch)).go().fails(2, &["sluicebox_offsets", "--create"]);
    let lines = super::numbers(0, 3);
    let run = land(&database, &batch, 0).arg("--create");
    run.stdin(lines).go().fails(1, &["the input must be the sealed range"]);
    let other = crate::support::batch::batch(1, 0, 3);
    land(&database, &batch, 0).arg("--create").stdin(input(&other)).go().fails(1, &["but $BATCH is"]);
    database.put(&["-t", "t"]).stdin(input(&batch)).go().fails(2, &["$BATCH is not set"]);
    assert_eq!(database.sql("SELECT count(*) FROM t"), "0");
    assert_eq!(database.sql("SELECT count(*) FROM sluicebox_offsets"), "0");
}

#[test]
fn rejects_of_a_batch_are_stored_in_its_transaction_and_one_of_rejects_alone_moves_on() {
    let database = database();
    let first = batch(0, 0, 3);
    let lines = "{\"a\":0}\n{\"a\":\"x\"}\n{\"a\":2}\n";
    let ran = land(&database, &first, 0).arg("--summary").stdin(records(&first, lines)).go().exits(0);
    assert_eq!(receipt(&ran), ("stored".into(), 3));
    let account = database
        .sql("SELECT first_offset, end_offset, reject->>'path', reject->>'line' FROM sluicebox_rejects");
    assert_eq!(account, "0|3|a|2");
    // Again: the account is not stored a second time either.
    land(&database, &first, 0).stdin(records(&first, lines)).go().exits(0);
    let second = batch(0, 3, 5);
    land(&database, &second, 0).stdin(records(&second, "{}\n{}\n")).go().exits(0);
    assert_eq!(database.sql("SELECT count(*), max(end_offset) FROM sluicebox_rejects"), "3|5");
    assert_eq!(database.sql("SELECT next_offset FROM sluicebox_offsets"), "5");
    assert_eq!(database.sql("SELECT count(*) FROM t"), "2");
}

#[test]
fn many_that_have_the_same_batches_store_each_once() {
    let database = database();
    std::thread::scope(|scope| {
        for attempt in 0..5 {
            let database = &database;
            scope.spawn(move || {
                // Each goes on from where its own receipts lead it, with ends of its own.
                let mut at = 0;
                while at < 60 {
                    let end = (at + 7 + attempt).min(60);
                    let ran = put(database, at, end);
                    match ran.code {
                        Some(0) => at = receipt(&ran).1,
                        Some(75) => {}
                        _ => panic!("{ran:?}"),
                    }
                }
            });
        }
    });
    holds_once(&database, 60);
}
