//! The schema that encoders and sinks hold records to: Spark's DDL, its types, and which JSON values
//! fit them.
//!
//! | file | is about |
//! |---|---|
//! | [`ddl`] | from the text that a person writes to a [`Schema`], or one error with its place |
//! | [`types`] | the tree, back to DDL, and its hash |
//! | [`numbers`], [`times`] | single values: exactly, or in words why not |
//! | `fault` | why a record does not fit, and where |
//! | `unknown` | fields that the schema does not know |
//!
//! The rule is *lossless or refused*, and it is the same wherever a schema is used.
pub mod ddl;
pub(crate) mod fault;
pub mod numbers;
pub mod times;
pub mod types;
mod unknown;

pub use types::{Field, MAX_DEPTH, Schema, Type};
pub use unknown::{Unknown, stored_schema};
