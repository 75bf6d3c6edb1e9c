//! What answers on a port when it is not the Kafka that was asked for: recognised from librdkafka's
//! words, told in plain ones, with what to type instead.
//!
//! librdkafka takes the first bytes of whatever answers for the size of a message, and advises to
//! raise `receive.message.max.bytes`; a listener that wants TLS just hangs up.

/// Somebody else on the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// What it is.
    pub words: &'static str,
    /// What to type instead.
    pub hint: &'static str,
    /// No waiting will help. Else it may as well be a broker that is just going down.
    pub certain: bool,
}

const HTTP: Stranger = Stranger {
    words: "that port speaks HTTP, not Kafka's protocol",
    hint: "-b HOST:PORT of a Kafka listener",
    certain: true,
};
const UNKNOWN: Stranger = Stranger { words: "that port does not speak Kafka's protocol", ..HTTP };
const TLS: Stranger = Stranger {
    words: "that port speaks TLS, and was spoken to without",
    hint: "-X security.protocol=SSL, or SASL_SSL",
    certain: true,
};
const HUNG_UP: Stranger = Stranger {
    words: "the other side hung up at the first request: a listener with TLS, or no Kafka at all?",
    hint: "-X security.protocol=SSL, or SASL_SSL; or -b HOST:PORT of another listener",
    certain: false,
};
const NOT_TLS: Stranger = Stranger {
    words: "that port does not speak TLS",
    hint: "-X security.protocol=PLAINTEXT, or SASL_PLAINTEXT; or -b HOST:PORT of the TLS listener",
    certain: true,
};
const HUNG_UP_ON_TLS: Stranger = Stranger {
    words: "the other side hung up in the TLS handshake: a listener without TLS?",
    certain: false,
    ..NOT_TLS
};

/// Who is meant by librdkafka's `reason`, the state of the connection at its end included
/// ("… (after 0ms in state APIVERSION_QUERY)"). Nobody, where Kafka itself has answered before.
pub fn recognise(reason: &str) -> Option<Stranger> {
    if reason.contains("SSL_HANDSHAKE") || reason.contains("SSL handshake failed") {
        return match () {
            () if reason.contains("wrong version number") => Some(NOT_TLS),
            () if reason.contains("Disconnected") => Some(HUNG_UP_ON_TLS),
            () => None,
        };
    }
    // The first request of a connection: real brokers answer it in a few bytes.
    if !reason.contains("APIVERSION_QUERY") {
        return None;
    }
    if let Some(size) = first_bytes(reason) {
        return Some(match &size {
            b"HTTP" => HTTP,
            // An alert, or a handshake message, of any TLS.
            [0x15 | 0x16, 3, ..] => TLS,
            _ => UNKNOWN,
        });
    }
    reason.contains("Disconnected").then_some(HUNG_UP)
}

/// The bytes that were taken for the size of a message.
fn first_bytes(reason: &str) -> Option<[u8; 4]> {
    let (_, rest) = reason.split_once("Invalid response size ")?;
    let number: i32 = rest.split(' ').next()?.parse().ok()?;
    Some(number.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_answers_instead_of_kafka_is_recognised_by_the_first_bytes() {
        let size = |bytes: &[u8; 4]| {
            format!(
                "h:1/bootstrap: Receive failed: Invalid response size {} (0..100000000): increase \
                 receive.message.max.bytes (after 0ms in state APIVERSION_QUERY)",
                i32::from_be_bytes(*bytes)
            )
        };
        assert_eq!(recognise(&size(b"HTTP")), Some(HTTP));
        assert_eq!(recognise(&size(b"SSH-")), Some(UNKNOWN));
        assert_eq!(recognise(&size(&[0x15, 3, 3, 0])), Some(TLS));
        let hung_up = "h:1/bootstrap: Disconnected: connection closed by peer: receive 0 after POLLIN";
        assert_eq!(recognise(&format!("{hung_up} (after 0ms in state APIVERSION_QUERY)")), Some(HUNG_UP));
        assert_eq!(recognise(&format!("{hung_up} (after 9ms in state UP)")), None);
        assert_eq!(recognise(&size(b"HTTP").replace("APIVERSION_QUERY", "UP")), None, "a large message");
    }

    #[test]
    fn tls_at_a_listener_without_it_is_recognised() {
        let version = "ssl://h:1/bootstrap: SSL handshake failed: ssl/record/methods/tlsany_meth.c:77:\
            tls_validate_record_header error:0A00010B:SSL routines::wrong version number (after 1ms in state \
            SSL_HANDSHAKE)";
        assert_eq!(recognise(version), Some(NOT_TLS));
        let closed = "ssl://h:1/bootstrap: SSL handshake failed: Disconnected: SSL connection closed by peer: \
            connecting to a PLAINTEXT broker listener? (after 4ms in state SSL_HANDSHAKE)";
        assert_eq!(recognise(closed), Some(HUNG_UP_ON_TLS));
        // On a busy machine the connection is made and closed before librdkafka looks for the first time.
        let at_once = "ssl://h:1/bootstrap: Disconnected: SSL connection closed by peer (after 1ms in state \
            SSL_HANDSHAKE)";
        assert_eq!(recognise(at_once), Some(HUNG_UP_ON_TLS));
        let trust = "ssl://h:1/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate \
            verify failed (after 4ms in state SSL_HANDSHAKE)";
        assert_eq!(recognise(trust), None, "a certificate is another matter");
    }
}
