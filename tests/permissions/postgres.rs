//! The PostgreSQL part of the page: each form of the command as a role that has these privileges and no
//! others.

use super::page::{self, Job, Row};
use super::{Scenario, take_away};
use crate::support::batch::{batch, records, within};
use crate::support::postgres::Database;
use crate::support::{Ran, Run};

/// The sections of the page, in its order.
pub const JOBS: [&str; 4] =
    ["postgres-put", "postgres-put --upsert", "postgres-put in a batch", "postgres-put --create"];

/// A database with the tables of the page, and a role that may do so much.
struct World {
    database: Database,
    role: String,
}

impl World {
    fn new(rights: &[Row], with_table: bool) -> Self {
        let database = Database::make();
        let name = &database.name;
        let role = format!("{name}_role");
        database.sql(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'pw'; REVOKE ALL ON DATABASE {name} FROM PUBLIC; CREATE SCHEMA app"
        ));
        if with_table {
            let made =
                ["-t", "app.users", "--schema-ddl", "id INT, name STRING", "--create", "--upsert", "id"];
            let batch = batch(7, 0, 1);
            let run =
                within(database.put(&made), &batch).env("BATCH_GROUP", "g").env("BATCH_GROUP_START", "0");
            run.stdin(records(&batch, "{\"id\":0}\n")).go().exits(0);
        }
        for row in rights {
            let (kind, on) = row.resource();
            let on = if kind == "database" { name } else { on };
            database.sql(&format!("GRANT {} ON {kind} {on} TO {role}", row.right));
        }
        Self { database, role }
    }

    fn put(&self, options: &[&str]) -> Run {
        let put = self.database.put(&["-t", "app.users", "--schema-ddl", "id INT, name STRING"]);
        put.args(options).env("PGUSER", &self.role).env("PGPASSWORD", "pw")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.database.try_sql(&format!("DROP OWNED BY {0}; DROP ROLE {0}", self.role));
    }
}

struct Form(fn(&[Row]) -> Ran);

impl Scenario for Form {
    fn run(&self, rights: &[Row]) -> Ran {
        (self.0)(rights)
    }

    fn check(&self, _: Option<&Row>, _: &[Row], _: &Ran) {}

    fn names(&self, row: &Row) -> String {
        let (kind, on) = row.resource();
        match kind {
            "table" => format!("lacks {} on {on}", row.right),
            // The database of a test has a name of its own.
            "database" => format!("lacks {} on database db_", row.right),
            _ => format!("lacks {} on {kind} {on}", row.right),
        }
    }
}

const LINES: &str = "{\"id\":1}\n{\"id\":2}\n";

#[test]
fn postgres_put_needs_what_the_page_says() {
    let run = |rights: &[Row]| World::new(rights, true).put(&[]).stdin(LINES).go();
    take_away(&page::find("PostgreSQL", JOBS[0]), &Form(run));
}

#[test]
fn postgres_put_with_a_key_needs_what_the_page_says() {
    let run = |rights: &[Row]| {
        let world = World::new(rights, true);
        let ran = world.put(&["--upsert", "id"]).stdin(LINES).go();
        if ran.code == Some(0) { world.put(&["--upsert", "id"]).stdin(LINES).go() } else { ran }
    };
    take_away(&page::find("PostgreSQL", JOBS[1]), &Form(run));
}

#[test]
fn postgres_put_in_a_batch_needs_what_the_page_says() {
    let run = |rights: &[Row]| {
        let world = World::new(rights, true);
        let land = |first: i64| {
            let batch = batch(0, first, first + 2);
            let lines = format!("{{\"id\":{}}}\n{{\"id\":\"x\"}}\n", first + 1);
            let run = within(world.put(&[]), &batch).env("BATCH_GROUP", "g").env("BATCH_GROUP_START", "0");
            run.stdin(records(&batch, &lines)).go()
        };
        let ran = land(0);
        if ran.code == Some(0) { land(2) } else { ran }
    };
    take_away(&page::find("PostgreSQL", JOBS[2]), &Form(run));
}

#[test]
fn postgres_put_that_makes_its_table_needs_what_the_page_says() {
    let run = |rights: &[Row]| World::new(rights, false).put(&["--create"]).stdin(LINES).go();
    take_away(&page::find("PostgreSQL", JOBS[3]), &Form(run));
}

/// What a statement to paste grants.
fn granted(job: &Job) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for statement in job.block.lines().filter(|line| !line.is_empty()) {
        let words = statement.strip_prefix("GRANT ").and_then(|rest| rest.strip_suffix(" TO NAME;")).unwrap();
        let (rights, on) = words.split_once(" ON ").unwrap();
        let (kind, name) = on.split_once(' ').unwrap();
        all.extend(
            rights.split(", ").map(|right| (right.to_owned(), format!("{} {name}", kind.to_lowercase()))),
        );
    }
    all
}

#[test]
fn the_statements_to_paste_grant_what_the_tables_say() {
    for job in page::jobs("PostgreSQL") {
        let rows: Vec<(String, String)> =
            job.rows.iter().map(|row| (row.right.clone(), row.on.clone())).collect();
        assert_eq!(granted(&job), rows, "{}", job.name);
    }
}
