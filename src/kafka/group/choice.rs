//! Where the next batch of a partition ends: when there is enough for one, or when it has waited long enough.

use std::time::{Duration, Instant};

use super::cut::{date, next_day};
use super::range::{self, Head};
use super::worker::{Failure, LOOK, Worker};
use crate::batch::machine::Event;
use crate::batch::place::{self, Plan};
use crate::kafka::native::offsets::Which;
use crate::run::exit::{Error, Result};

impl Worker {
    /// As far as may be read now.
    fn find_limit(&self) -> Result<i64> {
        match self.job.reach((self.topic, self.partition)) {
            Some(end) => Ok(end),
            // With --exit-at-end: a partition that was added since. Nothing was in it at the start.
            None if self.job.plan.exit_at_end => Ok(0),
            None => self.offset(Which::Stable),
        }
    }

    /// The end of the next batch, once there is enough for one.
    pub(super) fn choose(&mut self, first: i64, mut after: i64) -> Result<Event, Failure> {
        let at_end = self.job.plan.exit_at_end;
        let mut since = None;
        while !self.leash.is_stopping() {
            let limit = self.find_limit()?;
            self.limit = limit;
            if limit < first && !at_end {
                // An end moves back where records were lost, or where this is another topic.
                self.check_topic()?;
                return Err(self.moved_back(first, limit).into());
            }
            if limit <= after {
                if at_end {
                    return Ok(Event::Nothing);
                }
                self.rest_a_little(LOOK);
                continue;
            }
            let since: &mut Instant = since.get_or_insert_with(Instant::now);
            let cut = &self.job.plan.cut;
            if !at_end && limit - first < cut.offsets(self.mean) && since.elapsed() < cut.wait {
                let left = cut.wait.saturating_sub(since.elapsed());
                self.rest_a_little(LOOK.min(left));
                continue;
            }
            match self.look(first, limit)? {
                Some(head) => return self.cut(first, &head, after, limit),
                None if at_end => return Ok(Event::Nothing),
                // Markers only. A batch needs a record.
                None => after = limit,
            }
        }
        Ok(Event::Nothing)
    }

    fn moved_back(&self, first: i64, end: i64) -> Error {
        Error::data(format!(
            "{}: the partition ends at {end}, before offset {first}, which is stored: records were lost",
            self.name()
        ))
        .hint(place::anew(&self.job.member.group, &self.topic().name))
    }

    fn rest_a_little(&mut self, time: Duration) {
        self.give_slot_back_if_wanted();
        self.leash.wait(time);
    }

    fn cut(&mut self, first: i64, head: &Head, after: i64, limit: i64) -> Result<Event, Failure> {
        let cut = &self.job.plan.cut;
        let mean = if self.mean > 0.0 { self.mean } else { head.size };
        let mut end = cut.end(first, head.offset, after, limit, mean);
        if cut.by_day {
            let day = self.first_of_next_day(first, head, end)?;
            end = day.filter(|day| (head.offset.max(after) + 1..end).contains(day)).unwrap_or(end);
        }
        let date = date(head.time).to_string();
        self.plan = Some(Plan { end, date, cmd: self.job.digest.clone(), then: None });
        Ok(Event::Chosen(end))
    }

    /// The first record of a later day than that of the first one.
    ///
    /// The broker looks for it in all of the partition. What it finds before this batch has come before its time, and says
    /// nothing of the batch, which is read for its times then.
    fn first_of_next_day(&mut self, first: i64, head: &Head, end: i64) -> Result<Option<i64>> {
        let day = next_day(head.time);
        let what = || format!("cannot look for the next day in {}", self.name());
        let found = self.ask(Which::Time(day), what)?;
        let Some(mut slot) = self.slot.take_if(|_| found.is_some_and(|found| found < head.offset)) else {
            return Ok(found);
        };
        let found = range::find_since(&mut slot, &self.range(first, end), day, &self.leash);
        self.slot = Some(slot);
        found
    }
}
