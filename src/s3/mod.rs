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
//! What the room guarantees: nothing is visible before `publish`; memory is bounded, and by how much
//! is said in [`parts`]; `--create-only` is a condition that the store checks, never a look before a
//! write; an unclear answer to the publishing request is cleared up ([`publish`]); every failure is
//! one line with the right exit code ([`error`]).
//!
//! [`sandbox`] is the other side: a small S3 for the first five minutes, and for tests.
mod download;
mod error;
mod location;
mod options;
mod parts;
mod publish;
mod rejects;
mod sandbox;
mod store;
mod transfer;
mod upload;

pub use location::{Batch, Location, content_type, key_for};
pub use options::{AddressingStyle, ENVIRONMENT, S3Args, STAND_INS};
pub use parts::Schedule;
pub use publish::Target;
pub use sandbox::Sandbox;
pub use store::{Seen, Store};
pub use upload::{AbortHandle, Upload, Warn};
