//! BSON, written by hand: a record becomes its bytes in one pass, and nothing in between.
//!
//! The format: a document is its length, its elements and a zero byte; an element is the byte of its type,
//! its name ended by a zero byte, and its value. Numbers are little-endian.

/// The types of elements that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are those of the specification")]
pub enum Type {
    Double = 0x01,
    String = 0x02,
    Document = 0x03,
    Array = 0x04,
    Binary = 0x05,
    ObjectId = 0x07,
    Boolean = 0x08,
    DateTime = 0x09,
    Null = 0x0a,
    Int32 = 0x10,
    Int64 = 0x12,
    Decimal128 = 0x13,
}

/// The exponent that a Decimal128 writes as 0.
const BIAS: i32 = 6176;
/// The most digits of a Decimal128.
pub const DECIMAL_DIGITS: u8 = 34;

/// Begins a document or an array; [`end`] wants what this returns.
pub fn begin(out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(&[0; 4]);
    out.len() - 4
}

/// Ends it.
pub fn end(out: &mut Vec<u8>, start: usize) {
    out.push(0);
    // A record has at most 16 MiB, and a bulk little more.
    let length = (out.len() - start) as i32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// The type and the name of an element; its value is to follow. Returns where the type stands, for who
/// knows it later.
pub fn name(out: &mut Vec<u8>, kind: Type, name: &[u8]) -> usize {
    out.push(kind as u8);
    out.extend_from_slice(name);
    out.push(0);
    out.len() - name.len() - 2
}

/// The value of a string.
pub fn text(out: &mut Vec<u8>, text: &[u8]) {
    let length = text.len() as i32 + 1;
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text);
    out.push(0);
}

/// The value of a binary of no special kind.
pub fn binary(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as i32).to_le_bytes());
    out.push(0);
    out.extend_from_slice(bytes);
}

/// The value of a decimal: `unscaled / 10^scale`, of at most 34 digits.
pub fn decimal(out: &mut Vec<u8>, unscaled: i128, scale: u8) {
    let digits = unscaled.unsigned_abs();
    let exponent = (BIAS - i32::from(scale)) as u128;
    let sign = u128::from(unscaled < 0) << 127;
    out.extend_from_slice(&(sign | exponent << 113 | digits).to_le_bytes());
}

/// A whole element that is a string.
pub fn put_text(out: &mut Vec<u8>, key: &str, value: &str) {
    name(out, Type::String, key.as_bytes());
    text(out, value.as_bytes());
}

/// A whole element that is an integer of 32 bits.
pub fn put_int(out: &mut Vec<u8>, key: &str, value: i32) {
    name(out, Type::Int32, key.as_bytes());
    out.extend_from_slice(&value.to_le_bytes());
}

/// A whole element that is an integer of 64 bits.
pub fn put_long(out: &mut Vec<u8>, key: &str, value: i64) {
    name(out, Type::Int64, key.as_bytes());
    out.extend_from_slice(&value.to_le_bytes());
}

/// A whole element that is a boolean.
pub fn put_flag(out: &mut Vec<u8>, key: &str, value: bool) {
    name(out, Type::Boolean, key.as_bytes());
    out.push(u8::from(value));
}

/// A whole element that is a document, or an array, with what `fill` writes into it.
pub fn put_inside(out: &mut Vec<u8>, kind: Type, key: &str, fill: impl FnOnce(&mut Vec<u8>)) {
    name(out, kind, key.as_bytes());
    let start = begin(out);
    fill(out);
    end(out, start);
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{Bson, RawDocumentBuf, doc};

    use super::*;

    #[test]
    fn what_is_written_is_what_the_driver_reads() {
        let mut out = Vec::new();
        let start = begin(&mut out);
        put_text(&mut out, "text", "é");
        put_int(&mut out, "int", -1);
        put_long(&mut out, "long", i64::MIN);
        put_flag(&mut out, "flag", true);
        put_inside(&mut out, Type::Array, "array", |out| put_int(out, "0", 7));
        put_inside(&mut out, Type::Document, "document", |_| ());
        end(&mut out, start);
        let document: mongodb::bson::Document = RawDocumentBuf::from_bytes(out).unwrap().try_into().unwrap();
        let expected = doc! {
            "text": "é", "int": -1, "long": i64::MIN, "flag": true, "array": [7], "document": {},
        };
        assert_eq!(document, expected);
    }

    #[test]
    fn a_decimal_is_the_one_that_its_text_is() {
        for (unscaled, scale, expected) in [
            (0, 0, "0"),
            (1250, 2, "12.50"),
            (-1, 3, "-0.001"),
            (10i128.pow(34) - 1, 0, "9999999999999999999999999999999999"),
        ] {
            let mut out = Vec::new();
            let start = begin(&mut out);
            name(&mut out, Type::Decimal128, b"d");
            decimal(&mut out, unscaled, scale);
            end(&mut out, start);
            let document: mongodb::bson::Document =
                RawDocumentBuf::from_bytes(out).unwrap().try_into().unwrap();
            assert_eq!(document.get("d"), Some(&Bson::Decimal128(expected.parse().unwrap())), "{expected}");
        }
    }
}
