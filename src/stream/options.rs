//! The options that commands share because they read or write streams.

use std::path::PathBuf;
use std::time::Duration;

use super::rejects::Allowance;
use crate::run::settings::StandIn;
use crate::run::{Error, Result, units};

/// Options of every command on a stream.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Stream options")]
pub struct Options {
    /// Allow this many rejected records: N, N%, or a share such as 0.01
    ///
    /// A count is judged at once, a share at the end. In a sealed stream the sink alone judges.
    #[arg(long, value_name = "ALLOWANCE", env = "SLUICEBOX_MAX_REJECTS")]
    pub max_rejects: Option<Allowance>,

    /// List rejected records in this file: stage, reason, path and position, never the record
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,

    /// Keep the rejected records themselves in this file, readable by its owner alone
    #[arg(long, hide_short_help = true, value_name = "FILE")]
    pub rejects_raw: Option<PathBuf>,

    /// Print a summary as one JSON line on stderr, or into a file
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub summary: Option<PathBuf>,

    /// Seal the stream that begins here
    ///
    /// A sealed stream says how many records it has; a later stage that does not see its end fails,
    /// and a sink publishes nothing. SLUICEBOX_SEAL=1 seals every stream.
    #[arg(long)]
    pub seal: bool,
}

/// Options of commands that read stdin.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Stream options")]
pub struct Reading {
    /// Reject lines above this size
    #[arg(long, hide_short_help = true, value_name = "SIZE", default_value = "16MiB", value_parser = units::bytes)]
    pub max_line_bytes: u64,

    /// After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long
    #[arg(long, hide_short_help = true, value_name = "TIME", default_value = "30s", value_parser = units::duration)]
    pub drain_timeout: Duration,
}

/// Where an encoder writes.
#[derive(Clone, Debug, clap::Args)]
pub struct Target {
    /// Write to this file, which must not exist; it appears only when it is whole; - is stdout
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Check everything and write nothing; the command says what its option is called.
    #[arg(skip)]
    pub dry_run: bool,
}

/// The variable that seals every stream. It ranks above the settings file.
pub const SEAL_VARIABLE: StandIn = StandIn { option: "seal", variables: &["SLUICEBOX_SEAL"], rivals: &[] };

/// Whether the environment asks for sealed streams. Who writes "true" or "yes" must not get a stream
/// that is not sealed, nor who writes "no" one that is.
pub fn sealed_by_environment() -> Result<bool> {
    let value = std::env::var_os("SLUICEBOX_SEAL").unwrap_or_default();
    match value.to_string_lossy().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(Error::usage("SLUICEBOX_SEAL says neither yes nor no")
            .hint("SLUICEBOX_SEAL=1, or unset SLUICEBOX_SEAL")),
    }
}
