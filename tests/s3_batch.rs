//! `s3-put` in a batch: one object for each start, whoever tries, whatever the network does.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use sluicebox::batch::Batch;
use sluicebox::s3::Sandbox;

use crate::support::batch::{batch, framed, records, within};
use crate::support::lake::Lake;
use crate::support::proxy::{Act, Call, Proxy};
use crate::support::{Ran, Run, finish, folder, insist, run, service};

const MIB: usize = 1 << 20;
const MARK: &str = "users/_sluicebox/condition";
/// As a store says that the condition was not met after it has begun to answer 200.
const REFUSED_LATE: &str =
    "<?xml version=\"1.0\"?><Error><Code>PreconditionFailed</Code><Message>x</Message></Error>";
const NO_UPLOAD: &str = "<?xml version=\"1.0\"?><Error><Code>NoSuchUpload</Code><Message>x</Message></Error>";
const CONFLICT: &str =
    "<?xml version=\"1.0\"?><Error><Code>ConditionalRequestConflict</Code><Message>x</Message></Error>";

/// Bytes that begin as Parquet does, and are told apart by `salt`.
fn parquet(len: usize, salt: u8) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        (0..len as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8 ^ salt).collect();
    bytes[..4].copy_from_slice(b"PAR1");
    bytes
}

/// The key that a batch has under `users/`.
fn key(batch: &Batch) -> String {
    format!("users/dt=2026-11-20/{}.parquet", batch.name())
}

/// `s3-put` of a batch into `users/`.
fn put(lake: &Lake, batch: &Batch) -> Run {
    within(run("s3-put").args(["--summary", "--part-size", "5MiB"]).arg(lake.url("users/")), batch)
}

#[track_caller]
fn receipt(ran: Ran) -> Value {
    let ran = ran.exits(0);
    let line = ran.stderr.lines().find(|line| line.starts_with('{'));
    serde_json::from_str(line.unwrap_or_default()).unwrap_or_else(|_| panic!("no summary: {}", ran.stderr))
}

/// A lake behind a proxy with this rule, and the proxy.
fn behind(rule: impl Fn(&Call) -> Act + Send + Sync + 'static) -> (Lake, Proxy) {
    (Lake::make(), Proxy::start(&service("AWS_ENDPOINT_URL_S3"), rule))
}

#[test]
fn s3_batch_makes_its_object_once_and_says_which_range_it_holds() {
    let lake = Lake::make();
    for (partition, len) in [(0, 1000), (1, 12 * MIB)] {
        let (ours, bytes) = (batch(partition, 1000, 2000), parquet(len, 0));
        let stream = framed(&ours, &bytes, 0);
        let first = receipt(put(&lake, &ours).stdin(stream.clone()).go());
        let range = json!({
            "topic": "created_users", "topic_id": "bQpS2sVYQ7K1nCJ2pkWXgA", "partition": partition,
            "first_offset": 1000, "end_offset": 2000,
        });
        let nonce = String::from_utf8_lossy(&stream).split("\"open\":\"").nth(1).unwrap()[..32].to_owned();
        assert_eq!((&first["result"], &first["range"]), (&"stored".into(), &range));
        assert_eq!((&first["stream"], &first["bytes"]), (&nonce.into(), &len.into()));
        assert_eq!(first["location"], lake.url(&key(&ours)));
        assert!(lake.get(&key(&ours)).unwrap() == bytes);
        let metadata = lake.metadata(&key(&ours));
        let pairs: Vec<(&str, &str)> = metadata.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let number = partition.to_string();
        assert_eq!(
            pairs,
            [
                ("sluicebox-end-offset", "2000"),
                ("sluicebox-first-offset", "1000"),
                ("sluicebox-partition", number.as_str()),
                ("sluicebox-topic", "created_users"),
                ("sluicebox-topic-id", "bQpS2sVYQ7K1nCJ2pkWXgA"),
            ]
        );
        // Other bytes of the same range: schema and keys may have changed, the records have not.
        let again = receipt(put(&lake, &ours).stdin(framed(&ours, &parquet(len + 9, 1), 0)).go());
        assert_eq!((&again["result"], &again["range"]), (&"exists".into(), &range));
        assert_eq!((&again["etag"], &again["bytes"]), (&first["etag"], &len.into()));
        assert_ne!(again["stream"], first["stream"]);
        assert!(lake.get(&key(&ours)).unwrap() == bytes);
        assert_eq!(lake.uploads_of(&key(&ours)) + lake.uploads_of(MARK), 0);
    }
    assert_eq!(lake.keys().len(), 3, "two objects and the mark: {:?}", lake.keys());
}

#[test]
fn s3_batch_adopts_an_object_with_another_end() {
    let lake = Lake::make();
    for (partition, stored, tried) in [(0, 3000, 2000), (1, 2000, 3000)] {
        let (old, new) = (batch(partition, 1000, stored), batch(partition, 1000, tried));
        receipt(put(&lake, &old).stdin(framed(&old, &parquet(100, 0), 0)).go());
        let told = receipt(put(&lake, &new).stdin(framed(&new, &parquet(200, 0), 7)).go());
        assert_eq!((&told["result"], &told["range"]["end_offset"]), (&"adopted".into(), &stored.into()));
        assert_eq!((&told["bytes"], told.get("rejects")), (&100.into(), None));
    }
}

#[test]
fn s3_batch_reads_to_the_end_though_there_is_nothing_to_store() {
    let lake = Lake::make();
    let ours = batch(0, 0, 9);
    receipt(put(&lake, &ours).stdin(framed(&ours, &parquet(100, 0), 0)).go());
    let proxy = Proxy::start(&service("AWS_ENDPOINT_URL_S3"), |_| Act::Pass);
    let stream = framed(&ours, &parquet(20 * MIB, 0), 0);
    let mut child = put(&lake, &ours).env("AWS_ENDPOINT_URL_S3", proxy.url()).start();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&stream).expect("all is read");
    drop(stdin);
    assert_eq!(receipt(finish(child))["result"], "exists");
    assert!(
        proxy.calls().iter().all(|call| call.method != "PUT" && call.method != "POST"),
        "nothing is sent"
    );
    // The seal still counts.
    put(&lake, &ours).stdin(&stream[..stream.len() - 9]).go().exits(1);
}

#[test]
fn s3_batch_leaves_alone_what_is_in_its_place() {
    let lake = Lake::make();
    let ours = batch(0, 0, 9);
    let try_it = || put(&lake, &ours).stdin(framed(&ours, &parquet(100, 0), 0)).go().exits(4).stderr;
    lake.put(&key(&ours), b"theirs", &[]);
    assert!(try_it().contains("no object of a batch"));
    let other = |name: &str, value: &str| {
        let mut metadata: Vec<(String, String)> = sluicebox::batch::lineage::pairs(&ours.range)
            .map(|(name, value)| (format!("sluicebox-{name}"), value))
            .to_vec();
        metadata.iter_mut().filter(|(known, _)| known == name).for_each(|pair| pair.1 = value.to_owned());
        lake.put(&key(&ours), b"theirs", &metadata);
    };
    other("sluicebox-topic-id", "bQpS2sVYanother0000000");
    assert!(try_it().contains("another topic of that name"));
    other("sluicebox-first-offset", "1");
    assert!(try_it().contains("offsets 1 to 9"));
    assert_eq!(lake.get(&key(&ours)).unwrap(), b"theirs");
}

#[test]
fn s3_batch_is_refused_where_it_is_no_batch() {
    let lake = Lake::make();
    let ours = batch(0, 0, 9);
    let stream = framed(&ours, &parquet(100, 0), 0);
    let fails = |run: Run, input: &[u8], code: i32, word: &str| {
        let ran = run.stdin(input).go().exits(code);
        assert!(ran.stderr.contains(word), "{word:?} is not in {}", ran.stderr);
    };
    let plain = |url: &str| run("s3-put").arg(lake.url(url));
    fails(within(plain("users/all.parquet"), &ours), &stream, 2, "the same object for every batch");
    fails(within(plain("users/"), &ours), &parquet(100, 0), 1, "must be the sealed range");
    fails(within(plain("users/"), &batch(0, 0, 8)), &stream, 1, "the stream holds");
    fails(within(plain("users/"), &ours).without("BATCH_DATE"), &stream, 2, "BATCH_DATE");
    fails(plain("users/x.parquet"), &stream, 2, "$BATCH is not set");
    fails(within(plain("users/"), &ours), &records(&ours, "{}\n"), 2, "--suffix .ndjson");
    fails(within(plain("users/").args(["--suffix", ".ndjson"]), &ours), &stream, 2, "is a Parquet file");
    assert!(lake.keys().iter().all(|key| key == MARK), "nothing but the mark: {:?}", lake.keys());
    assert_eq!(lake.uploads_of(&key(&ours)), 0);
}

#[test]
fn s3_batch_of_records_is_named_by_its_suffix() {
    let lake = Lake::make();
    let put = |batch: &Batch, url: &str, lines: &str| {
        let put = run("s3-put").args(["--summary", "--suffix", ".ndjson"]).arg(lake.url(url));
        receipt(within(put, batch).stdin(records(batch, lines)).go())
    };
    let ours = batch(0, 0, 9);
    put(&ours, "users/", "{\"a\":1}\n");
    let made = key(&ours).replace(".parquet", ".ndjson");
    assert_eq!(lake.get(&made).unwrap(), b"{\"a\":1}\n");
    // The command was changed: the batch must not be there under two names.
    let ran = self::put(&lake, &ours).stdin(framed(&ours, &parquet(100, 0), 0)).go();
    assert!(ran.exits(4).stderr.contains("is there already as"));
    let empty = batch(1, 0, 9);
    put(&empty, "users/", "");
    assert_eq!(lake.get(&key(&empty).replace(".parquet", ".ndjson")).unwrap(), b"", "an object all the same");
    put(&ours, &format!("raw/dt=x/{}.jsonl", ours.name()), "{}\n");
    assert_eq!(
        lake.keys()[..2],
        ["raw/_sluicebox/condition".to_owned(), format!("raw/dt=x/{}.jsonl", ours.name())]
    );
}

#[test]
fn s3_batch_stores_its_rejects_first_and_names_them() {
    let lake = Lake::make();
    let ours = batch(0, 0, 9);
    let told = receipt(put(&lake, &ours).stdin(framed(&ours, &parquet(100, 0), 4)).go());
    assert_eq!(told["rejects_count"], 4);
    let url = told["rejects"].as_str().unwrap();
    let name = url.rsplit_once('/').unwrap().1;
    assert!(name.starts_with(&format!("_{}-00000000000000000009-", ours.name())), "{name}");
    let rejects = format!("users/dt=2026-11-20/{name}");
    assert_eq!(url, lake.url(&rejects));
    assert_eq!(lake.get(&rejects).unwrap().split(|byte| *byte == b'\n').count(), 5);
    assert_eq!(lake.metadata(&rejects)["sluicebox-rejects"], "4");
    // The object is lost: the same rejects are met again, and are the same.
    lake.delete(&key(&ours));
    assert_eq!(receipt(put(&lake, &ours).stdin(framed(&ours, &parquet(100, 0), 4)).go())["rejects"], url);
    assert_eq!(lake.keys().len(), 3);
}

#[test]
fn s3_batch_of_two_attempts_at_the_same_time_stores_one() {
    for len in [1000, 12 * MIB] {
        let lake = Lake::make();
        let ends = [2000, 3000];
        // Both have looked and found nothing before either publishes.
        let children: Vec<_> = ends
            .iter()
            .map(|end| {
                let ours = batch(0, 1000, *end);
                let stream = framed(&ours, &parquet(len, *end as u8), 0);
                let mut child = put(&lake, &ours).start();
                let mut stdin = child.stdin.take().unwrap();
                stdin.write_all(&stream[..len / 2]).unwrap();
                (child, stdin, stream)
            })
            .collect();
        thread::sleep(Duration::from_millis(500));
        let told: Vec<Value> = thread::scope(|scope| {
            let threads: Vec<_> = children
                .into_iter()
                .map(|(child, mut stdin, stream)| {
                    scope.spawn(move || {
                        stdin.write_all(&stream[len / 2..]).unwrap();
                        drop(stdin);
                        receipt(finish(child))
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let results = [&told[0]["result"], &told[1]["result"]];
        let winner = results.iter().position(|result| *result == "stored").expect("one has stored it");
        assert_eq!(results[1 - winner], "adopted", "{told:?}");
        assert_eq!(told[0]["range"], told[1]["range"]);
        assert_eq!(told[0]["range"]["end_offset"], ends[winner]);
        assert_eq!(lake.uploads_of(&key(&batch(0, 1000, 0))), 0);
    }
}

#[test]
fn s3_batch_refuses_a_store_that_ignores_the_condition() {
    let dir = folder("ignoring");
    let sandbox = Sandbox::start(&dir, &["lake"]).unwrap();
    let lake = Lake::of(&sandbox, "lake");
    let ours = batch(0, 0, 9);
    let try_with = |proxy: &Proxy, len: usize| {
        let put = sandbox
            .environment()
            .into_iter()
            .fold(put(&lake, &ours), |put, (name, value)| put.env(name, value));
        put.env("AWS_ENDPOINT_URL_S3", proxy.url()).stdin(framed(&ours, &parquet(len, 0), 1)).go()
    };
    let on_all = Proxy::start(&sandbox.endpoint(), |_| Act::Drop("if-none-match"));
    let ran = try_with(&on_all, 1000).exits(2);
    assert!(ran.stderr.contains("ignores If-None-Match on PutObject"), "{}", ran.stderr);
    let on_complete = Proxy::start(&sandbox.endpoint(), |call| {
        if call.completes() { Act::Drop("if-none-match") } else { Act::Pass }
    });
    let ran = try_with(&on_complete, 12 * MIB).exits(2);
    assert!(ran.stderr.contains("ignores If-None-Match on CompleteMultipartUpload"), "{}", ran.stderr);
    assert_eq!(lake.keys(), [MARK], "nothing else is visible, rejects included");
    assert_eq!((lake.uploads_of(&key(&ours)), lake.uploads_of(MARK)), (0, 0));
    // It can be relied on for what needs one request.
    assert_eq!(receipt(try_with(&on_complete, 1000))["result"], "stored");
}

/// Runs a batch through a proxy whose first matching request meets `act`, all others pass.
fn with_one_fault(len: usize, matches: fn(&Call) -> bool, act: Act) -> (Lake, Ran) {
    let faults = AtomicU32::new(0);
    let (lake, proxy) = behind(move |call| {
        let ours = !call.is_of_the_mark() && matches(call);
        if ours && faults.fetch_add(1, SeqCst) == 0 { act.clone() } else { Act::Pass }
    });
    let ours = batch(0, 0, 9);
    let put = put(&lake, &ours).env("AWS_ENDPOINT_URL_S3", proxy.url());
    let ran = put.stdin(framed(&ours, &parquet(len, 0), 0)).go();
    (lake, ran)
}

#[test]
fn s3_batch_finds_its_object_when_the_answer_was_lost() {
    for (len, publishes) in [(1000, Call::puts as fn(&Call) -> bool), (12 * MIB, Call::completes)] {
        let (lake, ran) = with_one_fault(len, publishes, Act::CutAfter);
        assert_eq!(receipt(ran)["result"], "exists", "it was carried out");
        assert_eq!(lake.uploads_of(&key(&batch(0, 0, 9))), 0);
        let (lake, ran) = with_one_fault(len, publishes, Act::CutBefore);
        assert_eq!(receipt(ran)["result"], "stored", "it was not carried out, and is sent again");
        assert!(lake.get(&key(&batch(0, 0, 9))).unwrap().len() == len);
    }
}

#[test]
fn s3_batch_answers_of_a_store_that_has_second_thoughts() {
    let completes = Call::completes;
    let (lake, ran) = with_one_fault(12 * MIB, completes, Act::Answer("404 Not Found", NO_UPLOAD));
    ran.exits(75);
    assert_eq!((lake.keys().len(), lake.uploads_of(&key(&batch(0, 0, 9)))), (1, 0));
    let (lake, ran) = with_one_fault(12 * MIB, completes, Act::Answer("409 Conflict", CONFLICT));
    ran.exits(75);
    assert_eq!((lake.keys().len(), lake.uploads_of(&key(&batch(0, 0, 9)))), (1, 0));
    // Refused, and nothing is there: another attempt.
    let (_, ran) = with_one_fault(12 * MIB, completes, Act::Answer("200 OK", REFUSED_LATE));
    assert_eq!(receipt(ran)["result"], "stored");
    let puts = Call::puts;
    let (_, ran) = with_one_fault(1000, puts, Act::Answer("409 Conflict", CONFLICT));
    assert_eq!(receipt(ran)["result"], "stored");
    let (_, ran) = with_one_fault(1000, puts, Act::Answer("503 Slow Down", ""));
    assert_eq!(receipt(ran)["result"], "stored");
}

#[test]
fn s3_batch_takes_the_object_of_another_attempt_that_was_faster() {
    // Between the look and the end of this attempt, another one has stored its object.
    for (len, late) in [(1000, false), (12 * MIB, false), (12 * MIB, true)] {
        let lake = Arc::new(Lake::make());
        let (ours, theirs) = (batch(0, 0, 9), batch(0, 0, 5));
        let other = lake.clone();
        let metadata: Vec<(String, String)> = sluicebox::batch::lineage::pairs(&theirs.range)
            .map(|(name, value)| (format!("sluicebox-{name}"), value))
            .to_vec();
        let place = key(&ours);
        let proxy = Proxy::start(&service("AWS_ENDPOINT_URL_S3"), move |call| {
            if call.is_of_the_mark() || !(call.puts() || call.completes()) {
                return Act::Pass;
            }
            other.put(&place, b"theirs", &metadata);
            if late { Act::Answer("200 OK", REFUSED_LATE) } else { Act::Pass }
        });
        let put = put(&lake, &ours).env("AWS_ENDPOINT_URL_S3", proxy.url());
        let told = receipt(put.stdin(framed(&ours, &parquet(len, 0), 0)).go());
        assert_eq!((&told["result"], &told["range"]["end_offset"]), (&"adopted".into(), &5.into()));
        assert_eq!(told["bytes"], 6);
        assert_eq!(lake.uploads_of(&key(&ours)), 0, "its own parts are gone");
    }
}

#[test]
fn s3_batch_gives_up_in_time_when_the_store_is_away() {
    let (lake, proxy) =
        behind(|call| if call.puts() && !call.is_of_the_mark() { Act::CutBefore } else { Act::Pass });
    let ours = batch(0, 0, 9);
    let put = put(&lake, &ours).env("AWS_ENDPOINT_URL_S3", proxy.url());
    put.stdin(framed(&ours, &parquet(1000, 0), 0)).go().exits(75);
    assert_eq!(lake.keys(), [MARK]);
}

#[test]
fn s3_batch_leaves_no_parts_when_a_signal_ends_it() {
    let lake = Lake::make();
    for attempt in 0..4 {
        let ours = batch(0, 0, 9);
        let mut child = put(&lake, &ours).start();
        let mut stdin = child.stdin.take().unwrap();
        let stream = framed(&ours, &parquet(30 * MIB, 0), 0);
        let feeder = thread::spawn(move || {
            drop(stdin.write_all(&stream[..stream.len() - 1]));
            stdin
        });
        thread::sleep(Duration::from_millis(40 + attempt * 23));
        let ran = insist(child, libc::SIGTERM);
        drop(feeder.join());
        assert_eq!((ran.code, ran.signal), (None, Some(libc::SIGTERM)), "{}", ran.stderr);
        assert_eq!((lake.uploads_of(&key(&ours)), lake.uploads_of(MARK)), (0, 0), "{attempt}");
    }
    assert!(lake.keys().iter().all(|key| key == MARK), "{:?}", lake.keys());
}

#[test]
fn s3_batch_dry_run_says_what_would_be_done() {
    let lake = Lake::make();
    let ours = batch(0, 0, 9);
    let dry = |batch: &Batch| {
        within(run("s3-put").args(["--dry-run", &lake.url("users/")]), batch).go().exits(0).stderr
    };
    assert!(dry(&ours).contains("is not there"));
    assert!(lake.keys().is_empty());
    receipt(put(&lake, &ours).stdin(framed(&ours, &parquet(100, 0), 0)).go());
    assert!(dry(&ours).contains("the object of this batch is there\n"));
    assert!(dry(&batch(0, 0, 10)).contains("up to offset 9; it would be adopted"));
}
