//! A broker that gives topics no ids, as those before Kafka 2.8: a topic that was made again could not be told from the
//! one before, and is refused before anything is read.

use super::relay::Relay;
use crate::support::{Run, run};

/// What brings the ids of topics, and its last version without them.
const METADATA: i16 = 3;
const WITHOUT_IDS: i16 = 9;

#[test]
fn exactly_once_is_refused_by_name_where_topics_have_no_ids() {
    let (relay, _cluster) = Relay::before_a_broker();
    let kafka = |name: &str| -> Run { run(name).env("KAFKA_BOOTSTRAP_SERVERS", relay.address()) };
    let init = |group: &str| {
        kafka("topic-admin").args(["init-group", group, "--topic", "users", "--at", "earliest"])
    };
    kafka("topic-admin").args(["create", "users", "-p", "1"]).go().exits(0);
    kafka("kafka-produce").args(["--topic", "users"]).stdin("{\"id\":1}\n").go().exits(0);
    init("lake").go().exits(0);
    relay.cap(METADATA, WITHOUT_IDS);
    let hint = "Kafka 2.8 or later";
    init("other").go().fails(2, &["topic users has no id", "this broker gives topics none", hint]);
    let consume = || {
        let options = ["users", "--group", "lake", "--exit-at-end", "--trust-exit"];
        kafka("kafka-consume").args(options).args(["--", "sh", "-c", "echo ran >&2; cat >/dev/null"])
    };
    consume().go().fails(2, &["this cluster gives topics no ids", "topic users", hint]);
    // Without a group nothing depends on ids: what is there can still be read.
    let ran = kafka("kafka-consume").args(["users", "--exit-at-end"]).go().exits(0);
    assert_eq!(ran.text(), "{\"id\":1}\n");
    relay.uncap();
    let ran = consume().go().exits(0);
    assert!(ran.stderr.contains("ran"), "it stands where it stood: {}", ran.stderr);
}
