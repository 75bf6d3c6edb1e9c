//! What an ACL must allow, and the error of a principal whom none does.
//!
//! Kafka answers only that something was refused: "topic authorization failed". Which right is missing
//! knows whoever asked. The least rights of each command are in `docs/permissions.md`, tested one by one.

use std::fmt;

use rdkafka::error::RDKafkaErrorCode;

use super::codes;
use crate::run::exit::Error;

/// An operation in the words of `kafka-acls`. All but [`Operation::Create`] imply `Describe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// To fetch records; to be a member of a group, and to commit.
    Read,
    /// To produce.
    Write,
    /// To create topics.
    Create,
    /// To delete topics.
    Delete,
    /// To look.
    Describe,
}

/// What a right is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource<'a> {
    /// A topic.
    Topic(&'a str),
    /// A consumer group.
    Group(&'a str),
    /// The id of a producer of transactions.
    TransactionalId(&'a str),
}

/// A right: an operation on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right<'a>(pub Operation, pub Resource<'a>);

impl<'a> Right<'a> {
    /// A right on a topic.
    pub fn on_topic(operation: Operation, topic: &'a str) -> Self {
        Self(operation, Resource::Topic(topic))
    }

    /// A right on a consumer group.
    pub fn on_group(operation: Operation, group: &'a str) -> Self {
        Self(operation, Resource::Group(group))
    }

    /// The right to transactions under an id.
    pub fn to_transactions(id: &'a str) -> Self {
        Self(Operation::Write, Resource::TransactionalId(id))
    }

    /// The error of a code that was met while doing `what`, for which this right is needed.
    pub fn error(&self, what: impl fmt::Display, code: RDKafkaErrorCode) -> Error {
        self.denial(code).unwrap_or_else(|| codes::error(what, code))
    }

    /// The error, if the code says that the right is missing.
    pub fn denial(&self, code: RDKafkaErrorCode) -> Option<Error> {
        is_denial(code).then(|| Error::usage(format!("access denied: {self}")).hint(self.remedy()))
    }

    /// The command that gives the right.
    pub fn remedy(&self) -> String {
        let Self(operation, on) = self;
        let on = match on {
            Resource::Topic(name) => format!("--topic {name}"),
            Resource::Group(name) => format!("--group '{name}'"),
            Resource::TransactionalId(id) => format!("--transactional-id '{id}'"),
        };
        format!(
            "kafka-acls --bootstrap-server HOST:PORT --add --allow-principal User:NAME --operation {operation:?} {on}"
        )
    }
}

impl fmt::Display for Right<'_> {
    /// "this principal lacks Read on topic users"
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(operation, on) = self;
        let (kind, name) = match on {
            Resource::Topic(name) => ("topic", name),
            Resource::Group(name) => ("group", name),
            Resource::TransactionalId(name) => ("transactional-id", name),
        };
        write!(out, "this principal lacks {operation:?} on {kind} {name}")
    }
}

/// Whether a code says that a right is missing.
pub fn is_denial(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as K;
    matches!(
        code,
        K::TopicAuthorizationFailed
            | K::GroupAuthorizationFailed
            | K::ClusterAuthorizationFailed
            | K::TransactionalIdAuthorizationFailed
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::exit::Exit;

    #[test]
    fn a_denial_names_the_right_and_how_to_give_it() {
        let right = Right::on_topic(Operation::Read, "users");
        let error = right.error("cannot read", RDKafkaErrorCode::TopicAuthorizationFailed);
        assert_eq!(error.exit(), Exit::Usage);
        assert_eq!(error.message(), "access denied: this principal lacks Read on topic users");
        assert!(error.advice().unwrap().ends_with("--operation Read --topic users"), "{error:?}");
        let error = right.error("cannot read", RDKafkaErrorCode::RequestTimedOut);
        assert!(error.message().starts_with("cannot read: "), "{error}");
    }
}
