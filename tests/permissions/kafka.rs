//! The Kafka part of the page, on a broker with ACLs.

use std::process::Command;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use serde_json::{Value, json};
use sluicebox::kafka::native::identity::topic_id;

use super::acls::{Acl, cluster};
use super::page::{self, Row};
use super::{Scenario, take_away};
use crate::support::lake::Lake;
use crate::support::{LATE, Ran, Run, folder, fresh, run, service, sh};

/// The sections of the page, in its order.
pub const JOBS: [&str; 13] = [
    "kafka-produce",
    "kafka-consume",
    "kafka-consume --group",
    "kafka-consume --group --transactional",
    "topic-admin create",
    "topic-admin list",
    "topic-admin describe",
    "topic-admin delete",
    "topic-admin init-group, reset, commit",
    "topic-admin groups",
    "topic-admin groups GROUP",
    "topic-admin lag",
    "s3-verify --group",
];

/// Names that nobody else uses, and the right to everything in them.
struct World {
    topic: String,
    out: String,
    group: String,
}

impl World {
    /// With names only.
    fn empty() -> Self {
        Self { topic: fresh("created_users"), out: fresh("clean_users"), group: fresh("lake") }
    }

    /// With a topic of three records.
    fn new() -> Self {
        let world = Self::empty();
        world.admin(&format!("create {} -p 1 -c max.message.bytes=3000000", world.topic));
        let lines = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n";
        open("kafka-produce").args(["--topic", &world.topic]).stdin(lines).go().succeeds();
        world
    }

    /// And a group that begins with the first of them.
    fn with_group() -> Self {
        let world = Self::new();
        world.admin(&format!("init-group {} --topic {} --at earliest", world.group, world.topic));
        world
    }

    fn admin(&self, line: &str) -> Ran {
        open("topic-admin").args(line.split_whitespace()).go().succeeds()
    }

    /// A command as a user with these rights.
    fn user(&self, command: &str, rights: &[Row]) -> Run {
        run(command).arg("-F").arg(cluster().user(&self.acls(rights)).file)
    }

    /// The rights, on the names of this world.
    fn acls(&self, rights: &[Row]) -> Vec<Acl> {
        let acl = |row: &Row| {
            let (kind, name) = row.resource();
            Acl { operation: row.right.clone(), kind: kind.to_owned(), name: self.name(name) }
        };
        rights.iter().map(acl).collect()
    }

    /// What a name of the page is here.
    fn name(&self, name: &str) -> String {
        match name {
            "created_users" => self.topic.clone(),
            "clean_users" => self.out.clone(),
            "lake" => self.group.clone(),
            "sluicebox-lake-*" => format!("sluicebox-{}-*", self.group),
            other => panic!("the page has a name that the tests do not know: {other}"),
        }
    }
}

/// A command that may do everything.
fn open(command: &str) -> Run {
    run(command).env("KAFKA_BOOTSTRAP_SERVERS", &cluster().open)
}

/// A form of a command.
struct Form {
    run: fn(&[Row]) -> Ran,
    check: fn(Option<&Row>, &[Row], &Ran),
    /// What an error says instead of a right and its resource.
    names: fn(&Row) -> Option<&'static str>,
}

impl Form {
    fn new(run: fn(&[Row]) -> Ran, check: fn(Option<&Row>, &[Row], &Ran)) -> Self {
        Self { run, check, names: |_| None }
    }
}

impl Scenario for Form {
    fn run(&self, rights: &[Row]) -> Ran {
        (self.run)(rights)
    }

    fn check(&self, lost: Option<&Row>, rights: &[Row], ran: &Ran) {
        (self.check)(lost, rights, ran);
    }

    fn names(&self, row: &Row) -> String {
        let here = format!("{} on {}", row.right, row.on.trim_end_matches('*'));
        (self.names)(row).map_or(here, str::to_owned)
    }
}

fn test(job: &str, form: &Form) {
    take_away(&page::find("Kafka", job), form);
}

/// Kafka leaves out what may not be seen: that the topic was is all that can be said.
fn unseen(row: &Row) -> Option<&'static str> {
    row.on.starts_with("topic").then_some("lacks Describe on its topics")
}

#[test]
fn kafka_produce_needs_what_the_page_says() {
    let run = |rights: &[Row]| {
        let world = World::new();
        let line = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1_500_000));
        let produce = world.user("kafka-produce", rights).args(["--topic", &world.topic]);
        produce.args(["--max-rejects", "1"]).stdin("{\"a\":1}\n".to_owned() + &line).go()
    };
    test(
        "kafka-produce",
        &Form::new(run, |lost, _, ran| match lost {
            None => assert_eq!(ran.stderr, ""),
            Some(_) => assert!(ran.stderr.contains("1 of 2 records rejected"), "{}", ran.stderr),
        }),
    );
}

#[test]
fn kafka_consume_needs_what_the_page_says() {
    let run = |rights: &[Row]| {
        let world = World::new();
        world.user("kafka-consume", rights).args([&world.topic, "--exit-at-end"]).go()
    };
    test("kafka-consume", &Form::new(run, |_, _, ran| assert_eq!(ran.json().len(), 3)));
}

#[test]
fn kafka_consume_in_a_group_needs_what_the_page_says() {
    let run = |rights: &[Row]| {
        let world = World::with_group();
        let consume = world.user("kafka-consume", rights).args([&world.topic, "--group", &world.group]);
        let ran = consume.args(["--exit-at-end", "--trust-exit", "--", "wc", "-l"]).go();
        if ran.code == Some(0) {
            let lag = world.admin(&format!("lag {}", world.group)).json();
            assert_eq!(lag.last().unwrap()["total"], 0, "committed");
        }
        ran
    };
    test("kafka-consume --group", &Form::new(run, |_, _, ran| assert_eq!(ran.text().trim(), "3")));
}

#[test]
fn kafka_to_kafka_needs_what_the_page_says() {
    let run = |rights: &[Row]| {
        let world = World::with_group();
        world.admin(&format!("create {} -p 1", world.out));
        let file = cluster().user(&world.acls(rights)).file;
        let script = format!(
            "kafka-consume -F {0} {1} --group {2} --transactional --exit-at-end --max-attempts 2 -- \
             kafka-produce -F {0} --topic {3}",
            file.display(),
            world.topic,
            world.group,
            world.out
        );
        let ran = sh(&script).go();
        if ran.code == Some(0) {
            let copied = open("kafka-consume").args([&world.out, "--exit-at-end"]).go().succeeds();
            assert_eq!(copied.json().len(), 3);
        }
        ran
    };
    test("kafka-consume --group --transactional", &Form::new(run, |_, _, _| ()));
}

#[test]
fn topics_need_what_the_page_says() {
    let create = |rights: &[Row]| {
        let world = World::empty();
        let line = format!("create {} -p 2 -c retention.ms=86400000", world.topic);
        world.user("topic-admin", rights).args(line.split(' ')).go()
    };
    test("topic-admin create", &Form::new(create, |_, _, ran| assert_eq!(ran.json()[0]["partitions"], 2)));

    let list = |rights: &[Row]| World::new().user("topic-admin", rights).arg("list").go();
    let listed = |lost: Option<&Row>, _: &[Row], ran: &Ran| assert_eq!(ran.json().is_empty(), lost.is_some());
    test("topic-admin list", &Form::new(list, listed));

    let describe = |rights: &[Row]| {
        let world = World::new();
        world.user("topic-admin", rights).args(["describe", &world.topic]).go()
    };
    let described = |lost: Option<&Row>, _: &[Row], ran: &Ran| {
        let line = &ran.json()[0];
        assert_eq!(line["partitions"][0]["high"], 3);
        assert_eq!(line["configs"].is_null(), lost.is_some(), "{line}");
    };
    test("topic-admin describe", &Form::new(describe, described));

    let delete = |rights: &[Row]| {
        let world = World::new();
        world.user("topic-admin", rights).args(["delete", &world.topic]).go()
    };
    test(
        "topic-admin delete",
        &Form::new(delete, |_, _, ran| assert_eq!(ran.json()[0]["outcome"], "deleted")),
    );
}

/// What `topic-admin commit` reads, for the third record of a topic.
fn place(world: &World) -> String {
    let client: BaseConsumer =
        ClientConfig::new().set("bootstrap.servers", &cluster().open).create().unwrap();
    let id = topic_id(client.client(), &world.topic, Duration::from_secs(20)).unwrap();
    json!({"topic": world.topic, "topic_id": id, "partition": 0, "offset": 2, "start": 0}).to_string()
}

#[test]
fn beginning_and_mending_groups_needs_what_the_page_says() {
    let outcome = |_: Option<&Row>, _: &[Row], ran: &Ran| {
        let outcome = ran.json()[0]["outcome"].clone();
        assert!(["created", "reset", "committed"].iter().any(|done| outcome == *done), "{outcome}");
    };
    let init = |rights: &[Row]| {
        let world = World::new();
        let line = format!("init-group {} --topic {} --at earliest", world.group, world.topic);
        world.user("topic-admin", rights).args(line.split(' ')).go()
    };
    let reset = |rights: &[Row]| {
        let world = World::with_group();
        let line = format!("reset {} --topic {} --at latest --yes", world.group, world.topic);
        world.user("topic-admin", rights).args(line.split(' ')).go()
    };
    let commit = |rights: &[Row]| {
        let world = World::new();
        world.user("topic-admin", rights).args(["commit", &world.group]).stdin(place(&world)).go()
    };
    for run in [init, reset, commit] {
        test("topic-admin init-group, reset, commit", &Form::new(run, outcome));
    }
}

#[test]
fn watching_groups_needs_what_the_page_says() {
    let groups = |rights: &[Row]| World::with_group().user("topic-admin", rights).arg("groups").go();
    let listed = |lost: Option<&Row>, _: &[Row], ran: &Ran| {
        let lines = ran.json();
        assert_eq!(lines.len(), usize::from(lost.is_none_or(|row| row.on.starts_with("topic"))));
        assert!(lines.iter().all(|line| line["topic"].is_null() == lost.is_some()), "{lines:?}");
    };
    test("topic-admin groups", &Form::new(groups, listed));

    let group = |rights: &[Row]| {
        let world = World::with_group();
        world.user("topic-admin", rights).args(["groups", &world.group]).go()
    };
    let told = |lost: Option<&Row>, _: &[Row], ran: &Ran| {
        assert_eq!(ran.json()[0]["topic"].is_null(), lost.is_some(), "{}", ran.text());
    };
    test("topic-admin groups GROUP", &Form::new(group, told));

    let lag = |rights: &[Row]| {
        let world = World::with_group();
        world.user("topic-admin", rights).args(["lag", &world.group]).go()
    };
    let behind = |_: Option<&Row>, _: &[Row], ran: &Ran| assert_eq!(ran.json().last().unwrap()["total"], 3);
    test("topic-admin lag", &Form { names: unseen, ..Form::new(lag, behind) });
}

#[test]
fn proving_a_group_needs_what_the_page_says() {
    let verify = |rights: &[Row]| {
        let (world, lake) = (World::with_group(), Lake::make());
        let dir = folder("land");
        std::fs::write(dir.join("a.ddl"), "a INT").unwrap();
        let script = format!(
            "kafka-consume {} --group {} --exit-at-end -- sh -c 'to-parquet --schema a.ddl | s3-put {}'",
            world.topic,
            world.group,
            lake.url("users/")
        );
        let landed = sh(&script).dir(&dir).env("KAFKA_BOOTSTRAP_SERVERS", &cluster().open).go();
        landed.without(LATE).succeeds();
        world.user("s3-verify", rights).args([lake.url("users/"), "--group".into(), world.group.clone()]).go()
    };
    let proven = |_: Option<&Row>, _: &[Row], ran: &Ran| {
        let line: &Value = &ran.json()[0];
        assert_eq!((&line["rows"], &line["committed"]), (&json!(3), &json!(3)));
    };
    test("s3-verify --group", &Form { names: unseen, ..Form::new(verify, proven) });
}

/// What the lines of a section grant.
fn granted(block: &str) -> Vec<Acl> {
    let mut acls = Vec::new();
    for line in block.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let value = |option: &str| {
            words
                .windows(2)
                .filter(|pair| pair[0] == option)
                .map(|pair| pair[1].to_owned())
                .collect::<Vec<_>>()
        };
        for kind in ["topic", "group", "transactional-id"] {
            for name in value(&format!("--{kind}")) {
                let prefixed = words.contains(&"prefixed");
                let name = if prefixed { name + "*" } else { name };
                acls.extend(value("--operation").into_iter().map(|operation| Acl {
                    operation,
                    kind: kind.to_owned(),
                    name: name.clone(),
                }));
            }
        }
    }
    acls.sort();
    acls
}

#[test]
fn the_lines_to_paste_grant_what_the_tables_say() {
    for job in page::jobs("Kafka") {
        let acl = |row: &Row| {
            let (kind, name) = row.resource();
            Acl { operation: row.right.clone(), kind: kind.to_owned(), name: name.to_owned() }
        };
        let mut acls: Vec<Acl> = job.rows.iter().map(acl).collect();
        acls.sort();
        assert_eq!(granted(&job.block), acls, "{}", job.name);
    }
}

#[test]
fn the_lines_to_paste_are_understood_by_kafka_acls() {
    // Each option of these lines is in one of the two.
    for name in ["kafka-produce", "kafka-consume --group --transactional"] {
        let job = page::find("Kafka", name);
        let user = cluster().user(&[]);
        for line in job.block.lines() {
            let line = line
                .replace("HOST:9092", &cluster().open)
                .replace("User:NAME", &format!("User:{}", user.name));
            let output = Command::new("java")
                .args(["-cp", &format!("{}/*", service("SLUICEBOX_TEST_KAFKA_LIBS"))])
                .arg("org.apache.kafka.tools.AclCommand")
                .args(line.split_whitespace().skip(1))
                .output()
                .unwrap();
            assert!(output.status.success(), "{line}: {output:?}");
        }
        cluster().knows(&user.name, job.rows.len());
    }
}
