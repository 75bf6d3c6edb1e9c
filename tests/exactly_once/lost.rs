//! Partitions that have lost what was landed: a leader was elected that lacked it, or a backup was restored. What they
//! get then has offsets that stored records have.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

use rdkafka::producer::Producer;
use serde_json::Value;

use super::hands::*;
use super::world::World;
use crate::support::cluster::Cluster;
use crate::support::lake::Lake;
use crate::support::{fresh, run};

/// A group that goes on under another prefix, as the hint says.
fn go_on_elsewhere(world: &mut World, hint: &str) {
    follow(world, hint.split_once("another group, under another prefix: ").unwrap().1);
    world.group = format!("{}-2", world.group);
    world.place = Lake::make().url("users/");
    world.finish();
    verify(world);
}

#[test]
fn what_lies_behind_the_end_of_a_partition_was_lost() {
    let mut world = World::new(1, 100);
    world.finish();
    // The group has landed 300, and 200 of them are gone.
    commit_with(&world, 0, 300, &metadata(&world, 0));
    let ran = ends_with(world.run("true", None), 1, &["offsets up to 300", "ends at 100: records were lost"]);
    let hint = advice(&ran);
    let reset = ["reset", &world.group, "--topic", &world.topic, "--yes", "--at"];
    for at in ["latest", "earliest", "50"] {
        let ran = world.kafka("topic-admin").args(reset).arg(at).go().exits(1);
        assert!(ran.stderr.contains("ends at 100: records were lost"), "{}", ran.stderr);
        assert_eq!(advice(&ran), hint);
    }
    assert_eq!(committed(&world), [300]);
    go_on_elsewhere(&mut world, &hint);
    assert_eq!(world.check().records, 100);
}

#[test]
fn a_batch_that_was_begun_and_reaches_behind_the_end_was_lost() {
    let world = World::new(1, 100);
    world.run(&world.land(), Some("kill@plan.after"));
    wait_until("the session of the dead is over", || places(&world)[0]["members"] == 0);
    let begun = metadata(&world, 0).replace("\"end\":100", "\"end\":130");
    commit_with(&world, 0, 0, &begun);
    ends_with(world.run("true", None), 1, &["offsets up to 130", "ends at 100: records were lost"]);
}

/// A partition on two of three brokers.
struct Replicated {
    cluster: Cluster,
    world: World,
}

impl Replicated {
    fn start() -> Self {
        let cluster = Cluster::start(3, &[]);
        let mut world = World::on(&cluster.brokers(), 1, 0);
        (world.topic, world.group) = (fresh("replicated"), fresh("group"));
        world
            .kafka("topic-admin")
            .args(["create", &world.topic, "-p", "1", "-r", "2"])
            .args(["-c", "unclean.leader.election.enable=true", "-c", "min.insync.replicas=1"])
            .go()
            .succeeds();
        begin(&world);
        Self { cluster, world }
    }

    fn describe(&self) -> Value {
        let topic =
            self.world.kafka("topic-admin").args(["describe", &self.world.topic]).go().succeeds().json();
        topic[0]["partitions"][0].clone()
    }

    fn leader(&self) -> u64 {
        self.describe()["leader"].as_u64().unwrap_or_default()
    }

    fn follower(&self) -> u64 {
        let replicas = self.describe()["replicas"].clone();
        let leader = self.leader();
        replicas
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_u64)
            .find(|broker| *broker != leader)
            .unwrap()
    }

    /// Ends the leader, and waits for the other one to lead; says who was ended.
    fn change_leader(&self) -> u32 {
        let (leader, next) = (self.leader(), self.follower());
        self.cluster.kill(leader as u32);
        wait_until("there is a new leader", || self.leader() == next);
        leader as u32
    }

    fn restart(&self, broker: u32) {
        self.cluster.restart(broker);
        wait_until("both are in sync", || {
            self.describe()["isr"].as_array().is_some_and(|isr| isr.len() == 2)
        });
    }
}

#[test]
fn records_that_a_new_leader_puts_in_the_place_of_landed_ones_are_noticed() {
    let mut here = Replicated::start();
    here.world.produce(100);
    here.world.finish();

    // A new leader that lacks nothing. A transaction that it ends leaves a marker of its own behind the last record.
    let user = run("generate-users").args(["-n", "1", "--seed", "marked"]).go().succeeds().stdout;
    OpenOptions::new().append(true).open(here.world.sent()).unwrap().write_all(&user).unwrap();
    let producer = producer(&here.world, Some(&here.world.topic));
    producer.begin_transaction().unwrap();
    send(&producer, &here.world, "x", Some(user.trim_ascii_end()));
    flush(&producer);
    let ended = here.change_leader();
    producer.commit_transaction(Duration::from_secs(30)).unwrap();
    here.world.finish();
    assert_eq!(committed(&here.world), [102], "the marker is passed over");
    here.restart(ended);
    here.world.produce(20);
    here.world.options = vec!["-v"];
    let ran = here.world.finish();
    assert!(ran.stderr.contains("the leader has changed since offset 102 was committed"), "{}", ran.stderr);
    assert_eq!(here.world.check().records, 121);

    // One that lacks what was landed while it was down.
    here.cluster.kill(here.follower() as u32);
    here.world.produce(30);
    here.world.finish();
    assert_eq!(committed(&here.world), [152]);
    let (leader, other) = (here.leader() as u32, here.follower() as u32);
    here.cluster.kill(leader);
    here.cluster.restart(other);
    wait_until("there is a new leader", || here.leader() == u64::from(other));
    here.world.produce(70);
    let words = ["before offset 152 is not what lies there now, from offset 122 on: records were lost"];
    let ran = ends_with(here.world.run("true", None), 1, &words);
    assert_eq!(committed(&here.world), [152]);
    go_on_elsewhere(&mut here.world, &advice(&ran));
}
