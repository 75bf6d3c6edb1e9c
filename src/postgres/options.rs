//! How a command is told about its server: `--url`, and all that libpq reads.
//!
//! In: options, variables, service files. Out: [`Settings`], complete and checked before anything is
//! opened. Precedence is libpq's: what was typed, then the service, then `PG…` variables, then the
//! defaults. A password is taken from a file, from `.pgpass` or from the environment, never from the
//! command line, where every user of the machine could read it.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::parser::ValueSource;

use super::conninfo::{KEYWORDS, Parameters};
use super::password::{self, Login, Password};
use super::service;
use super::tls::Mode;
use crate::run::{Error, Result, units};

/// The variable that holds a whole connection string.
const URL_VARIABLE: &str = "SLUICEBOX_POSTGRES_URL";
/// Where servers put their sockets: Debian and Red Hat, then everybody else.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];
/// How the session shows in `pg_stat_activity`, unless it is told otherwise.
const APPLICATION: &str = "sluicebox postgres-put";
const PORT: u16 = 5432;

/// What is read besides options, for the pages of commands that flatten [`PostgresArgs`].
pub const ENVIRONMENT: [(&str, &str); 6] = [
    ("PGHOST, PGHOSTADDR, PGPORT, PGDATABASE, PGUSER", "where the database is, and who we are"),
    ("PGPASSWORD, PGPASSFILE", "the password, or the file that has it instead of ~/.pgpass"),
    ("PGSERVICE, PGSERVICEFILE, PGSYSCONFDIR", "parameters under a name, as in psql"),
    (
        "PGSSLMODE, PGSSLROOTCERT, PGSSLCERT, PGSSLKEY, PGCHANNELBINDING",
        "TLS: disable, prefer, require, verify-ca or verify-full, and the files for it",
    ),
    ("PGOPTIONS, PGAPPNAME, PGTARGETSESSIONATTRS", "as in psql: -c statement_timeout=60s, for example"),
    ("CREDENTIALS_DIRECTORY", "where --password-file looks for a mere name, as systemd sets it"),
];

/// The options themselves, as clap sees them.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "PostgreSQL options")]
struct Flags {
    /// Where the database is: postgresql://USER@HOST:PORT/DB?sslmode=..., or 'host=... dbname=...'
    ///
    /// Without a password, which every user of the machine could read here; the variable may hold one. What it
    /// does not say is taken from the service, the PG... variables and the defaults, as in psql.
    #[arg(long, value_name = "URL", env = URL_VARIABLE, hide_env_values = true)]
    url: Option<String>,

    /// A file with the password alone
    ///
    /// A mere name that is not in the current directory is looked up in $CREDENTIALS_DIRECTORY too. Without it:
    /// PGPASSWORD, then PGPASSFILE or ~/.pgpass.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,

    /// How long to wait for a connection
    #[arg(long, hide_short_help = true, value_name = "TIME", value_parser = units::duration, default_value = "10s")]
    connect_timeout: Duration,
}

/// Which database to talk to: flattened by every command for PostgreSQL.
#[derive(Clone, Debug)]
pub struct PostgresArgs {
    flags: Flags,
    /// Whether `--url` came from its variable, where it may hold a password.
    url_is_private: bool,
}

impl clap::Args for PostgresArgs {
    fn augment_args(command: clap::Command) -> clap::Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Flags::augment_args_for_update(command)
    }
}

impl clap::FromArgMatches for PostgresArgs {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let url_is_private = matches.value_source("url") == Some(ValueSource::EnvVariable);
        Ok(Self { flags: Flags::from_arg_matches(matches)?, url_is_private })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// A server: what to connect to, and under which name a certificate must know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// A name, an address, or the folder of a socket.
    pub name: String,
    /// Its address, where the name is not to be looked up.
    pub address: Option<std::net::IpAddr>,
    /// The port.
    pub port: u16,
}

impl Host {
    /// Whether it is reached by a socket in a folder.
    pub fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }
}

/// Everything there is to know for a connection.
#[derive(Clone)]
pub struct Settings {
    /// The servers, tried one after the other.
    pub hosts: Vec<Host>,
    /// The database.
    pub dbname: String,
    /// The role.
    pub user: String,
    /// Its password, if one is known.
    pub password: Option<Password>,
    /// How far the server must prove who it is.
    pub tls: Mode,
    /// The certificates for that: of those who are trusted, our own, and the key to it.
    pub root_cert: Option<String>,
    /// Our own certificate.
    pub cert: Option<String>,
    /// The key to it.
    pub key: Option<String>,
    /// `options` of the session.
    pub options: Option<String>,
    /// How the session is called.
    pub application: String,
    /// Whether a server that takes no writes is passed over.
    pub read_write: bool,
    /// Whether the password must be bound to the TLS connection.
    pub channel_binding: Option<bool>,
    /// How long a connection may take.
    pub connect_timeout: Duration,
}

impl PostgresArgs {
    /// Reads everything, and checks it.
    pub fn settings(&self) -> Result<Settings> {
        self.settings_in(&|name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn settings_in(&self, get: &impl Fn(&str) -> Option<String>) -> Result<Settings> {
        let mut parameters = self.typed()?;
        if let Some(name) = parameters.get("service").map(str::to_owned).or_else(|| get("PGSERVICE")) {
            parameters.fill_all(service::parameters(&name, get)?);
        }
        for (keyword, variable) in KEYWORDS {
            if let Some(value) = get(variable) {
                parameters
                    .fill(keyword, &value)
                    .map_err(|why| Error::usage(format!("${variable}: {why}")))?;
            }
        }
        let credentials = get("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        let named = self.flags.password_file.as_deref();
        let password = named.map(|file| password::of_file(file, credentials.as_deref())).transpose()?;
        let home = get("HOME");
        Settings::new(&parameters, password, home.as_deref(), self.flags.connect_timeout)
    }

    /// What `--url` says.
    fn typed(&self) -> Result<Parameters> {
        let Some(url) = self.flags.url.as_deref() else { return Ok(Parameters::default()) };
        let place = if self.url_is_private { URL_VARIABLE } else { "--url" };
        let found = Parameters::parse(url).map_err(|why| {
            Error::usage(format!("{place}: {why}")).hint("postgresql://USER@HOST:5432/DB?sslmode=require")
        })?;
        if found.get("password").is_some() && !self.url_is_private {
            return Err(Error::usage("--url holds a password, which every user of this machine can read")
                .hint(format!(
                    "~/.pgpass, PGPASSWORD, --password-file FILE, or {URL_VARIABLE} with the same URL"
                )));
        }
        Ok(found)
    }
}

impl Settings {
    fn new(
        parameters: &Parameters,
        password: Option<Password>,
        home: Option<&str>,
        connect_timeout: Duration,
    ) -> Result<Self> {
        let text = |keyword: &str| parameters.get(keyword).map(str::to_owned);
        let user = text("user").map_or_else(login_name, Ok)?;
        let dbname = text("dbname").unwrap_or_else(|| user.clone());
        let hosts = hosts(parameters)?;
        let password = match password.or_else(|| text("password").map(Password::new)) {
            None => stored(parameters, home, &hosts, &dbname, &user)?,
            known => known,
        };
        let in_home = |file: &str| {
            let path = Path::new(home?).join(".postgresql").join(file);
            path.exists().then(|| path.display().to_string())
        };
        Ok(Self {
            password,
            tls: mode(parameters)?,
            root_cert: text("sslrootcert").or_else(|| in_home("root.crt")),
            cert: text("sslcert").or_else(|| in_home("postgresql.crt")),
            key: text("sslkey").or_else(|| in_home("postgresql.key")),
            options: text("options"),
            application: text("application_name").unwrap_or_else(|| APPLICATION.to_owned()),
            read_write: read_write(parameters)?,
            channel_binding: channel_binding(parameters)?,
            connect_timeout,
            hosts,
            dbname,
            user,
        })
    }

    /// The server and the database in messages and receipts: `HOST:PORT/DB`.
    pub fn place(&self) -> String {
        let host = |host: &Host| match host.is_socket() {
            true => format!("{}/.s.PGSQL.{}", host.name, host.port),
            false if host.name.contains(':') => format!("[{}]:{}", host.name, host.port),
            false => format!("{}:{}", host.name, host.port),
        };
        format!("{}/{}", self.hosts.iter().map(host).collect::<Vec<_>>().join(","), self.dbname)
    }
}

/// The name of whoever runs this.
fn login_name() -> Result<String> {
    whoami::username().map_err(|_| Error::usage("whose role to use is not known").hint("PGUSER=NAME"))
}

/// Of the files of passwords, the one that fits the first host.
fn stored(
    parameters: &Parameters,
    home: Option<&str>,
    hosts: &[Host],
    dbname: &str,
    user: &str,
) -> Result<Option<Password>> {
    let Some(first) = hosts.first() else { return Ok(None) };
    let is_default_socket = SOCKET_FOLDERS.contains(&first.name.as_str());
    let host = if is_default_socket { "localhost" } else { first.name.as_str() };
    let login = Login { host, port: first.port, dbname, user };
    password::of_pgpass(parameters.get("passfile"), home, &login)
}

/// The hosts with their ports; without any, the default socket, or this machine.
fn hosts(parameters: &Parameters) -> Result<Vec<Host>> {
    let list = |keyword: &str| -> Vec<String> {
        parameters
            .get(keyword)
            .map(|text| text.split(',').map(|part| part.trim().to_owned()).collect())
            .unwrap_or_default()
    };
    let (mut names, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    if names.is_empty() {
        names = addresses.clone();
    }
    let port_of = |at: usize| match ports.get(at).or_else(|| ports.first().filter(|_| ports.len() == 1)) {
        Some(text) if !text.is_empty() => {
            text.parse().map_err(|_| Error::usage("a port is a number up to 65535").hint("PGPORT=5432"))
        }
        _ => Ok(PORT),
    };
    if names.is_empty() {
        names.push(default_host(port_of(0)?));
    }
    if !addresses.is_empty() && addresses.len() != names.len()
        || ports.len() > 1 && ports.len() != names.len()
    {
        return Err(Error::usage("there are not as many hosts as addresses or ports"));
    }
    let one = |(at, name): (usize, String)| {
        let address = addresses.get(at).filter(|text| !text.is_empty()).map(|text| text.parse()).transpose();
        let address = address.map_err(|_| Error::usage("hostaddr is an address such as 192.0.2.7"))?;
        let port = port_of(at)?;
        Ok(Host { name: if name.is_empty() { default_host(port) } else { name }, address, port })
    };
    names.into_iter().enumerate().map(one).collect()
}

/// The folder in which a server of this machine has its socket, or else its name.
fn default_host(port: u16) -> String {
    let has_socket = |folder: &&&str| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists();
    SOCKET_FOLDERS.iter().find(has_socket).copied().unwrap_or("localhost").to_owned()
}

fn mode(parameters: &Parameters) -> Result<Mode> {
    let text = parameters.get("sslmode").unwrap_or("prefer");
    text.parse().map_err(|_| {
        Error::usage("sslmode is disable, prefer, require, verify-ca or verify-full")
            .hint("PGSSLMODE=verify-full")
    })
}

fn read_write(parameters: &Parameters) -> Result<bool> {
    match parameters.get("target_session_attrs") {
        None | Some("any") => Ok(false),
        Some("read-write" | "primary") => Ok(true),
        Some(_) => {
            Err(Error::usage("target_session_attrs is any, read-write or primary: rows are to be written"))
        }
    }
}

fn channel_binding(parameters: &Parameters) -> Result<Option<bool>> {
    match parameters.get("channel_binding") {
        None | Some("prefer") => Ok(None),
        Some("require") => Ok(Some(true)),
        Some("disable") => Ok(Some(false)),
        Some(_) => Err(Error::usage("channel_binding is disable, prefer or require")),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::*;
    use crate::run::Exit;

    /// The settings that these arguments and variables make.
    fn settings(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Settings> {
        let command =
            PostgresArgs::augment_args(clap::Command::new("test")).mut_arg("url", |arg| arg.env(None));
        let matches = command.get_matches_from([&["test"], arguments].concat());
        let args = PostgresArgs::from_arg_matches(&matches).unwrap();
        args.settings_in(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_was_typed_beats_the_variables() {
        let found = settings(
            &["--url", "postgresql://me@typed/lake"],
            &[("PGHOST", "variable"), ("PGPORT", "5433"), ("PGUSER", "you"), ("PGPASSWORD", "pw")],
        )
        .unwrap();
        assert_eq!((found.place().as_str(), found.user.as_str()), ("typed:5433/lake", "me"));
        assert_eq!(found.password.as_deref().map(String::as_str), Some("pw"));
        assert_eq!(found.tls, Mode::Prefer);
    }

    #[test]
    fn a_password_on_the_command_line_is_refused_and_not_repeated() {
        for url in
            ["postgresql://me:hunter2@h/x", "host=h password=hunter2", "postgres://h/x?password=hunter2"]
        {
            let error = settings(&["--url", url], &[]).err().unwrap();
            assert_eq!(error.exit(), Exit::Usage);
            assert!(
                error.to_string().contains("PGPASSWORD") && !error.to_string().contains("hunter2"),
                "{error}"
            );
        }
    }

    #[test]
    fn several_hosts_have_their_ports() {
        let found = settings(&["--url", "postgres://a:1,b:2/x"], &[]).unwrap();
        assert_eq!(found.place(), "a:1,b:2/x");
        let found = settings(&["--url", "postgres://a,b/x"], &[("PGPORT", "7")]).unwrap();
        assert_eq!(found.place(), "a:7,b:7/x");
        assert!(settings(&["--url", "postgres://a:1,b:2,c/x"], &[("PGHOSTADDR", "::1")]).is_err());
        let found = settings(&["--url", "host=/run/pg port=9 dbname=x"], &[]).unwrap();
        assert_eq!(found.place(), "/run/pg/.s.PGSQL.9/x");
        assert!(found.hosts[0].is_socket());
    }

    #[test]
    fn wrong_settings_are_told() {
        for url in
            ["sslmode=verify", "port=x", "target_session_attrs=standby", "hostaddr=x", "channel_binding=x"]
        {
            assert_eq!(
                settings(&["--url", url], &[]).err().map(|error| error.exit()),
                Some(Exit::Usage),
                "{url}"
            );
        }
        let error = settings(&[], &[("PGSERVICE", "none"), ("HOME", "/none")]).err().unwrap();
        assert!(error.to_string().contains("service none"), "{error}");
    }
}
