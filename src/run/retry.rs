//! Waits between attempts: exponential, with jitter, bounded.
//!
//! Pure: it says how long, the caller waits ([`super::signals::Stop::wait`]). A server that names the
//! time itself (`Retry-After`) is believed, but never for less than the wait of our own.

use std::time::Duration;

use super::random::Random;

/// How often, and how patiently, something is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Attempts after the first one.
    pub retries: u32,
    /// The first wait; each one after it is twice as long.
    pub first: Duration,
    /// No wait of our own is longer.
    pub ceiling: Duration,
}

impl Policy {
    /// The waits, one for each retry; `random` spreads clients that failed together.
    pub fn delays(&self, random: Random) -> Delays {
        Delays { left: self.retries, whole: self.first.min(self.ceiling), ceiling: self.ceiling, random }
    }
}

/// The waits of a [`Policy`]: between half and the whole of 1, 2, 4, … times the first.
#[derive(Clone, Debug)]
pub struct Delays {
    left: u32,
    whole: Duration,
    ceiling: Duration,
    random: Random,
}

impl Iterator for Delays {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let half = self.whole / 2;
        let spread = self.random.below(half.as_micros() as u64 + 1);
        self.whole = self.whole.saturating_mul(2).min(self.ceiling);
        Some(half + Duration::from_micros(spread))
    }
}

/// The wait that a `Retry-After` asks for: seconds, or a date compared with `now`.
pub fn retry_after(value: &str, now: jiff::Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(retries: u32) -> Policy {
        Policy { retries, first: Duration::from_secs(1), ceiling: Duration::from_secs(8) }
    }

    #[test]
    fn waits_double_up_to_the_ceiling_and_end_after_the_last_retry() {
        let waits: Vec<_> = policy(6).delays(Random::of(1, 1)).map(|wait| wait.as_secs_f64()).collect();
        assert_eq!(waits.len(), 6);
        for (wait, whole) in waits.iter().zip([1.0, 2.0, 4.0, 8.0, 8.0, 8.0]) {
            assert!((whole / 2.0..=whole).contains(wait), "{waits:?}");
        }
        assert_eq!(policy(0).delays(Random::of(1, 1)).next(), None);
    }

    #[test]
    fn two_clients_do_not_wait_alike() {
        let first = policy(3).delays(Random::of(1, 1));
        assert!(!first.eq(policy(3).delays(Random::of(2, 1))));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
        let date = "Fri, 20 Nov 2026 10:01:30 GMT";
        assert_eq!(retry_after(date, now), Some(Duration::from_secs(90)));
        let past = "Fri, 20 Nov 2026 09:00:00 GMT";
        assert_eq!(retry_after(past, now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
