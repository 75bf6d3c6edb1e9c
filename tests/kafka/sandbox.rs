//! The Kafka of `sluicebox sandbox`: librdkafka's own mock.

use crate::support::run;

#[test]
fn kafka_of_the_sandbox_takes_and_gives_records_and_creates_no_topics() {
    let script = "generate-users --results 50 --seed 1 > users.ndjson && \
        kafka-produce --topic users < users.ndjson && \
        kafka-consume users --exit-at-end | sort > back && sort users.ndjson | cmp - back && \
        topic-admin create users --partitions 2 --if-not-exists && topic-admin describe users && \
        ! topic-admin create others 2> error && cat error";
    let dir = crate::support::folder("sandbox-kafka");
    let ran = run("sandbox").args(["--topic", "users:2", "--", "sh", "-c", script]).dir(&dir).go().exits(0);
    let text = ran.text();
    assert!(
        text.contains("\"outcome\":\"exists\"") && text.contains("\"configs\":null"),
        "{text}\n{}",
        ran.stderr
    );
    assert!(text.contains("sluicebox sandbox --topic"), "{text}");
}

#[test]
fn kafka_topics_that_are_named_twice_are_read_once() {
    let script = "generate-users --results 5 --seed 1 | kafka-produce -t own && \
        kafka-consume own own -t own -e | wc -l";
    let ran = run("sandbox").args(["--topic", "own:2", "--", "sh", "-c", script]).go().exits(0);
    assert_eq!(ran.text().trim(), "5");
}

#[test]
fn kafka_of_the_sandbox_says_when_it_has_dropped_records() {
    let dir = crate::support::folder("sandbox-loss");
    let run_in = |results: u32| {
        let script = format!(
            "generate-users --seed 1 --results {results} | kafka-produce -t users; \
             kafka-consume users --exit-at-end | wc -l; kafka-consume users --exit-at-end --from -1"
        );
        run("sandbox").args(["--topic", "users:1", "--", "sh", "-c", &script]).dir(&dir).go().exits(0)
    };
    let much = run_in(12_000);
    let warnings: Vec<&str> = much.stderr.lines().collect();
    assert_eq!(warnings.len(), 2, "of the producer and of the one who reads all: {}", much.stderr);
    for (warning, name) in warnings.into_iter().zip(["kafka-produce", "kafka-consume"]) {
        assert!(warning.contains(name) && warning.contains("5 MiB a partition"), "{warning}");
    }
    let kept: u32 = much.text().lines().next().unwrap().trim().parse().unwrap();
    let dropped = format!("{},{:03} oldest", (12_000 - kept) / 1000, (12_000 - kept) % 1000);
    assert!(much.stderr.contains(&dropped), "{dropped}: {}", much.stderr);
    run_in(100).succeeds();
}
