//! `sluicebox config`: shows each setting of a command and where it came from.

use std::ffi::OsString;
use std::io::Write;

use clap::ArgMatches;
use serde_json::json;

use super::{Command, Kind, Page};
use crate::run::settings::{Origin, Settings, mask};
use crate::run::{Error, Process, Result};
use crate::stream::stdio;

/// Options of `config`.
#[derive(Debug, clap::Args)]
pub struct Config {
    /// The command, and any arguments of it
    #[arg(value_name = "COMMAND", required = true, num_args = 1.., trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

impl Command for Config {
    const PAGE: Page = Page {
        name: "config",
        kind: Kind::Control,
        about: "show each setting of a command and where it came from",
        description: "Prints one JSON object a line: the setting, its value, and its origin (flag, \
            environment, file, default). A flag beats the environment, the environment beats the \
            settings file. Secrets are shown as `****`.\n\n\
            The settings file is TOML. A table [COMMAND] holds long options without their dashes, \
            [defaults] holds those of every command that has them, [profile.NAME.COMMAND] and \
            [profile.NAME.defaults] are added by --profile NAME. A key that no command knows is an error.",
        examples: &[
            ("all settings of a command", "sluicebox config kafka-produce"),
            ("with the flags of a call", "sluicebox config s3-put --part-size 16MiB s3://lake/users.parquet"),
        ],
        environment: &[],
        files: &[
            (
                "$XDG_CONFIG_HOME/sluicebox/config.toml",
                "the user's settings ($HOME/.config without XDG_CONFIG_HOME)",
            ),
            ("/etc/sluicebox/config.toml", "the machine's settings, read where the user has none"),
        ],
        see_also: &["link"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let name = self.command[0].to_string_lossy();
        let entry = super::find(&name)
            .ok_or_else(|| Error::usage(format!("there is no command {name}")).hint("sluicebox --help"))?;
        let settings = Settings::load(process.globals.config.as_deref(), process.globals.profile.as_deref())?;
        let command =
            settings.apply(crate::cli::command(entry), super::TABLE.iter().map(crate::cli::command))?;
        // Arguments that are required to run are not required to look.
        let command = command.mut_args(|arg| arg.required(false)).ignore_errors(true);
        let matches = command.clone().get_matches_from(&self.command);
        let mut out = stdio::stdout()?;
        for line in lines(&command, &matches, &settings, entry.page) {
            out.write_all(line.as_bytes()).map_err(|cause| stdio::write_error(&cause))?;
        }
        Ok(())
    }
}

fn lines(command: &clap::Command, matches: &ArgMatches, settings: &Settings, page: &Page) -> Vec<String> {
    let mut lines = Vec::new();
    for arg in command.get_arguments().filter(|arg| !["help", "version"].contains(&arg.get_id().as_str())) {
        let name = arg.get_long().unwrap_or(arg.get_id().as_str());
        let values: Vec<String> = matches
            .get_raw(arg.get_id().as_str())
            .into_iter()
            .flatten()
            .map(|value| mask(name, &value.to_string_lossy()))
            .collect();
        let value = match values.len() {
            0 => serde_json::Value::Null,
            1 => values[0].clone().into(),
            _ => values.into(),
        };
        let origin = settings.origin(arg, matches);
        let from = if value.is_null() { Origin::Unset.to_string() } else { origin.to_string() };
        lines.push(format!("{}\n", json!({"setting": name, "value": value, "from": from})));
    }
    for (variable, _) in page.environment {
        if let Some(value) = std::env::var_os(variable) {
            let value = mask(variable, &value.to_string_lossy());
            lines.push(format!("{}\n", json!({"setting": variable, "value": value, "from": "environment"})));
        }
    }
    lines
}
