//! The object of a batch: a stream into its place, once, whoever else tries.
//!
//! In: the batch, the key that it makes, the bytes. Out: a receipt that says which range is stored there
//! now. The guarantees, in the order in which things are done:
//!
//! 1. *Look*: an object of this batch that is there already makes the rest unnecessary. The input is
//!    still read to its end, so that the stages before end well and the closing seal is checked.
//! 2. *Prove*, while the input is read, that the store honours the condition ([`Probe`]).
//! 3. *Check* that the sealed range is that of the environment, before anything is visible.
//! 4. *Rejects first*: an object is never visible without the account of what it lacks.
//! 5. *Publish* under the condition; whatever is there then is judged by its range alone ([`super::found`]).

use super::error::{Doing, READ};
use super::found::{Found, REJECTS, metadata_of};
use super::location::Location;
use super::parts::Schedule;
use super::probe::{CONDITION_KEY, Probe};
use super::publish::{Claim, How, Published, Target};
use super::rejects;
use super::store::{Seen, Store};
use super::upload::{AbortHandle, Upload, Warn};
use crate::batch::Batch;
use crate::batch::receipt::{Outcome, Receipt};
use crate::run::exit::{Error, Result};
use crate::stream::seal::{Range, Sealed};
use crate::stream::{ByteSink, Facts};

/// What a Parquet file begins with.
const PARQUET: &[u8] = b"PAR1";
/// How a name ends that says so.
const PARQUET_SUFFIX: &str = ".parquet";
const CSV_SUFFIX: &str = ".csv";

/// The place of a batch, looked at.
pub struct Place {
    store: Store,
    batch: Batch,
    target: Target,
    /// Whether the name was made from a prefix, and its end from a suffix.
    named_by_us: bool,
    /// Whether these credentials may not look: what is not found may be there.
    hidden: bool,
    there: Option<Published>,
}

impl Place {
    /// Looks whether the batch has its object. `target` is where it belongs; something else in that
    /// place is a conflict, told before any input is read.
    pub fn look(store: &Store, batch: Batch, target: Target, named_by_us: bool) -> Result<Self> {
        let seen = seen(store, &batch, &target.location, named_by_us)?;
        let found = match seen {
            Seen::Free => None,
            // Whoever may not list gets the same answer for "not there" and "not allowed".
            Seen::Hidden => store.find(&target.location).unwrap_or_default(),
            Seen::Taken => store.find(&target.location)?,
        };
        let there = found.map(|found| found.judge(&batch.range, &target.location)).transpose()?;
        let target = Target {
            claim: Claim::Batch(batch.range.clone()),
            metadata: metadata_of(&batch.range).chain(target.metadata).collect(),
            ..target
        };
        let hidden = seen == Seen::Hidden;
        Ok(Self { store: store.clone(), batch, target, named_by_us, hidden, there })
    }

    /// What is there, in words.
    pub fn described(&self) -> String {
        match self.there.as_ref().map(|there| there.how) {
            None if self.hidden => {
                "these credentials may not look; whether the object of this batch is there shows only then"
                    .to_owned()
            }
            None => "the object of this batch is not there".to_owned(),
            Some(How::Adopted { end }) => {
                format!("the object of this batch is there, up to offset {end}; it would be adopted")
            }
            Some(_) => "the object of this batch is there".to_owned(),
        }
    }

    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.target.location
    }

    /// Begins to land the batch there.
    pub fn land(self, schedule: Schedule, warn: Warn) -> Result<Landing> {
        let way = match self.there {
            Some(there) => Way::Drain(there),
            None => {
                let condition = self.target.location.at_root(&self.batch, CONDITION_KEY);
                let probe = Probe::start(&self.store, condition.map_err(Error::usage)?);
                let form = Form::of(self.named_by_us.then(|| self.target.location.key()));
                let upload = Upload::start(&self.store, self.target.clone(), schedule, warn.clone());
                Way::Store(Box::new(Storing { upload, probe, form }))
            }
        };
        let (location, bytes) = (self.target.location, 0);
        Ok(Landing { store: self.store, batch: self.batch, location, way, warn, rejects: Vec::new(), bytes })
    }
}

/// Looks at the place. Under a name of ours, the batch must not be there with another suffix: the
/// command was changed in between, and the records would be there twice.
fn seen(store: &Store, batch: &Batch, location: &Location, named_by_us: bool) -> Result<Seen> {
    let start = location.key().find(&batch.name()).map(|at| &location.key()[..at + batch.name().len()]);
    let (Some(start), true) = (start, named_by_us) else { return store.look_at(location) };
    let Some(keys) = store.keys_from(location, start)? else { return Ok(Seen::Hidden) };
    match keys.iter().find(|key| *key != location.key()) {
        Some(other) => Err(Error::conflict(format!(
            "the batch is there already as s3://{}/{other}, and would be there twice",
            location.bucket()
        ))
        .hint(format!("s3-put --suffix {}", &other[start.len()..]))),
        None if keys.is_empty() => Ok(Seen::Free),
        None => Ok(Seen::Taken),
    }
}

/// A batch on its way into its place.
pub struct Landing {
    store: Store,
    batch: Batch,
    location: Location,
    way: Way,
    warn: Warn,
    /// JSON lines.
    rejects: Vec<u8>,
    bytes: u64,
}

enum Way {
    /// It is there; the input only has to end well.
    Drain(Published),
    /// It has to be stored.
    Store(Box<Storing>),
}

struct Storing {
    upload: Upload,
    probe: Probe,
    form: Form,
}

impl Landing {
    /// A way to abort from another thread, if there is something to abort.
    pub fn abort_handle(&self) -> Option<AbortHandle> {
        match &self.way {
            Way::Drain(_) => None,
            Way::Store(storing) => Some(storing.upload.abort_handle().with_proof(storing.probe.busy())),
        }
    }

    /// The account of the rejects: stored if there are some, and where.
    fn store_rejects(&self) -> Result<Option<Location>> {
        if self.rejects.is_empty() {
            return Ok(None);
        }
        let name = self.batch.rejects_name(&rejects::digest(&self.rejects));
        let location = self.location.beside(&name).map_err(Error::usage)?;
        let mut metadata: Vec<_> = metadata_of(&self.batch.range).collect();
        metadata.push((REJECTS.to_owned(), count(&self.rejects).to_string()));
        rejects::store(&self.store, location, metadata, &self.rejects, self.warn.clone()).map(Some)
    }

    fn receipt(&self, sealed: &Sealed, published: Published, rejects: Option<&Location>) -> Facts {
        let (result, end) = match published.how {
            How::Stored => (Outcome::Stored, self.batch.range.end_offset),
            How::Exists => (Outcome::Exists, self.batch.range.end_offset),
            How::Adopted { end } => (Outcome::Adopted, end),
        };
        let range = Range { end_offset: end, ..self.batch.range.clone() };
        let mut facts = Receipt::facts(self.location.to_string(), result, Some(sealed), range);
        facts.insert("bytes".into(), published.bytes.into());
        facts.insert("etag".into(), published.etag.into());
        if let Some(version) = published.version_id {
            facts.insert("version_id".into(), version.into());
        }
        if let Some(location) = rejects {
            facts.insert("rejects".into(), location.to_string().into());
            facts.insert("rejects_count".into(), count(&self.rejects).into());
        }
        facts
    }
}

impl ByteSink for Landing {
    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes += bytes.len() as u64;
        match &mut self.way {
            Way::Drain(_) => Ok(()),
            Way::Store(storing) => storing.bytes(bytes),
        }
    }

    fn rejects(&mut self, lines: &[u8]) -> Result<()> {
        // Of an object that is there, the account is there, too.
        if matches!(self.way, Way::Store(_)) {
            self.rejects.extend_from_slice(lines);
        }
        Ok(())
    }

    fn publish(mut self, sealed: Option<&Sealed>) -> Result<Facts> {
        Batch::check(Some(&self.batch), sealed)?;
        let sealed = sealed.ok_or_else(|| Error::data("the input is not sealed"))?;
        if let Way::Store(storing) = &mut self.way {
            storing.form.finish()?;
            storing.probe.wait()?;
        }
        let rejects = self.store_rejects()?;
        let published = match &mut self.way {
            Way::Drain(there) => there.clone(),
            Way::Store(storing) => storing.upload.put()?,
        };
        Ok(self.receipt(sealed, published, rejects.as_ref()))
    }
}

impl Storing {
    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.form.take(bytes)?;
        self.probe.check()?;
        self.upload.append(bytes)?;
        if self.upload.is_in_parts() {
            self.probe.expect_parts();
        }
        Ok(())
    }
}

/// Holds the first bytes against what the name says: a file of lines under a name that says Parquet
/// would break every reader of the data set. A name that the user has spelled out is the user's.
struct Form {
    /// None if nobody asks.
    named: Option<Named>,
    begin: Vec<u8>,
}

/// What the end of a name says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Parquet,
    Csv,
    Other,
}

impl Form {
    fn of(key: Option<&str>) -> Self {
        let named = |key: &str| match key {
            _ if key.ends_with(PARQUET_SUFFIX) => Named::Parquet,
            _ if key.ends_with(CSV_SUFFIX) => Named::Csv,
            _ => Named::Other,
        };
        Self { named: key.map(named), begin: Vec::new() }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<()> {
        if self.begin.len() == PARQUET.len() {
            return Ok(());
        }
        let missing = PARQUET.len() - self.begin.len();
        self.begin.extend_from_slice(&bytes[..missing.min(bytes.len())]);
        if self.begin.len() == PARQUET.len() { self.finish() } else { Ok(()) }
    }

    fn finish(&self) -> Result<()> {
        let records = self.begin.first().is_none_or(|byte| *byte == b'{');
        match (self.named, self.begin == PARQUET) {
            (Some(Named::Parquet), false) if records => {
                Err(Error::usage("the stream is no Parquet file, as the name would say")
                    .hint("to-parquet --schema FILE | s3-put ..., or s3-put --suffix .ndjson"))
            }
            (Some(Named::Parquet), false) => {
                Err(Error::usage("the stream is no Parquet file, as the name would say")
                    .hint("s3-put --suffix .csv, if it is CSV"))
            }
            (Some(Named::Csv | Named::Other), true) => {
                Err(Error::usage("the stream is a Parquet file, and the name would not say so")
                    .hint("s3-put without --suffix"))
            }
            // A row never begins with a brace: to-csv puts such a cell in quotes.
            (Some(Named::Csv), false) if self.begin.starts_with(b"{") => {
                Err(Error::usage("the stream is records and no CSV, as the name would say")
                    .hint("to-csv --schema FILE | s3-put ..., or s3-put --suffix .ndjson"))
            }
            _ => Ok(()),
        }
    }
}

/// How many lines there are.
fn count(lines: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', lines).count()
}

impl Store {
    /// The object at a place, if there is one.
    fn find(&self, location: &Location) -> Result<Option<Found>> {
        let (store, location) = (self.clone(), location.clone());
        self.wait(async move {
            let found = Found::at(store.client(), &location).await;
            let doing = Doing { action: READ, location: &location, store: store.name() };
            found.map_err(|failure| failure.explain(&doing))
        })?
    }
}
