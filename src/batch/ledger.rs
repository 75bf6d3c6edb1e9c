//! The books of a data set: what its objects say, partition by partition, and what that amounts to.
//!
//! In: the range of each object, of each account of rejects, and what a consumer group has committed. Out:
//! an [`Account`] for each partition of each topic. Memory: 16 bytes an object. Pure, like the [`chain`]
//! that it stands on.
//!
//! [`chain`]: super::chain

use std::collections::BTreeMap;

use super::chain::{Proof, Span, Standing};
use crate::stream::seal::Range;

/// A partition of a topic: the name, the id, the number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partition {
    /// The topic.
    pub topic: String,
    /// Its id: a topic that was made again is another one.
    pub topic_id: String,
    /// The partition.
    pub partition: i32,
}

impl Partition {
    fn of(range: &Range) -> Self {
        let Range { topic, topic_id, partition, .. } = range;
        Self { topic: topic.clone(), topic_id: topic_id.clone(), partition: *partition }
    }
}

/// Where a group stands in each partition: where it began, and what it has committed.
pub type Commits = BTreeMap<Partition, (i64, i64)>;

/// What is known of the objects so far.
#[derive(Clone, Debug, Default)]
pub struct Ledger(BTreeMap<Partition, Page>);

#[derive(Clone, Debug, Default)]
struct Page {
    ranges: Vec<Span>,
    rows: u64,
    /// How many objects say how many rows they have.
    counted: usize,
    /// Rejects: the range, how many, and where.
    rejects: Vec<(Span, u64, String)>,
}

/// What one partition amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The partition.
    pub partition: Partition,
    /// How many objects it has.
    pub objects: usize,
    /// Their rows, if each of them says how many.
    pub rows: Option<u64>,
    /// Rejects of visible objects.
    pub rejects: u64,
    /// Accounts of rejects whose object is not visible.
    pub orphans: Vec<String>,
    /// Those of an object that has another one, too.
    pub doubles: Vec<String>,
    /// Where the group began and what it has committed, if one was asked for and knows the topic.
    pub group: Option<(i64, i64)>,
    /// The chain of its objects.
    pub proof: Proof,
}

impl Account {
    /// The chain's two ends: with a group from its start, even where there is no object yet.
    pub fn span(&self) -> Span {
        let start = self.group.map(|(start, _)| start);
        let (first, end) = self.proof.whole.unwrap_or((start.unwrap_or(0), start.unwrap_or(0)));
        (start.unwrap_or(first), end.max(start.unwrap_or(end)))
    }
}

impl Ledger {
    /// Enters an object, and its rows, if they are known.
    pub fn enter(&mut self, range: &Range, rows: Option<u64>) {
        let page = self.0.entry(Partition::of(range)).or_default();
        page.ranges.push((range.first_offset, range.end_offset));
        page.rows += rows.unwrap_or(0);
        page.counted += usize::from(rows.is_some());
    }

    /// Enters an account of rejects.
    pub fn enter_rejects(&mut self, range: &Range, count: u64, location: String) {
        let page = self.0.entry(Partition::of(range)).or_default();
        page.rejects.push(((range.first_offset, range.end_offset), count, location));
    }

    /// Closes the books: `before` is what a group had committed before the objects were listed, `after`
    /// what it had committed by then.
    pub fn close(mut self, before: Option<&Commits>, after: Option<&Commits>) -> Vec<Account> {
        // A partition without an object has an account as well.
        for partition in before.iter().flat_map(|commits| commits.keys()) {
            self.0.entry(partition.clone()).or_default();
        }
        let standing = |partition: &Partition| {
            let before = before?;
            let known = |commits: &Commits| commits.get(partition).copied();
            let (start, committed) = known(before).or_else(|| begun_since(before, partition))?;
            let after = after.and_then(known).map_or(committed, |(_, after)| after);
            Some(Standing { start, before: committed, after })
        };
        self.0
            .into_iter()
            .map(|(partition, page)| {
                let standing = standing(&partition);
                page.account(partition, standing)
            })
            .collect()
    }
}

/// A partition that was added to a topic of the group and has no commit yet: it begins at 0.
fn begun_since(commits: &Commits, partition: &Partition) -> Option<(i64, i64)> {
    commits.keys().any(|known| known.topic_id == partition.topic_id).then_some((0, 0))
}

impl Page {
    fn account(mut self, partition: Partition, group: Option<Standing>) -> Account {
        let proof = Proof::of(&mut self.ranges, group);
        let visible = |span: &Span| self.ranges.binary_search(span).is_ok();
        let (mut ours, orphans): (Vec<_>, Vec<_>) =
            self.rejects.into_iter().partition(|(span, ..)| visible(span));
        ours.sort_unstable();
        let is_double = |pair: &&[(Span, u64, String)]| pair[0].0 == pair[1].0;
        let doubles = ours.windows(2).filter(is_double).map(|pair| pair[1].2.clone()).collect();
        Account {
            partition,
            objects: self.ranges.len(),
            rows: (self.counted == self.ranges.len()).then_some(self.rows),
            rejects: ours.iter().map(|(_, count, _)| count).sum(),
            orphans: orphans.into_iter().map(|(.., location)| location).collect(),
            doubles,
            group: group.map(|group| (group.start, group.after)),
            proof,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(partition: i32, first_offset: i64, end_offset: i64) -> Range {
        Range { topic: "users".into(), topic_id: "id".into(), partition, first_offset, end_offset }
    }

    fn commits(of: &[(i32, i64, i64)]) -> Commits {
        of.iter().map(|(number, start, at)| (Partition::of(&range(*number, 0, 1)), (*start, *at))).collect()
    }

    #[test]
    fn each_partition_has_its_account() {
        let mut ledger = Ledger::default();
        ledger.enter(&range(1, 10, 20), Some(9));
        ledger.enter(&range(0, 0, 5), Some(5));
        ledger.enter(&range(1, 0, 10), Some(10));
        ledger.enter_rejects(&range(1, 10, 20), 1, "kept".into());
        ledger.enter_rejects(&range(1, 10, 19), 4, "orphan".into());
        ledger.enter_rejects(&range(0, 0, 5), 1, "another".into());
        ledger.enter_rejects(&range(0, 0, 5), 2, "one".into());
        let accounts = ledger.close(None, None);
        assert_eq!(accounts.len(), 2);
        assert_eq!((accounts[0].objects, accounts[0].rows), (1, Some(5)));
        assert_eq!((accounts[0].rejects, &accounts[0].doubles[..]), (3, &["one".to_owned()][..]));
        let second = &accounts[1];
        assert_eq!((second.objects, second.rows, second.rejects), (2, Some(19), 1));
        assert_eq!((second.orphans.as_slice(), second.span()), (&["orphan".to_owned()][..], (0, 20)));
        assert!(second.proof.holds());
    }

    #[test]
    fn rows_are_known_only_if_each_object_tells() {
        let mut ledger = Ledger::default();
        ledger.enter(&range(0, 0, 5), Some(5));
        ledger.enter(&range(0, 5, 9), None);
        assert_eq!(ledger.close(None, None)[0].rows, None);
    }

    #[test]
    fn a_partition_without_an_object_is_judged_by_the_commit_alone() {
        let commits = commits(&[(0, 7, 7), (1, 7, 9)]);
        let accounts = Ledger::default().close(Some(&commits), Some(&commits));
        assert!(accounts[0].proof.holds() && accounts[0].span() == (7, 7));
        assert_eq!(accounts[1].proof.gaps, [(7, 9)]);
    }

    #[test]
    fn a_partition_of_the_group_without_a_commit_may_have_one_object() {
        let commits = commits(&[(0, 0, 5)]);
        let close = |objects: &[Range]| {
            let mut ledger = Ledger::default();
            ledger.enter(&range(0, 0, 5), None);
            objects.iter().for_each(|range| ledger.enter(range, None));
            ledger.close(Some(&commits), Some(&commits)).pop().unwrap().proof
        };
        assert!(close(&[range(1, 0, 5)]).holds(), "added since, stored, not yet committed");
        assert!(!close(&[range(1, 0, 5), range(1, 5, 6)]).holds(), "the commit is lost");
        let of_before = Range { topic_id: "older".into(), ..range(1, 3, 5) };
        assert!(close(&[of_before]).holds(), "a topic that was made again is another one");
    }
}
