//! `--no-NAME` for every switch `NAME`: what the settings file switches on can be switched off.

use clap::builder::ArgPredicate;
use clap::{Arg, ArgAction, Command};

/// The name of the switch that undoes another.
pub(super) fn opposite(long: &str) -> String {
    format!("no-{long}")
}

/// Gives every switch `NAME` of a command a `--no-NAME`, which wins over the settings file, and over an
/// earlier `--NAME`. They are not listed: help would be twice as long.
pub(super) fn with_opposites(command: Command) -> Command {
    let is_switch = |arg: &&Arg| matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::Count);
    let switches: Vec<(String, String, bool)> = command
        .get_arguments()
        .filter(is_switch)
        .filter_map(|arg| {
            let long = arg.get_long().filter(|long| !long.starts_with("no-"))?;
            let counts = matches!(arg.get_action(), ArgAction::Count);
            Some((arg.get_id().to_string(), long.to_owned(), counts))
        })
        .collect();
    switches.into_iter().fold(command, |command, (id, long, counts)| {
        let name = opposite(&long);
        let off = Arg::new(name.clone())
            .long(name.clone())
            .action(ArgAction::SetTrue)
            .hide(true)
            .overrides_with(&id);
        let value = if counts { "0" } else { "false" };
        command
            .mut_arg(&id, |arg| {
                arg.overrides_with(&name).default_value_if(name.clone(), ArgPredicate::IsPresent, value)
            })
            .arg(off)
    })
}
