//! What the driver's errors mean: try again, or what is to be changed.
//!
//! A message of Cassandra is passed on where no values were sent along. With a row it may quote one, so
//! of a refused write only the kind is told.

use std::time::Duration;

use scylla::errors::{
    ConnectionError, ConnectionPoolError, ConnectionSetupRequestErrorKind, DbError, ExecutionError,
    MetadataError, NewSessionError, PrepareError, RequestAttemptError,
};

use crate::run::exit::{Error, Exit};

/// Why there is no session with `nodes`.
pub fn of_connect(error: &NewSessionError, nodes: &str) -> Error {
    let error = match error {
        NewSessionError::FailedToResolveAnyHostname(_) => Error::temporary("the host name is not known"),
        NewSessionError::MetadataError(MetadataError::ConnectionPoolError(pool)) => of_pool(pool),
        other => Error::temporary(other.to_string()),
    };
    error.at(format!("cannot connect to Cassandra at {nodes}"))
}

/// Why nothing came of the connection within `limit`.
pub fn of_silence(nodes: &str, limit: Duration) -> Error {
    Error::temporary(format!("no answer within {limit:?}"))
        .at(format!("cannot connect to Cassandra at {nodes}"))
}

fn of_pool(error: &ConnectionPoolError) -> Error {
    match error {
        ConnectionPoolError::Broken { last_connection_error } => of_connection(last_connection_error),
        other => Error::temporary(other.to_string()),
    }
}

fn of_connection(error: &ConnectionError) -> Error {
    match error {
        ConnectionError::IoError(cause) => of_io(cause),
        ConnectionError::ConnectTimeout => Error::temporary("no answer in time"),
        ConnectionError::ConnectionSetupRequestError(setup) => of_setup(setup.get_error()),
        other => Error::temporary(other.to_string()).hint("--tls, if the nodes want it"),
    }
}

/// An operating-system error, or one of TLS in its clothes.
fn of_io(cause: &std::io::Error) -> Error {
    let text = cause.to_string();
    if text.contains("certificate verify failed") {
        return Error::usage("the certificate of the node is none that we trust").hint("--tls-ca ca.pem");
    }
    if text.contains("SSL") || text.contains("ssl") {
        return Error::usage(format!("no TLS with the node: {text}"))
            .hint("without --tls, if the nodes want none");
    }
    Error::new(Exit::Temporary, Error::io("no connection", cause).message().to_owned())
}

fn of_setup(error: &ConnectionSetupRequestErrorKind) -> Error {
    use ConnectionSetupRequestErrorKind as K;
    match error {
        K::MissingAuthentication => Error::usage("the cluster asks who is there")
            .hint("--credentials FILE, or $CASSANDRA_USERNAME and $CASSANDRA_PASSWORD"),
        K::DbError(DbError::AuthenticationError, _) | K::AuthFinishError(_) | K::StartAuthSessionError(_) => {
            Error::usage("the cluster refuses this user or its password").hint("--credentials FILE")
        }
        K::BrokenConnection(_) => {
            Error::temporary("the node closed the connection").hint("--tls, if the nodes want it")
        }
        other => Error::temporary(other.to_string()),
    }
}

/// Why a statement without values failed.
pub fn of_prepare(error: &PrepareError) -> Error {
    match error {
        PrepareError::AllAttemptsFailed { first_attempt } => of_attempt(first_attempt),
        PrepareError::ConnectionPoolError(pool) => of_pool(pool),
        other => Error::temporary(other.to_string()),
    }
}

/// Whether a node does not know a table, or not in the form, that others know.
pub fn is_disagreement(error: &PrepareError) -> bool {
    match error {
        PrepareError::PreparedStatementIdsMismatch => true,
        PrepareError::AllAttemptsFailed { first_attempt } => {
            matches!(first_attempt, RequestAttemptError::DbError(DbError::Invalid | DbError::ServerError, _))
        }
        _ => false,
    }
}

/// The same of one that was not prepared.
pub fn of_statement(error: &ExecutionError) -> Error {
    match error {
        ExecutionError::LastAttemptError(attempt) => of_attempt(attempt),
        ExecutionError::PrepareError(prepare) => of_prepare(prepare),
        ExecutionError::ConnectionPoolError(pool) => of_pool(pool),
        other => Error::temporary(other.to_string()),
    }
}

fn of_attempt(error: &RequestAttemptError) -> Error {
    match error {
        RequestAttemptError::DbError(DbError::Unauthorized, message) => denied(message),
        RequestAttemptError::DbError(kind, _) if is_temporary(kind) => Error::temporary(words(kind)),
        RequestAttemptError::DbError(_, message) => Error::usage(format!("Cassandra refuses: {message}")),
        other => Error::temporary(other.to_string()),
    }
}

/// Why a row was not written, on `line`; whether it may be the next time is the error's code.
pub fn of_write(error: &ExecutionError, line: u64) -> Error {
    let temporary = |what: String| Error::temporary(format!("line {line} was not stored: {what}"));
    match error {
        ExecutionError::LastAttemptError(RequestAttemptError::DbError(kind, message)) => match kind {
            DbError::Unauthorized => denied(message),
            DbError::Invalid if message.contains("unconfigured table") => {
                Error::usage("the table is gone; it was there when this began")
            }
            kind if is_temporary(kind) => temporary(words(kind)),
            // The message may quote a value.
            kind => Error::data(format!("line {line}: Cassandra refuses the row: {}", words(kind))),
        },
        ExecutionError::BadQuery(_) => Error::data(format!("line {line}: the row is too large to be sent")),
        ExecutionError::RequestTimeout(limit) => temporary(format!("no answer within {limit:?}")),
        ExecutionError::ConnectionPoolError(_) | ExecutionError::EmptyPlan => {
            temporary("no node can be reached".to_owned())
        }
        ExecutionError::LastAttemptError(RequestAttemptError::BrokenConnectionError(_)) => {
            temporary("the connection broke".to_owned())
        }
        other => temporary(other.to_string()),
    }
}

fn denied(message: &str) -> Error {
    let grant = if message.contains("CREATE") { "CREATE ON KEYSPACE NAME" } else { "MODIFY ON TABLE NAME" };
    Error::usage(format!("access denied: {message}")).hint(format!("GRANT {grant} TO ROLE"))
}

/// Whether the same may succeed later.
fn is_temporary(kind: &DbError) -> bool {
    matches!(
        kind,
        DbError::Unavailable { .. }
            | DbError::Overloaded
            | DbError::IsBootstrapping
            | DbError::TruncateError
            | DbError::ReadTimeout { .. }
            | DbError::WriteTimeout { .. }
            | DbError::ReadFailure { .. }
            | DbError::WriteFailure { .. }
            | DbError::ServerError
            | DbError::Unprepared { .. }
            | DbError::RateLimitReached { .. }
    )
}

fn words(kind: &DbError) -> String {
    match kind {
        DbError::Unavailable { consistency, required, alive } => {
            format!("{consistency} needs {required} replicas, and {alive} are alive")
        }
        DbError::WriteTimeout { consistency, received, required, .. } => {
            format!("{consistency} needs {required} replicas, and {received} answered in time")
        }
        DbError::WriteFailure { consistency, received, required, .. } => {
            format!("{consistency} needs {required} replicas, and {received} could write")
        }
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use scylla::statement::Consistency;

    use super::*;

    fn written(kind: DbError, message: &str) -> Error {
        of_write(
            &ExecutionError::LastAttemptError(RequestAttemptError::DbError(kind, message.to_owned())),
            17,
        )
    }

    #[test]
    fn what_may_pass_is_temporary_and_what_will_not_is_not() {
        let few = DbError::Unavailable { consistency: Consistency::LocalQuorum, required: 2, alive: 1 };
        let error = written(few, "");
        assert_eq!(error.exit(), Exit::Temporary);
        assert!(
            error.message().contains("line 17") && error.message().contains("needs 2 replicas"),
            "{error}"
        );
        assert_eq!(written(DbError::Overloaded, "").exit(), Exit::Temporary);
        assert_eq!(written(DbError::Unauthorized, "User x has no MODIFY permission").exit(), Exit::Usage);
        assert_eq!(written(DbError::Invalid, "unconfigured table users").exit(), Exit::Usage);
    }

    #[test]
    fn a_table_that_a_node_does_not_know_yet_is_waited_for_and_a_missing_right_is_not() {
        let of = |kind| PrepareError::AllAttemptsFailed {
            first_attempt: RequestAttemptError::DbError(kind, "table users does not exist".to_owned()),
        };
        assert!(is_disagreement(&of(DbError::Invalid)));
        assert!(is_disagreement(&PrepareError::PreparedStatementIdsMismatch));
        assert!(!is_disagreement(&of(DbError::Unauthorized)));
    }

    #[test]
    fn a_refused_row_is_told_without_the_words_that_may_quote_it() {
        let error = written(DbError::Invalid, "Unable to make int from 'hunter2'");
        assert_eq!(error.exit(), Exit::Data);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
