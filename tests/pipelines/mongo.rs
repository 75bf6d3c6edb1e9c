//! topics-to-mongo: several topics, six consumers of one group, a collection for each topic.

use serde_json::Value;

use super::{Pipeline, same};
use crate::support::api::Api;
use crate::support::fresh;
use crate::support::mongo::{Store, mortal, server};
use crate::support::service::Service;

struct World {
    pipeline: Pipeline,
    store: Store,
    stem: String,
}

const NATIONS: [&str; 3] = ["au", "de", "fr"];

impl World {
    fn make() -> Self {
        Self::on(server(), Store::make())
    }

    fn on(server: &Service, store: Store) -> Self {
        let stem = format!("{}-", fresh("users"));
        let pipeline = Pipeline::new("topics-to-mongo")
            .with("DATABASE", &store.name)
            .with("STEM", &stem)
            .with("MONGODB_URI", server.variable("MONGODB_URI"));
        pipeline.set_up();
        Self { pipeline, store, stem }
    }

    fn feed(&self, count: u32, seed: &str) {
        let source = format!("generate-users --results {count} --seed {seed} --nat au,de,fr");
        self.pipeline.script("feed").env("SOURCE", source).go().exits(0);
    }

    /// What is in each topic, and what is in its collection.
    fn check(&self) -> usize {
        let mut all = 0;
        for nation in NATIONS {
            let topic = format!("{}{nation}", self.stem);
            let published =
                self.pipeline.command("kafka-consume").args([&*topic, "-e"]).go().succeeds().json();
            assert!(published.iter().all(|user| user["nat"] == nation.to_uppercase()));
            let documents = self.store.all(&topic);
            let found: Vec<Value> = documents
                .into_iter()
                .map(|mut document| {
                    document.remove("_id");
                    document.remove("_sluicebox");
                    serde_json::to_value(document).unwrap()
                })
                .collect();
            all += found.len();
            same(found, published);
        }
        all
    }
}

#[test]
fn pipeline_topics_to_mongo_six_consumers_land_each_record_in_the_collection_of_its_topic() {
    let world = World::make();
    world.feed(300, "a");
    world.pipeline.run("").go().exits(0);
    assert_eq!(world.check(), 300);
    world.feed(100, "b");
    let ran = world.pipeline.run("").env("SLUICEBOX_FAULT", "kill@commit.before").go();
    assert_ne!(ran.code, Some(0), "all six were killed");
    world.pipeline.run("").go().exits(0);
    assert_eq!(world.check(), 400);
}

#[test]
fn pipeline_topics_to_mongo_is_fed_at_random_moments() {
    let (world, api) = (World::make(), Api::start());
    let source = "fetch-users --nat au,de,fr --results 3 --every 500ms --jitter 500ms --for 4s";
    let fed = world.pipeline.run("feed").env("SOURCE", source).env("SLUICEBOX_USERS_URL", api.url()).go();
    fed.exits(0);
    world.pipeline.run("").go().exits(0);
    let landed = world.check();
    assert!((6..=30).contains(&landed) && landed.is_multiple_of(3), "{landed} users in 4 s");
}

/// The other runs have a source of their own.
#[test]
fn pipeline_topics_to_mongo_asks_the_api_as_it_is_shipped() {
    let world = World::make();
    let ran = world.pipeline.run("feed").env("SLUICEBOX_USERS_URL", "http://127.0.0.1:1/").go();
    ran.fails(75, &["run: topics-to-mongo: fetch-users: cannot reach 127.0.0.1:1", "0 records published"]);
}

#[test]
fn pipeline_topics_to_mongo_completes_after_the_server_was_stopped_in_the_middle() {
    let (server, _turn) = mortal();
    let database = fresh("db");
    let world = World::on(server, Store::on(server, &database));
    // More than a bulk in each partition: the server goes away between two bulks of one batch.
    world.feed(9000, "a");
    let ran = world.pipeline.disturbed("", "mongo.bulk.after", "", || server.halt());
    ran.fails(75, &["run: topics-to-mongo: ", "mongo-put: ", "MongoDB"]);
    server.resume();
    let world = World { store: Store::on(server, &database), ..world };
    let stored: usize =
        NATIONS.iter().map(|nation| world.store.all(&format!("{}{nation}", world.stem)).len()).sum();
    assert!((1..9000).contains(&stored), "{stored} documents of 9000: it was in the middle");
    world.feed(100, "b");
    world.pipeline.run("").go().exits(0);
    assert_eq!(world.check(), 9100);
}
