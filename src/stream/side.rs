//! Files that a run writes beside its data, line by line: rejects, and the summary.
//!
//! Opened before any work is done, and empty: a path that cannot be written is told at once, and
//! yesterday's lines are never taken for today's. A path that names a descriptor of this process
//! (`/dev/stderr`, `/dev/fd/9`) is that descriptor as it was inherited: to open it again would empty
//! the file behind it, and write over what others write there.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{BorrowedFd, RawFd};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::run::{Error, Result};

/// A file of lines.
#[derive(Debug)]
pub struct SideFile {
    file: File,
    name: String,
}

impl SideFile {
    /// Opens `path`, empty.
    pub fn create(path: &Path) -> Result<Self> {
        Self::open(path, 0o666)
    }

    /// Opens `path`, empty, for the eyes of its owner alone.
    pub fn create_private(path: &Path) -> Result<Self> {
        let side = Self::open(path, 0o600)?;
        if descriptor(path).is_none() && side.file.metadata().is_ok_and(|meta| meta.is_file()) {
            // An older file may have a wider mode.
            let private = PermissionsExt::from_mode(0o600);
            let protected = side.file.set_permissions(private);
            protected.map_err(|cause| Error::io(format!("cannot protect {}", side.name), &cause))?;
        }
        Ok(side)
    }

    fn open(path: &Path, mode: u32) -> Result<Self> {
        let name = path.display().to_string();
        let opened = match descriptor(path) {
            Some(number) => inherited(number),
            None => OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path),
        };
        let file = opened.map_err(|cause| Error::io(format!("cannot write {name}"), &cause))?;
        Ok(Self { file, name })
    }

    /// Writes a line, in one piece.
    pub fn write_line(&mut self, line: &[u8]) -> Result<()> {
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
    fn a_descriptor_that_nobody_opened_is_an_error() {
        assert!(SideFile::create(Path::new("/dev/fd/987654")).is_err());
    }
}
