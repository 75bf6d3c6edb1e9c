//! `postgres-put`: records into a table of PostgreSQL, in one transaction.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Command, Kind, Page};
use crate::batch::{Batch, Group, Mandate};
use crate::postgres::{self, Name, Plan, PostgresArgs, Put};
use crate::run::{Process, Result, log};
use crate::schema::Unknown;
use crate::schema::ddl;
use crate::stream::rejects::Allowance;
use crate::stream::{Options, Reading, Stage};

/// The options of `postgres-put`.
#[derive(clap::Args, Debug)]
pub struct PostgresPut {
    /// The table: TABLE or SCHEMA.TABLE, spelled as it is, case included
    #[arg(short, long, value_name = "TABLE")]
    table: Name,

    /// What records look like: a file with Spark's DDL [default: what the table itself says]
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// The schema itself: 'name STRING NOT NULL, age INT'
    #[arg(long, value_name = "DDL", conflicts_with = "schema")]
    schema_ddl: Option<String>,

    /// Fields that the schema does not know: reject, ignore, or column=NAME
    ///
    /// reject refuses the record. ignore leaves the fields out. column=NAME keeps those of the record itself, byte
    /// for byte, as one JSON object in a json, jsonb or text column of that name.
    #[arg(long, value_name = "WHAT", default_value = "reject")]
    unknown: Unknown,

    /// Replace rows of the same key, which these columns are; within a run the last record wins
    ///
    /// Replaced are the columns of the schema: one that a record lacks becomes NULL. Where the table itself is the
    /// schema these are all but those with a default; to leave others alone, name those that are meant by --schema-ddl.
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    upsert: Vec<String>,

    /// Make what is not there yet: the table by the schema, and in a batch those for offsets and rejects
    #[arg(long)]
    create: bool,

    /// Where the offsets of batches are kept [default: sluicebox_offsets beside the table]
    #[arg(long, hide_short_help = true, value_name = "TABLE")]
    offsets_table: Option<Name>,

    /// Where rejects are kept [default: sluicebox_rejects beside the table]
    #[arg(long, hide_short_help = true, value_name = "TABLE")]
    rejects_table: Option<Name>,

    /// Check the connection, the table, the rights and every record; store nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    postgres: PostgresArgs,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

impl Command for PostgresPut {
    const PAGE: Page = Page {
        name: "postgres-put",
        kind: Kind::Sink,
        about: "store records in a PostgreSQL table, in one transaction",
        description: "Reads records and stores each of them as a row of the table, all of them in one transaction or \
            none: COPY into a temporary table, then INSERT ... SELECT, then COMMIT, after the last record, and in a \
            sealed stream after the seal was checked. Until then nobody sees a row, and nobody waits.\n\n\
            The schema is Spark's DDL, as for to-parquet, and it is held against the table before anything is read: a \
            column that is missing, of another name, or of a type that could not hold every value as it is ends with \
            exit 2. With --create the table is made: BOOLEAN boolean, TINYINT and SMALLINT smallint, INT integer, BIGINT \
            bigint, FLOAT real, DOUBLE double precision, DECIMAL(p,s) numeric(p,s), STRING text, VARCHAR(n) varchar(n), \
            BINARY bytea, DATE date, TIMESTAMP timestamp with time zone, TIMESTAMP_NTZ timestamp, and STRUCT, ARRAY and \
            MAP jsonb. A STRING goes into columns of uuid, enum and citext as well. Without a schema the \
            columns of the table are the schema, all but those that have a default or are generated; a column of json, \
            jsonb, an array or another type for which no single type of Spark stands needs a schema.\n\n\
            Exactly or not at all: a record that does not fit is rejected with the path and the reason. Besides what \
            to-parquet refuses, these are a null in a NOT NULL column or in a key, a text longer than its varchar, one \
            with the character NUL, and what is no UUID or no value of an enum. Constraints are judged by PostgreSQL, at \
            the end and for all: a row that fails one ends the run with exit 1, and nothing is stored.\n\n\
            By itself a run appends, and a second run of the same records appends them again; --upsert may be run again \
            as often as one likes. In a batch of kafka-consume --group (the environment says so) a record is \
            stored once, whatever is killed, repeated or done at the same time: the transaction that stores the rows moves \
            the partition's offset in sluicebox_offsets from the start of the batch to its end, and no other can do so \
            again. A batch that is there already is told by its receipt (exists, or adopted with the end that is there); \
            a table that lacks what lies before, or never saw the beginning, is exit 4.\n\n\
            Where rejects are allowed, their account is stored in sluicebox_rejects in the same transaction, each as the \
            line that --rejects FILE would have.\n\n\
            An answer to COMMIT that was lost is cleared up: postgres-put connects again, for up to 30 s, and asks what became \
            of the transaction. A server that is away, full, restarting or out of connections is exit 75. The password \
            comes from a file, ~/.pgpass or the environment, never from the command line. Memory is some 20 MB, \
            whatever the number of records; the temporary table takes disk space of the server.",
        examples: &[
            (
                "store a file, in a table that is made",
                "postgres-put -t users --schema users.ddl --create < users.ndjson",
            ),
            (
                "replace what has the same key",
                "postgres-put -t logins --schema-ddl 'email STRING, phone STRING' \\\n    \
                 --unknown ignore --create --upsert email < users.ndjson",
            ),
            (
                "would all of it fit?",
                "postgres-put -t users --schema users.ddl --dry-run --max-rejects 100% \\\n    < users.ndjson",
            ),
            (
                "a topic, each record once",
                "kafka-consume created_users --group pg --exit-at-end -- \\\n    \
                 postgres-put -t created_users --schema users.ddl --create",
            ),
        ],
        environment: &ENVIRONMENT,
        files: &[
            ("~/.pgpass", "passwords, as in psql; not used where others can read it"),
            ("~/.pg_service.conf", "parameters under a name, as in psql"),
            ("~/.postgresql/root.crt, postgresql.crt, postgresql.key", "certificates, as in psql"),
        ],
        see_also: &["kafka-consume", "to-parquet", "infer-schema"],
    };

    fn run(self, process: &Process) -> Result<()> {
        Mandate::refuse(process.name)?;
        let settings = Arc::new(self.postgres.settings()?);
        let plan = self.plan()?;
        let open = || Put::open(&settings, plan);
        let (stage, sink) =
            Stage::open(process, &self.stream)?.without_progress(self.dry_run).prepare(open)?;
        if self.dry_run {
            log::say(&sink.described());
        }
        let cancel = sink.cancel();
        let _guard = process.signals.on_abort(move || cancel.now());
        stage.sink(&self.reading, false, sink)
    }
}

/// What stands in the environment besides the options.
const ENVIRONMENT: [(&str, &str); 7] = {
    let [place, password, service, tls, session, credentials] = postgres::ENVIRONMENT;
    let batch = (
        "BATCH, BATCH_..., BATCH_GROUP, BATCH_GROUP_START",
        "the batch that the input is, set by kafka-consume --group",
    );
    [place, password, service, tls, session, credentials, batch]
};

impl PostgresPut {
    fn plan(&self) -> Result<Plan> {
        let batch = match Batch::from_environment()? {
            Some(batch) => Some((batch, Group::from_environment()?)),
            None => None,
        };
        Ok(Plan {
            table: self.table.clone(),
            schema: ddl::read_given(self.schema.as_deref(), self.schema_ddl.as_deref())?,
            unknown: self.unknown.clone(),
            key: self.upsert.clone(),
            create: self.create,
            offsets_table: self.offsets_table.clone(),
            rejects_table: self.rejects_table.clone(),
            may_reject: self.stream.max_rejects.is_some_and(|allowance| allowance != Allowance::Count(0)),
            dry_run: self.dry_run,
            batch,
        })
    }
}
