//! The S3 room: one object from a stream of unknown length, published all or nothing.
//!
//! A command parses [`S3Args`] and a [`Location`], opens a [`Store`], looks at the destination, and
//! feeds an [`Upload`], which is a [`crate::stream::ByteSink`]:
//!
//! ```text
//! bytes ── Upload (buffers, back-pressure) ──► Transfer (its own thread: parts side by side)
//!              │ publish                            │ Put, or Complete with the condition
//!              └ dropped, failed, killed            └ Abort: nothing stays behind
//! ```
//!
//! In a batch of `kafka-consume --group` the sink is a [`Landing`] around an upload: it looks for the
//! object of the batch, proves that the store honours the condition ([`probe`]), and takes an object of
//! the same batch that is there for its own ([`found`]).
//!
//! What the room guarantees: nothing is visible before `publish`; memory is bounded, and by how much
//! is said in [`parts`]; `--create-only` is a condition that the store checks, never a look before a
//! write; an unclear answer to the publishing request is cleared up ([`publish`]); every failure is
//! one line with the right exit code ([`error`]).
//!
//! [`sandbox`] is the other side: a small S3 for the first five minutes, and for tests.
mod download;
mod error;
mod found;
mod http;
mod landing;
mod location;
mod options;
mod parts;
mod probe;
mod publish;
mod rejects;
mod sandbox;
mod store;
mod survey;
mod transfer;
mod upload;

pub use landing::{Landing, Place};
pub use location::{Location, SUFFIX, content_type, key_for};
pub use options::{AddressingStyle, ENVIRONMENT, S3Args, S3Place, STAND_INS};
pub use parts::Schedule;
pub use probe::CONDITION_KEY;
pub use publish::{Claim, Target};
pub use sandbox::Sandbox;
pub use store::{Seen, Store};
pub use survey::{Item, Kind as ItemKind, Unfinished};
pub use upload::{AbortHandle, Upload, Warn};
