//! The river, end to end, on real Kafka and a real store: users, hashed, through a topic, into
//! Parquet on S3; and what happens when a stage of a sealed pipe is killed.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::support::lake::Lake;
use crate::support::{finish, folder, fresh, root, run, service, sh};

/// A topic of this test alone.
fn topic(partitions: u32) -> String {
    service("KAFKA_BOOTSTRAP_SERVERS");
    let name = fresh("river");
    run("topic-admin").args(["create", &name, "--partitions", &partitions.to_string()]).go().exits(0);
    name
}

/// Fails unless every user of `sent` is in the Parquet file once, with every field equal.
fn check_landed(parquet: &Path, sent: &Path, key: &Path) -> u64 {
    let check = root().join("tests/readers/landed.py");
    let mut python = Command::new(service("SLUICEBOX_TEST_PYTHON"));
    let out = python.arg(check).args([parquet, sent, key]).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().parse().unwrap()
}

#[test]
fn every_user_lands_once_with_every_field_equal() {
    let (dir, topic, lake) = (folder("river"), topic(4), Lake::make());
    let script = format!(
        "set -e
        hash-fields --new-key hash.key
        generate-users --results 20000 --seed river > sent.ndjson
        via --seal -- cat sent.ndjson < /dev/null |
            hash-fields --key-file hash.key email location.postcode |
            kafka-produce --topic {topic} --key login.uuid --allow-partial
        kafka-consume {topic} --exit-at-end --seal | to-parquet --schema {schema} | s3-put {url}",
        schema = root().join("examples/users.ddl").display(),
        url = lake.url("users.parquet"),
    );
    sh(&script).dir(&dir).go().exits(0);
    std::fs::write(dir.join("users.parquet"), lake.get("users.parquet").unwrap()).unwrap();
    let landed = check_landed(&dir.join("users.parquet"), &dir.join("sent.ndjson"), &dir.join("hash.key"));
    assert_eq!(landed, 20_000);
}

/// Kills one stage of a sealed pipe after a while; whatever the moment, nothing half is visible.
fn kill_one(victim: &str, after: Duration) {
    let (topic, lake) = (topic(2), Lake::make());
    sh(&format!("generate-users --results 30000 | kafka-produce --topic {topic}")).go().succeeds();
    let schema = root().join("tests/data/users-plain.ddl");
    // A slow stage keeps the pipe busy while the victim dies; each stage leaves its exit status.
    let script = format!(
        "t() {{ \"$@\"; echo \"$1 $?\" >> status; }}
        t kafka-consume {topic} --exit-at-end --seal |
            t hash-fields --algorithm md5-int -q location.postcode |
            t via -- awk '{{ print }} NR % 500 == 0 {{ system(\"sleep 0.01\") }}' |
            t to-parquet --schema {schema} --row-group-bytes 1MiB |
            t s3-put --part-size 5MiB {url}",
        schema = schema.display(),
        url = lake.url("users.parquet"),
    );
    let dir = folder("kill");
    let child = sh(&script).dir(&dir).start();
    std::thread::sleep(after);
    // Only processes of our own group are looked at.
    let group = child.id().to_string();
    let killed = Command::new("pkill").args(["-KILL", "-g", &group, "-x", victim]).status().unwrap();
    let ran = finish(child);
    let status = std::fs::read_to_string(dir.join("status")).unwrap();
    if !killed.success() {
        // It had ended before: then all is there.
        assert!(lake.get("users.parquet").is_some(), "{victim}: {status} {}", ran.stderr);
        return;
    }
    assert!(lake.get("users.parquet").is_none(), "{victim} was killed, and an object is visible: {status}");
    if victim != "s3-put" {
        assert!(!status.contains("s3-put 0"), "{victim} was killed, and s3-put was content: {status}");
        assert_eq!(lake.uploads(), 0, "{victim} was killed, and s3-put left an upload");
    }
}

#[test]
fn a_killed_stage_leaves_nothing_visible() {
    // The kernel knows a process by the name of its executable's link, cut at 15 bytes.
    for (victim, after) in
        [("kafka-consume", 150), ("hash-fields", 200), ("via", 250), ("to-parquet", 300), ("s3-put", 350)]
    {
        kill_one(victim, Duration::from_millis(after));
    }
}

#[test]
fn sealed_records_are_stored_without_their_seal_or_not_at_all() {
    let lake = Lake::make();
    let users = run("generate-users").args(["-n", "3000", "--seed", "plain"]).go().succeeds().stdout;
    let store = |between: &str| {
        let url = lake.url("users.ndjson");
        sh(&format!("generate-users -n 3000 --seed plain --seal {between} | s3-put {url}")).go()
    };
    let cut = store("| head -n 1000").exits(1);
    assert!(cut.stderr.contains("without a seal after 999 records"), "{}", cut.stderr);
    assert!(lake.get("users.ndjson").is_none());
    store("").succeeds();
    assert_eq!(lake.get("users.ndjson").unwrap(), users);
}

#[test]
fn a_stage_that_fails_before_its_first_byte_leaves_nothing_visible() {
    let lake = Lake::make();
    let schema = root().join("tests/data/users-plain.ddl");
    let river = |failing: &str, encoder: &str| {
        let script =
            format!("generate-users --seal | {failing} | {encoder} | s3-put {}", lake.url("users.parquet"));
        sh(&script).go()
    };
    let encoder = format!("to-parquet --schema {}", schema.display());
    // It has not even passed the opening seal on: the next stage sees an empty, unsealed pipe.
    let ran = river("sh -c 'kill -9 $$'", &encoder).exits(1);
    assert!(ran.stderr.contains("not even a seal"), "{}", ran.stderr);
    let ran = river("cat", "sh -c 'kill -9 $$'").exits(1);
    assert!(ran.stderr.contains("s3-put: nothing came down the pipe"), "{}", ran.stderr);
    assert!(lake.get("users.parquet").is_none());
}

#[test]
fn no_records_are_no_failure_and_no_bytes_an_object() {
    let (dir, lake) = (folder("empty"), Lake::make());
    run("to-parquet").args(["--schema-ddl", "a INT", "-o", "x.parquet"]).dir(&dir).go().succeeds();
    run("from-parquet").arg("x.parquet").dir(&dir).go().succeeds();
    run("s3-put").arg(lake.url("empty.txt")).stdin("").go().fails(1, &["not even a seal", "--allow-empty"]);
    assert!(lake.get("empty.txt").is_none());
    run("s3-put").arg("--allow-empty").arg(lake.url("empty.txt")).stdin("").go().succeeds();
    assert_eq!(lake.get("empty.txt").unwrap(), b"");
}

#[test]
fn a_stage_that_cannot_begin_leaves_nothing_visible() {
    let (dir, lake) = (folder("silence"), Lake::make());
    let encode = "to-parquet --schema-ddl 'email STRING' --unknown ignore";
    for (failing, why) in [
        (format!("kafka-consume {} --exit-at-end --seal | {encode}", fresh("no-such-topic")), "no topic"),
        (format!("generate-users --seal | hash-fields --key-file no.key email | {encode}"), "no key"),
        (format!("generate-users --seal | no-such-command | {encode}"), "no command"),
        ("generate-users --seal | to-parquet --schema no.ddl".to_owned(), "no schema"),
    ] {
        let ran = sh(&format!("{failing} | s3-put {}", lake.url("users.parquet"))).dir(&dir).go().exits(1);
        assert!(ran.stderr.contains("nothing came down the pipe"), "{why}: {}", ran.stderr);
        assert!(lake.get("users.parquet").is_none(), "{why}, and an object is visible");
    }
    // An end of file that nobody can have died before is no failure, and a seal says so itself.
    sh(&format!("{encode} < /dev/null > empty.parquet")).dir(&dir).go().succeeds();
    let empty = format!("via --seal -- cat < /dev/null | {encode} | s3-put {}", lake.url("users.parquet"));
    sh(&empty).dir(&dir).go().succeeds();
    assert!(lake.get("users.parquet").is_some());
}
