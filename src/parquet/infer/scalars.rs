//! What a sample says about numbers and strings: the smallest type that takes all of them.
//!
//! Each answer is found by asking the very functions that `to-parquet` will ask.

use crate::schema::Type;
use crate::schema::{numbers, times};

/// Digits that a double keeps of any decimal fraction that a program printed from one.
const DOUBLE_DIGITS: u32 = 17;
/// Digits of the widest DECIMAL; guessed decimals get all of them, for what the sample did not show.
const PRECISION: u8 = 38;

/// The numbers of one field.
#[derive(Debug)]
pub(super) struct Numbers {
    /// All fit 32, and 64 bits.
    int: bool,
    long: bool,
    /// All are integers, however large.
    integers: bool,
    /// All are doubles without loss.
    doubles: bool,
    /// All are decimals, with so many digits before and after the point.
    decimals: bool,
    whole: u32,
    fraction: u32,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { int: true, long: true, integers: true, doubles: true, decimals: true, whole: 0, fraction: 0 }
    }
}

impl Numbers {
    pub fn learn(&mut self, text: &[u8]) {
        if self.int && numbers::integer::<i32>(text).is_ok() {
            return self.widen(text.len() as u32, 0);
        }
        self.int = false;
        self.long &= numbers::integer::<i64>(text).is_ok();
        let width = numbers::width(text);
        let plain = text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
        self.integers &= plain && width.is_some();
        // A zero is a zero however it is spelled; -0.0 is none for a DECIMAL.
        let short =
            plain || !numbers::is_nonzero(text) || width.is_some_and(|width| width.digits <= DOUBLE_DIGITS);
        self.doubles &= short && numbers::double(text).is_ok();
        match width {
            Some(width) => self.widen(width.whole, width.fraction),
            None => self.decimals = false,
        }
    }

    fn widen(&mut self, whole: u32, fraction: u32) {
        self.whole = self.whole.max(whole);
        self.fraction = self.fraction.max(fraction);
    }

    pub fn kind(&self) -> Type {
        let decimal = self.decimals && self.whole + self.fraction <= u32::from(PRECISION);
        match () {
            () if self.int => Type::Int,
            () if self.long => Type::Long,
            // Big integers are never floats.
            () if self.integers && decimal => Type::Decimal { precision: PRECISION, scale: 0 },
            () if self.doubles && !self.integers => Type::Double,
            // At most 38.
            () if decimal => Type::Decimal { precision: PRECISION, scale: self.fraction as u8 },
            () => Type::String,
        }
    }
}

/// The strings of one field.
#[derive(Debug)]
pub(super) struct Strings {
    date: bool,
    timestamp: bool,
    timestamp_ntz: bool,
}

impl Default for Strings {
    fn default() -> Self {
        Self { date: true, timestamp: true, timestamp_ntz: true }
    }
}

impl Strings {
    pub fn learn(&mut self, text: &[u8]) {
        self.date = self.date && times::date(text).is_ok();
        self.timestamp = self.timestamp && times::timestamp(text).is_ok();
        self.timestamp_ntz = self.timestamp_ntz && times::timestamp_ntz(text).is_ok();
    }

    pub fn kind(&self) -> Type {
        match () {
            () if self.date => Type::Date,
            () if self.timestamp => Type::Timestamp,
            () if self.timestamp_ntz => Type::TimestampNtz,
            () => Type::String,
        }
    }
}
