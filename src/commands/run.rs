//! `sluicebox run`: a pipeline for cron, timers and CI jobs.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use super::{Command, Kind, Page};
use crate::job::group::Limits;
use crate::job::state::State;
use crate::job::status::Status;
use crate::job::{Folder, IfLocked, Name, Plan, Voice, percent};
use crate::run::{Error, Process, Result, log as diagnostics, units};
use crate::stream::stdio;

/// Options of `run`.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// What the run is called: its lock and its state are found by it
    #[arg(short, long, value_name = "NAME", required_unless_present = "status")]
    name: Option<Name>,

    /// One run of that name at a time: end at once, in silence, where another is at work
    #[arg(long, conflicts_with = "status")]
    lock: bool,

    /// The same, and what to do where another is at work
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "status")]
    if_locked: Option<IfLocked>,

    /// End it after this time, with exit status 75
    #[arg(long, value_name = "TIME", value_parser = units::duration, conflicts_with = "status")]
    timeout: Option<Duration>,

    /// Kill what goes on for so long after it was asked to end
    ///
    /// By --timeout, or by a signal to run, which is passed on. The commands give themselves 30s
    /// (--drain-timeout).
    #[arg(long, hide_short_help = true, value_name = "TIME", default_value = "40s", value_parser = units::duration)]
    kill_after: Duration,

    /// PIPE is what cron hands over: all that stands behind the first % of its line
    ///
    /// No shell has touched it, so that it needs no quotes, and a % in it needs no escape.
    #[arg(long, conflicts_with_all = ["status", "pipe"])]
    cron: bool,

    /// Where locks and states are [default: $STATE_DIRECTORY, or ~/.local/state/sluicebox]
    #[arg(long, hide_short_help = true, value_name = "DIR", env = "SLUICEBOX_STATE_DIR")]
    state_dir: Option<PathBuf>,

    /// Print what is remembered of the runs, a JSON object a name; exit status 1 where one is not well
    #[arg(long)]
    status: bool,

    /// With --status: well is what has ended well within this time
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    max_age: Option<Duration>,

    /// The pipe, in quotes, for sh -c; or a program and its arguments, without a shell
    #[arg(value_name = "PIPE", last = true, num_args = 1.., required_unless_present_any = ["status", "cron"], conflicts_with = "status")]
    pipe: Vec<OsString>,
}

impl Command for Run {
    const PAGE: Page = Page {
        name: "run",
        kind: Kind::Runner,
        about: "run a pipeline by name, for cron, timers and CI jobs",
        description: "Runs PIPE with every stream sealed (SLUICEBOX_SEAL=1), and is silent when all is well. It has ended \
            when everything that it started has ended, in the background or not.\n\n\
            The failure of any stage is known without the shell's help: every command reports how it ended, \
            behind `|| true` as well, and one that was killed is missed. What is told is one line, the cause, and its \
            exit status; of several causes the gravest (4, 2, 1, 75). What follows from another failure, a \
            broken pipe or a missing seal, is never the cause. Where no command has told why (the shell did not find \
            one, a foreign program failed), the last lines that were printed follow; with -v all that were. A foreign \
            program joins as `via -- PROGRAM`, so that its failure is known. A command that may fail is run with \
            SLUICEBOX_REPORT_FD unset.\n\n\
            stdout is data where it goes elsewhere than stderr, and passes. Where both go to one place, as under \
            cron, it is kept back as stderr is. In the journal both pass.\n\n\
            The lock of --lock is held by everything that was started, and is free when the last of it has ended: it \
            cannot be left over. SIGINT, SIGTERM and SIGHUP are passed on to the pipe; the run waits for its end, and \
            dies by the signal. If run itself is killed, so is what it had started.\n\n\
            In a crontab, % is a newline even inside of quotes. So either the pipe stands in a script (-- ./users.sh), \
            or behind the line's first %, where it needs neither quotes nor escapes: \
            */5 * * * * sluicebox run --name users --lock --cron %PIPE. docs/scheduling.md has crontabs, systemd \
            units, and CI jobs.",
        examples: &[
            (
                "what a crontab runs: one at a time, and no longer than four minutes",
                "sluicebox run --name users --lock --timeout 4m -- '\n    \
                 generate-users -n 100 | hash-fields --key-file hash.key email |\n    \
                 kafka-produce -t users --key login.uuid --allow-partial'",
            ),
            (
                "has it ended well within ten minutes? for monitoring",
                "sluicebox run --status --name users --max-age 10m",
            ),
            (
                "all that is remembered, as a table",
                "sluicebox run --status | jq -r '[.name, .outcome, .age] | @tsv'",
            ),
        ],
        environment: &[
            ("SLUICEBOX_SEAL, SLUICEBOX_REPORT_FD", "set for PIPE"),
            ("PATH", "for PIPE, the folder of this program is added at the end"),
            ("STATE_DIRECTORY", "where locks and states are, under systemd"),
            ("XDG_STATE_HOME", "where sluicebox/ with locks and states is, else"),
        ],
        files: &[
            ("~/.local/state/sluicebox/NAME.json", "what is remembered of the runs of a name"),
            ("~/.local/state/sluicebox/NAME.lock", "the lock; it stays, and does not mean that it is held"),
        ],
        see_also: &["kafka-consume", "via", "sandbox"],
    };

    fn run(self, process: &Process) -> Result<()> {
        if self.max_age.is_some() && !self.status {
            return Err(Error::usage("--max-age is about what is remembered")
                .hint("sluicebox run --status --max-age 10m"));
        }
        let folder = Folder::find(self.state_dir.as_deref())?;
        match self.name {
            Some(name) if !self.status => {
                let plan = Plan {
                    folder,
                    if_locked: self.if_locked.or(self.lock.then_some(IfLocked::default())),
                    limits: Limits { timeout: self.timeout, kill_after: self.kill_after },
                    // A terminal cannot be read from behind.
                    stdin: !self.cron && !std::io::stdin().is_terminal(),
                    command: if self.cron { vec![percent::read()?] } else { self.pipe },
                    voice: voice(process),
                    name,
                };
                plan.run(process)
            }
            name => status(&folder, name, self.max_age),
        }
    }
}

/// Who watches sees all as it comes; who reads a mail hears the cause first.
fn voice(process: &Process) -> Voice {
    match (process.globals.verbose > 0, diagnostics::is_journal()) {
        (_, true) => Voice::Through,
        (true, _) if std::io::stderr().is_terminal() => Voice::Through,
        (true, _) => Voice::Told,
        _ => Voice::Hushed,
    }
}

/// Prints what is remembered; the error tells of those that are not well.
fn status(folder: &Folder, name: Option<Name>, max_age: Option<Duration>) -> Result<()> {
    let names = name.map_or_else(|| folder.names(), |name| Ok(vec![name]))?;
    let mut out = stdio::stdout()?;
    let mut complaints = Vec::new();
    for name in &names {
        let Some(state) = State::read(&folder.state(name))? else {
            complaints.push(format!("{name}: it has never run here"));
            continue;
        };
        let status = Status::of(state, jiff::Timestamp::now());
        writeln!(out, "{}", status.line()).map_err(|cause| stdio::write_error(&cause))?;
        complaints.extend(status.complaint(max_age));
    }
    if names.is_empty() {
        complaints.push(format!("nothing has run here: there is no state in {}", folder.path().display()));
    }
    if complaints.is_empty() { Ok(()) } else { Err(Error::data(complaints.join("; "))) }
}
