//! Strings: finding the end of a run without quotes, escapes and control characters; checking
//! escapes; and turning a raw string into its text.

use super::error::Reason;

/// How many bytes a step of the search looks at.
const LANES: usize = 16;

/// The first byte at or after `at` that is `"`, `\` or a control character; the text's end if none.
///
/// The last bytes of a text are searched one by one: to load beyond it, into a padded block, was
/// tried and is no faster, and this way every slice is safe to scan.
#[inline(always)]
pub(super) fn plain_run(text: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = text.get(at..).and_then(|rest| rest.first_chunk::<LANES>()) {
        let stops = stop_mask(chunk);
        if stops != 0 {
            return at + stops.trailing_zeros() as usize;
        }
        at += LANES;
    }
    plain_run_bytewise(text, at)
}

/// The same for the last bytes of a text.
fn plain_run_bytewise(text: &[u8], at: usize) -> usize {
    let stop = text[at..].iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
    stop.map_or(text.len(), |offset| at + offset)
}

/// One bit for each byte that ends a plain run, the first byte in the lowest bit.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn stop_mask(chunk: &[u8; LANES]) -> u32 {
    use std::arch::x86_64::*;
    // SAFETY: SSE2 is part of x86-64; the load is unaligned and stays inside the 16 bytes.
    unsafe {
        let bytes = _mm_loadu_si128(chunk.as_ptr().cast());
        let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
        let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
        // Unsigned `byte <= 0x1f`, which SSE2 has no comparison for.
        let control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control)) as u32
    }
}

/// The same in plain Rust, which compilers turn into what the machine has.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn stop_mask(chunk: &[u8; LANES]) -> u32 {
    portable_stop_mask(chunk)
}

#[cfg(any(test, not(target_arch = "x86_64")))]
fn portable_stop_mask(chunk: &[u8; LANES]) -> u32 {
    let mut mask = 0;
    for (lane, &byte) in chunk.iter().enumerate() {
        mask |= u32::from(byte < 0x20 || byte == b'"' || byte == b'\\') << lane;
    }
    mask
}

/// Checks the escape whose `\` stands at `at`, and returns the offset behind it.
#[inline]
pub(super) fn escape_end(text: &[u8], at: usize) -> Result<usize, (Reason, usize)> {
    match text.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match text.get(at + 2..at + 6) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Ok(at + 6),
            Some(_) => Err((Reason::Escape, at)),
            None => Err((Reason::Truncated, text.len())),
        },
        Some(_) => Err((Reason::Escape, at)),
        None => Err((Reason::Truncated, text.len())),
    }
}

/// Appends the text of a raw string (what stands between its quotes) to `out`.
///
/// Where it fails, at a lone surrogate or a malformed escape, it says at which byte of `raw`, and
/// `out` holds the text before it.
pub(super) fn unescape(raw: &[u8], out: &mut Vec<u8>) -> Result<(), (Reason, usize)> {
    let mut at = 0;
    while let Some(offset) = memchr::memchr(b'\\', &raw[at..]) {
        out.extend_from_slice(&raw[at..at + offset]);
        at = unescape_one(raw, at + offset, out)?;
    }
    out.extend_from_slice(&raw[at..]);
    Ok(())
}

/// Appends the character of the escape at `at`, and returns the offset behind it.
fn unescape_one(raw: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, (Reason, usize)> {
    let end = escape_end(raw, at)?;
    let byte = match raw[at + 1] {
        b'u' => return unescape_unicode(raw, at, out),
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        itself => itself,
    };
    out.push(byte);
    Ok(end)
}

/// Appends the character of the `\uXXXX` at `at`, together with the second half of its pair.
fn unescape_unicode(raw: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, (Reason, usize)> {
    let lone = (Reason::Surrogate, at);
    let (code, end) = match code_unit(raw, at).ok_or(lone)? {
        high @ 0xd800..=0xdbff => match code_unit(raw, at + 6) {
            Some(low @ 0xdc00..=0xdfff) => (0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), at + 12),
            _ => return Err(lone),
        },
        code => (code, at + 6),
    };
    let character = char::from_u32(code).ok_or(lone)?;
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Ok(end)
}

/// The UTF-16 code unit of the `\uXXXX` at `at`, if there is one.
fn code_unit(raw: &[u8], at: usize) -> Option<u32> {
    let digits = raw.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | (digit as char).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_value_stops_a_run_in_every_lane_or_none_does() {
        for byte in 0..=255u8 {
            for lane in 0..LANES {
                let mut chunk = [b'x'; LANES];
                chunk[lane] = byte;
                let stops = byte < 0x20 || byte == b'"' || byte == b'\\';
                let expected = u32::from(stops) << lane;
                assert_eq!(stop_mask(&chunk), expected, "byte {byte:#x} in lane {lane}");
                assert_eq!(portable_stop_mask(&chunk), expected, "byte {byte:#x} in lane {lane}");
            }
        }
    }

    #[test]
    fn a_run_ends_where_it_should_at_every_distance_from_the_end() {
        for length in 0..50 {
            let mut text = vec![b'x'; length];
            assert_eq!(plain_run(&text, 0), length);
            for stop in 0..length {
                text[stop] = b'"';
                assert_eq!(plain_run(&text, stop / 2), stop);
                text[stop] = b'x';
            }
        }
    }

    #[test]
    fn unescaping_agrees_with_serde_json() {
        for raw in [
            r"",
            r"plain",
            r#"\"\\\/\b\f\n\r\t"#,
            r"\u0041\u00e9\u20AC",
            r"\ud83d\ude00!",
            r"x\ud83D\uDE00\u0000",
        ] {
            let expected: String = serde_json::from_str(&format!("\"{raw}\"")).unwrap();
            let mut out = Vec::new();
            unescape(raw.as_bytes(), &mut out).unwrap();
            assert_eq!(out, expected.as_bytes(), "{raw}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_has_no_text() {
        for raw in
            [r"\ud83d", r"a\ude00", r"\ud83dx", r"\ud83d\n", r"\ud83d\u0041", r"\ud83d\ud83d", r"\ud83d\ude0"]
        {
            assert!(unescape(raw.as_bytes(), &mut Vec::new()).is_err(), "{raw}");
        }
    }

    #[test]
    fn raw_bytes_that_no_scanner_has_checked_do_no_harm() {
        for raw in ["\\", "\\u", "\\u12", "\\x", "\\uzzzz", "\\u00\u{e9}"] {
            assert!(unescape(raw.as_bytes(), &mut Vec::new()).is_err(), "{raw}");
        }
    }
}
