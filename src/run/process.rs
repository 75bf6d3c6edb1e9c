//! The process around a command: its name, its signals, and the options that every command has.

use std::path::PathBuf;

use super::log::Format;
use super::signals::Signals;

/// Options of every command.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Print errors only
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say what is done; twice: what the libraries do, too
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// The form of diagnostics on stderr
    #[arg(
        long,
        hide_short_help = true,
        value_enum,
        default_value = "auto",
        value_name = "FORM",
        env = "SLUICEBOX_LOG_FORMAT"
    )]
    pub log_format: Format,

    /// Read settings from this file alone
    ///
    /// Without it: $XDG_CONFIG_HOME/sluicebox/config.toml, then /etc/sluicebox/config.toml. A flag
    /// beats the environment, the environment beats the file.
    #[arg(long, hide_short_help = true, value_name = "FILE", env = "SLUICEBOX_CONFIG")]
    pub config: Option<PathBuf>,

    /// Use the [profile.NAME] tables of the settings file, too
    #[arg(long, hide_short_help = true, value_name = "NAME", env = "SLUICEBOX_PROFILE")]
    pub profile: Option<String>,
}

impl Globals {
    /// The level of [`super::log::init`].
    pub fn verbosity(&self) -> i8 {
        match (self.quiet, self.verbose) {
            (true, _) => -1,
            (false, level) => level.min(2) as i8,
        }
    }
}

/// What a command is given besides its own options.
pub struct Process {
    /// The command's name, as it stands in messages, reports and seals.
    pub name: &'static str,
    /// The signals of this process.
    pub signals: Signals,
    /// Options of every command.
    pub globals: Globals,
}
