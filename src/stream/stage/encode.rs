//! The driver of encoders.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Stage;
use crate::run::{Error, Result, files};
use crate::stream::counts::Facts;
use crate::stream::frames::FrameWriter;
use crate::stream::input::{Event, Input};
use crate::stream::options::{Reading, Target};
use crate::stream::outfile::OutFile;
use crate::stream::record::Record;
use crate::stream::reject::{Reject, Trouble};
use crate::stream::rejects::Judge;
use crate::stream::seal::{Refusal, Sealed};
use crate::stream::shapes::Encoder;
use crate::stream::side::descriptor;
use crate::stream::stdio::{self, Stdin, Stdout};

impl Stage<'_> {
    /// Encodes stdin to stdout, or into a file.
    pub fn encode(mut self, reading: &Reading, target: &Target, encoder: impl Encoder) -> Result<()> {
        let mut sealed = false;
        let result = self.run_encoder(reading, target, encoder, &mut sealed);
        self.end(sealed, result)
    }

    fn run_encoder(
        &mut self,
        reading: &Reading,
        target: &Target,
        mut encoder: impl Encoder,
        sealed: &mut bool,
    ) -> Result<Facts> {
        if encoder.is_text() {
            self.refuse_to_seal()?;
        }
        let out = Out::open(target, encoder.is_binary())?;
        if target.dry_run {
            self.drawing = None;
        }
        if out.goes_on() {
            self.clear_terminal();
            files::refuse_loop()?;
        }
        let mut input = self.input(reading)?;
        let arrived = input.open()?.cloned();
        let arrived_sealed = arrived.is_some();
        let seal = self.continue_seal(arrived, input.is_empty())?;
        *sealed = seal.is_some();
        // A file without records, here or by the next stage, would look like success.
        if input.is_empty() && !encoder.is_text() {
            self.refuse_silence("< /dev/null")?;
        }
        let goes_on = out.goes_on() && !encoder.is_text();
        // Frames carry rejects on to a sink; in a file, or as text, the stream ends here.
        match &seal {
            Some(seal) if goes_on => {
                self.rejects.judged_by(Judge::Sink);
                out.frame(seal.clone())?;
            }
            _ => self.judge_for_all(seal.as_ref())?,
        }
        if seal.is_some() && self.options.rejects.is_none() {
            out.keep_rejects();
        }
        self.begin()?;
        encoder.start(Box::new(out.clone()), seal.as_ref())?;
        let encoded = self.encode_records(&mut input, &mut encoder, &out);
        self.note_input(&input);
        encoded.map_err(|error| out.cause_or(error))?;
        self.rejects.settle(self.entered())?;
        if out.is_file() {
            self.refuse_part(arrived_sealed, "nothing was published")?;
        } else {
            self.refuse_to_vouch(arrived_sealed, goes_on && *sealed)?;
        }
        let facts = encoder.finish(&self.before).map_err(|error| out.cause_or(error))?;
        // An encoder writes one record for each that it took.
        self.counts.written = self.counts.passed;
        self.bytes_written = out.close(self)?;
        Ok(facts)
    }

    fn encode_records(
        &mut self,
        input: &mut Input<Stdin>,
        encoder: &mut impl Encoder,
        out: &Out,
    ) -> Result<()> {
        loop {
            match input.next_event()? {
                Event::Record(record) => self.encode_one(&record, encoder, out)?,
                Event::Refused(reason, record) => {
                    let refusal = self.refuse(&record, &Reject::new(reason))?;
                    out.travel(refusal)?;
                }
                Event::Travelling(refusal) => {
                    if self.rejects.are_judged_here() {
                        self.rejects.receive(&refusal, 0)?;
                    }
                    out.travel(*refusal)?;
                }
                Event::Idle => self.note_input(input),
                Event::End => return Ok(()),
            }
        }
    }

    fn encode_one(&mut self, record: &Record<'_>, encoder: &mut impl Encoder, out: &Out) -> Result<()> {
        match encoder.record(record) {
            Ok(()) => {
                self.counts.passed += 1;
                Ok(())
            }
            Err(Trouble::Reject(reject)) => {
                let refusal = self.refuse(record, &reject)?;
                out.travel(refusal)
            }
            Err(Trouble::Fail(error)) => Err(error),
        }
    }
}

/// Where an encoder's bytes go; shared with the encoder, which may write from a thread of its own.
#[derive(Clone)]
struct Out(Arc<Mutex<Inner>>);

struct Inner {
    to: To,
    bytes: u64,
    failed: Option<io::Error>,
    /// The rejects of a sealed stream that ends in a file.
    beside: Option<Beside>,
}

/// `FILE.rejects.ndjson`, made when there is something to put into it.
struct Beside {
    name: PathBuf,
    file: Option<OutFile>,
}

impl Beside {
    fn push(&mut self, refusal: &Refusal) -> Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(OutFile::create(&self.name)?),
        };
        let mut line = serde_json::to_vec(refusal).unwrap_or_default();
        line.push(b'\n');
        file.write_all(&line)
            .map_err(|cause| Error::io(format!("cannot write {}", self.name.display()), &cause))
    }
}

enum To {
    Stdout(Stdout),
    Frames(Box<FrameWriter<Stdout>>),
    File(OutFile, PathBuf),
    /// `--dry-run`.
    Nowhere,
    Taken,
}

impl Out {
    fn open(target: &Target, binary: bool) -> Result<Self> {
        let file =
            target.output.as_deref().filter(|path| *path != Path::new("-") && descriptor(path) != Some(1));
        let to = match file {
            // What is in the way of the file is told all the same.
            Some(path) if target.dry_run => OutFile::create(path).map(|_| To::Nowhere)?,
            None if target.dry_run => To::Nowhere,
            Some(path) => To::File(OutFile::create(path)?, path.to_owned()),
            None if binary => To::Stdout(stdio::binary_stdout()?),
            None => To::Stdout(stdio::stdout()?),
        };
        Ok(Self(Arc::new(Mutex::new(Inner { to, bytes: 0, failed: None, beside: None }))))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a sink may follow.
    fn goes_on(&self) -> bool {
        matches!(self.lock().to, To::Stdout(_))
    }

    /// Whether it ends in a file, which appears at once and whole.
    fn is_file(&self) -> bool {
        matches!(self.lock().to, To::File(..))
    }

    /// Goes over to frames, before the first byte.
    fn frame(&self, sealed: Sealed) -> Result<()> {
        let mut inner = self.lock();
        inner.to = match std::mem::replace(&mut inner.to, To::Taken) {
            // Whatever is in them, frames are bytes.
            To::Stdout(_) => {
                let frames = FrameWriter::open(stdio::binary_stdout()?, sealed);
                To::Frames(Box::new(frames.map_err(|cause| stdio::write_error(&cause))?))
            }
            other => other,
        };
        Ok(())
    }

    /// Stores rejects beside the file, if there is a file.
    fn keep_rejects(&self) {
        let mut inner = self.lock();
        if let To::File(_, path) = &inner.to {
            let mut name = path.as_os_str().to_owned();
            name.push(".rejects.ndjson");
            inner.beside = Some(Beside { name: name.into(), file: None });
        }
    }

    /// Sends a reject on, or stores it beside the file.
    fn travel(&self, refusal: Refusal) -> Result<()> {
        let mut inner = self.lock();
        if let To::Frames(frames) = &mut inner.to {
            return frames.travel(refusal).map_err(|cause| stdio::write_error(&cause));
        }
        inner.beside.as_mut().map_or(Ok(()), |beside| beside.push(&refusal))
    }

    /// The error of the output itself, where that is why the encoder failed.
    fn cause_or(&self, error: Error) -> Error {
        let inner = self.lock();
        match (&inner.failed, &inner.to) {
            (Some(cause), To::File(_, path)) => Error::io(format!("cannot write {}", path.display()), cause),
            (Some(cause), _) => stdio::write_error(cause),
            (None, _) => error,
        }
    }

    /// Closes the frames, or gives the file its name; returns how many bytes were written.
    fn close(&self, stage: &Stage<'_>) -> Result<u64> {
        let mut inner = self.lock();
        match std::mem::replace(&mut inner.to, To::Taken) {
            To::Frames(mut frames) => {
                frames.close(stage.stages()).map_err(|cause| stdio::write_error(&cause))?;
            }
            To::File(file, _) => {
                // First what was left out, then what is there; or neither.
                let rejects = inner.beside.take().and_then(|beside| beside.file);
                let beside = rejects.as_ref().map(|rejects| rejects.target().to_owned());
                rejects.map_or(Ok(()), OutFile::publish)?;
                file.publish().inspect_err(|_| drop(beside.map(std::fs::remove_file)))?;
            }
            To::Stdout(_) | To::Nowhere | To::Taken => {}
        }
        Ok(inner.bytes)
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.lock();
        let written = match &mut inner.to {
            To::Stdout(stdout) => stdout.write(bytes),
            To::Frames(frames) => frames.write(bytes),
            To::File(file, _) => file.write(bytes),
            To::Nowhere => Ok(bytes.len()),
            To::Taken => Err(io::ErrorKind::BrokenPipe.into()),
        };
        match &written {
            Ok(count) => inner.bytes += *count as u64,
            Err(cause) => inner.failed = Some(clone_of(cause)),
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn clone_of(cause: &io::Error) -> io::Error {
    cause.raw_os_error().map_or_else(|| cause.kind().into(), io::Error::from_raw_os_error)
}
