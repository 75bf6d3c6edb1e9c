//! Numbers and dates as text, appended to a buffer of bytes.

use crate::run::random::Random;

/// The days from 1970-01-01 to 1944-01-01 and to 2004-01-01: everybody is of age.
const BORN: (i64, i64) = (-9_497, 12_418);
/// The days from 1970-01-01 to 2002-01-01 and to 2022-01-01.
const REGISTERED: (i64, i64) = (11_688, 18_993);
/// Ages are those at the end of this year: a fixed one, so that a seed gives the same bytes for ever.
const YEAR_OF_AGES: i64 = 2025;
/// Milliseconds of a day.
const DAY: u64 = 86_400_000;

/// `00` to `ff`.
static HEX: [[u8; 2]; 256] = {
    let digits = *b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = [digits[at >> 4], digits[at & 15]];
        at += 1;
    }
    table
};

/// `bits` as 16 hexadecimal digits.
#[inline]
pub fn hex(bits: u64) -> [u8; 16] {
    let mut out = [0; 16];
    for (pair, byte) in out.chunks_exact_mut(2).zip(bits.to_be_bytes()) {
        pair.copy_from_slice(&HEX[usize::from(byte)]);
    }
    out
}

/// `number` as exactly `N` decimal digits.
#[inline]
pub fn digits<const N: usize>(mut number: u64) -> [u8; N] {
    let mut out = [0; N];
    for digit in out.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out
}

/// Appends `number` without leading zeros.
#[inline]
pub fn push_number(out: &mut Vec<u8>, number: u64) {
    let all: [u8; 20] = digits(number);
    let zeros = all.iter().take(19).take_while(|&&digit| digit == b'0').count();
    out.extend_from_slice(&all[zeros..]);
}

/// Appends a coordinate between `-degrees` and `degrees` with four decimals.
#[inline]
pub fn push_coordinate(out: &mut Vec<u8>, random: &mut Random, degrees: u64) {
    let place = random.below(degrees * 20_000) as i64 - degrees as i64 * 10_000;
    if place < 0 {
        out.push(b'-');
    }
    push_number(out, place.unsigned_abs() / 10_000);
    out.push(b'.');
    out.extend_from_slice(&digits::<4>(place.unsigned_abs() % 10_000));
}

/// A moment to the millisecond.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    year: i64,
    month: u64,
    day: u64,
    milliseconds: u64,
}

impl Moment {
    /// When somebody was born.
    #[inline]
    pub fn born(random: &mut Random) -> Self {
        Self::between(BORN, random)
    }

    /// When somebody signed up.
    #[inline]
    pub fn registered(random: &mut Random) -> Self {
        Self::between(REGISTERED, random)
    }

    #[inline]
    fn between((from, to): (i64, i64), random: &mut Random) -> Self {
        let moment = random.below((to - from) as u64 * DAY);
        Self::at(from + (moment / DAY) as i64, moment % DAY)
    }

    /// The civil date of a day counted from 1970-01-01 (the well-known division by eras of 400 years,
    /// with years that begin in March).
    #[inline]
    fn at(days: i64, milliseconds: u64) -> Self {
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = (of_year - (153 * from_march + 2) / 5 + 1) as u64;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 } as u64;
        Self { year: year_of_era + era * 400 + i64::from(month <= 2), month, day, milliseconds }
    }

    /// Completed years at the end of the year of ages.
    pub fn age(&self) -> u64 {
        (YEAR_OF_AGES - self.year) as u64
    }

    /// Day, month and year of the century, two digits each.
    pub fn short(&self) -> ([u8; 2], [u8; 2], [u8; 2]) {
        (digits(self.day), digits(self.month), digits(self.year as u64 % 100))
    }

    /// Appends `1983-07-14T09:30:00.123Z`.
    #[inline]
    pub fn push(&self, out: &mut Vec<u8>) {
        let mut text = *b"YYYY-MM-DDThh:mm:ss.mmmZ";
        let seconds = self.milliseconds / 1_000;
        text[..4].copy_from_slice(&digits::<4>(self.year as u64));
        text[5..7].copy_from_slice(&digits::<2>(self.month));
        text[8..10].copy_from_slice(&digits::<2>(self.day));
        text[11..13].copy_from_slice(&digits::<2>(seconds / 3_600));
        text[14..16].copy_from_slice(&digits::<2>(seconds / 60 % 60));
        text[17..19].copy_from_slice(&digits::<2>(seconds % 60));
        text[20..23].copy_from_slice(&digits::<3>(self.milliseconds % 1_000));
        out.extend_from_slice(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(days: i64, milliseconds: u64) -> String {
        let mut out = Vec::new();
        Moment::at(days, milliseconds).push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn days_become_the_dates_of_the_calendar() {
        assert_eq!(date(0, 0), "1970-01-01T00:00:00.000Z");
        assert_eq!(date(BORN.0, 0), "1944-01-01T00:00:00.000Z");
        assert_eq!(date(BORN.1 - 1, DAY - 1), "2003-12-31T23:59:59.999Z");
        assert_eq!(date(REGISTERED.0, 0), "2002-01-01T00:00:00.000Z");
        assert_eq!(date(REGISTERED.1, 0), "2022-01-01T00:00:00.000Z");
        assert_eq!(date(11_016, 45_296_789), "2000-02-29T12:34:56.789Z");
    }

    #[test]
    fn every_day_agrees_with_jiff() {
        let first = jiff::civil::date(1944, 1, 1);
        for days in 0..BORN.1 - BORN.0 {
            let expected = first.checked_add(jiff::Span::new().days(days)).unwrap();
            assert_eq!(date(BORN.0 + days, 0)[..10], expected.to_string());
        }
    }

    #[test]
    fn numbers_have_no_leading_zeros_unless_asked_for() {
        let mut out = Vec::new();
        push_number(&mut out, 0);
        push_number(&mut out, 1070);
        out.extend_from_slice(&digits::<5>(42));
        assert_eq!(out, b"0107000042");
        assert_eq!(&hex(0x0123_4567_89ab_cdef), b"0123456789abcdef");
    }
}
