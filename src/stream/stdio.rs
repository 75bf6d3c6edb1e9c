//! stdin and stdout as descriptors: unbuffered, with pipes widened, EPIPE told apart, and a closed
//! descriptor noticed.

use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::FileType;

use crate::run::{Error, Result};

/// What Linux grants an unprivileged process by default.
const PIPE_SIZE: usize = 1 << 20;

/// Bit n is set when descriptor n was closed when the process started.
static CLOSED_AT_START: AtomicU8 = AtomicU8::new(0);

/// Runs before `main`: Rust's runtime opens /dev/null in place of closed standard descriptors, and
/// a stage would then read nothing, or write into nothing, and call it success.
#[used]
#[unsafe(link_section = ".init_array")]
static NOTE_CLOSED: extern "C" fn() = {
    extern "C" fn note_closed() {
        for fd in 0..3 {
            // SAFETY: F_GETFD reads a flag of a descriptor number, whether open or not.
            if unsafe { libc::fcntl(fd, libc::F_GETFD) } == -1 {
                CLOSED_AT_START.fetch_or(1 << fd, Relaxed);
            }
        }
    }
    note_closed
};

fn closed_at_start(fd: u8) -> bool {
    CLOSED_AT_START.load(Relaxed) & (1 << fd) != 0
}

/// stdin, unbuffered.
#[derive(Debug)]
pub struct Stdin(());

/// Opens stdin: an error when it is closed, a word to a person who is expected to type.
pub fn stdin() -> Result<Stdin> {
    if closed_at_start(0) {
        return Err(Error::usage("stdin is closed").hint("give the records on stdin: … < users.ndjson"));
    }
    if io::stdin().is_terminal() {
        log::warn!("reading records from the terminal; Ctrl-D ends them");
    }
    widen(rustix::stdio::stdin());
    Ok(Stdin(()))
}

/// Whether a descriptor leads to another process, rather than to a file or nowhere.
pub fn is_pipe(fd: BorrowedFd<'_>) -> bool {
    let kind = rustix::fs::fstat(fd).map(|stat| FileType::from_raw_mode(stat.st_mode));
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket())
}

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match rustix::io::read(rustix::stdio::stdin(), &mut *buffer) {
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => wait(rustix::stdio::stdin(), PollFlags::IN)?,
                other => return other.map_err(io::Error::from),
            }
        }
    }
}

/// stdout, unbuffered.
#[derive(Debug)]
pub struct Stdout(());

/// Opens stdout for records.
pub fn stdout() -> Result<Stdout> {
    if closed_at_start(1) {
        return Err(Error::usage("stdout is closed").hint("send it on: … | NEXT, or … > FILE"));
    }
    widen(rustix::stdio::stdout());
    Ok(Stdout(()))
}

/// Opens stdout for bytes that are no text.
pub fn binary_stdout() -> Result<Stdout> {
    if io::stdout().is_terminal() {
        return Err(
            Error::usage("not writing binary output to a terminal").hint("-o FILE, or … | s3-put s3://…")
        );
    }
    stdout()
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(rustix::stdio::stdout(), bytes) {
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => wait(rustix::stdio::stdout(), PollFlags::OUT)?,
                other => return other.map_err(io::Error::from),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits for a descriptor that somebody else, at the other end of the same pipe or terminal, has made
/// non-blocking (ssh and Node.js do).
fn wait(fd: BorrowedFd<'_>, what: PollFlags) -> io::Result<()> {
    match poll(&mut [PollFd::new(&fd, what)], None) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Waits for input, of which nothing is buffered: an error when the reader of stdout goes away meanwhile.
/// Without it a stage would learn of that by its next write only, which on a quiet stream may never come.
pub fn wait_for_input() -> Result<()> {
    let (stdin, stdout) = (rustix::stdio::stdin(), rustix::stdio::stdout());
    if !is_pipe(stdout) {
        return Ok(());
    }
    let mut both = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(&stdout, PollFlags::empty())];
    loop {
        match poll(&mut both, None) {
            Err(rustix::io::Errno::INTR) => {}
            // What is there to read goes first: the write of it will tell.
            Ok(_) if both[0].revents().is_empty() => return Err(Error::broken_pipe()),
            // Whatever else there is, reading will tell.
            _ => return Ok(()),
        }
    }
}

/// Calls `tell` when the reader of stdout has gone, from a thread of its own: for stages that wait for
/// something else than stdin.
pub fn on_reader_gone(tell: impl FnOnce() + Send + 'static) -> Result<()> {
    let stdout = rustix::stdio::stdout();
    if !is_pipe(stdout) {
        return Ok(());
    }
    let watch = move || {
        // A closed pipe is told whether or not anything is asked for.
        while poll(&mut [PollFd::new(&stdout, PollFlags::empty())], None) == Err(rustix::io::Errno::INTR) {}
        tell();
    };
    std::thread::Builder::new()
        .name("stdout".into())
        .spawn(watch)
        .map(drop)
        .map_err(|cause| Error::io("cannot start a thread", &cause))
}

/// Asks for a wide pipe; whatever is granted will do.
fn widen(fd: BorrowedFd<'_>) {
    let _ = rustix::pipe::fcntl_setpipe_size(fd.as_fd(), PIPE_SIZE);
}

/// The error of a failed write to stdout.
pub fn write_error(cause: &io::Error) -> Error {
    match cause.kind() {
        io::ErrorKind::BrokenPipe => Error::broken_pipe(),
        _ => Error::io("cannot write to stdout", cause),
    }
}
