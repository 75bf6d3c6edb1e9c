//! How many users may be asked for, and when: `--rate 20000/5m`.

use std::str::FromStr;
use std::time::Duration;

use crate::run::units;

/// So many users in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    users: u64,
    window: Duration,
}

/// What the public API allows an address.
pub const PUBLIC: Rate = Rate { users: 20_000, window: Duration::from_secs(300) };

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write USERS/TIME, such as 20000/5m".to_owned();
        let (users, window) = text.split_once('/').ok_or_else(wrong)?;
        let users = users.parse().ok().filter(|&users| users > 0).ok_or_else(wrong)?;
        Ok(Self { users, window: units::duration(window)? })
    }
}

/// Keeps to a [`Rate`]. Time is counted from any fixed moment, given by the caller.
#[derive(Debug)]
pub struct Pace {
    rate: Option<Rate>,
    since: Duration,
    asked: u64,
}

impl Pace {
    /// Nothing was asked yet.
    pub fn new(rate: Option<Rate>) -> Self {
        Self { rate, since: Duration::ZERO, asked: 0 }
    }

    /// How long to wait before asking for `users` more, which is then taken as done.
    pub fn wait(&mut self, users: u64, now: Duration) -> Duration {
        let Some(rate) = self.rate else { return Duration::ZERO };
        let end = self.since + rate.window;
        let fresh = self.asked == 0 || now >= end;
        if !fresh && self.asked + users <= rate.users {
            self.asked += users;
            return Duration::ZERO;
        }
        let at = if fresh { now } else { end };
        self.since = at;
        self.asked = users;
        at.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn four_calls_of_five_thousand_then_the_rest_of_five_minutes() {
        let mut pace = Pace::new(Some(PUBLIC));
        let waits: Vec<_> = (0..4).map(|call| pace.wait(5_000, SECOND * call).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0]);
        assert_eq!(pace.wait(5_000, SECOND * 4), SECOND * 296);
        assert_eq!(pace.wait(5_000, SECOND * 301), Duration::ZERO);
        assert_eq!(pace.wait(5_000, SECOND * 900), Duration::ZERO, "a window of its own after a long pause");
    }

    #[test]
    fn without_a_rate_there_is_no_wait_and_a_big_page_still_goes_out() {
        let mut none = Pace::new(None);
        assert!((0..9).all(|_| none.wait(5_000, SECOND).is_zero()));
        let mut small = Pace::new(Some("10/1m".parse().unwrap()));
        assert_eq!(small.wait(50, SECOND), Duration::ZERO);
        assert_eq!(small.wait(50, SECOND * 2), SECOND * 59);
    }

    #[test]
    fn rates_read_as_people_write_them() {
        assert_eq!("20000/5m".parse(), Ok(PUBLIC));
        assert!("0/5m".parse::<Rate>().is_err() && "5m".parse::<Rate>().is_err());
    }
}
