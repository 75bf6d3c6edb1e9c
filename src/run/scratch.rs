//! Scratch files: without a name, so that nothing is left behind whatever happens.

use std::fs::File;
use std::io;

use rustix::fs::{Mode, OFlags};

use super::exit::{Error, Result};

/// A nameless file in the folder for temporary files (`$TMPDIR`), to write and read.
pub fn file() -> Result<File> {
    let folder = std::env::temp_dir();
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    rustix::fs::open(&folder, flags, Mode::RUSR | Mode::WUSR)
        .map(File::from)
        .map_err(|errno| failed(&errno.into()))
}

/// The error of writing to a scratch file.
pub fn failed(cause: &io::Error) -> Error {
    Error::io(format!("cannot copy to a temporary file in {}", std::env::temp_dir().display()), cause)
        .hint("TMPDIR=/a/folder/with/room")
}
