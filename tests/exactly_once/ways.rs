//! The ways back, as a person on call goes them: what is said names the command that helps, and the command
//! that is named does.

use rdkafka::producer::Producer;
use serde_json::{Value, json};

use super::hands::*;
use super::world::World;
use crate::support::{LATE, Ran, fresh, signal};

/// One partition, in batches of 100, all of it landed.
fn landed(users: u32) -> World {
    let world = World::new(1, users);
    world.finish();
    world
}

fn admin(world: &World, line: &str) -> Ran {
    world.kafka("topic-admin").args(line.split_whitespace()).go()
}

fn reset(world: &World, options: &str) -> Ran {
    admin(world, &format!("reset {} --topic {} --partition 0 {options}", world.group, world.topic))
}

fn verify_fails(world: &World, words: &[&str]) -> Ran {
    world.kafka("s3-verify").args([&world.place, "--group", &world.group]).go().fails(1, words)
}

fn start(world: &World) -> Option<i64> {
    places(world)[0]["start"].as_i64()
}

#[test]
fn a_reset_that_goes_back_says_what_will_be_there_twice_and_how_not_to() {
    let world = landed(300);
    let words =
        ["/0: offsets 150 to 300 were landed before", "a second time", "--until OFFSET", "--at 300 --yes"];
    for (options, code) in [("--at 150", 2), ("--at 150 --dry-run", 0), ("--at 150 --yes", 0)] {
        let ran = reset(&world, options).exits(code);
        let said = ran.stderr.lines().next().unwrap_or_default();
        assert!(words.iter().all(|word| said.contains(word)), "{options}: {}", ran.stderr);
    }
    // Not landed again yet, and back to where it was: nothing is there twice, all is still proven.
    assert_eq!((committed(&world), start(&world)), (vec![150], Some(0)));
    let ran = verify_fails(&world, &["the committed offset lies inside of the object of offsets 100 to 200"]);
    follow(&world, &advice(&ran));
    assert_eq!((committed(&world), start(&world)), (vec![200], Some(0)));
    reset(&world, "--at 300 --yes").succeeds();
    assert_eq!((committed(&world), start(&world)), (vec![300], Some(0)));
    assert_eq!(world.check().records, 300);
    // And it says so rightly.
    reset(&world, "--at 150 --yes").exits(0);
    world.finish();
    verify_fails(
        &world,
        &["offsets 150 to 300 are in two objects", "aws s3 ls --recursive s3://", "-00000-)"],
    );
    // Forward, and where nothing is left to be said, nothing is.
    reset(&world, "--at latest --yes").succeeds();
}

#[test]
fn a_group_that_was_set_back_to_a_joint_proves_what_it_had_proven() {
    let world = landed(300);
    reset(&world, "--at 100 --yes").exits(0);
    let ran = verify_fails(&world, &["objects lie past the committed offset; there can be one"]);
    follow(&world, &advice(&ran));
    assert_eq!((committed(&world), world.check().records), (vec![300], 300));
    // What it finds is taken as it is, and what it had landed before stays in the proof.
    reset(&world, "--at 100 --yes").exits(0);
    world.produce(50);
    world.finish();
    assert_eq!((start(&world), world.check().records), (Some(0), 350));
    delete_object(&world, 0);
    verify_fails(&world, &["offsets 0 to 100 are in no object", "--at 0 --until 100 --yes"]);
}

#[test]
fn an_object_that_is_gone_is_landed_again_and_nothing_else() {
    let mut world = landed(300);
    world.produce(50);
    delete_object(&world, 100);
    // A batch of the usual size would reach over what follows.
    world.batch = 1000;
    let ran = verify_fails(&world, &["offsets 100 to 200 are in no object"]);
    let hint = advice(&ran);
    let typed = format!(
        "topic-admin reset {} --topic {} --partition 0 --at 100 --until 200 --yes",
        world.group, world.topic
    );
    assert_eq!(hint, typed);
    let ran = follow(&world, &hint);
    assert_eq!(ran.stderr, "", "nothing is landed twice, so nothing is said");
    let line = json!({"group": world.group, "topic": world.topic, "partition": 0, "from": 300, "offset": 100,
        "end": 200, "then": 300, "outcome": "reset"});
    assert_eq!(ran.json(), [line]);
    let lag = admin(&world, &format!("lag {}", world.group)).succeeds().json();
    assert_eq!(
        (&lag[0]["committed"], &lag[0]["lag"]),
        (&json!(100), &json!(150)),
        "the missing ones and the new ones"
    );
    // Killed on the way, it is done once all the same.
    let ran = world.run(&world.land(), Some("kill@commit.before"));
    assert_eq!(ran.signal, Some(libc::SIGKILL), "{ran:?}");
    assert_eq!(committed(&world), [100]);
    world.finish();
    let count = world.check();
    assert_eq!((count.objects, count.records), (4, 350), "the missing one, and what was new");
    assert_eq!((committed(&world), start(&world)), (vec![350], Some(0)));
    let account = &verify(&world)[0];
    assert_eq!((&account["first_offset"], &account["end_offset"]), (&json!(0), &json!(350)));
}

#[test]
fn several_objects_that_are_gone_are_landed_one_after_the_other() {
    let mut world = landed(600);
    [0, 200, 300, 500].iter().for_each(|first| delete_object(&world, *first));
    world.batch = 1000;
    for gap in ["offsets 0 to 100", "offsets 200 to 400", "offsets 500 to 600"] {
        let ran = verify_fails(&world, &[gap]);
        follow(&world, &advice(&ran));
        world.finish();
    }
    assert_eq!((world.check().objects, world.check().records), (5, 600));
}

#[test]
fn a_range_is_landed_again_only_where_that_is_what_is_missing() {
    let world = landed(300);
    for (options, code, words) in [
        ("--at 100 --until 100 --yes", 2, "--until 100 lies not behind --at"),
        ("--at 100 --until 301 --yes", 2, "up to the end, which is 300"),
        ("--at 100 --until 200", 2, "nothing was changed"),
    ] {
        let ran = reset(&world, options).exits(code);
        assert!(ran.stderr.contains(words), "{options}: {}", ran.stderr);
        assert_eq!(committed(&world), [300]);
    }
    admin(&world, &format!("reset {} -t {} --at 0 --until 5 --yes", world.group, world.topic))
        .fails(2, &["--partition"]);
    // What is there is found; with another end it is in the way, and said to be.
    reset(&world, "--at 100 --until 200 --yes").succeeds();
    world.finish();
    assert_eq!((world.check().objects, committed(&world)), (3, vec![300]));
    reset(&world, "--at 0 --until 100 --yes").succeeds();
    let ran = reset(&world, "--at 100 --until 250 --yes").exits(0);
    assert!(
        ran.stderr.contains("offsets 0 to 100, which were to be landed again and are not yet"),
        "{}",
        ran.stderr
    );
    reset(&world, "--at 100 --until 250 --yes").succeeds();
    let words = ["/0, offsets 100 to 250: ", "an object of offsets 100 to 200 is there", "s3-verify "];
    ends_with(world.run(&world.land(), None), 4, &words);
    reset(&world, "--at 300 --yes").succeeds();
    assert_eq!(world.check().records, 300);
    // A batch that was begun is ended first.
    world.produce(100);
    assert_eq!(world.run(&world.land(), Some("kill@plan.after")).signal, Some(libc::SIGKILL));
    wait_until("the session of the dead is over", || places(&world)[0]["members"] == 0);
    reset(&world, "--at 0 --until 100 --yes").fails(4, &["a batch was begun, of offsets 300 to 400"]);
}

#[test]
fn a_missing_range_that_retention_took_is_told_and_the_group_goes_on() {
    let world = landed(300);
    delete_object(&world, 100);
    reset(&world, "--at 100 --until 200 --yes").succeeds();
    retain_from(&world, 0, 200);
    let ran = ends_with(world.run(&world.land(), None), 1, &["offsets 100 to 200 are gone by retention"]);
    follow(&world, &advice(&ran));
    world.produce(50);
    world.finish();
    assert_eq!(committed(&world), [350]);
    verify_fails(&world, &["offsets 100 to 200 are in no object"]);
    // Who knows that it is gone for good has the rest proven.
    let topic = admin(&world, &format!("describe {}", world.topic)).succeeds().json().remove(0);
    let place = json!({"topic": world.topic, "topic_id": topic["topic_id"], "partition": 0, "start": 200, "offset": 350});
    let commit = world.kafka("topic-admin").args(["commit", &world.group, "--yes"]);
    commit.stdin(place.to_string()).go().succeeds();
    assert_eq!(verify(&world)[0]["first_offset"], 200);
    world.produce(50);
    world.finish();
    assert_eq!(verify(&world)[0]["end_offset"], 400);
}

#[test]
fn what_was_landed_twice_is_proven_again_once_the_later_objects_are_gone() {
    let world = landed(300);
    reset(&world, "--at 50 --yes").exits(0);
    world.finish();
    let ran = verify_fails(&world, &["offsets 50 to 300 are in two objects"]);
    assert!(advice(&ran).starts_with(&format!("aws s3 ls --recursive {} ", world.place)), "{}", ran.stderr);
    [50, 150, 250].iter().for_each(|first| delete_object(&world, *first));
    assert_eq!((world.check().objects, world.check().records), (3, 300));
}

#[test]
fn a_missing_range_that_compaction_took_is_told_and_the_group_goes_on() {
    let mut world = World::new(1, 0);
    with_topic(&mut world, &["cleanup.policy=compact", "segment.ms=100", "min.cleanable.dirty.ratio=0.001"]);
    // Each in a segment of its own; the last one is not compacted.
    let next_segment = || std::thread::sleep(std::time::Duration::from_millis(300));
    world.produce(100);
    let users = std::fs::read_to_string(world.sent()).unwrap();
    next_segment();
    let to = producer(&world, None);
    for user in users.lines() {
        let user: Value = serde_json::from_str(user).unwrap();
        send(&to, &world, user["login"]["uuid"].as_str().unwrap(), None);
    }
    flush(&to);
    world.finish();
    next_segment();
    world.produce(30);
    world.finish();
    assert_eq!(verify(&world)[0]["objects"], 3);
    let left = || {
        let all = ["--envelope", "--exit-at-end", &world.topic];
        world.kafka("kafka-consume").args(all).go().succeeds().json()
    };
    wait_until("the log is compacted", || left()[0]["offset"].as_i64() >= Some(100));
    delete_object(&world, 0);
    let ran = verify_fails(&world, &["offsets 0 to 100 are in no object"]);
    follow(&world, &advice(&ran));
    nothing_is_left(&world, 230);
    verify_fails(&world, &["offsets 0 to 100 are in no object"]);
}

#[test]
fn a_range_of_nothing_but_markers_is_told_and_the_group_goes_on() {
    let mut world = World::new(1, 100);
    let to = producer(&world, Some(&fresh("aborted")));
    to.begin_transaction().unwrap();
    (0..10).for_each(|_| send(&to, &world, "aborted", Some(b"{}")));
    flush(&to);
    to.abort_transaction(std::time::Duration::from_secs(30)).unwrap();
    world.produce(50);
    world.batch = 111;
    world.finish();
    let objects = world.check().objects;
    reset(&world, "--at 100 --until 111 --yes").succeeds();
    nothing_is_left(&world, 161);
    let count = world.check();
    assert_eq!((count.objects, count.records), (objects, 150));
}

/// Of the range that is to be landed again no record is left: that is told at once, and the way to go on.
#[track_caller]
fn nothing_is_left(world: &World, then: i64) {
    let objects = digests(world);
    let ran = ends_with(world.run(&world.land(), None), 1, &["no record is left there"]);
    assert!(!ran.stderr.contains("attempt"), "{}", ran.stderr);
    let hint = advice(&ran);
    assert!(hint.contains(&format!("--at {then} --yes to go on without them")), "{hint}");
    follow(world, &hint);
    assert_eq!(committed(world), [then]);
    world.finish();
    assert_eq!(digests(world), objects, "no object was made of nothing");
}

#[test]
fn places_of_a_topic_that_was_made_again_come_back_from_the_objects_of_both() {
    let world = landed(250);
    let id = |world: &World| {
        let told = admin(world, &format!("describe {}", world.topic)).succeeds().json();
        told[0]["topic_id"].as_str().expect("an id").to_owned()
    };
    let old = id(&world);
    admin(&world, &format!("delete {}", world.topic)).succeeds();
    admin(&world, &format!("create {} -p 1", world.topic)).succeeds();
    assert_ne!(old, id(&world));
    reset_words(&world, &old);
    world.produce(120);
    begin_again(&world);
    world.finish();
    forget_group(&world);
    let restore = format!("s3-verify {} --offsets | topic-admin commit {}", world.place, world.group);
    let ran = follow(&world, &restore);
    assert!(ran.stderr.contains("passed over the line of another topic of that name"), "{}", ran.stderr);
    assert!(ran.stderr.contains(&old), "{}", ran.stderr);
    assert_eq!((ran.json().len(), &ran.json()[0]["offset"]), (1, &json!(120)));
    world.produce(30);
    world.finish();
    assert_eq!(world.check().records, 400, "of both topics");
}

/// What each command says of a topic that was made again while the group stood on the old one.
fn reset_words(world: &World, old: &str) {
    // Kafka drops the offsets of a topic that is deleted; those of a group that comes late are put back.
    let site = admin(world, &format!("describe {}", world.topic)).succeeds().json();
    let new = site[0]["topic_id"].as_str().unwrap().to_owned();
    begin(world);
    commit_with(world, 0, 0, &metadata(world, 0).replace(&new, old));
    let reset = format!(
        "topic-admin reset {} --topic {} --partition 0 --at earliest --yes",
        world.group, world.topic
    );
    let words = ["the place was committed for another topic of that name", old, &new, &reset];
    ends_with(world.run("true", None), 1, &words);
    let place = &places(world)[0];
    assert_eq!(place["mark"], "another_topic");
    let lag = admin(world, &format!("lag {}", world.group)).succeeds().json();
    assert_eq!(lag[0]["lag"], Value::Null);
    assert!(lag[0]["reason"].as_str().unwrap().contains("another topic of that name"), "{}", lag[0]);
    let line = json!({"topic": world.topic, "topic_id": old, "partition": 0, "offset": 0, "start": 0});
    let ran = world.kafka("topic-admin").args(["commit", &world.group]).stdin(line.to_string()).go();
    ran.fails(4, &["another topic of that name", old, &new, "--at earliest --yes"]);
}

/// Does what the consumer says that is to be done with the place of a topic that is no more.
fn begin_again(world: &World) {
    let ran = world.run("true", None).exits(1);
    let ran = follow(world, &advice(&ran));
    assert_eq!(ran.stderr, "", "what was of another topic is not landed twice");
}

#[test]
fn who_waits_for_a_member_that_died_says_so() {
    let world = World::new(1, 50);
    let consume = |script: &str| {
        let run = world.kafka("kafka-consume").args([&world.topic, "--group", &world.group, "--exit-at-end"]);
        // Heard of often, it is waited for nearly as long as its session is.
        let run = run.args(["-X", "session.timeout.ms=8000", "-X", "heartbeat.interval.ms=500"]);
        let run = run.args(["--", "sh", "-c", script]);
        run.env("PATH", crate::support::path()).env("AWS_ENDPOINT_URL_S3", &world.endpoint)
    };
    let service =
        consume(&format!("exec > {0}/said 2>&1; touch {0}/runs; sleep 60", world.dir.display())).start();
    wait_until("the batch runs", || world.dir.join("runs").exists());
    signal(&service, libc::SIGKILL);
    crate::support::finish(service);
    let ran = consume(&world.land()).go().exits(0);
    let said = ran.stderr.lines().find(|line| line.contains(LATE)).unwrap_or_default();
    assert!(said.contains("a member that died") && said.contains("8 s at most"), "{}", ran.stderr);
    assert_eq!(world.check().records, 50);
}

#[test]
fn tombstones_are_dropped_and_counted_and_an_envelope_has_them() {
    let world = World::new(1, 3);
    let to = producer(&world, None);
    send(&to, &world, "gone", None);
    flush(&to);
    let summary = world.dir.join("summary.json");
    let option = format!("--summary={}", summary.display());
    let plain = |options: &[&str]| {
        let run = world.kafka("kafka-consume").args([&world.topic, "--exit-at-end", &option]);
        let ran = run.args(options).go().succeeds();
        let told: Value = serde_json::from_str(&std::fs::read_to_string(&summary).unwrap()).unwrap();
        (ran.json(), told["dropped"].clone())
    };
    let (records, dropped) = plain(&[]);
    assert_eq!((records.len(), dropped), (3, json!(1)));
    let (records, dropped) = plain(&["--envelope"]);
    assert_eq!((records.len(), dropped), (4, json!(0)));
    assert_eq!((&records[3]["value"], &records[3]["key"]), (&Value::Null, &json!("gone")));
    // In a batch: dropped, no reject, and its offset is covered.
    world.finish();
    let account = &verify(&world)[0];
    assert_eq!(
        (&account["end_offset"], &account["rows"], &account["rejects"]),
        (&json!(4), &json!(3), &json!(0))
    );
    // Tombstones alone make an object without rows.
    send(&to, &world, &fresh("gone"), None);
    flush(&to);
    world.finish();
    let account = &verify(&world)[0];
    assert_eq!((&account["end_offset"], &account["objects"]), (&json!(5), &json!(2)));
}
