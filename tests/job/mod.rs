//! `sluicebox run`: what it says, what it holds, how it ends, and what it remembers.

mod causes;
mod cron;
mod ends;
mod lock;
mod soak;
mod status;
mod units;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{PROGRAM, Run, folder, path, run, sh, wait_until};

/// A user's account: a folder to work in, and one for locks and states.
struct Desk {
    dir: PathBuf,
}

impl Desk {
    fn new(name: &str) -> Self {
        let dir = folder(name);
        std::fs::create_dir(dir.join("state")).unwrap();
        let desk = Self { dir };
        desk.at(run("hash-fields").args(["-q", "--new-key", "hash.key"])).go().exits(0);
        desk
    }

    fn at(&self, run: Run) -> Run {
        let run =
            run.dir(&self.dir).env("PATH", full_path()).env("SLUICEBOX_STATE_DIR", self.dir.join("state"));
        run.without("STATE_DIRECTORY").without("JOURNAL_STREAM")
    }

    /// `sluicebox run --name users OPTION... -- PIPE`; stdout and stderr apart.
    fn job(&self, options: &[&str], pipe: &str) -> Run {
        self.at(run("run").args(["--name", "users"]).args(options).args(["--", pipe]))
    }

    /// The same as cron runs it: both outputs are one pipe, which is read here as stdout.
    fn mailed(&self, options: &[&str], pipe: &str) -> Run {
        let script = format!("exec {PROGRAM} run --name users {} -- \"$PIPE\" 2>&1", options.join(" "));
        self.at(sh(&script)).env("PIPE", pipe)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// What is remembered.
    fn state(&self) -> Value {
        serde_json::from_str(&self.read("state/users.json")).unwrap()
    }

    /// Waits for a file that a pipe makes when it is there.
    #[track_caller]
    fn wait_for(&self, name: &str) {
        wait_until(&format!("{name} is made"), || self.file(name).exists());
    }

    /// Whether the lock is free, seen from outside.
    fn is_free(&self) -> bool {
        let lock = self.file("state/users.lock");
        sh(&format!("flock --nonblock {} true", lock.display())).go().code == Some(0)
    }
}

/// PATH with the short names, and the program itself.
fn full_path() -> String {
    let own = Path::new(PROGRAM).parent().unwrap();
    format!("{}:{}", own.display(), path())
}

/// Whether a process goes on.
fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.trim()).join("stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}
