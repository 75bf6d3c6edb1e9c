//! Calls that are cut, whose answers are lost, or late: each call to Kafka, each call to the store.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::dice::Dice;
use super::relay::{self, Harm, Relay};
use super::toxics::Toxics;
use super::world::World;
use crate::support::cluster::Cluster;
use crate::support::proxy::{Act, Call, Proxy};
use crate::support::{finish, service};

/// Longer than a session of the tests.
const LATE: Duration = Duration::from_millis(1500);
/// How clients learn what a broker can do; they do not speak at all before.
const API_VERSIONS: i16 = 18;
/// In so many runs each call is made.
const RUNS: u32 = 5;

/// The calls by which a run reads, plans, and commits, and by which it is a member.
const CALLS: [relay::Call; 11] = [
    relay::Call::Api(1),  // Fetch
    relay::Call::Api(2),  // ListOffsets
    relay::Call::Api(3),  // Metadata
    relay::Call::Api(9),  // OffsetFetch
    relay::Call::Api(10), // FindCoordinator
    relay::Call::Api(11), // JoinGroup
    relay::Call::Api(12), // Heartbeat
    relay::Call::Api(13), // LeaveGroup
    relay::Call::Api(14), // SyncGroup
    relay::Call::Plan,
    relay::Call::End,
];

/// Those that each batch makes.
const OFTEN: [relay::Call; 5] =
    [relay::Call::Api(1), relay::Call::Api(2), relay::Call::Api(3), relay::Call::Plan, relay::Call::End];

#[test]
fn exactly_once_when_a_call_to_kafka_is_cut_reset_lost_or_late() {
    let relay = Relay::start();
    let advertised = format!("advertised.listeners=PLAINTEXT://{}", relay.address());
    let cluster = Cluster::start(1, &[&advertised]);
    relay.lead_to(&cluster.brokers());
    let mut world = World::on(&relay.address(), 2, 200);
    world.batch = 20;
    relay.calls();
    world.finish();
    for api in relay.calls().into_iter().filter(|api| *api != API_VERSIONS) {
        assert!(CALLS.iter().any(|call| call.is_of(api)), "call {api} would not be tried");
    }
    for call in CALLS {
        let harms = [(0, Harm::Cut), (0, Harm::Reset), (0, Harm::Lose), (0, Harm::Delay(LATE))];
        // In the middle of the work, too.
        let later = if OFTEN.contains(&call) { vec![(2, Harm::Cut), (2, Harm::Lose)] } else { Vec::new() };
        for (after, harm) in harms.into_iter().chain(later) {
            harm_kafka(&world, &relay, call, after, harm);
        }
    }
    assert_eq!(world.check().records, world.count());
}

/// Does this harm to a run, or to one of the next: a heartbeat comes when it comes.
fn harm_kafka(world: &World, relay: &Relay, call: relay::Call, after: u32, harm: Harm) {
    for _ in 0..RUNS {
        world.produce(80);
        relay.harm(call, after, harm);
        let ran = world.run(&world.land(), None);
        let done = relay.relent();
        assert!(matches!(ran.code, Some(0 | 75)), "{call:?}, {harm:?} after {after}: {ran:?}");
        if ran.code != Some(0) {
            println!("{call:?}, {harm:?} after {after}: {:?} {}", ran.code, ran.stderr);
            world.finish();
        }
        if done {
            return;
        }
    }
    panic!("{call:?}, {harm:?} after {after}: in {RUNS} runs that call was not made");
}

/// The calls to the store that land a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Look,
    Mark,
    Put,
    Head,
    Create,
    Part,
    Complete,
}

impl Kind {
    fn is(self, call: &Call) -> bool {
        let of_the_object = !call.is_of_the_mark();
        match self {
            Kind::Look => call.method == "GET" && call.path.contains("list-type=2"),
            Kind::Mark => call.puts() && call.is_of_the_mark(),
            Kind::Put => call.puts() && of_the_object,
            Kind::Head => call.method == "HEAD",
            Kind::Create => call.method == "POST" && call.path.contains("uploads") && of_the_object,
            Kind::Part => call.path.contains("partNumber=") && of_the_object,
            Kind::Complete => call.completes() && of_the_object,
        }
    }
}

/// What is done to the calls of one kind: to the first one that comes, then to no other.
type Rule = Option<(Kind, Act, Duration)>;

/// Does harm to calls of these kinds, one after another, and says how often each was done.
fn harm_store(mut world: World, users: u32, kinds: &[Kind], before: Option<(Kind, Act)>) {
    let rule: Arc<Mutex<Rule>> = Arc::default();
    let first: Arc<Mutex<Option<(Kind, Act)>>> = Arc::default();
    let done = Arc::new(AtomicU32::new(0));
    let (of_proxy, first_of_proxy, done_by_proxy) =
        (Arc::clone(&rule), Arc::clone(&first), Arc::clone(&done));
    let proxy = Proxy::start(&service("AWS_ENDPOINT_URL_S3"), move |call| {
        if let Some((_, act)) = first_of_proxy.lock().unwrap().take_if(|(kind, _)| kind.is(call)) {
            return act;
        }
        let Some((_, act, late)) = of_proxy.lock().unwrap().take_if(|(kind, ..)| kind.is(call)) else {
            return Act::Pass;
        };
        done_by_proxy.fetch_add(1, SeqCst);
        thread::sleep(late);
        act
    });
    world.endpoint = proxy.url();
    let harms = [
        (Act::CutBefore, Duration::ZERO),
        (Act::CutAfter, Duration::ZERO),
        (Act::Answer("503 Slow Down", "<Error><Code>SlowDown</Code></Error>"), Duration::ZERO),
        (Act::Answer("500 Oh", "<Error><Code>InternalError</Code></Error>"), Duration::ZERO),
        (Act::Pass, LATE),
        (Act::CutAfter, LATE),
    ];
    for kind in kinds {
        for (act, late) in &harms {
            world.produce(users);
            *first.lock().unwrap() = before.clone();
            *rule.lock().unwrap() = Some((*kind, act.clone(), *late));
            let already = done.load(SeqCst);
            let ran = world.run(&world.land(), None);
            let how = format!("{act:?} {late:?}");
            assert!(matches!(ran.code, Some(0 | 75)), "{kind:?} {how}: {ran:?}");
            assert_eq!(done.load(SeqCst) - already, 1, "{kind:?} {how} was not done");
            if ran.code != Some(0) {
                println!("{kind:?} {how}: {:?} {}", ran.code, ran.stderr);
                world.finish();
            }
        }
    }
    assert_eq!(world.check().records, world.count());
}

#[test]
fn exactly_once_when_a_call_to_the_store_is_cut_lost_or_late() {
    let mut world = World::new(2, 40);
    world.batch = 40;
    harm_store(world, 120, &[Kind::Look, Kind::Mark, Kind::Put], None);
}

#[test]
fn exactly_once_when_the_store_does_not_answer_what_became_of_a_lost_answer() {
    let mut world = World::new(2, 40);
    world.batch = 40;
    // The answer to the put is lost, so that the object is looked for.
    harm_store(world, 120, &[Kind::Head], Some((Kind::Put, Act::CutAfter)));
}

#[test]
fn exactly_once_when_a_call_of_an_upload_in_parts_is_cut_lost_or_late() {
    let mut world = World::new(1, 20);
    (world.batch, world.encode, world.put) = (20_000, "--compression none", "--part-size 5MiB");
    harm_store(world, 20_000, &[Kind::Create, Kind::Part, Kind::Complete], None);
}

#[test]
fn exactly_once_on_a_bad_line_to_kafka_and_to_the_store() {
    let toxics = Toxics::start();
    let kafka = toxics.proxy("kafka", "127.0.0.1:1");
    let cluster = Cluster::start(1, &[&format!("advertised.listeners=PLAINTEXT://{kafka}")]);
    toxics.lead("kafka", &cluster.brokers());
    let store = service("AWS_ENDPOINT_URL_S3").trim_start_matches("http://").to_owned();
    let mut world = World::on(&kafka, 4, 4000);
    world.endpoint = format!("http://{}", toxics.proxy("store", &store));
    (world.batch, world.options) = (40, vec!["--max-attempts", "50"]);
    let mut dice = Dice::new(5);
    let running = world.consumer(&format!("sleep 0.1; {}", world.land())).start();
    toxics.torment(&["kafka", "store"], &mut dice);
    let ran = finish(running);
    assert!(matches!(ran.code, Some(0 | 75)), "{ran:?}");
    world.finish();
    assert_eq!(world.check().records, world.count());
}
