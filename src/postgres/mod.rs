//! The PostgreSQL room: records into a table, in one transaction, all or nothing.
//!
//! ```text
//! records ── Fitted (schema, guards: what does not fit is a reject) ── batch of columns
//!               │
//!               └─ copy (binary rows) ──► COPY into a temporary table      nobody else sees it
//!                                            │ publish
//!                        offset: compare-and-set ── INSERT … SELECT ── rejects ── COMMIT
//! ```
//!
//! What the room guarantees: the rows, the account of their rejects and, in a batch of `kafka-consume
//! --group`, the offset become visible in one COMMIT or not at all; the range of a batch is taken once,
//! whoever else tries ([`offsets`]); a value is stored exactly or its record is rejected ([`fit`],
//! [`guard`]); an answer that was lost is cleared up ([`finish`]); every failure is one line with the right
//! exit code, and holds no value ([`error`]).
//!
//! | file | is about |
//! |---|---|
//! | [`options`], [`conninfo`], [`service`], [`password`] | where the server is, as libpq would find it |
//! | [`tls`] | `sslmode`, certificates |
//! | [`session`] | a connection, and the one thread that it lives on |
//! | [`table`], [`rights`] | the table as the catalogs know it, and what this role may do with it |
//! | [`types`], [`fit`], [`create`] | Spark's types and PostgreSQL's, checked against each other, or made |
//! | [`guard`], [`copy`], [`numeric`] | what a column refuses; rows in the format of COPY BINARY |
//! | [`statements`], [`load`] | the SQL of a load, and its rows on their way |
//! | [`offsets`], [`rejects`] | what is stored with the rows |
//! | [`put`], [`finish`] | the sink: up to the last record, and from there to COMMIT and its answer |

mod conninfo;
mod copy;
mod create;
mod error;
mod finish;
mod fit;
mod guard;
mod load;
mod numeric;
mod offsets;
mod options;
mod password;
mod put;
mod rejects;
mod rights;
mod service;
mod session;
mod statements;
mod table;
mod tls;
mod types;

pub use options::{ENVIRONMENT, PostgresArgs, Settings};
pub use put::{Plan, Put};
pub use table::Name;
