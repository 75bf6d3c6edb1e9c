//! Parquet out: the thread that encodes and compresses while the next records are parsed.
//!
//! In: batches. Out: a Parquet file on any writer. Guarantees:
//! - The same batches and options make the same bytes: the writer's name, codec and row-group rule
//!   are fixed, and nothing depends on time or on the order of a hash map.
//! - Memory is bounded: two batches wait at most, and a row group is closed when its encoded size
//!   passes [`Options::row_group_bytes`].
//! - A file is finished only by [`Writer::finish`]. Dropped without it, the writer stops where it is
//!   and writes no footer, so nobody can take the rest for a whole.
//!
//! Why these settings: the writer's second version of encodings (deltas where a dictionary does not
//! pay, at 256 KiB) is both faster and smaller on records of people than the defaults, and so is
//! zstd 1 against zstd 3. The Arrow schema is not embedded: the types need no help, and readers that
//! look for it would see a file that depends on this program.

use std::error::Error as StdError;
use std::io;
use std::iter::once;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use arrow_array::RecordBatch;
use arrow_schema::Schema as ArrowSchema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};

use super::dictionaries;
use super::pages::Fitting;
use crate::run::exit::{Error, Result};
use crate::stream::ByteOut;

/// How many batches may wait for the encoder.
const QUEUE: usize = 2;
/// Past this, deltas are smaller and faster than a dictionary.
const DICTIONARY_BYTES: usize = 256 << 10;
/// A page is made in one block of memory, and blocks of this size are used again ([`RETURNED`]).
const PAGE_BYTES: usize = 256 << 10;
/// Blocks from this size on are given back to the system as soon as they are free.
const RETURNED: i32 = 1 << 20;
/// So much may be free at the end of the smaller ones: more than lies there between two pages.
const KEPT: i32 = 16 << 20;
/// Row groups of fewer bytes would be mostly overhead.
pub const MIN_ROW_GROUP_BYTES: u64 = 1 << 20;
/// The default bound of a row group: with it a process stays far below 100 MB.
pub const ROW_GROUP_BYTES: u64 = 16 << 20;

/// The codec of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Zstandard at a level from 1 to 22.
    Zstd(i32),
    /// Snappy.
    Snappy,
    /// None.
    None,
}

/// Which readers must be able to read the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compatibility {
    /// Spark 3, DuckDB, pyarrow, polars, Trino and what else is alive: data pages V2.
    #[default]
    V2,
    /// Older readers and Athena: data pages V1 and the first version's encodings.
    V1,
}

/// How a file is written.
#[derive(Clone, Debug)]
pub struct Options {
    /// The codec.
    pub compression: Compression,
    /// The bound of a row group's encoded bytes.
    pub row_group_bytes: u64,
    /// Which readers must be able to read it.
    pub compatibility: Compatibility,
    /// What the footer says of the file, in this order.
    pub metadata: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            compression: Compression::Zstd(1),
            row_group_bytes: ROW_GROUP_BYTES,
            compatibility: Compatibility::V2,
            metadata: Vec::new(),
        }
    }
}

impl Options {
    fn properties(&self) -> Result<WriterPropertiesBuilder> {
        let version = match self.compatibility {
            Compatibility::V2 => WriterVersion::PARQUET_2_0,
            Compatibility::V1 => WriterVersion::PARQUET_1_0,
        };
        let pairs = self.metadata.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        Ok(WriterProperties::builder()
            .set_created_by(concat!("sluicebox version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_writer_version(version)
            .set_compression(self.codec()?)
            .set_dictionary_page_size_limit(DICTIONARY_BYTES)
            .set_data_page_size_limit(PAGE_BYTES)
            .set_key_value_metadata(Some(pairs.collect())))
    }

    fn codec(&self) -> Result<Codec> {
        Ok(match self.compression {
            Compression::None => Codec::UNCOMPRESSED,
            Compression::Snappy => Codec::SNAPPY,
            Compression::Zstd(level) => Codec::ZSTD(ZstdLevel::try_new(level).map_err(|_| {
                Error::usage(format!("zstd has no level {level}")).hint("--compression-level 1 (to 22)")
            })?),
        })
    }
}

/// What is in a finished file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Rows.
    pub rows: u64,
    /// Row groups.
    pub row_groups: u64,
    /// Bytes, footer included.
    pub bytes: u64,
}

/// What the encoder's thread is told.
enum Message {
    Batch(RecordBatch),
    Finish(Vec<(String, String)>),
}

impl Message {
    fn batch(&self) -> Option<&RecordBatch> {
        match self {
            Self::Batch(batch) => Some(batch),
            Self::Finish(_) => None,
        }
    }
}

/// A file being written.
pub struct Writer {
    /// `None` once the thread is asked to end.
    queue: Option<SyncSender<Message>>,
    thread: Option<JoinHandle<Result<Option<Written>>>>,
}

impl Writer {
    /// Starts a file of this schema on `out`.
    pub fn start(out: ByteOut, schema: &Arc<ArrowSchema>, options: &Options) -> Result<Self> {
        return_large_blocks();
        let blank = Blank { out, schema: schema.clone(), properties: options.properties()? };
        let row_group_bytes = usize::try_from(options.row_group_bytes).unwrap_or(usize::MAX);
        let (queue, batches) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("parquet".to_owned())
            .spawn(move || encode(blank, row_group_bytes, &batches))
            .map_err(|error| Error::io("cannot start a thread", &error))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Hands over a batch; waits while the encoder is busy.
    pub fn write(&mut self, batch: RecordBatch) -> Result<()> {
        self.tell(Message::Batch(batch))
    }

    fn tell(&mut self, message: Message) -> Result<()> {
        match &self.queue {
            Some(queue) if queue.send(message).is_ok() => Ok(()),
            // The thread ends early only when it failed, and then says why.
            _ => self.join().and_then(|_| Err(Error::data("the Parquet file was not finished"))),
        }
    }

    /// Writes the footer with `more` metadata, flushes, and says what was written.
    pub fn finish(mut self, more: Vec<(String, String)>) -> Result<Written> {
        self.tell(Message::Finish(more))?;
        self.join()?.ok_or_else(|| Error::data("the Parquet file was not finished"))
    }

    fn join(&mut self) -> Result<Option<Written>> {
        self.queue = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(Error::data("the Parquet encoder panicked")),
            None => Err(Error::data("the Parquet file was given up already")),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // Whatever it says, the file stays unfinished.
            let _ = thread.join();
        }
    }
}

/// Keeps the memory of a long run where it is after the first row groups.
///
/// glibc's allocator stops giving large blocks back to the system once it has seen some of them freed
/// (its threshold follows them up to 32 MiB), and pages of all sizes then leave gaps: 104 MB and
/// growing at 1,000,000 records. Fixed where it starts, at 128 KiB, each page costs the system fresh memory.
/// So does one that was the last block when it was freed: what is free behind all others goes back as well.
fn return_large_blocks() {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets parameters of the allocator; any thread may do so at any time.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, RETURNED);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}

/// A file before its first records, which decide how it is encoded.
struct Blank {
    out: ByteOut,
    schema: Arc<ArrowSchema>,
    properties: WriterPropertiesBuilder,
}

impl Blank {
    fn open(self, first: Option<&RecordBatch>) -> Result<ArrowWriter<ByteOut>, ParquetError> {
        let plain = first.map_or(Ok(Vec::new()), dictionaries::useless)?;
        let properties = plain
            .into_iter()
            .fold(self.properties, |properties, path| properties.set_column_dictionary_enabled(path, false));
        let settings = ArrowWriterOptions::new()
            .with_properties(properties.build())
            .with_skip_arrow_metadata(true)
            .with_page_store_factory(Arc::new(Fitting))
            .with_schema_root("schema".to_owned());
        ArrowWriter::try_new_with_options(self.out, self.schema, settings)
    }
}

/// The encoder's thread: until told to finish, or left alone.
fn encode(blank: Blank, row_group_bytes: usize, batches: &Receiver<Message>) -> Result<Option<Written>> {
    let Ok(first) = batches.recv() else { return Ok(None) };
    let mut file = blank.open(first.batch()).map_err(write_error)?;
    for message in once(first).chain(batches) {
        match message {
            Message::Batch(batch) => write(&mut file, &batch, row_group_bytes)?,
            Message::Finish(more) => return finish(file, more).map(Some),
        }
    }
    Ok(None)
}

fn write(file: &mut ArrowWriter<ByteOut>, batch: &RecordBatch, row_group_bytes: usize) -> Result<()> {
    file.write(batch).map_err(write_error)?;
    if file.in_progress_size() >= row_group_bytes {
        file.flush().map_err(write_error)?;
    }
    Ok(())
}

fn finish(mut file: ArrowWriter<ByteOut>, more: Vec<(String, String)>) -> Result<Written> {
    more.into_iter().for_each(|(key, value)| file.append_key_value_metadata(KeyValue::new(key, value)));
    let metadata = file.finish().map_err(write_error)?;
    io::Write::flush(file.inner_mut()).map_err(|error| io_error(&error))?;
    Ok(Written {
        rows: metadata.file_metadata().num_rows().max(0) as u64,
        row_groups: metadata.num_row_groups() as u64,
        bytes: file.bytes_written() as u64,
    })
}

/// The cause of a failed write: the output's own error where there is one.
fn write_error(error: ParquetError) -> Error {
    match &error {
        ParquetError::External(cause) => match find_io(cause.as_ref()) {
            Some(cause) => io_error(cause),
            None => Error::data(format!("cannot write Parquet: {cause}")),
        },
        _ => Error::data(format!("cannot write Parquet: {error}")),
    }
}

/// The operating system's error among an error's causes.
fn find_io<'a>(mut error: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    loop {
        if let Some(io) = error.downcast_ref() {
            return Some(io);
        }
        error = error.source()?;
    }
}

fn io_error(cause: &io::Error) -> Error {
    match cause.kind() {
        io::ErrorKind::BrokenPipe => Error::broken_pipe(),
        _ => Error::io("cannot write Parquet", cause),
    }
}
