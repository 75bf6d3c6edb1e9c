//! `mongo-put` on what speaks MongoDB's protocol (`tests/services/mongo`), which the first test starts.

mod batches;
mod connection;
mod crash;
mod documents;
