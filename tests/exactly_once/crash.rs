//! SIGKILL at each point, of everything that takes part; then the same command again.

use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use super::dice::Dice;
use super::processes::{at_work_below, end_machine, kill_at_work, wait_until_stopped};
use super::scene::{Scene, three_brokers};
use super::world::World;
use crate::support::cluster::Cluster;
use crate::support::{Ran, Run, finish, signal};

/// Where a consumer can die, and at the how-manieth time: before and after each call that leaves it.
pub const POINTS: [&str; 24] = [
    "take.before",
    "take.after",
    "read.before",
    "read.before:3",
    "read.after:2",
    "look.before:2",
    "look.after:2",
    "plan.before",
    "plan.before:5",
    "plan.after",
    "plan.after:4",
    "spawn.before",
    "spawn.after",
    "spawn.after:6",
    "seal.before:2",
    "seal.after:3",
    "feed.after:2",
    "ended.after",
    "ended.after:4",
    "commit.before",
    "commit.before:6",
    "commit.after:3",
    "leave.before",
    "leave.after",
];

/// Whether a consumer dies by itself or with everything that it has started, which would otherwise go on a little.
#[derive(Clone, Copy, Debug)]
pub enum Death {
    Alone,
    WithItsMachine,
}

/// Runs the consumer, which dies at a point.
#[track_caller]
pub fn die_at(scene: &dyn Scene, point: &str, death: Death) {
    let consumer = scene.consumer(&scene.land());
    let ran = match death {
        Death::Alone => consumer.env("SLUICEBOX_FAULT", format!("kill@{point}")).go(),
        Death::WithItsMachine => end_machine(stop_at(consumer, point)),
    };
    assert_eq!(ran.signal, Some(libc::SIGKILL), "{point}, {death:?}: {ran:?}");
}

/// Starts the consumer, and waits until it has stopped at a point.
#[track_caller]
pub fn stop_at(consumer: Run, point: &str) -> Child {
    let stopped = consumer.env("SLUICEBOX_FAULT", format!("stop@{point}")).spawn();
    wait_until_stopped(stopped.id(), point);
    stopped
}

#[test]
fn exactly_once_without_any_harm() {
    let world = World::new(4, 2000);
    world.finish();
    let count = world.check();
    assert_eq!(count.records, 2000);
    assert!(count.objects >= 20, "{count:?}");
}

#[test]
fn exactly_once_when_the_consumer_is_killed_at_each_point() {
    let mut world = World::new(4, 0);
    world.batch = 20;
    for (at, point) in POINTS.into_iter().enumerate() {
        world.produce(160);
        die_at(&world, point, if at % 2 == 0 { Death::Alone } else { Death::WithItsMachine });
        world.finish();
    }
    assert_eq!(world.check().records, world.count());
}

#[test]
fn exactly_once_when_a_stage_or_the_script_is_killed_at_each_point() {
    let harms: Vec<String> = ["hash", "encode", "put"]
        .into_iter()
        .flat_map(|stage| {
            ["stage.start", "seal.before", "seal.after", "report.before", "report.after"]
                .map(|point| format!("{stage} kill@{point}"))
        })
        // A sink has no seal to write.
        .filter(|harm| !harm.starts_with("put kill@seal"))
        .chain(["sh begin", "sh middle", "sh end", "sh begin middle end"].map(str::to_owned))
        .collect();
    harm(World::new(4, 2000), &harms.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn exactly_once_when_the_sink_is_killed_at_each_call() {
    let world = World::new(4, 0);
    world.produce_with_rejects(2000);
    let harms = [
        "put kill@s3.look.before",
        "put kill@s3.look.after",
        "put kill@s3.probe.before",
        "put kill@s3.probe.after",
        "put kill@s3.rejects.before",
        "put kill@s3.rejects.after",
        "put kill@s3.put.before",
        "put kill@s3.put.after",
        "put kill@s3.put.before:2",
        "put kill@s3.put.after:2 kill@s3.head.before",
        "put kill@s3.put.after:2 kill@s3.head.after kill@report.before",
    ];
    harm(world, &harms);
}

#[test]
fn exactly_once_when_the_sink_is_killed_between_parts() {
    // 6 MB in each object but the last one of each partition, and a harm for each of the first.
    let mut world = World::new(2, 200_000);
    (world.batch, world.encode, world.put) = (20_000, "--compression none", "--part-size 5MiB");
    let harms = [
        "put kill@s3.create.before",
        "put kill@s3.create.after",
        "put kill@s3.part.before",
        "put kill@s3.part.after:2",
        "put kill@s3.complete.before",
        "put kill@s3.complete.after kill@s3.head.after",
    ];
    harm(world, &harms);
}

/// Does harm to the batches of one run, which tries them again, and counts.
fn harm(mut world: World, harms: &[&str]) {
    world.options = vec!["--max-children", "4", "--max-rejects", "100%"];
    world.run(&world.harmed(harms), None).exits(0);
    world.all_was_done(harms);
    world.finish();
    let count = world.check();
    assert_eq!(count.records + count.rejects, world.count());
}

/// Kills a broker, which is the only one, while the consumer is held at a point, and starts it again.
pub fn miss_broker_at(scene: &dyn Scene, cluster: &Cluster, point: &str, comes: Comes) {
    let held = stop_at(scene.consumer(&scene.land()), point);
    cluster.kill(1);
    match comes {
        Comes::Late => {
            signal(&held, libc::SIGCONT);
            thread::sleep(Duration::from_millis(500));
            cluster.restart(1);
        }
        Comes::InTime => {
            cluster.restart(1);
            signal(&held, libc::SIGCONT);
        }
    }
    println!("the broker was missed at {point}, {comes:?}");
    ended_by_itself(finish(held));
}

/// Whether the consumer goes on while the broker is gone, or finds one that knows nothing of its connections.
#[derive(Clone, Copy, Debug)]
pub enum Comes {
    Late,
    InTime,
}

#[test]
fn exactly_once_when_the_broker_is_killed_and_restarted_at_each_step() {
    let cluster = Cluster::start(1, &[]);
    let mut world = World::on(&cluster.brokers(), 4, 0);
    world.batch = 50;
    let points = [
        ("read.before", Comes::Late),
        ("plan.before", Comes::Late),
        ("plan.after:2", Comes::InTime),
        ("spawn.after", Comes::Late),
        ("commit.before", Comes::Late),
        ("commit.after:2", Comes::InTime),
    ];
    for (point, comes) in points {
        world.produce(400);
        miss_broker_at(&world, &cluster, point, comes);
    }
    world.finish();
    assert_eq!(world.check().records, world.count());
}

#[test]
fn exactly_once_after_thirty_random_kills() {
    let cluster = three_brokers();
    let mut world = World::on(&cluster.brokers(), 4, 0);
    (world.batch, world.options) = (20, vec!["--max-attempts", "100"]);
    let stages = ["hash-fields", "to-parquet", "s3-put"];
    kill_at_random(&world, &cluster, &[&VICTIMS[..], &stages].concat());
    assert_eq!(world.check().records, world.count());
}

/// Who is killed at random besides the stages: the consumer alone, with all that it has started, and the script.
pub const VICTIMS: [&str; 3] = ["consumer", "machine", "sh"];
const KILLS: u32 = 30;
/// In this time a group gets over a broker that is gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// Kills that met a process at work: who dies, and when, is up to the dice. In the middle a broker dies, too, and comes
/// back.
pub fn kill_at_random(scene: &dyn Scene, cluster: &Cluster, victims: &[&str]) {
    let mut storm = Storm { scene, moments: Dice::new(30), running: None };
    // A row of its own, so that it is the same whoever is missed.
    let mut dice = Dice::new(7);
    let row: Vec<&str> = (0..KILLS).map(|_| dice.choose(victims)).collect();
    assert!(victims.iter().all(|victim| row.contains(victim)), "{row:?}");
    for (kill, victim) in row.into_iter().enumerate() {
        match kill {
            10 => cluster.kill(2),
            15 => cluster.restart(2),
            _ => {}
        }
        storm.kill(victim);
    }
    if let Some(last) = storm.running.take() {
        ended_by_itself(finish(last));
    }
    scene.finish();
}

/// A consumer that is killed, or its commands are, and started again.
struct Storm<'a> {
    scene: &'a dyn Scene,
    moments: Dice,
    running: Option<Child>,
}

impl Storm<'_> {
    /// Kills one at the next moment at which one is met at work.
    #[track_caller]
    fn kill(&mut self, victim: &str) {
        assert!((0..20).any(|_| self.meets(victim)), "no {victim} was at work");
    }

    /// Whether a victim was at work, and was killed.
    fn meets(&mut self, victim: &str) -> bool {
        self.scene.produce(80);
        let scene = self.scene;
        let running = self.running.take().unwrap_or_else(|| scene.consumer(&scene.slowly()).start());
        // Up to the end of the wait for the one before, and of most of the work.
        self.pause(1000);
        match victim {
            "consumer" => {
                kill_at_work(running.id());
                was_killed(finish(running))
            }
            "machine" => {
                signal(&running, libc::SIGSTOP);
                was_killed(end_machine(running))
            }
            stage => self.kill_below(running, stage),
        }
    }

    /// Kills a command of the consumer when one of that name is seen.
    fn kill_below(&mut self, mut running: Child, name: &str) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while running.try_wait().unwrap().is_none() {
            if at_work_below(running.id(), name).is_some_and(kill_at_work) {
                self.running = Some(running);
                return true;
            }
            assert!(Instant::now() < deadline, "no {name} in {PATIENCE:?}");
            self.pause(30);
        }
        ended_by_itself(finish(running));
        false
    }

    fn pause(&mut self, most: u64) {
        thread::sleep(Duration::from_millis(self.moments.below(most)));
    }
}

/// Whether a consumer was met by a SIGKILL; one that was not has ended well.
#[track_caller]
fn was_killed(ran: Ran) -> bool {
    let killed = ran.signal == Some(libc::SIGKILL);
    if !killed {
        ended_by_itself(ran);
    }
    killed
}

/// A consumer may end because all is done, or because Kafka did not answer while a broker was gone.
#[track_caller]
fn ended_by_itself(ran: Ran) {
    assert!(matches!(ran.code, Some(0 | 75)), "{ran:?}");
}
