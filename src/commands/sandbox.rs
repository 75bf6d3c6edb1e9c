//! `sluicebox sandbox`: a Kafka and an S3 inside this process, for a first try and for CI jobs.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::str::FromStr;

use super::{Command, Kind, Page};
use crate::kafka::mock::{self, Mock};
use crate::run::{Error, Process, Result, links, signals};
use crate::s3::Sandbox as Store;

/// Options of `sandbox`.
#[derive(Debug, clap::Args)]
pub struct Sandbox {
    /// A topic to make, and how many partitions it has (1 without :PARTITIONS)
    #[arg(long, value_name = "NAME:PARTITIONS")]
    topic: Vec<Topic>,

    /// A bucket to make
    #[arg(long, value_name = "NAME", default_value = "lake")]
    bucket: Vec<String>,

    /// The command and its arguments, after --
    #[arg(value_name = "COMMAND", required = true, last = true, num_args = 1..)]
    command: Vec<OsString>,
}

#[derive(Clone, Debug)]
struct Topic {
    name: String,
    partitions: i32,
}

impl FromStr for Topic {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, partitions) = text.split_once(':').unwrap_or((text, "1"));
        match partitions.parse() {
            Ok(partitions @ 1..=1000) if !name.is_empty() => Ok(Self { name: name.to_owned(), partitions }),
            _ => Err("write NAME:PARTITIONS, such as created_users:4".to_owned()),
        }
    }
}

impl Command for Sandbox {
    const PAGE: Page = Page {
        name: "sandbox",
        kind: Kind::Runner,
        about: "run a command against a Kafka and an S3 that live in this process",
        description: "Starts a Kafka (librdkafka's own mock cluster) and an S3 on free ports of the loopback \
            interface, sets KAFKA_BOOTSTRAP_SERVERS and the AWS variables, puts the short names of all commands \
            first on PATH, and runs COMMAND. Its exit status is that of COMMAND. When COMMAND ends, all is gone.\n\n\
            It is for a first try and for CI jobs, and it is not Kafka: topics are made by --topic alone \
            (topic-admin cannot), a partition keeps 5 MiB and drops what is older (kafka-produce and kafka-consume \
            warn where that has happened), there are no transactions, and nothing it shows is a proof of exactly-once delivery. Its S3 checks the access key \
            id but no signatures. Use real services to measure anything.",
        examples: &[
            (
                "the main job, start to end",
                "sluicebox sandbox --topic created_users:4 -- sh examples/tour.sh",
            ),
            ("a shell that has both", "sluicebox sandbox --topic test --topic events:4 -- bash"),
        ],
        environment: &[
            ("KAFKA_BOOTSTRAP_SERVERS", "set for COMMAND"),
            ("AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION", "set for COMMAND"),
            ("SLUICEBOX_SANDBOX", "set to 1 for COMMAND"),
        ],
        files: &[],
        see_also: &["generate-users", "kafka-produce", "kafka-consume", "s3-put"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let home = Home::make()?;
        let kafka = Mock::start()?;
        for topic in &self.topic {
            kafka.create_topic(&topic.name, topic.partitions)?;
        }
        let objects = home.folder("objects")?;
        let store = Store::start(&objects, &self.bucket.iter().map(String::as_str).collect::<Vec<_>>())?;
        log::info!("Kafka at {} (5 MiB a partition), S3 at {}", kafka.bootstrap_servers(), store.endpoint());

        let names = home.folder("bin")?;
        link_names(&names)?;
        let mut command = std::process::Command::new(&self.command[0]);
        command.args(&self.command[1..]);
        command.env("PATH", first_on_path(&names)?);
        // What points at real services must not reach into the sandbox.
        for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION"] {
            command.env_remove(name);
        }
        command.env("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers());
        command.envs(store.environment()).env(mock::VARIABLE, "1");
        let program = self.command[0].to_string_lossy();
        let child = command.spawn().map_err(|cause| {
            Error::io(format!("cannot run {program}"), &cause).hint("the command stands after --")
        })?;
        wait(child, process)
    }
}

/// The child shares our terminal and our process group, so that a shell in it is at home: Ctrl-C
/// reaches it without us. Other signals reach only us, and are passed on.
fn wait(mut child: Child, process: &Process) -> Result<()> {
    let pid = child.id() as i32;
    let stop = process.signals.stop();
    let all = process.signals.clone();
    std::thread::spawn(move || {
        while !stop.wait(std::time::Duration::from_secs(3600)) {}
        if let Some(signal) = all.first().filter(|signal| *signal != libc::SIGINT) {
            pass_on(pid, signal);
        }
    });
    let _kill = process.signals.on_abort(move || pass_on(pid, libc::SIGKILL));
    let status = child.wait().map_err(|cause| Error::io("cannot wait for the command", &cause))?;
    judge(status)
}

fn pass_on(pid: i32, signal: i32) {
    // SAFETY: kill(2) takes any numbers; the child is not yet waited for when this is called.
    unsafe { libc::kill(pid, signal) };
}

fn judge(status: ExitStatus) -> Result<()> {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(code), _) => Err(Error::child(code as u8)),
        (None, signal) => Err(Error::signal(signal.unwrap_or(signals::TERMINATED))),
    }
}

fn link_names(dir: &Path) -> Result<()> {
    let program = std::env::current_exe().map_err(|cause| Error::io("cannot find this program", &cause))?;
    for name in super::short_names().chain(["sluicebox"]) {
        links::make(&program, &dir.join(name))
            .map_err(|cause| Error::io("cannot make the short names", &cause))?;
    }
    Ok(())
}

fn first_on_path(dir: &Path) -> Result<OsString> {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(dir.to_owned()).chain(std::env::split_paths(&old));
    std::env::join_paths(all).map_err(|cause| Error::usage(format!("PATH cannot be extended: {cause}")))
}

/// A temporary folder, removed when the sandbox ends.
struct Home(PathBuf);

impl Home {
    fn make() -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("sluicebox-sandbox-{}", std::process::id()));
        std::fs::create_dir(&dir)
            .map_err(|cause| Error::io(format!("cannot make {}", dir.display()), &cause))?;
        Ok(Self(dir))
    }

    fn folder(&self, name: &str) -> Result<PathBuf> {
        let dir = self.0.join(name);
        std::fs::create_dir(&dir)
            .map_err(|cause| Error::io(format!("cannot make {}", dir.display()), &cause))?;
        Ok(dir)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
