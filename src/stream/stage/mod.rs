//! The drivers: one for each shape, and around all of them what every stage does.
//!
//! A [`Stage`] is opened with the options that commands share and ends in one of its methods
//! ([`source`](Stage::source), [`transform`](Stage::transform), [`encode`](Stage::encode),
//! [`sink`](Stage::sink), [`store`](Stage::store)). Those own the loop: they read, seal, count, refuse, flush when the
//! input is idle, and tell the outcome (summary, report, one line for a person). The command itself
//! sees one record at a time.

mod encode;
mod filter;
mod program;
mod sink;
mod source;
mod store;
mod transform;

pub use program::Check;

use std::io::IsTerminal;
use std::time::Instant;

use serde_json::{Value, json};

use super::counts::Counts;
use super::counts::Facts;
use super::input::Input;
use super::options::{Options, Reading, sealed_by_environment};
use super::record::Record;
use super::reject::Reject;
use super::rejects::{Allowance, Judge, Rejects};
use super::report;
use super::seal::{Refusal, Sealed, StageCounts};
use super::stdio::{self, Stdin};
use super::summary::Summary;
use crate::run::progress::{Drawing, Progress};
use crate::run::units::grouped;
use crate::run::{Error, Process, Result};

/// A command at work on a stream.
pub struct Stage<'a> {
    process: &'a Process,
    options: &'a Options,
    /// Whether every stream is to be sealed.
    insists: bool,
    counts: Counts,
    rejects: Rejects,
    progress: Progress,
    started: Instant,
    bytes_read: u64,
    bytes_written: u64,
    /// What this stage wants known downstream.
    facts: Facts,
    /// What besides the counts is for the summary alone.
    told: Facts,
    summary: Option<Summary>,
    /// The stages before this one, as their closing seal told.
    before: Vec<StageCounts>,
    drawing: Option<Drawing>,
}

impl<'a> Stage<'a> {
    /// Opens the files of the shared options; they stay as they are until the work begins.
    pub fn open(process: &'a Process, options: &'a Options) -> Result<Self> {
        let insists = sealed_by_environment()?;
        let summary = options.summary.as_deref().map(Summary::open).transpose()?;
        let judge = Judge::Here(options.max_rejects.unwrap_or(Allowance::Count(0)));
        let list = options.rejects.as_deref();
        let rejects = Rejects::open(process.name, judge, list, options.rejects_raw.as_deref())?;
        let progress = Progress::default();
        let for_signal = progress.clone();
        process.signals.on_status(move || crate::run::log::say(&for_signal.line()));
        let drawing = progress.draw(process.globals.quiet);
        Ok(Self {
            process,
            options,
            insists,
            counts: Counts::default(),
            rejects,
            progress,
            started: Instant::now(),
            bytes_read: 0,
            bytes_written: 0,
            facts: Facts::new(),
            told: Facts::new(),
            summary,
            before: Vec::new(),
            drawing,
        })
    }

    /// The work begins: everything is checked and connected, and the input has shown itself. The
    /// drivers call it; who has none, does.
    pub fn begin(&mut self) -> Result<()> {
        self.rejects.begin()?;
        self.summary.as_mut().map_or(Ok(()), Summary::begin)
    }

    /// Draws no progress: in a dry run there is none.
    #[must_use]
    pub fn without_progress(mut self, without: bool) -> Self {
        if without {
            self.drawing = None;
        }
        self
    }

    /// Leaves the terminal to the data, where it goes there.
    fn clear_terminal(&mut self) {
        if std::io::stdout().is_terminal() {
            self.drawing = None;
        }
    }

    /// stdin as records.
    fn input(&self, reading: &Reading) -> Result<Input<Stdin>> {
        self.process.signals.drain_within(reading.drain_timeout);
        Ok(Input::new(stdio::stdin()?, reading.max_line_bytes as usize))
    }

    /// A seal of this stage's own, where the stream begins here and is asked to be sealed.
    fn begin_seal(&self) -> Result<Sealed> {
        let allowance = self.options.max_rejects.unwrap_or(Allowance::Count(0));
        Sealed::new(allowance.to_string())
    }

    /// A sink ends the stream: there is nothing behind it to be sealed, and to seal what it reads
    /// would prove nothing.
    fn refuse_to_seal(&self) -> Result<()> {
        if !self.options.seal {
            return Ok(());
        }
        Err(Error::usage(format!("--seal begins a sealed stream, and {} ends one", self.process.name))
            .hint("--seal at the first stage, or SLUICEBOX_SEAL=1 for all"))
    }

    /// How the stream goes on behind this stage, given how it arrived; `is_empty` says that not a byte did.
    fn continue_seal(&self, arrived: Option<Sealed>, is_empty: bool) -> Result<Option<Sealed>> {
        match arrived {
            Some(sealed) => Ok(Some(sealed)),
            None if self.options.seal => self.begin_seal().map(Some),
            None if self.insists => Err(unsealed(is_empty && stdio::is_pipe(rustix::stdio::stdin()))),
            None => Ok(None),
        }
    }

    /// Refuses a pipe that ended without a byte: that is what a stage leaves behind that failed before
    /// it passed the opening seal on, and what would be made of it would look like success. A seal, or
    /// a file such as /dev/null, can say that there is nothing to send; the end of a pipe cannot.
    /// `otherwise` is how a user says it all the same.
    fn refuse_silence(&self, otherwise: &str) -> Result<()> {
        if !stdio::is_pipe(rustix::stdio::stdin()) {
            return Ok(());
        }
        Err(Error::upstream("nothing came down the pipe, not even a seal: did the stage before fail?")
            .hint(format!("--seal at the source, so that an empty stream says so itself; or {otherwise}")))
    }

    /// Refuses to call whole what came down an unsealed pipe after a signal that this process got, too:
    /// the source has most likely stopped at it, and its end of file looks like any other. Called after
    /// the last record, so that nothing before this stage breaks; `undone` says what is left so.
    fn refuse_part(&self, arrived_sealed: bool, undone: &str) -> Result<()> {
        let Some(signal) = self.process.signals.first().filter(|_| !arrived_sealed) else { return Ok(()) };
        let message = format!("interrupted: an unsealed stream may be incomplete, so {undone}");
        let error = Error::interrupted(signal, message).hint("the whole pipeline again");
        log::error!("{error}");
        Err(error)
    }

    /// The same for a stage that begins the sealed stream: its closing seal would vouch for the part.
    fn refuse_to_vouch(&self, arrived_sealed: bool, seal: bool) -> Result<()> {
        if seal { self.refuse_part(arrived_sealed, "it gets no closing seal here") } else { Ok(()) }
    }

    /// The judge at the end of a stream: this stage, by its own allowance or the opening's.
    fn judge_for_all(&mut self, sealed: Option<&Sealed>) -> Result<()> {
        let told = match sealed {
            Some(sealed) => {
                sealed.max_rejects.parse().map_err(|_| Error::data("the opening seal is damaged"))?
            }
            None => Allowance::Count(0),
        };
        self.rejects.judged_by(Judge::Here(self.options.max_rejects.unwrap_or(told)));
        if sealed.is_some_and(|sealed| sealed.range.is_some()) {
            self.rejects.are_of_a_batch();
        }
        Ok(())
    }

    /// Refuses one record of stdin.
    fn refuse(&mut self, record: &Record<'_>, reject: &Reject) -> Result<Refusal> {
        self.counts.rejected += 1;
        self.rejects.refuse(&record.position(), reject, record.bytes(), record.line())
    }

    /// How many records entered the stream: what a share of rejects is a share of.
    fn entered(&self) -> u64 {
        self.before.first().map_or(self.counts.read, |first| first.counts.read)
    }

    /// The stages so far, this one included.
    fn stages(&self) -> Vec<StageCounts> {
        let own = StageCounts {
            stage: self.process.name.to_owned(),
            counts: self.counts,
            facts: self.facts.clone(),
        };
        self.before.iter().cloned().chain([own]).collect()
    }

    /// Takes over what the input counted.
    fn note_input<R: std::io::Read>(&mut self, input: &Input<R>) {
        self.counts.read = input.read;
        self.counts.blank = input.blank;
        self.bytes_read = input.bytes;
        self.progress.set(input.read, input.bytes);
        if let Some(closing) = input.closing() {
            self.before.clone_from(&closing.stages);
        }
    }

    /// Prepares what the stage works with: connects, reads a schema. Where that fails, the stage has
    /// ended, and its report and summary say so.
    pub fn prepare<T>(self, prepare: impl FnOnce() -> Result<T>) -> Result<(Self, T)> {
        // A source has nothing to finish yet.
        let prepared = self.process.signals.end_at_once().and_then(|at_once| {
            let prepared = prepare();
            drop(at_once);
            prepared
        });
        match prepared {
            Ok(prepared) => Ok((self, prepared)),
            Err(error) => {
                let cause = error.clone();
                Err(self.end(true, Err(error)).err().unwrap_or(cause))
            }
        }
    }

    /// Ends without a stream: after a dry run.
    pub fn done(self) -> Result<()> {
        self.end(false, Ok(Facts::new()))
    }

    /// Ends what was no stream of this process's own: batches that went through commands.
    pub fn conclude(mut self, counts: Counts, result: Result<Facts>) -> Result<()> {
        self.counts = counts;
        self.end(true, result)
    }

    /// Tells how the stage ended: the summary, the report, a line for a person.
    ///
    /// `sealed` says whether the stream was: there a reader that goes away is a failure.
    fn end(mut self, sealed: bool, result: Result<Facts>) -> Result<()> {
        self.process.signals.stand_aside();
        let result = match result {
            Err(error) if error.is_broken_pipe() && !sealed => Ok(Facts::new()),
            other => other,
        };
        // First the summary: a parent must not hear that all is well when the exit status says otherwise.
        let result = self.write_summary(result);
        let result = result.and_then(|facts| report::done(&facts, &self.counts));
        if let Err(error) = &result {
            report::failed(error, &self.counts);
        }
        let Self { drawing, counts, progress, .. } = self;
        let drew = drawing.is_some();
        drop(drawing);
        if drew && result.is_ok() {
            let rejected = if counts.rejected > 0 {
                format!(", {} rejected", grouped(counts.rejected))
            } else {
                String::new()
            };
            crate::run::log::say(&format!("{}{rejected}", progress.line()));
        }
        result
    }

    /// Writes the summary, if one is wanted. That it cannot be written is an error of its own, unless
    /// there is a graver one.
    fn write_summary(&mut self, result: Result<Facts>) -> Result<Facts> {
        let Some(mut target) = self.summary.take() else { return result };
        match (target.write(&self.summarize(&result)), result) {
            (Ok(()), result) => result,
            (Err(unwritten), Ok(_)) => Err(unwritten),
            (Err(unwritten), Err(cause)) => {
                log::warn!("{unwritten}");
                Err(cause)
            }
        }
    }

    fn summarize(&self, result: &Result<Facts>) -> Value {
        let (outcome, exit) = match result {
            Ok(_) => ("done", 0),
            Err(error) => match error.signal_number() {
                Some(signal) => ("signal", 128 + signal),
                None => ("failed", error.exit().code().into()),
            },
        };
        let mut summary = json!({
            "command": self.process.name,
            "outcome": outcome,
            "exit": exit,
            "read": self.counts.read,
            "written": self.counts.written,
            "rejected": self.counts.rejected,
            "dropped": self.counts.dropped,
            "blank": self.counts.blank,
            "bytes_read": self.bytes_read,
            "bytes_written": self.bytes_written,
            "seconds": (self.started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
        });
        match result {
            Ok(facts) => self.told.iter().chain(facts).for_each(|(key, value)| summary[key] = value.clone()),
            Err(error) => summary["error"] = error.to_string().into(),
        }
        summary
    }
}

/// A stage that is to find a seal finds none; `silent`, where nothing came down the pipe at all.
fn unsealed(silent: bool) -> Error {
    if silent {
        return Error::upstream(
            "nothing came down the pipe, not even a seal: the stage before failed, was not found, or dropped the seal",
        )
        .hint("its name, and what it or the shell has printed; foreign tools as `via -- COMMAND`");
    }
    Error::upstream(
        "stdin is not sealed, though SLUICEBOX_SEAL=1: a stage in between dropped the seal, or there is no source",
    )
    .hint("foreign tools as `via -- COMMAND`, or --seal to begin the sealed stream here")
}
