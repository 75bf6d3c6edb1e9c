//! The short ways: is this record an object, and what stands at one path of it.

use super::cursor::Cursor;
use super::error::Error;
use super::path::Path;
use super::paths::{Found, Paths};
use super::value::Value;
use crate::run::exit;
use crate::stream::Record;

/// Checks that a record is one JSON object.
pub fn validate_object(record: &Record<'_>) -> Result<(), Error> {
    validate(Cursor::new(record))
}

/// [`validate_object`] for bytes that are no [`Record`]: a message of Kafka, say.
pub fn validate_object_in(text: &[u8]) -> Result<(), Error> {
    validate(Cursor::bytes(text))
}

fn validate(mut cursor: Cursor<'_>) -> Result<(), Error> {
    let mut more = cursor.enter_object()?.is_some();
    while more {
        cursor.skip_value()?;
        more = cursor.next_key()?.is_some();
    }
    cursor.finish()
}

/// Gets the value at one path of each record (`--key PATH`).
#[derive(Clone, Debug)]
pub struct Getter {
    paths: Paths,
    found: Found,
}

impl Getter {
    /// Gets what stands at `path`.
    pub fn new(path: Path) -> exit::Result<Self> {
        Ok(Self { paths: Paths::new(vec![path])?, found: Found::default() })
    }

    /// The path, as it was written.
    pub fn path(&self) -> &Path {
        self.paths.path(0)
    }

    /// The value, and whether the record is one JSON object at all. Where a name is repeated, the
    /// last one counts, as it does in `serde_json`, jq, Python and Spark.
    pub fn get(&mut self, record: &Record<'_>) -> Result<Option<Value>, Error> {
        self.paths.find(record, &mut self.found)?;
        Ok(self.found.hits().last().map(|hit| hit.value))
    }

    /// [`Self::get`] in bytes that are no [`Record`].
    pub fn get_in(&mut self, text: &[u8]) -> Result<Option<Value>, Error> {
        self.paths.find_in(text, &mut self.found)?;
        Ok(self.found.hits().last().map(|hit| hit.value))
    }
}
