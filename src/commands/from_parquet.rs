//! `from-parquet`: the rows of a Parquet file as records.

use std::path::PathBuf;

use crate::commands::{Command, Kind, Page};
use crate::parquet::reader::{Options as Reading, ParquetSource};
use crate::run::signals::Stop;
use crate::run::{Error, Process, Result};
use crate::s3::{ENVIRONMENT, Location, S3Args, Store};
use crate::stream::{Options, RecordOut, Source, Stage};

/// The options of `from-parquet`.
#[derive(clap::Args, Debug)]
pub struct FromParquet {
    /// Parquet files, read in this order: paths, objects (s3://BUCKET/KEY), or - for stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Only these columns, or fields as location.city
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,

    /// Leave out fields that are null
    #[arg(long)]
    omit_nulls: bool,

    /// End after this many records
    #[arg(short = 'n', long = "count", value_name = "N")]
    count: Option<u64>,

    #[command(flatten)]
    s3: S3Args,

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
            A Parquet file is read from its end: stdin and objects are copied to a nameless file in $TMPDIR first.",
        examples: &[
            ("all rows", "from-parquet users.parquet"),
            ("two rows of an object on S3", "from-parquet -n 2 s3://lake/users.parquet"),
            ("some fields", "from-parquet --columns email,location.city users.parquet"),
            ("back into Kafka", "from-parquet --omit-nulls users.parquet | kafka-produce -t users"),
        ],
        environment: &[
            ("TMPDIR", "where stdin and objects are copied to"),
            ENVIRONMENT[0],
            ENVIRONMENT[1],
            ENVIRONMENT[2],
            ENVIRONMENT[4],
        ],
        files: &[("~/.aws/config, ~/.aws/credentials", "profiles")],
        see_also: &["to-parquet"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let reading = Reading { columns: self.columns, omit_nulls: self.omit_nulls };
        // All are opened before the first record: a wrong name in the list stops at once.
        let mut store = None;
        let open = |file: &PathBuf| match file.to_str().filter(|name| name.starts_with("s3://")) {
            Some(url) => open_object(url, &self.s3, &mut store, &reading),
            None => ParquetSource::open(file, &reading),
        };
        let (stage, files) =
            Stage::open(process, &self.stream)?.prepare(|| self.files.iter().map(open).collect())?;
        stage.source(Files { files, left: self.count.unwrap_or(u64::MAX) })
    }
}

fn open_object(
    url: &str,
    args: &S3Args,
    store: &mut Option<Store>,
    reading: &Reading,
) -> Result<ParquetSource> {
    let location: Location = url.parse().map_err(Error::usage)?;
    let store = match store {
        Some(store) => store,
        none => none.insert(Store::open(args)?),
    };
    ParquetSource::new(store.fetch(&location)?, url, reading)
}

/// One file after the other, up to so many rows.
struct Files {
    files: Vec<ParquetSource>,
    left: u64,
}

impl Source for Files {
    fn run(&mut self, out: &mut RecordOut<'_>, stop: &Stop) -> Result<()> {
        let left = &mut self.left;
        self.files
            .iter()
            .try_for_each(|file| if *left == 0 { Ok(()) } else { file.run_up_to(left, out, stop) })
    }
}
