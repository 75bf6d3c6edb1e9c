//! Columns of arrays and of maps.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use arrow_array::{ArrayRef, ListArray, MapArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, FieldRef};

use super::Context;
use super::column::{Column, Data};
use crate::json::{Cursor, Kind};
use crate::parquet::columns::{element_field, entries_field};
use crate::schema::Type;
use crate::schema::fault::Fault;

/// Offsets into the rows of an inner column, one more than there are values.
struct Offsets(Vec<i32>);

impl Offsets {
    fn new() -> Self {
        Self(vec![0])
    }

    /// Ends a value after `rows` rows of the inner column, fewer than a batch has bytes.
    fn end_value(&mut self, rows: usize) {
        self.0.push(rows as i32);
    }

    fn last(&self) -> usize {
        self.0.last().map_or(0, |&last| last as usize)
    }

    fn truncate(&mut self, rows: usize) {
        self.0.truncate(rows + 1);
    }

    fn take(&mut self) -> OffsetBuffer<i32> {
        let mut fresh = Vec::with_capacity(self.0.len());
        fresh.push(0);
        OffsetBuffer::new(ScalarBuffer::from(std::mem::replace(&mut self.0, fresh)))
    }
}

/// A column of arrays.
pub(super) struct List {
    offsets: Offsets,
    elements: Box<Column>,
    field: FieldRef,
}

impl List {
    pub fn new(element: &Type) -> Self {
        let elements = Box::new(Column::new(element));
        Self { offsets: Offsets::new(), elements, field: element_field(element) }
    }

    pub fn append(&mut self, kind: Kind, cursor: &mut Cursor<'_>, cx: &mut Context) -> Result<(), Fault> {
        if kind != Kind::Array {
            return Err(Fault::kind(kind));
        }
        let mut more = cursor.enter_array()?;
        let mut index = 0;
        while more {
            self.elements.append(true, cursor, cx).map_err(|fault| fault.at_element(index))?;
            index += 1;
            more = cursor.next_element()?;
        }
        self.offsets.end_value(self.elements.len());
        Ok(())
    }

    pub fn append_empty(&mut self) {
        self.offsets.end_value(self.elements.len());
    }

    pub fn truncate(&mut self, rows: usize) {
        self.offsets.truncate(rows);
        self.elements.truncate(self.offsets.last());
    }

    pub fn take(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        let elements = self.elements.take()?;
        Ok(Arc::new(ListArray::try_new(self.field.clone(), self.offsets.take(), elements, nulls)?))
    }
}

/// A column of maps.
pub(super) struct Map {
    offsets: Offsets,
    keys: Box<Column>,
    values: Box<Column>,
    field: FieldRef,
}

impl Map {
    pub fn new(key: &Type, value: &Type) -> Self {
        let (keys, values) = (Box::new(Column::new(key)), Box::new(Column::new(value)));
        Self { offsets: Offsets::new(), keys, values, field: entries_field(key, value) }
    }

    pub fn append(&mut self, kind: Kind, cursor: &mut Cursor<'_>, cx: &mut Context) -> Result<(), Fault> {
        if kind != Kind::Object {
            return Err(Fault::kind(kind));
        }
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            self.keys.append_key(key.text(&mut cx.scratch)?).map_err(Fault::in_map)?;
            self.values.append(true, cursor, cx).map_err(Fault::in_map)?;
            next = cursor.next_key()?;
        }
        if self.keys.data.repeats_from(self.offsets.last()) {
            return Err(Fault::plain("two values for one key"));
        }
        self.offsets.end_value(self.keys.len());
        Ok(())
    }

    pub fn append_empty(&mut self) {
        self.offsets.end_value(self.keys.len());
    }

    pub fn truncate(&mut self, rows: usize) {
        self.offsets.truncate(rows);
        self.keys.truncate(self.offsets.last());
        self.values.truncate(self.offsets.last());
    }

    pub fn take(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        let DataType::Struct(fields) = self.field.data_type() else {
            return Err(ArrowError::SchemaError("a map holds entries".to_owned()));
        };
        let entries =
            StructArray::try_new(fields.clone(), vec![self.keys.take()?, self.values.take()?], None)?;
        Ok(Arc::new(MapArray::try_new(self.field.clone(), self.offsets.take(), entries, nulls, false)?))
    }
}

impl Data {
    /// Whether one value occurs twice from row `start` on. Values, not spellings: two ways to write
    /// one instant are one key.
    fn repeats_from(&self, start: usize) -> bool {
        match self {
            Data::Text(keys) | Data::Limited(keys, _) => repeats(keys.values_from(start)),
            Data::Boolean(values) => repeats((start..values.len()).map(|row| values.get_bit(row))),
            Data::Byte(values) => repeats(values[start..].iter()),
            Data::Short(values) => repeats(values[start..].iter()),
            Data::Int(values) | Data::Date(values) => repeats(values[start..].iter()),
            Data::Long(values) | Data::Timestamp(values) | Data::TimestampNtz(values) => {
                repeats(values[start..].iter())
            }
            Data::Decimal { values, .. } => repeats(values[start..].iter()),
            // No other type can be a key.
            _ => false,
        }
    }
}

fn repeats<T: Hash + Eq>(keys: impl Iterator<Item = T>) -> bool {
    let mut seen = HashSet::new();
    !keys.into_iter().all(|key| seen.insert(key))
}
