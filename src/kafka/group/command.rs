//! The command of a group: that it is there, and what it is known by in a plan, so that a changed one is
//! noticed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{Access, access};

use crate::kafka::consume::Form;
use crate::run::exit::{Error, Result};
use crate::stream::seal::{Digest, hex128};

/// So much of a script tells it from another one.
const LONGEST_SCRIPT: u64 = 1 << 20;

/// Where a shell looks without PATH.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Refuses a command that cannot be started, before a batch is planned for it.
pub fn check(command: &[OsString]) -> Result<()> {
    let name = &command[0];
    let path = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    let fails = |why: &str| Error::usage(format!("cannot run {}: {why}", name.to_string_lossy()));
    let is_path = name.as_encoded_bytes().contains(&b'/');
    let shown = name.to_string_lossy();
    if is_program(Path::new(name)) && is_path || !is_path && is_on(&path, name) {
        return match missing_interpreter(name) {
            Some(missing) => Err(fails(&format!("its first line names {missing}, which is not there")).hint(
                if missing.ends_with("\\r") {
                    format!("sed -i 's/\\r$//' {shown}")
                } else {
                    format!("#!/bin/sh, or another that is there, as the first line of {shown}")
                },
            )),
            None => Ok(()),
        };
    }
    Err(match Path::new(name).is_file() {
        _ if shown.contains([' ', '|']) => {
            fails("no program has that name").hint(format!("-- sh -c '{shown}'"))
        }
        true if is_path => fails("it may not be executed").hint(format!("chmod +x {shown}")),
        true => fails("not found on PATH").hint(format!("-- ./{shown}")),
        false if is_path => fails("not found").hint("its path from here, or a full one"),
        false => fails("not found on PATH").hint("its name or its path behind --, such as ./land.sh"),
    })
}

/// What the first line of a script wants to be run by, where that is not there. The system would say of the script
/// itself that it does not exist.
fn missing_interpreter(name: &OsString) -> Option<String> {
    let text = script(name)?;
    let line = text.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    // What an editor of another system has put at the end belongs to the name for the kernel.
    let mut words = line.split(|byte| matches!(byte, b' ' | b'\t'));
    let interpreter = Path::new(OsStr::from_bytes(words.find(|word| !word.is_empty())?));
    (!interpreter.exists()).then(|| interpreter.display().to_string().escape_debug().to_string())
}

fn is_on(path: &OsStr, name: &OsStr) -> bool {
    env::split_paths(path).any(|folder| is_program(&folder.join(name)))
}

fn is_program(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

/// The digest of a command, as it stands beside a plan: its arguments, its text if it is a script, and the form of
/// what it reads.
pub fn digest(command: &[OsString], form: Form) -> String {
    let mut digest = Digest::default();
    for argument in command {
        digest.update(argument.as_bytes());
        digest.update(&[0]);
    }
    digest.update(&script(&command[0]).unwrap_or_default());
    if form == Form::Envelope {
        digest.update(b"\0envelope");
    }
    hex128(digest.value())[..16].to_owned()
}

/// The text of a script that is named by its path. A program is left out: a newer one is no other command.
fn script(path: &OsString) -> Option<Vec<u8>> {
    let is_path = path.as_encoded_bytes().contains(&b'/');
    let mut file = is_path.then(|| File::open(path).ok())??;
    let mut text = vec![0; 2];
    file.read_exact(&mut text).ok().filter(|()| text == b"#!")?;
    file.take(LONGEST_SCRIPT).read_to_end(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_cannot_be_started_is_refused_with_the_one_that_can() {
        let of = |command: &str| check(&[command.into()]);
        assert!(of("sh").is_ok() && of("/bin/sh").is_ok());
        let told = |command: &str, words: &str| {
            let error = of(command).unwrap_err();
            assert_eq!(error.exit(), crate::run::Exit::Usage);
            assert!(error.to_string().contains(words), "{error}");
        };
        told("no-such-command", "cannot run no-such-command: not found on PATH (try: ");
        told("./no/such/command", "not found");
        told("Cargo.toml", "-- ./Cargo.toml");
        told("./Cargo.toml", "chmod +x ./Cargo.toml");
        told("/tmp", "not found");
        told("jq -c . | s3-put x", "-- sh -c 'jq -c . | s3-put x'");
    }

    #[test]
    fn the_digest_tells_of_arguments_and_of_an_edited_script() {
        let as_words = |command: &[&str]| command.iter().map(OsString::from).collect::<Vec<_>>();
        let of = |command: &[&str]| digest(&as_words(command), Form::Value);
        assert_eq!(of(&["sh", "-c", "x"]).len(), 16);
        assert_ne!(of(&["sh", "-c", "x"]), of(&["sh", "-cx"]));
        assert_ne!(of(&["sh"]), digest(&as_words(&["sh"]), Form::Envelope));
        let dir = std::env::temp_dir().join(format!("sluicebox-digest-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let land = dir.join("land.sh").display().to_string();
        let with = |text: &str| {
            std::fs::write(&land, text).unwrap();
            of(&[&land])
        };
        assert_ne!(with("#!/bin/sh\none"), with("#!/bin/sh\ntwo"));
        assert_eq!(with("\x7fELF one"), with("\x7fELF two"), "a program that was updated");
        assert_eq!(of(&[&land]), of(&[&land]));
        let missing = |text: &str| {
            std::fs::write(&land, text).unwrap();
            missing_interpreter(&land.clone().into())
        };
        assert_eq!(missing("#!/bin/no-such-shell -e\nexit"), Some("/bin/no-such-shell".into()));
        assert_eq!(
            missing("#!/bin/sh\r\nexit"),
            Some("/bin/sh\\r".into()),
            "lines end with two characters elsewhere"
        );
        for good in ["#! /bin/sh -e\nexit", "#!/bin/sh", "#!", "exit", ""] {
            assert_eq!(missing(good), None, "{good}");
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
