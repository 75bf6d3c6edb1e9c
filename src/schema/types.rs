//! The columns of a file or table as Spark's DDL can say them: a small tree of our own.
//!
//! In: what [`super::ddl`] parsed or `infer-schema` found. Out: DDL again (`Display`, canonical:
//! equal schemas print equally), and a hash for the lineage.
//!
//! Guarantees: a [`Schema`] that exists is valid. It has columns, no empty struct, no two names in
//! one struct that differ only by case, and no type that Spark, DuckDB or Athena could not read
//! back from Parquet.

use std::fmt::{self, Write};

use sha2::{Digest, Sha256};

use crate::run::units::hex;

/// How deep types may nest. Parquet readers recurse; nobody has met a schema half as deep.
pub const MAX_DEPTH: usize = 64;

/// The columns of a file, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    fields: Vec<Field>,
}

/// One column, or one field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The key in JSON, byte for byte, and the name in Parquet.
    pub name: String,
    /// What it holds.
    pub kind: Type,
    /// Whether it may be null or missing.
    pub nullable: bool,
    /// Prose for people; no part of the [hash](Schema::hash).
    pub comment: Option<String>,
}

impl Field {
    /// A nullable field.
    pub fn new(name: impl Into<String>, kind: Type) -> Self {
        Self { name: name.into(), kind, nullable: true, comment: None }
    }
}

/// The types of Spark that JSON can carry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are Spark's own")]
pub enum Type {
    Boolean,
    Byte,
    Short,
    Int,
    Long,
    Float,
    Double,
    /// At most 38 digits, `scale` of them after the point.
    Decimal {
        precision: u8,
        scale: u8,
    },
    String,
    /// At most this many characters.
    Varchar(u32),
    /// At most this many characters; stored as it came, without padding.
    Char(u32),
    /// Base64 text in JSON.
    Binary,
    Date,
    /// An instant.
    Timestamp,
    /// A date and time on some wall clock.
    TimestampNtz,
    Array(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Struct(Vec<Field>),
}

impl Schema {
    /// A schema of these columns, or in words why it cannot be one.
    pub fn new(fields: Vec<Field>) -> Result<Self, String> {
        check_struct(&fields, 0)?;
        Ok(Self { fields })
    }

    /// The columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The schema with one more column at the end.
    pub fn with(&self, field: Field) -> Result<Self, String> {
        let mut fields = self.fields.clone();
        fields.push(field);
        Self::new(fields)
    }

    /// 32 hexadecimal digits that name this schema: the same for the same names, types and
    /// nullability, whatever the comments and the layout of the file it was read from.
    pub fn hash(&self) -> String {
        let mut bare = self.clone();
        strip_comments(&mut bare.fields);
        hex(&Sha256::digest(bare.to_string())[..16])
    }

    /// The DDL with each column on a line of its own, for people and for `users.ddl`.
    pub fn pretty(&self) -> String {
        let lines: Vec<String> = self.fields.iter().map(|field| Column(field, " ").to_string()).collect();
        lines.join(",\n")
    }
}

impl Type {
    /// Whether the type can be the key of a map: it must have one spelling a value as text.
    pub fn can_be_key(&self) -> bool {
        use Type::*;
        !matches!(self, Float | Double | Binary | Array(_) | Map(..) | Struct(_))
    }

    /// The type as messages name it: the outermost level only.
    pub(crate) fn label(&self) -> String {
        match self {
            Type::Array(_) => "ARRAY".to_owned(),
            Type::Map(..) => "MAP".to_owned(),
            Type::Struct(_) => "STRUCT".to_owned(),
            scalar => scalar.to_string(),
        }
    }
}

fn check_struct(fields: &[Field], depth: usize) -> Result<(), String> {
    if fields.is_empty() {
        return Err("a struct without fields cannot be stored in Parquet".to_owned());
    }
    let mut names = std::collections::HashMap::with_capacity(fields.len());
    for field in fields {
        if field.name.is_empty() {
            return Err("a field needs a name".to_owned());
        }
        if let Some(other) = names.insert(field.name.to_lowercase(), &field.name) {
            return Err(clash(other, &field.name));
        }
        check_type(&field.kind, depth + 1)?;
    }
    Ok(())
}

/// Why two fields cannot live side by side.
fn clash(one: &str, other: &str) -> String {
    if one == other {
        format!("two fields are named {}", Name(one))
    } else {
        format!("{} and {} differ only by case: Spark could not tell them apart", Name(one), Name(other))
    }
}

fn check_type(kind: &Type, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("types nest more than {MAX_DEPTH} deep"));
    }
    match kind {
        Type::Decimal { precision, scale } if !(1..=38).contains(precision) || scale > precision => {
            Err(format!("DECIMAL({precision},{scale}): 1 to 38 digits, at most all of them after the point"))
        }
        Type::Varchar(0) | Type::Char(0) => Err("a length of 0 leaves room for nothing".to_owned()),
        Type::Array(element) => check_type(element, depth + 1),
        Type::Map(key, value) => {
            if !key.can_be_key() {
                return Err(format!("{key} cannot be the key of a map: JSON keys are text"));
            }
            check_type(key, depth + 1)?;
            check_type(value, depth + 1)
        }
        Type::Struct(fields) => check_struct(fields, depth),
        _ => Ok(()),
    }
}

fn strip_comments(fields: &mut [Field]) {
    fn strip(kind: &mut Type) {
        match kind {
            Type::Array(element) => strip(element),
            Type::Map(key, value) => {
                strip(key);
                strip(value);
            }
            Type::Struct(fields) => strip_comments(fields),
            _ => {}
        }
    }
    for field in fields {
        field.comment = None;
        strip(&mut field.kind);
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_fields(f, &self.fields, " ")
    }
}

fn write_fields(f: &mut fmt::Formatter<'_>, fields: &[Field], separator: &'static str) -> fmt::Result {
    for (at, field) in fields.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        write!(f, "{comma}{}", Column(field, separator))?;
    }
    Ok(())
}

/// A field with what stands between its name and its type.
struct Column<'a>(&'a Field, &'static str);

impl fmt::Display for Column<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Column(field, separator) = self;
        write!(f, "{}{separator}{}", Name(&field.name), field.kind)?;
        if !field.nullable {
            f.write_str(" NOT NULL")?;
        }
        match &field.comment {
            Some(comment) => write!(f, " COMMENT {}", Literal(comment)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Boolean => f.write_str("BOOLEAN"),
            Type::Byte => f.write_str("TINYINT"),
            Type::Short => f.write_str("SMALLINT"),
            Type::Int => f.write_str("INT"),
            Type::Long => f.write_str("BIGINT"),
            Type::Float => f.write_str("FLOAT"),
            Type::Double => f.write_str("DOUBLE"),
            Type::Decimal { precision, scale } => write!(f, "DECIMAL({precision},{scale})"),
            Type::String => f.write_str("STRING"),
            Type::Varchar(length) => write!(f, "VARCHAR({length})"),
            Type::Char(length) => write!(f, "CHAR({length})"),
            Type::Binary => f.write_str("BINARY"),
            Type::Date => f.write_str("DATE"),
            Type::Timestamp => f.write_str("TIMESTAMP"),
            Type::TimestampNtz => f.write_str("TIMESTAMP_NTZ"),
            Type::Array(element) => write!(f, "ARRAY<{element}>"),
            Type::Map(key, value) => write!(f, "MAP<{key}, {value}>"),
            Type::Struct(fields) => {
                f.write_str("STRUCT<")?;
                write_fields(f, fields, ": ")?;
                f.write_str(">")
            }
        }
    }
}

/// A name as DDL writes it: in backticks unless it is a plain word.
pub(super) struct Name<'a>(pub &'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let word = self.0.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if word && self.0.chars().all(plain) {
            f.write_str(self.0)
        } else {
            write!(f, "`{}`", self.0.replace('`', "``"))
        }
    }
}

/// A comment as DDL writes it.
struct Literal<'a>(&'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for c in self.0.chars() {
            match c {
                '\'' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '\r' => f.write_str("\\r")?,
                _ => f.write_char(c)?,
            }
        }
        f.write_char('\'')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_only_by_case_are_refused_at_any_depth() {
        let pair = vec![Field::new("Id", Type::Int), Field::new("id", Type::Int)];
        assert!(Schema::new(pair.clone()).unwrap_err().contains("differ only by case"));
        let nested = Type::Array(Box::new(Type::Struct(pair)));
        assert!(Schema::new(vec![Field::new("a", nested)]).is_err());
    }

    #[test]
    fn what_parquet_cannot_hold_is_refused() {
        for kind in [
            Type::Struct(vec![]),
            Type::Decimal { precision: 39, scale: 0 },
            Type::Decimal { precision: 2, scale: 3 },
            Type::Varchar(0),
            Type::Map(Box::new(Type::Double), Box::new(Type::Int)),
        ] {
            assert!(Schema::new(vec![Field::new("a", kind.clone())]).is_err(), "{kind}");
        }
        assert!(Schema::new(vec![]).is_err());
        assert!(Schema::new(vec![Field::new("", Type::Int)]).is_err());
        let mut deep = Type::Int;
        for _ in 0..MAX_DEPTH {
            deep = Type::Array(Box::new(deep));
        }
        assert!(Schema::new(vec![Field::new("a", deep)]).is_err());
    }

    #[test]
    fn the_hash_ignores_comments_and_sees_types_and_nullability() {
        let plain = Schema::new(vec![Field::new("a", Type::Int)]).unwrap();
        let mut field = Field::new("a", Type::Int);
        field.comment = Some("the first".to_owned());
        assert_eq!(plain.hash(), Schema::new(vec![field.clone()]).unwrap().hash());
        field.nullable = false;
        assert_ne!(plain.hash(), Schema::new(vec![field]).unwrap().hash());
        assert_ne!(plain.hash(), Schema::new(vec![Field::new("a", Type::Long)]).unwrap().hash());
        assert_eq!(plain.hash().len(), 32);
    }
}
