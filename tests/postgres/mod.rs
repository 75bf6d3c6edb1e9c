//! `postgres-put` on a real PostgreSQL.
//!
//! | file | is about |
//! |---|---|
//! | `values` | what lands, field by field, and what is rejected instead |
//! | `tables` | schemas against tables, upserts, constraints |
//! | `connection` | where the server is, passwords, TLS, and what is told when it is not there |
//! | `batches` | the place of a partition: each batch once, whoever tries |
//! | `crash` | SIGKILL of the sink at each point, crashes of the server, lost answers, zombies |
//! | `stream` | all of it behind a real consumer |

mod batches;
mod connection;
mod crash;
mod stream;
mod tables;
mod values;

use std::path::PathBuf;

use sluicebox::batch::Batch;

use crate::support::batch::{records, within};
use crate::support::postgres::Database;
use crate::support::{Run, folder};

/// A file with a schema.
fn ddl(text: &str) -> String {
    let path: PathBuf = folder("ddl").join("schema.ddl");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// `{"a":FROM}` to `{"a":TO-1}`, each on a line.
fn numbers(from: i64, to: i64) -> String {
    (from..to).map(|a| format!("{{\"a\":{a}}}\n")).collect()
}

/// A table `t` with a column `a`, and what batches need.
fn prepared(database: &Database) {
    let batch = crate::support::batch::batch(9, 0, 1);
    let run = land(database, &batch, 0).args(["--create", "--max-rejects", "1"]);
    run.stdin(records(&batch, "{\"a\":0}\n")).go().exits(0);
    database.sql("TRUNCATE t; TRUNCATE sluicebox_offsets");
}

/// The sink in a batch of a group that began at `start`, without its input.
fn land(database: &Database, batch: &Batch, start: i64) -> Run {
    let put = database.put(&["-t", "t", "--schema-ddl", "a BIGINT NOT NULL"]);
    within(put, batch).env("BATCH_GROUP", "lake").env("BATCH_GROUP_START", start.to_string())
}

/// The sealed input of a batch: a record for each offset, which is its value.
fn input(batch: &Batch) -> Vec<u8> {
    records(batch, &numbers(batch.range.first_offset, batch.range.end_offset))
}

/// Fails unless the table holds the numbers below `end`, each once.
#[track_caller]
fn holds_once(database: &Database, end: i64) {
    let found = database.sql("SELECT count(*), count(DISTINCT a), coalesce(max(a) + 1, 0) FROM t");
    assert_eq!(found, format!("{end}|{end}|{end}"));
}
