//! Cassandra: one row for each record, prepared, token-aware, and repeatable.
//!
//! How a record flows: [`row`] walks the line once and writes each value as the bytes of its column's
//! type ([`kind`], [`cell`]); [`clock`] says when it counts as written; [`writer`] keeps a bounded number
//! of rows on their way, tries those again that may succeed later, and waits for the rest in the end.
//! [`put`] is the sink around them.
//!
//! There is no transaction here. What stands for it: a row is stored under its primary key, and in a batch
//! its write time follows from its offset ([`crate::batch::version`]), so that a second attempt writes the
//! same again and a late one never replaces newer data.

mod cell;
mod clock;
mod create;
mod error;
mod kind;
mod number;
pub mod options;
mod put;
mod rc;
mod rejects;
mod row;
mod scalar;
mod session;
mod table;
mod writer;

pub use clock::Timestamps;
pub use create::{Create, PrimaryKey};
pub use options::CassandraArgs;
pub use put::{Plan, Put};
pub use row::{Nulls, Unknown};

// What this room takes from the schema's: the values of JSON, held against types.
use crate::schema::fault::Fault;
use crate::schema::{numbers, times};
