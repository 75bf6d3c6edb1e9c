//! Numbers and texts as the bytes of a type that holds one of them.

use std::net::IpAddr;

use super::kind::Kind;
use super::{Fault, number, numbers, times};
use crate::json::{self, Cursor};

const NOT_ASCII: &str = "not ASCII";
const NOT_BASE64: &str = "not base64 text";
const TOO_FINE: &str = "a time finer than a millisecond";
const NOT_A_TIME: &str = "not a time as HH:MM:SS.fffffffff";
const NOT_A_UUID: &str = "not a UUID as 8-4-4-4-12 digits";
const NOT_TIME_BASED: &str = "a UUID, but none of version 1";
const NOT_AN_ADDRESS: &str = "not an IP address";

/// Appends the bytes of a value, if it has become one.
fn put(bytes: Result<impl AsRef<[u8]>, &'static str>, out: &mut Vec<u8>) -> Result<(), &'static str> {
    bytes.map(|bytes| out.extend_from_slice(bytes.as_ref()))
}

/// A number; the outer error is that the type takes none.
pub fn number_as(kind: &Kind, text: &[u8], out: &mut Vec<u8>) -> Result<Result<(), numbers::Why>, Fault> {
    Ok(match kind {
        Kind::TinyInt => put(numbers::integer(text).map(i8::to_be_bytes), out),
        Kind::SmallInt => put(numbers::integer(text).map(i16::to_be_bytes), out),
        Kind::Int => put(numbers::integer(text).map(i32::to_be_bytes), out),
        Kind::BigInt | Kind::Timestamp => put(numbers::integer(text).map(i64::to_be_bytes), out),
        Kind::Float => put(numbers::float(text).map(f32::to_be_bytes), out),
        Kind::Double => put(numbers::double(text).map(f64::to_be_bytes), out),
        Kind::Varint => number::varint(text, out),
        Kind::Decimal => number::decimal(text, out),
        Kind::Text | Kind::Ascii => put(Ok(text), out),
        _ => return Err(Fault::kind(json::Kind::Number).in_column(&kind.to_string())),
    })
}

/// A text.
pub fn text_as(kind: &Kind, text: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
    let value = match kind {
        Kind::Text => put(Ok(text), out),
        Kind::Ascii if text.is_ascii() => put(Ok(text), out),
        Kind::Ascii => Err(NOT_ASCII),
        Kind::Blob => blob(text, out),
        Kind::Timestamp => put(millis(text).map(i64::to_be_bytes), out),
        Kind::Date => put(times::date(text).map(|days| date(days).to_be_bytes()), out),
        Kind::Time => put(nanos(text).map(i64::to_be_bytes), out),
        Kind::Uuid => put(uuid(text), out),
        Kind::TimeUuid => match uuid(text) {
            Ok(uuid) if uuid[6] >> 4 != 1 => Err(NOT_TIME_BASED),
            other => put(other, out),
        },
        Kind::Inet => inet(text, out),
        _ => return Err(Fault::kind(json::Kind::String)),
    };
    value.map_err(Fault::value)
}

/// The key of a map, which JSON can only spell as a text.
pub fn key_as(kind: &Kind, text: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
    let is_text = matches!(kind, Kind::Text | Kind::Ascii);
    let mut cursor = Cursor::bytes(text);
    let appended = match cursor.number() {
        _ if is_text => text_as(kind, text, out),
        // A number in all of the text.
        Ok(number) if number.text.len() == text.len() => {
            number_as(kind, text, out).and_then(|appended| appended.map_err(Fault::value))
        }
        _ => match (kind, text) {
            (Kind::Boolean, b"true") => put(Ok([1]), out).map_err(Fault::value),
            (Kind::Boolean, b"false") => put(Ok([0]), out).map_err(Fault::value),
            _ => text_as(kind, text, out),
        },
    };
    appended.map_err(|fault| fault.in_column(&kind.to_string()))
}

fn blob(text: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode_vec(text, out).map_err(|_| NOT_BASE64)
}

/// Milliseconds since 1970 of an instant.
pub fn millis(text: &[u8]) -> Result<i64, &'static str> {
    let micros = times::timestamp(text)?;
    if micros % 1000 == 0 { Ok(micros / 1000) } else { Err(TOO_FINE) }
}

/// Days from 2^31 days before 1970.
fn date(days: i32) -> u32 {
    (days as u32) ^ (1 << 31)
}

/// Nanoseconds since midnight.
fn nanos(text: &[u8]) -> Result<i64, &'static str> {
    let two = |at: usize| match text.get(at..at + 2) {
        Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => Some(i64::from((tens - b'0') * 10 + ones - b'0')),
        _ => None,
    };
    let (Some(hours @ 0..24), Some(minutes @ 0..60), Some(seconds @ 0..60)) = (two(0), two(3), two(6)) else {
        return Err(NOT_A_TIME);
    };
    if text[2] != b':' || text[5] != b':' {
        return Err(NOT_A_TIME);
    }
    let nanos = match &text[8..] {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) => {
            let value = digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
            value * 10i64.pow(9 - digits.len() as u32)
        }
        _ => return Err(NOT_A_TIME),
    };
    Ok((hours * 3600 + minutes * 60 + seconds) * 1_000_000_000 + nanos)
}

fn uuid(text: &[u8]) -> Result<[u8; 16], &'static str> {
    if text.len() != 36 || [8, 13, 18, 23].iter().any(|at| text[*at] != b'-') {
        return Err(NOT_A_UUID);
    }
    let mut digits = text.iter().filter(|byte| **byte != b'-').map(|byte| char::from(*byte).to_digit(16));
    let mut uuid = [0; 16];
    for byte in &mut uuid {
        let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else {
            return Err(NOT_A_UUID);
        };
        *byte = (high << 4 | low) as u8;
    }
    // A dash in place of a digit leaves too few, one too many digits would be left.
    if digits.next().is_none() { Ok(uuid) } else { Err(NOT_A_UUID) }
}

fn inet(text: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
    let address: IpAddr =
        std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(NOT_AN_ADDRESS)?;
    match address {
        IpAddr::V4(address) => out.extend_from_slice(&address.octets()),
        IpAddr::V6(address) => out.extend_from_slice(&address.octets()),
    }
    Ok(())
}
