//! Every file in `examples/`, each by what it is.

use super::{Reader, check, names};
use crate::support::lake::Lake;
use crate::support::{fresh, root, run};

#[test]
fn every_file_is_run() {
    for name in names(&root().join("examples")) {
        match name.as_str() {
            "tour.sh" => {
                the_main_job_on_real_services();
                the_main_job_in_the_sandbox();
            }
            "users.ddl" => the_schema(),
            "land.sh" => each_batch_lands_once(),
            // By tests/job/units.rs.
            "crontab" | "systemd" | "databases.toml" | "ci" => {}
            // By tests/pipelines.
            "users-to-lake.sh"
            | "users-to-csv.sh"
            | "users-to-cassandra.sh"
            | "topics-to-mongo.sh"
            | "trades-to-postgres.sh"
            | "user.map"
            | "flat-user.ddl"
            | "trade.map"
            | "trade.ddl" => {}
            _ => panic!("examples/{name} is run by no test: add one here"),
        }
    }
}

/// With nothing set but where things go: all users of its own source land.
fn the_main_job_on_real_services() {
    let (reader, lake, topic) = (Reader::new("main-job"), Lake::make(), fresh("main-job"));
    reader.link("examples");
    reader.prepare_topic(&topic, 4);
    let url = lake.url("users.parquet");
    let script = "sh examples/tour.sh";
    let ran = reader.sh(script).env("TOPIC", &topic).env("LAKE", &url).go();
    shows_two_users(&check(script, ran).json());
    let landed = reader.sh(&format!("from-parquet {url} | wc -l")).go().succeeds();
    assert_eq!(landed.text().trim(), "5000");
}

/// As its first lines and the README say, with no service and no setting.
fn the_main_job_in_the_sandbox() {
    let command = ["--topic", "created_users:4", "--", "sh", "examples/tour.sh"];
    let mut sandbox = run("sandbox").args(command).dir(root());
    for variable in ["KAFKA_BOOTSTRAP_SERVERS", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_REGION"] {
        sandbox = sandbox.without(variable);
    }
    shows_two_users(&sandbox.go().exits(0).json());
}

/// As the head of the script says, with its own names: a group begins, lands, and is proven.
fn each_batch_lands_once() {
    let (reader, lake, topic) = (Reader::new("land"), Lake::make(), fresh("land"));
    reader.link("examples");
    reader.prepare_key_and_schema();
    reader.prepare_topic(&topic, 4);
    let (place, group) = (lake.url("users/"), fresh("lake"));
    let script = format!(
        "generate-users --results 1000 | kafka-produce --topic {topic} --key login.uuid
        topic-admin init-group {group} --topic {topic} --at earliest > begun
        kafka-consume {topic} --group {group} --exit-at-end -- examples/land.sh
        kafka-consume {topic} --group {group} --exit-at-end -- examples/land.sh
        s3-verify {place} --group {group}"
    );
    let accounts = check(&script, reader.sh(&script).env("LAKE", &place).go()).json();
    let sum = |name: &str| accounts.iter().map(|account| account[name].as_i64().unwrap()).sum::<i64>();
    assert_eq!((sum("rows"), sum("committed")), (1000, 1000));
}

fn shows_two_users(shown: &[serde_json::Value]) {
    assert_eq!(shown.len(), 2);
    for user in shown {
        let fields: Vec<&String> = user.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["gender", "name", "location", "email", "dob"]);
        let email = user["email"].as_str().unwrap();
        assert!(email.contains('.') && !email.contains('@'), "a pseudonym: {email}");
    }
}

/// It takes every user, as the source makes them and hashed, and gives them back.
fn the_schema() {
    let reader = Reader::new("schema");
    reader.link("examples");
    let script = "generate-users --results 500 --seed schema > users.ndjson
        to-parquet --schema examples/users.ddl -o users.parquet < users.ndjson
        from-parquet users.parquet | wc -l
        hash-fields --new-key hash.key
        hash-fields --key-file hash.key email location.postcode < users.ndjson > hashed.ndjson
        to-parquet --schema examples/users.ddl -o hashed.parquet < hashed.ndjson
        from-parquet hashed.parquet | wc -l";
    let ran = check(script, reader.sh(script).go());
    assert_eq!(ran.text().split_whitespace().collect::<Vec<_>>(), ["500"; 2]);
}
