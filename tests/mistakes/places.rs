//! Where things are, and are not: Kafka, the store, the API.

use super::Desk;
use crate::support::lake::Lake;
use crate::support::{Run, fresh, run, service};

#[test]
fn mistakes_about_where_kafka_is() {
    let desk = Desk::set();
    let brokers = service("KAFKA_BOOTSTRAP_SERVERS");
    let unknown = fresh("no-such-topic");
    let none = |name: &str| run(name).without("KAFKA_BOOTSTRAP_SERVERS");
    for (name, arguments) in [
        ("kafka-produce", vec!["-t", &unknown]),
        ("kafka-consume", vec![unknown.as_str(), "--exit-at-end"]),
        ("topic-admin", vec!["describe", &unknown]),
    ] {
        let line = name;
        desk.judge(line, none(name).args(&arguments), 2, &["no Kafka brokers", "-b localhost:9092"]);
        let at = |broker: &str| none(name).args(["--connect-timeout", "1s", "-b", broker]).args(&arguments);
        desk.judge(line, at("127.0.0.1:1"), 75, &["127.0.0.1:1", "connection refused", "nc -vz 127.0.0.1 1"]);
        desk.judge(line, at("192.0.2.1:9092"), 75, &["192.0.2.1:9092", "within 1s", "nc -vz 192.0.2.1 9092"]);
        desk.judge(line, at("no-such-host.invalid:9092"), 75, &["getent hosts no-such-host.invalid"]);
        // This one answers, and may take its time.
        desk.judge(line, none(name).args(["-b", &brokers]).args(&arguments), 2, &[&unknown, "topic-admin"]);
    }
    let partition = topic();
    let arguments = ["-t", &partition, "-p", "7"];
    desk.judge("partition", run("kafka-produce").args(arguments), 2, &["partition", "7"]);
    let arguments = [partition.as_str(), "-p", "7", "--exit-at-end"];
    desk.judge("partition", run("kafka-consume").args(arguments), 2, &["partition", "7"]);
    desk.judge("create", run("topic-admin").args(["create", &partition]), 4, &["exists", "--if-not-exists"]);
    // A broker that speaks no SASL, and one that speaks no TLS.
    for property in ["security.protocol=SASL_PLAINTEXT", "security.protocol=SSL"] {
        let command =
            run("kafka-produce").args(["-t", &partition, "--connect-timeout", "2s", "-X", property]);
        let ran = command.stdin("{}\n").go();
        assert!(matches!(ran.code, Some(2 | 75)) && ran.stderr.lines().count() == 1, "{property}: {ran:?}");
    }
}

fn topic() -> String {
    let topic = fresh("mistakes");
    run("topic-admin").args(["create", &topic, "-p", "1"]).go().succeeds();
    topic
}

#[test]
fn mistakes_about_where_the_store_is() {
    let desk = Desk::set();
    let lake = Lake::make();
    let url = lake.url("x");
    let put = |url: &str| run("s3-put").args(["--connect-timeout", "1s", url]);
    let once = |put: Run| put.env("AWS_MAX_ATTEMPTS", "1");
    desk.judge("bucket", put("s3://no-such-bucket-here/x"), 2, &["no-such-bucket-here", "aws s3 mb"]);
    let at = |endpoint: &str| once(put(&url).args(["--endpoint-url", endpoint]));
    desk.judge("refused", at("http://127.0.0.1:1"), 75, &["refused", "curl http://127.0.0.1:1"]);
    desk.judge("unroutable", at("http://192.0.2.1:9000"), 75, &["http://192.0.2.1:9000"]);
    desk.judge("nobody", put(&url).env("AWS_ACCESS_KEY_ID", "nobody"), 2, &["access key id"]);
    desk.judge("wrong", put(&url).env("AWS_SECRET_ACCESS_KEY", "wrong"), 2, &["AWS_SECRET_ACCESS_KEY"]);
    assert_eq!(lake.get("x"), None);
    put(&url).stdin("first").go().succeeds();
    desk.judge("exists", put(&url).arg("--create-only"), 4, &["exists already"]);
    assert_eq!(lake.get("x").as_deref(), Some(&b"first"[..]));
    let get = |url: &str| run("from-parquet").args(["--connect-timeout", "1s", url]);
    desk.judge("no object", get(&lake.url("absent")), 2, &["absent does not exist", "aws s3 ls"]);
    desk.judge("no bucket", get("s3://no-such-bucket-here/x"), 2, &["no-such-bucket-here"]);
    get(&url).go().fails(1, &["x"]);
}

#[test]
fn mistakes_about_where_the_api_is() {
    let desk = Desk::set();
    let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    let fetch = |url: &str| {
        let run = run("fetch-users").args(["--connect-timeout", "1s", "--retries", "0", "--url", url]);
        proxies.into_iter().fold(run, Run::without)
    };
    desk.judge("refused", fetch("http://127.0.0.1:1/api/"), 75, &["127.0.0.1:1"]);
    desk.judge("unroutable", fetch("http://192.0.2.1/api/"), 75, &["192.0.2.1"]);
    desk.judge("scheme", fetch("ftp://127.0.0.1/api/"), 2, &["--url", "http://"]);
}
