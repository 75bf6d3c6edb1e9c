//! One value on its way into a new record: of the old record, or a constant.

use crate::json::{Cursor, Error, Kind, Str, Value};

/// A value, and the text that its span counts in.
#[derive(Clone, Copy)]
pub(super) struct Cell<'r> {
    pub value: Value,
    pub text: &'r [u8],
}

impl<'r> Cell<'r> {
    /// What it is.
    pub fn kind(&self) -> Kind {
        self.value.kind
    }

    /// Its JSON, byte for byte.
    #[inline]
    pub fn bytes(&self) -> &'r [u8] {
        &self.text[self.value.span.range()]
    }

    /// As a string, which it is.
    #[inline]
    pub fn string(&self) -> Str<'r> {
        self.value.as_str(self.text)
    }
}

/// JSON of a mapping's own.
#[derive(Clone, Debug)]
pub(super) struct Constant {
    text: Box<[u8]>,
    value: Value,
}

impl Constant {
    /// Reads one JSON value.
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::bytes(text);
        let value = cursor.value()?;
        cursor.finish()?;
        Ok(Self { text: text.into(), value })
    }

    /// A string with this text.
    pub fn string(text: &str) -> Self {
        Self::of(serde_json::Value::from(text).to_string())
    }

    /// A number.
    pub fn number(number: u64) -> Self {
        Self::of(number.to_string())
    }

    /// A number that may be below zero.
    pub fn signed(number: i64) -> Self {
        Self::of(number.to_string())
    }

    #[allow(clippy::expect_used, reason = "what serde_json and integers print is JSON")]
    fn of(json: String) -> Self {
        Self::parse(json.as_bytes()).expect("JSON")
    }

    /// The value.
    #[inline]
    pub fn cell(&self) -> Cell<'_> {
        Cell { value: self.value, text: &self.text }
    }
}
