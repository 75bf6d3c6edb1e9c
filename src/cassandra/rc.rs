//! The files of cqlsh: where the cluster is, and who we are there.
//!
//! `~/.cassandra/cqlshrc` names host, port and certificate, `~/.cassandra/credentials` user and password.
//! Both are sections of `name = value`. What else stands in them is cqlsh's own business.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::run::exit::{Error, Result};
use crate::run::files;

/// The sections in which cqlsh looks for a user.
const LOGINS: [&str; 3] = ["PlainTextAuthProvider", "plain_text_auth", "authentication"];

/// Who we are.
pub struct Login {
    /// The role.
    pub username: String,
    /// Its password.
    pub password: Zeroizing<String>,
}

/// A file of sections, read.
#[derive(Default)]
pub struct Sections(Vec<(String, String, Zeroizing<String>)>);

impl Sections {
    /// The file at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        let text = Zeroizing::new(files::read_text(path, |error, _| error)?);
        Self::parse(&text).map_err(|line| {
            Error::usage(format!("{}: line {line} is no name = value, and no [section]", path.display()))
        })
    }

    /// The file called `name` in cqlsh's folder; nothing where there is none.
    pub fn of_cqlsh(name: &str) -> Result<Self> {
        let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
        match home.map(|home| home.join(".cassandra").join(name)).filter(|path| path.is_file()) {
            Some(path) => Self::read(&path),
            None => Ok(Self::default()),
        }
    }

    /// The number of the first line that is wrong, otherwise.
    fn parse(text: &str) -> Result<Self, usize> {
        let (mut section, mut found) = (String::new(), Vec::new());
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                section = name.trim().to_owned();
                continue;
            }
            let (name, value) = line.split_once(['=', ':']).ok_or(at + 1)?;
            let value = Zeroizing::new(value.trim().to_owned());
            found.push((section.clone(), name.trim().to_ascii_lowercase(), value));
        }
        Ok(Self(found))
    }

    /// A value, if it is there and not empty.
    pub fn get(&self, section: &str, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(of, key, _)| of == section && key == name);
        found.map(|(_, _, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The user that the file names.
    pub fn login(&self) -> Option<Login> {
        LOGINS.iter().find_map(|section| {
            let username = self.get(section, "username")?.to_owned();
            let password = Zeroizing::new(self.get(section, "password")?.to_owned());
            Some(Login { username, password })
        })
    }

    /// A path, `~` being the home of the user.
    pub fn path(&self, section: &str, name: &str) -> Option<PathBuf> {
        let written = self.get(section, name)?;
        Some(match (written.strip_prefix("~/"), std::env::var_os("HOME")) {
            (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
            _ => PathBuf::from(written),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_cqlsh_read_as_cqlsh_reads_them() {
        let text = "; mine\n[connection]\nhostname = db1\nPort: 9142\n\n[PlainTextAuthProvider]\n\
                    username=ada\npassword = a=b:c # not a comment\n";
        let sections = Sections::parse(text).unwrap();
        assert_eq!(sections.get("connection", "hostname"), Some("db1"));
        assert_eq!(sections.get("connection", "port"), Some("9142"));
        assert_eq!(sections.get("ssl", "certfile"), None);
        let login = sections.login().expect("a user");
        assert_eq!((login.username.as_str(), login.password.as_str()), ("ada", "a=b:c # not a comment"));
    }

    #[test]
    fn a_line_that_is_neither_is_told_by_its_number_and_not_quoted() {
        assert_eq!(Sections::parse("[a]\nb = c\nhunter2").err(), Some(3));
        let path = std::env::temp_dir().join(format!("sluicebox-rc-{}", std::process::id()));
        std::fs::write(&path, "hunter2").unwrap();
        let error = Sections::read(&path).err().expect("wrong");
        assert!(error.message().contains("line 1") && !error.message().contains("hunter2"), "{error}");
        std::fs::remove_file(path).unwrap();
    }
}
