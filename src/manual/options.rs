//! OPTIONS and COMMANDS: what clap knows about the command line.

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use roff::{Inline, Roff, roman};

use super::text;

/// The options of a built command, in the groups of its `--help`; arguments come first.
pub(super) fn options(roff: &mut Roff, command: &Command) {
    text::section(roff, "OPTIONS");
    let (arguments, options): (Vec<&Arg>, Vec<&Arg>) = shown(command).partition(|arg| arg.is_positional());
    for arg in arguments {
        option(roff, arg);
    }
    for heading in headings(&options) {
        if let Some(heading) = heading {
            text::subsection(roff, heading);
        }
        options.iter().filter(|arg| arg.get_help_heading() == heading).for_each(|arg| option(roff, arg));
    }
}

/// The commands of a command, each with the options that are its own.
pub(super) fn commands(roff: &mut Roff, command: &Command) {
    if !command.has_subcommands() {
        return;
    }
    text::section(roff, "COMMANDS");
    let inherited = |arg: &Arg| command.get_arguments().any(|other| other.get_id() == arg.get_id());
    for verb in command.get_subcommands() {
        text::subsection(roff, verb.get_name());
        roff.text(synopsis(verb));
        roff.control("PP", []);
        roff.text([roman(format!("{}.", verb.get_about().map(ToString::to_string).unwrap_or_default()))]);
        shown(verb).filter(|arg| !inherited(arg)).for_each(|arg| option(roff, arg));
    }
}

/// How a built command is called: clap's usage, set for a page.
pub(super) fn synopsis(command: &Command) -> Vec<Inline> {
    let usage = command.clone().render_usage().to_string();
    text::usage(usage.trim_start_matches("Usage: ").trim())
}

/// Every variable that stands for an option of a built command, with that option.
pub(super) fn variables(command: &Command) -> Vec<(String, String)> {
    let name = |arg: &Arg| arg.get_env().map(|name| name.to_string_lossy().into_owned());
    let option = |arg: &Arg| format!("stands for --{}", arg.get_long().unwrap_or_default());
    shown(command).filter_map(|arg| Some((name(arg)?, option(arg)))).collect()
}

fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_hide_set())
}

/// The headings of `options` in the order of their first use.
fn headings<'a>(options: &[&'a Arg]) -> Vec<Option<&'a str>> {
    let mut headings = vec![None];
    for arg in options {
        let heading = arg.get_help_heading();
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    headings
}

fn option(roff: &mut Roff, arg: &Arg) {
    let short = arg.get_short().filter(|_| !arg.is_positional());
    let name = match (short, arg.get_long()) {
        (Some(short), Some(_)) => format!("-{short}, {arg}"),
        _ => arg.to_string(),
    };
    text::tagged(roff, text::usage(&name), &meaning(arg));
    let values: Vec<PossibleValue> = described(arg);
    if !values.is_empty() {
        roff.control("RS", []);
        for value in &values {
            let help = value.get_help().map(ToString::to_string).unwrap_or_default();
            text::item(roff, value.get_name(), &help);
        }
        roff.control("RE", []);
    }
}

/// The values of an option that have something said about them.
fn described(arg: &Arg) -> Vec<PossibleValue> {
    let values = arg.get_possible_values();
    let hidden = arg.is_hide_possible_values_set();
    if hidden || values.iter().all(|value| value.get_help().is_none()) { Vec::new() } else { values }
}

/// What `--help` says about an option, as paragraphs.
fn meaning(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut facts = Vec::new();
    let values = arg.get_possible_values();
    let takes_value = arg.get_action().takes_values();
    if takes_value && !values.is_empty() && described(arg).is_empty() && !arg.is_hide_possible_values_set() {
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        facts.push(format!("One of {}.", names.join(", ")));
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if takes_value && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        facts.push(format!("Default: {}.", defaults.join(",")));
    }
    if let Some(variable) = arg.get_env() {
        facts.push(format!("Environment: {}.", variable.to_string_lossy()));
    }
    if facts.is_empty() { help } else { format!("{help}\n\n{}", facts.join(" ")) }
}
