//! The rejects of a batch, for stores that are tables: a row for each, under a key that is the same in
//! every attempt.
//!
//! They are kept in memory until the batch is stored, as a share of them is judged at the end, and written
//! before the receipt is given. A row says which stage refused what, why, and where it came from; never
//! what the record was.

use super::Batch;
use crate::run::exit::{Error, Result};
use crate::stream::seal::{Digest, Refusal, hex128};

/// How much memory they may take.
const MAX_BYTES: usize = 64 << 20;
/// What one takes besides its texts.
const OVERHEAD: usize = 256;

/// The rejects of one batch so far.
#[derive(Debug)]
pub struct Account {
    batch: Batch,
    refusals: Vec<Refusal>,
    bytes: usize,
}

impl Account {
    /// Of this batch there are none yet.
    pub fn new(batch: Batch) -> Self {
        Self { batch, refusals: Vec::new(), bytes: 0 }
    }

    /// The batch.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Takes one more.
    pub fn add(&mut self, refusal: &Refusal) -> Result<()> {
        let mut refusal = refusal.clone();
        // The nonce of an attempt is nobody's concern later.
        refusal.seal = None;
        self.bytes += OVERHEAD + refusal.reason.len() + refusal.path.as_ref().map_or(0, String::len);
        if self.bytes > MAX_BYTES {
            return Err(Error::data("the rejects of this batch take more than 64 MiB")
                .hint("kafka-consume with a smaller --batch-records, or a smaller --max-rejects"));
        }
        self.refusals.push(refusal);
        Ok(())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.refusals.len()
    }

    /// Each with its key, which within the batch is that of no other.
    pub fn entries(&self) -> impl Iterator<Item = (String, &Refusal)> {
        self.refusals.iter().map(|refusal| {
            let text = serde_json::to_vec(refusal).unwrap_or_default();
            (hex128(Digest::of(&text)), refusal)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::seal::Range;
    use crate::stream::{Position, Reject};

    fn account(seal: &str, lines: &[u64]) -> Account {
        let (topic, topic_id) = ("users".to_owned(), "bQpS2sVYQ7K1nCJ2pkWXgA".to_owned());
        let range = Range { topic, topic_id, partition: 3, first_offset: 7, end_offset: 9 };
        let mut account = Account::new(Batch { range, date: "2026-11-20".into() });
        for line in lines {
            let mut refusal = Refusal::new("x", &Position::Line(*line), &Reject::at("a", "above INT"));
            refusal.seal = Some(seal.to_owned());
            account.add(&refusal).unwrap();
        }
        account
    }

    #[test]
    fn every_attempt_has_the_same_keys_and_every_reject_its_own() {
        let keys = |account: &Account| account.entries().map(|(key, _)| key).collect::<Vec<_>>();
        let first = keys(&account("ab", &[1, 2]));
        assert_eq!(first, keys(&account("cd", &[1, 2])));
        assert_ne!(first[0], first[1]);
        assert!(account("ab", &[1]).entries().all(|(_, refusal)| refusal.seal.is_none()));
    }

    #[test]
    fn their_memory_is_bounded() {
        let mut account = account("ab", &[]);
        let refusal = Refusal::new("x", &Position::Line(1), &Reject::new("y".repeat(1 << 20)));
        let error = (0..100).find_map(|_| account.add(&refusal).err()).expect("a bound");
        assert!(error.message().contains("64 MiB") && account.count() < 65, "{error}");
    }
}
