//! One line of a report, as a stage wrote it: [`crate::stream::report`] is the other side.

use serde::Deserialize;
use serde_json::Value;

use super::{End, Failure, Follows, Outcome};
use crate::run::Exit;
use crate::stream::counts::Counts;

/// What is read of it; what a later release adds is passed over.
#[derive(Deserialize)]
pub(super) struct Line {
    pub event: String,
    pub stage: String,
    pub pid: u32,
    outcome: Option<String>,
    #[serde(default)]
    counts: Value,
    published: Option<u64>,
    exit: Option<u8>,
    error: Option<String>,
    #[serde(default)]
    broken_pipe: bool,
    #[serde(default)]
    upstream: bool,
    #[serde(default)]
    rejects: bool,
    receipt: Option<Value>,
}

impl Line {
    /// How the stage ended, if this line tells its end.
    pub fn into_end(self) -> End {
        let counts = Counts::deserialize(&self.counts).unwrap_or_default();
        let follows = match (self.broken_pipe, self.upstream) {
            (true, _) => Follows::BrokenPipe,
            (_, true) => Follows::Upstream,
            _ => Follows::Nothing,
        };
        let outcome = match self.outcome.as_deref() {
            Some("done") => Outcome::Done(self.receipt),
            _ => Outcome::Failed(Failure {
                exit: Exit::of_failure(self.exit.unwrap_or(1)),
                error: self.error.unwrap_or_else(|| "failed".to_owned()),
                follows,
                rejects: self.rejects,
            }),
        };
        End { outcome, counts, published: self.published }
    }
}
