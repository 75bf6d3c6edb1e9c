//! Groups whose members are at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;
use serde_json::{Value, json};
use sluicebox::kafka::native::group::{self, Commit};

use super::{WAIT, admin, consumer, field, kafka, site, stands, topic};
use crate::support::fresh;

/// A member that polls in a thread of its own until it is dropped.
struct Polled {
    consumer: Arc<BaseConsumer>,
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Polled {
    fn join(group: &str, topic: &str) -> Self {
        let consumer = Arc::new(consumer(group));
        consumer.subscribe(&[topic]).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (polled, stopped) = (consumer.clone(), stop.clone());
        let thread = thread::spawn(move || {
            while !stopped.load(Relaxed) {
                drop(polled.poll(Duration::from_millis(50)));
            }
        });
        let started = Instant::now();
        while consumer.assignment().unwrap().count() == 0 {
            assert!(started.elapsed() < WAIT, "never assigned");
            thread::sleep(Duration::from_millis(20));
        }
        Self { consumer, stop, thread: Some(thread) }
    }
}

impl Drop for Polled {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        drop(self.thread.take().map(thread::JoinHandle::join));
    }
}

#[test]
fn groups_with_members_are_changed_by_their_members_alone() {
    let topic = topic("live", 2, 3);
    let group = fresh("live");
    let member = Polled::join(&group, &topic);
    let commit = |offset| Commit { topic: &topic, partition: 1, offset, epoch: None, metadata: b"member" };
    assert_eq!(group::commit(&member.consumer, &[commit(2)], WAIT), Ok(vec![Ok(())]));
    // Others are refused: by the same call, as an administrator, and with names by topic-admin.
    let other = consumer(&group);
    let fenced = Err(RDKafkaErrorCode::UnknownMemberId);
    let refused = group::commit(&other, &[commit(3)], WAIT).and_then(|outcomes| outcomes[0]);
    assert_eq!(refused, fenced);
    let refused =
        group::commit_for(other.client(), &group, &[commit(3)], WAIT).map_err(|refusal| refusal.code);
    assert_eq!(refused.and_then(|outcomes| outcomes[0]), fenced);
    let line =
        json!({"topic": topic, "topic_id": site(&topic).topic_id, "partition": 0, "offset": 1, "start": 0});
    for verb in [
        format!("reset {group} --topic {topic} --at earliest --yes"),
        format!("reset {group} --topic {topic} --at earliest --dry-run"),
        format!("commit {group}"),
    ] {
        let ran = kafka("topic-admin").args(verb.split_whitespace()).stdin(line.to_string()).go();
        ran.fails(75, &[&group, "the-member at 127.0.0.1", "session.timeout.ms"]);
    }
    admin(&format!("init-group {group} --topic {topic} --at earliest")).fails(4, &["another tool"]);
    assert_eq!(stands(&group, &topic), [(1, 2)]);
    let ran = admin(&format!("groups {group}")).succeeds();
    assert_eq!(field(&ran, "state"), ["Stable", "Stable"]);
    assert_eq!(field(&ran, "committed"), [Value::Null, json!(2)]);
    assert_eq!(field(&ran, "mark"), ["none", "foreign"]);
    assert!(field(&ran, "member").iter().all(|member| member["client"] == "the-member"), "{}", ran.text());
    // A group without any commit, but with members, is refused as well.
    let young = fresh("young");
    let member_of_young = Polled::join(&young, &topic);
    admin(&format!("init-group {young} --topic {topic} --at earliest")).fails(75, &[&young, "the-member"]);
    drop((member, member_of_young));
    admin(&format!("reset {group} --topic {topic} --at latest --yes")).succeeds();
    admin(&format!("init-group {young} --topic {topic} --at latest")).succeeds();
    assert_eq!(stands(&young, &topic), [(0, 3), (1, 3)]);
}
