//! The new record: its fields as a tree, and how each is written.

use super::cell::{Cell, Constant};
use super::convert::{Convert, Misfit};
use super::row::{Row, Wish};
use super::tally::Count;
use crate::json::Kind;
use crate::run::exit::{Error, Result};
use crate::stream::Reject;

/// A field of the new record.
#[derive(Debug)]
pub(super) struct Mapping {
    /// As it was written.
    pub target: String,
    /// Whether it is left out where its source is missing.
    pub optional: bool,
    pub rule: Rule,
}

/// What a field holds.
#[derive(Debug)]
pub(super) enum Rule {
    Literal(Constant),
    Template(Vec<Piece>),
    Value(Wish, Option<Convert>),
}

impl Rule {
    /// The values that it is made of.
    pub fn wishes(&self) -> impl Iterator<Item = &Wish> {
        let (single, pieces) = match self {
            Self::Literal(_) => (None, &[][..]),
            Self::Value(wish, _) => (Some(wish), &[][..]),
            Self::Template(pieces) => (None, &pieces[..]),
        };
        let of_pieces = pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Value(wish) => Some(wish),
        });
        single.into_iter().chain(of_pieces)
    }
}

/// A piece of a template.
#[derive(Debug)]
pub(super) enum Piece {
    /// Text, escaped as it stands in JSON.
    Text(Box<[u8]>),
    Value(Wish),
}

/// Fields by the names on the way to them.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub name: String,
    /// `,"name":`
    key: Box<[u8]>,
    pub what: What,
}

/// What stands under a name.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// The mapping of this number.
    Field(usize),
    Object(Vec<Target>),
}

impl Target {
    fn new(name: &str, what: What) -> Self {
        let key = format!(",{}:", serde_json::Value::from(name));
        Self { name: name.to_owned(), key: key.into_bytes().into(), what }
    }

    /// Plants the field `number` under `names`; `written` is what the user calls it.
    pub fn plant(fields: &mut Vec<Target>, names: &[String], number: usize, written: &str) -> Result<()> {
        let Some((name, rest)) = names.split_first() else { return Ok(()) };
        let known = fields.iter_mut().find(|field| field.name == *name);
        match (known, rest.is_empty()) {
            (None, true) => fields.push(Target::new(name, What::Field(number))),
            (None, false) => {
                let mut inner = Vec::new();
                Self::plant(&mut inner, rest, number, written)?;
                fields.push(Target::new(name, What::Object(inner)));
            }
            (Some(Target { what: What::Object(inner), .. }), false) => {
                return Self::plant(inner, rest, number, written);
            }
            (Some(_), _) => {
                let message =
                    format!("field '{written}' is mapped twice, or once as a value and once as an object");
                return Err(Error::usage(message).hint("map each field once"));
            }
        }
        Ok(())
    }
}

/// Writes fields of one new record.
pub(super) struct Writer<'a> {
    pub mappings: &'a [Mapping],
    pub row: &'a Row<'a>,
    pub counts: &'a mut [Count],
    pub scratch: &'a mut Vec<u8>,
}

impl Writer<'_> {
    /// Appends `fields` as members behind others, if there are `any`; returns whether there are now.
    #[inline]
    pub fn members(&mut self, fields: &[Target], mut any: bool, out: &mut Vec<u8>) -> Result<bool, Reject> {
        for field in fields {
            any |= self.member(field, any, out)?;
        }
        Ok(any)
    }

    /// Appends one field, or nothing if it is left out. So is an object that would be empty.
    #[inline]
    pub fn member(&mut self, field: &Target, any: bool, out: &mut Vec<u8>) -> Result<bool, Reject> {
        let start = out.len();
        out.extend_from_slice(&field.key[usize::from(!any)..]);
        let written = match &field.what {
            What::Field(number) => self.value(*number, out)?,
            What::Object(inner) => {
                out.push(b'{');
                let any = self.members(inner, false, out)?;
                out.push(b'}');
                any
            }
        };
        if !written {
            out.truncate(start);
        }
        Ok(written)
    }

    /// Appends the value of a field, or nothing if it is left out.
    #[inline]
    fn value(&mut self, number: usize, out: &mut Vec<u8>) -> Result<bool, Reject> {
        let mappings = self.mappings;
        let mapping = &mappings[number];
        let written = match &mapping.rule {
            Rule::Literal(constant) => {
                out.extend_from_slice(constant.cell().bytes());
                Some(constant.cell().kind())
            }
            Rule::Value(wish, convert) => self.single(number, wish, *convert, out)?,
            Rule::Template(pieces) => self.template(number, pieces, out)?,
        };
        let count = &mut self.counts[number];
        match written {
            Some(Kind::Null) => count.null += 1,
            Some(_) => count.mapped += 1,
            None => count.left_out += 1,
        }
        Ok(written.is_some())
    }

    /// What a wish comes to: a value, its default, or nothing where that is allowed.
    #[inline]
    fn grant<'w>(&mut self, number: usize, wish: &'w Wish) -> Result<Option<Cell<'w>>, Reject>
    where
        Self: 'w,
    {
        let row: &Row<'w> = self.row;
        let cell = row.get(&wish.spot);
        match &wish.default {
            Some(default) if cell.is_none_or(|cell| cell.kind() == Kind::Null) => {
                self.counts[number].defaults += 1;
                Ok(Some(default.cell()))
            }
            _ if self.mappings[number].optional => {
                wish.seen.note(cell.is_some());
                Ok(cell)
            }
            _ if cell.is_none() => {
                let target = &self.mappings[number].target;
                Err(row.missing(
                    wish,
                    &format!("{target}?=... to leave the field out, or {} ?? JSON", wish.place),
                ))
            }
            _ => Ok(cell),
        }
    }

    #[inline]
    fn single(
        &mut self,
        number: usize,
        wish: &Wish,
        convert: Option<Convert>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Kind>, Reject> {
        let Some(cell) = self.grant(number, wish)? else { return Ok(None) };
        match convert {
            None => out.extend_from_slice(cell.bytes()),
            Some(convert) => {
                let converted = convert.write(cell, self.scratch, out);
                converted.map_err(|(why, hint)| self.row.refuse(wish, why, hint))?;
            }
        }
        Ok(Some(cell.kind()))
    }

    #[inline]
    fn template(
        &mut self,
        number: usize,
        pieces: &[Piece],
        out: &mut Vec<u8>,
    ) -> Result<Option<Kind>, Reject> {
        out.push(b'"');
        for piece in pieces {
            let wish = match piece {
                Piece::Text(text) => {
                    out.extend_from_slice(text);
                    continue;
                }
                Piece::Value(wish) => wish,
            };
            let Some(cell) = self.grant(number, wish)? else { return Ok(None) };
            if cell.kind() == Kind::Null && self.mappings[number].optional {
                return Ok(None);
            }
            push_text(cell, self.scratch, out).map_err(|(why, hint)| self.row.refuse(wish, why, hint))?;
        }
        out.push(b'"');
        Ok(Some(Kind::String))
    }
}

/// Appends the text of a value, as it is spelled between the quotes of a JSON string.
#[inline]
fn push_text(cell: Cell<'_>, scratch: &mut Vec<u8>, out: &mut Vec<u8>) -> Result<(), Misfit> {
    match cell.kind() {
        Kind::String => {
            let string = cell.string();
            // Two halves of surrogate pairs, side by side, would be a character that nobody sent.
            if string.is_escaped() && string.text(scratch).is_err() {
                return Err(("lone surrogate in a string", None));
            }
            out.extend_from_slice(string.raw());
            Ok(())
        }
        Kind::Number | Kind::True | Kind::False => {
            out.extend_from_slice(cell.bytes());
            Ok(())
        }
        Kind::Null => Err((
            "null has no text",
            Some("{PATH ?? \"\"} in the template, or NAME?= to leave the field out"),
        )),
        Kind::Object | Kind::Array => Err(("an object or an array has no text", None)),
    }
}
