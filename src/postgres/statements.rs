//! The SQL of a load: a temporary table, the COPY into it, and from there into the target.
//!
//! The temporary table has the very types of the target, domains and collations included, so that
//! what is one key there is one key here. It has an index to the rows' order only where the last row
//! of a key is to win.

use super::fit::Fit;
use super::table::{Name, quoted};

/// The temporary table, which no other session sees and which goes with the transaction.
const STAGE: &str = "pg_temp.sluicebox_stage";
/// The order of the rows in it.
const ORDER: &str = "sluicebox_order";

/// The statements of one load.
#[derive(Clone, Debug)]
pub struct Statements {
    /// Begins the transaction, and makes the temporary table.
    pub begin: String,
    /// Begins a COPY into it.
    pub copy: String,
    /// Moves the rows on.
    pub insert: String,
    /// Whether the rows are numbered.
    pub is_ordered: bool,
}

impl Statements {
    /// The statements that store rows of this shape; `key` makes it an upsert.
    pub fn new(target: &Name, fit: &Fit, key: &[String]) -> Self {
        let is_ordered = !key.is_empty();
        let order = is_ordered.then(|| format!("{ORDER} bigint"));
        let column = |(at, (column, _)): (usize, &(super::table::Column, super::types::Wire))| {
            let collation =
                column.collation.as_ref().map(|name| format!(" COLLATE {name}")).unwrap_or_default();
            format!("c{at} {}{collation}", column.sql_type)
        };
        let columns: Vec<String> =
            order.into_iter().chain(fit.columns.iter().enumerate().map(column)).collect();
        Self {
            // Rows that wait for input are no idle transaction, and no statement that takes too long.
            begin: format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = 0; \
                 CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP",
                STAGE.trim_start_matches("pg_temp."),
                columns.join(", ")
            ),
            copy: format!("COPY {STAGE} FROM STDIN (FORMAT BINARY)"),
            insert: insert(target, fit, key),
            is_ordered,
        }
    }
}

fn insert(target: &Name, fit: &Fit, key: &[String]) -> String {
    let names: Vec<String> = fit.columns.iter().map(|(column, _)| quoted(&column.name)).collect();
    let stage: Vec<String> = (0..names.len()).map(|at| format!("c{at}")).collect();
    let into = format!("INSERT INTO {} ({})", target.sql(), names.join(", "));
    if key.is_empty() {
        return format!("{into} SELECT {} FROM {STAGE}", stage.join(", "));
    }
    let of_key = |name: &String| key.iter().position(|known| quoted(known) == *name);
    let keys: Vec<&str> = names
        .iter()
        .zip(&stage)
        .filter(|(name, _)| of_key(name).is_some())
        .map(|(_, c)| c.as_str())
        .collect();
    let keys = keys.join(", ");
    let set: Vec<String> = names
        .iter()
        .filter(|name| of_key(name).is_none())
        .map(|name| format!("{name} = EXCLUDED.{name}"))
        .collect();
    let on_conflict =
        if set.is_empty() { "NOTHING".to_owned() } else { format!("UPDATE SET {}", set.join(", ")) };
    let key = key.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    // In the order of the keys: two loads that meet wait for each other instead of for ever.
    format!(
        "{into} SELECT DISTINCT ON ({keys}) {} FROM {STAGE} ORDER BY {keys}, {ORDER} DESC \
         ON CONFLICT ({key}) DO {on_conflict}",
        stage.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::super::table::Column;
    use super::super::types::Wire;
    use super::super::types::tests::column;
    use super::*;
    use crate::schema::ddl;

    fn statements(key: &[&str]) -> Statements {
        let named = |name: &str| {
            let sql_type = if name == "id" { "bigint" } else { "text" };
            Column { name: name.into(), sql_type: sql_type.into(), ..column(25, -1) }
        };
        let name = Column { collation: Some("pg_catalog.\"C\"".into()), ..named("Name") };
        let fit = Fit {
            schema: ddl::parse("id BIGINT, Name STRING").unwrap(),
            columns: vec![(named("id"), Wire::Int8), (name, Wire::Text)],
        };
        let key: Vec<String> = key.iter().map(|name| (*name).to_owned()).collect();
        Statements::new(&"s.t".parse().unwrap(), &fit, &key)
    }

    #[test]
    fn an_append_moves_all_rows() {
        let statements = statements(&[]);
        assert!(
            statements.begin.ends_with(
                "CREATE TEMPORARY TABLE sluicebox_stage (c0 bigint, c1 text COLLATE pg_catalog.\"C\") ON COMMIT DROP"
            )
        );
        assert_eq!(
            statements.insert,
            "INSERT INTO \"s\".\"t\" (\"id\", \"Name\") SELECT c0, c1 FROM pg_temp.sluicebox_stage"
        );
    }

    #[test]
    fn of_an_upsert_the_last_row_of_a_key_wins() {
        assert_eq!(
            statements(&["id"]).insert,
            "INSERT INTO \"s\".\"t\" (\"id\", \"Name\") SELECT DISTINCT ON (c0) c0, c1 FROM pg_temp.sluicebox_stage \
             ORDER BY c0, sluicebox_order DESC ON CONFLICT (\"id\") DO UPDATE SET \"Name\" = EXCLUDED.\"Name\""
        );
        assert!(statements(&["id"]).begin.contains("(sluicebox_order bigint, c0 bigint, "));
        assert!(statements(&["id", "Name"]).insert.ends_with("ON CONFLICT (\"id\", \"Name\") DO NOTHING"));
    }
}
