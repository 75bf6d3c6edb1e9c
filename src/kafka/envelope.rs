//! The envelope: a whole Kafka record as one line of JSON, faithful both ways.
//!
//! ```json
//! {"topic":"users","partition":3,"offset":17,"timestamp":1763625600000,"timestamp_type":"CreateTime",
//!  "key":"ann","headers":[["trace","1"],["raw",{"b64":"/w=="}],["none",null]],"value":{"id":1}}
//! ```
//!
//! | member | what it is |
//! |---|---|
//! | `timestamp`, `timestamp_type` | milliseconds since 1970 and `CreateTime` or `LogAppendTime`; both null if the record has none |
//! | `key` or `key_b64` | text, or base64 where it is not UTF-8; `null` is no key, `""` an empty one |
//! | `headers` | pairs of name and value in order; either is text, or `{"b64": …}`; a value may be null |
//! | `value` | a JSON object byte for byte; `null` is a tombstone |
//! | `value_text`, `value_b64` | instead of `value`: any other text (the text `null` too), and bytes that are no text |
//!
//! Reading takes back exactly what writing made. `topic`, `offset` and `timestamp_type` are read and
//! not used; `partition` is used on request.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::value::RawValue;

use super::native::read::{Arrival, Timestamp};
use super::value::check_object;
use super::wire::HeaderList;
use crate::stream::Reject;

/// A header as Kafka has it.
pub type Header<'a> = (&'a [u8], Option<&'a [u8]>);

/// What an envelope holds.
pub struct Parts<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
    /// When the record was made.
    pub timestamp: Timestamp,
    /// The key.
    pub key: Option<&'a [u8]>,
    /// The headers in order.
    pub headers: Vec<Header<'a>>,
    /// The value.
    pub value: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    /// The parts of a record of `topic`.
    pub fn of(record: &Arrival<'a>, topic: &'a str) -> Self {
        let mut headers = Vec::new();
        record.headers(|name, value| headers.push((name, value)));
        Self {
            topic,
            partition: record.partition(),
            offset: record.offset(),
            timestamp: record.timestamp(),
            key: record.key(),
            headers,
            value: record.value(),
        }
    }

    /// Appends the envelope to `out`, without a line end.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"topic\":");
        text(out, self.topic);
        let (time, kind) = match self.timestamp {
            Timestamp::None => (None, "null"),
            Timestamp::Create(time) => (Some(time), "\"CreateTime\""),
            Timestamp::Append(time) => (Some(time), "\"LogAppendTime\""),
        };
        format(
            out,
            format_args!(",\"partition\":{},\"offset\":{},\"timestamp\":", self.partition, self.offset),
        );
        match time {
            Some(time) => format(out, format_args!("{time}")),
            None => out.extend_from_slice(b"null"),
        }
        format(out, format_args!(",\"timestamp_type\":{kind}"));
        match self.key {
            None => out.extend_from_slice(b",\"key\":null"),
            Some(key) => member(out, "key", "key_b64", key),
        }
        self.write_headers(out);
        self.write_value(out);
        out.push(b'}');
    }

    fn write_headers(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\"headers\":[");
        for (at, (name, value)) in self.headers.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"[" } else { b",[" });
            text_or_base64(out, name);
            out.push(b',');
            match value {
                Some(value) => text_or_base64(out, value),
                None => out.extend_from_slice(b"null"),
            }
            out.push(b']');
        }
        out.push(b']');
    }

    fn write_value(&self, out: &mut Vec<u8>) {
        match self.value {
            None => out.extend_from_slice(b",\"value\":null"),
            Some(value) if fits_a_line(value) => {
                out.extend_from_slice(b",\"value\":");
                out.extend_from_slice(value);
            }
            Some(value) => member(out, "value_text", "value_b64", value),
        }
    }
}

/// Whether a value can stand in a line as it is: an object without anything around it or a line end in it.
fn fits_a_line(value: &[u8]) -> bool {
    value.first() == Some(&b'{')
        && value.last() == Some(&b'}')
        && memchr::memchr2(b'\n', b'\r', value).is_none()
        && check_object(value).is_ok()
}

fn format(out: &mut Vec<u8>, arguments: std::fmt::Arguments<'_>) {
    // Writing to memory does not fail.
    let _ = out.write_fmt(arguments);
}

fn text(out: &mut Vec<u8>, text: &str) {
    // Neither does a string.
    let _ = serde_json::to_writer(out, text);
}

fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    text(out, &BASE64.encode(bytes));
}

/// `,"name":"text"` or `,"name_b64":"base64"`.
fn member(out: &mut Vec<u8>, as_text: &str, as_base64: &str, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(string) => {
            format(out, format_args!(",\"{as_text}\":"));
            text(out, string);
        }
        Err(_) => {
            format(out, format_args!(",\"{as_base64}\":"));
            base64(out, bytes);
        }
    }
}

/// `"text"` or `{"b64":"base64"}`.
fn text_or_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(string) => text(out, string),
        Err(_) => {
            out.extend_from_slice(b"{\"b64\":");
            base64(out, bytes);
            out.push(b'}');
        }
    }
}

/// The members of a line, as they are spelled.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(default, rename = "topic")]
    _topic: IgnoredAny,
    #[serde(default)]
    partition: Option<i32>,
    #[serde(default, rename = "offset")]
    _offset: IgnoredAny,
    #[serde(default)]
    timestamp: Option<i64>,
    #[serde(default, rename = "timestamp_type")]
    _timestamp_type: IgnoredAny,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    key_b64: Option<String>,
    #[serde(default)]
    headers: Vec<(Text, Option<Text>)>,
    #[serde(default, borrow, deserialize_with = "present")]
    value: Option<&'a RawValue>,
    #[serde(default)]
    value_text: Option<String>,
    #[serde(default)]
    value_b64: Option<String>,
}

/// Tells a `null` that was written from a member that was left out.
fn present<'a, D: Deserializer<'a>>(input: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(input).map(Some)
}

/// Text, or bytes that are none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Base64 { b64: String },
}

impl Text {
    fn bytes(self, what: &'static str) -> Result<Vec<u8>, Reject> {
        match self {
            Text::Plain(text) => Ok(text.into_bytes()),
            Text::Base64 { b64 } => decode(&b64, what),
        }
    }
}

fn decode(text: &str, what: &'static str) -> Result<Vec<u8>, Reject> {
    BASE64.decode(text).map_err(|_| Reject::at(what, "not base64"))
}

/// An envelope, read: what a producer sends.
#[derive(Default)]
pub struct Opened {
    /// The key; none, and empty, are different.
    pub key: Option<Vec<u8>>,
    /// The value; none is a tombstone.
    pub value: Option<Vec<u8>>,
    /// The headers in order.
    pub headers: HeaderList,
    /// Milliseconds since 1970.
    pub timestamp: Option<i64>,
    /// The partition it came from.
    pub partition: Option<i32>,
}

impl Opened {
    /// Reads a line.
    pub fn read(line: &[u8]) -> Result<Self, Reject> {
        let line: Line<'_> = serde_json::from_slice(line).map_err(|error| {
            // serde's own words may repeat a value.
            Reject::new(format!("not an envelope (column {})", error.column()))
        })?;
        let key = match (line.key, line.key_b64) {
            (None, None) => None,
            (Some(text), None) => Some(text.into_bytes()),
            (None, Some(text)) => Some(decode(&text, "key_b64")?),
            (Some(_), Some(_)) => return Err(Reject::at("key_b64", "the key is there twice")),
        };
        let value = match (line.value, line.value_text, line.value_b64) {
            (Some(raw), None, None) => object_or_null(raw)?,
            (None, Some(text), None) => Some(text.into_bytes()),
            (None, None, Some(text)) => Some(decode(&text, "value_b64")?),
            (None, None, None) => return Err(Reject::at("value", "missing; a tombstone has \"value\":null")),
            _ => return Err(Reject::at("value", "the value is there twice")),
        };
        let mut headers = HeaderList::default();
        for (name, value) in line.headers {
            let value = value.map(|value| value.bytes("headers")).transpose()?;
            headers.push(&name.bytes("headers")?, value.as_deref());
        }
        Ok(Self { key, value, headers, timestamp: timestamp(line.timestamp)?, partition: line.partition })
    }
}

/// `value` is an object, or null for a tombstone.
fn object_or_null(raw: &RawValue) -> Result<Option<Vec<u8>>, Reject> {
    match raw.get() {
        "null" => Ok(None),
        object if object.starts_with('{') => Ok(Some(object.as_bytes().to_vec())),
        _ => Err(Reject::at("value", "neither an object nor null; other text goes into value_text")),
    }
}

/// A record without a time gets the time of sending.
fn timestamp(time: Option<i64>) -> Result<Option<i64>, Reject> {
    match time {
        // To librdkafka 0 means now: the record would not be what the envelope says.
        Some(..=0) => Err(Reject::at("timestamp", "cannot be sent: it must be after 1970")),
        time => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>() -> Parts<'a> {
        Parts {
            topic: "users",
            partition: 3,
            offset: 17,
            timestamp: Timestamp::Create(1_763_625_600_000),
            key: Some(b"ann"),
            headers: vec![],
            value: Some(b"{}"),
        }
    }

    fn written(parts: &Parts<'_>) -> String {
        let mut out = Vec::new();
        parts.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_envelope_looks_as_documented() {
        let mut parts = parts();
        parts.headers =
            vec![(b"trace", Some(b"1")), (b"raw", Some(b"\xff")), (b"none", None), (b"\xfe", Some(b""))];
        parts.value = Some(b"{ \"id\":1.50 }");
        assert_eq!(
            written(&parts),
            concat!(
                r#"{"topic":"users","partition":3,"offset":17,"timestamp":1763625600000,"timestamp_type":"CreateTime","#,
                r#""key":"ann","headers":[["trace","1"],["raw",{"b64":"/w=="}],["none",null],[{"b64":"/g=="},""]],"#,
                r#""value":{ "id":1.50 }}"#
            )
        );
    }

    #[test]
    fn every_key_and_value_comes_back_byte_for_byte() {
        let cases: [Option<&[u8]>; 14] = [
            None,
            Some(b""),
            Some(b"null"),
            Some(b"\"text\""),
            Some(b"[1]"),
            Some(b"{}"),
            Some(b"{\"a\":1e400,\"a\":[ ]}"),
            Some(b"{\"a\":\n1}"),
            Some(b"{\"a\":1}\n"),
            Some(b" {\"a\":1}"),
            Some(b"{broken"),
            Some("ü\u{0}\u{2028}".as_bytes()),
            Some(b"\xff\x00\xfe"),
            Some(b"{\"a\":\"\xff\"}"),
        ];
        for case in cases {
            let line = written(&Parts { key: case, value: case, ..parts() });
            assert!(!line.contains('\n'), "one line: {line}");
            let opened = Opened::read(line.as_bytes()).unwrap();
            assert_eq!(opened.key.as_deref(), case, "{line}");
            assert_eq!(opened.value.as_deref(), case, "{line}");
            assert_eq!((opened.timestamp, opened.partition), (Some(1_763_625_600_000), Some(3)));
        }
    }

    #[test]
    fn what_is_no_envelope_is_refused_without_repeating_it() {
        for line in [
            r#"{"id":"secret"}"#,
            r#"{"value":"secret"}"#,
            r#"{"key":"k"}"#,
            r#"{"key":"secret","key_b64":"AA==","value":null}"#,
            r#"{"value":null,"value_text":"secret"}"#,
            r#"{"value_b64":"secret!"}"#,
            r#"{"value":null,"timestamp":"secret"}"#,
            r#"{"value":null,"timestamp":0}"#,
            r#"["secret"]"#,
            "secret",
        ] {
            let reject = Opened::read(line.as_bytes()).err().expect(line);
            assert!(!format!("{reject:?}").contains("secret"), "{reject:?}");
        }
    }

    #[test]
    fn an_envelope_written_by_hand_may_be_short() {
        let opened = Opened::read(br#"{"value":{"a":1}}"#).unwrap();
        assert_eq!(opened.value.as_deref(), Some(&b"{\"a\":1}"[..]));
        assert!(opened.key.is_none() && opened.timestamp.is_none() && opened.headers.list().is_none());
    }
}
