//! One column under construction, shaped by its type.
//!
//! A column takes one value at a time from the cursor. A value that does not fit may leave the
//! column half-way; [`Column::truncate`] takes it back to a number of rows, so that a record is
//! either in all columns or in none, and nothing is paid for that while records fit.

use std::mem;
use std::sync::Arc;

use arrow_array::types::*;
use arrow_array::{ArrayRef, ArrowPrimitiveType, BooleanArray, Decimal128Array, PrimitiveArray};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer, NullBufferBuilder, ScalarBuffer};
use arrow_schema::ArrowError;

use super::Context;
use super::nested::{List, Map};
use super::object::Object;
use super::text::Bytes;
use crate::json::{Cursor, Kind};
use crate::schema::Type;
use crate::schema::fault::Fault;
use crate::schema::{numbers, times};

/// A column: which rows are null, and the values.
pub(super) struct Column {
    nulls: NullBufferBuilder,
    pub(super) data: Data,
    /// The type, for messages.
    label: String,
}

/// The values, one for each row; a null row has some value that nobody reads.
pub(super) enum Data {
    Boolean(BooleanBufferBuilder),
    Byte(Vec<i8>),
    Short(Vec<i16>),
    Int(Vec<i32>),
    Long(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Decimal { values: Vec<i128>, precision: u8, scale: u8 },
    Text(Bytes),
    Limited(Bytes, u32),
    Binary(Bytes),
    Date(Vec<i32>),
    Timestamp(Vec<i64>),
    TimestampNtz(Vec<i64>),
    List(List),
    Map(Map),
    Struct(Object),
}

impl Column {
    pub fn new(kind: &Type) -> Self {
        Self { nulls: NullBufferBuilder::new(0), data: Data::new(kind), label: kind.label() }
    }

    /// How many rows there are; not meaningful while a value that does not fit is in it.
    pub fn len(&self) -> usize {
        self.nulls.len()
    }

    /// Appends the value that the cursor stands before.
    #[inline]
    pub fn append(&mut self, nullable: bool, cursor: &mut Cursor<'_>, cx: &mut Context) -> Result<(), Fault> {
        let kind = cursor.peek()?;
        if kind == Kind::Null {
            cursor.literal()?;
            return self.null(nullable);
        }
        match self.data.append(kind, cursor, cx) {
            Ok(()) => {
                self.nulls.append_non_null();
                Ok(())
            }
            Err(fault) => Err(fault.in_column(&self.label)),
        }
    }

    fn null(&mut self, nullable: bool) -> Result<(), Fault> {
        if !nullable {
            return Err(Fault::null());
        }
        self.append_null();
        Ok(())
    }

    /// Appends a null, or a place under a null that nobody reads.
    pub fn append_null(&mut self) {
        self.data.append_nothing();
        self.nulls.append_null();
    }

    /// Appends the key of a map.
    pub fn append_key(&mut self, text: &[u8]) -> Result<(), Fault> {
        match &mut self.data {
            Data::Text(keys) | Data::Limited(keys, _) => {
                keys.bytes.extend_from_slice(text);
                keys.end_value();
            }
            data => data.append_typed_key(text).map_err(|fault| fault.in_column(&self.label))?,
        }
        if let Data::Limited(keys, limit) = &self.data {
            keys.check_length(*limit).map_err(|fault| fault.in_column(&self.label))?;
        }
        self.nulls.append_non_null();
        Ok(())
    }

    /// Forgets all rows from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        self.nulls.truncate(rows);
        self.data.truncate(rows);
    }

    /// Takes the rows as an Arrow array, and starts again.
    pub fn take(&mut self) -> Result<ArrayRef, ArrowError> {
        let nulls = self.nulls.finish();
        self.data.take(nulls)
    }
}

impl Data {
    fn new(kind: &Type) -> Self {
        match kind {
            Type::Boolean => Data::Boolean(BooleanBufferBuilder::new(0)),
            Type::Byte => Data::Byte(Vec::new()),
            Type::Short => Data::Short(Vec::new()),
            Type::Int => Data::Int(Vec::new()),
            Type::Long => Data::Long(Vec::new()),
            Type::Float => Data::Float(Vec::new()),
            Type::Double => Data::Double(Vec::new()),
            Type::Decimal { precision, scale } => {
                Data::Decimal { values: Vec::new(), precision: *precision, scale: *scale }
            }
            Type::String => Data::Text(Bytes::new()),
            Type::Varchar(limit) | Type::Char(limit) => Data::Limited(Bytes::new(), *limit),
            Type::Binary => Data::Binary(Bytes::new()),
            Type::Date => Data::Date(Vec::new()),
            Type::Timestamp => Data::Timestamp(Vec::new()),
            Type::TimestampNtz => Data::TimestampNtz(Vec::new()),
            Type::Array(element) => Data::List(List::new(element)),
            Type::Map(key, value) => Data::Map(Map::new(key, value)),
            Type::Struct(fields) => Data::Struct(Object::new(fields)),
        }
    }

    #[inline]
    fn append(&mut self, kind: Kind, cursor: &mut Cursor<'_>, cx: &mut Context) -> Result<(), Fault> {
        match self {
            Data::Text(bytes) => bytes.append_text(kind, cursor)?,
            Data::Struct(object) => object.append(kind, cursor, cx, None)?,
            Data::Int(values) => values.push(integer(kind, cursor)?),
            Data::Timestamp(values) => values.push(parsed(kind, cursor, cx, times::timestamp)?),
            Data::Boolean(values) => values.append(boolean(kind, cursor)?),
            Data::Byte(values) => values.push(integer(kind, cursor)?),
            Data::Short(values) => values.push(integer(kind, cursor)?),
            Data::Long(values) => values.push(integer(kind, cursor)?),
            Data::Float(values) => values.push(numbers::float(number(kind, cursor)?).map_err(Fault::value)?),
            Data::Double(values) => {
                values.push(numbers::double(number(kind, cursor)?).map_err(Fault::value)?)
            }
            Data::Decimal { values, precision, scale } => {
                let text = number(kind, cursor)?;
                values.push(numbers::decimal(text, *precision, *scale).map_err(Fault::value)?);
            }
            Data::Limited(bytes, limit) => {
                bytes.append_text(kind, cursor)?;
                bytes.check_length(*limit)?;
            }
            Data::Binary(bytes) => bytes.append_base64(text(kind, cursor, cx)?)?,
            Data::Date(values) => values.push(parsed(kind, cursor, cx, times::date)?),
            Data::TimestampNtz(values) => values.push(parsed(kind, cursor, cx, times::timestamp_ntz)?),
            Data::List(list) => list.append(kind, cursor, cx)?,
            Data::Map(map) => map.append(kind, cursor, cx)?,
        }
        Ok(())
    }

    /// Appends a key that is text in JSON and something else in the column.
    fn append_typed_key(&mut self, text: &[u8]) -> Result<(), Fault> {
        let number = || key_number(text);
        match self {
            Data::Boolean(values) => values.append(key_boolean(text)?),
            Data::Byte(values) => values.push(numbers::integer(number()?).map_err(Fault::value)?),
            Data::Short(values) => values.push(numbers::integer(number()?).map_err(Fault::value)?),
            Data::Int(values) => values.push(numbers::integer(number()?).map_err(Fault::value)?),
            Data::Long(values) => values.push(numbers::integer(number()?).map_err(Fault::value)?),
            Data::Decimal { values, precision, scale } => {
                values.push(numbers::decimal(number()?, *precision, *scale).map_err(Fault::value)?);
            }
            Data::Date(values) => values.push(times::date(text).map_err(Fault::value)?),
            Data::Timestamp(values) => values.push(times::timestamp(text).map_err(Fault::value)?),
            Data::TimestampNtz(values) => values.push(times::timestamp_ntz(text).map_err(Fault::value)?),
            // `Type::can_be_key` lets no other type be a key.
            _ => return Err(Fault::plain("a key of a type that no key can have")),
        }
        Ok(())
    }

    fn append_nothing(&mut self) {
        match self {
            Data::Boolean(values) => values.append(false),
            Data::Byte(values) => values.push(0),
            Data::Short(values) => values.push(0),
            Data::Int(values) | Data::Date(values) => values.push(0),
            Data::Long(values) | Data::Timestamp(values) | Data::TimestampNtz(values) => values.push(0),
            Data::Float(values) => values.push(0.0),
            Data::Double(values) => values.push(0.0),
            Data::Decimal { values, .. } => values.push(0),
            Data::Text(bytes) | Data::Limited(bytes, _) | Data::Binary(bytes) => bytes.end_value(),
            Data::List(list) => list.append_empty(),
            Data::Map(map) => map.append_empty(),
            Data::Struct(object) => object.append_nulls(),
        }
    }

    fn truncate(&mut self, rows: usize) {
        match self {
            Data::Boolean(values) => values.truncate(rows),
            Data::Byte(values) => values.truncate(rows),
            Data::Short(values) => values.truncate(rows),
            Data::Int(values) | Data::Date(values) => values.truncate(rows),
            Data::Long(values) | Data::Timestamp(values) | Data::TimestampNtz(values) => {
                values.truncate(rows)
            }
            Data::Float(values) => values.truncate(rows),
            Data::Double(values) => values.truncate(rows),
            Data::Decimal { values, .. } => values.truncate(rows),
            Data::Text(bytes) | Data::Limited(bytes, _) | Data::Binary(bytes) => bytes.truncate(rows),
            Data::List(list) => list.truncate(rows),
            Data::Map(map) => map.truncate(rows),
            Data::Struct(object) => object.truncate(rows),
        }
    }

    fn take(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Data::Boolean(values) => Arc::new(BooleanArray::new(values.finish(), nulls)),
            Data::Byte(values) => array::<Int8Type>(values, nulls)?,
            Data::Short(values) => array::<Int16Type>(values, nulls)?,
            Data::Int(values) => array::<Int32Type>(values, nulls)?,
            Data::Long(values) => array::<Int64Type>(values, nulls)?,
            Data::Float(values) => array::<Float32Type>(values, nulls)?,
            Data::Double(values) => array::<Float64Type>(values, nulls)?,
            Data::Decimal { values, precision, scale } => {
                let array = Decimal128Array::try_new(taken(values), nulls)?;
                Arc::new(array.with_precision_and_scale(*precision, *scale as i8)?)
            }
            Data::Text(bytes) | Data::Limited(bytes, _) => bytes.take_strings(nulls)?,
            Data::Binary(bytes) => bytes.take_binaries(nulls)?,
            Data::Date(values) => array::<Date32Type>(values, nulls)?,
            Data::Timestamp(values) => {
                let array = PrimitiveArray::<TimestampMicrosecondType>::try_new(taken(values), nulls)?;
                Arc::new(array.with_timezone("UTC"))
            }
            Data::TimestampNtz(values) => array::<TimestampMicrosecondType>(values, nulls)?,
            Data::List(list) => list.take(nulls)?,
            Data::Map(map) => map.take(nulls)?,
            Data::Struct(object) => object.take_struct(nulls)?,
        })
    }
}

/// Takes the values, leaving room for as many again.
fn taken<T: arrow_buffer::ArrowNativeType>(values: &mut Vec<T>) -> ScalarBuffer<T> {
    let room = values.len() + values.len() / 8;
    ScalarBuffer::from(mem::replace(values, Vec::with_capacity(room)))
}

fn array<T: ArrowPrimitiveType>(
    values: &mut Vec<T::Native>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(PrimitiveArray::<T>::try_new(taken(values), nulls)?))
}

#[inline(always)]
fn number<'a>(kind: Kind, cursor: &mut Cursor<'a>) -> Result<&'a [u8], Fault> {
    if kind == Kind::Number { Ok(cursor.number()?.text) } else { Err(Fault::kind(kind)) }
}

#[inline(always)]
fn integer<T: numbers::Integer>(kind: Kind, cursor: &mut Cursor<'_>) -> Result<T, Fault> {
    numbers::integer(number(kind, cursor)?).map_err(Fault::value)
}

fn boolean(kind: Kind, cursor: &mut Cursor<'_>) -> Result<bool, Fault> {
    match kind {
        Kind::True | Kind::False => Ok(cursor.literal()? == Kind::True),
        _ => Err(Fault::kind(kind)),
    }
}

#[inline(always)]
fn text<'r: 's, 's>(kind: Kind, cursor: &mut Cursor<'r>, cx: &'s mut Context) -> Result<&'s [u8], Fault> {
    if kind == Kind::String { Ok(cursor.string()?.text(&mut cx.scratch)?) } else { Err(Fault::kind(kind)) }
}

#[inline(always)]
fn parsed<T>(
    kind: Kind,
    cursor: &mut Cursor<'_>,
    cx: &mut Context,
    parse: fn(&[u8]) -> Result<T, times::Why>,
) -> Result<T, Fault> {
    parse(text(kind, cursor, cx)?).map_err(Fault::value)
}

/// The key, if it is a number exactly as JSON would spell one.
fn key_number(text: &[u8]) -> Result<&[u8], Fault> {
    let mut cursor = Cursor::bytes(text);
    match cursor.number() {
        Ok(number) if number.text.len() == text.len() => Ok(text),
        _ => Err(Fault::value("a key that is no number")),
    }
}

fn key_boolean(text: &[u8]) -> Result<bool, Fault> {
    match text {
        b"true" => Ok(true),
        b"false" => Ok(false),
        _ => Err(Fault::value("a key that is neither true nor false")),
    }
}
