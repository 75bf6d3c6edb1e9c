//! CSV, in the dialect of whoever reads it: the room behind `to-csv`.
//!
//! How a record flows: [`rows`] walks it once by the [schema](crate::schema) and turns each value into a
//! cell ([`cells`], [`nested`]), [`dialect`] quotes it, and [`encoder`] writes the row.
//!
//! The rule is that of every encoder here, *lossless or refused*: what the reader of the dialect reads
//! back, under the same schema, is what was sent. What its cells cannot hold is rejected.

mod cells;
mod dialect;
mod encoder;
mod nested;
mod rows;

#[cfg(test)]
mod speed;
#[cfg(test)]
mod tests;

pub use dialect::{Dialect, Format, delimiter};
pub use encoder::{CsvEncoder, Options};
