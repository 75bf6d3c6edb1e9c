//! Killed in the middle, and the server stopped in the middle: then the same again.

use std::collections::BTreeMap;

use mongodb::bson::doc;
use serde_json::Value;

use crate::support::flow::Flow;
use crate::support::mongo::{Store, mortal, record};
use crate::support::{finish, trickle, wait_until};

fn by_id(store: &Store) -> BTreeMap<String, Value> {
    let found = store.all("users").into_iter().map(|found| {
        let mut fields = record(&found);
        fields.shift_remove("_sluicebox").expect("it says where it is from");
        let id = fields.shift_remove("_id").unwrap();
        (id.as_str().unwrap().to_owned(), Value::Object(fields))
    });
    found.collect()
}

#[test]
fn batches_that_are_killed_in_the_middle_are_complete_in_the_end() {
    for fault in
        ["kill@mongo.bulk.before", "kill@mongo.bulk.after", "kill@publish.after", "kill@report.before"]
    {
        let (store, flow) = (Store::make(), Flow::new(300));
        let sink = format!("mongo-put -d {} -c users --create --id id", store.name);
        let ran = flow.run(&sink, fault, |run| store.reach(run)).exits(0);
        assert!(ran.stderr.contains("killed"), "{fault} was met: {}", ran.stderr);
        assert_eq!(by_id(&store), flow.expected(), "{fault}");
    }
}

#[test]
fn a_server_that_stops_in_the_middle_is_exit_75_and_a_second_run_completes() {
    let (server, _turn) = mortal();
    let store = Store::on(server, "stopped");
    store.insert("t", doc! { "_id": -1 });
    let put = || store.put("t").args(["--id", "id"]);
    let mut child = put().args(["--connect-timeout", "2s"]).start();
    let feeder = trickle(child.stdin.take().unwrap(), 20_000);
    wait_until("some are stored", || store.all("t").len() >= 100);
    server.halt();
    let ran = finish(child).exits(75);
    assert!(ran.stderr.contains("MongoDB") && ran.stderr.contains("stored "), "{}", ran.stderr);
    feeder.join().unwrap();
    server.resume();
    let lines: String = (0..20_000).map(|id| format!("{{\"id\":{id}}}\n")).collect();
    // A server that has just come up may take longer than that to answer.
    put().stdin(lines).go().succeeds();
    assert_eq!(Store::on(server, "stopped").all("t").len(), 20_001);
}
