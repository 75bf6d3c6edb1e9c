//! Members that stop, are taken for dead, and come back; that join and leave while batches run.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use super::crash::POINTS;
use super::dice::Dice;
use super::hands::{places, wait_until};
use super::processes::{wait_until_gone, wait_until_stopped};
use super::world::World;
use crate::support::{finish, signal};

/// Lets a stopped consumer go on, which then ends by itself: that it was given up is no failure of a command.
#[track_caller]
fn wake(zombie: Child, what: &str) {
    signal(&zombie, libc::SIGCONT);
    let ran = finish(zombie).exits(0);
    assert!(!ran.stderr.contains("attempt") && !ran.stderr.contains("giving up"), "{what}: {ran:?}");
}

#[test]
fn exactly_once_when_a_consumer_stops_at_each_point_and_comes_back() {
    let mut world = World::new(4, 0);
    (world.batch, world.options) = (20, vec!["--max-attempts", "1"]);
    // The last two are reached when everything is done.
    for point in &POINTS[..POINTS.len() - 2] {
        world.produce(200);
        let mut consumer = world.consumer(&world.land()).env("SLUICEBOX_FAULT", format!("stop@{point}"));
        let zombie = consumer.spawn();
        wait_until_stopped(zombie.id(), point);
        // Another one waits for the end of its session, takes over, and does all there is.
        world.finish();
        wake(zombie, point);
    }
    assert_eq!(world.check().records, world.count());
}

#[test]
fn exactly_once_when_a_sink_stops_and_comes_back_after_all_is_done() {
    let mut world = World::new(1, 0);
    world.batch = 50;
    let points = ["s3.look.after", "s3.probe.after", "s3.put.before", "s3.put.after", "report.before"];
    for point in points {
        world.produce(100);
        let [hash, encode, put] = world.stages();
        let note = world.dir.join("sink");
        let _ = fs::remove_file(&note);
        let stop = format!("echo $$ > {}; SLUICEBOX_FAULT=stop@{point} exec {put}", note.display());
        let mut consumer = world.consumer(&format!("{hash} | {encode} | sh -c '{stop}'")).spawn();
        let zombie = noted(&note);
        wait_until_stopped(zombie, point);
        consumer.kill().unwrap();
        finish(consumer);
        world.finish();
        // SAFETY: kill(2) takes any numbers; this process was started by the script above.
        unsafe { libc::kill(zombie as i32, libc::SIGCONT) };
        wait_until_gone(zombie, point);
    }
    assert_eq!(world.check().records, world.count());
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
enum Step {
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
    world: &'a World,
    script: String,
    all: Vec<Child>,
}

impl Members<'_> {
    fn step(&mut self, step: Step) {
        match step {
            Join => self.all.push(self.world.consumer(&self.script).spawn()),
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

/// Each step comes so many milliseconds after the one before.
fn come_and_go(users: u32, steps: &[(u64, Step)]) {
    let mut world = World::new(6, users);
    (world.batch, world.options) = (15, vec!["--max-children", "3", "--max-attempts", "1"]);
    let script = format!("sleep 0.1; {}", world.land());
    let mut members = Members { world: &world, script, all: Vec::new() };
    for (wait, step) in steps {
        thread::sleep(Duration::from_millis(*wait));
        members.step(*step);
    }
    for member in members.all {
        let ran = finish(member);
        assert!(matches!(ran.code, Some(0 | 75)), "{ran:?}");
    }
    world.finish();
    assert_eq!(world.check().records, world.count());
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
    come_and_go(2500, &steps);
}
