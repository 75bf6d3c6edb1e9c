//! Where locks and states are: one folder a user, the same from a crontab, a timer and a terminal.
//!
//! `$XDG_RUNTIME_DIR` would be the wrong place for a lock: cron does not set it, so that a run by cron
//! and one by hand would not see each other; and it is removed when its user logs out, under a run
//! that goes on.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::name::Name;
use crate::run::{Error, Result};

/// The folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl Folder {
    /// The one that was named, or else systemd's, or else the user's own.
    pub fn find(named: Option<&Path>) -> Result<Self> {
        Self::choose(named, |name| std::env::var_os(name).map(PathBuf::from))
    }

    fn choose(named: Option<&Path>, variable: impl Fn(&str) -> Option<PathBuf>) -> Result<Self> {
        if let Some(named) = named {
            return Ok(Self(named.to_owned()));
        }
        let absolute = |name: &str| variable(name).filter(|path| path.is_absolute());
        // systemd may give several, separated by colons.
        let of_unit = absolute("STATE_DIRECTORY")
            .and_then(|paths| paths.to_str().and_then(|paths| paths.split(':').next()).map(PathBuf::from));
        let of_user = || {
            let state = absolute("XDG_STATE_HOME");
            let state = state.or_else(|| Some(absolute("HOME")?.join(".local/state")));
            state.map(|state| state.join("sluicebox"))
        };
        of_unit.or_else(of_user).map(Self).ok_or_else(|| {
            Error::usage("there is no folder for locks and states: neither HOME nor XDG_STATE_HOME is set")
                .hint("--state-dir /var/lib/sluicebox")
        })
    }

    /// Makes it, readable by its owner alone.
    pub fn make(&self) -> Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0).map_err(|cause| self.failed(&cause))
    }

    /// The file that a run of this name locks. It is never removed: whoever has it open must not lock
    /// a file that nobody else finds.
    pub fn lock(&self, name: &Name) -> PathBuf {
        self.0.join(format!("{name}.lock"))
    }

    /// What is remembered of a name.
    pub fn state(&self, name: &Name) -> PathBuf {
        self.0.join(format!("{name}.json"))
    }

    /// The names of which something is remembered, sorted.
    pub fn names(&self) -> Result<Vec<Name>> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(self.failed(&cause)),
        };
        let files = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<Name> =
            files.filter_map(|file| file.strip_suffix(".json")?.parse().ok()).collect();
        names.sort();
        Ok(names)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn failed(&self, cause: &std::io::Error) -> Error {
        Error::io(format!("cannot use {} for locks and states", self.0.display()), cause)
            .hint("--state-dir DIR, or SLUICEBOX_STATE_DIR")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(named: Option<&str>, variables: &[(&str, &str)]) -> Result<String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| PathBuf::from(value))
        };
        Folder::choose(named.map(Path::new), variable).map(|folder| folder.0.display().to_string())
    }

    #[test]
    fn the_folder_does_not_depend_on_what_cron_does_not_set() {
        let cron = [("HOME", "/home/ada")];
        let terminal = [("HOME", "/home/ada"), ("XDG_RUNTIME_DIR", "/run/user/1000")];
        assert_eq!(choose(None, &cron).expect("a folder"), "/home/ada/.local/state/sluicebox");
        assert_eq!(choose(None, &cron).expect("a folder"), choose(None, &terminal).expect("a folder"));
    }

    #[test]
    fn a_flag_beats_systemd_and_systemd_beats_the_user() {
        let all = [
            ("STATE_DIRECTORY", "/var/lib/sluicebox:/var/lib/other"),
            ("XDG_STATE_HOME", "/state"),
            ("HOME", "/home/ada"),
        ];
        assert_eq!(choose(Some("here"), &all).expect("named"), "here");
        assert_eq!(choose(None, &all).expect("systemd"), "/var/lib/sluicebox");
        assert_eq!(choose(None, &all[1..]).expect("the user"), "/state/sluicebox");
        assert_eq!(
            choose(None, &[("XDG_STATE_HOME", "relative"), all[2]]).expect("home"),
            "/home/ada/.local/state/sluicebox"
        );
        assert!(choose(None, &[]).unwrap_err().to_string().contains("--state-dir"));
    }
}
