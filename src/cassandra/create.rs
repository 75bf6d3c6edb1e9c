//! `--create`: a table made of a schema in Spark's DDL and a primary key.
//!
//! Only types that give back what they were given: `TIMESTAMP` becomes `timestamp`, which holds
//! milliseconds (finer times are refused when they come), and what has no type of its own in CQL, a
//! `STRUCT` or a `TIMESTAMP_NTZ`, is an error.

use std::str::FromStr;

use super::table::{Table, typed};
use crate::run::exit::{Error, Result};
use crate::schema::{Schema, Type};

/// The columns of a primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryKey {
    partition: Vec<String>,
    clustering: Vec<String>,
}

impl FromStr for PrimaryKey {
    type Err = String;

    /// `id`, `day, id`, or `(day, hour), id`: what stands behind PRIMARY KEY in CQL.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let wrong = || format!("'{text}' is no key; write id, or '(day, hour), id'");
        let (partition, rest) = match text.strip_prefix('(').map(|rest| rest.split_once(')')) {
            Some(Some((partition, rest))) if rest.trim().is_empty() => (partition, None),
            Some(Some((partition, rest))) => {
                (partition, Some(rest.trim_start().strip_prefix(',').ok_or_else(wrong)?))
            }
            Some(None) => return Err(format!("'{text}' has no closing parenthesis")),
            None => text.split_once(',').map_or((text, None), |(first, rest)| (first, Some(rest))),
        };
        let (partition, clustering) = (names(partition), rest.map_or_else(Vec::new, names));
        let all = || partition.iter().chain(&clustering);
        let misnamed = all().any(|name| name.is_empty() || name.contains(['(', ')']));
        if misnamed || all().enumerate().any(|(at, name)| all().take(at).any(|other| other == name)) {
            return Err(wrong());
        }
        Ok(Self { partition, clustering })
    }
}

fn names(text: &str) -> Vec<String> {
    text.split(',').map(|name| name.trim().trim_matches('"').to_owned()).collect()
}

/// A table to be made if it is not there.
#[derive(Clone, Debug)]
pub struct Create {
    /// Its columns.
    pub schema: Schema,
    /// Its key.
    pub key: PrimaryKey,
}

impl Create {
    /// The statement, as it is sent and as it can be typed.
    pub fn statement(&self, keyspace: &str, table: &str) -> Result<String> {
        let mut columns = Vec::new();
        for field in self.schema.fields() {
            let kind = cql(&field.kind).map_err(|kind| {
                Error::usage(format!("{} is a {kind}, for which CQL has no type", field.name))
                    .hint("map-fields, to take it apart")
            })?;
            columns.push(format!("{} {kind}", typed(&field.name)));
        }
        self.check_key()?;
        let list = |names: &[String]| names.iter().map(|name| typed(name)).collect::<Vec<_>>().join(", ");
        let mut key = list(&self.key.partition);
        if self.key.partition.len() > 1 {
            key = format!("({key})");
        }
        if !self.key.clustering.is_empty() {
            key = format!("{key}, {}", list(&self.key.clustering));
        }
        let columns = columns.join(", ");
        Ok(format!(
            "CREATE TABLE IF NOT EXISTS {}.{} ({columns}, PRIMARY KEY ({key}))",
            typed(keyspace),
            typed(table)
        ))
    }

    fn check_key(&self) -> Result<()> {
        for name in self.key.partition.iter().chain(&self.key.clustering) {
            let field = self.schema.fields().iter().find(|field| field.name == *name);
            let field =
                field.ok_or_else(|| Error::usage(format!("--primary-key: the schema has no {name}")))?;
            if matches!(field.kind, Type::Array(_) | Type::Map(..)) {
                return Err(Error::usage(format!(
                    "--primary-key: {name} is a collection, which can be no key"
                )));
            }
        }
        Ok(())
    }

    /// Refuses a table that was there with another key: the same record would be another row.
    pub fn compare(&self, table: &Table) -> Result<()> {
        let (partition, clustering) = table.key();
        if partition == self.key.partition && clustering == self.key.clustering {
            return Ok(());
        }
        let there = [partition, clustering].concat().join(", ");
        Err(Error::conflict(format!("{table} exists, with another primary key: {there}"))
            .hint("without --create, or another --table"))
    }
}

/// The type in CQL; the name of the one that has none, otherwise.
fn cql(kind: &Type) -> Result<String, String> {
    Ok(match kind {
        Type::Boolean => "boolean".into(),
        Type::Byte => "tinyint".into(),
        Type::Short => "smallint".into(),
        Type::Int => "int".into(),
        Type::Long => "bigint".into(),
        Type::Float => "float".into(),
        Type::Double => "double".into(),
        Type::Decimal { .. } => "decimal".into(),
        Type::String | Type::Varchar(_) | Type::Char(_) => "text".into(),
        Type::Binary => "blob".into(),
        Type::Date => "date".into(),
        Type::Timestamp => "timestamp".into(),
        Type::Array(element) => format!("list<{}>", nested(element)?),
        Type::Map(key, value) => format!("map<{}, {}>", nested(key)?, nested(value)?),
        Type::TimestampNtz | Type::Struct(_) => return Err(kind.to_string()),
    })
}

/// A collection inside another must be frozen.
fn nested(kind: &Type) -> Result<String, String> {
    let inner = cql(kind)?;
    Ok(if matches!(kind, Type::Array(_) | Type::Map(..)) { format!("frozen<{inner}>") } else { inner })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ddl;

    fn create(schema: &str, key: &str) -> Result<String> {
        let create = Create { schema: ddl::parse(schema).unwrap(), key: key.parse().unwrap() };
        create.statement("ks", "users")
    }

    #[test]
    fn a_schema_becomes_a_table() {
        assert_eq!(
            create("id INT, Zip STRING, tags ARRAY<ARRAY<INT>>, at TIMESTAMP", "id").unwrap(),
            "CREATE TABLE IF NOT EXISTS ks.users (id int, \"Zip\" text, tags list<frozen<list<int>>>, \
             at timestamp, PRIMARY KEY (id))"
        );
        let composite = create("a INT, b DATE, c BIGINT", "(a, b), c").unwrap();
        assert!(composite.ends_with("PRIMARY KEY ((a, b), c))"), "{composite}");
    }

    #[test]
    fn a_key_reads_as_in_cql() {
        let key =
            |text: &str| text.parse::<PrimaryKey>().map(|key| (key.partition.len(), key.clustering.len()));
        assert_eq!(key("id"), Ok((1, 0)));
        assert_eq!(key("day, \"Id\""), Ok((1, 1)));
        assert_eq!(key("(day, hour), id, n"), Ok((2, 2)));
        assert_eq!(key("(id)"), Ok((1, 0)));
        for wrong in ["", "a,", "(a", "a, a", "((a), b)", "(a) b", "(a),"] {
            assert!(key(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_cql_has_no_type_for_is_told() {
        let error = create("id INT, place STRUCT<city: STRING>", "id").unwrap_err();
        assert!(error.to_string().contains("place is a STRUCT<city: STRING>"), "{error}");
        assert!(create("id INT", "other").is_err() && create("id ARRAY<INT>", "id").is_err());
    }
}
