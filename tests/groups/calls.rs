//! The calls beneath: the ids of topics and clusters, commits with what they say of themselves, and offsets.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rdkafka::config::ClientConfig;
use rdkafka::consumer::Consumer;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use sluicebox::batch::place::Committed;
use sluicebox::kafka::mock::Mock;
use sluicebox::kafka::native::group::{self, Commit};
use sluicebox::kafka::native::offsets::{Which, offsets};
use sluicebox::kafka::native::{Refusal, identity};

use super::{WAIT, consumer, consumer_at, java, site, topic};
use crate::support::{fresh, service};

#[test]
fn groups_know_a_topic_and_its_cluster_by_the_ids_that_kafka_prints() {
    let topic = topic("ids", 1, 0);
    let site = site(&topic);
    let described = java("TopicCommand", &format!("--describe --topic {topic}"));
    assert!(described.contains(&format!("TopicId: {}\t", site.topic_id)), "{described}");
    assert_eq!(site.topic_id.len(), 22);
    let cluster = java("ClusterTool", "cluster-id");
    assert!(cluster.trim_end().ends_with(&format!(": {}", site.cluster)), "{cluster}");
    let unknown = identity::topic_id(consumer("nobody").client(), "no-such-topic", WAIT);
    assert!(
        matches!(unknown, Err(Refusal { code: RDKafkaErrorCode::UnknownTopicOrPartition, .. })),
        "{unknown:?}"
    );
}

#[test]
fn groups_commits_keep_metadata_and_the_leader_epoch() {
    let topic = topic("bytes", 4, 9);
    let group = fresh("bytes");
    let consumer = consumer(&group);
    let all: Vec<(&str, i32)> = (0..4).map(|partition| (topic.as_str(), partition)).collect();
    assert_eq!(group::committed(&consumer, &all, WAIT).unwrap(), [None, None, None, None]);
    let commit =
        |partition, offset, epoch, metadata| Commit { topic: &topic, partition, offset, epoch, metadata };
    let (odd, long, longest) = (b"\xff\0\x80{".as_slice(), vec![b'x'; 4097], vec![b'x'; 4096]);
    // Apache Kafka takes metadata for text, and what is not UTF-8 does not come back.
    let kept = "\u{fffd}\0\u{fffd}{".as_bytes();
    // Not in the order of their numbers: outcomes come in the order of the question.
    let all_at_once = [commit(3, 7, None, &long), commit(0, 5, Some(0), odd), commit(2, 0, None, b"")];
    let too_large = Err(RDKafkaErrorCode::OffsetMetadataTooLarge);
    let outcomes = group::commit_for(consumer.client(), &group, &all_at_once, WAIT).unwrap();
    assert_eq!(outcomes, [too_large, Ok(()), Ok(())]);
    // A member hears the one error for all of them; the others are committed nevertheless.
    assert_eq!(group::commit(&consumer, &all_at_once, WAIT), Ok(vec![too_large; 3]));
    let outcomes = group::commit(&consumer, &all_at_once[1..], WAIT);
    assert_eq!(outcomes, Ok(vec![Ok(()), Ok(())]));
    group::commit(&consumer, &[commit(1, 9, None, &longest)], WAIT).unwrap()[0].unwrap();
    let found = group::committed(&consumer, &all, WAIT).unwrap();
    let of = |offset, epoch, metadata: &[u8]| Some(Committed { offset, epoch, metadata: metadata.to_vec() });
    assert_eq!(found, [of(5, Some(0), kept), of(9, None, &longest), of(0, None, b""), None]);
    // The same by any client, whatever group it belongs to.
    let mut seen = group::commits_of(super::consumer("nobody").client(), &group, None, true, WAIT).unwrap();
    seen.sort_by_key(|(_, partition, _)| *partition);
    let seen: Vec<_> = seen.into_iter().map(|(_, _, commit)| Some(commit)).collect();
    assert_eq!(seen, found[..3]);
}

#[test]
fn groups_commits_of_a_broker_that_takes_any_bytes_are_read_as_they_are() {
    let mock = Mock::start().unwrap();
    mock.create_topic("a", 1).unwrap();
    let consumer = consumer_at(&mock.bootstrap_servers(), "g");
    let metadata = b"\xff\0\x80{".as_slice();
    let commit = Commit { topic: "a", partition: 0, offset: 5, epoch: None, metadata };
    assert_eq!(group::commit(&consumer, &[commit], WAIT), Ok(vec![Ok(())]));
    let found = group::committed(&consumer, &[("a", 0)], WAIT).unwrap();
    assert_eq!(found[0].as_ref().unwrap().metadata, metadata);
    let found = group::commits_of(consumer.client(), "g", Some(&[("a", 0)]), true, WAIT).unwrap();
    assert_eq!(found[0].2.metadata, metadata);
}

#[test]
fn groups_offsets_are_told_apart_by_isolation_and_by_time() {
    let topic = topic("stable", 2, 3);
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", service("KAFKA_BOOTSTRAP_SERVERS"))
        .set("transactional.id", &topic)
        .create()
        .unwrap();
    producer.init_transactions(WAIT).unwrap();
    producer.begin_transaction().unwrap();
    let soon =
        i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap() + 60_000;
    let record = BaseRecord::<(), str>::to(&topic).partition(1).payload("{}").timestamp(soon);
    producer.send(record).map_err(|(error, _)| error).unwrap();
    producer.flush(WAIT).unwrap();
    let consumer = consumer("nobody");
    let ask = |which| {
        let partitions = [(topic.as_str(), 1), (topic.as_str(), 0)];
        let found = offsets(consumer.client(), &partitions, which, WAIT).unwrap();
        found.into_iter().map(Result::unwrap).collect::<Vec<_>>()
    };
    assert_eq!(ask(Which::Low), [Some(0), Some(0)]);
    assert_eq!(ask(Which::High), [Some(4), Some(3)]);
    assert_eq!(ask(Which::Stable), [Some(3), Some(3)]);
    assert_eq!(ask(Which::Time(0)), [Some(0), Some(0)]);
    assert_eq!(ask(Which::Time(soon - 1)), [None, None], "not yet committed, and none");
    producer.commit_transaction(WAIT).unwrap();
    // The marker is written a moment after the answer.
    let started = Instant::now();
    while ask(Which::Stable) != [Some(5), Some(3)] {
        assert!(started.elapsed() < WAIT, "{:?}", ask(Which::Stable));
    }
    assert_eq!(ask(Which::Time(soon - 1)), [Some(3), None]);
    let bad = offsets(consumer.client(), &[(topic.as_str(), 0), (topic.as_str(), 9)], Which::Low, WAIT);
    assert!(!matches!(bad.as_deref(), Ok([Ok(_), Ok(_)])), "{bad:?}");
}
