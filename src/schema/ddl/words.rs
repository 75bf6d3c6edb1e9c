//! The names of types: Spark's, and those that people bring from elsewhere.

use crate::schema::Type;

/// The type of a name in capitals, if it is one that takes no parameters.
pub(super) fn simple_type(word: &str) -> Option<Type> {
    Some(match word {
        "BOOLEAN" => Type::Boolean,
        "BYTE" | "TINYINT" => Type::Byte,
        "SHORT" | "SMALLINT" => Type::Short,
        "INT" | "INTEGER" => Type::Int,
        "LONG" | "BIGINT" => Type::Long,
        "FLOAT" | "REAL" => Type::Float,
        "DOUBLE" => Type::Double,
        "STRING" => Type::String,
        "BINARY" => Type::Binary,
        "DATE" => Type::Date,
        "TIMESTAMP" | "TIMESTAMP_LTZ" => Type::Timestamp,
        "TIMESTAMP_NTZ" => Type::TimestampNtz,
        _ => return None,
    })
}

/// What people mean who come from another system.
pub(super) fn likely(word: &str) -> Option<&'static str> {
    Some(match word {
        "BOOL" => "BOOLEAN",
        "INT8" => "TINYINT",
        "INT16" | "UINT8" => "SMALLINT",
        "INT32" | "UINT16" | "INTEGER32" => "INT",
        "INT64" | "UINT32" | "INTEGER64" => "BIGINT",
        "UINT64" | "HUGEINT" | "BIGNUMERIC" => "DECIMAL(38,0)",
        "FLOAT32" => "FLOAT",
        "FLOAT64" | "NUMBER" => "DOUBLE",
        "TEXT" | "STR" | "UTF8" | "UUID" | "NVARCHAR" | "STRIN" | "STRNG" => "STRING",
        "BYTES" | "BLOB" | "BYTEA" => "BINARY",
        "DATETIME" | "TIMESTAMPTZ" => "TIMESTAMP",
        "LIST" => "ARRAY<STRING>",
        "OBJECT" | "RECORD" | "ROW" | "JSON" => "STRUCT<name: STRING>",
        _ => return None,
    })
}
