//! PostgreSQL's `numeric` on the wire: digits to the base 10,000, exact.
//!
//! In: a number of at most 38 digits and how many of them stand behind the point. Out: the bytes that
//! COPY BINARY takes for it.

/// The digits are groups of four.
const BASE: u128 = 10_000;
const GROUP: u32 = 4;
const NEGATIVE: u16 = 0x4000;
/// 38 digits are ten groups, or eleven where the point stands inside of one.
const MOST: usize = 12;

/// Appends `value / 10^scale`, without a length before it.
pub fn write(value: i128, scale: u32, out: &mut Vec<u8>) {
    let mut groups = [0u16; MOST];
    let magnitude = value.unsigned_abs();
    let unit = 10u128.pow(scale);
    let (mut whole, mut fraction) = (magnitude / unit, magnitude % unit);
    // The whole part, from its last group on.
    let mut first = MOST;
    let mut reversed = [0u16; MOST];
    while whole > 0 {
        first -= 1;
        reversed[first] = (whole % BASE) as u16;
        whole /= BASE;
    }
    let mut count = MOST - first;
    groups[..count].copy_from_slice(&reversed[first..]);
    let mut weight = count as i16 - 1;
    let mut left = scale;
    while fraction > 0 {
        let group = if left >= GROUP {
            left -= GROUP;
            let unit = 10u128.pow(left);
            let group = fraction / unit;
            fraction %= unit;
            group
        } else {
            let group = fraction * 10u128.pow(GROUP - left);
            fraction = 0;
            group
        };
        if count == 0 && group == 0 {
            weight -= 1;
            continue;
        }
        groups[count] = group as u16;
        count += 1;
    }
    while count > 0 && groups[count - 1] == 0 {
        count -= 1;
    }
    if count == 0 {
        weight = 0;
    }
    let sign = if value < 0 { NEGATIVE } else { 0 };
    for part in
        [count as u16, weight as u16, sign, scale as u16].into_iter().chain(groups[..count].iter().copied())
    {
        out.extend_from_slice(&part.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the bytes mean, as digits with a point.
    fn read(bytes: &[u8]) -> String {
        let word = |at: usize| i16::from_be_bytes([bytes[2 * at], bytes[2 * at + 1]]);
        let (count, weight, sign, scale) = (word(0), word(1), word(2), word(3) as usize);
        let group = |at: i16| if (0..count).contains(&at) { word(4 + at as usize) } else { 0 };
        let whole: String =
            (0..=weight.max(0)).map(|at| format!("{:04}", if weight < 0 { 0 } else { group(at) })).collect();
        let fraction: String =
            (1..=scale.div_ceil(4) as i16).map(|at| format!("{:04}", group(at + weight))).collect();
        let whole = whole.trim_start_matches('0');
        let minus = if sign as u16 == NEGATIVE { "-" } else { "" };
        format!("{minus}{}.{}", if whole.is_empty() { "0" } else { whole }, &fraction[..scale])
    }

    fn written(value: i128, scale: u32) -> String {
        let mut bytes = Vec::new();
        write(value, scale, &mut bytes);
        read(&bytes)
    }

    #[test]
    fn every_length_at_every_scale_reads_back() {
        for digits in 0..=38usize {
            for scale in 0..=38usize {
                let text: String = "123456789".chars().cycle().take(digits).collect();
                for sign in ["", "-"] {
                    let value: i128 = format!("{sign}0{text}").parse().unwrap();
                    let padded = format!("{text:0>width$}", width = scale + 1);
                    let (whole, fraction) = padded.split_at(padded.len() - scale);
                    let sign = if value == 0 { "" } else { sign };
                    assert_eq!(
                        written(value, scale as u32),
                        format!("{sign}{whole}.{fraction}"),
                        "{value} {scale}"
                    );
                }
            }
        }
    }

    #[test]
    fn zeros_are_kept_as_the_scale_and_not_as_digits() {
        assert_eq!(written(150, 2), "1.50");
        assert_eq!(written(10_000, 0), "10000.");
        assert_eq!(written(1, 38), format!("0.{}1", "0".repeat(37)));
        let mut bytes = Vec::new();
        write(0, 3, &mut bytes);
        assert_eq!(bytes, [0, 0, 0, 0, 0, 0, 0, 3], "no digits");
        bytes.clear();
        write(10_000, 0, &mut bytes);
        assert_eq!(bytes, [0, 1, 0, 1, 0, 0, 0, 0, 0, 1], "one digit");
    }
}
