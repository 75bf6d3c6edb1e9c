//! `-o FILE`: written aside, synced, linked into place; create-once; a failure leaves nothing.
//!
//! The bytes go to a file without a name (`O_TMPFILE`) in the target's folder, so that even SIGKILL
//! leaves nothing behind. Where the file system has no such files, see [`super::aside`].

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};

use super::aside;
use super::side::descriptor;
use crate::run::{Error, Result, files};

/// A file that does not exist until it is published.
#[derive(Debug)]
pub struct OutFile {
    file: File,
    target: PathBuf,
    /// The temporary name, where there has to be one.
    aside: Option<PathBuf>,
}

impl OutFile {
    /// Opens a nameless file beside `target`; fails at once when `target` exists.
    pub fn create(target: &Path) -> Result<Self> {
        if descriptor(target).is_some() {
            return Err(no_file(target));
        }
        if files::is_written(target) {
            return Err(Error::usage(format!("{} is to be written twice", target.display()))
                .hint("a file of its own for each"));
        }
        if let Ok(there) = target.symlink_metadata() {
            return Err(if there.is_file() || there.is_symlink() { exists(target) } else { no_file(target) });
        }
        if target.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(no_file(target));
        }
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let fail = |cause: &io::Error| Error::io(format!("cannot write {}", target.display()), cause);
        let mode = Mode::from_raw_mode(0o666);
        match rustix::fs::open(folder, OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC, mode) {
            Ok(fd) => Ok(Self { file: fd.into(), target: target.into(), aside: None }),
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::ISDIR) => {
                let (file, aside) = aside::create(folder, target).map_err(|cause| fail(&cause))?;
                Ok(Self { file, target: target.into(), aside: Some(aside) })
            }
            Err(errno) => Err(fail(&errno.into())),
        }
    }

    /// The name it is to have.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Syncs the bytes and gives them their name; fails when somebody else took it meanwhile.
    pub fn publish(mut self) -> Result<()> {
        let linked = self.file.sync_all().and_then(|()| self.link());
        linked.map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists => exists(&self.target),
            _ => Error::io(format!("cannot write {}", self.target.display()), &cause),
        })
    }

    fn link(&mut self) -> io::Result<()> {
        match self.aside.take() {
            None => {
                let nameless = format!("/proc/self/fd/{}", self.file.as_raw_fd());
                rustix::fs::linkat(CWD, nameless, CWD, &self.target, AtFlags::SYMLINK_FOLLOW)?;
            }
            Some(aside) => {
                aside::publish(&aside, &self.target).inspect_err(|_| drop(std::fs::remove_file(&aside)))?;
            }
        }
        // The name itself must survive a crash, too.
        let folder = self.target.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
    }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        if let Some(aside) = &self.aside {
            let _ = std::fs::remove_file(aside);
        }
    }
}

/// A folder or a device: never advise to remove it.
fn no_file(target: &Path) -> Error {
    let name = target.display();
    if target.is_dir() || name.to_string().ends_with('/') {
        let folder = name.to_string();
        return Error::usage(format!("{name} is a folder, and a file is wanted"))
            .hint(format!("-o {}/NAME", folder.trim_end_matches('/')));
    }
    Error::usage(format!("{name} is no regular file, and cannot appear at once and whole"))
        .hint(format!("… > {name}"))
}

fn exists(target: &Path) -> Error {
    Error::conflict(format!("{} exists already, and is not replaced", target.display()))
        .hint(format!("rm {}, or another name after -o", target.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("sluicebox-outfile-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        folder
    }

    #[test]
    fn nothing_is_visible_before_publish_and_nothing_left_without_it() {
        let folder = folder("aside");
        let target = folder.join("out");
        let mut out = OutFile::create(&target).expect("a fresh name");
        out.write_all(b"half").expect("room");
        assert_eq!(std::fs::read_dir(&folder).expect("listing").count(), 0);
        drop(out);
        assert_eq!(std::fs::read_dir(&folder).expect("listing").count(), 0);
        std::fs::remove_dir_all(folder).expect("removal");
    }

    #[test]
    fn a_name_is_taken_once() {
        let folder = folder("once");
        let target = folder.join("out");
        let mut first = OutFile::create(&target).expect("a fresh name");
        let second = OutFile::create(&target).expect("still no file");
        first.write_all(b"whole").expect("room");
        first.publish().expect("published");
        assert_eq!(second.publish().expect_err("taken").exit(), crate::run::Exit::Conflict);
        assert_eq!(std::fs::read(&target).expect("the first one's"), b"whole");
        assert!(OutFile::create(&target).is_err());
        std::fs::remove_dir_all(folder).expect("removal");
    }
}
