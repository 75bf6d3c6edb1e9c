//! When a row counts as written: of two writes to one cell Cassandra keeps the later one.
//!
//! | `--timestamp` | the write time is | of two writes of a partition of Kafka |
//! |---|---|---|
//! | `offset` | the version of the record in its batch | the one with the larger offset stays, however late the other comes |
//! | `now` | this machine's clock, never twice the same | the one that was sent last stays |
//! | `FIELD` | what the record says | the one that says the later time stays |
//!
//! As times, offsets are long ago: a million records of a partition are the first quarter of an hour of
//! 1970. So whatever another tool writes, or deletes, by the clock stands for ever against `offset`.

use std::str::FromStr;

use super::numbers;
use super::scalar::millis;
use crate::batch::{Batch, Versions};
use crate::json::{Getter, Kind, Path};
use crate::run::exit::{Error, Result};
use crate::stream::{Record, Reject, Trouble};

/// Where write times come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timestamps {
    /// The place of the record in its topic.
    Offset,
    /// The clock.
    Now,
    /// A field.
    Field(Path),
}

impl FromStr for Timestamps {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "offset" => Self::Offset,
            "now" => Self::Now,
            path => Self::Field(Path::parse(path).map_err(|error| error.message().to_owned())?),
        })
    }
}

/// What tells the write time of each record.
pub enum Clock {
    /// From the range of a batch.
    Offset(Versions),
    /// From the clock: the last time that was given.
    Now(i64),
    /// From the record.
    Field(Box<Getter>),
}

impl Clock {
    /// As the user has asked for; else by offset in a batch, and by the clock outside of one.
    pub fn new(asked: Option<Timestamps>, batch: Option<&Batch>) -> Result<Self> {
        match (asked, batch) {
            (Some(Timestamps::Field(path)), _) => Ok(Self::Field(Box::new(Getter::new(path)?))),
            (None | Some(Timestamps::Offset), Some(batch)) => Versions::of(&batch.range).map(Self::Offset),
            (Some(Timestamps::Offset), None) => {
                Err(Error::usage("--timestamp offset: only a batch of kafka-consume has offsets")
                    .hint("--timestamp now"))
            }
            (None | Some(Timestamps::Now), _) => Ok(Self::Now(0)),
        }
    }

    /// When `record` counts as written, in microseconds.
    pub fn time_of(&mut self, record: &Record<'_>) -> Result<i64, Trouble> {
        match self {
            Self::Offset(versions) => Ok(versions.of_line(record.line())?),
            Self::Now(last) => {
                // In the order of the stream, even where the clock stands still or is set back.
                *last = jiff::Timestamp::now().as_microsecond().max(*last + 1);
                Ok(*last)
            }
            Self::Field(getter) => Ok(from_field(getter, record)?),
        }
    }
}

fn from_field(getter: &mut Getter, record: &Record<'_>) -> Result<i64, Reject> {
    let found = getter.get(record)?;
    let path = || getter.path().to_string();
    let value = found.filter(|value| value.kind != Kind::Null);
    let value = value.ok_or_else(|| Reject::at(path(), "missing, and it is the write time"))?;
    let millis = match value.kind {
        Kind::Number => numbers::integer(&record.bytes()[value.span.range()]),
        Kind::String => {
            let mut scratch = Vec::new();
            millis(value.as_str(record.bytes()).text(&mut scratch)?)
        }
        _ => Err("neither a time nor a number of milliseconds"),
    };
    let micros = millis.map(|millis: i64| millis.checked_mul(1000));
    micros.map_err(|why| Reject::at(path(), why))?.ok_or_else(|| Reject::at(path(), "a time too far away"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::seal::Range;

    fn batch() -> Batch {
        let (topic, topic_id) = ("users".to_owned(), "bQpS2sVYQ7K1nCJ2pkWXgA".to_owned());
        let range = Range { topic, topic_id, partition: 3, first_offset: 7, end_offset: 9 };
        Batch { range, date: "2026-11-20".into() }
    }

    fn time(clock: &mut Clock, line: &str) -> Result<i64, Trouble> {
        clock.time_of(&Record::new(line.as_bytes(), 2))
    }

    #[test]
    fn a_batch_counts_by_offset_and_everything_else_by_the_clock() {
        let mut clock = Clock::new(None, Some(&batch())).unwrap();
        assert_eq!(time(&mut clock, "{}").unwrap(), 7001);
        let mut clock = Clock::new(None, None).unwrap();
        let times: Vec<i64> = (0..1000).map(|_| time(&mut clock, "{}").unwrap()).collect();
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]) && times[0] > 1_700_000_000_000_000);
        assert!(Clock::new(Some(Timestamps::Offset), None).is_err());
    }

    #[test]
    fn a_field_is_a_time_or_milliseconds() {
        let mut clock = Clock::new(Some("a.at".parse().unwrap()), Some(&batch())).unwrap();
        for (line, expected) in [
            (r#"{"a":{"at":1704164645678}}"#, 1_704_164_645_678_000),
            (r#"{"a":{"at":"2024-01-02T03:04:05.678Z"}}"#, 1_704_164_645_678_000),
        ] {
            assert_eq!(time(&mut clock, line).unwrap(), expected);
        }
        for line in [
            r#"{"a":{}}"#,
            r#"{"a":{"at":null}}"#,
            r#"{"a":{"at":1.5}}"#,
            r#"{"a":{"at":9223372036854775807}}"#,
        ] {
            assert!(matches!(time(&mut clock, line), Err(Trouble::Reject(_))), "{line}");
        }
    }
}
