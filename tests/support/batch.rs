//! Batches as `kafka-consume --group` hands them to its command: the environment and the sealed stream.

use std::io::Write;

use sluicebox::batch::Batch;
use sluicebox::stream::counts::Counts;
use sluicebox::stream::frames::FrameWriter;
use sluicebox::stream::seal::{Closing, Control, Digest, Range, Refusal, Seal, Sealed, StageCounts, hex128};
use sluicebox::stream::{Position, Reject};

use super::Run;

/// The batch `[first, end)` of a partition of `created_users`.
pub fn batch(partition: i32, first: i64, end: i64) -> Batch {
    let range = Range {
        topic: "created_users".into(),
        topic_id: "bQpS2sVYQ7K1nCJ2pkWXgA".into(),
        partition,
        first_offset: first,
        end_offset: end,
    };
    Batch { range, date: "2026-11-20".into() }
}

fn sealed(batch: &Batch) -> Sealed {
    Sealed { range: Some(batch.range.clone()), ..Sealed::new("100%".into()).unwrap() }
}

/// What an encoder would hand on: these bytes, and this many rejects.
pub fn framed(batch: &Batch, bytes: &[u8], rejects: i64) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut writer = FrameWriter::open(&mut stream, sealed(batch)).unwrap();
    writer.write_all(bytes).unwrap();
    let Range { topic, partition, first_offset, .. } = &batch.range;
    for at in 0..rejects {
        let (topic, partition, offset) = (topic.as_str().into(), *partition, first_offset + at);
        let place = Position::Offset { topic, partition, offset };
        writer.travel(Refusal::new("to-parquet", &place, &Reject::at("a", "above INT"))).unwrap();
    }
    let read = u64::try_from(batch.range.end_offset - batch.range.first_offset).unwrap();
    let rejected = u64::try_from(rejects).unwrap();
    let passed = read - rejected;
    let counts = Counts { read, passed, rejected, written: passed, ..Counts::default() };
    let stage = StageCounts { stage: "to-parquet".into(), counts, facts: Default::default() };
    writer.close(vec![stage]).unwrap();
    stream
}

/// What `kafka-consume` would hand on: these lines, sealed.
pub fn records(batch: &Batch, lines: &str) -> Vec<u8> {
    let sealed = sealed(batch);
    let mut digest = Digest::default();
    digest.update(lines.as_bytes());
    let count = lines.lines().count() as u64;
    let counts = Counts { read: count, passed: count, written: count, ..Counts::default() };
    let closing = Closing {
        v: 1,
        close: sealed.open.clone(),
        count,
        rejects: 0,
        xxh3: hex128(digest.value()),
        stages: vec![StageCounts { stage: "kafka-consume".into(), counts, facts: Default::default() }],
    };
    let mut stream = Control::Seal(Seal::Open(sealed)).line();
    stream.push(b'\n');
    stream.extend_from_slice(lines.as_bytes());
    stream.extend(Control::Seal(Seal::Close(closing)).line());
    stream.push(b'\n');
    stream
}

/// The run, inside of the batch.
pub fn within(run: Run, batch: &Batch) -> Run {
    batch.environment().into_iter().fold(run, |run, (name, value)| run.env(name, value))
}
