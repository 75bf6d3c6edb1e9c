//! What each path led to, over all records that were passed on: the account of a pseudonymisation.
//!
//! A field that was meant and not found has passed in clear. So a path that never led to anything is
//! told rather than counted as done.

use serde_json::json;

use crate::json::{Found, Kind, Paths};
use crate::run::units::grouped;
use crate::run::{Error, Result};
use crate::stream::Facts;

/// The counts of all paths.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    records: u64,
    paths: Vec<Count>,
}

/// The counts of one path.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    /// Values replaced.
    hashed: u64,
    /// Values that were null, and stayed so.
    null: u64,
    /// Records in which it somewhere led to nothing.
    missing: u64,
    /// The last of these: a record counts once.
    last_missing: u64,
}

impl Tally {
    /// For so many paths.
    pub fn new(paths: usize) -> Self {
        Self { records: 0, paths: vec![Count::default(); paths] }
    }

    /// Counts what was found in a record that is passed on.
    #[inline]
    pub fn add(&mut self, found: &Found) {
        self.records += 1;
        for hit in found.hits() {
            let count = &mut self.paths[hit.path];
            match hit.value.kind {
                Kind::Null => count.null += 1,
                _ => count.hashed += 1,
            }
        }
        for path in found.all_missing() {
            let count = &mut self.paths[*path];
            if count.last_missing != self.records {
                count.last_missing = self.records;
                count.missing += 1;
            }
        }
    }

    /// Fails when a path was looked for and never found.
    pub fn check(&self, paths: &Paths) -> Result<()> {
        let unmatched = |count: &Count| count.hashed + count.null == 0 && count.missing > 0;
        let of_all = self.paths.iter().enumerate().filter(|(_, count)| unmatched(count));
        let names: Vec<String> = of_all.map(|(number, _)| format!("'{}'", paths.path(number))).collect();
        if names.is_empty() {
            return Ok(());
        }
        let plural = |many: bool| if many { "s" } else { "" };
        Err(Error::data(format!(
            "path{} {} matched none of {} record{}: nothing was hashed there",
            plural(names.len() > 1),
            names.join(", "),
            grouped(self.records),
            plural(self.records > 1),
        ))
        .hint("the spelling of the records, or --missing keep-all where all of them may lack the field"))
    }

    /// `{"paths":{PATH:{"hashed":…,"null":…,"missing":…}}}`
    pub fn facts(&self, paths: &Paths) -> Facts {
        let count =
            |count: &Count| json!({"hashed": count.hashed, "null": count.null, "missing": count.missing});
        let counts = self.paths.iter().enumerate();
        let counts: Facts =
            counts.map(|(number, one)| (paths.path(number).to_string(), count(one))).collect();
        [("paths".to_owned(), counts.into())].into_iter().collect()
    }
}
