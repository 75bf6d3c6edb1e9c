//! The pipelines of `examples/`, each as its crontab line runs it, on the real services of its kind: what
//! lands is held against what was fed, field by field, also after a crash in the middle and bad records.

mod cassandra;
mod csv;
mod lake;
mod mongo;
mod postgres;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{PROGRAM, Ran, Run, SOON, finish, folder, fresh, path, root, run, service, sh};

/// A script of `examples/`, with names of its own for all that it touches.
pub struct Pipeline {
    name: &'static str,
    dir: PathBuf,
    settings: BTreeMap<&'static str, String>,
}

impl Pipeline {
    /// `examples/NAME.sh`, with a topic, a group and a key that nobody else has.
    fn new(name: &'static str) -> Self {
        let dir = folder(name);
        let key = dir.join("hash.key").display().to_string();
        run("hash-fields").args(["--new-key", &key]).go().exits(0);
        let settings = [
            ("KAFKA_BOOTSTRAP_SERVERS", service("KAFKA_BOOTSTRAP_SERVERS")),
            ("TOPIC", fresh(name)),
            ("GROUP", fresh(name)),
            ("REPLICAS", "1".to_owned()),
            ("HASH_KEY", key),
            // Sessions are short, so that a member that was killed is not waited for.
            ("SLUICEBOX_CONFIG", settings_file(&dir.join("sluicebox.toml"), SHORT_SESSIONS)),
            ("SLUICEBOX_STATE_DIR", dir.join("state").display().to_string()),
        ];
        Self { name, dir, settings: settings.into() }
    }

    /// The same, with another setting.
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.insert(name, value.into());
        self
    }

    fn setting(&self, name: &str) -> &str {
        &self.settings[name]
    }

    fn path(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }

    /// A command with the settings of the pipeline.
    fn command(&self, name: &str) -> Run {
        self.settings.iter().fold(run(name), |run, (name, value)| run.env(name, value))
    }

    /// The script itself, as a person starts it.
    fn script(&self, arguments: &str) -> Run {
        let script = root().join("examples").join(format!("{}.sh", self.name));
        let run = sh(&format!("exec {} {arguments}", script.display())).dir(&self.dir);
        self.settings.iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// A run, as its crontab line starts it.
    fn run(&self, arguments: &str) -> Run {
        let script = root().join("examples").join(format!("{}.sh", self.name));
        let line = format!(
            "{PROGRAM} run --name {} --lock --timeout 100s -- {} {arguments}",
            self.name,
            script.display()
        );
        let run = sh(&line).dir(&self.dir).env("PATH", path());
        self.settings.iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// A run in whose batches something happens to the database: each sink stands still at `point`
    /// (`src/run/fault.rs`) until `meanwhile` is over. Nothing is tried more than twice: the stand-in for MongoDB
    /// hangs up on one of two that make a collection at the same time.
    #[track_caller]
    fn disturbed(&self, source: &str, point: &str, settings: &str, meanwhile: impl FnOnce()) -> Ran {
        let settings = SHORT_SESSIONS.to_owned() + "max-attempts = 2\n" + settings;
        let settings = settings_file(&self.dir.join("disturbed.toml"), &settings);
        let run = self.run("").env("SOURCE", source).env("SLUICEBOX_CONFIG", settings);
        let run = run.env("SLUICEBOX_FAULT", format!("stop@{point}")).start();
        let began = Instant::now();
        while self.standing().is_empty() {
            assert!(began.elapsed() < SOON, "nobody has come to {point}");
            thread::sleep(Duration::from_millis(20));
        }
        meanwhile();
        let pid = run.id();
        thread::scope(|scope| {
            scope.spawn(|| {
                // Others may come to the point after the first ones.
                while !matches!(state(pid), None | Some('Z')) {
                    self.standing().into_iter().for_each(go_on);
                    thread::sleep(Duration::from_millis(20));
                }
            });
            finish(run)
        })
    }

    /// The processes of a run that were stopped.
    fn standing(&self) -> Vec<u32> {
        let ours = format!("GROUP={}", self.setting("GROUP"));
        let is_ours = |pid: &u32| {
            let variables = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            variables.split(|byte| *byte == 0).any(|variable| variable == ours.as_bytes())
        };
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let all = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        all.filter(|pid| state(*pid) == Some('T')).filter(is_ours).collect()
    }

    /// What stands before the first run.
    fn set_up(&self) -> &Self {
        let ran = self.script("setup").go();
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        self
    }

    /// A run that ends well, and says nothing.
    #[track_caller]
    fn runs(&self) -> Ran {
        self.run("").go().succeeds()
    }

    /// The records of its topic.
    fn published(&self) -> Vec<Value> {
        self.command("kafka-consume").args([self.setting("TOPIC"), "--exit-at-end"]).go().succeeds().json()
    }

    /// A source of `count` users that are the same for the same seed.
    fn users(&self, count: u32, seed: &str) -> String {
        format!("generate-users --results {count} --seed {seed}")
    }
}

/// Settings for consumers, which go on with whatever follows.
const SHORT_SESSIONS: &str =
    "[kafka-consume]\nkafka-property = [\"session.timeout.ms=1000\", \"heartbeat.interval.ms=200\"]\n";

fn settings_file(file: &Path, text: &str) -> String {
    std::fs::write(file, text).unwrap();
    file.display().to_string()
}

/// The state of a process: a letter, as /proc has it.
fn state(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Continues a process that was stopped.
fn go_on(pid: u32) {
    // SAFETY: kill(2) takes any numbers; the process is of a run of ours.
    unsafe { libc::kill(pid.cast_signed(), libc::SIGCONT) };
}

/// The users of a seed, as the API would make them.
fn fetched(count: u32, seed: &str) -> Vec<Value> {
    run("generate-users").args(["--results", &count.to_string(), "--seed", seed]).go().succeeds().json()
}

/// A user in the flat form, made by other means than those under test.
fn flat(user: &Value) -> Value {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let number = |value: &Value| json!(text(value).parse::<f64>().unwrap());
    let (name, location) = (&user["name"], &user["location"]);
    json!({
        "name": format!("{}. {} {}", text(&name["title"]), text(&name["first"]), text(&name["last"])),
        "gender": user["gender"],
        "address": format!("{}, {}", location["street"]["number"], text(&location["street"]["name"])),
        "city": location["city"],
        "nation": location["country"],
        "zip": text(&location["postcode"]),
        "latitude": number(&location["coordinates"]["latitude"]),
        "longitude": number(&location["coordinates"]["longitude"]),
        "email": user["email"],
    })
}

/// Fails unless both hold the same records, each as often, whatever their order.
#[track_caller]
fn same(found: Vec<Value>, expected: Vec<Value>) {
    let sorted = |records: Vec<Value>| {
        let mut lines: Vec<String> = records.iter().map(canonical).collect();
        lines.sort();
        lines
    };
    let (found, expected) = (sorted(found), sorted(expected));
    let differ = found.iter().zip(&expected).find(|(found, expected)| found != expected);
    assert_eq!(found.len(), expected.len(), "so many records; the first that differ: {differ:?}");
    assert_eq!(differ, None);
}

/// A record with its fields in the order of their names.
fn canonical(record: &Value) -> String {
    let fields: BTreeMap<&String, &Value> = record.as_object().expect("a record").iter().collect();
    serde_json::to_string(&fields).unwrap()
}
