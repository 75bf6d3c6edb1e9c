//! What the driver's errors mean: try again, or what is to be changed.
//!
//! Of what the server says only codes and names are passed on: its messages quote commands, and with them
//! values.

use mongodb::error::{Error as DriverError, ErrorKind};

use crate::run::exit::{Error, Exit};

/// Not allowed to.
const UNAUTHORIZED: i32 = 13;
/// Codes of a server that is on its way down or up, is no primary any more, or has lost its patience.
const TEMPORARY: [i32; 19] =
    [6, 7, 24, 50, 64, 89, 91, 112, 134, 189, 202, 262, 317, 9001, 10107, 11600, 11602, 13435, 13436];

/// Whether a code of the server says that the same may succeed later.
pub fn is_temporary(code: i32) -> bool {
    TEMPORARY.contains(&code)
}

/// Whether these credentials may not.
pub fn is_denied(error: &DriverError) -> bool {
    matches!(&*error.kind, ErrorKind::Command(command) if command.code == UNAUTHORIZED)
}

/// Why the connection string cannot be used.
pub fn of_string(error: &DriverError) -> Error {
    let what = match &*error.kind {
        // The message may quote a part of the string, and a part of a string with a password is secret.
        ErrorKind::InvalidArgument { message, .. } if !message.contains('@') => message.clone(),
        _ => "it cannot be read".to_owned(),
    };
    Error::usage(format!("the connection string: {what}"))
}

/// Why a command on `place` failed.
pub fn of(error: &DriverError, place: &str) -> Error {
    match &*error.kind {
        ErrorKind::Authentication { .. } => {
            Error::usage("MongoDB refuses this user or its password").hint("--uri-file FILE, or $MONGODB_URI")
        }
        ErrorKind::Command(command) if command.code == UNAUTHORIZED => {
            Error::usage(format!("access denied: this user lacks a role on {place}"))
                .hint("db.grantRolesToUser(USER, [{role: 'readWrite', db: DB}])")
        }
        ErrorKind::Command(command) => of_code(command.code, &command.code_name, place),
        ErrorKind::InvalidTlsConfig { message, .. } => Error::usage(format!("cannot use TLS: {message}")),
        ErrorKind::ServerSelection { message, .. } => of_selection(message),
        ErrorKind::Io(cause) => of_text(&cause.to_string()).unwrap_or_else(|| {
            Error::temporary(Error::io("the connection to MongoDB broke", cause).message())
        }),
        ErrorKind::IncompatibleServer { message, .. } => Error::usage(message.clone()),
        ErrorKind::InvalidArgument { .. } => Error::usage("MongoDB's driver refuses the command"),
        ErrorKind::DnsResolve { .. } => Error::temporary("the host name of MongoDB is not known"),
        _ => Error::temporary("the connection to MongoDB broke"),
    }
}

/// An error of the server, by its number and name.
pub fn of_code(code: i32, name: &str, place: &str) -> Error {
    let exit = if is_temporary(code) { Exit::Temporary } else { Exit::Usage };
    let name = if name.is_empty() { "an error" } else { name };
    Error::new(exit, format!("MongoDB answers {name} (code {code}) for {place}"))
}

/// No server could be chosen: the message has what each of them answered.
fn of_selection(message: &str) -> Error {
    of_text(message).unwrap_or_else(|| {
        let refused = message.contains("Connection refused");
        let what =
            if refused { "it refuses connections" } else { "no server that takes writes was found in time" };
        Error::temporary(format!("cannot connect to MongoDB: {what}"))
    })
}

/// What is wrong with TLS, in OpenSSL's words.
fn of_text(text: &str) -> Option<Error> {
    if text.contains("certificate verify failed") {
        let error = Error::usage("the certificate of MongoDB is none that we trust, or is for another host");
        return Some(error.hint("--tls-ca ca.pem"));
    }
    let tls = text.contains("SSL routines") || text.contains("wrong version number");
    tls.then(|| Error::usage("no TLS with MongoDB").hint("without --tls, if the server wants none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_told_by_its_name_and_says_whether_to_try_again() {
        let error = of_code(10107, "NotWritablePrimary", "lake.users");
        assert_eq!(error.exit(), Exit::Temporary);
        assert!(error.message().contains("NotWritablePrimary"), "{error}");
        assert_eq!(of_code(73, "InvalidNamespace", "lake.users").exit(), Exit::Usage);
    }

    #[test]
    fn a_server_that_is_not_there_is_temporary_and_a_wrong_certificate_is_not() {
        assert_eq!(of_selection("Server selection timeout: Connection refused").exit(), Exit::Temporary);
        let error = of_selection("error: certificate verify failed (self-signed certificate)");
        assert_eq!(error.exit(), Exit::Usage);
    }
}
