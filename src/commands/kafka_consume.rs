//! `kafka-consume`: records of topics to stdout.

use std::ffi::OsString;
use std::time::Duration;

use super::{Command, Kind, Page};
use crate::batch::machine::Commits;
use crate::kafka::consume::{Consume, Form, Plan};
use crate::kafka::group::{self, Cut, Group};
use crate::kafka::selection::{Pattern, Selection};
use crate::kafka::start::Start;
use crate::kafka::topic::parse_name;
use crate::kafka::{KafkaArgs, Settings};
use crate::run::{Error, Process, Result, units};
use crate::stream::rejects::Allowance;
use crate::stream::{Options, Stage};

/// Options of `kafka-consume`.
#[derive(clap::Args)]
pub struct KafkaConsume {
    /// The topics (-t TOPIC, as other Kafka tools have it, is the same)
    #[arg(value_name = "TOPIC", required_unless_present_any = ["topic", "pattern"], value_parser = parse_name)]
    topics: Vec<String>,

    // Out of sight, and so out of the settings file: a default topic beside those that were typed
    // would be read as well.
    /// The same as TOPIC
    #[arg(short, long, value_name = "TOPIC", hide = true, value_parser = parse_name)]
    topic: Vec<String>,

    /// The topics whose whole names match this regular expression; may be repeated
    ///
    /// They are looked up at the start; those of Kafka itself (__consumer_offsets) are left out. With
    /// --envelope each record tells its topic, with --group each batch does: BATCH_TOPIC.
    #[arg(long, hide_short_help = true, value_name = "REGEX")]
    pattern: Vec<Pattern>,

    /// Where to start in each partition: beginning, end, OFFSET, -N (before the end), TIME
    ///
    /// TIME is RFC 3339 (2026-11-20T08:00:00Z), a date (2026-11-20, from midnight UTC on), or @ and
    /// milliseconds since 1970 (@1763625600000); the @ may stand before any of them. The start is the
    /// first record at or after it.
    #[arg(
        long,
        value_name = "WHERE",
        default_value = "beginning",
        allow_hyphen_values = true,
        conflicts_with = "group"
    )]
    from: Start,

    /// End where the partitions end now, instead of following the topics
    #[arg(short = 'e', long)]
    exit_at_end: bool,

    /// Follow the topics until a signal comes: what is done without --exit-at-end
    #[arg(short, long, conflicts_with = "exit_at_end")]
    follow: bool,

    /// End after this many records
    #[arg(short = 'n', long = "count", value_name = "N", conflicts_with = "group")]
    count: Option<u64>,

    /// Read this partition of each topic only
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..), conflicts_with = "group")]
    partition: Option<i32>,

    /// Write whole records: topic, partition, offset, timestamp, key, headers and value
    #[arg(long)]
    envelope: bool,

    #[command(flatten)]
    batches: Batches,

    #[command(flatten)]
    kafka: KafkaArgs,

    #[command(flatten)]
    stream: Options,
}

/// Options of batches.
#[derive(clap::Args)]
#[command(next_help_heading = "Batches (--group)")]
struct Batches {
    /// Consume as this group, batch by batch, each exactly once, into COMMAND
    ///
    /// A group is started once, by topic-admin init-group.
    #[arg(short, long, value_name = "GROUP", requires = "command")]
    group: Option<String>,

    /// From topic to topic: kafka-produce in COMMAND commits the offset with its records
    ///
    /// On one cluster, in one transaction: the records of a batch and the offset of the group become
    /// visible together. No other sink can be part of it.
    #[arg(long, requires = "group", conflicts_with_all = ["receipts", "trust_exit"])]
    transactional: bool,

    /// Records in a batch at most
    #[arg(long, value_name = "N", default_value = "250000", value_parser = clap::value_parser!(i64).range(1..))]
    batch_records: i64,

    /// Bytes of a batch, as an aim
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = units::bytes)]
    batch_bytes: u64,

    /// How long a batch that is not full is waited for; with --exit-at-end nothing is
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = units::duration)]
    batch_wait: Duration,

    /// End batches where the date of the records (UTC) moves forward
    #[arg(long, value_name = "WHERE", value_parser = ["day"])]
    batch_split: Option<String>,

    /// End a command that takes longer, and try again
    #[arg(long, hide_short_help = true, value_name = "TIME", default_value = "1h", value_parser = units::duration)]
    batch_timeout: Duration,

    /// Commands that run side by side, each on a partition [default: the cores]
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    max_children: Option<u16>,

    /// Give a partition up after so many failures in a row
    #[arg(long, hide_short_help = true, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u32).range(1..))]
    max_attempts: u32,

    /// Sinks that must give a receipt before a batch is committed
    #[arg(long, hide_short_help = true, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..))]
    receipts: u16,

    /// Commit when COMMAND exits with 0, for a sink that gives no receipt: at least once
    ///
    /// COMMAND gets plain records, without a seal.
    #[arg(long, hide_short_help = true, requires = "group", conflicts_with = "receipts")]
    trust_exit: bool,

    /// When a partition goes to another consumer, wait so long for a batch that is all but done
    #[arg(long, hide_short_help = true, value_name = "TIME", default_value = "10s", value_parser = units::duration)]
    revoke_timeout: Duration,

    /// After the first SIGINT or SIGTERM, wait so long for running batches
    #[arg(long, hide_short_help = true, value_name = "TIME", default_value = "30s", value_parser = units::duration)]
    drain_timeout: Duration,

    /// What each batch is given to: it runs once a batch, and stores it
    #[arg(last = true, value_name = "COMMAND", requires = "group")]
    command: Vec<OsString>,
}

impl Command for KafkaConsume {
    const PAGE: Page = Page {
        name: "kafka-consume",
        kind: Kind::Source,
        about: "read the records of Kafka topics",
        description: "Writes the value of each record, which must be one JSON object: line ends inside \
            of it become spaces, anything else is rejected with its topic, partition and offset. \
            Records without a value (tombstones) are dropped and counted, in batches, too; --envelope has them.\n\n\
            Without --group no group is joined and nothing is committed: it can be run at any time, by \
            anybody who may read the topic. Only committed transactions are read. Records of one partition \
            keep their order.\n\n\
            Without --exit-at-end it follows the topics like tail -f. With it, the end offsets are \
            taken once, at the start, and the command ends when it has passed them, whatever stands \
            there: a transaction marker, a gap left by compaction, or nothing at all.\n\n\
            --envelope writes one JSON object for any record, whatever its bytes: {topic, partition, \
            offset, timestamp, timestamp_type, key or key_b64, headers: [[name, value]], value or \
            value_text or value_b64}. `value` is a JSON object byte for byte, null is a tombstone. \
            kafka-produce --envelope reads it back without loss.\n\n\
            With --group it runs COMMAND once a batch, exactly once. A batch is a range of one partition; \
            partitions are worked on side by side. Where a batch ends is committed before COMMAND starts, \
            and that it is done is committed when COMMAND has exited with 0, every stage of it has told \
            that it ended well, and its sink has given a receipt: an exit status alone is not believed. \
            Whatever is killed in between, the same command run again completes it, and s3-put finds what \
            is stored already. The group is begun once, by topic-admin init-group; a place that was lost is \
            an error that says how to put it back, never a silent restart.\n\n\
            COMMAND reads the batch, sealed, on stdin, in envelopes with --envelope, and what it is called in the \
            environment: BATCH, BATCH_DATE, BATCH_TOPIC, BATCH_TOPIC_ID, BATCH_PARTITION, BATCH_FIRST_OFFSET, BATCH_END_OFFSET, \
            BATCH_GROUP, BATCH_GROUP_START. What fails is tried again, --max-attempts times with growing pauses; then the \
            partition is given up, and the others go on. Records that do not fit are refused at once, as they would \
            be refused again: --max-rejects here counts what any stage of COMMAND rejects, and the account is \
            stored beside the object. After the first SIGTERM running batches may end, \
            for --drain-timeout; what is not done by then is done by the next run.\n\n\
            With --transactional, COMMAND ends in kafka-produce, which sends its records and the offset in one \
            transaction. Readers of committed records see each once.\n\n\
            With --exit-at-end it suits a crontab: */10 * * * * cd /srv/lake && kafka-consume created_users \
            --group lake --exit-at-end -- ./land.sh. Without it, it is a service. Either may run on several \
            hosts, which share the partitions. It ends with 0 when all partitions are landed up to where they ended at \
            the start, whoever did it: other members are waited for, and what they had is taken over when they die. docs/exactly-once.md has the claim, its conditions, and what \
            to do in each error.",
        examples: &[
            ("all there is, as a file", "kafka-consume created_users --exit-at-end > users.ndjson"),
            ("the last ten of each partition, and what follows", "kafka-consume created_users --from -10"),
            ("since this morning", "kafka-consume created_users --from 2026-11-20T08:00:00Z --exit-at-end"),
            (
                "as Parquet on S3, whole or not at all",
                "kafka-consume created_users --exit-at-end --seal |\n    \
                 to-parquet --schema users.ddl |\n    s3-put s3://lake/users.parquet",
            ),
            (
                "several topics, each record with the name of its own",
                "kafka-consume --pattern 'fe.*|male' --exit-at-end --envelope > both.ndjson",
            ),
            (
                "each record once into the lake, batch by batch; what a crontab runs",
                "kafka-consume created_users --group parquet --exit-at-end -- ./land.sh",
            ),
            (
                "from topic to topic, each record once",
                "kafka-consume created_users --group copy --transactional --exit-at-end -- \\\n  \
                 sh -c 'hash-fields --key-file hash.key email | kafka-produce -t clean'",
            ),
            ("one record, with its key and headers", "kafka-consume created_users -n 1 --envelope"),
        ],
        environment: &[(
            "BATCH, BATCH_DATE, BATCH_TOPIC, BATCH_PARTITION, ...",
            "set for COMMAND: the batch that it gets",
        )],
        files: &[],
        see_also: &["kafka-produce", "topic-admin", "to-parquet", "s3-put", "s3-verify"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let settings = self.kafka.settings()?;
        match &self.batches.group {
            Some(group) => self.run_batches(process, &settings, group),
            None => self.run_plain(process, &settings),
        }
    }
}

impl KafkaConsume {
    fn run_plain(self, process: &Process, settings: &Settings) -> Result<()> {
        let plan = Plan {
            topics: self.topics(),
            partition: self.partition,
            start: self.from,
            bounded: self.exit_at_end,
            limit: self.count,
            form: self.form(),
        };
        let (stage, source) =
            Stage::open(process, &self.stream)?.prepare(|| Consume::open(settings, &plan))?;
        stage.source(source)
    }

    fn form(&self) -> Form {
        if self.envelope { Form::Envelope } else { Form::Value }
    }

    fn topics(&self) -> Selection {
        let names = self.topics.iter().chain(&self.topic).cloned().collect();
        Selection { names, patterns: self.pattern.clone() }
    }

    fn run_batches(&self, process: &Process, settings: &Settings, group: &str) -> Result<()> {
        let plan = self.group_plan(group)?;
        let (mut stage, group) =
            Stage::open(process, &self.stream)?.prepare(|| Group::open(settings, plan))?;
        stage.begin()?;
        let (counts, result) = group.run(&process.signals);
        stage.conclude(counts, result)
    }

    fn group_plan(&self, group: &str) -> Result<group::Plan> {
        if self.stream.rejects.is_some() || self.stream.rejects_raw.is_some() {
            return Err(Error::usage(
                "with --group rejects travel to the sink, which stores them beside the object",
            )
            .hint("leave --rejects and --rejects-raw out"));
        }
        let batches = &self.batches;
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        Ok(group::Plan {
            group: group.to_owned(),
            topics: self.topics(),
            command: batches.command.clone(),
            form: self.form(),
            exit_at_end: self.exit_at_end,
            cut: Cut {
                records: batches.batch_records,
                bytes: batches.batch_bytes,
                wait: batches.batch_wait,
                by_day: batches.batch_split.is_some(),
            },
            max_children: batches.max_children.map_or_else(cores, usize::from),
            max_attempts: batches.max_attempts,
            receipts: batches.receipts.into(),
            trust_exit: batches.trust_exit,
            commits: if batches.transactional { Commits::Command } else { Commits::Consumer },
            batch_timeout: Some(batches.batch_timeout),
            revoke_timeout: batches.revoke_timeout,
            drain_timeout: batches.drain_timeout,
            max_rejects: self.stream.max_rejects.unwrap_or(Allowance::Count(0)),
        })
    }
}
