//! `infer-schema`: a schema for `to-parquet` from a sample.

use crate::commands::{Command, Kind, Page};
use crate::parquet::infer::{Inference, Options as Guess};
use crate::run::{Process, Result};
use crate::stream::{Options, Reading, Stage, Target};

/// The options of `infer-schema`.
#[derive(clap::Args, Debug)]
pub struct InferSchema {
    /// Say NOT NULL where every record of the sample had a value
    #[arg(long)]
    not_null: bool,

    /// Leave dates and times as STRING
    #[arg(long)]
    no_dates: bool,

    /// The object at this path is a map, its names are data: attributes, items[*].labels
    #[arg(long, value_name = "PATH")]
    map: Vec<String>,

    /// One line, instead of one for each column
    #[arg(long)]
    one_line: bool,

    #[command(flatten)]
    target: Target,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

impl Command for InferSchema {
    const PAGE: Page = Page {
        name: "infer-schema",
        kind: Kind::Encoder,
        about: "print a schema for to-parquet from a sample of records",
        description: "Reads all of stdin and prints Spark's DDL. to-parquet takes the same records with that schema \
            without a single reject; whether it takes tomorrow's depends on the sample, so look at it.\n\n\
            Integers are INT, or BIGINT where one needs it, and past 64 bits DECIMAL. Numbers with a fraction or an \
            exponent are DOUBLE as long as no digit is lost, then DECIMAL, then STRING. A field that is sometimes a number \
            and sometimes a string is a STRING. Strings that are all instants (RFC 3339) are TIMESTAMP, all dates \
            DATE, all times without a zone TIMESTAMP_NTZ, unless --no-dates. A field that was always null is a STRING. \
            Why a field of numbers is a STRING, or one without a value, stands in a comment.\n\n\
            A field that is an object in one record and a string in another has no type: that is an error which \
            names the path. So are names that differ only by case, and an object with thousands of different \
            names, which is a map (--map; a path at which no record has an object is an error). Memory is bounded by the number of different names.",
        examples: &[
            ("from everything", "infer-schema < users.ndjson > users.ddl"),
            ("from the first records", "head -n 10000 users.ndjson | infer-schema"),
            ("with what never was null", "infer-schema --not-null -o users.ddl < users.ndjson"),
        ],
        environment: &[],
        files: &[],
        see_also: &["to-parquet"],
    };

    /// Its output is a schema for people: the stream ends here.
    const SEALS: bool = false;

    fn run(self, process: &Process) -> Result<()> {
        let inference = Inference::new(Guess {
            no_dates: self.no_dates,
            not_null: self.not_null,
            one_line: self.one_line,
            maps: self.map.into_iter().collect(),
        });
        Stage::open(process, &self.stream)?.encode(&self.reading, &self.target, inference)
    }
}
