//! What a command is known by in a plan, so that a changed one is noticed.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;

use xxhash_rust::xxh3::Xxh3;

use crate::kafka::consume::Form;
use crate::stream::seal::hex128;

/// So much of a script tells it from another one.
const LONGEST_SCRIPT: u64 = 1 << 20;

/// The digest of a command, as it stands beside a plan: its arguments, its text if it is a script, and the form of
/// what it reads.
pub fn digest(command: &[OsString], form: Form) -> String {
    use std::os::unix::ffi::OsStrExt;
    let mut digest = Xxh3::new();
    for argument in command {
        digest.update(argument.as_bytes());
        digest.update(&[0]);
    }
    digest.update(&script(&command[0]).unwrap_or_default());
    if form == Form::Envelope {
        digest.update(b"\0envelope");
    }
    hex128(digest.digest128())[..16].to_owned()
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
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
