//! Values: what lands, field by field, and what is rejected instead.

use serde_json::{Value, json};

use super::ddl;
use crate::support::postgres::Database;
use crate::support::{root, run};

const ALL: &str = "id BIGINT, yes BOOLEAN, tiny TINYINT, small SMALLINT, i INT, big BIGINT, f FLOAT, d DOUBLE, \
    n DECIMAL(38,10), s STRING, v VARCHAR(5), b BINARY, day DATE, at TIMESTAMP, wall TIMESTAMP_NTZ, \
    one STRUCT<a: INT, b: STRING>, many ARRAY<BIGINT>, map MAP<STRING, DOUBLE>";

#[test]
fn every_type_lands_as_it_is() {
    let database = Database::make();
    let record = json!({
        "id": 1, "yes": true, "tiny": -128, "small": 32767, "i": -2147483648i64, "big": 9223372036854775807i64,
        "f": 0.1, "d": 1e300, "s": "ü\n\"'\\ ☃ 😀", "v": "abcde", "b": "AAH/",
        "day": "0001-01-01", "at": "1969-12-31T23:59:59.999999Z", "wall": "2026-11-20T01:02:03.5",
        "one": {"a": 7, "b": null}, "many": [1, null, 9007199254740993i64], "map": {"x": 1.5, "": 2}
    });
    let number = "9999999999999999999999999999.0123456789";
    let line = record.to_string().replacen('{', &format!("{{\"n\":{number},"), 1);
    let lines = format!("{line}\n{{\"id\":2}}\n");
    database.put(&["-t", "all", "--create", "--schema", &ddl(ALL)]).stdin(lines).go().succeeds();
    let found = database.sql(
        "SELECT yes, tiny, small, i, big, f, d, n, v, encode(b, 'hex'), day, wall, one->>'a', one ? 'b', many, map \
         FROM \"all\" WHERE id = 1",
    );
    assert_eq!(
        found,
        "t|-128|32767|-2147483648|9223372036854775807|0.1|1e+300|9999999999999999999999999999.0123456789|abcde|0001ff|\
         0001-01-01|2026-11-20 01:02:03.5|7|t|[1, null, 9007199254740993]|{\"\": 2.0, \"x\": 1.5}"
    );
    assert_eq!(
        database.sql("SELECT at AT TIME ZONE 'UTC' FROM \"all\" WHERE id = 1"),
        "1969-12-31 23:59:59.999999"
    );
    assert_eq!(database.sql("SELECT to_json(s) FROM \"all\" WHERE id = 1"), record["s"].to_string());
    assert_eq!(database.sql("SELECT num_nulls(yes, tiny, small, i, big, f, d, n, s, v, b, day, at, wall, one, many, map) FROM \"all\" WHERE id = 2"), "17");
}

/// Times to microseconds, absent as null, so that what is the same compares so.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let present = members.iter().filter(|(_, value)| !value.is_null());
            present.map(|(key, value)| (key.clone(), normal(value))).collect()
        }
        Value::Array(all) => all.iter().map(normal).collect(),
        Value::String(text) => match text.replace(' ', "T").parse::<jiff::Timestamp>() {
            Ok(time) => json!(time.as_microsecond()),
            Err(_) => value.clone(),
        },
        // A number in a STRING column is stored as it is spelled.
        Value::Number(number) => json!(number.to_string().trim_end_matches(".0")),
        other => other.clone(),
    }
}

fn spelled(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), spelled(value))).collect(),
        Value::Array(all) => all.iter().map(spelled).collect(),
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}

#[test]
fn a_thousand_users_are_equal_to_their_source_field_by_field() {
    let database = Database::make();
    let lines = run("generate-users").args(["-n", "1000", "--seed", "pg"]).go().succeeds().text();
    let schema = root().join("examples/users.ddl").display().to_string();
    database.put(&["-t", "users", "--create", "--schema", &schema]).stdin(lines.clone()).go().succeeds();
    let found = database.sql("SELECT row_to_json(users) FROM users ORDER BY login->>'uuid'");
    let mut found: Vec<Value> = found.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut sent: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let key = |user: &Value| user["login"]["uuid"].as_str().unwrap().to_owned();
    found.sort_by_key(key);
    sent.sort_by_key(key);
    assert_eq!(found.len(), 1000);
    for (found, sent) in found.iter().zip(&sent) {
        assert_eq!(spelled(&normal(found)), spelled(&normal(sent)));
    }
}

#[test]
fn what_does_not_fit_is_rejected_with_its_path_and_never_bent() {
    let database = Database::make();
    let schema = ddl(&format!("{ALL}, must STRING NOT NULL"));
    let list = crate::support::folder("rejects").join("list");
    let cases = [
        (r#"{"must":null}"#, "must", "NOT NULL"),
        (r#"{}"#, "must", "NOT NULL"),
        (r#"{"must":"a\u0000b"}"#, "must", "NUL"),
        (r#"{"must":"x","one":{"b":"\u0000"}}"#, "one.b", "NUL"),
        (r#"{"must":"x","tiny":128}"#, "tiny", "TINYINT"),
        (r#"{"must":"x","big":9223372036854775808}"#, "big", "BIGINT"),
        (r#"{"must":"x","d":9007199254740993}"#, "d", "DOUBLE"),
        (r#"{"must":"x","d":"NaN"}"#, "d", "DOUBLE"),
        (r#"{"must":"x","d":NaN}"#, "", "not valid JSON"),
        (r#"{"must":"x","n":0.00000000001}"#, "n", "DECIMAL(38,10)"),
        (r#"{"must":"x","v":"abcdef"}"#, "v", "VARCHAR(5)"),
        (r#"{"must":"x","at":"2026-11-20T00:00:00"}"#, "at", "TIMESTAMP_NTZ"),
        (r#"{"must":"x","at":"2026-11-20T00:00:00.1234567Z"}"#, "at", "microsecond"),
        (r#"{"must":"x","day":"2026-02-30"}"#, "day", "calendar"),
        (r#"{"must":"x","other":1}"#, "other", "not in the schema"),
        (r#"{"must":"x","must":"y"}"#, "must", "two values"),
    ];
    let lines: String = cases.iter().map(|(line, ..)| format!("{line}\n")).collect();
    let options = [
        "-t",
        "t",
        "--create",
        "--schema",
        &schema,
        "--max-rejects",
        "100%",
        "--rejects",
        list.to_str().unwrap(),
    ];
    database.put(&options).stdin(format!("{lines}{{\"must\":\"fits\"}}\n")).go().exits(0);
    assert_eq!(database.sql("SELECT must FROM t"), "fits");
    let told: Vec<Value> = std::fs::read_to_string(&list)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told.len(), cases.len());
    for ((line, path, reason), told) in cases.iter().zip(&told) {
        assert_eq!(told["path"].as_str().unwrap_or(""), *path, "{line}: {told}");
        assert!(told["reason"].as_str().unwrap().contains(reason), "{line}: {told}");
    }
}

#[test]
fn rejects_of_a_sealed_stream_are_stored_with_the_rows_or_not_at_all() {
    let database = Database::make();
    let put = |line: &str, options: &[&str]| {
        let script = format!(
            "printf '%s\\n' '{{\"a\":1}}' '{{\"a\":\"x\"}}' '{line}' | SLUICEBOX_MAX_REJECTS=1 via --seal -- cat | \
             postgres-put -t t --schema-ddl 'a INT' {}",
            options.join(" ")
        );
        database.reach(crate::support::sh(&script)).go()
    };
    put("{\"a\":2}", &["--create"]).exits(0);
    assert_eq!(database.sql("SELECT count(*) FROM t"), "2");
    let account = database
        .sql("SELECT target, reject->>'path', reject->>'stage', topic IS NULL FROM sluicebox_rejects");
    assert_eq!(account, "public.t|a|postgres-put|t");
    put("{\"a\":[]}", &[]).fails(1, &["more than 1 record rejected"]);
    assert_eq!(
        database.sql("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM sluicebox_rejects)"),
        "2|1"
    );
    database.sql("DROP TABLE sluicebox_rejects");
    put("{\"a\":2}", &[]).exits(2);
}
