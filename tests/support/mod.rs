//! What the tests share: running the built program, shell pipelines with the short names on PATH,
//! and where the services are.

pub mod api;
pub mod batch;
pub mod cassandra;
pub mod cluster;
pub mod flow;
pub mod lake;
pub mod mongo;
mod output;
pub mod postgres;
pub mod proxy;
pub mod service;

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use self::output::Output;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_sluicebox");

/// No run of a test takes longer than this; one that does hangs.
const DEADLINE: Duration = Duration::from_secs(120);

/// In this time everything is done that waits for nothing, on a machine that has much else to do. What a test
/// must not have waited for takes longer.
pub const SOON: Duration = Duration::from_secs(30);

/// What a member of a group says that is let in late, as on a busy machine.
pub const LATE: &str = ": not let in after ";
/// What a source says of turns that a busy machine has cost it.
pub const SKIPPED: &str = " turns skipped: ";

/// How a run ended, and what it said.
#[derive(Debug)]
pub struct Ran {
    /// The exit status, or none when a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// All of stdout.
    pub stdout: Vec<u8>,
    /// All of stderr.
    pub stderr: String,
}

impl Ran {
    /// stdout as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// stdout as JSON lines.
    pub fn json(&self) -> Vec<serde_json::Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("stdout holds JSON lines")).collect()
    }

    /// Fails the test unless the run ended with `code`; returns itself.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            (self.code, self.signal),
            (Some(code), None),
            "stderr: {}\nstdout: {:.2000}",
            self.stderr,
            self.text()
        );
        self
    }

    /// Fails the test unless it ended well and said nothing.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        let ran = self.exits(0);
        assert_eq!(ran.stderr, "", "silent on success");
        ran
    }

    /// Fails the test unless it ended with `code` and one line on stderr that holds each of `words`.
    #[track_caller]
    pub fn fails(self, code: i32, words: &[&str]) -> Self {
        let ran = self.exits(code);
        assert_eq!(ran.stderr.lines().count(), 1, "one line of error: {}", ran.stderr);
        for word in words {
            assert!(ran.stderr.contains(word), "{word:?} is not in: {}", ran.stderr);
        }
        ran
    }

    /// Passes over the lines on stderr that hold `words`: [`LATE`] or [`SKIPPED`], which is no failure.
    pub fn without(mut self, words: &str) -> Self {
        self.stderr = self.stderr.split_inclusive('\n').filter(|line| !line.contains(words)).collect();
        self
    }
}

/// A run to be.
pub struct Run {
    command: Command,
    stdin: Option<Vec<u8>>,
}

/// `sluicebox NAME …`
pub fn run(name: &str) -> Run {
    let mut command = Command::new(PROGRAM);
    command.arg(name);
    Run { command, stdin: None }
}

/// `sh -c SCRIPT`, with the short names on PATH.
pub fn sh(script: &str) -> Run {
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).env("PATH", path());
    Run { command, stdin: None }
}

impl Run {
    /// Adds one argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away.
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs in a folder.
    pub fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Gives stdin these bytes; without it stdin is empty.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Runs to the end.
    #[track_caller]
    pub fn go(mut self) -> Ran {
        let stdin = self.stdin.take();
        self.command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = self.spawn();
        let feeder = stdin.zip(child.stdin.take()).map(|(bytes, mut pipe)| {
            // A program that stops reading early is not the test's failure.
            thread::spawn(move || drop(pipe.write_all(&bytes)))
        });
        let ran = finish(child);
        drop(feeder.map(thread::JoinHandle::join));
        ran
    }

    /// Starts it, with both outputs piped and stdin as set by `command`.
    pub fn spawn(&mut self) -> Child {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        // A program started in the background, as these tests may have been, has Ctrl-C ignored, and would
        // hand that on.
        // SAFETY: signal(2) may be called between fork and exec.
        unsafe {
            self.command.pre_exec(|| {
                libc::signal(libc::SIGINT, libc::SIG_DFL);
                Ok(())
            });
        }
        self.command.spawn().expect("the program starts")
    }

    /// Starts it in a process group of its own, stdin piped: to be fed and signalled by the test.
    pub fn start(mut self) -> Child {
        self.command.stdin(Stdio::piped()).process_group(0);
        self.spawn()
    }
}

/// Waits for the end of `child` and of its outputs. What is not over at the deadline is a failure, and so is ended
/// who still holds an output, wherever it was started: it would be waited for without an end.
#[track_caller]
pub fn finish(mut child: Child) -> Ran {
    let (stdout, stderr) = (child.stdout.take().map(Output::of), child.stderr.take().map(Output::of));
    let deadline = Instant::now() + DEADLINE;
    let mut ended = None;
    let status = loop {
        ended = ended.or_else(|| child.try_wait().expect("the child can be waited for"));
        if let Some(status) = ended.filter(|_| [&stdout, &stderr].into_iter().flatten().all(Output::is_over))
        {
            break status;
        }
        if Instant::now() > deadline {
            let held: Vec<String> =
                [&stdout, &stderr].into_iter().flatten().flat_map(Output::end_holders).collect();
            drop(child.kill());
            let said = stderr.as_ref().map(Output::so_far).unwrap_or_default();
            panic!("still at work after {DEADLINE:?}: {held:?}; stderr: {}", String::from_utf8_lossy(&said));
        }
        thread::sleep(Duration::from_millis(2));
    };
    let whole = |output: Option<Output>| output.map(Output::whole).unwrap_or_default();
    let stderr = String::from_utf8_lossy(&whole(stderr)).into_owned();
    Ran { code: status.code(), signal: status.signal(), stdout: whole(stdout), stderr }
}

/// Gives a sink records `{"id":0}` and on, one a millisecond, for as long as it reads.
pub fn trickle(mut stdin: ChildStdin, records: u32) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let lines = (0..records).try_for_each(|id| {
            thread::sleep(Duration::from_millis(1));
            writeln!(stdin, "{{\"id\":{id}}}")
        });
        // It stops reading when it fails.
        drop(lines);
    })
}

/// Sends a signal to one process.
pub fn signal(child: &Child, signal: i32) {
    // SAFETY: kill(2) takes any numbers; the child is ours and not yet waited for.
    unsafe { libc::kill(child.id() as i32, signal) };
}

/// Sends a signal until the process has ended, and waits for that: of what ends at the second one. Two that
/// come close together may be taken for one.
#[track_caller]
pub fn insist(mut child: Child, number: i32) -> Ran {
    let started = Instant::now();
    while child.try_wait().expect("the child can be waited for").is_none() && started.elapsed() < SOON {
        signal(&child, number);
        thread::sleep(Duration::from_millis(100));
    }
    finish(child)
}

/// Waits until something holds.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < SOON, "after {SOON:?} not yet: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until a process has read what was written to its stdin. It is at work then, and meets a signal as it
/// does at work; before, that could end it unheard.
#[track_caller]
pub fn wait_until_read(stdin: &ChildStdin) {
    wait_until("its input is read", || rustix::io::ioctl_fionread(stdin).expect("a pipe") == 0);
}

/// PATH with the short names in front.
pub fn path() -> String {
    static LINKS: OnceLock<PathBuf> = OnceLock::new();
    let links = LINKS.get_or_init(|| {
        let dir = folder("links");
        let status = Command::new(PROGRAM).args(["link", "--dir"]).arg(&dir).status().expect("link runs");
        assert!(status.success(), "the short names can be made");
        dir
    });
    format!("{}:{}", links.display(), std::env::var("PATH").unwrap_or_default())
}

/// A fresh folder for a test; below the services' folder it is removed with it.
pub fn folder(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let root = std::env::var_os("SLUICEBOX_TEST_SERVICES").map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = root.join(format!("test-{name}-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed)));
    std::fs::create_dir_all(&dir).expect("a temporary folder");
    dir
}

/// A name that no other test uses: for topics and buckets.
pub fn fresh(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed))
}

/// A variable that `tests/run` sets.
#[track_caller]
pub fn service(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: start the services by running tests/run"))
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
