//! `to-parquet`: records into one Parquet file, lossless or refused.

use std::path::PathBuf;

use crate::commands::{Command, Kind, Page};
use crate::parquet::encoder::ParquetEncoder;
use crate::parquet::writer::{self, Compatibility, Compression};
use crate::run::{Error, Process, Result, units};
use crate::schema::{Unknown, ddl};
use crate::stream::{Options, Reading, Stage, Target};

/// The options of `to-parquet`.
#[derive(clap::Args, Debug)]
pub struct ToParquet {
    /// The schema: a file with Spark's DDL, as infer-schema prints it
    #[arg(long, value_name = "FILE", required_unless_present = "schema_ddl")]
    schema: Option<PathBuf>,

    /// The schema itself: 'name STRING NOT NULL, age INT'
    #[arg(long, value_name = "DDL", conflicts_with = "schema")]
    schema_ddl: Option<String>,

    /// Fields that the schema does not know: reject, ignore, or column=NAME
    ///
    /// reject refuses the record. ignore leaves the fields out, and the summary counts them. column=NAME keeps
    /// those of the record itself, byte for byte, as one JSON object in a STRING column of that name.
    #[arg(long, value_name = "WHAT", default_value = "reject")]
    unknown: Unknown,

    /// How pages are compressed
    #[arg(long, value_enum, default_value_t)]
    compression: Codec,

    /// The level of zstd, 1 to 22
    #[arg(long, value_name = "LEVEL", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..=22))]
    compression_level: i32,

    /// Close a row group when its encoded size passes this
    #[arg(long, value_name = "SIZE", default_value = "16MiB", value_parser = units::bytes)]
    row_group_bytes: u64,

    /// Which readers must understand the file
    #[arg(long, value_enum, default_value_t)]
    compatibility: Pages,

    /// Say this in the footer, too; can be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    meta: Vec<(String, String)>,

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

/// The codecs by name.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Codec {
    /// Zstandard: small, and fast to read
    #[default]
    Zstd,
    /// Snappy: what old readers know
    Snappy,
    /// No compression
    None,
}

/// The versions of data pages by name.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Pages {
    /// Data pages V2 and their encodings: Spark 3, DuckDB, pyarrow, polars, Trino
    #[default]
    V2,
    /// Data pages V1 and plain encodings: Athena, Hive, and readers from before 2020
    V1,
}

impl Command for ToParquet {
    const PAGE: Page = Page {
        name: "to-parquet",
        kind: Kind::Encoder,
        about: "write records into a Parquet file by a schema, lossless or not at all",
        description: "Writes the records of stdin into one Parquet file: to stdout, into a sealed stream for s3-put, \
            or with -o into a file that appears only when it is whole.\n\n\
            The schema is Spark's DDL: columns separated by commas, STRUCT<name: TYPE, ...>, ARRAY<TYPE>, \
            MAP<TYPE, TYPE>, NOT NULL, COMMENT 'text'; BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, \
            DECIMAL(p,s), STRING, VARCHAR(n), CHAR(n), BINARY, DATE, TIMESTAMP, TIMESTAMP_NTZ and their aliases. \
            Names are matched with their case. -- begins a comment.\n\n\
            Lossless or refused: a record that does not fit is rejected with the path and the reason, and no part of \
            it is written. Refused are a missing or null NOT NULL field, an unknown field (see --unknown), two \
            values for one field, and a value that the column could not give back: 1.5 or 1.0 in INT, 300 in \
            TINYINT, 1e400 or 9007199254740993 in DOUBLE, 1.005 in DECIMAL(10,2), a time without a zone or finer \
            than a microsecond in TIMESTAMP, an object in STRING. A missing field of a nullable column is null.\n\n\
            A number in a STRING column is stored as it is spelled, so a field that is sometimes 9829 and \
            sometimes \"AB1 2CD\" is a STRING. BINARY is base64 text. DATE is YYYY-MM-DD, TIMESTAMP is RFC 3339 \
            with Z or an offset and is stored in UTC, TIMESTAMP_NTZ is the same without a zone.\n\n\
            Without records the file has no rows. But a pipe that ends without a byte, and without a seal, is \
            refused, wherever the output goes: that is what a stage leaves behind that failed at its start.\n\n\
            After a first SIGINT or SIGTERM it reads on to the end of its input; then -o FILE appears only if the \
            input was sealed and its closing seal came, because an unsealed stream may have been cut short.\n\n\
            The same records with the same options make the same bytes. Memory is bounded by the size of a row \
            group. The footer holds the schema, its hash, and in a batch of kafka-consume the range.",
        examples: &[
            ("into a file", "to-parquet --schema users.ddl -o users.parquet < users.ndjson"),
            (
                "would all of it fit?",
                "to-parquet --schema users.ddl --dry-run --max-rejects 100% < users.ndjson",
            ),
            (
                "with a first schema from a sample, which is worth a look",
                "infer-schema < users.ndjson > users.ddl\n\
                 to-parquet --schema users.ddl -o users.parquet < users.ndjson",
            ),
            (
                "a schema on the command line, and all else in a column of its own",
                "to-parquet --schema-ddl 'email STRING NOT NULL' --unknown column=rest \\\n    \
                 -o users.parquet < users.ndjson",
            ),
            (
                "to S3, whole or not at all",
                "to-parquet --seal --schema users.ddl < users.ndjson |\n    \
                 s3-put s3://lake/users/part-1.parquet",
            ),
        ],
        environment: &[],
        files: &[],
        see_also: &["infer-schema", "from-parquet", "s3-put"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let encoder = || {
            let schema = ddl::read(self.schema.as_deref(), self.schema_ddl.as_deref())?;
            ParquetEncoder::new(&schema, self.unknown.clone(), self.options()?)
        };
        let (stage, encoder) = Stage::open(process, &self.stream)?.prepare(encoder)?;
        let target = Target { dry_run: self.dry_run, ..self.target };
        stage.encode(&self.reading, &target, encoder)
    }
}

impl ToParquet {
    fn options(&self) -> Result<writer::Options> {
        if self.row_group_bytes < writer::MIN_ROW_GROUP_BYTES {
            return Err(Error::usage("--row-group-bytes: a row group has at least 1MiB")
                .hint("--row-group-bytes 32MiB"));
        }
        Ok(writer::Options {
            compression: match self.compression {
                Codec::Zstd => Compression::Zstd(self.compression_level),
                Codec::Snappy => Compression::Snappy,
                Codec::None => Compression::None,
            },
            row_group_bytes: self.row_group_bytes,
            compatibility: match self.compatibility {
                Pages::V2 => Compatibility::V2,
                Pages::V1 => Compatibility::V1,
            },
            metadata: self.meta.clone(),
        })
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}
