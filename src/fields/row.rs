//! One new record's view of an old one: its fields, and those of the element that it is made of.

use super::cell::{Cell, Constant};
use super::near;
use super::source::Reference;
use super::tally::Seen;
use super::wanted::Slot;
use crate::json::{Path, Step};
use crate::stream::Reject;

/// Where a value is found.
#[derive(Debug)]
pub(super) enum Spot {
    /// In the record.
    Record(usize),
    /// In an element of the exploded array.
    Element(usize),
    /// It is the element's place in the array.
    Index,
    /// It is the same for all records of the run.
    Constant(Constant),
}

/// A value to be looked up.
#[derive(Debug)]
pub(super) struct Wish {
    pub spot: Spot,
    /// As it was written.
    pub place: Reference,
    /// Stands in where it is missing or null.
    pub default: Option<Constant>,
    /// Whether it was found, where that is asked in the end.
    pub seen: Seen,
}

/// The exploded array.
#[derive(Debug)]
pub(super) struct Explode {
    pub path: Path,
    /// Whether a record may lack it.
    pub optional: bool,
}

/// What a new record is made from.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// The line that spans count in.
    pub line: &'a [u8],
    /// The record in it.
    pub document: &'a [u8],
    pub record: &'a [Slot],
    /// The element, if there is one.
    pub element: Option<Element<'a>>,
    pub explode: Option<&'a Explode>,
}

/// An element of the exploded array.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub slots: &'a [Slot],
    pub place: usize,
    /// The place as a number in JSON, if anybody asks for it.
    pub index: Option<&'a Constant>,
}

/// Before the elements are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unknown;

impl<'a> Row<'a> {
    /// What stands at a spot, or nothing.
    #[inline]
    pub fn get(&self, spot: &'a Spot) -> Option<Cell<'a>> {
        self.look(spot).unwrap_or_default()
    }

    /// The same; an error where it depends on an element, and there is none yet.
    #[inline]
    pub fn look(&self, spot: &'a Spot) -> Result<Option<Cell<'a>>, Unknown> {
        let slot = match spot {
            Spot::Record(slot) => self.record[*slot],
            Spot::Element(slot) => self.element.ok_or(Unknown)?.slots[*slot],
            Spot::Index => return Ok(self.element.ok_or(Unknown)?.index.map(Constant::cell)),
            Spot::Constant(constant) => return Ok(Some(constant.cell())),
        };
        Ok(slot.map(|value| Cell { value, text: self.line }))
    }

    /// Refuses the record because a value is missing.
    #[cold]
    pub fn missing(&self, wish: &Wish, instead: &str) -> Reject {
        let Reference::Field(path) = &wish.place else {
            return Reject::at(wish.place.to_string(), "missing in this record").hint(instead);
        };
        let met = near::meet(self.document, path.steps(), self.exploded_steps(wish));
        let reject = Reject::at(self.called(wish), met.reason);
        reject.hint(met.hint.unwrap_or_else(|| instead.to_owned()))
    }

    /// Refuses the record because a value does not fit.
    #[cold]
    pub fn refuse(&self, wish: &Wish, why: &'static str, hint: Option<&str>) -> Reject {
        let reject = Reject::at(self.called(wish), why);
        match hint {
            Some(hint) => reject.hint(hint),
            None => reject,
        }
    }

    /// How many steps lead to the element, and which it is.
    fn exploded_steps(&self, wish: &Wish) -> Option<(usize, usize)> {
        match (&wish.spot, self.element, self.explode) {
            (Spot::Element(_), Some(element), Some(explode)) => {
                Some((explode.path.steps().len(), element.place))
            }
            _ => None,
        }
    }

    /// The path of a value for a person: of an element, with its place.
    pub fn called(&self, wish: &Wish) -> String {
        match (&wish.place, self.exploded_steps(wish)) {
            (Reference::Field(path), Some((depth, place))) => {
                let (before, after) = path.steps().split_at(depth);
                near::written(before.iter().chain([&Step::Element(place)]).chain(after))
            }
            (place, _) => place.to_string(),
        }
    }
}
