//! The files of a command, by what they are and not by their names: what is written beside the data
//! must be no file that the command reads, and no file twice.
//!
//! A typing error such as `--rejects users.ndjson < users.ndjson` must cost a line on stderr, not the
//! data. So whoever opens a file says so here, whichever of the two comes first: [`reads`] for an
//! input, [`writes`] for an output, before it empties anything. Only regular files count; a pipe or
//! /dev/null can be used any number of times.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{FileType, fstat};

use super::exit::{Error, Result};

/// A file as the file system knows it: device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    /// None for what is no regular file.
    fn of(fd: BorrowedFd<'_>) -> Option<Self> {
        let stat = fstat(fd).ok()?;
        FileType::from_raw_mode(stat.st_mode).is_file().then_some(Self(stat.st_dev, stat.st_ino))
    }

    fn of_path(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok().filter(Metadata::is_file)?;
        Some(Self(metadata.dev(), metadata.ino()))
    }
}

/// A file that somebody has said he uses.
struct Used {
    path: PathBuf,
    identity: Identity,
    written: bool,
    /// An output that turned out to be an input as well: nothing may be written.
    disputed: bool,
}

static USED: Mutex<Vec<Used>> = Mutex::new(Vec::new());

fn used() -> MutexGuard<'static, Vec<Used>> {
    USED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that the command reads this file: an error where it writes the same one.
pub fn reads(file: &File, path: &Path) -> Result<()> {
    let Some(identity) = Identity::of(file.as_fd()) else { return Ok(()) };
    let mut used = used();
    if let Some(at) = find(&used, identity, true) {
        used[at].disputed = true;
        return Err(both(path, &used[at].path));
    }
    if Identity::of(rustix::stdio::stdout()) == Some(identity) {
        return Err(same(&format!("{} is read, and is stdout, too", path.display())));
    }
    used.push(Used { path: path.to_owned(), identity, written: false, disputed: false });
    Ok(())
}

/// All of a text file that the command reads; `explain` may add to the error of opening it.
pub fn read_text(path: &Path, explain: impl FnOnce(Error, io::ErrorKind) -> Error) -> Result<String> {
    let mut text = String::new();
    let opened = File::open(path).and_then(|mut file| file.read_to_string(&mut text).map(|_| file));
    let file = opened.map_err(|cause| {
        explain(Error::io(format!("cannot read {}", path.display()), &cause), cause.kind())
    })?;
    reads(&file, path)?;
    Ok(text)
}

/// Where a file with a secret is: at that path, or, for a mere name that is not there, in the directory in
/// which a service manager puts secrets (`$CREDENTIALS_DIRECTORY`).
pub fn secret(name: &Path) -> PathBuf {
    let directory = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    in_credentials(name, directory.as_deref())
}

fn in_credentials(name: &Path, directory: Option<&Path>) -> PathBuf {
    let is_bare = name.components().count() == 1 && !name.is_absolute();
    let in_directory = directory.map(|directory| directory.join(name));
    in_directory.filter(|path| is_bare && !name.exists() && path.exists()).unwrap_or_else(|| name.to_owned())
}

/// An output that is noted for as long as this lives.
#[derive(Debug)]
pub struct Claim(Option<Identity>);

impl Claim {
    /// Whether the command has found out that it reads the same file.
    pub fn is_disputed(&self) -> bool {
        let used = used();
        self.0.is_some_and(|identity| find(&used, identity, true).is_some_and(|at| used[at].disputed))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(identity) = self.0 {
            used().retain(|other| !other.written || other.identity != identity);
        }
    }
}

/// Notes that the command writes this file: an error where it reads the same one, or writes it already.
pub fn writes(file: &File, path: &Path) -> Result<Claim> {
    let Some(identity) = Identity::of(file.as_fd()) else { return Ok(Claim(None)) };
    let standard = [
        (rustix::stdio::stdin(), "stdin"),
        (rustix::stdio::stdout(), "stdout"),
        (rustix::stdio::stderr(), "stderr"),
    ];
    let name = path.display();
    if let Some((_, stream)) = standard.iter().find(|(fd, _)| Identity::of(*fd) == Some(identity)) {
        return Err(same(&format!("{name} is to be written, and is {stream}, too")));
    }
    let mut used = used();
    if let Some(at) = find(&used, identity, true) {
        let other = &used[at];
        let twice = if other.path == path {
            format!("{name} is to be written twice")
        } else {
            format!("{name} and {} are one file, and both are to be written", other.path.display())
        };
        return Err(same(&twice));
    }
    if let Some(at) = find(&used, identity, false) {
        return Err(both(&used[at].path, path));
    }
    used.push(Used { path: path.to_owned(), identity, written: true, disputed: false });
    Ok(Claim(Some(identity)))
}

/// Whether the command writes the file at this path.
pub fn is_written(path: &Path) -> bool {
    Identity::of_path(path).is_some_and(|identity| find(&used(), identity, true).is_some())
}

/// Refuses to write into what is read: a filter whose stdout is its stdin reads what it has written.
pub fn refuse_loop() -> Result<()> {
    let stdin = Identity::of(rustix::stdio::stdin());
    if stdin.is_some() && stdin == Identity::of(rustix::stdio::stdout()) {
        return Err(Error::usage("stdin and stdout are the same file").hint("… < FILE > ANOTHER"));
    }
    Ok(())
}

/// Who uses the same file. One that was closed and removed may have left its number to another.
fn find(used: &[Used], identity: Identity, written: bool) -> Option<usize> {
    let is_it = |other: &Used| {
        other.identity == identity
            && other.written == written
            && (written || Identity::of_path(&other.path) == Some(identity))
    };
    used.iter().position(is_it)
}

fn both(read: &Path, written: &Path) -> Error {
    let (read, written) = (read.display().to_string(), written.display().to_string());
    same(&if read == written {
        format!("{read} is read, and is to be written, too")
    } else {
        format!("{read} is read, and {written}, which is to be written, is the same file")
    })
}

fn same(what: &str) -> Error {
    Error::usage(what).hint("a file of its own for each")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Exit;

    #[test]
    fn a_file_is_known_by_any_name_in_whichever_order() {
        let folder = std::env::temp_dir().join(format!("sluicebox-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (first, second) = (folder.join("a"), folder.join("b"));
        std::fs::write(&first, "x").unwrap();
        std::fs::hard_link(&first, &second).unwrap();
        let open = |path: &Path| File::options().read(true).write(true).open(path).unwrap();

        let claim = writes(&open(&first), &first).unwrap();
        assert!(is_written(&second));
        assert_eq!(writes(&open(&second), &second).unwrap_err().exit(), Exit::Usage);
        assert!(!claim.is_disputed());
        assert!(reads(&open(&second), &second).unwrap_err().message().contains("the same file"));
        assert!(claim.is_disputed());
        drop(claim);
        reads(&open(&second), &second).unwrap();
        assert!(writes(&open(&first), &first).is_err());

        // A number that was given back may be another file's.
        std::fs::remove_file(&second).unwrap();
        assert!(writes(&open(&first), &first).is_ok());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_mere_name_is_looked_up_among_the_credentials_last() {
        let folder = std::env::temp_dir().join(format!("sluicebox-credentials-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("sluicebox-test.key"), "").unwrap();
        let find = |name: &str| in_credentials(Path::new(name), Some(&folder));
        assert_eq!(find("sluicebox-test.key"), folder.join("sluicebox-test.key"));
        assert_eq!(find("./sluicebox-test.key"), Path::new("./sluicebox-test.key"));
        assert_eq!(find("absent.key"), Path::new("absent.key"));
        assert_eq!(find("Cargo.toml"), Path::new("Cargo.toml"), "a file that is there comes first");
        assert_eq!(in_credentials(Path::new("a"), None), Path::new("a"));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_no_regular_file_can_be_used_by_all() {
        let null = Path::new("/dev/null");
        let open = || File::options().read(true).write(true).open(null).unwrap();
        let _first = writes(&open(), null).unwrap();
        let _second = writes(&open(), null).unwrap();
        reads(&open(), null).unwrap();
    }
}
