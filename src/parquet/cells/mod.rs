//! Columns into JSON text: the values of one Arrow batch, written row by row.
//!
//! In: an array of any type that Parquet has. Out: the canonical JSON of one row's value. What our
//! own encoder stored comes back equal under the schema: 64-bit integers and decimals digit for
//! digit, floats in the shortest spelling that is the same float, bytes as base64, times as
//! [`times`](crate::schema::times) writes them. What JSON cannot say (NaN, a year 10,000) is refused, never bent.

mod scalars;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::*;
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, TimeUnit};

use self::scalars::*;
use crate::schema::numbers::write_decimal;
use crate::schema::times;

/// Why a value cannot be written.
pub type Why = &'static str;

/// A column of a batch, ready to be written.
pub struct Cells {
    nulls: Option<NullBuffer>,
    values: Values,
}

/// The values by how they are written.
enum Values {
    /// A column that has nulls only.
    Null,
    Boolean(BooleanArray),
    Int8(ScalarBuffer<i8>),
    Int16(ScalarBuffer<i16>),
    Int32(ScalarBuffer<i32>),
    Int64(ScalarBuffer<i64>),
    UInt8(ScalarBuffer<u8>),
    UInt16(ScalarBuffer<u16>),
    UInt32(ScalarBuffer<u32>),
    UInt64(ScalarBuffer<u64>),
    Float32(ScalarBuffer<f32>),
    Float64(ScalarBuffer<f64>),
    /// Halves are few: they are written as the floats they are.
    Float16(Float16Array),
    Decimal(ScalarBuffer<i128>, u32),
    WideDecimal(Decimal256Array),
    Text(StringArray),
    Binary(BinaryArray),
    Fixed(FixedSizeBinaryArray),
    Date(ScalarBuffer<i32>),
    Timestamp {
        values: ScalarBuffer<i64>,
        nanos: i128,
        utc: bool,
    },
    Clock32(ScalarBuffer<i32>, i64),
    Clock64(ScalarBuffer<i64>, i64),
    List(OffsetBuffer<i32>, Box<Cells>),
    Map(OffsetBuffer<i32>, Box<Cells>, Box<Cells>),
    Struct(Members),
}

/// The fields of a struct, or the columns of a row.
pub struct Members {
    /// `,"name":` and the values.
    members: Vec<(Vec<u8>, Cells)>,
    omit_nulls: bool,
}

/// A value that cannot be written, and the path to it.
pub struct Unwritable {
    /// In words.
    pub why: Why,
    /// From the innermost name outwards.
    pub names: Vec<String>,
}

impl From<Why> for Unwritable {
    #[cold]
    fn from(why: Why) -> Self {
        Self { why, names: Vec::new() }
    }
}

/// Whether a type can be written at all, or the name of the part that cannot.
pub fn check(kind: &DataType) -> Result<(), String> {
    use DataType::*;
    match kind {
        List(field) => check(field.data_type()),
        Map(entries, _) => check(entries.data_type()),
        Struct(fields) => fields.iter().try_for_each(|field| check(field.data_type())),
        Null | Boolean | Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 | Float16
        | Float32 | Float64 | Decimal128(..) | Decimal256(..) | Utf8 | Binary | FixedSizeBinary(_)
        | Date32 | Timestamp(..) | Time32(_) | Time64(_) => Ok(()),
        other => Err(other.to_string()),
    }
}

impl Members {
    /// The columns of a batch.
    pub fn of_batch(batch: &RecordBatch, omit_nulls: bool) -> Result<Self, String> {
        let schema = batch.schema_ref();
        let names = schema.fields().iter().map(|field| field.name().as_str());
        Self::new(names, batch.columns(), omit_nulls)
    }

    fn new<'a>(
        names: impl Iterator<Item = &'a str>,
        columns: &[ArrayRef],
        omit_nulls: bool,
    ) -> Result<Self, String> {
        let member = |(name, column): (&str, &ArrayRef)| {
            let mut prefix = vec![b','];
            write_string(name.as_bytes(), &mut prefix);
            prefix.push(b':');
            Ok((prefix, Cells::new(column, omit_nulls)?))
        };
        let members = names.zip(columns).map(member).collect::<Result<_, String>>()?;
        Ok(Self { members, omit_nulls })
    }

    /// Writes a row as a JSON object.
    pub fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        let start = out.len();
        for (prefix, cells) in &self.members {
            if self.omit_nulls && cells.is_null(row) {
                continue;
            }
            out.extend_from_slice(prefix);
            cells.write(row, out).map_err(|fault| fault.under(prefix))?;
        }
        // The first member brought a comma, where the brace belongs.
        match out.get_mut(start) {
            Some(comma) => *comma = b'{',
            None => out.push(b'{'),
        }
        out.push(b'}');
        Ok(())
    }
}

impl Unwritable {
    #[cold]
    fn under(mut self, prefix: &[u8]) -> Self {
        let name = prefix.get(1..prefix.len() - 1).and_then(|quoted| serde_json::from_slice(quoted).ok());
        self.names.push(name.unwrap_or_default());
        self
    }
}

impl Cells {
    /// Prepares a column; an error names a type that cannot be written.
    pub fn new(array: &ArrayRef, omit_nulls: bool) -> Result<Self, String> {
        Ok(Self { nulls: array.nulls().cloned(), values: Values::new(array, omit_nulls)? })
    }

    #[inline]
    fn is_null(&self, row: usize) -> bool {
        match &self.nulls {
            Some(nulls) => nulls.is_null(row),
            None => matches!(self.values, Values::Null),
        }
    }

    /// Writes the value of a row.
    #[inline]
    pub fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        if self.is_null(row) {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        self.values.write(row, out)
    }

    /// Writes a map's key: as a string, whatever its type.
    fn write_key(&self, row: usize, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        let start = out.len();
        self.write(row, out)?;
        match out.get(start) {
            Some(b'"') => {}
            Some(b'{' | b'[') => return Err("a key of a map that is no plain value".into()),
            _ => {
                out.insert(start, b'"');
                out.push(b'"');
            }
        }
        Ok(())
    }
}

impl Values {
    fn new(array: &ArrayRef, omit_nulls: bool) -> Result<Self, String> {
        use DataType as D;
        Ok(match array.data_type() {
            D::Null => Values::Null,
            D::Boolean => Values::Boolean(array.as_boolean().clone()),
            D::Int8 => Values::Int8(array.as_primitive::<Int8Type>().values().clone()),
            D::Int16 => Values::Int16(array.as_primitive::<Int16Type>().values().clone()),
            D::Int32 => Values::Int32(array.as_primitive::<Int32Type>().values().clone()),
            D::Int64 => Values::Int64(array.as_primitive::<Int64Type>().values().clone()),
            D::UInt8 => Values::UInt8(array.as_primitive::<UInt8Type>().values().clone()),
            D::UInt16 => Values::UInt16(array.as_primitive::<UInt16Type>().values().clone()),
            D::UInt32 => Values::UInt32(array.as_primitive::<UInt32Type>().values().clone()),
            D::UInt64 => Values::UInt64(array.as_primitive::<UInt64Type>().values().clone()),
            D::Float16 => Values::Float16(array.as_primitive::<Float16Type>().clone()),
            D::Float32 => Values::Float32(array.as_primitive::<Float32Type>().values().clone()),
            D::Float64 => Values::Float64(array.as_primitive::<Float64Type>().values().clone()),
            D::Decimal128(_, scale) if *scale >= 0 => {
                let values = array.as_primitive::<Decimal128Type>().values().clone();
                Values::Decimal(values, scale.unsigned_abs().into())
            }
            D::Decimal256(..) => Values::WideDecimal(array.as_primitive::<Decimal256Type>().clone()),
            D::Utf8 => Values::Text(array.as_string::<i32>().clone()),
            D::Binary => Values::Binary(array.as_binary::<i32>().clone()),
            D::FixedSizeBinary(_) => Values::Fixed(array.as_fixed_size_binary().clone()),
            _ => return Self::time_or_nested(array, omit_nulls),
        })
    }

    fn time_or_nested(array: &ArrayRef, omit_nulls: bool) -> Result<Self, String> {
        use DataType as D;
        Ok(match array.data_type() {
            D::Date32 => Values::Date(array.as_primitive::<Date32Type>().values().clone()),
            D::Timestamp(unit, zone) => Values::Timestamp {
                values: ticks(array, *unit),
                nanos: nanos(*unit).into(),
                utc: zone.is_some(),
            },
            D::Time32(unit @ TimeUnit::Second) => {
                Values::Clock32(array.as_primitive::<Time32SecondType>().values().clone(), nanos(*unit))
            }
            D::Time32(unit) => {
                Values::Clock32(array.as_primitive::<Time32MillisecondType>().values().clone(), nanos(*unit))
            }
            D::Time64(unit @ TimeUnit::Nanosecond) => {
                Values::Clock64(array.as_primitive::<Time64NanosecondType>().values().clone(), nanos(*unit))
            }
            D::Time64(unit) => {
                Values::Clock64(array.as_primitive::<Time64MicrosecondType>().values().clone(), nanos(*unit))
            }
            D::List(_) => {
                let list = array.as_list::<i32>();
                Values::List(list.offsets().clone(), Box::new(Cells::new(list.values(), omit_nulls)?))
            }
            D::Map(..) => {
                let map = array.as_map();
                let cells = |column| Ok::<_, String>(Box::new(Cells::new(column, omit_nulls)?));
                Values::Map(map.offsets().clone(), cells(map.keys())?, cells(map.values())?)
            }
            D::Struct(fields) => {
                let names = fields.iter().map(|field| field.name().as_str());
                Values::Struct(Members::new(names, array.as_struct().columns(), omit_nulls)?)
            }
            other => return Err(other.to_string()),
        })
    }

    #[inline]
    fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        match self {
            Values::Text(array) => write_string(array.value(row).as_bytes(), out),
            Values::Int32(values) => write_integer(values[row].into(), out),
            Values::Struct(members) => members.write(row, out)?,
            Values::Timestamp { values, nanos, utc } => {
                out.push(b'"');
                times::write_time(i128::from(values[row]) * nanos, out)?;
                out.extend_from_slice(if *utc { b"Z\"" } else { b"\"" });
            }
            Values::Null => out.extend_from_slice(b"null"),
            Values::Boolean(array) => {
                out.extend_from_slice(if array.value(row) { b"true" } else { b"false" })
            }
            Values::Int8(values) => write_integer(values[row].into(), out),
            Values::Int16(values) => write_integer(values[row].into(), out),
            Values::Int64(values) => write_integer(values[row], out),
            Values::UInt8(values) => write_integer(values[row].into(), out),
            Values::UInt16(values) => write_integer(values[row].into(), out),
            Values::UInt32(values) => write_integer(values[row].into(), out),
            Values::UInt64(values) => display(values[row], out),
            Values::List(offsets, elements) => write_list(offsets, elements, row, out)?,
            Values::Map(offsets, keys, values) => write_map(offsets, keys, values, row, out)?,
            other => other.write_rare(row, out)?,
        }
        Ok(())
    }

    fn write_rare(&self, row: usize, out: &mut Vec<u8>) -> Result<(), Why> {
        match self {
            Values::Float16(array) => write_float(array.value(row).to_f32(), out)?,
            Values::Float32(values) => write_float(values[row], out)?,
            Values::Float64(values) => write_double(values[row], out)?,
            Values::Decimal(values, scale) => write_decimal(values[row], *scale, out),
            Values::WideDecimal(array) => out.extend_from_slice(array.value_as_string(row).as_bytes()),
            Values::Binary(array) => write_base64(array.value(row), out),
            Values::Fixed(array) => write_base64(array.value(row), out),
            Values::Date(values) => {
                out.push(b'"');
                times::write_date(values[row], out)?;
                out.push(b'"');
            }
            Values::Clock32(values, nanos) => write_clock(values[row].into(), *nanos, out)?,
            Values::Clock64(values, nanos) => write_clock(values[row], *nanos, out)?,
            // All others are written by `write`.
            _ => out.extend_from_slice(b"null"),
        }
        Ok(())
    }
}

/// The ticks of a column of timestamps, whatever their unit.
fn ticks(array: &ArrayRef, unit: TimeUnit) -> ScalarBuffer<i64> {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().values().clone(),
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().values().clone(),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().values().clone(),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().values().clone(),
    }
}

fn nanos(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

fn write_list(
    offsets: &OffsetBuffer<i32>,
    elements: &Cells,
    row: usize,
    out: &mut Vec<u8>,
) -> Result<(), Unwritable> {
    out.push(b'[');
    for at in offsets[row] as usize..offsets[row + 1] as usize {
        if at > offsets[row] as usize {
            out.push(b',');
        }
        elements.write(at, out)?;
    }
    out.push(b']');
    Ok(())
}

fn write_map(
    offsets: &OffsetBuffer<i32>,
    keys: &Cells,
    values: &Cells,
    row: usize,
    out: &mut Vec<u8>,
) -> Result<(), Unwritable> {
    out.push(b'{');
    for at in offsets[row] as usize..offsets[row + 1] as usize {
        if at > offsets[row] as usize {
            out.push(b',');
        }
        keys.write_key(at, out)?;
        out.push(b':');
        values.write(at, out)?;
    }
    out.push(b'}');
    Ok(())
}
