//! The run: pages, pauses, and what is tried again.

use std::time::{Duration, Instant};

use super::client::{Answer, Client, Trouble};
use super::pace::Pace;
use super::page::{Asked, Flaw, Page};
use super::plan::{LAST_PAGE, Plan};
use crate::run::log::say;
use crate::run::random::{Random, unpredictable};
use crate::run::retry::Delays;
use crate::run::units::grouped;
use crate::run::{Error, Result, Stop};
use crate::stream::{RecordOut, Source};

/// How many times, over the time that the limit may last, the API is asked whether it has passed.
const PROBES: u32 = 20;

/// What to type where nobody answers at all.
const INSTEAD: &str = "generate-users makes such users without a network";

/// Fetches what a [`Plan`] says.
pub struct Fetch {
    plan: Plan,
    client: Client,
    pace: Pace,
    started: Instant,
    random: u64,
    requests: u64,
    pages: u64,
    fetched: u64,
}

/// Whether to go on: an early, orderly end is no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Go {
    On,
    Stopped,
}

impl Fetch {
    /// Prepares; nothing is asked yet.
    pub fn new(plan: Plan) -> Result<Self> {
        let client = Client::new(plan.query.server(), &plan.patience)?;
        let pace = Pace::new(plan.rate);
        let random = unpredictable()?;
        Ok(Self { plan, client, pace, started: Instant::now(), random, requests: 0, pages: 0, fetched: 0 })
    }

    /// All pages of one turn. With a seed, the pages of the next turn go on where these end.
    fn turn(&mut self, out: &mut RecordOut<'_>, stop: &Stop) -> Result<Go> {
        let mut left = self.plan.results;
        while left > 0 {
            let results = left.min(self.plan.page_size);
            if self.keep_pace(results, out, stop)? == Go::Stopped
                || self.page(results, out, stop)? == Go::Stopped
            {
                return Ok(Go::Stopped);
            }
            left -= results;
        }
        Ok(Go::On)
    }

    fn keep_pace(&mut self, results: u64, out: &mut RecordOut<'_>, stop: &Stop) -> Result<Go> {
        let wait = self.pace.wait(results, self.started.elapsed());
        if wait > Duration::from_secs(1) {
            say(&format!("waiting {} s to keep within the API's limit (--rate)", wait.as_secs()));
        }
        pause(wait, out, stop)
    }

    /// One page, tried as often as the plan allows.
    fn page(&mut self, results: u64, out: &mut RecordOut<'_>, stop: &Stop) -> Result<Go> {
        self.pages += 1;
        if self.plan.query.seed.is_some() && self.pages > LAST_PAGE {
            return Err(Error::data(format!("a seed has no more than {LAST_PAGE} pages")));
        }
        let mut tries = Tries::new(self);
        loop {
            tries.attempts += 1;
            out.flush()?;
            let Some(answer) = self.client.get(self.plan.query.page(results, self.pages), stop) else {
                return Ok(Go::Stopped);
            };
            let trouble = match answer? {
                Answer::Body(body) => match self.pass_on(&body, results, out)? {
                    None => return Ok(Go::On),
                    Some(why) => Trouble::new(why),
                },
                Answer::Limited => {
                    let wait = tries.limit(self)?;
                    if pause(wait, out, stop)? == Go::Stopped {
                        return Ok(Go::Stopped);
                    }
                    continue;
                }
                Answer::Trouble(trouble) => trouble,
            };
            let wait = tries.again(&trouble, self)?;
            if pause(wait, out, stop)? == Go::Stopped {
                return Ok(Go::Stopped);
            }
        }
    }

    /// Writes the records of a good page; returns what is wrong with one that may be better next time.
    fn pass_on(&mut self, body: &[u8], results: u64, out: &mut RecordOut<'_>) -> Result<Option<String>> {
        let asked = Asked { results, seed: self.plan.query.seed.as_deref(), page: self.pages };
        match Page::read(body, &asked) {
            Ok(page) => {
                page.write(out)?;
                self.fetched += results;
                Ok(None)
            }
            Err(Flaw::Passing(why)) => Ok(Some(why)),
            Err(Flaw::Lasting(error)) => Err(error),
        }
    }
}

impl Source for Fetch {
    fn run(&mut self, out: &mut RecordOut<'_>, stop: &Stop) -> Result<()> {
        for turn in self.plan.schedule.start()? {
            if turn.skipped > 0 {
                log::warn!("{} turns skipped: fetching took longer than --every", turn.skipped);
            }
            if pause(turn.wait, out, stop)? == Go::Stopped || self.turn(out, stop)? == Go::Stopped {
                break;
            }
        }
        Ok(())
    }
}

/// Sends on what is known, then waits.
fn pause(wait: Duration, out: &mut RecordOut<'_>, stop: &Stop) -> Result<Go> {
    if !wait.is_zero() {
        out.flush()?;
        stop.wait(wait);
    }
    Ok(if stop.requested() { Go::Stopped } else { Go::On })
}

/// The attempts at one page.
struct Tries {
    attempts: u32,
    delays: Delays,
    limited: u32,
}

impl Tries {
    fn new(fetch: &mut Fetch) -> Self {
        fetch.requests += 1;
        let random = Random::of(fetch.random, fetch.requests);
        Self { attempts: 0, delays: fetch.plan.patience.retries.delays(random), limited: 0 }
    }

    /// How long to wait after `trouble`, or the end.
    fn again(&mut self, trouble: &Trouble, fetch: &Fetch) -> Result<Duration> {
        let hopeless = trouble.nobody && fetch.fetched == 0;
        let delay = if hopeless { None } else { self.delays.next() };
        let Some(delay) = delay else {
            let error = self.given_up(&trouble.why, fetch);
            return Err(if hopeless { error.hint(INSTEAD) } else { error });
        };
        let after = trouble.after.unwrap_or_default();
        if after > fetch.plan.patience.limit {
            let why = format!("{}, and to be asked again in {} s", trouble.why, after.as_secs());
            return Err(self.given_up(&why, fetch).hint("a longer --max-wait"));
        }
        let wait = delay.max(after);
        log::info!("{}; again in {:.1} s", trouble.why, wait.as_secs_f64());
        Ok(wait)
    }

    /// How long to wait when the API has had enough of us and does not say until when. Its window is
    /// fixed and may end at any moment: it is asked now and then. These are no failed attempts.
    fn limit(&mut self, fetch: &Fetch) -> Result<Duration> {
        let longest = fetch.plan.patience.limit;
        if self.limited == 0 {
            say(&format!(
                "HTTP 429, the API's limit: waiting up to {} s for it to pass (--max-wait)",
                longest.as_secs()
            ));
        }
        if self.limited > PROBES {
            let why = format!("HTTP 429 for {} s", longest.as_secs());
            return Err(self.given_up(&why, fetch).hint("a longer --max-wait, or later"));
        }
        self.attempts -= 1;
        self.limited += 1;
        Ok(longest / PROBES)
    }

    fn given_up(&self, why: &str, fetch: &Fetch) -> Error {
        let attempts = if self.attempts == 1 { "attempt" } else { "attempts" };
        let fetched = grouped(fetch.fetched);
        Error::temporary(format!("{why} after {} {attempts}; {fetched} records fetched", self.attempts))
    }
}
