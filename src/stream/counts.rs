//! What a stage did with its records, and what is to be known of it. Every input has exactly one fate.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Facts about a stage or a finished output, for the summary, the report, the receipt, the lineage.
pub type Facts = Map<String, Value>;

/// What a sink says of a dry run.
pub fn would_store(records: u64) -> Facts {
    Facts::from_iter([("dry_run".to_owned(), true.into()), ("would_store".to_owned(), records.into())])
}

/// What a sink that cannot take back says where it was cut short: what was confirmed, and what was under way.
pub fn cut_short(stored: u64, unknown: usize) -> Facts {
    if stored == 0 && unknown == 0 {
        return Facts::new();
    }
    Facts::from_iter([("stored".to_owned(), stored.into()), ("unknown".to_owned(), unknown.into())])
}

/// The counts of one stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records that came in: from stdin, or from the source's own origin. Blank lines are none.
    pub read: u64,
    /// Of these, passed on (by a sink: stored).
    pub passed: u64,
    /// Of these, refused with a reason.
    pub rejected: u64,
    /// Of these, dropped by request.
    pub dropped: u64,
    /// Records that went out; differs from `passed` only where one record becomes several.
    pub written: u64,
    /// Blank lines that were skipped.
    pub blank: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.read += more.read;
        self.passed += more.passed;
        self.rejected += more.rejected;
        self.dropped += more.dropped;
        self.written += more.written;
        self.blank += more.blank;
    }
}

impl Counts {
    /// Whether every record that came in has one fate.
    pub fn is_balanced(&self) -> bool {
        self.read == self.passed + self.rejected + self.dropped
    }
}
