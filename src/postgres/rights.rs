//! What a role may do, asked before anything is done, so that what is missing is named with the
//! statement that gives it.

use super::error::{Doing, lacks};
use super::fit::Fit;
use super::session::Session;
use super::table::{Name, Table};
use crate::run::Result;

const LOOK: Doing<'_> = Doing { what: "read", on: "the catalogs" };

/// Asks for everything that a load needs of the database and of its target; `key` makes it an upsert.
pub fn check_target(session: &Session, table: &Table, fit: &Fit, key: &[String]) -> Result<()> {
    let (user, dbname) = (&session.settings().user, &session.settings().dbname);
    let may = "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')";
    let may_stage: bool = session.row(LOOK, may, &[])?.is_none_or(|row| row.get(0));
    if !may_stage {
        return Err(lacks(user, "TEMPORARY", "DATABASE", dbname));
    }
    let numbers = |all: bool| -> Vec<i16> {
        let wanted = fit.columns.iter().filter(|(column, _)| all || key.contains(&column.name));
        wanted.map(|(column, _)| column.number).collect()
    };
    let mut needs = vec![("INSERT", numbers(true))];
    if !key.is_empty() {
        needs.extend([("UPDATE", numbers(true)), ("SELECT", numbers(false))]);
    }
    let sql = "SELECT pg_catalog.bool_and(pg_catalog.has_column_privilege($1::oid, number, $2::text)) \
               FROM pg_catalog.unnest($3::int2[]) AS number";
    for (privilege, columns) in needs {
        let may: Option<bool> =
            session.row(LOOK, sql, &[&table.oid, &privilege, &columns])?.and_then(|row| row.get(0));
        if may == Some(false) {
            return Err(lacks(user, privilege, "", &table.name.to_string()));
        }
    }
    Ok(())
}

/// Asks for privileges on a table of our own; none if there is no such table.
pub fn check_own(session: &Session, table: &Name, privileges: &[&'static str]) -> Result<Option<()>> {
    let text = table.to_string();
    let doing = Doing { what: "find", on: &text };
    let find = "SELECT pg_catalog.to_regclass($1::text)::pg_catalog.oid";
    let oid: Option<u32> = session.row(doing, find, &[&table.sql()])?.and_then(|row| row.get(0));
    let Some(oid) = oid else { return Ok(None) };
    for privilege in privileges {
        let sql = "SELECT pg_catalog.has_table_privilege($1::oid, $2::text)";
        let may: Option<bool> = session.row(LOOK, sql, &[&oid, privilege])?.and_then(|row| row.get(0));
        if may == Some(false) {
            return Err(lacks(&session.settings().user, privilege, "", &text));
        }
    }
    Ok(Some(()))
}
