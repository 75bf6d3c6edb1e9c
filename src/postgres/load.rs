//! Rows on their way into the temporary table, inside of the transaction that will store them.
//!
//! The transaction begins with the first rows. One COPY takes some 32 MiB of them and is then ended, so
//! that what the server has to say (its disk is full) is heard before everything was sent. The next one
//! begins at once: while input is waited for, the server waits for a COPY, and is not idle.

use arrow_array::RecordBatch;
use bytes::Bytes;

use super::copy::{self, HEADER, TRAILER};
use super::error::Doing;
use super::session::{Copy, Session};
use super::statements::Statements;
use super::types::Wire;
use crate::run::{Error, Result};

/// The size of one COPY.
const COPY_BYTES: usize = 32 << 20;

/// The rows of one run.
pub struct Load {
    statements: Statements,
    wires: Vec<Wire>,
    /// The target, for messages.
    target: String,
    copy: Option<Copy>,
    begun: bool,
    in_copy: usize,
    sent: u64,
    taken: u64,
}

impl Load {
    /// Nothing yet.
    pub fn new(statements: Statements, wires: Vec<Wire>, target: String) -> Self {
        Self { statements, wires, target, copy: None, begun: false, in_copy: 0, sent: 0, taken: 0 }
    }

    /// How many rows were sent.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    fn doing(&self) -> Doing<'_> {
        Doing { what: "copy rows for", on: &self.target }
    }

    /// Begins the transaction, if that was not done.
    pub fn begin(&mut self, session: &Session) -> Result<()> {
        if !self.begun {
            session.run(self.doing(), &self.statements.begin)?;
            self.begun = true;
        }
        Ok(())
    }

    /// Sends the rows of a batch.
    pub fn add(&mut self, session: &Session, batch: &RecordBatch) -> Result<()> {
        self.begin(session)?;
        let mut copy = match self.copy.take() {
            Some(copy) => copy,
            None => self.begin_copy(session)?,
        };
        // A row is seldom longer in this form than as JSON.
        let mut rows = Vec::with_capacity(1 << 20);
        let first = self.statements.is_ordered.then_some(self.sent as i64);
        copy::write(batch, &self.wires, first, &mut rows)?;
        self.in_copy += rows.len();
        self.sent += batch.num_rows() as u64;
        session.send(self.doing(), &mut copy, Bytes::from(rows))?;
        self.copy = Some(copy);
        if self.in_copy >= COPY_BYTES {
            self.end_copy(session)?;
            self.copy = Some(self.begin_copy(session)?);
        }
        Ok(())
    }

    fn begin_copy(&mut self, session: &Session) -> Result<Copy> {
        let mut copy = session.copy(self.doing(), &self.statements.copy)?;
        session.send(self.doing(), &mut copy, Bytes::from_static(&HEADER))?;
        self.in_copy = 0;
        Ok(copy)
    }

    fn end_copy(&mut self, session: &Session) -> Result<()> {
        let Some(mut copy) = self.copy.take() else { return Ok(()) };
        session.send(self.doing(), &mut copy, Bytes::from_static(&TRAILER))?;
        self.taken += session.finish(self.doing(), copy)?;
        Ok(())
    }

    /// Ends the last COPY, and checks that the server has taken every row.
    pub fn finish(&mut self, session: &Session) -> Result<()> {
        self.begin(session)?;
        self.end_copy(session)?;
        if self.taken == self.sent {
            return Ok(());
        }
        Err(Error::data(format!("{} rows were sent, and PostgreSQL has taken {}", self.sent, self.taken)))
    }

    /// Moves the rows from the temporary table to the target; says how many it has changed.
    pub fn insert(&self, session: &Session) -> Result<u64> {
        session.count(Doing { what: "insert into", on: &self.target }, &self.statements.insert)
    }
}
