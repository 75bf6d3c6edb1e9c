//! Records into columns: builders shaped by the schema, fed by one walk over the record.
//!
//! In: records. Out: Arrow batches that hold them. Guarantees: a record is in all columns or in none
//! ([`Builder::record`] takes a refused one back), its values are exactly those of the JSON or the
//! record is refused, and memory is bounded by [`Builder::is_full`].
//!
//! | in JSON | goes into |
//! |---|---|
//! | a string | STRING, VARCHAR and CHAR (characters are counted); BINARY as base64; DATE, TIMESTAMP, TIMESTAMP_NTZ as [`times`](crate::schema::times) reads them |
//! | a number | the number types as [`numbers`](crate::schema::numbers) reads them; STRING, VARCHAR, CHAR as it is spelled |
//! | `true`, `false` | BOOLEAN |
//! | an array | ARRAY |
//! | an object | STRUCT, or MAP |
//! | `null`, or nothing | a null in every nullable column |
//!
//! Everything else is refused, and so are two values for one field or key, fields that the schema does
//! not know (unless [`Unknown`] says otherwise), and half surrogate pairs, which no Parquet string
//! can hold.

mod column;
mod nested;
mod object;
mod text;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::NullBufferBuilder;
use arrow_schema::{ArrowError, Schema as ArrowSchema};

use self::object::{Extra, Object};
use self::text::Bytes;
use crate::json::Cursor;
use crate::run::exit::{Error, Result};
use crate::schema::fault::Fault;
use crate::schema::{Field, Schema, Type, Unknown, stored_schema};
use crate::stream::{Record, Reject};

/// The input that makes a batch.
const BATCH_BYTES: usize = 768 << 10;
/// The values that make a batch, nulls included: what a batch of empty objects would grow to.
const BATCH_VALUES: usize = 1 << 20;
/// A batch keeps its offsets in 32 bits.
const RECORD_BYTES: usize = 1 << 30;

/// What the walk over a record carries along.
struct Context {
    unknown: Unknown,
    scratch: Vec<u8>,
    ignored: u64,
}

/// Gathers records until they are a batch.
pub struct Builder {
    columns: Object,
    extra: Option<ExtraColumn>,
    schema: Arc<ArrowSchema>,
    context: Context,
    rows: usize,
    bytes: usize,
    max_rows: usize,
}

/// The column of `--unknown column=NAME`.
struct ExtraColumn {
    bytes: Bytes,
    nulls: NullBufferBuilder,
}

impl Builder {
    /// A builder of batches of this schema.
    pub fn new(schema: &Schema, unknown: Unknown) -> Result<Self> {
        let stored = stored_schema(schema, &unknown)?;
        let extra = matches!(unknown, Unknown::Column(_))
            .then(|| ExtraColumn { bytes: Bytes::new(), nulls: NullBufferBuilder::new(0) });
        Ok(Self {
            columns: Object::new(schema.fields()),
            extra,
            schema: stored.to_arrow(),
            context: Context { unknown, scratch: Vec::new(), ignored: 0 },
            rows: 0,
            bytes: 0,
            max_rows: (BATCH_VALUES / leaves(stored.fields())).clamp(64, 1 << 16),
        })
    }

    /// The schema of the batches.
    pub fn schema(&self) -> &Arc<ArrowSchema> {
        &self.schema
    }

    /// Takes one record, or refuses it and is as if it had never been offered.
    #[inline]
    pub fn record(&mut self, record: &Record<'_>) -> std::result::Result<(), Reject> {
        let ignored = self.context.ignored;
        match self.append(record) {
            Ok(()) => {
                self.rows += 1;
                self.bytes += record.content().len() + 1;
                Ok(())
            }
            Err(fault) => {
                self.take_back();
                self.context.ignored = ignored;
                Err(fault.into())
            }
        }
    }

    #[inline]
    fn append(&mut self, record: &Record<'_>) -> std::result::Result<(), Fault> {
        if record.bytes().len() > RECORD_BYTES {
            return Err(Fault::plain("longer than 1 GiB"));
        }
        let mut cursor = Cursor::new(record);
        let kind = cursor.peek()?;
        if kind != crate::json::Kind::Object {
            return Err(crate::json::Error::new(crate::json::Reason::NotAnObject, 0).into());
        }
        match &mut self.extra {
            None => self.columns.append(kind, &mut cursor, &mut self.context, None)?,
            Some(extra) => {
                extra.around(|keep| self.columns.append(kind, &mut cursor, &mut self.context, Some(keep)))?
            }
        }
        Ok(cursor.finish()?)
    }

    #[cold]
    fn take_back(&mut self) {
        self.columns.truncate(self.rows);
        if let Some(extra) = &mut self.extra {
            extra.bytes.truncate(self.rows);
            extra.nulls.truncate(self.rows);
        }
    }

    /// Whether it is time to [take](Self::take) a batch. Depends on the records alone, never on how
    /// they arrived, so that the same records always make the same file.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.bytes >= BATCH_BYTES || self.rows >= self.max_rows
    }

    /// How many records wait to be taken.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many fields were left out by [`Unknown::Ignore`].
    pub fn ignored(&self) -> u64 {
        self.context.ignored
    }

    /// Takes the batch, and starts the next.
    pub fn take(&mut self) -> Result<RecordBatch> {
        self.rows = 0;
        self.bytes = 0;
        self.take_arrays().map_err(|error| Error::data(format!("cannot build a batch: {error}")))
    }

    fn take_arrays(&mut self) -> std::result::Result<RecordBatch, ArrowError> {
        let mut arrays = self.columns.take()?;
        if let Some(extra) = &mut self.extra {
            arrays.push(extra.bytes.take_strings(extra.nulls.finish())?);
        }
        RecordBatch::try_new(self.schema.clone(), arrays)
    }
}

impl ExtraColumn {
    /// Runs the walk over one record, and ends the text of its unknown fields.
    fn around(
        &mut self,
        walk: impl FnOnce(&mut Extra<'_>) -> std::result::Result<(), Fault>,
    ) -> std::result::Result<(), Fault> {
        let mut extra = Extra { column: &mut self.bytes, any: false };
        walk(&mut extra)?;
        let any = extra.any;
        if any {
            self.bytes.bytes.push(b'}');
        }
        self.bytes.end_value();
        self.nulls.append(any);
        Ok(())
    }
}

/// How many values a record of nulls has.
fn leaves(fields: &[Field]) -> usize {
    fn of(kind: &Type) -> usize {
        match kind {
            Type::Array(element) => 1 + of(element),
            Type::Map(key, value) => 1 + of(key) + of(value),
            Type::Struct(fields) => leaves(fields),
            _ => 1,
        }
    }
    fields.iter().map(|field| of(&field.kind)).sum()
}

#[cfg(test)]
pub(in crate::parquet) mod tests;
