//! Killed in the middle, and the node stopped in the middle: then the same again.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::cassandra::{Keyspace, mortal};
use crate::support::flow::Flow;
use crate::support::{finish, trickle, wait_until};

fn by_id(keyspace: &Keyspace) -> BTreeMap<String, Value> {
    let rows = keyspace.cql("SELECT JSON * FROM KS.users");
    rows.into_iter().map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect()
}

#[test]
fn batches_that_are_killed_in_the_middle_are_complete_in_the_end() {
    let (keyspace, flow) = (Keyspace::make(), Flow::new(600));
    keyspace.cql("CREATE TABLE KS.users (id uuid PRIMARY KEY, email text, nat text, age int)");
    let sink = format!("cassandra-put -k {} -t users", keyspace.name);
    for fault in
        ["kill@cassandra.write.after:20", "kill@publish.before", "kill@publish.after", "kill@report.before"]
    {
        keyspace.cql("TRUNCATE KS.users");
        let flow = if fault.contains("write") { &flow } else { &Flow::new(200) };
        let ran = flow.run(&sink, fault, |run| keyspace.reach(run)).exits(0);
        assert!(ran.stderr.contains("killed"), "{fault} was met: {}", ran.stderr);
        assert_eq!(by_id(&keyspace), flow.expected(), "{fault}");
    }
}

#[test]
fn a_node_that_stops_in_the_middle_is_exit_75_and_a_second_run_completes() {
    let (node, _turn) = mortal();
    let keyspace = Keyspace::on(node, "stopped");
    keyspace.cql("CREATE TABLE KS.t (id int PRIMARY KEY)");
    let put = || keyspace.put("t").args(["--request-timeout", "2s"]);
    let mut child = put().start();
    let feeder = trickle(child.stdin.take().unwrap(), 20_000);
    wait_until("some are stored", || keyspace.count("t") >= 100);
    node.halt();
    let ran = finish(child).exits(75);
    assert!(ran.stderr.contains("was not stored") && ran.stderr.contains("stored "), "{}", ran.stderr);
    feeder.join().unwrap();
    put().stdin("{\"id\":1}").go().fails(75, &["cannot connect to Cassandra"]);
    node.resume();
    let lines: String = (0..20_000).map(|id| format!("{{\"id\":{id}}}\n")).collect();
    put().stdin(lines).go().succeeds();
    assert_eq!(Keyspace::on(node, "stopped").count("t"), 20_000);
}
