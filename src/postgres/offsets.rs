//! The place of a partition in a table: how far its records are stored, in the transaction that stores
//! them.
//!
//! There is one row for each topic id, partition and target. It says that of the records from
//! `start_offset` to `next_offset` each was stored, or rejected, once: a batch `[S, E)` is taken only by
//! the transaction that moves `next_offset` from `S` to `E`, and the row's lock makes all others wait for
//! its end. So of a crash, a retry, a lost answer and a zombie there is always one account, and it is in
//! the database.
//!
//! | the row says | a batch `[S, E)` |
//! |---|---|
//! | nothing, and the group began at `S` | begins the chain |
//! | nothing, and the group began elsewhere | conflict: the row was lost, or the table is another one |
//! | `next = S` | is next |
//! | `start <= S < next` | is stored, up to `next`: the same end is `exists`, another is `adopted` |
//! | `next < S` | conflict: what lies between is not here |
//! | `S < start` | conflict: what lies between was never asked for |
//!
//! The group is not part of the key: two groups that store one topic into one table store each record
//! once.

use super::error::Doing;
use super::session::Session;
use super::table::Name;
use crate::batch::{Batch, described};
use crate::run::fault::point;
use crate::run::{Error, Result};
use crate::stream::seal::Range;

/// The table of places, unless it is called otherwise.
pub const TABLE: &str = "sluicebox_offsets";
/// How long a batch waits for whoever is storing it just now.
const LOCK_TIMEOUT: &str = "60s";

/// The table of places, and our row in it.
#[derive(Clone, Debug)]
pub struct Offsets {
    /// The table.
    pub table: Name,
    /// What the rows say that they are about: the target.
    pub target: String,
    /// The batch.
    pub batch: Batch,
    /// The group that it belongs to, for people.
    pub group: String,
    /// Where the group began in the partition, if that is known.
    pub group_start: Option<i64>,
}

/// A row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where the chain began.
    pub start: i64,
    /// The offset after the last that is stored.
    pub next: i64,
}

/// What a batch is to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The first of its partition.
    First,
    /// The next.
    Next,
    /// Stored already, up to this offset.
    Stored(i64),
}

impl Offsets {
    /// The statement that makes the table.
    pub fn made(table: &Name) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (target text NOT NULL, topic_id text NOT NULL, \
             \"partition\" integer NOT NULL, topic text NOT NULL, consumer_group text NOT NULL, \
             start_offset bigint NOT NULL, next_offset bigint NOT NULL, \
             updated_at timestamp with time zone NOT NULL DEFAULT pg_catalog.now(), \
             PRIMARY KEY (target, topic_id, \"partition\"));",
            table.sql()
        )
    }

    /// Where the partition stands now.
    pub fn look(&self, session: &Session) -> Result<Standing> {
        let sql = format!(
            "SELECT start_offset, next_offset FROM {} WHERE target = $1 AND topic_id = $2 AND \"partition\" = $3",
            self.table.sql()
        );
        let range = &self.batch.range;
        let row = session.row(
            Doing { what: "read", on: &self.table.to_string() },
            &sql,
            &[&self.target, &range.topic_id, &range.partition],
        )?;
        let place = row.map(|row| Place { start: row.get(0), next: row.get(1) });
        self.judge(place)
    }

    /// Takes the range, inside of the transaction that stores its rows; false if somebody else has.
    pub fn take(&self, session: &Session, standing: Standing) -> Result<bool> {
        point("postgres.take.before");
        let table = self.table.to_string();
        let doing = Doing { what: "write", on: &table };
        session.run(doing, &format!("SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))?;
        let taken = match standing {
            Standing::First => self.insert(session, doing)?,
            Standing::Next => self.update(session, doing)?,
            Standing::Stored(_) => 0,
        };
        session.run(doing, "SET LOCAL lock_timeout TO DEFAULT")?;
        point("postgres.take.after");
        Ok(taken == 1)
    }

    fn insert(&self, session: &Session, doing: Doing<'_>) -> Result<u64> {
        let range = &self.batch.range;
        let sql = format!(
            "INSERT INTO {} (target, topic_id, \"partition\", topic, consumer_group, start_offset, next_offset) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            self.table.sql()
        );
        session.execute(
            doing,
            &sql,
            &[
                &self.target,
                &range.topic_id,
                &range.partition,
                &range.topic,
                &self.group,
                &range.first_offset,
                &range.end_offset,
            ],
        )
    }

    fn update(&self, session: &Session, doing: Doing<'_>) -> Result<u64> {
        let range = &self.batch.range;
        let sql = format!(
            "UPDATE {} SET next_offset = $5, topic = $6, consumer_group = $7, updated_at = pg_catalog.now() \
             WHERE target = $1 AND topic_id = $2 AND \"partition\" = $3 AND next_offset = $4",
            self.table.sql()
        );
        session.execute(
            doing,
            &sql,
            &[
                &self.target,
                &range.topic_id,
                &range.partition,
                &range.first_offset,
                &range.end_offset,
                &range.topic,
                &self.group,
            ],
        )
    }

    /// What the batch is to a row.
    pub fn judge(&self, place: Option<Place>) -> Result<Standing> {
        let range = &self.batch.range;
        let first = range.first_offset;
        match place {
            None => self.judge_none(range),
            Some(place) if place.next == first => Ok(Standing::Next),
            Some(place) if place.start <= first && first < place.next => Ok(Standing::Stored(place.next)),
            Some(place) if place.next < first => Err(self.gap(range, place)),
            Some(place) => Err(self.before(range, place)),
        }
    }

    fn judge_none(&self, range: &Range) -> Result<Standing> {
        match self.group_start {
            Some(start) if start == range.first_offset => Ok(Standing::First),
            Some(start) => Err(Error::conflict(format!(
                "{} has no place for {}/{} in {}, and group {} began at {start}, before this batch at {}",
                self.table, range.topic, range.partition, self.target, self.group, range.first_offset
            ))
            .hint("a group of its own for each table: topic-admin init-group; or docs/postgres.md, if the row was lost")),
            None => Err(Error::usage("$BATCH_GROUP_START is not set, so where the group began is not known")
                .hint("sudo --preserve-env=BATCH_GROUP,BATCH_GROUP_START,..., or run all of it as that user")),
        }
    }

    fn gap(&self, range: &Range, place: Place) -> Error {
        Error::conflict(format!(
            "{} holds {}/{} up to offset {}, and this batch is {}: what lies between would be missing",
            self.target,
            range.topic,
            range.partition,
            place.next,
            described(range)
        ))
        .hint(self.reset(range, place.next))
    }

    fn before(&self, range: &Range, place: Place) -> Error {
        Error::conflict(format!(
            "{} holds {}/{} from offset {} on, and this batch is {}, which begins before",
            self.target,
            range.topic,
            range.partition,
            place.start,
            described(range)
        ))
        .hint(self.reset(range, place.next))
    }

    fn reset(&self, range: &Range, at: i64) -> String {
        format!(
            "topic-admin reset {} --topic {} --partition {} --at {at} --yes",
            self.group, range.topic, range.partition
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Exit;

    fn offsets(first: i64, end: i64, group_start: Option<i64>) -> Offsets {
        let range = Range {
            topic: "users".into(),
            topic_id: "bQpS2sVYQ7K1nCJ2pkWXgA".into(),
            partition: 3,
            first_offset: first,
            end_offset: end,
        };
        Offsets {
            table: "public.sluicebox_offsets".parse().unwrap(),
            target: "public.users".into(),
            batch: Batch { range, date: "2026-11-20".into() },
            group: "lake".into(),
            group_start,
        }
    }

    fn judged(place: Option<(i64, i64)>, first: i64) -> Result<Standing> {
        offsets(first, first + 10, Some(5)).judge(place.map(|(start, next)| Place { start, next }))
    }

    #[test]
    fn a_batch_is_judged_by_the_row_of_its_partition() {
        assert_eq!(judged(None, 5).unwrap(), Standing::First);
        assert_eq!(judged(Some((5, 15)), 15).unwrap(), Standing::Next);
        assert_eq!(judged(Some((5, 15)), 5).unwrap(), Standing::Stored(15));
        assert_eq!(judged(Some((5, 99)), 30).unwrap(), Standing::Stored(99));
        assert_eq!(judged(Some((5, 18)), 10).unwrap(), Standing::Stored(18), "the rest is the next batch");
    }

    #[test]
    fn a_chain_never_begins_in_the_middle_and_never_has_a_hole() {
        for (place, first) in [(None, 15), (None, 4), (Some((5, 15)), 16), (Some((5, 15)), 4)] {
            let error = judged(place, first).unwrap_err();
            assert_eq!(error.exit(), Exit::Conflict, "{error}");
        }
        let hint = judged(Some((5, 15)), 20).unwrap_err();
        assert!(
            hint.to_string().contains("topic-admin reset lake --topic users --partition 3 --at 15"),
            "{hint}"
        );
        let unknown = offsets(0, 10, None).judge(None).unwrap_err();
        assert_eq!(unknown.exit(), Exit::Usage);
    }

    /// Attempts at all ranges, in every order, each taken as the row allows: no offset is stored twice,
    /// none is missing below `next`, and what is told to be stored is.
    #[test]
    fn whatever_is_tried_in_whatever_order_each_offset_is_stored_once() {
        const END: i64 = 4;
        let ranges: Vec<(i64, i64)> = (0..END).flat_map(|a| (a + 1..=END).map(move |b| (a, b))).collect();
        let mut orders = vec![(None::<Place>, vec![0u8; END as usize])];
        for _ in 0..4 {
            let mut next = Vec::new();
            for (place, stored) in &orders {
                for (first, end) in &ranges {
                    let (mut place, mut stored) = (*place, stored.clone());
                    match offsets(*first, *end, Some(0)).judge(place) {
                        Ok(Standing::Stored(up_to)) => {
                            assert!(stored[*first as usize..up_to as usize].iter().all(|count| *count == 1));
                        }
                        Ok(_) => {
                            stored[*first as usize..*end as usize].iter_mut().for_each(|count| *count += 1);
                            place =
                                Some(Place { start: place.map_or(*first, |known| known.start), next: *end });
                        }
                        Err(error) => assert_eq!(error.exit(), Exit::Conflict),
                    }
                    let reach = place.map_or(0, |place| place.next as usize);
                    assert!(
                        stored[..reach].iter().all(|count| *count == 1)
                            && stored[reach..].iter().all(|count| *count == 0)
                    );
                    next.push((place, stored));
                }
            }
            next.sort_by_key(|(place, stored)| {
                (place.map(|place| (place.start, place.next)), stored.clone())
            });
            next.dedup();
            orders = next;
        }
        assert!(orders.iter().any(|(place, _)| place.is_some_and(|place| place.next == END)));
    }
}
