//! What answers, or does not, where Kafka should be; and other mistakes.

use std::time::{Duration, Instant};

use super::{consume, produce, topic};
use crate::support::{fresh, run, service};

#[test]
fn kafka_mistakes_are_told_in_one_line_with_what_to_type() {
    let unknown = fresh("unknown");
    produce(&unknown, &[], "{}\n").fails(2, &["unknown topic", "topic-admin create", "--partitions 4"]);
    consume(&unknown, &[]).fails(2, &["unknown topic", "topic-admin create"]);
    let topic = topic("mistakes", 2, &[]);
    produce(&topic, &["--partition", "2"], "{}\n").fails(2, &["no partition 2", "0 to 1"]);
    consume(&topic, &["--partition", "2"]).fails(2, &["no partition 2"]);
    consume(&topic, &["-X", "no.such=1"]).fails(2, &["no.such"]);
    consume(&topic, &["-X", "isolation.level=read_uncommitted"]).fails(2, &["isolation.level"]);
    let ran = consume(&topic, &["-X", "sasl.password=hunter2"]).fails(2, &["-F"]);
    assert!(!ran.stderr.contains("hunter2"));
    consume("^users", &[]).exits(2);
    run("kafka-consume").arg("t").without("KAFKA_BOOTSTRAP_SERVERS").go().fails(2, &["-b localhost:9092"]);
}

#[test]
fn kafka_that_cannot_be_reached_is_temporary_and_said_in_time() {
    // A port that was just given back: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let broker = format!("127.0.0.1:{port}");
    for command in ["kafka-consume", "kafka-produce", "topic-admin"] {
        let arguments: &[&str] = match command {
            "kafka-consume" => &["t"],
            "kafka-produce" => &["--topic", "t"],
            _ => &["list"],
        };
        let started = Instant::now();
        let words = ["cannot reach Kafka at", &broker, "within 1s", "connection refused"];
        run(command).args(arguments).args(["-b", &broker, "--connect-timeout", "1s"]).go().fails(75, &words);
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }
    // Somebody listens, and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let broker = silent.local_addr().unwrap().to_string();
    let arguments = ["t", "-b", &broker, "--connect-timeout", "1s"];
    run("kafka-consume").args(arguments).go().fails(75, &["cannot reach Kafka", "within 1s"]);
}

#[test]
fn kafka_plain_client_at_a_tls_port_is_told_what_is_wrong() {
    let broker = service("KAFKA_BOOTSTRAP_SERVERS");
    let arguments = ["t", "-b", &broker, "-X", "security.protocol=SSL", "--connect-timeout", "5s"];
    let ran = run("kafka-consume").args(arguments).go();
    assert!(ran.code == Some(2) || ran.code == Some(75), "{ran:?}");
    assert!(ran.stderr.contains("SSL"), "{}", ran.stderr);
}
