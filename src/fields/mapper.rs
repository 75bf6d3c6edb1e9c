//! The plan at work: one old record in, new ones out.

use super::base::Base;
use super::cell::{Cell, Constant};
use super::filter::{Filter, Lookup, Truth, Unknown as NotYet};
use super::row::{Element, Explode, Row, Wish};
use super::tally::{Count, Tally};
use super::target::{Mapping, Target, Writer};
use super::wanted::{Array, Found, Wanted};
use crate::json::Kind;
use crate::run::exit::{Error, Result};
use crate::run::units::grouped;
use crate::stream::{Facts, Fate, Line, Record, Reject, Transform, Trouble};

/// What `map-fields` does with each record: a checked plan, and the memory that it works in.
pub struct Mapper {
    pub(super) wanted: Wanted,
    pub(super) found: Found,
    pub(super) explode: Option<Explode>,
    /// Numbers for `@index`, as many as were needed yet; none if nobody asks.
    pub(super) indices: Option<Vec<Constant>>,
    pub(super) work: Work,
}

/// What is done with what was found.
pub(super) struct Work {
    pub output: Output,
    pub mappings: Vec<Mapping>,
    pub filter: Option<Filter<usize>>,
    pub asked: Vec<Asked>,
    /// Where the value of an envelope is found.
    pub envelope: Option<usize>,
    /// The paths of `--drop`, and whether each may lead to nothing in all records.
    pub drops: Vec<(String, bool)>,
    pub counts: Vec<Count>,
    pub tally: Tally,
    pub scratch: Vec<u8>,
}

/// An old record, and what was found in it.
#[derive(Clone, Copy)]
struct View<'a> {
    line: &'a [u8],
    /// The record in the line.
    document: &'a [u8],
    found: &'a Found,
    explode: Option<&'a Explode>,
    indices: Option<&'a [Constant]>,
}

impl<'a> View<'a> {
    /// Of no element yet.
    fn row(&self) -> Row<'a> {
        let View { line, document, found, explode, .. } = *self;
        Row { line, document, record: &found.record, element: None, explode }
    }

    /// Of one element.
    fn element(&self, place: usize) -> Row<'a> {
        let index = self.indices.map(|indices| &indices[place]);
        let element = Element { slots: self.found.element(place), place, index };
        Row { element: Some(element), ..self.row() }
    }
}

/// What is written.
#[derive(Debug)]
pub(super) enum Output {
    /// The record as it came.
    Whole,
    /// New fields alone.
    New(Vec<Target>),
    /// What stays of the old record, and new fields in it.
    Base(Box<Base>),
}

/// A place that `--where` asks for.
#[derive(Debug)]
pub(super) struct Asked {
    pub wish: Wish,
    /// Whether it may be missing in all records.
    pub optional: bool,
}

/// The places of `--where` in one row.
struct Places<'a> {
    row: Row<'a>,
    asked: &'a [Asked],
}

impl Lookup<usize> for Places<'_> {
    fn look(&self, place: &usize) -> Result<Option<Cell<'_>>, NotYet> {
        let asked = &self.asked[*place];
        let cell = self.row.look(&asked.wish.spot).map_err(|_| NotYet)?;
        asked.wish.seen.note(cell.is_some());
        Ok(cell)
    }

    fn name(&self, place: &usize) -> String {
        self.row.called(&self.asked[*place].wish)
    }
}

impl Transform for Mapper {
    #[inline]
    fn record(&mut self, record: &Record<'_>, out: &mut Line<'_>) -> Result<Fate, Trouble> {
        Ok(self.map(record.bytes(), out)?)
    }

    fn finish(&mut self) -> Result<Facts> {
        self.work.warn_of_misspelt_conditions();
        self.work.warn_of_misspelt_sources();
        self.work.check_drops()?;
        Ok(self.work.facts(self.explode.is_some()))
    }
}

impl Mapper {
    /// Appends what becomes of one line.
    pub(super) fn map(&mut self, line: &[u8], out: &mut Line<'_>) -> Result<Fate, Reject> {
        self.wanted.find(line, &mut self.found)?;
        if let Some(name) = self.found.twice.take() {
            return Err(Reject::at(name, "two values for one field"));
        }
        if let Some(indices) = &mut self.indices {
            let more = indices.len()..self.found.elements();
            indices.extend(more.map(|place| Constant::number(place as u64)));
        }
        let view = View {
            line,
            document: line,
            found: &self.found,
            explode: self.explode.as_ref(),
            indices: self.indices.as_deref(),
        };
        self.work.map(view, out)
    }
}

impl Work {
    fn map(&mut self, view: View<'_>, out: &mut Line<'_>) -> Result<Fate, Reject> {
        let Some(view) = self.open(view)? else { return Ok(Fate::Dropped) };
        let truth = self.judge(view.row())?;
        if truth == Some(false) {
            return Ok(Fate::Dropped);
        }
        if let Output::Base(base) = &mut self.output {
            base.cut(view.document)?;
        }
        self.tally.records += 1;
        match view.explode {
            Some(explode) => self.explode(view, explode, truth, out),
            None => {
                self.write(view.line, view.row(), None, out.buffer())?;
                Ok(Fate::Passed)
            }
        }
    }

    /// Goes into the envelope, if lines are envelopes; a tombstone has nothing in it.
    fn open<'a>(&mut self, view: View<'a>) -> Result<Option<View<'a>>, Reject> {
        let Some(slot) = self.envelope else { return Ok(Some(view)) };
        match view.found.record[slot] {
            Some(value) if value.kind == Kind::Object => {
                Ok(Some(View { document: &view.line[value.span.range()], ..view }))
            }
            Some(value) if value.kind == Kind::Null => {
                self.tally.tombstones += 1;
                Ok(None)
            }
            Some(_) => Err(Reject::at("value", "the value of the envelope is no JSON object")),
            None => Err(Reject::at("value", "no envelope with a JSON object in it")
                .hint("kafka-consume --envelope, or map-fields without --envelope")),
        }
    }

    #[inline]
    fn judge(&mut self, row: Row<'_>) -> Result<Truth, Reject> {
        match &mut self.filter {
            None => Ok(Some(true)),
            Some(filter) => filter.judge(&Places { row, asked: &self.asked }),
        }
    }

    /// One new record for each element that is wanted.
    fn explode(
        &mut self,
        view: View<'_>,
        explode: &Explode,
        truth: Truth,
        out: &mut Line<'_>,
    ) -> Result<Fate, Reject> {
        self.check_array(view.found, explode)?;
        let (elements, mut passed) = (view.found.elements(), 0);
        for place in 0..elements {
            let row = view.element(place);
            if truth.is_none() && self.judge(row)? != Some(true) {
                continue;
            }
            let element = view.found.element_value(place).map(|span| &view.line[span]);
            self.write(view.line, row, element, out.buffer())?;
            out.end_record();
            passed += 1;
        }
        self.tally.elements += passed as u64;
        self.tally.dropped += (elements - passed) as u64;
        Ok(if passed == 0 && elements > 0 { Fate::Dropped } else { Fate::Exploded })
    }

    /// Whether there is an array to be exploded, or none is needed.
    fn check_array(&mut self, found: &Found, Explode { path, optional }: &Explode) -> Result<(), Reject> {
        let refuse = |reason: &'static str| Reject::at(path.to_string(), reason);
        match found.array {
            Array::Found => {
                self.tally.empty += u64::from(found.elements() == 0);
                Ok(())
            }
            Array::Missing | Array::Other(Kind::Null) if *optional => {
                self.tally.absent += 1;
                Ok(())
            }
            Array::Missing | Array::Other(Kind::Null) => Err(refuse("no array, and one is to be exploded")
                .hint(format!("--where to leave such records out, or --explode '{path}?'"))),
            Array::Other(_) => Err(refuse("a value that is no array, and one is to be exploded")),
        }
    }

    #[inline]
    fn write(
        &mut self,
        line: &[u8],
        row: Row<'_>,
        element: Option<&[u8]>,
        out: &mut Vec<u8>,
    ) -> Result<(), Reject> {
        let Self { mappings, counts, scratch, .. } = self;
        let mut writer = Writer { mappings, row: &row, counts, scratch };
        match &mut self.output {
            Output::Whole => out.extend_from_slice(line),
            Output::New(fields) => {
                out.push(b'{');
                writer.members(fields, false, out)?;
                out.push(b'}');
            }
            Output::Base(base) => base.write(row.document, element, &mut writer, out)?,
        }
        Ok(())
    }

    /// How often each `--drop` has met something.
    fn dropped(&self) -> impl Iterator<Item = (&(String, bool), u64)> {
        let counts = match &self.output {
            Output::Base(base) => &base.drops[..],
            _ => &[],
        };
        self.drops.iter().zip(counts.iter().copied())
    }

    /// A path of `--drop` that led to nothing in all records is most likely misspelt, and then the field
    /// that was meant has passed.
    fn check_drops(&self) -> Result<()> {
        let unmatched = self.dropped().filter(|((_, optional), count)| !optional && *count == 0);
        let names: Vec<&str> = unmatched.map(|((path, _), _)| path.as_str()).collect();
        if names.is_empty() || self.tally.records == 0 {
            return Ok(());
        }
        let plural = |many: bool| if many { "s" } else { "" };
        Err(Error::data(format!(
            "path{} '{}' of --drop matched none of {} record{}: nothing was dropped there",
            plural(names.len() > 1),
            names.join("', '"),
            grouped(self.tally.records),
            plural(self.tally.records > 1),
        ))
        .hint(format!("the spelling of the records, or --drop '{}?' where all may lack it", names[0])))
    }

    /// A path that `--where` has never found is most likely misspelt, and then what was dropped was
    /// dropped by mistake.
    fn warn_of_misspelt_conditions(&self) {
        let never = |asked: &&Asked| !asked.optional && asked.wish.seen.is_never_there();
        for asked in self.asked.iter().filter(never) {
            let place = &asked.wish.place;
            log::warn!("--where: no record has '{place}': is it misspelt? ('{place}?' where that may be)");
        }
    }

    /// So is a source that `?=` allows to be missing in some records, and that was missing in all.
    fn warn_of_misspelt_sources(&self) {
        for (target, place) in self.never_found() {
            log::warn!(
                "{target}?=: no record has '{place}': is it misspelt? ('{place} ?? null' where that may be)"
            );
        }
    }

    /// The sources without a default that were looked for and never found, by their paths, each once, and
    /// the first field that wants it.
    pub(super) fn never_found(&self) -> Vec<(&str, String)> {
        let mut never: Vec<(&str, String)> = Vec::new();
        for mapping in self.mappings.iter().filter(|mapping| mapping.optional) {
            let lost =
                mapping.rule.wishes().filter(|wish| wish.default.is_none() && wish.seen.is_never_there());
            for place in lost.map(|wish| wish.place.to_string()) {
                if never.iter().all(|(_, other)| *other != place) {
                    never.push((&mapping.target, place));
                }
            }
        }
        never
    }

    fn facts(&self, exploded: bool) -> Facts {
        let mut facts = self.tally.facts(&self.mappings, &self.counts, exploded);
        let dropped: Facts = self.dropped().map(|((path, _), count)| (path.clone(), count.into())).collect();
        if !dropped.is_empty() {
            facts.insert("dropped_fields".to_owned(), dropped.into());
        }
        facts
    }
}
