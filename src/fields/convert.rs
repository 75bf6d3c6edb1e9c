//! Conversions: a value as another type, exactly or not at all.
//!
//! | type | takes | gives |
//! |---|---|---|
//! | `string` | strings; numbers and booleans, as they are spelled | a string |
//! | `int`, `long` | integers of 32 or 64 bits, or strings that spell one | the number, as it is spelled |
//! | `double` | numbers that a double holds, integers exactly; or strings that spell one | the number, as it is spelled |
//! | `decimal`, `decimal(p,s)` | numbers of any length, or that fit; or strings that spell one | the number, as it is spelled |
//! | `boolean` | `true`, `false`, and the strings of these | a boolean |
//! | `timestamp` | RFC 3339 with a zone | `2026-11-20T08:00:00.000Z` |
//! | `timestamp_s`, `timestamp_ms`, `timestamp_us` | numbers since 1970, or strings that spell one | the same |
//! | `json` | anything | its JSON text, as a string |
//!
//! null stays null. What spells a number is what JSON takes for one: no `+`, no blanks, no `0x`. A
//! string that holds `1e400` is no double, and `1.0` is no int: the rules are those of
//! [`numbers`] and [`times`], which every encoder has, too.

use super::cell::Cell;
use crate::json::{Cursor, Kind};
use crate::run::exit::{Error, Result};
use crate::schema::{numbers, times};

/// What a value is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Convert {
    String,
    Int,
    Long,
    Double,
    /// Of so many digits, so many of them after the point, if it has a bound.
    Decimal(Option<(u8, u8)>),
    Boolean,
    Timestamp,
    /// A number of ticks since 1970; so many of them make a second.
    Epoch(Ticks),
    Json,
}

/// How many ticks make a second, as a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ticks {
    Seconds = 0,
    Millis = 3,
    Micros = 6,
}

/// The types by name.
const NAMES: [(&str, Convert); 11] = [
    ("string", Convert::String),
    ("int", Convert::Int),
    ("long", Convert::Long),
    ("double", Convert::Double),
    ("decimal", Convert::Decimal(None)),
    ("boolean", Convert::Boolean),
    ("timestamp", Convert::Timestamp),
    ("timestamp_s", Convert::Epoch(Ticks::Seconds)),
    ("timestamp_ms", Convert::Epoch(Ticks::Millis)),
    ("timestamp_us", Convert::Epoch(Ticks::Micros)),
    ("json", Convert::Json),
];

/// Why a value does not fit; and what to write instead, where that can be told.
pub(super) type Misfit = (&'static str, Option<&'static str>);

impl Convert {
    /// The type of this name.
    pub fn parse(name: &str) -> Result<Self> {
        let lower = name.to_ascii_lowercase();
        if let Some((_, known)) = NAMES.iter().find(|(known, _)| *known == lower) {
            return Ok(*known);
        }
        if let Some(bounds) = lower.strip_prefix("decimal(").and_then(|rest| rest.strip_suffix(')')) {
            return bounded(bounds).ok_or_else(|| {
                Error::usage(format!("type '{name}': 1 to 38 digits, at most all of them after the point"))
                    .hint("decimal(10,2)")
            });
        }
        let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
        let error = Error::usage(format!("there is no type '{name}', but {}", names.join(", ")));
        Err(match meant(&lower) {
            Some(meant) => error.hint(meant),
            None => error,
        })
    }

    /// Appends `cell` as this type to `out`.
    #[inline]
    pub fn write(self, cell: Cell<'_>, scratch: &mut Vec<u8>, out: &mut Vec<u8>) -> Result<(), Misfit> {
        match (self, cell.kind()) {
            (Convert::Json, _) => {
                // Memory takes all it is given, and a record is UTF-8.
                let _ = serde_json::to_writer(out, &String::from_utf8_lossy(cell.bytes()));
                Ok(())
            }
            (_, Kind::Null) => copy(cell.bytes(), out),
            (Convert::String, _) => as_string(cell, out),
            (Convert::Boolean, _) => as_boolean(cell, scratch, out),
            (Convert::Timestamp, _) => as_timestamp(cell, scratch, out),
            _ => {
                let number = number(cell, scratch)?;
                self.write_number(number, out)
            }
        }
    }

    #[inline]
    fn write_number(self, number: &[u8], out: &mut Vec<u8>) -> Result<(), Misfit> {
        let plain = |why| (why, None);
        match self {
            Convert::Int => numbers::integer::<i32>(number).map(|_| ()).map_err(plain)?,
            Convert::Long => numbers::integer::<i64>(number).map(|_| ()).map_err(plain)?,
            Convert::Double => numbers::double(number).map(|_| ()).map_err(plain)?,
            Convert::Decimal(Some((precision, scale))) => {
                numbers::decimal(number, precision, scale).map(|_| ()).map_err(plain)?;
            }
            Convert::Epoch(ticks) => return epoch(number, ticks, out).map_err(plain),
            _ => {}
        }
        copy(number, out)
    }
}

/// `10,2`
fn bounded(text: &str) -> Option<Convert> {
    let (precision, scale) = text.split_once(',').unwrap_or((text, "0"));
    let (precision, scale) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
    ((1..=38).contains(&precision) && scale <= precision)
        .then_some(Convert::Decimal(Some((precision, scale))))
}

/// What people mean who come from another system.
fn meant(name: &str) -> Option<&'static str> {
    Some(match name {
        "str" | "text" | "varchar" => "string",
        "integer" | "int32" | "i32" | "smallint" | "tinyint" => "int",
        "bigint" | "int64" | "i64" => "long",
        "float" | "real" | "number" | "numeric" | "float64" | "f64" => "double",
        "bool" => "boolean",
        "datetime" | "date" | "time" | "timestamptz" => "timestamp",
        "epoch" | "millis" | "epoch_ms" | "timestamp_millis" => "timestamp_ms",
        _ => return None,
    })
}

fn copy(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Misfit> {
    out.extend_from_slice(bytes);
    Ok(())
}

fn as_string(cell: Cell<'_>, out: &mut Vec<u8>) -> Result<(), Misfit> {
    match cell.kind() {
        Kind::String => copy(cell.bytes(), out),
        Kind::Object | Kind::Array => {
            Err(("an object or an array is no string", Some("NAME:json=PATH for its JSON text")))
        }
        _ => {
            out.push(b'"');
            out.extend_from_slice(cell.bytes());
            copy(b"\"", out)
        }
    }
}

fn as_boolean(cell: Cell<'_>, scratch: &mut Vec<u8>, out: &mut Vec<u8>) -> Result<(), Misfit> {
    const WHY: Misfit = ("neither true nor false", None);
    match cell.kind() {
        Kind::True | Kind::False => copy(cell.bytes(), out),
        Kind::String => match cell.string().text(scratch).map_err(|_| WHY)? {
            text @ (b"true" | b"false") => copy(text, out),
            _ => Err(WHY),
        },
        _ => Err(WHY),
    }
}

fn as_timestamp(cell: Cell<'_>, scratch: &mut Vec<u8>, out: &mut Vec<u8>) -> Result<(), Misfit> {
    match cell.kind() {
        Kind::String => {
            let text = cell.string().text(scratch).map_err(|_| ("lone surrogate in a string", None))?;
            let micros = times::timestamp(text).map_err(|why| (why, None))?;
            write_instant(i128::from(micros) * 1000, out).map_err(|why| (why, None))
        }
        Kind::Number => Err((
            "a number, whose unit the type must name",
            Some("NAME:timestamp_ms=PATH for milliseconds since 1970, timestamp_s, timestamp_us"),
        )),
        _ => Err(("no time", None)),
    }
}

/// The number that a value is, or that a string spells.
#[inline]
fn number<'s, 'r: 's>(cell: Cell<'r>, scratch: &'s mut Vec<u8>) -> Result<&'s [u8], Misfit> {
    const WHY: Misfit = ("no number", None);
    let text = match cell.kind() {
        Kind::Number => return Ok(cell.bytes()),
        Kind::String => cell.string().text(scratch).map_err(|_| WHY)?,
        _ => return Err(WHY),
    };
    match Cursor::bytes(text).number() {
        // The cursor steps over blanks, and a number has none.
        Ok(number) if number.text.len() == text.len() => Ok(text),
        _ => Err(("a string that spells no number as JSON does", None)),
    }
}

/// Writes the instant that is so many ticks after 1970.
fn epoch(number: &[u8], ticks: Ticks, out: &mut Vec<u8>) -> Result<(), &'static str> {
    // Ticks may have a fraction, down to a microsecond: 1763600000.246 s.
    let scale = 6 - ticks as u8;
    let micros =
        numbers::decimal(number, 38, scale).map_err(|_| "no time as a number of ticks since 1970")?;
    let nanos = micros.checked_mul(1000).ok_or("a time outside the years 0000 to 9999")?;
    write_instant(nanos, out)
}

/// Writes an instant, in quotes.
fn write_instant(nanos: i128, out: &mut Vec<u8>) -> Result<(), &'static str> {
    out.push(b'"');
    times::write_time(nanos, out)?;
    out.extend_from_slice(b"Z\"");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::cell::Constant;
    use super::*;

    fn convert(name: &str, json: &str) -> Result<String, &'static str> {
        let (constant, mut out) = (Constant::parse(json.as_bytes()).unwrap(), Vec::new());
        let written = Convert::parse(name).unwrap().write(constant.cell(), &mut Vec::new(), &mut out);
        written.map(|()| String::from_utf8(out).unwrap()).map_err(|(why, _)| why)
    }

    #[test]
    fn what_fits_is_given_as_it_is_spelled() {
        for (name, json, expected) in [
            ("string", r#""a\u00e9""#, r#""a\u00e9""#),
            ("string", "1.50", r#""1.50""#),
            ("string", "true", r#""true""#),
            ("int", "-7", "-7"),
            ("int", r#""2147483647""#, "2147483647"),
            ("long", "9223372036854775807", "9223372036854775807"),
            ("double", r#""-79.7762""#, "-79.7762"),
            ("double", "1E5", "1E5"),
            ("decimal", "123456789012345678901234567890.10", "123456789012345678901234567890.10"),
            ("decimal(5,2)", r#""1.50""#, "1.50"),
            ("boolean", r#""true""#, "true"),
            ("boolean", "false", "false"),
            ("timestamp", r#""2026-11-20T09:00:00+01:00""#, r#""2026-11-20T08:00:00.000Z""#),
            ("timestamp_ms", "1763600000246", r#""2025-11-20T00:53:20.246Z""#),
            ("timestamp_ms", r#""1763600000246""#, r#""2025-11-20T00:53:20.246Z""#),
            ("timestamp_s", "1763600000", r#""2025-11-20T00:53:20.000Z""#),
            ("timestamp_s", "1763600000.5", r#""2025-11-20T00:53:20.500Z""#),
            ("timestamp_us", "-1", r#""1969-12-31T23:59:59.999999Z""#),
            ("json", r#"{"a" : "b"}"#, r#""{\"a\" : \"b\"}""#),
            ("json", "null", r#""null""#),
            ("int", "null", "null"),
            ("STRING", "null", "null"),
        ] {
            assert_eq!(convert(name, json).as_deref(), Ok(expected), "{name} of {json}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (name, json) in [
            ("string", "[1]"),
            ("int", "2147483648"),
            ("int", "1.0"),
            ("int", r#""""#),
            ("int", r#"" 1""#),
            ("int", r#""+1""#),
            ("int", r#""0x1""#),
            ("int", r#""01""#),
            ("int", "true"),
            ("long", "1e3"),
            ("double", "1e400"),
            ("double", "9007199254740993"),
            ("double", r#""NaN""#),
            ("decimal(5,2)", "1.005"),
            ("boolean", "1"),
            ("boolean", r#""yes""#),
            ("timestamp", r#""2026-11-20 08:00:00""#),
            ("timestamp", "1763600000246"),
            ("timestamp_ms", "1e30"),
            ("timestamp_ms", "0.0001"),
            ("timestamp_us", "0.5"),
        ] {
            assert!(convert(name, json).is_err(), "{name} of {json}");
        }
    }

    #[test]
    fn an_unknown_type_is_told_with_the_one_that_was_meant() {
        for (name, meant) in
            [("float", "double"), ("bigint", "long"), ("Bool", "boolean"), ("epoch", "timestamp_ms")]
        {
            let error = Convert::parse(name).unwrap_err().to_string();
            assert!(error.ends_with(&format!("(try: {meant})")), "{error}");
        }
        for name in ["decimal(39,0)", "decimal(2,3)", "decimal()", "", "int(3)"] {
            assert!(Convert::parse(name).is_err(), "{name}");
        }
    }
}
