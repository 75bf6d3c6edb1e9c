//! One bulk on its way while the next is gathered.
//!
//! A bulk is repeatable, so one without an answer is sent again. A write that met a document of its `_id`
//! is tried once more by itself, because two writers at the same moment can meet on a document that neither
//! had seen; what meets again is newer, which is fine, or none of ours, which is a conflict.

use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use super::bulk::{Bulk, Manner, Target, Verdict};
use super::client::{Connection, holds_one};
use super::document::Document;
use crate::run::exit::{Error, Exit, Result};
use crate::run::fault;
use crate::run::random::{Random, unpredictable};
use crate::run::retry::Policy;

/// How often a bulk is sent: with the waits in between, a replica set has elected another primary.
const RETRIES: Policy =
    Policy { retries: 5, first: Duration::from_millis(200), ceiling: Duration::from_secs(3) };

/// How often documents are replaced that somebody else makes at the same time.
const ROUNDS: u32 = 5;

/// What became of documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Stored.
    pub stored: u64,
    /// Not stored, because newer ones are.
    pub outdated: u64,
}

/// Writes documents.
pub struct Writer {
    connection: Connection,
    target: Target,
    /// `DATABASE.COLLECTION`
    place: String,
    bulk: Bulk,
    pending: Option<Pending>,
    done: Outcome,
}

/// A bulk on its way.
struct Pending {
    documents: usize,
    answer: Receiver<Result<Outcome>>,
}

impl Writer {
    /// Writes to `target`, which messages call `place`.
    pub fn new(connection: Connection, target: Target, place: String) -> Self {
        Self { connection, target, place, bulk: Bulk::default(), pending: None, done: Outcome::default() }
    }

    /// Takes one more; sends what was gathered, where it is enough.
    pub fn write(&mut self, document: Document) -> Result<()> {
        if self.bulk.is_full(document.bytes.len()) {
            self.flush()?;
        }
        self.bulk.add(document);
        Ok(())
    }

    /// Sends what was gathered, once the one before is stored.
    pub fn flush(&mut self) -> Result<()> {
        if self.bulk.documents.is_empty() {
            return Ok(());
        }
        self.settle()?;
        let bulk = std::mem::take(&mut self.bulk);
        let documents = bulk.documents.len();
        let (done, answer) = sync_channel(1);
        let job = Job {
            connection: self.connection.clone(),
            target: self.target.clone(),
            place: self.place.clone(),
            random: Random::of(unpredictable()?, documents as u64),
        };
        self.connection.engine.spawn(async move {
            // Whoever waited may have given up.
            let _ = done.send(job.store(bulk).await);
        });
        self.pending = Some(Pending { documents, answer });
        Ok(())
    }

    /// Waits for what is on its way.
    fn settle(&mut self) -> Result<()> {
        let Some(pending) = &self.pending else { return Ok(()) };
        let ended = Error::temporary("the MongoDB client ended unexpectedly");
        let outcome = pending.answer.recv().map_err(|_| ended)??;
        self.pending = None;
        self.done.stored += outcome.stored;
        self.done.outdated += outcome.outdated;
        Ok(())
    }

    /// Sends the rest, and waits for all.
    pub fn finish(&mut self) -> Result<Outcome> {
        self.flush()?;
        self.settle()?;
        Ok(self.done)
    }

    /// What is known to be stored, and how many are on their way.
    pub fn counts(&self) -> (Outcome, usize) {
        (self.done, self.pending.as_ref().map_or(0, |pending| pending.documents))
    }
}

/// What it takes to store a bulk.
struct Job {
    connection: Connection,
    target: Target,
    place: String,
    random: Random,
}

impl Job {
    async fn store(&self, bulk: Bulk) -> Result<Outcome> {
        let all: Vec<&Document> = bulk.documents.iter().collect();
        let outdated = match self.target.manner {
            // What a second attempt meets is what the first has left.
            Manner::Append => self.write(&all).await.map(|_| 0)?,
            Manner::Replace => self.replace(&all).await.map(|()| 0)?,
            Manner::Guard { .. } => self.guard(&all).await?,
        };
        Ok(Outcome { stored: all.len() as u64 - outdated, outdated })
    }

    /// In their order, so that the first which met another ends the command.
    async fn replace(&self, documents: &[&Document]) -> Result<()> {
        let mut left = documents;
        for _ in 0..ROUNDS {
            match self.write(left).await?.first() {
                None => return Ok(()),
                Some(at) => left = &left[*at..],
            }
        }
        Err(Error::temporary(format!("somebody else writes the same documents to {}", self.place)))
    }

    /// Each on its own; how many met a newer document.
    async fn guard(&self, documents: &[&Document]) -> Result<u64> {
        let mut left = documents.to_vec();
        for _ in 0..2 {
            let met = self.write(&left).await?;
            left = met.iter().filter_map(|at| left.get(*at).copied()).collect();
            if left.is_empty() {
                return Ok(0);
            }
        }
        self.refuse_foreign(&left).await?;
        Ok(left.len() as u64)
    }

    /// Sends documents until there is an answer; returns the places of those that met another.
    async fn write(&self, documents: &[&Document]) -> Result<Vec<usize>> {
        let mut delays = RETRIES.delays(self.random.clone());
        loop {
            fault::point("mongo.bulk.before");
            let sent = self.connection.send(self.target.write(documents), &self.place).await;
            fault::point("mongo.bulk.after");
            let error = match sent.map(|answer| Verdict::of(&answer)) {
                Ok(Verdict { refused: Some((at, why)), .. }) => {
                    let line = documents.get(at).map_or(0, |document| document.line);
                    return Err(Error::data(format!("line {line} cannot be stored: {why}")));
                }
                Ok(Verdict { again: Some(why), .. }) => {
                    Error::temporary(format!("{} was not stored: {why}", self.place))
                }
                Ok(verdict) => return Ok(verdict.met),
                Err(failure) => failure.error,
            };
            // Choosing a server has waited long enough by itself.
            let waited = error.message().starts_with("cannot connect");
            let Some(delay) = delays.next().filter(|_| error.exit() == Exit::Temporary && !waited) else {
                return Err(error);
            };
            log::info!("{error}; once more in {delay:.1?}");
            tokio::time::sleep(delay).await;
        }
    }

    /// Of these, each met a document that is not older. Refuses those which no version can be compared with.
    async fn refuse_foreign(&self, documents: &[&Document]) -> Result<()> {
        let Some(find) = self.target.find_foreign(documents).filter(|_| !documents.is_empty()) else {
            return Ok(());
        };
        let answer = self.connection.send(find, &self.place).await.map_err(|failure| failure.error)?;
        if !holds_one(&answer) {
            return Ok(());
        }
        Err(Error::conflict(format!(
            "{} has a document of the same _id that is from another partition or topic, or from elsewhere",
            self.place
        ))
        .hint("kafka-produce --key with the field of --id; or mongo-put --adopt to replace such documents"))
    }
}
