//! Behind a real consumer: a topic into a table, whatever is killed on the way.

use std::thread;
use std::time::Duration;

use crate::support::postgres::{Database, Server};
use crate::support::{Ran, Run, finish, folder, fresh, run};

/// How a run is told to be quick about it.
const QUICK: [&str; 4] = ["-X", "session.timeout.ms=1000", "-X", "heartbeat.interval.ms=200"];
const USERS: &str = "login STRUCT<uuid: STRING>, email STRING NOT NULL, phone STRING";

/// A topic with users, a group that has begun, a database.
struct World {
    topic: String,
    group: String,
    sent: String,
    database: Database,
    script: String,
}

impl World {
    fn new(users: u32, database: Database) -> Self {
        let (topic, group) = (fresh("table"), fresh("group"));
        run("topic-admin").args(["create", &topic, "-p", "3"]).go().succeeds();
        let at = ["--topic", &topic, "--at", "earliest"];
        run("topic-admin").args(["init-group", &group]).args(at).go().exits(0);
        let schema = super::ddl(USERS);
        let script = format!("postgres-put -t users --schema {schema} --unknown ignore --create");
        let mut world = Self { topic, group, sent: String::new(), database, script };
        world.produce(users);
        world
    }

    fn produce(&mut self, users: u32) {
        let skip = self.sent.lines().count().to_string();
        let plan = ["-n", &users.to_string(), "--seed", "table", "--skip", &skip];
        let lines = run("generate-users").args(plan).go().succeeds().text();
        run("kafka-produce")
            .args(["--topic", &self.topic, "--key", "login.uuid"])
            .stdin(lines.clone())
            .go()
            .exits(0);
        self.sent.push_str(&lines);
    }

    fn consumer(&self, script: &str) -> Run {
        let consume = run("kafka-consume")
            .args([&self.topic, "--group", &self.group, "--exit-at-end", "--batch-records", "50"])
            .args(QUICK)
            .args(["--max-attempts", "3", "--", "sh", "-c", script]);
        self.database.reach(consume).env("PATH", crate::support::path())
    }

    #[track_caller]
    fn finish(&self) -> Ran {
        self.consumer(&self.script).go().exits(0)
    }

    /// Each user that was sent is there once, as it was sent.
    #[track_caller]
    fn check(&self) {
        let mut found: Vec<String> = self
            .database
            .sql("SELECT login->>'uuid' || ' ' || email || ' ' || phone FROM users")
            .lines()
            .map(str::to_owned)
            .collect();
        let mut sent: Vec<String> = self
            .sent
            .lines()
            .map(|line| {
                let user: serde_json::Value = serde_json::from_str(line).unwrap();
                let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
                format!("{} {} {}", text(&user["login"]["uuid"]), text(&user["email"]), text(&user["phone"]))
            })
            .collect();
        found.sort();
        sent.sort();
        assert_eq!(found.len(), sent.len());
        assert!(found == sent, "each field is what was sent");
    }
}

#[test]
fn a_topic_lands_in_a_table_each_record_once_whatever_dies() {
    let mut world = World::new(300, Database::make());
    let points = ["spawn.after:2", "feed.after:2", "ended.after:3", "commit.before:2", "commit.after:2"];
    for point in points {
        world.produce(150);
        let ran = world.consumer(&world.script).env("SLUICEBOX_FAULT", format!("kill@{point}")).go();
        assert_eq!(ran.signal, Some(libc::SIGKILL), "{point}: {ran:?}");
        world.finish();
        world.check();
    }
    for point in
        ["postgres.staged.after", "postgres.take.after", "postgres.commit.before", "postgres.commit.after"]
    {
        world.produce(150);
        let once = folder("once");
        let script = format!(
            "fault=; mkdir {}/done 2>/dev/null && fault=kill@{point}; SLUICEBOX_FAULT=$fault exec {}",
            once.display(),
            world.script
        );
        world.consumer(&script).go().exits(0);
        world.check();
    }
}

#[test]
fn two_consumers_that_come_and_go_store_each_record_once() {
    let mut world = World::new(600, Database::make());
    for at in 0..4u64 {
        let script = format!("sleep 0.1; {}", world.script);
        let (first, second) = (world.consumer(&script).start(), world.consumer(&script).start());
        thread::sleep(Duration::from_millis(700 + 300 * at));
        let mut first = first;
        first.kill().unwrap();
        finish(first);
        let ran = finish(second);
        assert!(matches!(ran.code, Some(0 | 75)), "{ran:?}");
        world.produce(100);
    }
    world.finish();
    world.check();
}

#[test]
fn a_server_that_goes_and_comes_back_is_waited_out() {
    let server = Server::start(&[]);
    let mut world = World::new(600, server.database());
    let slow = format!("sleep 0.2; {}", world.script);
    let running = world.consumer(&slow).start();
    thread::sleep(Duration::from_millis(1500));
    server.crash();
    let ran = finish(running);
    assert!(matches!(ran.code, Some(0 | 75)), "{ran:?}");
    world.finish_fails();
    server.restart();
    world.produce(50);
    world.finish();
    world.check();
}

impl World {
    /// Without a server nothing works, and that is told as what it is.
    #[track_caller]
    fn finish_fails(&self) {
        let ran = self.consumer(&self.script).go().exits(75);
        assert!(ran.stderr.contains("cannot reach PostgreSQL"), "{}", ran.stderr);
    }
}

#[test]
fn a_group_that_was_set_back_finds_what_is_there() {
    let world = World::new(300, Database::make());
    world.finish();
    thread::sleep(Duration::from_millis(1500));
    let reset = ["reset", &world.group, "--topic", &world.topic, "--at", "earliest", "--yes"];
    run("topic-admin").args(reset).go().exits(0);
    world.finish();
    world.check();
}
