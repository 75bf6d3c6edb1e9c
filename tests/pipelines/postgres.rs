//! trades-to-postgres: messages of several trades, a row and a document each.

use serde_json::{Value, json};

use super::{Pipeline, same};
use crate::support::mongo::Store;
use crate::support::postgres::{Database, Server};
use crate::support::root;

fn messages() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("tests/data/trades.ndjson")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The trades of messages, made by other means than those under test.
fn trades(messages: &[Value]) -> Vec<Value> {
    let of = |message: &Value| message["data"].as_array().cloned().unwrap_or_default();
    let row = |trade: Value| {
        json!({
            "symbol": trade["s"],
            "price": trade["p"].as_f64(),
            "at": trade["t"],
            "volume": trade["v"].as_f64(),
            "conditions": trade["c"],
        })
    };
    messages.iter().flat_map(of).map(row).collect()
}

struct World {
    pipeline: Pipeline,
    database: Database,
    store: Store,
}

impl World {
    fn make(database: Database) -> Self {
        let store = Store::make();
        let mut pipeline = Pipeline::new("trades-to-postgres")
            .with("DATABASE", &store.name)
            .with("PGDATABASE", &database.name)
            .with("MONGODB_URI", crate::support::mongo::server().variable("MONGODB_URI"));
        for (name, value) in &database.place {
            pipeline = pipeline.with(name.clone().leak(), value);
        }
        pipeline.set_up();
        Self { pipeline, database, store }
    }

    fn feed(&self, messages: &[Value]) {
        let lines: String = messages.iter().map(|message| format!("{message}\n")).collect();
        self.pipeline.script("feed").stdin(lines).go().succeeds();
    }

    /// The rows of PostgreSQL, with times in milliseconds.
    fn rows(&self) -> Vec<Value> {
        let sql = "SELECT json_build_object('symbol', symbol, 'price', price, 'at', \
            round(extract(epoch FROM at) * 1000)::bigint, 'volume', volume, 'conditions', conditions) FROM trades";
        self.database.sql(sql).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn documents(&self) -> Vec<Value> {
        let of = |document: &mongodb::bson::Document| {
            json!({
                "symbol": document.get_str("symbol").unwrap(),
                "price": document.get_f64("price").unwrap(),
                "at": document.get_datetime("at").unwrap().timestamp_millis(),
                "volume": document.get_f64("volume").unwrap(),
                "conditions": document.get_array("conditions").ok().map(|list| {
                    list.iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
                }),
            })
        };
        self.store.all("trades").iter().map(of).collect()
    }
}

#[test]
fn pipeline_trades_to_postgres_makes_a_row_and_a_document_of_each_trade() {
    let (world, messages) = (World::make(Database::make()), messages());
    assert!(messages.iter().any(|message| message["type"] == "ping"), "pings are among them");
    let (some, rest) = messages.split_at(messages.len() / 2);
    for part in [some, rest] {
        world.feed(part);
        world.pipeline.runs();
    }
    let expected = trades(&messages);
    assert!(expected.iter().any(|trade| trade["conditions"].is_null()));
    same(world.rows(), expected.clone());
    same(world.documents(), expected);
    let shown = world.pipeline.script("show").go().succeeds().text();
    assert_eq!(shown.matches("\"symbol\":").count(), trades(&messages).len());
    assert!(shown.starts_with("{\n  \"symbol\""), "for the eyes of a person: {:.60}", shown);
}

#[test]
fn pipeline_trades_to_postgres_is_exact_after_crashes_and_stops_at_a_bad_message() {
    let (world, messages) = (World::make(Database::make()), messages());
    let parts: Vec<&[Value]> = messages.chunks(messages.len() / 3 + 1).collect();
    for (part, fault) in parts.iter().zip(["kill@commit.before", "kill@plan.after", "kill@feed.after"]) {
        world.feed(part);
        let ran = world.pipeline.run("").env("SLUICEBOX_FAULT", fault).go();
        assert_ne!(ran.code, Some(0), "{fault}");
        world.pipeline.run("").go().exits(0);
    }
    same(world.rows(), trades(&messages));
    same(world.documents(), trades(&messages));
    // A trade without its price: nothing of its batch lands, and the mail says where it is.
    world.feed(&[json!({"type": "trade", "data": [{"s": "X", "t": 1, "v": 1.0, "c": null}]})]);
    let ran = world.pipeline.run("").go().exits(1);
    assert!(ran.stderr.contains("data[0].p") && ran.stderr.contains("missing"), "{}", ran.stderr);
    assert_eq!(world.rows().len(), trades(&messages).len());
}

#[test]
fn pipeline_trades_to_postgres_waits_for_a_database_that_is_away() {
    let server = Server::start(&[]);
    let (world, messages) = (World::make(server.database()), messages());
    world.feed(&messages);
    server.shut();
    let ran = world.pipeline.run("").go().exits(75);
    assert!(ran.stderr.contains("postgres-put: "), "{}", ran.stderr);
    server.restart();
    world.pipeline.run("").go().exits(0);
    same(world.rows(), trades(&messages));
    same(world.documents(), trades(&messages));
    drop(world);
}

#[test]
fn pipeline_trades_to_postgres_completes_after_the_server_was_stopped_in_the_middle() {
    let server = Server::start(&[]);
    let (world, messages) = (World::make(server.database()), messages());
    world.feed(&messages);
    let ran = world.pipeline.disturbed("", "postgres.staged.after", "", || server.shut());
    ran.fails(75, &["run: trades-to-postgres: ", "postgres-put: "]);
    server.restart();
    assert_eq!(world.rows().len(), 0, "the transaction was not over");
    same(world.documents(), trades(&messages));
    world.pipeline.run("").go().exits(0);
    same(world.rows(), trades(&messages));
    same(world.documents(), trades(&messages));
    drop(world);
}
