//! All integration tests, as one program: one link, one set of services.
//!
//! `tests/run` starts the services and runs this. `tests/run NAME` runs the tests whose names hold
//! NAME.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr, clippy::print_stdout)]

mod cassandra;
mod contract;
mod csv;
mod docs;
mod exactly_once;
mod fetch;
mod fields;
mod formats;
mod generate;
mod groups;
mod house;
mod job;
mod kafka;
mod mistakes;
mod mongo;
mod parquet;
mod permissions;
mod pipelines;
mod postgres;
mod river;
mod s3;
mod s3_batch;
mod s3_verify;
mod settings;
mod support;
