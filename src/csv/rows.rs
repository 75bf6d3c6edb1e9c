//! From a record to a row: each column gets the cell of its field, in whatever order the fields come.

use std::collections::HashMap;

use super::cells::{self, Text};
use super::dialect::Quoting;
use super::nested::Desk;
use crate::json::{Cursor, Error, Guess, Key, Kind, Reason};
use crate::schema::fault::Fault;
use crate::schema::{Field, Schema, Type, Unknown};
use crate::stream::{Record, Reject};

/// Where a cell stands in [`Rows::cells`].
type Cell = std::ops::Range<usize>;

/// Makes rows of one schema.
pub(super) struct Rows {
    columns: Vec<Column>,
    by_name: HashMap<Box<[u8]>, usize>,
    unknown: Unknown,
    pub quoting: Quoting,
    /// Fields that were left out.
    pub ignored: u64,
    cells: Vec<u8>,
    row: u64,
    /// The unknown fields of the record at hand, as one JSON object.
    extra: Vec<u8>,
    scratch: Vec<u8>,
    plain: Vec<u8>,
    desk: Desk,
}

struct Column {
    name: String,
    guess: Option<Guess>,
    kind: Type,
    nullable: bool,
    label: String,
    cell: Cell,
    /// The record that filled it last.
    filled_by: u64,
}

impl Column {
    fn new(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            guess: Guess::new(&field.name),
            kind: field.kind.clone(),
            nullable: field.nullable,
            label: field.kind.label(),
            cell: 0..0,
            filled_by: 0,
        }
    }
}

impl Rows {
    /// Rows with the columns of `schema`, and behind them one for unknown fields, if they get one.
    pub fn new(schema: &Schema, unknown: Unknown, quoting: Quoting) -> Self {
        let columns: Vec<Column> = schema.fields().iter().map(Column::new).collect();
        let by_name = columns.iter().enumerate();
        let by_name = by_name.map(|(at, column)| (column.name.as_bytes().into(), at)).collect();
        Self {
            columns,
            by_name,
            unknown,
            quoting,
            ignored: 0,
            cells: Vec::new(),
            row: 0,
            extra: Vec::new(),
            scratch: Vec::new(),
            plain: Vec::new(),
            desk: Desk::default(),
        }
    }

    /// Appends the names of the columns.
    pub fn header(&mut self, out: &mut Vec<u8>) -> Result<(), Reject> {
        let extra = match &self.unknown {
            Unknown::Column(name) => Some(name.clone()),
            _ => None,
        };
        let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).chain(extra).collect();
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                out.push(self.quoting.delimiter());
            }
            self.quoting.text(name.as_bytes(), out).map_err(|fault| fault.under(name))?;
        }
        self.quoting.end_row(out);
        self.quoting.defused = 0;
        Ok(())
    }

    /// Appends the row of a record, or refuses it; then `out` may hold a part of it.
    #[inline]
    pub fn row(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Reject> {
        let (ignored, defused) = (self.ignored, self.quoting.defused);
        let start = out.len();
        let read = self.read(record).and_then(|()| self.write(out));
        if let Err(fault) = read {
            (self.ignored, self.quoting.defused) = (ignored, defused);
            return Err(fault.into());
        }
        if out.len() == start {
            return Err(Reject::at(
                self.columns[0].name.clone(),
                "a row of one null would be a blank line, which readers skip",
            )
            .hint("--null NULL"));
        }
        self.quoting.end_row(out);
        Ok(())
    }

    #[inline]
    fn read(&mut self, record: &Record<'_>) -> Result<(), Fault> {
        self.cells.clear();
        self.extra.clear();
        self.row += 1;
        let mut cursor = Cursor::new(record);
        if cursor.peek()? != Kind::Object {
            return Err(Error::new(Reason::NotAnObject, 0).into());
        }
        let mut next = cursor.enter_object()?;
        let mut expected = 0;
        while let Some(key) = next {
            match self.find(&key, expected)? {
                Some(at) => expected = self.run(at, &mut cursor)?,
                None => self.unknown(&key, &mut cursor)?,
            }
            next = cursor.next_key()?;
        }
        Ok(cursor.finish()?)
    }

    /// The column of a key; most likely it is the expected one.
    #[inline]
    fn find(&mut self, key: &Key<'_>, expected: usize) -> Result<Option<usize>, Fault> {
        if let Some(column) = self.columns.get(expected)
            && !key.is_escaped()
            && key.raw() == column.name.as_bytes()
        {
            return Ok(Some(expected));
        }
        let name = key.text(&mut self.scratch)?;
        Ok(self.by_name.get(name).copied())
    }

    /// Fills the column `at` and, as long as the keys come in the order of the schema, those after it.
    #[inline]
    fn run(&mut self, mut at: usize, cursor: &mut Cursor<'_>) -> Result<usize, Fault> {
        loop {
            if let Err(fault) = self.fill(at, cursor) {
                return Err(fault.under(&self.columns[at].name));
            }
            at += 1;
            match self.columns.get(at).and_then(|column| column.guess.as_ref()) {
                Some(guess) if cursor.guess_key(guess) => {}
                _ => return Ok(at),
            }
        }
    }

    #[inline]
    fn fill(&mut self, at: usize, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let Self { columns, cells, scratch, plain, quoting, desk, row, .. } = self;
        let column = &mut columns[at];
        if column.filled_by == *row {
            return Err(Fault::twice());
        }
        column.filled_by = *row;
        let start = cells.len();
        let kind = cursor.peek()?;
        let cell = match (&column.kind, kind) {
            (_, Kind::Null) if column.nullable => {
                cursor.literal()?;
                cells.extend_from_slice(quoting.null());
                Ok(())
            }
            (_, Kind::Null) => return Err(Fault::null()),
            (nested @ (Type::Array(_) | Type::Map(..) | Type::Struct(_)), _) => {
                let begin = cursor.offset();
                let checked = desk.check(nested, kind, cursor);
                checked.and_then(|()| quoting.text(&cursor.text()[begin..cursor.offset()], cells))
            }
            (scalar, _) => {
                plain.clear();
                match cells::write(scalar, kind, cursor, scratch, plain) {
                    Ok(Text::Plain) => {
                        cells.extend_from_slice(plain);
                        Ok(())
                    }
                    Ok(Text::Free) => quoting.text(plain, cells),
                    Err(fault) => Err(fault),
                }
            }
        };
        column.cell = start..cells.len();
        cell.map_err(|fault| fault.in_column(&column.label))
    }

    #[cold]
    fn unknown(&mut self, key: &Key<'_>, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        match &self.unknown {
            Unknown::Ignore => {
                cursor.skip_value()?;
                self.ignored += 1;
                Ok(())
            }
            Unknown::Column(_) => {
                let value = cursor.value()?;
                self.extra.extend_from_slice(if self.extra.is_empty() { b"{\"" } else { b",\"" });
                self.extra.extend_from_slice(key.raw());
                self.extra.extend_from_slice(b"\":");
                self.extra.extend_from_slice(&cursor.text()[value.span.range()]);
                Ok(())
            }
            Unknown::Reject => Err(self.not_in_schema(key)),
        }
    }

    fn not_in_schema(&mut self, key: &Key<'_>) -> Fault {
        let name = match key.text(&mut self.scratch) {
            Ok(text) => String::from_utf8_lossy(text).chars().take(100).collect::<String>(),
            Err(error) => return error.into(),
        };
        let lower = name.to_lowercase();
        let near = self.columns.iter().find(|column| column.name.to_lowercase() == lower);
        match near {
            Some(column) => {
                Fault::plain(format!("not in the schema, which has {} in another case", column.name))
                    .under(&name)
            }
            None => Fault::plain("not in the schema").under(&name),
        }
    }

    /// Appends the cells in the order of the schema.
    #[inline]
    fn write(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let delimiter = self.quoting.delimiter();
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                out.push(delimiter);
            }
            if column.filled_by == self.row {
                out.extend_from_slice(&self.cells[column.cell.clone()]);
            } else if column.nullable {
                out.extend_from_slice(self.quoting.null());
            } else {
                return Err(Fault::missing().under(&column.name));
            }
        }
        if !matches!(self.unknown, Unknown::Column(_)) {
            return Ok(());
        }
        out.push(delimiter);
        if self.extra.is_empty() {
            out.extend_from_slice(self.quoting.null());
            return Ok(());
        }
        self.extra.push(b'}');
        self.quoting.text(&self.extra, out)
    }
}
