//! NDJSON to CSV: the encoder behind `to-csv`.
//!
//! In: records. Out: a header, unless there is to be none, and a row a record. A batch without records
//! still has its header.

use std::io::Write;

use super::dialect::{Format, Quoting};
use super::rows::Rows;
use crate::run::exit::{Error, Result};
use crate::schema::{Schema, Type, Unknown, stored_schema};
use crate::stream::seal::{Sealed, StageCounts};
use crate::stream::{ByteOut, Encoder, Facts, Record, Trouble};

/// How much is gathered before a write.
const BUFFER: usize = 256 << 10;

/// How rows are made.
#[derive(Clone, Debug)]
pub struct Options {
    /// What they look like.
    pub format: Format,
    /// Whether the names of the columns stand in the first row.
    pub header: bool,
    /// Whether structs, arrays and maps become JSON text; otherwise a schema that has some is refused.
    pub nested: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { format: Format::default(), header: true, nested: false }
    }
}

/// Turns records into CSV.
pub struct CsvEncoder {
    rows: Rows,
    header: bool,
    schema_hash: String,
    buffer: Vec<u8>,
    out: Option<ByteOut>,
    count: u64,
    bytes: u64,
}

impl CsvEncoder {
    /// An encoder for records of this schema. Everything is checked here that can be checked before
    /// there is output.
    pub fn new(schema: &Schema, unknown: Unknown, options: Options) -> Result<Self> {
        let schema_hash = stored_schema(schema, &unknown)?.hash();
        if !options.nested {
            refuse_nested(schema)?;
        }
        let rows = Rows::new(schema, unknown, Quoting::new(options.format)?);
        let mut encoder = Self {
            rows,
            header: options.header,
            schema_hash,
            buffer: Vec::with_capacity(BUFFER + (64 << 10)),
            out: None,
            count: 0,
            bytes: 0,
        };
        // A name that the dialect cannot hold is told before there is output.
        encoder.write_header()?;
        encoder.buffer.clear();
        Ok(encoder)
    }

    fn write_header(&mut self) -> Result<()> {
        if !self.header {
            return Ok(());
        }
        self.rows.header(&mut self.buffer).map_err(|reject| {
            let column = reject.path.unwrap_or_default();
            Error::usage(format!("column {column}: {}", reject.reason)).hint("another name in the schema")
        })
    }

    fn flush(&mut self) -> Result<()> {
        self.bytes += self.buffer.len() as u64;
        let out = self.out.as_mut().ok_or_else(|| Error::data("the encoder has no output yet"))?;
        out.write_all(&self.buffer).map_err(|cause| Error::io("cannot write", &cause))?;
        self.buffer.clear();
        Ok(())
    }
}

/// A cell is a text.
fn refuse_nested(schema: &Schema) -> Result<()> {
    let nested = |kind: &Type| matches!(kind, Type::Array(_) | Type::Map(..) | Type::Struct(_));
    match schema.fields().iter().find(|field| nested(&field.kind)) {
        Some(field) => Err(Error::usage(format!("column {} is nested, and a cell is a text", field.name))
            .hint("map-fields to make fields of it, or --nested json for JSON text in the cell")),
        None => Ok(()),
    }
}

impl Encoder for CsvEncoder {
    fn is_binary(&self) -> bool {
        false
    }

    fn start(&mut self, out: ByteOut, _: Option<&Sealed>) -> Result<()> {
        self.out = Some(out);
        self.write_header()
    }

    #[inline]
    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let start = self.buffer.len();
        if let Err(reject) = self.rows.row(record, &mut self.buffer) {
            self.buffer.truncate(start);
            return Err(reject.into());
        }
        self.count += 1;
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }

    fn finish(mut self, _: &[StageCounts]) -> Result<Facts> {
        self.flush()?;
        let mut facts = Facts::new();
        facts.insert("rows".to_owned(), self.count.into());
        facts.insert("bytes".to_owned(), self.bytes.into());
        facts.insert("schema_hash".to_owned(), self.schema_hash.into());
        for (name, count) in
            [("ignored_fields", self.rows.ignored), ("defused_cells", self.rows.quoting.defused)]
        {
            if count > 0 {
                facts.insert(name.to_owned(), count.into());
            }
        }
        Ok(facts)
    }
}
