//! Exactly once: the protocol by which a range of Kafka becomes one visible object.
//!
//! Kafka holds the write-ahead log. A *batch* is a range `[S, E)` of one partition; `S` is what the
//! group has committed, and the plan (`E`) is committed with it, as metadata, before anything is
//! done. Then a command is run on the range, its sink stores it under a name that is a function of
//! `S` alone and only if nothing is there, and `E` is committed when the sink's receipt is in.
//!
//! Why that is exact, in one paragraph: an object is made at most once for each start; a start is
//! either where the group began or the end of an object that exists; so the objects of a partition
//! form one chain, whatever crashes, retries and zombies there are, and the committed offset is
//! always a joint of it. A second attempt that finds an object takes its end for its own.
//!
//! | file | is about |
//! |---|---|
//! | [`place`] | where a group stands in a partition: the metadata of its commits, judged |
//! | [`name`] | what a batch is called, and what its command is told of it in the environment |
//! | [`group`] | the group that a batch belongs to, and where it began, for stores that keep places |
//! | [`mandate`] | the right to commit a batch, for a command that does so inside of a transaction |
//! | [`version`] | which of two writes of a partition is the newer, for stores that hold records one by one |
//! | [`account`] | the rejects of a batch, for stores that are tables |
//! | [`lineage`] | what an object says of the range that it holds |
//! | [`chain`] | the proof: the ranges of a partition's objects follow each other, none missing, none twice |
//! | [`ledger`] | the books of a data set: its objects, partition by partition |
//! | [`receipt`] | what a sink reports, and what the parent makes of all reports of a pipeline |
//! | [`machine`] | one partition's steps, as a state machine without clients; `model` explores it |
//!
//! The formats are frozen in `docs/formats.md`. The real clients are around it: `kafka::group` reads
//! and commits, `s3` stores.

pub mod account;
pub mod chain;
pub mod group;
pub mod ledger;
pub mod lineage;
pub mod machine;
pub mod mandate;
#[cfg(test)]
mod model;
pub mod name;
pub mod place;
pub mod receipt;
pub mod version;

pub use group::Group;
pub use mandate::Mandate;
pub use name::{Batch, described, names_of};
pub use place::Mark;
pub use version::Versions;
