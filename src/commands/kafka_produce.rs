//! `kafka-produce`: records to a topic, each delivery confirmed.

use super::{Command, Kind, Page};
use crate::batch::{Batch, Mandate};
use crate::json::Path;
use crate::kafka::KafkaArgs;
use crate::kafka::produce::{Form, Plan, Produce, parse_header};
use crate::kafka::route::Destination;
use crate::kafka::topic::parse_name;
use crate::kafka::value::Keys;
use crate::run::{Error, Process, Result};
use crate::stream::{Options, Reading, Stage};

/// Options of `kafka-produce`.
#[derive(clap::Args)]
pub struct KafkaProduce {
    /// The topic
    #[arg(short, long, value_name = "TOPIC", value_parser = parse_name, required_unless_present = "topic_from")]
    topic: Option<String>,

    /// The field that names the topic of each record, instead of one for all
    ///
    /// A record whose topic is missing, or does not exist, is rejected. In envelopes it is a field of
    /// the envelope: --topic-from topic.
    #[arg(long, value_name = "PATH", conflicts_with = "topic")]
    topic_from: Option<Path>,

    /// The field that becomes the key: a string's text, or a number as it is spelled
    #[arg(short, long, value_name = "PATH")]
    key: Option<Path>,

    /// A record without the key's field is rejected, or sent without a key
    #[arg(long, value_name = "WHAT", value_enum, default_value = "reject", requires = "key")]
    missing_key: MissingKey,

    /// A header of every record; may be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME=VALUE", value_parser = parse_header)]
    headers: Vec<(String, String)>,

    /// Send to this partition, instead of the one that follows from the key
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    partition: Option<i32>,

    /// Each line is a whole record, as `kafka-consume --envelope` writes it
    #[arg(long, conflicts_with_all = ["key", "headers"])]
    envelope: bool,

    /// Send each record to the partition that its envelope names
    #[arg(long, requires = "envelope", conflicts_with = "partition")]
    keep_partition: bool,

    /// Check the connection, the topic and every record, and send nothing
    #[arg(long)]
    dry_run: bool,

    /// Take a sealed stream although a topic cannot be published all or nothing
    #[arg(long)]
    allow_partial: bool,

    /// In a transaction: where the accounts of rejects go
    ///
    /// As JSON, with the name of the batch as the key. Without it a batch may have no rejects.
    #[arg(long, hide_short_help = true, value_name = "TOPIC", value_parser = parse_name)]
    rejects_topic: Option<String>,

    #[command(flatten)]
    kafka: KafkaArgs,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

/// What happens to a record without its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum MissingKey {
    /// It is rejected.
    Reject,
    /// It is sent without a key.
    Null,
}

impl Command for KafkaProduce {
    const PAGE: Page = Page {
        name: "kafka-produce",
        kind: Kind::Sink,
        about: "publish records to Kafka topics, each delivery confirmed",
        description: "Sends each record of stdin as the value of a Kafka record, byte for byte. The \
            producer is idempotent and waits for all in-sync replicas; the command succeeds only when \
            every single delivery was confirmed, and otherwise says how many were.\n\n\
            A topic is not published all or nothing: what was confirmed before a failure stays there. \
            So a sealed stream is refused without --allow-partial. In a batch of `kafka-consume \
            --transactional` it is all or nothing: the records, the accounts of their rejects \
            (--rejects-topic) and the offset of the consumer group are one transaction, which is committed \
            when the seal was checked and every delivery confirmed. Until then no reader that asks for \
            committed records (read_committed) sees any of them; the default of most clients does not ask \
            for that. A transaction may take 5 minutes: -X transaction.timeout.ms.\n\n\
            A key decides the partition as every JVM client would (murmur2). A record that is larger \
            than the topic takes (max.message.bytes, framing included) is rejected before it is sent, \
            so that its neighbours are not refused with it. The topic must exist.\n\n\
            With --envelope a line holds everything a Kafka record has: key, headers, timestamp and \
            value. `kafka-consume --envelope | kafka-produce --envelope` copies a topic exactly. The \
            topic in it is used by --topic-from topic alone, the partition by --keep-partition. A time of 0 or \
            before 1970 cannot be sent and is rejected.\n\n\
            With --topic-from each record names its topic. All of them must exist: a record for one that \
            does not is rejected. In a transaction the records of a batch become visible in all topics at \
            once.\n\n\
            Nothing is compressed unless asked for: -X compression.type=zstd.",
        examples: &[
            ("publish users", "generate-users --results 1000 | kafka-produce --topic created_users"),
            (
                "the same user always to the same partition",
                "kafka-produce -t created_users --key login.uuid < users.ndjson",
            ),
            (
                "compressed, on a cluster with credentials in a file",
                "kafka-produce -t users -F ~/.kafka.properties \\\n    -X compression.type=zstd < users.ndjson",
            ),
            (
                "each user to the topic that a field names: female, or male",
                "kafka-produce --topic-from gender < users.ndjson",
            ),
            (
                "copy a topic, keys, headers and timestamps included",
                "kafka-consume users --exit-at-end --envelope |\n    kafka-produce -t copy --envelope",
            ),
        ],
        environment: &[(
            "BATCH, BATCH_..., BATCH_TRANSACTIONAL_ID, BATCH_GROUP_METADATA, BATCH_COMMIT",
            "the batch that the input is, and what is committed with it, set by kafka-consume --transactional",
        )],
        files: &[],
        see_also: &["kafka-consume", "topic-admin", "hash-fields"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let settings = self.kafka.settings()?;
        let mandate = self.mandate()?;
        let form = if self.envelope {
            Form::Envelope { keep_partition: self.keep_partition }
        } else {
            let key = self.key.map(Keys::new).transpose()?.map(Box::new);
            let keyless = self.missing_key == MissingKey::Null;
            Form::Value { key, keyless, headers: self.headers }
        };
        let dry_run = self.dry_run;
        let to = match (self.topic, self.topic_from) {
            (_, Some(path)) => Destination::Field(path),
            (Some(topic), None) => Destination::Topic(topic),
            (None, None) => return Err(Error::usage("no topic is named").hint("--topic TOPIC")),
        };
        let plan =
            Plan { to, partition: self.partition, form, dry_run, mandate, rejects_topic: self.rejects_topic };
        let (stage, sink) = Stage::open(process, &self.stream)?.prepare(|| Produce::open(&settings, plan))?;
        stage.without_progress(dry_run).sink(&self.reading, self.allow_partial || dry_run, sink)
    }
}

impl KafkaProduce {
    /// The batch that this is to commit, if it is.
    fn mandate(&self) -> Result<Option<(Batch, Mandate)>> {
        let batch = Batch::from_environment()?;
        let mandate = batch.as_ref().map_or(Ok(None), Mandate::from_environment)?;
        if self.allow_partial && mandate.is_some() {
            return Err(Error::usage(
                "--allow-partial publishes each record as it comes, a transaction all at once",
            )
            .hint("leave --allow-partial out"));
        }
        match (batch, mandate) {
            (Some(batch), Some(mandate)) if !self.dry_run => Ok(Some((batch, mandate))),
            (_, None) if self.rejects_topic.is_some() => {
                Err(Error::usage("--rejects-topic is for batches of kafka-consume --transactional")
                    .hint("--rejects FILE"))
            }
            (Some(_), None) if !self.allow_partial && !self.dry_run => Err(Error::usage(
                "a batch is published all or nothing, and a topic is not, without a transaction",
            )
            .hint("kafka-consume --group GROUP --transactional")),
            _ => Ok(None),
        }
    }
}
