//! SIGKILL and SIGSTOP, of the consumer and of the command at each step, and of the broker: what `crash` and
//! `zombies` do to a group that lands on S3.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::super::crash::{Comes, Death, VICTIMS, die_at, kill_at_random, miss_broker_at};
use super::super::scene::three_brokers;
use super::super::zombies::come_back;
use super::copying::{Copying, start};
use crate::support::cluster::Cluster;
use crate::support::{finish, service, signal};

/// Where a consumer can die, and at the how-manieth time: it commits nothing, but asks what the command has.
const POINTS: [&str; 21] = [
    "take.before",
    "take.after",
    "read.before",
    "read.before:2",
    "read.after:2",
    "look.before:2",
    "look.after:2",
    "spawn.before",
    "spawn.before:4",
    "spawn.after",
    "spawn.after:6",
    "seal.before:2",
    "seal.after:3",
    "feed.after:2",
    "ended.after",
    "ended.after:4",
    "confirm.before",
    "confirm.before:6",
    "confirm.after:3",
    "leave.before",
    "leave.after",
];

/// Where the command does what it does in a transaction.
const STEPS: [&str; 7] = [
    "init.before",
    "init.after",
    "publish.before",
    "offsets.before",
    "offsets.after",
    "end.before",
    "end.after",
];

/// Each point in a world of its own, side by side: most of the time is waiting for sessions to end.
fn at_each<T: Sync>(points: &[T], harm: impl Fn(&T) + Sync) {
    for some in points.chunks(4) {
        thread::scope(|scope| some.iter().for_each(|point| drop(scope.spawn(|| harm(point)))));
    }
}

/// The points of the consumer one after the other, in four worlds side by side.
fn at_each_of(points: &[&str], harm: impl Fn(&Copying, &str) + Sync) {
    let lanes: Vec<&[&str]> = points.chunks(points.len().div_ceil(4)).collect();
    at_each(&lanes, |lane| {
        let mut copying = Copying::new(2, 0);
        copying.batch = 20;
        for point in *lane {
            copying.produce(160);
            harm(&copying, point);
        }
        copying.check();
    });
}

#[test]
fn transactions_survive_the_death_of_the_consumer_at_each_step() {
    at_each_of(&POINTS, |copying, point| {
        die_at(copying, point, Death::Alone);
        copying.check_together();
        copying.finish();
    });
}

#[test]
fn transactions_survive_the_end_of_the_machine_at_each_step() {
    at_each_of(&POINTS, |copying, point| {
        die_at(copying, point, Death::WithItsMachine);
        copying.check_together();
        copying.finish();
    });
}

#[test]
fn transactions_survive_a_consumer_that_stops_at_each_step_and_comes_back() {
    // The last two are reached when everything is done.
    at_each_of(&POINTS[..POINTS.len() - 2], |copying, point| come_back(copying, point));
}

#[test]
fn transactions_survive_the_death_of_a_stage_at_each_step() {
    let every = ["stage.start", "report.before", "report.after"];
    let hash = every.iter().chain(&["seal.before", "seal.after"]).map(|point| ("hash-fields", *point));
    let produce = every.iter().chain(&STEPS).map(|point| ("kafka-produce", *point));
    let harms: Vec<(&str, &str)> = hash.chain(produce).collect();
    at_each(&harms, |(stage, point)| {
        let copying = Copying::new(2, 500);
        let script = copying.once(stage, &format!("kill@{point}"));
        let ran = copying.consumer(&script).go().exits(0);
        // So says the shell.
        assert!(ran.stderr.contains("Killed"), "{stage} {point}: {}", ran.stderr);
        copying.check();
    });
}

#[test]
fn transactions_survive_the_death_of_the_script() {
    let begin = "mkdir DIR 2>/dev/null && kill -9 $$;";
    // The stages go on without it.
    let middle = "via -- sh -c 'mkdir DIR 2>/dev/null && kill -9 '$$'; exec cat' |";
    let end = "; s=$?; mkdir DIR 2>/dev/null && kill -9 $$; exit $s";
    at_each(&[(begin, "", ""), ("", middle, ""), ("", "", end)], |(before, between, after)| {
        let copying = Copying::new(2, 500);
        let script = copying.script(before, between, after).replace("DIR", &copying.path("died"));
        let ran = copying.consumer(&script).go().exits(0);
        assert!(ran.stderr.contains("attempt 1 of 5"), "{}", ran.stderr);
        copying.check();
    });
}

#[test]
fn transactions_that_died_are_ended_by_the_next_attempt_and_never_seen() {
    let copying = Copying::new(1, 400);
    let script = copying.script("export SLUICEBOX_FAULT=kill@offsets.after;", "", "");
    // Both die: nobody is left who could abort.
    let ran = copying.consumer(&script).env("SLUICEBOX_FAULT", "kill@ended.after").go();
    assert_eq!(ran.signal, Some(libc::SIGKILL), "{}", ran.stderr);
    assert_eq!(copying.read(&copying.to, "read_committed"), []);
    assert_eq!(
        copying.read(&copying.to, "read_uncommitted").len(),
        100,
        "the records of the batch are there"
    );
    // The consumer dies once more, just when it has ended the transaction.
    for point in ["fence.before", "fence.after"] {
        let ran = copying.consumer(&copying.plain()).env("SLUICEBOX_FAULT", format!("kill@{point}")).go();
        let reached = ran.signal == Some(libc::SIGKILL);
        assert!(reached, "{point}: {}", ran.stderr);
        if point == "fence.before" {
            assert!(copying.kafka("topic-admin").args(["groups", &copying.group]).go().code != Some(0));
        }
    }
    assert_eq!(copying.read(&copying.to, "read_committed"), []);
    copying.finish();
    copying.check();
    assert_eq!(copying.read(&copying.to, "read_uncommitted").len(), 500);
}

/// Waits until a process of the group that `file` names is stopped; returns the group.
fn stopped(file: &str) -> i32 {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let group: Option<i32> = fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok());
        if let Some(group) = group
            && fs::read_dir("/proc").unwrap().flatten().any(|process| is_stopped(&process.path(), group))
        {
            return group;
        }
        assert!(Instant::now() < deadline, "nothing has stopped");
        thread::sleep(Duration::from_millis(20));
    }
}

fn is_stopped(process: &Path, group: i32) -> bool {
    let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
    // pid (name) state parent group
    let fields: Vec<&str> =
        stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect()).unwrap_or_default();
    fields.first() == Some(&"T") && fields.get(2).and_then(|field| field.parse().ok()) == Some(group)
}

fn continue_group(group: i32) {
    // SAFETY: kill(2) takes any numbers; the group is of a command of this test.
    unsafe { libc::kill(-group, libc::SIGCONT) };
}

#[test]
fn transactions_of_zombies_are_refused_at_each_step() {
    at_each(&STEPS, |point| {
        let copying = Copying::new(1, 300);
        let pids = copying.path("pid");
        let before = format!("echo $$ > {pids}; export SLUICEBOX_FAULT=stop@{point};");
        let zombie = start(copying.consumer(&copying.script(&before, "", "")));
        let group = stopped(&pids);
        // The consumer, too, past its session; another one does the work.
        signal(&zombie, libc::SIGSTOP);
        copying.finish();
        copying.check();
        continue_group(group);
        thread::sleep(Duration::from_millis(300));
        signal(&zombie, libc::SIGCONT);
        let ran = finish(zombie);
        assert!(ran.signal.is_none(), "{point}: {ran:?}");
        copying.check();
    });
}

#[test]
fn transactions_survive_the_death_of_the_broker() {
    let cluster = Cluster::start(1, &[]);
    let copying = Copying::on(&cluster.brokers(), 2, 4000);
    // It may not know all yet: exit 75, and again.
    let finish_with_a_young_broker = || {
        let again = || copying.consumer(&copying.plain()).go();
        let ran = (0..10).map(|_| again()).find(|ran| ran.code != Some(75)).expect("not for ever");
        ran.exits(0);
    };
    for point in ["publish.before", "offsets.before", "offsets.after", "end.before"] {
        copying.produce(400);
        let pids = copying.path(&format!("{point}.pid"));
        let first = format!(
            "mkdir {} 2>/dev/null && echo $$ > {pids} && export SLUICEBOX_FAULT=stop@{point};",
            copying.path(point)
        );
        let running = start(copying.consumer(&copying.script(&first, "", "")));
        let group = stopped(&pids);
        cluster.kill(1);
        continue_group(group);
        thread::sleep(Duration::from_millis(500));
        cluster.restart(1);
        let ran = finish(running);
        assert!(ran.signal.is_none(), "{point}: {ran:?}");
        finish_with_a_young_broker();
        copying.check();
    }
    copying.produce(400);
    miss_broker_at(&copying, &cluster, "confirm.before", Comes::Late);
    finish_with_a_young_broker();
    copying.check();
    // Another cluster cannot be part of a transaction of this one.
    let there = copying.script("", "", &format!("-b {}", service("KAFKA_BOOTSTRAP_SERVERS")));
    copying.produce(10);
    let elsewhere = Copying::new(1, 0);
    let there = there.replace(&copying.to, &elsewhere.to);
    let ran = copying.consumer(&there).go().exits(2);
    assert!(ran.stderr.contains("cannot reach from cluster"), "{}", ran.stderr);
}

#[test]
fn transactions_survive_thirty_random_kills() {
    let cluster = three_brokers();
    let mut copying = Copying::on(&cluster.brokers(), 4, 0);
    (copying.batch, copying.options) = (20, vec!["--max-attempts", "100"]);
    kill_at_random(&copying, &cluster, &[&VICTIMS[..], &["hash-fields", "kafka-produce"]].concat());
    copying.check();
}
