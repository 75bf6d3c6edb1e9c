//! users-to-csv: ten users a minute, CSV on S3 that Spark reads.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Pipeline, fetched, flat, same};
use crate::support::api::Api;
use crate::support::lake::Lake;
use crate::support::{finish, signal};

/// What landed, read by serde's least clever friend: a reader of quoted cells with backslashes.
fn landed(lake: &Lake) -> Vec<Value> {
    objects(lake).iter().flat_map(|key| rows(&String::from_utf8(lake.get(key).unwrap()).unwrap())).collect()
}

fn objects(lake: &Lake) -> Vec<String> {
    lake.keys().into_iter().filter(|key| key.ends_with(".csv")).collect()
}

fn rows(text: &str) -> Vec<Value> {
    let mut lines = text.lines().map(cells);
    let names = lines.next().expect("a header in every object");
    let record = |cells: Vec<String>| {
        let numeric = |name: &str| ["latitude", "longitude"].contains(&name);
        let fields = names.iter().zip(cells).map(|(name, cell)| {
            let value = if numeric(name) { serde_json::from_str(&cell).unwrap() } else { Value::from(cell) };
            (name.clone(), value)
        });
        Value::Object(fields.collect())
    };
    lines.map(record).collect()
}

/// Spark's dialect: quotes around a cell, a backslash before a quote or a backslash inside of them.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted, mut letters) = (vec![String::new()], false, line.chars());
    while let Some(letter) = letters.next() {
        let cell = cells.last_mut().unwrap();
        match letter {
            '"' => quoted = !quoted,
            '\\' if quoted => cell.extend(letters.next()),
            ',' if !quoted => cells.push(String::new()),
            letter => cell.push(letter),
        }
    }
    cells
}

#[test]
fn pipeline_users_to_csv_lands_an_object_a_run_with_each_user_once() {
    let lake = Lake::make();
    let pipeline = Pipeline::new("users-to-csv").with("LAKE", lake.url("csv/"));
    pipeline.set_up();
    let mut users = Vec::new();
    for seed in ["a", "b"] {
        pipeline.run("").env("SOURCE", pipeline.users(10, seed)).go().succeeds();
        users.extend(fetched(10, seed));
    }
    assert_eq!(objects(&lake).len(), 2);
    // A crash between the object and its commit.
    let ran = pipeline
        .run("")
        .env("SOURCE", pipeline.users(10, "c"))
        .env("SLUICEBOX_FAULT", "kill@commit.before")
        .go();
    assert_ne!(ran.code, Some(0));
    pipeline.run("").env("SOURCE", pipeline.users(10, "d")).go().succeeds();
    users.extend(fetched(10, "c"));
    users.extend(fetched(10, "d"));
    same(landed(&lake), users.iter().map(flat).collect());
}

#[test]
fn pipeline_users_to_csv_follows_with_an_object_every_ten_seconds() {
    let (lake, api) = (Lake::make(), Api::start());
    let pipeline = Pipeline::new("users-to-csv")
        .with("LAKE", lake.url("csv/"))
        .with("SLUICEBOX_USERS_URL", api.url())
        .with("SOURCE", "fetch-users --results 1 --every 500ms --for 15s");
    pipeline.set_up();
    let follower = pipeline.script("follow").start();
    pipeline.run("feed").go().succeeds();
    let published = pipeline.published();
    assert!(published.len() >= 20, "{} users in 15 s", published.len());
    let deadline = Instant::now() + Duration::from_secs(30);
    while landed(&lake).len() < published.len() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(500));
    }
    signal(&follower, libc::SIGTERM);
    assert_eq!(finish(follower).signal, Some(libc::SIGTERM));
    let objects = objects(&lake).len();
    assert!((2..=4).contains(&objects), "{objects} objects in some 25 s");
    same(landed(&lake), published);
}
