//! Users on their way from a topic into a database, in batches that are harmed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Ran, Run, folder, fresh, run, service};

/// A topic with users, and a group that has begun.
pub struct Flow {
    topic: String,
    group: String,
    users: Vec<Value>,
}

/// Makes a small record of a user.
pub const SMALL: &str = "via -- jq -c '{id: .login.uuid, email, nat, age: .dob.age}'";

impl Flow {
    /// So many users in 4 partitions, by their ids.
    pub fn new(users: u32) -> Self {
        service("KAFKA_BOOTSTRAP_SERVERS");
        let (topic, group) = (fresh("flow"), fresh("flow-group"));
        let made = run("generate-users").args(["-n", &users.to_string(), "--seed", &topic]).go().succeeds();
        run("topic-admin").args(["create", &topic, "-p", "4"]).go().succeeds();
        run("kafka-produce")
            .args(["-t", &topic, "--key", "login.uuid"])
            .stdin(made.stdout.clone())
            .go()
            .exits(0);
        run("topic-admin").args(["init-group", &group, "--topic", &topic, "--at", "earliest"]).go().exits(0);
        Self { topic, group, users: made.json() }
    }

    /// What is to be found in the end: the small records, by their ids.
    pub fn expected(&self) -> BTreeMap<String, Value> {
        let small = |user: &Value| {
            let id = user["login"]["uuid"].as_str().unwrap().to_owned();
            (
                id.clone(),
                json!({"id": id, "email": user["email"], "nat": user["nat"], "age": user["dob"]["age"]}),
            )
        };
        self.users.iter().map(small).collect()
    }

    /// Runs `sink` on every batch of 50, the first attempt at each with a fault.
    pub fn run(&self, sink: &str, fault: &str, reach: impl Fn(Run) -> Run) -> Ran {
        let seen = folder("seen").display().to_string();
        let script = format!(
            "{SMALL} | {{ fault=; mkdir {seen}/$BATCH 2>/dev/null && fault={fault}; SLUICEBOX_FAULT=$fault exec {sink}; }}"
        );
        let group = ["--group", &self.group, "--exit-at-end", "--batch-records", "50"];
        let consume = run("kafka-consume").arg(&self.topic).args(group).args(["--", "sh", "-c", &script]);
        reach(consume.env("PATH", super::path())).go()
    }
}
