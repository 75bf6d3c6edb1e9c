//! users-to-cassandra: a user every ten seconds, rows of the table random_names.

use serde_json::Value;

use super::{Pipeline, fetched, flat, same};
use crate::support::cassandra::{Keyspace, mortal, node};
use crate::support::fresh;
use crate::support::service::Service;

fn world() -> (Pipeline, Keyspace) {
    let keyspace = Keyspace::make();
    (pipeline(&keyspace, node()), keyspace)
}

fn pipeline(keyspace: &Keyspace, node: &Service) -> Pipeline {
    let mut pipeline = Pipeline::new("users-to-cassandra").with("KEYSPACE", &keyspace.name);
    for name in ["CASSANDRA_CONTACT_POINTS", "CASSANDRA_USERNAME", "CASSANDRA_PASSWORD"] {
        pipeline = pipeline.with(name, node.variable(name));
    }
    pipeline.set_up();
    pipeline
}

fn rows(keyspace: &Keyspace) -> Vec<Value> {
    keyspace.cql("SELECT JSON name, gender, address, city, nation, zip, latitude, longitude, email FROM KS.random_names")
}

#[test]
fn pipeline_users_to_cassandra_makes_a_row_of_each_user_also_after_a_crash() {
    let (pipeline, keyspace) = world();
    let mut users = Vec::new();
    for (seed, fault) in [("a", None), ("b", Some("kill@commit.before")), ("c", None)] {
        let mut run = pipeline.run("").env("SOURCE", pipeline.users(12, seed));
        if let Some(fault) = fault {
            run = run.env("SLUICEBOX_FAULT", fault);
        }
        assert_eq!(run.go().code == Some(0), fault.is_none());
        users.extend(fetched(12, seed));
    }
    same(rows(&keyspace), users.iter().map(flat).collect());
}

#[test]
fn pipeline_users_to_cassandra_keeps_its_rhythm() {
    let (pipeline, keyspace) = world();
    let api = crate::support::api::Api::start();
    // Two minutes in two seconds.
    let source = "fetch-users --results 1 --every 200ms --for 2s";
    pipeline.run("").env("SOURCE", source).env("SLUICEBOX_USERS_URL", api.url()).go().succeeds();
    let rows = rows(&keyspace);
    assert!((5..=11).contains(&rows.len()), "{} rows", rows.len());
    same(rows, pipeline.published());
}

#[test]
fn pipeline_users_to_cassandra_completes_after_the_node_was_stopped_in_the_middle() {
    let (node, _turn) = mortal();
    let name = fresh("ks").replace('-', "_");
    let keyspace = Keyspace::on(node, &name);
    let pipeline = pipeline(&keyspace, node);
    // Row by row, so that it goes away between two rows of one batch.
    let settings = "batch-records = 10\n[cassandra-put]\nconcurrency = 1\n";
    let source = pipeline.users(60, "a");
    let ran = pipeline.disturbed(&source, "cassandra.write.after", settings, || node.halt());
    ran.fails(75, &["run: users-to-cassandra: ", "cassandra-put: ", "60 records published"]);
    node.resume();
    let keyspace = Keyspace::on(node, &name);
    let stored = rows(&keyspace).len();
    assert!((1..60).contains(&stored), "{stored} rows of 60: it was in the middle");
    pipeline.run("").env("SOURCE", pipeline.users(20, "b")).go().exits(0);
    let users = [fetched(60, "a"), fetched(20, "b")].concat();
    same(rows(&keyspace), users.iter().map(flat).collect());
}
