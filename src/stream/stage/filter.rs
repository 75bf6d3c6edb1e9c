//! The driver of foreign filters (`via`): a program that knows nothing of seals becomes a stage.
//!
//! The seal is checked and taken off, the records are fed to the program, its exit status is
//! checked and that it read all of its input, and what it wrote is sealed again.

use std::process::Command;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use super::Stage;
use super::program::{Check, Ended, Fed, Gate, Listen, Note, Running, feed, kill};
use crate::run::{Error, Result, files};
use crate::stream::counts::Facts;
use crate::stream::input::Input;
use crate::stream::options::Reading;
use crate::stream::output::Output;
use crate::stream::record::Position;
use crate::stream::reject::Reject;
use crate::stream::rejects::Judge;
use crate::stream::stdio;

/// How many notes may wait to be written: at most so many pieces of records in memory.
const QUEUE: usize = 4;

impl Stage<'_> {
    /// Passes stdin through `program` to stdout. `check` says of each line that the program writes
    /// whether it is a record: who seals a line answers for it.
    pub fn filter(mut self, reading: &Reading, program: Command, check: Check) -> Result<()> {
        let mut sealed = false;
        let result = self.run_filter(reading, program, check, &mut sealed);
        self.end(sealed, result.map(|()| Facts::new()))
    }

    fn run_filter(
        &mut self,
        reading: &Reading,
        mut program: Command,
        check: Check,
        sealed: &mut bool,
    ) -> Result<()> {
        let stdout = stdio::stdout()?;
        self.clear_terminal();
        files::refuse_loop()?;
        self.process.signals.drain_within(reading.drain_timeout);
        let max_line = reading.max_line_bytes as usize;
        let mut input = Input::new(Gate::new(stdio::stdin()?), max_line);
        let arrived = input.open()?.cloned();
        let arrived_sealed = arrived.is_some();
        let seal = self.continue_seal(arrived, input.is_empty())?;
        *sealed = seal.is_some();
        if *sealed {
            self.rejects.judged_by(Judge::Sink);
        }
        let mut output = Output::new(Box::new(stdout), seal)?;
        let (running, pipe) = Running::start(&mut program, Listen { max_line, check })?;
        self.begin()?;
        input.source().open(pipe);
        let name = running.name.clone();
        let (fed, ended) = self.pass_through(input, running, &mut output)?;
        ended.heard?;
        let all_fed = match fed.result {
            Err(error) if error.is_broken_pipe() => false,
            result => result.map(|()| true)?,
        };
        ended.verdict?;
        if *sealed && (!all_fed || fed.unread + ended.unread > 0) {
            return Err(Error::data(format!("{name} did not read all of its input")));
        }
        self.rejects.settle(self.counts.read)?;
        self.refuse_to_vouch(arrived_sealed, *sealed)?;
        let closed = output.close(self.stages());
        self.note_output(&output);
        closed
    }

    /// Runs the program from the first record to the last.
    fn pass_through(
        &mut self,
        input: Input<Gate>,
        running: Running,
        output: &mut Output,
    ) -> Result<(Fed, Ended)> {
        let (group, gone) = (running.group(), running.gone());
        let _kill = self.process.signals.on_abort(move || kill(group));
        let (notes, told) = sync_channel(QUEUE);
        let for_feeder = notes.clone();
        let feeder = thread::spawn(move || feed(input, &gone, &for_feeder));
        let listener = thread::spawn(move || running.attend(&notes));
        let heeded = self.heed_all(&told, output).and(output.flush());
        if heeded.is_err() {
            kill(group);
        }
        drop(told);
        let failed = |_| Error::data("a helping thread failed");
        let (fed, ended) = (feeder.join().map_err(failed)?, listener.join().map_err(failed)?);
        self.note_input(&fed.input);
        self.counts.passed = self.counts.read - self.counts.rejected;
        self.note_output(output);
        heeded.map(|()| (fed, ended))
    }

    /// Writes what the helping threads tell, until both have ended.
    fn heed_all(&mut self, told: &Receiver<Note>, output: &mut Output) -> Result<()> {
        loop {
            let note = match told.try_recv() {
                Ok(note) => note,
                Err(TryRecvError::Disconnected) => return Ok(()),
                Err(TryRecvError::Empty) => {
                    self.progress.set(output.written, output.bytes);
                    output.flush()?;
                    let Ok(note) = told.recv() else { return Ok(()) };
                    note
                }
            };
            self.heed(note, output)?;
        }
    }

    fn heed(&mut self, note: Note, output: &mut Output) -> Result<()> {
        match note {
            Note::Wrote { bytes, records } => output.append(&bytes, records),
            Note::Travelling(refusal) => output.travel(*refusal),
            Note::Refused { reason, line, raw } => {
                self.counts.rejected += 1;
                let refusal = self.rejects.refuse(&Position::Line(line), &Reject::new(reason), &raw, line)?;
                output.travel(refusal)
            }
        }
    }
}
