//! Versions: which of two writes is the newer, for stores that hold records one by one.
//!
//! Such a store cannot show a batch all at once, and a write may come late: from an attempt that was
//! given up, on a machine that had stopped for a while. So each write carries a number, and a smaller one
//! never replaces a larger one. The number of the n-th record of a batch is a function of where the batch
//! begins and of n alone:
//!
//! ```text
//! version = S * 1000 + n        n = 0, 1, 2, …  below (E - S) * 1000
//! ```
//!
//! Therefore an attempt repeats the versions of the one before it, and every version of a later batch of
//! the partition is larger than all of an earlier one. Versions of two partitions cannot be compared: what
//! has one key belongs into one partition.

use crate::run::exit::{Error, Result};
use crate::stream::seal::Range;

/// How many records a stage may make of each record of Kafka, on average over a batch.
pub const FAN_OUT: i64 = 1000;

/// The versions of one batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    first: i64,
    end: i64,
}

impl Versions {
    /// Those of the records of `range`.
    pub fn of(range: &Range) -> Result<Self> {
        let scaled = |offset: i64| offset.checked_mul(FAN_OUT);
        match (scaled(range.first_offset), scaled(range.end_offset)) {
            (Some(first), Some(end)) if first < end => Ok(Self { first, end }),
            _ => Err(Error::usage("$BATCH_FIRST_OFFSET and $BATCH_END_OFFSET are no range of offsets")),
        }
    }

    /// That of the record on `line` of the stream, counted from 1.
    pub fn of_line(&self, line: u64) -> Result<i64> {
        let n = i64::try_from(line.saturating_sub(1)).ok();
        let version = n.and_then(|n| self.first.checked_add(n)).filter(|version| *version < self.end);
        version.ok_or_else(|| {
            Error::data(format!(
                "the batch has become more than {FAN_OUT} records for each offset, and their versions run out"
            ))
            .hint("a stage in between that makes fewer records of one")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(first_offset: i64, end_offset: i64) -> Result<Versions> {
        let (topic, topic_id) = ("users".to_owned(), "bQpS2sVYQ7K1nCJ2pkWXgA".to_owned());
        Versions::of(&Range { topic, topic_id, partition: 3, first_offset, end_offset })
    }

    #[test]
    fn an_attempt_repeats_its_versions_and_a_later_batch_has_larger_ones() {
        let (one, other_end, next) =
            (versions(7, 9).unwrap(), versions(7, 12).unwrap(), versions(9, 10).unwrap());
        assert_eq!(one.of_line(1).unwrap(), 7000);
        assert_eq!(one.of_line(2000).unwrap(), 8999);
        assert_eq!(one.of_line(5).unwrap(), other_end.of_line(5).unwrap());
        assert!(one.of_line(2000).unwrap() < next.of_line(1).unwrap());
    }

    #[test]
    fn an_explosion_past_the_next_batch_is_refused() {
        let error = versions(7, 9).unwrap().of_line(2001).unwrap_err();
        assert!(error.message().contains("1000 records for each offset"), "{error}");
        assert!(versions(7, 9).unwrap().of_line(u64::MAX).is_err());
        assert!(versions(i64::MAX / 10, i64::MAX).is_err() && versions(9, 9).is_err());
    }
}
