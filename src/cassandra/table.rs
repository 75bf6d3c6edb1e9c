//! A table as the cluster describes it, and the statement that writes into it.

use scylla::cluster::metadata::{ColumnKind, Table as Metadata};

use super::kind::Kind;
use crate::run::exit::{Error, Result};

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The keyspace that it is in.
    pub keyspace: String,
    /// Its name.
    pub name: String,
    /// Its columns: those of the key first, in their order.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, with its case.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// What it is to the key.
    pub part: Part,
}

/// What a column is to the primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of the partition key.
    WholePartition,
    /// One of several columns of the partition key.
    Partition,
    /// A clustering column.
    Clustering,
    /// Nothing: a value.
    None,
}

impl Part {
    /// Whether a row must have the column.
    pub fn is_key(self) -> bool {
        self != Self::None
    }
}

impl Table {
    /// The table as the driver has read it. One that no row can be written into is an error.
    pub fn of(keyspace: &str, name: &str, metadata: &Metadata) -> Result<Self> {
        let single = metadata.partition_key.len() == 1;
        let mut rest: Vec<&String> =
            metadata.columns.keys().filter(|column| !is_key(metadata, column)).collect();
        rest.sort();
        let names = metadata.partition_key.iter().chain(&metadata.clustering_key).chain(rest);
        let columns = names.filter_map(|name| {
            let column = metadata.columns.get(name)?;
            let part = match column.kind {
                ColumnKind::PartitionKey if single => Part::WholePartition,
                ColumnKind::PartitionKey => Part::Partition,
                ColumnKind::Clustering => Part::Clustering,
                _ => Part::None,
            };
            Some(Column { name: name.clone(), kind: Kind::of(&column.typ), part })
        });
        let table = Self { keyspace: keyspace.to_owned(), name: name.to_owned(), columns: columns.collect() };
        table.check()?;
        Ok(table)
    }

    fn check(&self) -> Result<()> {
        let foreign = |column: &&Column| column.part.is_key() && column.kind.foreign().is_some();
        if let Some(column) = self.columns.iter().find(foreign) {
            let kind = column.kind.foreign().unwrap_or_default();
            return Err(Error::usage(format!(
                "the key of {self} has a {kind} in column {}, which JSON cannot carry",
                column.name
            )));
        }
        if self.columns.iter().any(|column| column.kind == Kind::Foreign("counter".into())) {
            return Err(Error::usage(format!(
                "{self} holds counters, and to count twice would not be the same as to count once"
            )));
        }
        Ok(())
    }

    /// The statement that writes a row: a value for each column in order, and then its write time.
    pub fn insert(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        let marks = vec!["?"; names.len()].join(", ");
        format!(
            "INSERT INTO {}.{} ({}) VALUES ({marks}) USING TIMESTAMP ?",
            quoted(&self.keyspace),
            quoted(&self.name),
            names.join(", ")
        )
    }

    /// The columns of its key: those of the partition, then the clustering ones.
    pub fn key(&self) -> (Vec<&str>, Vec<&str>) {
        let names = |wanted: &dyn Fn(Part) -> bool| {
            let columns = self.columns.iter().filter(|column| wanted(column.part));
            columns.map(|column| column.name.as_str()).collect()
        };
        (
            names(&|part| matches!(part, Part::WholePartition | Part::Partition)),
            names(&|part| part == Part::Clustering),
        )
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.keyspace, self.name)
    }
}

fn is_key(metadata: &Metadata, column: &String) -> bool {
    metadata.partition_key.contains(column) || metadata.clustering_key.contains(column)
}

/// A name that CQL reads as it is written.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Words that CQL reserves: as names they stand in quotes.
const RESERVED: [&str; 59] = [
    "add",
    "allow",
    "alter",
    "and",
    "apply",
    "asc",
    "authorize",
    "batch",
    "begin",
    "by",
    "columnfamily",
    "create",
    "default",
    "delete",
    "desc",
    "describe",
    "drop",
    "entries",
    "execute",
    "from",
    "full",
    "grant",
    "if",
    "in",
    "index",
    "infinity",
    "insert",
    "into",
    "is",
    "keyspace",
    "limit",
    "materialized",
    "modify",
    "nan",
    "norecursive",
    "not",
    "null",
    "of",
    "on",
    "or",
    "order",
    "primary",
    "rename",
    "revoke",
    "select",
    "set",
    "table",
    "to",
    "token",
    "truncate",
    "unlogged",
    "unset",
    "update",
    "use",
    "using",
    "schema",
    "view",
    "where",
    "with",
];

/// A name as a person would type it: in quotes only where CQL would read it otherwise.
pub fn typed(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let word = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(plain);
    if word && !RESERVED.contains(&name) { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A table with these columns; the first one is its key.
    pub fn table(columns: &[(&str, Kind)]) -> Table {
        let columns = columns.iter().enumerate().map(|(at, (name, kind))| Column {
            name: (*name).to_owned(),
            kind: kind.clone(),
            part: if at == 0 { Part::WholePartition } else { Part::None },
        });
        Table { keyspace: "ks".into(), name: "users".into(), columns: columns.collect() }
    }

    #[test]
    fn the_statement_quotes_every_name_and_asks_for_the_time() {
        let table = table(&[("id", Kind::Int), ("Full \"Name\"", Kind::Text)]);
        assert_eq!(
            table.insert(),
            r#"INSERT INTO "ks"."users" ("id", "Full ""Name""") VALUES (?, ?) USING TIMESTAMP ?"#
        );
        assert_eq!(table.key(), (vec!["id"], vec![]));
        assert_eq!((typed("id"), typed("userId")), ("id".into(), "\"userId\"".into()));
        assert_eq!((typed("batch"), typed("order")), ("\"batch\"".into(), "\"order\"".into()));
    }

    #[test]
    fn counters_and_keys_that_json_cannot_carry_are_refused() {
        assert!(table(&[("id", Kind::Foreign("duration".into()))]).check().is_err());
        assert!(table(&[("id", Kind::Int), ("n", Kind::Foreign("counter".into()))]).check().is_err());
        assert!(table(&[("id", Kind::Int), ("d", Kind::Foreign("duration".into()))]).check().is_ok());
    }
}
