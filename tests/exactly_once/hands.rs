//! What a person, or another tool, does to a cluster behind the back of a group; and what there is to
//! see of it.

use std::process::{Child, Command};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::Value;

use super::world::World;
pub use crate::support::wait_until;
use crate::support::{Ran, fresh, root, service};

const WAIT: Duration = Duration::from_secs(30);

/// A session that a slow machine keeps, too: for tests that kill nobody, and look at who has what.
pub const PATIENT: [&str; 2] = ["-X", "session.timeout.ms=6000"];

fn config(world: &World) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &world.brokers);
    config
}

fn admin(world: &World) -> AdminClient<DefaultClientContext> {
    config(world).create().unwrap()
}

/// Waits for an answer of the admin client, without a runtime.
fn answer<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Deletes the records of a partition before an offset, as retention does.
pub fn retain_from(world: &World, partition: i32, offset: i64) {
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(&world.topic, partition, Offset::Offset(offset)).unwrap();
    let result = answer(admin(world).delete_records(&list, &AdminOptions::new())).unwrap();
    result.elements()[0].error().unwrap();
}

/// Adds partitions to the topic.
pub fn add_partitions(world: &World, count: usize) {
    let new = NewPartitions::new(&world.topic, count);
    answer(admin(world).create_partitions([&new], &AdminOptions::new())).unwrap()[0].as_ref().unwrap();
}

/// Deletes the group, and with it all its offsets, as their expiry does.
pub fn forget_group(world: &World) {
    answer(admin(world).delete_groups(&[&world.group], &AdminOptions::new())).unwrap()[0].as_ref().unwrap();
}

/// A producer of other people's records: plain, or with transactions.
pub fn producer(world: &World, transactional: Option<&str>) -> BaseProducer {
    let mut config = config(world);
    config.set("message.max.bytes", "40000000");
    if let Some(id) = transactional {
        config.set("transactional.id", id);
    }
    let producer: BaseProducer = config.create().unwrap();
    if transactional.is_some() {
        producer.init_transactions(WAIT).unwrap();
    }
    producer
}

/// Sends one value, or a tombstone, under a key.
pub fn send(producer: &BaseProducer, world: &World, key: &str, value: Option<&[u8]>) {
    let mut record = BaseRecord::<str, [u8]>::to(&world.topic).key(key).partition(0);
    record.payload = value;
    producer.send(record).map_err(|(error, _)| error).unwrap();
}

/// Waits until all that was sent has arrived.
pub fn flush(producer: &BaseProducer) {
    producer.flush(WAIT).unwrap();
}

/// Where the group stands, as `topic-admin groups` shows it, by partition.
pub fn places(world: &World) -> Vec<Value> {
    let mut places = world.kafka("topic-admin").args(["groups", &world.group]).go().exits(0).json();
    places.retain(|place| place["partition"].is_number());
    places.sort_by_key(|place| place["partition"].as_i64());
    places
}

/// The committed offsets.
pub fn committed(world: &World) -> Vec<i64> {
    places(world).iter().map(|place| place["committed"].as_i64().unwrap_or(-1)).collect()
}

/// Fails unless it ended with `code`, and its last line, which is ours, holds each of `words`.
#[track_caller]
pub fn ends_with(ran: Ran, code: i32, words: &[&str]) -> Ran {
    let ran = ran.exits(code);
    let last = ran.stderr.lines().last().unwrap_or_default();
    assert!(last.contains("kafka-consume: "), "the last line is another's: {}", ran.stderr);
    for word in words {
        assert!(last.contains(word), "{word:?} is not in the last line: {}", ran.stderr);
    }
    ran
}

/// The command behind `(try: ` in the last line.
#[track_caller]
pub fn advice(ran: &Ran) -> String {
    let last = ran.stderr.lines().last().unwrap_or_default();
    let (_, hint) = last.split_once("(try: ").unwrap_or_else(|| panic!("no hint: {last}"));
    hint.trim_end_matches(')').to_owned()
}

/// Does what a hint says: with the place of this data set, and without the words around the command.
#[track_caller]
pub fn follow(world: &World, hint: &str) -> Ran {
    let command = hint.replace("s3://BUCKET/PREFIX/", &world.place);
    let command = command.split(" to go on").next().unwrap().split("; then ").next().unwrap();
    let script = crate::support::sh(command).env("KAFKA_BOOTSTRAP_SERVERS", &world.brokers);
    script.env("AWS_ENDPOINT_URL_S3", &world.endpoint).go().exits(0)
}

/// Commits with metadata of any kind.
pub fn commit_with(world: &World, partition: i32, offset: i64, metadata: &str) {
    let consumer: BaseConsumer = config(world).set("group.id", &world.group).create().unwrap();
    let mut list = TopicPartitionList::new();
    let mut element = list.add_partition(&world.topic, partition);
    element.set_offset(Offset::Offset(offset)).unwrap();
    element.set_metadata(metadata);
    consumer.commit(&list, CommitMode::Sync).unwrap();
}

/// The metadata that are committed in a partition.
pub fn metadata(world: &World, partition: i32) -> String {
    let consumer: BaseConsumer = config(world).set("group.id", &world.group).create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition(&world.topic, partition);
    let found = consumer.committed_offsets(list, WAIT).unwrap();
    found.elements()[0].metadata().to_owned()
}

/// The consumer as a service, which follows the topic until it is stopped.
pub fn serve(world: &World, options: &[&str], script: &str) -> Child {
    world
        .kafka("kafka-consume")
        .args([&world.topic, "--group", &world.group, "--batch-wait", "200ms"])
        .args(["-X", "session.timeout.ms=1000", "-X", "heartbeat.interval.ms=200"])
        .args(options)
        .args(["--", "sh", "-c", script])
        .env("PATH", crate::support::path())
        .start()
}

/// Moves a world to a fresh topic with settings of its own, and a fresh group that begins there.
pub fn with_topic(world: &mut World, settings: &[&str]) {
    (world.topic, world.group) = (fresh("odd"), fresh("group"));
    let settings = settings.iter().flat_map(|setting| ["-c", *setting]);
    world.kafka("topic-admin").args(["create", &world.topic, "-p", "1"]).args(settings).go().succeeds();
    begin(world);
}

/// Begins the group of a world at the earliest offsets.
pub fn begin(world: &World) {
    let at = ["--topic", &world.topic, "--at", "earliest"];
    world.kafka("topic-admin").args(["init-group", &world.group]).args(at).go().exits(0);
}

/// The objects under a place, by key without the bucket, read by a client that is not ours: `print` is
/// Python, given `key`, `body` and `bucket`, for each.
fn each_object(place: &str, print: &str) -> String {
    let script = format!(
        "import hashlib, sys; sys.path.insert(0, 'tests/soak'); import s3\n\
         bucket, prefix = sys.argv[1][5:].split('/', 1)\n\
         for key in sorted(s3.keys(bucket, prefix)):\n    body, _ = s3.whole(bucket, key)\n    {print}"
    );
    let mut python = Command::new(service("SLUICEBOX_TEST_PYTHON"));
    let ran = python.args(["-c", &script, place]).current_dir(root()).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// Deletes the object that begins at an offset, as somebody does who tidies up.
pub fn delete_object(world: &World, first: i64) {
    let print =
        format!("key.endswith('-{first:020}.parquet') and s3.answer('DELETE', bucket, key) and print(key)");
    assert_eq!(each_object(&world.place, &print).lines().count(), 1, "one object begins at {first}");
}

/// All lines of all accounts of rejects.
pub fn rejects(world: &World) -> Vec<Value> {
    let print = "key.endswith('.rejects.ndjson') and sys.stdout.write(body.decode())";
    let lines = each_object(&world.place, print);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The names of the Parquet files, and the digests of their bytes.
pub fn digests(world: &World) -> Vec<String> {
    let print = "key.endswith('.parquet') and print(key.rsplit('/')[-1], hashlib.sha256(body).hexdigest())";
    each_object(&world.place, print).lines().map(str::to_owned).collect()
}

/// What s3-verify makes of the place, with the group; it must hold.
#[track_caller]
pub fn verify(world: &World) -> Vec<Value> {
    world.kafka("s3-verify").args([&world.place, "--group", &world.group]).go().exits(0).json()
}

/// A transaction with users of nobody, which ends well or is aborted.
pub fn transaction(world: &World, records: usize, commits: bool) {
    let to = producer(world, Some(&world.topic));
    to.begin_transaction().unwrap();
    for _ in 0..records {
        send(&to, world, "x", Some(b"{\"login\":{\"uuid\":\"aborted\"}}"));
    }
    flush(&to);
    let wait = Duration::from_secs(30);
    if commits { to.commit_transaction(wait) } else { to.abort_transaction(wait) }.unwrap();
}

/// A service that is at its first batch, until it may go on.
pub fn at_work(world: &World, options: &[&str]) -> Child {
    let service = serve(world, options, &held(world));
    wait_until("the batch runs", || world.dir.join("runs").exists());
    service
}

/// Lets those go on that are [`at_work`].
pub fn go_on(world: &World) {
    std::fs::write(world.dir.join("go"), "").unwrap();
}

/// A script that leaves a line for each of its runs, and goes on when it may.
pub fn held(world: &World) -> String {
    let dir = world.dir.display();
    format!("echo >> {dir}/runs; until [ -e {dir}/go ]; do sleep 0.05; done; {}", world.land())
}
