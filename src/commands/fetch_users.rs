//! `fetch-users`: users from the randomuser API, one a line.

use std::time::Duration;

use reqwest::Url;

use super::{Command, Kind, Page};
use crate::run::retry::Policy;
use crate::run::{Process, Result, units};
use crate::stream::{Options, Stage};
use crate::users::api::pace::Rate;
use crate::users::api::plan::{Field, MAX_PAGE, PUBLIC_URL, Patience, Query};
use crate::users::api::{Fetch, Plan};
use crate::users::gender::Gender;
use crate::users::nationality::Nationality;
use crate::users::rhythm::Rhythm;

/// The longest wait between two attempts that is our own idea.
const CEILING: Duration = Duration::from_secs(60);

/// Options of `fetch-users`.
#[derive(Debug, clap::Args)]
pub struct FetchUsers {
    /// How many users (with --every: each turn)
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    results: u64,

    /// The same users each time: those of this seed
    ///
    /// More than a page, or more than a turn, are the following pages of the seed. The API computes
    /// ages when it is asked, so the same seed gives other bytes after a birthday.
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,

    /// Only these nationalities: US,GB,…
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    nat: Vec<Nationality>,

    /// Only female or male users (the API ignores it where there is a seed)
    #[arg(long, value_name = "GENDER")]
    gender: Option<Gender>,

    /// Only these fields: name,email,…
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', conflicts_with = "exc")]
    inc: Vec<Field>,

    /// All but these fields: login,picture,…
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    exc: Vec<Field>,

    /// Where the API is
    #[arg(long, value_name = "URL", default_value = PUBLIC_URL, env = "SLUICEBOX_USERS_URL", hide_env_values = true)]
    url: Url,

    #[command(flatten)]
    rhythm: Rhythm,

    #[command(flatten)]
    care: Care,

    #[command(flatten)]
    stream: Options,
}

/// How the API is treated.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Requests")]
struct Care {
    /// Ask for at most this many users in one request
    #[arg(long, value_name = "N", default_value_t = MAX_PAGE)]
    page_size: u64,

    /// Ask for at most so many users in so much time [default: 20000/5m at randomuser.me, else no limit]
    #[arg(long, value_name = "USERS/TIME")]
    rate: Option<Rate>,

    /// Try a request again this many times
    ///
    /// No connection, no answer in time, a broken answer, an empty one, and HTTP 408, 429, 500, 502,
    /// 503 and 504 are worth another attempt.
    #[arg(long, value_name = "N", default_value_t = 4)]
    retries: u32,

    /// Wait this long before the first retry, then twice as long each time, up to a minute
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = units::duration)]
    retry_delay: Duration,

    /// Wait at most this long for the API's limit to pass, or as long as its Retry-After asks
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = units::duration)]
    max_wait: Duration,

    /// Wait at most this long for a connection
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = units::duration)]
    connect_timeout: Duration,

    /// Wait at most this long for the next bytes of an answer, and ten times as long for all of it
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = units::duration)]
    read_timeout: Duration,
}

impl FetchUsers {
    fn plan(self) -> Result<(Plan, Options)> {
        let Self { results, seed, nat, gender, inc, exc, url, rhythm, care, stream } = self;
        let query = Query { url, seed, nationalities: nat, gender, include: inc, exclude: exc };
        let retries = Policy { retries: care.retries, first: care.retry_delay, ceiling: CEILING };
        let patience = Patience {
            connect: care.connect_timeout,
            read: care.read_timeout,
            retries,
            limit: care.max_wait,
        };
        let schedule = rhythm.schedule()?;
        let plan = Plan { query, results, page_size: care.page_size, schedule, rate: care.rate, patience };
        Ok((plan.check()?, stream))
    }
}

impl Command for FetchUsers {
    const PAGE: Page = Page {
        name: "fetch-users",
        kind: Kind::Source,
        about: "fetch users from the randomuser API, one JSON object a line",
        description: "Asks the API for users, in pages of up to 5,000, and writes each one as it came, byte \
            for byte. A page is passed on only when it holds what was asked: as many users, of that seed.\n\n\
            The API allows an address 20,000 users in five minutes. Above that, the command waits: by \
            itself at randomuser.me (--rate), and wherever a server answers 429. Parameters that the API \
            would silently take for something else (a nationality it does not know, --gender with a \
            seed) are refused.\n\n\
            What may pass is tried again, with growing pauses: connections that fail or break, no answer \
            in time, HTTP 408, 429, 500, 502, 503 and 504, and the empty page that the API sends when it is \
            in trouble. When the retries are used up, in whatever turn, the command ends with exit status \
            75; the pages before it were passed on. An address where nobody answers is not tried again \
            before the first page.\n\n\
            With --every the command goes on, turn after turn, until --for has passed or a signal stops it. \
            A proxy is taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
        examples: &[
            ("a hundred users", "fetch-users --results 100 > users.ndjson"),
            ("the same Swiss and French users each time", "fetch-users --results 20 --seed alps --nat CH,FR"),
            (
                "fifty users every ten seconds, for two minutes",
                "fetch-users --results 50 --every 10s --for 2m",
            ),
        ],
        environment: &[("HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "the proxy, and which servers need none")],
        files: &[],
        see_also: &["generate-users", "hash-fields", "kafka-produce"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let (plan, stream) = self.plan()?;
        Stage::open(process, &stream)?.source(Fetch::new(plan)?)
    }
}
