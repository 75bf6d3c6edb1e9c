//! Single values as the text of a cell, by the type of their column.
//!
//! | type | text |
//! |---|---|
//! | BOOLEAN | `true`, `false` |
//! | integers, FLOAT, DOUBLE | as the record spells them |
//! | DECIMAL(p,s) | all digits of the scale: `1.50` |
//! | STRING, VARCHAR, CHAR | the text; a number as it is spelled |
//! | BINARY | base64, as it came |
//! | DATE | `2026-11-20` |
//! | TIMESTAMP | UTC, `2026-11-20T08:00:00.000Z`, with microseconds where there are any |
//! | TIMESTAMP_NTZ | the same without the `Z` |
//!
//! What is taken, and what is refused, is what `to-parquet` takes and refuses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::json::{Cursor, Kind};
use crate::schema::fault::Fault;
use crate::schema::{Type, numbers, times};

/// Whether the text of a cell may need quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// Digits, signs and letters of ours.
    Plain,
    /// Whatever somebody wrote.
    Free,
}

/// Appends the text of the value that comes next, which is not null and no nested one.
#[inline]
pub(super) fn write(
    column: &Type,
    kind: Kind,
    cursor: &mut Cursor<'_>,
    scratch: &mut Vec<u8>,
    out: &mut Vec<u8>,
) -> Result<Text, Fault> {
    match column {
        Type::String => return text(kind, cursor, out),
        Type::Varchar(limit) | Type::Char(limit) => return limited(*limit, kind, cursor, out),
        Type::Boolean => boolean(kind, cursor, out)?,
        Type::Byte => integer::<i8>(kind, cursor, out)?,
        Type::Short => integer::<i16>(kind, cursor, out)?,
        Type::Int => integer::<i32>(kind, cursor, out)?,
        Type::Long => integer::<i64>(kind, cursor, out)?,
        Type::Float => checked(kind, cursor, out, |text| numbers::float(text).map(drop))?,
        Type::Double => checked(kind, cursor, out, |text| numbers::double(text).map(drop))?,
        Type::Decimal { precision, scale } => {
            let value = numbers::decimal(number(kind, cursor)?, *precision, *scale).map_err(Fault::value)?;
            numbers::write_decimal(value, u32::from(*scale), out);
        }
        Type::Binary => base64(string(kind, cursor, scratch)?, out)?,
        Type::Date => {
            let text = string(kind, cursor, scratch)?;
            times::date(text).map_err(Fault::value)?;
            out.extend_from_slice(text);
        }
        Type::Timestamp => instant(times::timestamp, b"Z", string(kind, cursor, scratch)?, out)?,
        Type::TimestampNtz => instant(times::timestamp_ntz, b"", string(kind, cursor, scratch)?, out)?,
        Type::Array(_) | Type::Map(..) | Type::Struct(_) => return Err(Fault::kind(kind)),
    }
    Ok(Text::Plain)
}

#[inline(always)]
fn number<'a>(kind: Kind, cursor: &mut Cursor<'a>) -> Result<&'a [u8], Fault> {
    if kind == Kind::Number { Ok(cursor.number()?.text) } else { Err(Fault::kind(kind)) }
}

#[inline(always)]
fn string<'r: 's, 's>(
    kind: Kind,
    cursor: &mut Cursor<'r>,
    scratch: &'s mut Vec<u8>,
) -> Result<&'s [u8], Fault> {
    if kind == Kind::String { Ok(cursor.string()?.text(scratch)?) } else { Err(Fault::kind(kind)) }
}

#[inline(always)]
fn text(kind: Kind, cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<Text, Fault> {
    match kind {
        Kind::String => cursor.string()?.unescape_into(out)?,
        Kind::Number => out.extend_from_slice(cursor.number()?.text),
        _ => return Err(Fault::kind(kind)),
    }
    Ok(Text::Free)
}

fn limited(limit: u32, kind: Kind, cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<Text, Fault> {
    let start = out.len();
    let written = text(kind, cursor, out)?;
    let is_start = |byte: &&u8| (**byte as i8) >= -0x40;
    if out[start..].iter().filter(is_start).count() > limit as usize {
        return Err(Fault::value("more characters than the column has"));
    }
    Ok(written)
}

fn boolean(kind: Kind, cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
    let word: &[u8] = match kind {
        Kind::True => b"true",
        Kind::False => b"false",
        _ => return Err(Fault::kind(kind)),
    };
    cursor.literal()?;
    out.extend_from_slice(word);
    Ok(())
}

#[inline(always)]
fn integer<T: numbers::Integer>(kind: Kind, cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
    checked(kind, cursor, out, |text| numbers::integer::<T>(text).map(drop))
}

/// Appends a number as it is spelled, if it fits.
#[inline(always)]
fn checked(
    kind: Kind,
    cursor: &mut Cursor<'_>,
    out: &mut Vec<u8>,
    check: impl Fn(&[u8]) -> Result<(), numbers::Why>,
) -> Result<(), Fault> {
    let text = number(kind, cursor)?;
    check(text).map_err(Fault::value)?;
    out.extend_from_slice(text);
    Ok(())
}

fn base64(text: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
    let start = out.len();
    // Only to see that it is base64: in the one canonical spelling, so that the text can stay as it is.
    STANDARD.decode_vec(text, out).map_err(|_| Fault::value("not base64 text"))?;
    out.truncate(start);
    out.extend_from_slice(text);
    Ok(())
}

fn instant(
    parse: fn(&[u8]) -> Result<i64, times::Why>,
    zone: &[u8],
    text: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let micros = parse(text).map_err(Fault::value)?;
    times::write_time(i128::from(micros) * 1000, out).map_err(Fault::value)?;
    out.extend_from_slice(zone);
    Ok(())
}

/// Checks the key of a map.
pub(super) fn check_key(column: &Type, key: &[u8]) -> Result<(), Fault> {
    let whole = |text: &[u8]| match Cursor::bytes(text).number() {
        Ok(number) if number.text.len() == text.len() => Ok(()),
        _ => Err("a key that is no number"),
    };
    let fits = match column {
        Type::Boolean if matches!(key, b"true" | b"false") => Ok(()),
        Type::Boolean => Err("a key that is neither true nor false"),
        Type::Byte => whole(key).and_then(|()| numbers::integer::<i8>(key).map(drop)),
        Type::Short => whole(key).and_then(|()| numbers::integer::<i16>(key).map(drop)),
        Type::Int => whole(key).and_then(|()| numbers::integer::<i32>(key).map(drop)),
        Type::Long => whole(key).and_then(|()| numbers::integer::<i64>(key).map(drop)),
        Type::Decimal { precision, scale } => {
            whole(key).and_then(|()| numbers::decimal(key, *precision, *scale).map(drop))
        }
        Type::Date => times::date(key).map(drop),
        Type::Timestamp => times::timestamp(key).map(drop),
        Type::TimestampNtz => times::timestamp_ntz(key).map(drop),
        _ => Ok(()),
    };
    fits.map_err(Fault::value)
}
