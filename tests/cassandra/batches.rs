//! In a batch: the same rows whatever is repeated, and nothing newer is lost.

use serde_json::{Value, json};

use crate::support::batch::{batch, records, within};
use crate::support::cassandra::Keyspace;
use crate::support::{finish, folder, signal};

fn lines(ids: std::ops::Range<i64>, word: &str) -> String {
    ids.map(|id| format!("{{\"id\":{id},\"word\":\"{word}\"}}\n")).collect()
}

fn table() -> Keyspace {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TABLE KS.t (id int PRIMARY KEY, word text)");
    // The batches of these tests may have rejects.
    keyspace.cql(
        "CREATE TABLE KS.sluicebox_rejects (destination text, \"batch\" text, id text, stage text, reason text, path text, \
         file text, line bigint, topic text, topic_partition int, topic_offset bigint, PRIMARY KEY ((destination, \"batch\"), id))",
    );
    keyspace
}

fn times(keyspace: &Keyspace) -> Vec<Value> {
    let mut rows = keyspace.cql("SELECT JSON id, word, writetime(word) AS at FROM KS.t");
    rows.sort_by_key(|row| row["id"].as_i64());
    rows
}

#[test]
fn a_batch_gives_a_receipt_and_again_it_is_the_same_rows() {
    let keyspace = table();
    let ours = batch(3, 1000, 1002);
    let input = records(&ours, &lines(1..3, "a"));
    for _ in 0..2 {
        let ran = within(keyspace.put("t"), &ours).arg("--summary").stdin(input.clone()).go().exits(0);
        let told: Value = serde_json::from_str(&ran.stderr).unwrap();
        let location = format!("cassandra://sluicebox-tests/{}/t", keyspace.name);
        assert_eq!(
            (&told["location"], &told["result"], &told["rows"]),
            (&json!(location), &json!("stored"), &json!(2))
        );
        assert_eq!(told["range"]["end_offset"], json!(1002), "{told}");
        let row = |id: i64, at: i64| json!({"id": id, "word": "a", "at": at});
        assert_eq!(times(&keyspace), [row(1, 1_000_000), row(2, 1_000_001)]);
    }
}

#[test]
fn a_batch_must_be_whole_and_anything_else_that_is_sealed_is_refused() {
    let keyspace = table();
    let ours = batch(3, 1000, 1002);
    let input = records(&ours, &lines(1..3, "a"));
    let cut = within(keyspace.put("t"), &ours).stdin(input[..input.len() - 20].to_vec()).go();
    cut.fails(1, &["ended without a seal"]);
    within(keyspace.put("t"), &batch(3, 0, 2)).stdin(input.clone()).go().fails(1, &["$BATCH is"]);
    within(keyspace.put("t"), &ours).stdin(lines(1..3, "a")).go().exits(1);
    let sealed = crate::support::sh("generate-users --results 1 --seal").go().exits(0).stdout;
    keyspace.put("t").stdin(sealed).go().fails(2, &["cannot be taken back", "--allow-partial"]);
}

#[test]
fn a_late_write_of_an_older_batch_replaces_nothing() {
    let keyspace = table();
    let (old, new) = (batch(3, 0, 50), batch(3, 50, 100));
    let stopped = within(keyspace.put("t"), &old).env("SLUICEBOX_FAULT", "stop@cassandra.write.before:20");
    let mut zombie = stopped.args(["--concurrency", "1"]).start();
    let mut stdin = zombie.stdin.take().unwrap();
    let input = records(&old, &lines(0..50, "old"));
    let feeder = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, &input));
    let begun = std::time::Instant::now();
    while keyspace.count("t") < 19 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "it writes until it is stopped");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    within(keyspace.put("t"), &new).stdin(records(&new, &lines(0..50, "new"))).go().succeeds();
    signal(&zombie, libc::SIGCONT);
    finish(zombie).succeeds();
    feeder.join().unwrap().unwrap();
    let rows = times(&keyspace);
    assert_eq!(rows.len(), 50);
    assert!(rows.iter().all(|row| row["word"] == "new"), "{rows:?}");
}

#[test]
fn rejects_within_the_allowance_are_kept_in_a_table_once() {
    let keyspace = table();
    keyspace.cql("DROP TABLE KS.sluicebox_rejects");
    let ours = batch(3, 1000, 1003);
    let input = records(&ours, "{\"id\":1,\"word\":\"a\"}\n{\"word\":\"hunter2\"}\n{\"id\":\"hunter2\"}\n");
    let put = || within(keyspace.put("t"), &ours).stdin(input.clone());
    put().go().fails(
        2,
        &[
            "has no table sluicebox_rejects",
            "CREATE TABLE IF NOT EXISTS",
            "PRIMARY KEY ((destination, \"batch\"), id)",
        ],
    );
    let schema = ["--create", "--schema-ddl", "id INT, word STRING", "--primary-key", "id"];
    for _ in 0..2 {
        let told = put().args(schema).arg("--summary").go().exits(0).stderr;
        let told: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
        assert_eq!((&told["rejects_count"], &told["rows"]), (&json!(2), &json!(1)), "{told}");
        let mut kept = keyspace.cql("SELECT JSON * FROM KS.sluicebox_rejects");
        kept.sort_by_key(|row| row["line"].as_i64());
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert_eq!(kept[0]["batch"], json!(ours.name()));
        assert_eq!((&kept[0]["stage"], &kept[0]["path"]), (&json!("cassandra-put"), &json!("id")));
        assert!(!format!("{kept:?}").contains("hunter2"));
    }
}

#[test]
fn more_records_than_versions_are_refused() {
    let keyspace = table();
    let ours = batch(3, 7, 8);
    let run = within(keyspace.put("t"), &ours).stdin(records(&ours, &lines(0..1001, "a")));
    run.go().fails(1, &["more than 1000 records for each offset"]);
    let run = within(keyspace.put("t"), &ours).stdin(records(&ours, &lines(0..1000, "a")));
    run.go().succeeds();
}

#[test]
fn what_the_clock_wrote_stands_against_offsets_and_not_against_the_clock() {
    let keyspace = table();
    keyspace.cql("INSERT INTO KS.t (id, word) VALUES (1, 'clock')");
    let ours = batch(3, 1000, 1001);
    let put = |options: &[&str]| {
        within(keyspace.put("t"), &ours)
            .args(options)
            .stdin(records(&ours, &lines(1..2, "batch")))
            .go()
            .succeeds();
        times(&keyspace)[0]["word"].clone()
    };
    assert_eq!(put(&[]), json!("clock"));
    assert_eq!(put(&["--timestamp", "now"]), json!("batch"));
}

#[test]
fn a_field_can_say_which_of_two_is_the_newer() {
    let keyspace = table();
    let put = |word: &str, at: &str| {
        let line = format!("{{\"id\":1,\"word\":\"{word}\",\"at\":{at}}}");
        keyspace.put("t").args(["--timestamp", "at"]).stdin(line).go().succeeds();
        times(&keyspace)[0].clone()
    };
    put("second", "\"2024-01-02T00:00:02Z\"");
    let row = put("first", "1704153601000");
    assert_eq!(row, json!({"id": 1, "word": "second", "at": 1_704_153_602_000_000i64}));
    let list = folder("rejects").join("list");
    let missing = keyspace.put("t").args(["--timestamp", "at", "--rejects", list.to_str().unwrap()]);
    missing.stdin(r#"{"id":1}"#).go().fails(1, &["at: missing, and it is the write time"]);
}
