//! The command of a batch at work: started, fed through a pipe, listened to, ended.
//!
//! It gets a process group of its own, so that Ctrl-C does not reach it and all of it can be ended
//! at once; a pipe on stdin; and a descriptor that its stages report on. A command has ended when it
//! has exited *and* nobody is left who could report.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::leash::{Leash, kill};
use crate::batch::mandate;
use crate::batch::receipt::Reports;
use crate::run::{Error, Result, descriptors};

/// How long stages may go on to report after the command itself has exited.
const LINGER: Duration = Duration::from_secs(10);
/// How often a wait looks whether it was ended.
const STEP: Duration = Duration::from_millis(100);
/// As wide as an ordinary user may make a pipe.
const PIPE_SIZE: usize = 1 << 20;

/// A command at work.
pub struct Child {
    group: i32,
    exited: Receiver<io::Result<ExitStatus>>,
    reported: Receiver<Reports>,
    /// The reading end of its stdin, held to see what it left there.
    left: PipeReader,
    timeout: Option<Duration>,
    deadline: Option<Instant>,
    leash: Arc<Leash>,
}

/// How a command has ended.
pub struct Ended {
    /// Its exit status.
    pub status: Result<ExitStatus>,
    /// What its stages reported.
    pub reports: Reports,
    /// Bytes of its input that nobody read.
    pub unread: u64,
}

impl Child {
    /// Starts `command` with these variables besides our own; `sealed` says how it gets its records.
    pub fn start(
        command: &[OsString],
        variables: &[(&'static str, String)],
        sealed: bool,
        timeout: Option<Duration>,
        leash: &Arc<Leash>,
    ) -> Result<(Self, Feed)> {
        let name = command[0].to_string_lossy();
        let fail = |cause: io::Error| Error::io(format!("cannot run {name}"), &cause);
        let (input, feed) = io::pipe().map_err(fail)?;
        let (listen, report) = io::pipe().map_err(fail)?;
        let left = input.try_clone().map_err(fail)?;
        widen(&feed);
        rustix::io::ioctl_fionbio(&feed, true).map_err(|cause| fail(cause.into()))?;
        let mut program = Command::new(&command[0]);
        program.args(&command[1..]).stdin(Stdio::from(input)).process_group(0);
        for name in mandate::VARIABLES {
            program.env_remove(name);
        }
        program.envs(variables.iter().map(|(name, value)| (name, value)));
        program.env("SLUICEBOX_REPORT_FD", descriptors::number(&report));
        if sealed {
            program.env("SLUICEBOX_SEAL", "1");
        } else {
            program.env_remove("SLUICEBOX_SEAL");
        }
        let mut child = descriptors::spawn_with(&mut program, &[report.as_fd()]).map_err(fail)?;
        // Held by the stages alone from now on: their end is the end of the reports.
        drop((report, program));
        let group = child.id() as i32;
        leash.hold(group);
        let (tell_exit, exited) = channel();
        let (tell_reports, reported) = channel();
        // Neither thread outlives the processes that it waits for, and both are forgotten.
        let has_exited = Arc::new(AtomicBool::new(false));
        let exit_seen = Arc::clone(&has_exited);
        thread::spawn(move || {
            let status = child.wait();
            exit_seen.store(true, SeqCst);
            tell_exit.send(status)
        });
        thread::spawn(move || tell_reports.send(read_reports(listen)));
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        let running = Self { group, exited, reported, left, timeout, deadline, leash: Arc::clone(leash) };
        let feed = Feed { pipe: feed, has_exited, leash: Arc::clone(leash), deadline };
        Ok((running, feed))
    }

    /// Ends it now.
    pub fn kill(&self) {
        kill(self.group);
    }

    /// Waits until it has ended.
    pub fn wait(self) -> Ended {
        let status = self.await_exit();
        // What did not end by itself is not waited for.
        if status.is_err() {
            kill(self.group);
        }
        let reports = match self.reported.recv_timeout(LINGER) {
            Ok(reports) => Ok(reports),
            Err(_) => Err(Error::data("the command has exited, but something that it started goes on").hint(
                "wait for background jobs in the script, or start them with SLUICEBOX_REPORT_FD unset",
            )),
        };
        // What goes on by itself is of no use to anybody.
        if reports.is_err() {
            kill(self.group);
        }
        self.leash.release();
        let unread = rustix::io::ioctl_fionread(&self.left).unwrap_or(0);
        match reports {
            Ok(reports) => Ended { status, reports, unread },
            Err(error) => Ended { status: status.and(Err(error)), reports: Reports::default(), unread },
        }
    }

    fn too_slow(&self) -> Error {
        let seconds = self.timeout.unwrap_or_default().as_secs_f64();
        Error::data(format!("the command did not end within {seconds} s (--batch-timeout)"))
            .hint("a longer --batch-timeout, or a smaller --batch-records")
    }

    fn await_exit(&self) -> Result<ExitStatus> {
        loop {
            match self.exited.recv_timeout(STEP) {
                Ok(status) => {
                    return status.map_err(|cause| Error::io("cannot wait for the command", &cause));
                }
                Err(RecvTimeoutError::Disconnected) => return Err(Error::data("a helping thread failed")),
                Err(RecvTimeoutError::Timeout) if self.leash.is_killed() => return Err(gone()),
                Err(RecvTimeoutError::Timeout) if is_past(self.deadline) => return Err(self.too_slow()),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// The writing end of its stdin. A write waits for the command, but not for ever: it fails when the
/// partition was taken away, and when the time of the batch is up.
pub struct Feed {
    pipe: PipeWriter,
    has_exited: Arc<AtomicBool>,
    leash: Arc<Leash>,
    deadline: Option<Instant>,
}

impl Write for Feed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.pipe.write(bytes) {
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => self.wait()?,
                other => return other,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Feed {
    fn wait(&self) -> io::Result<()> {
        let time = Timespec { tv_sec: 0, tv_nsec: STEP.subsec_nanos().into() };
        let mut ends = [PollFd::new(&self.pipe, PollFlags::OUT)];
        match poll(&mut ends, Some(&time)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        // Nobody is left to read this, or soon nobody will be.
        if self.has_exited.load(SeqCst) || self.leash.is_killed() || is_past(self.deadline) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }
}

/// The partition was taken away in the middle of a batch.
pub fn gone() -> Error {
    Error::temporary("the partition was given to another consumer, or this one is ending")
}

fn is_past(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| Instant::now() >= deadline)
}

fn read_reports(listen: PipeReader) -> Reports {
    let mut reports = Reports::default();
    for line in BufReader::new(listen).split(b'\n').map_while(Result::ok) {
        reports.take(&line);
    }
    reports
}

fn widen(pipe: &impl AsFd) {
    let _ = rustix::pipe::fcntl_setpipe_size(pipe.as_fd(), PIPE_SIZE);
}
