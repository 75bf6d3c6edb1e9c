//! Why a record does not fit the schema, gathered on the way out of it: the innermost value gives
//! the reason, and each level that the fault passes adds its step to the path.

use std::borrow::Cow;

use crate::json::{self, Kind};
use crate::stream::Reject;

/// Why one value does not fit; boxed, so that results on the hot path are one word wide.
#[derive(Debug)]
pub(crate) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    cause: Cause,
    /// From the innermost level outwards.
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Cause {
    /// The record is not JSON, and no path leads to that.
    Json(json::Error),
    /// A value of the wrong kind; the column's type is told by whoever knows it.
    Kind(Kind, Option<String>),
    /// A value of the right kind that the column cannot hold.
    Value(&'static str, Option<String>),
    /// Anything that needs no type to be understood.
    Plain(Cow<'static, str>),
}

#[derive(Debug)]
enum Step {
    Member(String),
    Element(usize),
    /// A map's value: its key is data, and is not told.
    Entry,
}

impl Fault {
    #[cold]
    fn new(cause: Cause) -> Self {
        Self(Box::new(Inner { cause, steps: Vec::new() }))
    }

    /// A value of a kind that the column does not take.
    #[cold]
    pub fn kind(found: Kind) -> Self {
        Self::new(Cause::Kind(found, None))
    }

    /// A value that the column cannot hold.
    #[cold]
    pub fn value(why: &'static str) -> Self {
        Self::new(Cause::Value(why, None))
    }

    /// A fault that needs no type to be understood.
    #[cold]
    pub fn plain(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Cause::Plain(reason.into()))
    }

    /// A field that the record has twice.
    #[cold]
    pub fn twice() -> Self {
        Self::plain("two values for one field")
    }

    /// A null where the schema has none.
    #[cold]
    pub fn null() -> Self {
        Self::plain("null in a NOT NULL column")
    }

    /// A field that the schema demands and the record lacks.
    #[cold]
    pub fn missing() -> Self {
        Self::plain("missing, and the column is NOT NULL")
    }

    /// Tells the type of the column, if the fault is about it and nobody has told it yet.
    #[cold]
    pub fn in_column(mut self, label: &str) -> Self {
        match &mut self.0.cause {
            Cause::Kind(_, column) | Cause::Value(_, column) if column.is_none() => {
                *column = Some(label.to_owned());
            }
            _ => {}
        }
        self
    }

    /// Adds the name of the member that holds the value.
    #[cold]
    pub fn under(mut self, name: &str) -> Self {
        self.0.steps.push(Step::Member(name.to_owned()));
        self
    }

    /// Adds the index of the element that holds the value.
    #[cold]
    pub fn at_element(mut self, index: usize) -> Self {
        self.0.steps.push(Step::Element(index));
        self
    }

    /// Says that the value is one of a map's.
    #[cold]
    pub fn in_map(mut self) -> Self {
        self.0.steps.push(Step::Entry);
        self
    }

    fn path(&self) -> Option<String> {
        let mut path = String::new();
        for step in self.0.steps.iter().rev() {
            match step {
                Step::Member(name) => push_member(&mut path, name),
                Step::Element(index) => path.push_str(&format!("[{index}]")),
                Step::Entry => path.push_str(".*"),
            }
        }
        (!path.is_empty()).then_some(path)
    }
}

/// Appends a name as the commands' paths write it: in JSON quotes where it would be misread.
pub(crate) fn push_member(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    let special = |c: char| matches!(c, '.' | '[' | ']' | '"' | '\\' | '*') || c.is_control();
    if name.is_empty() || name.starts_with('/') || name.contains(special) {
        path.push_str(&serde_json::Value::from(name).to_string());
    } else {
        path.push_str(name);
    }
}

impl From<json::Error> for Fault {
    #[cold]
    fn from(error: json::Error) -> Self {
        match error.reason() {
            json::Reason::Surrogate => Self::plain(error.reason().as_str()),
            _ => Self::new(Cause::Json(error)),
        }
    }
}

impl From<Fault> for Reject {
    fn from(fault: Fault) -> Self {
        let path = fault.path();
        let reason: Cow<'static, str> = match fault.0.cause {
            Cause::Json(error) => return Reject::from(error),
            Cause::Kind(kind, column) => {
                format!("{} where the schema has {}", article(kind), column.unwrap_or_default()).into()
            }
            Cause::Value(why, Some(column)) => format!("{why} ({column})").into(),
            Cause::Value(why, None) => why.into(),
            Cause::Plain(reason) => reason,
        };
        Reject { reason, path, hint: None }
    }
}

/// A kind in words.
pub(crate) fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "an object",
        Kind::Array => "an array",
        Kind::String => "a string",
        Kind::Number => "a number",
        Kind::True | Kind::False => "a boolean",
        Kind::Null => "null",
    }
}
