//! Rows in the format of COPY BINARY.
//!
//! In: a batch of columns, and how each of them travels. Out: the bytes of its rows. Every value is
//! written as the server itself keeps it, so nothing is parsed again and nothing can come out as
//! something else.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::guard::uuid;
use super::numeric;
use super::types::Wire;
use crate::parquet::cells::Cells;
use crate::run::{Error, Result};

/// What a COPY begins with: a signature, no flags, no extension.
pub const HEADER: [u8; 19] = *b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
pub const TRAILER: [u8; 2] = (-1i16).to_be_bytes();

/// A null, where the length of a value stands.
const NULL: [u8; 4] = (-1i32).to_be_bytes();
/// From 1970-01-01 to 2000-01-01, where PostgreSQL's time begins.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;
/// The only version that `jsonb` has on the wire.
const JSONB_VERSION: u8 = 1;

/// Writes the rows of a batch. `first` numbers them, where their order is to be known later.
pub fn write(batch: &RecordBatch, wires: &[Wire], first: Option<i64>, out: &mut Vec<u8>) -> Result<()> {
    let columns: Vec<Writer> = batch
        .columns()
        .iter()
        .zip(wires)
        .map(|(array, wire)| Writer::new(array, *wire))
        .collect::<Result<_>>()?;
    let count = (columns.len() + usize::from(first.is_some())) as i16;
    for row in 0..batch.num_rows() {
        out.extend_from_slice(&count.to_be_bytes());
        if let Some(first) = first {
            fixed(&(first + row as i64).to_be_bytes(), out);
        }
        for column in &columns {
            column.write(row, out)?;
        }
    }
    Ok(())
}

/// A column on its way out.
struct Writer {
    nulls: Option<NullBuffer>,
    values: Values,
}

enum Values {
    Bool(arrow_array::BooleanArray),
    Int2(ScalarBuffer<i16>),
    Int4(ScalarBuffer<i32>),
    Int8(ScalarBuffer<i64>),
    Float4(ScalarBuffer<f32>),
    Float8(ScalarBuffer<f64>),
    Numeric(ScalarBuffer<i128>, u32),
    Text(StringArray),
    Uuid(StringArray),
    Bytea(arrow_array::BinaryArray),
    Date(ScalarBuffer<i32>),
    Timestamp(ScalarBuffer<i64>),
    /// Text that is JSON already.
    JsonText(StringArray, Wire),
    Json(Box<Cells>, Wire),
}

impl Writer {
    fn new(array: &ArrayRef, wire: Wire) -> Result<Self> {
        let values = match wire {
            Wire::Bool => Values::Bool(array.as_boolean().clone()),
            Wire::Int2 => Values::Int2(integers(array)?.iter().map(|value| *value as i16).collect()),
            Wire::Int4 => Values::Int4(integers(array)?.iter().map(|value| *value as i32).collect()),
            Wire::Int8 => Values::Int8(integers(array)?),
            Wire::Float4 => Values::Float4(array.as_primitive::<Float32Type>().values().clone()),
            Wire::Float8 => Values::Float8(array.as_primitive::<Float64Type>().values().clone()),
            Wire::Numeric => numbers(array)?,
            Wire::Text => Values::Text(array.as_string::<i32>().clone()),
            Wire::Uuid => Values::Uuid(array.as_string::<i32>().clone()),
            Wire::Bytea => Values::Bytea(array.as_binary::<i32>().clone()),
            Wire::Date => Values::Date(array.as_primitive::<Date32Type>().values().clone()),
            Wire::Timestamp => {
                Values::Timestamp(array.as_primitive::<TimestampMicrosecondType>().values().clone())
            }
            Wire::Json | Wire::Jsonb => match array.data_type() {
                DataType::Utf8 => Values::JsonText(array.as_string::<i32>().clone(), wire),
                _ => Values::Json(Box::new(Cells::new(array, false).map_err(Error::data)?), wire),
            },
        };
        Ok(Self { nulls: array.nulls().cloned(), values })
    }

    #[inline]
    fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<()> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            out.extend_from_slice(&NULL);
            return Ok(());
        }
        match &self.values {
            Values::Bool(array) => fixed(&[u8::from(array.value(row))], out),
            Values::Int2(values) => fixed(&values[row].to_be_bytes(), out),
            Values::Int4(values) => fixed(&values[row].to_be_bytes(), out),
            Values::Int8(values) => fixed(&values[row].to_be_bytes(), out),
            Values::Float4(values) => fixed(&values[row].to_be_bytes(), out),
            Values::Float8(values) => fixed(&values[row].to_be_bytes(), out),
            Values::Text(array) => fixed(array.value(row).as_bytes(), out),
            Values::Bytea(array) => fixed(array.value(row), out),
            Values::Date(values) => fixed(&(values[row] - EPOCH_DAYS).to_be_bytes(), out),
            Values::Timestamp(values) => fixed(&(values[row] - EPOCH_MICROS).to_be_bytes(), out),
            Values::Numeric(values, scale) => sized(out, |out| {
                numeric::write(values[row], *scale, out);
                Ok(())
            })?,
            Values::Uuid(array) => {
                // The guard has let nothing else pass.
                let bytes =
                    uuid(array.value(row).as_bytes()).ok_or_else(|| Error::data("a text that is no UUID"))?;
                fixed(&bytes, out);
            }
            Values::JsonText(array, wire) => sized(out, |out| {
                version(*wire, out);
                out.extend_from_slice(array.value(row).as_bytes());
                Ok(())
            })?,
            Values::Json(cells, wire) => sized(out, |out| {
                version(*wire, out);
                cells.write(row, out).map_err(|fault| Error::data(fault.why))
            })?,
        }
        Ok(())
    }
}

/// Appends a value whose length is known.
#[inline]
fn fixed(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Appends a value whose length shows when it is written.
fn sized(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
    let start = out.len();
    out.extend_from_slice(&NULL);
    write(out)?;
    let length = (out.len() - start - NULL.len()) as i32;
    out[start..start + NULL.len()].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

fn version(wire: Wire, out: &mut Vec<u8>) {
    if wire == Wire::Jsonb {
        out.push(JSONB_VERSION);
    }
}

/// A column of integers, at their widest.
fn integers(array: &ArrayRef) -> Result<ScalarBuffer<i64>> {
    Ok(match array.data_type() {
        DataType::Int8 => {
            array.as_primitive::<Int8Type>().values().iter().map(|value| i64::from(*value)).collect()
        }
        DataType::Int16 => {
            array.as_primitive::<Int16Type>().values().iter().map(|value| i64::from(*value)).collect()
        }
        DataType::Int32 => {
            array.as_primitive::<Int32Type>().values().iter().map(|value| i64::from(*value)).collect()
        }
        DataType::Int64 => array.as_primitive::<Int64Type>().values().clone(),
        other => return Err(Error::data(format!("{other} is no integer"))),
    })
}

fn numbers(array: &ArrayRef) -> Result<Values> {
    if let DataType::Decimal128(_, scale) = array.data_type() {
        let values = array.as_primitive::<Decimal128Type>().values().clone();
        return Ok(Values::Numeric(values, u32::from(scale.unsigned_abs())));
    }
    Ok(Values::Numeric(integers(array)?.iter().map(|value| i128::from(*value)).collect(), 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parquet::builders::Builder;
    use crate::schema::Unknown;
    use crate::schema::ddl;
    use crate::stream::Record;

    /// The rows of a record under a schema.
    fn written(ddl: &str, wires: &[Wire], record: &str) -> Vec<u8> {
        let mut builder = Builder::new(&ddl::parse(ddl).unwrap(), Unknown::Reject).unwrap();
        builder.record(&Record::new(record.as_bytes(), 1)).unwrap();
        let mut out = Vec::new();
        write(&builder.take().unwrap(), wires, None, &mut out).unwrap();
        out
    }

    fn value(kind: &str, wire: Wire, json: &str) -> Vec<u8> {
        let row = written(&format!("a {kind}"), &[wire], &format!("{{\"a\":{json}}}"));
        assert_eq!(row[..2], [0, 1]);
        row[2..].to_vec()
    }

    #[test]
    fn values_are_written_as_the_server_keeps_them() {
        for (kind, wire, json, expected) in [
            ("BOOLEAN", Wire::Bool, "true", &[0, 0, 0, 1, 1][..]),
            ("TINYINT", Wire::Int2, "-2", &[0, 0, 0, 2, 0xff, 0xfe]),
            ("INT", Wire::Int8, "7", &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7]),
            ("STRING", Wire::Text, "1.50", b"\0\0\0\x041.50"),
            ("STRING", Wire::Text, "null", &[0xff; 4]),
            ("DATE", Wire::Date, "\"2000-01-02\"", &[0, 0, 0, 4, 0, 0, 0, 1]),
            (
                "TIMESTAMP",
                Wire::Timestamp,
                "\"2000-01-01T01:00:00.000007+01:00\"",
                &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7],
            ),
            ("BINARY", Wire::Bytea, "\"AAE=\"", &[0, 0, 0, 2, 0, 1]),
            ("INT", Wire::Numeric, "0", &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("ARRAY<INT>", Wire::Jsonb, "[1, null]", b"\0\0\0\x09\x01[1,null]"),
        ] {
            assert_eq!(value(kind, wire, json), expected, "{kind} {json}");
        }
        let uuid = value("STRING", Wire::Uuid, "\"00000000-0000-0000-0000-0000000000ff\"");
        assert_eq!((uuid.len(), uuid[3], uuid[19]), (20, 16, 0xff));
    }

    #[test]
    fn rows_can_be_numbered() {
        let mut builder = Builder::new(&ddl::parse("a INT").unwrap(), Unknown::Reject).unwrap();
        for line in ["{\"a\":1}", "{}"] {
            builder.record(&Record::new(line.as_bytes(), 1)).unwrap();
        }
        let mut out = Vec::new();
        write(&builder.take().unwrap(), &[Wire::Int4], Some(41), &mut out).unwrap();
        let row =
            |number: u8, value: &[u8]| [&[0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, number], value].concat();
        assert_eq!(out, [row(41, &[0, 0, 0, 4, 0, 0, 0, 1]), row(42, &[0xff; 4])].concat());
    }
}
