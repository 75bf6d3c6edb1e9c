//! What every process does, whatever its command: exit codes, signals, logs, progress, settings.
//!
//! Uses no other module of the crate, and knows nothing of records.

pub mod descriptors;
pub mod engine;
pub mod exit;
pub mod fault;
pub mod files;
pub mod links;
pub mod log;
pub mod process;
pub mod progress;
pub mod random;
pub mod retry;
pub mod scratch;
pub mod settings;
pub mod signals;
pub mod tls;
pub mod units;

pub use exit::{Error, Exit, Result};
pub use process::{Globals, Process};
pub use signals::{Role, Signals, Stop};
