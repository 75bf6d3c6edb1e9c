//! Where to start reading: `--from beginning|end|OFFSET|-N|TIME`.

use std::str::FromStr;

/// Where to start, in every partition that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The oldest record that is kept.
    Beginning,
    /// What comes from now on.
    End,
    /// This offset.
    Offset(i64),
    /// So many offsets before the end.
    Last(i64),
    /// The first record at or after this time, in milliseconds since 1970.
    Time(i64),
}

impl FromStr for Start {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "'{text}' is no place to start; write beginning, end, 1200, -50, 2026-11-20, 2026-11-20T08:00:00Z or @1763625600000"
            )
        };
        let place = match text {
            "beginning" | "earliest" => Some(Start::Beginning),
            "end" | "latest" => Some(Start::End),
            _ => match (text.strip_prefix('@'), text.strip_prefix('-')) {
                (Some(time), _) => number(time).or_else(|| instant(time)).map(Start::Time),
                (_, Some(count)) => number(count).map(Start::Last),
                _ => number(text).map(Start::Offset).or_else(|| instant(text).map(Start::Time)),
            },
        };
        place.ok_or_else(wrong)
    }
}

fn number(digits: &str) -> Option<i64> {
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A time with its zone, or a whole date in UTC, in milliseconds since 1970. A time without a zone is
/// none: whose would it be?
fn instant(text: &str) -> Option<i64> {
    let time = match text.len() {
        10 => text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp(),
        _ => text.parse::<jiff::Timestamp>().ok()?,
    };
    Some(time.as_millisecond()).filter(|milliseconds| *milliseconds >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_reads_as_it_is_documented() {
        for (text, start) in [
            ("beginning", Start::Beginning),
            ("end", Start::End),
            ("0", Start::Offset(0)),
            ("1200", Start::Offset(1200)),
            ("-50", Start::Last(50)),
            ("@1763625600000", Start::Time(1_763_625_600_000)),
            ("@2025-11-20T08:00:00Z", Start::Time(1_763_625_600_000)),
            ("2025-11-20T08:00:00Z", Start::Time(1_763_625_600_000)),
            ("2025-11-20", Start::Time(1_763_596_800_000)),
            ("@2025-11-20", Start::Time(1_763_596_800_000)),
            ("@2025-11-20T09:00:00+01:00", Start::Time(1_763_625_600_000)),
        ] {
            assert_eq!(text.parse(), Ok(start), "{text}");
        }
        for text in [
            "",
            "begin",
            "-",
            "--5",
            "+5",
            "@",
            "@-1",
            "@yesterday",
            "1.5",
            "2025-11-20T08:00:00",
            "2025-11",
            "1969-12-31",
            "99999999999999999999",
        ] {
            assert!(text.parse::<Start>().is_err(), "{text}");
        }
    }
}
