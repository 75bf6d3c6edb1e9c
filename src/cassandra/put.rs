//! Records as rows of a table: the sink behind `cassandra-put`.
//!
//! In: records. Out: a row for each, acknowledged by as many replicas as the consistency asks for before
//! the sink reports success. Rows are stored as they come, so a run that fails leaves those that came before.
//! In a batch that does no harm: the same rows are written again, with the same write times, and a late
//! write of the attempt before loses against anything newer. That is why a batch is taken although nothing
//! here is atomic.

use std::sync::Arc;

use serde_json::{Value, json};

use super::clock::{Clock, Timestamps};
use super::create::Create;
use super::options::Settings;
use super::rejects::Rejects;
use super::row::{Nulls, Rows, Unknown};
use super::session::Cluster;
use super::table::Table;
use super::writer::Writer;
use crate::batch::Batch;
use crate::batch::account::Account;
use crate::batch::receipt::{Outcome, Receipt};
use crate::run::exit::{Error, Result};
use crate::run::fault;
use crate::run::units::grouped;
use crate::stream::counts;
use crate::stream::seal::Refusal;
use crate::stream::{Facts, Record, Sealed, Sink, Trouble};

/// What to write, and where.
#[derive(Debug)]
pub struct Plan {
    /// The keyspace.
    pub keyspace: String,
    /// The table.
    pub table: String,
    /// What the table is to be like, where the user has said it.
    pub create: Option<Create>,
    /// Whether tables that are missing are to be made.
    pub make: bool,
    /// Where write times come from, if not from where they usually do.
    pub timestamps: Option<Timestamps>,
    /// What a null does.
    pub nulls: Nulls,
    /// What happens to a field without a column.
    pub unknown: Unknown,
    /// How many rows may be on their way.
    pub concurrency: usize,
    /// The table for the account of a batch's rejects.
    pub rejects_table: String,
    /// Check everything, write nothing.
    pub dry_run: bool,
    /// The batch that the input is.
    pub batch: Option<Batch>,
}

/// The sink.
pub struct Put {
    cluster: Cluster,
    plan: Plan,
    rows: Rows,
    clock: Clock,
    writer: Option<Writer>,
    account: Option<Account>,
    rejects: Option<Rejects>,
    checked: u64,
}

impl Put {
    /// Connects, and checks the plan against the table.
    pub fn open(settings: Settings, plan: Plan) -> Result<Self> {
        let besides = match &plan.timestamps {
            Some(Timestamps::Field(path)) => Some(path.to_string()),
            _ => None,
        };
        let clock = Clock::new(plan.timestamps.clone(), plan.batch.as_ref())?;
        let cluster = Cluster::connect(settings, &plan.keyspace)?;
        let make = plan.make && !plan.dry_run;
        let table = cluster.open_table(&plan.keyspace, &plan.table, plan.create.as_ref(), make)?;
        let writer = match plan.dry_run {
            true => None,
            false => Some(Writer::new(cluster.clone(), cluster.prepare(table.insert())?, plan.concurrency)?),
        };
        warn_of(&table, &clock);
        let rows = Rows::new(Arc::new(table), plan.nulls, plan.unknown, besides);
        let account = plan.batch.clone().map(Account::new);
        Ok(Self { cluster, plan, rows, clock, writer, account, rejects: None, checked: 0 })
    }

    /// The place for rejects, which is looked for when it is needed.
    fn rejects(&mut self) -> Result<&Rejects> {
        if self.rejects.is_none() {
            let Plan { keyspace, table, rejects_table, make, .. } = &self.plan;
            let destination = format!("{keyspace}.{table}");
            self.rejects = Some(Rejects::open(&self.cluster, keyspace, rejects_table, destination, *make)?);
        }
        self.rejects.as_ref().ok_or_else(|| Error::data("no place for rejects"))
    }

    fn location(&self) -> String {
        format!("cassandra://{}/{}/{}", self.cluster.name(), self.plan.keyspace, self.plan.table)
    }

    /// What a batch has become: the receipt.
    fn receipt(&mut self, sealed: Option<&Sealed>, stored: u64) -> Result<Facts> {
        let mut facts = match &self.plan.batch {
            Some(batch) => Receipt::facts(self.location(), Outcome::Stored, sealed, batch.range.clone()),
            None => Facts::new(),
        };
        let mut add = |name: &str, value: Value| facts.insert(name.to_owned(), value);
        if self.plan.batch.is_none() {
            add("table", json!(format!("{}.{}", self.plan.keyspace, self.plan.table)));
        }
        add("rows", json!(stored));
        if self.rows.left_out > 0 {
            add("fields_left_out", json!(self.rows.left_out));
        }
        if let Some(account) = self.account.take().filter(|account| account.count() > 0) {
            let place = self.rejects()?.store(&account)?.to_owned();
            facts.insert("rejects".to_owned(), json!(place));
            facts.insert("rejects_count".to_owned(), json!(account.count()));
        }
        Ok(facts)
    }
}

/// Tells what a user may not expect of this combination.
fn warn_of(table: &Table, clock: &Clock) {
    if matches!(clock, Clock::Offset(_)) {
        log::info!(
            "{table}: write times follow from offsets; what is written or deleted there by the clock stays"
        );
    }
}

impl Sink for Put {
    fn begin(&mut self, sealed: Option<&Sealed>) -> Result<()> {
        if self.plan.dry_run {
            return Ok(());
        }
        Batch::check(self.plan.batch.as_ref(), sealed)?;
        if self.account.is_some() && sealed.is_some_and(|sealed| sealed.max_rejects != "0") {
            self.rejects()?;
        }
        Ok(())
    }

    fn reject(&mut self, refusal: &Refusal) -> Result<()> {
        self.account.as_mut().map_or(Ok(()), |account| account.add(refusal))
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let written_at = self.clock.time_of(record)?;
        let row = self.rows.row(record, written_at)?;
        match &self.writer {
            Some(writer) => writer.send(row)?,
            None => self.checked += 1,
        }
        Ok(())
    }

    fn publish(mut self, sealed: Option<&Sealed>) -> Result<Facts> {
        let Some(writer) = &self.writer else { return Ok(self.facts()) };
        fault::point("publish.before");
        let stored = writer.finish()?;
        log::info!("{} rows stored", grouped(stored));
        let facts = self.receipt(sealed, stored)?;
        fault::point("publish.after");
        Ok(facts)
    }

    fn facts(&self) -> Facts {
        let Some(writer) = &self.writer else { return counts::would_store(self.checked) };
        let (stored, flying) = writer.counts();
        counts::cut_short(stored, flying)
    }

    fn atomic(&self) -> bool {
        false
    }

    fn repeatable(&self) -> bool {
        self.plan.batch.is_some()
    }
}
