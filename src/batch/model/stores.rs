//! The protocol, explored: every order of steps of two consumers and two stores, with crashes, lost
//! answers, requests that arrive long after their sender has died, and consumers that go on although
//! their partition was given to another. In every state that can be reached:
//!
//! - the objects form one chain from the start, without a gap and without an overlap;
//! - the committed offset is a joint of that chain;
//! - one consumer that is left in peace brings the work to its end, each record in one object.
//!
//! And a person: objects are deleted, all consumers are stopped, `topic-admin reset --until` asks for a range
//! once more, the consumers are started again. What holds then is in [`Asked`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{State, explore};
use crate::batch::machine::{Action, Commits, Event, Machine, Rest};
use crate::batch::place::Plan;

/// So many failures in a row are allowed: enough never to be what ends an exploration.
const ATTEMPTS: u32 = 100;

/// What may go wrong in an exploration.
#[derive(Clone, Copy)]
struct Rules {
    /// How many sinks a batch has: `tee` into two.
    sinks: usize,
    /// Whether the broker refuses commits of a consumer that has lost its partition.
    fenced: bool,
    /// Whether a request may arrive after its sender has given it up.
    late: bool,
    /// How many faults there are in all.
    faults: u8,
    /// Where the topic ends that begins at 0.
    end: i64,
    /// Whether a range may be asked for once more.
    resets: Option<Fence>,
}

/// What becomes of requests to commit that the members of a group have sent before the group was reset.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fence {
    /// They are refused, as Kafka does: who sent them is no member any more.
    Holds,
    /// They arrive.
    Broken,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct World {
    /// The committed offset, and the planned end with it.
    committed: (i64, Option<i64>),
    /// Where the group goes on behind what is planned, if not at its end.
    then: Option<i64>,
    /// Of each store: the ends of the objects, by their starts.
    stores: Vec<BTreeMap<i64, i64>>,
    consumers: Vec<Consumer>,
    owner: usize,
    late: BTreeSet<Request>,
    faults: u8,
    asked: Option<Asked>,
}

/// A range that somebody has asked for once more. From then on:
///
/// - outside of it, each record stays in as many objects as it was in: one, or none if that was deleted;
/// - in it, a record that was in no object will be in one;
/// - behind what was landed, the objects form one chain;
/// - one consumer that is left in peace brings the work to its end, unless an object begins where the range
///   does that ends elsewhere: then it says so, and nothing moves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    range: Range<i64>,
    /// What was landed before, whether it is there or not.
    landed: i64,
    /// The offsets before `landed` whose object was deleted.
    gone: Range<i64>,
}

/// A consumer, and how far the sinks of its running batch are.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Consumer {
    machine: Machine,
    receipts: Vec<i64>,
    /// Of the plan that it has read: its end, and where the group goes on behind it.
    plan: Option<(i64, i64)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Request {
    Commit { by: usize, offset: i64, end: Option<i64> },
    Put { sink: usize, first: i64, end: i64 },
}

impl Consumer {
    fn new() -> Self {
        let mut machine = Machine::new(Commits::Consumer, ATTEMPTS);
        machine.step(&Event::Paused);
        Self { machine, receipts: Vec::new(), plan: None }
    }

    fn step(&mut self, event: Event) {
        self.receipts.clear();
        if !matches!(event, Event::Stored(_)) {
            self.plan = None;
        }
        // The number of failures only delays: left out, it keeps the number of states small.
        let pauses = matches!(event, Event::Failed { again: true });
        self.machine.step(&event);
        if pauses {
            *self = Self::new();
        }
    }
}

impl State for World {
    type Rules = Rules;

    fn first(rules: Rules) -> Self {
        Self {
            committed: (0, None),
            then: None,
            stores: vec![BTreeMap::new(); rules.sinks],
            consumers: vec![Consumer::new(); 2],
            owner: 0,
            late: BTreeSet::new(),
            faults: rules.faults,
            asked: None,
        }
    }

    fn check(&self) {
        if let Some(asked) = &self.asked {
            return asked.check(&self.stores[0]);
        }
        for store in &self.stores {
            let mut joint = 0;
            let mut joints = vec![0];
            for (&first, &end) in store {
                assert_eq!(first, joint, "a gap or an overlap: {store:?}");
                assert!(end > first);
                joint = end;
                joints.push(end);
            }
            assert!(joints.contains(&self.committed.0), "{} is no joint of {store:?}", self.committed.0);
        }
        for (a, b) in self.stores.iter().zip(self.stores.iter().skip(1)) {
            let agree = a.iter().all(|(first, end)| b.get(first).is_none_or(|other| other == end));
            assert!(agree, "two sinks disagree: {a:?}, {b:?}");
        }
    }

    fn finish(&self, rules: Rules) {
        let mut world = self.clone();
        (world.faults, world.late, world.owner) = (0, BTreeSet::new(), 0);
        world.consumers = vec![Consumer::new()];
        for _ in 0..100 {
            let mut worlds = Vec::new();
            world.steps_of(0, Rules { late: false, ..rules }, &mut worlds);
            match worlds.pop() {
                Some(next) => world = next,
                None => break,
            }
        }
        let rest = world.consumers[0].machine.action();
        if let Some(what) = world.in_the_way() {
            world.check();
            assert_eq!(rest, Action::Rest(Rest::GivenUp), "{what:?} is in the way");
            return assert_eq!((world.committed, world.then), (self.committed, self.then), "nothing moves");
        }
        assert_eq!(rest, Action::Rest(Rest::Done), "a consumer that is left in peace gives up");
        assert_eq!(world.committed, (rules.end, None));
        world.check();
        match &world.asked {
            Some(asked) => asked.check_end(&world.stores[0], rules.end),
            None => assert!(world.stores.iter().all(|store| store.values().last() == Some(&rules.end))),
        }
    }

    fn next(&self, rules: Rules) -> Vec<Self> {
        let mut worlds = Vec::new();
        for at in 0..self.consumers.len() {
            self.steps_of(at, rules, &mut worlds);
            // The group gives the partition away: to a consumer that starts afresh. The old one may
            // go on for ever (a zombie), or was killed.
            if at != self.owner && self.faults > 0 {
                let mut moved = self.with_fault();
                moved.owner = at;
                moved.consumers[at] = Consumer::new();
                worlds.push(moved);
            }
        }
        for request in &self.late {
            let mut arrived = self.clone();
            arrived.late.remove(request);
            arrived.carry_out(*request, rules);
            worlds.push(arrived);
        }
        if let Some(fence) = rules.resets {
            self.resets(fence, &mut worlds);
        }
        worlds
    }
}

impl Asked {
    /// In how many objects an offset is.
    fn count(store: &BTreeMap<i64, i64>, offset: i64) -> usize {
        store.iter().filter(|(first, end)| (**first..**end).contains(&offset)).count()
    }

    fn check(&self, store: &BTreeMap<i64, i64>) {
        let far = store.values().copied().max().unwrap_or(0).max(self.landed);
        for offset in (0..far).filter(|offset| !self.range.contains(offset)) {
            let expected = usize::from(!self.gone.contains(&offset));
            let count = Self::count(store, offset);
            assert_eq!(count, expected, "{offset} is in the wrong number of objects: {self:?}, {store:?}");
        }
    }

    fn check_end(&self, store: &BTreeMap<i64, i64>, end: i64) {
        self.check(store);
        for offset in 0..end {
            let (asked, count) = (self.range.contains(&offset), Self::count(store, offset));
            let missing = self.gone.contains(&offset);
            // What was there when it was asked for is there, once more or not.
            let right = if asked && !missing { count > 0 } else { count == usize::from(asked || !missing) };
            assert!(right, "{offset} is in the wrong number of objects, {count}: {self:?}, {store:?}");
        }
    }
}

impl World {
    /// All that a person may do now who deletes objects and asks for a range once more. Consumers are stopped for
    /// that, and no command of theirs goes on: nothing is on its way to the store.
    fn resets(&self, fence: Fence, worlds: &mut Vec<Self>) {
        let is_put = |request: &Request| matches!(request, Request::Put { .. });
        if self.asked.is_some() || self.committed.1.is_some() || self.late.iter().any(is_put) {
            return;
        }
        // A group that stands before it was set back, and its mark says how far it had landed.
        let landed = self.stores[0].values().last().copied().unwrap_or(0);
        let mut stopped = Self { consumers: vec![Consumer::new(); 2], owner: 0, ..self.clone() };
        if fence == Fence::Holds {
            stopped.late.clear();
        }
        for gone in parts(landed) {
            let objects = &self.stores[0];
            let is_joint =
                |offset: i64| objects.contains_key(&offset) || objects.values().any(|end| *end == offset);
            if !(gone.is_empty() || is_joint(gone.start) && is_joint(gone.end)) {
                continue;
            }
            for range in parts(landed).filter(|range| !range.is_empty()) {
                let mut world = stopped.clone();
                world.stores[0].retain(|first, _| !gone.contains(first));
                let plan = Plan::again(range.end, landed);
                (world.committed, world.then) = ((range.start, Some(plan.end)), plan.then);
                world.asked = Some(Asked { range, landed, gone: gone.clone() });
                worlds.push(world);
            }
        }
    }

    /// An object that begins where a range is asked for, and is another one.
    fn in_the_way(&self) -> Option<(i64, i64)> {
        let (first, end) = (self.committed.0, self.committed.1?);
        let stored = *self.stores[0].get(&first)?;
        Plan::again(end, self.then?).goes_on(stored).is_none().then_some((first, stored))
    }

    /// Carries a request out; the answer is none where it is refused.
    fn carry_out(&mut self, request: Request, rules: Rules) -> Option<i64> {
        match request {
            Request::Commit { by, .. } if rules.fenced && by != self.owner => None,
            Request::Commit { offset, end, .. } => {
                (self.committed, self.then) = ((offset, end), None);
                Some(offset)
            }
            // Create-once, and what is there is adopted.
            Request::Put { sink, first, end } => Some(*self.stores[sink].entry(first).or_insert(end)),
        }
    }

    fn with_fault(&self) -> Self {
        Self { faults: self.faults - 1, ..self.clone() }
    }

    fn after(&self, at: usize, event: Event) -> Self {
        let mut world = self.clone();
        world.consumers[at].step(event);
        world
    }

    fn steps_of(&self, at: usize, rules: Rules, worlds: &mut Vec<Self>) {
        match self.consumers[at].machine.action() {
            Action::Read => {
                let (offset, end) = self.committed;
                let mut read = self.after(at, Event::Place { offset, end });
                read.consumers[at].plan = end.zip(self.then);
                worlds.push(read);
            }
            Action::Choose { first, .. } if first >= rules.end => {
                worlds.push(self.after(at, Event::Nothing));
            }
            Action::Choose { first, .. } => {
                worlds.extend((first + 1..=rules.end).map(|end| self.after(at, Event::Chosen(end))));
            }
            Action::Plan { first, end } => {
                let request = Request::Commit { by: at, offset: first, end: Some(end) };
                self.ask(at, request, rules, |_, _| Some(Event::Planned), worlds);
            }
            Action::Commit { end } => {
                let offset = self.consumers[at].goes_on(end).unwrap_or(end);
                let request = Request::Commit { by: at, offset, end: None };
                self.ask(at, request, rules, |_, _| Some(Event::committed(end, offset)), worlds);
            }
            Action::Run { first, end } => {
                let sink = self.consumers[at].receipts.len();
                let request = Request::Put { sink, first, end };
                self.ask(at, request, rules, |consumer, end| consumer.receipt(end, rules), worlds);
            }
            Action::Pause { .. } => worlds.push(self.after(at, Event::Paused)),
            // Only where the command commits: `transactions`.
            Action::Confirm { .. } | Action::Rest(_) => {}
        }
    }

    /// One request with all that may become of it.
    fn ask(
        &self,
        at: usize,
        request: Request,
        rules: Rules,
        answer: impl Fn(&mut Consumer, i64) -> Option<Event>,
        worlds: &mut Vec<Self>,
    ) {
        let mut done = self.clone();
        match done.carry_out(request, rules) {
            Some(value) => {
                if let Some(event) = answer(&mut done.consumers[at], value) {
                    done.consumers[at].step(event);
                }
            }
            None => done.consumers[at].step(Event::Overtaken),
        }
        worlds.push(done);
        if self.faults == 0 {
            return;
        }
        // It never arrived; or it was carried out and the answer was lost, or the asker died of it.
        let lost = self.with_fault().after(at, Event::Failed { again: true });
        let mut unheard = lost.clone();
        unheard.carry_out(request, rules);
        if rules.late {
            let mut late = lost.clone();
            late.late.insert(request);
            worlds.push(late);
        }
        worlds.extend([lost, unheard]);
    }
}

/// All ranges of offsets before `end`, and an empty one.
fn parts(end: i64) -> impl Iterator<Item = Range<i64>> {
    (0..end).flat_map(move |first| (first + 1..=end).map(move |end| first..end)).chain(std::iter::once(0..0))
}

impl Consumer {
    /// Where the group goes on when its batch is stored up to `stored`.
    fn goes_on(&self, stored: i64) -> Option<i64> {
        let Some((end, then)) = self.plan else { return Some(stored) };
        Plan::again(end, then).goes_on(stored)
    }

    /// One more sink has told what it stored; the last one settles the batch.
    fn receipt(&mut self, end: i64, rules: Rules) -> Option<Event> {
        self.receipts.push(end);
        if self.receipts.len() < rules.sinks {
            return None;
        }
        let agree = self.receipts.iter().all(|receipt| *receipt == end);
        let fits = self.goes_on(end).is_some();
        Some(if agree && fits { Event::Stored(end) } else { Event::Failed { again: false } })
    }
}

/// One store, and nobody to keep order but the protocol.
const ALONE: Rules = Rules { sinks: 1, fenced: false, late: true, faults: 2, end: 3, resets: None };
const TWO: Rules = Rules { sinks: 2, ..ALONE };

#[test]
fn one_store_needs_neither_fences_nor_punctual_requests() {
    let states = explore::<World>(ALONE);
    assert!(states > 50_000, "{states} states: the model has lost its faults");
}

/// The same with one fault more: half a minute, for `tests/soak`.
#[test]
#[ignore = "3.5 million states"]
fn one_store_needs_neither_fences_nor_punctual_requests_soak() {
    let states = explore::<World>(Rules { faults: 3, ..ALONE });
    assert!(states > 3_000_000, "{states} states: the model has lost its faults");
}

#[test]
fn two_stores_agree_where_the_broker_fences_commits() {
    let states = explore::<World>(Rules { fenced: true, late: false, faults: 4, ..TWO });
    assert!(states > 5000, "{states} states: the model has lost its faults");
}

#[test]
#[should_panic(expected = "left in peace gives up")]
fn without_the_fence_two_stores_could_disagree_and_the_model_sees_it() {
    explore::<World>(Rules { faults: 3, ..TWO });
}

/// A person asks for a range once more.
const ASKED: Rules = Rules { faults: 1, resets: Some(Fence::Holds), ..ALONE };

#[test]
fn a_range_that_is_asked_for_again_is_all_that_is_landed_again() {
    let states = explore::<World>(ASKED);
    assert!(states > 5000, "{states} states: the model has lost its resets");
}

/// The same with an offset more, so that there are some before the range, behind it and behind all: half a minute.
#[test]
#[ignore = "1.3 million states"]
fn a_range_that_is_asked_for_again_is_all_that_is_landed_again_soak() {
    let states = explore::<World>(Rules { end: 4, ..ASKED });
    assert!(states > 1_000_000, "{states} states: the model has lost its resets");
}

#[test]
#[should_panic(expected = "in the wrong number of objects")]
fn without_the_fence_a_commit_from_before_would_undo_the_plan_and_the_model_sees_it() {
    explore::<World>(Rules { resets: Some(Fence::Broken), ..ASKED });
}
