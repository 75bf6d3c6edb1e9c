//! Blocks of bytes become lines: what is read and not yet told of.
//!
//! Memory is one block (256 KiB), grown only for a line that is longer. Each block is checked to be
//! UTF-8 once; only in a block that is not are its lines checked one by one by whoever takes them.

use std::io::Read;

use crate::run::{Error, Result};

/// Fits the second-level cache, and a wide pipe in four reads.
pub(super) const BLOCK: usize = 256 << 10;

/// Room for the newline that the last line may lack.
const SPARE: usize = 1;

/// A line inside the block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its end was thrown away.
    pub(super) too_long: bool,
}

/// The bytes read so far that have not become lines.
pub(super) struct Block {
    /// `bytes[at..lines]` are whole lines, `bytes[lines..filled]` is the beginning of one.
    pub(super) bytes: Vec<u8>,
    at: usize,
    lines: usize,
    pub(super) filled: usize,
    /// Whether the whole lines are UTF-8 taken together.
    pub(super) utf8: bool,
    /// The last line of the stream had no newline (one was added).
    pub(super) unended: bool,
    /// The line that begins in this block is above the limit: throw away until its newline.
    skipping: bool,
    /// The one line in the block is the beginning of a line above the limit.
    truncated: bool,
    /// What follows the end of such a line was not searched for newlines yet.
    unsearched: bool,
    pub(super) ended: bool,
}

impl Block {
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; BLOCK + SPARE],
            at: 0,
            lines: 0,
            filled: 0,
            utf8: true,
            unended: false,
            skipping: false,
            truncated: false,
            unsearched: false,
            ended: false,
        }
    }

    pub(super) fn is_drained(&self) -> bool {
        self.at == self.lines
    }

    /// Whether the stream ended, and nothing of it is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.ended && self.filled == 0
    }

    /// The next line without taking it.
    pub(super) fn peek(&self) -> &[u8] {
        let lines = &self.bytes[self.at..self.lines];
        &lines[..memchr::memchr(b'\n', lines).unwrap_or(lines.len())]
    }

    pub(super) fn take_line(&mut self) -> Option<Span> {
        let start = self.at;
        let length = memchr::memchr(b'\n', &self.bytes[start..self.lines])?;
        self.at = start + length + 1;
        Some(Span { start, end: start + length, too_long: self.truncated })
    }

    pub(super) fn is_blank(&self, line: &Span) -> bool {
        // A record begins with a brace: the first byte decides nearly always. Of a line above the
        // limit only the beginning is known.
        !line.too_long
            && self.bytes[line.start..line.end].iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
    }

    /// Reads until there is a whole line; false at the end of the stream.
    pub(super) fn fill(
        &mut self,
        source: &mut impl Read,
        max_line: usize,
        skipped: &mut dyn FnMut(&[u8]),
    ) -> Result<bool> {
        self.truncated = false;
        self.make_room(max_line);
        if std::mem::take(&mut self.unsearched) && self.find_lines(0) {
            return Ok(true);
        }
        while !self.ended {
            let room = self.bytes.len() - SPARE;
            if self.filled == room && !self.grow_or_skip(max_line, skipped) {
                continue;
            }
            let room = self.bytes.len() - SPARE;
            let from = self.filled;
            let got = source
                .read(&mut self.bytes[from..room])
                .map_err(|cause| Error::io("cannot read stdin", &cause))?;
            if got == 0 {
                self.ended = true;
                break;
            }
            self.filled += got;
            if self.skipping {
                if self.finish_skipping(from, skipped) {
                    return Ok(true);
                }
            } else if self.find_lines(from) {
                return Ok(true);
            }
        }
        Ok(self.last_line())
    }

    /// Moves the unfinished line to the front; gives back what one long line had taken.
    fn make_room(&mut self, max_line: usize) {
        let partial = self.lines..self.filled;
        self.filled = partial.len();
        self.bytes.copy_within(partial, 0);
        (self.at, self.lines) = (0, 0);
        if self.bytes.len() > BLOCK + SPARE && self.filled < BLOCK / 2 && max_line >= BLOCK {
            self.bytes.truncate(BLOCK + SPARE);
            self.bytes.shrink_to_fit();
        }
    }

    /// The block is full of one line: take more room, or start to throw it away. Returns whether
    /// there is room to read into.
    fn grow_or_skip(&mut self, max_line: usize, skipped: &mut dyn FnMut(&[u8])) -> bool {
        let room = self.bytes.len() - SPARE;
        if self.skipping || room > max_line {
            // Keep the beginning for --rejects-raw; throw away what was read after it.
            let keep = BLOCK / 2;
            let from = if self.skipping { keep } else { 0 };
            skipped(&self.bytes[from..self.filled]);
            self.skipping = true;
            self.filled = keep;
            return true;
        }
        let wanted = (room * 2).min(max_line.saturating_add(1)).max(room + 1) + SPARE;
        self.bytes.resize(wanted, 0);
        true
    }

    /// While skipping: looks for the newline in what was just read.
    fn finish_skipping(&mut self, from: usize, skipped: &mut dyn FnMut(&[u8])) -> bool {
        let Some(at) = memchr::memchr(b'\n', &self.bytes[from..self.filled]) else {
            skipped(&self.bytes[from..self.filled]);
            self.filled = from;
            return false;
        };
        skipped(&self.bytes[from..from + at + 1]);
        // The kept beginning becomes a line; what follows the newline moves up behind it.
        self.bytes.copy_within(from + at..self.filled, from);
        self.filled -= at;
        self.lines = from + 1;
        self.skipping = false;
        self.truncated = true;
        self.unsearched = true;
        self.utf8 = false;
        true
    }

    /// Finds the last newline in what was just read.
    fn find_lines(&mut self, from: usize) -> bool {
        let Some(last) = memchr::memrchr(b'\n', &self.bytes[from..self.filled]) else { return false };
        self.lines = from + last + 1;
        self.utf8 = simdutf8::basic::from_utf8(&self.bytes[..self.lines]).is_ok();
        true
    }

    /// At the end of the stream: what is left is a line, though it has no newline.
    fn last_line(&mut self) -> bool {
        if self.filled == 0 {
            return false;
        }
        self.truncated = std::mem::take(&mut self.skipping);
        self.unended = true;
        self.bytes[self.filled] = b'\n';
        self.filled += 1;
        self.lines = self.filled;
        self.utf8 = simdutf8::basic::from_utf8(&self.bytes[..self.lines]).is_ok();
        true
    }
}
