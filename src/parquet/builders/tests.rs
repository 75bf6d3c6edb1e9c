//! What fits, what is refused and why, and that a refused record leaves no trace.

use super::*;
use crate::parquet::cells::Members;
use crate::schema::{Unknown, ddl};

/// Offers one record.
fn offer(builder: &mut Builder, record: &str) -> std::result::Result<(), Reject> {
    builder.record(&Record::new(record.as_bytes(), 1))
}

fn builder(schema: &str, unknown: Unknown) -> Builder {
    Builder::new(&ddl::parse(schema).unwrap(), unknown).unwrap()
}

/// All rows of the batch as JSON.
fn rows(builder: &mut Builder) -> Vec<String> {
    let batch = builder.take().unwrap();
    let members = Members::of_batch(&batch, false).unwrap_or_else(|kind| panic!("{kind}"));
    let row = |row| {
        let mut out = Vec::new();
        members.write(row, &mut out).unwrap_or_else(|fault| panic!("{}", fault.why));
        String::from_utf8(out).unwrap()
    };
    (0..batch.num_rows()).map(row).collect()
}

/// The record after a way through the columns, or the reason and the path of its reject.
fn through(schema: &str, record: &str) -> std::result::Result<String, String> {
    let mut builder = builder(schema, Unknown::Reject);
    match offer(&mut builder, record) {
        Ok(()) => Ok(rows(&mut builder).remove(0)),
        Err(reject) => Err(format!("{}: {}", reject.path.unwrap_or_default(), reject.reason)),
    }
}

#[test]
fn every_type_gives_back_what_it_took() {
    for (kind, values) in [
        ("BOOLEAN", "true false"),
        ("TINYINT", "-128 0 127"),
        ("SMALLINT", "-32768 32767"),
        ("INT", "-2147483648 2147483647"),
        ("BIGINT", "-9223372036854775808 9007199254740993 9223372036854775807"),
        ("FLOAT", "0.1 -1.5 3.4028235e+38"),
        ("DOUBLE", "0.1 -0.0 1e+300 5e-324 0.30000000000000004"),
        ("DECIMAL(38,2)", "0.00 -1.50 999999999999999999999999999999999999.99"),
        ("DECIMAL(38,0)", "18446744073709551615 -99999999999999999999999999999999999999"),
        ("STRING", r#""" "\u0000\"\\\n" "é😀""#),
        ("VARCHAR(2)", r#""" "é😀""#),
        ("CHAR(2)", r#""a" "ab""#),
        ("BINARY", r#""" "AA==" "AAECAw==""#),
        ("DATE", r#""0000-01-01" "2020-02-29" "9999-12-31""#),
        (
            "TIMESTAMP",
            r#""2020-01-01T00:00:00.123Z" "1969-12-31T23:59:59.999999Z" "0000-01-01T00:00:00.000Z""#,
        ),
        ("TIMESTAMP_NTZ", r#""2020-01-01T00:00:00.000" "9999-12-31T23:59:59.999999""#),
        ("ARRAY<INT>", "[] [1] [null,2,null]"),
        ("ARRAY<ARRAY<STRING>>", r#"[] [[]] [null,[],["a",null]]"#),
        (
            "STRUCT<x:INT,y:STRUCT<z:STRING>>",
            r#"{"x":null,"y":null} {"x":1,"y":{"z":null}} {"x":1,"y":{"z":"a"}}"#,
        ),
        ("MAP<STRING,INT>", r#"{} {"":null} {"b":1,"a":2}"#),
        ("MAP<BIGINT,ARRAY<STRUCT<x:DATE>>>", r#"{"-1":[{"x":"2020-01-01"}],"0":[null],"1":null}"#),
        ("MAP<DATE,INT>", r#"{"2020-01-01":1}"#),
        ("MAP<BOOLEAN,INT>", r#"{"true":1,"false":2}"#),
        ("MAP<DECIMAL(3,1),INT>", r#"{"1.5":1}"#),
        ("ARRAY<MAP<STRING,STRUCT<x:INT>>>", r#"[{},null,{"k":{"x":1},"l":null}]"#),
    ] {
        for value in values.split(' ').chain(["null"]) {
            let record = format!("{{\"v\":{value}}}");
            assert_eq!(through(&format!("v {kind}"), &record), Ok(record), "{kind}");
        }
    }
}

#[test]
fn spellings_that_are_the_same_value_come_back_canonical() {
    for (kind, value, expected) in [
        ("STRING", "18444", r#""18444""#),
        ("STRING", "-0.10e5", r#""-0.10e5""#),
        ("STRING", r#""\u00e9\ud83d\ude00\/""#, r#""é😀/""#),
        ("VARCHAR(3)", "1.5", r#""1.5""#),
        ("DOUBLE", "3", "3.0"),
        ("DECIMAL(5,2)", "15e-1", "1.50"),
        ("TIMESTAMP", r#""2020-01-01T01:00:00+01:00""#, r#""2020-01-01T00:00:00.000Z""#),
        ("TIMESTAMP_NTZ", r#""2020-01-01 01:00:00""#, r#""2020-01-01T01:00:00.000""#),
        ("DATE", r#""2020\u002d01-01""#, r#""2020-01-01""#),
    ] {
        assert_eq!(
            through(&format!("v {kind}"), &format!("{{\"v\":{value}}}")),
            Ok(format!("{{\"v\":{expected}}}"))
        );
    }
    assert_eq!(through("b INT, a INT", r#" { "\u0061" : 1 , "b" : 2 } "#).as_deref(), Ok(r#"{"b":2,"a":1}"#));
    assert_eq!(through("a INT, b STRUCT<x:INT>", "{}\r").as_deref(), Ok(r#"{"a":null,"b":null}"#));
}

#[test]
fn what_does_not_fit_is_refused_with_path_and_reason() {
    for (schema, record, expected) in [
        (
            "a INT",
            "{\"a\":1.5}",
            "a: not written as an integer, as an integer column would give it back (INT)",
        ),
        ("a TINYINT", "{\"a\":300}", "a: an integer out of the column's range (TINYINT)"),
        ("a INT", "{\"a\":\"1\"}", "a: a string where the schema has INT"),
        ("a DOUBLE", "{\"a\":1e400}", "a: a number too large for the column (DOUBLE)"),
        (
            "a DOUBLE",
            "{\"a\":18446744073709551615}",
            "a: an integer too large to be exact in the column (DOUBLE)",
        ),
        (
            "a DECIMAL(4,2)",
            "{\"a\":1.005}",
            "a: more digits after the point than the DECIMAL has (DECIMAL(4,2))",
        ),
        ("a STRING", "{\"a\":true}", "a: a boolean where the schema has STRING"),
        ("a STRING", "{\"a\":{}}", "a: an object where the schema has STRING"),
        ("a STRING", r#"{"a":"\ud83d"}"#, "a: lone surrogate in a string"),
        ("a VARCHAR(1)", "{\"a\":\"éé\"}", "a: more characters than the column has (VARCHAR(1))"),
        ("a BINARY", "{\"a\":\"A\"}", "a: not base64 text (BINARY)"),
        ("a BINARY", "{\"a\":\"AB==\"}", "a: not base64 text (BINARY)"),
        ("a TIMESTAMP", "{\"a\":1577836800}", "a: a number where the schema has TIMESTAMP"),
        ("a INT NOT NULL", "{}", "a: missing, and the column is NOT NULL"),
        ("a INT NOT NULL", "{\"a\":null}", "a: null in a NOT NULL column"),
        ("a INT", "{\"a\":1,\"a\":2}", "a: two values for one field"),
        ("a INT", "{\"a\":1,\"\\u0061\":1}", "a: two values for one field"),
        ("a INT", "{\"A\":1}", "A: not in the schema, which has a in another case"),
        ("a INT", "{\"b\":1}", "b: not in the schema"),
        (
            "a STRUCT<b:ARRAY<STRUCT<c:INT>>>",
            r#"{"a":{"b":[{},{"c":"x"}]}}"#,
            "a.b[1].c: a string where the schema has INT",
        ),
        ("a STRUCT<b:INT NOT NULL>", r#"{"a":{}}"#, "a.b: missing, and the column is NOT NULL"),
        ("a MAP<STRING,INT>", r#"{"a":{"x":1,"\u0078":2}}"#, "a: two values for one key"),
        ("a MAP<STRING,INT>", r#"{"a":{"secret":"x"}}"#, "a.*: a string where the schema has INT"),
        ("a MAP<INT,INT>", r#"{"a":{"007":1}}"#, "a.*: a key that is no number (INT)"),
        ("a MAP<INT,INT>", r#"{"a":{" 7":1}}"#, "a.*: a key that is no number (INT)"),
        (
            "a MAP<TIMESTAMP,INT>",
            r#"{"a":{"2020-01-01T00:00:00Z":1,"2020-01-01T01:00:00+01:00":1}}"#,
            "a: two values for one key",
        ),
        ("`a.b` INT", "{\"a.b\":\"x\"}", "\"a.b\": a string where the schema has INT"),
        ("a INT", "[1]", ": not a JSON object"),
        ("a INT", "{\"a\":1", ": not valid JSON: the record ends inside a value at byte 6"),
        ("a INT", "{\"a\":1} x", ": not valid JSON: more text after the end of the value at byte 8"),
        ("a INT", "{\"a\":01}", ": not valid JSON: expected ',' or '}' after a member at byte 6"),
    ] {
        assert_eq!(through(schema, record).unwrap_err(), expected, "{schema}: {record}");
    }
}

#[test]
fn a_null_struct_hides_its_not_null_fields() {
    let schema = "a STRUCT<b: INT NOT NULL, c: STRUCT<d: STRING NOT NULL> NOT NULL>";
    let mut builder = builder(schema, Unknown::Reject);
    let records = [r#"{"a":null}"#, r#"{"a":{"b":1,"c":{"d":"x"}}}"#, r#"{"a":null}"#];
    records.iter().for_each(|record| offer(&mut builder, record).unwrap());
    assert_eq!(rows(&mut builder), records);
}

#[test]
fn unknown_fields_are_ignored_or_kept_byte_for_byte() {
    let mut ignoring = builder("a INT, s STRUCT<x:INT>", Unknown::Ignore);
    offer(&mut ignoring, r#"{"z":[1,{"a":2}],"a":1,"s":{"y":"\ud83d","x":2}}"#).unwrap();
    assert!(
        offer(&mut ignoring, r#"{"z":[1,],"a":1}"#).is_err(),
        "what is ignored must be JSON all the same"
    );
    assert_eq!(ignoring.ignored(), 2);
    assert_eq!(rows(&mut ignoring), [r#"{"a":1,"s":{"x":2}}"#]);

    let mut keeping = builder("a INT, s STRUCT<x:INT>", Unknown::Column("rest".to_owned()));
    offer(&mut keeping, r#"{"z" : 1.50,"a":1,"\u0079":{ "q" : "\ud83d" }}"#).unwrap();
    assert!(offer(&mut keeping, r#"{"z":1,"a":"x"}"#).is_err());
    assert!(offer(&mut keeping, r#"{"z":1,"s":{"y":1}}"#).is_err());
    offer(&mut keeping, r#"{"a":2}"#).unwrap();
    let kept = rows(&mut keeping);
    let rest: serde_json::Value = serde_json::from_str(&kept[0]).unwrap();
    assert_eq!(rest["rest"], r#"{"z":1.50,"\u0079":{ "q" : "\ud83d" }}"#);
    assert_eq!(kept[1], r#"{"a":2,"s":null,"rest":null}"#);

    let schema = ddl::parse("rest INT").unwrap();
    assert!(Builder::new(&schema, Unknown::Column("Rest".to_owned())).is_err());
}

/// A small generator of pseudo-random numbers, the same on every run.
pub(in crate::parquet) struct Dice(pub u64);

impl Dice {
    pub(in crate::parquet) fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % sides
    }

    pub(in crate::parquet) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

#[test]
fn a_refused_record_leaves_no_trace_in_any_column() {
    let schema = "a BOOLEAN, b STRING NOT NULL, c ARRAY<STRUCT<x: INT, y: MAP<STRING, ARRAY<STRING>>>>, \
                  d DECIMAL(5,2), e STRUCT<t: TIMESTAMP, u: BINARY, v: VARCHAR(3)>, f DOUBLE";
    let mut dice = Dice(1);
    let (mut mixed, mut clean) =
        (builder(schema, Unknown::Column("z".to_owned())), builder(schema, Unknown::Column("z".to_owned())));
    let (mut refused, mut good) = (0, Vec::new());
    for _ in 0..20_000 {
        let members = [
            ("a", dice.pick(&["true", "false", "null", "true", "1"])),
            ("b", dice.pick(&["\"x\"", "12", "\"longer text\"", "\"\\n\"", "null"])),
            (
                "c",
                dice.pick(&[
                    "[]",
                    "null",
                    r#"[{"x":1,"y":{"k":["a",null],"l":[]}},null]"#,
                    r#"[{"y":{"k":["a",{}]}}]"#,
                ]),
            ),
            ("d", dice.pick(&["1.5", "0", "null", "1.234"])),
            (
                "e",
                dice.pick(&[
                    "null",
                    r#"{"v":"abc","u":"AA=="}"#,
                    r#"{"t":"2020-01-01T00:00:00Z","v":"abcd"}"#,
                ]),
            ),
            ("f", dice.pick(&["1.5", "2", "null", "1e999", "1.5,"])),
            ("q", dice.pick(&["1.0", "{}", "\"\\ud83d\""])),
        ];
        let from = dice.below(members.len());
        let text: Vec<String> = (0..dice.below(8))
            .map(|step| members[(from + step) % members.len()])
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        let record = format!("{{{}}}", text.join(","));
        match offer(&mut mixed, &record) {
            Ok(()) => good.push(record),
            Err(_) => refused += 1,
        }
    }
    good.iter().for_each(|record| offer(&mut clean, record).unwrap());
    assert!(refused > 1000 && good.len() > 1000, "{refused} refused, {} good", good.len());
    assert_eq!(mixed.take().unwrap(), clean.take().unwrap());
}

#[test]
fn batches_are_cut_by_values_too_so_that_empty_records_cannot_fill_memory() {
    let wide: Vec<String> = (0..1000).map(|column| format!("c{column} INT")).collect();
    let mut builder = builder(&wide.join(","), Unknown::Reject);
    let mut records = 0;
    while !builder.is_full() {
        offer(&mut builder, "{}").unwrap();
        records += 1;
    }
    assert!(records <= BATCH_VALUES / 1000 + 1, "{records}");
}
