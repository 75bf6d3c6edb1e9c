//! `cassandra-put` on a real Apache Cassandra, which the first test starts.

mod batches;
mod connection;
mod crash;
mod tables;
mod values;
