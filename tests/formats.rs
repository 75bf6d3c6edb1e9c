//! The formats of `docs/formats.md`, held against golden samples: what one release wrote, every
//! later one reads, and writes the same.
//!
//! A sample is never edited. A format that changes gets a new version and a sample of its own.

mod batches;
mod bytes;
mod commits;
mod envelopes;
mod page;
mod tokens;

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;
use sluicebox::stream::frames::{Chunk, FrameReader, FrameWriter};
use sluicebox::stream::seal::{Range, Refusal, Sealed, StageCounts};
use sluicebox::stream::{Position, Reject};

use crate::support::{folder, root, run, sh};

const NONCE: &str = "00112233445566778899aabbccddeeff";

/// Where the samples are.
fn samples() -> PathBuf {
    root().join("tests/data/formats")
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(samples().join(name)).unwrap()
}

/// A sample that is text.
fn text(name: &str) -> String {
    String::from_utf8(sample(name)).unwrap()
}

/// Fails unless what is written today is the sample, to the byte.
#[track_caller]
fn is_as_ever(name: &str, today: &str) {
    let ever = text(name);
    assert!(today == ever, "{name} is not written as ever.\nEver:\n{ever}\nToday:\n{today}");
}

/// The sample key, closed to others as a key must be.
fn key() -> PathBuf {
    let file = folder("formats").join("hash.key");
    std::fs::write(&file, sample("hash.key")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    file
}

#[test]
fn a_sealed_stream_of_records_is_written_as_ever() {
    let ran = run("hash-fields")
        .args(["--seal", "email", "zip", "--key-file"])
        .arg(key())
        .stdin(sample("input.ndjson"))
        .go()
        .succeeds();
    let text = ran.text();
    let opening: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let nonce = opening["$seal"]["open"].as_str().unwrap();
    assert_eq!(nonce.len(), NONCE.len());
    assert_eq!(text.replace(nonce, NONCE), String::from_utf8(sample("sealed.ndjson")).unwrap());
}

#[test]
fn a_sealed_stream_of_records_is_read_as_ever() {
    let ran = run("via").args(["--", "cat"]).stdin(sample("sealed.ndjson")).go().succeeds();
    let closing = ran.json().pop().unwrap();
    let closing = &closing["$seal"];
    assert_eq!((&closing["count"], &closing["rejects"]), (&3.into(), &1.into()));
    assert_eq!(closing["stages"][0]["facts"]["key_id"], "4159f267");
}

fn sealed() -> Sealed {
    let range = Range {
        topic: "created_users".into(),
        topic_id: "bQpS2sVYQ7K1nCJ2pkWXgA".into(),
        partition: 3,
        first_offset: 1000,
        end_offset: 1002,
    };
    Sealed { v: 1, open: NONCE.into(), max_rejects: "1%".into(), range: Some(range) }
}

fn framed() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FrameWriter::open(&mut bytes, sealed()).unwrap();
    writer.write_all(b"PAR1 and what follows").unwrap();
    let position = Position::Offset { topic: "created_users".into(), partition: 3, offset: 1001 };
    let reject = Reject::at("dob.age", "above INT");
    writer.travel(Refusal::new("to-parquet", &position, &reject)).unwrap();
    let stage =
        r#"{"stage":"to-parquet","read":2,"passed":1,"rejected":1,"dropped":0,"written":1,"blank":0}"#;
    let stage: StageCounts = serde_json::from_str(stage).unwrap();
    writer.close(vec![stage]).unwrap();
    bytes
}

#[test]
fn a_sealed_stream_of_bytes_is_written_and_read_as_ever() {
    let golden = sample("sealed.frames");
    assert_eq!(String::from_utf8_lossy(&framed()), String::from_utf8_lossy(&golden));

    let mut reader = FrameReader::open(&golden[..]).unwrap();
    assert_eq!(reader.sealed(), Some(&sealed()));
    let (mut data, mut rejects, mut buffer) = (Vec::new(), 0, Vec::new());
    loop {
        match reader.next_chunk(&mut buffer).unwrap() {
            Chunk::Data => data.extend_from_slice(&buffer),
            Chunk::Travelling(refusal) => {
                rejects += 1;
                assert_eq!((refusal.offset, refusal.path.as_deref()), (Some(1001), Some("dob.age")));
            }
            Chunk::End => break,
        }
    }
    assert_eq!((data.as_slice(), rejects), (b"PAR1 and what follows".as_slice(), 1));
}

#[test]
fn reports_have_the_documented_keys() {
    let reports = folder("formats").join("reports");
    let script = format!("via -- cat 3>>'{0}' && via -- false 3>>'{0}'", reports.display());
    sh(&script).env("SLUICEBOX_REPORT_FD", "3").stdin("{}\n").go().exits(1);
    let text = std::fs::read_to_string(reports).unwrap();
    let keys: Vec<Vec<String>> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Map<String, Value>>(line).unwrap().keys().cloned().collect()
        })
        .collect();
    let start = ["v", "event", "stage", "pid"];
    assert_eq!(keys[0], start);
    assert_eq!(keys[1], [&start[..], &["counts", "outcome"]].concat());
    assert_eq!(
        keys[3],
        [&start[..], &["counts", "outcome", "exit", "broken_pipe", "upstream", "rejects", "error"]].concat()
    );
}

/// Writes the sample of frames; only ever run to make a sample of a new version.
#[test]
#[ignore = "makes a sample"]
fn make_the_sample_of_frames() {
    std::fs::write(root().join("tests/data/formats/sealed.frames"), framed()).unwrap();
}
