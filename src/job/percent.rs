//! A pipe as cron hands it over, with every `%` in its place.
//!
//! In a crontab the first `%` of a command ends it, and what follows is its stdin, in which every
//! further `%` is a newline (POSIX; `\%` is a plain `%`). That ruins `date +%F` inside of quotes before
//! any program is started. Turned round it is a gift: behind `sluicebox run --name N --cron %` the
//! rest of the line is a pipe that no shell has touched, and since a line of a crontab holds no
//! newline, every newline that arrives was a `%`.

use std::ffi::OsString;
use std::io::{IsTerminal, Read};
use std::os::unix::ffi::OsStringExt;

use crate::run::{Error, Result};

/// No line of a crontab is longer.
const LONGEST: u64 = 1 << 20;

/// The pipe on stdin.
pub fn read() -> Result<OsString> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(nothing());
    }
    let mut bytes = Vec::new();
    let read = stdin.lock().take(LONGEST).read_to_end(&mut bytes);
    read.map_err(|cause| Error::io("cannot read the pipe on stdin", &cause))?;
    let pipe = restore(bytes);
    if pipe.trim_ascii().is_empty() { Err(nothing()) } else { Ok(OsString::from_vec(pipe)) }
}

/// Every newline was a `%`, but for the last one: that is cron's own.
fn restore(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    bytes.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b'%');
    bytes
}

fn nothing() -> Error {
    Error::usage("--cron: cron gave no pipe on stdin: there is none behind a % on its line")
        .hint("sluicebox run --name NAME --cron %PIPE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_newline_but_the_last_was_a_percent_sign() {
        let restored = |text: &str| String::from_utf8(restore(text.into())).expect("text");
        assert_eq!(restored("a --since $(date +\nF) | b -p 5\n\n"), "a --since $(date +%F) | b -p 5%");
        assert_eq!(restored("a | b\n"), "a | b");
        assert_eq!(restored("a\\b"), "a\\b");
        assert_eq!(restored(""), "");
    }
}
