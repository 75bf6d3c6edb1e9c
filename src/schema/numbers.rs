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

use std::cmp::Ordering;
use std::io::Write;

/// Why a number does not fit; static, so that refusing costs nothing.
pub type Why = &'static str;

const NOT_AN_INTEGER: Why = "not written as an integer, as an integer column would give it back";
const OUT_OF_RANGE: Why = "an integer out of the column's range";
const NOT_EXACT: Why = "an integer too large to be exact in the column";
const INFINITE: Why = "a number too large for the column";
const VANISHES: Why = "a number so small that the column would hold zero";
const TOO_PRECISE: Why = "more digits than a FLOAT keeps";
const TOO_MANY_DIGITS: Why = "more digits than the DECIMAL has";
const TOO_MANY_FRACTION_DIGITS: Why = "more digits after the point than the DECIMAL has";
const NEGATIVE_ZERO: Why = "a negative zero, whose sign the column cannot keep";

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
    if !text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') {
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

/// The value times `10^scale`, if a DECIMAL of `precision` digits holds it exactly.
pub fn decimal(text: &[u8], precision: u8, scale: u8) -> Result<i128, Why> {
    let exact = Exact::parse(text).ok_or(TOO_MANY_DIGITS)?;
    if exact.digits == 0 {
        return if exact.negative { Err(NEGATIVE_ZERO) } else { Ok(0) };
    }
    let shift = exact.exponent + i64::from(scale);
    if shift < 0 {
        return Err(TOO_MANY_FRACTION_DIGITS);
    }
    if i64::from(exact.digits) + shift > i64::from(precision) {
        return Err(TOO_MANY_DIGITS);
    }
    // At most 38 digits in all, which an i128 holds; the shift is at most 37.
    let value = exact.mantissa as i128 * 10i128.pow(shift as u32);
    Ok(if exact.negative { -value } else { value })
}

/// Writes all digits of the scale: `1.50` from a `DECIMAL(10,2)`.
pub fn write_decimal(value: i128, scale: u32, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let start = out.len();
    // A Vec takes all it is given.
    let _ = write!(out, "{}", value.unsigned_abs());
    let scale = scale as usize;
    if scale == 0 {
        return;
    }
    // At least one digit before the point.
    let digits = out.len() - start;
    if digits <= scale {
        out.splice(start..start, std::iter::repeat_n(b'0', scale + 1 - digits));
    }
    out.insert(out.len() - scale, b'.');
}

/// How two numbers compare, by their values. Beyond 38 digits, by the doubles next to them.
pub fn compare(one: &[u8], other: &[u8]) -> Ordering {
    match (Exact::parse(one), Exact::parse(other)) {
        (Some(one), Some(other)) => one.compare(&other),
        _ => {
            let double = |text| ascii(text).parse::<f64>().unwrap_or(0.0);
            double(one).total_cmp(&double(other))
        }
    }
}

/// How many digits a number has before and after its point, when written without an exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Width {
    /// Digits before the point.
    pub whole: u32,
    /// Digits after it.
    pub fraction: u32,
    /// Digits from the first to the last that is not 0.
    pub digits: u32,
}

/// The width of a number that some DECIMAL could hold.
pub fn width(text: &[u8]) -> Option<Width> {
    let exact = Exact::parse(text)?;
    if exact.digits == 0 {
        return (!exact.negative).then_some(Width { whole: 0, fraction: 0, digits: 0 });
    }
    let fraction = u32::try_from((-exact.exponent).max(0)).ok()?;
    let whole = u32::try_from((i64::from(exact.digits) + exact.exponent).max(0)).ok()?;
    Some(Width { whole, fraction, digits: exact.digits })
}

/// A number in normal form: `mantissa * 10^exponent`, the mantissa without trailing zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exact {
    negative: bool,
    mantissa: u128,
    /// Of the mantissa; 0 for zero.
    digits: u32,
    exponent: i64,
}

impl Exact {
    /// `None` if the mantissa has more than 38 digits.
    fn parse(text: &[u8]) -> Option<Self> {
        let negative = text.first() == Some(&b'-');
        let mut exact = Self { negative, mantissa: 0, digits: 0, exponent: 0 };
        let mut zeros = 0u32;
        let mut after_point = false;
        for (at, &byte) in text.iter().enumerate().skip(usize::from(negative)) {
            match byte {
                b'.' => after_point = true,
                b'e' | b'E' => {
                    exact.exponent = exact.exponent.saturating_add(exponent(&text[at + 1..]));
                    break;
                }
                b'0' if exact.digits == 0 => exact.exponent -= i64::from(after_point),
                b'0' => {
                    zeros += 1;
                    exact.exponent -= i64::from(after_point);
                }
                digit => {
                    exact.push(digit - b'0', zeros)?;
                    zeros = 0;
                    exact.exponent -= i64::from(after_point);
                }
            }
        }
        exact.exponent = exact.exponent.saturating_add(i64::from(zeros));
        if exact.digits == 0 {
            exact.exponent = 0;
        }
        Some(exact)
    }

    fn compare(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits, number.negative) {
            (0, _) => 0,
            (_, negative) => {
                if negative {
                    -1
                } else {
                    1
                }
            }
        };
        let signs = sign(self).cmp(&sign(other));
        if signs.is_ne() || sign(self) == 0 {
            return signs;
        }
        let sizes = self.size().cmp(&other.size()).then_with(|| {
            // Of one size, so that the shorter mantissa can be filled up: 38 digits at most.
            let digits = self.digits.max(other.digits);
            let filled = |number: &Self| number.mantissa * 10u128.pow(digits - number.digits);
            filled(self).cmp(&filled(other))
        });
        if self.negative { sizes.reverse() } else { sizes }
    }

    /// How many digits stand before the point, or how many zeros behind it.
    fn size(&self) -> i64 {
        self.exponent.saturating_add(i64::from(self.digits))
    }

    /// Appends a digit after some zeros that were held back in case they ended the number.
    fn push(&mut self, digit: u8, zeros: u32) -> Option<()> {
        self.digits = self.digits.saturating_add(zeros + 1);
        if self.digits > 38 {
            return None;
        }
        self.mantissa = self.mantissa * 10u128.pow(zeros + 1) + u128::from(digit);
        Some(())
    }
}

/// The exponent after an `e`; beyond any use, its sign is all that counts.
fn exponent(text: &[u8]) -> i64 {
    const FAR: i64 = 1 << 40;
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        rest => (1, rest),
    };
    let size = digits.iter().fold(0i64, |size, &byte| (size * 10 + i64::from(byte - b'0')).min(FAR));
    sign * size
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

    #[test]
    fn a_decimal_is_exact_whatever_the_spelling() {
        for (text, expected) in [
            ("1.5", 150),
            ("1.500", 150),
            ("15e-1", 150),
            ("-0.01", -1),
            ("0", 0),
            ("0.000e9", 0),
            ("1E2", 10_000),
        ] {
            assert_eq!(decimal(text.as_bytes(), 10, 2), Ok(expected), "{text}");
        }
        assert_eq!(decimal(b"1.005", 10, 2), Err(TOO_MANY_FRACTION_DIGITS));
        assert_eq!(decimal(b"100000000", 10, 2), Err(TOO_MANY_DIGITS));
        assert_eq!(decimal(b"1e999999999999999999999", 38, 0), Err(TOO_MANY_DIGITS));
        assert_eq!(decimal(b"1e-999999999999999999999", 38, 38), Err(TOO_MANY_FRACTION_DIGITS));
        assert_eq!(decimal(b"-0.0", 10, 2), Err(NEGATIVE_ZERO));
        let most = "9".repeat(38);
        assert_eq!(decimal(most.as_bytes(), 38, 0), Ok(10i128.pow(38) - 1));
        assert_eq!(decimal(format!("{most}0").as_bytes(), 38, 0), Err(TOO_MANY_DIGITS));
        assert_eq!(decimal(format!("{most}9").as_bytes(), 38, 0), Err(TOO_MANY_DIGITS));
        assert_eq!(decimal(format!("0.{most}").as_bytes(), 38, 38), Ok(10i128.pow(38) - 1));
    }

    #[test]
    fn a_width_is_that_of_the_smallest_decimal() {
        for (text, whole, fraction) in
            [("0", 0, 0), ("10", 2, 0), ("1.50", 1, 1), ("0.05", 0, 2), ("1e3", 4, 0), ("12e-4", 0, 4)]
        {
            let found = width(text.as_bytes()).unwrap();
            assert_eq!((found.whole, found.fraction), (whole, fraction), "{text}");
        }
        assert_eq!(width(b"-0"), None);
    }

    #[test]
    fn decimals_have_all_their_digits() {
        for (value, scale, expected) in [
            (150, 2, "1.50"),
            (-1, 2, "-0.01"),
            (0, 2, "0.00"),
            (7, 0, "7"),
            (-123, 3, "-0.123"),
            (i128::MIN, 0, "-170141183460469231731687303715884105728"),
        ] {
            let mut out = Vec::new();
            write_decimal(value, scale, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }

    #[test]
    fn numbers_compare_by_value_and_not_by_spelling() {
        let ordered = [
            "-1e400",
            "-10",
            "-9.5",
            "-0.001",
            "0",
            "1e-400",
            "0.001",
            "0.0011",
            "9",
            "9.99",
            "10",
            "9007199254740992",
            "9007199254740993",
            "99999999999999999999999999999999999999",
            "1e38",
            "1e400",
        ];
        for (at, one) in ordered.iter().enumerate() {
            for (beside, other) in ordered.iter().enumerate() {
                assert_eq!(compare(one.as_bytes(), other.as_bytes()), at.cmp(&beside), "{one} and {other}");
            }
        }
        for (one, other) in [("10", "1e1"), ("1.50", "15e-1"), ("-0", "0.0"), ("100", "1.00e2")] {
            assert!(compare(one.as_bytes(), other.as_bytes()).is_eq(), "{one} and {other}");
        }
    }
}
