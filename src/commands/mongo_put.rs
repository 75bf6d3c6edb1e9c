//! `mongo-put`: records as documents of a MongoDB collection.

use std::path::PathBuf;

use super::{Command, Kind, Page};
use crate::batch::{Batch, Mandate};
use crate::json::Path;
use crate::mongo::options::ENVIRONMENT;
use crate::mongo::{MongoArgs, Plan, Put, Unknown, WriteConcern};
use crate::run::{Process, Result};
use crate::schema::ddl;
use crate::stream::{Options, Reading, Stage};

/// The options of `mongo-put`.
#[derive(clap::Args, Debug)]
pub struct MongoPut {
    /// The database
    #[arg(short, long, value_name = "NAME")]
    database: String,

    /// The collection
    #[arg(short, long, value_name = "NAME")]
    collection: String,

    /// The field that becomes the _id: a text or a number [default: by batch and number, or a new one]
    #[arg(long, value_name = "PATH")]
    id: Option<Path>,

    /// Make the collection if it is not there
    #[arg(long)]
    create: bool,

    /// What fields are: a file with Spark's DDL, as infer-schema prints it
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// The same on the command line: 'at TIMESTAMP, price DECIMAL(10,2)'
    #[arg(long, value_name = "DDL", conflicts_with = "schema")]
    schema_ddl: Option<String>,

    /// What happens to a field that the schema does not know
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    unknown: Unknown,

    /// In a batch: replace documents, too, that are of another partition or from elsewhere
    #[arg(long)]
    adopt: bool,

    /// How many members must have a document: majority, or a number
    #[arg(long, value_name = "W", default_value = "majority")]
    write_concern: WriteConcern,

    /// In a batch: the collection for the account of rejects
    #[arg(long, hide_short_help = true, value_name = "NAME", default_value = "sluicebox_rejects")]
    rejects_collection: String,

    /// Check the connection, the collection and every record, and write nothing
    #[arg(long)]
    dry_run: bool,

    /// Take a sealed stream that is no batch although its documents are stored one by one
    #[arg(long)]
    allow_partial: bool,

    #[command(flatten)]
    mongo: MongoArgs,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

impl Command for MongoPut {
    const PAGE: Page = Page {
        name: "mongo-put",
        kind: Kind::Sink,
        about: "store records as documents of a MongoDB collection, repeatably",
        description: "Writes each record of stdin as a document, in bulks. The command succeeds only when every \
            document was acknowledged as --write-concern asks for.\n\n\
            At least once, made repeatable: documents are stored as they come, and a run that fails leaves those that \
            came before. In a batch of kafka-consume --group each document carries where it is from, _sluicebox: \
            {topic_id, partition, version}, the version being offset * 1000 + n for the n-th record of the batch, and \
            a write replaces only what is not newer and of the same partition. So the next attempt writes the same \
            again, and a late write of one that was given up changes nothing. The receipt is given when all documents \
            are acknowledged and the closing seal was checked; it counts those that met newer ones. What has one _id \
            must be in one partition of the topic (kafka-produce --key): a document of another partition, or from \
            elsewhere, is exit 4 unless --adopt. Outside of a batch a sealed stream is refused without \
            --allow-partial.\n\n\
            The _id is the value at --id. Without it a batch names its documents by its own name and the number of the \
            record. Outside of a batch a record replaces the document of its --id, in the order of the stream; without \
            --id each gets a new _id, and a second run adds all of them again.\n\n\
            JSON is stored as it is: an integer as int32, or int64 where it must be, and beyond that rejected; a number \
            with a fraction or an exponent as double. A schema says what JSON cannot: TIMESTAMP is a date (of \
            milliseconds; finer ones are rejected), DATE a date at midnight UTC, DECIMAL decimal128 of up to 34 digits, \
            BIGINT int64, DOUBLE double, BINARY binary from base64. Rejected are names that begin with $ or hold a \
            dot, two values for one field, documents above 16 MiB or nested more than 100 deep, and a record with an \
            _id of its own unless --id _id. What the server refuses by itself (a validator, another unique index) ends \
            the run with exit 1.\n\n\
            A bulk without an answer, or answered by a server that is not the primary any more, is sent again, up to \
            five times. Of rejects that are allowed a batch keeps an account in the collection sluicebox_rejects, \
            before its receipt is given. A sharded collection must be sharded by _id.",
        examples: &[
            (
                "each user under its own id",
                "mongo-put --database lake --collection users --id login.uuid < users.ndjson",
            ),
            (
                "dates and decimals as such",
                "mongo-put -d lake -c names --id email --schema names.ddl < names.ndjson",
            ),
            ("would all of it fit?", "mongo-put -d lake -c users --id login.uuid --dry-run < users.ndjson"),
            (
                "from Kafka, repeatably",
                "kafka-consume users --group documents --exit-at-end -- \\\n    mongo-put -d lake -c people --create",
            ),
        ],
        environment: &ENVIRONMENT,
        files: &[],
        see_also: &["kafka-consume", "cassandra-put", "infer-schema"],
    };

    fn run(self, process: &Process) -> Result<()> {
        Mandate::refuse(process.name)?;
        let settings = self.mongo.settings()?;
        let plan = Plan {
            schema: ddl::read_given(self.schema.as_deref(), self.schema_ddl.as_deref())?,
            database: self.database,
            collection: self.collection,
            make: self.create,
            id: self.id,
            unknown: self.unknown,
            adopt: self.adopt,
            concern: self.write_concern,
            rejects: self.rejects_collection,
            dry_run: self.dry_run,
            batch: Batch::from_environment()?,
        };
        let partial = self.allow_partial || self.dry_run;
        let (stage, sink) = Stage::open(process, &self.stream)?.prepare(|| Put::open(settings, plan))?;
        stage.without_progress(self.dry_run).sink(&self.reading, partial, sink)
    }
}
