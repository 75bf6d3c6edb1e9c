//! What monitoring makes of a state: whether a job is well, and if not, why.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::state::State;

/// A job as monitoring sees it.
#[derive(Debug)]
pub struct Status {
    state: State,
    running: bool,
    killed: bool,
    /// How long ago it ended well.
    age: Option<SignedDuration>,
}

impl Status {
    /// Of what is remembered, now.
    pub fn of(state: State, now: Timestamp) -> Self {
        let succeeded = state.last_success.as_ref().and_then(|time| time.parse::<Timestamp>().ok());
        let age = succeeded.map(|time| now.duration_since(time));
        let (running, killed) = (state.is_running(), state.was_killed());
        Self { state, running, killed, age }
    }

    /// One JSON object: the state, and what follows from it.
    pub fn line(&self) -> Value {
        let mut line = json!(self.state);
        line["running"] = self.running.into();
        if self.killed {
            line["outcome"] = "killed".into();
        }
        line["age"] = self.age.map(|age| (age.as_secs_f64() * 1000.0).round() / 1000.0).into();
        line
    }

    /// What is wrong. With `max_age`: that no run has ended well for longer than that. Without: that the
    /// last run that has ended did not end well.
    pub fn complaint(&self, max_age: Option<Duration>) -> Option<String> {
        let name = &self.state.name;
        let last = self.last_failure().map(|error| format!("; the last run: {error}")).unwrap_or_default();
        let Some(age) = self.age else {
            return Some(format!("{name}: no run has ended well yet{last}"));
        };
        match max_age {
            Some(most) if age > SignedDuration::try_from(most).unwrap_or(SignedDuration::MAX) => {
                let age = SignedDuration::from_secs(age.as_secs());
                Some(format!("{name}: no run has ended well for {age:#}{last}"))
            }
            Some(_) => None,
            None => self.last_failure().map(|error| format!("{name}: {error}")),
        }
    }

    fn last_failure(&self) -> Option<String> {
        let error = self.state.error.clone();
        let error =
            error.or_else(|| self.killed.then(|| "killed before it could tell how it ended".to_owned()))?;
        // It is told under its name here.
        Some(error.trim_start_matches(&format!("{}: ", self.state.name)).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: Option<Duration> = Some(Duration::from_secs(600));

    fn status(ago: Option<i64>, error: Option<&str>) -> Status {
        let now = Timestamp::now();
        let ago = ago.map(|seconds| (now - SignedDuration::from_secs(seconds)).to_string());
        let state = State {
            name: "users".into(),
            ended: Some(now.to_string()),
            last_success: ago,
            error: error.map(ToOwned::to_owned),
            ..State::default()
        };
        Status::of(state, now)
    }

    #[test]
    fn with_an_age_one_failure_between_two_successes_is_no_complaint() {
        assert_eq!(status(Some(60), None).complaint(AGE), None);
        assert_eq!(status(Some(60), Some("users: a: no")).complaint(AGE), None);
        let late = status(Some(1500), Some("users: a: no")).complaint(AGE).expect("too old");
        assert_eq!(late, "users: no run has ended well for 25m; the last run: a: no");
        // Skipped over and over, or never started.
        assert!(status(Some(1500), None).complaint(AGE).is_some());
    }

    #[test]
    fn without_one_the_last_run_counts() {
        assert_eq!(status(Some(15000), None).complaint(None), None);
        assert_eq!(status(Some(6), Some("users: a: no")).complaint(None).as_deref(), Some("users: a: no"));
        assert!(status(None, None).complaint(None).expect("never").contains("no run has ended well yet"));
    }

    #[test]
    fn the_line_has_what_follows() {
        let line = status(Some(60), None).line();
        assert_eq!((line["age"].as_f64(), line["running"].as_bool()), (Some(60.0), Some(false)));
        assert_eq!(status(None, None).line()["age"], Value::Null);
    }
}
