//! The driver of transforms.

use super::Stage;
use crate::run::{Result, files};
use crate::stream::counts::Facts;
use crate::stream::input::{Event, Input};
use crate::stream::options::Reading;
use crate::stream::output::Output;
use crate::stream::record::Record;
use crate::stream::reject::{Reject, Trouble};
use crate::stream::rejects::Judge;
use crate::stream::shapes::{Fate, Line, Transform};
use crate::stream::stdio::{self, Stdin};

impl Stage<'_> {
    /// Passes stdin through `transform` to stdout.
    pub fn transform(mut self, reading: &Reading, mut transform: impl Transform) -> Result<()> {
        let mut sealed = false;
        self.facts = transform.facts();
        let result = self.run_transform(reading, &mut transform, &mut sealed);
        self.end(sealed, result.map(|()| Facts::new()))
    }

    fn run_transform(
        &mut self,
        reading: &Reading,
        transform: &mut impl Transform,
        sealed: &mut bool,
    ) -> Result<()> {
        let stdout = stdio::stdout()?;
        self.clear_terminal();
        files::refuse_loop()?;
        let mut input = self.input(reading)?;
        let arrived = input.open()?.cloned();
        let arrived_sealed = arrived.is_some();
        let seal = self.continue_seal(arrived, input.is_empty())?;
        *sealed = seal.is_some();
        if *sealed {
            self.rejects.judged_by(Judge::Sink);
        }
        self.begin()?;
        let mut output = Output::new(Box::new(stdout), seal)?;
        let passed = self.pass_records(&mut input, &mut output, transform);
        // What was passed on before a failure is whole records, and goes out.
        let flushed = output.flush();
        self.note_input(&input);
        self.note_output(&output);
        passed.and(flushed)?;
        self.rejects.settle(self.counts.read)?;
        self.told = transform.finish()?;
        self.refuse_to_vouch(arrived_sealed, *sealed)?;
        let closed = output.close(self.stages());
        self.note_output(&output);
        closed
    }

    pub(super) fn note_output(&mut self, output: &Output) {
        self.counts.written = output.written;
        self.bytes_written = output.bytes;
    }

    fn pass_records(
        &mut self,
        input: &mut Input<Stdin>,
        output: &mut Output,
        transform: &mut impl Transform,
    ) -> Result<()> {
        let mut last = Fate::Dropped;
        loop {
            match input.next_event()? {
                Event::Record(record) => last = self.pass(&record, output, transform)?,
                Event::Refused(reason, record) => {
                    last = Fate::Dropped;
                    let refusal = self.refuse(&record, &Reject::new(reason))?;
                    output.travel(refusal)?;
                }
                Event::Travelling(refusal) => output.travel(*refusal)?,
                Event::Idle => {
                    if input.ends_without_newline() && last == Fate::Passed {
                        output.unend_last();
                    }
                    self.note_input(input);
                    output.flush()?;
                    stdio::wait_for_input()?;
                }
                Event::End => return Ok(()),
            }
        }
    }

    fn pass(
        &mut self,
        record: &Record<'_>,
        output: &mut Output,
        transform: &mut impl Transform,
    ) -> Result<Fate> {
        output.make_room()?;
        let start = output.buffer().len();
        let mut line = Line::new(output.buffer());
        let fate = transform.record(record, &mut line);
        let several = line.ended();
        match fate {
            Ok(Fate::Passed) => {
                self.counts.passed += 1;
                output.end_record();
            }
            Ok(Fate::Exploded) => {
                self.counts.passed += 1;
                output.ended(several);
            }
            Ok(Fate::Dropped) => {
                self.counts.dropped += 1;
                output.buffer().truncate(start);
            }
            Err(Trouble::Reject(reject)) => {
                output.buffer().truncate(start);
                let refusal = self.refuse(record, &reject)?;
                output.travel(refusal)?;
                return Ok(Fate::Dropped);
            }
            Err(Trouble::Fail(error)) => {
                output.buffer().truncate(start);
                return Err(error);
            }
        }
        fate.or(Ok(Fate::Dropped))
    }
}
