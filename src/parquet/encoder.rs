//! NDJSON to Parquet: the encoder behind `to-parquet`.
//!
//! In: records. Out: one Parquet file whose footer says what it was made from. Ties
//! [`Builder`] to [`Writer`]; see there for what each guarantees.

use std::sync::Arc;

use arrow_schema::Schema as ArrowSchema;

use super::builders::Builder;
use super::writer::{Options, Writer};
use crate::batch::lineage;
use crate::run::exit::{Error, Result};
use crate::schema::{Schema, Unknown, stored_schema};
use crate::stream::seal::{Range, Sealed, StageCounts};
use crate::stream::{ByteOut, Encoder, Facts, Record, Trouble};

/// What the names of all our entries in the footer begin with.
pub const OWN_KEYS: &str = "sluicebox.";
/// The DDL of the columns in the footer.
pub const SCHEMA_KEY: &str = "sluicebox.schema";
/// The [hash](Schema::hash) of the columns in the footer.
pub const SCHEMA_HASH_KEY: &str = "sluicebox.schema-hash";

/// The ids of the keys that made pseudonyms, in the footer.
pub const KEY_ID_KEY: &str = "sluicebox.key-id";
/// The fact of a stage that is that id.
const KEY_ID_FACT: &str = "key_id";

/// Turns records into one Parquet file.
pub struct ParquetEncoder {
    builder: Builder,
    options: Options,
    schema_hash: String,
    /// From `start` on.
    writer: Option<Writer>,
}

impl ParquetEncoder {
    /// An encoder for records of this schema. Everything is checked here that can be checked before
    /// there is output.
    pub fn new(schema: &Schema, unknown: Unknown, mut options: Options) -> Result<Self> {
        let stored = stored_schema(schema, &unknown)?;
        let schema_hash = stored.hash();
        if let Some((key, _)) = options.metadata.iter().find(|(key, _)| key.starts_with(OWN_KEYS)) {
            return Err(Error::usage(format!("--meta {key}: names with 'sluicebox.' are our own"))
                .hint("--meta my.key=value"));
        }
        let lineage = [(SCHEMA_KEY, stored.to_string()), (SCHEMA_HASH_KEY, schema_hash.clone())];
        options.metadata.splice(0..0, lineage.map(|(key, value)| (key.to_owned(), value)));
        Ok(Self { builder: Builder::new(schema, unknown)?, options, schema_hash, writer: None })
    }

    /// The schema of the file.
    pub fn arrow_schema(&self) -> &Arc<ArrowSchema> {
        self.builder.schema()
    }

    fn write_batch(&mut self) -> Result<()> {
        let batch = self.builder.take()?;
        self.writer()?.write(batch)
    }

    fn writer(&mut self) -> Result<&mut Writer> {
        self.writer.as_mut().ok_or_else(|| Error::data("the encoder has no output yet"))
    }
}

/// What the footer says of the Kafka range that the records came from.
fn range_metadata(range: &Range) -> [(String, String); 5] {
    lineage::pairs(range).map(|(name, value)| (format!("{OWN_KEYS}{name}"), value))
}

/// What the footer says of the stages before: the ids of the keys that made pseudonyms.
fn key_ids(before: &[StageCounts]) -> Vec<(String, String)> {
    let ids = before.iter().filter_map(|stage| stage.facts.get(KEY_ID_FACT)?.as_str());
    let ids: Vec<&str> = ids.collect();
    if ids.is_empty() { Vec::new() } else { vec![(KEY_ID_KEY.to_owned(), ids.join(","))] }
}

impl Encoder for ParquetEncoder {
    fn start(&mut self, out: ByteOut, sealed: Option<&Sealed>) -> Result<()> {
        if let Some(range) = sealed.and_then(|sealed| sealed.range.as_ref()) {
            self.options.metadata.extend(range_metadata(range));
        }
        self.writer = Some(Writer::start(out, self.builder.schema(), &self.options)?);
        Ok(())
    }

    #[inline]
    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        self.builder.record(record)?;
        if self.builder.is_full() {
            self.write_batch()?;
        }
        Ok(())
    }

    fn finish(mut self, before: &[StageCounts]) -> Result<Facts> {
        if self.builder.rows() > 0 {
            self.write_batch()?;
        }
        let ignored = self.builder.ignored();
        self.writer()?;
        let Some(writer) = self.writer.take() else { return Ok(Facts::new()) };
        let written = writer.finish(key_ids(before))?;
        let mut facts = Facts::new();
        facts.insert("rows".to_owned(), written.rows.into());
        facts.insert("row_groups".to_owned(), written.row_groups.into());
        facts.insert("bytes".to_owned(), written.bytes.into());
        facts.insert("schema_hash".to_owned(), self.schema_hash.into());
        if ignored > 0 {
            facts.insert("ignored_fields".to_owned(), ignored.into());
        }
        Ok(facts)
    }
}
