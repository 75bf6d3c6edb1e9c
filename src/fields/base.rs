//! What stays of the old record: all of it (`--all`), what is named (`--keep`), or all but what is named
//! (`--drop`); the new fields are put into it, each at the end of the object where it belongs.
//!
//! The record is cut, not written anew: what stays keeps every byte, spacing and escapes included. A
//! field that stays brings along the comma in front of it. A new field replaces an old one of its name.
//!
//! One walk makes a list of [`Piece`]s, which is then copied once, or for every element of an exploded array.

use super::target::{Target, Writer};
use crate::json::{Cursor, Error, Key, Kind, Span};
use crate::stream::Reject;

/// A piece of the new record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// Bytes of the old one.
    Bytes(Span),
    /// The element, in the place of its array.
    Element,
    /// New fields follow, behind others if there are `any`.
    Ends { any: bool },
    /// A new field.
    Add(usize),
}

/// Why a record cannot be cut so.
#[derive(Debug)]
pub(super) enum Fault {
    Json(Error),
    /// Nothing stands at a path that is to be kept.
    Missing(String),
    /// What stands on the way of a path cannot be gone into.
    Misfit(String, Kind),
    /// An object that gets new fields is there twice.
    Twice(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Json(error)
    }
}

impl From<Fault> for Reject {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Json(error) => error.into(),
            Fault::Missing(path) => {
                Reject::at(path.clone(), "missing field").hint(format!("--keep '{path}?'"))
            }
            Fault::Twice(path) => Reject::at(path, "two values for one field"),
            Fault::Misfit(path, Kind::Array) => {
                Reject::at(path, "an array stands where the path has a name").hint("PATH[*].NAME")
            }
            Fault::Misfit(path, Kind::Object) => {
                Reject::at(path, "an object stands where the path has an array")
            }
            Fault::Misfit(path, _) => Reject::at(path, "a value without fields stands on the way"),
        }
    }
}

/// What to do inside one value.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    pub members: Vec<Member>,
    /// What to do in each element, where an array stands.
    pub every: Option<Box<Shape>>,
    /// Whether members that nobody names stay.
    pub keeps_rest: bool,
    /// The new fields of this object: their numbers in [`Base::adds`], and the member that takes an
    /// object of them in, if it is there.
    pub adds: Vec<(usize, Option<usize>)>,
    /// A path that comes through here, for messages.
    pub path: String,
    visit: u64,
}

/// What to do with one member.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub name: String,
    pub fate: Fate,
    /// The path that must not be missing.
    pub required: Option<String>,
    seen: u64,
}

/// What becomes of a member.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    Stays,
    /// Goes, because the `--drop` of this number says so, or because a new field takes its place.
    Goes(Option<usize>),
    /// Something becomes of its insides.
    Changes(Shape),
    /// Gives its place to the element.
    Exploded,
}

impl Member {
    pub fn new(name: &str, fate: Fate) -> Self {
        Self { name: name.to_owned(), fate, required: None, seen: 0 }
    }
}

/// What stays, and what is added.
#[derive(Debug)]
pub(super) struct Base {
    pub root: Shape,
    /// What becomes of each element of the exploded array, if anything.
    pub element: Option<Shape>,
    pub adds: Vec<Target>,
    /// How often each `--drop` has met something.
    pub drops: Vec<u64>,
    pieces: Pieces,
    inner: Pieces,
}

/// Pieces in their order; neighbours are one.
#[derive(Debug, Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    #[inline]
    fn bytes(&mut self, start: usize, end: usize) {
        if let Some(Piece::Bytes(last)) = self.0.last_mut()
            && last.end == start
        {
            last.end = end;
        } else if start < end {
            self.0.push(Piece::Bytes(Span { start, end }));
        }
    }
}

impl Base {
    pub fn new(root: Shape, element: Option<Shape>, adds: Vec<Target>, drops: usize) -> Self {
        Self {
            root,
            element,
            adds,
            drops: vec![0; drops],
            pieces: Pieces::default(),
            inner: Pieces::default(),
        }
    }

    /// Cuts a record: `text`, which begins and ends with it but for white space.
    pub fn cut(&mut self, text: &[u8]) -> Result<(), Fault> {
        self.pieces.0.clear();
        let mut cursor = Cursor::bytes(text);
        cursor.peek()?;
        self.pieces.bytes(0, cursor.offset());
        self.root.object(&mut cursor, &mut self.pieces, &mut self.drops)?;
        self.pieces.bytes(cursor.offset(), text.len());
        Ok(())
    }

    /// Appends the record that was cut from `text`, with `element` in the place of its array.
    pub fn write(
        &mut self,
        text: &[u8],
        element: Option<&[u8]>,
        writer: &mut Writer<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Reject> {
        let mut cut_element = None;
        if let (Some(shape), Some(element)) = (&mut self.element, element) {
            self.inner.0.clear();
            shape.value(&mut Cursor::bytes(element), &mut self.inner, &mut self.drops)?;
            cut_element = Some(&self.inner);
        }
        let mut any = false;
        for piece in &self.pieces.0 {
            match piece {
                Piece::Bytes(span) => out.extend_from_slice(&text[span.range()]),
                Piece::Ends { any: before } => any = *before,
                Piece::Add(number) => any |= writer.member(&self.adds[*number], any, out)?,
                Piece::Element => match (cut_element, element) {
                    (Some(inner), Some(element)) => write_element(inner, element, &self.adds, writer, out)?,
                    (_, element) => out.extend_from_slice(element.unwrap_or(b"null")),
                },
            }
        }
        Ok(())
    }
}

/// Appends an element that was cut.
fn write_element(
    pieces: &Pieces,
    text: &[u8],
    adds: &[Target],
    writer: &mut Writer<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Reject> {
    let mut any = false;
    for piece in &pieces.0 {
        match piece {
            Piece::Bytes(span) => out.extend_from_slice(&text[span.range()]),
            Piece::Ends { any: before } => any = *before,
            Piece::Add(number) => any |= writer.member(&adds[*number], any, out)?,
            Piece::Element => {}
        }
    }
    Ok(())
}

impl Shape {
    /// What to do in an object that nothing is known of yet.
    pub fn new(keeps_rest: bool, path: &str) -> Self {
        Self { keeps_rest, path: path.to_owned(), ..Self::default() }
    }

    /// The member of this name, made if need be.
    pub fn member(&mut self, name: &str, fate: impl FnOnce() -> Fate) -> &mut Member {
        let known = self.members.iter().position(|member| member.name == name);
        let at = known.unwrap_or_else(|| {
            self.members.push(Member::new(name, fate()));
            self.members.len() - 1
        });
        &mut self.members[at]
    }

    fn value(
        &mut self,
        cursor: &mut Cursor<'_>,
        pieces: &mut Pieces,
        drops: &mut [u64],
    ) -> Result<(), Fault> {
        match cursor.peek()? {
            Kind::Object if self.every.is_none() => self.object(cursor, pieces, drops),
            Kind::Array if self.every.is_some() => self.array(cursor, pieces, drops),
            Kind::Null if self.adds.is_empty() => {
                let value = cursor.value()?;
                pieces.bytes(value.span.start, value.span.end);
                Ok(())
            }
            kind => Err(Fault::Misfit(self.path.clone(), kind)),
        }
    }

    fn object(
        &mut self,
        cursor: &mut Cursor<'_>,
        pieces: &mut Pieces,
        drops: &mut [u64],
    ) -> Result<(), Fault> {
        self.visit += 1;
        let start = cursor.offset();
        let mut next = cursor.enter_object()?;
        // What stands between the last value and here goes with the member that follows, if that stays.
        let mut behind = next.as_ref().map_or(start + 1, begin);
        pieces.bytes(start, behind);
        let mut any = false;
        while let Some(key) = next {
            let name = begin(&key);
            if self.stays(&key, cursor, drops)? {
                pieces.bytes(if any { behind } else { name }, cursor_at(cursor)?);
                self.keep(&key, cursor, pieces, drops)?;
                any = true;
            } else {
                cursor.skip_value()?;
            }
            behind = cursor.offset();
            next = cursor.next_key()?;
        }
        self.end(any, pieces)?;
        pieces.bytes(behind, cursor.offset());
        Ok(())
    }

    /// Whether the member whose value comes next stays.
    #[inline]
    fn stays(&mut self, key: &Key<'_>, cursor: &mut Cursor<'_>, drops: &mut [u64]) -> Result<bool, Fault> {
        let Some(member) = self.members.iter_mut().find(|member| key.is(&member.name)) else {
            return Ok(self.keeps_rest);
        };
        let twice = member.seen == self.visit;
        member.seen = self.visit;
        match &member.fate {
            Fate::Stays | Fate::Exploded => Ok(true),
            Fate::Goes(drop) => {
                drop.iter().for_each(|drop| drops[*drop] += 1);
                Ok(false)
            }
            Fate::Changes(shape) if twice && !shape.adds.is_empty() => Err(Fault::Twice(shape.path.clone())),
            // Nothing of it could be kept.
            Fate::Changes(_) if cursor.peek()? == Kind::Null && !self.keeps_rest => {
                member.seen = 0;
                Ok(false)
            }
            Fate::Changes(_) => Ok(true),
        }
    }

    /// Copies the value that comes next, and changes it if need be.
    #[inline]
    fn keep(
        &mut self,
        key: &Key<'_>,
        cursor: &mut Cursor<'_>,
        pieces: &mut Pieces,
        drops: &mut [u64],
    ) -> Result<(), Fault> {
        let member = self.members.iter_mut().find(|member| key.is(&member.name));
        match member.map(|member| &mut member.fate) {
            Some(Fate::Changes(shape)) => shape.value(cursor, pieces, drops),
            Some(Fate::Exploded) => {
                cursor.skip_value()?;
                pieces.0.push(Piece::Element);
                Ok(())
            }
            _ => {
                let value = cursor.value()?;
                pieces.bytes(value.span.start, value.span.end);
                Ok(())
            }
        }
    }

    /// Adds the new fields at the end of an object, and looks whether anything is missing in it.
    fn end(&self, any: bool, pieces: &mut Pieces) -> Result<(), Fault> {
        let unseen = |member: &&Member| member.seen != self.visit;
        if let Some(path) = self.members.iter().filter(unseen).find_map(|member| member.required.as_ref()) {
            return Err(Fault::Missing(path.clone()));
        }
        let is_taken_in =
            |member: &Option<usize>| member.is_some_and(|at| self.members[at].seen == self.visit);
        let mut adds = self.adds.iter().filter(|(_, member)| !is_taken_in(member)).peekable();
        if adds.peek().is_some() {
            pieces.0.push(Piece::Ends { any });
            pieces.0.extend(adds.map(|(number, _)| Piece::Add(*number)));
        }
        Ok(())
    }

    fn array(
        &mut self,
        cursor: &mut Cursor<'_>,
        pieces: &mut Pieces,
        drops: &mut [u64],
    ) -> Result<(), Fault> {
        let Some(every) = &mut self.every else { return Ok(()) };
        let mut behind = cursor.offset();
        let mut more = cursor.enter_array()?;
        while more {
            pieces.bytes(behind, cursor_at(cursor)?);
            every.value(cursor, pieces, drops)?;
            behind = cursor.offset();
            more = cursor.next_element()?;
        }
        pieces.bytes(behind, cursor.offset());
        Ok(())
    }
}

/// Where a member begins: at the quote before its name.
fn begin(key: &Key<'_>) -> usize {
    key.span().start - 1
}

/// Where the next value begins.
fn cursor_at(cursor: &mut Cursor<'_>) -> Result<usize, Error> {
    cursor.peek()?;
    Ok(cursor.offset())
}
