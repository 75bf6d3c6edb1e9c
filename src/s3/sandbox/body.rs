//! Bodies: the client's into a file, and files back to the client, never whole in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use md5::{Digest, Md5};

use super::request::Request;
use super::state::Blob;

/// How much is read from a file at once.
const CHUNK: usize = 256 << 10;

/// Writes the body into `file`; returns its length and MD5.
pub async fn receive(request: &Request, body: Incoming, file: &mut File) -> io::Result<(u64, [u8; 16])> {
    let mut sink = Measured { file, bytes: 0, md5: Md5::new() };
    let chunked = request.header("x-amz-content-sha256").starts_with("STREAMING-")
        || request.header("content-encoding").contains("aws-chunked");
    let mut chunks = chunked.then(Chunks::default);
    let mut body = body;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let Ok(data) = frame.into_data() else { continue };
        match &mut chunks {
            Some(chunks) => chunks.decode(&data, &mut sink)?,
            None => sink.write_all(&data)?,
        }
    }
    if chunks.is_some_and(|chunks| !chunks.is_complete()) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((sink.bytes, sink.md5.finalize().into()))
}

/// The whole body as text, for the small documents that clients send.
pub async fn receive_text(body: Incoming) -> io::Result<String> {
    let whole = body.collect().await.map_err(|_| io::ErrorKind::UnexpectedEof)?;
    String::from_utf8(whole.to_bytes().to_vec()).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// A file that counts and digests what is written to it.
struct Measured<'a> {
    file: &'a mut File,
    bytes: u64,
    md5: Md5,
}

impl Write for Measured<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.md5.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Decodes `aws-chunked`, in which SDKs wrap a body to append a checksum:
/// `SIZE[;extension]\r\n`, the bytes, `\r\n`, ..., `0\r\n`, trailers. Checksums are not checked.
#[derive(Default)]
struct Chunks {
    line: Vec<u8>,
    left: usize,
    /// The `\r\n` after the bytes of a chunk is next.
    ends: bool,
    last: bool,
}

impl Chunks {
    fn decode(&mut self, mut data: &[u8], out: &mut impl Write) -> io::Result<()> {
        while !data.is_empty() && !self.last {
            if self.left > 0 {
                let (now, later) = data.split_at(self.left.min(data.len()));
                out.write_all(now)?;
                self.left -= now.len();
                self.ends = self.left == 0;
                data = later;
                continue;
            }
            self.line.push(data[0]);
            data = &data[1..];
            if self.line.ends_with(b"\r\n") {
                self.end_line()?;
            }
        }
        Ok(())
    }

    fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.ends) && line == b"\r\n" {
            return Ok(());
        }
        let text = std::str::from_utf8(&line).map_err(|_| io::ErrorKind::InvalidData)?;
        let size = text.trim_end().split(';').next().unwrap_or_default();
        self.left = usize::from_str_radix(size, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        self.last = self.left == 0;
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.last
    }
}

/// The body of an answer: some bytes, then ranges of files.
pub struct Content {
    head: Bytes,
    pieces: std::vec::IntoIter<(Arc<Blob>, u64, u64)>,
    open: Option<(File, u64)>,
    left: u64,
}

impl Content {
    /// A body that is in memory.
    pub fn bytes(text: impl Into<Bytes>) -> Self {
        let head = text.into();
        Self { left: head.len() as u64, head, pieces: Vec::new().into_iter(), open: None }
    }

    /// The bytes `start..end` of the pieces, one after another.
    pub fn range(pieces: &[Arc<Blob>], start: u64, end: u64) -> Self {
        let mut at = 0;
        let mut chosen = Vec::new();
        for blob in pieces {
            let (from, to) = (start.max(at), end.min(at + blob.len));
            if from < to {
                chosen.push((blob.clone(), from - at, to - from));
            }
            at += blob.len;
        }
        Self { head: Bytes::new(), pieces: chosen.into_iter(), open: None, left: end - start }
    }

    fn next(&mut self) -> io::Result<Option<Bytes>> {
        if !self.head.is_empty() {
            return Ok(Some(std::mem::take(&mut self.head)));
        }
        loop {
            if let Some((file, left)) = self.open.as_mut().filter(|(_, left)| *left > 0) {
                let mut chunk = vec![0; CHUNK.min(usize::try_from(*left).unwrap_or(CHUNK))];
                file.read_exact(&mut chunk)?;
                *left -= chunk.len() as u64;
                return Ok(Some(chunk.into()));
            }
            let Some((blob, from, len)) = self.pieces.next() else { return Ok(None) };
            let mut file = File::open(&blob.path)?;
            file.seek(SeekFrom::Start(from))?;
            self.open = Some((file, len));
        }
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let next = self.next();
        if let Ok(Some(bytes)) = &next {
            self.left -= bytes.len() as u64;
        }
        Poll::Ready(next.transpose().map(|bytes| bytes.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aws_chunked_body_is_decoded_wherever_it_is_cut() {
        let body = b"5;chunk-signature=ab\r\nhello\r\n3\r\n\r\n!\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n";
        for cut in 0..body.len() {
            let (mut chunks, mut out) = (Chunks::default(), Vec::new());
            chunks.decode(&body[..cut], &mut out).unwrap();
            chunks.decode(&body[cut..], &mut out).unwrap();
            assert_eq!(out, b"hello\r\n!", "cut at {cut}");
            assert!(chunks.is_complete());
        }
        let mut cut_short = Chunks::default();
        cut_short.decode(b"5\r\nhel", &mut Vec::new()).unwrap();
        assert!(!cut_short.is_complete());
        assert!(Chunks::default().decode(b"hello\r\n", &mut Vec::new()).is_err());
    }
}
