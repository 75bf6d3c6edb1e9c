//! The metadata of an offset commit, and the environment of a batch: what a group knows of itself.

use sluicebox::batch::mandate::{Membership, transactional_id};
use sluicebox::batch::place::{Before, Plan};
use sluicebox::batch::{Group, Mandate, Mark};

use super::{is_as_ever, text};
use crate::support::batch::batch;

const TOPIC_ID: &str = "bQpS2sVYQ7K1nCJ2pkWXgA";

fn mark() -> Mark {
    Mark::new("5L6g3nShT-eMCtK--X86sw", TOPIC_ID, 0, 4)
}

fn planned() -> Mark {
    let plan = Plan { end: 2000, date: "2026-11-20".into(), cmd: "9f86d081884c7d65".into(), then: None };
    Mark { plan: Some(plan), ..mark() }
}

/// Of a group that has planned nothing, that has planned a batch, that was set back, that was set back to land a range
/// again, and of one whose topic has got partitions since and that began behind offset 0.
fn marks() -> [Mark; 5] {
    let back = Mark { start: 10, ..mark() }.set_back(2000, 1000);
    assert_eq!(back.before, Before { anew: Some(1000), landed: Some(2000) });
    let again = Mark { plan: Some(Plan::again(1500, 2000)), ..back.clone() };
    let late = Mark { start: 1_234_567_890_123, known: 12, ..planned() };
    [mark(), planned(), back, again, late]
}

#[test]
fn the_metadata_of_a_commit_is_written_and_read_as_ever() {
    let today: String =
        marks().iter().map(|mark| String::from_utf8(mark.to_bytes()).unwrap() + "\n").collect();
    is_as_ever("commits.ndjson", &today);
    let read = |line: &str| Mark::parse(line.as_bytes()).unwrap();
    assert_eq!(text("commits.ndjson").lines().map(read).collect::<Vec<_>>(), marks().map(Some));
}

/// Of a batch that its command commits itself. Who reads it: `s3-put` in [`super::batches`], and the unit test of the
/// mandate.
#[test]
fn the_environment_of_a_batch_is_written_as_ever() {
    let batch = batch(3, 1000, 1006);
    let member = Membership { generation: 7, member: "sluicebox-5c8f".into(), instance: None };
    let mandate = Mandate {
        group: "lake".into(),
        transactional_id: transactional_id("lake", TOPIC_ID, 3),
        member,
        mark: Mark { start: 10, ..mark() },
    };
    let group = Group::environment("lake", 10);
    let variables = batch.environment().into_iter().chain(group).chain(mandate.environment());
    let today: String = variables.map(|(name, value)| format!("{name}={value}\n")).collect();
    is_as_ever("batch.env", &today);
}
