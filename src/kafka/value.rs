//! What a record's value must be, and how a field of it becomes a key: all of this room's JSON that
//! is on the hot path.

use crate::json::{self, Getter, Kind, Path};
use crate::run::exit::Result;
use crate::stream::{Record, Reject};

/// Checks that a value of Kafka, which may be any bytes, is one JSON object.
#[inline]
pub fn check_object(bytes: &[u8]) -> Result<(), Reject> {
    if simdutf8::basic::from_utf8(bytes).is_err() {
        return Err(Reject::new("not UTF-8"));
    }
    Ok(json::validate_object_in(bytes)?)
}

/// A value as one line: line ends inside of it, which JSON allows between its parts, become spaces.
pub fn one_line<'a>(value: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    let ends = value.iter().rev().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    let value = &value[..value.len() - ends];
    if memchr::memchr(b'\n', value).is_none() {
        return value;
    }
    scratch.clear();
    scratch.extend(value.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
    scratch
}

/// Checks that a record of stdin, whose UTF-8 was checked before, is one JSON object.
#[inline]
pub fn check_record(record: &Record<'_>) -> Result<(), Reject> {
    Ok(json::validate_object(record)?)
}

/// Finds the text that is the key of a record.
#[derive(Clone, Debug)]
pub struct Keys {
    getter: Getter,
    text: Vec<u8>,
}

impl Keys {
    /// Takes keys from the field at `path`.
    pub fn new(path: Path) -> Result<Self> {
        Ok(Self { getter: Getter::new(path)?, text: Vec::new() })
    }

    /// Looks for the key of a record: `false` if the field is missing or null. The record is checked
    /// to be one JSON object on the way.
    pub fn find(&mut self, record: &Record<'_>) -> Result<bool, Reject> {
        let Some(value) = self.getter.get(record)? else {
            return Ok(false);
        };
        let bytes = record.bytes();
        self.text.clear();
        match value.kind {
            Kind::Null => return Ok(false),
            Kind::String => value.as_str(bytes).unescape_into(&mut self.text)?,
            Kind::Number => self.text.extend_from_slice(&bytes[value.span.range()]),
            _ => return Err(Reject::at(self.written(), "a key is a string or a number")),
        }
        Ok(true)
    }

    /// The key that was found: a string without its quotes and escapes, a number as it is spelled.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The path, as it was written.
    pub fn written(&self) -> String {
        self.getter.path().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &str, text: &str) -> Result<Option<Vec<u8>>, Reject> {
        let mut keys = Keys::new(Path::parse(path).unwrap()).unwrap();
        keys.find(&Record::new(text.as_bytes(), 1)).map(|found| found.then(|| keys.text().to_vec()))
    }

    #[test]
    fn a_key_is_the_text_of_a_string_or_a_number_as_it_is_spelled() {
        assert_eq!(key("a.b", r#"{"a":{"b":"x\u00fc\n"}}"#), Ok(Some("xü\n".into())));
        assert_eq!(key("a", r#"{"a":1.50e3}"#), Ok(Some(b"1.50e3".to_vec())));
        assert_eq!(key("a", r#"{"a":""}"#), Ok(Some(vec![])), "empty is a key");
        assert_eq!(key("a", r#"{"a":null}"#), Ok(None));
        assert_eq!(key("a.b", r#"{"a":1}"#), Ok(None));
        assert_eq!(key("a", r#"{"a":[1]}"#).unwrap_err().path.as_deref(), Some("a"));
        assert!(key("a", r#"{"a":1"#).is_err() && key("a", "[]").is_err());
    }

    #[test]
    fn a_value_of_kafka_may_be_anything_and_must_be_an_object() {
        assert!(check_object(b" {\"a\":\n1} ").is_ok());
        for bytes in [&b""[..], b"null", b"[]", b"{", b"{} {}", b"{\"a\":\"\xff\"}", b"\xff"] {
            assert!(check_object(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_pretty_value_becomes_one_line_and_any_other_stays_as_it_is() {
        let mut scratch = Vec::new();
        assert_eq!(one_line(b"{\"a\": 1 }", &mut scratch), b"{\"a\": 1 }");
        assert_eq!(one_line(b"{\r\n \"a\": 1\n}\r\n", &mut scratch), b"{   \"a\": 1 }");
        assert_eq!(one_line(b"{\"a\":\t1}\n", &mut scratch), b"{\"a\":\t1}");
    }
}
