//! A schema from a sample: the encoder behind `infer-schema`.
//!
//! In: records. Out: DDL text at the end. Guarantees: the same records go through `to-parquet` with
//! that schema without a single reject, whatever is in them, or there is no schema and the paths
//! say why. Memory is bounded by the number of different names, which is bounded too.
//!
//! How it guesses: integers are INT, or BIGINT where one needs it, and past 64 bits DECIMAL; with a
//! fraction or an exponent DOUBLE, as long as no digit is lost, else DECIMAL, else STRING. Numbers and
//! strings in one field are a STRING. Strings that are all instants are TIMESTAMP, all dates DATE,
//! all times without a zone TIMESTAMP_NTZ. A field that was always null is a STRING, and says so in a
//! comment; so is one of numbers and strings, or of numbers that no type keeps. Two kinds that no column holds (an object here, a string there) are an error.

mod scalars;
mod shape;

use std::collections::HashSet;
use std::io::Write;

use self::shape::{Node, Problem};
use crate::json::{Cursor, Kind};
use crate::run::exit::{Error, Result};
use crate::schema::fault::Fault;
use crate::schema::{Schema, Type};
use crate::stream::seal::{Sealed, StageCounts};
use crate::stream::{ByteOut, Encoder, Facts, Record, Trouble};

/// How the schema is guessed and printed.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Leave dates and times as STRING.
    pub no_dates: bool,
    /// Say NOT NULL where every record had a value.
    pub not_null: bool,
    /// One line instead of one for each column.
    pub one_line: bool,
    /// Objects that are maps: `attributes`, `items[*].labels`.
    pub maps: HashSet<String>,
}

/// What the walk over a record carries along.
struct Context {
    options: Options,
    scratch: Vec<u8>,
    /// Names seen so far, in all structs together.
    names: usize,
    /// An object with too many different names.
    too_wide: Option<String>,
    /// The maps of the options that were met.
    met: HashSet<String>,
}

/// A schema in the making.
pub struct Inference {
    root: Node,
    context: Context,
    records: u64,
    out: Option<ByteOut>,
}

impl Inference {
    /// Before the first record.
    pub fn new(options: Options) -> Self {
        let context = Context { options, scratch: Vec::new(), names: 0, too_wide: None, met: HashSet::new() };
        Self { root: Node::default(), context, records: 0, out: None }
    }

    /// Learns from one record.
    pub fn learn(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        self.walk(record).map_err(|fault| Trouble::Reject(fault.into()))?;
        self.records += 1;
        match self.context.too_wide.take() {
            Some(path) => Err(Trouble::Fail(too_wide(&path))),
            None => Ok(()),
        }
    }

    fn walk(&mut self, record: &Record<'_>) -> Result<(), Fault> {
        // What is no JSON must leave nothing behind, so it is looked at twice.
        let mut whole = Cursor::new(record);
        let kind = whole.skip_value()?;
        whole.finish()?;
        if kind != Kind::Object {
            return Err(crate::json::Error::new(crate::json::Reason::NotAnObject, 0).into());
        }
        self.root.learn(&mut Cursor::new(record), "", &mut self.context)
    }

    /// The schema of what was learned.
    pub fn schema(&self) -> Result<Schema> {
        if self.records == 0 {
            return Err(Error::data("no records, so no schema").hint("infer-schema < users.ndjson"));
        }
        self.refuse_unmet_maps()?;
        let mut problems = Vec::new();
        let (kind, _) = self.root.kind("", &self.context.options, &mut problems);
        if let Some(first) = problems.first() {
            return Err(conflict(first, problems.len() - 1));
        }
        match kind {
            Type::Struct(fields) => {
                Schema::new(fields).map_err(|why| Error::data(format!("no schema: {why}")))
            }
            _ => Err(Error::data("all records are empty objects: there are no columns")),
        }
    }

    /// Refuses a map that is none, which is most likely misspelt.
    fn refuse_unmet_maps(&self) -> Result<()> {
        let maps = &self.context.options.maps;
        let unmet = maps.iter().filter(|path| !self.context.met.contains(*path)).min();
        unmet.map_or(Ok(()), |path| {
            Err(Error::data(format!("--map '{path}': no record has an object there"))
                .hint("a path as infer-schema without --map has it: items[*].labels"))
        })
    }

    /// What is printed.
    fn text(&self) -> Result<String> {
        let schema = self.schema()?;
        Ok(if self.context.options.one_line {
            format!("{schema}\n")
        } else {
            format!("{}\n", schema.pretty())
        })
    }
}

fn too_wide(path: &str) -> Error {
    let error = |what: &str| Error::data(format!("{what}: its names look like data, as in a map"));
    if path.is_empty() {
        return error("the record has thousands of different fields");
    }
    error(&format!("{path} has thousands of different fields")).hint(format!("infer-schema --map '{path}'"))
}

fn conflict(problem: &Problem, more: usize) -> Error {
    let rest = if more == 0 { String::new() } else { format!(" (and {more} more such fields)") };
    let place = if problem.path.is_empty() { "the record" } else { &problem.path };
    Error::data(format!("no schema: {place}: {}{rest}", problem.why))
}

impl Encoder for Inference {
    fn is_text(&self) -> bool {
        true
    }

    fn start(&mut self, out: ByteOut, _sealed: Option<&Sealed>) -> Result<()> {
        self.out = Some(out);
        Ok(())
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        self.learn(record)
    }

    fn finish(mut self, _: &[StageCounts]) -> Result<Facts> {
        let text = self.text()?;
        let schema = self.schema()?;
        if let Some(mut out) = self.out.take() {
            let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            written.map_err(|cause| Error::io("cannot write the schema", &cause))?;
        }
        let mut facts = Facts::new();
        facts.insert("columns".to_owned(), schema.fields().len().into());
        facts.insert("schema_hash".to_owned(), schema.hash().into());
        Ok(facts)
    }
}

#[cfg(test)]
mod tests;
