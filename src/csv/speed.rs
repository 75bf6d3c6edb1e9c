//! How fast rows are made: `SPEED_FILE=flat.ndjson SPEED_DDL=… cargo test --release csv::speed -- --ignored --nocapture`

use std::time::Instant;

use super::{CsvEncoder, Options};
use crate::schema::{Unknown, ddl};
use crate::stream::{Encoder, Record};

#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stdout, reason = "a measurement prints its figures")]
fn records_to_rows() {
    let text = std::fs::read(std::env::var("SPEED_FILE").unwrap()).unwrap();
    let schema = ddl::parse(&std::env::var("SPEED_DDL").unwrap()).unwrap();
    for _ in 0..5 {
        let mut encoder = CsvEncoder::new(&schema, Unknown::Ignore, Options::default()).unwrap();
        encoder.start(Box::new(std::io::sink()), None).unwrap();
        let begin = Instant::now();
        let mut rest = &text[..];
        while let Some(end) = memchr::memchr(b'\n', rest) {
            encoder.record(&Record::new(&rest[..end], 1)).unwrap();
            rest = &rest[end + 1..];
        }
        println!("{:.0} MB/s", text.len() as f64 / 1e6 / begin.elapsed().as_secs_f64());
    }
}
