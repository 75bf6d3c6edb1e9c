//! The commands: one file each, with its options, its page of help, and its `run`.
//!
//! A command parses, builds a validated plan from rooms (`json`, `kafka`, `parquet`, …), and hands
//! it to a driver of `stream`. Commands never import each other. To add one: a file here, and a
//! line in [`TABLE`].

mod cassandra_put;
mod config;
mod fetch_users;
mod from_parquet;
mod generate_users;
mod hash_fields;
mod infer_schema;
mod kafka_consume;
mod kafka_produce;
mod link;
mod map_fields;
mod mongo_put;
mod postgres_put;
mod run;
mod s3_put;
mod s3_verify;
mod sandbox;
mod to_csv;
mod to_parquet;
mod topic_admin;
mod via;

use clap::{ArgMatches, FromArgMatches};

use crate::run::settings::StandIn;
use crate::run::{Process, Result, Role};

/// What a command is, for help, man pages, and how it takes signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Gives records.
    Source,
    /// Records in, records out.
    Transform,
    /// Records in, bytes out.
    Encoder,
    /// Stores.
    Sink,
    /// Runs other commands.
    Runner,
    /// Everything else that is no stage of a stream.
    Control,
}

impl Kind {
    /// What the first signal means to such a command.
    pub fn role(self) -> Role {
        match self {
            Kind::Source => Role::Source,
            Kind::Transform | Kind::Encoder | Kind::Sink => Role::Reader,
            Kind::Runner => Role::Runner,
            Kind::Control => Role::Control,
        }
    }
}

/// The words of a command's `--help` and man page; its options come from clap.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The command's name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// One line, lower case, no full stop.
    pub about: &'static str,
    /// Paragraphs, separated by blank lines: what goes in, what comes out, what is guaranteed.
    pub description: &'static str,
    /// What it does, and the command line.
    pub examples: &'static [(&'static str, &'static str)],
    /// Environment variables besides those that stand with an option.
    pub environment: &'static [(&'static str, &'static str)],
    /// Files that it reads or writes on its own account.
    pub files: &'static [(&'static str, &'static str)],
    /// Other commands worth a look.
    pub see_also: &'static [&'static str],
}

/// A command: its options, parsed by clap, and what it does.
pub trait Command: clap::Args + FromArgMatches {
    /// Its page.
    const PAGE: Page;

    /// Whether a sealed stream can begin or go on here: only there --seal is offered.
    const SEALS: bool = !matches!(Self::PAGE.kind, Kind::Sink);

    /// Does it.
    fn run(self, process: &Process) -> Result<()>;
}

/// A command in the table, its type forgotten.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its page.
    pub page: &'static Page,
    /// Whether it offers --seal.
    pub seals: bool,
    /// Adds its options to a clap command.
    pub options: fn(clap::Command) -> clap::Command,
    /// Parses and runs.
    pub run: fn(&ArgMatches, &Process) -> Result<()>,
}

const fn entry<C: Command>() -> Entry {
    Entry {
        page: &C::PAGE,
        seals: C::SEALS,
        options: C::augment_args,
        run: |matches, process| {
            let command = C::from_arg_matches(matches)
                .map_err(|error| crate::run::Error::usage(error.render().to_string()))?;
            command.run(process)
        },
    }
}

/// Every command, in the order in which help lists them.
pub const TABLE: &[Entry] = &[
    entry::<fetch_users::FetchUsers>(),
    entry::<generate_users::GenerateUsers>(),
    entry::<kafka_consume::KafkaConsume>(),
    entry::<from_parquet::FromParquet>(),
    entry::<hash_fields::HashFields>(),
    entry::<map_fields::MapFields>(),
    entry::<via::Via>(),
    entry::<to_parquet::ToParquet>(),
    entry::<to_csv::ToCsv>(),
    entry::<infer_schema::InferSchema>(),
    entry::<kafka_produce::KafkaProduce>(),
    entry::<cassandra_put::CassandraPut>(),
    entry::<mongo_put::MongoPut>(),
    entry::<s3_put::S3Put>(),
    entry::<postgres_put::PostgresPut>(),
    entry::<s3_verify::S3Verify>(),
    entry::<topic_admin::TopicAdmin>(),
    entry::<run::Run>(),
    entry::<sandbox::Sandbox>(),
    entry::<link::Link>(),
    entry::<config::Config>(),
];

/// The variables that libraries read in place of options.
pub const STAND_INS: &[StandIn] = &{
    let [endpoint, region, profile] = crate::s3::STAND_INS;
    [
        endpoint,
        region,
        profile,
        crate::stream::SEAL_VARIABLE,
        crate::mongo::URI_VARIABLE,
        crate::mongo::URI_FILE_RIVAL,
    ]
};

/// The command of exactly that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.page.name == name)
}

/// The names that stand for themselves, through a link: all but the words too common to be put on
/// somebody's PATH.
pub fn short_names() -> impl Iterator<Item = &'static str> {
    let common = ["link", "config", "sandbox", "run"];
    TABLE.iter().map(|entry| entry.page.name).filter(move |name| !common.contains(name))
}

impl Page {
    /// What a person types: the short name, if there is one.
    pub fn typed(&self) -> String {
        if short_names().any(|name| name == self.name) {
            self.name.to_owned()
        } else {
            format!("sluicebox {}", self.name)
        }
    }
}
