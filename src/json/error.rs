//! Why a text is not JSON: a fixed reason and a byte offset, never a value.

use std::fmt;

use crate::stream::Reject;

/// What the grammar missed or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// The text ends inside a value.
    Truncated,
    /// No value starts here.
    Value,
    /// An object was asked for and something else stands here.
    NotAnObject,
    /// The record begins with U+FEFF, as files of some editors do.
    ByteOrderMark,
    /// An array was asked for and something else stands here.
    NotAnArray,
    /// A string was asked for and something else stands here.
    NotAString,
    /// A number was asked for and something else stands here, or its digits are wrong.
    Number,
    /// A member name must be a string.
    Key,
    /// `:` is missing after a member name.
    Colon,
    /// Neither `,` nor `}` follows a member.
    CommaOrBrace,
    /// Neither `,` nor `]` follows an element.
    CommaOrBracket,
    /// A raw control character inside a string.
    Control,
    /// `\` with something after it that is no escape.
    Escape,
    /// A `\u` escape of half a surrogate pair, where the text itself is needed.
    Surrogate,
    /// Arrays and objects nested more than [`super::MAX_DEPTH`] deep.
    Depth,
    /// Something other than white space follows the value.
    Trailing,
}

impl Reason {
    /// The reason in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Truncated => "the record ends inside a value",
            Reason::Value => "expected a value",
            Reason::NotAnObject => "not a JSON object",
            Reason::ByteOrderMark => "a byte order mark",
            Reason::NotAnArray => "not an array",
            Reason::NotAString => "not a string",
            Reason::Number => "malformed number",
            Reason::Key => "expected a member name in quotes",
            Reason::Colon => "expected ':' after a member name",
            Reason::CommaOrBrace => "expected ',' or '}' after a member",
            Reason::CommaOrBracket => "expected ',' or ']' after an element",
            Reason::Control => "raw control character in a string",
            Reason::Escape => "malformed escape in a string",
            Reason::Surrogate => "lone surrogate in a string",
            Reason::Depth => "nested too deeply",
            Reason::Trailing => "more text after the end of the value",
        }
    }
}

/// A fault in a record: the reason and the byte offset from the record's start.
///
/// Two words wide, so that the scanner's results travel in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    at: usize,
    reason: Reason,
}

impl Error {
    /// A fault at byte `at` of the record.
    #[cold]
    pub fn new(reason: Reason, at: usize) -> Self {
        Self { at, reason }
    }

    /// What is wrong.
    pub fn reason(self) -> Reason {
        self.reason
    }

    /// Where, in bytes from the record's start.
    pub fn at(self) -> usize {
        self.at
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::NotAnObject => f.write_str(self.reason.as_str()),
            reason => write!(f, "not valid JSON: {} at byte {}", reason.as_str(), self.at),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for Reject {
    fn from(error: Error) -> Self {
        match error.reason {
            Reason::NotAnObject => Reject::new(error.reason.as_str()),
            _ => Reject::new(error.to_string()),
        }
    }
}

impl From<Error> for crate::stream::Trouble {
    fn from(error: Error) -> Self {
        crate::stream::Trouble::Reject(error.into())
    }
}
