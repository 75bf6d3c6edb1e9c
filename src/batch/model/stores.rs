//! The protocol, explored: every order of steps of two consumers and two stores, with crashes, lost
//! answers, requests that arrive long after their sender has died, and consumers that go on although
//! their partition was given to another. In every state that can be reached:
//!
//! - the objects form one chain from the start, without a gap and without an overlap;
//! - the committed offset is a joint of that chain;
//! - one consumer that is left in peace brings the work to its end, each record in one object.

use std::collections::{BTreeMap, BTreeSet};

use super::{State, explore};
use crate::batch::machine::{Action, Commits, Event, Machine, Rest};

/// The topic holds offsets 0, 1 and 2.
const END: i64 = 3;
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
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct World {
    /// The committed offset, and the planned end with it.
    committed: (i64, Option<i64>),
    /// Of each store: the ends of the objects, by their starts.
    stores: Vec<BTreeMap<i64, i64>>,
    consumers: Vec<Consumer>,
    owner: usize,
    late: BTreeSet<Request>,
    faults: u8,
}

/// A consumer, and how far the sinks of its running batch are.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Consumer {
    machine: Machine,
    receipts: Vec<i64>,
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
        Self { machine, receipts: Vec::new() }
    }

    fn step(&mut self, event: Event) {
        self.receipts.clear();
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
            stores: vec![BTreeMap::new(); rules.sinks],
            consumers: vec![Consumer::new(); 2],
            owner: 0,
            late: BTreeSet::new(),
            faults: rules.faults,
        }
    }

    fn check(&self) {
        for store in &self.stores {
            let mut joint = 0;
            let mut joints = vec![0];
            for (&first, &end) in store {
                assert_eq!(first, joint, "a gap or an overlap: {store:?}");
                assert!(end > first && end <= END);
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
        assert_eq!(rest, Action::Rest(Rest::Done), "a consumer that is left in peace gives up");
        assert_eq!(world.committed, (END, None));
        world.check();
        assert!(world.stores.iter().all(|store| store.values().last() == Some(&END)));
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
        worlds
    }
}

impl World {
    /// Carries a request out; the answer is none where it is refused.
    fn carry_out(&mut self, request: Request, rules: Rules) -> Option<i64> {
        match request {
            Request::Commit { by, .. } if rules.fenced && by != self.owner => None,
            Request::Commit { offset, end, .. } => {
                self.committed = (offset, end);
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
                worlds.push(self.after(at, Event::Place { offset, end }));
            }
            Action::Choose { first, .. } if first >= END => worlds.push(self.after(at, Event::Nothing)),
            Action::Choose { first, .. } => {
                worlds.extend((first + 1..=END).map(|end| self.after(at, Event::Chosen(end))));
            }
            Action::Plan { first, end } => {
                let request = Request::Commit { by: at, offset: first, end: Some(end) };
                self.ask(at, request, rules, |_, _| Some(Event::Planned), worlds);
            }
            Action::Commit { end } => {
                let request = Request::Commit { by: at, offset: end, end: None };
                self.ask(at, request, rules, |_, _| Some(Event::Committed), worlds);
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
            None => done.consumers[at].step(Event::Failed { again: true }),
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

impl Consumer {
    /// One more sink has told what it stored; the last one settles the batch.
    fn receipt(&mut self, end: i64, rules: Rules) -> Option<Event> {
        self.receipts.push(end);
        if self.receipts.len() < rules.sinks {
            return None;
        }
        let agree = self.receipts.iter().all(|receipt| *receipt == end);
        Some(if agree { Event::Stored(end) } else { Event::Failed { again: false } })
    }
}

#[test]
fn one_store_needs_neither_fences_nor_punctual_requests() {
    let states = explore::<World>(Rules { sinks: 1, fenced: false, late: true, faults: 2 });
    assert!(states > 50_000, "{states} states: the model has lost its faults");
}

/// The same with one fault more: half a minute, for `tests/soak`.
#[test]
#[ignore = "3.5 million states"]
fn one_store_needs_neither_fences_nor_punctual_requests_soak() {
    let states = explore::<World>(Rules { sinks: 1, fenced: false, late: true, faults: 3 });
    assert!(states > 3_000_000, "{states} states: the model has lost its faults");
}

#[test]
fn two_stores_agree_where_the_broker_fences_commits() {
    let states = explore::<World>(Rules { sinks: 2, fenced: true, late: false, faults: 4 });
    assert!(states > 5000, "{states} states: the model has lost its faults");
}

#[test]
#[should_panic(expected = "left in peace gives up")]
fn without_the_fence_two_stores_could_disagree_and_the_model_sees_it() {
    explore::<World>(Rules { sinks: 2, fenced: false, late: true, faults: 3 });
}
