//! The number grammar of RFC 8259: `-? (0 | [1-9][0-9]*) ('.' [0-9]+)? ([eE] [+-]? [0-9]+)?`.
//!
//! Numbers are spans of text here. Nothing is converted, so nothing overflows: `1e400`, `-0` and
//! `18446744073709551615` are as good as `1`.

use super::error::Reason;

/// Where a number ends, and whether it has neither a fraction nor an exponent.
pub(super) struct Extent {
    pub end: usize,
    pub integer: bool,
}

/// Reads the number that starts at `start`; on failure says where its grammar broke.
#[inline(always)]
pub(super) fn number(text: &[u8], start: usize) -> Result<Extent, (Reason, usize)> {
    let first = start + usize::from(text.get(start) == Some(&b'-'));
    // No digit after a leading zero: `01` is `0` and then something that no grammar expects.
    let whole = if text.get(first) == Some(&b'0') { first + 1 } else { digits(text, first)? };
    match text.get(whole) {
        Some(b'.' | b'e' | b'E') => tail(text, whole),
        _ => Ok(Extent { end: whole, integer: true }),
    }
}

/// Reads the fraction and the exponent, one of which starts at `at`.
fn tail(text: &[u8], mut at: usize) -> Result<Extent, (Reason, usize)> {
    if text.get(at) == Some(&b'.') {
        at = digits(text, at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        at = digits(text, at)?;
    }
    Ok(Extent { end: at, integer: false })
}

/// Steps over one or more digits.
#[inline(always)]
fn digits(text: &[u8], start: usize) -> Result<usize, (Reason, usize)> {
    let mut at = start;
    while matches!(text.get(at), Some(b'0'..=b'9')) {
        at += 1;
    }
    match (at > start, at < text.len()) {
        (true, _) => Ok(at),
        (false, true) => Err((Reason::Number, at)),
        (false, false) => Err((Reason::Truncated, at)),
    }
}
