//! The exit status of a whole command: what it is worth where no stage has told why.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use crate::run::{Error, Exit, Result};

/// What a shell exits with where a command does not exist, and where it may not be run.
pub(super) const NOT_FOUND: i32 = 127;
const MAY_NOT_RUN: i32 = 126;

/// What to type next where no stage has told why.
#[derive(Clone, Copy, Debug)]
pub struct Hints<'a> {
    /// Something that was to be run does not exist: what.
    pub missing: &'static str,
    /// And what to type then.
    pub not_found: &'a str,
    /// It has exited with a status of its own.
    pub failed: &'static str,
}

/// A command's exit status as one of ours, where no stage has told why.
pub(super) fn judge(status: ExitStatus, hints: &Hints<'_>) -> Result<()> {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(MAY_NOT_RUN | NOT_FOUND), _) => {
            Err(Error::usage(format!("{} was not found, or may not be run", hints.missing))
                .hint(hints.not_found))
        }
        (Some(code), _) => {
            let exit = u8::try_from(code).map_or(Exit::Data, Exit::of_failure);
            Err(Error::new(exit, format!("the command failed with exit status {code}")).hint(hints.failed))
        }
        (None, signal) => {
            Err(Error::data(format!("the command was killed by signal {}", signal.unwrap_or_default())))
        }
    }
}
