//! Who ends the processes of a run if `run` itself is killed and can end nothing any more.
//!
//! A small shell that leads their process group and reads a pipe of which `run` alone holds the other
//! end. A line means that all is over. The end of file means that `run` was killed: it says so on
//! stderr, which cron mails, asks the group to end, and then ends it. As the leader it also keeps the
//! group's number from being given to somebody else as long as `run` may send a signal to it.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use super::name::Name;
use crate::run::{Error, Result};

/// How long, in seconds, the stages of a run without a master get to end by themselves.
const GRACE: &str = "5";

const SCRIPT: &str = r#"trap '' TERM INT HUP
read -r _ && exit
printf '%s\n' "$1" >&2
kill -TERM 0
sleep "$2"
kill -KILL 0"#;

/// The shell.
#[derive(Debug)]
pub(super) struct Watch(Child);

impl Watch {
    /// Starts it, as the leader of a group of its own.
    pub fn start(name: &Name) -> Result<Self> {
        let message = format!(
            "run: {name}: run itself was killed, and what it had started is ended with it (try: journalctl -k, \
             for the kernel ends what takes too much memory)"
        );
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", SCRIPT, "sluicebox-watch", &message, GRACE]);
        let child = shell.stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0).spawn();
        child.map(Self).map_err(|cause| Error::io("cannot run /bin/sh", &cause))
    }

    /// Its process, and the group of all.
    pub fn group(&self) -> i32 {
        self.0.id() as i32
    }

    /// All is over. So it is where nothing could be started, and this is dropped.
    pub fn dismiss(&mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            // Whoever has killed it has dismissed it.
            let _ = pipe.write_all(b"over\n");
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.dismiss();
    }
}
