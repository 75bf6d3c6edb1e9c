//! Bytes in, at a sink that takes bytes: frames, records in a sealed stream, or plain bytes.
//!
//! The first bytes tell which of the three it is. A sealed stream of records
//! (`kafka-consume --seal | s3-put …/users.ndjson`) is checked like any other, and only its records,
//! each with its newline, are handed on.

use std::io::{Chain, Cursor, Read};

use super::frames::{self, Chunk, FrameReader};
use super::input::{Event, Input};
use super::seal::{Closing, Refusal, Sealed};
use crate::run::{Error, Result};

/// How much is handed on at once.
const CHUNK: usize = 256 << 10;

/// How the opening of sealed records begins; as long as the magic of frames.
const SEAL: &[u8; 8] = b"{\"$seal\"";

/// The longest opening that is looked for; real ones have a few hundred bytes.
const MAX_OPENING: usize = 64 << 10;

/// The input, and in front of it what was read to see what it is.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// The bytes of a stream.
pub enum ByteInput<R> {
    /// Frames, or plain bytes.
    Bytes(Box<FrameReader<Whole<R>>>),
    /// Records in a sealed stream.
    Records(Box<Records<R>>),
}

/// Records on their way to a sink of bytes.
pub struct Records<R> {
    input: Input<Whole<R>>,
    handed_on: u64,
    /// A reject that came behind records that had to be handed on first.
    pending: Option<Box<Refusal>>,
}

impl<R: Read> ByteInput<R> {
    /// Looks at the first bytes. `max_line` bounds a record of a sealed stream of records.
    pub fn open(mut source: R, max_line: usize) -> Result<Self> {
        let head = head(&mut source)?;
        let sealed = Sealed::parse(head.strip_suffix(b"\n").unwrap_or(&head))?;
        let whole = Cursor::new(head).chain(source);
        if sealed.is_none() {
            return Ok(Self::Bytes(Box::new(FrameReader::open(whole)?)));
        }
        let mut input = Input::new(whole, max_line);
        input.open()?;
        Ok(Self::Records(Box::new(Records { input, handed_on: 0, pending: None })))
    }

    /// How the stream is sealed, if it is.
    pub fn sealed(&mut self) -> Result<Option<&Sealed>> {
        match self {
            Self::Bytes(frames) => Ok(frames.sealed()),
            Self::Records(records) => records.input.open(),
        }
    }

    /// Whether the input ended without a single byte.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Bytes(frames) => frames.is_empty(),
            Self::Records(records) => records.input.is_empty(),
        }
    }

    /// The closing, once [`Chunk::End`] has been told.
    pub fn closing(&self) -> Option<&Closing> {
        match self {
            Self::Bytes(frames) => frames.closing(),
            Self::Records(records) => records.input.closing(),
        }
    }

    /// Bytes handed on so far.
    pub fn count(&self) -> u64 {
        match self {
            Self::Bytes(frames) => frames.count,
            Self::Records(records) => records.handed_on,
        }
    }

    /// The next chunk; data goes into `buffer`.
    pub fn next_chunk(&mut self, buffer: &mut Vec<u8>) -> Result<Chunk> {
        match self {
            Self::Bytes(frames) => frames.next_chunk(buffer),
            Self::Records(records) => records.next_chunk(buffer),
        }
    }
}

impl<R: Read> Records<R> {
    fn next_chunk(&mut self, buffer: &mut Vec<u8>) -> Result<Chunk> {
        buffer.clear();
        if let Some(refusal) = self.pending.take() {
            return Ok(Chunk::Travelling(refusal));
        }
        while buffer.len() < CHUNK {
            match self.input.next_event()? {
                Event::Record(record) => {
                    buffer.extend_from_slice(record.bytes());
                    buffer.push(b'\n');
                }
                // An earlier stage would have refused it.
                Event::Refused(reason, record) => {
                    return Err(Error::data(format!("line {}: {reason}", record.line())));
                }
                Event::Travelling(refusal) if buffer.is_empty() => return Ok(Chunk::Travelling(refusal)),
                Event::Travelling(refusal) => {
                    self.pending = Some(refusal);
                    break;
                }
                Event::Idle => {}
                Event::End if buffer.is_empty() => return Ok(Chunk::End),
                // Told again when it is asked for again.
                Event::End => break,
            }
        }
        self.handed_on += buffer.len() as u64;
        Ok(Chunk::Data)
    }
}

/// The first bytes: enough to tell frames, or the whole opening of a sealed stream of records.
fn head(source: &mut impl Read) -> Result<Vec<u8>> {
    let mut head = vec![0; frames::MAGIC.len()];
    let got = frames::read_up_to(source, &mut head)?;
    head.truncate(got);
    let mut byte = [0];
    while head.starts_with(SEAL)
        && head.last() != Some(&b'\n')
        && head.len() < MAX_OPENING
        && frames::read_up_to(source, &mut byte)? == 1
    {
        head.push(byte[0]);
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENING: &str = "{\"$seal\":{\"v\":1,\"open\":\"ab\",\"max_rejects\":\"0\"}}\n";

    fn read(bytes: &[u8]) -> Result<Vec<u8>> {
        let mut input = ByteInput::open(bytes, 1 << 20)?;
        let (mut all, mut buffer) = (Vec::new(), Vec::new());
        loop {
            match input.next_chunk(&mut buffer)? {
                Chunk::Data => all.extend_from_slice(&buffer),
                Chunk::Travelling(_) => {}
                Chunk::End => return Ok(all),
            }
        }
    }

    #[test]
    fn plain_bytes_pass_though_they_look_like_a_seal() {
        for plain in
            [&b""[..], b"{", b"{\"$seal\"", b"{\"$seal\":{\"v\":1}}", b"{\"$seal\":{}}\n\n\r\nx", b"PAR1"]
        {
            assert_eq!(read(plain).expect("plain"), plain);
        }
    }

    #[test]
    fn sealed_records_lose_their_seal_and_are_held_to_it() {
        let mut digest = super::super::seal::Digest::default();
        digest.update(b"{\"a\":1}\n{}\n");
        let closing = format!(
            "{{\"$seal\":{{\"v\":1,\"close\":\"ab\",\"count\":2,\"rejects\":0,\"xxh3\":\"{}\",\"stages\":[]}}}}\n",
            super::super::seal::hex128(digest.value())
        );
        let whole = format!("{OPENING}{{\"a\":1}}\n{{}}\n{closing}");
        assert_eq!(read(whole.as_bytes()).expect("whole"), b"{\"a\":1}\n{}\n");
        assert!(read(format!("{OPENING}{{\"a\":1}}\n{{}}\n").as_bytes()).is_err());
        assert!(read(format!("{OPENING}{{\"a\":1}}\n{closing}").as_bytes()).is_err());
    }
}
