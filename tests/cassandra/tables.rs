//! Tables that are there, that are not, and that are made.

use serde_json::json;

use crate::support::cassandra::Keyspace;
use crate::support::folder;

#[test]
fn a_table_is_made_of_a_schema_and_a_key() {
    let keyspace = Keyspace::make();
    let schema = folder("schema").join("names.ddl");
    let schema = schema.to_str().unwrap();
    std::fs::write(
        schema,
        "name STRING, email STRING NOT NULL, `Zip` STRING, at TIMESTAMP, tags ARRAY<STRING>",
    )
    .unwrap();
    let line = r#"{"name":"Mr. Ada Lovelace","email":"a@b","Zip":9829,"at":"2024-01-02T03:04:05.678Z","tags":["x"]}"#;
    let put = |options: &[&str]| keyspace.put("random_names").args(options).stdin(line).go();
    let missing = put(&["--schema", schema, "--primary-key", "email"]);
    let statement = format!(
        "CREATE TABLE IF NOT EXISTS {}.random_names (name text, email text, \"Zip\" text, at timestamp, tags list<text>, \
         PRIMARY KEY (email));",
        keyspace.name
    );
    missing.fails(2, &["has no table random_names", &statement]);
    put(&[]).fails(2, &["has no table random_names", "--create --schema"]);
    put(&["--create", "--primary-key", "email"]).fails(2, &["--create needs a schema"]);
    for _ in 0..2 {
        put(&["--create", "--schema", schema, "--primary-key", "email"]).succeeds();
    }
    let row = json!({"name": "Mr. Ada Lovelace", "email": "a@b", "\"Zip\"": "9829", "at": "2024-01-02 03:04:05.678Z", "tags": ["x"]});
    assert_eq!(keyspace.cql("SELECT JSON * FROM KS.random_names"), [row]);
    let other = put(&["--create", "--schema", schema, "--primary-key", "name, email"]);
    other.fails(4, &["exists, with another primary key: email"]);
}

#[test]
fn several_that_make_a_table_at_once_all_write_into_it() {
    let keyspace = Keyspace::make();
    let put = |table: &str, id: usize| {
        let make = ["--create", "--schema-ddl", "id INT, n STRING", "--primary-key", "id"];
        keyspace.put(table).args(make).stdin(format!("{{\"id\":{id},\"n\":\"x\"}}")).go()
    };
    for table in ["first", "second", "third"] {
        let all: Vec<_> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..6).map(|id| scope.spawn(move || put(table, id))).collect();
            started.into_iter().map(|one| one.join().unwrap()).collect()
        });
        all.into_iter().for_each(|ran| drop(ran.exits(0)));
        assert_eq!(keyspace.count(table), 6);
    }
}

#[test]
fn tables_that_no_row_can_be_written_into_are_refused() {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TABLE KS.counts (id int PRIMARY KEY, n counter)");
    keyspace.put("counts").stdin(r#"{"id":1,"n":1}"#).go().fails(2, &["counters"]);
    let elsewhere = keyspace.reach(crate::support::run("cassandra-put")).args(["-k", "no_such", "-t", "t"]);
    elsewhere
        .stdin("{}")
        .go()
        .fails(2, &["no keyspace no_such", "CREATE KEYSPACE no_such", "'replication_factor': 1}"]);
}

#[test]
fn a_dry_run_checks_every_record_and_writes_nothing() {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TABLE KS.t (id int PRIMARY KEY, n int)");
    let put = |line: &str| keyspace.put("t").args(["--dry-run", "--summary"]).stdin(line).go();
    let told = put("{\"id\":1}\n{\"id\":2,\"n\":3}").exits(0).stderr;
    assert!(told.contains("\"would_store\":2"), "{told}");
    put(r#"{"id":1,"n":"x"}"#).exits(1);
    assert_eq!(keyspace.count("t"), 0);
}

#[test]
fn fields_without_a_column_are_left_out_only_when_asked_for_and_counted() {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TABLE KS.t (id int PRIMARY KEY)");
    let line = r#"{"id":1,"x":[1,{"y":2}],"z":null}"#;
    keyspace.put("t").stdin(line).go().fails(1, &["x: unknown field"]);
    let told = keyspace.put("t").args(["--unknown", "ignore", "--summary"]).stdin(line).go().exits(0).stderr;
    assert!(told.contains("\"fields_left_out\":2"), "{told}");
    assert_eq!(keyspace.count("t"), 1);
}
