//! `--where`: which records are wanted.
//!
//! ```text
//! type == "trade" and not (data.p < 0.5 or data.s in ("AAPL", "AMZN")) and data.c is null
//! ```
//!
//! | written | is true where |
//! |---|---|
//! | `PATH == LITERAL`, `!=`, `<`, `<=`, `>`, `>=` | both are of one kind and compare so; `PATH` may stand on both sides |
//! | `PATH in (LITERAL, …)` | it equals one of them |
//! | `PATH exists` | something stands there, be it null |
//! | `PATH is null`, `PATH is not null` | null stands there; something else does |
//! | `PATH` | true stands there |
//! | `not X`, `X and Y`, `X or Y`, `( )` | in this order of strength |
//!
//! Literals are JSON numbers, `true`, `false`, `null`, and strings in double or single quotes. Strings
//! are compared by their text, character by character; numbers by their value, of whatever length. A
//! missing field, and null, equal nothing but null and are neither less nor greater than anything.
//! Values of two kinds are not equal; which of them is less nobody can say, and the record is refused.

mod eval;
mod lex;
mod parse;

pub(super) use eval::{Filter, Lookup, Truth, Unknown};
pub(super) use parse::Expr;

use super::cell::Constant;
use super::source::Reference;

/// A side of a comparison.
#[derive(Clone, Debug)]
pub(super) enum Operand<P> {
    Place(P),
    Literal(Constant),
}

/// How two sides compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A path of the expression, and whether it may be missing in all records.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub place: Reference,
    pub optional: bool,
}
