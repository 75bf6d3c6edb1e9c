//! Reports: what a stage tells the parent that started the pipeline.
//!
//! Where `$SLUICEBOX_REPORT_FD` names an inherited descriptor, each stage writes one JSON line when
//! it starts and one when it ends, each in a single write of at most 4,096 bytes, so that lines of
//! several stages never mix. So a parent knows of a stage that failed inside `sh -c 'a | b | c'`,
//! and of one that announced itself and never finished.

use std::os::fd::{BorrowedFd, RawFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use serde_json::{Value, json};

use super::counts::Counts;
use super::counts::Facts;
use crate::run::{Error, fault};

/// The most that a pipe takes in one piece (PIPE_BUF).
const LIMIT: usize = 4096;

/// How a stage ended.
pub enum Outcome<'a> {
    /// All is done; what a sink stored.
    Done(&'a Facts),
    /// It failed, or was stopped by a signal.
    Failed(&'a Error),
}

/// The parent's ear. One a process, because the descriptor is.
struct Ear {
    stage: &'static str,
    fd: RawFd,
    ended: AtomicBool,
}

static EAR: OnceLock<Option<Ear>> = OnceLock::new();

/// Announces the stage, if a parent listens. To be called before anything is opened.
pub fn start(stage: &'static str) {
    let fd = std::env::var("SLUICEBOX_REPORT_FD").ok().and_then(|fd| fd.parse().ok());
    // A number that was not inherited would soon be that of a file or a connection of ours.
    let fd = fd.filter(|&fd| fd > 2 && is_open(fd));
    let ear = EAR.get_or_init(|| fd.map(|fd| Ear { stage, fd, ended: AtomicBool::new(false) }));
    if let Some(ear) = ear {
        ear.write(&json!({"v": 1, "event": "start", "stage": stage, "pid": std::process::id()}));
        fault::point("stage.start");
    }
}

/// Tells how the stage ended, and what it counted. Only the first call of a process tells.
pub fn end(outcome: &Outcome<'_>, counts: &Counts) {
    let Some(Some(ear)) = EAR.get() else { return };
    if ear.ended.swap(true, SeqCst) {
        return;
    }
    let mut line = json!({
        "v": 1, "event": "end", "stage": ear.stage, "pid": std::process::id(), "counts": counts,
    });
    match outcome {
        Outcome::Done(facts) => {
            line["outcome"] = "done".into();
            if !facts.is_empty() {
                line["receipt"] = Value::Object((*facts).clone());
            }
        }
        Outcome::Failed(error) => {
            line["outcome"] = error.signal_number().map_or("failed", |_| "signal").into();
            line["exit"] = error.exit().code().into();
            line["broken_pipe"] = error.is_broken_pipe().into();
            line["error"] = error.to_string().chars().take(512).collect::<String>().into();
        }
    }
    fault::point("report.before");
    ear.write(&line);
    fault::point("report.after");
}

fn is_open(fd: RawFd) -> bool {
    // SAFETY: F_GETFD reads a flag of a descriptor number, whether open or not.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

impl Ear {
    fn write(&self, line: &Value) {
        let mut bytes = line.to_string().into_bytes();
        bytes.push(b'\n');
        if bytes.len() > LIMIT {
            log::warn!("a report of {} bytes is too long to be sent", bytes.len());
            return;
        }
        // SAFETY: the parent promises that the descriptor is open for the life of this process; a
        // wrong promise makes the write fail, and nothing else here uses the number.
        let fd = unsafe { BorrowedFd::borrow_raw(self.fd) };
        if let Err(cause) = rustix::io::write(fd, &bytes) {
            log::debug!("cannot report: {cause}");
        }
    }
}
