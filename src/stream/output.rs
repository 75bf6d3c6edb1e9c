//! Records out.
use super::record::Position;
use super::reject::Reject;
use crate::run::exit::Result;

/// Where a source writes its records.
pub struct RecordOut<'a>(&'a mut Vec<u8>);

impl RecordOut<'_> {
    /// Writes one record: one JSON object without a raw newline. Flushed when the buffer is full.
    pub fn record(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    /// Sends on what is buffered: to be called before every wait.
    pub fn flush(&mut self) -> Result<()> {
        Ok(())
    }

    /// Refuses a record of the source (kafka-consume: a value that is no JSON object). `raw` goes
    /// to `--rejects-raw` only. Fails when the allowance is used up.
    pub fn reject(&mut self, position: Position, reject: Reject, raw: &[u8]) -> Result<()> {
        let _ = (position, reject, raw);
        Ok(())
    }

    /// Counts a record dropped by request (a tombstone).
    pub fn dropped(&mut self) {}
}
