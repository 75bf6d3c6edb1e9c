//! Where the file system has no nameless files (NFS, FAT, some overlays): a hidden name beside the
//! target, `.NAME.sluicebox-PID.partial`, locked for as long as its writer lives.
//!
//! SIGKILL and a power cut leave such a file behind. The next run to the same target finds it
//! unlocked and removes it; one that is locked belongs to a run that is still at work.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FlockOperation, RenameFlags, flock};
use rustix::io::Errno;

/// How a name ends that belongs to a run that is not done.
const SUFFIX: &str = ".partial";

/// Opens a locked file under a name of this process in `folder`, which is the folder of `target`.
pub(super) fn create(folder: &Path, target: &Path) -> io::Result<(File, PathBuf)> {
    let prefix = prefix(target);
    remove_left_over(folder, &prefix);
    let mut name = prefix;
    name.push(format!("{}{SUFFIX}", std::process::id()));
    let path = folder.join(name);
    loop {
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        // Where the file system has no locks, no other run can get one, and removes nothing.
        let _ = flock(&file, FlockOperation::LockExclusive);
        // Somebody who cleaned up may have come between the two.
        if file.metadata()?.nlink() > 0 {
            return Ok((file, path));
        }
    }
}

/// Gives the file its name, unless that is taken.
pub(super) fn publish(aside: &Path, target: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, aside, CWD, target, RenameFlags::NOREPLACE) {
        // NFS cannot rename so, but it can link.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            rustix::fs::linkat(CWD, aside, CWD, target, AtFlags::empty())?;
            std::fs::remove_file(aside)
        }
        renamed => Ok(renamed?),
    }
}

/// What names beside `target` begin with.
fn prefix(target: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".sluicebox-");
    prefix
}

/// Removes what runs to the same target have left that are no more. What cannot be removed is in
/// nobody's way.
fn remove_left_over(folder: &Path, prefix: &OsString) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let number = name
            .as_encoded_bytes()
            .strip_prefix(prefix.as_encoded_bytes())
            .and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
        if number.is_none_or(|number| number.is_empty() || !number.iter().all(u8::is_ascii_digit)) {
            continue;
        }
        let path = entry.path();
        let unlocked = |file: &File| flock(file, FlockOperation::NonBlockingLockExclusive).is_ok();
        if OpenOptions::new().write(true).open(&path).is_ok_and(|file| unlocked(&file) && remove(&path)) {
            log::info!("removed {}, which a run that was killed has left", path.display());
        }
    }
}

fn remove(path: &Path) -> bool {
    std::fs::remove_file(path).is_ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("sluicebox-aside-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("listing");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_the_dead_left_is_removed_and_what_the_living_write_is_not() {
        let folder = folder("dead");
        let living = File::create(folder.join(".out.sluicebox-1.partial")).expect("a file");
        flock(&living, FlockOperation::LockExclusive).expect("a lock");
        let others =
            [".out.sluicebox-x.partial", ".out.sluicebox-.partial", ".another.sluicebox-2.partial", "out"];
        for name in others.iter().chain(&[".out.sluicebox-2.partial", ".out.sluicebox-3.partial"]) {
            std::fs::write(folder.join(name), b"x").expect("a file");
        }
        let (_file, own) = create(&folder, &folder.join("out")).expect("a name");
        let own = own.file_name().expect("a name").to_string_lossy().into_owned();
        let mut expected: Vec<String> = others.map(str::to_owned).to_vec();
        expected.extend([".out.sluicebox-1.partial".to_owned(), own]);
        expected.sort();
        assert_eq!(names(&folder), expected);
        std::fs::remove_dir_all(folder).expect("removal");
    }

    #[test]
    fn a_name_is_given_once_and_the_hidden_one_is_gone() {
        let folder = folder("publish");
        let target = folder.join("out");
        let (mut file, aside) = create(&folder, &target).expect("a name");
        file.write_all(b"whole").expect("room");
        publish(&aside, &target).expect("published");
        assert_eq!(names(&folder), ["out"]);
        let (_file, aside) = create(&folder, &target).expect("a name");
        assert_eq!(publish(&aside, &target).expect_err("taken").kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&target).expect("the first one's"), b"whole");
        std::fs::remove_dir_all(folder).expect("removal");
    }
}
