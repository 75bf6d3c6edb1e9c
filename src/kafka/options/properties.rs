//! librdkafka's properties as a user gave them: one name for each, where it came from, and whether it
//! may be set at all.
//!
//! Whatever is wrong is told before a client is made. A secret is neither taken from the command line
//! nor repeated in a message.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;

use super::{BROKERS_VARIABLE, brokers};
use crate::run::exit::{Error, Result};
use crate::run::files;

/// Where a property came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `-b` or `-X`.
    CommandLine,
    /// `-F FILE`.
    File(PathBuf),
    /// `KAFKA_BOOTSTRAP_SERVERS`.
    Environment,
    /// Sluicebox's own settings.
    SettingsFile,
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

impl Settings {
    pub(super) fn new(connect_timeout: Duration) -> Self {
        Self { properties: BTreeMap::new(), connect_timeout }
    }

    /// The brokers to start from, as the user wrote them.
    pub fn brokers(&self) -> &str {
        self.get("bootstrap.servers").unwrap_or_default()
    }

    /// Host and port of the first of them, for a hint.
    pub fn first_broker(&self) -> (String, String) {
        brokers::first(self.brokers())
    }

    /// How long the first connection may take.
    pub fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// The value that the user gave to a property.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.properties.get(canonical(key)).map(|property| property.value.as_str())
    }

    /// The configuration of a client: `defaults`, overridden by the user, overridden by `fixed`.
    pub fn client_config(&self, defaults: &[Preset], fixed: &[Preset]) -> ClientConfig {
        let mut config = ClientConfig::new();
        // An unknown topic is an error with a hint, never a topic made by a typing mistake.
        config.set("client.id", "sluicebox").set("allow.auto.create.topics", "false");
        // The journal chooses what is passed on; that it was hung up on, librdkafka only mentions.
        config.set_log_level(RDKafkaLogLevel::Debug);
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

    pub(super) fn put(&mut self, key: &str, value: &str, origin: Origin) {
        let property = Property { value: value.trim().to_owned(), origin };
        self.properties.insert(canonical(key).to_owned(), property);
    }

    /// Takes a property of the command line, which everybody can read.
    pub(super) fn accept_argument(&mut self, key: &str, value: &str, origin: Origin) -> Result<()> {
        if is_secret(key) {
            return Err(Error::usage(format!(
                "-X {key}: a secret on the command line can be read by others"
            ))
            .hint(format!("put the line {key}=... into a file of mode 0600 and name it with -F")));
        }
        if let Some((_, reason)) = RESERVED.iter().find(|(reserved, _)| *reserved == key) {
            return Err(Error::usage(format!("-X {key} cannot be set: {reason}")));
        }
        self.put(key, value, origin);
        Ok(())
    }

    /// Takes a file of properties, written for this or any other client on librdkafka.
    pub(super) fn read_file(&mut self, path: &Path) -> Result<()> {
        let text = files::read_text(path, |error, _| error)?;
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

    pub(super) fn check(&self) -> Result<()> {
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
        self.check_brokers()
    }

    fn check_brokers(&self) -> Result<()> {
        brokers::check(self.brokers()).map_err(|misspelt| {
            let origin = self.properties.get("bootstrap.servers").map(|property| property.origin.to_string());
            Error::usage(misspelt.what).at(origin.unwrap_or_default()).hint(misspelt.right)
        })
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::CommandLine => f.write_str("the command line"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Environment => f.write_str(BROKERS_VARIABLE),
            Origin::SettingsFile => f.write_str("the settings file"),
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
