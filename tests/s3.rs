//! `s3-put` on a real store.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use sluicebox::s3::{S3Args, Store};
use sluicebox::stream::frames::FrameWriter;
use sluicebox::stream::seal::Sealed;

use crate::support::{Ran, finish, folder, fresh, insist, root, run, service, signal};

const MIB: usize = 1 << 20;

/// A bucket of this test alone.
struct Bucket {
    name: String,
    store: Store,
}

/// An object as the store gives it back.
struct Object {
    bytes: Vec<u8>,
    etag: String,
    content_type: String,
    metadata: Vec<(String, String)>,
}

impl Bucket {
    fn make() -> Self {
        service("AWS_ENDPOINT_URL_S3");
        let store = Store::open(&S3Args::default()).unwrap();
        let name = fresh("put");
        let request = store.client().create_bucket().bucket(&name);
        store.wait(async move { request.send().await.unwrap() }).unwrap();
        Self { name, store }
    }

    fn url(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    fn get(&self, key: &str) -> Option<Object> {
        let request = self.store.client().get_object().bucket(&self.name).key(key);
        let fetch = async move {
            let object = request.send().await.ok()?;
            let metadata = object.metadata().cloned().unwrap_or_default().into_iter().collect();
            Some(Object {
                etag: object.e_tag()?.trim_matches('"').to_owned(),
                content_type: object.content_type()?.to_owned(),
                metadata,
                bytes: object.body.collect().await.ok()?.to_vec(),
            })
        };
        self.store.wait(fetch).unwrap()
    }

    fn is_empty(&self) -> bool {
        let request = self.store.client().list_objects_v2().bucket(&self.name);
        self.store.wait(async move { request.send().await.unwrap().contents().is_empty() }).unwrap()
    }

    /// Multipart uploads of `key` that are neither complete nor aborted. (MinIO lists them by the
    /// whole key only.)
    fn pending(&self, key: &str) -> usize {
        let request = self.store.client().list_multipart_uploads().bucket(&self.name).prefix(key);
        self.store.wait(async move { request.send().await.unwrap().uploads().len() }).unwrap()
    }

    #[track_caller]
    fn wait_for_pending(&self, key: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.pending(key) == 0 {
            assert!(Instant::now() < deadline, "no upload of {key} has begun");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Bytes that no two places share.
fn pattern(len: usize) -> Vec<u8> {
    (0..len as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn put(url: &str, bytes: &[u8], options: &[&str]) -> Ran {
    run("s3-put").args(options).arg(url).stdin(bytes).go()
}

/// The summary of a run that was asked for one.
#[track_caller]
fn summary(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stderr).unwrap_or_else(|_| panic!("no summary: {}", ran.stderr))
}

#[test]
fn s3_stores_what_it_reads_whatever_its_length() {
    let bucket = Bucket::make();
    for (len, parts) in [(0, 1), (3, 1), (24 * MIB, 1), (24 * MIB + 1, 4), (60_000_000, 8)] {
        let bytes = pattern(len);
        let ran = put(&bucket.url("a/ü b.ndjson"), &bytes, &["--allow-empty", "--summary"]).exits(0);
        let facts = summary(&ran);
        let object = bucket.get("a/ü b.ndjson").unwrap();
        assert!(object.bytes == bytes, "{len} bytes came back as {}", object.bytes.len());
        assert_eq!((facts["bytes"].as_u64(), facts["parts"].as_u64()), (Some(len as u64), Some(parts)));
        assert_eq!(facts["etag"], object.etag.as_str());
        assert_eq!(facts["location"], bucket.url("a/ü b.ndjson").as_str());
    }
    assert_eq!(bucket.pending("a/ü b.ndjson"), 0);
}

#[test]
fn s3_says_nothing_on_success() {
    let bucket = Bucket::make();
    let ran = put(&bucket.url("x"), b"x", &[]).succeeds();
    assert!(ran.stdout.is_empty());
}

#[test]
fn s3_keeps_metadata_and_type() {
    let bucket = Bucket::make();
    for len in [1, 25 * MIB] {
        put(&bucket.url("x.parquet"), &pattern(len), &["--metadata", "Origin=api v1", "--metadata", "b=2"])
            .succeeds();
        let mut object = bucket.get("x.parquet").unwrap();
        object.metadata.sort();
        assert_eq!(object.metadata, [("b".into(), "2".into()), ("origin".into(), "api v1".into())]);
        assert_eq!(object.content_type, "application/vnd.apache.parquet");
    }
    put(&bucket.url("x.parquet"), b"x", &["--content-type", "text/x"]).succeeds();
    assert_eq!(bucket.get("x.parquet").unwrap().content_type, "text/x");
}

#[test]
fn s3_create_only_refuses_before_it_reads() {
    let bucket = Bucket::make();
    put(&bucket.url("x"), b"first", &["--create-only"]).succeeds();
    // stdin stays open: a run that waited for it would not end.
    let mut child = run("s3-put").args(["--create-only", &bucket.url("x")]).start();
    let stdin = child.stdin.take();
    finish(child).fails(4, &["exists already", "--create-only"]);
    drop(stdin);
    put(&bucket.url("x"), b"second", &[]).succeeds();
    assert_eq!(bucket.get("x").unwrap().bytes, b"second");
}

#[test]
fn s3_of_two_creators_one_wins() {
    for len in [1000, 30 * MIB] {
        let bucket = Bucket::make();
        let (url, contents) = (bucket.url("x"), [pattern(len), pattern(len + 1)]);
        // Both have looked and found nothing before either publishes.
        let mut writers: Vec<_> =
            contents.iter().map(|_| run("s3-put").args(["--create-only", &url]).start()).collect();
        for (writer, bytes) in writers.iter_mut().zip(&contents) {
            writer.stdin.as_mut().unwrap().write_all(&bytes[..len / 2]).unwrap();
        }
        thread::sleep(Duration::from_millis(500));
        let runs: Vec<Ran> = thread::scope(|scope| {
            let finish_one = |(mut writer, bytes): (std::process::Child, &Vec<u8>)| {
                writer.stdin.take().unwrap().write_all(&bytes[len / 2..]).unwrap();
                finish(writer)
            };
            let threads: Vec<_> = writers
                .into_iter()
                .zip(&contents)
                .map(|pair| scope.spawn(move || finish_one(pair)))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let winner = runs.iter().position(|ran| ran.code == Some(0)).expect("one wins");
        assert_eq!(runs[1 - winner].code, Some(4), "{runs:?}");
        assert!(runs[1 - winner].stderr.contains("exists already"), "{runs:?}");
        assert!(bucket.get("x").unwrap().bytes == contents[winner]);
        assert_eq!(bucket.pending("x"), 0);
    }
}

#[test]
fn s3_an_unknown_bucket_is_told_before_anything_is_read() {
    service("AWS_ENDPOINT_URL_S3");
    let mut child = run("s3-put").arg("s3://no-such-bucket-here/x").start();
    let stdin = child.stdin.take();
    finish(child).fails(2, &["bucket no-such-bucket-here does not exist", "aws s3 mb"]);
    drop(stdin);
}

#[test]
fn s3_wrong_keys_are_told_apart() {
    let bucket = Bucket::make();
    let put = || run("s3-put").arg(bucket.url("x")).stdin("x");
    put().env("AWS_ACCESS_KEY_ID", "nobody").go().fails(2, &["access key id", "AWS_PROFILE"]);
    put().env("AWS_SECRET_ACCESS_KEY", "wrong").go().fails(2, &["secret key", "AWS_SECRET_ACCESS_KEY"]);
    let begin = Instant::now();
    let none = put().without("AWS_ACCESS_KEY_ID").without("AWS_EC2_METADATA_DISABLED");
    none.env("HOME", "/nonexistent").go().fails(2, &["no AWS credentials", "AWS_PROFILE=NAME"]);
    assert!(
        begin.elapsed() < Duration::from_secs(15),
        "{:?} until no credentials are found",
        begin.elapsed()
    );
}

#[test]
fn s3_an_endpoint_that_is_none_is_told() {
    let bucket = Bucket::make();
    let put =
        |endpoint: &str| run("s3-put").args(["--endpoint-url", endpoint, &bucket.url("x")]).stdin("x").go();
    put("http://127.0.0.1:1").fails(75, &["cannot reach http://127.0.0.1:1: Connection refused"]);
    put("http://no-such-host.invalid").fails(75, &["cannot reach http://no-such-host.invalid"]);
    let https = service("AWS_ENDPOINT_URL_S3").replace("http:", "https:");
    put(&https).fails(2, &["does not speak TLS", "--endpoint-url http://"]);
}

#[test]
fn s3_wrong_usage_is_exit_2() {
    run("s3-put").arg("s3://lake/users/").go().fails(2, &["names a folder", "s3-put s3://lake/users/"]);
    for wrong in [
        &["lake/x"][..],
        &["s3://Lake/x"],
        &["s3://lake/x", "--metadata", "x"],
        &["s3://lake/x", "--part-size", "1MiB"],
    ] {
        run("s3-put").args(wrong).go().exits(2);
    }
}

#[test]
fn s3_a_dry_run_writes_nothing() {
    let bucket = Bucket::make();
    let ran = run("s3-put").args(["--dry-run", &bucket.url("x")]).go().exits(0);
    assert!(ran.stderr.contains("the bucket exists, the object does not"), "{}", ran.stderr);
    assert!(bucket.is_empty());
    run("s3-put").args(["--dry-run", "s3://no-such-bucket-here/x"]).go().exits(2);
}

#[test]
fn s3_a_signal_leaves_no_parts() {
    let bucket = Bucket::make();
    for (key, timeout, is_told_again) in [("second", "60s", true), ("drained", "300ms", false)] {
        let mut child = run("s3-put").args(["--drain-timeout", timeout]).arg(bucket.url(key)).start();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&pattern(30 * MIB)).unwrap();
        bucket.wait_for_pending(key);
        let ran = if is_told_again {
            insist(child, libc::SIGTERM)
        } else {
            signal(&child, libc::SIGTERM);
            finish(child)
        };
        assert_eq!((ran.code, ran.signal), (None, Some(libc::SIGTERM)), "{}", ran.stderr);
        assert_eq!(bucket.pending(key), 0, "{key}");
        drop(stdin);
    }
    assert!(bucket.is_empty());
}

#[test]
fn s3_a_signal_while_bytes_flow_leaves_no_parts() {
    let bucket = Bucket::make();
    for attempt in 0..5 {
        let mut child = run("s3-put").arg(bucket.url("x")).start();
        let mut stdin = child.stdin.take().unwrap();
        let feeder = thread::spawn(move || {
            let block = pattern(MIB);
            while stdin.write_all(&block).is_ok() {}
        });
        bucket.wait_for_pending("x");
        thread::sleep(Duration::from_millis(attempt * 37));
        let ran = insist(child, libc::SIGINT);
        feeder.join().unwrap();
        assert_eq!((ran.code, ran.signal), (None, Some(libc::SIGINT)), "{}", ran.stderr);
        assert_eq!((bucket.pending("x"), ran.stderr.as_str()), (0, ""));
    }
    assert!(bucket.is_empty());
}

#[test]
fn s3_publishes_nothing_of_a_sealed_stream_that_is_cut() {
    let bucket = Bucket::make();
    let mut whole = Vec::new();
    let mut closed = FrameWriter::open(&mut whole, Sealed::new("0".into()).unwrap()).unwrap();
    closed.write_all(&pattern(30 * MIB)).unwrap();
    closed.close(Vec::new()).unwrap();
    let closing = whole.len() - 1;
    put(&bucket.url("x"), &whole[..closing], &[]).exits(1);
    put(&bucket.url("x"), &whole[..26 * MIB], &[]).exits(1);
    assert!(bucket.is_empty() && bucket.pending("x") == 0);
    put(&bucket.url("x"), &whole, &[]).succeeds();
    assert!(bucket.get("x").unwrap().bytes == pattern(30 * MIB));
}

/// A file system of a few MB, if this machine lets us have one.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = folder("small-disk");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"]).arg(&dir).output();
        mount.is_ok_and(|output| output.status.success()).then(|| Self(dir))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A MinIO of this test alone, on that disk.
struct OwnMinio(std::path::PathBuf);

impl OwnMinio {
    fn start(disk: &Path) -> (Self, Vec<(String, String)>) {
        let dir = folder("own-minio");
        let script = root().join("tests/services/minio");
        let started = Command::new(&script).arg("start").arg(&dir).arg("--dir").arg(disk).status().unwrap();
        assert!(started.success());
        let env = Command::new(&script).arg("env").arg(&dir).output().unwrap().stdout;
        let pairs = String::from_utf8(env).unwrap();
        let pairs =
            pairs.lines().filter_map(|line| line.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned()));
        (Self(dir), pairs.collect())
    }
}

impl Drop for OwnMinio {
    fn drop(&mut self) {
        let _ = Command::new(root().join("tests/services/minio")).arg("stop").arg(&self.0).status();
    }
}

#[test]
fn s3_a_full_store_is_one_clear_line() {
    service("AWS_ENDPOINT_URL_S3");
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: this user may not mount a small file system");
        return;
    };
    let (_minio, env) = OwnMinio::start(&disk.0);
    // A folder of MinIO's is a bucket.
    std::fs::create_dir(disk.0.join("lake")).unwrap();
    let put = env.iter().fold(run("s3-put").arg("s3://lake/x"), |put, (name, value)| put.env(name, value));
    put.stdin(pattern(100_000_000)).go().fails(75, &["is full"]);
    assert!(!disk.0.join("lake/x").exists());
}

#[test]
fn s3_put_says_with_v_what_becomes_of_an_upload() {
    let bucket = Bucket::make();
    let url = bucket.url("verbose");
    let put = run("s3-put").args(["-v", "--part-size", "5MiB", &url]).stdin(vec![b'x'; 6 * MIB]);
    let told = put.go().exits(0).stderr;
    let etag = bucket.get("verbose").unwrap().etag;
    let stored = format!("{url} stored: 6,291,456 bytes, ETag {etag}");
    for phrase in [
        "S3 at http://",
        "does not exist yet",
        "multipart upload ",
        "part 1 stored: 5,242,880 bytes, ETag ",
        "part 2 stored",
        &stored,
    ] {
        assert!(told.contains(phrase), "{phrase} in {told}");
    }
    assert!(!told.contains(&service("AWS_SECRET_ACCESS_KEY")), "{told}");
    let away = run("s3-put").args(["-v", "--endpoint-url", "http://127.0.0.1:1", &url]).go().exits(75).stderr;
    assert!(away.contains("an attempt at a request failed: Connection refused"), "{away}");
}
