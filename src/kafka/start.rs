//! Where to start reading: `--from beginning|end|OFFSET|-N|@TIME`.

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
                "'{text}' is no place to start; write beginning, end, 1200, -50, @2026-11-20T08:00:00Z or @1763625600000"
            )
        };
        let number =
            |digits: &str| digits.parse::<i64>().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()));
        match text {
            "beginning" | "earliest" => Ok(Start::Beginning),
            "end" | "latest" => Ok(Start::End),
            _ => match (text.strip_prefix('@'), text.strip_prefix('-')) {
                (Some(time), _) => number(time)
                    .or_else(|| time.parse::<jiff::Timestamp>().ok().map(|time| time.as_millisecond()))
                    .filter(|milliseconds| *milliseconds >= 0)
                    .map(Start::Time)
                    .ok_or_else(wrong),
                (_, Some(count)) => number(count).map(Start::Last).ok_or_else(wrong),
                _ => number(text).map(Start::Offset).ok_or_else(wrong),
            },
        }
    }
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
            ("@2025-11-20T09:00:00+01:00", Start::Time(1_763_625_600_000)),
        ] {
            assert_eq!(text.parse(), Ok(start), "{text}");
        }
        for text in ["", "begin", "-", "--5", "+5", "@", "@-1", "@yesterday", "1.5", "99999999999999999999"] {
            assert!(text.parse::<Start>().is_err(), "{text}");
        }
    }
}
