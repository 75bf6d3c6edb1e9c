//! Numbers by their digits: as DECIMALs, and beside each other.
//!
//! In: a number as it is spelled. Out: what it is worth, whatever the spelling, as long as 38 digits hold it.

use std::cmp::Ordering;
use std::io::Write;

use super::{NEGATIVE_ZERO, Why, ascii};

const TOO_MANY_DIGITS: Why = "more digits than the DECIMAL has";
const TOO_MANY_FRACTION_DIGITS: Why = "more digits after the point than the DECIMAL has";

/// A number in normal form: `mantissa * 10^exponent`, the mantissa without trailing zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    negative: bool,
    mantissa: u128,
    /// Of the mantissa; 0 for zero.
    digits: u32,
    exponent: i64,
}

impl Exact {
    /// `None` if the mantissa has more than 38 digits.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
