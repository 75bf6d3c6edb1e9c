//! `MongoArgs`: which deployment to talk to, as whom, and how patiently.
//!
//! All of that is in one connection string, which holds a password as a rule: so it comes from a file or from
//! `$MONGODB_URI`. On the command line it is taken without one only.

use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use zeroize::Zeroizing;

use crate::run::exit::{Error, Result};
use crate::run::settings::StandIn;
use crate::run::tls::TlsArgs;
use crate::run::{files, units};

/// The variable that every tool of MongoDB reads. It ranks above the settings file,
pub const URI_VARIABLE: StandIn = StandIn { option: "uri", variables: &["MONGODB_URI"], rivals: &[] };
/// and above a file that the settings file names.
pub const URI_FILE_RIVAL: StandIn = StandIn { option: "uri-file", variables: &[], rivals: &["MONGODB_URI"] };

/// What else is read from the environment, for the pages of commands that flatten [`MongoArgs`].
pub const ENVIRONMENT: [(&str, &str); 2] = [
    ("MONGODB_URI", "the connection string, password included, unless --uri or --uri-file says it"),
    ("CREDENTIALS_DIRECTORY", "where a service manager puts the file of --uri-file"),
];

/// What a connection string begins with that only DNS can resolve.
const SRV: &str = "mongodb+srv://";

#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Connection")]
struct Flags {
    /// Connection string without a password: mongodb://HOST:27017/?replicaSet=rs0 [default: $MONGODB_URI]
    #[arg(long, value_name = "URI", conflicts_with = "uri_file")]
    uri: Option<String>,

    /// A file with the connection string, password included
    #[arg(long, value_name = "FILE")]
    uri_file: Option<PathBuf>,

    #[command(flatten)]
    tls: TlsArgs,

    /// How long to wait for a server
    #[arg(long, hide_short_help = true, value_name = "TIME", value_parser = units::duration, default_value = "10s")]
    connect_timeout: Duration,

    /// How long to wait for an answer, before a bulk is sent again
    #[arg(long, hide_short_help = true, value_name = "TIME", value_parser = units::duration, default_value = "60s")]
    request_timeout: Duration,
}

/// Which deployment, as whom, and how patiently.
#[derive(Clone, Debug)]
pub struct MongoArgs {
    flags: Flags,
    /// Whether the connection string was typed, and not read from the settings file.
    typed: bool,
}

impl clap::Args for MongoArgs {
    fn augment_args(command: clap::Command) -> clap::Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Flags::augment_args_for_update(command)
    }
}

impl clap::FromArgMatches for MongoArgs {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let typed = matches.value_source("uri") == Some(ValueSource::CommandLine);
        Ok(Self { flags: Flags::from_arg_matches(matches)?, typed })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The options with what files and the environment add to them: nothing was connected yet.
pub struct Settings {
    pub(super) uri: Zeroizing<String>,
    pub(super) tls: TlsArgs,
    pub(super) connect_timeout: Duration,
    pub(super) request_timeout: Duration,
}

impl MongoArgs {
    /// Finds the connection string.
    pub fn settings(&self) -> Result<Settings> {
        // What is wrong with the files is told before anything is connected.
        self.flags.tls.connector()?;
        Ok(Settings {
            uri: self.uri()?,
            tls: self.flags.tls.clone(),
            connect_timeout: self.flags.connect_timeout,
            request_timeout: self.flags.request_timeout,
        })
    }

    fn uri(&self) -> Result<Zeroizing<String>> {
        let uri = match (&self.flags.uri, &self.flags.uri_file) {
            (Some(uri), _) if self.typed && has_password(uri) => {
                return Err(Error::usage(
                    "--uri with a password, which everybody on this machine could read",
                )
                .hint("--uri-file FILE, or $MONGODB_URI"));
            }
            (Some(uri), _) => Zeroizing::new(uri.clone()),
            (None, Some(name)) => {
                let text = Zeroizing::new(files::read_text(&files::secret(name), |error, _| error)?);
                Zeroizing::new(text.trim().to_owned())
            }
            (None, None) => {
                let set = std::env::var("MONGODB_URI").ok().filter(|uri| !uri.is_empty());
                let missing = || {
                    Error::usage("no connection string").hint("--uri mongodb://HOST:27017, or $MONGODB_URI")
                };
                Zeroizing::new(set.ok_or_else(missing)?)
            }
        };
        check(&uri).map(|()| uri)
    }
}

/// What the driver would say in many words, or with a password among them.
fn check(uri: &str) -> Result<()> {
    if uri.starts_with(SRV) {
        return Err(Error::usage("mongodb+srv:// needs DNS records, which are not looked up here")
            .hint("the mongodb:// form of the same, with all hosts, which Atlas shows for older drivers"));
    }
    if !uri.starts_with("mongodb://") || uri.chars().any(char::is_whitespace) {
        return Err(Error::usage("the connection string is no mongodb:// URI").hint("mongodb://HOST:27017"));
    }
    Ok(())
}

/// Whether there is a `:` in the part before the last `@`.
fn has_password(uri: &str) -> bool {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_seen_wherever_it_is() {
        assert!(has_password("mongodb://ada:secret@h1:27017,h2/db"));
        assert!(has_password("mongodb://ada:p@ss@h1"));
        assert!(!has_password("mongodb://ada@h1:27017"));
        assert!(!has_password("mongodb://h1:27017,h2:27017/?replicaSet=rs0"));
    }

    #[test]
    fn a_string_that_cannot_be_used_is_told_without_what_is_in_it() {
        for uri in
            ["mongodb+srv://ada:secret@cluster", "http://ada:secret@h", "mongodb://ada:secret@h :1", ""]
        {
            let error = check(uri).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        assert!(check("mongodb://h1:27017").is_ok());
    }
}
