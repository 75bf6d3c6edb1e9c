//! The driver of sinks that take bytes.

use super::Stage;
use crate::run::{Error, Result};
use crate::stream::counts::Counts;
use crate::stream::frames::{Chunk, FrameReader};
use crate::stream::options::Reading;
use crate::stream::seal::Sealed;
use crate::stream::shapes::ByteSink;
use crate::stream::stdio::{self, Stdin};

/// How many bytes of rejects are kept for the place beside the object.
const MAX_REJECTS: usize = 64 << 20;

impl Stage<'_> {
    /// Feeds the bytes of stdin to `sink` and publishes when the input has ended well.
    pub fn store(mut self, reading: &Reading, mut sink: impl ByteSink) -> Result<()> {
        let mut sealed = None;
        let result = match self.fill(reading, &mut sink, &mut sealed) {
            Ok(()) => sink.publish(sealed.as_ref()).inspect(|_| self.bytes_written = self.bytes_read),
            Err(error) => {
                // Dropped unpublished, it leaves nothing; that must be so before the report says so.
                drop(sink);
                Err(error)
            }
        };
        self.end(sealed.is_some(), result)
    }

    fn fill(
        &mut self,
        reading: &Reading,
        sink: &mut impl ByteSink,
        sealed: &mut Option<Sealed>,
    ) -> Result<()> {
        self.process.signals.drain_within(reading.drain_timeout);
        self.refuse_to_seal()?;
        let mut input = FrameReader::open(stdio::stdin()?)?;
        *sealed = self.continue_seal(input.sealed())?;
        self.refuse_silence(input.is_empty())?;
        self.judge_for_all(sealed.as_ref())?;
        let rejects = self.fill_bytes(&mut input, sink)?;
        if let Some(closing) = input.closing() {
            self.before.clone_from(&closing.stages);
            // The records are inside of the bytes; the stage before said how many.
            let records = self.before.last().map_or(0, |last| last.counts.written);
            self.counts = Counts { read: records, passed: records, written: records, ..Counts::default() };
        }
        self.rejects.settle(self.entered())?;
        if rejects.is_empty() { Ok(()) } else { sink.rejects(&rejects) }
    }

    /// Hands over all bytes; returns the rejects that came along, as JSON lines.
    fn fill_bytes(&mut self, input: &mut FrameReader<Stdin>, sink: &mut impl ByteSink) -> Result<Vec<u8>> {
        let (mut buffer, mut rejects) = (Vec::new(), Vec::new());
        loop {
            match input.next_chunk(&mut buffer)? {
                Chunk::Data => sink.bytes(&buffer)?,
                Chunk::Travelling(mut refusal) => {
                    self.rejects.receive(&refusal, 0)?;
                    refusal.seal = None;
                    keep(&mut rejects, &serde_json::to_vec(&refusal).unwrap_or_default())?;
                }
                Chunk::End => return Ok(rejects),
            }
            self.bytes_read = input.count;
            self.progress.set(0, input.count);
        }
    }
}

fn keep(rejects: &mut Vec<u8>, line: &[u8]) -> Result<()> {
    if rejects.len() + line.len() > MAX_REJECTS {
        return Err(Error::data("more than 64 MiB of rejects: this is not the data that was expected")
            .hint("a smaller --max-rejects at the source"));
    }
    rejects.extend_from_slice(line);
    rejects.push(b'\n');
    Ok(())
}
