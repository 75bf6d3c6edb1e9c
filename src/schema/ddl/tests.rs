//! Spellings, errors with their places, and any text at all.

use super::*;

fn canonical(text: &str) -> String {
    parse(text).unwrap_or_else(|e| panic!("{text}: {e}")).to_string()
}

#[test]
fn every_spelling_of_spark_is_one_schema() {
    let expected = "name STRING NOT NULL, location STRUCT<city: STRING NOT NULL COMMENT 'x', postcode: STRING>, \
                    tags ARRAY<STRING>, m MAP<STRING, INT>";
    assert_eq!(canonical(expected), expected);
    for text in [
        "name string not null, location struct<city string NOT NULL comment \"x\", postcode:string>, \
         tags array<string>, m map<string,int>",
        "struct<name: STRING NOT NULL, location: STRUCT<city: STRING COMMENT 'x' NOT NULL, postcode STRING>,
         tags: ARRAY < STRING >, m MAP<STRING , INTEGER> >",
        "-- people\n`name`: String NOT /* really */ NULL,\n location STRUCT<\n  city: STRING NOT NULL COMMENT 'x', \
         -- city\n  postcode STRING\n>, tags ARRAY<STRING>, m MAP<STRING, INT>;\n",
    ] {
        assert_eq!(canonical(text), expected);
    }
}

#[test]
fn every_type_has_its_aliases() {
    for (spellings, expected) in [
        ("BOOLEAN", "BOOLEAN"),
        ("BYTE TINYINT", "TINYINT"),
        ("SHORT SMALLINT", "SMALLINT"),
        ("INT INTEGER", "INT"),
        ("LONG BIGINT", "BIGINT"),
        ("FLOAT REAL", "FLOAT"),
        ("DECIMAL DEC NUMERIC", "DECIMAL(10,0)"),
        ("DECIMAL(5) DEC(5,0)", "DECIMAL(5,0)"),
        ("VARCHAR(3)", "VARCHAR(3)"),
        ("CHAR(3) CHARACTER(3)", "CHAR(3)"),
        ("BINARY", "BINARY"),
        ("DATE", "DATE"),
        ("TIMESTAMP TIMESTAMP_LTZ", "TIMESTAMP"),
        ("TIMESTAMP_NTZ", "TIMESTAMP_NTZ"),
    ] {
        for spelling in spellings.split(' ') {
            assert_eq!(canonical(&format!("a {spelling}")), format!("a {expected}"));
            assert_eq!(canonical(&format!("a {}", spelling.to_lowercase())), format!("a {expected}"));
        }
    }
}

#[test]
fn names_may_be_types_keywords_or_anything_in_backticks() {
    assert_eq!(canonical("date DATE, not INT, comment STRING"), "date DATE, not INT, comment STRING");
    assert_eq!(canonical("struct STRING"), "struct STRING");
    assert_eq!(canonical("`a-b` INT, `x``y` INT"), "`a-b` INT, `x``y` INT");
    assert_eq!(canonical("größe INT, 1st INT"), "`größe` INT, `1st` INT");
    assert_eq!(canonical("a INT COMMENT 'it\\'s\\n'"), "a INT COMMENT 'it\\'s\\n'");
}

#[test]
fn an_error_says_where_and_what_was_expected() {
    for (text, expected) in [
        ("", "1:1: the schema is empty"),
        ("a", "1:2: expected a type, found the end"),
        ("a INT,\n  b STRIN", "2:5: expected a type, found 'STRIN'"),
        ("a INT b INT", "1:7: expected ',' or the end, found 'b'"),
        ("a INT,", "1:7: expected the name of a field, found the end"),
        ("a ARRAY<INT", "1:12: expected '>' to end ARRAY, found the end"),
        ("a STRUCT<>", "1:9: a struct without fields cannot be stored in Parquet"),
        ("a INT, A INT", "1:8: a and A differ only by case: Spark could not tell them apart"),
        ("a INT NOT b", "1:11: expected NULL after NOT, found 'b'"),
        ("a DECIMAL(39)", "1:11: a decimal has 1 to 38 digits, and at most all of them after the point"),
        ("a MAP<ARRAY<INT>, INT>", "1:7: ARRAY<INT> cannot be the key of a map: JSON keys are text"),
        ("a VARCHAR", "1:10: expected the length of VARCHAR in parentheses, found the end"),
        ("a VARIANT", "1:3: VARIANT cannot be stored in Parquet for every reader"),
        ("user-id INT", "1:5: expected a type, found '-'"),
        ("a INT DEFAULT 3", "1:7: DEFAULT has no place here: to-parquet stores what the records hold"),
        ("`a INT", "1:1: this name has no closing backtick"),
        ("ä `", "1:3: expected a type, found '`'"),
        ("a ARRAY<INT NOT NULL>", "1:13: an element may always be null in Spark's DDL"),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), expected, "{text}");
    }
    assert_eq!(parse("a TEXT").unwrap_err().hint.as_deref(), Some("STRING"));
    let deep = format!("a {}INT{}", "ARRAY<".repeat(5000), ">".repeat(5000));
    assert!(parse(&deep).unwrap_err().message.contains("nest more than"));
}

#[test]
fn any_text_is_parsed_or_refused_and_what_prints_parses_back() {
    let seed = "a INT, `b-c` STRUCT<x: DECIMAL(3,2) COMMENT 'it', y MAP<STRING, ARRAY<INT>>> NOT NULL";
    let mut state = 1u64;
    for _ in 0..20_000 {
        let mut text: Vec<char> = seed.chars().collect();
        for _ in 0..3 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let at = (state >> 33) as usize % text.len();
            match (state >> 20) % 3 {
                0 => drop(text.remove(at)),
                1 => text.insert(at, ['<', '>', '`', '\'', ',', 'ä', '('][(state >> 24) as usize % 7]),
                _ => text.truncate(at.max(8)),
            }
        }
        let text: String = text.into_iter().collect();
        if let Ok(schema) = parse(&text) {
            assert_eq!(parse(&schema.to_string()).as_ref(), Ok(&schema));
            assert_eq!(parse(&schema.pretty()).as_ref(), Ok(&schema));
        }
    }
}
