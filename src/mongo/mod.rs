//! MongoDB: one document for each record, in bulks, and repeatable.
//!
//! How a record flows: [`document`] walks the line once and writes it as BSON ([`bson`]), by the rules of
//! JSON or of a schema ([`shape`], [`value`]), under its `_id`; [`bulk`] gathers documents into one command and reads
//! the answer; [`writer`] keeps one command on its way while the next is gathered, tries again what may
//! succeed later, and settles what met a newer document. [`put`] is the sink around them.
//!
//! There is no transaction here. What stands for it: in a batch each document carries the version that
//! follows from its offset ([`crate::batch::version`]), and a write only replaces an older one of the same
//! partition. So a second attempt writes the same again, and a late one changes nothing.

mod bson;
mod bulk;
mod client;
mod document;
mod error;
pub mod options;
mod put;
mod shape;
mod value;
mod writer;

pub use bulk::WriteConcern;
pub use options::{MongoArgs, URI_FILE_RIVAL, URI_VARIABLE};
pub use put::{Plan, Put};
pub use shape::Unknown;

// What this room takes from the schema's: the values of JSON, held against types.
use crate::schema::fault::Fault;
use crate::schema::{self, numbers, times};
