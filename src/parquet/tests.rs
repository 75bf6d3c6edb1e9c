//! From records to a file and back, without a process around it.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::{Arc, Mutex};

use super::builders::tests::Dice;
use super::cells;
use super::encoder::{ParquetEncoder, SCHEMA_HASH_KEY, SCHEMA_KEY};
use super::reader::{Options as Reading, ParquetSource};
use super::writer::{Compatibility, Compression, Options};
use crate::run::exit::{Exit, Result};
use crate::schema::{Unknown, ddl};
use crate::stream::seal::{Range, Sealed};
use crate::stream::{Encoder, Facts, Record};

/// An output that can be looked at afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

const SCHEMA: &str = "id BIGINT NOT NULL, name STRING, tags ARRAY<STRING>, at TIMESTAMP, price DECIMAL(10,2)";

/// Records with many different values, so that dictionaries overflow and row groups fill.
fn records(count: usize) -> Vec<String> {
    let mut dice = Dice(3);
    let record = |id| {
        let name: String = (0..20).map(|_| char::from(b'a' + dice.below(26) as u8)).collect();
        let (tags, cents) = (dice.pick(&["[]", "null", "[\"a\",null]"]), dice.below(100_000));
        format!(
            r#"{{"id":{id},"name":"{name}","tags":{tags},"at":"2020-01-01T00:00:{:02}.123Z","price":{}.{:02}}}"#,
            id % 60,
            cents / 100,
            cents % 100
        )
    };
    (0..count).map(record).collect()
}

fn encode(options: Options, records: &[String], sealed: Option<&Sealed>) -> (Result<Facts>, Vec<u8>) {
    let out = Shared::default();
    let result = encode_to(Box::new(out.clone()), options, records, sealed);
    (result, out.bytes())
}

fn encode_to(
    out: crate::stream::ByteOut,
    options: Options,
    records: &[String],
    sealed: Option<&Sealed>,
) -> Result<Facts> {
    let mut encoder = ParquetEncoder::new(&ddl::parse(SCHEMA).unwrap(), Unknown::Reject, options)?;
    encoder.start(out, sealed)?;
    for text in records {
        match encoder.record(&Record::new(text.as_bytes(), 1)) {
            Ok(()) | Err(crate::stream::Trouble::Reject(_)) => {}
            Err(crate::stream::Trouble::Fail(error)) => return Err(error),
        }
    }
    encoder.finish(&[])
}

fn source(bytes: &[u8], options: &Reading) -> Result<ParquetSource> {
    let path = std::env::temp_dir().join(format!(
        "sluicebox-parquet-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    let mut file = File::options().create(true).truncate(true).read(true).write(true).open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    ParquetSource::new(file, "test.parquet", options)
}

/// The rows of a file as JSON.
fn rows(bytes: &[u8]) -> Vec<String> {
    let source = source(bytes, &Reading::default()).unwrap();
    let mut rows = Vec::new();
    source
        .each_batch(|batch, _| {
            let members = cells::Members::of_batch(&batch, false).map_err(crate::run::exit::Error::data)?;
            for row in 0..batch.num_rows() {
                let mut line = Vec::new();
                assert!(members.write(row, &mut line).is_ok());
                rows.push(String::from_utf8(line).unwrap());
            }
            Ok(true)
        })
        .unwrap();
    rows
}

#[test]
fn what_goes_in_comes_out_whatever_the_codec_and_the_version() {
    let records = records(30_000);
    for compression in [Compression::Zstd(1), Compression::Zstd(9), Compression::Snappy, Compression::None] {
        for compatibility in [Compatibility::V1, Compatibility::V2] {
            let options =
                Options { compression, compatibility, row_group_bytes: 128 << 10, ..Options::default() };
            let (facts, bytes) = encode(options, &records, None);
            let facts = facts.unwrap();
            assert!(facts["row_groups"].as_u64().unwrap() > 1, "{facts:?}");
            assert_eq!(facts["bytes"], bytes.len());
            assert_eq!(rows(&bytes), records);
        }
    }
}

#[test]
fn the_same_records_make_the_same_bytes_with_or_without_rejects_between_them() {
    let clean = records(5_000);
    let (_, first) = encode(Options::default(), &clean, None);
    let (_, second) = encode(Options::default(), &clean, None);
    assert!(first == second);
    let mut mixed = clean.clone();
    for at in (0..mixed.len()).rev().step_by(7) {
        mixed.insert(at, r#"{"id":1,"name":"x","tags":["y",{}]}"#.to_owned());
    }
    let (_, third) = encode(Options::default(), &mixed, None);
    assert!(first == third);
}

#[test]
fn no_records_make_a_file_with_no_rows_that_knows_its_schema_and_range() {
    let range = Range {
        topic: "users".to_owned(),
        topic_id: "abc".to_owned(),
        partition: 3,
        first_offset: 5,
        end_offset: 9,
    };
    let mut sealed = Sealed::new("0".to_owned()).unwrap();
    sealed.range = Some(range);
    let options = Options { metadata: vec![("team".to_owned(), "lake".to_owned())], ..Options::default() };
    let (facts, bytes) = encode(options, &[], Some(&sealed));
    assert_eq!(facts.unwrap()["rows"], 0);
    let source = source(&bytes, &Reading::default()).unwrap();
    assert_eq!(source.rows(), 0);
    let schema = ddl::parse(SCHEMA).unwrap();
    assert_eq!(source.footer(SCHEMA_KEY), Some(&*schema.to_string()));
    assert_eq!(source.footer(SCHEMA_HASH_KEY), Some(&*schema.hash()));
    assert_eq!(source.footer("sluicebox.topic-id"), Some("abc"));
    assert_eq!(source.footer("sluicebox.end-offset"), Some("9"));
    assert_eq!(source.footer("team"), Some("lake"));
    assert!(rows(&bytes).is_empty());
}

#[test]
fn names_in_the_footer_that_are_our_own_cannot_be_given() {
    let options =
        Options { metadata: vec![("sluicebox.schema".to_owned(), String::new())], ..Options::default() };
    assert_eq!(encode(options, &[], None).0.unwrap_err().exit(), Exit::Usage);
}

#[test]
fn an_encoder_that_is_dropped_leaves_no_footer() {
    let out = Shared::default();
    let mut encoder =
        ParquetEncoder::new(&ddl::parse(SCHEMA).unwrap(), Unknown::Reject, Options::default()).unwrap();
    encoder.start(Box::new(out.clone()), None).unwrap();
    drop(encoder);
    assert!(source(&out.bytes(), &Reading::default()).is_err());
}

/// An output that takes so many bytes and then fails.
struct Full(usize, i32);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| io::Error::from_raw_os_error(self.1))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_output_that_fails_at_any_point_is_the_error_that_is_told() {
    let records = records(20_000);
    let options =
        || Options { row_group_bytes: 1 << 20, compression: Compression::None, ..Options::default() };
    let (_, bytes) = encode(options(), &records, None);
    for room in [0, 3, 4, 100_000, bytes.len() / 2, bytes.len() - 1] {
        let full = encode_to(Box::new(Full(room, libc::ENOSPC)), options(), &records, None);
        assert_eq!(full.unwrap_err().exit(), Exit::Temporary, "{room}");
        let gone = encode_to(Box::new(Full(room, libc::EPIPE)), options(), &records, None);
        assert!(gone.unwrap_err().is_broken_pipe(), "{room}");
    }
    assert!(encode_to(Box::new(Full(bytes.len(), libc::ENOSPC)), options(), &records, None).is_ok());
}

#[test]
fn a_damaged_file_is_an_error_and_never_a_panic() {
    let (_, bytes) = encode(Options::default(), &records(300), None);
    for length in (0..bytes.len()).step_by(97) {
        assert!(source(&bytes[..length], &Reading::default()).is_err(), "{length}");
    }
    let mut dice = Dice(5);
    for _ in 0..3_000 {
        let mut damaged = bytes.clone();
        for _ in 0..1 + dice.below(4) {
            let at = dice.below(damaged.len());
            damaged[at] = dice.below(256) as u8;
        }
        // Either outcome is fine: not every byte matters.
        if let Ok(source) = source(&damaged, &Reading::default()) {
            let _ = source.each_batch(|_, _| Ok(true));
        }
    }
}

#[test]
fn columns_are_chosen_by_path_and_wrong_names_are_told() {
    let (_, bytes) = encode(Options::default(), &records(3), None);
    let only = |columns: &str| Reading {
        columns: columns.split(',').map(str::to_owned).collect(),
        omit_nulls: false,
    };
    assert_eq!(source(&bytes, &only("nam")).err().unwrap().exit(), Exit::Usage);
    assert!(source(&bytes, &only("name,tags")).is_ok());
}
