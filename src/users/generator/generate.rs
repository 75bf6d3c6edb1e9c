//! The run: records in a row, turn after turn.

use super::Generator;
use crate::run::{Error, Result, Stop};
use crate::stream::{RecordOut, Source};
use crate::users::rhythm::Schedule;

/// Gives the records of a [`Generator`].
pub struct Generate {
    generator: Generator,
    next: u64,
    results: u64,
    schedule: Schedule,
}

impl Generate {
    /// From record `skip` on, `results` each turn.
    pub fn new(generator: Generator, skip: u64, results: u64, schedule: Schedule) -> Self {
        Self { generator, next: skip, results, schedule }
    }

    fn turn(&mut self, out: &mut RecordOut<'_>, stop: &Stop) -> Result<()> {
        let end = self.next.checked_add(self.results);
        let end = end.ok_or_else(|| Error::usage("--skip and --results go beyond the last number"))?;
        while self.next < end && !stop.requested() {
            self.generator.write(self.next, out.buffer());
            out.end_record()?;
            self.next += 1;
        }
        Ok(())
    }
}

impl Source for Generate {
    fn run(&mut self, out: &mut RecordOut<'_>, stop: &Stop) -> Result<()> {
        for turn in self.schedule.start()? {
            if turn.skipped > 0 {
                log::warn!("{} turns skipped: the reader is slower than --every", turn.skipped);
            }
            if !turn.wait.is_zero() {
                out.flush()?;
                if stop.wait(turn.wait) {
                    break;
                }
            }
            self.turn(out, stop)?;
        }
        Ok(())
    }
}
