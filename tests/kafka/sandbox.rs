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
