//! What is guessed, and that to-parquet takes the sample with it.

use super::*;
use crate::parquet::builders::Builder;
use crate::parquet::builders::tests::Dice;
use crate::schema::{Unknown, ddl};

fn with_record<T>(text: &str, work: impl FnOnce(&Record<'_>) -> T) -> T {
    work(&Record::new(text.as_bytes(), 1))
}

fn learn(options: Options, records: &[&str]) -> Inference {
    let mut inference = Inference::new(options);
    for record in records {
        // Refused records are part of some samples.
        let _ = with_record(record, |record| inference.learn(record));
    }
    inference
}

/// The DDL guessed from values of one field.
fn guess(values: &str) -> String {
    let records: Vec<String> = values.split(' ').map(|value| format!("{{\"v\":{value}}}")).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    match learn(Options { one_line: true, ..Options::default() }, &records).text() {
        Ok(text) => text.trim_end().to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_smallest_type_that_takes_all_values() {
    for (values, expected) in [
        ("1 2", "v INT"),
        ("1 null", "v INT"),
        ("2147483648", "v BIGINT"),
        ("18446744073709551615 1", "v DECIMAL(38,0)"),
        ("18446744073709551616", "v DECIMAL(38,0)"),
        ("1 1.5", "v DOUBLE"),
        ("9007199254740993 1.5", "v DECIMAL(38,1)"),
        ("0.12345678901234567890123", "v DECIMAL(38,23)"),
        ("1e400", "v STRING COMMENT 'numbers in the sample that no number type keeps exactly'"),
        ("-0.0", "v DOUBLE"),
        ("-0.0 1.5 0e0", "v DOUBLE"),
        (
            "-0.0 0.12345678901234567890123",
            "v STRING COMMENT 'numbers in the sample that no number type keeps exactly'",
        ),
        ("1e30 1e-30", "v DOUBLE"),
        ("-0 1", "v DOUBLE"),
        (
            "123456789012345678901234567890123456789",
            "v STRING COMMENT 'numbers in the sample that no number type keeps exactly'",
        ),
        ("1 \"x\"", "v STRING COMMENT 'numbers and strings in the sample'"),
        ("[1,\"x\"]", "v ARRAY<STRING> COMMENT 'numbers and strings in the sample'"),
        ("true false", "v BOOLEAN"),
        ("null", "v STRING COMMENT 'always null in the sample'"),
        ("\"2020-01-01\"", "v DATE"),
        ("\"2020-01-01\" \"x\"", "v STRING"),
        ("\"2020-01-01\" 1", "v STRING COMMENT 'numbers and strings in the sample'"),
        ("\"2020-01-01T00:00:00Z\"", "v TIMESTAMP"),
        ("\"2020-01-01T00:00:00\"", "v TIMESTAMP_NTZ"),
        ("\"2020-01-01T00:00:00\" \"2020-01-01T00:00:00Z\"", "v STRING"),
        ("[] null", "v ARRAY<STRING> COMMENT 'never with an element in the sample'"),
        ("[1] [2.5,null]", "v ARRAY<DOUBLE>"),
        ("{}", "v MAP<STRING, STRING> COMMENT 'always empty in the sample'"),
        ("{} {\"a\":1}", "v STRUCT<a: INT>"),
        (
            "{\"a-b\":[{\"c\":null}]}",
            "v STRUCT<`a-b`: ARRAY<STRUCT<c: STRING COMMENT 'always null in the sample'>>>",
        ),
        ("{} 1", "no schema: v: an object and a number in one field"),
        ("[{\"x\":true},{\"x\":[]}]", "no schema: v[*].x: an array and a boolean in one field"),
        ("true 1", "no schema: v: a boolean and a number in one field"),
        (
            "{\"a\":1,\"A\":1}",
            "no schema: v.A: differs only by case from 'a', and Spark could not tell them apart",
        ),
        ("{\"\":1}", "no schema: v.\"\": a field without a name cannot be a column"),
    ] {
        assert_eq!(guess(values), expected, "{values}");
    }
}

#[test]
fn options_change_the_guess() {
    let sample =
        ["{\"a\":\"2020-01-01\",\"m\":{\"x\":1}}", "{\"a\":\"2020-01-02\",\"m\":{\"y\":2.5},\"b\":1}"];
    let options =
        Options { no_dates: true, not_null: true, one_line: true, maps: HashSet::from(["m".to_owned()]) };
    let text = learn(options, &sample).text().unwrap();
    assert_eq!(text, "a STRING NOT NULL, m MAP<STRING, DOUBLE> NOT NULL, b INT\n");
    assert_eq!(learn(Options::default(), &sample[..1]).text().unwrap(), "a DATE,\nm STRUCT<x: INT>\n");
    let options = Options { maps: HashSet::from(["n".to_owned()]), ..Options::default() };
    assert!(learn(options, &sample).text().unwrap_err().message().contains("--map 'n': no record"));
    assert!(learn(Options::default(), &[]).text().is_err());
    assert!(learn(Options::default(), &["{}"]).text().is_err());
}

#[test]
fn an_object_whose_names_are_data_stops_the_guess_and_says_what_to_do() {
    let mut inference = Inference::new(Options::default());
    let failed = (0..3000).find_map(|id| {
        let record = format!("{{\"by_id\":{{\"u{id}\":1}}}}");
        match with_record(&record, |record| inference.learn(record)) {
            Err(Trouble::Fail(error)) => Some(error.to_string()),
            _ => None,
        }
    });
    assert!(failed.unwrap().contains("--map 'by_id'"));
}

/// A random value, from a pool in which contradictions are few.
fn value(dice: &mut Dice, depth: usize) -> String {
    let scalar = [
        "1",
        "-0",
        "-0.0",
        "1.5",
        "1e400",
        "9007199254740993",
        "18446744073709551615",
        "0.1234567890123456789",
        "1e-400",
        "null",
        "\"x\"",
        "\"\\u00e9\"",
        "\"2020-01-01\"",
        "\"2020-01-01T00:00:00Z\"",
        "\"\\ud83d\"",
        "12e5",
    ];
    match dice.below(if depth > 3 { 4 } else { 8 }) {
        0..=3 => dice.pick(&scalar).to_owned(),
        4 | 5 => {
            let elements: Vec<String> = (0..dice.below(3)).map(|_| value(dice, depth + 1)).collect();
            format!("[{}]", elements.join(","))
        }
        _ => object(dice, depth + 1),
    }
}

fn object(dice: &mut Dice, depth: usize) -> String {
    let member = |dice: &mut Dice| {
        let name = dice.pick(&["a", "b", "c", "d-e", "\\u0061", "é"]);
        format!("\"{name}\":{}", value(dice, depth))
    };
    let members: Vec<String> = (0..dice.below(4)).map(|_| member(dice)).collect();
    format!("{{{}}}", members.join(", "))
}

#[test]
fn to_parquet_takes_every_sample_with_the_schema_that_was_guessed_from_it() {
    let mut dice = Dice(7);
    let (mut schemas, mut records_taken) = (0, 0);
    for round in 0..20_000 {
        let records: Vec<String> = (0..1 + dice.below(4)).map(|_| object(&mut dice, 0)).collect();
        let options = Options { not_null: round % 2 == 0, no_dates: round % 3 == 0, ..Options::default() };
        let mut inference = Inference::new(options);
        let learned = |record: &&String| with_record(record, |record| inference.learn(record).is_ok());
        let good: Vec<&String> = records.iter().filter(learned).collect();
        let Ok(text) = inference.text() else { continue };
        let schema = ddl::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut builder = Builder::new(&schema, Unknown::Reject).unwrap();
        for record in &good {
            let taken = with_record(record, |record| builder.record(record));
            assert_eq!(taken, Ok(()), "{record}\nby {text}");
        }
        builder.take().unwrap();
        schemas += 1;
        records_taken += good.len();
    }
    assert!(schemas > 2_000 && records_taken > 3_000, "{schemas} schemas, {records_taken} records");
}
