//! Fields that a schema does not know, and the columns that a file has in the end.

use super::types::{Field, Schema, Type};
use crate::run::exit::{Error, Result};

/// What happens to a field that the schema does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// The record is refused.
    #[default]
    Reject,
    /// The field is left out, and counted.
    Ignore,
    /// All such fields of the record go into this STRING column, as one JSON object in which every
    /// value has the bytes it came with. In nested structs they are refused.
    Column(String),
}

impl std::str::FromStr for Unknown {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match (text, text.strip_prefix("column=")) {
            ("reject", _) => Ok(Unknown::Reject),
            ("ignore", _) => Ok(Unknown::Ignore),
            (_, Some(name)) if !name.is_empty() => Ok(Unknown::Column(name.to_owned())),
            _ => Err("write reject, ignore, or column=NAME".to_owned()),
        }
    }
}

/// The columns of the file: those of the schema, and that of the unknown fields.
pub fn stored_schema(schema: &Schema, unknown: &Unknown) -> Result<Schema> {
    match unknown {
        Unknown::Column(name) => schema.with(Field::new(name, Type::String)).map_err(|why| {
            Error::usage(format!("--unknown column={name}: {why}")).hint("--unknown column=unknown_fields")
        }),
        _ => Ok(schema.clone()),
    }
}
