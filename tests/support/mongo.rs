//! What speaks MongoDB's protocol, for tests: a database of a test's own, and a server that may be harmed.

use std::sync::{MutexGuard, OnceLock};

use mongodb::bson::{Bson, Document, doc};
use mongodb::{Client, Database};
use serde_json::{Map, Value};
use sluicebox::run::engine::Engine;

use super::service::{Mortal, Service};
use super::{Run, fresh, run};

/// A database that no other test uses.
pub struct Store {
    server: &'static Service,
    engine: Engine,
    database: Database,
    /// Its name.
    pub name: String,
}

/// The server that all tests share.
pub fn server() -> &'static Service {
    static SERVER: OnceLock<Service> = OnceLock::new();
    SERVER.get_or_init(|| Service::shared("mongo"))
}

/// A server that may be stopped, for as long as the guard lives.
pub fn mortal() -> (&'static Service, MutexGuard<'static, ()>) {
    static SERVER: Mortal = Mortal::new("mongo");
    SERVER.take()
}

impl Store {
    /// A new one on the shared server.
    pub fn make() -> Self {
        Self::on(server(), &fresh("db"))
    }

    /// The database of that name on a server.
    pub fn on(server: &'static Service, name: &str) -> Self {
        let engine = Engine::start("test").unwrap();
        let uri = server.variable("MONGODB_URI");
        let client = engine.wait(async move { Client::with_uri_str(uri).await.unwrap() }).unwrap();
        Self { server, engine, database: client.database(name), name: name.to_owned() }
    }

    /// Runs a command.
    pub fn command(&self, command: Document) -> Document {
        let database = self.database.clone();
        self.engine.wait(async move { database.run_command(command).await.unwrap() }).unwrap()
    }

    /// All documents of a collection, by their `_id`.
    pub fn all(&self, collection: &str) -> Vec<Document> {
        let find = doc! { "find": collection, "filter": {}, "sort": { "_id": 1 }, "batchSize": 100_000, "singleBatch": true };
        let found = self.command(find);
        let batch = found.get_document("cursor").unwrap().get_array("firstBatch").unwrap();
        batch.iter().map(|found| found.as_document().unwrap().clone()).collect()
    }

    /// Stores a document past everything that is under test.
    pub fn insert(&self, collection: &str, document: Document) {
        self.command(doc! { "insert": collection, "documents": [document] });
    }

    /// `mongo-put` into a collection of it.
    pub fn put(&self, collection: &str) -> Run {
        self.reach(run("mongo-put")).args(["-d", &self.name, "-c", collection])
    }

    /// A run that finds the server.
    pub fn reach(&self, run: Run) -> Run {
        self.server.reach(run)
    }
}

/// A document as the record that it was.
pub fn record(document: &Document) -> Map<String, Value> {
    document.iter().map(|(name, value)| (name.clone(), json(value))).collect()
}

fn json(value: &Bson) -> Value {
    match value {
        Bson::Null => Value::Null,
        Bson::Boolean(value) => (*value).into(),
        Bson::Int32(value) => (*value).into(),
        Bson::Int64(value) => (*value).into(),
        Bson::Double(value) => (*value).into(),
        Bson::String(value) => value.as_str().into(),
        Bson::Array(values) => values.iter().map(json).collect(),
        Bson::Document(document) => Value::Object(record(document)),
        other => panic!("no record has {other:?}"),
    }
}
