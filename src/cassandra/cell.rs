//! One value of JSON as the bytes of its column's type: exactly, or not at all.
//!
//! What each type takes:
//! - `text` a string, or a number as it is spelled; `ascii` the same in ASCII; `blob` base64.
//! - `tinyint` to `bigint` and `varint` what they give back digit for digit; `decimal` any number, with its
//!   digits; `double` and `float` what a typed column takes anywhere here ([`super::numbers`]).
//! - `timestamp` RFC 3339 with a zone and no finer than a millisecond, or an integer of milliseconds;
//!   `date` YYYY-MM-DD; `time` HH:MM:SS with up to nine digits behind; `uuid`, `timeuuid`, `inet` their text.
//! - `list`, `set`, `vector` and tuples an array, `map` and user-defined types an object. Null is in none of
//!   them but tuples and user-defined types. A value twice in a set is refused: it would be there once.

use super::Fault;
use super::kind::Kind;
use super::scalar::{key_as, number_as, text_as};
use crate::json::{self, Cursor};

const NO_NULL: &str = "null, which a collection cannot hold";
const TWICE: &str = "the same value twice in a set";
const TWO_KEYS: &str = "two values for one key of a map";
const WRONG_LENGTH: &str = "not as many values as the type has";

/// What becomes values, with room for what is escaped.
#[derive(Default)]
pub struct Cells {
    scratch: Vec<u8>,
}

impl Cells {
    /// Appends the bytes of the value that comes next, which is not null.
    pub fn append(&mut self, kind: &Kind, cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let found = cursor.peek()?;
        match (kind, found) {
            (Kind::List(element) | Kind::Set(element), json::Kind::Array) => {
                self.elements(element, matches!(kind, Kind::Set(_)), cursor, out)
            }
            (Kind::Map(key, value), json::Kind::Object) => self.entries(key, value, cursor, out),
            (Kind::Udt(fields), json::Kind::Object) => self.fields(fields, cursor, out),
            (Kind::Tuple(kinds), json::Kind::Array) => self.members(kinds, cursor, out),
            (Kind::Vector(element, length), json::Kind::Array) => self.vector(element, *length, cursor, out),
            (Kind::Boolean, json::Kind::True | json::Kind::False) => {
                out.push(u8::from(cursor.literal()? == json::Kind::True));
                Ok(())
            }
            (_, json::Kind::Number) => {
                let text = cursor.number()?.text;
                number_as(kind, text, out)?
                    .map_err(Fault::value)
                    .map_err(|fault| fault.in_column(&kind.to_string()))
            }
            (_, json::Kind::String) => {
                let string = cursor.string()?;
                let mut scratch = std::mem::take(&mut self.scratch);
                let appended =
                    string.text(&mut scratch).map_err(Fault::from).and_then(|text| text_as(kind, text, out));
                self.scratch = scratch;
                appended.map_err(|fault| fault.in_column(&kind.to_string()))
            }
            _ => Err(Fault::kind(found).in_column(&kind.to_string())),
        }
    }

    /// An array as a list or a set.
    fn elements(
        &mut self,
        element: &Kind,
        distinct: bool,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let count_at = placeholder(out);
        let mut seen = Vec::new();
        let mut count = 0;
        let mut more = cursor.enter_array()?;
        while more {
            let start = out.len();
            self.element(element, cursor, out).map_err(|fault| fault.at_element(count))?;
            if distinct {
                seen.push((start, out.len()));
            }
            count += 1;
            more = cursor.next_element()?;
        }
        if repeats(&mut seen, out) {
            return Err(Fault::plain(TWICE));
        }
        fill(out, count_at, count);
        Ok(())
    }

    /// A value inside a collection, its length in front.
    fn element(&mut self, kind: &Kind, cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        if cursor.peek()? == json::Kind::Null {
            return Err(Fault::plain(NO_NULL));
        }
        let at = placeholder(out);
        self.append(kind, cursor, out)?;
        let length = out.len() - at - 4;
        fill(out, at, length);
        Ok(())
    }

    /// A value of a tuple or a user-defined type, which may be null.
    fn member(&mut self, kind: &Kind, cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        if cursor.peek()? != json::Kind::Null {
            return self.element(kind, cursor, out);
        }
        cursor.literal()?;
        out.extend_from_slice(&(-1i32).to_be_bytes());
        Ok(())
    }

    /// An object as a map. What its keys are is data, and is not told.
    fn entries(
        &mut self,
        key: &Kind,
        value: &Kind,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let count_at = placeholder(out);
        let (mut seen, mut count) = (Vec::new(), 0);
        let mut next = cursor.enter_object()?;
        while let Some(name) = next {
            let at = placeholder(out);
            let mut text = Vec::new();
            name.unescape_into(&mut text)?;
            key_as(key, &text, out).map_err(Fault::in_map)?;
            let length = out.len() - at - 4;
            fill(out, at, length);
            seen.push((at, out.len()));
            self.element(value, cursor, out).map_err(Fault::in_map)?;
            count += 1;
            next = cursor.next_key()?;
        }
        if repeats(&mut seen, out) {
            return Err(Fault::plain(TWO_KEYS));
        }
        fill(out, count_at, count);
        Ok(())
    }

    /// An object as a user-defined type. A field that is not there is null in it.
    fn fields(
        &mut self,
        fields: &[(String, Kind)],
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let mut found: Vec<Option<Vec<u8>>> = vec![None; fields.len()];
        let mut next = cursor.enter_object()?;
        while let Some(name) = next {
            let Some(at) = fields.iter().position(|(field, _)| name.is(field)) else {
                let mut text = Vec::new();
                name.unescape_into(&mut text)?;
                return Err(Fault::plain("unknown field").under(&String::from_utf8_lossy(&text)));
            };
            let (field, kind) = &fields[at];
            let mut bytes = Vec::new();
            self.member(kind, cursor, &mut bytes).map_err(|fault| fault.under(field))?;
            if found[at].replace(bytes).is_some() {
                return Err(Fault::twice().under(field));
            }
            next = cursor.next_key()?;
        }
        for bytes in found {
            out.extend_from_slice(bytes.as_deref().unwrap_or(&(-1i32).to_be_bytes()));
        }
        Ok(())
    }

    /// An array as a tuple.
    fn members(&mut self, kinds: &[Kind], cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let mut more = cursor.enter_array()?;
        for (at, kind) in kinds.iter().enumerate() {
            if !more {
                return Err(Fault::plain(WRONG_LENGTH));
            }
            self.member(kind, cursor, out).map_err(|fault| fault.at_element(at))?;
            more = cursor.next_element()?;
        }
        if more { Err(Fault::plain(WRONG_LENGTH)) } else { Ok(()) }
    }

    /// An array as a vector, whose values have no lengths in front.
    fn vector(
        &mut self,
        element: &Kind,
        length: u16,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let mut count = 0usize;
        let mut more = cursor.enter_array()?;
        while more {
            self.append(element, cursor, out).map_err(|fault| fault.at_element(count))?;
            count += 1;
            more = cursor.next_element()?;
        }
        if count == usize::from(length) { Ok(()) } else { Err(Fault::plain(WRONG_LENGTH)) }
    }
}

/// Room for a number of four bytes.
fn placeholder(out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(&[0; 4]);
    out.len() - 4
}

/// Writes that number. A record has at most 16 MiB, so it fits.
fn fill(out: &mut [u8], at: usize, number: usize) {
    out[at..at + 4].copy_from_slice(&(number as i32).to_be_bytes());
}

/// Whether two of these parts of `bytes` are the same.
fn repeats(parts: &mut [(usize, usize)], bytes: &[u8]) -> bool {
    parts.sort_unstable_by_key(|(start, end)| &bytes[*start..*end]);
    parts.windows(2).any(|pair| bytes[pair[0].0..pair[0].1] == bytes[pair[1].0..pair[1].1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Reject;

    fn cell(kind: Kind, json: &str) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let told = |fault: Fault| {
            let reject = Reject::from(fault);
            format!("{}: {}", reject.path.unwrap_or_default(), reject.reason)
        };
        Cells::default().append(&kind, &mut Cursor::bytes(json.as_bytes()), &mut out).map_err(told)?;
        Ok(out)
    }

    fn list(kind: Kind) -> Kind {
        Kind::List(Box::new(kind))
    }

    #[test]
    fn scalars_are_the_bytes_that_cassandra_has() {
        let epoch = 1_704_164_645_678i64.to_be_bytes().to_vec();
        for (kind, json, expected) in [
            (Kind::Text, r#""é\n""#, "é\n".as_bytes().to_vec()),
            (Kind::Text, "1.50", b"1.50".to_vec()),
            (Kind::Boolean, "true", vec![1]),
            (Kind::TinyInt, "-128", vec![0x80]),
            (Kind::Int, "258", vec![0, 0, 1, 2]),
            (Kind::BigInt, "-1", vec![0xff; 8]),
            (Kind::Double, "0.5", 0.5f64.to_be_bytes().to_vec()),
            (Kind::Timestamp, r#""2024-01-02T03:04:05.678Z""#, epoch.clone()),
            (Kind::Timestamp, "1704164645678", epoch),
            (Kind::Date, r#""1970-01-02""#, vec![0x80, 0, 0, 1]),
            (Kind::Date, r#""1969-12-31""#, vec![0x7f, 0xff, 0xff, 0xff]),
            (Kind::Time, r#""00:00:01.5""#, 1_500_000_000i64.to_be_bytes().to_vec()),
            (Kind::Inet, r#""127.0.0.1""#, vec![127, 0, 0, 1]),
            (Kind::Blob, r#""AQI=""#, vec![1, 2]),
        ] {
            assert_eq!(cell(kind, json), Ok(expected), "{json}");
        }
        let uuid = cell(Kind::Uuid, r#""155c6f65-23e8-4bb7-a12c-5f4ac8ba1f2d""#).unwrap();
        assert_eq!((uuid.len(), uuid[0], uuid[15]), (16, 0x15, 0x2d));
    }

    #[test]
    fn what_would_be_bent_is_refused_with_the_type_and_without_the_value() {
        for (kind, json, why) in [
            (Kind::Int, "1.0", "not written as an integer, as an integer column would give it back (int)"),
            (Kind::Int, "2147483648", "an integer out of the column's range (int)"),
            (Kind::Int, r#""7""#, "a string where the schema has int"),
            (Kind::Text, "true", "a boolean where the schema has text"),
            (Kind::Text, "{}", "an object where the schema has text"),
            (Kind::Boolean, "1", "a number where the schema has boolean"),
            (Kind::Ascii, r#""é""#, "not ASCII (ascii)"),
            (
                Kind::Timestamp,
                r#""2024-01-02T03:04:05.678901Z""#,
                "a time finer than a millisecond (timestamp)",
            ),
            (Kind::Time, r#""24:00:00""#, "not a time as HH:MM:SS.fffffffff (time)"),
            (
                Kind::Uuid,
                r#""155c6f65-23e8-4bb7-a12c-5f4ac8ba1f2g""#,
                "not a UUID as 8-4-4-4-12 digits (uuid)",
            ),
            (
                Kind::TimeUuid,
                r#""155c6f65-23e8-4bb7-a12c-5f4ac8ba1f2d""#,
                "a UUID, but none of version 1 (timeuuid)",
            ),
            (Kind::Inet, r#""localhost""#, "not an IP address (inet)"),
            (Kind::Foreign("duration".into()), r#""1d""#, "a string where the schema has duration"),
        ] {
            assert_eq!(cell(kind, json), Err(format!(": {why}")), "{json}");
        }
    }

    #[test]
    fn collections_have_their_counts_and_lengths() {
        let two = [0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0, 1, 2];
        assert_eq!(cell(list(Kind::TinyInt), "[1, 2]"), Ok(two.to_vec()));
        assert_eq!(cell(list(Kind::TinyInt), "[]"), Ok(vec![0; 4]));
        let map = Kind::Map(Box::new(Kind::SmallInt), Box::new(Kind::Text));
        let one = [0, 0, 0, 1, 0, 0, 0, 2, 0, 7, 0, 0, 0, 1, b'x'];
        assert_eq!(cell(map, r#"{"7": "x"}"#), Ok(one.to_vec()));
        let user = || Kind::Udt(vec![("a".into(), Kind::TinyInt), ("b".into(), list(Kind::TinyInt))]);
        let fields = [0, 0, 0, 1, 1, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(cell(user(), r#"{"a": 1}"#), Ok(fields.to_vec()));
        assert_eq!(cell(user(), r#"{"b": null, "a": 1}"#), Ok(fields.to_vec()));
        let vector = || Kind::Vector(Box::new(Kind::Float), 2);
        assert_eq!(cell(vector(), "[0, 0.0]"), Ok(vec![0; 8]));
        assert_eq!(cell(vector(), "[0]"), Err(format!(": {WRONG_LENGTH}")));
        let tuple = || Kind::Tuple(vec![Kind::TinyInt, Kind::Text]);
        assert_eq!(cell(tuple(), "[1, null]"), Ok(fields.to_vec()));
        assert!(cell(tuple(), "[1]").is_err() && cell(tuple(), "[1, null, 2]").is_err());
    }

    #[test]
    fn a_fault_in_a_collection_has_its_path_and_no_key_of_a_map() {
        let map = || Kind::Map(Box::new(Kind::Text), Box::new(list(Kind::Int)));
        assert_eq!(
            cell(map(), r#"{"secret": [1, "x"]}"#),
            Err(".*[1]: a string where the schema has int".to_owned())
        );
        assert_eq!(cell(map(), r#"{"k": null}"#), Err(format!(".*: {NO_NULL}")));
        assert_eq!(cell(map(), r#"{"a": [], "\u0061": []}"#), Err(format!(": {TWO_KEYS}")));
        assert_eq!(cell(Kind::Set(Box::new(Kind::Int)), "[1, 2, 1]"), Err(format!(": {TWICE}")));
        let user = Kind::Udt(vec![("a".into(), Kind::Int)]);
        assert_eq!(cell(user, r#"{"z": 1}"#), Err("z: unknown field".to_owned()));
    }
}
