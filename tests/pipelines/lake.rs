//! users-to-lake: the API, three brokers, Parquet on S3.

use serde_json::Value;

use super::{Pipeline, fetched, flat, same};
use crate::support::api::{Api, Fault};
use crate::support::cluster::Cluster;
use crate::support::lake::Lake;
use crate::support::{fresh, run};

/// What landed: all rows of all objects.
fn landed(lake: &Lake) -> Vec<Value> {
    let objects = lake.keys().into_iter().filter(|key| key.ends_with(".parquet"));
    objects.flat_map(|key| run("from-parquet").arg(lake.url(&key)).go().succeeds().json()).collect()
}

/// The expected rows, the zip hashed as the command itself does: that has tests of its own.
fn expected(pipeline: &Pipeline, users: &[Value]) -> Vec<Value> {
    let lines: String = users.iter().map(|user| format!("{}\n", flat(user))).collect();
    run("hash-fields")
        .args(["--key-file", pipeline.setting("HASH_KEY"), "zip"])
        .stdin(lines)
        .go()
        .succeeds()
        .json()
}

fn proven(pipeline: &Pipeline, lake: &Lake, rows: usize) {
    let told =
        pipeline.command("s3-verify").args([&lake.url("users/"), "--group", pipeline.setting("GROUP")]).go();
    let sum: u64 = told.exits(0).json().iter().filter_map(|line| line["rows"].as_u64()).sum();
    assert_eq!(sum as usize, rows, "s3-verify counts the rows");
}

#[test]
fn pipeline_users_to_lake_lands_each_user_of_the_api_once_on_three_brokers() {
    let (cluster, lake, api) =
        (Cluster::start(3, &["group.min.session.timeout.ms=1000"]), Lake::make(), Api::start());
    let pipeline = Pipeline::new("users-to-lake")
        .with("KAFKA_BOOTSTRAP_SERVERS", cluster.brokers())
        .with("REPLICAS", "3")
        .with("LAKE", lake.url("users/"))
        .with("SLUICEBOX_USERS_URL", api.url());
    pipeline.set_up();
    (0..3).for_each(|_| drop(pipeline.runs()));
    let found = landed(&lake);
    assert_eq!(found.len(), 300);
    same(found, pipeline.published());
    proven(&pipeline, &lake, 300);
    // A broker less is no reason to stop.
    cluster.kill(2);
    pipeline.runs();
    assert_eq!(landed(&lake).len(), 400);
}

#[test]
fn pipeline_users_to_lake_is_whole_after_a_crash_at_each_half() {
    let lake = Lake::make();
    let pipeline = Pipeline::new("users-to-lake").with("LAKE", lake.url("users/"));
    pipeline.set_up();
    let mut users = Vec::new();
    for (seed, fault) in [("a", "kill@plan.after"), ("b", "kill@commit.before"), ("c", "kill@feed.after")] {
        let source = pipeline.users(200, seed);
        let ran = pipeline.run("").env("SOURCE", source).env("SLUICEBOX_FAULT", fault).go();
        assert!(ran.code != Some(0), "{fault}: it crashed");
        // Who was killed has not told why: what the shell and the stages behind have seen stands below.
        let (cause, seen) = ran.stderr.split_once('\n').unwrap();
        let is_seen = |line: &str| line == "Killed" || line.starts_with("run:   ");
        assert!(cause.starts_with("run: users-to-lake: ") && seen.lines().all(is_seen), "{}", ran.stderr);
        users.extend(fetched(200, seed));
        pipeline.run("").env("SOURCE", pipeline.users(50, &format!("{seed}2"))).go().exits(0);
        users.extend(fetched(50, &format!("{seed}2")));
    }
    same(landed(&lake), expected(&pipeline, &users));
    proven(&pipeline, &lake, users.len());
}

#[test]
fn pipeline_users_to_lake_stops_at_the_other_spelling_and_publishes_nothing_of_it() {
    let lake = Lake::make();
    let pipeline = Pipeline::new("users-to-lake").with("LAKE", lake.url("users/"));
    pipeline.set_up();
    // The other spelling of the flat record, as it occurs in the wild.
    let wild =
        "{\"full_name\":\"Mr. A B\",\"location\":\"1, High Street\",\"country\":\"GB\",\"postcode\":1}\n";
    std::fs::write(pipeline.path("wild.ndjson"), wild).unwrap();
    let source = format!("via --seal -- cat {}", pipeline.path("wild.ndjson"));
    let ran = pipeline.run("").env("SOURCE", &source).go().exits(1);
    assert!(ran.stderr.contains("map-fields: ") && ran.stderr.contains("missing"), "{}", ran.stderr);
    assert_eq!(pipeline.published().len(), 0);
    // And where it has come into the topic by another way, the schema stops it.
    pipeline.command("kafka-produce").args(["-t", pipeline.setting("TOPIC")]).stdin(wild).go().succeeds();
    let ran = pipeline.run("").env("SOURCE", pipeline.users(5, "after")).go().exits(1);
    assert!(ran.stderr.contains("full_name"), "{}", ran.stderr);
    // What lies in other partitions lands; of the one that holds it, nothing.
    let found = landed(&lake);
    assert!(found.len() <= 5 && found.iter().all(|user| user["name"].is_string()), "{found:?}");
}

#[test]
fn pipeline_users_to_lake_mails_why_the_api_gave_nothing_and_lands_what_is_there() {
    let (lake, api) = (Lake::make(), Api::start().faults(&[const { Fault::Status(503) }; 5]));
    let pipeline = Pipeline::new("users-to-lake")
        .with("LAKE", lake.url("users/"))
        .with("TOPIC", fresh("away"))
        .with("SLUICEBOX_USERS_URL", api.url());
    pipeline.set_up();
    let before =
        crate::support::run("generate-users").args(["--results", "20", "--seed", "b"]).go().succeeds();
    let flat: String = before.json().iter().map(|user| format!("{}\n", flat(user))).collect();
    pipeline.command("kafka-produce").args(["-t", pipeline.setting("TOPIC")]).stdin(flat).go().succeeds();
    let ran = pipeline.run("").go().exits(75);
    assert!(ran.stderr.contains("fetch-users: ") && ran.stderr.contains("503"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert_eq!(landed(&lake).len(), 20);
}
