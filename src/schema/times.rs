//! Dates and times, parsed from text and written as text, by hand: this is hot, and a library
//! would take more spellings than the ones that are safe to take.
//!
//! Taken: `2020-01-31`; RFC 3339 with `Z` or an offset for an instant; the same without a zone, for a
//! time on a wall clock. `T`, `t` or a space stand between date and time. Refused, with the reason:
//! a time without a zone where an instant is meant and the other way round, leap seconds, more than
//! six digits after the second unless they are zeros. Written: UTC, milliseconds, and microseconds
//! where there are any, so that what JavaScript's `toISOString` wrote comes back byte for byte.

/// Why a text is not the date or time that the column holds.
pub type Why = &'static str;

const DATE: Why = "not a date as YYYY-MM-DD";
const NO_SUCH_DATE: Why = "a date that is in no calendar";
const TIME: Why = "not a time as YYYY-MM-DDTHH:MM:SS.ffffff";
const INSTANT: Why = "not a time as YYYY-MM-DDTHH:MM:SS.ffffffZ";
const NO_SUCH_TIME: Why = "a time that is on no clock";
const LEAP_SECOND: Why = "a leap second, which no column can hold";
const TOO_FINE: Why = "a time finer than a microsecond";
const NO_ZONE: Why = "a time without a zone, so no instant; TIMESTAMP_NTZ holds such times";
const ZONE: Why = "a time with a zone, which TIMESTAMP_NTZ cannot keep; TIMESTAMP holds such times";
const BAD_ZONE: Why = "not a zone as Z or +HH:MM";
const YEARS: Why = "a time outside the years 0000 to 9999";

const DAY: i64 = 86_400;
/// The first and the last second that four digits of a year can say.
const FIRST_SECOND: i64 = -62_167_219_200;
const LAST_SECOND: i64 = 253_402_300_799;

/// Days since 1970-01-01.
pub fn date(text: &[u8]) -> Result<i32, Why> {
    if text.len() == 10 { days(text) } else { Err(DATE) }
}

/// Microseconds since 1970-01-01T00:00:00Z, of an instant.
#[inline]
pub fn timestamp(text: &[u8]) -> Result<i64, Why> {
    let (clock, zone) = clock(text).map_err(|why| if why == TIME { INSTANT } else { why })?;
    let offset = match zone {
        b"Z" | b"z" => 0,
        b"" => return Err(NO_ZONE),
        _ => offset(zone)?,
    };
    let seconds = clock.seconds - offset;
    if !(FIRST_SECOND..=LAST_SECOND).contains(&seconds) {
        return Err(YEARS);
    }
    Ok(seconds * 1_000_000 + clock.micros)
}

/// Microseconds since 1970-01-01T00:00:00 on the same wall clock.
pub fn timestamp_ntz(text: &[u8]) -> Result<i64, Why> {
    let (clock, zone) = clock(text)?;
    if !zone.is_empty() {
        return Err(if offset(zone).is_ok() || zone.eq_ignore_ascii_case(b"z") { ZONE } else { TIME });
    }
    Ok(clock.seconds * 1_000_000 + clock.micros)
}

/// What a clock shows: seconds since its 1970, and the fraction.
struct Clock {
    seconds: i64,
    micros: i64,
}

/// Reads date and time, and returns what follows them.
#[inline]
fn clock(text: &[u8]) -> Result<(Clock, &[u8]), Why> {
    if text.len() < 19 {
        return Err(TIME);
    }
    let days = days(&text[..10]).map_err(|why| if why == DATE { TIME } else { why })?;
    if !matches!(text[10], b'T' | b't' | b' ') || text[13] != b':' || text[16] != b':' {
        return Err(TIME);
    }
    let (Some(hour), Some(minute), Some(second)) = (two(text, 11), two(text, 14), two(text, 17)) else {
        return Err(TIME);
    };
    if hour > 23 || minute > 59 || second > 59 {
        return Err(if second == 60 { LEAP_SECOND } else { NO_SUCH_TIME });
    }
    let seconds = i64::from(days) * DAY + i64::from(hour * 3600 + minute * 60 + second);
    let (micros, rest) = fraction(&text[19..])?;
    Ok((Clock { seconds, micros }, rest))
}

/// Reads `.ffffff`, if it is there, as microseconds.
#[inline]
fn fraction(text: &[u8]) -> Result<(i64, &[u8]), Why> {
    let Some(digits) = text.strip_prefix(b".") else { return Ok((0, text)) };
    let mut micros = 0;
    let mut unit = 100_000;
    let mut length = 0;
    for &byte in digits.iter().take_while(|byte| byte.is_ascii_digit()) {
        if unit == 0 && byte != b'0' {
            return Err(TOO_FINE);
        }
        micros += i64::from(byte - b'0') * unit;
        unit /= 10;
        length += 1;
    }
    if length == 0 { Err(TIME) } else { Ok((micros, &digits[length..])) }
}

/// The seconds by which `+HH:MM` is ahead of UTC.
fn offset(zone: &[u8]) -> Result<i64, Why> {
    let sign = match zone.first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Err(BAD_ZONE),
    };
    if zone.len() != 6 || zone[3] != b':' {
        return Err(BAD_ZONE);
    }
    match (two(zone, 1), two(zone, 4)) {
        (Some(hours @ 0..=23), Some(minutes @ 0..=59)) => Ok(sign * i64::from(hours * 3600 + minutes * 60)),
        _ => Err(BAD_ZONE),
    }
}

/// Two digits at `at`.
#[inline]
fn two(text: &[u8], at: usize) -> Option<u32> {
    let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// Days since 1970-01-01 of ten bytes.
#[inline]
fn days(text: &[u8]) -> Result<i32, Why> {
    if text[4] != b'-' || text[7] != b'-' {
        return Err(DATE);
    }
    let (Some(century), Some(rest), Some(month), Some(day)) =
        (two(text, 0), two(text, 2), two(text, 5), two(text, 8))
    else {
        return Err(DATE);
    };
    let year = century * 100 + rest;
    if !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) {
        return Err(NO_SUCH_DATE);
    }
    Ok(days_from_civil(year as i32, month as i32, day as i32))
}

fn days_in(year: u32, month: u32) -> u32 {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March,
/// so that the leap day is a year's last.
fn days_from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse: year, month and day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Writes `2020-01-31`.
pub fn write_date(days: i32, out: &mut Vec<u8>) -> Result<(), Why> {
    let (year, month, day) = civil_from_days(i64::from(days));
    if !(0..=9999).contains(&year) {
        return Err(YEARS);
    }
    digits::<4>(year, out);
    out.push(b'-');
    digits::<2>(month, out);
    out.push(b'-');
    digits::<2>(day, out);
    Ok(())
}

/// Writes date and time, without a zone: milliseconds always, and finer digits in steps of three
/// when there are any. `nanos` counts from 1970.
pub fn write_time(nanos: i128, out: &mut Vec<u8>) -> Result<(), Why> {
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).map_err(|_| YEARS)?;
    if !(FIRST_SECOND..=LAST_SECOND).contains(&seconds) {
        return Err(YEARS);
    }
    // In range: the seconds were checked, and a remainder is small.
    write_date(seconds.div_euclid(DAY) as i32, out)?;
    out.push(b'T');
    write_clock(seconds.rem_euclid(DAY), nanos.rem_euclid(1_000_000_000) as i64, out);
    Ok(())
}

/// Writes `HH:MM:SS.fff`.
pub fn write_clock(second_of_day: i64, nanos: i64, out: &mut Vec<u8>) {
    digits::<2>(second_of_day / 3600, out);
    out.push(b':');
    digits::<2>(second_of_day / 60 % 60, out);
    out.push(b':');
    digits::<2>(second_of_day % 60, out);
    out.push(b'.');
    digits::<3>(nanos / 1_000_000, out);
    if nanos % 1_000_000 != 0 {
        digits::<3>(nanos / 1_000 % 1_000, out);
    }
    if nanos % 1_000 != 0 {
        digits::<3>(nanos % 1_000, out);
    }
}

/// Writes the last `N` digits of a number that is not negative.
fn digits<const N: usize>(mut value: i64, out: &mut Vec<u8>) {
    let mut text = [b'0'; N];
    for place in text.iter_mut().rev() {
        *place = b'0' + (value % 10) as u8;
        value /= 10;
    }
    out.extend_from_slice(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(micros: i64) -> String {
        let mut out = Vec::new();
        write_time(i128::from(micros) * 1000, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_day_of_ten_thousand_years_agrees_with_jiff_and_comes_back() {
        let mut day = jiff::civil::date(0, 1, 1);
        let epoch = jiff::civil::date(1970, 1, 1);
        let mut expected = (day - epoch).get_days();
        loop {
            let text = day.to_string();
            assert_eq!(date(text.as_bytes()), Ok(expected), "{text}");
            let mut out = Vec::new();
            write_date(expected, &mut out).unwrap();
            assert_eq!(out, text.as_bytes());
            expected += 1;
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => return,
            }
        }
    }

    #[test]
    fn an_instant_comes_back_as_javascript_writes_it() {
        for text in ["1990-12-15T04:45:05.568Z", "1969-12-31T23:59:59.999Z", "2020-01-01T00:00:00.000Z"] {
            let micros = timestamp(text.as_bytes()).unwrap();
            assert_eq!(format!("{}Z", written(micros)), text);
            let expected: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(micros, expected.as_microsecond());
        }
        let micros = timestamp(b"2020-02-29T23:30:00.123456-05:30").unwrap();
        assert_eq!(written(micros), "2020-03-01T05:00:00.123456");
        assert_eq!(timestamp(b"2020-01-01 00:00:00+00:00"), timestamp(b"2020-01-01t00:00:00z"));
        assert_eq!(timestamp(b"2020-01-01T00:00:00.1230000000Z"), timestamp(b"2020-01-01T00:00:00.123Z"));
    }

    #[test]
    fn what_is_ambiguous_or_would_lose_digits_is_refused() {
        for (text, why) in [
            ("2020-01-01T00:00:00", NO_ZONE),
            ("2020-01-01T00:00:00.1234567Z", TOO_FINE),
            ("2016-12-31T23:59:60Z", LEAP_SECOND),
            ("2020-01-01T24:00:00Z", NO_SUCH_TIME),
            ("2019-02-29T00:00:00Z", NO_SUCH_DATE),
            ("2020-01-01T00:00:00.Z", INSTANT),
            ("2020-01-01T00:00Z", INSTANT),
            ("2020-01-01", INSTANT),
            ("20200101T000000Z......", INSTANT),
            ("2020-01-01T00:00:00+0100", BAD_ZONE),
            ("2020-01-01T00:00:00Zulu", BAD_ZONE),
            ("0000-01-01T00:00:00+01:00", YEARS),
        ] {
            assert_eq!(timestamp(text.as_bytes()), Err(why), "{text}");
        }
        assert_eq!(timestamp_ntz(b"2020-01-01T00:00:00Z"), Err(ZONE));
        assert_eq!(timestamp_ntz(b"2020-01-01T00:00:00+01:00"), Err(ZONE));
        assert_eq!(timestamp_ntz(b"2020-01-01T00:00"), Err(TIME));
        assert_eq!(timestamp_ntz(b"1970-01-01 00:00:01.5"), Ok(1_500_000));
        assert_eq!(date(b"2020-1-1"), Err(DATE));
        assert_eq!(date(b"2020-13-01"), Err(NO_SUCH_DATE));
        assert_eq!(date("2020-01-é1".as_bytes()), Err(DATE));
    }

    #[test]
    fn the_ends_of_time_are_written_or_refused() {
        assert_eq!(written(FIRST_SECOND * 1_000_000), "0000-01-01T00:00:00.000");
        assert_eq!(written(LAST_SECOND * 1_000_000 + 999_999), "9999-12-31T23:59:59.999999");
        assert!(write_time(i128::MAX, &mut Vec::new()).is_err());
        assert!(write_time(i128::from(LAST_SECOND + 1) * 1_000_000_000, &mut Vec::new()).is_err());
        assert!(write_date(i32::MIN, &mut Vec::new()).is_err());
    }
}
