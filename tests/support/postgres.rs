//! PostgreSQL for tests: a database of a test's own, and servers that may be harmed.

use std::path::PathBuf;
use std::process::Command;

use super::{Run, folder, fresh, root, run, service};

/// A database that no other test uses, on the shared server or on one of the test's own.
pub struct Database {
    /// Its name.
    pub name: String,
    /// How it is reached.
    pub place: Vec<(String, String)>,
}

impl Database {
    /// A new one on the shared server.
    pub fn make() -> Self {
        let place = ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"];
        Self::on(place.map(|name| (name.to_owned(), service(name))).to_vec())
    }

    /// A new one on the server that these variables name.
    pub fn on(place: Vec<(String, String)>) -> Self {
        let name = fresh("db").replace('-', "_");
        let mut database = Self { name: "postgres".into(), place };
        database.sql(&format!("CREATE DATABASE {name}"));
        database.name = name;
        database
    }

    /// What psql answers: a line for each row, columns separated by `|`.
    #[track_caller]
    pub fn sql(&self, sql: &str) -> String {
        let (told, said) = self.try_sql(sql);
        told.unwrap_or_else(|| panic!("{sql}: {said}"))
    }

    /// The same, none if it fails, and what it said.
    pub fn try_sql(&self, sql: &str) -> (Option<String>, String) {
        let mut psql = Command::new("psql");
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]).env("PGDATABASE", &self.name);
        let out = psql.envs(self.place.iter().cloned()).output().expect("psql is installed");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        let told = String::from_utf8_lossy(&out.stdout).trim_end_matches('\n').to_owned();
        (out.status.success().then_some(told), said)
    }

    /// `postgres-put` into this database.
    pub fn put(&self, arguments: &[&str]) -> Run {
        self.reach(run("postgres-put")).args(arguments)
    }

    /// A run that finds this database.
    pub fn reach(&self, run: Run) -> Run {
        let run = self.place.iter().fold(run, |run, (name, value)| run.env(name, value));
        run.env("PGDATABASE", &self.name).env("HOME", "/nonexistent")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let postgres = Self { name: "postgres".into(), place: self.place.clone() };
            postgres.try_sql(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
            std::mem::forget(postgres);
        }
    }
}

/// A server of a test's own.
pub struct Server {
    dir: PathBuf,
}

impl Server {
    /// Starts it with these settings.
    pub fn start(settings: &[&str]) -> Self {
        // Below the folder of all services, which the user of the server may enter.
        let server = Self { dir: folder("postgres") };
        let settings = settings.iter().flat_map(|setting| ["-c", setting]);
        server.call("start", settings);
        server
    }

    #[track_caller]
    fn call<'a>(&self, verb: &str, arguments: impl IntoIterator<Item = &'a str>) {
        let script = root().join("tests/services/postgres");
        let status = Command::new(script).arg(verb).arg(&self.dir).args(arguments).status().unwrap();
        assert!(status.success(), "tests/services/postgres {verb}");
    }

    /// Ends it as a crash does.
    pub fn crash(&self) {
        self.call("crash", []);
    }

    /// Ends it as an operator does.
    pub fn shut(&self) {
        self.call("shut", []);
    }

    /// Starts it again.
    pub fn restart(&self) {
        self.call("restart", []);
    }

    /// A database on it.
    pub fn database(&self) -> Database {
        let env = std::fs::read_to_string(self.dir.join("env")).unwrap();
        let pairs = env.lines().filter_map(|line| line.split_once('='));
        let place = pairs.filter(|(name, _)| name.starts_with("PG") && *name != "PGDATABASE");
        Database::on(place.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let script = root().join("tests/services/postgres");
        let _ = Command::new(script).arg("stop").arg(&self.dir).status();
    }
}
