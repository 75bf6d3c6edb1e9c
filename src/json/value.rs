//! Values as a scanner sees them: what they are and where they stand, still as they are spelled.

use std::ops::Range;

use super::error::Error;
use super::string;

/// What a value is, as its first byte tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number.
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

/// Where something stands in its record: `record.bytes()[span.range()]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// As an index into the record.
    #[inline]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A checked string or member name, still escaped.
#[derive(Clone, Copy)]
pub struct Str<'a> {
    pub(super) raw: &'a [u8],
    pub(super) start: usize,
    pub(super) escaped: bool,
}

/// A member name is a string.
pub type Key<'a> = Str<'a>;

impl<'a> Str<'a> {
    /// What stands between the quotes. It is the text itself unless [`Self::is_escaped`].
    #[inline]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether there is a `\` in it.
    #[inline]
    pub fn is_escaped(&self) -> bool {
        self.escaped
    }

    /// Where it stands, without its quotes.
    #[inline]
    pub fn span(&self) -> Span {
        Span { start: self.start, end: self.start + self.raw.len() }
    }

    /// Whether its text is `name`, however it is spelled: `"em\u0061il"` is `email`.
    #[inline]
    pub fn is(&self, name: &str) -> bool {
        if self.escaped { self.unescapes_to(name) } else { self.raw == name.as_bytes() }
    }

    #[cold]
    fn unescapes_to(&self, name: &str) -> bool {
        let mut text = Vec::with_capacity(self.raw.len());
        string::unescape(self.raw, &mut text).is_ok() && text == name.as_bytes()
    }

    /// Appends its text to `out`. Half a surrogate pair has no text, and is an error.
    #[inline]
    pub fn unescape_into(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.escaped {
            string::unescape(self.raw, out).map_err(|(reason, at)| Error::new(reason, self.start + at))
        } else {
            out.extend_from_slice(self.raw);
            Ok(())
        }
    }

    /// Its text: the record's own bytes if nothing in it is escaped, otherwise written to `scratch`
    /// (which is cleared).
    #[inline]
    pub fn text<'s>(&self, scratch: &'s mut Vec<u8>) -> Result<&'s [u8], Error>
    where
        'a: 's,
    {
        if !self.escaped {
            return Ok(self.raw);
        }
        scratch.clear();
        self.unescape_into(scratch)?;
        Ok(scratch)
    }
}

/// A checked number, as it is spelled.
#[derive(Clone, Copy)]
pub struct Number<'a> {
    /// Its bytes, which are ASCII.
    pub text: &'a [u8],
    /// Where it starts in the record.
    pub start: usize,
    /// Whether it has neither a fraction nor an exponent (`-0` is one too).
    pub is_integer: bool,
}

/// A checked value of any kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// For a string: whether there is a `\` in it.
    pub escaped: bool,
    /// Where it stands, with quotes or brackets.
    pub span: Span,
}

impl Value {
    /// This value, which is a string, in the record that it was found in.
    #[inline]
    pub fn as_str<'a>(&self, record: &'a [u8]) -> Str<'a> {
        debug_assert_eq!(self.kind, Kind::String);
        let start = self.span.start + 1;
        Str { raw: &record[start..self.span.end - 1], start, escaped: self.escaped }
    }
}
