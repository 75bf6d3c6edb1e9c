//! Passwords from files: `~/.pgpass` as libpq reads it, and a file that holds nothing else.
//!
//! Out: a password that is wiped when dropped. A `.pgpass` that others can read is not used, as libpq
//! would not; a file that was named is used, with a warning.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::run::{Error, Result, files};

/// No password is longer; what is longer is some other file.
const MAX_FILE: u64 = 4096;

/// A password.
pub type Password = Zeroizing<String>;

/// What a line of `.pgpass` is matched with.
pub struct Login<'a> {
    /// The host, or `localhost` for the default socket.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// The database.
    pub dbname: &'a str,
    /// The role.
    pub user: &'a str,
}

/// The first line of a file that was named; a mere name that is not there is looked for among the
/// credentials of the service manager.
pub fn of_file(name: &Path, credentials: Option<&Path>) -> Result<Password> {
    let bare = name.components().count() == 1 && !name.is_absolute() && !name.exists();
    let path = match credentials.map(|folder| folder.join(name)).filter(|path| bare && path.exists()) {
        Some(path) => path,
        None => name.to_owned(),
    };
    let (file, exposed) = open(&path)?;
    if exposed {
        let path = path.display();
        log::warn!("the password file {path} is open to others; close it with: chmod 600 {path}");
    }
    files::reads(&file, &path)?;
    let text = read(file, &path)?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(Zeroizing::new(line.to_owned())),
        None => Err(Error::usage(format!("the password file {} is empty", path.display()))),
    }
}

/// The password of `.pgpass` for a login, if there is one; `named` is the file that the user named.
pub fn of_pgpass(named: Option<&str>, home: Option<&str>, login: &Login<'_>) -> Result<Option<Password>> {
    let path = match (named, home) {
        (Some(named), _) => PathBuf::from(named),
        (None, Some(home)) => Path::new(home).join(".pgpass"),
        (None, None) => return Ok(None),
    };
    if !path.exists() {
        return Ok(None);
    }
    let (file, exposed) = open(&path)?;
    if exposed {
        let path = path.display();
        log::warn!("{path} is open to others and was not used; close it with: chmod 600 {path}");
        return Ok(None);
    }
    let text = read(file, &path)?;
    Ok(text.lines().find_map(|line| matching(line, login)))
}

/// Opens a file, and says whether others can get at it. A pipe (`<(pass show …)`) has no such bits.
fn open(path: &Path) -> Result<(File, bool)> {
    let fail = |cause| Error::io(format!("cannot read {}", path.display()), &cause);
    let file = File::open(path).map_err(fail)?;
    let metadata = file.metadata().map_err(fail)?;
    let exposed = metadata.is_file() && metadata.mode() & 0o077 != 0;
    Ok((file, exposed))
}

fn read(file: File, path: &Path) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(MAX_FILE as usize + 1));
    let limit = 64 * MAX_FILE;
    file.take(limit)
        .read_to_string(&mut text)
        .map_err(|cause| Error::io(format!("cannot read {}", path.display()), &cause))?;
    Ok(text)
}

/// The password of a line `host:port:dbname:user:password`, if its fields match.
fn matching(line: &str, login: &Login<'_>) -> Option<Password> {
    if line.starts_with('#') {
        return None;
    }
    let mut rest = line;
    for expected in [login.host, &login.port.to_string(), login.dbname, login.user] {
        let (field, after) = field(rest)?;
        if field != "*" && field != expected {
            return None;
        }
        rest = after;
    }
    // The last field has no end but that of the line.
    let mut password = Zeroizing::new(String::with_capacity(rest.len()));
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        password.push(if c == '\\' { chars.next()? } else { c });
    }
    Some(password)
}

/// A field up to its `:`, where `\` stands before a `:` or itself, and what follows.
fn field(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.push(chars.next()?.1),
            ':' => return Some((value, &text[at + 1..])),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const LOGIN: Login<'_> = Login { host: "db.example", port: 5432, dbname: "lake", user: "me" };

    fn found(line: &str) -> Option<String> {
        matching(line, &LOGIN).map(|password| password.to_string())
    }

    #[test]
    fn a_line_matches_by_its_four_fields() {
        assert_eq!(found("db.example:5432:lake:me:pw").as_deref(), Some("pw"));
        assert_eq!(found(r"*:*:*:me:p\:w\\:x").as_deref(), Some(r"p:w\:x"));
        for other in ["db.example:5433:lake:me:pw", "*:*:*:you:pw", "#*:*:*:*:pw", "db.example:5432:lake", ""]
        {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn a_pgpass_that_others_can_read_is_not_used() {
        let path = std::env::temp_dir().join(format!("sluicebox-pgpass-{}", std::process::id()));
        std::fs::write(&path, "# x\n*:*:*:*:pw\n").unwrap();
        let with = |mode: u32| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            of_pgpass(path.to_str(), None, &LOGIN).unwrap().map(|password| password.to_string())
        };
        assert_eq!(with(0o600).as_deref(), Some("pw"));
        assert_eq!(with(0o640), None);
        let named = of_file(&path, None).unwrap();
        assert_eq!(named.as_str(), "# x", "the first line, whatever it is");
        std::fs::remove_file(&path).unwrap();
        assert!(of_pgpass(path.to_str(), None, &LOGIN).unwrap().is_none());
    }
}
