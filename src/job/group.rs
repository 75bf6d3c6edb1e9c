//! The processes of a run: started, signalled, ended, waited for.
//!
//! They get a process group of their own, a descriptor to report on, and a copy of the lock. A run has
//! ended when *all* that it started has: stages in the background and grandchildren that made a
//! session of their own are waited for, since `run` is the reaper of them all.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, PipeReader};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, set_child_subreaper, wait};

use super::family;
use super::hush::Hush;
use super::lock::Lock;
use super::name::Name;
use super::watch::Watch;
use crate::run::{Error, Result, Signals, descriptors};
use crate::stream::reports::Reports;

/// How often a wait looks whether it was ended.
const STEP: Duration = Duration::from_millis(100);
/// How long a reader of what has no writer any more may take to see it.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Descriptors are handed down under numbers that no script uses (`exec 9> lock`).
const LOWEST: i32 = 64;
/// How many programs a message names.
const NAMED: usize = 5;

/// What is to be started.
pub struct Launch<'a> {
    /// As what.
    pub name: &'a Name,
    /// One argument is for the shell; several are a program and its arguments.
    pub command: &'a [OsString],
    /// Held by every process of it.
    pub lock: Option<&'a Lock>,
    /// Where stderr goes instead of ours.
    pub stderr: Option<&'a Hush>,
    /// Whether stdout goes there, too.
    pub stdout_too: bool,
    /// Whether it reads our stdin, or nothing.
    pub stdin: bool,
}

/// A run at work.
pub struct Group {
    watch: Watch,
    /// The command itself.
    first: i32,
    status: Option<ExitStatus>,
    exits: Receiver<(i32, ExitStatus)>,
    reports: Arc<Mutex<Reports>>,
    /// Disconnects when all readers have seen the end.
    readers: Receiver<()>,
}

/// Why a run was ended from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A signal came.
    Signal(i32),
    /// Its time was up; the programs that were at work then.
    Timeout(Vec<String>),
}

/// How a run has ended.
pub struct Ended {
    /// The exit status of the command.
    pub status: ExitStatus,
    /// What its stages have reported.
    pub reports: Reports,
    /// Whether it was ended from here.
    pub cut: Option<Cut>,
}

/// How long a run may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// To end by itself.
    pub timeout: Option<Duration>,
    /// To end after it was asked to.
    pub kill_after: Duration,
}

impl Group {
    /// Starts it.
    pub fn start(launch: &Launch<'_>) -> Result<Self> {
        let fail = |cause: io::Error| Error::io("cannot run the command", &cause);
        set_child_subreaper(Some(rustix::process::getpid())).map_err(|errno| fail(errno.into()))?;
        let watch = Watch::start(launch.name)?;
        let (listen, writer) = io::pipe().map_err(fail)?;
        let mut program = program(launch.command);
        program.process_group(watch.group()).env("SLUICEBOX_SEAL", "1").env("PATH", path());
        if !launch.stdin {
            program.stdin(Stdio::null());
        }
        let report = raised(&writer).map_err(fail)?;
        program.env("SLUICEBOX_REPORT_FD", descriptors::number(&report));
        let lock = launch.lock.map(raised).transpose().map_err(fail)?;
        let (tell, readers) = channel();
        listen_to(&mut program, launch, &tell).map_err(fail)?;
        let inherited: Vec<BorrowedFd<'_>> =
            [Some(&report), lock.as_ref()].into_iter().flatten().map(AsFd::as_fd).collect();
        let child = descriptors::spawn_with(&mut program, &inherited)
            .map_err(|cause| cannot_run(launch.command, &cause))?;
        // Held by the stages alone from now on: their end is the end of the reports.
        drop((writer, report, program));
        let reports = Arc::<Mutex<Reports>>::default();
        let taken = Arc::clone(&reports);
        thread::spawn(move || {
            take(listen, &taken);
            drop(tell);
        });
        let (tell_exit, exits) = channel();
        thread::spawn(move || reap(&tell_exit));
        Ok(Self { watch, first: child.id() as i32, status: None, exits, reports, readers })
    }

    /// Follows it to its end, passes the first signal on, and ends it when its time is up.
    pub fn follow(mut self, signals: &Signals, limits: Limits) -> Ended {
        let own = std::process::id() as i32;
        let _kill = signals.on_abort(move || family::kill_below(own, 0));
        let deadline = limits.timeout.map(|timeout| Instant::now() + timeout);
        let (mut cut, mut last) = (None, None);
        while self.goes_on() {
            if cut.is_none() {
                cut = self.cut(signals, deadline);
                last = cut.as_ref().map(|_| Instant::now() + limits.kill_after);
            }
            if is_past(last) {
                family::kill_below(own, self.watch.group());
            }
        }
        signals.stand_aside();
        let reports = self.conclude();
        // Without a status there is no child that could have one: then somebody else has waited for it.
        let status = self.status.unwrap_or(ExitStatus::from_raw(libc::SIGKILL));
        Ended { status, reports, cut }
    }

    /// Waits for something to happen; whether anything that was started is left.
    fn goes_on(&mut self) -> bool {
        match self.exits.recv_timeout(STEP) {
            Ok((pid, status)) if pid == self.first => self.status = Some(status),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        self.status.is_none() || self.others().next().is_some()
    }

    /// All that was started, and goes on.
    fn others(&self) -> impl Iterator<Item = family::Relative> {
        let watch = self.watch.group();
        family::below(std::process::id() as i32).into_iter().filter(move |one| one.pid != watch)
    }

    /// Asks it to end, if it must.
    fn cut(&self, signals: &Signals, deadline: Option<Instant>) -> Option<Cut> {
        let (cut, signal) = match signals.first() {
            Some(signal) => (Cut::Signal(signal), Signal::from_named_raw(signal).unwrap_or(Signal::TERM)),
            None if is_past(deadline) => (Cut::Timeout(self.names()), Signal::TERM),
            None => return None,
        };
        if let Some(group) = Pid::from_raw(self.watch.group()) {
            let _ = kill_process_group(group, signal);
        }
        Some(cut)
    }

    /// The programs at work, each once, shells only where there is nothing else.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for one in self.others() {
            if !names.contains(&one.name) {
                names.push(one.name);
            }
        }
        let is_shell = |name: &String| ["sh", "bash", "dash"].contains(&name.as_str());
        if !names.iter().all(is_shell) {
            names.retain(|name| !is_shell(name));
        }
        names.truncate(NAMED);
        names
    }

    /// All is over: what was reported.
    fn conclude(&mut self) -> Reports {
        self.watch.dismiss();
        let watch = self.watch.group();
        while self.exits.recv_timeout(LAST_WORDS).is_ok_and(|(pid, _)| pid != watch) {}
        // It ends by a disconnect, or some process that is none of ours holds a copy.
        let _ = self.readers.recv_timeout(LAST_WORDS);
        lock(&self.reports).clone()
    }
}

/// One argument is for the shell, which may well be a whole pipe; several are for the kernel.
fn program(command: &[OsString]) -> Command {
    match command {
        [pipe] => {
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(pipe);
            shell
        }
        _ => {
            let mut program = Command::new(&command[0]);
            program.args(&command[1..]);
            program
        }
    }
}

fn cannot_run(command: &[OsString], cause: &io::Error) -> Error {
    let name = if command.len() == 1 { OsStr::new("/bin/sh") } else { &command[0] };
    Error::io(format!("cannot run {}", name.to_string_lossy()), cause)
        .hint("sluicebox run --name NAME -- 'COMMAND | COMMAND'")
}

/// PATH, and behind it the folder of this program: cron's is /usr/bin:/bin.
fn path() -> OsString {
    let old = env::var_os("PATH").unwrap_or_default();
    let own = env::current_exe().ok().and_then(|program| program.parent().map(ToOwned::to_owned));
    let all: Vec<_> = env::split_paths(&old).filter(|folder| Some(folder) != own.as_ref()).collect();
    env::join_paths(all.into_iter().chain(own)).unwrap_or(old)
}

fn raised(descriptor: &impl AsFd) -> io::Result<OwnedFd> {
    Ok(rustix::io::fcntl_dupfd_cloexec(descriptor, LOWEST)?)
}

/// Lets what it prints be heard here, where it is not to be seen.
fn listen_to(program: &mut Command, launch: &Launch<'_>, tell: &Sender<()>) -> io::Result<()> {
    let Some(hush) = launch.stderr else { return Ok(()) };
    let (listen, write) = io::pipe()?;
    if launch.stdout_too {
        program.stdout(Stdio::from(write.try_clone()?));
    }
    program.stderr(Stdio::from(write));
    let (hush, tell) = (hush.clone(), tell.clone());
    thread::spawn(move || {
        hush.listen(listen);
        drop(tell);
    });
    Ok(())
}

fn take(listen: PipeReader, reports: &Mutex<Reports>) {
    for line in BufReader::new(listen).split(b'\n').map_while(io::Result::ok) {
        lock(reports).take(&line);
    }
}

/// Tells of the end of every child, also of those that were somebody else's once.
fn reap(tell: &Sender<(i32, ExitStatus)>) {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) => {
                let status = ExitStatus::from_raw(status.as_raw());
                if tell.send((pid.as_raw_pid(), status)).is_err() {
                    return;
                }
            }
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            // There is none left.
            Err(_) => return,
        }
    }
}

fn is_past(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| Instant::now() >= deadline)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
