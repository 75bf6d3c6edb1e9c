//! One run of a job, from its lock to what is remembered of it.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::os::fd::BorrowedFd;

use jiff::SignedDuration;

use super::folder::Folder;
use super::group::{Cut, Ended, Group, Launch, Limits};
use super::hush::Hush;
use super::lock::{IfLocked, Lock};
use super::name::Name;
use super::state::State;
use crate::run::units::grouped;
use crate::run::{Error, Process, Result};
use crate::stream::counts::Counts;
use crate::stream::report;
use crate::stream::reports::{Hints, Reports};

/// What to type next where no stage has told why a run failed,
const FAILED: &str = "sluicebox run -v shows all that was printed";
/// and where a name was not found.
const NO_PATH: &str = "a full path: cron's PATH is /usr/bin:/bin";

/// How much of what was printed a mail has, where no stage has told why.
const LINES: usize = 10;

/// What is done with what the stages print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Nothing on success; on failure its end, where no stage has told why.
    Hushed,
    /// All that was kept of it, behind the cause.
    Told,
    /// It goes straight to where ours goes.
    Through,
}

/// A run to be.
pub struct Plan {
    /// The job.
    pub name: Name,
    /// Where its lock and state are.
    pub folder: Folder,
    /// What is run.
    pub command: Vec<OsString>,
    /// Whether it reads our stdin.
    pub stdin: bool,
    /// What to do where another run is at work; without it, no lock is taken.
    pub if_locked: Option<IfLocked>,
    /// How long it may take.
    pub limits: Limits,
    /// What is done with what it prints.
    pub voice: Voice,
}

/// How a run has ended, in one word and in full.
struct Verdict {
    outcome: &'static str,
    result: Result<()>,
    reports: Reports,
}

impl Verdict {
    fn not_started(error: Error) -> Self {
        Self { outcome: "failed", result: Err(error), reports: Reports::default() }
    }
}

/// What became of the lock.
enum Locked {
    NotWanted,
    Held(Lock),
    Busy,
}

impl Plan {
    /// Does it.
    pub fn run(&self, process: &Process) -> Result<()> {
        self.folder.make()?;
        match self.lock(process)? {
            Locked::Busy => self.give_way(),
            Locked::Held(lock) => self.run_remembered(process, Some(lock)),
            Locked::NotWanted => self.run_remembered(process, None),
        }
    }

    fn run_remembered(&self, process: &Process, lock: Option<Lock>) -> Result<()> {
        let path = self.folder.state(&self.name);
        let before = State::read(&path).unwrap_or_else(|error| {
            log::warn!("{error}");
            None
        });
        let mut state = State::begin(self.name.as_str(), before);
        state.write(&path)?;
        let hush = Hush::default();
        let Verdict { outcome, result, reports } = match self.follow(process, lock.as_ref(), &hush) {
            Ok(ended) => self.judge(ended),
            Err(error) => Verdict::not_started(error.at(&self.name)),
        };
        let exit = result.as_ref().map_or_else(status_of, |()| 0);
        state.end(outcome, result.as_ref().err(), exit, &reports);
        let result = and_then_remember(result, state.write(&path));
        // Whoever waits for it must find what is remembered.
        drop(lock);
        self.tell(result, &hush, reports.tell_why())
    }

    fn lock(&self, process: &Process) -> Result<Locked> {
        let Some(if_locked) = self.if_locked else { return Ok(Locked::NotWanted) };
        let path = self.folder.lock(&self.name);
        let lock = match if_locked {
            IfLocked::Wait => {
                let stop = process.signals.stop();
                let lock = Lock::wait(&path, &stop)?;
                if let Some(signal) = process.signals.first().filter(|_| lock.is_none()) {
                    return Err(Error::signal(signal));
                }
                lock
            }
            IfLocked::Skip | IfLocked::Fail => Lock::take(&path)?,
        };
        Ok(lock.map_or(Locked::Busy, Locked::Held))
    }

    /// Another run is at work.
    fn give_way(&self) -> Result<()> {
        let state = State::read(&self.folder.state(&self.name)).ok().flatten();
        let since = match state {
            Some(state) if state.is_running() => format!("since {} (pid {})", state.started, state.pid),
            // `run` was killed, and a stage lives on.
            _ => "though its run was killed: something that it started goes on".to_owned(),
        };
        let message = format!("{}: a run of that name is at work {since}", self.name);
        if self.if_locked == Some(IfLocked::Fail) {
            return Err(Error::temporary(message).hint("--if-locked wait"));
        }
        log::info!("{message}; skipped");
        Ok(())
    }

    fn follow(&self, process: &Process, lock: Option<&Lock>, hush: &Hush) -> Result<Ended> {
        let launch = Launch {
            name: &self.name,
            command: &self.command,
            lock,
            stderr: (self.voice != Voice::Through).then_some(hush),
            stdout_too: is_one_place(),
            stdin: self.stdin,
        };
        Ok(Group::start(&launch)?.follow(&process.signals, self.limits))
    }

    fn judge(&self, ended: Ended) -> Verdict {
        let Ended { status, reports, cut } = ended;
        let hints = Hints { missing: "the command", not_found: &not_found(&self.command), failed: FAILED };
        let judged = reports.all_well(Ok(status), &hints).map_err(|error| match &cut {
            Some(Cut::Timeout(at_work)) => self.too_slow(at_work),
            _ => error,
        });
        let judged = judged.map_err(|error| with_published(error, &reports).at(&self.name));
        let (outcome, result) = match (judged, cut) {
            (Ok(()), Some(Cut::Signal(signal))) => ("done", Err(Error::signal(signal))),
            (Ok(()), _) => ("done", Ok(())),
            (Err(error), Some(Cut::Signal(signal))) => {
                ("signal", Err(Error::interrupted(signal, error.message())))
            }
            (Err(error), Some(Cut::Timeout(_))) => ("timeout", Err(error)),
            (Err(error), None) => ("failed", Err(error)),
        };
        Verdict { outcome, result, reports }
    }

    fn too_slow(&self, at_work: &[String]) -> Error {
        let limit = SignedDuration::try_from(self.limits.timeout.unwrap_or_default()).unwrap_or_default();
        let error = Error::temporary(format!("it did not end within {limit:#} (--timeout)"));
        let error = error.hint("a longer --timeout");
        if at_work.is_empty() { error } else { error.and(format!("still at work: {}", at_work.join(", "))) }
    }

    /// The cause first; then what was printed, where somebody must see it.
    fn tell(&self, result: Result<()>, hush: &Hush, told: bool) -> Result<()> {
        let most = match (self.voice, &result) {
            (Voice::Through, _) => 0,
            (Voice::Told, _) => usize::MAX,
            (Voice::Hushed, Err(error)) if !told && error.signal_number().is_none() => LINES,
            (Voice::Hushed, _) => 0,
        };
        let lines = hush.printed().last_lines(most.max(1));
        if most == 0 || lines.is_empty() {
            return result;
        }
        let Err(error) = result else {
            lines.lines().for_each(|line| log::info!("{line}"));
            return Ok(());
        };
        if error.signal_number().is_some() {
            lines.lines().for_each(|line| log::error!("{line}"));
            return Err(error);
        }
        report::failed(&error, &Counts::default());
        let cause = error.to_string();
        log::error!("{cause}");
        lines.lines().filter(|line| !is_told(line, &cause)).for_each(|line| log::error!("{line}"));
        // All is said.
        Err(Error::child(error.exit().code()))
    }
}

/// What to type next where there was nothing to run: who has written a path needs no other.
fn not_found(command: &[OsString]) -> String {
    let is_plain = |text: &&str| text.chars().all(|c| c.is_alphanumeric() || "/._-+@".contains(c));
    match command.first().and_then(|first| first.to_str()).filter(is_plain) {
        Some(path) if path.contains('/') => format!("ls -l {path}"),
        _ => NO_PATH.to_owned(),
    }
}

/// Whether a line is what a stage has printed of its failure, and the cause holds it.
fn is_told(line: &str, cause: &str) -> bool {
    let said = line.split(" (try: ").next().unwrap_or(line).trim();
    said.contains(": ") && cause.contains(said)
}

/// What the sinks have published all the same, behind the cause.
fn with_published(error: Error, reports: &Reports) -> Error {
    match reports.published() {
        Some(1) => error.and("1 record published"),
        Some(records) => error.and(format!("{} records published", grouped(records))),
        None => error,
    }
}

fn status_of(error: &Error) -> u8 {
    error.signal_number().map_or(error.exit().code(), |signal| 128 + signal as u8)
}

/// That a success cannot be remembered is an error of its own: monitoring would take it for none.
fn and_then_remember(result: Result<()>, remembered: Result<()>) -> Result<()> {
    match (result, remembered) {
        (Ok(()), remembered) => remembered,
        (Err(error), Ok(())) => Err(error),
        (Err(error), Err(forgotten)) => {
            log::warn!("{forgotten}");
            Err(error)
        }
    }
}

/// Whether stdout goes to where stderr goes, as under cron, and no person looks: then nobody takes it
/// for data, and it is printed as little as stderr.
fn is_one_place() -> bool {
    let place = |fd: BorrowedFd<'static>| rustix::fs::fstat(fd).ok().map(|stat| (stat.st_dev, stat.st_ino));
    !std::io::stdout().is_terminal() && place(rustix::stdio::stdout()) == place(rustix::stdio::stderr())
}
