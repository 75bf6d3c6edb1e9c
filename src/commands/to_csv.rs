//! `to-csv`: records into CSV by a schema, lossless or refused.

use std::path::PathBuf;

use crate::commands::{Command, Kind, Page};
use crate::csv::{self, CsvEncoder, Dialect, Format};
use crate::run::{Process, Result};
use crate::schema::{Unknown, ddl};
use crate::stream::{Options, Reading, Stage, Target};

/// The options of `to-csv`.
#[derive(clap::Args, Debug)]
pub struct ToCsv {
    /// The schema: a file with Spark's DDL, as infer-schema prints it
    #[arg(long, value_name = "FILE", required_unless_present = "schema_ddl")]
    schema: Option<PathBuf>,

    /// The schema itself: 'name STRING NOT NULL, age INT'
    #[arg(long, value_name = "DDL", conflicts_with = "schema")]
    schema_ddl: Option<String>,

    /// Whose CSV it is to be
    #[arg(long, value_enum, default_value_t)]
    dialect: Dialect,

    /// Write no row with the names of the columns
    #[arg(long)]
    no_header: bool,

    /// What stands for null, without quotes [default: nothing]
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    null: String,

    /// What stands between cells: one character, or tab
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = csv::delimiter)]
    delimiter: u8,

    /// End lines with CR LF, as RFC 4180 has it
    #[arg(long)]
    crlf: bool,

    /// Allow line ends in texts, which Spark's reader takes with its option multiLine alone
    #[arg(long)]
    multiline: bool,

    /// Structs, arrays and maps: reject the schema that has some, or write them as JSON text
    #[arg(long, value_enum, default_value_t)]
    nested: Nested,

    /// Fields that the schema does not know: reject, ignore, or column=NAME
    ///
    /// reject refuses the record. ignore leaves the fields out, and the summary counts them. column=NAME keeps
    /// those of the record itself, byte for byte, as one JSON object in a STRING column of that name.
    #[arg(long, value_name = "WHAT", default_value = "reject")]
    unknown: Unknown,

    /// Put ' before texts that a spreadsheet would run as formulas; this changes them
    ///
    /// Texts that begin with = + - @, a tab or a line end; numbers are left alone. The summary counts them.
    #[arg(long)]
    spreadsheet_safe: bool,

    /// Check every record against the schema, and write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    target: Target,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

/// What becomes of nested columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Nested {
    /// A schema that has some is refused
    #[default]
    Reject,
    /// JSON text in the cell, checked by the schema
    Json,
}

impl Command for ToCsv {
    const PAGE: Page = Page {
        name: "to-csv",
        kind: Kind::Encoder,
        about: "write records as CSV by a schema, lossless or not at all",
        description: "Writes the records of stdin as CSV: to stdout, into a sealed stream for s3-put, or with -o into a \
            file that appears only when it is whole. The schema is Spark's DDL, as for to-parquet, and it holds records \
            to the same rules: a missing or null NOT NULL field, an unknown field (see --unknown), two values for one \
            field, and a value that does not fit its column are rejected with the path and the reason. Columns come \
            in the order of the schema, whatever the order in the record. A missing field of a nullable column \
            is null.\n\n\
            Numbers are written as they are spelled, DECIMAL with all digits of its scale, DATE as 2026-11-20, \
            TIMESTAMP in UTC as 2026-11-20T08:00:00.000Z, TIMESTAMP_NTZ without the Z, BINARY as base64 text, \
            booleans as true and false. A text stands in quotes only where it could be misread without.\n\n\
            --dialect rfc4180 doubles a quote inside of a text, and is read by DuckDB, PostgreSQL, pyarrow and \
            spreadsheets. --dialect spark puts a backslash before it, and before a backslash, as Spark's own \
            reader and writer have it. Its reader splits lines first, so a text with a line end is rejected there; with --multiline it is written, \
            and wants .option('multiLine', true).\n\n\
            null is nothing between two delimiters, and an empty text is \"\". Readers that tell them apart: DuckDB \
            (allow_quoted_nulls=false), PostgreSQL, pyarrow (strings_can_be_null, and not quoted_strings_can_be_null). \
            Spark's reader takes both for null, unless its option nullValue names a text that is no value, such as \
            .option('nullValue', '<null>'). --null TEXT writes TEXT for null; a text that equals it is \
            put in quotes, and rejected in Spark's dialect, where quotes do not matter. A row of one null would be a \
            blank line, and is rejected without --null.\n\n\
            Structs, arrays and maps are no cells: make fields of them with map-fields, or write them as JSON text \
            with --nested json; their unknown fields are always rejected. In Spark's \
            schema of a CSV file VARCHAR, CHAR and BINARY are STRING; unbase64() makes bytes of it.\n\n\
            In Spark: spark.read.schema(DDL).option('header', true).csv(PATH). Every object of a batch has its header, \
            be it without rows; s3-put --suffix .csv names it.\n\n\
            A pipe that ends without a byte, and without a seal, is refused: that is what a stage leaves behind that \
            failed at its start. The same records with the same options make the same bytes.",
        examples: &[
            (
                "a flat record, into a file",
                "map-fields name='{name.first} {name.last}' city=location.city < users.ndjson |\n    \
                 to-csv --schema-ddl 'name STRING, city STRING' -o users.csv",
            ),
            (
                "for Spark",
                "map-fields email=email age=dob.age < users.ndjson |\n    \
                 to-csv --dialect spark --schema-ddl 'email STRING, age INT' -o users.csv",
            ),
            (
                "nested columns as JSON text, and all else in a column of its own",
                "to-csv --nested json --unknown column=rest \\\n    \
                 --schema-ddl 'email STRING, dob STRUCT<date: TIMESTAMP, age: INT>' \\\n    \
                 -o users.csv < users.ndjson",
            ),
            (
                "to S3, whole or not at all",
                "to-csv --seal --schema-ddl 'email STRING' --unknown ignore < users.ndjson |\n    \
                 s3-put s3://lake/users/part-1.csv",
            ),
        ],
        environment: &[],
        files: &[],
        see_also: &["map-fields", "to-parquet", "infer-schema", "s3-put"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let encoder = || {
            let schema = ddl::read(self.schema.as_deref(), self.schema_ddl.as_deref())?;
            CsvEncoder::new(&schema, self.unknown.clone(), self.options())
        };
        let (stage, encoder) = Stage::open(process, &self.stream)?.prepare(encoder)?;
        let target = Target { dry_run: self.dry_run, ..self.target };
        stage.encode(&self.reading, &target, encoder)
    }
}

impl ToCsv {
    fn options(&self) -> csv::Options {
        let format = Format {
            dialect: self.dialect,
            delimiter: self.delimiter,
            null: self.null.clone(),
            crlf: self.crlf,
            multiline: self.multiline,
            spreadsheet_safe: self.spreadsheet_safe,
        };
        csv::Options { format, header: !self.no_header, nested: self.nested == Nested::Json }
    }
}
