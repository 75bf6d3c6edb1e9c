//! Members that stop, are taken for dead, and come back; that join and leave while batches run.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpgid, kill_process_group};

use super::crash::{POINTS, stop_at};
use super::dice::Dice;
use super::hands::{places, wait_until};
use super::processes::{wait_until_gone, wait_until_stopped};
use super::scene::Scene;
use super::world::World;
use crate::support::{finish, signal};

/// Lets a stopped consumer go on, which then ends by itself: that it was given up is no failure of a command. A question
/// that was asked when it stopped, and has no answer, may be one.
#[track_caller]
fn wake(zombie: Child, what: &str) {
    signal(&zombie, libc::SIGCONT);
    let ran = finish(zombie).exits(0);
    let mut failures =
        ran.stderr.lines().filter(|line| line.contains("; attempt ") || line.contains("giving up"));
    assert!(failures.all(|line| line.contains("timed out in queue")), "{what}: {ran:?}");
}

#[test]
fn exactly_once_when_a_consumer_stops_at_each_point_and_comes_back() {
    let mut world = World::new(4, 0);
    (world.batch, world.options) = (20, vec!["--max-attempts", "1"]);
    // The last two are reached when everything is done.
    for point in &POINTS[..POINTS.len() - 2] {
        world.produce(200);
        come_back(&world, point);
    }
    assert_eq!(world.check().records, world.count());
}

/// Stops a consumer at a point, and lets it go on when all is done.
#[track_caller]
pub fn come_back(scene: &dyn Scene, point: &str) {
    let zombie = stop_at(scene.consumer(&scene.land()), point);
    // Another one waits for the end of its session, takes over, and does all there is.
    scene.finish();
    wake(zombie, point);
}

/// Where a sink can stop that stores an object, and the account of its rejects.
const IN_ONE: [&str; 10] = [
    "s3.look.before",
    "s3.look.after",
    "s3.probe.before",
    "s3.probe.after",
    "s3.rejects.before",
    "s3.rejects.after",
    "s3.put.before",
    "s3.put.after",
    "report.before",
    "report.after",
];
/// Where it can stop besides if it stores it in parts.
const IN_PARTS: [&str; 6] = [
    "s3.create.before",
    "s3.create.after",
    "s3.part.before",
    "s3.part.after",
    "s3.complete.before",
    "s3.complete.after",
];

/// A world of small batches with rejects; and one of batches that are stored in parts.
fn small() -> World {
    let mut world = World::new(1, 0);
    (world.batch, world.options) = (50, vec!["--max-attempts", "1", "--max-rejects", "100%"]);
    world
}

fn large() -> World {
    let mut world = small();
    (world.batch, world.encode, world.put) = (20_000, "--compression none", "--part-size 5MiB");
    world
}

/// Starts a consumer whose sink, run by way of `by`, stops at a point; returns both once it has.
fn stopped_sink(world: &World, by: &str, point: &str) -> (Child, u32) {
    let [hash, encode, put] = world.stages();
    let note = world.dir.join("sink");
    let _ = fs::remove_file(&note);
    let stop = format!("echo $$ > {}; SLUICEBOX_FAULT=stop@{point} exec {by} {put}", note.display());
    let consumer = world.consumer(&format!("{hash} | {encode} | sh -c '{stop}'")).spawn();
    let sink = noted(&note);
    wait_until_stopped(sink, point);
    (consumer, sink)
}

#[test]
fn exactly_once_when_a_sink_stops_and_comes_back_after_all_is_done() {
    stop_sinks(small(), 100, &IN_ONE);
}

#[test]
fn exactly_once_when_a_sink_stops_between_parts_and_comes_back_after_all_is_done() {
    stop_sinks(large(), 20_000, &IN_PARTS);
}

fn stop_sinks(world: World, users: u32, points: &[&str]) {
    for point in points {
        world.produce_with_rejects(users);
        // In a session of its own: otherwise the kernel ends what stands still when the consumer is gone.
        let (mut consumer, zombie) = stopped_sink(&world, "setsid", point);
        consumer.kill().unwrap();
        // Its outputs are not waited for: the sink has them, too.
        consumer.wait().unwrap();
        world.finish();
        wait_until_stopped(zombie, point);
        kill_process_group(group_of(zombie), Signal::CONT).unwrap();
        wait_until_gone(zombie, point);
    }
    count(&world);
}

#[test]
fn exactly_once_when_a_consumer_and_its_command_freeze_together() {
    freeze_all(small(), 100, &IN_ONE);
}

#[test]
fn exactly_once_when_a_consumer_and_its_command_freeze_together_between_parts() {
    freeze_all(large(), 20_000, &IN_PARTS);
}

/// As when a machine sleeps, at each point of the sink, until another one has done all; then all go on.
fn freeze_all(world: World, users: u32, points: &[&str]) {
    for (at, point) in points.iter().enumerate() {
        world.produce_with_rejects(users);
        let (consumer, sink) = stopped_sink(&world, "", point);
        let command = group_of(sink);
        kill_process_group(command, Signal::STOP).unwrap();
        signal(&consumer, libc::SIGSTOP);
        wait_until_stopped(consumer.id(), point);
        world.finish();
        wait_until_stopped(sink, point);
        // Who goes on first is chance: once it is the command, once the consumer, which may end it at once.
        let command_goes_on = || {
            let _ = kill_process_group(command, Signal::CONT);
        };
        if at % 2 == 0 {
            command_goes_on();
            wake(consumer, point);
        } else {
            signal(&consumer, libc::SIGCONT);
            command_goes_on();
            wake(consumer, point);
        }
        wait_until_gone(sink, point);
    }
    count(&world);
}

/// The group of a process: a command has one of its own.
#[track_caller]
fn group_of(process: u32) -> Pid {
    getpgid(Pid::from_raw(process as i32)).expect("it is there")
}

#[track_caller]
fn count(world: &World) {
    let count = world.check();
    assert_eq!(count.records + count.rejects, world.count());
}

/// The number that a script has left in a file.
#[track_caller]
fn noted(note: &Path) -> u32 {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(Ok(number)) = fs::read_to_string(note).ok().map(|text| text.trim().parse()) {
            return number;
        }
        assert!(Instant::now() < deadline, "the script has not begun");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn exactly_once_when_the_plan_is_lost_and_the_object_is_there() {
    let mut world = World::new(1, 300);
    world.batch = 100;
    let ran = world.run(&world.land(), Some("kill@commit.before"));
    assert_eq!(ran.signal, Some(libc::SIGKILL), "{ran:?}");
    // Its batch [0, 100) is stored and not committed; now nobody knows of the plan.
    wait_until("the session of the dead is over", || places(&world)[0]["members"] == 0);
    let reset = ["reset", &world.group, "--topic", &world.topic, "--at", "0", "--yes"];
    world.kafka("topic-admin").args(reset).go().exits(0);
    world.batch = 70;
    world.finish();
    let count = world.check();
    assert_eq!((count.records, count.objects), (300, 4), "0 to 100 adopted, then 170, 240, 300");
}

/// What is done to the members of a group.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// One more.
    Join,
    /// The oldest one is asked to end.
    Leave,
    /// The oldest one is killed.
    Die,
    /// The oldest one stops.
    Stop,
    /// It goes on.
    GoOn,
}

use Step::{Die, GoOn, Join, Leave, Stop};

struct Members<'a> {
    scene: &'a dyn Scene,
    all: Vec<Child>,
}

impl Members<'_> {
    fn step(&mut self, step: Step) {
        match step {
            Join => self.all.push(self.scene.consumer(&self.scene.slowly()).spawn()),
            Stop => signal(&self.all[0], libc::SIGSTOP),
            GoOn => signal(&self.all[0], libc::SIGCONT),
            Leave => {
                let member = self.all.remove(0);
                signal(&member, libc::SIGTERM);
                let ran = finish(member);
                assert!(ran.signal == Some(libc::SIGTERM) || matches!(ran.code, Some(0 | 75)), "{ran:?}");
            }
            Die => {
                let member = self.all.remove(0);
                signal(&member, libc::SIGKILL);
                finish(member);
            }
        }
    }
}

fn come_and_go(users: u32, steps: &[(u64, Step)]) {
    let mut world = World::new(6, users);
    (world.batch, world.options) = (15, vec!["--max-children", "3", "--max-attempts", "1"]);
    take_steps(&world, steps);
}

/// Each step comes so many milliseconds after the one before.
pub fn take_steps(scene: &dyn Scene, steps: &[(u64, Step)]) {
    let mut members = Members { scene, all: Vec::new() };
    for (wait, step) in steps {
        thread::sleep(Duration::from_millis(*wait));
        members.step(*step);
    }
    for member in members.all {
        let ran = finish(member);
        assert!(matches!(ran.code, Some(0 | 75)), "{ran:?}");
    }
    scene.finish();
    scene.check();
}

#[test]
fn exactly_once_while_two_consumers_join_and_leave() {
    let steps =
        [(0, Join), (500, Join), (400, Leave), (300, Join), (250, Leave), (0, Join), (350, Die), (100, Join)];
    come_and_go(1500, &steps);
}

#[test]
fn exactly_once_while_three_consumers_join_stop_and_die() {
    let stopped = [(300, Stop), (200, Join), (1600, GoOn), (200, Die), (0, Join)];
    let again = [(300, Stop), (1500, GoOn), (100, Leave)];
    come_and_go(2500, &[&[(0, Join), (0, Join), (600, Join)], &stopped[..], &again].concat());
}

#[test]
fn exactly_once_with_members_at_random() {
    come_and_go(2500, &at_random());
}

/// Members come, leave and die; when, and who, is up to the dice.
pub fn at_random() -> Vec<(u64, Step)> {
    let mut dice = Dice::new(7);
    let (mut steps, mut members) = (vec![(0, Join), (100, Join)], 2);
    for _ in 0..14 {
        let step = match (dice.below(4), members) {
            (0, 2..) | (_, 4..) => Die,
            (1, 2..) => Leave,
            _ => Join,
        };
        members = if matches!(step, Join) { members + 1 } else { members - 1 };
        steps.push((dice.below(700), step));
    }
    steps
}
