//! Parquet, in and out: the encoder behind `to-parquet`, the reader behind `from-parquet`, and the
//! guess behind `infer-schema`.
//!
//! How a record flows: [`json`](crate::json)'s cursor walks the line once and feeds [`builders`]
//! shaped by the [`schema`](crate::schema); a batch of them goes to the thread of the [`writer`], which encodes
//! and compresses while the next batch is parsed. The rule everywhere is *lossless or refused*: a
//! record that does not fit the schema is rejected with a reason and a path, and leaves no trace.
pub mod builders;
pub mod cells;
mod columns;
mod dictionaries;
pub mod encoder;
pub mod footer;
mod guard;
pub mod infer;
mod pages;
pub mod reader;
pub mod writer;

#[cfg(test)]
mod speed;
#[cfg(test)]
mod tests;
