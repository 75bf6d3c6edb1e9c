//! `topic-admin`: topics, and where consumer groups stand in them.
//!
//! | file | verbs |
//! |---|---|
//! | [`topics`] | `create`, `list`, `describe`, `delete` |
//! | [`begin`] | `init-group`, `reset` |
//! | [`restore`] | `commit` |
//! | [`report`] | `groups`, `lag` |

mod begin;
mod report;
mod restore;
mod topics;

use std::io::Write;

use serde_json::Value;

use super::{Command, Kind, Page};
use crate::kafka::admin::Admin;
use crate::kafka::registry::parse_group;
use crate::kafka::rights::Operation;
use crate::kafka::topic::parse_name;
use crate::kafka::{KafkaArgs, Settings};
use crate::run::{Process, Result};
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
    Create(topics::Create),
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
    /// Begin a consumer group: commit where it starts, once, in all partitions of its topics
    InitGroup(begin::InitGroup),
    /// Show where consumer groups stand, partition by partition, and what they have planned
    Groups {
        /// This group only
        #[arg(value_name = "GROUP", value_parser = parse_group)]
        group: Option<String>,
    },
    /// Show how many offsets a consumer group is behind
    Lag {
        /// The group
        #[arg(value_name = "GROUP", value_parser = parse_group)]
        group: String,
    },
    /// Give a consumer group its lost places back, from what s3-verify --offsets read
    Commit(restore::Commit),
    /// Overwrite where a consumer group stands
    Reset(begin::Reset),
}

impl Command for TopicAdmin {
    const PAGE: Page = Page {
        name: "topic-admin",
        kind: Kind::Control,
        about: "create, list, describe and delete Kafka topics; begin, watch and mend consumer groups",
        description: "Prints JSON objects on stdout: one a topic, or one a partition in which a group stands. \
            Names are exact; no name is ever read as a pattern, and only `init-group` takes --pattern. Everything \
            in a call is checked before anything is done.\n\n\
            `create` returns when every partition has a leader, and `delete` when the topic is gone, so \
            that the next command of a script need not wait. --if-not-exists and --if-exists make them \
            repeatable: a topic that exists with another number of partitions is still an error (exit \
            status 4), its other settings are not compared. `describe` shows the settings that were made \
            for the topic itself; `topic_id` tells it from another topic of that name, made before or \
            after (null where the cluster gives none); `low` and `high` are the first offset of a partition and \
            the next one to be written.\n\n\
            `init-group` commits where a group begins, in all partitions of its topics at once. With --pattern \
            those are the topics that match now; repeated with --if-not-exists, it begins those that were made \
            since. What was \
            half done is completed when it is repeated; where the group has gone on since, or another tool \
            has committed, it is refused (exit status 4), or with --if-not-exists left alone if all its \
            places are good. `commit` puts lost places back, where a group has none that is good; with \
            --yes, others, too; what is of another topic of that name, which was deleted, it passes over. `reset` alone \
            begins anew, and only with --yes; before where the group stands, the records in between are landed a \
            second time, which it says. With --until it lands a range that is missing, no more, and the group goes \
            on where it stands. A group that has members is \
            never changed (exit status 75): stop them first.\n\n\
            In `groups`, `mark` says who has committed: `ours`; `foreign`, another tool; `none`, nobody; \
            `another_topic`, `another_cluster` or `topic_gone`, for what is not there any more; \
            `later_version`, a later release. `end`, `date` and `cmd` are those of a batch that was begun. \
            `lag` is counted in offsets to the last stable one, markers included, from what is committed, by whatever tool; null where a partition \
            has no good place, which `reason` explains, and in the `total`, too.",
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
            (
                "begin a consumer group, once; --if-not-exists for a script that runs again",
                "topic-admin init-group lake --topic created_users --at earliest",
            ),
            (
                "one of several topics; again, in those that are new",
                "topic-admin init-group two --pattern '(fe)?male' --at earliest --if-not-exists",
            ),
            ("how far behind", "topic-admin lag lake | jq 'select(.total).total'"),
            ("batches that were begun and not finished", "topic-admin groups lake | jq 'select(.end)'"),
            (
                "once more from this morning on",
                "topic-admin reset lake --topic created_users --at @2026-11-20T06:00:00Z --yes",
            ),
            (
                "offsets 10 to 19 once more, as their object was deleted, and no others",
                "topic-admin reset lake -t created_users -p 3 --at 10 --until 20 --yes",
            ),
            ("gone", "topic-admin delete scratch --if-exists"),
        ],
        environment: &[],
        files: &[],
        see_also: &["kafka-produce", "kafka-consume"],
    };

    fn run(self, _: &Process) -> Result<()> {
        let settings: Settings = self.kafka.settings()?;
        let admin = match self.verb.group() {
            Some(group) => Admin::open_for_groups(&settings, group, self.verb.right())?,
            None => Admin::open(&settings, self.verb.right())?,
        };
        match self.verb {
            Verb::Create(create) => create.run(&admin),
            Verb::List { internal } => topics::list(&admin, internal),
            Verb::Describe { topics } => topics::describe(&admin, &topics),
            Verb::Delete { topics, if_exists, dry_run } => {
                topics::delete(&admin, &topics, if_exists, dry_run)
            }
            Verb::InitGroup(init) => init.run(&admin),
            Verb::Groups { group } => report::groups(&admin, group.as_deref()),
            Verb::Lag { group } => report::lag(&admin, &group),
            Verb::Commit(commit) => commit.run(&admin),
            Verb::Reset(reset) => reset.run(&admin),
        }
    }
}

impl Verb {
    /// What an ACL must allow, at the least.
    fn right(&self) -> Operation {
        match self {
            Self::Create(_) | Self::List { .. } | Self::Describe { .. } => Operation::Describe,
            Self::Groups { .. } | Self::Lag { .. } => Operation::Describe,
            Self::Delete { .. } => Operation::Delete,
            // To commit.
            Self::InitGroup(_) | Self::Commit(_) | Self::Reset(_) => Operation::Read,
        }
    }

    /// Whether it is about groups; about which, if it is about one.
    fn group(&self) -> Option<Option<&str>> {
        match self {
            Self::Create(_) | Self::List { .. } | Self::Describe { .. } | Self::Delete { .. } => None,
            Self::Groups { group } => Some(group.as_deref()),
            Self::Lag { group } => Some(Some(group)),
            Self::InitGroup(init) => Some(Some(&init.group)),
            Self::Commit(commit) => Some(Some(&commit.group)),
            Self::Reset(reset) => Some(Some(&reset.group)),
        }
    }
}

/// One line on stdout. Where nobody reads any more (`| head`), what was asked for is done all the same.
fn print(line: &Value) -> Result<()> {
    match stdio::stdout()?.write_all(format!("{line}\n").as_bytes()) {
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => Err(stdio::write_error(&cause)),
        _ => Ok(()),
    }
}
