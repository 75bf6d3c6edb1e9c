//! Settings: a flag beats the environment, the environment beats the settings file.
//!
//! The file is read before the command line is parsed, and its values become the *defaults* of the
//! options of the same name. So clap's own order of precedence is the only one, and no command
//! knows that there is a file. A key that no command has is an error: a misspelt setting must not
//! be ignored. The current directory is never searched.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use toml::{Table, Value};

use super::exit::{Error, Result};

/// Where a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Flag,
    /// From this variable.
    Environment(String),
    /// From this table of this file.
    File(PathBuf, String),
    /// Built in.
    Default,
    /// It has no value.
    Unset,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => f.write_str("flag"),
            Origin::Environment(variable) => write!(f, "environment {variable}"),
            Origin::File(file, table) => write!(f, "{} [{table}]", file.display()),
            Origin::Default => f.write_str("default"),
            Origin::Unset => f.write_str("unset"),
        }
    }
}

/// One value in the file.
#[derive(Clone, Debug)]
struct Setting {
    table: String,
    values: Vec<String>,
}

/// The settings file, or none.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    file: Option<PathBuf>,
    /// Tables in the order in which later ones win: defaults, command, profile's defaults, profile's command.
    tables: Vec<(String, Scope, BTreeMap<String, Setting>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    All,
    Command(String),
}

impl Settings {
    /// Reads the file that was named, or else the user's, or else the machine's, or else none.
    pub fn load(named: Option<&Path>, profile: Option<&str>) -> Result<Self> {
        let Some(path) = named.map(Path::to_owned).or_else(found) else {
            return match profile {
                Some(profile) => Err(Error::usage(format!(
                    "profile {profile} is asked for, but there is no settings file"
                ))
                .hint("--config FILE")),
                None => Ok(Self::default()),
            };
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|cause| Error::io(format!("cannot read {}", path.display()), &cause))?;
        Self::parse(path, &text, profile)
    }

    fn parse(path: PathBuf, text: &str, profile: Option<&str>) -> Result<Self> {
        let fail = |what: String| Error::usage(format!("{}: {what}", path.display()));
        let mut root: Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            fail(format!("line {line}: {}", error.message()))
        })?;
        let profiles = match root.remove("profile") {
            Some(Value::Table(profiles)) => profiles,
            None => Table::new(),
            Some(_) => return Err(fail("[profile] holds tables: [profile.NAME.COMMAND]".into())),
        };
        let mut tables = Vec::new();
        add_tables(&mut tables, "", root).map_err(fail)?;
        if let Some(profile) = profile {
            match profiles.get(profile) {
                Some(Value::Table(chosen)) => {
                    add_tables(&mut tables, &format!("profile.{profile}."), chosen.clone()).map_err(fail)?;
                }
                _ => {
                    let known: Vec<&str> = profiles.keys().map(String::as_str).collect();
                    return Err(fail(format!(
                        "there is no profile {profile}; there is: {}",
                        known.join(", ")
                    )));
                }
            }
        }
        Ok(Self { file: Some(path), tables })
    }

    /// Makes the values defaults of `command`, after checking every key against all commands.
    pub fn apply(&self, command: Command, all: impl Iterator<Item = Command>) -> Result<Command> {
        if self.tables.is_empty() {
            return Ok(command);
        }
        self.check(&all.collect::<Vec<_>>())?;
        let chosen = self.chosen(command.get_name());
        Ok(command.mut_args(|arg| match arg.get_long().and_then(|long| chosen.get(long)) {
            Some(setting) => arg.required(false).default_values(setting.values.clone()),
            None => arg,
        }))
    }

    /// Where the value of `arg` came from.
    pub fn origin(&self, arg: &Arg, matches: &ArgMatches) -> Origin {
        match matches.value_source(arg.get_id().as_str()) {
            Some(ValueSource::CommandLine) => Origin::Flag,
            Some(ValueSource::EnvVariable) => Origin::Environment(
                arg.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            ),
            None => Origin::Unset,
            Some(_) => {
                let default = arg.get_default_values();
                let all = self.tables.iter().flat_map(|(_, _, settings)| settings.iter());
                let ours =
                    all.filter(|(name, _)| Some(name.as_str()) == arg.get_long()).find(|(_, setting)| {
                        setting
                            .values
                            .iter()
                            .map(std::ffi::OsStr::new)
                            .eq(default.iter().map(|value| value.as_os_str()))
                    });
                match (ours, &self.file) {
                    (Some((_, setting)), Some(file)) => Origin::File(file.clone(), setting.table.clone()),
                    _ => Origin::Default,
                }
            }
        }
    }

    /// The settings of one command; later tables win.
    fn chosen(&self, command: &str) -> BTreeMap<&str, &Setting> {
        let mut chosen = BTreeMap::new();
        for (_, scope, settings) in &self.tables {
            if *scope == Scope::All || *scope == Scope::Command(command.to_owned()) {
                chosen.extend(settings.iter().map(|(name, setting)| (name.as_str(), setting)));
            }
        }
        chosen
    }

    fn check(&self, commands: &[Command]) -> Result<()> {
        let file = self.file.as_deref().unwrap_or(Path::new("")).display();
        for (table, scope, settings) in &self.tables {
            let known: Vec<&Command> = match scope {
                Scope::All => commands.iter().collect(),
                Scope::Command(name) => {
                    commands.iter().filter(|command| command.get_name() == name).collect()
                }
            };
            if known.is_empty() {
                return Err(Error::usage(format!("{file}: [{table}] is no command")).hint("sluicebox --help"));
            }
            for key in settings.keys() {
                let has = |command: &&Command| command.get_arguments().any(|arg| arg.get_long() == Some(key));
                if !known.iter().any(has) {
                    return Err(Error::usage(format!("{file}: [{table}] has no setting {key}"))
                        .hint(format!("sluicebox config {}", known[0].get_name())));
                }
            }
        }
        Ok(())
    }
}

type Tables = Vec<(String, Scope, BTreeMap<String, Setting>)>;

/// Adds [defaults] first, then the commands' tables.
fn add_tables(tables: &mut Tables, prefix: &str, root: Table) -> Result<(), String> {
    let (defaults, commands): (Vec<_>, Vec<_>) = root.into_iter().partition(|(name, _)| name == "defaults");
    for (name, table) in defaults.into_iter().chain(commands) {
        let title = format!("{prefix}{name}");
        let Value::Table(table) = table else {
            return Err(format!("{title} stands outside of a table: [defaults] or [COMMAND]"));
        };
        let settings = table
            .into_iter()
            .map(|(key, value)| {
                Ok((key.clone(), Setting { table: title.clone(), values: texts(&key, value)? }))
            })
            .collect::<Result<_, String>>()?;
        let scope = if name == "defaults" { Scope::All } else { Scope::Command(name) };
        tables.push((title, scope, settings));
    }
    Ok(())
}

fn texts(key: &str, value: Value) -> Result<Vec<String>, String> {
    match value {
        Value::String(text) => Ok(vec![text]),
        Value::Integer(number) => Ok(vec![number.to_string()]),
        Value::Float(number) => Ok(vec![number.to_string()]),
        Value::Boolean(flag) => Ok(vec![flag.to_string()]),
        Value::Array(values) => values
            .into_iter()
            .map(|value| texts(key, value))
            .collect::<Result<Vec<_>, _>>()
            .map(|all| all.concat()),
        Value::Datetime(_) | Value::Table(_) => {
            Err(format!("{key} must be a text, a number, true, false, or a list"))
        }
    }
}

fn found() -> Option<PathBuf> {
    let user = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|home| home.is_absolute())
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))
        .map(|home| home.join("sluicebox/config.toml"));
    let machine = PathBuf::from("/etc/sluicebox/config.toml");
    user.into_iter().chain([machine]).find(|path| path.exists())
}

/// A value as it may be shown: secrets are not.
pub fn mask(name: &str, value: &str) -> String {
    let name = name.to_ascii_uppercase();
    let secret = ["SECRET", "PASSWORD", "TOKEN", "ACCESS_KEY"].iter().any(|word| name.contains(word));
    if secret {
        return "****".to_owned();
    }
    // The user part of a URL.
    match (value.find("://"), value.find('@')) {
        (Some(scheme), Some(at)) if at > scheme && !value[scheme + 3..at].contains('/') => {
            format!("{}****{}", &value[..scheme + 3], &value[at..])
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        Command::new("kafka-produce")
            .arg(Arg::new("brokers").long("brokers").required(true))
            .arg(Arg::new("topic").long("topic").default_value("none"))
    }

    fn settings(text: &str, profile: Option<&str>) -> Result<Settings> {
        Settings::parse("config.toml".into(), text, profile)
    }

    #[test]
    fn a_file_gives_defaults_and_a_flag_beats_it() {
        let settings =
            settings("[defaults]\nbrokers = 'a:1'\n[kafka-produce]\ntopic = 't'", None).expect("valid");
        let command = settings.apply(command(), [command()].into_iter()).expect("known keys");
        let matches = command.clone().get_matches_from(["kafka-produce"]);
        assert_eq!(matches.get_one::<String>("brokers").map(String::as_str), Some("a:1"));
        assert_eq!(matches.get_one::<String>("topic").map(String::as_str), Some("t"));
        let arg = command.get_arguments().find(|arg| arg.get_id() == "topic").expect("there");
        assert_eq!(settings.origin(arg, &matches).to_string(), "config.toml [kafka-produce]");
        let matches = command.get_matches_from(["kafka-produce", "--brokers", "b:2"]);
        assert_eq!(matches.get_one::<String>("brokers").map(String::as_str), Some("b:2"));
    }

    #[test]
    fn a_profile_beats_the_plain_tables() {
        let text = "[kafka-produce]\nbrokers = 'a:1'\n[profile.prod.kafka-produce]\nbrokers = 'p:1'";
        let settings = settings(text, Some("prod")).expect("valid");
        let command = settings.apply(command(), [command()].into_iter()).expect("known keys");
        let matches = command.get_matches_from(["kafka-produce"]);
        assert_eq!(matches.get_one::<String>("brokers").map(String::as_str), Some("p:1"));
    }

    #[test]
    fn unknown_keys_commands_and_profiles_are_errors() {
        for text in ["[kafka-produce]\nbroker = 'a'", "[kafka-prodce]\nbrokers = 'a'", "[defaults]\nx = 1"] {
            let settings = settings(text, None).expect("parses");
            let error = settings.apply(command(), [command()].into_iter()).expect_err(text);
            assert_eq!(error.exit(), super::super::Exit::Usage);
        }
        assert!(settings("brokers = 'a'", None).is_err());
        assert!(settings("", Some("prod")).is_err());
    }

    #[test]
    fn secrets_are_masked() {
        assert_eq!(mask("AWS_SECRET_ACCESS_KEY", "x"), "****");
        assert_eq!(mask("url", "https://me:pw@host/x"), "https://****@host/x");
        assert_eq!(mask("url", "https://host/a@b"), "https://host/a@b");
        assert_eq!(mask("key-file", "hash.key"), "hash.key");
    }
}
