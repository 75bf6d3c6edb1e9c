//! The stream contract, held against every command of a shape.
//!
//! Each shape has a suite and a table: whoever adds a command adds a line to the table of its shape,
//! with arguments under which the suite knows what it does, and the suite tests the rest: counts,
//! seals, rejects, signals, full disks, readers that go away, reports, diagnostics.

mod bytes;
mod diagnostics;
mod encoders;
mod sinks;
mod sources;
mod transforms;

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use sluicebox::stream::counts::Counts;
use sluicebox::stream::output::Output;
use sluicebox::stream::seal::{Refusal, StageCounts};
use sluicebox::stream::{Facts, Position, Reject, Sealed};

use crate::support::{Ran, Run, folder, fresh, run, service, sh};

/// How long a child is given to come to the place where a signal meets it.
const A_MOMENT: Duration = Duration::from_millis(300);

/// A command with arguments under which a suite knows what it does.
#[derive(Clone)]
struct Subject {
    name: &'static str,
    arguments: Vec<String>,
}

impl Subject {
    fn new(name: &'static str, arguments: &[&str]) -> Self {
        Self { name, arguments: arguments.iter().map(|text| (*text).to_owned()).collect() }
    }

    /// The same with more arguments behind.
    fn and(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|text| (*text).to_owned()));
        self
    }

    /// Options go before its own arguments, which may hold a `--`.
    fn run(&self, options: &[&str]) -> Run {
        run(self.name).args(options).args(&self.arguments)
    }

    /// In a shell, with redirections behind.
    fn script(&self, options: &[&str], redirections: &str) -> Run {
        let words = options.iter().copied().chain(self.arguments.iter().map(String::as_str));
        let words: String = words.map(|word| format!(" '{word}'")).collect();
        sh(&format!("exec {}{words} {redirections}", self.name))
    }
}

/// A key file for `hash-fields`.
fn key() -> String {
    let file = folder("key").join("hash.key").display().to_string();
    run("hash-fields").args(["--new-key", &file]).go().exits(0);
    file
}

/// A topic of a test alone.
fn topic() -> String {
    service("KAFKA_BOOTSTRAP_SERVERS");
    let topic = fresh("contract");
    run("topic-admin").args(["create", &topic, "-p", "1"]).go().succeeds();
    topic
}

/// What a topic holds.
fn records_of(topic: &str) -> String {
    run("kafka-consume").args([topic, "--exit-at-end"]).go().succeeds().text()
}

/// `lines` as a sealed stream, as a source called `test` would write them, records or not; lines that
/// are no UTF-8 become rejects that travel.
fn sealed(lines: &[u8], allowance: &str) -> Vec<u8> {
    let stream = Shared::default();
    let mut output =
        Output::new(Box::new(stream.clone()), Some(Sealed::new(allowance.into()).unwrap())).unwrap();
    let mut counts = Counts::default();
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        counts.read += 1;
        if std::str::from_utf8(line).is_ok() {
            output.append(&[line, b"\n"].concat(), 1).unwrap();
        } else {
            counts.rejected += 1;
            let place = Position::Line(counts.read);
            output.travel(Refusal::new("test", &place, &Reject::new("not UTF-8"))).unwrap();
        }
    }
    counts.passed = counts.read - counts.rejected;
    counts.written = counts.passed;
    output.close(vec![StageCounts { stage: "test".into(), counts, facts: Facts::new() }]).unwrap();
    drop(output);
    let bytes = stream.0.lock().unwrap();
    bytes.clone()
}

/// What somebody else writes, to be looked at when it is done.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The summary, the last line on stderr.
fn summary(ran: &Ran) -> Value {
    serde_json::from_str(ran.stderr.lines().last().expect("a summary")).expect("one JSON line")
}

/// Lines of JSON in a file.
fn lines_of(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("the file is there");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect()
}

/// The names in a folder.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

/// Runs in a shell where SLUICEBOX_REPORT_FD is a file; returns the run and its reports.
fn reported(subject: &Subject, options: &[&str], stdin: Vec<u8>) -> (Ran, Vec<Value>) {
    let file = folder("report").join("reports");
    let ran = subject.script(options, &format!("9>'{}'", file.display()));
    let ran = ran.env("SLUICEBOX_REPORT_FD", "9").stdin(stdin).go();
    (ran, lines_of(&file))
}

/// Two reports, the second with this outcome and exit status.
#[track_caller]
fn assert_reports(subject: &Subject, reports: &[Value], outcome: &str, exit: Option<i32>) {
    let name = subject.name;
    assert_eq!(reports.len(), 2, "{name}: {reports:?}");
    assert_eq!((&reports[0]["event"], &reports[0]["stage"]), (&"start".into(), &name.into()));
    assert_eq!((&reports[1]["event"], &reports[1]["outcome"]), (&"end".into(), &outcome.into()), "{name}");
    assert_eq!(reports[1]["exit"].as_i64(), exit.map(i64::from), "{name}: {reports:?}");
    assert_eq!(reports[0]["pid"], reports[1]["pid"]);
}

/// A file system of so many bytes, if this machine lets us have one.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(bytes: u32) -> Option<Self> {
        let dir = folder("small-disk");
        let size = format!("size={bytes}");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&dir).output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Some(Self(dir));
        }
        eprintln!("skipped: this user may not mount a small file system");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
