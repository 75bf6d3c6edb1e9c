//! Records as documents of a collection: the sink behind `mongo-put`.
//!
//! In: records. Out: a document for each, acknowledged as the write concern asks for before the sink reports
//! success. Documents are stored as they come, so a run that fails leaves those that came before. In a batch
//! that does no harm: the same documents are written again, and none replaces a newer one. That is why a
//! batch is taken although nothing here is atomic.

use serde_json::json;

use super::bson::{self, Type};
use super::bulk::{Manner, Target, WriteConcern};
use super::client::{Connection, command};
use super::document::{Documents, IdFrom};
use super::options::Settings;
use super::schema::Schema;
use super::shape::{Struct, Unknown};
use super::writer::Writer;
use crate::batch::Batch;
use crate::batch::account::Account;
use crate::batch::receipt::{Outcome, Receipt};
use crate::json::Path;
use crate::run::exit::{Error, Result};
use crate::run::fault;
use crate::run::units::grouped;
use crate::stream::counts;
use crate::stream::seal::Refusal;
use crate::stream::{Facts, Record, Sealed, Sink, Trouble};

/// How many rejects go in one command.
const REJECTS: usize = 1_000;

/// What to write, and where.
#[derive(Debug)]
pub struct Plan {
    /// The database.
    pub database: String,
    /// The collection.
    pub collection: String,
    /// Whether collections that are missing are to be made.
    pub make: bool,
    /// The field that becomes the `_id`.
    pub id: Option<Path>,
    /// What fields are to be.
    pub schema: Option<Schema>,
    /// What happens to those that it does not know.
    pub unknown: Unknown,
    /// Whether documents from elsewhere are replaced.
    pub adopt: bool,
    /// How many members must have a write.
    pub concern: WriteConcern,
    /// The collection for the account of a batch's rejects.
    pub rejects: String,
    /// Check everything, write nothing.
    pub dry_run: bool,
    /// The batch that the input is.
    pub batch: Option<Batch>,
}

/// The sink.
pub struct Put {
    connection: Connection,
    plan: Plan,
    documents: Documents,
    writer: Option<Writer>,
    account: Option<Account>,
    checked: u64,
}

impl Plan {
    /// `DATABASE.COLLECTION`
    fn place(&self) -> String {
        format!("{}.{}", self.database, self.collection)
    }

    fn id_from(&self) -> IdFrom {
        match (&self.id, &self.batch) {
            (Some(path), _) => IdFrom::Path(path.clone()),
            (None, Some(_)) => IdFrom::Batch,
            (None, None) => IdFrom::Chance,
        }
    }

    fn manner(&self) -> Manner {
        match (&self.batch, &self.id) {
            (Some(batch), _) => Manner::Guard {
                topic_id: batch.range.topic_id.clone(),
                partition: batch.range.partition,
                adopt: self.adopt,
            },
            (None, Some(_)) => Manner::Replace,
            (None, None) => Manner::Append,
        }
    }
}

impl Put {
    /// Connects, and checks the plan against the collection.
    pub fn open(settings: Settings, plan: Plan) -> Result<Self> {
        let shape = match &plan.schema {
            Some(schema) => Struct::of(schema, plan.unknown)?,
            None => Struct::open(),
        };
        let documents = Documents::new(plan.id_from(), shape, plan.batch.as_ref())?;
        let connection = Connection::open(settings, &plan.database)?;
        connection.open_collection(&plan.collection, plan.make && !plan.dry_run)?;
        let target = Target {
            collection: plan.collection.clone(),
            manner: plan.manner(),
            concern: plan.concern.clone(),
        };
        let writer = (!plan.dry_run).then(|| Writer::new(connection.clone(), target, plan.place()));
        let account = plan.batch.clone().map(Account::new);
        Ok(Self { connection, plan, documents, writer, account, checked: 0 })
    }

    fn location(&self) -> String {
        let Plan { database, collection, .. } = &self.plan;
        format!("mongodb://{}/{database}/{collection}", self.connection.hosts())
    }

    /// Stores the account of rejects; again, it is the same documents.
    fn store_rejects(&self, account: &Account) -> Result<()> {
        fault::point("mongo.rejects.before");
        let entries: Vec<(String, &Refusal)> = account.entries().collect();
        let place = format!("{}.{}", self.plan.database, self.plan.rejects);
        for some in entries.chunks(REJECTS) {
            let command = self.rejects_command(account.batch(), some);
            let answer = self.connection.run(command, &place).map_err(|failure| failure.error)?;
            if answer.contains_key("writeErrors") || answer.contains_key("writeConcernError") {
                return Err(Error::temporary(format!("the account of rejects was not stored in {place}")));
            }
        }
        fault::point("mongo.rejects.after");
        Ok(())
    }

    fn rejects_command(&self, batch: &Batch, entries: &[(String, &Refusal)]) -> Vec<u8> {
        command(|out| {
            bson::put_text(out, "update", &self.plan.rejects);
            bson::put_inside(out, Type::Document, "writeConcern", |out| bson::put_text(out, "w", "majority"));
            bson::put_inside(out, Type::Array, "updates", |out| {
                for (at, (key, refusal)) in entries.iter().enumerate() {
                    bson::put_inside(out, Type::Document, &at.to_string(), |out| {
                        let id = format!("{}-{}-{key}", self.plan.collection, batch.name());
                        bson::put_inside(out, Type::Document, "q", |out| bson::put_text(out, "_id", &id));
                        bson::put_inside(out, Type::Document, "u", |out| {
                            bson::put_text(out, "_id", &id);
                            bson::put_text(out, "collection", &self.plan.collection);
                            bson::put_text(out, "batch", &batch.name());
                            put_refusal(out, refusal);
                        });
                        bson::put_flag(out, "upsert", true);
                    });
                }
            });
        })
    }

    /// What a batch has become: the receipt.
    fn receipt(&mut self, sealed: Option<&Sealed>) -> Result<Facts> {
        let mut facts = match &self.plan.batch {
            Some(batch) => Receipt::facts(self.location(), Outcome::Stored, sealed, batch.range.clone()),
            None => Facts::from_iter([("collection".to_owned(), json!(self.plan.place()))]),
        };
        if let Some(account) = self.account.take().filter(|account| account.count() > 0) {
            self.store_rejects(&account)?;
            facts
                .insert("rejects".to_owned(), json!(format!("{}.{}", self.plan.database, self.plan.rejects)));
            facts.insert("rejects_count".to_owned(), json!(account.count()));
        }
        Ok(facts)
    }
}

fn put_refusal(out: &mut Vec<u8>, refusal: &Refusal) {
    let Refusal { stage, reason, path, file, line, topic, partition, offset, .. } = refusal;
    bson::put_text(out, "stage", stage);
    bson::put_text(out, "reason", reason);
    for (name, value) in [("path", path), ("file", file), ("topic", topic)] {
        value.iter().for_each(|value| bson::put_text(out, name, value));
    }
    partition.iter().for_each(|partition| bson::put_int(out, "partition", *partition));
    let line = line.and_then(|line| i64::try_from(line).ok());
    for (name, value) in [("line", line), ("offset", *offset)] {
        value.iter().for_each(|value| bson::put_long(out, name, *value));
    }
}

impl Sink for Put {
    fn begin(&mut self, sealed: Option<&Sealed>) -> Result<()> {
        if self.plan.dry_run {
            return Ok(());
        }
        Batch::check(self.plan.batch.as_ref(), sealed)?;
        if self.account.is_some() && sealed.is_some_and(|sealed| sealed.max_rejects != "0") {
            let made = self.connection.open_collection(&self.plan.rejects, self.plan.make);
            made.map_err(|error| error.and("rejects are allowed, and the account of them goes there"))?;
        }
        Ok(())
    }

    fn reject(&mut self, refusal: &Refusal) -> Result<()> {
        self.account.as_mut().map_or(Ok(()), |account| account.add(refusal))
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let document = self.documents.document(record)?;
        match &mut self.writer {
            Some(writer) => writer.write(document)?,
            None => self.checked += 1,
        }
        Ok(())
    }

    fn idle(&mut self) -> Result<()> {
        self.writer.as_mut().map_or(Ok(()), Writer::flush)
    }

    fn publish(mut self, sealed: Option<&Sealed>) -> Result<Facts> {
        let Some(writer) = &mut self.writer else { return Ok(self.facts()) };
        fault::point("publish.before");
        let outcome = writer.finish()?;
        log::info!(
            "{} documents stored, {} newer ones kept",
            grouped(outcome.stored),
            grouped(outcome.outdated)
        );
        let mut facts = self.receipt(sealed)?;
        facts.insert("documents".to_owned(), json!(outcome.stored));
        if outcome.outdated > 0 {
            facts.insert("newer_kept".to_owned(), json!(outcome.outdated));
        }
        fault::point("publish.after");
        Ok(facts)
    }

    fn facts(&self) -> Facts {
        let Some(writer) = &self.writer else { return counts::would_store(self.checked) };
        let (outcome, flying) = writer.counts();
        counts::cut_short(outcome.stored, flying)
    }

    fn atomic(&self) -> bool {
        false
    }

    fn repeatable(&self) -> bool {
        self.plan.batch.is_some()
    }
}
