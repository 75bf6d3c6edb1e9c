//! Batches without rows and ranges without records; gaps, signals, two sinks, and what changes from one
//! batch to the next.

use std::time::{Duration, Instant};

use serde_json::json;

use super::hands::*;
use super::world::World;
use crate::support::{LATE, Ran, Run, SOON, finish, insist, signal};

#[test]
fn a_batch_of_rejects_alone_makes_an_object_without_rows() {
    let mut world = World::new(1, 100);
    world.produce_rejects(100);
    world.produce(100);
    world.options = vec!["--max-rejects", "100%"];
    world.finish();
    let count = world.check();
    assert_eq!((count.objects, count.records, count.rejects), (3, 200, 100));
    let account = &verify(&world)[0];
    assert_eq!((&account["rows"], &account["objects"]), (&json!(200), &json!(3)));
}

#[test]
fn a_range_without_records_at_the_end_is_no_batch() {
    let world = World::new(1, 250);
    world.finish();
    transaction(&world, 30, false);
    let ran = world.run("touch \"$0.ran\"; exit 1", None).without(LATE);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "no command is run, and all is done");
    assert_eq!(committed(&world), [250]);
    verify(&world);
    // What follows begins where the last object ends.
    world.produce(120);
    world.finish();
    assert_eq!(world.check().records, 370);
}

#[test]
fn ranges_without_records_in_the_middle_are_part_of_the_next_batch() {
    let world = World::new(1, 150);
    // Longer than a batch.
    transaction(&world, 330, false);
    transaction(&world, 0, true);
    world.produce(150);
    // The first plan that stands ends within the gap.
    assert_eq!(world.run(&world.land(), Some("kill@plan.after:2")).signal, Some(libc::SIGKILL));
    world.finish();
    assert_eq!(world.check().records, 300);
    verify(&world);
}

#[test]
fn gaps_that_compaction_has_left_belong_to_batches() {
    let mut world = World::new(1, 0);
    let eager = ["cleanup.policy=compact", "segment.ms=100", "min.cleanable.dirty.ratio=0.001"];
    with_topic(&mut world, &eager);
    let to = producer(&world, None);
    // Each lies in a segment of its own; the last one is not compacted.
    let next_segment = || {
        flush(&to);
        std::thread::sleep(Duration::from_millis(300));
    };
    world.produce(30);
    next_segment();
    for at in 0..400 {
        send(&to, &world, &format!("{}", at % 7), Some(b"{\"old\":true}"));
    }
    next_segment();
    (0..7).for_each(|key| send(&to, &world, &format!("{key}"), None));
    next_segment();
    world.produce(30);
    let left = || {
        let all = ["--exit-at-end", &world.topic];
        world.kafka("kafka-consume").args(all).go().succeeds().text().lines().count()
    };
    wait_until("the log is compacted", || left() == 60);
    world.batch = 20;
    world.finish();
    assert_eq!(world.check().records, 60);
    assert_eq!(verify(&world)[0]["first_offset"], 0);
}

#[test]
fn a_command_may_take_longer_than_a_poll() {
    let mut world = World::new(1, 80);
    // Longer than that interval, which cannot be shorter than the session.
    world.options = [&PATIENT[..], &["-X", "max.poll.interval.ms=6000", "-v"]].concat();
    let ran = world.run(&format!("sleep 9; {}", world.land()), None).exits(0);
    assert_eq!(ran.stderr.matches("assigned").count(), 1, "it stays in the group: {}", ran.stderr);
    assert!(!ran.stderr.contains("lost"), "{}", ran.stderr);
    assert_eq!(world.check().objects, 1);
}

#[test]
fn the_first_signal_lets_a_batch_end_and_begins_no_other() {
    let world = World::new(1, 200);
    let service = at_work(&world, &["--batch-records", "100"]);
    signal(&service, libc::SIGTERM);
    std::thread::sleep(Duration::from_millis(300));
    go_on(&world);
    let ran = finish(service);
    assert_eq!(ran.signal, Some(libc::SIGTERM), "{}", ran.stderr);
    let places = places(&world);
    assert_eq!((&places[0]["committed"], &places[0]["end"]), (&json!(100), &json!(null)));
    world.finish();
    assert_eq!(world.check().objects, 2);
}

#[test]
fn what_is_not_done_in_time_after_a_signal_is_done_by_the_next_run() {
    for (options, second) in [(vec!["--drain-timeout", "500ms"], false), (vec![], true)] {
        let world = World::new(1, 100);
        let service = at_work(&world, &options);
        let started = Instant::now();
        let ran = if second {
            insist(service, libc::SIGTERM)
        } else {
            signal(&service, libc::SIGTERM);
            finish(service)
        };
        assert_eq!(ran.signal, Some(libc::SIGTERM), "{}", ran.stderr);
        assert!(started.elapsed() < SOON);
        let places = places(&world);
        assert_eq!((&places[0]["committed"], &places[0]["end"]), (&json!(0), &json!(100)), "the plan stands");
        go_on(&world);
        world.finish();
        assert_eq!(world.check().objects, 1);
    }
}

#[test]
fn two_sinks_are_two_receipts() {
    let mut world = World::new(1, 150);
    world.options = vec!["--receipts", "2", "--max-attempts", "1"];
    let [hash, encode, put] = world.stages();
    let second = put.replace("/users/", "/copy/");
    // The sinks run side by side; each reads the whole stream.
    let to_both = |first: &str, second: &str| {
        format!("exec bash -c '{hash} | {encode} | tee >({first} >&2) | {second}'")
    };
    ends_with(world.run(&world.land(), None), 1, &["1 of 2 sinks gave a receipt"]);
    let nowhere = "s3-put s3://no-such-bucket-here/x/";
    ends_with(world.run(&to_both(&put, nowhere), None), 2, &["s3-put: ", "no-such-bucket-here"]);
    ends_with(world.run(&to_both(nowhere, &put), None), 2, &["s3-put: ", "no-such-bucket-here"]);
    ends_with(world.run(&to_both(&put, &put), None), 1, &["1 of 2 sinks gave a receipt"]);
    assert_eq!(committed(&world), [0], "one copy may lie there, and nothing is committed");
    world.run(&to_both(&put, &second), None).exits(0);
    assert_eq!(world.check().records, 150);
    world.place = world.place.replace("/users/", "/copy/");
    assert_eq!(world.check().records, 150, "and once in the other place");
}

#[test]
fn the_schema_may_change_from_one_batch_to_the_next() {
    let world = World::new(1, 300);
    assert_eq!(world.run(&world.land(), Some("kill@commit.before:2")).signal, Some(libc::SIGKILL));
    let ddl = world.dir.join("fewer.ddl");
    std::fs::write(&ddl, "email STRING, login STRUCT<uuid: STRING NOT NULL>").unwrap();
    let [hash, _, put] = world.stages();
    let script = format!("{hash} | to-parquet --schema {} --unknown ignore | {put}", ddl.display());
    // The second batch lies there with the old schema, and its range is what counts.
    let ran = world.run(&script, None).exits(0);
    assert!(ran.stderr.contains("offsets 100 to 200 were planned for another command"), "{}", ran.stderr);
    let count = world.check();
    assert_eq!((count.objects, count.records), (3, 300));
    verify(&world);
}

/// The consumer with a script of its own file.
fn land_sh(world: &World, attempts: u32) -> Run {
    world
        .kafka("kafka-consume")
        .args([&world.topic, "--group", &world.group, "--exit-at-end"])
        .args(["--max-attempts", &attempts.to_string(), "-X", "session.timeout.ms=1000", "--"])
        .arg(world.dir.join("land.sh"))
        .env("PATH", crate::support::path())
}

fn write_land_sh(world: &World, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let file = world.dir.join("land.sh");
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn a_script_that_was_edited_under_a_standing_plan_is_told() {
    let world = World::new(1, 100);
    let edited = |ran: &Ran| ran.stderr.matches("were planned for another command, or it was edited").count();
    write_land_sh(&world, "exit 1");
    assert_eq!(edited(&land_sh(&world, 1).go().exits(1)), 0);
    assert_eq!(edited(&land_sh(&world, 1).go().exits(1)), 0, "the same script");
    write_land_sh(&world, "exit 1 # edited");
    let ran = land_sh(&world, 2).go().exits(1);
    assert!(ran.stderr.contains("attempt 1 of 2"), "{}", ran.stderr);
    assert_eq!(edited(&ran), 1, "once, and not at each attempt");
    write_land_sh(&world, &world.land());
    assert_eq!(edited(&land_sh(&world, 1).go().exits(0)), 1);
    assert_eq!(world.check().records, 100);
}

#[test]
fn the_sandbox_lands_batches_too() {
    let world = World::new(1, 0);
    let land = world.land().replace(&world.place, "s3://lake/users/");
    let script = format!(
        "generate-users -n 250 | kafka-produce --topic users &&
         topic-admin init-group lake --topic users --at earliest > /dev/null &&
         kafka-consume users --group lake --exit-at-end --batch-records 100 -- sh -c '{land}' &&
         s3-verify s3://lake/users/"
    );
    let ran =
        crate::support::run("sandbox").args(["--topic", "users:2", "--", "sh", "-c", &script]).go().exits(0);
    let rows: i64 = ran.json().iter().map(|account| account["rows"].as_i64().unwrap()).sum();
    assert_eq!(rows, 250);
}
