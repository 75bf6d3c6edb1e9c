//! What every command shares: records in and out, seals, rejects, counts, reports, stdio.
//!
//! | file | is about |
//! |---|---|
//! | [`shapes`] | the four shapes of a command: source, transform, encoder, sink |
//! | [`stage`] | the drivers: what all commands of a shape have in common |
//! | [`input`], [`output`] | records in and out (`block`: from bytes to lines) |
//! | [`bytes`], [`frames`], [`outfile`] | bytes in and out: between an encoder and a sink, or into a file (`aside`) |
//! | [`seal`], [`counts`] | how a stream says that it is whole |
//! | [`reject`], [`rejects`] | one refused record; all of a stage's, and the allowance |
//! | [`side`] | files that are written beside the data |
//! | [`report`], [`summary`] | what a stage tells the parent of the pipeline, and whoever asks |
//! | [`reports`] | what that parent makes of the reports of all its stages |
//!
//! Uses `run` and no room.

mod aside;
mod block;
pub mod bytes;
pub mod counts;
pub mod frames;
pub mod input;
pub mod options;
pub mod outfile;
pub mod output;
pub mod record;
pub mod reject;
pub mod rejects;
pub mod report;
pub mod reports;
pub mod seal;
pub mod shapes;
pub mod side;
pub mod stage;
pub mod stdio;
pub mod summary;

pub use counts::Facts;
pub use options::{Options, Reading, SEAL_VARIABLE, Target};
pub use output::RecordOut;
pub use record::{Position, Record};
pub use reject::{Reject, Trouble};
pub use seal::Sealed;
pub use shapes::{ByteOut, ByteSink, Encoder, Fate, Line, Sink, Source, Transform};
pub use stage::{Check, Stage};
