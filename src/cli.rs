//! From the command line to a command: names, help, settings, and how the process ends.
//!
//! `sluicebox COMMAND …` and `COMMAND …`, through a link of exactly that name, are the same. The
//! words of a page become clap's help here, once for `-h`, `--help` and the man pages.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, FromArgMatches};

use crate::commands::{Entry, Page, STAND_INS, TABLE, find};
use crate::run::settings::{Settings, without_empty_variables};
use crate::run::{Error, Exit, Globals, Process, Result, Role, Signals, log as diagnostics, signals};
use crate::stream::counts::Counts;
use crate::stream::report;
use crate::stream::{Facts, stdio};

/// The whole program: parses, runs, and returns how the process ends.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let (entry, rest) = match choose(&arguments) {
        Ok(chosen) => chosen,
        Err(code) => return code,
    };
    match run(entry, &rest) {
        Ok(()) => {
            // What is no stage of a stream has ended, too.
            done();
            ExitCode::SUCCESS
        }
        Err(Ended::Told(code)) => code,
        Err(Ended::Failed(error)) => fail(&error),
    }
}

/// Which command, and its arguments with its name in front.
fn choose(arguments: &[OsString]) -> Result<(&'static Entry, Vec<OsString>), ExitCode> {
    let own = arguments.first().map(|name| Path::new(name).file_name().unwrap_or_default().to_string_lossy());
    if let Some(entry) = own.as_deref().and_then(find) {
        return Ok((entry, arguments.to_vec()));
    }
    let named = arguments.get(1).map(|name| name.to_string_lossy()).unwrap_or_default();
    if let Some(entry) = find(&named) {
        return Ok((entry, arguments[1..].to_vec()));
    }
    // Help, the version, or a name that does not exist: clap says it.
    let error = program().try_get_matches_from(arguments).err();
    diagnostics::init("sluicebox", 0, diagnostics::Format::Auto);
    Err(error.map_or(ExitCode::SUCCESS, |error| match wrong_usage(&error, "sluicebox") {
        None => told(&error).unwrap_or_else(|error| fail(&error)),
        Some(wrong) => fail(&wrong),
    }))
}

/// The end of a run that is not success.
enum Ended {
    /// clap has printed what there is to say.
    Told(ExitCode),
    Failed(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Ended::Failed(error)
    }
}

fn run(entry: &'static Entry, arguments: &[OsString]) -> Result<(), Ended> {
    let name = entry.page.name;
    report::start(name);
    let globals = early_globals(arguments);
    let (matches, globals) = parse(entry, arguments, &globals)
        .inspect_err(|_| diagnostics::init(name, globals.verbosity(), globals.log_format))?;
    diagnostics::init(name, globals.verbosity(), globals.log_format);
    let signals = Signals::install(entry.page.kind.role())?;
    let for_abort = signals.clone();
    let _reported = signals.on_abort(move || {
        let error = Error::signal(for_abort.first().unwrap_or(signals::TERMINATED));
        report::failed(&error, &Counts::default());
    });
    let process = Process { name, signals, globals };
    let ended = (entry.run)(&matches, &process);
    process.signals.stand_aside();
    ended.map_err(Ended::Failed)
}

/// The settings file, then the command line.
fn parse(
    entry: &Entry,
    arguments: &[OsString],
    early: &Globals,
) -> Result<(clap::ArgMatches, Globals), Ended> {
    let settings = Settings::load(early.config.as_deref(), early.profile.as_deref(), STAND_INS)?;
    let mut command = settings.apply(command(entry), TABLE.iter().map(command))?.bin_name(entry.page.typed());
    let parsed = command.try_get_matches_from_mut(arguments).and_then(|matches| {
        let globals = Globals::from_arg_matches(&matches)?;
        Ok((matches, globals))
    });
    parsed.map_err(|error| match mistake(&error, &command, &settings) {
        Some(wrong) => Ended::Failed(wrong),
        None => told(&error).map_or_else(Ended::Failed, Ended::Told),
    })
}

/// What is wrong with a command line, or with what stands for it in the environment or the settings
/// file; none where it asks for help or the version.
pub fn mistake(error: &clap::Error, command: &clap::Command, settings: &Settings) -> Option<Error> {
    let wrong = wrong_usage(error, command.get_name())?;
    let reads = find(command.get_name()).is_some_and(|entry| entry.page.kind.role() == Role::Reader);
    let runs_another = command.get_positionals().any(clap::Arg::is_last_set);
    let name = command.get_bin_name().unwrap_or(command.get_name());
    Some(match (settings.place_of(error, command), stray_word(error)) {
        (Some(place), _) => wrong.at(place),
        (None, Some(program)) if runs_another => wrong.hint(format!("{name} -- {program} ...")),
        (None, Some(file)) if reads && Path::new(file).is_file() => {
            wrong.hint(format!("{name} ... < {file}"))
        }
        _ => wrong,
    })
}

/// The word that was not understood, where it is no option: a program to be run (`via jq` for `via -- jq`),
/// or a file to be read (`infer-schema users.ndjson` for `infer-schema < users.ndjson`).
fn stray_word(error: &clap::Error) -> Option<&str> {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(word)) if !word.starts_with('-') => Some(word),
        _ => None,
    }
}

/// `--config` and `--profile` decide what the other options' defaults are: read ahead of them.
pub fn early_globals(arguments: &[OsString]) -> Globals {
    let early = Globals::augment_args(clap::Command::new("early")).disable_help_flag(true);
    let early = without_empty_variables(early);
    // What is wrong with them is said when the whole command line is parsed.
    let found = early.ignore_errors(true).get_matches_from(known_globals(arguments));
    Globals::from_arg_matches(&found).unwrap_or_default()
}

/// The arguments that are global options, up to `--`.
fn known_globals(arguments: &[OsString]) -> Vec<OsString> {
    let mut known: Vec<OsString> = arguments.first().cloned().into_iter().collect();
    let mut rest = arguments.iter().skip(1).take_while(|argument| *argument != "--");
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy();
        let name = text.split('=').next().unwrap_or_default();
        if ["--config", "--profile", "--log-format"].contains(&name) {
            known.push(argument.clone());
            if !text.contains('=') {
                known.extend(rest.next().cloned());
            }
        }
    }
    known
}

/// Prints the one line of an error and returns its code; dies by the signal that ended the run.
fn fail(error: &Error) -> ExitCode {
    report::failed(error, &Counts::default());
    if let Some(signal) = error.signal_number() {
        signals::die_by(signal);
    }
    if let Some(status) = error.child_status() {
        return ExitCode::from(status);
    }
    ::log::error!("{error}");
    ExitCode::from(error.exit().code())
}

/// Tells a parent that what is no stage has ended well.
fn done() {
    // Without a receipt, it fits.
    let _ = report::done(&Facts::new(), &Counts::default());
}

/// Prints help or the version.
pub fn told(error: &clap::Error) -> Result<ExitCode> {
    let printed = error.print().and_then(|()| std::io::stdout().flush());
    // A closed pipe has nobody to tell.
    printed.map_err(|cause| stdio::write_error(&cause)).or_else(|error| match error.is_broken_pipe() {
        true => Ok(()),
        false => Err(error),
    })?;
    done();
    Ok(match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => ExitCode::from(Exit::Usage.code()),
        _ => ExitCode::SUCCESS,
    })
}

/// What clap has to say on a mistake, in one line: the cause, and what to type next. None where it is
/// asked for help or the version.
pub fn wrong_usage(error: &clap::Error, command: &str) -> Option<Error> {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        _ => {}
    }
    // Paragraphs: the cause, tips, the usage, where help is.
    let text = error.render().to_string();
    let paragraph = |from: &str| {
        let words = text.split("\n\n").find_map(|part| part.trim_start().strip_prefix(from))?;
        Some(words.lines().map(str::trim).collect::<Vec<_>>().join(" "))
    };
    let cause = paragraph("error: ").unwrap_or_else(|| text.clone());
    // "a similar argument exists: '--max-rejects'"
    let tip = paragraph("tip: ").and_then(|tip| Some(tip.split_once(": ")?.1.replace('\'', "")));
    let usage = paragraph("Usage: ").filter(|_| error.kind() == ErrorKind::MissingRequiredArgument);
    let hint = tip.or(usage).unwrap_or_else(|| match command {
        "sluicebox" => "sluicebox --help".to_owned(),
        name => format!("sluicebox {name} --help"),
    });
    Some(Error::usage(cause).hint(hint))
}

/// `sluicebox` itself, for its own help.
pub fn program() -> clap::Command {
    clap::Command::new("sluicebox")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Commands that stream newline-delimited JSON from source to lake, and lose nothing")
        .after_help(
            "Each command is also a program of its own through a link: sluicebox link --dir ~/.local/bin\n\
             First steps, with nothing else installed: sluicebox sandbox --help",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands(TABLE.iter().map(command))
}

/// A command with its options and its help.
pub fn command(entry: &Entry) -> clap::Command {
    let page = entry.page;
    // The options first: clap takes the doc comment of their struct for the command's own words.
    let command = Globals::augment_args((entry.options)(clap::Command::new(page.name)));
    // Typed all the same, it is refused with words of its own; the settings file has no say in it.
    let command = command.mut_args(|arg| match arg.get_id() == "seal" && !entry.seals {
        true => arg.hide(true),
        false => arg,
    });
    command
        .version(env!("CARGO_PKG_VERSION"))
        .about(capital(page.about))
        .long_about(capital(page.about))
        .before_long_help(format!("{}\n\n{}", examples(page), page.description))
        .after_help(format!("{} --help has examples, exit status and environment.", page.typed()))
        .after_long_help(format!("{}\n{}", exit_status(), environment(page)))
        .help_template(
            "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}\n",
        )
        .max_term_width(100)
        .disable_help_subcommand(true)
        // What a variable holds may be a secret, and the generated pages must not depend on it.
        .mut_args(|arg| arg.hide_env_values(true))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn examples(page: &Page) -> String {
    let mut text = String::from("Examples:\n");
    for (what, how) in page.examples {
        text.push_str(&format!("  # {what}\n  {}\n\n", how.replace('\n', "\n  ")));
    }
    text.trim_end().to_owned()
}

fn exit_status() -> String {
    let mut text = String::from("Exit status:\n");
    for (exit, meaning) in Exit::ALL {
        text.push_str(&format!("  {:<4} {meaning}\n", exit.code()));
    }
    text.push_str("  >128 ended by a signal: 128 and its number, as the shell shows it\n");
    text
}

/// The variables that matter to a command besides those that stand for an option.
pub fn variables(page: &Page) -> impl Iterator<Item = (&'static str, &'static str)> {
    let shared = [
        ("SLUICEBOX_SEAL", "1 seals every stream, and makes every stage insist on it"),
        ("SLUICEBOX_REPORT_FD", "a descriptor on which each stage reports its start and its end"),
    ];
    let is_stage = !matches!(page.kind.role(), Role::Control | Role::Runner);
    page.environment.iter().copied().chain(shared.into_iter().filter(move |_| is_stage))
}

fn environment(page: &Page) -> String {
    let mut text = String::from("Environment:\n");
    for (name, meaning) in variables(page) {
        text.push_str(&format!("  {name}\n          {meaning}\n"));
    }
    text.push_str("  Variables that stand for an option are shown with it: [env: …].\n");
    text
}
