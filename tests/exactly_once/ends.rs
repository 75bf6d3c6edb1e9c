//! Where a run with `--exit-at-end` ends whose group has other members: everything is landed then, whoever did it.

use std::time::Duration;

use super::hands::*;
use super::processes::end_machine;
use super::world::World;
use crate::support::{LATE, finish, signal};

fn members(world: &World) -> u64 {
    places(world)[0]["members"].as_u64().unwrap()
}

#[test]
fn what_two_members_left_who_died_one_at_work_and_one_joining_is_landed_by_one_run() {
    let mut world = World::new(2, 400);
    world.options = PATIENT.to_vec();
    let first = at_work(&world, &PATIENT);
    signal(&first, libc::SIGSTOP);
    end_machine(first);
    // The group waits for the first one, and the second one with it; when it is let in it is dead, too.
    let second = serve(&world, &PATIENT, "exit 1");
    wait_until("two are in the group", || members(&world) == 2);
    signal(&second, libc::SIGSTOP);
    end_machine(second);
    world.finish();
    assert_eq!(world.check().records, 400);
}

#[test]
fn what_a_member_has_who_dies_is_landed_by_the_run_that_is_done_with_its_own_part() {
    let mut world = World::new(2, 400);
    (world.batch, world.options) = (400, PATIENT.to_vec());
    let service = at_work(&world, &PATIENT);
    let run = world.consumer(&world.land()).start();
    wait_until("one half is landed", || committed(&world).iter().filter(|offset| **offset > 0).count() == 1);
    signal(&service, libc::SIGSTOP);
    end_machine(service);
    finish(run).exits(0);
    assert_eq!(world.check().records, 400);
}

#[test]
fn a_run_ends_when_what_another_member_has_is_landed() {
    let mut world = World::new(1, 100);
    world.options = PATIENT.to_vec();
    let service = at_work(&world, &PATIENT);
    let run = world.consumer("exit 1").start();
    wait_until("two are in the group", || members(&world) == 2);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(committed(&world), [0]);
    go_on(&world);
    finish(run).exits(0);
    assert_eq!(committed(&world), [100], "it is landed");
    signal(&service, libc::SIGTERM);
    finish(service);
    assert_eq!(world.check().objects, 1);
}

#[test]
fn a_run_says_which_partition_another_member_has_and_does_not_move() {
    let mut world = World::new(1, 100);
    world.options = [&PATIENT[..], &["--batch-timeout", "3s", "--batch-wait", "1s"]].concat();
    let service = at_work(&world, &PATIENT);
    let ran = world.run("exit 1", None).exits(75).without(LATE);
    let at = format!("{}/0 stands at 0 and ends at 100", world.topic);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines[0].contains(&at) && lines[0].contains("has it: waiting until it is done"), "{:#?}", lines);
    let last = lines[lines.len() - 1].trim_end();
    assert!(last.contains(&at) && last.contains("has not moved for 10 s"), "{last}");
    assert!(last.ends_with(&format!("(try: topic-admin groups {})", world.group)), "{last}");
    go_on(&world);
    wait_until("it is landed", || committed(&world) == [100]);
    signal(&service, libc::SIGTERM);
    finish(service);
}

#[test]
fn a_run_does_not_wait_for_others_where_no_record_is_left() {
    let mut world = World::new(1, 250);
    world.options = PATIENT.to_vec();
    world.finish();
    transaction(&world, 30, false);
    let service = serve(&world, &PATIENT, "exit 1");
    wait_until("it is in the group", || members(&world) == 1);
    let ran = world.run("exit 1", None).without(LATE);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(committed(&world), [250], "behind the last record there are markers, and what was aborted");
    signal(&service, libc::SIGTERM);
    finish(service);
}

#[test]
fn a_run_that_waits_goes_on_with_its_own_part() {
    // Of two that wait for each other, one may wait for what came after the end of the other.
    let mut world = World::new(2, 400);
    (world.batch, world.options) = (400, PATIENT.to_vec());
    let service = at_work(&world, &PATIENT);
    let run = world.consumer(&world.land()).start();
    let landed = || committed(&world).iter().copied().max();
    wait_until("one half is landed", || landed() > Some(0));
    let before = landed();
    world.produce(100);
    wait_until("it goes on", || landed() > before);
    go_on(&world);
    finish(run).exits(0);
    signal(&service, libc::SIGTERM);
    finish(service);
    world.finish();
    assert_eq!(world.check().records, 500);
}

#[test]
fn a_run_takes_no_commit_of_another_tool_for_the_end() {
    let mut world = World::new(2, 100);
    world.options = [&PATIENT[..], &["--batch-timeout", "3s", "--batch-wait", "0s"]].concat();
    let ends = world.kafka("topic-admin").args(["lag", &world.group]).go().succeeds().json();
    commit_with(&world, 0, ends[0]["end"].as_i64().unwrap(), "");
    let service = at_work(&world, &[&PATIENT[..], &["--max-attempts", "1"]].concat());
    // Either of them has that partition.
    let ran = world.run(&world.land(), None);
    let told = match ran.code {
        Some(1) => "was committed by another tool",
        _ => "/0 has no good place and ends at ",
    };
    assert!(matches!(ran.code, Some(1 | 75)) && ran.stderr.contains(told), "{ran:?}");
    signal(&service, libc::SIGKILL);
    go_on(&world);
    finish(service);
}
