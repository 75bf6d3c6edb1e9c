//! A struct, or the record itself: one column for each of its fields, found by the keys of a JSON
//! object in whatever order they come.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{ArrowError, Fields};

use super::Context;
use super::column::Column;
use super::text::Bytes;
use crate::json::{Cursor, Guess, Key, Kind};
use crate::parquet::columns::arrow_fields;
use crate::schema::fault::Fault;
use crate::schema::{Field, Unknown};

/// The columns of a struct's fields.
pub(super) struct Object {
    slots: Vec<Slot>,
    by_name: HashMap<Box<[u8]>, usize>,
    fields: Fields,
    /// Counts objects, so that a slot knows whether this one has filled it; never taken back.
    visit: u64,
}

struct Slot {
    name: String,
    guess: Option<Guess>,
    nullable: bool,
    column: Column,
    /// The object that filled it last.
    filled_by: u64,
}

impl Slot {
    fn new(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            guess: Guess::new(&field.name),
            nullable: field.nullable,
            column: Column::new(&field.kind),
            filled_by: 0,
        }
    }
}

/// Where the members go that the schema does not know: a column of JSON text.
pub(super) struct Extra<'a> {
    pub column: &'a mut Bytes,
    /// Whether the object at hand had such members.
    pub any: bool,
}

impl Object {
    pub fn new(fields: &[Field]) -> Self {
        let by_name = fields.iter().enumerate().map(|(at, f)| (f.name.as_bytes().into(), at)).collect();
        let slots = fields.iter().map(Slot::new).collect();
        Self { slots, by_name, fields: arrow_fields(fields), visit: 0 }
    }

    /// Appends the object that the cursor stands before, as one row of every column.
    #[inline]
    pub fn append(
        &mut self,
        kind: Kind,
        cursor: &mut Cursor<'_>,
        cx: &mut Context,
        mut extra: Option<&mut Extra<'_>>,
    ) -> Result<(), Fault> {
        if kind != Kind::Object {
            return Err(Fault::kind(kind));
        }
        self.visit += 1;
        let mut filled = 0;
        let mut expected = 0;
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            match self.find(&key, expected, cx)? {
                Some(at) => {
                    (filled, expected) = self.run(at, filled, cursor, cx)?;
                }
                None => self.unknown(&key, cursor, cx, extra.as_deref_mut())?,
            }
            next = cursor.next_key()?;
        }
        if filled < self.slots.len() { self.fill_missing() } else { Ok(()) }
    }

    /// Fills the slot `at` and, as long as the keys come in the order of the schema, those after it.
    #[inline(always)]
    fn run(
        &mut self,
        mut at: usize,
        mut filled: usize,
        cursor: &mut Cursor<'_>,
        cx: &mut Context,
    ) -> Result<(usize, usize), Fault> {
        loop {
            self.fill(at, cursor, cx)?;
            filled += 1;
            at += 1;
            match self.slots.get(at).and_then(|slot| slot.guess.as_ref()) {
                Some(guess) if cursor.guess_key(guess) => {}
                _ => return Ok((filled, at)),
            }
        }
    }

    #[inline(always)]
    fn fill(&mut self, at: usize, cursor: &mut Cursor<'_>, cx: &mut Context) -> Result<(), Fault> {
        let slot = &mut self.slots[at];
        if slot.filled_by == self.visit {
            return Err(Fault::twice().under(&slot.name));
        }
        slot.filled_by = self.visit;
        match slot.column.append(slot.nullable, cursor, cx) {
            Ok(()) => Ok(()),
            Err(fault) => Err(fault.under(&slot.name)),
        }
    }

    /// The slot of a key; most likely it is the expected one.
    #[inline]
    fn find(&self, key: &Key<'_>, expected: usize, cx: &mut Context) -> Result<Option<usize>, Fault> {
        if let Some(slot) = self.slots.get(expected)
            && !key.is_escaped()
            && key.raw() == slot.name.as_bytes()
        {
            return Ok(Some(expected));
        }
        let name = key.text(&mut cx.scratch)?;
        Ok(self.by_name.get(name).copied())
    }

    fn fill_missing(&mut self) -> Result<(), Fault> {
        for slot in self.slots.iter_mut().filter(|slot| slot.filled_by != self.visit) {
            if !slot.nullable {
                return Err(Fault::missing().under(&slot.name));
            }
            slot.column.append_null();
        }
        Ok(())
    }

    #[cold]
    fn unknown(
        &mut self,
        key: &Key<'_>,
        cursor: &mut Cursor<'_>,
        cx: &mut Context,
        extra: Option<&mut Extra<'_>>,
    ) -> Result<(), Fault> {
        match (&cx.unknown, extra) {
            (Unknown::Ignore, _) => {
                cursor.skip_value()?;
                cx.ignored += 1;
                Ok(())
            }
            (Unknown::Column(_), Some(extra)) => extra.keep(key, cursor),
            _ => Err(self.not_in_schema(key, cx)),
        }
    }

    fn not_in_schema(&self, key: &Key<'_>, cx: &mut Context) -> Fault {
        let name = match key.text(&mut cx.scratch) {
            Ok(text) => String::from_utf8_lossy(text).chars().take(100).collect::<String>(),
            Err(error) => return error.into(),
        };
        let lower = name.to_lowercase();
        let reason = match self.slots.iter().find(|slot| slot.name.to_lowercase() == lower) {
            Some(slot) => format!("not in the schema, which has {} in another case", slot.name).into(),
            None => std::borrow::Cow::Borrowed("not in the schema"),
        };
        Fault::plain(reason).under(&name)
    }

    /// Appends a row of nulls, under a null of the struct itself.
    pub fn append_nulls(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.column.append_null());
    }

    pub fn truncate(&mut self, rows: usize) {
        self.slots.iter_mut().for_each(|slot| slot.column.truncate(rows));
    }

    /// Takes all columns.
    pub fn take(&mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        self.slots.iter_mut().map(|slot| slot.column.take()).collect()
    }

    pub fn take_struct(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(StructArray::try_new(self.fields.clone(), self.take()?, nulls)?))
    }
}

impl Extra<'_> {
    /// Keeps a member byte for byte.
    fn keep(&mut self, key: &Key<'_>, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let value = cursor.value()?;
        let text = &mut self.column.bytes;
        text.push(if self.any { b',' } else { b'{' });
        text.push(b'"');
        text.extend_from_slice(key.raw());
        text.extend_from_slice(b"\":");
        text.extend_from_slice(&cursor.text()[value.span.range()]);
        self.any = true;
        Ok(())
    }
}
