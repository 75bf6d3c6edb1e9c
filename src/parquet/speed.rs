//! How fast records become Parquet, on records of your own:
//!
//!     SPEED_FILE=users.ndjson SPEED_DDL=users.ddl cargo test --release --lib parquet::speed -- --ignored --nocapture
//!
//! The file is streamed in blocks of 256 KiB, as the driver does it, and written to `SPEED_OUT` or
//! to nothing; run it under `/usr/bin/time -v` for its memory.

#![allow(clippy::print_stderr, reason = "a measurement prints its figures")]

use std::fs::File;
use std::io::{Read, Write};
use std::time::Instant;

use super::builders::Builder;
use super::encoder::ParquetEncoder;
use super::writer::Options;
use crate::schema::{Schema, Unknown};
use crate::stream::{ByteOut, Encoder, Record};

const BLOCK: usize = 256 << 10;

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} names a file"))
}

fn schema() -> Schema {
    let text = std::fs::read_to_string(setting("SPEED_DDL")).unwrap();
    crate::schema::ddl::parse(&text).unwrap()
}

/// Calls `work` with every line of the file; returns how many bytes there were.
fn stream(mut work: impl FnMut(&Record<'_>)) -> u64 {
    let mut file = File::open(setting("SPEED_FILE")).unwrap();
    let (mut block, mut held, mut total) = (vec![0; BLOCK], 0, 0);
    loop {
        let read = file.read(&mut block[held..BLOCK]).unwrap();
        if read == 0 {
            return total;
        }
        total += read as u64;
        held += read;
        let end = memchr::memrchr(b'\n', &block[..held]).unwrap() + 1;
        assert!(simdutf8::basic::from_utf8(&block[..end]).is_ok());
        let mut at = 0;
        for newline in memchr::memchr_iter(b'\n', &block[..end]) {
            work(&Record::new(&block[at..newline], 0));
            at = newline + 1;
        }
        block.copy_within(end..held, 0);
        held -= end;
    }
}

fn report(name: &str, start: Instant, bytes: u64) {
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{name:24} {seconds:6.2} s {:6.0} MB/s", bytes as f64 / seconds / 1e6);
}

#[test]
#[ignore = "a measurement"]
fn parse_only() {
    let mut builder = Builder::new(&schema(), Unknown::Reject).unwrap();
    let start = Instant::now();
    let bytes = stream(|record| {
        builder.record(record).unwrap();
        if builder.is_full() {
            drop(builder.take().unwrap());
        }
    });
    report("parse", start, bytes);
}

#[test]
#[ignore = "a measurement"]
fn parse_and_encode() {
    let out: ByteOut = match std::env::var("SPEED_OUT") {
        Ok(path) => Box::new(File::create(path).unwrap()),
        Err(_) => Box::new(std::io::sink()) as Box<dyn Write + Send>,
    };
    let mut encoder = ParquetEncoder::new(&schema(), Unknown::Reject, Options::default()).unwrap();
    encoder.start(out, None).unwrap();
    let start = Instant::now();
    let bytes = stream(|record| encoder.record(record).unwrap());
    let facts = encoder.finish(&[]).unwrap();
    report("parse and encode", start, bytes);
    eprintln!("{facts:?}");
}
