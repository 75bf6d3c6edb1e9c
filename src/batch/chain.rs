//! The proof: the objects of a partition form one chain.
//!
//! In: the ranges that the visible objects of one partition hold, in any order, and, where a consumer
//! group is known, where it began and what it has committed. Out: the offsets that lie in no object
//! ([`Proof::gaps`]), those that lie in more than one ([`Proof::overlaps`]), and how the objects stand to
//! the commit. Pure: it reads nothing and knows no store.
//!
//! What is proven, and what is not: every offset from the beginning to the end lies in exactly one
//! object. With a group, the beginning is where it began and the end is what it has committed; an object
//! past that is one that is stored and not yet committed, of which there can be one. Without a group the
//! chain is held against itself alone: from its first object to its last.
//!
//! A group that is at work goes on while the store is listed. So its commits are read twice: what was
//! committed *before* the listing must be there, and what was committed *after* it bounds what may lie
//! past it.

/// Offsets `[first, end)`.
pub type Span = (i64, i64);

/// What a consumer group says of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it began.
    pub start: i64,
    /// What it had committed before the objects were listed.
    pub before: i64,
    /// What it had committed after that.
    pub after: i64,
}

/// What the objects of one partition amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// From the first offset in an object to the one after the last; none without an object.
    pub whole: Option<Span>,
    /// Offsets that should be in an object and are in none.
    pub gaps: Vec<Span>,
    /// Offsets that are in more than one object.
    pub overlaps: Vec<Span>,
    /// An object that holds offsets on both sides of the commit.
    pub torn: Option<Span>,
    /// How many objects lie past the commit.
    pub uncommitted: usize,
}

impl Proof {
    /// Judges the ranges of one partition's objects; sorts them on the way.
    pub fn of(ranges: &mut [Span], group: Option<Standing>) -> Self {
        ranges.sort_unstable();
        let mut proof = Proof { whole: ranges.first().copied(), ..Proof::default() };
        let mut reach = group.map(|group| group.start).or(proof.whole.map(|(first, _)| first)).unwrap_or(0);
        // Where a group is known, what it has not committed yet may be missing.
        let (due, after) = group.map_or((i64::MAX, i64::MAX), |group| (group.before, group.after));
        let mut missing = |from: i64, to: i64| {
            for (from, to) in [(from, to.min(due)), (from.max(after), to)] {
                if from < to {
                    join(&mut proof.gaps, (from, to));
                }
            }
        };
        // The end of all objects so far, whether the group was there already or not.
        let mut covered = i64::MIN;
        for &(first, end) in &*ranges {
            if first < covered {
                join(&mut proof.overlaps, (first, end.min(covered)));
            }
            missing(reach, first);
            covered = covered.max(end);
            reach = reach.max(end);
        }
        proof.whole = proof.whole.map(|(first, _)| (first, covered));
        if let Some(group) = group {
            missing(reach, due);
            proof.uncommitted = ranges.iter().filter(|(first, _)| *first >= group.after).count();
            let torn = |(first, end): &&Span| *first < group.after && group.after < *end;
            proof.torn = ranges.iter().find(torn).copied();
        }
        proof
    }

    /// Whether every offset lies in exactly one object, and the commit between two.
    pub fn holds(&self) -> bool {
        self.problems().next().is_none()
    }

    /// What is wrong, each in words; as in all messages, the second offset of a range is not included.
    pub fn problems(&self) -> impl Iterator<Item = String> + '_ {
        let gaps = self.gaps.iter().map(|(first, end)| format!("offsets {first} to {end} are in no object"));
        let twice =
            self.overlaps.iter().map(|(first, end)| format!("offsets {first} to {end} are in two objects"));
        let torn = self.torn.iter().map(|(first, end)| {
            format!("the committed offset lies inside of the object of offsets {first} to {end}")
        });
        let many = (self.uncommitted > 1)
            .then(|| format!("{} objects lie past the committed offset; there can be one", self.uncommitted));
        gaps.chain(twice).chain(torn).chain(many)
    }
}

/// Adds a span to sorted ones, as a part of the last where they touch.
fn join(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if span.0 <= last.1 => last.1 = last.1.max(span.1),
        _ => spans.push(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(ranges: &[Span]) -> Proof {
        Proof::of(&mut ranges.to_vec(), None)
    }

    fn group(start: i64, commit: i64, ranges: &[Span]) -> Proof {
        Proof::of(&mut ranges.to_vec(), Some(Standing { start, before: commit, after: commit }))
    }

    #[test]
    fn a_chain_holds_in_whatever_order_it_is_listed() {
        let proof = alone(&[(20, 30), (5, 10), (10, 20)]);
        assert_eq!((proof.whole, proof.holds()), (Some((5, 30)), true));
        assert!(alone(&[]).holds() && alone(&[]).whole.is_none());
    }

    #[test]
    fn a_missing_object_is_a_gap() {
        let proof = alone(&[(0, 10), (20, 30), (30, 31), (35, 40)]);
        assert_eq!(proof.gaps, [(10, 20), (31, 35)]);
        assert_eq!(proof.problems().next().unwrap(), "offsets 10 to 20 are in no object");
    }

    #[test]
    fn every_offset_that_is_there_twice_is_named_once() {
        assert_eq!(alone(&[(0, 10), (0, 10), (0, 10)]).overlaps, [(0, 10)]);
        assert_eq!(alone(&[(0, 10), (0, 12), (12, 20), (15, 16), (30, 40)]).overlaps, [(0, 10), (15, 16)]);
        // One long object over several short ones.
        assert_eq!(alone(&[(0, 100), (10, 20), (20, 30), (50, 60)]).overlaps, [(10, 30), (50, 60)]);
        assert_eq!(alone(&[(0, 100), (10, 20), (20, 30), (50, 60)]).gaps, []);
    }

    #[test]
    fn a_group_is_held_to_its_start_and_its_commit() {
        assert!(group(0, 20, &[(0, 10), (10, 20)]).holds());
        assert_eq!(group(0, 20, &[(5, 10), (10, 20)]).gaps, [(0, 5)], "the first is missing");
        assert_eq!(group(0, 30, &[(0, 10), (10, 20)]).gaps, [(20, 30)], "the last is missing");
        assert_eq!(group(0, 30, &[]).gaps, [(0, 30)], "all are missing");
        assert!(group(7, 7, &[]).holds(), "nothing is done yet");
    }

    #[test]
    fn what_lies_before_the_start_of_a_group_is_not_its_business_but_for_doubles() {
        assert!(group(50, 60, &[(0, 10), (20, 30), (50, 60)]).holds());
        assert_eq!(group(50, 60, &[(0, 10), (0, 5), (50, 60)]).overlaps, [(0, 5)]);
        assert_eq!(group(50, 60, &[(40, 55), (50, 60)]).overlaps, [(50, 55)]);
    }

    #[test]
    fn one_object_may_lie_past_the_commit() {
        assert!(group(0, 10, &[(0, 10), (10, 20)]).holds(), "stored and not yet committed");
        let two = group(0, 10, &[(0, 10), (10, 20), (20, 30)]);
        assert_eq!((two.uncommitted, two.holds()), (2, false));
        let past_a_hole = group(0, 10, &[(0, 10), (15, 20)]);
        assert_eq!(past_a_hole.gaps, [(10, 15)], "a batch begins where the one before it was committed");
    }

    #[test]
    fn a_commit_lies_between_objects_never_inside_of_one() {
        let proof = group(0, 15, &[(0, 10), (10, 20)]);
        assert_eq!((proof.torn, proof.holds()), (Some((10, 20)), false));
    }

    #[test]
    fn a_group_at_work_is_no_fault() {
        let moving = |ranges: &[Span]| {
            Proof::of(&mut ranges.to_vec(), Some(Standing { start: 0, before: 10, after: 40 }))
        };
        assert!(moving(&[(0, 10)]).holds(), "the others were stored after they would have been listed");
        assert!(moving(&[(0, 10), (10, 20), (20, 40), (40, 50)]).holds());
        assert!(!moving(&[(0, 10), (40, 50), (50, 60)]).holds());
        assert!(!moving(&[(0, 10), (45, 50)]).holds());
        assert!(!moving(&[(0, 9)]).holds());
    }

    #[test]
    fn of_every_small_set_of_ranges_each_offset_is_judged_as_counting_would() {
        let spans: Vec<Span> = (0..4).flat_map(|a| (a + 1..5).map(move |b| (a, b))).collect();
        let inside = |spans: &[Span], at: i64| spans.iter().filter(|(a, b)| (*a..*b).contains(&at)).count();
        for set in 0u32..1 << spans.len() {
            let mut chosen: Vec<Span> =
                (0..spans.len()).filter(|at| set & (1 << at) != 0).map(|at| spans[at]).collect();
            let proof = Proof::of(&mut chosen, Some(Standing { start: 1, before: 3, after: 3 }));
            for at in 0..5 {
                let count = inside(&chosen, at);
                assert_eq!(inside(&proof.overlaps, at), usize::from(count > 1), "{chosen:?} at {at}");
                let due = at < 3 || chosen.iter().any(|(first, _)| *first > at);
                let missing = count == 0 && at >= 1 && due;
                assert_eq!(inside(&proof.gaps, at), usize::from(missing), "{chosen:?} at {at}");
            }
        }
    }
}
