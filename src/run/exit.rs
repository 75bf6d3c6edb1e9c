//! How a command ends: the one table of exit codes, and the error that carries one of them.
//!
//! Libraries return [`Error`]; only the entry point turns it into a process status. The table
//! [`Exit::ALL`] feeds `--help`, the man pages and the tests.

use std::fmt;
use std::io;

/// Why a command ended, as the shell, cron, systemd and CI see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Everything was done; zero records count as done.
    Done = 0,
    /// The data was at fault: rejects past the allowance, a broken seal, a failed child.
    Data = 1,
    /// The command line, the settings, the credentials, or a name that does not exist.
    Usage = 2,
    /// The world differs from the plan.
    Drift = 3,
    /// The destination holds something else already.
    Conflict = 4,
    /// Unreachable, timed out, busy, full: the same command may succeed later.
    Temporary = 75,
}

impl Exit {
    /// Every code with its meaning, in the order in which help prints them.
    pub const ALL: [(Exit, &'static str); 6] = [
        (Exit::Done, "done (zero records included)"),
        (Exit::Data, "data: rejects past --max-rejects, a missing or wrong seal, a failed child"),
        (Exit::Usage, "usage, settings, credentials, TLS, or an unknown topic or bucket"),
        (Exit::Drift, "drift: what exists differs from what was planned"),
        (Exit::Conflict, "the destination holds something else already"),
        (Exit::Temporary, "temporary: unreachable, timed out or full; a retry may succeed"),
    ];

    /// The process status.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Which of several causes a person must hear of first: 4, then 2, then 1, then 75.
    fn urgency(self) -> u8 {
        match self {
            Exit::Conflict => 5,
            Exit::Usage => 4,
            Exit::Data => 3,
            Exit::Drift => 2,
            Exit::Temporary => 1,
            Exit::Done => 0,
        }
    }

    /// The code of that number; a status that is none of ours says no more than that it failed.
    pub fn of_failure(status: u8) -> Self {
        let known = Self::ALL.into_iter().map(|(exit, _)| exit).find(|exit| exit.code() == status);
        known.filter(|exit| *exit != Exit::Done).unwrap_or(Exit::Data)
    }

    /// Whether a person must hear of this one before the other.
    pub fn is_graver_than(self, other: Self) -> bool {
        self.urgency() > other.urgency()
    }

    /// The code that stands for both.
    pub fn or(self, other: Exit) -> Exit {
        if other.is_graver_than(self) { other } else { self }
    }
}

/// What an [`Error`] is besides its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    Ordinary,
    /// The reader of our stdout has gone: an end, not a fault, in a plain stream.
    BrokenPipe,
    /// What came down the pipe was not whole: the fault lies with a stage before this one.
    Upstream,
    /// More records were refused than are allowed: the same input ends so again.
    Rejects,
    /// The command was asked to stop and dies by that signal.
    Signal(i32),
    /// A child has failed with this status and has said why.
    Child(u8),
}

/// The end of a command that did not succeed: one line for a person, one code for a machine.
///
/// The message names the cause and never echoes a record's value; the hint can be typed.
#[derive(Clone, Debug)]
pub struct Error {
    exit: Exit,
    message: String,
    hint: Option<String>,
    nature: Nature,
}

/// What everything fallible returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with an explicit code.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, nature: Nature::Ordinary }
    }

    /// The data is at fault (exit 1).
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(Exit::Data, message)
    }

    /// The command line, the settings or a name is at fault (exit 2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The destination holds something else (exit 4).
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Exit::Conflict, message)
    }

    /// A retry may succeed (exit 75).
    pub fn temporary(message: impl Into<String>) -> Self {
        Self::new(Exit::Temporary, message)
    }

    /// The reader of our stdout has gone.
    pub fn broken_pipe() -> Self {
        let mut error = Self::data("the next stage stopped reading before the end");
        error.nature = Nature::BrokenPipe;
        error
    }

    /// The stage before this one, or one in between, did not send a whole stream.
    pub fn upstream(message: impl Into<String>) -> Self {
        Self { nature: Nature::Upstream, ..Self::data(message) }
    }

    /// More records were refused than are allowed.
    #[must_use]
    pub fn of_rejects(mut self) -> Self {
        self.nature = Nature::Rejects;
        self
    }

    /// Stopped by a signal: the process ends by that signal once it has tidied up.
    pub fn signal(number: i32) -> Self {
        let mut error = Self::data(format!("stopped by signal {number}"));
        error.nature = Nature::Signal(number);
        error
    }

    /// Stopped by a signal, and that needs a word: `message` is for the driver to print.
    pub fn interrupted(number: i32, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::signal(number) }
    }

    /// A child has failed with this status, and has told why itself: nothing more to print.
    pub fn child(status: u8) -> Self {
        let mut error = Self::data(format!("the command failed with exit status {status}"));
        error.nature = Nature::Child(status);
        error
    }

    /// An operating-system error met while doing `what` ("cannot open users.ddl").
    pub fn io(what: impl fmt::Display, cause: &io::Error) -> Self {
        Self::new(Self::exit_of_io(cause), format!("{what}: {}", plain_io(cause)))
    }

    /// Which code an operating-system error deserves.
    fn exit_of_io(cause: &io::Error) -> Exit {
        // Too many open files, here or on the whole machine: others may close theirs.
        if matches!(cause.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) {
            return Exit::Temporary;
        }
        use io::ErrorKind as K;
        match cause.kind() {
            K::NotFound
            | K::PermissionDenied
            | K::IsADirectory
            | K::NotADirectory
            | K::InvalidInput
            | K::ReadOnlyFilesystem => Exit::Usage,
            K::AlreadyExists => Exit::Conflict,
            K::StorageFull
            | K::QuotaExceeded
            | K::FileTooLarge
            | K::TimedOut
            | K::ConnectionRefused
            | K::ConnectionReset
            | K::ConnectionAborted
            | K::HostUnreachable
            | K::NetworkUnreachable => Exit::Temporary,
            _ => Exit::Data,
        }
    }

    /// Adds what to type next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Puts `where_` before the message ("line 17").
    #[must_use]
    pub fn at(mut self, where_: impl fmt::Display) -> Self {
        self.message = format!("{where_}: {}", self.message);
        self
    }

    /// Adds what is known besides, behind the cause.
    #[must_use]
    pub fn and(mut self, more: impl fmt::Display) -> Self {
        self.message = format!("{}; {more}", self.message);
        self
    }

    /// The code for the shell.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The cause, without the hint.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to type next, if that is known.
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Whether the reader of our stdout went away.
    pub fn is_broken_pipe(&self) -> bool {
        self.nature == Nature::BrokenPipe
    }

    /// Whether it follows from the failure of a stage before this one.
    pub fn is_upstream(&self) -> bool {
        self.nature == Nature::Upstream
    }

    /// Whether the same input would end so again, as its records are what is wrong.
    pub fn is_of_rejects(&self) -> bool {
        self.nature == Nature::Rejects
    }

    /// The status of the child whose failure this is.
    pub fn child_status(&self) -> Option<u8> {
        match self.nature {
            Nature::Child(status) => Some(status),
            _ => None,
        }
    }

    /// The signal that this command ends by.
    pub fn signal_number(&self) -> Option<i32> {
        match self.nature {
            Nature::Signal(number) => Some(number),
            _ => None,
        }
    }
}

/// The cause in words, without Rust's "(os error 2)".
fn plain_io(cause: &io::Error) -> String {
    let text = cause.to_string();
    match text.find(" (os error ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever a library put into its message.
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        f.write_str(&one_line(&self.message))?;
        match &self.hint {
            Some(hint) => write!(f, " (try: {})", one_line(hint)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_causes_resolve_in_the_documented_order() {
        use Exit::*;
        for (a, b, expected) in [
            (Temporary, Data, Data),
            (Data, Usage, Usage),
            (Conflict, Usage, Conflict),
            (Done, Temporary, Temporary),
        ] {
            assert_eq!(a.or(b), expected);
            assert_eq!(b.or(a), expected);
        }
    }

    #[test]
    fn an_error_is_one_line_with_its_hint() {
        let error = Error::usage("no such\n  topic").hint("topic-admin create x");
        assert_eq!(error.to_string(), "no such topic (try: topic-admin create x)");
    }

    #[test]
    fn a_full_disk_is_temporary_and_a_missing_file_is_usage() {
        let full = io::Error::from_raw_os_error(libc::ENOSPC);
        let error = Error::io("cannot write out.parquet", &full);
        assert_eq!(error.exit(), Exit::Temporary);
        assert_eq!(error.message(), "cannot write out.parquet: No space left on device");
        let no_descriptor = io::Error::from_raw_os_error(libc::EMFILE);
        assert_eq!(Error::io("x", &no_descriptor).exit(), Exit::Temporary);
        let missing = io::Error::from_raw_os_error(libc::ENOENT);
        assert_eq!(Error::io("x", &missing).exit(), Exit::Usage);
    }
}
