//! The grammar, tested from outside, case by case.

use super::*;
use crate::stream::Record;

/// What JSON calls a number.
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "0.5",
    "-0.0",
    "1e1",
    "1E+1",
    "1e-1",
    "0e0",
    "123.456e789",
    "1e400",
    "-1e-400",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775808",
    "0.00000000000000000000000000001",
    "123456789012345678901234567890123456789012345678901234567890",
];

/// What other languages call one, and what is none anywhere.
const NO_NUMBERS: &[&str] = &[
    "01",
    "-01",
    "00",
    "+1",
    "-",
    "--1",
    ".5",
    "-.5",
    "5.",
    "0.",
    "1.e1",
    "1e",
    "1e+",
    "1E-",
    "1ee1",
    "1e1.5",
    "0x10",
    "1_000",
    "1 2",
    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "1a",
    "1.2.3",
    "2.e3",
    "0e",
    "1-1",
    "1+1",
    "１",
];

/// What JSON calls a string.
const STRINGS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#""\"""#,
    r#""\\""#,
    r#""\/\b\f\n\r\t""#,
    r#""\u0000\uFFFF\uabcd""#,
    r#""\ud800""#,
    r#""\udc00\ud800""#,
    r#""\\u12""#,
    "\"\u{7f}\"",
    "\"é€😀\u{2028}\"",
    r#""exactly 16 bytes""#,
    r#""a long string that goes on over several blocks \u00e9 and goes on""#,
];

/// Torn, unescaped, or escaped in ways of other languages.
const NO_STRINGS: &[&str] = &[
    "\"",
    "\"a",
    "'a'",
    "a",
    r#""\""#,
    r#""\x41""#,
    r#""\u""#,
    r#""\u12""#,
    r#""\u12G4""#,
    r#""\U0041""#,
    r#""\ ""#,
    r#""\a""#,
    r#""\'""#,
    "\"\n\"",
    "\"\t\"",
    "\"\0\"",
    "\"\u{1f}\"",
    "\"\r\"",
    r#""a""b""#,
    r#""a"b"#,
    "\"\\\u{e9}\"",
    "\"a long string with a newline far from its start\n\"",
];

/// Records.
const OBJECTS: &[&str] = &[
    "{}",
    " { } ",
    "{\"a\":1}",
    "{\"a\":1}\r",
    "\t{\"a\"\r:\n1 , \"a\":2}\n",
    r#"{"":[]}"#,
    r#"{"a":[[],{},[1,[2]]]}"#,
    r#"{"a":true,"b":false,"c":null}"#,
    r#"{"\u0061":1,"a":1}"#,
];

/// Torn, misplaced or foreign signs, and values that are no records.
const NO_OBJECTS: &[&str] = &[
    "",
    " ",
    "{",
    "}",
    "{}}",
    "{}{}",
    "{} x",
    "{},",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1;}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{\"a\"::1}",
    "{\"a\":1:2}",
    "{\"a\":1,,\"b\":2}",
    "{\"a\":[1,]}",
    "{\"a\":[,1]}",
    "{\"a\":[1 2]}",
    "{\"a\":[1}",
    "{\"a\":{]}",
    "{\"a\":[1]]}",
    "{\"a\":tru}",
    "{\"a\":True}",
    "{\"a\":nul}",
    "{\"a\":nulll}",
    "{\"a\":truefalse}",
    "{\"a\":\u{feff}1}",
    "\u{feff}{}",
    "{}\0",
    "{\u{a0}}",
    "{\u{c}}",
    "// c\n{}",
    "{/**/}",
    "{}#",
    "[]",
    "[{}]",
    "1",
    "\"a\"",
    "null",
    "tru",
    "{\"a\":[",
    "{\"a\":[\"",
    "{\"a\":1",
    "{\"a\":t",
    "{\"a\\",
];

/// Checks `text` alone, with not one byte behind it, and inside a block whose next bytes would
/// complete many a truncated record; both must say the same.
pub(super) fn check(text: &[u8]) -> Result<(), Error> {
    let tight = validate_object_in(&Box::<[u8]>::from(text));
    for filler in [b"\"}]}:1,2\n".as_slice(), b"\n", b" ", b"}", b"\0"] {
        let mut block = b"{}\n".to_vec();
        block.extend_from_slice(text);
        block.extend(filler.iter().cycle().take(64));
        let record = Record::new(&block[3..3 + text.len()], 2);
        assert_eq!(validate_object(&record), tight, "padding changes the verdict");
    }
    tight
}

fn accepts(value: &str) -> bool {
    check(format!("{{\"k\":{value}}}").as_bytes()).is_ok()
}

#[test]
fn numbers() {
    for number in NUMBERS {
        assert!(accepts(number), "{number}");
    }
    for number in NO_NUMBERS {
        assert!(!accepts(number), "{number}");
    }
}

#[test]
fn strings() {
    for string in STRINGS {
        assert!(accepts(string), "{string}");
    }
    for string in NO_STRINGS {
        assert!(!accepts(string), "{string:?}");
    }
}

#[test]
fn structures() {
    for text in OBJECTS {
        assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
    }
    for text in NO_OBJECTS {
        assert!(check(text.as_bytes()).is_err(), "{text:?}");
    }
}

#[test]
fn a_record_that_is_json_but_no_object_is_told_apart() {
    for text in ["[]", "1", "\"a\"", "null"] {
        assert_eq!(check(text.as_bytes()).unwrap_err().to_string(), "not a JSON object");
    }
    let error = check("\u{feff}{}".as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "not valid JSON: a byte order mark at byte 0");
    let error = check(b"{\"secret\":12x}").unwrap_err();
    assert_eq!(error.to_string(), "not valid JSON: expected ',' or '}' after a member at byte 12");
}

#[test]
fn nesting_is_bounded_and_deep_nesting_does_not_overflow_the_stack() {
    let nested = |depth: usize| format!("{{\"a\":{}1{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert_eq!(check(nested(MAX_DEPTH as usize).as_bytes()), Ok(()));
    assert_eq!(check(nested(MAX_DEPTH as usize + 1).as_bytes()).unwrap_err().reason(), Reason::Depth);
    for opening in ["[", "{\"a\":", "[{\"a\":"] {
        let deep = format!("{{\"a\":{}", opening.repeat(100_000));
        assert_eq!(check(deep.as_bytes()).unwrap_err().reason(), Reason::Depth);
    }
    let shallow_again = format!("{{\"a\":[{}[]]}}", "[[]],".repeat(1000));
    assert_eq!(check(shallow_again.as_bytes()), Ok(()), "depth goes down again");
}

#[test]
fn bytes_that_are_not_utf8_do_no_harm() {
    for byte in 0x80..=0xff {
        assert!(check(&[byte]).is_err());
        assert!(check(&[b'{', b'"', byte, byte, b'"', b':', byte, b'}']).is_err());
        // Inside a string they pass: that records are UTF-8 is checked where they are read.
        assert!(check(&[b'{', b'"', byte, b'"', b':', b'"', b'\\', b'n', byte, b'"', b'}']).is_ok());
    }
}

#[test]
fn a_guessed_key_is_taken_only_where_it_stands() {
    let guess = Guess::new("b").unwrap();
    let walk = |text: &str| {
        let mut cursor = Cursor::bytes(text.as_bytes());
        cursor.enter_object().unwrap();
        cursor.skip_value().unwrap();
        let hit = cursor.guess_key(&guess);
        if !hit {
            assert!(cursor.next_key().unwrap().unwrap().is("b"), "the cursor stays where it was");
        }
        assert_eq!(cursor.number().unwrap().text, b"2");
        assert!(cursor.next_key().unwrap().is_none());
        cursor.finish().unwrap();
        hit
    };
    assert!(walk(r#"{"a":1,"b":2}"#));
    assert!(!walk(r#"{"a":1, "b":2}"#));
    assert!(!walk(r#"{"a":1,"\u0062":2}"#));
    assert!(Guess::new("a\"b").is_none());
}

#[test]
fn one_path_gets_the_last_of_its_twins() {
    let mut getter = Getter::new(Path::parse("a").unwrap()).unwrap();
    let text = br#"{"a":1,"a":"\u0062"}"#;
    let value = getter.get_in(text).unwrap().unwrap();
    assert_eq!(value.as_str(text).text(&mut Vec::new()), Ok(&b"b"[..]));
    assert_eq!(getter.get_in(b"{}"), Ok(None));
    assert!(getter.get_in(b"{\"a\":1").is_err());
}
