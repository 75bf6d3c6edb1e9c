//! The schema as Arrow has it: what the Parquet writer is given.

use std::sync::Arc;

use arrow_schema::{DataType, Field as ArrowField, Fields, Schema as ArrowSchema, TimeUnit};

use crate::schema::{Field, Schema, Type};

impl Schema {
    /// What the Parquet writer is given.
    ///
    /// The names inside lists and maps are those of the Parquet specification (`list.element`,
    /// `key_value`), which Spark and Athena insist on. Timestamps are microseconds because Spark
    /// refuses nanoseconds. An array's elements and a map's values may always be null, as in Spark.
    pub fn to_arrow(&self) -> Arc<ArrowSchema> {
        Arc::new(ArrowSchema::new(arrow_fields(self.fields())))
    }
}

impl Type {
    /// The Arrow type that carries it.
    pub fn to_arrow(&self) -> DataType {
        match self {
            Type::Boolean => DataType::Boolean,
            Type::Byte => DataType::Int8,
            Type::Short => DataType::Int16,
            Type::Int => DataType::Int32,
            Type::Long => DataType::Int64,
            Type::Float => DataType::Float32,
            Type::Double => DataType::Float64,
            // At most 38, so the scale fits an i8.
            Type::Decimal { precision, scale } => DataType::Decimal128(*precision, *scale as i8),
            Type::String | Type::Varchar(_) | Type::Char(_) => DataType::Utf8,
            Type::Binary => DataType::Binary,
            Type::Date => DataType::Date32,
            Type::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Type::TimestampNtz => DataType::Timestamp(TimeUnit::Microsecond, None),
            Type::Array(element) => DataType::List(element_field(element)),
            Type::Map(key, value) => DataType::Map(entries_field(key, value), false),
            Type::Struct(fields) => DataType::Struct(arrow_fields(fields)),
        }
    }
}
/// The field inside a list.
pub(super) fn element_field(element: &Type) -> Arc<ArrowField> {
    Arc::new(ArrowField::new("element", element.to_arrow(), true))
}

/// The field inside a map.
pub(super) fn entries_field(key: &Type, value: &Type) -> Arc<ArrowField> {
    let entries = Fields::from(vec![
        ArrowField::new("key", key.to_arrow(), false),
        ArrowField::new("value", value.to_arrow(), true),
    ]);
    Arc::new(ArrowField::new("key_value", DataType::Struct(entries), false))
}

/// The fields of a struct, or the columns.
pub(super) fn arrow_fields(fields: &[Field]) -> Fields {
    fields.iter().map(|f| ArrowField::new(&f.name, f.kind.to_arrow(), f.nullable)).collect()
}
