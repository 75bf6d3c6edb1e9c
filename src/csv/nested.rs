//! Structs, arrays and maps as JSON text in a cell (`--nested json`): checked by their types, and then
//! copied byte for byte.

use std::collections::HashSet;

use super::cells;
use crate::json::{Cursor, Kind};
use crate::schema::fault::Fault;
use crate::schema::{Field, Type};

/// What a check works in.
#[derive(Default)]
pub(super) struct Desk {
    scratch: Vec<u8>,
    scrap: Vec<u8>,
}

impl Desk {
    /// Steps over the value that comes next, which is not null, if it fits.
    pub fn check(&mut self, column: &Type, kind: Kind, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        match column {
            Type::Struct(fields) => self.object(fields, kind, cursor),
            Type::Array(element) => self.array(element, kind, cursor),
            Type::Map(key, value) => self.map(key, value, kind, cursor),
            scalar => {
                self.scrap.clear();
                let Self { scratch, scrap } = self;
                let written = cells::write(scalar, kind, cursor, scratch, scrap);
                written.map(drop).map_err(|fault| fault.in_column(&scalar.label()))
            }
        }
        .map_err(|fault| fault.in_column(&column.label()))
    }

    fn value(&mut self, column: &Type, nullable: bool, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        match cursor.peek()? {
            Kind::Null if nullable => Ok(cursor.literal().map(drop)?),
            Kind::Null => Err(Fault::null()),
            kind => self.check(column, kind, cursor),
        }
    }

    fn object(&mut self, fields: &[Field], kind: Kind, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        if kind != Kind::Object {
            return Err(Fault::kind(kind));
        }
        let mut seen = vec![false; fields.len()];
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            let Some(at) = fields.iter().position(|field| key.is(&field.name)) else {
                let mut name = Vec::new();
                key.unescape_into(&mut name)?;
                return Err(Fault::plain("not in the schema").under(&String::from_utf8_lossy(&name)));
            };
            let field = &fields[at];
            if std::mem::replace(&mut seen[at], true) {
                return Err(Fault::twice().under(&field.name));
            }
            self.value(&field.kind, field.nullable, cursor).map_err(|fault| fault.under(&field.name))?;
            next = cursor.next_key()?;
        }
        match fields.iter().zip(seen).find(|(field, seen)| !field.nullable && !seen) {
            Some((field, _)) => Err(Fault::missing().under(&field.name)),
            None => Ok(()),
        }
    }

    fn array(&mut self, element: &Type, kind: Kind, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        if kind != Kind::Array {
            return Err(Fault::kind(kind));
        }
        let mut index = 0;
        let mut more = cursor.enter_array()?;
        while more {
            self.value(element, true, cursor).map_err(|fault| fault.at_element(index))?;
            index += 1;
            more = cursor.next_element()?;
        }
        Ok(())
    }

    fn map(&mut self, key: &Type, value: &Type, kind: Kind, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        if kind != Kind::Object {
            return Err(Fault::kind(kind));
        }
        let mut seen = HashSet::new();
        let mut next = cursor.enter_object()?;
        while let Some(name) = next {
            let mut text = Vec::new();
            name.unescape_into(&mut text)?;
            cells::check_key(key, &text).map_err(|fault| fault.in_column(&key.label()).in_map())?;
            if !seen.insert(text) {
                return Err(Fault::plain("two values for one key"));
            }
            self.value(value, true, cursor).map_err(Fault::in_map)?;
            next = cursor.next_key()?;
        }
        Ok(())
    }
}
