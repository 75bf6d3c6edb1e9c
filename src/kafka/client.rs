//! A client handle: its journal of what librdkafka says, the connection with a deadline, closing.
//!
//! librdkafka connects in the background, for ever, and says nothing but log lines. A command wants
//! an answer: [`connect`] gives one within `--connect-timeout`, with the cause. Afterwards the
//! [`Journal`] keeps librdkafka's voice down (a refused connection is told once, not every 100 ms),
//! and remembers what cannot get better by waiting: wrong credentials, a certificate that fails.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::config::{ClientConfig, FromClientConfigAndContext, RDKafkaLogLevel};
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;

use super::codes;
use super::native::{self, Broker};
use super::options::Settings;
use super::rights;
use super::strangers::{Stranger, recognise};
use crate::run::exit::{Error, Result};

/// The same line of librdkafka is passed on once in this time.
const REPEAT_AFTER: Duration = Duration::from_secs(60);
/// The pause after a question that failed, and the time for the answer to one.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);
const LONGEST_TRY: Duration = Duration::from_secs(10);
/// How many different lines are remembered for that.
const REMEMBERED: usize = 64;

/// What librdkafka has said so far. The context of every client of ours.
#[derive(Default)]
pub struct Journal(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    connected: bool,
    trouble: Option<String>,
    denial: Option<RDKafkaErrorCode>,
    refusal: Option<Error>,
    /// Who answers on the port, where that does not seem to be Kafka.
    stranger: Option<Stranger>,
    said: Vec<(String, Instant)>,
}

impl Journal {
    fn pages(&self) -> std::sync::MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the last connection failed, in words.
    pub fn trouble(&self) -> Option<String> {
        self.pages().trouble.clone()
    }

    /// Credentials or certificates that the other side does not accept, or another side that is no
    /// Kafka: no waiting helps.
    pub fn refusal(&self) -> Option<Error> {
        self.pages().refusal.clone()
    }

    /// A right that was found missing. librdkafka tells of it once, perhaps before anybody listens.
    pub fn denial(&self) -> Option<RDKafkaErrorCode> {
        self.pages().denial
    }

    fn note(&self, code: Option<RDKafkaErrorCode>, reason: &str) {
        let mut pages = self.pages();
        let words = match recognise(reason).filter(|_| !pages.connected) {
            Some(stranger) => return pages.meet(stranger),
            None => plain(reason),
        };
        match code {
            Some(
                RDKafkaErrorCode::Authentication
                | RDKafkaErrorCode::SaslAuthenticationFailed
                | RDKafkaErrorCode::UnsupportedSASLMechanism
                | RDKafkaErrorCode::SSL,
            ) if !is_transport(&words) => pages.refusal = Some(refused(&words)),
            // Whoever asked tells which right that is.
            Some(code) if rights::is_denial(code) => {
                pages.denial = Some(code);
                return;
            }
            // They only sum up what was said before, or what the next call will say.
            Some(RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::Fatal | RDKafkaErrorCode::Fenced) => {
                return;
            }
            _ => {}
        }
        let tell = pages.connected && pages.is_news(&words);
        pages.trouble = Some(words);
        drop(pages);
        if tell && let Some(words) = self.trouble() {
            log::warn!("Kafka: {words}");
        }
    }
}

/// Credentials or certificates that were not accepted.
fn refused(words: &str) -> Error {
    Error::usage(format!("Kafka refuses the connection: {words}"))
        .hint("check security.protocol, sasl.* and ssl.* in the file named by -F")
}

impl Pages {
    /// Remembers who answers instead of Kafka.
    fn meet(&mut self, stranger: Stranger) {
        if stranger.certain {
            self.refusal =
                Some(Error::usage(format!("no Kafka there: {}", stranger.words)).hint(stranger.hint));
        }
        self.trouble = Some(stranger.words.to_owned());
        self.stranger = Some(stranger);
    }

    /// Whether this line was not said within the last minute.
    fn is_news(&mut self, words: &str) -> bool {
        let now = Instant::now();
        self.said.retain(|(_, at)| now.duration_since(*at) < REPEAT_AFTER);
        if self.said.len() >= REMEMBERED || self.said.iter().any(|(said, _)| said == words) {
            return false;
        }
        self.said.push((words.to_owned(), now));
        true
    }
}

impl ClientContext for Journal {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        use RDKafkaLogLevel as L;
        // FAIL and ERROR are told by `error` as well; CONFWARN is about properties shared by clients;
        // GETPID is about retries at the start of a young cluster; the rest by the call that fails.
        let told_elsewhere = matches!(
            facility,
            "FAIL" | "ERROR" | "CONFWARN" | "GETPID" | "FATAL" | "TXNERR" | "ADDPARTS" | "ADDOFFSETS"
        );
        // librdkafka takes a connection that was hung up on for no error, and mentions it only here.
        if facility == "FAIL" && message.contains("Disconnected") && recognise(message).is_some() {
            self.note(None, message);
        }
        // Why a transaction cannot write to a topic is mentioned only here: the records are "purged".
        let denied = RDKafkaErrorCode::TopicAuthorizationFailed;
        if facility == "ADDPARTS" && message.to_lowercase().contains(&codes::words(denied)) {
            self.pages().denial = Some(denied);
        }
        match level {
            L::Emerg | L::Alert | L::Critical | L::Error | L::Warning if !told_elsewhere => {
                if self.pages().is_news(message) {
                    log::warn!(target: "librdkafka", "{facility} {message}");
                }
            }
            _ => log::debug!(target: "librdkafka", "{facility} {message}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.note(codes::code_of(&error), reason);
    }

    fn stats(&self, _: Statistics) {}
}

impl ConsumerContext for Journal {}

/// Whether a handshake failed because its connection did: librdkafka calls that an authentication error,
/// too, and tries again.
fn is_transport(words: &str) -> bool {
    ["Local: Broker transport failure", "Local: Timed out"].iter().any(|cause| words.contains(cause))
}

/// librdkafka's reason without its own address book and clock:
/// "h:9092/1: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)".
fn plain(reason: &str) -> String {
    let text = match reason.rfind(" (after ") {
        Some(at) => &reason[..at],
        None => reason,
    };
    // The name of the broker handle: "host:9092/bootstrap: ".
    let text = text.split_once(": ").filter(|(name, _)| name.contains('/')).map_or(text, |(_, rest)| rest);
    let text = match text.split_once(" failed: ") {
        Some((what, cause)) if what.starts_with("Connect to ") => cause,
        _ => text,
    };
    codes::lower_first(text.trim())
}

/// Makes a client. What librdkafka refuses only now (properties that contradict each other) is usage.
pub fn create<C, T>(config: &ClientConfig, context: C) -> Result<T>
where
    C: ClientContext,
    T: FromClientConfigAndContext<C>,
{
    config.create_with_context(context).map_err(|cause| match cause {
        KafkaError::ClientConfig(_, words, ..) | KafkaError::ClientCreation(words) => {
            Error::usage(format!("the Kafka client cannot be set up: {words}"))
        }
        other => codes::wrapped("the Kafka client cannot be set up", &other),
    })
}

/// Waits until a broker answers: at most `--connect-timeout`, less when it refuses us for good.
///
/// `poll` waits a little for the client's events, which bring the journal its lines.
pub fn connect<C: ClientContext>(
    client: &Client<C>,
    journal: &Journal,
    settings: &Settings,
    poll: impl Fn(Duration),
) -> Result<()> {
    let deadline = Instant::now() + settings.connect_timeout();
    // Short at first, to hear of a refusal soon; doubled, to give a distant broker its time.
    let mut step = Duration::from_millis(250);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let answer = native::ask_for_brokers(client, step.min(left));
        // Without any connection the question fails at once.
        poll(if answer.is_ok() { Duration::ZERO } else { BETWEEN_TRIES.min(left) });
        if let Ok(brokers) = answer {
            journal.pages().connected = true;
            tell(&brokers);
            return Ok(());
        }
        if let Some(refusal) = journal.refusal() {
            return Err(refusal);
        }
        if Instant::now() >= deadline {
            return Err(no_connection(journal, settings));
        }
        step = (step * 2).min(LONGEST_TRY);
    }
}

/// The addresses that the cluster gives away are where all else goes: often the cause when only the
/// first connection works.
fn tell(brokers: &[Broker]) {
    let all: Vec<String> =
        brokers.iter().map(|broker| format!("{} at {}", broker.id, broker.address)).collect();
    log::info!("connected to Kafka; its brokers are {}", all.join(", "));
}

fn no_connection(journal: &Journal, settings: &Settings) -> Error {
    let cause = journal.trouble();
    let hint = match (journal.pages().stranger, &cause) {
        (Some(stranger), _) => stranger.hint.to_owned(),
        (None, Some(cause)) if cause.contains("resolve") => {
            format!("getent hosts {}; or another -b HOST:PORT", settings.first_broker().0)
        }
        (None, cause) => {
            let (host, port) = settings.first_broker();
            let patience = if cause.is_none() { "a longer --connect-timeout, " } else { "" };
            format!("{patience}nc -vz {host} {port}; or another -b HOST:PORT")
        }
    };
    Error::temporary(format!(
        "cannot reach Kafka at {} within {:?}: {}",
        settings.brokers(),
        settings.connect_timeout(),
        cause.as_deref().unwrap_or("no answer")
    ))
    .hint(hint)
}

/// Closes a client, which waits for librdkafka's threads, but no longer than `wait`: a thread that
/// hangs in the resolver or in a dead connection must not hold up the end of a command.
pub fn close<T: Send + 'static>(client: T, wait: Duration) {
    let (done, closed) = std::sync::mpsc::channel();
    let closing = std::thread::Builder::new().name("kafka-close".into()).spawn(move || {
        drop(client);
        let _ = done.send(());
    });
    if closing.is_ok() {
        let _ = closed.recv_timeout(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_told_without_addresses_and_clocks() {
        let reason = "h:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused (after 0ms in state CONNECT)";
        assert_eq!(plain(reason), "connection refused");
        let reason = "sasl_ssl://h:1/bootstrap: SASL authentication error: Invalid credentials (after 9ms in state AUTH_REQ)";
        assert_eq!(plain(reason), "SASL authentication error: Invalid credentials");
        let reason = "nowhere:1/bootstrap: Failed to resolve 'nowhere:1': Name or service not known (after 2ms in state CONNECT)";
        assert_eq!(plain(reason), "failed to resolve 'nowhere:1': Name or service not known");
    }

    #[test]
    fn a_line_is_told_once() {
        let mut pages = Pages::default();
        assert!(pages.is_news("connection refused"));
        assert!(!pages.is_news("connection refused"));
        assert!(pages.is_news("something else"));
    }

    #[test]
    fn wrong_credentials_are_remembered_as_final() {
        let journal = Journal::default();
        journal.error(KafkaError::Global(RDKafkaErrorCode::BrokerTransportFailure), "h:1/1: Disconnected");
        assert!(journal.refusal().is_none());
        journal.error(KafkaError::Global(RDKafkaErrorCode::Authentication), "h:1/1: SASL: no");
        let cut = "h:1/1: SASL authentication error: SaslAuthenticateRequest failed: Local: Broker transport failure";
        let cut_off = Journal::default();
        cut_off.error(KafkaError::Global(RDKafkaErrorCode::Authentication), cut);
        assert!(cut_off.refusal().is_none(), "a connection that was lost meanwhile");
        let refusal = journal.refusal().expect("final");
        assert_eq!(refusal.exit(), crate::run::exit::Exit::Usage);
        assert!(refusal.message().contains("SASL: no"), "{refusal}");
    }

    #[test]
    fn a_missing_right_is_left_to_be_told_by_whoever_asked() {
        let journal = Journal::default();
        let denied = RDKafkaErrorCode::ClusterAuthorizationFailed;
        journal.error(KafkaError::Global(denied), "h:1/1: no producer id");
        assert_eq!((journal.denial(), journal.trouble()), (Some(denied), None));
    }

    #[test]
    fn a_topic_that_a_transaction_may_not_write_to_is_remembered() {
        let journal = Journal::default();
        let log = |line| journal.log(RDKafkaLogLevel::Error, "ADDPARTS", line);
        log("h:1/1: Failed to add partition \"users\" [0] to transaction: Broker: Not coordinator");
        assert_eq!(journal.denial(), None);
        log(
            "h:1/1: Failed to add partition \"users\" [0] to transaction: Broker: Topic authorization failed",
        );
        assert_eq!(journal.denial(), Some(RDKafkaErrorCode::TopicAuthorizationFailed));
    }

    #[test]
    fn a_port_that_is_no_kafka_is_final_until_kafka_has_answered_once() {
        let reason = "h:1/1: Receive failed: Invalid response size 1213486160 (0..100000000): increase \
            receive.message.max.bytes (after 0ms in state APIVERSION_QUERY)";
        let code = || KafkaError::Global(RDKafkaErrorCode::BadMessage);
        let journal = Journal::default();
        journal.error(code(), reason);
        let refusal = journal.refusal().expect("final");
        assert!(refusal.message().contains("speaks HTTP"), "{refusal}");
        let journal = Journal::default();
        journal.pages().connected = true;
        journal.error(code(), reason);
        assert!(journal.refusal().is_none());
    }

    #[test]
    fn closing_is_bounded_in_time() {
        struct Slow;
        impl Drop for Slow {
            fn drop(&mut self) {
                std::thread::sleep(Duration::from_secs(2));
            }
        }
        let start = Instant::now();
        close(Slow, Duration::from_millis(20));
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}
