//! Commits that the coordinator refuses because the group changes: no failure of a command, and no attempt.
//!
//! Everything here runs with `--max-attempts 1`: whatever counts as a failure ends the run.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::hands::{PATIENT, at_work, committed, ends_with, go_on, held, serve, wait_until};
use super::leader::Leader;
use super::world::World;
use crate::support::{SOON, finish, signal};

const ONCE: [&str; 2] = ["--max-attempts", "1"];
/// What is said of a commit that was refused.
const ASIDE: &str = "the group is changing, and the batch waits for it";
/// What librdkafka says when it joins, and when it commits.
const JOINS: &str = "Joining group ";
const COMMITS: &str = "Committing offsets for 1 partition";
/// What is said of a failure.
const FAILURES: [&str; 3] = ["attempt 1 of", "giving up", "(try: "];

/// What a running process says on stderr, as it says it.
struct Said(Arc<Mutex<String>>);

impl Said {
    fn of(child: &mut Child) -> Self {
        let said = Self(Arc::default());
        let (lines, of_thread) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&said.0));
        thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                *of_thread.lock().unwrap() += &format!("{line}\n");
            }
        });
        said
    }

    fn times(&self, words: &str) -> usize {
        self.0.lock().unwrap().matches(words).count()
    }
}

/// How often the script that is [`held`] was run.
fn runs(world: &World) -> usize {
    fs::read_to_string(world.dir.join("runs")).unwrap_or_default().len()
}

/// A group of one consumer that works on the one partition, and of a leader that has nothing.
struct Scene {
    world: World,
    leader: Leader,
    consumer: Child,
    said: Said,
    /// The consumer, to the group.
    name: String,
}

impl Scene {
    fn new(users: u32, start: impl FnOnce(&mut World, &[&'static str]) -> Child) -> Self {
        let mut world = World::new(1, users);
        let mut leader = Leader::join(&world.brokers, &world.group, &world.topic);
        let mut consumer = start(&mut world, &["--max-attempts", "1", "-vv", "-X", "debug=cgrp"]);
        let said = Said::of(&mut consumer);
        leader.wait_for_another();
        leader.call_together();
        let name = leader.others[0].clone();
        leader.settle(&name);
        wait_until("it has the partition", || said.times(": assigned ") == 1);
        Self { world, leader, consumer, said, name }
    }

    /// Has another consumer join; returns when the first one has joined anew, and waits for the leader.
    fn change(&mut self, another: impl FnOnce(&mut World) -> Child) -> Child {
        let before = self.said.times(JOINS);
        let another = another(&mut self.world);
        self.leader.wait_for_another();
        wait_until("it joins anew", || self.said.times(JOINS) > before);
        another
    }

    /// Does what leads to a commit, has the group come together behind it, and waits until it is refused.
    fn refused(&mut self, commits: impl FnOnce(&World)) {
        let (before, aside) = (self.said.times(COMMITS), self.said.times(ASIDE));
        commits(&self.world);
        wait_until("it commits", || self.said.times(COMMITS) > before);
        self.leader.call_together();
        wait_until("the commit is refused", || self.said.times(ASIDE) > aside);
    }

    /// Gives the partition to a member, and waits until the group stands at `end`.
    fn lands(&mut self, owner: &str, end: i64) {
        let begin = Instant::now();
        self.leader.settle(owner);
        while committed(&self.world) != [end] {
            assert!(begin.elapsed() < SOON, "{end} is not landed: {}", self.said.0.lock().unwrap());
            self.leader.attend(owner);
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn has_said_nothing_of_failures(&self) {
        for words in FAILURES {
            assert_eq!(self.said.times(words), 0, "{words}: {}", self.said.0.lock().unwrap());
        }
    }
}

/// The consumer, to its end.
fn to_the_end(world: &mut World, options: &[&'static str]) -> Child {
    world.options = options.to_vec();
    world.consumer(&held(world)).start()
}

#[test]
fn exactly_once_when_the_commit_of_a_batch_meets_a_rebalance() {
    for stays in [true, false] {
        let mut scene = Scene::new(100, to_the_end);
        wait_until("the batch runs", || runs(&scene.world) == 1);
        let another = scene.change(|world| to_the_end(world, &ONCE));
        scene.refused(go_on);
        // However long it takes, the command is not run again meanwhile.
        thread::sleep(Duration::from_secs(2));
        assert_eq!((committed(&scene.world), runs(&scene.world)), (vec![0], 1));
        let owner = scene.leader.others.iter().find(|member| (**member == scene.name) == stays).unwrap();
        let owner = owner.clone();
        scene.lands(&owner, 100);
        assert!(runs(&scene.world) >= 2);
        scene.has_said_nothing_of_failures();
        scene.leader.leave();
        for consumer in [scene.consumer, another] {
            let ran = finish(consumer).exits(0);
            FAILURES.iter().for_each(|words| assert!(!ran.stderr.contains(words), "{words}: {}", ran.stderr));
        }
        let count = scene.world.check();
        assert_eq!((count.records, count.objects), (100, 1));
    }
}

#[test]
fn exactly_once_when_the_commit_of_a_plan_meets_a_rebalance() {
    let mut scene = Scene::new(0, |world, options| serve(world, options, &held(world)));
    go_on(&scene.world);
    // What was landed tells that it knows its place: it could not ask for that while it waits for the leader.
    scene.world.produce(50);
    wait_until("the first batch is landed", || committed(&scene.world) == [50]);
    let another = scene.change(|world| serve(world, &ONCE, &held(world)));
    scene.refused(|world| world.produce(50));
    assert_eq!((committed(&scene.world), runs(&scene.world)), (vec![50], 1));
    let name = scene.name.clone();
    scene.lands(&name, 100);
    // Asked to end while it waits for the group, it ends.
    let third = scene.change(|world| serve(world, &ONCE, &held(world)));
    scene.refused(|world| world.produce(50));
    signal(&scene.consumer, libc::SIGTERM);
    scene.has_said_nothing_of_failures();
    scene.leader.leave();
    let ran = finish(scene.consumer);
    assert_eq!(ran.signal, Some(libc::SIGTERM), "{ran:?}");
    wait_until("another one has landed the rest", || committed(&scene.world) == [150]);
    for consumer in [another, third] {
        signal(&consumer, libc::SIGTERM);
        let ran = finish(consumer);
        assert_eq!(ran.signal, Some(libc::SIGTERM), "{ran:?}");
        FAILURES.iter().for_each(|words| assert!(!ran.stderr.contains(words), "{words}: {}", ran.stderr));
    }
    let count = scene.world.check();
    assert_eq!((count.records, count.objects), (150, 3));
}

#[test]
fn exactly_once_when_another_process_joins_under_the_name_of_a_member() {
    let world = World::new(1, 100);
    let named = [&ONCE[..], &PATIENT, &["-X", "group.instance.id=one"]].concat();
    let first = at_work(&world, &named);
    let second = serve(&world, &named, &held(&world));
    // It can never go on, and no attempt of a batch is to blame.
    let ran = ends_with(finish(first), 75, &["another process has joined it under the group.instance.id"]);
    assert!(!ran.stderr.contains("attempt"), "{}", ran.stderr);
    go_on(&world);
    wait_until("the other one has landed it", || committed(&world) == [100]);
    signal(&second, libc::SIGTERM);
    let ran = finish(second);
    assert_eq!((ran.signal, &*ran.stderr), (Some(libc::SIGTERM), ""));
    assert_eq!(world.check().objects, 1);
}
