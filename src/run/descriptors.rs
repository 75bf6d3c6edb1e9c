//! Descriptors that a child inherits, besides the three that every process has.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};

use rustix::io::{FdFlags, fcntl_setfd};

/// One at a time: a descriptor that is open to children for a moment must not get into another one.
static SPAWNING: Mutex<()> = Mutex::new(());

/// Starts `program` with descriptors that it inherits under their own numbers, and that are closed on exec
/// otherwise. Whatever else starts a process meanwhile in this one must do so here.
///
/// They are opened to children around the start, not between fork and exec: that would make a real fork of
/// it, which copies the page tables, and each page that is written to afterwards. Of a consumer with
/// full queues that took 15 ms for each batch.
pub fn spawn_with(program: &mut Command, inherited: &[BorrowedFd<'_>]) -> io::Result<Child> {
    let _one = SPAWNING.lock().unwrap_or_else(PoisonError::into_inner);
    let mark = |flags: FdFlags| -> io::Result<()> {
        inherited.iter().try_for_each(|descriptor| Ok(fcntl_setfd(descriptor, flags)?))
    };
    let child = mark(FdFlags::empty()).and_then(|()| program.spawn());
    mark(FdFlags::CLOEXEC)?;
    child
}

/// Names a descriptor to a child, in a variable.
pub fn number(descriptor: &impl AsRawFd) -> String {
    descriptor.as_raw_fd().to_string()
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn a_child_has_the_descriptor_and_another_has_not() {
        let (reader, _writer) = io::pipe().expect("a pipe");
        let question = format!("test -e /proc/self/fd/{}", number(&reader));
        let look = |inherited: &[BorrowedFd<'_>]| {
            let mut program = Command::new("sh");
            let mut child = spawn_with(program.args(["-c", &question]), inherited).expect("starts");
            child.wait().expect("ends").success()
        };
        assert!(look(&[reader.as_fd()]));
        assert!(!look(&[]));
    }
}
