//! `cassandra-put`: records as rows of a Cassandra table.

use std::path::PathBuf;

use super::{Command, Kind, Page};
use crate::batch::{Batch, Mandate};
use crate::cassandra::options::{ENVIRONMENT, FILES};
use crate::cassandra::{CassandraArgs, Create, Nulls, Plan, PrimaryKey, Put, Timestamps, Unknown};
use crate::run::{Error, Process, Result};
use crate::schema::ddl;
use crate::stream::{Options, Reading, Stage};

/// The options of `cassandra-put`.
#[derive(clap::Args, Debug)]
pub struct CassandraPut {
    /// The keyspace, with its case
    #[arg(short, long, value_name = "NAME")]
    keyspace: String,

    /// The table, with its case
    #[arg(short, long, value_name = "NAME")]
    table: String,

    /// Make the table if it is not there, by --schema and --primary-key
    #[arg(long, requires = "primary_key")]
    create: bool,

    /// What the table is to be like: a file with Spark's DDL, as infer-schema prints it
    #[arg(long, value_name = "FILE", requires = "primary_key")]
    schema: Option<PathBuf>,

    /// The same on the command line: 'id STRING, age INT'
    #[arg(
        long,
        hide_short_help = true,
        value_name = "DDL",
        conflicts_with = "schema",
        requires = "primary_key"
    )]
    schema_ddl: Option<String>,

    /// Its key, as CQL has it: id, or '(day, hour), id'
    #[arg(long, value_name = "COLUMNS")]
    primary_key: Option<PrimaryKey>,

    /// When a row counts as written: offset, now, or the field that says it [default: offset in a batch, else now]
    #[arg(long, value_name = "WHAT")]
    timestamp: Option<Timestamps>,

    /// What a null does to its column
    #[arg(long, hide_short_help = true, value_name = "WHAT", value_enum, default_value_t)]
    nulls: Nulls,

    /// What happens to a field without a column
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    unknown: Unknown,

    /// How many rows may be without an answer
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u16).range(1..=16384))]
    concurrency: u16,

    /// In a batch: the table of the same keyspace for the account of rejects
    #[arg(long, hide_short_help = true, value_name = "NAME", default_value = "sluicebox_rejects")]
    rejects_table: String,

    /// Check the connection, the table and every record, and write nothing
    #[arg(long)]
    dry_run: bool,

    /// Take a sealed stream that is no batch although its rows are stored one by one
    #[arg(long)]
    allow_partial: bool,

    #[command(flatten)]
    cassandra: CassandraArgs,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

impl Command for CassandraPut {
    const PAGE: Page = Page {
        name: "cassandra-put",
        kind: Kind::Sink,
        about: "store records as rows of a Cassandra table, repeatably",
        description: "Writes each record of stdin as a row, by a statement that is prepared from the table itself: \
            a field is stored in the column of its name, with its case. The command succeeds only when every row was \
            acknowledged by as many replicas as --consistency asks for.\n\n\
            At least once, made repeatable: rows are stored one by one, and a run that fails leaves those that came \
            before. In a batch of kafka-consume --group the next attempt writes the same rows again, with the same \
            write times: offset * 1000 + n for the n-th record of the batch, in microseconds. So a late write of an \
            attempt that was given up never replaces newer data of its partition, and a receipt is given when all \
            rows are acknowledged and the closing seal was checked. What has one primary key must be in one partition \
            of the topic (kafka-produce --key). Outside of a batch a sealed stream is refused without \
            --allow-partial.\n\n\
            Write times of offsets are long ago. In a table that others write, or delete from, by the clock, their \
            writes and deletions stand against them for ever: there use --timestamp now, which lets a late write \
            win, or a field of the record that says when it was true.\n\n\
            Lossless or rejected: text takes strings, and numbers as they are spelled; int and its kin what they \
            give back digit for digit; decimal and varint every digit; double and float as to-parquet; timestamp \
            RFC 3339 with a zone and milliseconds, or an integer of milliseconds; date YYYY-MM-DD; time; uuid, \
            timeuuid and inet their text; blob base64; list, set, vector and tuple an array; map and user-defined \
            types an object. A field without a column, a key that is missing or empty, and a value that its column \
            could not give back are rejects. A field that is missing leaves its column as it is; null empties it, \
            which leaves a tombstone (--nulls ignore). An empty collection that is not frozen is none to Cassandra, \
            and comes back as null.\n\n\
            A row that fails for a while (a timeout, too few replicas, an overloaded node) is sent again, up to six \
            times. Of rejects that are allowed a batch keeps an account in the table sluicebox_rejects of the \
            keyspace, before its receipt is given.",
        examples: &[
            (
                "into a table that is there",
                "cassandra-put --keyspace lake --table users --unknown ignore < users.ndjson",
            ),
            (
                "into one that is made of a schema",
                "cassandra-put -k lake -t random_names --create --schema names.ddl \\\n    --primary-key email < names.ndjson",
            ),
            ("would all of it fit?", "cassandra-put -k lake -t random_names --dry-run < names.ndjson"),
            (
                "from Kafka, repeatably",
                "kafka-consume names --group rows --exit-at-end -- \\\n    cassandra-put -k lake -t random_names",
            ),
        ],
        environment: &ENVIRONMENT,
        files: &FILES,
        see_also: &["kafka-consume", "mongo-put", "infer-schema"],
    };

    fn run(self, process: &Process) -> Result<()> {
        Mandate::refuse(process.name)?;
        let settings = self.cassandra.settings()?;
        let plan = Plan {
            create: self.create()?,
            make: self.create,
            keyspace: self.keyspace,
            table: self.table,
            timestamps: self.timestamp,
            nulls: self.nulls,
            unknown: self.unknown,
            concurrency: self.concurrency.into(),
            rejects_table: self.rejects_table,
            dry_run: self.dry_run,
            batch: Batch::from_environment()?,
        };
        let partial = self.allow_partial || self.dry_run;
        let (stage, sink) = Stage::open(process, &self.stream)?.prepare(|| Put::open(settings, plan))?;
        stage.without_progress(self.dry_run).sink(&self.reading, partial, sink)
    }
}

impl CassandraPut {
    /// What the table is to be like, as far as it was said.
    fn create(&self) -> Result<Option<Create>> {
        match (ddl::read_given(self.schema.as_deref(), self.schema_ddl.as_deref())?, self.primary_key.clone())
        {
            (Some(schema), Some(key)) => Ok(Some(Create { schema, key })),
            (None, _) if self.create => Err(Error::usage("--create needs a schema")
                .hint("infer-schema < records.ndjson > users.ddl; --schema users.ddl")),
            _ => Ok(None),
        }
    }
}
