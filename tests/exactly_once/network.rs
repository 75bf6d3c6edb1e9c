//! Calls that are cut, whose answers are lost, or late: each call to Kafka, each call to the store.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::hands::{go_on, held, wait_until};
use super::relay::{self, Harm, Relay};
use super::toxics::{POISON, Toxics, poisoned, poisons};
use super::world::World;
use crate::support::cluster::Cluster;
use crate::support::proxy::{Act, Call, Hold, Proxy};
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
    let (relay, _cluster) = Relay::before_a_broker();
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

/// What a call to the store is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    Object,
    /// The account of its rejects.
    Account,
    /// The mark on which the store is tried.
    Mark,
}

/// The calls to the store by which a batch is landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Look,
    Put,
    Head,
    Create,
    Part,
    Complete,
    Abort,
}

type Kind = (Verb, Thing);

use Thing::{Account, Mark, Object};
use Verb::{Abort, Complete, Create, Head, Look, Part, Put};

fn kind(call: &Call) -> Option<Kind> {
    let verb = match call.method.as_str() {
        "GET" if call.path.contains("list-type=2") => Look,
        "HEAD" => Head,
        "PUT" if call.puts() => Put,
        "PUT" => Part,
        "POST" if call.completes() => Complete,
        "POST" => Create,
        "DELETE" if call.path.contains("uploadId=") => Abort,
        _ => return None,
    };
    let thing = match call {
        _ if call.is_of_the_mark() => Mark,
        _ if call.path.contains(".rejects.ndjson") => Account,
        _ => Object,
    };
    Some((verb, thing))
}

/// What is done to the calls of one kind: to the first one that comes, then to no other.
#[derive(Clone, Debug)]
struct Rule {
    kind: Kind,
    act: Act,
    late: Duration,
}

/// A store behind a proxy that does harm to some calls.
struct Harmed {
    world: World,
    rules: Arc<Mutex<Vec<Rule>>>,
    /// How the script begins.
    settings: &'static str,
}

impl Harmed {
    fn new(mut world: World) -> Self {
        let rules = Arc::<Mutex<Vec<Rule>>>::default();
        let of_proxy = Arc::clone(&rules);
        let proxy = Proxy::start(&service("AWS_ENDPOINT_URL_S3"), move |call| {
            let mut rules = of_proxy.lock().unwrap();
            let Some(at) = rules.iter().position(|rule| kind(call) == Some(rule.kind)) else {
                return Act::Pass;
            };
            let Rule { act, late, .. } = rules.remove(at);
            drop(rules);
            thread::sleep(late);
            act
        });
        world.endpoint = proxy.url();
        Self { world, rules, settings: "" }
    }

    /// Does harm to calls of these kinds, one after another, in runs with records by `produce`. In each one
    /// `before` is done first, so that there is such a call.
    fn harm(&self, produce: impl Fn(&World), kinds: &[Kind], before: Option<(Kind, Act)>) {
        let at_once = Duration::ZERO;
        let harms = [
            (Act::CutBefore, at_once),
            (Act::CutAfter, at_once),
            (Act::Answer("503 Slow Down", "<Error><Code>SlowDown</Code></Error>"), at_once),
            (Act::Answer("500 Oh", "<Error><Code>InternalError</Code></Error>"), at_once),
            (Act::Pass, LATE),
            (Act::CutAfter, LATE),
        ];
        let before: Vec<Rule> =
            before.into_iter().map(|(kind, act)| Rule { kind, act, late: at_once }).collect();
        for kind in kinds {
            for (act, late) in &harms {
                produce(&self.world);
                self.run([&before[..], &[Rule { kind: *kind, act: act.clone(), late: *late }]].concat());
            }
        }
        let count = self.world.check();
        assert_eq!(count.records + count.rejects, self.world.count());
    }

    /// One run, in which each of these must be done.
    fn run(&self, rules: Vec<Rule>) {
        let how = format!("{rules:?}");
        *self.rules.lock().unwrap() = rules;
        let world = &self.world;
        let ran = world.run(&format!("{}{}", self.settings, world.land()), None);
        assert!(matches!(ran.code, Some(0 | 75)), "{how}: {ran:?}");
        let left = std::mem::take(&mut *self.rules.lock().unwrap());
        assert!(left.is_empty(), "{left:?} was not done: {ran:?}");
        if ran.code != Some(0) {
            println!("{how}: {:?} {}", ran.code, ran.stderr);
            world.finish();
        }
    }
}

#[test]
fn exactly_once_when_a_call_to_the_store_is_cut_lost_or_late() {
    let mut world = World::new(2, 40);
    (world.batch, world.options) = (40, vec!["--max-rejects", "100%"]);
    let calls = [(Look, Object), (Put, Mark), (Put, Account), (Put, Object)];
    Harmed::new(world).harm(|world| world.produce_with_rejects(120), &calls, None);
}

#[test]
fn exactly_once_when_the_store_does_not_answer_what_became_of_a_lost_answer() {
    let mut world = World::new(2, 40);
    world.batch = 40;
    // The answer to the put is lost, so that the object is looked for.
    let before = Some(((Put, Object), Act::CutAfter));
    Harmed::new(world).harm(|world| world.produce(120), &[(Head, Object)], before);
}

/// A world whose objects are stored in two parts.
fn in_parts() -> World {
    let mut world = World::new(1, 20);
    (world.batch, world.encode, world.put) = (20_000, "--compression none", "--part-size 5MiB");
    world
}

#[test]
fn exactly_once_when_a_call_of_an_upload_in_parts_is_cut_lost_or_late() {
    let calls = [(Create, Object), (Part, Object), (Complete, Object)];
    Harmed::new(in_parts()).harm(|world| world.produce(20_000), &calls, None);
}

#[test]
fn exactly_once_when_a_call_of_the_proof_in_parts_is_cut_lost_or_late() {
    let calls = [(Create, Mark), (Part, Mark), (Complete, Mark), (Abort, Mark)];
    Harmed::new(in_parts()).harm(|world| world.produce(20_000), &calls, None);
}

#[test]
fn exactly_once_when_the_end_of_an_upload_that_failed_is_cut_lost_or_late() {
    // A part that is not taken, and not sent again by this attempt, which then takes back what it has sent.
    let before = Some(((Part, Object), Act::Answer("500 Oh", "<Error><Code>InternalError</Code></Error>")));
    let harmed = Harmed { settings: "export AWS_MAX_ATTEMPTS=1; ", ..Harmed::new(in_parts()) };
    harmed.harm(|world| world.produce(20_000), &[(Abort, Object)], before);
}

#[test]
fn exactly_once_when_the_store_answers_later_than_anybody_waits() {
    let mut world = World::new(4, 0);
    (world.batch, world.options) = (40, vec!["--max-rejects", "100%", "--max-children", "4"]);
    world.produce_with_rejects(120);
    let (never, late) = (Hold::default(), Hold::default());
    late.begin.open();
    // In each partition another call; all of them wait at the same time.
    let held = [
        ((Look, Object), 0, &late),
        ((Put, Account), 1, &late),
        ((Put, Object), 2, &late),
        ((Put, Object), 3, &never),
    ];
    let rules = Mutex::new(
        held.map(|(kind, partition, hold)| (kind, of_partition(partition), hold.clone())).to_vec(),
    );
    let proxy = Proxy::start(&service("AWS_ENDPOINT_URL_S3"), move |call| {
        let mut rules = rules.lock().unwrap();
        let at =
            rules.iter().position(|(held, part, _)| Some(*held) == kind(call) && call.path.contains(part));
        at.map_or(Act::Pass, |at| Act::Held(rules.remove(at).2))
    });
    world.endpoint = proxy.url();
    world.finish();
    // Nobody was answered yet: whoever has sent this again, or asks what became of it, has given the first one up.
    let calls = proxy.calls();
    for (held, partition, _) in held {
        let part = of_partition(partition);
        let same = |call: &&Call| kind(call) == Some(held) && call.path.contains(&part);
        let first = calls.iter().find(same).unwrap_or_else(|| panic!("{held:?} of {partition}: {calls:?}"));
        let times = calls.iter().filter(|call| path(call) == path(first)).count();
        assert!(times > 1, "{held:?} of {partition} was not given up: {calls:?}");
    }
    // A request of the past arrives now, when all is done and committed.
    never.begin.open();
    assert!(never.carried_out.wait(), "the store has answered it");
    assert!(never.status.lock().unwrap().contains(" 412 "), "{never:?}");
    let count = world.check();
    assert_eq!(count.records + count.rejects, world.count());
    [late, never].iter().for_each(|hold| hold.answer.open());
}

/// What a request is about, whatever it does.
fn path(call: &Call) -> &str {
    call.path.split("?x-id=").next().unwrap_or_default()
}

/// A part of the names of all objects of a partition.
fn of_partition(partition: u32) -> String {
    format!("-{partition:05}-")
}

#[test]
fn exactly_once_on_a_bad_line_to_kafka_and_to_the_store() {
    let toxics = Toxics::start();
    let kafka = toxics.proxy("kafka", "127.0.0.1:1");
    let cluster = Cluster::start(1, &[&format!("advertised.listeners=PLAINTEXT://{kafka}")]);
    toxics.lead("kafka", &cluster.brokers());
    let store = service("AWS_ENDPOINT_URL_S3").trim_start_matches("http://").to_owned();
    let mut world = World::on(&kafka, 2, 0);
    world.endpoint = format!("http://{}", toxics.proxy("store", &store));
    (world.batch, world.options, world.put) = (40, vec!["--max-attempts", "50", "-vv"], "-v");
    // What is said of a call that failed: by librdkafka, by the client of the store.
    let failures =
        [("kafka", format!("FAIL [thrd:{kafka}")), ("store", "an attempt at a request failed".into())];
    for (line, failure) in &failures {
        toxics.slow_down(line);
        for (stream, poison) in poisons() {
            world.produce(120);
            let what = format!("{line}, {stream}: {poison}");
            let mut running = at_work(&world);
            let said = Said::by(&mut running);
            toxics.add(line, &poisoned(stream, poison));
            let before = said.so_far().matches(failure).count();
            go_on(&world);
            wait_until(&what, || said.so_far().matches(failure).count() > before);
            toxics.remove(line, POISON);
            let ran = finish(running);
            assert!(matches!(ran.code, Some(0 | 75)), "{what}: {ran:?} {}", said.so_far());
            if ran.code != Some(0) {
                println!("{what}: {:?} {}", ran.code, said.so_far());
                world.finish();
            }
        }
    }
    assert_eq!(world.check().records, world.count());
}

/// A consumer that is at its first batch, until it may go on.
fn at_work(world: &World) -> Child {
    for sign in ["runs", "go"] {
        let _ = fs::remove_file(world.dir.join(sign));
    }
    let running = world.consumer(&held(world)).start();
    wait_until("the batch runs", || world.dir.join("runs").exists());
    running
}

/// What a process says, while it says it.
struct Said(Arc<Mutex<String>>);

impl Said {
    fn by(process: &mut Child) -> Self {
        let said = Arc::<Mutex<String>>::default();
        let (lines, of_thread) = (BufReader::new(process.stderr.take().unwrap()).lines(), Arc::clone(&said));
        // Ends with the process.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                of_thread.lock().unwrap().extend([line.as_str(), "\n"]);
            }
        });
        Self(said)
    }

    fn so_far(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}
