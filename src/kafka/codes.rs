//! Kafka's error codes: the one table of which exit code each deserves, and its words.

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::run::exit::{Error, Exit};

/// The exit code that a Kafka error deserves.
pub fn exit_of(code: RDKafkaErrorCode) -> Exit {
    use RDKafkaErrorCode as K;
    match code {
        // The name, the credentials, the rights, the request: trying again changes nothing.
        K::UnknownTopic
        | K::UnknownPartition
        | K::UnknownTopicOrPartition
        | K::InvalidTopic
        | K::TopicAuthorizationFailed
        | K::GroupAuthorizationFailed
        | K::ClusterAuthorizationFailed
        | K::TransactionalIdAuthorizationFailed
        | K::InvalidTransactionTimeout
        | K::Authentication
        | K::SaslAuthenticationFailed
        | K::UnsupportedSASLMechanism
        | K::IllegalSASLState
        | K::SSL
        | K::InvalidArgument
        | K::InvalidConfig
        | K::InvalidPartitions
        | K::InvalidReplicationFactor
        | K::InvalidReplicaAssignment
        | K::InvalidRequest
        | K::PolicyViolation
        | K::TopicDeletionDisabled
        | K::NotImplemented
        | K::UnsupportedFeature
        | K::UnsupportedVersion => Exit::Usage,
        K::TopicAlreadyExists => Exit::Conflict,
        // The data, or what became of it.
        K::MessageSizeTooLarge
        | K::MessageBatchTooLarge
        | K::InvalidMessage
        | K::InvalidMessageSize
        | K::InvalidTimestamp
        | K::InvalidRecord
        | K::InvalidDifferentRecord
        | K::BadMessage
        | K::BadCompression
        | K::OffsetOutOfRange
        | K::AutoOffsetReset
        | K::LogTruncation
        | K::GaplessGuarantee
        | K::Inconsistent
        | K::Fatal => Exit::Data,
        // Everything else is a state of the cluster or the network that passes.
        _ => Exit::Temporary,
    }
}

/// The code inside an error of the wrapper.
pub fn code_of(error: &KafkaError) -> Option<RDKafkaErrorCode> {
    match error {
        KafkaError::AdminOp(code) => Some(*code),
        other => other.rdkafka_error_code(),
    }
}

/// A code in librdkafka's words, as the end of a sentence: "unknown topic or partition".
pub fn words(code: RDKafkaErrorCode) -> String {
    // Displayed as "UnknownTopicOrPartition (Broker: Unknown topic or partition)".
    let text = code.to_string();
    let inner =
        text.split_once(" (").map_or(text.as_str(), |(_, rest)| rest.strip_suffix(')').unwrap_or(rest));
    let inner = ["Broker: ", "Local: "].iter().find_map(|who| inner.strip_prefix(who)).unwrap_or(inner);
    lower_first(inner)
}

/// An error met while doing `what` ("cannot read the offsets of users").
pub fn error(what: impl std::fmt::Display, code: RDKafkaErrorCode) -> Error {
    Error::new(exit_of(code), format!("{what}: {}", words(code)))
}

/// [`error`] for an error of the wrapper.
pub fn wrapped(what: impl std::fmt::Display, cause: &KafkaError) -> Error {
    match code_of(cause) {
        Some(code) => error(what, code),
        None => Error::usage(format!("{what}: {cause}")),
    }
}

/// "Connection refused" in the middle of a sentence; acronyms keep their case.
pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_rights_are_usage_and_the_network_is_temporary() {
        for (code, exit) in [
            (RDKafkaErrorCode::UnknownTopicOrPartition, Exit::Usage),
            (RDKafkaErrorCode::TopicAuthorizationFailed, Exit::Usage),
            (RDKafkaErrorCode::SSL, Exit::Usage),
            (RDKafkaErrorCode::MessageSizeTooLarge, Exit::Data),
            (RDKafkaErrorCode::BrokerTransportFailure, Exit::Temporary),
            (RDKafkaErrorCode::MessageTimedOut, Exit::Temporary),
            (RDKafkaErrorCode::NotEnoughReplicas, Exit::Temporary),
            (RDKafkaErrorCode::TopicAlreadyExists, Exit::Conflict),
        ] {
            assert_eq!(exit_of(code), exit, "{code:?}");
        }
    }

    #[test]
    fn words_fit_into_a_sentence() {
        assert_eq!(words(RDKafkaErrorCode::UnknownTopicOrPartition), "unknown topic or partition");
        assert_eq!(words(RDKafkaErrorCode::BrokerTransportFailure), "broker transport failure");
        assert_eq!(lower_first("SSL handshake failed"), "SSL handshake failed");
    }
}
