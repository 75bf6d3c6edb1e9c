//! A record as a row: its values as bytes, in the order of the columns.
//!
//! One pass over the line. A field that the record does not have leaves its column as it is; a null
//! empties it, unless `--nulls ignore` says that it means the same as nothing.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use scylla::errors::SerializationError;
use scylla::serialize::row::{RowSerializationContext, SerializeRow};
use scylla::serialize::writers::RowWriter;

use super::Fault;
use super::cell::Cells;
use super::table::{Part, Table};
use crate::json::{self, Cursor, Key};
use crate::stream::{Record, Reject};

/// The longest value of a key.
const MAX_KEY: usize = 65_535;
/// The largest row: what a node takes in one write, by default, with room for what is around it.
const MAX_ROW: usize = 15 << 20;

/// What a null of the record does to its column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Nulls {
    /// Empties it (Cassandra keeps a tombstone)
    #[default]
    Delete,
    /// Leaves it as it is
    Ignore,
}

/// What happens to a field that the table has no column for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Unknown {
    /// The record is rejected
    #[default]
    Reject,
    /// It is left out, and counted
    Ignore,
}

/// A row on its way.
#[derive(Clone, Debug)]
pub struct Row {
    bytes: Vec<u8>,
    cells: Vec<Cell>,
    /// When it counts as written, in microseconds.
    pub written_at: i64,
    /// The line that it came from.
    pub line: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cell {
    Unset,
    Null,
    Value(Range<usize>),
}

impl Row {
    /// How much memory it takes.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.cells.len() * size_of::<Cell>()
    }
}

impl SerializeRow for Row {
    fn serialize(
        &self,
        _: &RowSerializationContext<'_>,
        writer: &mut RowWriter,
    ) -> Result<(), SerializationError> {
        for cell in &self.cells {
            let place = writer.make_cell_writer();
            match cell {
                Cell::Unset => {
                    place.set_unset();
                }
                Cell::Null => {
                    place.set_null();
                }
                Cell::Value(range) => {
                    place.set_value(&self.bytes[range.clone()]).map_err(SerializationError::new)?;
                }
            }
        }
        let time = writer.make_cell_writer().set_value(&self.written_at.to_be_bytes());
        time.map(drop).map_err(SerializationError::new)
    }

    fn is_empty(&self) -> bool {
        false
    }
}

/// What makes rows of records.
pub struct Rows {
    table: Arc<Table>,
    by_name: HashMap<Box<[u8]>, usize>,
    nulls: Nulls,
    unknown: Unknown,
    /// A field that is used otherwise, and needs no column.
    besides: Option<String>,
    cells: Cells,
    /// How many fields were left out.
    pub left_out: u64,
}

impl Rows {
    /// Rows of `table`; `besides` is a field that is no column, and no mistake.
    pub fn new(table: Arc<Table>, nulls: Nulls, unknown: Unknown, besides: Option<String>) -> Self {
        let names = table.columns.iter().enumerate();
        let by_name = names.map(|(at, column)| (column.name.as_bytes().into(), at)).collect();
        Self { table, by_name, nulls, unknown, besides, cells: Cells::default(), left_out: 0 }
    }

    /// The row of `record`, or why it is none.
    pub fn row(&mut self, record: &Record<'_>, written_at: i64) -> Result<Row, Reject> {
        let count = self.table.columns.len();
        let mut row = Row {
            bytes: Vec::with_capacity(record.bytes().len()),
            cells: vec![Cell::Unset; count],
            written_at,
            line: record.line(),
        };
        let mut left_out = 0;
        let mut cursor = Cursor::new(record);
        self.fill(&mut cursor, &mut row, &mut left_out)?;
        cursor.finish()?;
        self.check_key(&row)?;
        if row.bytes.len() > MAX_ROW {
            return Err(Reject::new("more than 15 MiB, and Cassandra takes no larger row"));
        }
        self.left_out += left_out;
        Ok(row)
    }

    fn fill(&mut self, cursor: &mut Cursor<'_>, row: &mut Row, left_out: &mut u64) -> Result<(), Fault> {
        let mut seen = vec![false; row.cells.len()];
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            match self.find(&key)? {
                Some(at) => {
                    let name = &self.table.columns[at].name;
                    if std::mem::replace(&mut seen[at], true) {
                        return Err(Fault::twice().under(name));
                    }
                    let cell = self.cell(at, cursor, row);
                    row.cells[at] = cell.map_err(|fault| fault.under(&self.table.columns[at].name))?;
                }
                None => {
                    self.check_unknown(&key, left_out)?;
                    cursor.skip_value()?;
                }
            }
            next = cursor.next_key()?;
        }
        Ok(())
    }

    fn find(&mut self, key: &Key<'_>) -> Result<Option<usize>, Fault> {
        if !key.is_escaped() {
            return Ok(self.by_name.get(key.raw()).copied());
        }
        let mut text = Vec::new();
        key.unescape_into(&mut text)?;
        Ok(self.by_name.get(text.as_slice()).copied())
    }

    fn cell(&mut self, at: usize, cursor: &mut Cursor<'_>, row: &mut Row) -> Result<Cell, Fault> {
        let column = &self.table.columns[at];
        if cursor.peek()? == json::Kind::Null {
            cursor.literal()?;
            return match (column.part.is_key(), self.nulls) {
                (true, _) => Err(Fault::plain("null, and it is part of the primary key")),
                (false, Nulls::Delete) => Ok(Cell::Null),
                (false, Nulls::Ignore) => Ok(Cell::Unset),
            };
        }
        if let Some(foreign) = column.kind.foreign() {
            return Err(Fault::plain(format!("a column of type {foreign}, which JSON cannot carry")));
        }
        let start = row.bytes.len();
        self.cells.append(&column.kind, cursor, &mut row.bytes)?;
        Ok(Cell::Value(start..row.bytes.len()))
    }

    fn check_unknown(&self, key: &Key<'_>, left_out: &mut u64) -> Result<(), Fault> {
        if self.besides.as_ref().is_some_and(|name| key.is(name)) {
            return Ok(());
        }
        if self.unknown == Unknown::Ignore {
            *left_out += 1;
            return Ok(());
        }
        let mut text = Vec::new();
        key.unescape_into(&mut text)?;
        let name = String::from_utf8_lossy(&text).into_owned();
        let alike = self.table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&name));
        let reason = match alike {
            Some(column) => format!("unknown field; the column is {}", column.name),
            None => "unknown field".to_owned(),
        };
        Err(Fault::plain(reason).under(&name))
    }

    /// Every part of the key is there, and fits into one.
    fn check_key(&self, row: &Row) -> Result<(), Reject> {
        for (column, cell) in self.table.columns.iter().zip(&row.cells) {
            let wrong = match (column.part, cell) {
                (Part::None, _) => continue,
                (_, Cell::Value(range)) if range.len() > MAX_KEY => "more than 65535 bytes in a key",
                (Part::WholePartition, Cell::Value(range)) if range.is_empty() => {
                    "empty, and all of the partition key"
                }
                (_, Cell::Value(_)) => continue,
                _ => "missing, and it is part of the primary key",
            };
            return Err(Fault::plain(wrong).under(&column.name).into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::Kind;
    use super::super::table::tests::table;
    use super::*;

    fn rows(nulls: Nulls, unknown: Unknown) -> Rows {
        let columns = [("id", Kind::Int), ("name", Kind::Text), ("span", Kind::Foreign("duration".into()))];
        Rows::new(Arc::new(table(&columns)), nulls, unknown, Some("at".into()))
    }

    fn row(rows: &mut Rows, line: &str) -> Result<Vec<Cell>, String> {
        let row = rows
            .row(&Record::new(line.as_bytes(), 3), 7)
            .map_err(|reject| format!("{}: {}", reject.path.unwrap_or_default(), reject.reason))?;
        assert_eq!((row.written_at, row.line), (7, 3));
        Ok(row.cells)
    }

    #[test]
    fn a_missing_field_leaves_its_column_and_a_null_empties_it() {
        let mut strict = rows(Nulls::Delete, Unknown::Reject);
        assert_eq!(row(&mut strict, r#"{"id":1}"#), Ok(vec![Cell::Value(0..4), Cell::Unset, Cell::Unset]));
        let null = r#"{"name":null,"id":1,"at":0}"#;
        assert_eq!(row(&mut strict, null), Ok(vec![Cell::Value(0..4), Cell::Null, Cell::Unset]));
        let mut lax = rows(Nulls::Ignore, Unknown::Reject);
        assert_eq!(row(&mut lax, null), Ok(vec![Cell::Value(0..4), Cell::Unset, Cell::Unset]));
    }

    #[test]
    fn what_is_no_row_is_rejected_with_its_path() {
        let mut strict = rows(Nulls::Delete, Unknown::Reject);
        for (line, expected) in [
            (r#"{"name":"x"}"#, "id: missing, and it is part of the primary key"),
            (r#"{"id":null}"#, "id: null, and it is part of the primary key"),
            (r#"{"id":1,"Name":"x"}"#, "Name: unknown field; the column is name"),
            (r#"{"id":1,"mail":"x"}"#, "mail: unknown field"),
            (r#"{"id":1,"id":2}"#, "id: two values for one field"),
            (r#"{"id":1,"span":"1d"}"#, "span: a column of type duration, which JSON cannot carry"),
            (r#"{"id":"1"}"#, "id: a string where the schema has int"),
        ] {
            assert_eq!(row(&mut strict, line), Err(expected.to_owned()), "{line}");
        }
        for line in ["[]", "{}x", "{\"id\":1} {}", "x"] {
            assert!(row(&mut strict, line).is_err(), "{line}");
        }
        let mut lax = rows(Nulls::Delete, Unknown::Ignore);
        assert!(row(&mut lax, r#"{"id":1,"mail":"x","x":[1,{}]}"#).is_ok());
        assert_eq!(lax.left_out, 2);
    }

    #[test]
    fn a_key_has_a_length_that_cassandra_takes() {
        let mut rows =
            Rows::new(Arc::new(table(&[("id", Kind::Text)])), Nulls::Delete, Unknown::Reject, None);
        assert!(row(&mut rows, r#"{"id":""}"#).unwrap_err().contains("empty"));
        assert!(
            row(&mut rows, &format!(r#"{{"id":"{}"}}"#, "x".repeat(65_536))).unwrap_err().contains("65535")
        );
        assert!(row(&mut rows, &format!(r#"{{"id":"{}"}}"#, "x".repeat(65_535))).is_ok());
    }
}
