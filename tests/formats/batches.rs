//! A batch on its way: the stream that a command is given, the file and the account of rejects that are made of it, the
//! objects that hold them, what the sink reports, and what the proof makes of the objects.
//!
//! The store is the one inside of the program: nothing here needs a service.

use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use parquet::file::metadata::KeyValue;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value, json};
use sluicebox::batch::Batch;
use sluicebox::batch::receipt::{Expected, Reports};
use sluicebox::run::Exit;
use sluicebox::s3::Sandbox;
use sluicebox::stream::counts::Counts;
use sluicebox::stream::frames::FrameWriter;
use sluicebox::stream::seal::{Closing, Control, Digest, Refusal, Seal, Sealed, StageCounts, hex128};
use sluicebox::stream::{Position, Reject};

use super::{NONCE, is_as_ever, key, sample, text};
use crate::support::batch::batch;
use crate::support::lake::Lake;
use crate::support::{Run, folder, run, sh};

/// With a comment, a column that is not in the records, and one for what is in no other.
const TO_PARQUET: &str = "to-parquet --unknown column=rest --meta owner=lake -o batch.parquet --schema-ddl \
    \"id BIGINT NOT NULL COMMENT 'of the source', email STRING, age INT, seen TIMESTAMP\"";

/// What a file notes, in this order: its columns, what the user has given, its range, whose tokens it holds.
const NOTED: [&str; 9] = [
    "sluicebox.schema",
    "sluicebox.schema-hash",
    "owner",
    "sluicebox.topic",
    "sluicebox.topic-id",
    "sluicebox.partition",
    "sluicebox.first-offset",
    "sluicebox.end-offset",
    "sluicebox.key-id",
];

/// Of these the third and the fourth are refused, by `hash-fields` and by `to-parquet`.
const RECORDS: [&str; 5] = [
    r#"{"id":1,"email":"ada@example.com","age":36}"#,
    r#"{"id":2,"email":"grace@example.com","age":85}"#,
    r#"{"id":3,"age":1}"#,
    r#"{"id":4,"email":"alan@example.com","age":41000000000}"#,
    r#"{"id":5,"email":null,"age":null,"more":[true]}"#,
];

/// Three of the six become rows.
fn ours() -> Batch {
    batch(3, 1000, 1006)
}

fn sealed(max_rejects: &str) -> Sealed {
    Sealed { v: 1, open: NONCE.into(), max_rejects: max_rejects.into(), range: Some(ours().range) }
}

/// The stages so far, each of which has refused one record of those that the one before it has passed.
fn stages(names: &[&str]) -> Vec<StageCounts> {
    let stage = |(name, read): (&&str, u64)| {
        let counts = Counts { read, passed: read - 1, rejected: 1, written: read - 1, ..Counts::default() };
        StageCounts { stage: (*name).to_owned(), counts, facts: Default::default() }
    };
    names.iter().zip((0..=6).rev()).map(stage).collect()
}

/// What `kafka-consume` hands on, which has refused a record itself.
fn stream() -> String {
    let position = Position::Offset { topic: "created_users".into(), partition: 3, offset: 1001 };
    let mut refusal = Refusal::new("kafka-consume", &position, &Reject::new("not UTF-8"));
    refusal.seal = Some(NONCE.into());
    let mut digest = Digest::default();
    RECORDS.iter().for_each(|record| digest.update(format!("{record}\n").as_bytes()));
    let closing = Closing {
        v: 1,
        close: NONCE.into(),
        count: 5,
        rejects: 1,
        xxh3: hex128(digest.value()),
        stages: stages(&["kafka-consume"]),
    };
    let control = |control: Control| String::from_utf8(control.line()).unwrap();
    let mut lines = RECORDS.map(str::to_owned).to_vec();
    lines.insert(1, control(Control::Reject(refusal)));
    lines.insert(0, control(Control::Seal(Seal::Open(sealed("50%")))));
    lines.push(control(Control::Seal(Seal::Close(closing))));
    lines.join("\n") + "\n"
}

/// The run, with the variables of the sample, but for those of a transaction.
fn within(run: Run) -> Run {
    let text = text("batch.env");
    let variables = text.lines().filter_map(|line| line.split_once('='));
    let ours = variables.filter(|(name, _)| {
        !["BATCH_TRANSACTIONAL_ID", "BATCH_GROUP_METADATA", "BATCH_COMMIT"].contains(name)
    });
    ours.fold(run, |run, (name, value)| run.env(name, value))
}

/// The folder in which today's program has made a file of the stream of the sample.
fn encoded() -> PathBuf {
    let dir = folder("batch");
    let script = format!("hash-fields --key-file {} email | {TO_PARQUET}", key().display());
    within(sh(&script)).dir(&dir).stdin(sample("batch.ndjson")).go().exits(0);
    dir
}

/// What a file notes of itself: the pairs in their order, and its maker.
fn noted(file: Vec<u8>) -> (Vec<KeyValue>, String) {
    let file = SerializedFileReader::new(bytes::Bytes::from(file)).unwrap();
    let metadata = file.metadata().file_metadata();
    let pairs = metadata.key_value_metadata().unwrap().clone();
    (pairs, metadata.created_by().unwrap().to_owned())
}

fn decoded(file: &Path) -> String {
    run("from-parquet").arg(file).go().succeeds().text()
}

#[test]
fn the_stream_of_a_batch_is_written_as_ever() {
    is_as_ever("batch.ndjson", &stream());
}

#[test]
fn the_file_of_a_batch_notes_what_it_ever_did() {
    let dir = encoded();
    let (today, by) = noted(std::fs::read(dir.join("batch.parquet")).unwrap());
    let (ever, by_ever) = noted(sample("batch.parquet"));
    assert_eq!(today, ever);
    assert_eq!(ever.iter().map(|pair| pair.key.as_str()).collect::<Vec<_>>(), NOTED);
    assert_eq!(by, concat!("sluicebox version ", env!("CARGO_PKG_VERSION")));
    assert_eq!(by_ever, "sluicebox version 0.1.0");
}

#[test]
fn the_file_of_a_batch_is_read_as_ever() {
    let dir = encoded();
    std::fs::write(dir.join("ever.parquet"), sample("batch.parquet")).unwrap();
    let ever = decoded(&dir.join("ever.parquet"));
    assert_eq!(ever, decoded(&dir.join("batch.parquet")), "and the same rows are made today");
    let rows: Vec<Value> = ever.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        rows,
        [
            json!({"id": 1, "email": "4159f267.5c820b4a5aac8f31eb6741825bfecb8e97f00488d5edaed1ae2908c29d0b7e38",
                   "age": 36, "seen": null, "rest": null}),
            json!({"id": 2, "email": "4159f267.fb1d1a0c21ff443b8ff75852d4c9e7fc00b2a2ebe9f0399b0baed37b47bc31b7",
                   "age": 85, "seen": null, "rest": null}),
            json!({"id": 5, "email": null, "age": null, "seen": null, "rest": "{\"more\":[true]}"}),
        ]
    );
}

#[test]
fn the_account_of_rejects_is_written_and_read_as_ever() {
    let today = std::fs::read_to_string(encoded().join("batch.parquet.rejects.ndjson")).unwrap();
    let ever = text("rejects.ndjson");
    assert_eq!(without_reasons(&today), without_reasons(&ever));
    let read: String =
        refusals().iter().map(|refusal| serde_json::to_string(refusal).unwrap() + "\n").collect();
    assert_eq!(read, ever, "each key is known");
}

/// The lines, but for why a record was refused: that is told in words, and words may get better.
fn without_reasons(lines: &str) -> Vec<String> {
    let line = |line: &str| {
        let mut reject: Value = serde_json::from_str(line).unwrap();
        assert_eq!(reject.to_string(), line, "without spaces");
        reject["reason"] = "…".into();
        reject.to_string()
    };
    lines.lines().map(line).collect()
}

fn refusals() -> Vec<Refusal> {
    text("rejects.ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What an encoder hands on: the file of the sample, and its rejects.
fn framed(max_rejects: &str) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut writer = FrameWriter::open(&mut stream, sealed(max_rejects)).unwrap();
    writer.write_all(&sample("batch.parquet")).unwrap();
    refusals().into_iter().for_each(|refusal| writer.travel(refusal).unwrap());
    // The account has them in the order of these stages.
    writer.close(stages(&["kafka-consume", "hash-fields", "to-parquet"])).unwrap();
    stream
}

/// A store, with one bucket.
struct Store {
    sandbox: Sandbox,
    lake: Lake,
    dir: PathBuf,
}

impl Store {
    fn empty() -> Self {
        let sandbox = Sandbox::start(&folder("formats-store"), &["lake"]).unwrap();
        let lake = Lake::of(&sandbox, "lake");
        Self { sandbox, lake, dir: folder("formats-reports") }
    }

    /// With the objects of the sample, as an older release has left them.
    fn as_ever() -> Self {
        let store = Self::empty();
        for line in text("objects.ndjson").lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let key = line["key"].as_str().unwrap();
            let pairs = line["metadata"].as_object().unwrap().iter();
            let metadata: Vec<_> =
                pairs.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
            let content = match key.rsplit_once('.') {
                Some((_, "parquet")) => sample("batch.parquet"),
                Some((_, "ndjson")) => sample("rejects.ndjson"),
                _ => Vec::new(),
            };
            store.lake.put(key, &content, &metadata);
        }
        store
    }

    fn at(&self, run: Run) -> Run {
        self.sandbox.environment().into_iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// `s3-put` of these frames; its reports are added to a file.
    fn put(&self, frames: Vec<u8>, code: i32) {
        let put = within(sh("s3-put s3://lake/users/ 3>>reports")).env("SLUICEBOX_REPORT_FD", "3");
        self.at(put).dir(&self.dir).stdin(frames).go().exits(code);
    }

    /// The lines so far, with what each run has of its own replaced: the process, and the words of an error.
    fn reports(&self) -> String {
        let text = std::fs::read_to_string(self.dir.join("reports")).unwrap();
        let line = |line: &str| {
            let mut report: Value = serde_json::from_str(line).unwrap();
            assert_eq!(report.to_string(), line, "without spaces");
            report["pid"] = 4711.into();
            report.as_object_mut().unwrap().entry("error").and_modify(|error| *error = "…".into());
            format!("{report}\n")
        };
        text.lines().map(line).collect()
    }

    /// Each object and its metadata.
    fn objects(&self) -> String {
        let mut keys = self.lake.keys();
        keys.sort_unstable();
        let line = |key: &String| format!("{}\n", json!({"key": key, "metadata": self.lake.metadata(key)}));
        keys.iter().map(line).collect()
    }

    fn verify(&self, options: &[&str]) -> String {
        self.at(run("s3-verify").arg("s3://lake/users/").args(options)).go().succeeds().text()
    }
}

#[test]
fn a_batch_is_landed_and_reported_as_ever() {
    let store = Store::empty();
    store.put(framed("2"), 1);
    store.put(framed("50%"), 0);
    is_as_ever("reports.ndjson", &store.reports());
    is_as_ever("objects.ndjson", &store.objects());
    let content = |end: &str| {
        let keys = store.lake.keys();
        store.lake.get(keys.iter().find(|key| key.ends_with(end)).unwrap()).unwrap()
    };
    assert!(content(".parquet") == sample("batch.parquet") && content(".ndjson") == sample("rejects.ndjson"));
}

#[test]
fn reports_are_read_as_ever() {
    let judged = |lines: &[&str]| {
        let mut reports = Reports::default();
        lines.iter().for_each(|line| reports.take(line.as_bytes()));
        let (range, stream) = (ours().range, NONCE.to_owned());
        let expected = Expected { range, stream, receipts: 1, trust_exit: false, in_transaction: false };
        reports.judge(Ok(ExitStatus::from_raw(0)), &expected)
    };
    let text = text("reports.ndjson");
    let lines: Vec<&str> = text.lines().collect();
    let error = judged(&lines[..2]).unwrap_err();
    assert_eq!((error.exit(), error.message(), error.is_of_rejects()), (Exit::Data, "s3-put: …", true));
    assert_eq!(judged(&lines[2..]).unwrap(), 1006);
}

#[test]
fn objects_are_read_as_ever() {
    let store = Store::as_ever();
    let proofs = text("proof.ndjson");
    assert_eq!(store.verify(&["--strict"]).lines().next(), proofs.lines().next());
    is_as_ever("offsets.ndjson", &store.verify(&["--offsets"]));
    // It is there: nothing is stored, and the receipt says so.
    store.put(framed("50%"), 0);
    assert!(store.reports().contains("\"result\":\"exists\""), "{}", store.reports());
    assert_eq!(store.objects(), text("objects.ndjson"));
}
