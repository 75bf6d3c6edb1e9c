//! What answers, or does not, where Kafka should be; and other mistakes.

use std::io::{Read, Write};
use std::net::TcpListener;

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
        let words = ["cannot reach Kafka at", &broker, "within 1s", "connection refused"];
        run(command).args(arguments).args(["-b", &broker, "--connect-timeout", "1s"]).go().fails(75, &words);
    }
    // Somebody listens, and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let broker = silent.local_addr().unwrap().to_string();
    let arguments = ["t", "-b", &broker, "--connect-timeout", "1s"];
    run("kafka-consume").args(arguments).go().fails(75, &["cannot reach Kafka", "within 1s"]);
}

/// Answers every connection with `bytes`, and closes it.
fn stranger(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            // The request first: an answer ahead of it would be lost with the connection.
            let _ = connection.read(&mut [0; 1024]);
            let _ = connection.write_all(bytes);
        }
    });
    address
}

#[test]
fn kafka_that_is_somebody_else_is_told_apart() {
    let ask =
        |address: &str, options: &[&str]| run("kafka-consume").args(["t", "-b", address]).args(options).go();
    // What no waiting mends is not waited for; the rest is waited for this long.
    let long = ["--connect-timeout", "60s"];
    let short = ["--connect-timeout", "5s"];
    let ssl = ["-X", "security.protocol=SSL"];
    let http = stranger(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    let ran = ask(&http, &long).fails(2, &["speaks HTTP", "-b HOST:PORT"]);
    assert!(!ran.stderr.contains("receive.message.max.bytes"), "{}", ran.stderr);
    ask(&stranger(b"SSH-2.0-OpenSSH_9.6\r\n"), &long).fails(2, &["does not speak Kafka's protocol"]);
    // A TLS alert: what OpenSSL and Java answer to what is no handshake.
    let tls = stranger(&[0x15, 3, 3, 0, 2, 2, 70, 0, 0, 0]);
    ask(&tls, &long).fails(2, &["speaks TLS", "-X security.protocol=SSL"]);
    ask(&http, &[long, ssl].concat()).fails(2, &["does not speak TLS", "PLAINTEXT"]);
    ask(&stranger(b""), &short).fails(75, &["hung up at the first request", "-X security.protocol=SSL"]);
    let broker = service("KAFKA_BOOTSTRAP_SERVERS");
    // A real broker without TLS hangs up, which may as well be its end.
    ask(&broker, &[short, ssl].concat()).fails(75, &["without TLS?", "PLAINTEXT"]);
}

#[test]
fn kafka_commands_say_with_v_where_they_are_and_what_they_read() {
    let topic = topic("verbose", 2, &[]);
    let told = produce(&topic, &["-v"], "{\"secret\":1}\n").exits(0).stderr;
    for phrase in ["its brokers are 1 at 127.0.0.1:", "2 partitions", "1 records confirmed"] {
        assert!(told.contains(phrase), "{phrase} in {told}");
    }
    let told = consume(&topic, &["-v"]).exits(0).stderr;
    for phrase in
        ["its brokers are 1 at", "partition 0: from 0; its end is", "partition 1: from 0; its end is"]
    {
        assert!(told.contains(phrase), "{phrase} in {told}");
    }
    assert!(!told.contains("secret"), "{told}");
}
