//! JSON numbers as values of a typed column: exactly, or not at all.
//!
//! In: a number as it is spelled, already checked against JSON's grammar. Out: the value, or in
//! words why the column cannot hold it. What each type takes:
//!
//! - **Integers** take what they give back digit for digit: `1.0`, `1e3` and `-0` would return as
//!   `1`, `1000` and `0`, so they are refused.
//! - **DECIMAL** takes any spelling of a value that it holds exactly: `1.50` and `15e-1` are the same
//!   in `DECIMAL(3,1)`. More digits than it has are refused, and so is a negative zero.
//! - **DOUBLE** takes integers that it holds exactly (big integers are never floats), and the nearest
//!   double of a number with a fraction or an exponent, as every JSON reader does; a number that
//!   would become infinite, or zero without being zero, is refused.
//! - **FLOAT** is stricter, because it is easily too small: a fraction must be the shortest spelling
//!   of that float (`0.1`) or the spelling of the same value as a double (`0.10000000149011612`).

mod exact;

use exact::Exact;
pub use exact::{Width, compare, decimal, width, write_decimal};

/// Why a number does not fit; static, so that refusing costs nothing.
pub type Why = &'static str;

pub(crate) const NOT_AN_INTEGER: Why = "not written as an integer, as an integer column would give it back";
pub(crate) const OUT_OF_RANGE: Why = "an integer out of the column's range";
const NOT_EXACT: Why = "an integer too large to be exact in the column";
const INFINITE: Why = "a number too large for the column";
const VANISHES: Why = "a number so small that the column would hold zero";
const TOO_PRECISE: Why = "more digits than a FLOAT keeps";
pub(crate) const NEGATIVE_ZERO: Why = "a negative zero, whose sign the column cannot keep";

/// The integer types of the columns.
pub trait Integer: Copy {
    /// The value, if it is in range.
    fn narrow(wide: i64) -> Option<Self>;
}

macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl Integer for $kind {
            #[inline]
            fn narrow(wide: i64) -> Option<Self> {
                Self::try_from(wide).ok()
            }
        }
    )*};
}
integers!(i8, i16, i32, i64);

/// An integer in its one canonical spelling.
#[inline]
pub fn integer<T: Integer>(text: &[u8]) -> Result<T, Why> {
    T::narrow(long(text)?).ok_or(OUT_OF_RANGE)
}

#[inline]
fn long(text: &[u8]) -> Result<i64, Why> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if digits.len() > 18 {
        return long_at_the_edge(text);
    }
    let mut value = 0i64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return Err(NOT_AN_INTEGER);
        }
        value = value * 10 + i64::from(digit);
    }
    match (digits.len() != text.len(), value) {
        (true, 0) => Err(NEGATIVE_ZERO),
        (true, value) => Ok(-value),
        (false, value) => Ok(value),
    }
}

/// Numbers of 19 digits and more, which may overflow.
#[cold]
fn long_at_the_edge(text: &[u8]) -> Result<i64, Why> {
    if !is_plain_integer(text) {
        return Err(NOT_AN_INTEGER);
    }
    ascii(text).parse().map_err(|_| OUT_OF_RANGE)
}

/// A number as a string; JSON numbers are ASCII.
fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}

fn is_plain_integer(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
}

/// Whether any digit before an exponent is not 0.
pub fn is_nonzero(text: &[u8]) -> bool {
    text.iter().take_while(|byte| !matches!(byte, b'e' | b'E')).any(|byte| (b'1'..=b'9').contains(byte))
}

/// The nearest double, where the module's rule allows it.
#[inline]
pub fn double(text: &[u8]) -> Result<f64, Why> {
    let value: f64 = ascii(text).parse().map_err(|_| INFINITE)?;
    if value.is_infinite() {
        return Err(INFINITE);
    }
    if value == 0.0 && is_nonzero(text) {
        return Err(VANISHES);
    }
    // Up to 15 digits, every integer has a double of its own.
    if text.len() > 15 && is_plain_integer(text) && format!("{value:.0}").as_bytes() != text {
        return Err(NOT_EXACT);
    }
    Ok(value)
}

/// The nearest float, where the module's rule allows it.
pub fn float(text: &[u8]) -> Result<f32, Why> {
    let value: f32 = ascii(text).parse().map_err(|_| INFINITE)?;
    if value.is_infinite() {
        return Err(INFINITE);
    }
    if value == 0.0 && is_nonzero(text) {
        return Err(VANISHES);
    }
    if is_plain_integer(text) {
        let exact = format!("{value:.0}").as_bytes() == text;
        return if exact { Ok(value) } else { Err(NOT_EXACT) };
    }
    let as_double = ascii(text).parse::<f64>() == Ok(f64::from(value));
    let shortest = format!("{value:e}");
    if as_double || Exact::parse(text) == Exact::parse(shortest.as_bytes()) {
        Ok(value)
    } else {
        Err(TOO_PRECISE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_column_takes_what_it_gives_back_digit_for_digit() {
        assert_eq!(integer::<i8>(b"-128"), Ok(-128));
        assert_eq!(integer::<i8>(b"128"), Err(OUT_OF_RANGE));
        assert_eq!(integer::<i16>(b"-32769"), Err(OUT_OF_RANGE));
        assert_eq!(integer::<i32>(b"2147483647"), Ok(i32::MAX));
        assert_eq!(integer::<i64>(b"-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(integer::<i64>(b"9223372036854775808"), Err(OUT_OF_RANGE));
        assert_eq!(integer::<i64>(b"999999999999999999"), Ok(999_999_999_999_999_999));
        for text in ["1.0", "1e3", "1.5", "1E0", "0.00000000000000000001", "1000000000000000000000.5"] {
            assert_eq!(integer::<i32>(text.as_bytes()), Err(NOT_AN_INTEGER), "{text}");
        }
        assert_eq!(integer::<i32>(b"-0"), Err(NEGATIVE_ZERO));
    }

    #[test]
    fn a_double_is_the_nearest_one_but_never_a_rounded_integer() {
        assert_eq!(double(b"0.1"), Ok(0.1));
        assert_eq!(double(b"0.10000000000000001"), Ok(0.1));
        assert_eq!(double(b"9007199254740992"), Ok(9007199254740992.0));
        assert_eq!(double(b"9007199254740993"), Err(NOT_EXACT));
        assert_eq!(double(b"-9007199254740993"), Err(NOT_EXACT));
        assert_eq!(double(b"18446744073709551615"), Err(NOT_EXACT));
        assert_eq!(double(b"18446744073709551616"), Ok(18446744073709551616.0));
        assert_eq!(double(b"1e400"), Err(INFINITE));
        assert_eq!(double(b"-1e400"), Err(INFINITE));
        assert_eq!(double(b"1e-400"), Err(VANISHES));
        assert_eq!(double(b"0e-400"), Ok(0.0));
        assert!(double(b"-0").is_ok_and(|zero| zero == 0.0 && zero.is_sign_negative()));
        assert_eq!(double(b"5e-324"), Ok(5e-324));
    }

    #[test]
    fn a_float_takes_its_own_spellings_only() {
        assert_eq!(float(b"0.1"), Ok(0.1));
        assert_eq!(float(b"1.50"), Ok(1.5));
        assert_eq!(float(b"15e-1"), Ok(1.5));
        assert_eq!(float(b"0.10000000149011612"), Ok(0.1));
        assert_eq!(float(b"0.123456789"), Err(TOO_PRECISE));
        assert_eq!(float(b"16777216"), Ok(16777216.0));
        assert_eq!(float(b"16777217"), Err(NOT_EXACT));
        assert_eq!(float(b"1e39"), Err(INFINITE));
        assert_eq!(float(b"1e-50"), Err(VANISHES));
    }
}
