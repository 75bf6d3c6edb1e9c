//! How fast the scanner is, on records of your own:
//!
//!     SPEED_FILE=users.ndjson cargo test --release --lib json::speed -- --ignored --nocapture
//!
//! The records are in memory, in blocks of 1 MiB; each line says MB/s of JSON, best of nine.

#![allow(clippy::print_stderr, reason = "a measurement prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use super::*;
use crate::stream::Record;

const BLOCK: usize = 1 << 20;

/// The file's lines, repeated to 32 MiB, in blocks.
fn blocks() -> Vec<Vec<u8>> {
    let path = std::env::var("SPEED_FILE").expect("SPEED_FILE names a file of records");
    let text = std::fs::read(path).expect("SPEED_FILE is readable");
    let (mut blocks, mut block) = (Vec::new(), Vec::with_capacity(BLOCK));
    for line in text.split_inclusive(|&byte| byte == b'\n').cycle() {
        if block.len() + line.len() > BLOCK {
            blocks.push(std::mem::replace(&mut block, Vec::with_capacity(BLOCK)));
            if blocks.len() == 32 {
                return blocks;
            }
        }
        block.extend_from_slice(line);
    }
    blocks
}

/// Runs `work` over every record and reports its speed.
fn measure(name: &str, blocks: &[Vec<u8>], mut work: impl FnMut(&Record<'_>)) {
    let bytes: usize = blocks.iter().map(|block| block.len()).sum();
    let mut best = f64::MAX;
    for _ in 0..9 {
        let start = Instant::now();
        for block in blocks {
            black_box(simdutf8::basic::from_utf8(block).is_ok());
            let mut at = 0;
            for end in memchr::memchr_iter(b'\n', block) {
                work(&Record::new(&block[at..end], 0));
                at = end + 1;
            }
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    eprintln!("{name:32} {:6.0} MB/s", bytes as f64 / best / 1e6);
}

#[test]
#[ignore = "a measurement"]
fn megabytes_per_second() {
    let blocks = blocks();
    measure("lines and UTF-8 alone", &blocks, |record| {
        black_box(record.bytes());
    });
    measure("validate_object", &blocks, |record| validate_object(record).unwrap());
    for paths in [&["email"][..], &["location.postcode"], &["location.postcode", "email", "login.uuid"]] {
        let compiled = Paths::parse(paths).unwrap();
        let (mut found, mut out) = (Found::default(), Vec::with_capacity(BLOCK));
        measure(&format!("find, rewrite: {}", paths.join(" ")), &blocks, |record| {
            if out.len() > BLOCK / 2 {
                out.clear();
            }
            compiled.find(record, &mut found).unwrap();
            rewrite(record.bytes(), found.hits(), &mut out, |_, out| {
                out.extend_from_slice(b"\"0123456789abcdef\"");
                Ok::<_, ()>(())
            })
            .unwrap();
        });
    }
}
