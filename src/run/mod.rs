//! What every process does, whatever its command: exit codes, signals, logs, settings, units.
//!
//! Uses no other module of the crate.
pub mod exit;
pub mod random;
pub mod retry;
pub mod signals;
pub mod units;
