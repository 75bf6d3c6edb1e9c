//! How a member shows that it lives: a heartbeat every `heartbeat.interval.ms`, well within the
//! `session.timeout.ms` after which the group gives it up.

use std::time::Duration;

use rdkafka::ClientConfig;

use crate::run::{Error, Result};

/// How long a member that is not heard of is waited for.
pub const SESSION: &str = "session.timeout.ms";
const HEARTBEAT: &str = "heartbeat.interval.ms";

/// librdkafka's own interval.
const INTERVAL: u64 = 3000;
/// Kafka's advice: so many heartbeats in a session, as single ones come late.
const IN_A_SESSION: u64 = 3;

/// Sets how often a member is heard of, as its session demands, unless the user has; returns how long the
/// session is.
pub fn set(config: &mut ClientConfig) -> Result<Option<Duration>> {
    let of = |key| config.get(key).and_then(|text| text.parse::<u64>().ok());
    let (session, chosen) = (of(SESSION), of(HEARTBEAT));
    let Some(session) = session else { return Ok(None) };
    let fitting = (session / IN_A_SESSION).clamp(1, INTERVAL);
    match chosen {
        Some(interval) if interval >= session => {
            return Err(Error::usage(format!(
                "{HEARTBEAT} is {interval}, and {SESSION} {session}: the group would give this member up before it hears of it"
            ))
            .hint(format!("-X {HEARTBEAT}={fitting}")));
        }
        Some(_) => {}
        None => drop(config.set(HEARTBEAT, fitting.to_string())),
    }
    Ok(Some(Duration::from_millis(session)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> (Result<Option<Duration>>, Option<String>) {
        let mut config = ClientConfig::new();
        for (key, value) in pairs {
            config.set(*key, *value);
        }
        let set = set(&mut config);
        (set, config.get(HEARTBEAT).map(ToOwned::to_owned))
    }

    #[test]
    fn a_short_session_has_short_intervals() {
        for (session, interval) in [("10000", "3000"), ("6000", "2000"), ("1000", "333"), ("1", "1")] {
            assert_eq!(of(&[(SESSION, session)]).1.as_deref(), Some(interval), "{session}");
        }
        let (session, interval) = of(&[(SESSION, "6000"), (HEARTBEAT, "500")]);
        assert_eq!(session.unwrap(), Some(Duration::from_secs(6)));
        assert_eq!(interval.as_deref(), Some("500"), "the user's own");
    }

    #[test]
    fn a_session_that_ends_before_the_first_heartbeat_is_refused() {
        let error = of(&[(SESSION, "1000"), (HEARTBEAT, "3000")]).0.unwrap_err().to_string();
        assert!(error.contains("-X heartbeat.interval.ms=333"), "{error}");
    }

    #[test]
    fn what_is_no_number_is_for_the_client_to_refuse() {
        assert_eq!(of(&[(SESSION, "soon")]).0.unwrap(), None);
    }
}
