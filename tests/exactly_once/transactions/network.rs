//! Calls to Kafka that are cut, whose answers are lost, or late: those of the consumer, and those of the
//! command that writes and commits.

use std::time::Duration;

use super::super::dice::Dice;
use super::super::relay::{Harm, Relay};
use super::super::toxics::Toxics;
use super::copying::{Copying, start};
use crate::support::cluster::Cluster;
use crate::support::finish;

/// Longer than a session of the tests.
const LATE: Duration = Duration::from_millis(1500);
/// How clients learn what a broker can do; they do not speak at all before.
const API_VERSIONS: i16 = 18;
/// What a transaction alone asks for: a producer id, partitions, offsets, its end.
const OF_TRANSACTIONS: [i16; 4] = [22, 24, 26, 28];

#[test]
fn transactions_survive_a_call_that_is_cut_lost_or_late() {
    let (relay, _cluster) = Relay::before_a_broker();
    let copying = Copying::on(&relay.address(), 2, 200);
    relay.calls();
    copying.finish();
    let calls = relay.calls();
    assert!(OF_TRANSACTIONS.iter().all(|api| calls.contains(api)), "{calls:?}");
    let mut done = 0;
    for api in calls.into_iter().filter(|api| *api != API_VERSIONS) {
        for (after, harm) in
            [(0, Harm::Cut), (0, Harm::Lose), (1, Harm::Cut), (1, Harm::Lose), (0, Harm::Delay(LATE))]
        {
            copying.produce(150);
            relay.harm(api, after, harm);
            let ran = copying.consumer(&copying.plain()).go();
            done += u32::from(relay.relent());
            assert!(matches!(ran.code, Some(0 | 75)), "call {api}, {harm:?} after {after}: {ran:?}");
            if ran.code != Some(0) {
                println!("call {api}, {harm:?} after {after}: {:?} {}", ran.code, ran.stderr);
                copying.finish();
            }
        }
    }
    assert!(done > 40, "only {done} calls were harmed");
    copying.check();
}

#[test]
fn transactions_survive_a_bad_line() {
    let toxics = Toxics::start();
    let kafka = toxics.proxy("kafka", "127.0.0.1:1");
    let cluster = Cluster::start(1, &[&format!("advertised.listeners=PLAINTEXT://{kafka}")]);
    toxics.lead("kafka", &cluster.brokers());
    let mut copying = Copying::on(&kafka, 4, 4000);
    copying.options = vec!["--max-attempts", "50"];
    let mut dice = Dice::new(7);
    let script = copying.script("sleep 0.1;", "", "");
    let running = start(copying.consumer(&script));
    toxics.torment(&["kafka"], &mut dice);
    let ran = finish(running);
    assert!(matches!(ran.code, Some(0 | 75)), "{ran:?}");
    copying.finish();
    copying.check();
}
