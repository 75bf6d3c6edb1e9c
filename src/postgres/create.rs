//! `--create`: tables that are not there yet.
//!
//! They are made in a transaction of their own, before the load, and under a lock: of several loads
//! that begin at once, one makes them and the others find them.

use std::fmt::Write as _;

use super::error::Doing;
use super::session::Session;
use super::table::{Name, literal, quoted};
use super::types;
use crate::run::Result;
use crate::schema::Unknown;
use crate::schema::{Field, Schema};

/// Whoever makes tables holds this lock meanwhile. The number means nothing.
const LOCK: i64 = 1_399_612_245;

/// Makes a table by these statements. For a dry run the transaction stays open, and goes with the session.
pub fn make(session: &Session, name: &Name, statements: &str, dry_run: bool) -> Result<()> {
    let text = name.to_string();
    log::info!("creating {text}");
    let end = if dry_run { "" } else { " COMMIT" };
    session.run(
        Doing { what: "create", on: &text },
        &format!("BEGIN; SELECT pg_catalog.pg_advisory_xact_lock({LOCK}); {statements}{end}"),
    )
}

/// The statements that make a table for records of this schema.
pub fn target(name: &Name, schema: &Schema, unknown: &Unknown, key: &[String]) -> String {
    let mut columns: Vec<String> = schema.fields().iter().map(|field| column(field, key)).collect();
    if let Unknown::Column(rest) = unknown {
        // Not jsonb: unknown fields are kept byte for byte.
        columns.push(format!("{} json", quoted(rest)));
    }
    if !key.is_empty() {
        let list = key.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        columns.push(format!("PRIMARY KEY ({list})"));
    }
    let mut statements = format!("CREATE TABLE IF NOT EXISTS {} ({});", name.sql(), columns.join(", "));
    for field in schema.fields() {
        if let Some(comment) = &field.comment {
            // Writing to a String cannot fail.
            let _ = write!(
                statements,
                " COMMENT ON COLUMN {}.{} IS {};",
                name.sql(),
                quoted(&field.name),
                literal(comment)
            );
        }
    }
    statements
}

fn column(field: &Field, key: &[String]) -> String {
    let not_null = if field.nullable && !key.contains(&field.name) { "" } else { " NOT NULL" };
    format!("{} {}{not_null}", quoted(&field.name), types::made(&field.kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ddl;

    #[test]
    fn a_table_is_made_of_its_schema() {
        let schema =
            ddl::parse("id BIGINT, at TIMESTAMP NOT NULL COMMENT 'it\\'s', l STRUCT<a: INT>").unwrap();
        let name = "s.t".parse().unwrap();
        assert_eq!(
            target(&name, &schema, &Unknown::Column("rest".into()), &["id".into()]),
            "CREATE TABLE IF NOT EXISTS \"s\".\"t\" (\"id\" bigint NOT NULL, \
             \"at\" timestamp with time zone NOT NULL, \"l\" jsonb, \"rest\" json, PRIMARY KEY (\"id\")); \
             COMMENT ON COLUMN \"s\".\"t\".\"at\" IS E'it''s';"
        );
    }
}
