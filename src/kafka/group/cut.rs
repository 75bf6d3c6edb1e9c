//! Where a batch ends: chosen by offsets alone, so that nothing of it depends on who reads.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How large a batch may be, and how long it is waited for.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Offsets at most.
    pub records: i64,
    /// Bytes of values, as an aim.
    pub bytes: u64,
    /// How long a batch that is not full is waited for.
    pub wait: Duration,
    /// Whether a batch ends where the date of the records moves forward.
    pub by_day: bool,
}

impl Cut {
    /// How many offsets a batch may have where a value has so many bytes.
    pub fn offsets(&self, mean_size: f64) -> i64 {
        let by_bytes = if mean_size > 0.0 { self.bytes as f64 / mean_size } else { f64::MAX };
        self.records.min(by_bytes as i64).max(1)
    }

    /// The end of a batch from `first`, whose first record lies at `head`, where `limit` is as far as
    /// may be read now. It is greater than `after`, and holds that record.
    pub fn end(&self, first: i64, head: i64, after: i64, limit: i64, mean_size: f64) -> i64 {
        first.saturating_add(self.offsets(mean_size)).max(head + 1).max(after + 1).min(limit)
    }
}

/// The UTC date of a time in milliseconds since 1970; what is out of all bounds is 1970.
pub fn date(milliseconds: i64) -> Date {
    let time = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_zoned(TimeZone::UTC).date()
}

/// The first moment of the day after that of `milliseconds`, in milliseconds since 1970.
pub fn next_day(milliseconds: i64) -> i64 {
    const DAY: i64 = 24 * 3600 * 1000;
    (milliseconds.div_euclid(DAY) + 1) * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Cut = Cut { records: 100, bytes: 1000, wait: Duration::ZERO, by_day: false };

    #[test]
    fn a_batch_ends_at_records_bytes_or_the_limit_whatever_comes_first() {
        assert_eq!(CUT.end(0, 0, 0, 1000, 1.0), 100);
        assert_eq!(CUT.end(0, 0, 0, 1000, 20.0), 50);
        assert_eq!(CUT.end(0, 0, 0, 30, 20.0), 30);
        assert_eq!(CUT.end(0, 0, 0, 1000, 1e9), 1, "a record larger than the aim is a batch");
    }

    #[test]
    fn a_gap_longer_than_a_batch_does_not_make_an_empty_one() {
        assert_eq!(CUT.end(0, 500, 0, 1000, 1.0), 501);
        assert_eq!(CUT.end(0, 120, 100, 1000, 1.0), 121);
        assert_eq!(CUT.end(0, 0, 100, 1000, 1.0), 101);
    }

    #[test]
    fn dates_are_of_utc() {
        let time = |text: &str| text.parse::<Timestamp>().expect("a time").as_millisecond();
        assert_eq!(date(time("2026-11-20T23:59:59.999Z")).to_string(), "2026-11-20");
        assert_eq!(next_day(time("2026-11-20T23:59:59.999Z")), time("2026-11-21T00:00:00Z"));
        assert_eq!(next_day(time("2026-11-20T00:00:00Z")), time("2026-11-21T00:00:00Z"));
        assert_eq!((date(-1).to_string(), next_day(-1)), ("1969-12-31".to_owned(), 0));
        assert_eq!(date(i64::MAX).to_string(), "1970-01-01");
    }
}
