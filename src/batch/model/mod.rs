//! The protocol, explored: every state that its parties can reach, with faults at every step.
//!
//! [`stores`] is the form with objects in stores, [`transactions`] the one from Kafka to Kafka.

use std::collections::HashSet;
use std::hash::Hash;

mod stores;
mod transactions;

/// All parties at one moment.
trait State: Clone + Eq + Hash {
    /// What may go wrong.
    type Rules: Copy;

    fn first(rules: Self::Rules) -> Self;
    /// What holds in every state; panics where it does not.
    fn check(&self);
    /// What a consumer that is left in peace makes of it.
    fn finish(&self, rules: Self::Rules);
    fn next(&self, rules: Self::Rules) -> Vec<Self>;
}

/// Checks every state that can be reached; returns how many there are.
fn explore<S: State>(rules: S::Rules) -> usize {
    let mut seen = HashSet::new();
    let mut open = vec![S::first(rules)];
    while let Some(state) = open.pop() {
        if !seen.insert(state.clone()) {
            continue;
        }
        state.check();
        state.finish(rules);
        open.extend(state.next(rules));
    }
    seen.len()
}
