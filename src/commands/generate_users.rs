//! `generate-users`: users like the API's, from a seed.

use super::{Command, Kind, Page};
use crate::run::{Process, Result};
use crate::stream::{Options, Stage};
use crate::users::gender::Gender;
use crate::users::generator::{self, Generate, Generator};
use crate::users::nationality::Nationality;
use crate::users::rhythm::Rhythm;

/// Options of `generate-users`.
#[derive(Debug, clap::Args)]
pub struct GenerateUsers {
    /// How many users (with --every: each turn)
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    results: u64,

    /// The same bytes each time, everywhere [default: a random seed, which -v shows]
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,

    /// Leave out the first N users of the seed
    ///
    /// `--skip 500 --results 500` is the second half of `--results 1000`: parts of one seed can be
    /// made side by side.
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: u64,

    /// Only these nationalities: US,GB,…
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    nat: Vec<Nationality>,

    /// Only female or male users
    #[arg(long, value_name = "GENDER")]
    gender: Option<Gender>,

    #[command(flatten)]
    rhythm: Rhythm,

    #[command(flatten)]
    stream: Options,
}

impl Command for GenerateUsers {
    const PAGE: Page = Page {
        name: "generate-users",
        kind: Kind::Source,
        about: "make users like those of the randomuser API, without a network",
        description: "Writes made-up users in the form of the randomuser API 1.4, about 1,080 bytes each, with \
            the irregularities of the real ones: postcodes that are numbers in most countries and texts in \
            Britain, Canada, the Netherlands and Norway, ids without a value, names in Latin, Cyrillic, \
            Persian and Devanagari letters.\n\n\
            The same --seed, --nat and --gender give the same bytes on every machine and in every release: \
            ages are those at the end of 2025. User number N of a seed does not depend on those before \
            it (--skip), and its login.uuid is unique within the seed.\n\n\
            Digests in `login` are random digits of the right length. With --every, each turn makes the next \
            users of the seed.",
        examples: &[
            (
                "a thousand users, the same ones each time",
                "generate-users --results 1000 --seed demo > users.ndjson",
            ),
            ("a look at one", "generate-users --results 1 --nat UA"),
            (
                "a thousand a second into a topic, until Ctrl-C",
                "generate-users --results 1000 --every 1s | kafka-produce --topic created_users",
            ),
        ],
        environment: &[],
        files: &[],
        see_also: &["fetch-users", "hash-fields", "kafka-produce"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let schedule = self.rhythm.schedule()?;
        let seed = self.seed.map_or_else(generator::random_seed, Ok)?;
        log::info!("--seed {seed}");
        let plan = generator::Plan { seed, nationalities: self.nat, gender: self.gender };
        let source = Generate::new(Generator::new(&plan), self.skip, self.results, schedule);
        Stage::open(process, &self.stream)?.source(source)
    }
}
