//! Sluicebox: composable Unix commands that stream newline-delimited JSON.
pub mod cli;
pub mod commands;
pub mod json;
pub mod kafka;
pub mod parquet;
pub mod pseudonym;
pub mod run;
pub mod s3;
pub mod stream;
pub mod users;
