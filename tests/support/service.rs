//! Services that only a part of the tests needs: started by the first test that asks, once for all of them, in a
//! folder where `tests/services/down` finds them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::{Run, root};

/// A service at work.
pub struct Service {
    script: &'static str,
    dir: PathBuf,
    variables: Vec<(String, String)>,
}

impl Service {
    /// Starts what `tests/services/SCRIPT` starts, in `dir`; one that runs there already (`tests/run --keep`) is used.
    pub fn start(script: &'static str, dir: &Path) -> Self {
        let service = Self { script, dir: dir.to_owned(), variables: Vec::new() };
        if !dir.join("env").exists() {
            service.call("start");
        } else if service.daemon().is_none() {
            service.call(service.verb("restart"));
        }
        let text = service.call("env");
        let variables = text.lines().filter_map(|line| line.split_once('='));
        let variables = variables.map(|(name, value)| (name.to_owned(), value.replace('\\', ""))).collect();
        Self { variables, ..service }
    }

    /// One for all tests.
    pub fn shared(script: &'static str) -> Self {
        let dir = PathBuf::from(super::service("SLUICEBOX_TEST_SERVICES")).join(script);
        Self::start(script, &dir)
    }

    /// The pid of the daemon, if it lives.
    fn daemon(&self) -> Option<String> {
        let record = std::fs::read_to_string(self.dir.join(format!("{}.pid", self.script))).ok()?;
        let pid = record.split(' ').next()?.to_owned();
        Path::new("/proc").join(&pid).exists().then_some(pid)
    }

    /// A variable that names it.
    pub fn variable(&self, name: &str) -> String {
        let found = self.variables.iter().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("{} has no {name}", self.script)).1.clone()
    }

    /// A run that finds it.
    pub fn reach(&self, run: Run) -> Run {
        let run = self.variables.iter().fold(run, |run, (name, value)| run.env(name, value));
        run.env("HOME", "/nonexistent")
    }

    fn verb(&self, what: &str) -> &'static str {
        match (self.script, what) {
            ("cassandra", "restart") => "restart-node",
            ("cassandra", _) => "stop-node",
            (_, "restart") => "restart-server",
            _ => "stop-server",
        }
    }

    /// Stops it in order; its data stay.
    pub fn halt(&self) {
        self.call(self.verb("stop"));
    }

    /// Starts it again.
    pub fn resume(&self) {
        self.call(self.verb("restart"));
    }

    fn call(&self, verb: &str) -> String {
        let script = root().join("tests/services").join(self.script);
        let out = Command::new(script).arg(verb).arg(&self.dir).output().expect("the script runs");
        assert!(out.status.success(), "{} {verb}: {}", self.script, String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).expect("text")
    }
}

/// A service of which a test may take the daemon away: one test at a time.
pub struct Mortal {
    script: &'static str,
    service: OnceLock<Service>,
    turn: Mutex<()>,
}

impl Mortal {
    /// One that the first test starts that asks for it.
    pub const fn new(script: &'static str) -> Self {
        Self { script, service: OnceLock::new(), turn: Mutex::new(()) }
    }

    /// Waits for its turn, which lasts as long as the guard. The service is at work, whatever the test before has left.
    pub fn take(&'static self) -> (&'static Service, MutexGuard<'static, ()>) {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{}-to-be-stopped", self.script);
        let dir = PathBuf::from(super::service("SLUICEBOX_TEST_SERVICES")).join(name);
        let service = self.service.get_or_init(|| Service::start(self.script, &dir));
        if service.daemon().is_none() {
            service.resume();
        }
        (service, turn)
    }
}
