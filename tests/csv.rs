//! to-csv as a program, and what other readers see in its files: DuckDB, pyarrow and Python's own csv, in
//! the Python that `tests/run` names in `SLUICEBOX_TEST_PYTHON`; and PostgreSQL's rules by way of DuckDB.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::batch::{batch, framed, records, within};
use crate::support::lake::Lake;
use crate::support::{LATE, folder, fresh, root, run, service, sh};

const SCHEMA: &str = "id INT NOT NULL, b BOOLEAN, l BIGINT, d DOUBLE, m DECIMAL(20,3), s STRING, da DATE, ts TIMESTAMP, \
    ntz TIMESTAMP_NTZ";

/// Texts that a careless writer or reader bends.
const TEXTS: [&str; 16] = [
    "plain",
    "",
    " ",
    "a,b",
    "\"",
    "\"\"",
    "a\"b,\"c\"",
    "\\",
    "C:\\dir\\",
    "\\\"",
    "two\nlines",
    "cr\r\nlf\r",
    "é😀\u{2028}",
    "NULL",
    "#x",
    "{\"a\":1}",
];

/// Records with each text, and with the extremes of the other types.
fn input() -> String {
    let record = |(at, text): (usize, &&str)| {
        let mut record = json!({"id": at, "s": text});
        if at.is_multiple_of(2) {
            record["b"] = (at % 4 == 0).into();
            record["l"] = i64::MIN.into();
            record["da"] = "1969-12-31".into();
            record["ts"] = "2026-11-20T09:00:00.123456+01:00".into();
            record["ntz"] = "1990-01-01T00:00:00".into();
        }
        let more = if at.is_multiple_of(2) {
            "\"d\":1.0e-5,\"m\":-0.1"
        } else {
            "\"d\":5e-324,\"m\":12345678901234567.891"
        };
        let text = record.to_string();
        format!("{},{more}}}\n", text.strip_suffix('}').unwrap())
    };
    let nulls = "{\"id\":99,\"s\":null}\n".to_owned();
    TEXTS.iter().enumerate().map(record).chain([nulls]).collect()
}

/// What the readers must see, as JSON of texts.
fn expected() -> Vec<Value> {
    let row = |(at, text): (usize, &&str)| {
        let even = at.is_multiple_of(2);
        let when = |text: &str| if even { Value::from(text) } else { Value::Null };
        json!([
            at,
            if even { Value::from(at % 4 == 0) } else { Value::Null },
            if even { Value::from(i64::MIN) } else { Value::Null },
            if even { 1.0e-5 } else { 5e-324 },
            if even { "-0.100" } else { "12345678901234567.891" },
            text,
            when("1969-12-31"),
            when("2026-11-20T08:00:00.123456"),
            when("1990-01-01T00:00:00.000000"),
        ])
    };
    let mut rows: Vec<Value> = TEXTS.iter().enumerate().map(row).collect();
    rows.push(json!([99, null, null, null, null, null, null, null, null]));
    rows
}

/// Prints a row a line, in the form of [`expected`].
const SHOW: &str = r#"
import sys, json, datetime, decimal
def plain(v):
    if isinstance(v, decimal.Decimal): return format(v, 'f')
    if isinstance(v, datetime.datetime): return v.replace(tzinfo=None).isoformat(timespec='microseconds')
    if isinstance(v, datetime.date): return v.isoformat()
    return v
f = sys.argv[1]
def show(rows):
    for row in rows: print(json.dumps([plain(v) for v in row]))
"#;

const DUCKDB: &str = r#"
import duckdb
types = {'id': 'INTEGER', 'b': 'BOOLEAN', 'l': 'BIGINT', 'd': 'DOUBLE', 'm': 'DECIMAL(20,3)', 's': 'VARCHAR', 'da': 'DATE',
         'ts': 'TIMESTAMP', 'ntz': 'TIMESTAMP'}
show(duckdb.execute("select * from read_csv(?, header=true, columns=?, allow_quoted_nulls=false, escape='\"', quote='\"', delim=',')", [f, types]).fetchall())
"#;

const PYARROW: &str = r#"
import pyarrow as pa, pyarrow.csv as csv
types = {'id': pa.int32(), 'b': pa.bool_(), 'l': pa.int64(), 'd': pa.float64(), 'm': pa.decimal128(20, 3), 's': pa.string(),
         'da': pa.date32(), 'ts': pa.timestamp('us', 'UTC'), 'ntz': pa.timestamp('us')}
t = csv.read_csv(f, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=csv.ConvertOptions(
    column_types=types, null_values=[''], strings_can_be_null=True, quoted_strings_can_be_null=False))
show([list(row.values()) for row in t.to_pylist()])
"#;

/// Python's own reader knows texts alone: nulls are empty, and all the rest must be as it was written.
const PYTHON: &str = r#"
import csv
rows = list(csv.reader(open(f, newline='', encoding='utf-8'), strict=True))
assert rows[0] == ['id', 'b', 'l', 'd', 'm', 's', 'da', 'ts', 'ntz']
for row in rows[1:]:
    assert len(row) == 9
    print(json.dumps(row[5]))
"#;

fn python(script: &str, file: &std::path::Path) -> Vec<Value> {
    let script = format!("{SHOW}{script}");
    let out =
        Command::new(service("SLUICEBOX_TEST_PYTHON")).arg("-c").arg(script).arg(file).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_type_and_every_odd_text_is_read_equal_by_duckdb_pyarrow_and_python() {
    let file = folder("csv").join("x.csv");
    run("to-csv").args(["--schema-ddl", SCHEMA, "-o"]).arg(&file).stdin(input()).go().succeeds();
    for (name, reader) in [("duckdb", DUCKDB), ("pyarrow", PYARROW)] {
        let rows = python(reader, &file);
        for (row, expected) in rows.iter().zip(expected()) {
            assert_eq!(*row, expected, "{name}");
        }
        assert_eq!(rows.len(), expected().len(), "{name}");
    }
    let texts: Vec<Value> = TEXTS.iter().map(|text| Value::from(*text)).chain(["".into()]).collect();
    assert_eq!(python(PYTHON, &file), texts);
}

#[test]
fn flat_users_are_read_back_equal() {
    let dir = folder("csv-users");
    let users = root().join("tests/data/users.ndjson");
    let script = format!(
        "map-fields email=email city=location.city zip:string=location.postcode latitude:double=location.coordinates.latitude \
         born=dob.date < {} | tee flat.ndjson | to-csv --schema-ddl 'email STRING NOT NULL, city STRING, zip STRING, \
         latitude DOUBLE, born TIMESTAMP' -o users.csv",
        users.display()
    );
    sh(&script).dir(&dir).go().succeeds();
    let script = "import duckdb\nfor row in duckdb.execute(\"select email, city, zip, latitude, strftime(born, '%Y-%m-%dT%H:%M:%S.%gZ') \
         from read_csv(?, header=true, columns={'email':'VARCHAR','city':'VARCHAR','zip':'VARCHAR','latitude':'DOUBLE','born':'TIMESTAMP'})\", [f]).fetchall(): \
         print(json.dumps(dict(zip(['email', 'city', 'zip', 'latitude', 'born'], row))))";
    let flat = std::fs::read_to_string(dir.join("flat.ndjson")).unwrap();
    let flat: Vec<Value> = flat.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(python(script, &dir.join("users.csv")), flat);
}

#[test]
fn what_is_wrong_is_told_before_anything_is_written() {
    let dir = folder("csv-wrong");
    let to = |arguments: &[&str]| run("to-csv").dir(&dir).args(arguments).stdin("{\"a\":1}\n").go();
    to(&["--schema", "none.ddl", "-o", "x"]).fails(2, &["cannot read none.ddl", "infer-schema"]);
    to(&["--schema-ddl", "a STRUCT<b: INT>", "-o", "x"])
        .fails(2, &["column a is nested", "map-fields", "--nested json"]);
    to(&["--schema-ddl", "a INT", "--delimiter", ".", "-o", "x"]).fails(2, &["'.' is no delimiter"]);
    to(&["--schema-ddl", "a INT", "--null", "a,b", "-o", "x"]).fails(2, &["--null"]);
    to(&["--schema-ddl", "b INT", "-o", "x"]).fails(1, &["line 1: a: not in the schema"]);
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
    let ran = run("to-csv").args(["--schema-ddl", "a INT", "--summary"]).stdin("{\"a\":1}\n").go().exits(0);
    let summary: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!((&summary["rows"], &summary["bytes"]), (&1.into(), &4.into()));
    assert_eq!(ran.text(), "a\n1\n");
}

#[test]
fn a_terminal_gets_rows_and_no_frames() {
    let on_terminal = |script: &str| {
        sh("exec script -qec \"$0\" /dev/null </dev/null").arg(script).go().text().replace("\r\n", "\n")
    };
    let text = on_terminal("printf '{\"a\":1}\\n' | to-csv --schema-ddl 'a INT'");
    assert!(text.ends_with("a\n1\n"), "{text:?}");
    let text = on_terminal("printf '{\"a\":1}\\n' | to-csv --seal --schema-ddl 'a INT'");
    assert!(text.contains("not writing binary output to a terminal"), "{text:?}");
}

#[test]
fn a_batch_lands_as_csv_with_its_header_be_it_without_rows() {
    let lake = Lake::make();
    let put = |name: &str, suffix: &[&str], lines: &str, first: i64, end: i64| {
        let ours = batch(0, first, end);
        let encoded = within(run("to-csv").args(["--schema-ddl", "a INT"]), &ours);
        let stream = match name {
            "csv" => encoded.stdin(records(&ours, lines)).go().succeeds().stdout,
            _ => records(&ours, lines),
        };
        let ran = within(run("s3-put").args(suffix).arg(lake.url("users/")), &ours).stdin(stream).go();
        (ran, format!("users/dt=2026-11-20/{}.csv", ours.name()))
    };
    let csv = ["--suffix", ".csv"];
    let (ran, key) = put("csv", &csv, "{\"a\":1}\n{\"a\":2}\n", 0, 2);
    ran.succeeds();
    assert_eq!(lake.get(&key).unwrap(), b"a\n1\n2\n");
    assert_eq!(lake.metadata(&key)["sluicebox-end-offset"], "2");
    // All were rejected, within the allowance: an object all the same.
    let ours = batch(0, 2, 4);
    let stream = framed(&ours, b"a\n", 2);
    within(run("s3-put").args(csv).arg(lake.url("users/")), &ours).stdin(stream).go().exits(0);
    assert_eq!(lake.get(&key.replace("0.csv", "2.csv")).unwrap(), b"a\n");
    // What the name says is checked.
    put("csv", &[], "{\"a\":1}\n", 4, 5).0.fails(2, &["no Parquet file", "--suffix .csv"]);
    put("records", &csv, "{\"a\":1}\n", 4, 5).0.fails(2, &["records and no CSV", "to-csv"]);
}

#[test]
fn a_topic_lands_as_csv_each_record_once() {
    service("KAFKA_BOOTSTRAP_SERVERS");
    let (dir, lake, topic, group) = (folder("csv-once"), Lake::make(), fresh("csv"), fresh("csv"));
    let land = "set -e
        map-fields uuid=login.uuid name='{name.first} {name.last}' place='{@topic}/{@partition}' |
            to-csv --dialect spark --schema-ddl 'uuid STRING NOT NULL, name STRING, place STRING' |
            s3-put --suffix .csv \"$LAKE\"";
    std::fs::write(dir.join("land.sh"), land).unwrap();
    let script = format!(
        "set -e
        topic-admin create {topic} -p 2 > made
        generate-users --results 3000 --seed csv | tee users.ndjson | kafka-produce --topic {topic}
        map-fields uuid=login.uuid < users.ndjson > sent.ndjson
        topic-admin init-group {group} --topic {topic} --at earliest > begun
        kafka-consume {topic} --group {group} --exit-at-end --batch-records 700 -- sh land.sh
        s3-verify \"$LAKE\" --group {group} > proof"
    );
    let place = lake.url("users/");
    sh(&script).dir(&dir).env("LAKE", &place).go().without(LATE).succeeds();
    let once = root().join("tests/readers/once.py");
    let mut judge = Command::new(service("SLUICEBOX_TEST_PYTHON"));
    let judged = judge.arg(once).args([&place, "sent.ndjson", "uuid"]).current_dir(&dir).output().unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
    let account: Value = serde_json::from_slice(&judged.stdout).unwrap();
    assert_eq!(account["records"], 3000);
    assert!(lake.keys().iter().all(|key| key.ends_with(".csv") || key.ends_with("_sluicebox/condition")));
}
