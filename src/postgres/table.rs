//! Tables: how they are named, and what the catalogs know of one.

use std::fmt;
use std::str::FromStr;

use super::error::Doing;
use super::session::Session;
use crate::run::{Error, Result};

/// PostgreSQL cuts longer names, in silence.
const LONGEST_NAME: usize = 63;
const LOOK: Doing<'_> = Doing { what: "read", on: "the catalogs" };

/// The name of a table, with or without its schema. Taken as it is spelled, case included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    schema: Option<String>,
    table: String,
}

impl Name {
    /// A table in a schema.
    pub fn within(schema: &str, table: &str) -> Self {
        Self { schema: Some(schema.to_owned()), table: table.to_owned() }
    }

    /// The same table name in this schema, where none was named.
    pub fn or_within(&self, schema: &str) -> Self {
        Self {
            schema: Some(self.schema.clone().unwrap_or_else(|| schema.to_owned())),
            table: self.table.clone(),
        }
    }

    /// The schema, if one was named.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// As SQL spells it, whatever is in it.
    pub fn sql(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", quoted(schema), quoted(&self.table)),
            None => quoted(&self.table),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.table),
            None => f.write_str(&self.table),
        }
    }
}

impl FromStr for Name {
    type Err = String;

    /// `table`, `schema.table`; a part that holds a dot stands in double quotes.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is no table; write TABLE or SCHEMA.TABLE");
        let mut parts = Vec::new();
        let mut rest = text;
        loop {
            let (part, after) = part(rest).ok_or_else(wrong)?;
            parts.push(part);
            match after {
                Some(after) => rest = after,
                None => break,
            }
        }
        if parts.iter().any(|part| part.is_empty() || part.len() > LONGEST_NAME || part.contains('\0')) {
            return Err(wrong());
        }
        let table = parts.pop().ok_or_else(wrong)?;
        match (parts.pop(), parts.is_empty()) {
            (schema, true) => Ok(Self { schema, table }),
            _ => Err(wrong()),
        }
    }
}

/// The first part of a name, and what follows its dot.
fn part(text: &str) -> Option<(String, Option<&str>)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        return Some(match text.split_once('.') {
            Some((part, after)) => (part.to_owned(), Some(after)),
            None => (text.to_owned(), None),
        });
    };
    let mut part = String::new();
    loop {
        let (piece, after) = rest.split_once('"')?;
        part.push_str(piece);
        match (after.strip_prefix('"'), after.strip_prefix('.'), after) {
            (Some(after), ..) => {
                part.push('"');
                rest = after;
            }
            (None, Some(after), _) => return Some((part, Some(after))),
            (None, None, "") => return Some((part, None)),
            _ => return None,
        }
    }
}

/// A name in double quotes: it means itself, whatever it is.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in single quotes.
pub fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A table that exists.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its id.
    pub oid: u32,
    /// Its name, with the schema that it was found in.
    pub name: Name,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The columns of each of its unique keys that ON CONFLICT can use.
    pub keys: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: i16,
    /// The type below its domains.
    pub base: u32,
    /// What the type was made with: a length, a precision; -1 for none.
    pub modifier: i32,
    /// The type as SQL spells it, domains and lengths included.
    pub sql_type: String,
    /// Its collation as SQL spells it, where it is not that of its type.
    pub collation: Option<String>,
    /// The labels of an enum, which has no others.
    pub labels: Vec<String>,
    /// Whether it holds no nulls.
    pub not_null: bool,
    /// Whether it has a value where none is given.
    pub has_default: bool,
    /// Whether its values are the server's alone: generated, or an identity that is always made.
    pub is_made: bool,
}

const TABLE: &str = "
    SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = pg_catalog.to_regclass($1::text)::pg_catalog.oid";

const COLUMNS: &str = "
    WITH RECURSIVE under AS (
        SELECT a.attnum, a.atttypid AS type, a.atttypmod AS modifier
          FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT u.attnum, t.typbasetype, CASE WHEN u.modifier = -1 THEN t.typtypmod ELSE u.modifier END
          FROM under u JOIN pg_catalog.pg_type t ON t.oid = u.type
         WHERE t.typtype = 'd'
    )
    SELECT a.attname::text, a.attnum, u.type, u.modifier,
           pg_catalog.format_type(a.atttypid, a.atttypmod),
           CASE WHEN a.attcollation <> t.typcollation
                THEN pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(l.collname) END,
           ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = u.type),
           a.attnotnull OR t.typnotnull, a.atthasdef OR a.attidentity <> '',
           a.attgenerated <> '' OR a.attidentity = 'a'
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      JOIN under u ON u.attnum = a.attnum
      JOIN pg_catalog.pg_type b ON b.oid = u.type AND b.typtype <> 'd'
      LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
      LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = l.collnamespace
     WHERE a.attrelid = $1
     ORDER BY a.attnum";

const KEYS: &str = "
    SELECT ARRAY(SELECT a.attname::text
                   FROM pg_catalog.pg_attribute a
                  WHERE a.attrelid = i.indrelid
                    AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
      FROM pg_catalog.pg_index i
     WHERE i.indrelid = $1 AND i.indisunique AND i.indimmediate AND i.indisvalid
       AND i.indpred IS NULL AND i.indexprs IS NULL";

impl Table {
    /// Looks; none if there is no such table.
    pub fn find(session: &Session, name: &Name) -> Result<Option<Self>> {
        let doing = Doing { what: "find", on: &name.to_string() };
        let Some(row) = session.row(doing, TABLE, &[&name.sql()])? else { return Ok(None) };
        let (oid, schema, table, kind): (u32, String, String, String) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        let name = Name::within(&schema, &table);
        if !matches!(kind.as_str(), "r" | "p") {
            return Err(Error::usage(format!(
                "{name} is no table that rows can be stored in, but {}",
                of_kind(&kind)
            )));
        }
        let columns = session.rows(LOOK, COLUMNS, &[&oid])?.iter().map(Column::of).collect();
        let keys = session.rows(LOOK, KEYS, &[&oid])?.iter().map(|row| row.get(0)).collect();
        Ok(Some(Self { oid, name, columns, keys }))
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Column {
    fn of(row: &tokio_postgres::Row) -> Self {
        Self {
            name: row.get(0),
            number: row.get(1),
            base: row.get(2),
            modifier: row.get(3),
            sql_type: row.get(4),
            collation: row.get(5),
            labels: row.get(6),
            not_null: row.get(7),
            has_default: row.get(8),
            is_made: row.get(9),
        }
    }
}

fn of_kind(kind: &str) -> &'static str {
    match kind {
        "v" => "a view",
        "m" => "a materialized view",
        "f" => "a foreign table",
        "i" | "I" => "an index",
        "S" => "a sequence",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_what_it_spells() {
        for (text, sql) in [
            ("trades", "\"trades\""),
            ("public.Trades", "\"public\".\"Trades\""),
            ("\"a.b\".c", "\"a.b\".\"c\""),
            ("a.\"b\"\"c\"", "\"a\".\"b\"\"c\""),
            ("a.b c; DROP", "\"a\".\"b c; DROP\""),
        ] {
            assert_eq!(text.parse::<Name>().unwrap().sql(), sql);
        }
        for wrong in ["", ".a", "a.", "a.b.c", "\"a", "\"a\"b", &"x".repeat(64)] {
            assert!(wrong.parse::<Name>().is_err(), "{wrong}");
        }
        assert_eq!("a".parse::<Name>().unwrap().or_within("s").to_string(), "s.a");
        assert_eq!("b.a".parse::<Name>().unwrap().or_within("s").to_string(), "b.a");
    }

    #[test]
    fn a_literal_means_its_text() {
        assert_eq!(literal(r"it's \n"), r"E'it''s \\n'");
    }
}
