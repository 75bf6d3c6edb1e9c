//! `CassandraArgs`: which cluster to talk to, as whom, and how patiently.

use std::path::PathBuf;
use std::time::Duration;

use openssl::ssl::SslConnectorBuilder;
use scylla::statement::Consistency;
use zeroize::Zeroizing;

use super::rc::{Login, Sections};
use crate::run::exit::{Error, Result};
use crate::run::tls::TlsArgs;
use crate::run::{files, units};

/// Where every node listens unless told otherwise.
const PORT: u16 = 9042;

/// What else is read from the environment, for the pages of commands that flatten [`CassandraArgs`].
pub const ENVIRONMENT: [(&str, &str); 2] = [
    ("CASSANDRA_USERNAME, CASSANDRA_PASSWORD", "who we are, unless --credentials says so"),
    ("CREDENTIALS_DIRECTORY", "where a service manager puts the file of --credentials"),
];

/// What else is read from files.
pub const FILES: [(&str, &str); 1] = [(
    "~/.cassandra/credentials, ~/.cassandra/cqlshrc",
    "user and password, host and certificate, as cqlsh has them",
)];

/// Which cluster, as whom, and how patiently.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Connection")]
pub struct CassandraArgs {
    /// Nodes to ask first, separated by commas [default: that of cqlshrc]
    #[arg(long, value_name = "HOST[:PORT],...", env = "CASSANDRA_CONTACT_POINTS", value_delimiter = ',', value_parser = node)]
    pub contact_points: Vec<String>,

    /// The data centre to write in: needed where the cluster has several
    #[arg(long, value_name = "NAME", env = "CASSANDRA_LOCAL_DC")]
    pub local_dc: Option<String>,

    /// A file with [PlainTextAuthProvider], username = and password =, as cqlsh has it
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,

    /// Settings of cqlsh [default: ~/.cassandra/cqlshrc]
    #[arg(long, hide_short_help = true, value_name = "FILE")]
    pub cqlshrc: Option<PathBuf>,

    /// How many replicas must have a row before it counts as written
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = Level::LocalQuorum)]
    pub consistency: Level,

    /// Whether by TLS, and with which certificates.
    #[command(flatten)]
    pub tls: TlsArgs,

    /// How long to wait for a connection
    #[arg(long, hide_short_help = true, value_name = "TIME", value_parser = units::duration, default_value = "10s")]
    pub connect_timeout: Duration,

    /// How long to wait for an answer, before a write is tried again
    #[arg(long, hide_short_help = true, value_name = "TIME", value_parser = units::duration, default_value = "10s")]
    pub request_timeout: Duration,
}

/// How many replicas answer for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are Cassandra's own")]
pub enum Level {
    One,
    LocalOne,
    Two,
    Three,
    Quorum,
    LocalQuorum,
    EachQuorum,
    All,
}

impl From<Level> for Consistency {
    fn from(level: Level) -> Self {
        match level {
            Level::One => Self::One,
            Level::LocalOne => Self::LocalOne,
            Level::Two => Self::Two,
            Level::Three => Self::Three,
            Level::Quorum => Self::Quorum,
            Level::LocalQuorum => Self::LocalQuorum,
            Level::EachQuorum => Self::EachQuorum,
            Level::All => Self::All,
        }
    }
}

/// The options with what the files and the environment add to them: nothing was connected yet.
pub struct Settings {
    pub(super) nodes: Vec<String>,
    pub(super) local_dc: Option<String>,
    pub(super) login: Option<Login>,
    pub(super) tls: Option<SslConnectorBuilder>,
    pub(super) consistency: Consistency,
    pub(super) connect_timeout: Duration,
    pub(super) request_timeout: Duration,
}

impl CassandraArgs {
    /// Reads the files.
    pub fn settings(&self) -> Result<Settings> {
        let rc = match &self.cqlshrc {
            Some(path) => Sections::read(path)?,
            None => Sections::of_cqlsh("cqlshrc")?,
        };
        Ok(Settings {
            nodes: self.nodes(&rc)?,
            local_dc: self.local_dc.clone(),
            login: self.login(&rc)?,
            tls: self.tls(&rc).connector()?,
            consistency: self.consistency.into(),
            connect_timeout: self.connect_timeout,
            request_timeout: self.request_timeout,
        })
    }

    fn nodes(&self, rc: &Sections) -> Result<Vec<String>> {
        if !self.contact_points.is_empty() {
            return Ok(self.contact_points.clone());
        }
        let host = rc.get("connection", "hostname").ok_or_else(|| {
            Error::usage("no contact points").hint("--contact-points HOST:9042, or $CASSANDRA_CONTACT_POINTS")
        })?;
        let port = rc.get("connection", "port").map_or(String::new(), |port| format!(":{port}"));
        node(&format!("{host}{port}")).map(|node| vec![node]).map_err(Error::usage)
    }

    /// Options, then the environment, then the files of cqlsh.
    fn login(&self, rc: &Sections) -> Result<Option<Login>> {
        if let Some(name) = &self.credentials {
            let path = files::secret(name);
            let login = Sections::read(&path)?.login().ok_or_else(|| {
                Error::usage(format!("{} names no user with a password", path.display()))
                    .hint("[PlainTextAuthProvider], username = NAME, password = PASSWORD, a line each")
            })?;
            return Ok(Some(login));
        }
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (set("CASSANDRA_USERNAME"), set("CASSANDRA_PASSWORD")) {
            (Some(username), Some(password)) => {
                return Ok(Some(Login { username, password: Zeroizing::new(password) }));
            }
            (None, None) => {}
            _ => return Err(Error::usage("of CASSANDRA_USERNAME and CASSANDRA_PASSWORD only one is set")),
        }
        let named = rc.path("authentication", "credentials").map(|path| Sections::read(&path)).transpose()?;
        let own = named.map_or_else(|| Sections::of_cqlsh("credentials"), Ok)?;
        Ok(own.login().or_else(|| rc.login()))
    }

    fn tls(&self, rc: &Sections) -> TlsArgs {
        let by_rc = rc.get("connection", "ssl").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if self.tls.is_wanted() || !by_rc {
            return self.tls.clone();
        }
        TlsArgs { tls: true, tls_ca: rc.path("ssl", "certfile"), tls_cert: None }
    }
}

/// `HOST` or `HOST:PORT`, with the port.
fn node(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.contains("://") || text.contains('/') || text.contains('@') {
        return Err("a node is a host and a port, no URL; write HOST:9042".to_owned());
    }
    let (host, port) = match text.rsplit_once(':') {
        // An IPv6 address without a port is full of colons.
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let port = match port {
        Some(port) => {
            port.parse().ok().filter(|port| *port > 0).ok_or("a port is a number from 1 to 65535")?
        }
        None => PORT,
    };
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Err(format!("'{text}' names no host; write HOST:9042"));
    }
    let bare_v6 = host.contains(':') && !host.starts_with('[');
    Ok(if bare_v6 { format!("[{host}]:{port}") } else { format!("{host}:{port}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_gets_its_port_and_a_url_is_refused() {
        for (text, expected) in [
            ("db1", "db1:9042"),
            ("db1:9142", "db1:9142"),
            (" 10.0.0.7 ", "10.0.0.7:9042"),
            ("::1", "[::1]:9042"),
            ("[::1]:9142", "[::1]:9142"),
        ] {
            assert_eq!(node(text), Ok(expected.to_owned()));
        }
        for wrong in ["cassandra://db1", "db1:x", "db1:0", ":9042", "", "ada:secret@db1"] {
            let error = node(wrong).unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
