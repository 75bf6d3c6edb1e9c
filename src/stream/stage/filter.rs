//! The driver of foreign filters (`via`): a program that knows nothing of seals becomes a stage.
//!
//! The seal is checked and taken off, the records are fed to the program, its exit status is
//! checked and that it read all of its input, and what it wrote is sealed again.

use std::io::{PipeReader, Write};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::Stage;
use crate::run::{Error, Result};
use crate::stream::input::{Event, Input};
use crate::stream::options::Reading;
use crate::stream::output::Output;
use crate::stream::record::Position;
use crate::stream::reject::Reject;
use crate::stream::rejects::Judge;
use crate::stream::seal::Refusal;
use crate::stream::shapes::Facts;
use crate::stream::stdio::{self, Stdin};

/// What the feeding thread tells the other one.
enum Note {
    Travelling(Box<Refusal>),
    Refused { reason: &'static str, line: u64, raw: Vec<u8> },
}

/// What the feeding thread found at the end.
struct Fed {
    input: Input<Stdin>,
    result: Result<()>,
}

impl Stage<'_> {
    /// Passes stdin through `program` to stdout.
    pub fn filter(mut self, reading: &Reading, program: Command) -> Result<()> {
        let mut sealed = false;
        let result = self.run_filter(reading, program, &mut sealed);
        self.end(sealed, result.map(|()| Facts::new()))
    }

    fn run_filter(&mut self, reading: &Reading, mut program: Command, sealed: &mut bool) -> Result<()> {
        let stdout = stdio::stdout()?;
        let mut input = self.input(reading)?;
        let seal = self.continue_seal(input.open()?)?;
        *sealed = seal.is_some();
        if *sealed {
            self.rejects.judged_by(Judge::Sink);
        }
        let mut output = Output::new(Box::new(stdout), seal)?;
        let mut child = Running::start(&mut program)?;
        let group = child.group();
        let _kill = self.process.signals.on_abort(move || kill(group));

        let (notes, told) = sync_channel(256);
        let stdin = child.stdin()?;
        let feeder = thread::spawn(move || feed(input, stdin, &notes));
        let taken = self.take(child.stdout()?, reading, &mut output, &told);
        let flushed = output.flush();
        self.counts.written = output.written;
        let ended = if taken.is_ok() { child.wait() } else { child.stop() };
        // The feeder ends: the program has read all, or is gone.
        told.iter().try_for_each(|note| self.heed(note, &mut output))?;
        let fed = feeder.join().map_err(|_| Error::data("the feeding thread failed"))?;
        self.note_input(&fed.input);
        self.counts.passed = self.counts.read - self.counts.rejected;
        taken.and(flushed)?;
        fed.result.or_else(|error| if error.is_broken_pipe() { Ok(()) } else { Err(error) })?;
        let all_read = ended?;
        if *sealed && !all_read {
            return Err(Error::data(format!("{} did not read all of its input", child.name)));
        }
        self.rejects.settle(self.counts.read)?;
        output.close(self.stages())
    }

    /// Takes what the program writes, until it closes its stdout.
    fn take(
        &mut self,
        stdout: ChildStdout,
        reading: &Reading,
        output: &mut Output,
        told: &Receiver<Note>,
    ) -> Result<()> {
        let mut written = Input::new(stdout, reading.max_line_bytes as usize);
        loop {
            match written.next_event()? {
                Event::Record(record) => {
                    output.buffer().extend_from_slice(record.bytes());
                    output.end_record()?;
                }
                Event::Refused(reason, record) => {
                    return Err(Error::data(format!(
                        "the program wrote a {reason} as its record {}",
                        record.line()
                    )));
                }
                Event::Travelling(_) => {}
                Event::Idle => {
                    told.try_iter().try_for_each(|note| self.heed(note, output))?;
                    self.progress.set(output.written, output.bytes);
                    output.flush()?;
                }
                Event::End => return Ok(()),
            }
        }
    }

    fn heed(&mut self, note: Note, output: &mut Output) -> Result<()> {
        match note {
            Note::Travelling(refusal) => output.travel(*refusal),
            Note::Refused { reason, line, raw } => {
                self.counts.rejected += 1;
                let refusal = self.rejects.refuse(&Position::Line(line), &Reject::new(reason), &raw, line)?;
                output.travel(refusal)
            }
        }
    }
}

/// Feeds the program; a program that stops reading is a broken pipe.
fn feed(mut input: Input<Stdin>, mut stdin: impl Write, notes: &SyncSender<Note>) -> Fed {
    let mut feed = || -> Result<()> {
        let mut buffer = Vec::with_capacity(256 << 10);
        loop {
            match input.next_event()? {
                Event::Record(record) => {
                    buffer.extend_from_slice(record.bytes());
                    buffer.push(b'\n');
                    if buffer.len() < 128 << 10 {
                        continue;
                    }
                }
                Event::Refused(reason, record) => {
                    let raw = record.bytes().to_vec();
                    let _ = notes.send(Note::Refused { reason, line: record.line(), raw });
                    continue;
                }
                Event::Travelling(refusal) => {
                    let _ = notes.send(Note::Travelling(refusal));
                    continue;
                }
                Event::Idle => {}
                Event::End => return Ok(()),
            }
            stdin.write_all(&buffer).map_err(|cause| stdio::write_error(&cause))?;
            buffer.clear();
        }
    };
    let result = feed();
    Fed { input, result }
}

/// The program, in a process group of its own, so that Ctrl-C reaches it through its input alone.
struct Running {
    name: String,
    child: Child,
    /// The reading end of its stdin, held to see what it left there.
    left: Option<PipeReader>,
    stdin: Option<std::io::PipeWriter>,
}

impl Running {
    fn start(program: &mut Command) -> Result<Self> {
        let name = program.get_program().to_string_lossy().into_owned();
        let fail = |cause: &std::io::Error| Error::io(format!("cannot run {name}"), cause);
        let (reader, writer) = std::io::pipe().map_err(|cause| fail(&cause))?;
        let left = reader.try_clone().map_err(|cause| fail(&cause))?;
        // What the program writes is not sealed by itself, and reports to nobody.
        program.stdin(Stdio::from(reader)).stdout(Stdio::piped()).process_group(0);
        program.env_remove("SLUICEBOX_SEAL").env_remove("SLUICEBOX_REPORT_FD");
        let child = program.spawn().map_err(|cause| fail(&cause))?;
        // The command holds the reading end until it is dropped or given another stdin.
        program.stdin(Stdio::null());
        Ok(Self { name, child, left: Some(left), stdin: Some(writer) })
    }

    fn group(&self) -> i32 {
        self.child.id() as i32
    }

    fn stdin(&mut self) -> Result<std::io::PipeWriter> {
        self.stdin.take().ok_or_else(|| Error::data("the program's stdin was taken"))
    }

    fn stdout(&mut self) -> Result<ChildStdout> {
        self.child.stdout.take().ok_or_else(|| Error::data("the program's stdout was taken"))
    }

    /// Waits for a good end; says whether all input was read.
    fn wait(&mut self) -> Result<bool> {
        let status =
            self.child.wait().map_err(|cause| Error::io(format!("cannot wait for {}", self.name), &cause));
        let left = self.left.take().map_or(0, |left| rustix::io::ioctl_fionread(left.as_fd()).unwrap_or(0));
        judge(&self.name, status?).map(|()| left == 0)
    }

    fn stop(&mut self) -> Result<bool> {
        kill(self.group());
        let _ = self.child.wait();
        self.left = None;
        Ok(true)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            kill(self.group());
            let _ = self.child.wait();
        }
    }
}

fn judge(name: &str, status: ExitStatus) -> Result<()> {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(code), _) => Err(Error::data(format!("{name} failed with exit status {code}"))),
        (None, signal) => Err(Error::data(format!("{name} was killed by signal {}", signal.unwrap_or(0)))),
    }
}

fn kill(group: i32) {
    if let Some(group) = rustix::process::Pid::from_raw(group) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}
