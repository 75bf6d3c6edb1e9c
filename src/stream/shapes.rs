//! The four shapes a command can have. A command implements one of them; the drivers beside this
//! file do all that commands have in common: reading, writing, seals, rejects, counts, signals,
//! reports, progress and the summary.

use std::io::Write;

use super::counts::Facts;
use super::output::RecordOut;
use super::record::Record;
use super::reject::Trouble;
use super::seal::{Refusal, Sealed, StageCounts};
use crate::run::exit::Result;
use crate::run::signals::Stop;

/// Gives records until it has no more or is told to stop.
pub trait Source {
    /// Writes every record to `out`; returns early, with `Ok`, once `stop.requested()`.
    ///
    /// Between records, whenever it would wait, it calls `out.flush()`, so that what is known
    /// downstream is never held back by a quiet source.
    fn run(&mut self, out: &mut RecordOut<'_>, stop: &Stop) -> Result<()>;
}

/// What became of a record that was not rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Passed on: what was written to `out` is one record.
    Passed,
    /// Passed on as the records that `out.end_record()` closed: none, one or many.
    Exploded,
    /// Dropped by request (`--where`, a tombstone).
    Dropped,
}

/// One record in; passed on, several out, dropped by request, or rejected with a reason.
pub trait Transform {
    /// Writes the new record to `out`, without `\n`. On `Err(Trouble::Reject)` what was written for
    /// this record is taken back.
    fn record(&mut self, record: &Record<'_>, out: &mut Line<'_>) -> Result<Fate, Trouble>;

    /// The last record has passed: what the summary should tell, or why the stream must not be taken
    /// for done. Called before the closing seal is written.
    fn finish(&mut self) -> Result<Facts> {
        Ok(Facts::new())
    }

    /// What is to be known downstream, and in the lineage of what is stored.
    fn facts(&self) -> Facts {
        Facts::new()
    }
}

/// Where a [`Transform`] writes the record it makes.
pub struct Line<'a> {
    buffer: &'a mut Vec<u8>,
    ended: u64,
}

impl<'a> Line<'a> {
    /// Appends to `buffer`.
    pub fn new(buffer: &'a mut Vec<u8>) -> Self {
        Self { buffer, ended: 0 }
    }

    /// Appends bytes of the record.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The buffer itself, for code that formats in place. Append only.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        self.buffer
    }

    /// Ends one of several records ([`Fate::Exploded`]).
    pub fn end_record(&mut self) {
        self.buffer.push(b'\n');
        self.ended += 1;
    }

    /// How many records were ended by [`Self::end_record`].
    pub fn ended(&self) -> u64 {
        self.ended
    }
}

/// Where an [`Encoder`] writes: stdout, frames on stdout in a sealed stream, or `-o FILE`.
pub type ByteOut = Box<dyn Write + Send>;

/// Records in, bytes out, finished in one piece.
pub trait Encoder {
    /// Whether the output is text for people, written at the end: then the stream ends here, and a
    /// sealed one is checked but not framed.
    fn is_text(&self) -> bool {
        false
    }

    /// Whether a terminal is no place for the output.
    fn is_binary(&self) -> bool {
        !self.is_text()
    }

    /// Takes the output before the first record. It may move to a thread of the encoder's own.
    fn start(&mut self, out: ByteOut, sealed: Option<&Sealed>) -> Result<()>;

    /// Encodes one record, or refuses it.
    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble>;

    /// Writes the end (a footer) and flushes. Called only when the input has ended well: dropped
    /// without it, an encoder leaves its output unfinished and the driver removes it. `before` are
    /// the stages that a sealed stream has passed.
    fn finish(self, before: &[StageCounts]) -> Result<Facts>;
}

/// Records in, stored somewhere. Dropped without `publish`, it leaves nothing behind that a reader
/// could take for the whole.
pub trait Sink {
    /// The input was opened: what it says of itself, if it is sealed. Nothing was read of it yet.
    fn begin(&mut self, _: Option<&Sealed>) -> Result<()> {
        Ok(())
    }

    /// Keeps the account of a reject within the allowance, of this stage or an earlier one, where the
    /// sink has a place for it.
    fn reject(&mut self, _: &Refusal) -> Result<()> {
        Ok(())
    }

    /// Takes one record, or refuses it. May buffer within bounds.
    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble>;

    /// The input is quiet: send what is buffered, without waiting for it.
    fn idle(&mut self) -> Result<()> {
        Ok(())
    }

    /// The input has ended well (in a sealed stream: the closing seal was checked). Returns the
    /// receipt: where it is, and what is there.
    fn publish(self, sealed: Option<&Sealed>) -> Result<Facts>;

    /// Counts that a failure must still tell ("delivered", "failed"): asked when the run fails. What was
    /// delivered is what the pipeline has published, as far as anybody knows.
    fn facts(&self) -> Facts {
        Facts::new()
    }

    /// Whether it publishes all or nothing. One that cannot refuses a sealed input unless
    /// `--allow-partial`, or unless it is [repeatable](Self::repeatable).
    fn atomic(&self) -> bool;

    /// Whether the same stream, stored in part or several times, comes to the same in the end: a batch,
    /// written under keys and versions that follow from its range. Its receipt says that all is stored.
    fn repeatable(&self) -> bool {
        false
    }
}

/// Bytes in, stored somewhere all or nothing.
pub trait ByteSink {
    /// Takes the next bytes.
    fn bytes(&mut self, bytes: &[u8]) -> Result<()>;

    /// Keeps the rejects of a sealed stream (JSON lines) beside the object, before it is published.
    fn rejects(&mut self, lines: &[u8]) -> Result<()>;

    /// Makes the object visible; called only when the input has ended well.
    fn publish(self, sealed: Option<&Sealed>) -> Result<Facts>;
}
