//! New records from old ones: the room behind `map-fields`.
//!
//! How a record flows: [`wanted`] walks it once, checks all of it, and notes where the wanted values
//! stand; the [`filter`] says whether it is wanted at all; [`base`] says which parts of the old record
//! stay; [`target`] writes the new one, each field by its [`spec`]. Values are spans of the old record
//! and are copied byte for byte unless a conversion was asked for.
//!
//! | file | is about |
//! |---|---|
//! | [`spec`], [`source`], [`template`] | one mapping, as it was written |
//! | [`convert`] | types: exactly, or not at all |
//! | [`filter`] | `--where` |
//! | [`wanted`] | finding values, in one pass |
//! | [`layout`], [`base`] | `--all`, `--keep`, `--drop` |
//! | [`row`], [`target`] | looking values up, and writing the new record |
//! | [`plan`], [`mapper`] | from options to a checked plan, and the plan at work |
//! | [`tally`], [`near`] | what is told of it all, and what was probably meant |
//!
//! Guarantees: a record is mapped whole or refused with a path and a reason; which of two values was
//! meant is never guessed; nothing is dropped but by request, and that is counted.

mod base;
mod cell;
mod convert;
mod filter;
mod layout;
mod mapper;
mod near;
mod plan;
mod row;
mod source;
mod spec;
mod tally;
mod target;
mod template;
mod wanted;

#[cfg(test)]
mod speed;
#[cfg(test)]
mod tests;

pub use mapper::Mapper;
pub use plan::{Options, Place};
