//! Places that are lost: each is an error that names the way back, and the very command that it names
//! leads back without a gap and without an overlap, or with the gap that retention has made and no more.

use std::process::Command;

use super::hands::*;
use super::world::World;
use crate::support::{finish, root, service, signal};

/// One partition, in batches of 100.
fn landed(users: u32) -> World {
    let world = World::new(1, users);
    world.finish();
    world
}

/// What the independent count complains of, where a gap is known to be there.
fn complaints(world: &World) -> String {
    let count = root().join("tests/readers/once.py");
    let mut python = Command::new(service("SLUICEBOX_TEST_PYTHON"));
    let ran = python.arg(count).arg(&world.place).arg(world.sent()).output().unwrap();
    String::from_utf8(ran.stderr).unwrap()
}

/// Takes lines out of what was sent: nobody can have those any more.
fn lose(world: &World, lines: std::ops::Range<usize>) {
    let sent = std::fs::read_to_string(world.sent()).unwrap();
    let left = sent.lines().enumerate().filter(|(at, _)| !lines.contains(at)).map(|(_, line)| line);
    std::fs::write(world.sent(), left.collect::<Vec<_>>().join("\n")).unwrap();
}

#[test]
fn all_offsets_expired_and_what_is_stored_says_where_to_go_on() {
    let world = World::new(2, 300);
    world.finish();
    forget_group(&world);
    world.produce(200);
    let ran = ends_with(world.run("true", None), 2, &["has no place in topic", "one more partition"]);
    let hint = advice(&ran);
    let (begin, restore) = hint.split_once("; one that was: ").unwrap();
    assert!(begin.starts_with("a new group: topic-admin init-group "), "{begin}");
    follow(&world, restore);
    world.finish();
    assert_eq!(world.check().records, 500);
}

#[test]
fn to_begin_a_group_again_at_its_beginning_finds_what_is_stored() {
    let mut world = World::new(1, 300);
    world.finish();
    let objects = world.check().objects;
    forget_group(&world);
    world.produce(200);
    let hint = advice(&world.run("true", None));
    let begin = hint.split_once("a new group: ").unwrap().1.split_once("; one that was").unwrap().0;
    follow(&world, begin);
    // Another size of batches: what is there is taken as it is.
    world.batch = 70;
    world.finish();
    let count = world.check();
    assert_eq!((count.objects, count.records), (objects + 3, 500));
}

#[test]
fn one_lost_offset_stops_its_partition_alone() {
    let world = World::new(2, 300);
    world.finish();
    let offsets = world.kafka("s3-verify").args([&world.place, "--offsets"]).go().succeeds().text();
    forget_group(&world);
    let first: String = offsets.lines().filter(|line| line.contains("\"partition\":0")).collect();
    world.kafka("topic-admin").args(["commit", &world.group]).stdin(first).go().exits(0);
    world.produce(200);
    let ran = ends_with(world.run(&world.land(), None), 1, &["/1, group ", "is gone: expired, or deleted"]);
    let end = world.kafka("topic-admin").args(["describe", &world.topic]).go().succeeds().json();
    let end = end[0]["partitions"][0]["high"].as_i64().unwrap();
    assert_eq!(committed(&world), [end], "the other one went on");
    follow(&world, &advice(&ran));
    world.finish();
    assert_eq!(world.check().records, 500);
}

#[test]
fn an_offset_of_another_tool_is_not_believed() {
    let world = landed(250);
    world.produce(100);
    commit_with(&world, 0, 17, "");
    let ran = ends_with(world.run("true", None), 1, &["offset 17 was committed by another tool"]);
    follow(&world, &advice(&ran));
    world.finish();
    assert_eq!(world.check().records, 350);
}

#[test]
fn a_place_of_another_cluster_or_a_later_release_is_not_believed() {
    let world = World::new(1, 250);
    let mark = |version: u32, cluster: &str| {
        format!(
            "{{\"sluicebox\":{version},\"cluster\":\"{cluster}\",\"topic_id\":\"x\",\"start\":0,\"known\":1}}"
        )
    };
    commit_with(&world, 0, 40, &mark(2, "elsewhere"));
    ends_with(world.run("true", None), 2, &["version 2 of the format", "the same release"]);
    commit_with(&world, 0, 40, &mark(1, "elsewhere"));
    let ran = ends_with(world.run("true", None), 1, &["another cluster (elsewhere, this one is "]);
    follow(&world, &advice(&ran));
    world.finish();
    assert_eq!(world.check().records, 250);
}

/// Deletes the topic, and makes one of the same name.
fn make_again(world: &World) {
    world.kafka("topic-admin").args(["delete", &world.topic]).go().succeeds();
    world.kafka("topic-admin").args(["create", &world.topic, "-p", "1"]).go().succeeds();
}

#[test]
fn a_topic_made_again_under_its_name_is_another_topic() {
    let world = landed(250);
    make_again(&world);
    world.produce(200);
    let ran = ends_with(world.run("true", None), 2, &["has no place in topic"]);
    let hint = advice(&ran);
    follow(&world, hint.split_once("a new group: ").unwrap().1.split_once("; one that was").unwrap().0);
    world.finish();
    assert_eq!(world.check().records, 450, "of both topics, each by its id");
}

#[test]
fn a_topic_made_again_while_a_batch_runs_is_noticed() {
    let world = World::new(1, 50);
    let service = at_work(&world, &["--max-attempts", "2"]);
    make_again(&world);
    go_on(&world);
    // It ends by itself, though no record comes that would show it.
    let ran = ends_with(finish(service), 1, &["was deleted and made again meanwhile"]);
    world.produce(30);
    follow(&world, &advice(&ran));
    world.finish();
    assert_eq!(world.check().records, 80, "of both topics");
}

#[test]
fn partitions_that_are_added_begin_at_their_beginning() {
    let world = World::new(2, 300);
    world.finish();
    add_partitions(&world, 3);
    world.produce(300);
    world.finish();
    assert_eq!(world.check().records, 600);
    let starts: Vec<_> = places(&world).iter().map(|place| place["start"].as_i64()).collect();
    assert_eq!(starts, [Some(0); 3]);
    // Known by now: without its commit its place would be lost, and not new.
    world.produce(300);
    world.finish();
    assert_eq!(places(&world).iter().filter(|place| place["known"] == 3).count(), 3);
}

#[test]
fn partitions_that_are_added_to_a_running_service_are_read() {
    let world = World::new(1, 100);
    let service = serve(&world, &["-X", "topic.metadata.refresh.interval.ms=300"], &world.land());
    wait_until("the first is landed", || committed(&world) == [100]);
    add_partitions(&world, 3);
    world.produce(300);
    let high = || {
        let topic = world.kafka("topic-admin").args(["describe", &world.topic]).go().succeeds().json();
        let ends = topic[0]["partitions"].as_array().unwrap().iter();
        ends.map(|at| at["high"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    wait_until("all are landed", || committed(&world) == high());
    signal(&service, libc::SIGTERM);
    assert_eq!(finish(service).signal, Some(libc::SIGTERM));
    assert_eq!(world.check().records, 400);
}

#[test]
fn what_retention_took_is_told_and_the_rest_is_landed() {
    let world = landed(300);
    world.produce(300);
    retain_from(&world, 0, 350);
    let ran = ends_with(world.run("true", None), 1, &["offsets 300 to 350 are gone by retention"]);
    follow(&world, &advice(&ran));
    world.finish();
    lose(&world, 300..350);
    let said = complaints(&world);
    assert!(said.starts_with("gap in partition 0: 300 to 350") && said.lines().count() == 1, "{said}");
    world.kafka("s3-verify").args([&world.place, "--group", &world.group]).go().succeeds();
}

#[test]
fn a_batch_that_was_stored_before_retention_took_it_is_not_stored_again() {
    for low in [350, 400] {
        let world = landed(300);
        world.produce(300);
        assert_eq!(world.run(&world.land(), Some("kill@commit.before")).signal, Some(libc::SIGKILL));
        retain_from(&world, 0, low);
        let words = ["offsets 300 to", "gone by retention", "may be stored"];
        let ran = ends_with(world.run("true", None), 1, &words);
        follow(&world, &advice(&ran));
        world.finish();
        assert_eq!(world.check().records, 600, "no gap and no overlap");
    }
}

#[test]
fn a_batch_that_was_planned_and_is_gone_leaves_a_gap_of_its_size_alone() {
    let world = landed(300);
    world.produce(300);
    assert_eq!(world.run(&world.land(), Some("kill@plan.after")).signal, Some(libc::SIGKILL));
    retain_from(&world, 0, 350);
    let hint = advice(&ends_with(world.run("true", None), 1, &["may be stored"]));
    // Nothing was stored there: that is what this command finds, and names the next one.
    let command = hint.replace("s3://BUCKET/PREFIX/", &world.place);
    let ran = crate::support::sh(&command).env("KAFKA_BOOTSTRAP_SERVERS", &world.brokers).go();
    let ran = ran.fails(1, &["offset 300 is not one of 350 to 600"]);
    follow(&world, &advice(&ran));
    world.finish();
    lose(&world, 300..350);
    let said = complaints(&world);
    assert!(said.starts_with("gap in partition 0: 300 to 350") && said.lines().count() == 1, "{said}");
}
