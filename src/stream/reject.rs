//! A record that a stage refuses: why, at which path, from where. Never the record itself.

use std::borrow::Cow;

use crate::run::exit::Error;

/// Why one record cannot be passed on. The stage's name and the record's position are added by the
/// driver, and the record itself is never part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// In plain words, without any value of the record: "not a JSON object", "missing field".
    pub reason: Cow<'static, str>,
    /// The path of the field at fault, as the user wrote it: `location.postcode`.
    pub path: Option<String>,
    /// What to type instead, where the stage can tell: for the person at the terminal alone.
    pub hint: Option<String>,
}

impl Reject {
    /// A reject of the whole record.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), path: None, hint: None }
    }

    /// A reject because of the field at `path`.
    pub fn at(path: impl Into<String>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), path: Some(path.into()), hint: None }
    }

    /// Adds what to type instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What can go wrong with one record: the record is refused, or the whole command fails.
#[derive(Debug)]
pub enum Trouble {
    /// This record is refused; the stream goes on while the allowance lasts.
    Reject(Reject),
    /// The command cannot go on.
    Fail(Error),
}

impl From<Reject> for Trouble {
    fn from(reject: Reject) -> Self {
        Trouble::Reject(reject)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Trouble::Fail(error)
    }
}
