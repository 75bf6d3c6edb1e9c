//! What a column holds: the types of CQL, as far as JSON can carry them.

use std::fmt;

use scylla::cluster::metadata::{CollectionType, ColumnType, NativeType};

/// The type of a column, or of a value inside one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are CQL's own")]
pub enum Kind {
    Text,
    Ascii,
    Boolean,
    TinyInt,
    SmallInt,
    Int,
    BigInt,
    Varint,
    Decimal,
    Float,
    Double,
    Timestamp,
    Date,
    Time,
    Uuid,
    TimeUuid,
    Inet,
    Blob,
    List(Box<Kind>),
    Set(Box<Kind>),
    Map(Box<Kind>, Box<Kind>),
    Tuple(Vec<Kind>),
    /// A type of the user's: names and types of its fields.
    Udt(Vec<(String, Kind)>),
    /// So many values of a type of fixed width.
    Vector(Box<Kind>, u16),
    /// A type without a JSON value of its own, by its name.
    Foreign(String),
}

impl Kind {
    /// The type as the cluster describes it.
    pub fn of(kind: &ColumnType<'_>) -> Self {
        let boxed = |kind: &ColumnType<'_>| Box::new(Self::of(kind));
        match kind {
            ColumnType::Native(native) => Self::native(native),
            ColumnType::Collection { typ: CollectionType::List(element), .. } => Self::List(boxed(element)),
            ColumnType::Collection { typ: CollectionType::Set(element), .. } => Self::Set(boxed(element)),
            ColumnType::Collection { typ: CollectionType::Map(key, value), .. } => {
                Self::Map(boxed(key), boxed(value))
            }
            ColumnType::Tuple(fields) => Self::Tuple(fields.iter().map(Self::of).collect()),
            ColumnType::UserDefinedType { definition, .. } => {
                let fields = definition.field_types.iter();
                Self::Udt(fields.map(|(name, kind)| (name.to_string(), Self::of(kind))).collect())
            }
            ColumnType::Vector { typ, dimensions } => match Self::of(typ) {
                element if element.width().is_some() => Self::Vector(Box::new(element), *dimensions),
                element => Self::Foreign(format!("vector<{element}, {dimensions}>")),
            },
            other => Self::Foreign(format!("{other:?}")),
        }
    }

    fn native(kind: &NativeType) -> Self {
        match kind {
            NativeType::Text => Self::Text,
            NativeType::Ascii => Self::Ascii,
            NativeType::Boolean => Self::Boolean,
            NativeType::TinyInt => Self::TinyInt,
            NativeType::SmallInt => Self::SmallInt,
            NativeType::Int => Self::Int,
            NativeType::BigInt => Self::BigInt,
            NativeType::Varint => Self::Varint,
            NativeType::Decimal => Self::Decimal,
            NativeType::Float => Self::Float,
            NativeType::Double => Self::Double,
            NativeType::Timestamp => Self::Timestamp,
            NativeType::Date => Self::Date,
            NativeType::Time => Self::Time,
            NativeType::Uuid => Self::Uuid,
            NativeType::Timeuuid => Self::TimeUuid,
            NativeType::Inet => Self::Inet,
            NativeType::Blob => Self::Blob,
            other => Self::Foreign(format!("{other:?}").to_lowercase()),
        }
    }

    /// How many bytes each value takes in a vector, where all take the same.
    pub fn width(&self) -> Option<usize> {
        match self {
            Self::Boolean => Some(1),
            Self::Int | Self::Float => Some(4),
            Self::BigInt | Self::Double | Self::Timestamp => Some(8),
            Self::Uuid | Self::TimeUuid => Some(16),
            _ => None,
        }
    }

    /// The first type in it that no value of JSON can be.
    pub fn foreign(&self) -> Option<&str> {
        match self {
            Self::Foreign(name) => Some(name),
            Self::List(inner) | Self::Set(inner) | Self::Vector(inner, _) => inner.foreign(),
            Self::Map(key, value) => key.foreign().or_else(|| value.foreign()),
            Self::Tuple(fields) => fields.iter().find_map(Self::foreign),
            Self::Udt(fields) => fields.iter().find_map(|(_, kind)| kind.foreign()),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::List(element) => return write!(f, "list<{element}>"),
            Self::Set(element) => return write!(f, "set<{element}>"),
            Self::Map(key, value) => return write!(f, "map<{key}, {value}>"),
            Self::Vector(element, length) => return write!(f, "vector<{element}, {length}>"),
            Self::Tuple(_) => "a tuple",
            Self::Udt(_) => "a user-defined type",
            Self::Foreign(name) => name,
            Self::Text => "text",
            Self::Ascii => "ascii",
            Self::Boolean => "boolean",
            Self::TinyInt => "tinyint",
            Self::SmallInt => "smallint",
            Self::Int => "int",
            Self::BigInt => "bigint",
            Self::Varint => "varint",
            Self::Decimal => "decimal",
            Self::Float => "float",
            Self::Double => "double",
            Self::Timestamp => "timestamp",
            Self::Date => "date",
            Self::Time => "time",
            Self::Uuid => "uuid",
            Self::TimeUuid => "timeuuid",
            Self::Inet => "inet",
            Self::Blob => "blob",
        };
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_of_the_cluster_keeps_its_name_and_its_parts() {
        let text = || Box::new(ColumnType::Native(NativeType::Text));
        let int = || Box::new(ColumnType::Native(NativeType::Int));
        let collection = |typ| ColumnType::Collection { frozen: false, typ };
        for (kind, expected) in [
            (collection(CollectionType::Map(text(), int())), "map<text, int>"),
            (
                collection(CollectionType::List(Box::new(collection(CollectionType::Set(int()))))),
                "list<set<int>>",
            ),
            (
                ColumnType::Vector { typ: Box::new(ColumnType::Native(NativeType::Float)), dimensions: 3 },
                "vector<float, 3>",
            ),
        ] {
            assert_eq!(Kind::of(&kind).to_string(), expected);
            assert_eq!(Kind::of(&kind).foreign(), None);
        }
    }

    #[test]
    fn what_json_cannot_carry_is_known_wherever_it_is() {
        let duration = ColumnType::Native(NativeType::Duration);
        let list = ColumnType::Collection { frozen: true, typ: CollectionType::List(Box::new(duration)) };
        assert_eq!(Kind::of(&list).foreign(), Some("duration"));
        assert_eq!(Kind::of(&ColumnType::Native(NativeType::Counter)).foreign(), Some("counter"));
        let texts = ColumnType::Vector { typ: Box::new(ColumnType::Native(NativeType::Text)), dimensions: 2 };
        assert_eq!(Kind::of(&texts).foreign(), Some("vector<text, 2>"));
    }
}
