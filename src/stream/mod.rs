//! What every command shares: records in and out, seals, rejects, counts, reports, stdio.
//!
//! Uses `run` and no room.
pub mod output;
pub mod record;
pub mod reject;
pub mod seal;
pub mod shapes;

pub use output::RecordOut;
pub use record::{PADDING, Position, Record};
pub use reject::{Reject, Trouble};
pub use shapes::{ByteOut, ByteSink, Encoder, Facts, Fate, Line, Sink, Source, Transform};
