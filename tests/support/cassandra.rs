//! Cassandra for tests: a keyspace of a test's own, and a node that may be harmed.

use std::sync::{Arc, MutexGuard, OnceLock};

use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use serde_json::Value;
use sluicebox::run::engine::Engine;

use super::service::{Mortal, Service};
use super::{Run, fresh, run};

/// A keyspace that no other test uses.
pub struct Keyspace {
    node: &'static Service,
    engine: Engine,
    session: Arc<Session>,
    /// Its name.
    pub name: String,
}

/// The node that all tests share.
pub fn node() -> &'static Service {
    static NODE: OnceLock<Service> = OnceLock::new();
    NODE.get_or_init(|| Service::shared("cassandra"))
}

/// A node that may be stopped, for as long as the guard lives.
pub fn mortal() -> (&'static Service, MutexGuard<'static, ()>) {
    static NODE: Mortal = Mortal::new("cassandra");
    NODE.take()
}

impl Keyspace {
    /// A new one on the shared node.
    pub fn make() -> Self {
        Self::on(node(), &fresh("ks").replace('-', "_"))
    }

    /// The keyspace of that name on a node, made if it is not there.
    pub fn on(node: &'static Service, name: &str) -> Self {
        let engine = Engine::start("test").unwrap();
        let session = engine.wait(connect(
            node.variable("CASSANDRA_CONTACT_POINTS"),
            node.variable("CASSANDRA_USERNAME"),
            node.variable("CASSANDRA_PASSWORD"),
        ));
        let keyspace = Self { node, engine, session: Arc::new(session.unwrap()), name: name.to_owned() };
        keyspace.cql(&format!(
            "CREATE KEYSPACE IF NOT EXISTS {name} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}"
        ));
        keyspace
    }

    /// Runs a statement; `KS.` in it stands for the keyspace. The rows of a SELECT JSON.
    pub fn cql(&self, statement: &str) -> Vec<Value> {
        let (session, statement) =
            (self.session.clone(), statement.replace("KS.", &format!("{}.", self.name)));
        let is_query = statement.starts_with("SELECT");
        let rows = self.engine.wait(async move {
            let result = session.query_unpaged(statement.clone(), ()).await;
            let result = result.unwrap_or_else(|error| panic!("{statement}: {error}"));
            if !is_query {
                return Vec::new();
            }
            let rows = result.into_rows_result().unwrap();
            rows.rows::<(String,)>().unwrap().map(|row| row.unwrap().0).collect()
        });
        rows.unwrap().iter().map(|row: &String| serde_json::from_str(row).unwrap()).collect()
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> usize {
        self.cql(&format!("SELECT JSON * FROM KS.{table}")).len()
    }

    /// `cassandra-put` into a table of it.
    pub fn put(&self, table: &str) -> Run {
        self.reach(run("cassandra-put")).args(["-k", &self.name, "-t", table])
    }

    /// A run that finds the node.
    pub fn reach(&self, run: Run) -> Run {
        self.node.reach(run)
    }
}

async fn connect(node: String, user: String, password: String) -> Session {
    SessionBuilder::new().known_node(node).user(user, password).build().await.expect("the node answers")
}
