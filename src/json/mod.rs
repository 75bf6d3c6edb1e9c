//! JSON on the hot path: one pass over a record finds what is wanted and checks all the rest.
//!
//! Every command that reads records reads them through this room. Nothing is parsed into a tree and
//! nothing is converted: values are spans of the record, so that what a command does not change it
//! passes on byte for byte.
//!
//! | for | use |
//! |---|---|
//! | "is this line one JSON object?" | [`validate_object`] |
//! | the value at one path | [`Getter`] |
//! | the values at several paths | [`Paths::find`], and [`rewrite()`] to replace them |
//! | walking a record by a schema | [`Cursor`] |
//!
//! What all of them accept is RFC 8259 and nothing else, nested at most [`MAX_DEPTH`] deep. Numbers
//! of any size, repeated names, and half surrogate pairs in strings that nobody asks the text of
//! are fine. An [`Error`] has a reason and an offset, and becomes a [`crate::stream::Reject`].
mod cursor;
mod error;
mod number;
mod path;
mod paths;
mod rewrite;
mod scan;
mod string;
mod value;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod speed;

pub use cursor::{Cursor, Guess, MAX_DEPTH};
pub use error::{Error, Reason};
pub use path::{Path, Step};
pub use paths::{Found, Hit, Misfit, Paths};
pub use rewrite::rewrite;
pub use scan::{Getter, validate_object, validate_object_in};
pub use value::{Key, Kind, Number, Span, Str, Value};
