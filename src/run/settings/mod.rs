//! Settings: a flag beats the environment, the environment beats the settings file.
//!
//! The file is read before the command line is parsed, and its values become the *defaults* of the
//! options of the same name. So clap's own order of precedence is the only one, and no command
//! knows that there is a file. Some variables stand for an option that clap does not know them by,
//! because a library reads them: where one is set, what the file says about that option is left out
//! ([`StandIn`]). A key that no command has is an error, in whichever profile: a misspelt setting must
//! not be ignored. The current directory is never searched.
//!
//! What the file switches on, `--no-NAME` switches off.

mod mask;
mod switches;
mod tables;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use toml::{Table, Value};

pub use self::mask::mask;
use self::switches::{opposite, with_opposites};
use self::tables::{Scope, Setting, Tables, add_tables, found};
use super::exit::{Error, Result};
use super::files;

/// The options that choose what is read: in the file itself they would come too late.
const CHOOSERS: [&str; 2] = ["config", "profile"];

/// A command for which a variable that is set and empty is as good as unset.
pub fn without_empty_variables(command: Command) -> Command {
    let is_empty = |arg: &Arg| {
        arg.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()))
    };
    command.mut_args(|arg| if is_empty(&arg) { arg.env(None::<&str>) } else { arg })
}

/// Where a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On the command line, by its name.
    Flag,
    /// On the command line, by its place.
    Argument,
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
            Origin::Argument => f.write_str("argument"),
            Origin::Environment(variable) => write!(f, "environment {variable}"),
            Origin::File(file, table) => write!(f, "{} [{table}]", file.display()),
            Origin::Default => f.write_str("default"),
            Origin::Unset => f.write_str("unset"),
        }
    }
}

/// Variables that a library reads in place of an option.
#[derive(Clone, Copy, Debug)]
pub struct StandIn {
    /// The option's long name.
    pub option: &'static str,
    /// The variables that hold its value; the first one that is set counts.
    pub variables: &'static [&'static str],
    /// Variables that say the same in another way: with one of them, too, the file has no say.
    pub rivals: &'static [&'static str],
}

impl StandIn {
    /// The variable that counts, and its value.
    fn value(&self) -> Option<(&'static str, String)> {
        self.variables.iter().find_map(|name| Some((*name, variable(name)?)))
    }

    fn beats_the_file(&self) -> bool {
        self.value().is_some() || self.rivals.iter().any(|name| variable(name).is_some())
    }
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().into_owned())
}

/// The settings file, or none.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    file: Option<PathBuf>,
    /// Tables in the order in which later ones win: defaults, command, profile's defaults, profile's command.
    tables: Tables,
    /// Those of the profiles that were not asked for: they are only checked.
    unused: Tables,
    stand_ins: &'static [StandIn],
}

impl Settings {
    /// Reads the file that was named, or else the user's, or else the machine's, or else none.
    pub fn load(named: Option<&Path>, profile: Option<&str>, stand_ins: &'static [StandIn]) -> Result<Self> {
        let Some(path) = named.map(Path::to_owned).or_else(found) else {
            return match profile {
                Some(profile) => Err(Error::usage(format!(
                    "profile {profile} is asked for, but there is no settings file"
                ))
                .hint("--config FILE")),
                None => Ok(Self { stand_ins, ..Self::default() }),
            };
        };
        let text = files::read_text(&path, |error, _| error)?;
        Ok(Self { stand_ins, ..Self::parse(path, &text, profile)? })
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
        let (mut tables, mut unused) = (Vec::new(), Vec::new());
        add_tables(&mut tables, "", root).map_err(fail)?;
        if let Some(profile) = profile.filter(|profile| !profiles.contains_key(*profile)) {
            let known: Vec<&str> = profiles.keys().map(String::as_str).collect();
            let there = if known.is_empty() {
                "the file has none".to_owned()
            } else {
                format!("there is: {}", known.join(", "))
            };
            return Err(fail(format!("there is no profile {profile}; {there}"))
                .hint(format!("[profile.{profile}.COMMAND] in the file")));
        }
        for (name, table) in profiles {
            let Value::Table(table) = table else {
                return Err(fail(format!("[profile.{name}] holds tables: [profile.{name}.COMMAND]")));
            };
            let target = if profile == Some(&name) { &mut tables } else { &mut unused };
            add_tables(target, &format!("profile.{name}."), table).map_err(fail)?;
        }
        Ok(Self { file: Some(path), tables, unused, stand_ins: &[] })
    }

    /// Makes the values defaults of `command`, after checking every key against all commands; gives
    /// every switch its opposite.
    pub fn apply(&self, command: Command, all: impl Iterator<Item = Command>) -> Result<Command> {
        if self.file.is_some() {
            self.check(&all.collect::<Vec<_>>())?;
        }
        let command = without_empty_variables(command);
        let chosen = self.chosen(command.get_name());
        let command = command.mut_args(|arg| match arg.get_long().and_then(|long| chosen.get(long)) {
            Some(setting) if !arg.is_hide_set() => arg.required(false).default_values(setting.values.clone()),
            _ => arg,
        });
        Ok(with_opposites(command))
    }

    /// Where an invalid value stands that clap complains of and nobody typed: in a variable, or in a
    /// table of the file.
    pub fn place_of(&self, error: &clap::Error, command: &Command) -> Option<String> {
        let (Some(ContextValue::String(shown)), Some(ContextValue::String(value))) =
            (error.get(ContextKind::InvalidArg), error.get(ContextKind::InvalidValue))
        else {
            return None;
        };
        let arg = command.get_arguments().find(|arg| arg.to_string() == *shown)?;
        let holds =
            |name: &&std::ffi::OsStr| std::env::var_os(name).is_some_and(|held| held == value.as_str());
        if let Some(name) = arg.get_env().filter(holds) {
            return Some(name.to_string_lossy().into_owned());
        }
        let setting = *self.chosen(command.get_name()).get(arg.get_long()?)?;
        let file = self.file.as_deref()?.display();
        setting.values.contains(value).then(|| format!("{file} [{}]", setting.table))
    }

    /// The variable that stands for an option, and its value, where one is set.
    pub fn stand_in(&self, arg: &Arg) -> Option<(&'static str, String)> {
        self.stand_ins.iter().find(|stand_in| Some(stand_in.option) == arg.get_long())?.value()
    }

    /// Whether `arg` is but the other side of a switch.
    pub fn is_opposite(&self, arg: &Arg) -> bool {
        arg.is_hide_set() && arg.get_long().is_some_and(|long| long.starts_with(&opposite("")))
    }

    /// Where the value of `arg` came from.
    pub fn origin(&self, arg: &Arg, matches: &ArgMatches) -> Origin {
        let opposite = arg.get_long().map(opposite).unwrap_or_default();
        if matches.ids().any(|id| *id == opposite)
            && matches.value_source(&opposite) == Some(ValueSource::CommandLine)
        {
            return Origin::Flag;
        }
        match matches.value_source(arg.get_id().as_str()) {
            Some(ValueSource::CommandLine) if arg.is_positional() => Origin::Argument,
            Some(ValueSource::CommandLine) => Origin::Flag,
            source if source != Some(ValueSource::EnvVariable) && self.stand_in(arg).is_some() => {
                Origin::Environment(self.stand_in(arg).map_or("", |(name, _)| name).to_owned())
            }
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
        for stand_in in self.stand_ins.iter().filter(|stand_in| stand_in.beats_the_file()) {
            chosen.remove(stand_in.option);
        }
        chosen
    }

    fn check(&self, commands: &[Command]) -> Result<()> {
        let file = self.file.as_deref().unwrap_or(Path::new("")).display();
        for (table, scope, settings) in self.tables.iter().chain(&self.unused) {
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
                if CHOOSERS.contains(&key.as_str()) {
                    return Err(Error::usage(format!(
                        "{file}: [{table}] cannot set {key}, which is asked for before the file is read"
                    ))
                    .hint(format!("--{key}, or SLUICEBOX_{}", key.to_ascii_uppercase())));
                }
                let is = |arg: &Arg| arg.get_long() == Some(key) && !arg.is_hide_set();
                let has = |command: &&Command| command.get_arguments().any(is);
                if !known.iter().any(has) {
                    return Err(Error::usage(format!("{file}: [{table}] has no setting {key}"))
                        .hint(format!("sluicebox config {}", known[0].get_name())));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        Command::new("kafka-produce")
            .arg(Arg::new("brokers").long("brokers").required(true))
            .arg(Arg::new("topic").long("topic").default_value("none"))
            .arg(Arg::new("seal").long("seal").action(clap::ArgAction::SetTrue))
            .arg(Arg::new("verbose").long("verbose").action(clap::ArgAction::Count))
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
    fn a_wrong_key_in_a_profile_that_is_not_used_is_an_error_too() {
        for text in
            ["[profile.prod.kafka-produce]\nbroker = 'a'", "[profile.prod.kafka-prodce]\nbrokers = 'a'"]
        {
            let settings = settings(text, None).expect("parses");
            let error = settings.apply(command(), [command()].into_iter()).expect_err(text);
            assert!(error.message().contains("[profile.prod."), "{error}");
        }
        assert!(settings("[profile]\nprod = 1", None).is_err());
    }

    #[test]
    fn what_the_file_switches_on_a_flag_switches_off() {
        let with = |text: &str, arguments: &[&str]| {
            let settings = settings(text, None).expect("valid");
            let command = settings.apply(command(), [command()].into_iter()).expect("known keys");
            let all = [&["kafka-produce", "--brokers", "b"], arguments].concat();
            let matches = command.clone().get_matches_from(all);
            let arg = command.get_arguments().find(|arg| arg.get_id() == "seal").expect("there");
            (
                matches.get_flag("seal"),
                matches.get_count("verbose"),
                settings.origin(arg, &matches).to_string(),
            )
        };
        let file = "[kafka-produce]\nseal = true\nverbose = 2";
        assert_eq!(with(file, &[]), (true, 2, "config.toml [kafka-produce]".to_owned()));
        assert_eq!(with(file, &["--no-seal", "--no-verbose"]), (false, 0, "flag".to_owned()));
        assert!(with(file, &["--no-seal", "--seal"]).0, "the last word counts");
        assert!(!with("", &["--seal", "--no-seal"]).0);
        let settings = settings("[kafka-produce]\nno-seal = true", None).expect("parses");
        assert!(settings.apply(command(), [command()].into_iter()).is_err(), "seal = false says it");
    }

    #[test]
    fn a_variable_that_a_library_reads_beats_the_file() {
        // One variable that is surely set, and one that surely is not.
        const SET: StandIn = StandIn { option: "topic", variables: &["NO_SUCH_THING", "PATH"], rivals: &[] };
        const RIVAL: StandIn =
            StandIn { option: "brokers", variables: &["NO_SUCH_THING"], rivals: &["PATH"] };
        const UNSET: StandIn = StandIn { option: "topic", variables: &["NO_SUCH_THING"], rivals: &[] };
        let with = |stand_ins: &'static [StandIn]| {
            let settings = settings("[defaults]\ntopic = 'file'\nbrokers = 'file'", None).expect("valid");
            let settings = Settings { stand_ins, ..settings };
            let command = settings
                .apply(command().mut_arg("brokers", |arg| arg.required(false)), [command()].into_iter());
            let command = command.expect("known keys");
            let matches = command.clone().get_matches_from(["kafka-produce"]);
            let value = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
            let arg = command.get_arguments().find(|arg| arg.get_id() == "topic").expect("there");
            (value("topic"), value("brokers"), settings.origin(arg, &matches).to_string())
        };
        let (topic, brokers, origin) = with(&[SET, RIVAL]);
        assert_eq!((topic.as_str(), brokers.as_str(), origin.as_str()), ("none", "", "environment PATH"));
        assert_eq!(with(&[UNSET]).0, "file");
    }

    #[test]
    fn what_is_known_by_its_place_is_no_flag() {
        let command = Command::new("x").arg(Arg::new("file"));
        let matches = command.clone().get_matches_from(["x", "a"]);
        let arg = command.get_arguments().next().expect("there");
        assert_eq!(Settings::default().origin(arg, &matches), Origin::Argument);
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
}
