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
//! | [`parquet`] | Spark's DDL, columns, files | lossless or stop; the same records give the same bytes |
//! | [`s3`] | uploads of unknown length | all or nothing, and no orphan upload |
//! | [`batch`] | the exactly-once protocol, without clients | the objects of a partition form one chain, whatever crashes |
//!
//! Who may use whom: `commands` use every room, and no room uses `commands`; `stream` uses `run`;
//! `run` uses nothing. Commands never import each other. A test holds the house to it.

pub mod batch;
pub mod cli;
pub mod commands;
pub mod json;
pub mod kafka;
pub mod manual;
pub mod parquet;
pub mod pseudonym;
pub mod run;
pub mod s3;
pub mod stream;
pub mod users;
