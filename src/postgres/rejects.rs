//! The account of rejects: rows beside the rows, in the same transaction.
//!
//! A reject has its stage, reason, path and place, never the record. In the table it is the JSON line
//! that `--rejects FILE` has, byte for byte, with the target and the range of the batch beside it. The
//! lines are held in memory, within a bound, until everything else is on its way.

use super::error::Doing;
use super::session::Session;
use super::table::Name;
use crate::batch::Batch;
use crate::run::{Error, Result};
use crate::stream::rejects::may_be_kept;
use crate::stream::seal::Refusal;

/// The table of rejects, unless it is called otherwise.
pub const TABLE: &str = "sluicebox_rejects";

/// The statement that makes the table.
pub fn made(table: &Name) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {} (target text NOT NULL, topic text, topic_id text, \"partition\" integer, \
         first_offset bigint, end_offset bigint, reject json NOT NULL, \
         stored_at timestamp with time zone NOT NULL DEFAULT pg_catalog.now());",
        table.sql()
    )
}

/// Rejects that wait to be stored: a JSON array that is not closed yet.
#[derive(Debug, Default)]
pub struct Kept {
    lines: Vec<u8>,
    count: u64,
}

impl Kept {
    /// Keeps one.
    pub fn keep(&mut self, refusal: &Refusal) -> Result<()> {
        self.lines.push(if self.count == 0 { b'[' } else { b',' });
        serde_json::to_writer(&mut self.lines, refusal)
            .map_err(|error| Error::data(format!("a reject cannot be written: {error}")))?;
        self.count += 1;
        may_be_kept(self.lines.len())
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Stores them, inside of the transaction that stores the rows.
    pub fn store(&self, session: &Session, table: &Name, target: &str, batch: Option<&Batch>) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let mut text = String::from_utf8_lossy(&self.lines).into_owned();
        text.push(']');
        let range = batch.map(|batch| &batch.range);
        let sql = format!(
            "INSERT INTO {} (target, topic, topic_id, \"partition\", first_offset, end_offset, reject) \
             SELECT $1::text, $2::text, $3::text, $4::int4, $5::int8, $6::int8, value \
               FROM pg_catalog.json_array_elements($7::text::json)",
            table.sql()
        );
        session.execute(
            Doing { what: "write", on: &table.to_string() },
            &sql,
            &[
                &target,
                &range.map(|range| &*range.topic),
                &range.map(|range| &*range.topic_id),
                &range.map(|range| range.partition),
                &range.map(|range| range.first_offset),
                &range.map(|range| range.end_offset),
                &text,
            ],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::{Position, Reject};

    #[test]
    fn what_is_kept_is_a_list_of_lines() {
        let mut kept = Kept::default();
        for line in 1..=2 {
            let refusal = Refusal::new("to-x", &Position::Line(line), &Reject::new("not a JSON object"));
            kept.keep(&refusal).unwrap();
        }
        let list: Vec<Refusal> = serde_json::from_slice(&[&kept.lines[..], b"]"].concat()).unwrap();
        assert_eq!((list.len() as u64, list[1].line), (kept.count(), Some(2)));
    }
}
