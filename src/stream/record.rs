//! One record: one line of the stream, still inside the block it was read into.

use std::fmt;

/// Where a record came from: what a reject and an error message say instead of the record itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// The line of stdin, counted from 1; in a sealed stream the record's number.
    Line(u64),
    /// The row of one of several files, counted from 1.
    Row {
        /// The file's name.
        file: std::sync::Arc<str>,
        /// Its row.
        row: u64,
    },
    /// A record of a Kafka topic.
    Offset {
        /// The topic's name.
        topic: std::sync::Arc<str>,
        /// The partition.
        partition: i32,
        /// The offset of the record.
        offset: i64,
    },
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Position::Line(line) => write!(f, "line {line}"),
            Position::Row { file, row } => write!(f, "{file}: row {row}"),
            Position::Offset { topic, partition, offset } => {
                write!(f, "topic {topic}, partition {partition}, offset {offset}")
            }
        }
    }
}

/// A line of the input: valid UTF-8, not blank, not above `--max-line-bytes`, without its `\n`.
///
/// Whether it is a JSON object is for the command to find out: whoever scans it validates it.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    bytes: &'a [u8],
    line: u64,
}

impl<'a> Record<'a> {
    /// The record on line `line`.
    pub fn new(bytes: &'a [u8], line: u64) -> Self {
        Self { bytes, line }
    }

    /// The record as it was read: everything before `\n`, a `\r` before it included.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The record without the `\r` of a `\r\n` line end: what a sink stores.
    pub fn content(&self) -> &'a [u8] {
        let bytes = self.bytes();
        bytes.strip_suffix(b"\r").unwrap_or(bytes)
    }

    /// The line it stands on, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Its place, for rejects and messages.
    pub fn position(&self) -> Position {
        Position::Line(self.line)
    }
}

impl fmt::Debug for Record<'_> {
    /// Never the bytes: a record must not reach a log by way of `{:?}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record(line {}, {} bytes)", self.line, self.bytes.len())
    }
}
