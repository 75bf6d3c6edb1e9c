//! Numbers of any size, as Cassandra writes them: `varint`, and `decimal` with its scale.
//!
//! A `decimal` keeps the digits as they are spelled: `1.50` comes back as `1.50`, and `1e3` as `1E+3`.

use super::numbers::{NEGATIVE_ZERO, NOT_AN_INTEGER, Why};

/// More digits are refused: to convert them takes time that grows with their square.
const MAX_DIGITS: usize = 1_000;
/// No number of a real data set is longer when it is written out.
const MAX_SCALE: i64 = 10_000;

const TOO_MANY_DIGITS: Why = "more than 1000 digits";
const FAR_EXPONENT: Why = "an exponent beyond 10000";

/// Appends an integer, which is spelled as JSON allows, in two's complement.
pub fn varint(text: &[u8], out: &mut Vec<u8>) -> Result<(), Why> {
    let (negative, digits) = sign(text);
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(NOT_AN_INTEGER);
    }
    complement(negative, digits, out)
}

/// Appends a number: its scale, then its digits as an integer.
pub fn decimal(text: &[u8], out: &mut Vec<u8>) -> Result<(), Why> {
    let (negative, rest) = sign(text);
    let (mantissa, exponent) = match rest.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&rest[..at], exponent(&rest[at + 1..])?),
        None => (rest, 0),
    };
    let point = mantissa.iter().position(|byte| *byte == b'.');
    let fraction = point.map_or(0, |point| mantissa.len() - point - 1);
    if fraction > MAX_DIGITS {
        return Err(TOO_MANY_DIGITS);
    }
    let scale = fraction as i64 - exponent;
    if scale.abs() > MAX_SCALE {
        return Err(FAR_EXPONENT);
    }
    let digits: Vec<u8> = mantissa.iter().copied().filter(|byte| *byte != b'.').collect();
    out.extend_from_slice(&(scale as i32).to_be_bytes());
    complement(negative, &digits, out)
}

fn sign(text: &[u8]) -> (bool, &[u8]) {
    text.strip_prefix(b"-").map_or((false, text), |digits| (true, digits))
}

fn exponent(text: &[u8]) -> Result<i64, Why> {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let (negative, digits) = sign(text);
    let size = digits.iter().try_fold(0i64, |size, digit| {
        let size = size * 10 + i64::from(digit - b'0');
        (size <= 2 * MAX_SCALE).then_some(size)
    });
    size.map(|size| if negative { -size } else { size }).ok_or(FAR_EXPONENT)
}

/// Appends decimal digits as the shortest two's complement, most significant byte first.
fn complement(negative: bool, digits: &[u8], out: &mut Vec<u8>) -> Result<(), Why> {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    let digits = &digits[zeros..];
    if digits.is_empty() && negative {
        return Err(NEGATIVE_ZERO);
    }
    if digits.len() > MAX_DIGITS {
        return Err(TOO_MANY_DIGITS);
    }
    let mut bytes = magnitude(digits);
    // A bit for the sign.
    if bytes.last().is_none_or(|byte| byte & 0x80 != 0) {
        bytes.push(0);
    }
    if negative {
        negate(&mut bytes);
    }
    out.extend(bytes.iter().rev());
    Ok(())
}

/// The number in base 256, least significant byte first; empty for 0.
fn magnitude(digits: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = Vec::with_capacity(digits.len() / 2 + 1);
    for digit in digits {
        let mut carry = u32::from(digit - b'0');
        for byte in &mut bytes {
            carry += u32::from(*byte) * 10;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            bytes.push(carry as u8);
        }
    }
    bytes
}

/// Changes the sign of a number with room for it, and drops a byte that has become idle.
fn negate(bytes: &mut Vec<u8>) {
    let mut carry = true;
    for byte in bytes.iter_mut() {
        (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
    }
    // -128 is one byte, though 128 is two.
    while let [.., below, 0xff] = bytes.as_slice()
        && below & 0x80 != 0
    {
        bytes.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        varint(text.as_bytes(), &mut out).unwrap();
        out
    }

    #[test]
    fn an_integer_of_64_bits_is_what_it_is_without_idle_bytes() {
        let mut numbers = vec![0i64, i64::MAX, i64::MIN, 1 << 32, -(1 << 32)];
        numbers.extend(-70_000..70_000);
        for number in numbers {
            let bytes = bytes_of(&number.to_string());
            let fill = if number < 0 { 0xff } else { 0 };
            let mut wide = [fill; 8];
            wide[8 - bytes.len()..].copy_from_slice(&bytes);
            assert_eq!(i64::from_be_bytes(wide), number, "{bytes:?}");
            let idle = bytes.len() > 1 && bytes[0] == fill && bytes[1] & 0x80 == fill & 0x80;
            assert!(!idle, "{number}: {bytes:?}");
        }
    }

    #[test]
    fn a_large_integer_has_all_its_digits() {
        // 2^127 and -2^127.
        let two = "170141183460469231731687303715884105728";
        assert_eq!(bytes_of(two), [&[0, 0x80][..], &[0; 15]].concat());
        assert_eq!(bytes_of(&format!("-{two}")), [&[0x80][..], &[0; 15]].concat());
        assert_eq!(varint(b"-0", &mut Vec::new()), Err(NEGATIVE_ZERO));
        assert_eq!(varint(b"1.0", &mut Vec::new()), Err(NOT_AN_INTEGER));
        let long = "9".repeat(1001);
        assert_eq!(varint(long.as_bytes(), &mut Vec::new()), Err(TOO_MANY_DIGITS));
    }

    #[test]
    fn a_decimal_keeps_its_spelling() {
        for (text, scale, unscaled) in [
            ("1.50", 2, "150"),
            ("-0.01", 2, "-1"),
            ("1e3", -3, "1"),
            ("12.5E-2", 3, "125"),
            ("0.00", 2, "0"),
        ] {
            let mut out = Vec::new();
            decimal(text.as_bytes(), &mut out).unwrap();
            let (head, tail) = out.split_at(4);
            assert_eq!(
                (i32::from_be_bytes(head.try_into().unwrap()), tail),
                (scale, &*bytes_of(unscaled)),
                "{text}"
            );
        }
        for (text, why) in
            [("-0.0", NEGATIVE_ZERO), ("1e10001", FAR_EXPONENT), ("1e-99999999999999999999", FAR_EXPONENT)]
        {
            assert_eq!(decimal(text.as_bytes(), &mut Vec::new()), Err(why), "{text}");
        }
    }
}
