//! What became of fields, for the summary; and what is probably misspelt, because it never led anywhere.

use std::cell::Cell;

use serde_json::json;

use super::target::Mapping;
use crate::stream::Facts;

/// Whether a place that may be missing ever was there, and ever was not.
#[derive(Debug, Default)]
pub(super) struct Seen {
    there: Cell<bool>,
    absent: Cell<bool>,
}

impl Seen {
    /// Takes note of one look.
    #[inline]
    pub fn note(&self, is_there: bool) {
        if is_there { &self.there } else { &self.absent }.set(true);
    }

    /// It was looked for, and never found.
    pub fn is_never_there(&self) -> bool {
        self.absent.get() && !self.there.get()
    }
}

/// What became of one mapping, over all new records.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    /// Values other than null.
    pub mapped: u64,
    pub null: u64,
    /// Left out, as `?=` allows.
    pub left_out: u64,
    /// Of the values, those that a default stood in for.
    pub defaults: u64,
}

/// What became of records and elements.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Records that were mapped.
    pub records: u64,
    /// Envelopes without a value, dropped.
    pub tombstones: u64,
    /// Elements of exploded arrays that became records.
    pub elements: u64,
    /// Elements that `--where` dropped.
    pub dropped: u64,
    /// Records with an array without elements, and with none where that is allowed.
    pub empty: u64,
    pub absent: u64,
}

impl Tally {
    /// For the summary.
    pub fn facts(&self, mappings: &[Mapping], counts: &[Count], exploded: bool) -> Facts {
        let mut facts = Facts::new();
        if !mappings.is_empty() {
            let pairs = mappings.iter().zip(counts);
            let fields: Facts = pairs.map(|(mapping, count)| (mapping.target.clone(), told(count))).collect();
            facts.insert("fields".to_owned(), fields.into());
        }
        if exploded {
            let Self { elements, dropped, empty, absent, .. } = self;
            let counts = json!({"elements": elements, "dropped": dropped, "empty": empty, "absent": absent});
            facts.insert("explode".to_owned(), counts);
        }
        if self.tombstones > 0 {
            facts.insert("tombstones".to_owned(), self.tombstones.into());
        }
        facts
    }
}

/// What there is to say of a mapping: most have values alone.
fn told(count: &Count) -> serde_json::Value {
    let mut told = json!({"mapped": count.mapped, "null": count.null});
    for (name, number) in [("left_out", count.left_out), ("defaults", count.defaults)] {
        if number > 0 {
            told[name] = number.into();
        }
    }
    told
}
