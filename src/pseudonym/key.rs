//! The secret key, and the file that it lives in.
//!
//! ```text
//! # key id 3f0a91c2
//! sluicebox-key-1:mZ1qf4…
//! ```
//!
//! One line: `sluicebox-key-1:` and at least 32 bytes in base64url (RFC 4648), with or without
//! padding. Blank lines and lines that begin with `#` mean nothing. The file is read once, and the
//! key is wiped from memory when dropped.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::run::exit::{Error, Result};
use crate::run::{files, random};

const PREFIX: &str = "sluicebox-key-1:";
/// The fewest bytes of a key: below the digest's size, RFC 2104 strongly discourages them.
const KEY_BYTES: usize = 32;
/// No key file is larger; what is larger is some other file.
const MAX_FILE: u64 = 4096;

/// A secret of at least 256 bits. Never displayed; wiped when dropped.
pub struct Key {
    bytes: Zeroizing<Vec<u8>>,
}

impl Key {
    /// A new one, from the operating system's random numbers.
    pub fn random() -> Result<Self> {
        let mut bytes = Zeroizing::new(vec![0; KEY_BYTES]);
        random::fill(&mut bytes)?;
        Ok(Self { bytes })
    }

    /// A key that tests can know.
    #[cfg(test)]
    pub(super) fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self { bytes }
    }

    /// The secret itself.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Eight hex digits that name the key and tell nothing about it. Every token begins with them,
    /// so that keys can change and tokens still say which one made them.
    pub fn id(&self) -> String {
        let digest =
            Sha256::new().chain_update(b"sluicebox key id 1\0").chain_update(&*self.bytes).finalize();
        digest[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Refuses to go on with any key but the one called `expected`.
    pub fn expect_id(&self, expected: &str) -> Result<()> {
        let id = self.id();
        if id.eq_ignore_ascii_case(expected) {
            return Ok(());
        }
        let message = format!("the key has id {id}, and {expected} is expected");
        Err(Error::usage(message).hint(format!("--key-file with the file of key {expected}")))
    }

    /// Reads what a key file says.
    fn parse(text: &[u8]) -> std::result::Result<Self, &'static str> {
        let text = std::str::from_utf8(text).map_err(|_| "it is not text")?;
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let line = lines.next().ok_or("it is empty")?;
        let encoded = line.strip_prefix(PREFIX).ok_or("it does not begin with 'sluicebox-key-1:'")?;
        if lines.next().is_some() {
            return Err("it has more than one key");
        }
        // Room for all: a vector that grows leaves copies of the secret behind.
        let mut bytes = Zeroizing::new(vec![0; encoded.len()]);
        let length = URL_SAFE_NO_PAD
            .decode_slice(encoded.trim_end_matches('='), &mut bytes)
            .map_err(|_| "its key is not in base64url")?;
        bytes.truncate(length);
        if length < KEY_BYTES { Err("its key has fewer than 32 bytes") } else { Ok(Self { bytes }) }
    }

    /// What a key file says.
    fn to_text(&self) -> Zeroizing<String> {
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(&*self.bytes));
        Zeroizing::new(format!("# key id {}\n{PREFIX}{}\n", self.id(), *encoded))
    }
}

/// A key in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Makes a new key in a new file that only its owner can read.
    pub fn create(&self) -> Result<Key> {
        let key = Key::random()?;
        let mut file = self.create_empty()?;
        let written = file.write_all(key.to_text().as_bytes()).and_then(|()| file.sync_all());
        written.and_then(|()| self.sync_directory()).map_err(|cause| {
            // Half a key is worse than none; that it cannot be removed changes nothing in the report.
            let _ = std::fs::remove_file(&self.path);
            Error::io(format!("cannot write {}", self.name()), &cause)
        })?;
        Ok(key)
    }

    fn create_empty(&self) -> Result<File> {
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path);
        opened.map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists => Error::conflict(format!("{} exists already", self.name()))
                .hint(format!("--key-file {} to use it, or --new-key with another name", self.name())),
            _ => Error::io(format!("cannot create {}", self.name()), &cause),
        })
    }

    /// Makes the new name itself survive a crash.
    fn sync_directory(&self) -> io::Result<()> {
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    }

    /// Reads the key, with a warning if others can read it too.
    pub fn read(&self) -> Result<(Key, Option<String>)> {
        let cannot_read = |cause: &io::Error| {
            let error = Error::io(format!("cannot read the key file {}", self.name()), cause);
            match cause.kind() {
                io::ErrorKind::NotFound => error.hint(format!(
                    "its right path, for another key makes other pseudonyms; or to begin with one: hash-fields --new-key {}",
                    self.name()
                )),
                _ => error,
            }
        };
        let file = File::open(&self.path).map_err(|cause| cannot_read(&cause))?;
        files::reads(&file, &self.path)?;
        let warning = self.exposure(&file).map_err(|cause| cannot_read(&cause))?;
        let mut text = Zeroizing::new(Vec::with_capacity(MAX_FILE as usize + 1));
        file.take(MAX_FILE + 1).read_to_end(&mut text).map_err(|cause| cannot_read(&cause))?;
        let key = Key::parse(&text).map_err(|reason| self.is_no_key(reason, &text))?;
        Ok((key, warning))
    }

    /// A warning if somebody else can get at the file. A pipe (`<(pass show …)`) has no such bits.
    fn exposure(&self, file: &File) -> io::Result<Option<String>> {
        let metadata = file.metadata()?;
        let mode = metadata.mode() & 0o777;
        let exposed = metadata.is_file() && mode & 0o077 != 0;
        Ok(exposed.then(|| {
            let name = self.name();
            format!(
                "the key file {name} is open to others (mode {mode:04o}); close it with: chmod 600 {name}"
            )
        }))
    }

    fn is_no_key(&self, reason: &str, text: &[u8]) -> Error {
        let name = self.name();
        let error = Error::usage(format!("{name} is not a key file: {reason}"));
        let ours = memchr::memmem::find(text, PREFIX.as_bytes()).is_some();
        if ours || !(KEY_BYTES..=MAX_FILE as usize).contains(&text.len()) {
            return error.hint("hash-fields --new-key hash.key");
        }
        // Somebody's own secret, by the look of it: say how to bring it along.
        error.hint(format!(
            "(umask 077; printf '{PREFIX}%s\\n' \"$(basenc -w0 --base64url {name})\" > hash.key), if its bytes \
             are the key"
        ))
    }

    fn name(&self) -> std::path::Display<'_> {
        self.path.display()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::run::exit::Exit;

    /// A directory that goes away with its test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("sluicebox-key-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn write(&self, name: &str, text: impl AsRef<[u8]>) -> KeyFile {
            let path = self.0.join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            KeyFile::new(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_new_key_is_private_and_reads_back_and_is_never_overwritten() {
        let scratch = Scratch::new("new");
        let file = KeyFile::new(scratch.0.join("hash.key"));
        let key = file.create().unwrap();
        assert_eq!(std::fs::metadata(&file.path).unwrap().mode() & 0o777, 0o600);
        let (read, warning) = file.read().unwrap();
        assert_eq!((read.bytes(), warning), (key.bytes(), None));
        let before = std::fs::read(&file.path).unwrap();
        assert_eq!(file.create().err().unwrap().exit(), Exit::Conflict);
        assert_eq!(std::fs::read(&file.path).unwrap(), before);
        let other = KeyFile::new(scratch.0.join("other.key")).create().unwrap();
        assert_ne!(other.id(), key.id());
    }

    #[test]
    fn a_file_that_others_can_read_is_warned_about() {
        let scratch = Scratch::new("open");
        let file = KeyFile::new(scratch.0.join("hash.key"));
        file.create().unwrap();
        for (mode, warned) in [(0o400, false), (0o640, true), (0o604, true), (0o620, true)] {
            std::fs::set_permissions(&file.path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(file.read().unwrap().1.is_some(), warned, "{mode:o}");
        }
    }

    #[test]
    fn a_key_file_may_have_comments_padding_and_crlf_and_a_longer_key() {
        let scratch = Scratch::new("text");
        let encoded = base64::engine::general_purpose::URL_SAFE.encode([0xfb; 40]);
        let file = scratch.write("k", format!("# mine\r\n\r\n  sluicebox-key-1:{encoded}\r\n"));
        assert_eq!(file.read().unwrap().0.bytes(), [0xfb; 40]);
    }

    #[test]
    fn what_is_no_key_file_is_a_usage_error_without_the_secret_in_it() {
        let scratch = Scratch::new("wrong");
        let short = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([1; 31]));
        let good = format!("{PREFIX}{}\n", URL_SAFE_NO_PAD.encode([1; 32]));
        for text in ["", "# only a comment", "hunter2", &short, &format!("{PREFIX}+/+/"), &good.repeat(2)] {
            let error = scratch.write("k", text).read().err().unwrap();
            assert_eq!(error.exit(), Exit::Usage, "{error}");
            assert!(!error.to_string().contains("hunter2"));
        }
        let raw = scratch.write("raw", [0xff; 32]).read().err().unwrap();
        assert!(raw.to_string().contains("basenc"), "{raw}");
        assert!(scratch.write("big", good.repeat(1000)).read().is_err());
        let missing = KeyFile::new(scratch.0.join("none")).read().err().unwrap();
        assert_eq!(missing.exit(), Exit::Usage);
        assert!(missing.to_string().contains("--new-key"), "{missing}");
    }

    #[test]
    fn another_key_than_the_expected_one_is_refused() {
        let key = Key::from_bytes(vec![0; 32].into());
        assert!(key.expect_id(&key.id()).is_ok());
        assert!(key.expect_id(&key.id().to_uppercase()).is_ok());
        assert_eq!(key.expect_id("00000000").unwrap_err().exit(), Exit::Usage);
    }
}
