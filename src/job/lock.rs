//! One run of a name at a time, with nothing to clean up.
//!
//! The lock is flock(2) on a file that stays. It belongs to an open descriptor, which every process of
//! the run inherits: it is free when the last of them has ended or closed it, and not before. So there
//! is no stale lock, whoever was killed; and where `run` itself was killed and a stage lives on, the
//! next run knows.

use std::fs::{File, Metadata};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::run::{Error, Result, Stop};

/// How often a lock that is waited for is tried.
const STEP: Duration = Duration::from_millis(100);

/// What to do where another run of the name is at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum IfLocked {
    /// End at once, with exit status 0 and without a word
    #[default]
    Skip,
    /// Wait for its end
    Wait,
    /// End at once, with exit status 75
    Fail,
}

/// A lock that is held as long as this, or a copy of its descriptor in any process, is open.
#[derive(Debug)]
pub struct Lock(OwnedFd);

impl Lock {
    /// Takes it; none where another run holds it.
    pub fn take(path: &Path) -> Result<Option<Self>> {
        loop {
            let file = open(path).map_err(|cause| failed(path, &cause))?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                // Whoever removed the file between the two has locked a file that nobody finds.
                Ok(()) if !is_there(&file, path) => {}
                Ok(()) => return Ok(Some(Self(file.into()))),
                Err(Errno::WOULDBLOCK) => return Ok(None),
                Err(errno) => return Err(failed(path, &errno.into())),
            }
        }
    }

    /// Takes it as soon as it is free; none where the process was asked to stop first.
    pub fn wait(path: &Path, stop: &Stop) -> Result<Option<Self>> {
        loop {
            if let Some(lock) = Self::take(path)? {
                return Ok(Some(lock));
            }
            if stop.wait(STEP) {
                return Ok(None);
            }
        }
    }
}

impl AsFd for Lock {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn open(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).mode(0o600).open(path)
}

fn is_there(file: &File, path: &Path) -> bool {
    let identity = |data: Metadata| (data.dev(), data.ino());
    match (file.metadata(), path.metadata()) {
        (Ok(ours), Ok(theirs)) => identity(ours) == identity(theirs),
        _ => false,
    }
}

fn failed(path: &Path, cause: &io::Error) -> Error {
    Error::io(format!("cannot lock {}", path.display()), cause)
        .hint("--state-dir DIR, on a local file system")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("sluicebox-lock-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_lock_is_held_until_its_last_copy_is_closed() {
        let path = path("copies");
        let first = Lock::take(&path).expect("it can be locked").expect("it is free");
        let copy = first.as_fd().try_clone_to_owned().expect("a copy");
        assert!(Lock::take(&path).expect("it can be tried").is_none());
        drop(first);
        assert!(Lock::take(&path).expect("it can be tried").is_none(), "the copy holds it");
        drop(copy);
        assert!(Lock::take(&path).expect("it can be tried").is_some());
        std::fs::remove_file(&path).expect("it stays");
    }

    #[test]
    fn a_file_that_was_removed_meanwhile_is_not_what_is_locked() {
        let path = path("removed");
        let file = open(&path).expect("it opens");
        assert!(is_there(&file, &path));
        std::fs::remove_file(&path).expect("removed");
        assert!(!is_there(&file, &path));
        drop(open(&path).expect("another one"));
        assert!(!is_there(&file, &path));
        std::fs::remove_file(&path).expect("removed");
    }

    #[test]
    fn who_waits_can_be_stopped() {
        let path = path("stop");
        let _held = Lock::take(&path).expect("it can be locked").expect("it is free");
        let stop = Stop::default();
        stop.raise();
        assert!(Lock::wait(&path, &stop).expect("it can be tried").is_none());
        std::fs::remove_file(&path).expect("removed");
    }
}
