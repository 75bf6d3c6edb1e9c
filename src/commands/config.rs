//! `sluicebox config`: shows each setting of a command and where it came from.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};
use serde_json::json;

use super::{Command, Kind, Page};
use crate::run::settings::{Origin, Settings, mask};
use crate::run::{Error, Globals, Process, Result};
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
            argument, environment, file, default). A flag beats the environment, the environment beats \
            the settings file. Secrets are shown as `****`.\n\n\
            The settings file is TOML. A table [COMMAND] holds long options without their dashes, \
            [defaults] holds those of every command that has them, [profile.NAME.COMMAND] and \
            [profile.NAME.defaults] are added by --profile NAME. A key that no command knows is an error, in \
            whichever profile. What the file switches on (seal = true) --no-NAME switches off (--no-seal).",
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
        let arguments = self.arguments(&process.globals);
        let globals = crate::cli::early_globals(&arguments);
        let settings =
            Settings::load(globals.config.as_deref(), globals.profile.as_deref(), super::STAND_INS)?;
        let command =
            settings.apply(crate::cli::command(entry), super::TABLE.iter().map(crate::cli::command))?;
        // Arguments that are required to run are not required to look.
        let command = command.mut_args(|arg| arg.required(false));
        let Some(matches) = look(&command, &arguments, &settings)? else { return Ok(()) };
        let mut out = stdio::stdout()?;
        for line in lines(&command, &matches, &settings, entry.page) {
            out.write_all(line.as_bytes()).map_err(|cause| stdio::write_error(&cause))?;
        }
        Ok(())
    }
}

impl Config {
    /// The command line to look at: --config and --profile may stand on either side of the command.
    fn arguments(&self, outer: &Globals) -> Vec<OsString> {
        let (name, rest) = (&self.command[0], &self.command[1..]);
        let mut arguments = vec![name.clone()];
        let config = outer.config.clone().map(PathBuf::into_os_string);
        let profile = outer.profile.clone().map(OsString::from);
        for (flag, variable, value) in
            [("--config", "SLUICEBOX_CONFIG", config), ("--profile", "SLUICEBOX_PROFILE", profile)]
        {
            let inner = |word: &OsString| word.to_string_lossy().split('=').next() == Some(flag);
            let is_inside = rest.iter().take_while(|word| *word != "--").any(inner);
            // What the environment says, the command sees itself.
            if let Some(value) =
                value.filter(|value| !is_inside && std::env::var_os(variable).as_ref() != Some(value))
            {
                arguments.extend([flag.into(), value]);
            }
        }
        arguments.extend(rest.iter().cloned());
        arguments
    }
}

/// Parses as the command would, except that nothing is required; none where help was asked for.
fn look(command: &clap::Command, arguments: &[OsString], settings: &Settings) -> Result<Option<ArgMatches>> {
    let mut built = command.clone();
    let error = match built.try_get_matches_from_mut(arguments) {
        Ok(matches) => return Ok(Some(matches)),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Ok(command.clone().ignore_errors(true).try_get_matches_from(arguments).ok())
        }
        _ => match crate::cli::mistake(&error, &built, settings) {
            Some(mistake) => Err(mistake),
            None => crate::cli::told(&error).map(|_| None),
        },
    }
}

fn lines(command: &clap::Command, matches: &ArgMatches, settings: &Settings, page: &Page) -> Vec<String> {
    let typed = |arg: &Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let options = command
        .get_arguments()
        .filter(|arg| !["help", "version"].contains(&arg.get_id().as_str()))
        .filter(|arg| !settings.is_opposite(arg) && (!arg.is_hide_set() || typed(arg)))
        .map(|arg| option(arg, matches, settings));
    options.chain(variables(command, settings, page)).collect()
}

/// One option, or argument.
fn option(arg: &Arg, matches: &ArgMatches, settings: &Settings) -> String {
    let name = arg.get_long().unwrap_or(arg.get_id().as_str());
    let origin = settings.origin(arg, matches);
    let stand_in = settings.stand_in(arg).filter(|(name, _)| origin == Origin::Environment((*name).into()));
    let values: Vec<String> = match stand_in {
        Some((_, value)) => vec![value],
        None => {
            let raw = matches.get_raw(arg.get_id().as_str()).into_iter().flatten();
            raw.map(|value| value.to_string_lossy().into_owned()).collect()
        }
    };
    let mut values: Vec<String> = values.iter().map(|value| mask(name, value)).collect();
    let value = match values.len() {
        0 => serde_json::Value::Null,
        1 => values.remove(0).into(),
        _ => values.into(),
    };
    let from = if value.is_null() { Origin::Unset } else { origin };
    line(name, &value, &from.to_string())
}

/// The variables besides those that stand for an option.
fn variables<'a>(
    command: &'a clap::Command,
    settings: &'a Settings,
    page: &'a Page,
) -> impl Iterator<Item = String> + 'a {
    // The sandbox sets its own for what it runs.
    let listed = crate::cli::variables(page).filter(|_| page.kind != Kind::Runner);
    let names = listed.flat_map(|(names, _)| names.split(", "));
    let shown = |name: &str| {
        let stand_in = |arg| settings.stand_in(arg).is_some_and(|(variable, _)| variable == name);
        command.get_arguments().filter(|arg| !arg.is_hide_set()).any(stand_in)
    };
    names.filter(move |name| !shown(name)).map(|name| match std::env::var_os(name) {
        Some(value) => line(name, &mask(name, &value.to_string_lossy()).into(), "environment"),
        None => line(name, &serde_json::Value::Null, "unset"),
    })
}

fn line(setting: &str, value: &serde_json::Value, from: &str) -> String {
    format!("{}\n", json!({"setting": setting, "value": value, "from": from}))
}
