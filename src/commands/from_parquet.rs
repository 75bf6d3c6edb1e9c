//! `from-parquet`: the rows of a Parquet file as records.

use std::path::PathBuf;

use crate::commands::{Command, Kind, Page};
use crate::parquet::reader::{Options as Reading, ParquetSource};
use crate::run::signals::Stop;
use crate::run::{Process, Result};
use crate::stream::{Options, RecordOut, Source, Stage};

/// The options of `from-parquet`.
#[derive(clap::Args, Debug)]
pub struct FromParquet {
    /// Parquet files, read in this order; - is stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Only these columns, or fields as location.city
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,

    /// Leave out fields that are null
    #[arg(long)]
    omit_nulls: bool,

    #[command(flatten)]
    stream: Options,
}

impl Command for FromParquet {
    const PAGE: Page = Page {
        name: "from-parquet",
        kind: Kind::Source,
        about: "write the rows of Parquet files as records",
        description: "Writes each row as one JSON object, in the order of the file. Reads what to-parquet wrote, and what \
            Spark, DuckDB, pyarrow and others did.\n\n\
            What to-parquet stored comes back equal under the schema: a number in a STRING column as a string, a \
            missing field as null (or not at all with --omit-nulls, which keeps nulls in arrays and maps), instants in \
            UTC as 2020-01-31T12:00:00.000Z, decimals with all digits of their scale, 64-bit integers exactly, \
            floats in their shortest spelling, bytes as base64.\n\n\
            A row with a value that JSON cannot say, such as NaN, is rejected. A column of a type without a \
            JSON form, such as an interval, is an error unless --columns leaves it out.\n\n\
            A Parquet file is read from its end: stdin is copied to a nameless file in $TMPDIR first.",
        examples: &[
            ("all rows", "from-parquet users.parquet"),
            ("some fields", "from-parquet --columns email,location.city users.parquet"),
            ("back into Kafka", "from-parquet --omit-nulls users.parquet | kafka-produce --topic users"),
        ],
        environment: &[("TMPDIR", "where stdin is copied to")],
        files: &[],
        see_also: &["to-parquet"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let reading = Reading { columns: self.columns, omit_nulls: self.omit_nulls };
        // All are opened before the first record: a wrong name in the list stops at once.
        let files =
            self.files.iter().map(|file| ParquetSource::open(file, &reading)).collect::<Result<_>>()?;
        Stage::open(process, &self.stream)?.source(Files(files))
    }
}

/// One file after the other.
struct Files(Vec<ParquetSource>);

impl Source for Files {
    fn run(&mut self, out: &mut RecordOut<'_>, stop: &Stop) -> Result<()> {
        self.0.iter_mut().try_for_each(|file| file.run(out, stop))
    }
}
