//! How a Kafka command is told about its cluster: `-b`, `-F FILE`, `-X key=value`, and the environment.
//!
//! Every Kafka command flattens [`KafkaArgs`], so that a flag is spelled once. [`KafkaArgs::settings`]
//! turns them into [`Settings`]: librdkafka's properties, each with its origin, validated before
//! anything is opened. Precedence: `-b` and `-X`, then `-F`, then `KAFKA_BOOTSTRAP_SERVERS`, then what
//! the settings file says in place of any of them, then the defaults of the command. What the
//! guarantees rest on cannot be changed by anybody.

mod brokers;
mod properties;

use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;

pub use self::properties::{Origin, Preset, Settings};
use crate::run::exit::{Error, Result};
use crate::run::units;

/// The environment variable that names the brokers.
pub const BROKERS_VARIABLE: &str = "KAFKA_BOOTSTRAP_SERVERS";

/// Where the cluster is, and how to speak to it, as clap sees it.
///
/// Global, so that they may stand behind the verbs of `topic-admin` too.
#[derive(clap::Args, Clone, Default)]
#[command(next_help_heading = "Kafka options")]
struct Flags {
    /// Brokers to start from
    #[arg(short = 'b', long, value_name = "HOST:PORT,...", env = BROKERS_VARIABLE, global = true)]
    brokers: Option<String>,

    /// File of librdkafka properties: key=value lines, # comments
    ///
    /// The place for secrets such as sasl.password. It wins over KAFKA_BOOTSTRAP_SERVERS; -b and -X win
    /// over it. SLUICEBOX_KAFKA_CONFIG stands for it.
    #[arg(
        short = 'F',
        long = "kafka-config",
        value_name = "FILE",
        env = "SLUICEBOX_KAFKA_CONFIG",
        hide_env = true,
        global = true
    )]
    kafka_config: Option<PathBuf>,

    /// One librdkafka property; may be repeated
    ///
    /// Any property of librdkafka, as kcat takes it. Secrets are refused here, where every user of
    /// the machine could read them: put them into a file and name it with -F.
    #[arg(short = 'X', long = "kafka-property", value_name = "KEY=VALUE", global = true)]
    kafka_property: Vec<String>,

    /// How long the first connection may take
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = units::duration, global = true)]
    connect_timeout: Duration,
}

/// Where the cluster is, and how to speak to it: flattened by every Kafka command.
#[derive(Clone, Default)]
pub struct KafkaArgs {
    flags: Flags,
    /// Who said `-b`, `-F` and `-X`: the settings file ranks below the environment, which ranks below
    /// what is typed, whichever of the three it is about.
    brokers_by: Rank,
    config_by: Rank,
    property_by: Rank,
}

/// Who gave an option; later ones win.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Rank {
    #[default]
    SettingsFile,
    Environment,
    CommandLine,
}

impl Rank {
    fn of(option: &str, matches: &clap::ArgMatches) -> Self {
        match matches.value_source(option) {
            Some(ValueSource::CommandLine) => Self::CommandLine,
            Some(ValueSource::EnvVariable) => Self::Environment,
            _ => Self::SettingsFile,
        }
    }

    fn origin(self) -> Origin {
        match self {
            Self::SettingsFile => Origin::SettingsFile,
            Self::Environment => Origin::Environment,
            Self::CommandLine => Origin::CommandLine,
        }
    }
}

impl clap::Args for KafkaArgs {
    fn augment_args(command: clap::Command) -> clap::Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Flags::augment_args_for_update(command)
    }
}

impl clap::FromArgMatches for KafkaArgs {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let by = |option| Rank::of(option, matches);
        let (brokers_by, config_by, property_by) = (by("brokers"), by("kafka_config"), by("kafka_property"));
        Ok(Self { flags: Flags::from_arg_matches(matches)?, brokers_by, config_by, property_by })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl KafkaArgs {
    /// How long the first connection may take: for the other services of a command as well.
    pub fn connect_timeout(&self) -> Duration {
        self.flags.connect_timeout
    }

    /// Reads the file, and checks every property by name and value.
    pub fn settings(&self) -> Result<Settings> {
        let mut settings = Settings::new(self.flags.connect_timeout);
        for rank in [Rank::SettingsFile, Rank::Environment, Rank::CommandLine] {
            self.add(rank, &mut settings)?;
        }
        settings.check()?;
        Ok(settings)
    }

    /// Adds what has this rank: the file of properties, single ones, the brokers; later ones win.
    fn add(&self, rank: Rank, settings: &mut Settings) -> Result<()> {
        let flags = &self.flags;
        if let Some(file) = flags.kafka_config.as_deref().filter(|_| self.config_by == rank) {
            settings.read_file(file)?;
        }
        for property in flags.kafka_property.iter().filter(|_| self.property_by == rank) {
            let (key, value) = property.split_once('=').ok_or_else(|| {
                Error::usage(format!("-X {property}: expected KEY=VALUE"))
                    .hint("-X security.protocol=SASL_SSL")
            })?;
            settings.accept_argument(key.trim(), value, rank.origin())?;
        }
        let brokers = flags.brokers.as_deref().filter(|_| self.brokers_by == rank);
        if let Some(brokers) = brokers.filter(|brokers| !brokers.trim().is_empty()) {
            settings.put("bootstrap.servers", brokers, rank.origin());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::*;

    /// Parses as a command would; `variable` stands for the environment.
    fn args(variable: Option<&'static str>, arguments: &[&str]) -> KafkaArgs {
        let command =
            KafkaArgs::augment_args(clap::Command::new("test")).mut_arg("brokers", |arg| match variable {
                // A default ranks with the environment: below the flag.
                Some(value) => arg.env(None).default_value(value),
                None => arg.env(None),
            });
        let matches = command.get_matches_from([&["test"], arguments].concat());
        KafkaArgs::from_arg_matches(&matches).unwrap()
    }

    fn settings(properties: &[&str]) -> Result<Settings> {
        let arguments: Vec<&str> = properties.iter().flat_map(|property| ["-X", *property]).collect();
        args(Some("b:1"), &arguments).settings()
    }

    fn refusal(properties: &[&str]) -> String {
        let error = settings(properties).err().expect("must be refused");
        assert_eq!(error.exit(), crate::run::exit::Exit::Usage);
        error.to_string()
    }

    #[test]
    fn the_command_line_wins_over_the_file_which_wins_over_the_environment() {
        let file = std::env::temp_dir().join(format!("sluicebox-options-{}", std::process::id()));
        std::fs::write(&file, "# a comment\n\nbootstrap.servers = file:1\nlinger.ms=7\nsasl.password=p=q\n")
            .unwrap();
        let name = file.to_str().unwrap();
        let with = |arguments: &[&str]| args(Some("environment:1"), arguments).settings().unwrap();
        let settings = with(&["-F", name]);
        assert_eq!(settings.brokers(), "file:1");
        assert_eq!(settings.get("sasl.password"), Some("p=q"));
        let settings =
            with(&["-F", name, "-X", "metadata.broker.list=x:1", "-X", "queue.buffering.max.ms=9"]);
        assert_eq!((settings.brokers(), settings.get("linger.ms")), ("x:1", Some("9")));
        assert_eq!(with(&["-F", name, "-b", "environment:1"]).brokers(), "environment:1");
        assert_eq!(with(&[]).brokers(), "environment:1");
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn the_settings_file_never_beats_the_environment_whichever_option_it_gives() {
        let by = |config: Rank, property: Rank| {
            let flags = Flags {
                brokers: Some("environment:1".into()),
                kafka_property: vec!["bootstrap.servers=property:1".into()],
                ..Flags::default()
            };
            let args =
                KafkaArgs { flags, brokers_by: Rank::Environment, config_by: config, property_by: property };
            args.settings().unwrap().brokers().to_owned()
        };
        assert_eq!(by(Rank::SettingsFile, Rank::SettingsFile), "environment:1");
        assert_eq!(by(Rank::SettingsFile, Rank::CommandLine), "property:1");
    }

    #[test]
    fn a_url_is_no_broker_wherever_it_was_said() {
        let error = args(None, &["-b", "http://h:1"]).settings().err().unwrap();
        assert!(error.to_string().contains("-b h:1") && error.to_string().contains("URL"), "{error}");
        assert_eq!(error.exit(), crate::run::exit::Exit::Usage);
        assert!(args(Some("http://h:1"), &[]).settings().is_err());
        assert!(args(None, &["-X", "metadata.broker.list=http://h:1"]).settings().is_err());
    }

    #[test]
    fn no_broker_is_an_error_that_says_what_to_type() {
        let error = args(None, &[]).settings().err().unwrap();
        assert!(error.to_string().contains("-b localhost:9092"), "{error}");
    }

    #[test]
    fn secrets_on_the_command_line_are_refused_and_not_repeated() {
        for key in ["sasl.password", "ssl.key.password", "sasl.oauthbearer.client.secret", "ssl.key.pem"] {
            let text = refusal(&[&format!("{key}=hunter2")]);
            assert!(text.contains("-F") && text.contains(key) && !text.contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn unknown_properties_and_wrong_values_are_named() {
        assert!(refusal(&["lingr.ms=5"]).contains("lingr.ms"));
        assert!(refusal(&["linger.ms=soon"]).contains("linger.ms"));
        assert!(refusal(&["linger.ms"]).contains("KEY=VALUE"));
    }

    #[test]
    fn what_the_guarantees_rest_on_cannot_be_changed() {
        for property in
            ["acks=1", "request.required.acks=0", "isolation.level=read_uncommitted", "group.id=g"]
        {
            let key = property.split_once('=').unwrap().0;
            let text = refusal(&[property]);
            assert!(text.contains(key) || text.contains("acks"), "{text}");
        }
        assert!(settings(&["acks=-1", "enable.idempotence=TRUE"]).is_ok());
    }
}
