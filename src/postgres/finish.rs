//! The end of a load: the range is taken, the rows and the rejects are stored, COMMIT; and what became of it
//! where its answer was lost.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::error::Doing;
use super::offsets::{Offsets, Standing};
use super::options::Settings;
use super::put::Put;
use super::session::{Committed, Session};
use crate::batch::receipt::{Outcome, Receipt};
use crate::run::fault::point;
use crate::run::units::grouped;
use crate::run::{Error, Result};
use crate::stream::Facts;
use crate::stream::seal::{Range, Sealed};

/// How long a server that restarts is waited for where the outcome of a COMMIT depends on it.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);

impl Put {
    /// Takes the range, stores the rows and the rejects; none if somebody else has the range.
    pub(super) fn fill(&mut self) -> Result<Option<u64>> {
        let target = self.target.to_string();
        let doing = Doing { what: "write", on: &target };
        // From here on nothing waits for input: who stops now must not keep others waiting for long.
        self.session.run(
            doing,
            "SET LOCAL statement_timeout TO DEFAULT; SET LOCAL idle_in_transaction_session_timeout = '20s'",
        )?;
        if let Some((offsets, standing)) = &self.place
            && !offsets.take(&self.session, *standing)?
        {
            self.session.run(doing, "ROLLBACK")?;
            return Ok(None);
        }
        let rows = self.load.insert(&self.session)?;
        let batch = self.plan.batch.as_ref().map(|(batch, _)| batch);
        self.rejects.kept.store(&self.session, &self.rejects.table, &target, batch)?;
        Ok(Some(rows))
    }

    /// The transaction's number, by which the server remembers what became of it.
    fn number(&self) -> Result<i64> {
        let doing = Doing { what: "ask for", on: "the number of the transaction" };
        let row = self.session.row(doing, "SELECT pg_catalog.txid_current()", &[])?;
        row.map(|row| row.get(0)).ok_or_else(|| Error::data("PostgreSQL gave the transaction no number"))
    }

    /// Makes everything visible.
    pub(super) fn commit(mut self, sealed: Option<&Sealed>, rows: u64) -> Result<Facts> {
        let number = self.number()?;
        let target = self.target.to_string();
        point("postgres.commit.before");
        let committed = self.session.commit(Doing { what: "commit rows of", on: &target });
        point("postgres.commit.after");
        match committed {
            Committed::Yes => {}
            Committed::No(error) => return Err(error),
            Committed::Unclear => {
                self.session = again(self.session.settings().clone())?;
                match (self.outcome(number), &self.place) {
                    // The place is in the very transaction, and no number can be mistaken for it.
                    (outcome, Some((offsets, _))) => return self.settled(sealed, offsets, outcome, rows),
                    (Some(true), None) => {}
                    (outcome, None) => return Err(lost(outcome.is_none())),
                }
            }
        }
        log::info!("{} rows in {}", grouped(rows), self.location());
        Ok(self.receipt(sealed, Outcome::Stored, None, Some(rows)))
    }

    /// Whether a transaction was committed whose COMMIT had no answer; none if the server cannot tell.
    fn outcome(&self, number: i64) -> Option<bool> {
        let doing = Doing { what: "ask for", on: "the outcome of the transaction" };
        let deadline = Instant::now() + PATIENCE;
        loop {
            let row = self.session.row(doing, "SELECT pg_catalog.txid_status($1)", &[&number]);
            let status: Option<String> = row.ok().flatten().and_then(|row| row.get(0));
            match status.as_deref() {
                Some("committed") => return Some(true),
                Some("aborted") => return Some(false),
                Some("in progress") if Instant::now() < deadline => thread::sleep(PAUSE),
                _ => return None,
            }
        }
    }

    /// What a batch has come to whose COMMIT had no answer.
    fn settled(
        &self,
        sealed: Option<&Sealed>,
        offsets: &Offsets,
        outcome: Option<bool>,
        rows: u64,
    ) -> Result<Facts> {
        match offsets.look(&self.session)? {
            Standing::Stored(end) if outcome == Some(true) && end == offsets.batch.range.end_offset => {
                Ok(self.receipt(sealed, Outcome::Stored, None, Some(rows)))
            }
            Standing::Stored(end) => Ok(self.receipt(sealed, Outcome::Exists, Some(end), None)),
            _ => Err(lost(outcome.is_none())),
        }
    }

    /// What is there now that somebody else has the range.
    pub(super) fn found(&self, sealed: Option<&Sealed>, offsets: &Offsets) -> Result<Facts> {
        match offsets.look(&self.session)? {
            Standing::Stored(end) => Ok(self.receipt(sealed, Outcome::Exists, Some(end), None)),
            _ => Err(Error::temporary("another process was storing this batch, and has taken it back")),
        }
    }

    pub(super) fn receipt(
        &self,
        sealed: Option<&Sealed>,
        result: Outcome,
        end: Option<i64>,
        rows: Option<u64>,
    ) -> Facts {
        let mut facts = Facts::new();
        facts.insert("location".into(), self.location().into());
        facts.insert("table".into(), self.target.to_string().into());
        if let Some((batch, _)) = &self.plan.batch {
            let end = end.unwrap_or(batch.range.end_offset);
            let result = if end == batch.range.end_offset { result } else { Outcome::Adopted };
            let range = Range { end_offset: end, ..batch.range.clone() };
            facts.extend(Receipt::facts(self.location(), result, sealed, range));
        }
        if let Some(rows) = rows {
            facts.insert("rows".into(), rows.into());
            facts.insert("records".into(), self.load.sent().into());
            if self.builder.ignored() > 0 {
                facts.insert("ignored_fields".into(), self.builder.ignored().into());
            }
            if self.rejects.kept.count() > 0 {
                facts.insert("rejects".into(), self.rejects.table.to_string().into());
                facts.insert("rejects_count".into(), self.rejects.kept.count().into());
            }
        }
        facts
    }
}

/// Connects again, to a server that may be restarting.
fn again(settings: Arc<Settings>) -> Result<Session> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match Session::open(&settings) {
            Ok(session) => return Ok(session),
            Err(error) if Instant::now() > deadline => return Err(lost(true).and(error.message())),
            Err(_) => thread::sleep(PAUSE),
        }
    }
}

/// The answer to a COMMIT was lost; `unclear` says that it may have been done all the same.
fn lost(unclear: bool) -> Error {
    if unclear {
        return Error::temporary(
            "the answer to COMMIT was lost, and whether the rows are there is not known",
        )
        .hint("look before an append is run again; --upsert and batches may be run again as they are");
    }
    Error::temporary("the connection was lost in COMMIT, and nothing is stored").hint("the same again")
}
