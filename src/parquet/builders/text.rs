//! Columns of bytes: strings and binaries, one buffer with offsets into it.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, StringArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::ArrowError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::json::{Cursor, Kind};
use crate::schema::fault::Fault;

/// Values of varying length. `offsets` has one entry more than there are values.
pub(super) struct Bytes {
    pub(super) offsets: Vec<i32>,
    pub(super) bytes: Vec<u8>,
}

impl Bytes {
    pub fn new() -> Self {
        Self { offsets: vec![0], bytes: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Ends the value whose bytes were appended; also how a null is kept, as no bytes.
    #[inline]
    pub fn end_value(&mut self) {
        // A batch is one record longer than its bound at most, and records are below 1 GiB.
        self.offsets.push(self.bytes.len() as i32);
    }

    pub fn truncate(&mut self, rows: usize) {
        self.offsets.truncate(rows + 1);
        self.bytes.truncate(self.start(rows));
    }

    /// Where the value of `row` starts.
    pub fn start(&self, row: usize) -> usize {
        self.offsets[row] as usize
    }

    /// The values from row `start` on.
    pub fn values_from(&self, start: usize) -> impl Iterator<Item = &[u8]> {
        self.offsets[start..].windows(2).map(|pair| &self.bytes[pair[0] as usize..pair[1] as usize])
    }

    /// Appends a string's text, or a number as it is spelled.
    #[inline(always)]
    pub fn append_text(&mut self, kind: Kind, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        match kind {
            Kind::String => cursor.string()?.unescape_into(&mut self.bytes)?,
            Kind::Number => self.bytes.extend_from_slice(cursor.number()?.text),
            _ => return Err(Fault::kind(kind)),
        }
        self.end_value();
        Ok(())
    }

    /// Refuses the value just appended if it has more than `limit` characters.
    pub fn check_length(&self, limit: u32) -> Result<(), Fault> {
        let start = self.start(self.len() - 1);
        let is_start = |byte: &&u8| (**byte as i8) >= -0x40;
        let characters = self.bytes[start..].iter().filter(is_start).count();
        if characters > limit as usize {
            Err(Fault::value("more characters than the column has"))
        } else {
            Ok(())
        }
    }

    /// Appends the bytes that `text` is the base64 of, in the one canonical spelling.
    pub fn append_base64(&mut self, text: &[u8]) -> Result<(), Fault> {
        STANDARD.decode_vec(text, &mut self.bytes).map_err(|_| Fault::value("not base64 text"))?;
        self.end_value();
        Ok(())
    }

    /// Takes what was gathered, leaving room for as much again.
    fn take(&mut self) -> (OffsetBuffer<i32>, Buffer) {
        let mut fresh = Vec::with_capacity(self.offsets.len());
        fresh.push(0);
        let offsets = std::mem::replace(&mut self.offsets, fresh);
        let room = self.bytes.len() + self.bytes.len() / 8;
        let bytes = std::mem::replace(&mut self.bytes, Vec::with_capacity(room));
        (OffsetBuffer::new(ScalarBuffer::from(offsets)), Buffer::from_vec(bytes))
    }

    pub fn take_strings(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        let (offsets, bytes) = self.take();
        Ok(Arc::new(StringArray::try_new(offsets, bytes, nulls)?))
    }

    pub fn take_binaries(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        let (offsets, bytes) = self.take();
        Ok(Arc::new(BinaryArray::try_new(offsets, bytes, nulls)?))
    }
}
