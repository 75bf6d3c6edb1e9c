//! How a Kafka command is told about its cluster: `-b`, `-F FILE`, `-X key=value`, and the environment.
//!
//! Every Kafka command flattens [`KafkaArgs`], so that a flag is spelled once. [`KafkaArgs::settings`]
//! turns them into [`Settings`]: librdkafka's properties, each with its origin, validated before
//! anything is opened. Precedence: `-b` and `-X`, then `-F`, then `KAFKA_BOOTSTRAP_SERVERS`, then
//! the defaults of the command. What the guarantees rest on cannot be changed by anybody.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::parser::ValueSource;
use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;

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
    /// The place for secrets such as sasl.password. It wins over the environment; -b and -X win over it.
    #[arg(short = 'F', long = "kafka-config", value_name = "FILE", global = true)]
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
    /// `-b` was typed: a variable of the same name ranks below `-F`, and clap knows the difference.
    brokers_typed: bool,
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
        let brokers_typed = matches.value_source("brokers") == Some(ValueSource::CommandLine);
        Ok(Self { flags: Flags::from_arg_matches(matches)?, brokers_typed })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Where a property came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `-b` or `-X`.
    CommandLine,
    /// `-F FILE`.
    File(PathBuf),
    /// `KAFKA_BOOTSTRAP_SERVERS`, or the settings file.
    Environment,
}

/// One property as the user gave it.
#[derive(Clone)]
struct Property {
    value: String,
    origin: Origin,
}

/// A property that a command sets: a default that users may change, or what its guarantees rest on.
pub type Preset = (&'static str, &'static str);

/// The user's properties under their canonical names, validated as far as possible without a client.
///
/// No `Debug`: it holds secrets.
#[derive(Clone)]
pub struct Settings {
    properties: BTreeMap<String, Property>,
    connect_timeout: Duration,
}

/// librdkafka's aliases: setting a name and its alias at once would leave the outcome to chance.
const ALIASES: [(&str, &str); 10] = [
    ("metadata.broker.list", "bootstrap.servers"),
    ("request.required.acks", "acks"),
    ("queue.buffering.max.ms", "linger.ms"),
    ("compression.codec", "compression.type"),
    ("message.send.max.retries", "retries"),
    ("max.in.flight", "max.in.flight.requests.per.connection"),
    ("max.partition.fetch.bytes", "fetch.message.max.bytes"),
    ("delivery.timeout.ms", "message.timeout.ms"),
    ("auto.commit.enable", "enable.auto.commit"),
    ("sasl.mechanisms", "sasl.mechanism"),
];

/// Properties that exactly-once and the counts rest on, with what they are set to, whoever asks.
const PROTECTED: [(&str, &str); 9] = [
    ("enable.idempotence", "true"),
    ("acks", "all"),
    ("delivery.report.only.error", "false"),
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    ("auto.offset.reset", "error"),
    ("isolation.level", "read_committed"),
    ("enable.partition.eof", "true"),
    ("log.queue", "true"),
];

/// Properties that an option or the protocol itself decides.
const RESERVED: [(&str, &str); 3] = [
    ("group.id", "a group is named by --group"),
    ("transactional.id", "it follows from the group and the partition"),
    ("partition.assignment.strategy", "groups are cooperative-sticky"),
];

impl KafkaArgs {
    /// How long the first connection may take: for the other services of a command as well.
    pub fn connect_timeout(&self) -> Duration {
        self.flags.connect_timeout
    }

    /// Reads the file, and checks every property by name and value.
    pub fn settings(&self) -> Result<Settings> {
        let flags = &self.flags;
        let mut settings = Settings { properties: BTreeMap::new(), connect_timeout: flags.connect_timeout };
        let brokers = flags.brokers.as_deref().filter(|brokers| !brokers.trim().is_empty());
        if let (Some(brokers), false) = (brokers, self.brokers_typed) {
            settings.put("bootstrap.servers", brokers, Origin::Environment);
        }
        if let Some(file) = &flags.kafka_config {
            settings.read_file(file)?;
        }
        for property in &flags.kafka_property {
            let (key, value) = property.split_once('=').ok_or_else(|| {
                Error::usage(format!("-X {property}: expected KEY=VALUE"))
                    .hint("-X security.protocol=SASL_SSL")
            })?;
            settings.accept_argument(key.trim(), value)?;
        }
        if let (Some(brokers), true) = (brokers, self.brokers_typed) {
            settings.put("bootstrap.servers", brokers, Origin::CommandLine);
        }
        settings.check()?;
        Ok(settings)
    }
}

impl Settings {
    /// The brokers to start from, as the user wrote them.
    pub fn brokers(&self) -> &str {
        self.get("bootstrap.servers").unwrap_or_default()
    }

    /// How long the first connection may take.
    pub fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// The value that the user gave to a property.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.properties.get(canonical(key)).map(|property| property.value.as_str())
    }

    /// Every property that was given, its value (secrets masked) and its origin.
    pub fn listing(&self) -> impl Iterator<Item = (&str, &str, &Origin)> {
        self.properties.iter().map(|(key, property)| {
            let value = if is_secret(key) { "****" } else { property.value.as_str() };
            (key.as_str(), value, &property.origin)
        })
    }

    /// The configuration of a client: `defaults`, overridden by the user, overridden by `fixed`.
    pub fn client_config(&self, defaults: &[Preset], fixed: &[Preset]) -> ClientConfig {
        let mut config = ClientConfig::new();
        // An unknown topic is an error with a hint, never a topic made by a typing mistake.
        config.set("client.id", "sluicebox").set("allow.auto.create.topics", "false");
        for (key, value) in defaults {
            config.set(canonical(key), *value);
        }
        for (key, property) in &self.properties {
            config.set(key, &property.value);
        }
        for (key, value) in fixed {
            config.set(canonical(key), *value);
        }
        config
    }

    fn put(&mut self, key: &str, value: &str, origin: Origin) {
        let property = Property { value: value.trim().to_owned(), origin };
        self.properties.insert(canonical(key).to_owned(), property);
    }

    /// Takes a property of the command line, which everybody can read.
    fn accept_argument(&mut self, key: &str, value: &str) -> Result<()> {
        if is_secret(key) {
            return Err(Error::usage(format!(
                "-X {key}: a secret on the command line can be read by others"
            ))
            .hint(format!("put the line {key}=... into a file of mode 0600 and name it with -F")));
        }
        if let Some((_, reason)) = RESERVED.iter().find(|(reserved, _)| *reserved == key) {
            return Err(Error::usage(format!("-X {key} cannot be set: {reason}")));
        }
        self.put(key, value, Origin::CommandLine);
        Ok(())
    }

    /// Takes a file of properties, written for this or any other client on librdkafka.
    fn read_file(&mut self, path: &Path) -> Result<()> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| Error::io(format!("cannot read {}", path.display()), &cause))?;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            // The line itself is not repeated: it may hold a secret.
            let (key, value) = line.split_once('=').ok_or_else(|| {
                Error::usage(format!("{} line {}: expected key=value", path.display(), number + 1))
            })?;
            let key = key.trim();
            if RESERVED.iter().any(|(reserved, _)| *reserved == key) {
                log::info!("{} line {}: {key} is not used", path.display(), number + 1);
                continue;
            }
            self.put(key, value, Origin::File(path.to_owned()));
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        for (key, property) in &self.properties {
            if let Some((_, fixed)) = PROTECTED.iter().find(|(name, _)| name == key)
                && !same_value(&property.value, fixed)
            {
                return Err(Error::usage(format!(
                    "{key} is always {fixed}: no record may be lost or doubled"
                ))
                .hint(format!("leave {key} out of {}", property.origin)));
            }
            check_property(key, property)?;
        }
        if self.brokers().is_empty() {
            return Err(Error::usage("no Kafka brokers are given")
                .hint(format!("-b localhost:9092, or set {BROKERS_VARIABLE}")));
        }
        Ok(())
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::CommandLine => f.write_str("the command line"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Environment => f.write_str(BROKERS_VARIABLE),
        }
    }
}

/// Lets librdkafka judge one property, in its own words.
fn check_property(key: &str, property: &Property) -> Result<()> {
    let mut config = ClientConfig::new();
    config.set(key, &property.value);
    let Err(cause) = config.create_native_config() else {
        return Ok(());
    };
    let words = match &cause {
        // librdkafka's words on a wrong value repeat it.
        KafkaError::ClientConfig(..) if is_secret(key) => format!("{key} has a wrong value"),
        KafkaError::ClientConfig(_, words, ..) if words.contains(key) => words.clone(),
        // They name the property that this one is an alias of.
        KafkaError::ClientConfig(_, words, ..) => format!("{key}: {words}"),
        other => format!("{key}: {other}"),
    };
    Err(Error::usage(format!("{}: {words}", property.origin))
        .hint("the properties are listed in librdkafka's CONFIGURATION.md"))
}

/// The one name under which a property is kept.
fn canonical(key: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == key).map_or(key, |(_, name)| name)
}

/// Whether a property holds something that must not be seen.
fn is_secret(key: &str) -> bool {
    const ENDS: [&str; 5] = [".password", ".secret", ".passphrase", "key.pem", ".credentials"];
    ENDS.iter().any(|end| key.ends_with(end)) || key == "sasl.oauthbearer.config"
}

/// Whether two spellings of a value mean the same to librdkafka.
fn same_value(given: &str, fixed: &str) -> bool {
    let given = given.to_ascii_lowercase();
    given == fixed
        || matches!((given.as_str(), fixed), ("-1", "all") | ("1" | "t", "true") | ("0" | "f", "false"))
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
        assert!(settings.listing().any(|(key, value, _)| key == "sasl.password" && value == "****"));
        let settings =
            with(&["-F", name, "-X", "metadata.broker.list=x:1", "-X", "queue.buffering.max.ms=9"]);
        assert_eq!((settings.brokers(), settings.get("linger.ms")), ("x:1", Some("9")));
        assert_eq!(with(&["-F", name, "-b", "environment:1"]).brokers(), "environment:1");
        assert_eq!(with(&[]).brokers(), "environment:1");
        std::fs::remove_file(file).unwrap();
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
