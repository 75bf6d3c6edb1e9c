//! Sealed byte streams: what lies between an encoder and a sink (`to-parquet | s3-put`).
//!
//! `SLUICE1\n`, then frames: a type (1 byte), the payload's length (u32, little-endian), the payload
//! of at most 1 MiB. Types: `O` the opening (JSON, as in `stream::seal`), `D` data, `R` a reject
//! (JSON), `C` the closing (JSON). The digest is XXH3-128 over the data payloads.

use std::io::{self, Read, Write};

use super::seal::{Closing, Control, Digest, JOIN, Refusal, Seal, Sealed, StageCounts, VERSION, hex128};
use crate::run::{Error, Result, fault};

/// How a framed stream begins.
pub const MAGIC: &[u8; 8] = b"SLUICE1\n";

/// The longest payload.
pub const MAX_PAYLOAD: usize = 1 << 20;

/// The type of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The opening.
    Open = b'O',
    /// Bytes.
    Data = b'D',
    /// A reject on its way to the sink.
    Reject = b'R',
    /// The closing.
    Close = b'C',
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        [Kind::Open, Kind::Data, Kind::Reject, Kind::Close].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// Writes a framed stream.
pub struct FrameWriter<W> {
    out: W,
    sealed: Sealed,
    digest: Digest,
    /// Data bytes written.
    pub count: u64,
    rejects: u64,
}

impl<W: Write> FrameWriter<W> {
    /// Writes the magic and the opening.
    pub fn open(mut out: W, sealed: Sealed) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        let mut writer = Self { out, sealed, digest: Digest::default(), count: 0, rejects: 0 };
        let opening = Control::Seal(Seal::Open(writer.sealed.clone())).line();
        writer.frame(Kind::Open, &opening)?;
        Ok(writer)
    }

    /// Sends a reject on to the sink.
    pub fn travel(&mut self, mut refusal: Refusal) -> io::Result<()> {
        self.rejects += 1;
        refusal.seal = Some(self.sealed.open.clone());
        self.frame(Kind::Reject, &Control::Reject(refusal).line())
    }

    /// Writes the closing.
    pub fn close(&mut self, stages: Vec<StageCounts>) -> io::Result<()> {
        let closing = Closing {
            v: VERSION,
            close: self.sealed.open.clone(),
            count: self.count,
            rejects: self.rejects,
            xxh3: hex128(self.digest.value()),
            stages,
        };
        fault::point("seal.before");
        self.frame(Kind::Close, &Control::Seal(Seal::Close(closing)).line())?;
        self.out.flush()?;
        fault::point("seal.after");
        Ok(())
    }

    fn frame(&mut self, kind: Kind, payload: &[u8]) -> io::Result<()> {
        let mut head = [kind as u8, 0, 0, 0, 0];
        head[1..].copy_from_slice(&(payload.len() as u32).to_le_bytes());
        self.out.write_all(&head)?;
        self.out.write_all(payload)
    }
}

impl<W: Write> Write for FrameWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for payload in bytes.chunks(MAX_PAYLOAD) {
            self.digest.update(payload);
            self.count += payload.len() as u64;
            self.frame(Kind::Data, payload)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What comes next in a byte stream.
#[derive(Debug)]
pub enum Chunk {
    /// Bytes, in the buffer that was handed in.
    Data,
    /// A reject of an earlier stage.
    Travelling(Box<Refusal>),
    /// The end. In a sealed stream the closing was checked.
    End,
}

/// Reads a byte stream, framed or plain: which of the two, its first bytes tell.
pub struct FrameReader<R> {
    input: R,
    /// Bytes read while looking for the magic that belong to a plain stream.
    begun: Vec<u8>,
    sealed: Option<Sealed>,
    closing: Option<Closing>,
    digest: Digest,
    /// Data bytes read.
    pub count: u64,
    rejects: u64,
}

impl<R: Read> FrameReader<R> {
    /// Reads the first bytes of `input`.
    pub fn open(mut input: R) -> Result<Self> {
        let mut begun = vec![0; MAGIC.len()];
        let got = read_up_to(&mut input, &mut begun)?;
        begun.truncate(got);
        let framed = begun == MAGIC;
        let mut reader = Self {
            input,
            begun,
            sealed: None,
            closing: None,
            digest: Digest::default(),
            count: 0,
            rejects: 0,
        };
        if framed {
            reader.begun.clear();
            reader.read_opening()?;
        }
        Ok(reader)
    }

    /// Whether the input ended without a single byte; known before the first chunk.
    pub fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.sealed.is_none()
    }

    /// How the stream is sealed, if it is.
    pub fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    /// The closing, once [`Chunk::End`] has been told.
    pub fn closing(&self) -> Option<&Closing> {
        self.closing.as_ref()
    }

    /// The next chunk; data goes into `buffer`, at most [`MAX_PAYLOAD`] bytes.
    pub fn next_chunk(&mut self, buffer: &mut Vec<u8>) -> Result<Chunk> {
        buffer.clear();
        if self.sealed.is_none() {
            return self.next_plain(buffer);
        }
        match self.next_frame(buffer)? {
            None => self.ended_early(),
            Some(Kind::Data) => {
                self.digest.update(buffer);
                self.count += buffer.len() as u64;
                Ok(Chunk::Data)
            }
            Some(Kind::Reject) => {
                let Ok(Control::Reject(mut refusal)) = serde_json::from_slice(buffer) else {
                    return Err(broken());
                };
                // The nonce belongs to the frame, not to the reject.
                let nonce = refusal.seal.take();
                if nonce.as_ref() != self.sealed.as_ref().map(|sealed| &sealed.open) {
                    return Err(broken());
                }
                self.rejects += 1;
                Ok(Chunk::Travelling(Box::new(refusal)))
            }
            Some(Kind::Close) => self.close(buffer),
            Some(Kind::Open) => Err(broken()),
        }
    }

    fn read_opening(&mut self) -> Result<()> {
        let mut payload = Vec::new();
        match self.next_frame(&mut payload)? {
            Some(Kind::Open) => {
                self.sealed = Some(Sealed::parse(&payload)?.ok_or_else(broken)?);
                Ok(())
            }
            Some(_) => Err(broken()),
            None => self.ended_early().map(drop),
        }
    }

    fn next_plain(&mut self, buffer: &mut Vec<u8>) -> Result<Chunk> {
        if self.begun.is_empty() {
            buffer.resize(256 << 10, 0);
            let got = self.input.read(buffer).map_err(|cause| Error::io("cannot read stdin", &cause))?;
            buffer.truncate(got);
        } else {
            buffer.append(&mut self.begun);
        }
        self.count += buffer.len() as u64;
        Ok(if buffer.is_empty() { Chunk::End } else { Chunk::Data })
    }

    fn close(&mut self, payload: &[u8]) -> Result<Chunk> {
        let Ok(Control::Seal(Seal::Close(closing))) = serde_json::from_slice(payload) else {
            return Err(broken());
        };
        if self.sealed.as_ref().is_none_or(|sealed| sealed.open != closing.close) {
            return Err(broken());
        }
        closing.check(self.count, self.rejects, self.digest.value(), "bytes")?;
        if read_up_to(&mut self.input, &mut [0])? > 0 {
            return Err(Error::data("bytes follow the closing seal: two streams were joined into one"));
        }
        self.closing = Some(closing);
        Ok(Chunk::End)
    }

    fn ended_early(&self) -> Result<Chunk> {
        Err(Error::upstream(format!(
            "upstream ended without a seal after {} bytes: it failed, or a stage in between dropped it",
            self.count
        )))
    }

    /// The next frame's type, its payload in `buffer`; none at the end of the stream.
    fn next_frame(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Kind>> {
        let mut head = [0; 5];
        if read_up_to(&mut self.input, &mut head)? < head.len() {
            return Ok(None);
        }
        let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let kind = Kind::of(head[0]).filter(|_| length <= MAX_PAYLOAD).ok_or_else(broken)?;
        buffer.resize(length, 0);
        Ok((read_up_to(&mut self.input, buffer)? == length).then_some(kind))
    }
}

fn broken() -> Error {
    Error::data("the sealed stream is damaged: a stage in between changed it").hint(JOIN)
}

/// Reads until `buffer` is full or the stream ends; returns how much.
pub(super) fn read_up_to(input: &mut impl Read, buffer: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(Error::io("cannot read stdin", &cause)),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(data: &[u8], close: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        let sealed = Sealed::new("0".into()).expect("random bytes");
        let mut writer = FrameWriter::open(&mut bytes, sealed).expect("a Vec takes all");
        writer.write_all(data).expect("a Vec takes all");
        if close {
            writer.close(Vec::new()).expect("a Vec takes all");
        }
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>> {
        let mut reader = FrameReader::open(bytes)?;
        let (mut all, mut buffer) = (Vec::new(), Vec::new());
        while let Chunk::Data = reader.next_chunk(&mut buffer)? {
            all.extend_from_slice(&buffer);
        }
        Ok(all)
    }

    #[test]
    fn bytes_come_out_as_they_went_in() {
        let data: Vec<u8> = (0..MAX_PAYLOAD * 2 + 77).map(|at| at as u8).collect();
        assert_eq!(read(&framed(&data, true)).expect("whole"), data);
        assert_eq!(read(&framed(b"", true)).expect("whole"), b"");
    }

    #[test]
    fn every_cut_of_a_framed_stream_is_an_error() {
        let whole = framed(b"some bytes", true);
        for length in MAGIC.len()..whole.len() {
            assert!(read(&whole[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn every_changed_byte_of_a_framed_stream_is_an_error() {
        let whole = framed(b"some bytes", true);
        for at in MAGIC.len()..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            // A changed allowance is the one thing that no digest covers.
            if let Ok(read) = read(&changed) {
                let allowance = String::from_utf8_lossy(&whole[at.saturating_sub(16)..at]);
                assert!(allowance.contains("max_rejects"), "at {at}, read {read:?}");
            }
        }
    }

    #[test]
    fn a_plain_stream_is_passed_through() {
        for plain in [&b""[..], b"PAR1", b"SLUICE1", b"SLUICE2\nxyz"] {
            assert_eq!(read(plain).expect("plain"), plain);
        }
    }

    #[test]
    fn bytes_after_the_closing_are_an_error() {
        let mut twice = framed(b"a", true);
        twice.extend(framed(b"b", true));
        assert!(read(&twice).is_err());
    }
}
