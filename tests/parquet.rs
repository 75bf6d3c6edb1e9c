//! to-parquet, from-parquet and infer-schema as programs, and what other readers see in the files.
//!
//! The readers are DuckDB, pyarrow and polars, in the Python that `tests/run` names in
//! `SLUICEBOX_TEST_PYTHON`.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{folder, root, run, service, sh};

/// Every type, NOT NULL at all depths, and names that need quoting.
const EVERY_TYPE: &str = "bo BOOLEAN, by TINYINT, sh SMALLINT, i INT NOT NULL, l BIGINT, f FLOAT, d DOUBLE, \
    dec DECIMAL(38,2), small DECIMAL(5,2), medium DECIMAL(15,3), s STRING, v VARCHAR(5), c CHAR(5), bin BINARY, \
    da DATE, ts TIMESTAMP, ntz TIMESTAMP_NTZ, a ARRAY<INT>, aa ARRAY<ARRAY<STRING>>, \
    st STRUCT<x: INT NOT NULL, y: STRUCT<z: STRING>>, m MAP<STRING, INT>, mi MAP<INT, ARRAY<STRUCT<q: DATE>>>, \
    `größe-1` STRING";

const EVERY_VALUE: [&str; 5] = [
    r#"{"bo":true,"by":-128,"sh":32767,"i":1,"l":9007199254740993,"f":0.5,"d":0.1,"dec":999999999999999999999999999999999999.99,"small":-0.01,"medium":123456789012.345,"s":"é😀\u0000\"","v":"abcde","c":"a","bin":"AAECAw==","da":"2020-02-29","ts":"1990-12-15T04:45:05.568Z","ntz":"2020-01-01T00:00:00.000","a":[1,null,3],"aa":[["x",null],[],null],"st":{"x":1,"y":{"z":"deep"}},"m":{"k":1,"n":null},"mi":{"-1":[{"q":"1969-12-31"},null],"0":[]},"größe-1":"groß"}"#,
    r#"{"bo":null,"by":null,"sh":null,"i":2,"l":null,"f":null,"d":null,"dec":null,"small":null,"medium":null,"s":null,"v":null,"c":null,"bin":null,"da":null,"ts":null,"ntz":null,"a":null,"aa":null,"st":null,"m":null,"mi":null,"größe-1":null}"#,
    r#"{"bo":false,"by":127,"sh":-1,"i":3,"l":-9223372036854775808,"f":-0.0,"d":1e+300,"dec":0.00,"small":999.99,"medium":0.000,"s":"","v":"","c":"","bin":"","da":"9999-12-31","ts":"0001-01-01T00:00:00.000Z","ntz":"9999-12-31T23:59:59.999999","a":[],"aa":[],"st":{"x":2,"y":null},"m":{},"mi":{},"größe-1":""}"#,
    r#"{"bo":true,"by":0,"sh":0,"i":-2147483648,"l":0,"f":3.4028235e+38,"d":5e-324,"dec":-1.50,"small":0.00,"medium":-0.001,"s":"18444","v":"ééééé","c":"  a  ","bin":"/w==","da":"1600-01-01","ts":"2262-04-12T00:00:00.000001Z","ntz":"1600-01-01T00:00:00.000","a":[null],"aa":[null],"st":{"x":3,"y":{"z":null}},"m":{"":0},"mi":{"2147483647":null},"größe-1":null}"#,
    r#"{"bo":true,"by":1,"sh":1,"i":5,"l":1,"f":1.0,"d":1.0,"dec":1.00,"small":1.00,"medium":1.000,"s":"1","v":"1","c":"1","bin":"AA==","da":"1970-01-01","ts":"1970-01-01T00:00:00.000Z","ntz":"1970-01-01T00:00:00.000","a":[0],"aa":[[""]],"st":{"x":0,"y":{"z":""}},"m":{"a":1,"b":2},"mi":{"1":[{"q":null}]},"größe-1":"x"}"#,
];

fn lines(records: &[&str]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

fn write(schema: &str, records: &str, file: &Path, options: &[&str]) {
    run("to-parquet")
        .args(["--schema-ddl", schema, "-o"])
        .arg(file)
        .args(options)
        .stdin(records)
        .go()
        .succeeds();
}

/// What a Python script prints, as JSON lines; the file's name is its argument.
fn python(script: &str, file: &Path) -> Vec<Value> {
    let out =
        Command::new(service("SLUICEBOX_TEST_PYTHON")).arg("-c").arg(script).arg(file).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A JSON form that all readers and `from-parquet` can be brought to: numbers and times as text.
const CANONICAL: &str = r#"
import sys, json, base64, datetime, decimal
def plain(v, unit=None):
    if v is None or isinstance(v, (bool, str)): return v
    if isinstance(v, int): return str(v)
    if isinstance(v, float): return v.hex()
    if isinstance(v, decimal.Decimal): return format(v, 'f')
    if isinstance(v, bytes): return base64.b64encode(v).decode()
    if isinstance(v, datetime.datetime):
        if v.tzinfo: v = v.astimezone(datetime.timezone.utc)
        return v.strftime('%Y').rjust(4, '0') + v.strftime('-%m-%dT%H:%M:%S.%f') + ('Z' if v.tzinfo else '')
    if isinstance(v, datetime.date): return v.isoformat()
    if isinstance(v, dict): return {str(k): plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)): return [plain(x) for x in v]
    raise TypeError(type(v))
def maps(row, names):
    for n in names:
        if isinstance(row[n], list):
            row[n] = {(p['key'] if isinstance(p, dict) else p[0]): (p['value'] if isinstance(p, dict) else p[1]) for p in row[n]}
    return row
f = sys.argv[1]
def show(rows):
    for row in rows: print(json.dumps(plain(maps(row, [n for n in ('m', 'mi') if n in row]))))
"#;

const PYARROW: &str = "import pyarrow.parquet as pq\nshow(pq.read_table(f).to_pylist())";
const POLARS: &str = "import polars as pl\nshow(pl.read_parquet(f).to_dicts())";
const DUCKDB: &str = "import duckdb\nc = duckdb.connect(); c.execute(\"set timezone='UTC'\")\n\
    z = \"strftime(ts at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') as ts\"\n\
    r = c.execute(f\"select * replace ({z}) from read_parquet('{f}')\"); n = [d[0] for d in r.description]\n\
    show([dict(zip(n, row)) for row in r.fetchall()])";

/// The same form of what `from-parquet` gives, by the types of [`EVERY_TYPE`].
const OURS: &str = r#"
import struct
def number(t): return decimal.Decimal(t)
rows = [json.loads(line, parse_float=decimal.Decimal) for line in open(f)]
for row in rows:
    for n in ('f', 'd'):
        if row[n] is not None:
            text = str(row[n]); x = float(text)
            row[n] = struct.unpack('f', struct.pack('f', x))[0] if n == 'f' else x
    for n in ('ts', 'ntz'):
        if row[n] is not None:
            t = row[n].rstrip('Z'); t = t if len(t) == 26 else t + '000'
            row[n] = t + ('Z' if n == 'ts' else '')
show(rows)
"#;

#[test]
fn every_type_is_read_equal_by_duckdb_pyarrow_and_polars_and_comes_back_byte_for_byte() {
    let dir = folder("parquet-types");
    for version in ["v1", "v2"] {
        let file = dir.join(format!("{version}.parquet"));
        write(EVERY_TYPE, &lines(&EVERY_VALUE), &file, &["--compatibility", version]);
        let back = run("from-parquet").arg(&file).go().succeeds();
        assert_eq!(back.text(), lines(&EVERY_VALUE));
        let json = dir.join("back.ndjson");
        std::fs::write(&json, &back.stdout).unwrap();
        let ours = python(&format!("{CANONICAL}{OURS}"), &json);
        assert_eq!(ours.len(), EVERY_VALUE.len());
        for (name, reader) in [("pyarrow", PYARROW), ("polars", POLARS), ("duckdb", DUCKDB)] {
            let theirs = python(&format!("{CANONICAL}{reader}"), &file);
            for (theirs, ours) in theirs.iter().zip(&ours) {
                for (column, value) in ours.as_object().unwrap() {
                    assert_eq!(&theirs[column], value, "{name}, {version}, column {column}");
                }
            }
            assert_eq!(theirs.len(), ours.len(), "{name}");
        }
    }
}

#[test]
fn users_come_back_equal_under_the_schema_that_was_guessed() {
    let dir = folder("parquet-users");
    let users = root().join("tests/data/users.ndjson");
    let script = format!(
        "infer-schema --not-null -o users.ddl < {users} && to-parquet --schema users.ddl -o users.parquet < {users} && \
         from-parquet users.parquet",
        users = users.display()
    );
    let back = sh(&script).dir(&dir).go().succeeds().json();
    let text = std::fs::read_to_string(&users).unwrap();
    let mut users: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for user in &mut users {
        let postcode = &mut user["location"]["postcode"];
        *postcode = postcode.as_str().map_or_else(|| postcode.to_string(), str::to_owned).into();
    }
    assert!(!users.is_empty());
    assert_eq!(back, users);
}

#[test]
fn no_records_are_a_file_without_rows() {
    let file = folder("parquet-none").join("none.parquet");
    // A blank line: a pipe without a byte would be refused.
    write(EVERY_TYPE, "\n", &file, &[]);
    assert_eq!(run("from-parquet").arg(&file).go().succeeds().text(), "");
    let count = "import duckdb,sys\nprint(duckdb.connect().execute(f\"select count(*) from '{sys.argv[1]}'\").fetchall()[0][0])";
    assert_eq!(python(count, &file), [json!(0)]);
}

#[test]
fn a_file_does_not_depend_on_how_its_records_arrived() {
    let dir = folder("parquet-bytes");
    let users = root().join("tests/data/users.ndjson");
    let script = "for i in $(seq 40); do cat {users}; done > all; infer-schema -o s < all; \
        to-parquet --schema s -o 1 < all; cat all | dd bs=7777 status=none | to-parquet --schema s -o 2; \
        (head -c 100001 all; sleep 0.1; tail -c +100002 all) | to-parquet --schema s > 3; cmp 1 2; cmp 1 3"
        .replace("{users}", &users.display().to_string());
    sh(&script).dir(&dir).go().succeeds();
}

#[test]
fn a_record_that_does_not_fit_stops_the_file_or_is_listed_within_the_allowance() {
    let dir = folder("parquet-rejects");
    let input = "{\"a\":1}\n{\"a\":1.5}\n{\"a\":2,\"b\":\"hidden\"}\n{\"a\":\n{\"a\":3}\n";
    let offer =
        || run("to-parquet").dir(&dir).args(["--schema-ddl", "a INT", "-o", "x.parquet"]).stdin(input);
    let failed = offer().go().fails(1, &["a: not written as an integer"]);
    assert!(!failed.stderr.contains("1.5") && !dir.join("x.parquet").exists());
    let within = offer().args(["--max-rejects", "3", "--rejects", "rejects"]).go().exits(0);
    assert_eq!(within.stderr.lines().count(), 1);
    let rejects = std::fs::read_to_string(dir.join("rejects")).unwrap();
    assert_eq!(rejects.lines().count(), 3);
    assert!(!rejects.contains("hidden"), "{rejects}");
    let back = run("from-parquet").dir(&dir).arg("x.parquet").go().succeeds();
    assert_eq!(back.text(), "{\"a\":1}\n{\"a\":3}\n");
}

#[test]
fn unknown_fields_can_be_kept() {
    let file = folder("parquet-unknown").join("x.parquet");
    write("a INT", "{\"z\": 1.50, \"a\": 1}\n{\"a\":2}\n", &file, &["--unknown", "column=rest"]);
    let back = run("from-parquet").arg("--omit-nulls").arg(&file).go().succeeds();
    assert_eq!(back.text(), "{\"a\":1,\"rest\":\"{\\\"z\\\":1.50}\"}\n{\"a\":2}\n");
}

#[test]
fn parquet_from_stdin_and_single_columns() {
    let dir = folder("parquet-stdin");
    write(EVERY_TYPE, &lines(&EVERY_VALUE[..1]), &dir.join("x"), &[]);
    let back = sh("cat x | from-parquet --columns i,st.y -").dir(&dir).go().succeeds();
    assert_eq!(back.text(), "{\"i\":1,\"st\":{\"y\":{\"z\":\"deep\"}}}\n");
    run("from-parquet")
        .dir(&dir)
        .args(["--columns", "nope", "x"])
        .go()
        .fails(2, &["no column 'nope'", "--columns bo,by"]);
}

#[test]
fn files_of_other_writers_are_read_or_refused_with_the_reason() {
    let dir = folder("parquet-foreign");
    let make = r#"
import sys, os, pyarrow as pa, pyarrow.parquet as pq, datetime, decimal
d = sys.argv[1]
t = pa.table({
    'u8': pa.array([255, None], pa.uint8()), 'u64': pa.array([18446744073709551615, 0], pa.uint64()),
    'dict': pa.array(['x', 'y']).dictionary_encode(), 'large': pa.array(['a', 'b'], pa.large_string()),
    'ns': pa.array([1, 1_000_000_001], pa.timestamp('ns', 'UTC')), 'ms': pa.array([1, -1], pa.timestamp('ms')),
    'fixed': pa.array([b'ab', b'cd'], pa.binary(2)), 'time': pa.array([1_500_000, 0], pa.time64('us')),
    'half': pa.array([1.5, None], pa.float16()), 'none': pa.nulls(2),
    'wide': pa.array([decimal.Decimal('1' * 45 + '.50'), None], pa.decimal256(60, 2)),
})
pq.write_table(t, d + '/good.parquet')
pq.write_table(pa.table({'t': pa.array([datetime.datetime(1500, 1, 1), None], pa.timestamp('us'))}), d + '/int96.parquet', use_deprecated_int96_timestamps=True)
pq.write_table(pa.table({'x': [1.0, float('nan'), 2.0]}), d + '/nan.parquet')
"#;
    python(make, &dir);
    let good = run("from-parquet").dir(&dir).arg("good.parquet").go().succeeds();
    let wide = format!("{}.50", "1".repeat(45));
    let first = format!(
        "{{\"u8\":255,\"u64\":18446744073709551615,\"dict\":\"x\",\"large\":\"a\",\"ns\":\"1970-01-01T00:00:00.000000001Z\",\
         \"ms\":\"1970-01-01T00:00:00.001\",\"fixed\":\"YWI=\",\"time\":\"00:00:01.500\",\"half\":1.5,\"none\":null,\
         \"wide\":{wide}}}"
    );
    assert_eq!(good.text().lines().next(), Some(&*first));
    let old = run("from-parquet").dir(&dir).arg("int96.parquet").go().succeeds();
    assert_eq!(old.text(), "{\"t\":\"1500-01-01T00:00:00.000Z\"}\n{\"t\":null}\n");
    run("from-parquet").dir(&dir).arg("nan.parquet").go().fails(1, &["NaN", "x"]);
    let allowed = run("from-parquet").dir(&dir).args(["--max-rejects", "1", "nan.parquet"]).go().exits(0);
    assert_eq!(allowed.text(), "{\"x\":1.0}\n{\"x\":2.0}\n");
}

#[test]
fn files_of_every_usual_codec_are_read_and_others_are_named() {
    let dir = folder("parquet-codecs");
    let make = r#"
import sys, pyarrow as pa, pyarrow.parquet as pq
t = pa.table({'x': list(range(1000)), 's': ['text'] * 1000})
for codec in ['gzip', 'lz4', 'brotli', 'snappy', 'zstd', 'none']:
    pq.write_table(t, sys.argv[1] + '/' + codec, compression=codec)
"#;
    python(make, &dir);
    let plain = run("from-parquet").dir(&dir).arg("none").go().succeeds().stdout;
    for codec in ["gzip", "lz4", "snappy", "zstd"] {
        assert!(run("from-parquet").dir(&dir).arg(codec).go().succeeds().stdout == plain, "{codec}");
    }
    run("from-parquet")
        .dir(&dir)
        .arg("brotli")
        .go()
        .fails(1, &["compressed with brotli", "COMPRESSION zstd"]);
}

#[test]
fn rejects_of_several_files_name_the_file_and_its_row() {
    let dir = folder("parquet-rows");
    let make = r#"
import sys, pyarrow as pa, pyarrow.parquet as pq
for name in ['a', 'b']:
    pq.write_table(pa.table({'x': [1.0, float('nan')]}), sys.argv[1] + '/' + name)
"#;
    python(make, &dir);
    let read = || run("from-parquet").dir(&dir).args(["a", "b"]);
    read().args(["--max-rejects", "1"]).go().fails(1, &["a: row 2: x: "]);
    read().args(["--max-rejects", "2", "--rejects", "list"]).go().exits(0);
    let list = std::fs::read_to_string(dir.join("list")).unwrap();
    let places: Vec<serde_json::Value> =
        list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&places[0]["file"], &places[0]["line"]), (&"a".into(), &2.into()));
    assert_eq!((&places[1]["file"], &places[1]["line"]), (&"b".into(), &2.into()));
}

#[test]
fn wrong_input_is_one_line_that_says_what_to_do() {
    let dir = folder("parquet-wrong");
    std::fs::write(dir.join("bad.ddl"), "a INT,\nb TEXT").unwrap();
    std::fs::write(dir.join("text"), "{\"a\":1}\n").unwrap();
    let to = |arguments: &[&str]| run("to-parquet").dir(&dir).args(arguments).stdin("{\"a\":1}\n").go();
    to(&["--schema", "bad.ddl", "-o", "x"])
        .fails(2, &["bad.ddl:2:3: expected a type, found 'TEXT'", "STRING"]);
    to(&["--schema", "none.ddl", "-o", "x"]).fails(2, &["cannot read none.ddl", "infer-schema"]);
    to(&["--schema-ddl", "a INT", "-o", "text"]).fails(4, &["text exists already"]);
    to(&["--schema-ddl", "a INT", "--unknown", "column=A", "-o", "x"]).fails(2, &["differ only by case"]);
    to(&["--schema-ddl", "a INT", "--row-group-bytes", "1", "-o", "x"]).fails(2, &["32MiB"]);
    let from = |name: &str| run("from-parquet").dir(&dir).arg(name).go();
    from("text").fails(1, &["text", "Parquet"]);
    from("none").fails(2, &["cannot open none"]);
    from(".").fails(2, &["directory"]);
    run("infer-schema").stdin("").go().fails(1, &["no records"]);
    run("infer-schema").stdin("{\"a\":{}}\n{\"a\":1}\n").go().fails(1, &["a: an object and a number"]);
    assert!(!dir.join("x").exists());
}

#[test]
fn a_dry_run_judges_every_record_and_writes_nothing() {
    let dir = folder("dry");
    let dry = |records: &str| {
        let run = run("to-parquet").args(["--schema-ddl", "a INT", "--dry-run", "-o", "x.parquet"]);
        run.dir(&dir).stdin(records).go()
    };
    assert!(dry("{\"a\":1}\n").succeeds().stdout.is_empty());
    dry("{\"a\":1}\n{\"a\":1.5}\n").fails(1, &["line 2", "a: "]);
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
}
