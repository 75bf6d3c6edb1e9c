//! Parquet in: the source behind `from-parquet`.
//!
//! In: a Parquet file, ours or anybody's. Out: one record a row, in the file's order. A Parquet file
//! is read from its end, so stdin is first copied to a temporary file that has no name. Guarantees:
//! memory is bounded by the size of a batch, which follows the size of the rows; a value that JSON
//! cannot say refuses its row.
//!
//! Types are those of Parquet itself: an Arrow schema that some writer embedded is not consulted,
//! so that a file reads the same whoever wrote it. Legacy INT96 timestamps are instants, as in Spark.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema as ArrowSchema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Compression as ParquetCodec, Type as PhysicalType};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::schema::types::SchemaDescriptor;

use super::cells::{self, Members, Unwritable};
use super::guard::fenced;
use crate::run::exit::{Error, Result};
use crate::run::signals::Stop;
use crate::run::{files, scratch};
use crate::schema::fault::push_member;
use crate::stream::{Position, RecordOut, Reject, Source};

/// How many decoded bytes a batch should have.
const BATCH_BYTES: u64 = 4 << 20;
/// The most rows that a batch has, however small they are.
const MAX_BATCH_ROWS: u64 = 4096;

/// What to read, and how to write it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these columns, or fields of structs as `location.city`; all if empty. The order is the
    /// file's.
    pub columns: Vec<String>,
    /// Leave fields out that are null, instead of writing `null`. Nulls in arrays and maps stay.
    pub omit_nulls: bool,
}

/// A Parquet file that can be read.
pub struct ParquetSource {
    name: Arc<str>,
    file: File,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    omit_nulls: bool,
}

impl ParquetSource {
    /// Opens a file; `-` is stdin.
    pub fn open(path: &Path, options: &Options) -> Result<Self> {
        if path.as_os_str() == "-" {
            return Self::new(spool(&mut io::stdin().lock())?, "stdin", options);
        }
        let name = path.display().to_string();
        let cannot_open = |error: io::Error| Error::io(format!("cannot open {name}"), &error);
        let mut file = File::open(path).map_err(cannot_open)?;
        let kind = file.metadata().map_err(cannot_open)?;
        if kind.is_dir() {
            return Err(
                Error::usage(format!("{name} is a directory")).hint("from-parquet DIRECTORY/*.parquet")
            );
        }
        files::reads(&file, path)?;
        // A pipe (as in `from-parquet <(…)`) cannot be read from its end either.
        let file = if kind.is_file() { file } else { spool(&mut file)? };
        Self::new(file, &name, options)
    }

    /// Reads an open file.
    pub fn new(file: File, name: &str, options: &Options) -> Result<Self> {
        let metadata = fenced(|| load(&file)).map_err(|error| read_error(name, &error))?;
        let mask = mask(metadata.parquet_schema(), &options.columns, name)?;
        let source = Self { name: name.into(), file, metadata, mask, omit_nulls: options.omit_nulls };
        source.check_types()?;
        source.check_codecs()?;
        Ok(source)
    }

    /// How many rows the file has.
    pub fn rows(&self) -> u64 {
        self.metadata.metadata().file_metadata().num_rows().max(0) as u64
    }

    /// What the footer says under `key`.
    pub fn footer(&self, key: &str) -> Option<&str> {
        let pairs = self.metadata.metadata().file_metadata().key_value_metadata()?;
        pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
    }

    /// Refuses types that JSON has no word for, before the first record.
    fn check_types(&self) -> Result<()> {
        for field in self.metadata.schema().fields() {
            cells::check(field.data_type()).map_err(|kind| {
                let name = &self.name;
                Error::data(format!("{name}: column {} is {kind}, which has no JSON form", field.name()))
                    .hint("--columns with the others")
            })?;
        }
        Ok(())
    }

    /// Refuses what is compressed in a way that is not built in, by its name.
    fn check_codecs(&self) -> Result<()> {
        let groups = self.metadata.metadata().row_groups().iter();
        let columns = groups.flat_map(|group| group.columns().iter().enumerate());
        let read = columns.filter(|(leaf, _)| self.mask.leaf_included(*leaf));
        let foreign = read.map(|(_, column)| column.compression()).find_map(|codec| match codec {
            ParquetCodec::BROTLI(_) => Some("brotli"),
            ParquetCodec::LZO => Some("LZO"),
            _ => None,
        });
        foreign.map_or(Ok(()), |codec| {
            let name = &self.name;
            Err(Error::data(format!("{name} is compressed with {codec}, which from-parquet does not know"))
                .hint(format!(
                    "duckdb -c \"COPY (FROM '{name}') TO 'again.parquet' (COMPRESSION zstd)\", then that"
                )))
        })
    }

    fn group(&self, index: usize) -> Result<ParquetRecordBatchReader, ParquetError> {
        let rows = batch_rows(self.metadata.metadata().row_group(index), &self.mask);
        ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.try_clone()?, self.metadata.clone())
            .with_row_groups(vec![index])
            .with_projection(self.mask.clone())
            .with_batch_size(rows)
            .build()
    }

    /// Calls `work` with every batch and the number of its first row, as long as it returns true.
    pub(super) fn each_batch(&self, mut work: impl FnMut(RecordBatch, u64) -> Result<bool>) -> Result<()> {
        let mut next = 1;
        for index in 0..self.metadata.metadata().num_row_groups() {
            let told = |error| read_error(&self.name, &error);
            let mut group = fenced(|| self.group(index)).map_err(told)?;
            while let Some(batch) = fenced(|| Ok(group.next().transpose()?)).map_err(told)? {
                let rows = batch.num_rows() as u64;
                if !work(batch, next)? {
                    return Ok(());
                }
                next += rows;
            }
        }
        Ok(())
    }

    /// Writes the rows of a batch, the first of which is number `first` of the file.
    fn write(&self, batch: &RecordBatch, first: u64, out: &mut RecordOut<'_>) -> Result<()> {
        let members = Members::of_batch(batch, self.omit_nulls)
            .map_err(|kind| Error::data(format!("{}: {kind} has no JSON form", self.name)))?;
        for row in 0..batch.num_rows() {
            let start = out.buffer().len();
            match members.write(row, out.buffer()) {
                Ok(()) => out.end_record()?,
                Err(fault) => {
                    out.buffer().truncate(start);
                    let position = Position::Row { file: self.name.clone(), row: first + row as u64 };
                    out.reject(position, fault.into(), b"")?;
                }
            }
        }
        Ok(())
    }
}

impl ParquetSource {
    /// Writes at most `left` rows, and takes off what it wrote or refused.
    pub fn run_up_to(&self, left: &mut u64, out: &mut RecordOut<'_>, stop: &Stop) -> Result<()> {
        self.each_batch(|batch, first| {
            let rows = (*left).min(batch.num_rows() as u64);
            self.write(&batch.slice(0, rows as usize), first, out)?;
            *left -= rows;
            Ok(*left > 0 && !stop.requested())
        })
    }
}

impl Source for ParquetSource {
    fn run(&mut self, out: &mut RecordOut<'_>, stop: &Stop) -> Result<()> {
        let mut all = u64::MAX;
        self.run_up_to(&mut all, out, stop)
    }
}

impl From<Unwritable> for Reject {
    fn from(fault: Unwritable) -> Self {
        let mut path = String::new();
        fault.names.iter().rev().for_each(|name| push_member(&mut path, name));
        Reject::at(path, fault.why)
    }
}

/// Reads the footer.
fn load(file: &File) -> Result<ArrowReaderMetadata, ParquetError> {
    let options = || ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::load(file, options())?;
    let mut leaves = metadata.parquet_schema().columns().iter().map(|leaf| leaf.physical_type());
    let fields = instants(metadata.schema().fields(), &mut leaves);
    if &fields == metadata.schema().fields() {
        return Ok(metadata);
    }
    let schema = Arc::new(ArrowSchema::new(fields));
    ArrowReaderMetadata::try_new(metadata.metadata().clone(), options().with_schema(schema))
}

/// The fields with INT96 leaves as instants of microseconds: as nanoseconds, which is the default,
/// years before 1677 and after 2262 would wrap around.
fn instants(fields: &Fields, leaves: &mut dyn Iterator<Item = PhysicalType>) -> Fields {
    fields.iter().map(|field| instant(field, leaves)).collect()
}

fn instant(field: &FieldRef, leaves: &mut dyn Iterator<Item = PhysicalType>) -> FieldRef {
    let kind = match field.data_type() {
        DataType::Struct(fields) => DataType::Struct(instants(fields, leaves)),
        DataType::List(element) => DataType::List(instant(element, leaves)),
        DataType::Map(entries, sorted) => DataType::Map(instant(entries, leaves), *sorted),
        leaf => match leaves.next() {
            Some(PhysicalType::INT96) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            _ => leaf.clone(),
        },
    };
    Arc::new(Field::clone(field).with_data_type(kind))
}

/// The leaves that the user asked for.
fn mask(schema: &SchemaDescriptor, columns: &[String], name: &str) -> Result<ProjectionMask> {
    if columns.is_empty() {
        return Ok(ProjectionMask::all());
    }
    let paths: Vec<String> = schema.columns().iter().map(|leaf| leaf.path().string()).collect();
    let mut wanted = Vec::new();
    for column in columns {
        let below = format!("{column}.");
        let found = (0..paths.len()).filter(|&at| &paths[at] == column || paths[at].starts_with(&below));
        let before = wanted.len();
        wanted.extend(found);
        if wanted.len() == before {
            let roots: Vec<&str> =
                schema.root_schema().get_fields().iter().map(|field| field.name()).collect();
            return Err(Error::usage(format!("{name} has no column '{column}'"))
                .hint(format!("--columns {}", roots.join(","))));
        }
    }
    Ok(ProjectionMask::leaves(schema, wanted))
}

/// How many rows of a group make a batch of about [`BATCH_BYTES`].
///
/// A dictionary makes long values look short, so the size of the values themselves counts, where
/// the writer has noted it.
fn batch_rows(group: &RowGroupMetaData, mask: &ProjectionMask) -> usize {
    let columns = group.columns().iter().enumerate().filter(|(leaf, _)| mask.leaf_included(*leaf));
    let bytes: i64 = columns
        .map(|(_, chunk)| {
            let plain = chunk.unencoded_byte_array_data_bytes().unwrap_or(0);
            plain.max(chunk.uncompressed_size()).max(0)
        })
        .fold(0, i64::saturating_add);
    let per_row = bytes.unsigned_abs() / group.num_rows().unsigned_abs().max(1);
    // At most 4096.
    (BATCH_BYTES / per_row.max(1)).clamp(1, MAX_BATCH_ROWS) as usize
}

/// Copies a stream to a file that can be read from its end.
fn spool(input: &mut dyn Read) -> Result<File> {
    let mut file = scratch::file()?;
    io::copy(input, &mut file).map_err(|cause| scratch::failed(&cause))?;
    Ok(file)
}

/// Why a file cannot be read, in one line.
fn read_error(name: &str, error: &ParquetError) -> Error {
    match error {
        ParquetError::External(cause) => match cause.downcast_ref::<io::Error>() {
            Some(cause) => Error::io(format!("cannot read {name}"), cause),
            None => Error::data(format!("{name} cannot be read as Parquet: {cause}")),
        },
        ParquetError::EOF(_) => Error::data(format!("{name} is no Parquet file, or only a part of one")),
        _ => Error::data(format!("{name} cannot be read as Parquet: {error}")),
    }
}
