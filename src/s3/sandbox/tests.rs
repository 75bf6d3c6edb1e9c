//! The room against itself: uploads into the sandbox, read back by the SDK.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use super::Sandbox;
use crate::run::exit::{Error, Exit, Result};
use crate::s3::{Claim, Location, Schedule, Seen, Store, Target, Upload};
use crate::stream::{ByteSink, Facts};

/// Five MiB a part, so that a few MB are several parts.
const PART: usize = 5 << 20;

/// A sandbox with a bucket `lake`, in a folder of its own.
struct Lake {
    store: Store,
    sandbox: Option<Sandbox>,
    dir: PathBuf,
    warnings: Arc<Mutex<Vec<String>>>,
}

impl Lake {
    fn open() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sluicebox-s3-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let dir = std::env::temp_dir().join(name);
        fs::create_dir(&dir).unwrap();
        let sandbox = Sandbox::start(&dir, &["lake"]).unwrap();
        let store = Store::of_sandbox(&sandbox).unwrap();
        Self { store, sandbox: Some(sandbox), dir, warnings: Arc::default() }
    }

    fn upload(&self, url: &str, create_only: bool) -> Upload {
        self.upload_by(Schedule::starting(PART as u64).unwrap(), url, create_only)
    }

    fn upload_by(&self, schedule: Schedule, url: &str, create_only: bool) -> Upload {
        let warnings = self.warnings.clone();
        let target = Target {
            location: url.parse().unwrap(),
            claim: if create_only { Claim::Create } else { Claim::Replace },
            content_type: "application/x-ndjson".into(),
            metadata: vec![("origin".into(), "test".into())],
        };
        let warn = Arc::new(move |error: &Error| warnings.lock().unwrap().push(error.to_string()));
        Upload::start(&self.store, target, schedule, warn)
    }

    fn put(&self, url: &str, bytes: &[u8], create_only: bool) -> Result<Facts> {
        fill(self.upload(url, create_only), bytes)
    }

    fn get(&self, key: &str) -> Option<Vec<u8>> {
        let request = self.store.client().get_object().bucket("lake").key(key);
        self.store
            .wait(async move { Some(request.send().await.ok()?.body.collect().await.ok()?.to_vec()) })
            .unwrap()
    }

    fn pending(&self) -> usize {
        let request = self.store.client().list_multipart_uploads().bucket("lake");
        self.store.wait(async move { request.send().await.unwrap().uploads().len() }).unwrap()
    }

    /// Waits until the store keeps this many files: a request that was cut is noticed in a moment.
    fn keeps(&self, files: usize) -> bool {
        let count = || fs::read_dir(&self.dir).unwrap().count();
        (0..100).any(|_| {
            count() == files || {
                std::thread::sleep(Duration::from_millis(20));
                false
            }
        })
    }
}

impl Drop for Lake {
    fn drop(&mut self) {
        self.sandbox.take();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Publishes these bytes, which come in pieces.
fn fill(mut upload: Upload, bytes: &[u8]) -> Result<Facts> {
    bytes.chunks(100_000).try_for_each(|piece| upload.bytes(piece))?;
    upload.publish(None)
}

/// Bytes that no two places share.
fn pattern(len: usize) -> Vec<u8> {
    (0..len as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

#[test]
fn what_goes_up_comes_down_whatever_its_length() {
    let lake = Lake::open();
    for (len, parts) in
        [(0, 1), (1, 1), (PART - 1, 1), (PART, 1), (PART + 1, 2), (2 * PART, 2), (4 * PART + 7, 5)]
    {
        let bytes = pattern(len);
        let facts = lake.put("s3://lake/a b/ü&<x>", &bytes, false).unwrap();
        assert_eq!((&facts["bytes"], &facts["parts"]), (&json!(len), &json!(parts)));
        assert_eq!(facts["location"], "s3://lake/a b/ü&<x>");
        assert!(lake.get("a b/ü&<x>").unwrap() == bytes, "{len} bytes");
    }
    assert_eq!(lake.pending(), 0);
    assert!(lake.keeps(5), "an object replaced is an object removed");
}

#[test]
fn what_fits_into_the_first_buffer_takes_one_request() {
    let lake = Lake::open();
    let (first, part) = (24 << 20, 8 << 20);
    for (len, parts) in [(first, 1), (first + 1, 4), (first + part, 4), (first + part + 1, 5)] {
        let bytes = pattern(len);
        let facts = fill(lake.upload_by(Schedule::default(), "s3://lake/x", false), &bytes).unwrap();
        assert_eq!((&facts["bytes"], &facts["parts"]), (&json!(len), &json!(parts)));
        // S3 tells by the ETag how an object came to be.
        let (_, sent) = facts["etag"].as_str().unwrap().split_once('-').unwrap_or(("", "1"));
        assert_eq!(sent, parts.to_string(), "{len} bytes");
        assert!(lake.get("x").unwrap() == bytes, "{len} bytes");
    }
}

#[test]
fn metadata_type_and_etag_are_kept() {
    let lake = Lake::open();
    let facts = lake.put("s3://lake/x", &pattern(PART + 1), false).unwrap();
    let request = lake.store.client().head_object().bucket("lake").key("x");
    let head = lake.store.wait(async move { request.send().await.unwrap() }).unwrap();
    assert_eq!(head.content_length(), Some(PART as i64 + 1));
    assert_eq!(head.content_type(), Some("application/x-ndjson"));
    assert_eq!(head.metadata().unwrap()["origin"], "test");
    assert_eq!(head.e_tag().map(|etag| etag.trim_matches('"')), facts["etag"].as_str());
    assert!(facts["etag"].as_str().unwrap().ends_with("-2"));
}

#[test]
fn nothing_is_visible_before_it_is_published_and_nothing_stays_if_it_is_not() {
    let lake = Lake::open();
    let mut upload = lake.upload("s3://lake/x", false);
    upload.bytes(&pattern(3 * PART)).unwrap();
    assert_eq!(lake.store.look_at(&"s3://lake/x".parse().unwrap()).unwrap(), Seen::Free);
    drop(upload);
    assert!(lake.pending() == 0 && lake.keeps(0));
    assert!(lake.warnings.lock().unwrap().is_empty());
}

#[test]
fn an_upload_is_aborted_from_another_thread_while_its_own_waits() {
    let lake = Lake::open();
    let mut upload = lake.upload("s3://lake/x", false);
    upload.bytes(&pattern(2 * PART)).unwrap();
    let hook = upload.abort_handle().into_hook();
    std::thread::spawn(hook).join().unwrap();
    assert!(lake.pending() == 0 && lake.keeps(0));
    let error = upload.bytes(&pattern(2 * PART)).and_then(|()| upload.publish(None)).unwrap_err();
    assert!(error.message().contains("aborted"), "{error}");
    assert!(lake.get("x").is_none());
}

#[test]
fn an_abort_after_the_end_does_nothing() {
    let lake = Lake::open();
    let upload = lake.upload("s3://lake/x", false);
    let handle = upload.abort_handle();
    upload.publish(None).unwrap();
    handle.abort();
    assert_eq!(lake.get("x"), Some(Vec::new()));
}

#[test]
fn an_abort_that_fails_names_the_upload_and_the_command_that_removes_it() {
    let mut lake = Lake::open();
    let mut upload = lake.upload("s3://lake/x", false);
    upload.bytes(&pattern(2 * PART)).unwrap();
    lake.pending(); // the first part has been sent
    lake.sandbox.take();
    drop(upload);
    let warnings = lake.warnings.lock().unwrap();
    let [warning] = warnings.as_slice() else { panic!("one warning, not {warnings:?}") };
    assert!(warning.contains("aws s3api abort-multipart-upload --bucket lake --key 'x' --upload-id upload-"));
}

#[test]
fn create_only_refuses_what_exists_small_and_large() {
    let lake = Lake::open();
    lake.put("s3://lake/x", b"first", true).unwrap();
    for len in [1, PART + 1] {
        let error = lake.put("s3://lake/x", &pattern(len), true).unwrap_err();
        assert_eq!(error.exit(), Exit::Conflict, "{error}");
        assert_eq!(error.message(), "s3://lake/x exists already");
    }
    assert_eq!((lake.get("x").as_deref(), lake.pending()), (Some(&b"first"[..]), 0));
    assert_eq!(lake.store.look_at(&"s3://lake/x".parse().unwrap()).unwrap(), Seen::Taken);
    assert_eq!(lake.store.look_at(&"s3://lake/".parse().unwrap()).unwrap(), Seen::Free);
}

#[test]
fn of_many_writers_one_creates() {
    let lake = Lake::open();
    let outcomes: Vec<Result<Facts>> = std::thread::scope(|scope| {
        let write = |n: usize| lake.put("s3://lake/x", &vec![n as u8; n * PART / 2 + n], true);
        let writers: Vec<_> = (1..=6).map(|n| scope.spawn(move || write(n))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let winners: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    let [winner] = winners.as_slice() else { panic!("{outcomes:?}") };
    assert_eq!(json!(lake.get("x").unwrap().len()), winner["bytes"]);
    let losers = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(losers.map(Error::exit).all(|exit| exit == Exit::Conflict));
    assert_eq!(lake.pending(), 0);
}

#[test]
fn rejects_are_stored_first_and_once() {
    let lake = Lake::open();
    let put = |rejects: &[u8], create_only: bool| {
        let mut upload = lake.upload("s3://lake/x", create_only);
        upload.bytes(b"data")?;
        upload.rejects(&rejects[..1])?;
        upload.rejects(&rejects[1..])?;
        upload.publish(None)
    };
    // An earlier attempt came as far as its rejects; those of other work are a conflict.
    lake.put("s3://lake/x.rejects.ndjson", b"{\"line\":1}\n", true).unwrap();
    let error = put(b"{\"line\":2}\n", true).unwrap_err();
    assert_eq!(error.exit(), Exit::Conflict, "{error}");
    assert_eq!(lake.get("x"), None, "no object without the account of what it lacks");
    let facts = put(b"{\"line\":1}\n", true).unwrap();
    assert_eq!(facts["rejects"], "s3://lake/x.rejects.ndjson");
    assert_eq!(lake.get("x.rejects.ndjson").as_deref(), Some(&b"{\"line\":1}\n"[..]));
    // Whoever replaces the object replaces its rejects.
    put(b"{\"line\":3}\n", false).unwrap();
    assert_eq!(lake.get("x.rejects.ndjson").as_deref(), Some(&b"{\"line\":3}\n"[..]));
}

#[test]
fn a_bucket_that_does_not_exist_is_told_at_once() {
    let lake = Lake::open();
    let nowhere: Location = "s3://nolake/x".parse().unwrap();
    let early = lake.store.look_at(&nowhere).unwrap_err();
    let late = lake.put("s3://nolake/x", &pattern(2 * PART), false).unwrap_err();
    for error in [early, late] {
        assert_eq!(error.exit(), Exit::Usage, "{error}");
        assert!(error.message().contains("bucket nolake does not exist"), "{error}");
    }
}

#[test]
fn a_download_in_pieces_notices_a_change() {
    let lake = Lake::open();
    let facts = lake.put("s3://lake/x", &pattern(PART + 1), false).unwrap();
    let piece = |etag: &str| {
        let request =
            lake.store.client().get_object().bucket("lake").key("x").if_match(etag).range("bytes=3-6");
        lake.store
            .wait(async move { Some(request.send().await.ok()?.body.collect().await.ok()?.to_vec()) })
            .unwrap()
    };
    assert_eq!(piece(facts["etag"].as_str().unwrap()).as_deref(), Some(&pattern(7)[3..]));
    assert_eq!(piece("another"), None);
}

#[test]
fn a_bucket_goes_only_when_it_is_empty() {
    let lake = Lake::open();
    lake.put("s3://lake/x", b"x", false).unwrap();
    let delete_bucket = || {
        let request = lake.store.client().delete_bucket().bucket("lake");
        lake.store.wait(async move { request.send().await.is_ok() }).unwrap()
    };
    assert!(!delete_bucket());
    let request = lake.store.client().delete_object().bucket("lake").key("x");
    assert!(lake.store.wait(async move { request.send().await.is_ok() }).unwrap());
    assert!(delete_bucket() && lake.keeps(0));
}

#[test]
fn what_it_cannot_do_it_refuses() {
    let lake = Lake::open();
    lake.put("s3://lake/x", b"x", false).unwrap();
    let request = lake.store.client().copy_object().bucket("lake").key("y").copy_source("lake/x");
    let copied = lake.store.wait(async move { request.send().await.is_ok() }).unwrap();
    assert!(!copied && lake.get("y").is_none());
}
