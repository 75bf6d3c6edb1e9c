//! Sluicebox: composable Unix commands that stream newline-delimited JSON, and lose nothing.
//!
//! # How a record flows
//!
//! ```text
//!  bin/sluicebox ── cli ── commands/hash_fields.rs ── builds a plan from rooms, then hands it to
//!                                    │
//!                     stream::Stage::transform(plan)          the driver of its shape
//!                                    │
//!  stdin ── stream::input ── record ─┤─ Transform::record ──► stream::output ── stdout
//!           blocks → lines,          │  (json, pseudonym)     buffer, digest,
//!           UTF-8, seal checked      │                        seal written
//!                                    └─ rejected ──► stream::rejects   allowance, --rejects FILE
//! ```
//!
//! A command implements one of four shapes ([`stream::shapes`]) and sees one record at a time. The
//! driver of its shape ([`stream::stage`]) does what all commands have in common: it reads, checks
//! seals, counts, refuses, flushes when input is idle, and tells how it ended. [`run`] is the process
//! around it: exit codes, signals, logs, settings.
//!
//! | room | is about | guarantees |
//! |---|---|---|
//! | [`json`] | scanning a record, paths, rewriting values in place | one pass validates the whole line; no other byte changes |
//! | [`pseudonym`] | keys, tokens, normalisation | one value, one token, under one key; any language can compute it |
//! | [`users`] | the random-user API and records of its shape | records byte for byte as the server wrote them; a seed gives the same bytes for ever |
//! | [`kafka`] | producing, consuming, topics | every delivery confirmed; the end is a position, not a count |
//! | [`schema`] | Spark's DDL, and which values fit it | exactly, or refused with the reason |
//! | [`fields`] | new records from old ones | what is only moved keeps its bytes; nothing is guessed |
//! | [`csv`] | CSV in the dialect of its reader | what is read back is what was sent |
//! | [`parquet`] | columns, files | lossless or stop; the same records give the same bytes |
//! | [`s3`] | uploads of unknown length | all or nothing, and no orphan upload |
//! | [`postgres`] | records into a table, in one transaction | the rows, their rejects and the offset, or nothing |
//! | [`cassandra`] | rows of Cassandra | all acknowledged, and written again they are the same |
//! | [`mongo`] | documents of MongoDB | the same, and none replaces a newer one |
//! | [`batch`] | the exactly-once protocol, without clients | the objects of a partition form one chain, whatever crashes |
//! | [`job`] | a pipeline that is run by name: lock, timeout, cause, last success | no two runs overlap, no stage fails in silence |
//!
//! Who may use whom: `commands` use every room, and no room uses `commands`; `stream` uses `run`;
//! `run` uses nothing. Commands never import each other. A test holds the house to it.

pub mod batch;
pub mod cassandra;
pub mod cli;
pub mod commands;
pub mod csv;
pub mod fields;
pub mod job;
pub mod json;
pub mod kafka;
pub mod manual;
pub mod mongo;
pub mod parquet;
pub mod postgres;
pub mod pseudonym;
pub mod run;
pub mod s3;
pub mod schema;
pub mod stream;
pub mod users;
