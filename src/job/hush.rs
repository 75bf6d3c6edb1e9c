//! What the processes of a run print, kept until it is known whether anybody must see it.
//!
//! cron mails whatever is printed, so a run that ended well prints nothing. The end of what was
//! printed is kept, since a failure speaks last.

use std::collections::VecDeque;
use std::io::{PipeReader, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much of it is kept.
const KEPT: usize = 64 << 10;

/// The last of what was printed.
#[derive(Debug, Default)]
pub struct Printed {
    bytes: VecDeque<u8>,
    dropped: u64,
}

impl Printed {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let over = self.bytes.len().saturating_sub(KEPT);
        self.bytes.drain(..over);
        self.dropped += over as u64;
    }

    /// The last `most` lines, each two spaces further in; before them, what is left out.
    pub fn last_lines(&mut self, most: usize) -> String {
        let text = String::from_utf8_lossy(self.bytes.make_contiguous()).into_owned();
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        let shown = &lines[lines.len().saturating_sub(most)..];
        let mut out = String::new();
        if self.dropped > 0 || shown.len() < lines.len() {
            out.push_str("  ...\n");
        }
        shown.iter().for_each(|line| out.push_str(&format!("  {line}\n")));
        out
    }
}

/// What is printed, while it is.
#[derive(Clone, Debug, Default)]
pub struct Hush(Arc<Mutex<Printed>>);

impl Hush {
    /// What was printed so far.
    pub fn printed(&self) -> MutexGuard<'_, Printed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what comes, until the last writer has gone.
    pub fn listen(&self, mut pipe: PipeReader) {
        let mut buffer = [0; 8192];
        loop {
            match pipe.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => self.printed().add(&buffer[..count]),
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_what_was_printed_is_kept_within_bounds() {
        let mut printed = Printed::default();
        printed.add(b"one\n\ntwo\nthree\n");
        assert_eq!(printed.last_lines(9), "  one\n  two\n  three\n");
        assert_eq!(printed.last_lines(1), "  ...\n  three\n");
        printed.add(&vec![b'x'; KEPT]);
        printed.add(b"\nlast\n");
        assert_eq!(printed.bytes.len(), KEPT);
        assert_eq!(printed.last_lines(1), "  ...\n  last\n");
        assert!(printed.last_lines(9).starts_with("  ...\n  xxx"));
    }
}
