//! Rows on their way: a bounded number of them, each tried again while that may help.
//!
//! A write is repeatable, so one without an answer is simply sent again. The sender waits when too many
//! rows, or too many bytes, are without an answer: that is what slows the source down. The first row that
//! fails for good ends the run; what is on its way then may be stored or not, as any attempt may.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use scylla::client::session::Session;
use scylla::errors::ExecutionError;
use scylla::serialize::row::SerializeRow;
use scylla::statement::prepared::PreparedStatement;

use super::error;
use super::row::Row;
use super::session::Cluster;
use crate::run::exit::{Error, Exit, Result};
use crate::run::fault;
use crate::run::random::{Random, unpredictable};
use crate::run::retry::Policy;

/// How often a row is tried: with the waits in between, a node may restart meanwhile.
const RETRIES: Policy =
    Policy { retries: 6, first: Duration::from_millis(200), ceiling: Duration::from_secs(3) };
/// How many bytes may be on their way.
const BYTES: usize = 16 << 20;

/// Sends rows.
pub struct Writer {
    cluster: Cluster,
    insert: Arc<PreparedStatement>,
    gate: Arc<Gate>,
    /// Spreads the waits of rows that failed together.
    key: u64,
}

/// What is on its way, and what became of the rest.
#[derive(Debug, Default)]
struct Flight {
    rows: usize,
    bytes: usize,
    stored: u64,
    failure: Option<Error>,
}

/// Lets so many rows through at a time.
#[derive(Debug)]
struct Gate {
    rows: usize,
    flight: Mutex<Flight>,
    changed: Condvar,
}

impl Gate {
    fn flight(&self) -> MutexGuard<'_, Flight> {
        self.flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `full` no longer holds, or a row has failed.
    fn wait_while(&self, full: impl Fn(&Flight) -> bool) -> Result<MutexGuard<'_, Flight>> {
        let mut flight = self.flight();
        loop {
            match &flight.failure {
                Some(error) => return Err(error.clone()),
                None if !full(&flight) => return Ok(flight),
                None => flight = self.changed.wait(flight).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Lets a row through; one that is larger than all that may be on its way goes alone.
    fn enter(&self, bytes: usize) -> Result<()> {
        let full =
            |flight: &Flight| flight.rows >= self.rows || (flight.rows > 0 && flight.bytes + bytes > BYTES);
        let mut flight = self.wait_while(full)?;
        flight.rows += 1;
        flight.bytes += bytes;
        Ok(())
    }

    fn leave(&self, bytes: usize, outcome: Result<()>) {
        let mut flight = self.flight();
        flight.rows -= 1;
        flight.bytes -= bytes;
        match outcome {
            Ok(()) => flight.stored += 1,
            Err(error) => flight.failure = Some(flight.failure.take().unwrap_or(error)),
        }
        drop(flight);
        self.changed.notify_all();
    }
}

impl Writer {
    /// Sends with `insert`, at most `rows` at a time.
    pub fn new(cluster: Cluster, insert: PreparedStatement, rows: usize) -> Result<Self> {
        let gate = Gate { rows, flight: Mutex::default(), changed: Condvar::new() };
        Ok(Self { cluster, insert: Arc::new(insert), gate: Arc::new(gate), key: unpredictable()? })
    }

    /// Sends a row, as soon as there is room.
    pub fn send(&self, row: Row) -> Result<()> {
        let bytes = row.size();
        self.gate.enter(bytes)?;
        let (session, insert, gate) = (self.cluster.session.clone(), self.insert.clone(), self.gate.clone());
        let random = Random::of(self.key, row.line);
        self.cluster.engine.spawn(async move {
            fault::point("cassandra.write.before");
            let explain = |cause: &ExecutionError| error::of_write(cause, row.line);
            let outcome = write(&session, &insert, &row, random, explain).await;
            fault::point("cassandra.write.after");
            gate.leave(bytes, outcome);
        });
        Ok(())
    }

    /// Waits for all that is on its way; how many rows were stored.
    pub fn finish(&self) -> Result<u64> {
        self.gate.wait_while(|flight| flight.rows > 0).map(|flight| flight.stored)
    }

    /// How many rows are known to be stored, and how many are on their way.
    pub fn counts(&self) -> (u64, usize) {
        let flight = self.gate.flight();
        (flight.stored, flight.rows)
    }
}

/// Writes one row, again and again until it is written, cannot be, or has been tried often enough; `explain`
/// tells which.
pub async fn write(
    session: &Session,
    insert: &PreparedStatement,
    values: &(impl SerializeRow + Sync),
    random: Random,
    explain: impl Fn(&ExecutionError) -> Error,
) -> Result<()> {
    let mut delays = RETRIES.delays(random);
    loop {
        let Err(cause) = session.execute_unpaged(insert, values).await else { return Ok(()) };
        let error = explain(&cause);
        let Some(delay) = delays.next().filter(|_| error.exit() == Exit::Temporary) else {
            return Err(error);
        };
        log::info!("{error}; once more in {delay:.1?}");
        tokio::time::sleep(delay).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(rows: usize) -> Arc<Gate> {
        Arc::new(Gate { rows, flight: Mutex::default(), changed: Condvar::new() })
    }

    #[test]
    fn rows_and_bytes_are_bounded_and_a_large_row_goes_alone() {
        let gate = gate(2);
        gate.enter(BYTES * 2).unwrap();
        let other = gate.clone();
        let waiting = std::thread::spawn(move || other.enter(1));
        std::thread::sleep(Duration::from_millis(50));
        assert!(!waiting.is_finished(), "no byte beside it");
        gate.leave(BYTES * 2, Ok(()));
        waiting.join().unwrap().unwrap();
        gate.enter(1).unwrap();
        let flight = gate.flight();
        assert_eq!((flight.rows, flight.bytes, flight.stored), (2, 2, 1));
    }

    #[test]
    fn the_first_failure_ends_all_waiting() {
        let gate = gate(2);
        gate.enter(1).unwrap();
        gate.enter(1).unwrap();
        let other = gate.clone();
        let waiting = std::thread::spawn(move || other.enter(1));
        gate.leave(1, Err(Error::temporary("first")));
        gate.leave(1, Err(Error::temporary("second")));
        assert_eq!(waiting.join().unwrap().unwrap_err().message(), "first");
        assert!(gate.wait_while(|flight| flight.rows > 0).is_err());
    }
}
