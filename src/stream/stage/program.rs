//! A foreign program at work inside a stage: what it is fed, what it writes, and how it ended.
//!
//! Three parties move at their own pace: our stdin, the program, and our stdout. So there are two
//! helping threads, one that feeds and one that listens, and none of them ever waits for the other:
//! both tell the thread that writes, which waits for nobody but stdout.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::SyncSender;

use rustix::event::{PollFd, PollFlags, poll};

use crate::run::{Error, Result};
use crate::stream::input::{Event, Input};
use crate::stream::record::Record;
use crate::stream::reject::Reject;
use crate::stream::seal::Refusal;
use crate::stream::stdio::{self, Stdin};

/// How many bytes of records go through a helping thread in one piece.
const PIECE: usize = 128 << 10;

/// Whether a line is a record, and why not.
pub type Check = fn(&Record<'_>) -> Result<(), Reject>;

/// What the helping threads tell the one that writes.
pub(super) enum Note {
    /// The program wrote these records, each with its newline.
    Wrote { bytes: Vec<u8>, records: u64 },
    /// A reject of an earlier stage.
    Travelling(Box<Refusal>),
    /// A line of stdin that is no record.
    Refused { reason: &'static str, line: u64, raw: Vec<u8> },
}

/// stdin on its way to the program. Reading it ends when the program has gone, even while nothing
/// comes in: a filter that failed must be known at once.
pub(super) struct Gate {
    stdin: Stdin,
    program: Option<PipeWriter>,
    program_left: bool,
}

impl Gate {
    /// Before there is a program.
    pub fn new(stdin: Stdin) -> Self {
        Self { stdin, program: None, program_left: false }
    }

    /// Feeds `program` from now on.
    pub fn open(&mut self, program: PipeWriter) {
        self.program = Some(program);
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(program) = &mut self.program else { return Ok(()) };
        program.write_all(bytes).map_err(|cause| stdio::write_error(&cause))
    }

    /// Closes the program's stdin; returns how many bytes lay in it unread.
    fn close(&mut self) -> u64 {
        self.program.take().map_or(0, |pipe| unread(&pipe))
    }

    /// Waits for input; says whether the program has gone meanwhile.
    fn wait(&self) -> io::Result<bool> {
        let Some(program) = &self.program else { return Ok(false) };
        let stdin = rustix::stdio::stdin();
        let mut ends = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(program, PollFlags::empty())];
        loop {
            match poll(&mut ends, None) {
                Err(rustix::io::Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
                Ok(_) => return Ok(ends[1].revents().contains(PollFlags::ERR)),
            }
        }
    }
}

impl Read for Gate {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.wait()? {
            self.program_left = true;
            return Ok(0);
        }
        self.stdin.read(buffer)
    }
}

/// What the feeding thread found at the end.
pub(super) struct Fed {
    /// stdin, with its counts and its closing seal.
    pub input: Input<Gate>,
    /// A program that stopped reading is a broken pipe.
    pub result: Result<()>,
    /// Bytes that were written when nobody was left to read them.
    pub unread: u64,
}

/// Feeds the program until stdin ends or the program does.
pub(super) fn feed(mut input: Input<Gate>, gone: &AtomicBool, notes: &SyncSender<Note>) -> Fed {
    let fed = feed_records(&mut input, notes);
    let left = input.source().close();
    // What a living program has not read yet, it will; its end is looked at in `Running::attend`.
    let unread = if gone.load(SeqCst) { left } else { 0 };
    let result = if input.source().program_left { Err(Error::broken_pipe()) } else { fed };
    Fed { input, result, unread }
}

fn feed_records(input: &mut Input<Gate>, notes: &SyncSender<Note>) -> Result<()> {
    let mut buffer = Vec::with_capacity(2 * PIECE);
    loop {
        let note = match input.next_event()? {
            Event::Record(record) => {
                buffer.extend_from_slice(record.bytes());
                buffer.push(b'\n');
                if buffer.len() < PIECE {
                    continue;
                }
                None
            }
            Event::Refused(reason, record) => {
                Some(Note::Refused { reason, line: record.line(), raw: record.bytes().to_vec() })
            }
            Event::Travelling(refusal) => Some(Note::Travelling(refusal)),
            Event::Idle => None,
            Event::End => return Ok(()),
        };
        match note {
            // Where nobody listens any more, the writing thread has failed and says why.
            Some(note) => notes.send(note).map_err(|_| Error::broken_pipe())?,
            None => {
                input.source().feed(&buffer)?;
                buffer.clear();
            }
        }
    }
}

/// How the program ended.
pub(super) struct Ended {
    /// Whether what it wrote were records, and all of them were heard.
    pub heard: Result<()>,
    /// Its exit status, judged.
    pub verdict: Result<()>,
    /// Bytes of its input that it did not read.
    pub unread: u64,
}

/// What a program may write.
#[derive(Clone, Copy)]
pub(super) struct Listen {
    /// The longest line.
    pub max_line: usize,
    /// What a line must be.
    pub check: Check,
}

/// The program, in a process group of its own, so that Ctrl-C reaches it through its input alone.
pub(super) struct Running {
    /// Its name, for messages.
    pub name: String,
    child: Child,
    stdout: ChildStdout,
    /// The reading end of its stdin, held to see what it left there.
    left: PipeReader,
    gone: Arc<AtomicBool>,
    listen: Listen,
}

impl Running {
    /// Starts it; returns the writing end of its stdin, too.
    pub fn start(program: &mut Command, listen: Listen) -> Result<(Self, PipeWriter)> {
        let name = program.get_program().to_string_lossy().into_owned();
        let fail = |cause: &io::Error| Error::io(format!("cannot run {name}"), cause);
        let (reader, writer) = io::pipe().map_err(|cause| fail(&cause))?;
        let left = reader.try_clone().map_err(|cause| fail(&cause))?;
        // What the program writes is not sealed by itself, and reports to nobody.
        program.stdin(Stdio::from(reader)).stdout(Stdio::piped()).process_group(0);
        program.env_remove("SLUICEBOX_SEAL").env_remove("SLUICEBOX_REPORT_FD");
        let mut child = program.spawn().map_err(|cause| fail(&cause))?;
        // The command holds the reading end until it is dropped or given another stdin.
        program.stdin(Stdio::null());
        let stdout = child.stdout.take().ok_or_else(|| Error::data("the program has no stdout"))?;
        Ok((Self { name, child, stdout, left, gone: Arc::default(), listen }, writer))
    }

    /// Its process group.
    pub fn group(&self) -> i32 {
        self.child.id() as i32
    }

    /// Whether it has ended.
    pub fn gone(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.gone)
    }

    /// Tells what the program writes, until it ends.
    pub fn attend(self, notes: &SyncSender<Note>) -> Ended {
        let Self { name, mut child, stdout, left, gone, listen } = self;
        let mut output = Input::new(stdout, listen.max_line);
        let heard = listen.to(&mut output, &name, notes);
        if heard.is_err() {
            kill(child.id() as i32);
        }
        let status = child.wait();
        // Before the look at what is left: whatever is fed later is known to be read by nobody.
        gone.store(true, SeqCst);
        let unread = unread(&left);
        let verdict = match status {
            Ok(status) => judge(&name, status, output.read),
            Err(cause) => Err(Error::io(format!("cannot wait for {name}"), &cause)),
        };
        Ended { heard, verdict, unread }
    }
}

impl Listen {
    /// Cuts what the program writes into records, and holds it to that they are some.
    fn to(self, output: &mut Input<ChildStdout>, name: &str, notes: &SyncSender<Note>) -> Result<()> {
        let (mut bytes, mut records) = (Vec::new(), 0);
        loop {
            match output.next_event()? {
                Event::Record(record) => {
                    (self.check)(&record).map_err(|reject| no_record(name, &record, &reject.reason))?;
                    bytes.extend_from_slice(record.bytes());
                    bytes.push(b'\n');
                    records += 1;
                    if bytes.len() < PIECE {
                        continue;
                    }
                }
                Event::Refused(reason, record) => return Err(no_record(name, &record, reason)),
                Event::Travelling(_) => continue,
                Event::Idle if records == 0 => continue,
                Event::Idle => {}
                Event::End => return Ok(()),
            }
            let (bytes, records) = (std::mem::take(&mut bytes), std::mem::take(&mut records));
            notes.send(Note::Wrote { bytes, records }).map_err(|_| Error::broken_pipe())?;
        }
    }
}

/// The program wrote a line that is no record: which, why, and what is commonly the matter.
fn no_record(name: &str, line: &Record<'_>, reason: &str) -> Error {
    let error = Error::data(format!("{name} wrote no record on line {}: {reason}", line.line()));
    let hint = match line.bytes().trim_ascii() {
        b"{" | b"[" => "one record a line: jq needs -c",
        [b'[', ..] => "one object a line: jq -c '.[]' takes an array apart",
        _ => return error,
    };
    error.hint(hint)
}

fn unread(pipe: &impl AsFd) -> u64 {
    rustix::io::ioctl_fionread(pipe).unwrap_or(0)
}

/// Judges how a program ended that wrote so many lines.
fn judge(name: &str, status: ExitStatus, wrote: u64) -> Result<()> {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(code), _) => {
            let error = Error::data(format!("{name} failed with exit status {code}"));
            Err(if code == 1 && wrote == 0 && is_grep(name) {
                error.hint("where no match is fine: via -- sh -c 'grep PATTERN || [ $? = 1 ]'")
            } else {
                error
            })
        }
        (None, signal) => Err(Error::data(format!("{name} was killed by signal {}", signal.unwrap_or(0)))),
    }
}

/// Whether exit status 1 is how it says that nothing matched.
fn is_grep(name: &str) -> bool {
    let program = name.rsplit('/').next().unwrap_or_default();
    ["grep", "egrep", "fgrep", "zgrep", "rg", "ugrep"].contains(&program)
}

/// Ends a process group now.
pub(super) fn kill(group: i32) {
    if let Some(group) = rustix::process::Pid::from_raw(group) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}
