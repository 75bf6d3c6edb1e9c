//! Files that a run writes beside its data, line by line: rejects, and the summary.
//!
//! Opened before any work is done: a path that cannot be written is told at once. Emptied when the work
//! begins, or with the first line: yesterday's lines are never taken for today's, and a run that fails
//! at its start leaves them alone. A file that the command uses otherwise is refused. A path that names a descriptor of this process
//! (`/dev/stderr`, `/dev/fd/9`) is that descriptor as it was inherited: to open it again would empty
//! the file behind it, and write over what others write there.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{BorrowedFd, RawFd};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::run::files::{self, Claim};
use crate::run::{Error, Result};

/// A file of lines.
#[derive(Debug)]
pub struct SideFile {
    file: File,
    name: String,
    /// What to do to the file before the first line is written.
    due: Option<Due>,
    claim: Option<Claim>,
}

#[derive(Clone, Copy, Debug)]
struct Due {
    private: bool,
}

impl SideFile {
    /// Opens `path`.
    pub fn create(path: &Path) -> Result<Self> {
        Self::open(path, false)
    }

    /// Opens `path`, for the eyes of its owner alone.
    pub fn create_private(path: &Path) -> Result<Self> {
        Self::open(path, true)
    }

    fn open(path: &Path, private: bool) -> Result<Self> {
        let name = path.display().to_string();
        let cannot = |cause: io::Error| Error::io(format!("cannot write {name}"), &cause);
        if let Some(number) = descriptor(path) {
            let file = inherited(number).map_err(cannot)?;
            return Ok(Self { file, name, due: None, claim: None });
        }
        let mode = if private { 0o600 } else { 0o666 };
        let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(mode).open(path);
        let file = opened.map_err(cannot)?;
        let claim = files::writes(&file, path)?;
        let regular = file.metadata().is_ok_and(|meta| meta.is_file());
        Ok(Self { file, name, due: regular.then_some(Due { private }), claim: Some(claim) })
    }

    /// Empties the file: from here on it is this run's.
    pub fn begin(&mut self) -> Result<()> {
        let Some(due) = self.due.take() else { return Ok(()) };
        if due.private {
            // An older file may have a wider mode.
            let protected = self.file.set_permissions(PermissionsExt::from_mode(0o600));
            protected.map_err(|cause| Error::io(format!("cannot protect {}", self.name), &cause))?;
        }
        self.file.set_len(0).map_err(|cause| Error::io(format!("cannot write {}", self.name), &cause))
    }

    /// Writes a line, in one piece.
    pub fn write_line(&mut self, line: &[u8]) -> Result<()> {
        // It is an input, too: that is an error of its own, which was told.
        if self.claim.as_ref().is_some_and(Claim::is_disputed) {
            return Ok(());
        }
        self.begin()?;
        let bytes = [line, b"\n"].concat();
        let written = self.file.write_all(&bytes);
        written.map_err(|cause| Error::io(format!("cannot write {}", self.name), &cause))
    }
}

/// The descriptor that a path names, if it names one.
pub fn descriptor(path: &Path) -> Option<RawFd> {
    match path.to_str()? {
        "/dev/stdin" => Some(0),
        "/dev/stdout" => Some(1),
        "/dev/stderr" => Some(2),
        path => {
            let number = path.strip_prefix("/dev/fd/").or_else(|| path.strip_prefix("/proc/self/fd/"))?;
            number.parse().ok().filter(|&number: &RawFd| number >= 0)
        }
    }
}

/// A descriptor of our own for what `number` is open for.
fn inherited(number: RawFd) -> io::Result<File> {
    // SAFETY: the number is only handed to fcntl(2), which fails if nothing is open under it.
    let there = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(rustix::io::fcntl_dupfd_cloexec(there, 3)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_name_a_descriptor_are_known() {
        for (path, expected) in [
            ("/dev/stderr", Some(2)),
            ("/dev/fd/9", Some(9)),
            ("/proc/self/fd/1", Some(1)),
            ("/dev/fd/x", None),
            ("/dev/fd/-1", None),
            ("/dev/null", None),
            ("stderr", None),
        ] {
            assert_eq!(descriptor(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn a_file_is_emptied_when_the_work_begins_and_not_before() {
        let path = std::env::temp_dir().join(format!("sluicebox-side-{}", std::process::id()));
        let said = || std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, "yesterday\n").unwrap();
        drop(SideFile::create(&path).unwrap());
        assert_eq!(said(), "yesterday\n");
        let mut side = SideFile::create_private(&path).unwrap();
        assert!(SideFile::create(&path).is_err(), "one file for two outputs");
        side.begin().unwrap();
        assert_eq!(said(), "");
        side.write_line(b"today").unwrap();
        side.begin().unwrap();
        assert_eq!(said(), "today\n");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_descriptor_that_nobody_opened_is_an_error() {
        assert!(SideFile::create(Path::new("/dev/fd/987654")).is_err());
    }
}
