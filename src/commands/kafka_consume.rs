//! `kafka-consume`: records of topics to stdout.

use super::{Command, Kind, Page};
use crate::kafka::KafkaArgs;
use crate::kafka::consume::{Consume, Form, Plan};
use crate::kafka::start::Start;
use crate::kafka::topic::parse_name;
use crate::run::{Process, Result};
use crate::stream::{Options, Stage};

/// Options of `kafka-consume`.
#[derive(clap::Args)]
pub struct KafkaConsume {
    /// The topics (-t TOPIC, as other Kafka tools have it, is the same)
    #[arg(value_name = "TOPIC", required_unless_present = "topic", value_parser = parse_name)]
    topics: Vec<String>,

    // Out of sight, and so out of the settings file: a default topic beside those that were typed
    // would be read as well.
    /// The same as TOPIC
    #[arg(short, long, value_name = "TOPIC", hide = true, value_parser = parse_name)]
    topic: Vec<String>,

    /// Where to start in each partition: beginning, end, OFFSET, -N (before the end), TIME
    ///
    /// TIME is RFC 3339 (2026-11-20T08:00:00Z), a date (2026-11-20, from midnight UTC on), or @ and
    /// milliseconds since 1970 (@1763625600000); the @ may stand before any of them. The start is the
    /// first record at or after it.
    #[arg(long, value_name = "WHERE", default_value = "beginning", allow_hyphen_values = true)]
    from: Start,

    /// End where the partitions end now, instead of following the topics
    #[arg(short = 'e', long)]
    exit_at_end: bool,

    /// Follow the topics until a signal comes: what is done without --exit-at-end
    #[arg(short, long, conflicts_with = "exit_at_end")]
    follow: bool,

    /// End after this many records
    #[arg(short = 'n', long = "count", value_name = "N")]
    count: Option<u64>,

    /// Read this partition of each topic only
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    partition: Option<i32>,

    /// Write whole records: topic, partition, offset, timestamp, key, headers and value
    #[arg(long)]
    envelope: bool,

    #[command(flatten)]
    kafka: KafkaArgs,

    #[command(flatten)]
    stream: Options,
}

impl Command for KafkaConsume {
    const PAGE: Page = Page {
        name: "kafka-consume",
        kind: Kind::Source,
        about: "read the records of Kafka topics",
        description: "Writes the value of each record, which must be one JSON object: line ends inside \
            of it become spaces, anything else is rejected with its topic, partition and offset. \
            Records without a value (tombstones) are dropped and counted.\n\n\
            No group is joined and nothing is committed: it can be run at any time, by anybody who may \
            read the topic. Only committed transactions are read. Records of one partition keep their \
            order.\n\n\
            Without --exit-at-end it follows the topics like tail -f. With it, the end offsets are \
            taken once, at the start, and the command ends when it has passed them, whatever stands \
            there: a transaction marker, a gap left by compaction, or nothing at all.\n\n\
            --envelope writes one JSON object for any record, whatever its bytes: {topic, partition, \
            offset, timestamp, timestamp_type, key or key_b64, headers: [[name, value]], value or \
            value_text or value_b64}. `value` is a JSON object byte for byte, null is a tombstone. \
            kafka-produce --envelope reads it back without loss.",
        examples: &[
            ("all there is, as a file", "kafka-consume created_users --exit-at-end > users.ndjson"),
            ("the last ten of each partition, and what follows", "kafka-consume created_users --from -10"),
            ("since this morning", "kafka-consume created_users --from 2026-11-20T08:00:00Z --exit-at-end"),
            (
                "as Parquet on S3, whole or not at all",
                "kafka-consume created_users --exit-at-end --seal |\n    \
                 to-parquet --schema users.ddl |\n    s3-put s3://lake/users.parquet",
            ),
            ("one record, with its key and headers", "kafka-consume created_users -n 1 --envelope"),
        ],
        environment: &[],
        files: &[],
        see_also: &["kafka-produce", "topic-admin", "to-parquet"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let settings = self.kafka.settings()?;
        let plan = Plan {
            topics: [self.topics, self.topic].concat(),
            partition: self.partition,
            start: self.from,
            bounded: self.exit_at_end,
            limit: self.count,
            form: if self.envelope { Form::Envelope } else { Form::Value },
        };
        let (stage, source) =
            Stage::open(process, &self.stream)?.prepare(|| Consume::open(&settings, &plan))?;
        stage.source(source)
    }
}
