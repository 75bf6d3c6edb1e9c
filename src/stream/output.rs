//! Records out: buffered, digested when the stream is sealed, and closed by a seal only at the end.

use std::io::Write;

use super::counts::Counts;
use super::record::Position;
use super::reject::Reject;
use super::rejects::Rejects;
use super::seal::{Closing, Control, Digest, Refusal, Seal, Sealed, StageCounts, VERSION, hex128};
use super::stdio;
use crate::run::progress::Progress;
use crate::run::{Result, fault};

/// How much is gathered before a write: a quarter of a wide pipe.
const BUFFER: usize = 256 << 10;

/// The records that a stage writes to stdout.
pub struct Output {
    out: Box<dyn Write>,
    buffer: Vec<u8>,
    seal: Option<Writing>,
    /// Records written.
    pub written: u64,
    /// Bytes written, seals included.
    pub bytes: u64,
}

/// The state of a sealed stream that is being written.
struct Writing {
    sealed: Sealed,
    digest: Digest,
    rejects: u64,
}

impl Output {
    /// Writes to `out`; with `sealed`, the opening comes first.
    pub fn new(out: Box<dyn Write>, sealed: Option<Sealed>) -> Result<Self> {
        let mut output =
            Self { out, buffer: Vec::with_capacity(BUFFER + (64 << 10)), seal: None, written: 0, bytes: 0 };
        if let Some(sealed) = sealed {
            output.control(&Control::Seal(Seal::Open(sealed.clone())))?;
            output.seal = Some(Writing { sealed, digest: Digest::default(), rejects: 0 });
        }
        Ok(output)
    }

    /// Whether the stream is sealed.
    pub fn is_sealed(&self) -> bool {
        self.seal.is_some()
    }

    /// Where the next record is formatted in place. Append only.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Ends a record that was appended without its newline.
    #[inline]
    pub fn end_record(&mut self) {
        self.buffer.push(b'\n');
        self.ended(1);
    }

    /// Counts records that were appended with their newlines.
    #[inline]
    pub fn ended(&mut self, records: u64) {
        self.written += records;
    }

    /// Appends whole records, each with its newline.
    pub fn append(&mut self, bytes: &[u8], records: u64) -> Result<()> {
        self.make_room()?;
        self.buffer.extend_from_slice(bytes);
        self.ended(records);
        Ok(())
    }

    /// Writes out a full buffer. Before the next record rather than after the last one, which may
    /// have to give its newline back.
    #[inline]
    pub fn make_room(&mut self) -> Result<()> {
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    /// Takes back the newline of the last record: the input's last line had none.
    pub fn unend_last(&mut self) {
        if self.seal.is_none() && self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
        }
    }

    /// Sends a reject on to the sink. In a plain stream there is nothing to send.
    pub fn travel(&mut self, mut refusal: Refusal) -> Result<()> {
        if let Some(writing) = &mut self.seal {
            writing.rejects += 1;
            refusal.seal = Some(writing.sealed.open.clone());
            self.control(&Control::Reject(refusal))?;
        }
        Ok(())
    }

    /// Writes out all that is buffered.
    pub fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        if let Some(writing) = &mut self.seal {
            writing.digest.update(&self.buffer);
        }
        self.bytes += self.buffer.len() as u64;
        let written = self.out.write_all(&self.buffer);
        self.buffer.clear();
        written.map_err(|cause| stdio::write_error(&cause))
    }

    /// Flushes, and in a sealed stream writes the closing seal.
    pub fn close(&mut self, stages: Vec<StageCounts>) -> Result<()> {
        self.flush()?;
        let Some(writing) = &self.seal else { return Ok(()) };
        let closing = Closing {
            v: VERSION,
            close: writing.sealed.open.clone(),
            count: self.written,
            rejects: writing.rejects,
            xxh3: hex128(writing.digest.value()),
            stages,
        };
        fault::point("seal.before");
        self.control(&Control::Seal(Seal::Close(closing)))?;
        fault::point("seal.after");
        Ok(())
    }

    /// A line that is not data, past the digest.
    fn control(&mut self, control: &Control) -> Result<()> {
        self.flush()?;
        let mut line = control.line();
        line.push(b'\n');
        self.bytes += line.len() as u64;
        self.out.write_all(&line).map_err(|cause| stdio::write_error(&cause))
    }
}

/// Where a source writes its records.
pub struct RecordOut<'a> {
    pub(super) output: &'a mut Output,
    pub(super) counts: &'a mut Counts,
    pub(super) rejects: &'a mut Rejects,
    pub(super) progress: &'a Progress,
}

impl RecordOut<'_> {
    /// Writes one record: one JSON object without a raw newline. Flushed when the buffer is full.
    #[inline]
    pub fn record(&mut self, bytes: &[u8]) -> Result<()> {
        self.output.buffer().extend_from_slice(bytes);
        self.end_record()
    }

    /// Where a record may be formatted in place, to be ended by [`Self::end_record`]. Append only.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        self.output.buffer()
    }

    /// Ends the record that was appended to [`Self::buffer`].
    #[inline]
    pub fn end_record(&mut self) -> Result<()> {
        self.counts.read += 1;
        self.counts.passed += 1;
        self.output.end_record();
        self.output.make_room()
    }

    /// Sends on what is buffered: to be called before every wait.
    pub fn flush(&mut self) -> Result<()> {
        self.progress.set(self.output.written, self.output.bytes);
        self.output.flush()
    }

    /// Refuses a record of the source (kafka-consume: a value that is no JSON object). `raw` goes
    /// to `--rejects-raw` only. Fails when the allowance is used up.
    pub fn reject(&mut self, position: Position, reject: Reject, raw: &[u8]) -> Result<()> {
        self.counts.read += 1;
        self.counts.rejected += 1;
        let refusal = self.rejects.refuse(&position, &reject, raw, self.counts.read)?;
        self.output.travel(refusal)
    }

    /// Counts a record dropped by request (a tombstone).
    pub fn dropped(&mut self) {
        self.counts.read += 1;
        self.counts.dropped += 1;
    }

    /// How many records were written so far.
    pub fn written(&self) -> u64 {
        self.output.written
    }
}
