//! The one table from PostgreSQL's error codes to an exit code, a line that names the cause, and what
//! to type next.
//!
//! What the server says about data is not repeated: its messages and details hold values. What it
//! names (a constraint, a column, a table) is told.

use std::error::Error as _;

use tokio_postgres::Error as Failure;
use tokio_postgres::error::{DbError, Severity};

use super::options::Settings;
use crate::run::Error;

/// What is being done, in words: "COPY into", and what it is done to.
#[derive(Clone, Copy, Debug)]
pub struct Doing<'a> {
    /// A verb.
    pub what: &'static str,
    /// A table, mostly.
    pub on: &'a str,
}

/// A failure of something that was asked of an open connection.
pub fn explain(failure: &Failure, doing: Doing<'_>, settings: &Settings) -> Error {
    match failure.as_db_error() {
        Some(answer) => explain_answer(answer, doing, settings),
        None if is_lost(failure) => Error::temporary(format!(
            "the connection to PostgreSQL at {} was lost, and nothing of this run is stored",
            settings.place()
        ))
        .hint("the same again, once the server is back"),
        None => Error::data(format!("cannot {} {}: {}", doing.what, doing.on, words(failure))),
    }
}

/// Whether the outcome of what was asked is not known: the connection is gone, or the server is.
pub fn is_unclear(failure: &Failure) -> bool {
    match failure.as_db_error() {
        None => true,
        Some(answer) => {
            matches!(answer.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
                || answer.code().code().starts_with("08")
                || answer.code().code() == "40003"
        }
    }
}

fn is_lost(failure: &Failure) -> bool {
    let is_io = |source: &(dyn std::error::Error + 'static)| source.is::<std::io::Error>();
    failure.is_closed() || failure.source().is_some_and(is_io)
}

/// A connection that was not made.
pub fn explain_connection(failure: &Failure, settings: &Settings) -> Error {
    let (place, user) = (settings.place(), &settings.user);
    if let Some(answer) = failure.as_db_error() {
        return explain_answer(answer, Doing { what: "connect to", on: &settings.dbname }, settings);
    }
    let words = words(failure);
    if words.contains("password missing") {
        return Error::usage(format!("PostgreSQL at {place} asks for the password of role {user}"))
            .hint("~/.pgpass, PGPASSWORD, or --password-file FILE");
    }
    if words.contains("does not support TLS") {
        return Error::usage(format!("PostgreSQL at {place} has no TLS, and sslmode asks for it"))
            .hint("ssl = on in its postgresql.conf, or PGSSLMODE=prefer");
    }
    if words.contains("certificate verify failed") || words.contains("mismatch") {
        let why = words.rsplit(": ").next().unwrap_or_default();
        return Error::usage(format!("no trust in PostgreSQL at {place}: {why}"))
            .hint("PGSSLROOTCERT=FILE with the certificate of its authority, and the host name that it was made for");
    }
    if words.contains("authentication") || words.contains("configuration") {
        return Error::usage(format!("cannot log in to PostgreSQL at {place} as {user}: {words}"));
    }
    Error::temporary(format!("cannot reach PostgreSQL at {place}: {words}")).hint(format!(
        "pg_isready; or PGHOST, PGPORT, --url postgresql://{user}@HOST:5432/{}",
        settings.dbname
    ))
}

/// The innermost causes of a failure, without Rust's "(os error 2)".
fn words(failure: &Failure) -> String {
    let mut words = Vec::new();
    let mut cause = failure.source();
    while let Some(error) = cause {
        let text = error.to_string();
        words.push(text.split(" (os error").next().unwrap_or_default().to_owned());
        cause = error.source();
    }
    if words.is_empty() { failure.to_string() } else { words.join(": ") }
}

/// The table.
fn explain_answer(answer: &DbError, doing: Doing<'_>, settings: &Settings) -> Error {
    let code = answer.code().code();
    match code.get(..2).unwrap_or_default() {
        "28" | "3D" | "42" | "3F" | "0A" => explain_usage(answer, code, doing, settings),
        "21" | "22" | "23" | "44" | "P0" => explain_data(answer, code, doing),
        _ => explain_state(answer, code, doing, settings),
    }
}

/// Logins, names, permissions: messages of this kind hold names, and no data.
fn explain_usage(answer: &DbError, code: &str, doing: Doing<'_>, settings: &Settings) -> Error {
    let (user, dbname, said) = (&settings.user, &settings.dbname, answer.message());
    match code {
        "28P01" => Error::usage(format!("wrong password for role {user} at {}", settings.place()))
            .hint("~/.pgpass, PGPASSWORD, or --password-file FILE"),
        "28000" => Error::usage(format!("PostgreSQL lets role {user} not in: {said}"))
            .hint("a line in its pg_hba.conf, CREATE ROLE, or another PGUSER"),
        "3D000" => {
            Error::usage(format!("database {dbname} does not exist")).hint(format!("createdb {dbname}"))
        }
        "42501" if said.contains("for database") => lacks(user, "CONNECT", "DATABASE", dbname),
        "42501" if said.contains("for schema") => {
            let schema = said.rsplit(' ').next().unwrap_or_default();
            // Whoever looks for a table finds out first that it may not look.
            let privilege = if doing.what == "create" { "CREATE" } else { "USAGE" };
            lacks(user, privilege, "SCHEMA", schema)
        }
        "42501" => {
            Error::usage(format!("access denied: role {user} cannot {} {}: {said}", doing.what, doing.on))
        }
        _ => Error::usage(format!("cannot {} {}: {said} ({code})", doing.what, doing.on)),
    }
}

/// The error of a role that lacks a privilege, with the statement that gives it.
pub fn lacks(user: &str, privilege: &str, kind: &str, name: &str) -> Error {
    let space = if kind.is_empty() { "" } else { " " };
    Error::usage(format!(
        "access denied: role {user} lacks {privilege} on {}{space}{name}",
        kind.to_lowercase()
    ))
    .hint(format!("GRANT {privilege} ON {kind}{space}{name} TO {user}"))
}

/// What the rows are refused for. The message would hold values of them.
fn explain_data(answer: &DbError, code: &str, doing: Doing<'_>) -> Error {
    let table = doing.on;
    let constraint = answer.constraint().unwrap_or("of no name");
    match code {
        "23505" => Error::data(format!("a key is there already: unique constraint {constraint} of {table}"))
            .hint("--upsert COLUMN,... to replace rows of the same key"),
        "23502" => {
            let column = answer.column().unwrap_or_default();
            Error::data(format!("a row has no value for the NOT NULL column {column} of {table}"))
        }
        "23503" => {
            Error::data(format!("a row refers to one that is not there: foreign key {constraint} of {table}"))
        }
        "23514" if answer.constraint().is_none() => {
            Error::data(format!("{table} has no partition for a row"))
                .hint("CREATE TABLE ... PARTITION OF ..., or a DEFAULT partition")
        }
        "23514" => Error::data(format!("a row fails the check constraint {constraint} of {table}")),
        "23P01" => Error::data(format!("a row fails the exclusion constraint {constraint} of {table}")),
        "22P05" | "22021" => {
            Error::data(format!("a text has characters that the encoding of the database lacks ({code})"))
                .hint("a database with ENCODING UTF8")
        }
        _ if code.starts_with("P0") => Error::data(format!("a trigger of {table} refused the rows ({code})")),
        _ => Error::data(format!("PostgreSQL refuses a value for {table} ({code})"))
            .hint("the log of the server says which"),
    }
}

/// The state of the server and of its transactions.
fn explain_state(answer: &DbError, code: &str, doing: Doing<'_>, settings: &Settings) -> Error {
    let (place, said) = (settings.place(), answer.message());
    match code {
        "57P03" => Error::temporary(format!("PostgreSQL at {place} is starting or stopping")),
        "57P04" => Error::usage(format!("database {} was dropped", settings.dbname)),
        "53300" => Error::temporary(format!("PostgreSQL at {place} has no connection left"))
            .hint("max_connections of the server; or kafka-consume --max-children"),
        "53100" => Error::temporary(format!("the disk of PostgreSQL at {place} is full")),
        "57014" => {
            Error::temporary(format!("PostgreSQL canceled it: cannot {} {} ({code})", doing.what, doing.on))
                .hint("PGOPTIONS='-c statement_timeout=0', if that is the server's limit")
        }
        "55P03" => Error::temporary(format!("{} is locked by somebody else", doing.on))
            .hint("SELECT * FROM pg_locks JOIN pg_stat_activity USING (pid)"),
        "25006" => Error::temporary(format!("PostgreSQL at {place} takes no writes: a standby, perhaps"))
            .hint("PGTARGETSESSIONATTRS=read-write with all hosts in PGHOST"),
        _ if ["08", "25", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class)) => {
            Error::temporary(format!("cannot {} {}: {said} ({code})", doing.what, doing.on))
        }
        _ if code.starts_with("54") => {
            Error::data(format!("cannot {} {}: {said} ({code})", doing.what, doing.on))
        }
        _ => Error::data(format!("cannot {} {}: PostgreSQL says {code}", doing.what, doing.on))
            .hint("the log of the server says why"),
    }
}
