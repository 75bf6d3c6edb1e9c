//! Single values as JSON text.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Why;
use crate::schema::times;

const NOT_FINITE: Why = "NaN or an infinity, which JSON cannot say";

/// Writes anything; a Vec takes all it is given.
pub(super) fn display(value: impl std::fmt::Display, out: &mut Vec<u8>) {
    let _ = write!(out, "{value}");
}

pub(super) fn write_integer(value: i64, out: &mut Vec<u8>) {
    // Ages and counts, mostly.
    if (0..10).contains(&value) {
        out.push(b'0' + value as u8);
    } else if (10..100).contains(&value) {
        out.extend_from_slice(&[b'0' + (value / 10) as u8, b'0' + (value % 10) as u8]);
    } else {
        display(value, out);
    }
}

pub(super) fn write_double(value: f64, out: &mut Vec<u8>) -> Result<(), Why> {
    if !value.is_finite() {
        return Err(NOT_FINITE);
    }
    serde_json::to_writer(out, &value).map_err(|_| NOT_FINITE)
}

pub(super) fn write_float(value: f32, out: &mut Vec<u8>) -> Result<(), Why> {
    if !value.is_finite() {
        return Err(NOT_FINITE);
    }
    serde_json::to_writer(out, &value).map_err(|_| NOT_FINITE)
}

pub(super) fn write_base64(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
    out.push(b'"');
}

pub(super) fn write_clock(ticks: i64, nanos: i64, out: &mut Vec<u8>) -> Result<(), Why> {
    let total = ticks.checked_mul(nanos).filter(|nanos| (0..86_400_000_000_000).contains(nanos));
    let total = total.ok_or("a time that is on no clock")?;
    out.push(b'"');
    times::write_clock(total / 1_000_000_000, total % 1_000_000_000, out);
    out.push(b'"');
    Ok(())
}

/// Writes a JSON string, escaping what must be and nothing else.
pub(super) fn write_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut plain = 0;
    let mut at = 0;
    while let Some(offset) = first_special(&text[at..]) {
        at += offset;
        out.extend_from_slice(&text[plain..at]);
        write_escape(text[at], out);
        at += 1;
        plain = at;
    }
    out.extend_from_slice(&text[plain..]);
    out.push(b'"');
}

/// Where the first byte is that cannot stand in a JSON string; eight bytes at a time.
#[inline]
fn first_special(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let mut chunks = text.chunks_exact(8);
    let mut at = 0;
    for chunk in &mut chunks {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(chunk);
        let word = u64::from_le_bytes(bytes);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = zero(word ^ (ONES * u64::from(b'"')));
        let backslash = zero(word ^ (ONES * u64::from(b'\\')));
        // Borrows can raise false alarms behind a hit, never in front of one.
        let hits = (control | quote | backslash) & HIGHS;
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let is_special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    chunks.remainder().iter().position(is_special).map(|offset| at + offset)
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            let _ = write!(out, "\\u{byte:04x}");
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_serde_json_does_it() {
        let mut all = Vec::new();
        for byte in 0..128u8 {
            for before in 0..17 {
                let text = format!("{}{}tail é", "x".repeat(before), byte as char);
                all.clear();
                write_string(text.as_bytes(), &mut all);
                assert_eq!(String::from_utf8_lossy(&all), serde_json::to_string(&text).unwrap());
            }
        }
    }

    #[test]
    fn floats_come_back_as_the_same_float_and_are_json_numbers() {
        for value in [0.1, -0.0, 1e300, 5e-324, 9007199254740993.0, 1.0, f64::MAX] {
            let mut out = Vec::new();
            write_double(value, &mut out).unwrap();
            let back: f64 = serde_json::from_slice(&out).unwrap();
            assert_eq!(back.to_bits(), value.to_bits());
        }
        assert!(write_double(f64::NAN, &mut Vec::new()).is_err());
        assert!(write_float(f32::INFINITY, &mut Vec::new()).is_err());
    }
}
