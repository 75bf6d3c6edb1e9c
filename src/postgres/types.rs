//! Spark's types and PostgreSQL's: which column may hold which, exactly, and how it is made.
//!
//! | Spark | made as | held by as well |
//! |---|---|---|
//! | BOOLEAN | `boolean` | |
//! | TINYINT, SMALLINT | `smallint` | `integer`, `bigint`, `numeric` |
//! | INT | `integer` | `bigint`, `numeric` |
//! | BIGINT | `bigint` | `numeric` |
//! | FLOAT, DOUBLE | `real`, `double precision` | |
//! | DECIMAL(p,s) | `numeric(p,s)` | wider ones |
//! | STRING | `text` | `varchar(n)`, `uuid`, an enum, `citext`: what such a column refuses is a reject |
//! | VARCHAR(n), CHAR(n) | `varchar(n)` | as STRING |
//! | BINARY | `bytea` | |
//! | DATE | `date` | |
//! | TIMESTAMP | `timestamp with time zone` | |
//! | TIMESTAMP_NTZ | `timestamp` | |
//! | STRUCT, ARRAY, MAP | `jsonb` | `json` |

use super::table::Column;
use crate::schema::Type;

/// The base types by their numbers, which are the same everywhere.
mod oid {
    pub const BOOL: u32 = 16;
    pub const BYTEA: u32 = 17;
    pub const INT8: u32 = 20;
    pub const INT2: u32 = 21;
    pub const INT4: u32 = 23;
    pub const TEXT: u32 = 25;
    pub const JSON: u32 = 114;
    pub const FLOAT4: u32 = 700;
    pub const FLOAT8: u32 = 701;
    pub const VARCHAR: u32 = 1043;
    pub const DATE: u32 = 1082;
    pub const TIMESTAMP: u32 = 1114;
    pub const TIMESTAMPTZ: u32 = 1184;
    pub const NUMERIC: u32 = 1700;
    pub const UUID: u32 = 2950;
    pub const JSONB: u32 = 3802;
}

/// What stands before a length in a type modifier.
const HEADER: i32 = 4;
/// The digits of a second that are kept.
const MICROSECONDS: i32 = 6;
/// The most digits that Spark's DECIMAL has.
const MOST_DIGITS: i32 = 38;

/// How the values of a column travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are PostgreSQL's own")]
pub enum Wire {
    Bool,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Numeric,
    Text,
    Uuid,
    Bytea,
    Date,
    /// With or without a time zone: microseconds either way.
    Timestamp,
    Json,
    Jsonb,
}

/// The type that a column is made with.
pub fn made(kind: &Type) -> String {
    match kind {
        Type::Boolean => "boolean".into(),
        Type::Byte | Type::Short => "smallint".into(),
        Type::Int => "integer".into(),
        Type::Long => "bigint".into(),
        Type::Float => "real".into(),
        Type::Double => "double precision".into(),
        Type::Decimal { precision, scale } => format!("numeric({precision},{scale})"),
        Type::String => "text".into(),
        Type::Varchar(length) | Type::Char(length) => format!("varchar({length})"),
        Type::Binary => "bytea".into(),
        Type::Date => "date".into(),
        Type::Timestamp => "timestamp with time zone".into(),
        Type::TimestampNtz => "timestamp without time zone".into(),
        Type::Array(_) | Type::Map(..) | Type::Struct(_) => "jsonb".into(),
    }
}

/// How values of this type travel into this column; none if the column might bend them.
pub fn wire(kind: &Type, column: &Column) -> Option<Wire> {
    use Type as T;
    Some(match (kind, column.base) {
        (T::Boolean, oid::BOOL) => Wire::Bool,
        (T::Byte | T::Short, oid::INT2) => Wire::Int2,
        (T::Byte | T::Short | T::Int, oid::INT4) => Wire::Int4,
        (T::Byte | T::Short | T::Int | T::Long, oid::INT8) => Wire::Int8,
        (T::Byte, oid::NUMERIC) if holds(column, 3, 0) => Wire::Numeric,
        (T::Short, oid::NUMERIC) if holds(column, 5, 0) => Wire::Numeric,
        (T::Int, oid::NUMERIC) if holds(column, 10, 0) => Wire::Numeric,
        (T::Long, oid::NUMERIC) if holds(column, 19, 0) => Wire::Numeric,
        (T::Decimal { precision, scale }, oid::NUMERIC) if holds(column, *precision, *scale) => Wire::Numeric,
        (T::Float, oid::FLOAT4) => Wire::Float4,
        (T::Double, oid::FLOAT8) => Wire::Float8,
        (T::String | T::Varchar(_) | T::Char(_), _) => text_wire(column)?,
        (T::Binary, oid::BYTEA) => Wire::Bytea,
        (T::Date, oid::DATE) => Wire::Date,
        (T::Timestamp, oid::TIMESTAMPTZ) if keeps_microseconds(column) => Wire::Timestamp,
        (T::TimestampNtz, oid::TIMESTAMP) if keeps_microseconds(column) => Wire::Timestamp,
        (T::Array(_) | T::Map(..) | T::Struct(_), oid::JSONB) => Wire::Jsonb,
        (T::Array(_) | T::Map(..) | T::Struct(_), oid::JSON) => Wire::Json,
        _ => return None,
    })
}

/// How the text of a JSON object travels into this column.
pub fn json_wire(column: &Column) -> Option<Wire> {
    match column.base {
        oid::JSONB => Some(Wire::Jsonb),
        oid::JSON => Some(Wire::Json),
        oid::TEXT => Some(Wire::Text),
        _ => None,
    }
}

fn text_wire(column: &Column) -> Option<Wire> {
    let is_text = matches!(column.base, oid::TEXT | oid::VARCHAR) || column.sql_type.ends_with("citext");
    match column.base {
        oid::UUID => Some(Wire::Uuid),
        _ if is_text || !column.labels.is_empty() => Some(Wire::Text),
        _ => None,
    }
}

/// Spark's type for a column, where there is one that holds just the same.
pub fn found(column: &Column) -> Option<Type> {
    Some(match column.base {
        oid::BOOL => Type::Boolean,
        oid::INT2 => Type::Short,
        oid::INT4 => Type::Int,
        oid::INT8 => Type::Long,
        oid::FLOAT4 => Type::Float,
        oid::FLOAT8 => Type::Double,
        oid::NUMERIC => {
            let (precision, scale) = precision(column)?;
            if precision > MOST_DIGITS || !(0..=precision).contains(&scale) {
                return None;
            }
            Type::Decimal { precision: precision as u8, scale: scale as u8 }
        }
        oid::BYTEA => Type::Binary,
        oid::DATE => Type::Date,
        oid::TIMESTAMPTZ if keeps_microseconds(column) => Type::Timestamp,
        oid::TIMESTAMP if keeps_microseconds(column) => Type::TimestampNtz,
        _ => {
            text_wire(column)?;
            Type::String
        }
    })
}

/// The most characters that a text column takes, if it has a limit.
pub fn length(column: &Column) -> Option<u32> {
    (column.base == oid::VARCHAR && column.modifier > HEADER)
        .then(|| (column.modifier - HEADER).unsigned_abs())
}

/// Precision and scale of a `numeric`; none if it takes all.
fn precision(column: &Column) -> Option<(i32, i32)> {
    let packed = column.modifier.checked_sub(HEADER).filter(|packed| *packed >= 0)?;
    // The scale has 11 bits, the first of which is a sign.
    Some(((packed >> 16) & 0xffff, ((packed & 0x7ff) ^ 0x400) - 0x400))
}

/// Whether a `numeric` takes every number of so many digits.
fn holds(column: &Column, digits: u8, behind: u8) -> bool {
    let (digits, behind) = (i32::from(digits), i32::from(behind));
    precision(column).is_none_or(|(precision, scale)| scale >= behind && precision - scale >= digits - behind)
}

fn keeps_microseconds(column: &Column) -> bool {
    column.modifier < 0 || column.modifier >= MICROSECONDS
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A column of a type.
    pub fn column(base: u32, modifier: i32) -> Column {
        Column {
            name: "a".into(),
            number: 1,
            base,
            modifier,
            sql_type: "x".into(),
            collation: None,
            labels: Vec::new(),
            not_null: false,
            has_default: false,
            is_made: false,
        }
    }

    fn numeric(precision: i32, scale: i32) -> Column {
        column(oid::NUMERIC, ((precision << 16) | (scale & 0x7ff)) + HEADER)
    }

    #[test]
    fn a_numeric_holds_what_has_room_on_both_sides_of_the_point() {
        let decimal = |precision, scale| Type::Decimal { precision, scale };
        let fits = |kind: Type, column: Column| wire(&kind, &column).is_some();
        assert!(fits(decimal(10, 2), numeric(10, 2)) && fits(decimal(10, 2), numeric(12, 3)));
        assert!(!fits(decimal(10, 2), numeric(10, 3)) && !fits(decimal(10, 2), numeric(10, 1)));
        assert!(fits(decimal(38, 38), column(oid::NUMERIC, -1)) && fits(Type::Long, numeric(19, 0)));
        assert!(!fits(Type::Long, numeric(18, 0)) && !fits(Type::Byte, numeric(5, -2)));
        assert_eq!(precision(&numeric(5, -2)), Some((5, -2)));
        assert_eq!(found(&numeric(38, 9)), Some(decimal(38, 9)));
        assert_eq!(found(&column(oid::NUMERIC, -1)), None);
    }

    #[test]
    fn no_column_that_would_bend_a_value_is_taken() {
        for (kind, base) in [
            (Type::Long, oid::INT4),
            (Type::Double, oid::FLOAT4),
            (Type::Float, oid::FLOAT8),
            (Type::Timestamp, oid::TIMESTAMP),
            (Type::TimestampNtz, oid::TIMESTAMPTZ),
            (Type::String, 1042),
            (Type::String, oid::JSONB),
        ] {
            assert_eq!(wire(&kind, &column(base, -1)), None, "{kind}");
        }
        assert_eq!(wire(&Type::Timestamp, &column(oid::TIMESTAMPTZ, 3)), None, "it would round");
        assert_eq!(wire(&Type::Timestamp, &column(oid::TIMESTAMPTZ, 6)), Some(Wire::Timestamp));
    }

    #[test]
    fn text_columns_say_what_they_take() {
        assert_eq!(length(&column(oid::VARCHAR, 14)), Some(10));
        assert_eq!(length(&column(oid::VARCHAR, -1)), None);
        let status = Column { labels: vec!["on".into()], ..column(99_999, -1) };
        assert_eq!(wire(&Type::String, &status), Some(Wire::Text));
        assert_eq!(wire(&Type::String, &column(oid::UUID, -1)), Some(Wire::Uuid));
    }
}
