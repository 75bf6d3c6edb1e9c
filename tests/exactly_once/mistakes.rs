//! What a person gets wrong in the command of a batch, and its records: told at once, with what to type.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::hands::*;
use super::world::World;
use crate::support::LATE;

#[test]
fn records_that_do_not_fit_are_told_at_once_with_what_works_in_a_batch() {
    let mut world = World::new(1, 20);
    world.produce_rejects(1);
    // Five attempts would be made, with pauses of 15 seconds in all.
    let ran = world.run(&world.land(), None);
    assert_eq!(ran.stderr.matches("attempt").count(), 0, "{}", ran.stderr);
    let words = [
        "/0, offsets 0 to 21: s3-put: hash-fields: line 21: email: ",
        "kafka-consume with --max-rejects N, to land the others",
    ];
    let ran = ends_with(ran, 1, &words);
    assert!(!ran.stderr.contains("--rejects FILE"), "{}", ran.stderr);
    world.options = vec!["--max-rejects", "1"];
    world.finish();
    let count = world.check();
    assert_eq!((count.records, count.rejects), (20, 1));
}

#[test]
fn a_field_that_the_schema_lacks_is_kept_before_it_is_dropped() {
    let world = World::new(1, 20);
    let ddl = world.dir.join("short.ddl");
    std::fs::write(&ddl, "email STRING").unwrap();
    let [hash, _, put] = world.stages();
    let script = format!("{hash} | to-parquet --schema {} | {put}", ddl.display());
    let ran = ends_with(world.run(&script, None), 1, &["not in the schema"]);
    let (keep, drop) = (ran.stderr.find("--unknown column=NAME"), ran.stderr.find("--max-rejects N"));
    assert!(ran.stderr.contains("the field in the schema, or") && keep < drop, "{}", ran.stderr);
    let script = script.replace("to-parquet", "to-parquet --unknown column=rest");
    world.run(&script, None).exits(0);
}

#[test]
fn a_command_that_does_not_exist_is_told_before_a_batch_is_planned_for_it() {
    let world = World::new(1, 20);
    let consume = |command: &[&str]| {
        let run =
            world.kafka("kafka-consume").args([&world.topic, "--group", &world.group, "--exit-at-end", "--"]);
        run.args(command).env("PATH", crate::support::path()).go()
    };
    consume(&["./lnad.sh"]).fails(2, &["cannot run ./lnad.sh: not found"]);
    let script = world.dir.join("land.sh");
    std::fs::write(&script, "#!/bin/bsh\ncat").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    consume(&[script.to_str().unwrap()]).fails(2, &["its first line names /bin/bsh, which is not there"]);
    consume(&["s3-putt", &world.place]).fails(2, &["cannot run s3-putt: not found on PATH"]);
    assert_eq!(places(&world)[0]["end"], Value::Null, "nothing is planned");
    let ran = world.finish().without(LATE);
    assert_eq!(ran.stderr, "", "and no other command is spoken of");
    assert_eq!(world.check().records, 20);
}

#[test]
fn a_program_of_the_script_that_does_not_exist_is_what_is_told() {
    let mut world = World::new(1, 20);
    let [hash, encode, _] = world.stages();
    let ran = world.run(&format!("{hash} | {encode} | s3-putt {}", world.place), None);
    assert!(ran.stderr.contains("s3-putt: not found"), "the shell says which: {}", ran.stderr);
    let words = ["a program that the command names was not found", "printed it above", "PATH"];
    ends_with(ran, 2, &words);
    // In the middle the shell tells nobody but the reader.
    world.options = vec!["--max-attempts", "1"];
    let ran = world.run(&world.land().replace("hash-fields", "hash-feilds"), None);
    assert!(ran.stderr.contains("hash-feilds: not found"), "{}", ran.stderr);
    let words =
        ["to-parquet: nothing came down the pipe", "was not found", "what it or the shell has printed"];
    ends_with(ran, 1, &words);
    world.options = Vec::new();
    world.finish();
    assert_eq!(world.check().records, 20);
}
