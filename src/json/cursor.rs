//! The cursor: one pass over one record, driven by whoever knows what to look for.
//!
//! Everything that the cursor steps over is checked against the whole grammar of RFC 8259. Walking
//! an object and calling [`Cursor::finish`] at the end therefore validates the record:
//!
//! ```
//! use sluicebox::json::{Cursor, Error};
//!
//! fn city(record: &[u8]) -> Result<Option<&[u8]>, Error> {
//!     let mut found = None;
//!     let mut cursor = Cursor::bytes(record);
//!     let mut next = cursor.enter_object()?;
//!     while let Some(key) = next {
//!         if key.is("city") {
//!             found = Some(cursor.string()?.raw());
//!         } else {
//!             cursor.skip_value()?;
//!         }
//!         next = cursor.next_key()?;
//!     }
//!     cursor.finish()?;
//!     Ok(found)
//! }
//! assert_eq!(city(br#"{"zip": [9829], "city": "Genk"}"#), Ok(Some(&b"Genk"[..])));
//! ```
//!
//! Any bytes are safe to walk: a record that is not UTF-8 or ends anywhere gives an [`Error`] or is
//! stepped over, never a panic. Offsets and spans count from the record's first byte.

use super::error::{Error, Reason};
use super::value::{Key, Kind, Number, Span, Str, Value};
use super::{number, string};
use crate::stream::Record;

/// How deeply arrays and objects may be nested. A bound on the stack, and what serde_json has too.
pub const MAX_DEPTH: u32 = 128;

/// The next member name of an object, guessed before it is read: see [`Cursor::guess_key`].
#[derive(Clone, Debug)]
pub struct Guess(Box<[u8]>);

impl Guess {
    /// A guess at the member name `name`; `None` if it cannot stand in JSON without escapes.
    pub fn new(name: &str) -> Option<Self> {
        let plain = name.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
        plain.then(|| Self(format!(",\"{name}\":").into_bytes().into()))
    }
}

/// A place in a record, moving forward only.
#[derive(Clone)]
pub struct Cursor<'a> {
    text: &'a [u8],
    /// Never past the end of `text`.
    at: usize,
    depth: u32,
}

impl<'a> Cursor<'a> {
    /// At the start of `record`.
    #[inline]
    pub fn new(record: &Record<'a>) -> Self {
        Self::bytes(record.bytes())
    }

    /// At the start of any bytes.
    #[inline]
    pub fn bytes(text: &'a [u8]) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// How far the cursor has come.
    #[inline]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The record's bytes.
    #[inline]
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Steps over white space, and says what the value is that starts here.
    #[inline(always)]
    pub fn peek(&mut self) -> Result<Kind, Error> {
        match self.next_token() {
            b'"' => Ok(Kind::String),
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::Array),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            b't' => Ok(Kind::True),
            b'f' => Ok(Kind::False),
            b'n' => Ok(Kind::Null),
            _ => Err(self.expected(Reason::Value)),
        }
    }

    /// Enters the object that comes next, and returns its first member name, the cursor before its
    /// value; `None` if the object is empty, the cursor behind it.
    #[inline(always)]
    pub fn enter_object(&mut self) -> Result<Option<Key<'a>>, Error> {
        if self.next_token() != b'{' {
            return Err(self.expected(Reason::NotAnObject));
        }
        self.enter()?;
        match self.next_token() {
            b'"' => self.key().map(Some),
            b'}' => Ok(self.leave()),
            _ => Err(self.expected(Reason::Key)),
        }
    }

    /// The next member name after a member's value; `None` at the end of the object, which is left.
    #[inline(always)]
    pub fn next_key(&mut self) -> Result<Option<Key<'a>>, Error> {
        match self.next_token() {
            b',' => self.at += 1,
            b'}' => return Ok(self.leave()),
            _ => return Err(self.expected(Reason::CommaOrBrace)),
        }
        match self.next_token() {
            b'"' => self.key().map(Some),
            _ => Err(self.expected(Reason::Key)),
        }
    }

    /// After a member's value: steps over the next member name, if it is the guessed one, spelled
    /// plainly and without white space. Otherwise the cursor stays, and [`Self::next_key`] reads on.
    ///
    /// Records of one stream mostly have their keys in one order, and to compare is cheaper than to
    /// search for the end of a name and then look it up.
    #[inline(always)]
    pub fn guess_key(&mut self, guess: &Guess) -> bool {
        let hit = self.text[self.at..].starts_with(&guess.0);
        if hit {
            self.at += guess.0.len();
        }
        hit
    }

    /// Enters the array that comes next, and says whether an element follows. If not, the array is
    /// empty and the cursor behind it.
    #[inline(always)]
    pub fn enter_array(&mut self) -> Result<bool, Error> {
        if self.next_token() != b'[' {
            return Err(self.expected(Reason::NotAnArray));
        }
        self.enter()?;
        if self.next_token() == b']' {
            self.leave();
            return Ok(false);
        }
        Ok(true)
    }

    /// Whether another element follows an element; if not, the array is left.
    #[inline(always)]
    pub fn next_element(&mut self) -> Result<bool, Error> {
        match self.next_token() {
            b',' => {
                self.at += 1;
                Ok(true)
            }
            b']' => {
                self.leave();
                Ok(false)
            }
            _ => Err(self.expected(Reason::CommaOrBracket)),
        }
    }

    /// Reads the string that comes next.
    #[inline(always)]
    pub fn string(&mut self) -> Result<Str<'a>, Error> {
        if self.next_token() != b'"' {
            return Err(self.expected(Reason::NotAString));
        }
        self.quoted()
    }

    /// Reads the number that comes next.
    #[inline(always)]
    pub fn number(&mut self) -> Result<Number<'a>, Error> {
        self.next_token();
        let start = self.at;
        match number::number(self.text, start) {
            Ok(extent) => {
                self.at = extent.end;
                Ok(Number { text: &self.text[start..extent.end], start, is_integer: extent.integer })
            }
            Err((reason, at)) => Err(Error::new(reason, at)),
        }
    }

    /// Reads the literal that comes next, which [`Self::peek`] has announced: `true`, `false` or
    /// `null`.
    #[inline(always)]
    pub fn literal(&mut self) -> Result<Kind, Error> {
        match self.next_token() {
            b't' => self.word(b"true", Kind::True),
            b'f' => self.word(b"false", Kind::False),
            b'n' => self.word(b"null", Kind::Null),
            _ => Err(self.expected(Reason::Value)),
        }
    }

    /// Steps over the value that comes next, whatever it is, and says what it was.
    #[inline]
    pub fn skip_value(&mut self) -> Result<Kind, Error> {
        self.value().map(|value| value.kind)
    }

    /// Steps over the value that comes next, whatever it is, and says where it stands.
    #[inline(always)]
    pub fn value(&mut self) -> Result<Value, Error> {
        let kind = self.peek()?;
        let start = self.at;
        let mut escaped = false;
        match kind {
            Kind::String => escaped = self.quoted()?.escaped,
            Kind::Number => drop(self.number()?),
            Kind::Object => self.skip_object()?,
            Kind::Array => self.skip_array()?,
            Kind::True | Kind::False | Kind::Null => drop(self.literal()?),
        }
        Ok(Value { kind, escaped, span: Span { start, end: self.at } })
    }

    /// Checks that nothing but white space follows.
    #[inline]
    pub fn finish(mut self) -> Result<(), Error> {
        self.next_token();
        if self.at == self.text.len() { Ok(()) } else { Err(self.expected(Reason::Trailing)) }
    }

    fn skip_object(&mut self) -> Result<(), Error> {
        let mut more = self.enter_object()?.is_some();
        while more {
            self.value()?;
            more = self.next_key()?.is_some();
        }
        Ok(())
    }

    fn skip_array(&mut self) -> Result<(), Error> {
        let mut more = self.enter_array()?;
        while more {
            self.value()?;
            more = self.next_element()?;
        }
        Ok(())
    }

    /// Steps over white space and returns the byte that follows; 0, which nothing in the grammar
    /// accepts, at the end.
    #[inline(always)]
    fn next_token(&mut self) -> u8 {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(&byte) => return byte,
                None => return 0,
            }
        }
    }

    /// Reads a member name, at its quote, and the colon behind it.
    #[inline(always)]
    fn key(&mut self) -> Result<Key<'a>, Error> {
        let key = self.quoted()?;
        if self.next_token() != b':' {
            return Err(self.expected(Reason::Colon));
        }
        self.at += 1;
        Ok(key)
    }

    /// Reads a string, at its quote.
    #[inline(always)]
    fn quoted(&mut self) -> Result<Str<'a>, Error> {
        let start = self.at + 1;
        let mut escaped = false;
        let mut at = start;
        loop {
            at = string::plain_run(self.text, at);
            match self.text.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at = string::escape_end(self.text, at).map_err(|(reason, at)| Error::new(reason, at))?;
                }
                Some(_) => return Err(Error::new(Reason::Control, at)),
                None => return Err(Error::new(Reason::Truncated, at)),
            }
        }
        self.at = at + 1;
        Ok(Str { raw: &self.text[start..at], start, escaped })
    }

    #[inline(always)]
    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, Error> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.expected(Reason::Value));
        }
        self.at += word.len();
        Ok(kind)
    }

    /// Goes one level down, over an opening bracket.
    #[inline(always)]
    fn enter(&mut self) -> Result<(), Error> {
        if self.depth == MAX_DEPTH {
            return Err(Error::new(Reason::Depth, self.at));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Goes one level up, over a closing bracket.
    #[inline(always)]
    fn leave(&mut self) -> Option<Key<'a>> {
        self.depth = self.depth.saturating_sub(1);
        self.at += 1;
        None
    }

    /// The fault of not finding here what the grammar asks for.
    #[cold]
    fn expected(&self, reason: Reason) -> Error {
        let reason = match reason {
            Reason::Trailing => reason,
            _ if self.at >= self.text.len() => Reason::Truncated,
            _ if self.at == 0 && self.text.starts_with(b"\xef\xbb\xbf") => Reason::ByteOrderMark,
            _ => reason,
        };
        Error::new(reason, self.at)
    }
}
