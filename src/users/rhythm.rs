//! The same work again and again: `--every 10s --for 2m --jitter 2s`.
//!
//! The schedule is fixed at the start (start, start + 10 s, start + 20 s, …), so that slow work does not
//! make it drift. Work that outlasts its period costs the turns it overran, which are counted, not
//! made up for. `--for 2m` with `--every 10s` is twelve turns.

use std::time::{Duration, Instant};

use crate::run::exit::{Error, Result};
use crate::run::random::{Random, unpredictable};
use crate::run::units;

/// The options.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Rhythm {
    /// Do it again every DURATION, on a fixed schedule
    ///
    /// The schedule starts with the command and does not drift: work that takes longer than DURATION
    /// skips the turns it overran, with a warning.
    #[arg(long, value_name = "DURATION", value_parser = units::duration, help_heading = "Rhythm")]
    pub every: Option<Duration>,

    /// Stop starting turns after DURATION (with --every; otherwise go on until told to stop)
    #[arg(long = "for", value_name = "DURATION", value_parser = units::duration, requires = "every")]
    #[arg(help_heading = "Rhythm")]
    pub for_: Option<Duration>,

    /// Delay each turn by a random time of up to DURATION (with --every, and no longer than it)
    #[arg(long, value_name = "DURATION", value_parser = units::duration, requires = "every")]
    #[arg(help_heading = "Rhythm")]
    pub jitter: Option<Duration>,
}

/// A [`Rhythm`] that makes sense.
#[derive(Clone, Debug)]
pub struct Schedule {
    every: Option<Duration>,
    turns: u64,
    jitter: Duration,
}

impl Rhythm {
    /// Checks the options.
    pub fn schedule(&self) -> Result<Schedule> {
        let Some(every) = self.every else {
            return Ok(Schedule { every: None, turns: 1, jitter: Duration::ZERO });
        };
        let jitter = self.jitter.unwrap_or_default();
        if every.is_zero() || self.for_.is_some_and(|time| time.is_zero()) {
            return Err(Error::usage("--every and --for take a time above 0"));
        }
        if jitter > every {
            return Err(Error::usage("--jitter cannot be longer than --every"));
        }
        let turns = |time: Duration| time.as_nanos().div_ceil(every.as_nanos()) as u64;
        Ok(Schedule { every: Some(every), turns: self.for_.map_or(u64::MAX, turns), jitter })
    }
}

impl Schedule {
    /// How many turns there will be at most, if there is an end.
    pub fn turns(&self) -> Option<u64> {
        (self.turns < u64::MAX).then_some(self.turns)
    }

    /// Starts the clock.
    pub fn start(&self) -> Result<Turns> {
        let random = Random::of(unpredictable()?, 0);
        Ok(Turns { schedule: self.clone(), start: Instant::now(), done: 0, random })
    }
}

/// A schedule under way: asked before each turn.
pub struct Turns {
    schedule: Schedule,
    start: Instant,
    done: u64,
    random: Random,
}

/// One turn of the work.
#[derive(Debug, PartialEq, Eq)]
pub struct Turn {
    /// How long to wait before it.
    pub wait: Duration,
    /// How many turns were overrun before it.
    pub skipped: u64,
}

impl Turns {
    fn turn(&mut self, elapsed: Duration) -> Option<Turn> {
        let Schedule { every, turns, jitter } = self.schedule;
        let every = every.unwrap_or_default().as_nanos();
        let due = |turn: u64| every.saturating_mul(u128::from(turn));
        let next = match (self.done, elapsed.as_nanos().checked_div(every)) {
            (0, _) | (_, None) => self.done,
            // The turn that is under way when the work ends is lost: the next one is a whole period on.
            (done, Some(_)) => done.max(elapsed.as_nanos().div_ceil(every) as u64),
        };
        if next >= turns {
            return None;
        }
        let delay = u128::from(self.random.below(jitter.as_nanos() as u64 + 1));
        let at = Duration::from_nanos(u64::try_from(due(next).saturating_add(delay)).unwrap_or(u64::MAX));
        let turn = Turn { wait: at.saturating_sub(elapsed), skipped: next - self.done };
        self.done = next + 1;
        Some(turn)
    }
}

impl Iterator for Turns {
    type Item = Turn;

    fn next(&mut self) -> Option<Turn> {
        self.turn(self.start.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rhythm(every: u32, for_: u32, jitter: u32) -> Rhythm {
        let time = |seconds| (seconds > 0).then_some(SECOND * seconds);
        Rhythm { every: time(every), for_: time(for_), jitter: time(jitter) }
    }

    #[test]
    fn two_minutes_of_every_ten_seconds_are_twelve_turns() {
        assert_eq!(rhythm(10, 120, 0).schedule().unwrap().turns(), Some(12));
        assert_eq!(rhythm(10, 121, 0).schedule().unwrap().turns(), Some(13));
        assert_eq!(rhythm(10, 0, 0).schedule().unwrap().turns(), None);
        assert_eq!(rhythm(0, 0, 0).schedule().unwrap().turns(), Some(1));
    }

    #[test]
    fn slow_work_skips_turns_and_keeps_the_schedule() {
        let mut turns = rhythm(10, 60, 0).schedule().unwrap().start().unwrap();
        assert_eq!(turns.turn(Duration::ZERO), Some(Turn { wait: Duration::ZERO, skipped: 0 }));
        assert_eq!(turns.turn(SECOND * 3), Some(Turn { wait: SECOND * 7, skipped: 0 }));
        assert_eq!(turns.turn(SECOND * 20), Some(Turn { wait: Duration::ZERO, skipped: 0 }));
        assert_eq!(turns.turn(SECOND * 42), Some(Turn { wait: SECOND * 8, skipped: 2 }));
        assert_eq!(turns.turn(SECOND * 51), None, "the turn at 60 s is past --for 60s");
    }

    #[test]
    fn without_every_there_is_one_turn() {
        let mut turns = rhythm(0, 0, 0).schedule().unwrap().start().unwrap();
        assert_eq!(turns.turn(SECOND), Some(Turn { wait: Duration::ZERO, skipped: 0 }));
        assert_eq!(turns.turn(SECOND), None);
    }

    #[test]
    fn jitter_delays_by_no_more_than_it_says_and_never_adds_up() {
        let mut turns = rhythm(10, 0, 2).schedule().unwrap().start().unwrap();
        for number in 0..100 {
            let now = SECOND * 10 * number;
            assert!(turns.turn(now).is_some_and(|turn| turn.skipped == 0 && turn.wait <= SECOND * 2));
        }
    }

    #[test]
    fn jitter_longer_than_the_period_is_refused() {
        assert!(rhythm(10, 0, 11).schedule().is_err());
    }
}
