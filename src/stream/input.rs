//! Records in: blocks of bytes become lines, lines become records, and a seal is checked.
//!
//! Goes in: any `Read`. Comes out: [`Event`]s. Memory is one block (256 KiB), grown only for a line
//! that is longer, up to `--max-line-bytes`. Each block is checked to be UTF-8 once; only in a block
//! that is not are its lines checked one by one, so that one bad line rejects itself alone.

use std::io::Read;
use std::mem;
use std::ops::Range;

use super::block::{Block, Span};
use super::record::Record;
use super::seal::{Closing, Control, Digest, Refusal, Seal, Sealed};
use crate::run::{Error, Result};

/// What comes next in a stream.
#[derive(Debug)]
pub enum Event<'a> {
    /// A record.
    Record(Record<'a>),
    /// A line that cannot be a record: why, and its bytes (its beginning, when it is too long).
    Refused(&'static str, Record<'a>),
    /// A reject of an earlier stage, on its way to the sink: its line as it came, and its meaning.
    Travelling(Box<Refusal>),
    /// Nothing more is buffered: whatever is held back should go out before the next read.
    Idle,
    /// The end. In a sealed stream the closing seal was checked.
    End,
}

/// The records of a stream, plain or sealed.
pub struct Input<R> {
    source: R,
    block: Block,
    max_line: usize,
    sealed: Option<Sealed>,
    closing: Option<Closing>,
    digest: Digest,
    /// Where in the block the records lie, one behind the other, that the digest has yet to take.
    undigested: Range<usize>,
    travelled: u64,
    /// Records seen, refused ones included.
    pub read: u64,
    /// Blank lines seen.
    pub blank: u64,
    /// Bytes of all lines.
    pub bytes: u64,
    started: bool,
    told_idle: bool,
}

impl<R: Read> Input<R> {
    /// Reads lines of at most `max_line` bytes from `source`.
    pub fn new(source: R, max_line: usize) -> Self {
        Self {
            source,
            block: Block::new(),
            max_line,
            sealed: None,
            closing: None,
            digest: Digest::default(),
            undigested: 0..0,
            travelled: 0,
            read: 0,
            blank: 0,
            bytes: 0,
            started: false,
            told_idle: false,
        }
    }

    /// Reads the first line and says how the stream is sealed, if it is.
    pub fn open(&mut self) -> Result<Option<&Sealed>> {
        if !self.started {
            self.started = true;
            while self.block.is_drained() && self.fill()? {}
            refuse_compressed(self.block.peek())?;
            self.sealed = Sealed::parse(self.block.peek())?;
            if self.sealed.is_some() {
                self.block.take_line();
            }
        }
        Ok(self.sealed.as_ref())
    }

    /// Where the lines come from.
    pub fn source(&mut self) -> &mut R {
        &mut self.source
    }

    /// The closing seal, once [`Event::End`] has been told.
    pub fn closing(&self) -> Option<&Closing> {
        self.closing.as_ref()
    }

    /// Whether the input ended without a single byte; known once it was opened.
    pub fn is_empty(&self) -> bool {
        self.block.is_at_end() && self.sealed.is_none()
    }

    /// Whether the last line had no `\n`.
    pub fn ends_without_newline(&self) -> bool {
        self.block.unended
    }

    /// The next event.
    pub fn next_event(&mut self) -> Result<Event<'_>> {
        loop {
            if self.block.is_drained() {
                if !self.told_idle {
                    self.told_idle = true;
                    return Ok(Event::Idle);
                }
                if !self.fill()? {
                    return self.end();
                }
                self.told_idle = false;
                continue;
            }
            let Some(line) = self.block.take_line() else { continue };
            self.bytes += (line.end - line.start) as u64 + 1;
            if self.block.is_blank(&line) {
                self.blank += 1;
                continue;
            }
            if self.closing.is_some() {
                return Err(Error::data("lines follow the closing seal: two streams were joined into one"));
            }
            if let Some(control) = self.control(&line) {
                if let Some(refusal) = self.obey(control)? {
                    return Ok(Event::Travelling(refusal));
                }
                continue;
            }
            if self.is_torn() {
                return self.end();
            }
            return self.classify(line);
        }
    }

    /// Whether the line just taken is the last of a sealed stream, and has no newline: its writer died in
    /// the middle of it. What is wrong is the stream, not that record.
    fn is_torn(&self) -> bool {
        self.sealed.is_some() && self.block.unended && self.block.is_drained()
    }

    /// A line of the stream's own, if it is one.
    fn control(&self, line: &Span) -> Option<Control> {
        let sealed = self.sealed.as_ref()?;
        sealed.control(&self.block.bytes[line.start..line.end])
    }

    fn obey(&mut self, control: Control) -> Result<Option<Box<Refusal>>> {
        match control {
            Control::Reject(mut refusal) => {
                self.travelled += 1;
                // The nonce belongs to the line, not to the reject.
                refusal.seal = None;
                Ok(Some(Box::new(refusal)))
            }
            Control::Seal(Seal::Close(closing)) => {
                self.digest_all();
                closing.check(self.read, self.travelled, self.digest.value(), "records")?;
                self.closing = Some(closing);
                Ok(None)
            }
            Control::Seal(Seal::Open(_)) => Ok(None),
        }
    }

    fn classify(&mut self, line: Span) -> Result<Event<'_>> {
        self.read += 1;
        if self.sealed.is_some() && !line.too_long {
            self.digest(&line);
        }
        let record = Record::new(&self.block.bytes[line.start..line.end], self.read + self.blank);
        if line.too_long || line.end - line.start > self.max_line {
            return Ok(Event::Refused("line above --max-line-bytes", record));
        }
        if !self.block.utf8 && simdutf8::basic::from_utf8(record.bytes()).is_err() {
            return Ok(Event::Refused("not UTF-8", record));
        }
        Ok(Event::Record(record))
    }

    /// Takes a record and its newline into the digest, at the latest when the block is read into again. Records
    /// that lie together are taken at once, for which the digest is made.
    fn digest(&mut self, line: &Span) {
        if line.start != self.undigested.end {
            self.digest_all();
            self.undigested.start = line.start;
        }
        self.undigested.end = line.end + 1;
    }

    fn digest_all(&mut self) {
        let records = mem::take(&mut self.undigested);
        self.digest.update(&self.block.bytes[records]);
    }

    fn end(&mut self) -> Result<Event<'_>> {
        if self.sealed.is_some() && self.closing.is_none() {
            return Err(Error::upstream(format!(
                "upstream ended without a seal after {} records: it failed, or a stage in between dropped it",
                self.read
            )));
        }
        Ok(Event::End)
    }

    /// Reads until the block holds a whole line or the stream ends; false at the end.
    fn fill(&mut self) -> Result<bool> {
        self.digest_all();
        let sealed = self.sealed.is_some();
        let digest = &mut self.digest;
        let mut skipped = |bytes: &[u8]| {
            if sealed {
                digest.update(bytes);
            }
        };
        self.block.fill(&mut self.source, self.max_line, &mut skipped)
    }
}

/// How compressed files begin, and what reads them. No text begins so.
const COMPRESSED: [(&[u8], &str, &str); 2] =
    [(b"\x1f\x8b", "gzip", "gunzip -c FILE |"), (b"\x28\xb5\x2f\xfd", "zstd", "zstd -dc FILE |")];

/// Refuses what is no text at all, by its name rather than line by line.
fn refuse_compressed(line: &[u8]) -> Result<()> {
    match COMPRESSED.iter().find(|(magic, ..)| line.starts_with(magic)) {
        Some((_, what, reader)) => {
            Err(Error::data(format!("stdin is compressed with {what}, and records are text")).hint(*reader))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::block::BLOCK;
    use crate::stream::output::Output;

    /// Gives its bytes in reads of at most `step`.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = self.0.len().min(self.1).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    /// What a stream holds: records as text, refusals as `!reason@line`.
    fn read(bytes: &[u8], step: usize, max_line: usize) -> Result<Vec<String>> {
        let mut input = Input::new(Drip(bytes, step), max_line);
        input.open()?;
        let mut seen = Vec::new();
        loop {
            match input.next_event()? {
                Event::Record(record) => {
                    seen.push(format!("{}@{}", String::from_utf8_lossy(record.bytes()), record.line()));
                }
                Event::Refused(reason, record) => seen.push(format!("!{reason}@{}", record.line())),
                Event::Travelling(refusal) => seen.push(format!("~{}", refusal.reason)),
                Event::Idle => {}
                Event::End => return Ok(seen),
            }
        }
    }

    #[test]
    fn lines_are_the_same_however_they_are_read() {
        let bytes = b"{\"a\":1}\n\n  \r\n{\"b\":2}\r\n{\"c\":\xff}\n{\"d\":4}";
        let expected = ["{\"a\":1}@1", "{\"b\":2}\r@4", "!not UTF-8@5", "{\"d\":4}@6"];
        for step in [1, 2, 3, 7, 1000] {
            assert_eq!(read(bytes, step, 1 << 20).expect("plain"), expected, "step {step}");
        }
        assert!(read(b"", 1, 10).expect("empty").is_empty());
        assert!(read(b"\n\n", 1, 10).expect("blank").is_empty());
    }

    #[test]
    fn a_line_above_the_limit_is_refused_alone() {
        let long = "x".repeat(3 * BLOCK);
        let bytes = format!("one\n{long}\ntwo\n{long}");
        let refused = |line| format!("!line above --max-line-bytes@{line}");
        for step in [1 << 12, 100_003, 1 << 20] {
            for limit in [10, BLOCK, 2 * BLOCK] {
                let seen = read(bytes.as_bytes(), step, limit).expect("plain");
                assert_eq!(
                    seen,
                    ["one@1".to_owned(), refused(2), "two@3".to_owned(), refused(4)],
                    "{step} {limit}"
                );
            }
            let seen = read(bytes.as_bytes(), step, 4 * BLOCK).expect("plain");
            assert_eq!(seen.len(), 4);
            assert_eq!(seen[1].len(), long.len() + 2);
        }
    }

    #[test]
    fn compressed_input_is_told_by_its_name() {
        let error = read(b"\x1f\x8b\x08\0\n\0", 1, 1 << 20).expect_err("no text");
        assert_eq!(
            error.to_string(),
            "stdin is compressed with gzip, and records are text (try: gunzip -c FILE |)"
        );
        assert!(read(b"\x28\xb5\x2f\xfd", 7, 1 << 20).is_err());
        assert!(read(b"\x1f\n", 1, 1 << 20).is_ok(), "a reject, as any other");
    }

    /// What `Output` makes of some records in a sealed stream.
    fn sealed(records: &[&str]) -> Vec<u8> {
        let bytes = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);
        impl std::io::Write for Shared {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().expect("one thread").extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let seal = Sealed::new("0".into()).expect("random bytes");
        let mut output = Output::new(Box::new(Shared(bytes.clone())), Some(seal)).expect("a Vec takes all");
        for record in records {
            output.buffer().extend_from_slice(record.as_bytes());
            output.end_record();
        }
        output.close(Vec::new()).expect("a Vec takes all");
        let bytes = bytes.lock().expect("one thread");
        bytes.clone()
    }

    #[test]
    fn a_sealed_stream_reads_back_and_every_cut_is_noticed() {
        let whole = sealed(&["{\"a\":1}", "{\"$seal\":{\"v\":1}}", "{\"$reject\":0}"]);
        assert_eq!(read(&whole, 5, 1 << 20).expect("whole").len(), 3);
        let opening = memchr::memchr(b'\n', &whole).expect("a line");
        // A closing seal without its newline is still the closing seal.
        for cut in opening + 1..whole.len() - 1 {
            let told = read(&whole[..cut], 64, 1 << 20).expect_err("it is cut").to_string();
            assert!(told.starts_with("upstream ended without a seal after "), "cut at {cut}: {told}");
        }
    }

    #[test]
    fn the_digest_is_that_of_the_records_whatever_lies_between_them() {
        let long = format!("{{\"b\":\"{}\"}}", "x".repeat(2 * BLOCK));
        let whole = sealed(&["{\"a\":1}", &long, "{\"c\":3}", "{\"d\":4}", "{\"e\":5}"]);
        let whole = String::from_utf8(whole).expect("text").replace("{\"c\":3}\n", "\n{\"c\":3}\n \t\n");
        let changed = whole.replace("{\"d\":4}", "{\"d\":5}");
        for step in [1000, BLOCK - 1, 1 << 20] {
            for limit in [BLOCK, 4 * BLOCK] {
                assert_eq!(read(whole.as_bytes(), step, limit).expect("whole").len(), 5, "{step} {limit}");
                assert!(read(changed.as_bytes(), step, limit).is_err(), "{step} {limit}");
            }
        }
    }

    #[test]
    fn a_changed_missing_added_or_reordered_record_is_noticed() {
        let records = ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"];
        let whole = String::from_utf8(sealed(&records)).expect("text");
        for changed in [
            whole.replace("{\"b\":2}", "{\"b\":3}"),
            whole.replace("{\"b\":2}\n", ""),
            whole.replace("{\"b\":2}\n", "{\"b\":2}\n{\"b\":2}\n"),
            whole.replace("{\"a\":1}\n{\"b\":2}", "{\"b\":2}\n{\"a\":1}"),
            format!("{whole}{{\"d\":4}}\n"),
        ] {
            assert!(read(changed.as_bytes(), 64, 1 << 20).is_err(), "{changed}");
        }
    }
}
