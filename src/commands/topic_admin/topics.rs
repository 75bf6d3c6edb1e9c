//! `topic-admin create`, `list`, `describe`, `delete`.

use serde_json::json;

use super::print;
use crate::kafka::admin::{Admin, Wanted, check_same, summary};
use crate::kafka::topic::{self, parse_name};
use crate::run::{Error, Result};

/// Options of `topic-admin create`.
#[derive(clap::Args)]
pub(super) struct Create {
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

impl Create {
    pub(super) fn run(self, admin: &Admin) -> Result<()> {
        let wanted: Vec<Wanted> = once(&self.topics).into_iter().map(|name| self.wanted(name)).collect();
        let there = admin.list()?;
        let mut names: Vec<&str> = there.iter().map(|topic| &*topic.name).collect();
        let mut found = Vec::new();
        for wanted in &wanted {
            let topic = admin.look_up(&wanted.name)?;
            if topic.is_none() {
                refuse_collision(&wanted.name, &names)?;
                names.push(&wanted.name);
            }
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

/// Refuses a name that the cluster would refuse beside another, before anything is created.
fn refuse_collision(name: &str, names: &[&str]) -> Result<()> {
    names.iter().find(|other| topic::collide(name, other)).map_or(Ok(()), |other| {
        Err(Error::usage(format!(
            "topics {other} and {name} cannot both be: Kafka takes '.' and '_' in names for the same; nothing was created"
        ))
        .hint("a name with '-'"))
    })
}

/// Each name once.
fn once(names: &[String]) -> Vec<&String> {
    let mut seen = std::collections::HashSet::new();
    names.iter().filter(|name| seen.insert(*name)).collect()
}

pub(super) fn list(admin: &Admin, internal: bool) -> Result<()> {
    let topics = admin.list()?;
    topics
        .iter()
        .filter(|topic| internal || !topic.name.starts_with("__"))
        .try_for_each(|topic| print(&summary(topic)))
}

pub(super) fn describe(admin: &Admin, names: &[String]) -> Result<()> {
    let topics: Vec<_> = names
        .iter()
        .map(|name| admin.look_up(name)?.ok_or_else(|| topic::unknown(name)))
        .collect::<Result<_>>()?;
    topics.iter().try_for_each(|topic| print(&admin.describe(topic)?))
}

pub(super) fn delete(admin: &Admin, names: &[String], if_exists: bool, dry_run: bool) -> Result<()> {
    let names = once(names);
    let mut there = Vec::new();
    for name in &names {
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

/// A setting as it is given on the command line: `KEY=VALUE`.
fn parse_setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("'{text}' is no setting; write retention.ms=86400000")),
    }
}
