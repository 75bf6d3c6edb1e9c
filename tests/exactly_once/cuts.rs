//! Where batches end: by the day of their records, and by their bytes.

use std::fs;

use serde_json::json;

use super::hands::*;
use super::world::World;
use crate::support::run;

/// One partition with a user for each of these times, `DAY HH:MM:SS.mmm` of January 2025.
fn made_at(times: &[&str]) -> World {
    let mut world = World::new(1, 0);
    // A broker deletes what is so old, unless it is told not to.
    with_topic(&mut world, &["retention.ms=-1"]);
    let users =
        run("generate-users").args(["-n", &times.len().to_string(), "--seed", "cuts"]).go().succeeds();
    fs::write(world.sent(), &users.stdout).unwrap();
    let record = |(user, time): (serde_json::Value, &&str)| {
        let (day, clock) = time.split_once(' ').unwrap();
        let time: jiff::Timestamp = format!("2025-01-{day}T{clock}Z").parse().unwrap();
        format!("{}\n", json!({"timestamp": time.as_millisecond(), "value": user}))
    };
    let records: String = users.json().into_iter().zip(times).map(record).collect();
    let produce = world.kafka("kafka-produce").args(["-t", &world.topic, "--envelope"]);
    produce.stdin(records).go().succeeds();
    world
}

/// Lands all of it; each batch as `DAY FIRST END`, its date, its first offset, and the one behind its last.
fn batches(world: &World) -> Vec<String> {
    let file = world.dir.join("batches");
    let note =
        format!("echo ${{BATCH_DATE#2025-01-}} $BATCH_FIRST_OFFSET $BATCH_END_OFFSET >> {}", file.display());
    world.run(&format!("{note}; {}", world.land()), None).exits(0);
    world.check();
    fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect()
}

const DAYS: [&str; 6] = [
    "01 23:59:58.000",
    "01 23:59:59.999",
    "02 00:00:00.000",
    "01 23:59:59.000",
    "02 09:00:00.000",
    "03 00:00:00.000",
];

#[test]
fn with_batch_split_a_batch_ends_where_the_day_of_its_records_moves_forward() {
    let mut world = made_at(&DAYS);
    world.options = vec!["--batch-split", "day"];
    // What is late does not move it back.
    assert_eq!(batches(&world), ["01 0 2", "02 2 5", "03 5 6"]);
}

#[test]
fn without_batch_split_the_date_of_a_batch_is_that_of_its_first_record() {
    assert_eq!(batches(&made_at(&DAYS)), ["01 0 6"]);
}

#[test]
fn what_came_before_its_time_does_not_hide_where_a_later_batch_is_to_be_split() {
    // Asked for the second day, the broker names offset 0.
    let days = ["02", "01", "01", "01", "01", "02", "02"].map(|day| format!("{day} 12:00:00.000"));
    let mut world = made_at(&days.each_ref().map(String::as_str));
    (world.batch, world.options) = (3, vec!["--batch-split", "day"]);
    assert_eq!(batches(&world), ["02 0 3", "01 3 5", "02 5 7"]);
}

#[test]
fn a_day_that_does_not_end_in_the_batch_leaves_its_end_alone() {
    let days = ["02", "01", "01", "01", "01", "01"].map(|day| format!("{day} 12:00:00.000"));
    let mut world = made_at(&days.each_ref().map(String::as_str));
    (world.batch, world.options) = (2, vec!["--batch-split", "day"]);
    assert_eq!(batches(&world), ["02 0 2", "01 2 4", "01 4 6"]);
}

#[test]
fn batches_have_as_many_bytes_as_they_may() {
    let mut world = World::new(1, 200);
    (world.batch, world.options) = (1000, vec!["--batch-bytes", "20KiB"]);
    world.finish();
    assert_eq!(world.check().records, 200);
    // A user has 1,080 bytes, more or less.
    let objects = world.check().objects;
    assert!((9..=14).contains(&objects), "{objects}");
}
