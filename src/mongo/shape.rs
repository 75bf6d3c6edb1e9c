//! What values are to be: what JSON says, or what a schema says.
//!
//! Without a schema an integer is an int32 where it fits, else an int64, and beyond that refused; a number
//! with a fraction or an exponent is a double. With one, each field is what its type says: `INT` and its kin
//! int32, `BIGINT` int64, `DOUBLE` double, `DECIMAL` decimal128, `TIMESTAMP` a date (which holds
//! milliseconds; finer ones are refused), `DATE` a date at midnight UTC, `BINARY` binary from base64.

use crate::mongo::bson::DECIMAL_DIGITS;
use crate::run::exit::{Error, Result};

use super::schema::{Field, Schema, Type};

/// What happens to a field that the schema does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Unknown {
    /// The record is rejected
    #[default]
    Reject,
    /// It is stored as JSON says
    Keep,
}

/// What a value is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// What JSON says.
    Any,
    /// true or false.
    Boolean,
    /// An integer from one to the other.
    Int(i32, i32),
    /// An integer.
    Long,
    /// A double.
    Double,
    /// A double that a float holds.
    Float,
    /// So many digits, so many of them after the point.
    Decimal(u8, u8),
    /// A text of at most so many characters, or a number as it is spelled.
    Text(Option<u32>),
    /// Base64.
    Binary,
    /// A day.
    Date,
    /// An instant.
    Instant,
    /// Values of one shape.
    Array(Box<Shape>),
    /// Values of one shape, by names.
    Map(Box<Shape>),
    /// Values by known names.
    Struct(Struct),
}

/// Values by known names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// Each with its shape, and whether it may be null or missing.
    pub fields: Vec<(String, Shape, bool)>,
    /// What happens to other names.
    pub unknown: Unknown,
}

impl Struct {
    /// Any names at all.
    pub fn open() -> Self {
        Self { fields: Vec::new(), unknown: Unknown::Keep }
    }

    /// What a schema says.
    pub fn of(schema: &Schema, unknown: Unknown) -> Result<Self> {
        Self::of_fields(schema.fields(), unknown)
    }

    fn of_fields(fields: &[Field], unknown: Unknown) -> Result<Self> {
        let field = |field: &Field| {
            let shape = Shape::of(&field.kind, unknown).map_err(|error| error.at(&field.name))?;
            Ok((field.name.clone(), shape, field.nullable))
        };
        Ok(Self { fields: fields.iter().map(field).collect::<Result<_>>()?, unknown })
    }
}

impl Shape {
    fn of(kind: &Type, unknown: Unknown) -> Result<Self> {
        Ok(match kind {
            Type::Boolean => Self::Boolean,
            Type::Byte => Self::Int(i8::MIN.into(), i8::MAX.into()),
            Type::Short => Self::Int(i16::MIN.into(), i16::MAX.into()),
            Type::Int => Self::Int(i32::MIN, i32::MAX),
            Type::Long => Self::Long,
            Type::Float => Self::Float,
            Type::Double => Self::Double,
            Type::Decimal { precision, .. } if *precision > DECIMAL_DIGITS => {
                return Err(Error::usage(format!(
                    "{kind}: MongoDB has decimals of at most {DECIMAL_DIGITS} digits"
                )));
            }
            Type::Decimal { precision, scale } => Self::Decimal(*precision, *scale),
            Type::String => Self::Text(None),
            Type::Varchar(most) | Type::Char(most) => Self::Text(Some(*most)),
            Type::Binary => Self::Binary,
            Type::Date => Self::Date,
            Type::Timestamp => Self::Instant,
            Type::TimestampNtz => {
                return Err(Error::usage("MongoDB has no time without a zone").hint("TIMESTAMP, or STRING"));
            }
            Type::Array(element) => Self::Array(Box::new(Self::of(element, unknown)?)),
            Type::Map(key, value) if **key == Type::String => Self::Map(Box::new(Self::of(value, unknown)?)),
            Type::Map(..) => {
                return Err(Error::usage("the names in a document are texts").hint("MAP<STRING, ...>"));
            }
            Type::Struct(fields) => Self::Struct(Struct::of_fields(fields, unknown)?),
        })
    }

    /// What it is called where a value does not fit.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Any => "a value",
            Self::Boolean => "BOOLEAN",
            Self::Int(_, most) if *most == i32::from(i8::MAX) => "TINYINT",
            Self::Int(_, most) if *most == i32::from(i16::MAX) => "SMALLINT",
            Self::Int(..) => "INT",
            Self::Long => "BIGINT",
            Self::Double => "DOUBLE",
            Self::Float => "FLOAT",
            Self::Decimal(..) => "DECIMAL",
            Self::Text(_) => "STRING",
            Self::Binary => "BINARY",
            Self::Date => "DATE",
            Self::Instant => "TIMESTAMP",
            Self::Array(_) => "ARRAY",
            Self::Map(_) => "MAP",
            Self::Struct(_) => "STRUCT",
        }
    }
}
