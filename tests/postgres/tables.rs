//! Schemas against tables, upserts, constraints.

use super::{ddl, numbers};
use crate::support::postgres::Database;

#[test]
fn a_table_that_differs_from_the_schema_is_told_before_anything_is_read() {
    let database = Database::make();
    database.sql(
        "CREATE TABLE t (id bigint NOT NULL, name varchar(10), price numeric(10,2), at timestamptz(3), made int GENERATED ALWAYS AS (1) STORED);
         CREATE VIEW seen AS SELECT * FROM t",
    );
    for (schema, words) in [
        ("id BIGINT, more INT", &["has no column more", "ADD COLUMN"][..]),
        ("id STRING", &["column id is STRING in the schema and bigint in public.t"]),
        ("id BIGINT, price DECIMAL(12,2)", &["numeric(10,2)", "price"]),
        ("id BIGINT, at TIMESTAMP", &["timestamp(3)"]),
        ("id BIGINT, Name STRING", &["the column is called name"]),
        ("id BIGINT, made INT", &["generated"]),
        ("name STRING", &["column id of public.t is NOT NULL"]),
    ] {
        // stdin stays open: nothing is waited for.
        let mut child = database.put(&["-t", "t", "--schema", &ddl(schema)]).start();
        let stdin = child.stdin.take();
        crate::support::finish(child).fails(2, words);
        drop(stdin);
    }
    let put =
        |table: &str| database.put(&["-t", table, "--schema-ddl", "id BIGINT"]).stdin("{\"id\":1}\n").go();
    put("none").fails(2, &["there is no table none", "--create"]);
    put("no.t").fails(2, &["there is no table no.t"]);
    put("seen").fails(2, &["a view"]);
    put("T").fails(2, &["there is no table T", "case"]);
    put("t").succeeds();
}

#[test]
fn the_table_speaks_for_itself_where_there_is_no_schema() {
    let database = Database::make();
    database.sql(
        "CREATE TYPE mood AS ENUM ('good', 'bad');
         CREATE DOMAIN code AS varchar(3) CHECK (VALUE <> 'x');
         CREATE TABLE \"My Table\" (n bigserial PRIMARY KEY, id uuid NOT NULL, m mood, c code, d numeric(12,2), \
            \"W\" timestamp, at timestamptz DEFAULT now(), l text COLLATE \"C\")",
    );
    let id = "0123abcd-4567-89ab-cdef-0123456789ab";
    let lines = format!(
        "{{\"id\":\"{id}\",\"m\":\"good\",\"c\":\"abc\",\"d\":1.5,\"W\":\"2026-11-20 00:00:00\",\"l\":\"ü\"}}\n"
    );
    database.put(&["-t", "My Table"]).stdin(lines).go().succeeds();
    assert_eq!(
        database.sql("SELECT n, id, m, c, d, \"W\", at IS NOT NULL, l FROM \"My Table\""),
        format!("1|{id}|good|abc|1.50|2026-11-20 00:00:00|t|ü")
    );
    for (line, words) in [
        (format!("{{\"id\":\"{id}x\"}}"), ["id", "not a UUID"]),
        (format!("{{\"id\":\"{id}\",\"m\":\"so so\"}}"), ["m", "not one of the values"]),
        (format!("{{\"id\":\"{id}\",\"c\":\"abcd\"}}"), ["c", "VARCHAR(3)"]),
        ("{\"m\":null}".to_owned(), ["id", "NOT NULL"]),
    ] {
        database.put(&["-t", "My Table"]).stdin(line).go().fails(1, &words);
    }
    let refused = format!("{{\"id\":\"{id}\",\"c\":\"x\"}}");
    database.put(&["-t", "My Table"]).stdin(refused).go().fails(1, &["check"]);
    assert_eq!(database.sql("SELECT count(*) FROM \"My Table\""), "1");
    database.sql("CREATE TABLE j (a json)");
    database.put(&["-t", "j"]).stdin("{}").go().fails(2, &["column a of public.j is json", "--schema"]);
}

#[test]
fn an_append_doubles_and_an_upsert_does_not() {
    let database = Database::make();
    let schema = ["--schema-ddl", "k INT, t STRING, v INT", "--create"];
    let put = |options: &[&str], lines: &str| database.put(&[&schema, options].concat()).stdin(lines).go();
    for _ in 0..2 {
        put(&["-t", "log"], "{\"k\":1}\n{\"k\":2}\n").succeeds();
    }
    assert_eq!(database.sql("SELECT count(*) FROM log"), "4");
    let lines =
        "{\"k\":1,\"t\":\"a\",\"v\":1}\n{\"k\":2,\"t\":\"a\",\"v\":2}\n{\"k\":1,\"t\":\"a\",\"v\":3}\n";
    for _ in 0..2 {
        put(&["-t", "state", "--upsert", "k,t"], lines).succeeds();
        assert_eq!(database.sql("SELECT k, v FROM state ORDER BY k"), "1|3\n2|2");
    }
    put(&["-t", "state", "--upsert", "k,t"], "{\"k\":1,\"t\":\"a\"}\n").succeeds();
    assert_eq!(database.sql("SELECT v IS NULL FROM state WHERE k = 1"), "t");
    put(&["-t", "state", "--upsert", "k,t"], "{\"k\":1,\"t\":null}\n").fails(1, &["t", "NOT NULL"]);
    put(&["-t", "state", "--upsert", "k"], "").fails(2, &["no unique index on k", "CREATE UNIQUE INDEX"]);
    put(&["-t", "state", "--upsert", "z"], "").fails(2, &["--upsert z"]);
}

#[test]
fn of_many_rows_of_a_key_the_last_wins_whatever_their_size() {
    let database = Database::make();
    let lines: String = (0..20_000)
        .map(|at| format!("{{\"k\":{},\"v\":{at},\"pad\":\"{}\"}}\n", at % 7, "x".repeat(at * 31 % 3000)))
        .collect();
    let options = ["-t", "t", "--schema-ddl", "k INT, v INT, pad STRING", "--create", "--upsert", "k"];
    database.put(&options).stdin(lines).go().succeeds();
    let expected: Vec<String> =
        (0..7).map(|k| format!("{k}|{}", (0..20_000).filter(|at| at % 7 == k).max().unwrap())).collect();
    assert_eq!(database.sql("SELECT k, v FROM t ORDER BY k"), expected.join("\n"));
}

#[test]
fn a_row_that_fails_a_constraint_takes_all_with_it_and_no_value_is_told() {
    let database = Database::make();
    database.sql(
        "CREATE TABLE other (id int PRIMARY KEY);
         CREATE TABLE t (a bigint UNIQUE CHECK (a <> 666777), o int REFERENCES other);
         CREATE TABLE parts (a bigint) PARTITION BY RANGE (a);
         CREATE TABLE parts_0 PARTITION OF parts FOR VALUES FROM (0) TO (1000);
         CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no %'', NEW.a; END';
         CREATE TABLE watched (a bigint);
         CREATE TRIGGER no BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION no()",
    );
    let put = |table: &str, line: &str| {
        let lines = format!("{}{line}\n", numbers(0, 10));
        database
            .put(&["-t", table, "--schema-ddl", "a BIGINT, o INT", "--unknown", "ignore"])
            .stdin(lines)
            .go()
    };
    for (line, words) in [
        ("{\"a\":9}", ["t_a_key", "--upsert"]),
        ("{\"a\":666777}", ["t_a_check", "check"]),
        ("{\"a\":77,\"o\":666777}", ["t_o_fkey", "foreign key"]),
    ] {
        let ran = put("t", line).fails(1, &words);
        assert!(!ran.stderr.contains("666777"), "{}", ran.stderr);
    }
    assert_eq!(database.sql("SELECT count(*) FROM t"), "0");
    let put = |table: &str, line: &str| {
        database.put(&["-t", table, "--schema-ddl", "a BIGINT"]).stdin(format!("{line}\n")).go()
    };
    put("parts", "{\"a\":5}").succeeds();
    put("parts", "{\"a\":666777}").fails(1, &["no partition"]);
    let ran = put("watched", "{\"a\":666777}").fails(1, &["trigger"]);
    assert!(!ran.stderr.contains("666777"), "{}", ran.stderr);
}

#[test]
fn fields_that_no_column_knows_can_be_kept_byte_for_byte() {
    let database = Database::make();
    let options = ["-t", "t", "--schema-ddl", "a INT", "--unknown", "column=rest", "--create"];
    database.put(&options).stdin("{\"b\": 1.50, \"a\":1,\"c\":\"\\u0000\"}\n{\"a\":2}\n").go().succeeds();
    assert_eq!(database.sql("SELECT rest FROM t ORDER BY a"), "{\"b\":1.50,\"c\":\"\\u0000\"}");
}

#[test]
fn several_that_make_the_same_table_at_once_all_find_it() {
    let database = Database::make();
    std::thread::scope(|scope| {
        for at in 0..6 {
            let put = database.put(&["-t", "t", "--schema-ddl", "a BIGINT", "--create"]);
            scope.spawn(move || put.stdin(numbers(at * 10, at * 10 + 10)).go().succeeds());
        }
    });
    super::holds_once(&database, 60);
}

#[test]
fn a_dry_run_checks_every_record_and_stores_none() {
    let database = Database::make();
    database.sql("CREATE TABLE t (a bigint)");
    let put = |lines: &str| database.put(&["-t", "t", "--dry-run", "--summary"]).stdin(lines).go();
    let ran = put("{\"a\":1}\n").exits(0);
    assert!(
        ran.stderr.contains("the table takes such rows") && ran.stderr.contains("\"would_store\":1"),
        "{}",
        ran.stderr
    );
    put("{\"a\":\"x\"}\n").exits(1);
    assert_eq!(database.sql("SELECT count(*) FROM t"), "0");
    let dry = ["-t", "new", "--schema-ddl", "a INT", "--create", "--dry-run"];
    let ran = database.put(&dry).stdin("{\"a\":1}\n{\"a\":\"x\"}\n").go().exits(1);
    assert!(ran.stderr.contains("line 2: a: "), "{}", ran.stderr);
    assert_eq!(
        database.sql("SELECT to_regclass('new') IS NULL"),
        "t",
        "it was made for the time of the run alone"
    );
}
