//! `topic-admin`: topics created, listed, described and deleted.

use std::io::Write;

use serde_json::{Value, json};

use super::{Command, Kind, Page};
use crate::kafka::admin::{Admin, Wanted, check_same, summary};
use crate::kafka::topic::{self, parse_name};
use crate::kafka::{KafkaArgs, Settings};
use crate::run::{Error, Process, Result};
use crate::stream::stdio;

/// Options of `topic-admin`.
#[derive(clap::Args)]
pub struct TopicAdmin {
    #[command(subcommand)]
    verb: Verb,

    #[command(flatten)]
    kafka: KafkaArgs,
}

/// What to do.
#[derive(clap::Subcommand)]
enum Verb {
    /// Create topics, and wait until they can be used
    Create(Create),
    /// List the topics of the cluster
    List {
        /// Kafka's own topics, too
        #[arg(long)]
        internal: bool,
    },
    /// Describe topics: partitions, leaders, replicas, offsets, settings
    Describe {
        /// The topics
        #[arg(value_name = "TOPIC", required = true, value_parser = parse_name)]
        topics: Vec<String>,
    },
    /// Delete topics and all their records, and wait until they are gone
    Delete {
        /// The topics, by their exact names
        #[arg(value_name = "TOPIC", required = true, value_parser = parse_name)]
        topics: Vec<String>,
        /// A topic that does not exist is no error
        #[arg(long)]
        if_exists: bool,
        /// Say what would be deleted
        #[arg(long)]
        dry_run: bool,
    },
}

/// Options of `topic-admin create`.
#[derive(clap::Args)]
struct Create {
    /// The topics
    #[arg(value_name = "TOPIC", required = true, value_parser = parse_name)]
    topics: Vec<String>,
    /// How many partitions each has [default: the cluster's]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    partitions: Option<i32>,
    /// How many brokers keep each partition [default: the cluster's]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=32767))]
    replication_factor: Option<i32>,
    /// A setting of the topic, such as retention.ms=86400000; may be repeated
    #[arg(short = 'c', long = "topic-config", value_name = "KEY=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,
    /// A topic that exists is no error, if it has as many partitions
    #[arg(long)]
    if_not_exists: bool,
    /// Ask the cluster whether it would
    #[arg(long)]
    dry_run: bool,
}

impl Command for TopicAdmin {
    const PAGE: Page = Page {
        name: "topic-admin",
        kind: Kind::Control,
        about: "create, list, describe and delete Kafka topics",
        description: "Prints one JSON object a topic on stdout. Names are exact; no name is ever read \
            as a pattern. All topics of a call are checked before anything is done to one of them.\n\n\
            `create` returns when every partition has a leader, and `delete` when the topic is gone, so \
            that the next command of a script need not wait. --if-not-exists and --if-exists make them \
            repeatable: a topic that exists with another number of partitions is still an error (exit \
            status 4), its other settings are not compared.\n\n\
            `describe` shows the settings that were made for the topic itself; `low` and `high` are the \
            first offset of a partition and the next one to be written.",
        examples: &[
            (
                "a topic for a pipeline, in a script that runs again",
                "topic-admin create created_users --partitions 4 --if-not-exists",
            ),
            ("kept for a day", "topic-admin create events --partitions 8 -c retention.ms=86400000"),
            (
                "how many records, about",
                "topic-admin describe created_users | jq '[.partitions[] | .high - .low] | add'",
            ),
            ("gone", "topic-admin delete scratch --if-exists"),
        ],
        environment: &[],
        files: &[],
        see_also: &["kafka-produce", "kafka-consume"],
    };

    fn run(self, _: &Process) -> Result<()> {
        let settings: Settings = self.kafka.settings()?;
        let admin = Admin::open(&settings)?;
        match self.verb {
            Verb::Create(create) => create.run(&admin),
            Verb::List { internal } => list(&admin, internal),
            Verb::Describe { topics } => describe(&admin, &topics),
            Verb::Delete { topics, if_exists, dry_run } => delete(&admin, &topics, if_exists, dry_run),
        }
    }
}

impl Create {
    fn run(self, admin: &Admin) -> Result<()> {
        let wanted: Vec<Wanted> = self.topics.iter().map(|name| self.wanted(name)).collect();
        let mut found = Vec::new();
        for wanted in &wanted {
            let topic = admin.look_up(&wanted.name)?;
            if let Some(topic) = &topic {
                if !self.if_not_exists {
                    return Err(Error::conflict(format!("topic {} exists already", topic.name))
                        .hint("--if-not-exists"));
                }
                check_same(topic, wanted)?;
            }
            found.push(topic);
        }
        for (wanted, found) in wanted.iter().zip(found) {
            let (outcome, topic) = match found {
                Some(topic) => ("exists", Some(topic)),
                None if self.dry_run => ("would_create", admin.create(wanted, true)?),
                None => ("created", admin.create(wanted, false)?),
            };
            let mut line = topic.as_ref().map_or_else(|| json!({"topic": wanted.name}), summary);
            line["outcome"] = outcome.into();
            print(&line)?;
        }
        Ok(())
    }

    fn wanted(&self, name: &str) -> Wanted {
        Wanted {
            name: name.to_owned(),
            partitions: self.partitions,
            replication: self.replication_factor,
            settings: self.settings.clone(),
        }
    }
}

fn list(admin: &Admin, internal: bool) -> Result<()> {
    let topics = admin.list()?;
    topics
        .iter()
        .filter(|topic| internal || !topic.name.starts_with("__"))
        .try_for_each(|topic| print(&summary(topic)))
}

fn describe(admin: &Admin, names: &[String]) -> Result<()> {
    let topics: Vec<_> = names
        .iter()
        .map(|name| admin.look_up(name)?.ok_or_else(|| topic::unknown(name)))
        .collect::<Result<_>>()?;
    topics.iter().try_for_each(|topic| print(&admin.describe(topic)?))
}

fn delete(admin: &Admin, names: &[String], if_exists: bool, dry_run: bool) -> Result<()> {
    let mut there = Vec::new();
    for name in names {
        let found = admin.look_up(name)?.is_some();
        if !found && !if_exists {
            return Err(
                Error::usage(format!("unknown topic {name}; nothing was deleted")).hint("--if-exists")
            );
        }
        there.push(found);
    }
    for (name, found) in names.iter().zip(there) {
        let outcome = match (found, dry_run) {
            (false, _) => "missing",
            (true, true) => "would_delete",
            (true, false) => {
                admin.delete(name)?;
                "deleted"
            }
        };
        print(&json!({"topic": name, "outcome": outcome}))?;
    }
    Ok(())
}

/// One line on stdout.
fn print(line: &Value) -> Result<()> {
    stdio::stdout()?.write_all(format!("{line}\n").as_bytes()).map_err(|cause| stdio::write_error(&cause))
}

/// A setting as it is given on the command line: `KEY=VALUE`.
fn parse_setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("'{text}' is no setting; write retention.ms=86400000")),
    }
}
