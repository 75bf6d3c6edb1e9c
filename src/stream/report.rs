//! Reports: what a stage tells the parent that started the pipeline.
//!
//! Where `$SLUICEBOX_REPORT_FD` names an inherited descriptor, each stage writes one JSON line when
//! it starts and one when it ends, each in a single write of at most 4,096 bytes, so that lines of
//! several stages never mix. So a parent knows of a stage that failed inside `sh -c 'a | b | c'`,
//! and of one that announced itself and never finished.

use std::os::fd::{BorrowedFd, RawFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use serde_json::{Value, json};

use super::counts::Counts;
use super::counts::Facts;
use crate::run::{Error, Result, fault};

/// The most that a pipe takes in one piece (PIPE_BUF).
const LIMIT: usize = 4096;

/// How much of an error is told: letters, of which JSON makes up to six bytes each.
const MAX_ERROR: usize = 512;

/// The parent's ear. One a process, because the descriptor is.
struct Ear {
    stage: &'static str,
    fd: RawFd,
    ended: AtomicBool,
    published: AtomicU64,
}

/// No sink, or one that cannot tell.
const UNKNOWN: u64 = u64::MAX;

static EAR: OnceLock<Option<Ear>> = OnceLock::new();

/// Announces the stage, if a parent listens. To be called before anything is opened.
pub fn start(stage: &'static str) {
    let fd = std::env::var("SLUICEBOX_REPORT_FD").ok().and_then(|fd| fd.parse().ok());
    // A number that was not inherited would soon be that of a file or a connection of ours.
    let fd = fd.filter(|&fd| fd > 2 && is_open(fd));
    let ear = |fd| Ear { stage, fd, ended: AtomicBool::new(false), published: AtomicU64::new(UNKNOWN) };
    let ear = EAR.get_or_init(|| fd.map(ear));
    if let Some(ear) = ear {
        ear.write(&json!({"v": 1, "event": "start", "stage": stage, "pid": std::process::id()}));
        fault::point("stage.start");
    }
}

/// Notes how many records can be seen where this sink has put them, for the line that ends the stage.
pub fn published(records: u64) {
    if let Some(Some(ear)) = EAR.get() {
        ear.published.store(records, SeqCst);
    }
}

/// Tells that the stage is done, what a sink stored, and what it counted. Only the first call of a
/// process tells how it ended.
///
/// A receipt that does not fit is an error: shortened, it would name something else, and left out, the
/// parent would wait for it.
pub fn done(facts: &Facts, counts: &Counts) -> Result<()> {
    let Some(Some(ear)) = EAR.get() else { return Ok(()) };
    ear.end(&line_of_done(ear.stage, facts, counts)?);
    Ok(())
}

/// Tells that the stage failed, or was stopped by a signal, and what it counted.
pub fn failed(error: &Error, counts: &Counts) {
    if let Some(Some(ear)) = EAR.get() {
        ear.end(&line_of_failed(ear.stage, error, counts));
    }
}

fn line_of_done(stage: &str, facts: &Facts, counts: &Counts) -> Result<Value> {
    let mut line = ended(stage, counts, "done");
    if !facts.is_empty() {
        line["receipt"] = Value::Object(facts.clone());
    }
    let length = line.to_string().len() + 1;
    if length <= LIMIT {
        return Ok(line);
    }
    Err(Error::data(format!(
        "the work is done, but its receipt makes a report of {length} bytes, and {LIMIT} is the most"
    )))
}

fn line_of_failed(stage: &str, error: &Error, counts: &Counts) -> Value {
    let mut line = ended(stage, counts, error.signal_number().map_or("failed", |_| "signal"));
    line["exit"] = error.exit().code().into();
    line["broken_pipe"] = error.is_broken_pipe().into();
    line["upstream"] = error.is_upstream().into();
    line["rejects"] = error.is_of_rejects().into();
    line["error"] = error.to_string().chars().take(MAX_ERROR).collect::<String>().into();
    line
}

fn ended(stage: &str, counts: &Counts, outcome: &str) -> Value {
    let mut line = json!({
        "v": 1, "event": "end", "stage": stage, "pid": std::process::id(), "counts": counts,
        "outcome": outcome,
    });
    let published = EAR.get().and_then(Option::as_ref).map(|ear| ear.published.load(SeqCst));
    if let Some(records) = published.filter(|records| *records != UNKNOWN) {
        line["published"] = records.into();
    }
    line
}

fn is_open(fd: RawFd) -> bool {
    // SAFETY: F_GETFD reads a flag of a descriptor number, whether open or not.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

impl Ear {
    fn end(&self, line: &Value) {
        if !self.ended.swap(true, SeqCst) {
            fault::point("report.before");
            self.write(line);
            fault::point("report.after");
        }
    }

    fn write(&self, line: &Value) {
        let mut bytes = line.to_string().into_bytes();
        bytes.push(b'\n');
        // SAFETY: the parent promises that the descriptor is open for the life of this process; a
        // wrong promise makes the write fail, and nothing else here uses the number.
        let fd = unsafe { BorrowedFd::borrow_raw(self.fd) };
        if let Err(cause) = rustix::io::write(fd, &bytes) {
            log::debug!("cannot report: {cause}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_failure_fits_whatever_the_error_says() {
        let counts = Counts { read: u64::MAX, passed: u64::MAX, rejected: u64::MAX, ..Counts::default() };
        // An escape of six bytes for each, and four bytes of UTF-8 for each.
        for letter in ['\u{1}', '\u{1f680}', '\\'] {
            let error = Error::data(letter.to_string().repeat(1 << 20)).hint("x");
            let line = line_of_failed("generate-users", &error, &counts).to_string();
            assert!(line.len() < LIMIT && line.len() > 1000, "{}", line.len());
        }
    }

    #[test]
    fn a_receipt_that_does_not_fit_is_an_error_to_the_byte() {
        let receipt = |length: usize| {
            let facts: Facts = [("key".to_owned(), "x".repeat(length).into())].into_iter().collect();
            line_of_done("s3-put", &facts, &Counts::default())
        };
        let room = LIMIT - 1 - receipt(0).expect("an empty key fits").to_string().len();
        assert!(receipt(room).is_ok());
        let error = receipt(room + 1).expect_err("no room");
        assert!(error.to_string().contains("a report of 4097 bytes"), "{error}");
    }
}
