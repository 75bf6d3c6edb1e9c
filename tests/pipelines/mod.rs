//! The pipelines of `examples/`, each as its crontab line runs it, on the real services of its kind: what
//! lands is held against what was fed, field by field, also after a crash in the middle and bad records.

mod cassandra;
mod csv;
mod lake;
mod mongo;
mod postgres;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{PROGRAM, Ran, Run, folder, fresh, path, root, run, service, sh};

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
            ("SLUICEBOX_CONFIG", settings_file(&dir)),
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

fn settings_file(dir: &std::path::Path) -> String {
    let file = dir.join("sluicebox.toml");
    let text =
        "[kafka-consume]\nkafka-property = [\"session.timeout.ms=1000\", \"heartbeat.interval.ms=200\"]\n";
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
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
