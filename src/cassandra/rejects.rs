//! The account of a batch's rejects, as rows of a table of its own.

use scylla::statement::prepared::PreparedStatement;

use super::error;
use super::session::Cluster;
use super::table::{quoted, typed};
use super::writer::write;
use crate::batch::account::Account;
use crate::run::exit::{Error, Result};
use crate::run::fault;
use crate::run::random::{Random, unpredictable};
use crate::stream::seal::Refusal;

/// The columns; the first two are the partition key, the third tells the rejects of a batch apart.
const COLUMNS: [(&str, &str); 11] = [
    ("destination", "text"),
    ("batch", "text"),
    ("id", "text"),
    ("stage", "text"),
    ("reason", "text"),
    ("path", "text"),
    ("file", "text"),
    ("line", "bigint"),
    ("topic", "text"),
    ("topic_partition", "int"),
    ("topic_offset", "bigint"),
];

/// Where they go.
pub struct Rejects {
    cluster: Cluster,
    insert: PreparedStatement,
    /// The table that the batch is for.
    destination: String,
    name: String,
}

impl Rejects {
    /// Looks whether the table is there; makes it if it is to be.
    pub fn open(
        cluster: &Cluster,
        keyspace: &str,
        name: &str,
        destination: String,
        make: bool,
    ) -> Result<Self> {
        if cluster.table(keyspace, name)?.is_none() {
            let statement = create(keyspace, name);
            if !make {
                return Err(Error::usage(format!(
                    "rejects are allowed, but keyspace {keyspace} has no table {name} for the account of them"
                ))
                .hint(format!("cassandra-put --create, or in cqlsh: {statement};")));
            }
            cluster.run(statement)?;
        }
        let insert = cluster.prepare(insert(keyspace, name))?;
        Ok(Self { cluster: cluster.clone(), insert, destination, name: format!("{keyspace}.{name}") })
    }

    /// Stores an account; again, it is the same rows. Returns where.
    pub fn store(&self, account: &Account) -> Result<&str> {
        fault::point("cassandra.rejects.before");
        let batch = account.batch().name();
        for (id, refusal) in account.entries() {
            self.write(batch.clone(), id, refusal.clone())?;
        }
        fault::point("cassandra.rejects.after");
        Ok(&self.name)
    }

    fn write(&self, batch: String, id: String, refusal: Refusal) -> Result<()> {
        let (session, insert) = (self.cluster.session.clone(), self.insert.clone());
        let (destination, random) = (self.destination.clone(), Random::of(unpredictable()?, 0));
        self.cluster.engine.wait(async move {
            let Refusal { stage, reason, path, file, line, topic, partition, offset, .. } = refusal;
            let line = line.and_then(|line| i64::try_from(line).ok());
            let row = (destination, batch, id, stage, reason, path, file, line, topic, partition, offset);
            write(&session, &insert, &row, random, error::of_statement).await
        })?
    }
}

fn create(keyspace: &str, name: &str) -> String {
    let columns: Vec<String> = COLUMNS.iter().map(|(name, kind)| format!("{} {kind}", typed(name))).collect();
    let columns = columns.join(", ");
    format!(
        "CREATE TABLE IF NOT EXISTS {}.{} ({columns}, PRIMARY KEY ((destination, {}), id))",
        typed(keyspace),
        typed(name),
        typed("batch")
    )
}

fn insert(keyspace: &str, name: &str) -> String {
    let names: Vec<String> = COLUMNS.iter().map(|(name, _)| quoted(name)).collect();
    let marks = vec!["?"; names.len()].join(", ");
    format!("INSERT INTO {}.{} ({}) VALUES ({marks})", quoted(keyspace), quoted(name), names.join(", "))
}
