//! The protocol where the command commits, explored: every order of steps of two consumers and of
//! their commands, with crashes of either, lost answers, requests that arrive long after their sender
//! has died, transactions that time out, and consumers that go on although their partition was given to
//! another. In every state that can be reached:
//!
//! - the visible ranges form one chain from the start, without a gap and without an overlap;
//! - the committed offset is the end of that chain;
//! - a command that says it has committed has;
//! - one consumer that is left in peace brings the work to its end.
//!
//! That the group refuses the offsets of those who have left it is not even modelled: that a producer
//! ends all older ones of its name, and looks again after that, is enough by itself.

use std::collections::BTreeSet;

use super::{State, explore};
use crate::batch::machine::{Action, Commits, Event, Machine, Rest};

/// The topic holds offsets 0 and 1.
const END: i64 = 2;
/// So many failures in a row are allowed: enough never to be what ends an exploration.
const ATTEMPTS: u32 = 100;

#[derive(Clone, Copy)]
struct Rules {
    /// Whether a command looks where the group stands, after it has ended all older producers.
    look_again: bool,
    /// How many faults there are in all.
    faults: u8,
}

/// What a command asks of Kafka, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Step {
    Init,
    Look,
    Produce,
    Offsets,
    End,
}

/// A command at its next step. `latest`: no other has done its `Init` since this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Child {
    first: i64,
    end: i64,
    step: Step,
    latest: bool,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Consumer {
    machine: Machine,
    child: Option<Child>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct World {
    committed: i64,
    visible: Vec<(i64, i64)>,
    /// The open transaction, and whether the offset is in it. It is of the latest producer.
    open: Option<(i64, i64, bool)>,
    consumers: Vec<Consumer>,
    /// Commands whose consumer has died.
    orphans: BTreeSet<Child>,
    /// Requests of commands that have died.
    late: BTreeSet<Child>,
    faults: u8,
}

impl Consumer {
    fn new() -> Self {
        let mut machine = Machine::new(Commits::Command, ATTEMPTS);
        machine.step(&Event::Paused);
        Self { machine, child: None }
    }

    fn step(&mut self, event: &Event) {
        self.child = None;
        self.machine.step(event);
        // The number of failures only delays: left out, it keeps the number of states small.
        if matches!(event, Event::Failed { again: true }) {
            *self = Self::new();
        }
    }
}

impl State for World {
    type Rules = Rules;

    fn first(rules: Rules) -> Self {
        Self {
            committed: 0,
            visible: Vec::new(),
            open: None,
            consumers: vec![Consumer::new(); 2],
            orphans: BTreeSet::new(),
            late: BTreeSet::new(),
            faults: rules.faults,
        }
    }

    fn check(&self) {
        let mut joint = 0;
        for &(first, end) in &self.visible {
            assert_eq!(first, joint, "a gap or an overlap: {:?}", self.visible);
            joint = end;
        }
        assert_eq!(self.committed, joint, "records and offset are apart: {:?}", self.visible);
    }

    fn finish(&self, rules: Rules) {
        let mut world = self.clone();
        (world.faults, world.late, world.orphans) = (0, BTreeSet::new(), BTreeSet::new());
        world.consumers = vec![Consumer::new()];
        for _ in 0..100 {
            match world.next(rules).pop() {
                Some(next) => world = next,
                None => break,
            }
        }
        assert_eq!(world.consumers[0].machine.action(), Action::Rest(Rest::Done));
        world.check();
        assert_eq!(world.committed, END);
    }

    fn next(&self, rules: Rules) -> Vec<Self> {
        let mut worlds = Vec::new();
        for at in 0..self.consumers.len() {
            match self.consumers[at].child {
                Some(child) => self.steps_of_child(child, Some(at), rules, &mut worlds),
                None => self.steps_of(at, &mut worlds),
            }
            if self.faults > 0 {
                // It dies, and another takes its place; its command goes on by itself.
                let mut died = self.with_fault();
                died.orphans.extend(died.consumers[at].child);
                died.consumers[at] = Consumer::new();
                worlds.push(died);
            }
        }
        for &child in &self.orphans {
            let mut world = self.clone();
            world.orphans.remove(&child);
            world.steps_of_child(child, None, rules, &mut worlds);
        }
        for &request in &self.late {
            let mut arrived = self.clone();
            arrived.late.remove(&request);
            arrived.carry_out(request, rules);
            worlds.push(arrived);
        }
        if self.faults > 0 && self.open.is_some() {
            // Time is up.
            let mut aborted = self.with_fault();
            aborted.init();
            worlds.push(aborted);
        }
        worlds
    }
}

impl World {
    /// A new producer of the name: all others are refused from now on, what is open is aborted.
    fn init(&mut self) {
        let older = |child: Child| Child { latest: false, ..child };
        self.open = None;
        self.consumers.iter_mut().for_each(|consumer| consumer.child = consumer.child.map(older));
        self.orphans = self.orphans.iter().copied().map(older).collect();
        self.late = self.late.iter().copied().map(older).collect();
    }

    /// Carries out what a command asks for; whether it is allowed to go on.
    fn carry_out(&mut self, child: Child, rules: Rules) -> bool {
        match (child.step, self.open) {
            (Step::Init, _) => self.init(),
            (Step::Look, open) => {
                let settled = !open.is_some_and(|(.., offsets)| offsets);
                return !rules.look_again || (settled && self.committed == child.first);
            }
            _ if !child.latest => return false,
            (Step::Produce, _) => self.open = Some((child.first, child.end, false)),
            (Step::Offsets, Some((first, end, _))) => self.open = Some((first, end, true)),
            (Step::End, Some((first, end, true))) => {
                self.visible.push((first, end));
                (self.committed, self.open) = (end, None);
            }
            // The broker has aborted it meanwhile.
            (Step::Offsets | Step::End, _) => return false,
        }
        true
    }

    fn with_fault(&self) -> Self {
        Self { faults: self.faults - 1, ..self.clone() }
    }

    fn after(&self, at: usize, event: &Event) -> Self {
        let mut world = self.clone();
        world.consumers[at].step(event);
        world
    }

    /// Where the group stands: whoever cannot read it ends the transaction that is in the way.
    fn read(&self) -> (Self, i64) {
        let mut world = self.clone();
        if world.open.is_some_and(|(.., offsets)| offsets) {
            world.init();
        }
        let committed = world.committed;
        (world, committed)
    }

    fn steps_of(&self, at: usize, worlds: &mut Vec<Self>) {
        match self.consumers[at].machine.action() {
            Action::Read => {
                let (world, offset) = self.read();
                worlds.push(world.after(at, &Event::Place { offset, end: None }));
            }
            Action::Choose { first, .. } if first >= END => worlds.push(self.after(at, &Event::Nothing)),
            Action::Choose { first, .. } => {
                worlds.extend((first + 1..=END).map(|end| self.after(at, &Event::Chosen(end))));
            }
            Action::Run { first, end } => {
                let mut world = self.clone();
                world.consumers[at].child = Some(Child { first, end, step: Step::Init, latest: false });
                worlds.push(world);
            }
            Action::Confirm { end } => {
                let (world, stands) = self.read();
                assert!(stands >= end, "a command has lied");
                let event = if stands == end { Event::Committed } else { Event::Failed { again: true } };
                worlds.push(world.after(at, &event));
            }
            Action::Pause { .. } => worlds.push(self.after(at, &Event::Paused)),
            Action::Plan { .. } | Action::Commit { .. } => panic!("the consumer itself commits nothing"),
            Action::Rest(_) => {}
        }
    }

    /// One request of a command, with all that may become of it.
    fn steps_of_child(&self, child: Child, parent: Option<usize>, rules: Rules, worlds: &mut Vec<Self>) {
        let ended = |world: Self, event: &Event| match parent {
            Some(at) => world.after(at, event),
            None => world,
        };
        let failed = Event::Failed { again: true };
        let mut done = self.clone();
        let allowed = done.carry_out(child, rules);
        worlds.push(match child.next() {
            _ if !allowed => ended(done.clone(), &failed),
            None => ended(done.clone(), &Event::Stored(child.end)),
            Some(next) => {
                let mut world = done.clone();
                match parent {
                    Some(at) => world.consumers[at].child = Some(next),
                    None => drop(world.orphans.insert(next)),
                }
                world
            }
        });
        if self.faults == 0 {
            return;
        }
        // It dies: before its request arrived, or after, or the request arrives when it is dead.
        let lost = ended(self.with_fault(), &failed);
        let mut late = lost.clone();
        late.late.insert(child);
        let unheard = Self { faults: self.faults - 1, ..ended(done, &failed) };
        worlds.extend([lost, late, unheard]);
    }
}

impl Child {
    /// What it asks for after this was allowed; none if that was all.
    fn next(self) -> Option<Self> {
        let (step, latest) = match self.step {
            Step::Init => (Step::Look, true),
            Step::Look => (Step::Produce, self.latest),
            Step::Produce => (Step::Offsets, self.latest),
            Step::Offsets => (Step::End, self.latest),
            Step::End => return None,
        };
        Some(Self { step, latest, ..self })
    }
}

#[test]
fn a_producer_that_ends_all_older_ones_and_looks_again_is_exact() {
    let states = explore::<World>(Rules { look_again: true, faults: 2 });
    assert!(states > 10_000, "{states} states: the model has lost its faults");
}

#[test]
#[ignore = "millions of states"]
fn a_producer_that_ends_all_older_ones_and_looks_again_is_exact_soak() {
    let states = explore::<World>(Rules { look_again: true, faults: 3 });
    assert!(states > 100_000, "{states} states: the model has lost its faults");
}

#[test]
#[should_panic(expected = "a gap or an overlap")]
fn without_the_second_look_a_stale_consumer_would_store_twice_and_the_model_sees_it() {
    explore::<World>(Rules { look_again: false, faults: 2 });
}
