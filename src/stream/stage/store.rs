//! The driver of sinks that take bytes.

use super::Stage;
use crate::run::Result;
use crate::stream::bytes::ByteInput;
use crate::stream::counts::Counts;
use crate::stream::frames::Chunk;
use crate::stream::options::Reading;
use crate::stream::rejects::may_be_kept;
use crate::stream::report;
use crate::stream::seal::{Refusal, Sealed, StageCounts};
use crate::stream::shapes::ByteSink;
use crate::stream::stdio::{self, Stdin};

impl Stage<'_> {
    /// Feeds the bytes of stdin to `sink` and publishes when the input has ended well.
    ///
    /// `allow_empty`: store nothing, too, where a pipe ended without a byte and without a seal.
    pub fn store(mut self, reading: &Reading, allow_empty: bool, mut sink: impl ByteSink) -> Result<()> {
        let mut sealed = None;
        let result = match self.fill(reading, allow_empty, &mut sink, &mut sealed) {
            Ok(()) => sink.publish(sealed.as_ref()).inspect(|_| {
                self.bytes_written = self.bytes_read;
                report::published(self.counts.passed);
            }),
            Err(error) => {
                // Dropped unpublished, it leaves nothing; that must be so before the report says so.
                drop(sink);
                report::published(0);
                Err(error)
            }
        };
        self.end(sealed.is_some(), result)
    }

    fn fill(
        &mut self,
        reading: &Reading,
        allow_empty: bool,
        sink: &mut impl ByteSink,
        sealed: &mut Option<Sealed>,
    ) -> Result<()> {
        self.process.signals.drain_within(reading.drain_timeout);
        self.refuse_to_seal()?;
        let mut input = ByteInput::open(stdio::stdin()?, reading.max_line_bytes as usize)?;
        let arrived = input.sealed()?.cloned();
        let arrived_sealed = arrived.is_some();
        *sealed = self.continue_seal(arrived, input.is_empty())?;
        self.judge_for_all(sealed.as_ref())?;
        self.begin()?;
        let mut rejects = Kept::default();
        self.fill_bytes(&mut input, sink, &mut rejects)?;
        if input.count() == 0 && sealed.is_none() && !allow_empty {
            self.refuse_silence("--allow-empty")?;
        }
        if let Some(closing) = input.closing() {
            self.before.clone_from(&closing.stages);
            // The records are inside of the bytes; the stage before said how many.
            let records = self.before.last().map_or(0, |last| last.counts.written);
            self.counts = Counts { read: records, passed: records, written: records, ..Counts::default() };
        }
        self.rejects.settle(self.entered())?;
        self.refuse_part(arrived_sealed, "nothing was published")?;
        let lines = rejects.lines(&self.before);
        if lines.is_empty() { Ok(()) } else { sink.rejects(&lines) }
    }

    /// Hands over all bytes, and keeps the rejects that came along.
    fn fill_bytes(
        &mut self,
        input: &mut ByteInput<Stdin>,
        sink: &mut impl ByteSink,
        rejects: &mut Kept,
    ) -> Result<()> {
        let mut buffer = Vec::new();
        loop {
            match input.next_chunk(&mut buffer)? {
                Chunk::Data => sink.bytes(&buffer)?,
                Chunk::Travelling(refusal) => {
                    self.rejects.receive(&refusal, 0)?;
                    rejects.keep(*refusal)?;
                }
                Chunk::End => return Ok(()),
            }
            self.bytes_read = input.count();
            self.progress.set(0, input.count());
        }
    }
}

/// The rejects of a sealed stream, for the place beside the object.
#[derive(Default)]
struct Kept {
    rejects: Vec<Refusal>,
    bytes: usize,
}

impl Kept {
    fn keep(&mut self, refusal: Refusal) -> Result<()> {
        self.bytes += line(&refusal).len() + size_of::<Refusal>();
        may_be_kept(self.bytes)?;
        self.rejects.push(refusal);
        Ok(())
    }

    /// As JSON lines, by stage and place. Where the rejects of two stages meet is a matter of chance,
    /// and a retry of the same work must make the same bytes.
    fn lines(self, stages: &[StageCounts]) -> Vec<u8> {
        let stage = |name: &str| stages.iter().position(|stage| stage.stage == name);
        let mut rejects = self.rejects;
        rejects.sort_by_cached_key(|refusal| {
            let place = (refusal.partition, refusal.offset, refusal.line);
            (stage(&refusal.stage), refusal.topic.clone(), place, line(refusal))
        });
        rejects.iter().flat_map(line).collect()
    }
}

fn line(refusal: &Refusal) -> Vec<u8> {
    let mut line = serde_json::to_vec(refusal).unwrap_or_default();
    line.push(b'\n');
    line
}
