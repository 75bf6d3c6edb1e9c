//! `s3-verify` on a real store, and against a real group.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use serde_json::json;
use sluicebox::batch::{Batch, lineage};
use sluicebox::kafka::native::identity::topic_id;
use sluicebox::s3::Sandbox;

use crate::support::batch::{batch, framed, records, within};
use crate::support::lake::Lake;
use crate::support::{Ran, finish, folder, fresh, run, service, sh, signal};

/// Lands a batch as a Parquet file, with a row for each offset but the last `rejected` ones.
fn land(lake: &Lake, batch: &Batch, rejected: i64) {
    let count = batch.range.end_offset - batch.range.first_offset;
    let lines: String =
        (0..count)
            .map(|at| {
                if at < count - rejected { format!("{{\"a\":{at}}}\n") } else { "{\"a\":\"x\"}\n".to_owned() }
            })
            .collect();
    let dir = folder("verify");
    std::fs::write(dir.join("a.ddl"), "a INT").unwrap();
    let script = format!("to-parquet --schema a.ddl | s3-put -q {}", lake.url("users/"));
    within(sh(&script), batch).dir(&dir).stdin(records(batch, &lines)).go().exits(0);
}

/// The key that a batch has under `users/`.
fn key(batch: &Batch) -> String {
    format!("users/dt=2026-11-20/{}.parquet", batch.name())
}

fn verify(lake: &Lake, options: &[&str]) -> Ran {
    run("s3-verify").arg(lake.url("users/")).args(options).go()
}

#[test]
fn s3_verify_proves_a_whole_data_set_and_counts_it() {
    let lake = Lake::make();
    for (partition, first, end, rejected) in [(0, 0, 5, 0), (0, 9, 12, 0), (0, 5, 9, 2), (1, 7, 9, 2)] {
        land(&lake, &batch(partition, first, end), rejected);
    }
    let id = "bQpS2sVYQ7K1nCJ2pkWXgA";
    let line = |partition: i32, first: i64, end: i64, objects: i32, rows: i32| {
        json!({
            "topic": "created_users", "topic_id": id, "partition": partition, "first_offset": first,
            "end_offset": end, "objects": objects, "rows": rows, "rejects": 2, "ok": true, "gaps": [],
            "overlaps": [],
        })
    };
    assert_eq!(verify(&lake, &["--strict"]).succeeds().json(), [line(0, 0, 12, 3, 10), line(1, 7, 9, 1, 0)]);
    let place = |partition: i32, start: i64, offset: i64| json!({"topic": "created_users", "topic_id": id, "partition": partition, "offset": offset, "start": start});
    assert_eq!(verify(&lake, &["--offsets"]).succeeds().json(), [place(0, 0, 12), place(1, 7, 9)]);
    // Without its last character the prefix is the same folder.
    assert_eq!(run("s3-verify").arg(lake.url("users")).go().succeeds().json().len(), 2);
    let other = run("s3-verify").arg(lake.url("other/")).go();
    assert!(
        other.fails(2, &["no batch has made an object under s3://", "/other/", "s3-put"]).stdout.is_empty()
    );
}

#[test]
fn s3_verify_finds_a_gap_and_an_overlap() {
    let lake = Lake::make();
    for (first, end) in [(0, 5), (5, 9), (9, 12), (12, 15)] {
        land(&lake, &batch(3, first, end), 0);
    }
    lake.delete(&key(&batch(3, 5, 9)));
    let ran = verify(&lake, &[]).fails(1, &["created_users/3: offsets 5 to 9 are in no object"]);
    assert_eq!((&ran.json()[0]["ok"], &ran.json()[0]["gaps"]), (&false.into(), &json!([[5, 9]])));
    assert!(verify(&lake, &["--offsets"]).exits(1).stdout.is_empty(), "no place to go on from is made up");
    // The same records once more, elsewhere under the prefix: a copy that lost its metadata.
    let copied = lake.get(&key(&batch(3, 9, 12))).unwrap();
    lake.put("users/copy.parquet", &copied, &[]);
    let ran = verify(&lake, &[]).fails(1, &["2 problems in all"]);
    assert_eq!(ran.json()[0]["overlaps"], json!([[9, 12]]));
}

#[test]
fn s3_verify_reads_the_lineage_of_any_format() {
    let lake = Lake::make();
    for (first, end) in [(0, 5), (5, 9)] {
        let ours = batch(0, first, end);
        let put = run("s3-put").args(["--suffix", ".ndjson"]).arg(lake.url("users/"));
        within(put, &ours).stdin(records(&ours, "{\"a\":1}\n")).go().succeeds();
    }
    let lines = verify(&lake, &[]).succeeds().json();
    assert_eq!((&lines[0]["end_offset"], lines[0].get("rows")), (&9.into(), None));
}

#[test]
fn s3_verify_does_not_trust_a_file_whose_footer_says_otherwise() {
    let lake = Lake::make();
    let (ours, other) = (batch(0, 0, 5), batch(0, 0, 6));
    land(&lake, &ours, 0);
    let bytes = lake.get(&key(&ours)).unwrap();
    let metadata = |batch: &Batch| -> Vec<(String, String)> {
        lineage::pairs(&batch.range).map(|(name, value)| (format!("sluicebox-{name}"), value)).to_vec()
    };
    lake.put(&key(&ours), &bytes, &metadata(&other));
    verify(&lake, &[]).fails(1, &["name different ranges"]);
    for damaged in [&bytes[..bytes.len() - 1], b""] {
        lake.put(&key(&ours), damaged, &metadata(&ours));
        verify(&lake, &[]).fails(1, &["no Parquet file"]);
    }
    // In the middle of a chain it leaves a gap, which cannot be landed as long as it is there.
    land(&lake, &batch(0, 5, 7), 0);
    land(&lake, &batch(0, 7, 9), 0);
    let middle = key(&batch(0, 5, 7));
    lake.put(&key(&ours), &bytes, &metadata(&ours));
    lake.put(&middle, b"", &metadata(&batch(0, 5, 7)));
    let url = lake.url(&middle);
    verify(&lake, &[])
        .fails(1, &[&url, "no Parquet file", "2 problems in all", &format!("(try: aws s3 mv {url} .)")]);
}

#[test]
fn s3_verify_warns_of_what_is_no_fault() {
    // MinIO lists uploads by their whole key only.
    let sandbox = Sandbox::start(&folder("verify-sandbox"), &["lake"]).unwrap();
    let lake = Lake::of(&sandbox, "lake");
    let verify = |options: &[&str]| {
        let verify = run("s3-verify").arg(lake.url("users/")).args(options);
        sandbox.environment().into_iter().fold(verify, |run, (name, value)| run.env(name, value)).go()
    };
    let ours = batch(0, 0, 5);
    let put = within(run("s3-put").arg("-q").arg(lake.url("users/dt=x/")).args(["--suffix", ".bin"]), &ours);
    let put = sandbox.environment().into_iter().fold(put, |put, (name, value)| put.env(name, value));
    put.stdin(framed(&ours, b"x", 2)).go().exits(0);
    lake.put("users/README", b"by hand", &[]);
    lake.put("users/other.parquet", b"PAR1 not really", &[]);
    lake.put("elsewhere", b"", &[]);
    let upload = lake.begin_upload("users/big.parquet");
    let told = verify(&[]).exits(0).stderr;
    assert!(
        told.contains(
            "2 objects under s3://lake/users/ were made by no batch, such as s3://lake/users/README"
        ),
        "{told}"
    );
    assert!(told.contains(&format!("--key 'users/big.parquet' --upload-id {upload}")), "{told}");
    assert_eq!(told.lines().count(), 2, "{told}");
    verify(&["--strict"]).exits(1);
    let object = lake.keys().into_iter().find(|key| key.ends_with(".bin")).unwrap();
    lake.delete(&object);
    assert!(verify(&[]).exits(0).stderr.contains("tells of rejects, and no object has that range"));
}

/// A real topic with two partitions of ten records, and a group at their beginning.
struct Topic {
    name: String,
    id: String,
    group: String,
}

impl Topic {
    fn make() -> Self {
        let (name, group) = (fresh("verified"), fresh("lake"));
        let script = format!(
            "topic-admin create {name} -p 2
            for n in 0 1; do generate-users -n 10 | kafka-produce -t {name} --partition $n; done
            topic-admin init-group {group} --topic {name} --at earliest"
        );
        sh(&script).go().exits(0);
        let brokers = service("KAFKA_BOOTSTRAP_SERVERS");
        let client: BaseConsumer = ClientConfig::new().set("bootstrap.servers", brokers).create().unwrap();
        let id = topic_id(client.client(), &name, Duration::from_secs(20)).unwrap();
        Self { name, id, group }
    }

    fn batch(&self, partition: i32, first: i64, end: i64) -> Batch {
        let mut batch = batch(partition, first, end);
        (batch.range.topic, batch.range.topic_id) = (self.name.clone(), self.id.clone());
        batch
    }
}

#[test]
fn s3_verify_holds_a_data_set_against_the_commits_of_a_group_and_gives_them_back() {
    let (lake, topic) = (Lake::make(), Topic::make());
    let group = ["--group", topic.group.as_str()];
    assert_eq!(
        verify(&lake, &group).succeeds().json()[1]["end_offset"],
        0,
        "nothing is done, nothing is due"
    );
    land(&lake, &topic.batch(0, 0, 4), 0);
    let lines = verify(&lake, &group).succeeds().json();
    assert_eq!((&lines[0]["committed"], &lines[0]["uncommitted_objects"]), (&0.into(), &1.into()));
    land(&lake, &topic.batch(0, 4, 9), 0);
    verify(&lake, &group).fails(1, &["2 objects lie past the committed offset"]);
    let commit =
        format!("s3-verify {} --offsets | topic-admin commit {} --yes", lake.url("users/"), topic.group);
    sh(&commit).go().exits(0);
    let lines = verify(&lake, &group).succeeds().json();
    assert_eq!((&lines[0]["committed"], &lines[1]["committed"]), (&9.into(), &0.into()), "{lines:?}");
    // The group has committed what is not there any more, at the end and at the beginning.
    for (batch, words) in [(topic.batch(0, 4, 9), "offsets 4 to 9"), (topic.batch(0, 0, 4), "offsets 0 to 4")]
    {
        let object = lake.get(&key(&batch)).unwrap();
        lake.delete(&key(&batch));
        verify(&lake, &group).fails(1, &[words, "in no object"]);
        lake.put(&key(&batch), &object, &[]);
    }
    let elsewhere = run("s3-verify").args([&lake.url("user/"), "--group", &topic.group]).go();
    let words =
        ["are in no object; no batch has made an object under s3://", "/user/", "try: the place that s3-put"];
    assert_eq!(elsewhere.fails(1, &words).json()[0]["objects"], 0);
    verify(&lake, &group).succeeds();
}

#[test]
fn s3_verify_tells_what_it_cannot_work_with() {
    let lake = Lake::make();
    run("s3-verify").arg("s3://no-such-bucket-here/").go().fails(2, &["does not exist"]);
    verify(&lake, &["--group", &fresh("nobody")]).fails(2, &["has committed nothing", "init-group"]);
    run("s3-verify").args([&lake.url("users/"), "--group", "g", "-b", ""]).go().exits(2);
}

#[test]
fn s3_verify_that_is_stopped_says_that_nothing_is_proven() {
    // A store that takes the request and never answers.
    let store = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", store.local_addr().unwrap());
    let child = run("s3-verify").arg("s3://lake/users/").env("AWS_ENDPOINT_URL_S3", endpoint).start();
    let _request = store.accept().unwrap();
    signal(&child, libc::SIGTERM);
    let ran = finish(child);
    assert_eq!((ran.signal, &*ran.text()), (Some(libc::SIGTERM), ""));
    assert_eq!(ran.stderr, "s3-verify: stopped before the end: nothing is proven\n");
}
