//! Whole rows: what goes in, what comes out, and what is told of refusals.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use super::{CsvEncoder, Dialect, Format, Options};
use crate::run::exit::Exit;
use crate::schema::{Unknown, ddl};
use crate::stream::{Encoder, Record, Trouble};

/// What the encoder wrote, to be looked at when it is done.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn encoder(schema: &str, unknown: Unknown, options: Options) -> CsvEncoder {
    CsvEncoder::new(&ddl::parse(schema).unwrap(), unknown, options).unwrap()
}

/// The CSV of these records; of refused ones, the path and the reason.
fn encode(mut encoder: CsvEncoder, records: &[&str]) -> (String, Vec<String>) {
    let (out, mut refusals) = (Shared::default(), Vec::new());
    encoder.start(Box::new(out.clone()), None).unwrap();
    for (at, record) in records.iter().enumerate() {
        match encoder.record(&Record::new(record.as_bytes(), at as u64 + 1)) {
            Ok(()) => {}
            Err(Trouble::Reject(reject)) => {
                refusals.push(format!("{}: {}", reject.path.unwrap_or_default(), reject.reason));
            }
            Err(Trouble::Fail(error)) => panic!("{error}"),
        }
    }
    encoder.finish(&[]).unwrap();
    let bytes = out.0.lock().unwrap().clone();
    (String::from_utf8(bytes).unwrap(), refusals)
}

fn rows(schema: &str, options: Options, records: &[&str]) -> String {
    let (text, refusals) = encode(encoder(schema, Unknown::Reject, options), records);
    assert!(refusals.is_empty(), "{refusals:?}");
    text
}

#[test]
fn columns_come_in_the_order_of_the_schema_and_nulls_are_no_empty_texts() {
    let schema = "a INT NOT NULL, b STRING, `c, d` STRING";
    let records = [
        r#"{"a":1,"b":"x","c, d":"y"}"#,
        r#"{"c, d":"z","a":-2}"#,
        r#"{"b":"","a":3,"c, d":null}"#,
        r#"{"b":9829,"\u0061":4}"#,
    ];
    let expected = "a,b,\"c, d\"\n1,x,y\n-2,,z\n3,\"\",\n4,9829,\n";
    assert_eq!(rows(schema, Options::default(), &records), expected);
    let bare = Options { header: false, ..Options::default() };
    assert_eq!(rows(schema, bare, &records[..1]), "1,x,y\n");
    let format = Format { null: "NULL".into(), delimiter: b';', crlf: true, ..Format::default() };
    let other = Options { format, ..Options::default() };
    assert_eq!(rows(schema, other, &records[1..3]), "a;b;c, d\r\n-2;NULL;z\r\n3;\"\";NULL\r\n");
}

#[test]
fn every_type_has_its_text() {
    let schema = "bo BOOLEAN, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(10,2), v VARCHAR(3), bin BINARY, da DATE, \
        ts TIMESTAMP, ntz TIMESTAMP_NTZ";
    let record = r#"{"bo":true,"l":9223372036854775807,"f":0.1,"d":1.0e+05,"m":15e-1,"v":"é,\"","bin":"AAE=","da":"2020-02-29","ts":"2020-01-01T01:00:00.5+01:00","ntz":"2020-01-01 00:00:00.000001"}"#;
    let expected = "true,9223372036854775807,0.1,1.0e+05,1.50,\"é,\"\"\",AAE=,2020-02-29,2020-01-01T00:00:00.500Z,2020-01-01T00:00:00.000001\n";
    let bare = Options { header: false, ..Options::default() };
    assert_eq!(rows(schema, bare, &[record]), expected);
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_no_part_of_a_row() {
    let schema = "a INT NOT NULL, b VARCHAR(2), c DOUBLE, d TIMESTAMP, e BINARY";
    let records = [
        (r#"{"b":"x"}"#, "a: missing, and the column is NOT NULL"),
        (r#"{"a":null}"#, "a: null in a NOT NULL column"),
        (r#"{"a":1.0}"#, "a: not written as an integer"),
        (r#"{"a":"1"}"#, "a: a string where the schema has INT"),
        (r#"{"a":1,"b":"xyz"}"#, "b: more characters than the column has (VARCHAR(2))"),
        (r#"{"a":1,"c":9007199254740993}"#, "c: an integer too large"),
        (r#"{"a":1,"d":"2020-01-01T00:00:00"}"#, "d: a time without a zone"),
        (r#"{"a":1,"e":"?"}"#, "e: not base64 text (BINARY)"),
        (r#"{"a":1,"A":2}"#, "A: not in the schema, which has a in another case"),
        (r#"{"a":1,"x":2}"#, "x: not in the schema"),
        (r#"{"a":1,"a":1}"#, "a: two values for one field"),
        (r#"{"a":1,"b":"\ud800"}"#, "b: lone surrogate in a string"),
        (r#"{"a":1,"b":{"s3cret":1}}"#, "b: an object where the schema has VARCHAR(2)"),
        ("[1]", ": not a JSON object"),
        (r#"{"a":1"#, ": not valid JSON"),
    ];
    let all: Vec<&str> = records.iter().map(|(record, _)| *record).chain([r#"{"a":7}"#]).collect();
    let (text, refusals) = encode(encoder(schema, Unknown::Reject, Options::default()), &all);
    assert_eq!(text, "a,b,c,d,e\n7,,,,\n");
    for ((record, expected), refusal) in records.iter().zip(&refusals) {
        assert!(refusal.starts_with(expected) && !refusal.contains("s3cret"), "{record}: {refusal}");
    }
    assert_eq!(refusals.len(), records.len());
}

#[test]
fn unknown_fields_are_left_out_or_gathered() {
    let record = r#"{"z":"q\"","a":1,"y":[1.50]}"#;
    assert_eq!(encode(encoder("a INT", Unknown::Ignore, Options::default()), &[record]).0, "a\n1\n");
    let gathered = encoder("a INT", Unknown::Column("rest".into()), Options::default());
    let (text, _) = encode(gathered, &[record, r#"{"a":2}"#]);
    assert_eq!(text, "a,rest\n1,\"{\"\"z\"\":\"\"q\\\"\"\"\",\"\"y\"\":[1.50]}\"\n2,\n");
}

#[test]
fn nested_columns_are_refused_or_checked_json_text() {
    let schema = ddl::parse("a INT, s STRUCT<x: INT NOT NULL, m: MAP<INT, STRING>>, l ARRAY<DATE>").unwrap();
    let error = CsvEncoder::new(&schema, Unknown::Reject, Options::default()).err().unwrap();
    assert_eq!(error.exit(), Exit::Usage);
    assert!(error.to_string().contains("column s is nested") && error.to_string().contains("--nested json"));
    let options = Options { header: false, nested: true, ..Options::default() };
    let encoder = CsvEncoder::new(&schema, Unknown::Reject, options).unwrap();
    let records = [
        r#"{"a":1,"s":{ "x":1,"m":{"7":"q"}},"l":["2020-01-01",null]}"#,
        r#"{"s":{"x":"s3cret"}}"#,
        r#"{"s":{}}"#,
        r#"{"s":{"x":1,"y":2}}"#,
        r#"{"s":{"x":1,"m":{"k":"v"}}}"#,
        r#"{"l":["x"]}"#,
        r#"{"l":{}}"#,
    ];
    let (text, refusals) = encode(encoder, &records);
    assert_eq!(text, "1,\"{ \"\"x\"\":1,\"\"m\"\":{\"\"7\"\":\"\"q\"\"}}\",\"[\"\"2020-01-01\"\",null]\"\n");
    let expected = [
        "s.x: a string where the schema has INT",
        "s.x: missing, and the column is NOT NULL",
        "s.y: not in the schema",
        "s.m.*: a key that is no number (INT)",
        "l[0]: not a date as YYYY-MM-DD (DATE)",
        "l: an object where the schema has ARRAY",
    ];
    assert_eq!(refusals, expected);
}

#[test]
fn a_row_of_one_null_is_no_blank_line() {
    let (text, refusals) =
        encode(encoder("a STRING", Unknown::Reject, Options::default()), &[r#"{"a":null}"#, r#"{"a":""}"#]);
    assert_eq!(text, "a\n\"\"\n");
    assert!(refusals[0].contains("blank line"), "{refusals:?}");
    let named = Options { format: Format { null: "NULL".into(), ..Format::default() }, ..Options::default() };
    assert_eq!(rows("a STRING", named, &[r#"{"a":null}"#]), "a\nNULL\n");
}

#[test]
fn the_header_is_there_without_rows_and_checked_before_any_output() {
    assert_eq!(rows("a INT, b INT", Options::default(), &[]), "a,b\n");
    let schema = ddl::parse("`two\nlines` INT").unwrap();
    let spark =
        Options { format: Format { dialect: Dialect::Spark, ..Format::default() }, ..Options::default() };
    let error = CsvEncoder::new(&schema, Unknown::Reject, spark).err().unwrap();
    assert_eq!(error.exit(), Exit::Usage);
}

#[test]
fn defused_cells_are_counted_once_they_are_written() {
    let format = Format { spreadsheet_safe: true, ..Format::default() };
    let mut encoder = encoder("a STRING, b INT", Unknown::Reject, Options { format, ..Options::default() });
    let out = Shared::default();
    encoder.start(Box::new(out.clone()), None).unwrap();
    encoder.record(&Record::new(br#"{"a":"=1","b":-1}"#, 1)).unwrap();
    assert!(encoder.record(&Record::new(br#"{"a":"=1","b":"x"}"#, 2)).is_err());
    assert_eq!(encoder.finish(&[]).unwrap()["defused_cells"], 1);
    assert_eq!(out.0.lock().unwrap().as_slice(), b"a,b\n'=1,-1\n");
}
