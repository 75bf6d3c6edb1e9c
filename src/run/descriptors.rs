//! Descriptors that a child inherits, besides the three that every process has.

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Lets `program` inherit a descriptor, under its own number, which is returned. It must stay open
/// until the program was spawned.
pub fn hand_down(program: &mut Command, descriptor: &impl AsRawFd) -> RawFd {
    let number = descriptor.as_raw_fd();
    let inherit = move || {
        // SAFETY: between fork and exec; fcntl is async-signal-safe and takes any number.
        match unsafe { libc::fcntl(number, libc::F_SETFD, 0) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    };
    // SAFETY: the closure makes that one call and nothing else.
    unsafe {
        program.pre_exec(inherit);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_has_the_descriptor_and_another_has_not() {
        let (reader, _writer) = io::pipe().expect("a pipe");
        let look = |program: &mut Command| program.status().expect("runs").success();
        let mut with = Command::new("sh");
        let number = hand_down(&mut with, &reader);
        let question = format!("test -e /proc/self/fd/{number}");
        assert!(look(with.args(["-c", &question])));
        assert!(!look(Command::new("sh").args(["-c", &question])));
    }
}
