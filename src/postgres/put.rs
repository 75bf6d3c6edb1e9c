//! The sink: records into a table, in one transaction.
//!
//! In the order in which things are done:
//!
//! 1. *Look*: the table against the schema, the rights, and in a batch the place of its partition. A
//!    batch that is stored already only has its input read to the end.
//! 2. *Copy* each record that fits into a temporary table, in a transaction that nobody sees.
//! 3. *Take* the range ([`Offsets::take`]): whoever else has it is waited for. Then the rows, then the
//!    account of the rejects, then COMMIT.
//! 4. *Clear up* an answer that was lost: in a batch the place of the partition tells; outside of one, what
//!    the server says of the transaction.

use std::sync::Arc;

use super::create;
use super::fit::{Fit, Wish};
use super::guard::Guard;
use super::load::Load;
use super::offsets::{self, Offsets, Standing};
use super::options::Settings;
use super::rejects::{self, Kept};
use super::rights;
use super::session::{Cancel, Session};
use super::statements::Statements;
use super::table::{Name, Table};
use crate::batch::receipt::Outcome;
use crate::batch::{Batch, Group};
use crate::parquet::builders::Builder;
use crate::run::fault::point;
use crate::run::{Error, Result};
use crate::schema::Schema;
use crate::schema::Unknown;
use crate::stream::counts;
use crate::stream::seal::{Refusal, Sealed};
use crate::stream::{Facts, Record, Sink, Trouble};

/// What is to be done, validated.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The target.
    pub table: Name,
    /// What records are held to; none for what the table says.
    pub schema: Option<Schema>,
    /// What happens to fields that the schema does not know.
    pub unknown: Unknown,
    /// The key of an upsert; empty for an append.
    pub key: Vec<String>,
    /// Whether tables that are not there are made.
    pub create: bool,
    /// Where places are kept; none for the table of the usual name beside the target.
    pub offsets_table: Option<Name>,
    /// Where rejects are kept; none for the table of the usual name beside the target.
    pub rejects_table: Option<Name>,
    /// Whether this command allows rejects by itself.
    pub may_reject: bool,
    /// Check everything, store nothing.
    pub dry_run: bool,
    /// The batch that is stored, and its group.
    pub batch: Option<(Batch, Group)>,
}

/// The sink.
pub struct Put {
    pub(super) session: Session,
    pub(super) plan: Plan,
    pub(super) target: Name,
    guard: Guard,
    pub(super) builder: Builder,
    pub(super) load: Load,
    pub(super) place: Option<(Offsets, Standing)>,
    pub(super) rejects: Rejects,
    checked: u64,
}

/// The account of rejects, and where it goes.
pub(super) struct Rejects {
    pub(super) table: Name,
    pub(super) kept: Kept,
    /// Whether it is kept at all: where a sealed stream may have some.
    wanted: bool,
}

impl Put {
    /// Connects, and holds the plan against what is there.
    pub fn open(settings: &Arc<Settings>, plan: Plan) -> Result<Self> {
        let session = Session::open(settings)?;
        let table = target(&session, &plan)?;
        let wish = Wish { schema: plan.schema.as_ref(), unknown: &plan.unknown, key: &plan.key };
        let fit = Fit::new(&table, wish)?;
        rights::check_target(&session, &table, &fit, &plan.key)?;
        let schema = table.name.schema().unwrap_or_default();
        let own = |named: &Option<Name>, usual: &str| match named {
            Some(name) => name.or_within(schema),
            None => Name::within(schema, usual),
        };
        let place = place(&session, &plan, &table.name, own(&plan.offsets_table, offsets::TABLE))?;
        let rejects =
            Rejects { table: own(&plan.rejects_table, rejects::TABLE), kept: Kept::default(), wanted: false };
        let statements = Statements::new(&table.name, &fit, &plan.key);
        let wires = fit.columns.iter().map(|(_, wire)| *wire).collect();
        Ok(Self {
            guard: Guard::new(&fit)?,
            builder: Builder::new(&fit.schema, plan.unknown.clone())?,
            load: Load::new(statements, wires, table.name.to_string()),
            target: table.name,
            session,
            plan,
            place,
            rejects,
            checked: 0,
        })
    }

    /// A way to end what the server does for this sink, from another thread.
    pub fn cancel(&self) -> Cancel {
        self.session.cancel()
    }

    /// What a dry run has found, in words.
    pub fn described(&self) -> String {
        let batch = match &self.place {
            None => "",
            Some((_, Standing::First)) => ", and this batch would be its first",
            Some((_, Standing::Next)) => ", and this batch is next",
            Some((_, Standing::Stored(_))) => ", and this batch is in it",
        };
        format!("{}: the table takes such rows{batch}", self.location())
    }

    /// Where the rows go, as receipts say it.
    pub(super) fn location(&self) -> String {
        format!("postgresql://{}/{}", self.session.settings().place(), self.target)
    }

    /// Whether the batch is stored already, and the input only has to end well.
    fn stored(&self) -> Option<i64> {
        match self.place {
            Some((_, Standing::Stored(end))) => Some(end),
            _ => None,
        }
    }

    fn send(&mut self) -> Result<()> {
        let batch = self.builder.take()?;
        if self.plan.dry_run {
            return Ok(());
        }
        self.load.add(&self.session, &batch)
    }

    /// The table of rejects must be there before there are some.
    fn prepare_rejects(&mut self) -> Result<()> {
        let table = &self.rejects.table;
        let privileges = ["INSERT"];
        if rights::check_own(&self.session, table, &privileges)?.is_some() || self.plan.dry_run {
            return Ok(());
        }
        if self.plan.create {
            return create::make(&self.session, table, &rejects::made(table), false);
        }
        Err(Error::usage(format!("rejects are allowed, but there is no table {table} for them"))
            .hint("--create, or --rejects-table NAME, or no --max-rejects"))
    }
}

/// The target, made if that is wanted.
fn target(session: &Session, plan: &Plan) -> Result<Table> {
    if let Some(table) = Table::find(session, &plan.table)? {
        return Ok(table);
    }
    let missing =
        || Error::usage(format!("there is no table {} in {}", plan.table, session.settings().place()));
    let Some(schema) = plan.schema.as_ref().filter(|_| plan.create) else {
        return Err(missing().hint(match plan.schema {
            Some(_) => "--create; names are taken as they are spelled, case included",
            None => "--create --schema FILE; names are taken as they are spelled, case included",
        }));
    };
    create::make(
        session,
        &plan.table,
        &create::target(&plan.table, schema, &plan.unknown, &plan.key),
        plan.dry_run,
    )?;
    Table::find(session, &plan.table)?.ok_or_else(missing)
}

/// Where the partition of the batch stands.
fn place(session: &Session, plan: &Plan, target: &Name, table: Name) -> Result<Option<(Offsets, Standing)>> {
    let Some((batch, group)) = &plan.batch else { return Ok(None) };
    if rights::check_own(session, &table, &["SELECT", "INSERT", "UPDATE"])?.is_none() {
        if !plan.create || plan.dry_run {
            return Err(Error::usage(format!("there is no table {table} for the offsets of batches"))
                .hint("--create, once; or the statement in docs/postgres.md"));
        }
        create::make(session, &table, &Offsets::made(&table), false)?;
    }
    let offsets = Offsets {
        table,
        target: target.to_string(),
        batch: batch.clone(),
        group: group.name.clone(),
        group_start: group.start,
    };
    let standing = offsets.look(session)?;
    Ok(Some((offsets, standing)))
}

impl Sink for Put {
    fn begin(&mut self, sealed: Option<&Sealed>) -> Result<()> {
        Batch::check(self.plan.batch.as_ref().map(|(batch, _)| batch), sealed)?;
        self.rejects.wanted = sealed.is_some_and(|sealed| self.plan.may_reject || sealed.max_rejects != "0")
            && self.stored().is_none();
        if self.rejects.wanted { self.prepare_rejects() } else { Ok(()) }
    }

    fn reject(&mut self, refusal: &Refusal) -> Result<()> {
        if self.rejects.wanted { self.rejects.kept.keep(refusal) } else { Ok(()) }
    }

    #[inline]
    fn record(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        if self.stored().is_some() {
            return Ok(());
        }
        self.guard.check(record)?;
        self.builder.record(record)?;
        self.checked += 1;
        if self.builder.is_full() {
            self.send()?;
        }
        Ok(())
    }

    fn idle(&mut self) -> Result<()> {
        if self.builder.rows() > 0 { self.send() } else { Ok(()) }
    }

    fn publish(mut self, sealed: Option<&Sealed>) -> Result<Facts> {
        if self.plan.dry_run {
            let mut facts = self.receipt(None, Outcome::Stored, None, None);
            facts.retain(|name, _| matches!(name.as_str(), "location" | "table"));
            facts.extend(counts::would_store(self.checked));
            return Ok(facts);
        }
        if let Some(end) = self.stored() {
            return Ok(self.receipt(sealed, Outcome::Exists, Some(end), None));
        }
        if self.builder.rows() > 0 {
            self.send()?;
        }
        if self.load.sent() == 0 && self.rejects.kept.count() == 0 && self.place.is_none() {
            return Ok(self.receipt(sealed, Outcome::Stored, None, Some(0)));
        }
        self.load.finish(&self.session)?;
        point("postgres.staged.after");
        match self.fill()? {
            Some(rows) => self.commit(sealed, rows),
            None => match &self.place {
                Some((offsets, _)) => self.found(sealed, offsets),
                None => Err(Error::temporary("the transaction was taken back")),
            },
        }
    }

    fn atomic(&self) -> bool {
        true
    }
}
