//! `fetch-users` against an API with good and bad days.

use std::collections::HashSet;
use std::io::Write;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::api::{Api, Fault, Setup, sample};
use crate::support::{Ran, Run, SOON, finish, run, signal, wait_until};

/// `fetch-users` against `url`, directly.
fn command(url: &str) -> Run {
    let run = run("fetch-users").args(["--url", url]);
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].into_iter().fold(run, Run::without)
}

/// The end of `fetch-users`, with a temper that fits a test.
fn fetch(api: &Api, arguments: &[&str]) -> Ran {
    command(&api.url()).args(["--retry-delay", "10ms"]).args(arguments).go()
}

/// How many different lines there are.
fn distinct(ran: &Ran) -> usize {
    ran.text().lines().collect::<HashSet<_>>().len()
}

#[test]
fn fetch_passes_records_on_byte_for_byte() {
    let api = Api::with(Setup { sample: true, ..Setup::default() });
    let ran = fetch(&api, &["--results", "60"]).succeeds();
    assert_eq!(ran.text().lines().collect::<Vec<_>>(), sample());
}

#[test]
fn fetch_turns_pretty_records_into_lines() {
    let api = Api::with(Setup { sample: true, ..Setup::default() }).faults(&[Fault::Pretty]);
    let ran = fetch(&api, &["--results", "60"]).succeeds();
    let expected: Vec<Value> = sample().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(ran.json(), expected);
}

#[test]
fn fetch_pages_of_a_seed_follow_each_other() {
    let api = Api::start();
    let ran =
        fetch(&api, &["--results", "25", "--page-size", "10", "--seed", "s p", "--nat", "us,gb"]).succeeds();
    assert_eq!(ran.text().lines().count(), 25);
    assert_eq!(distinct(&ran), 25);
    let expected: Vec<_> = [(10, 1), (10, 2), (5, 3)]
        .map(|(results, page)| format!("/api/1.4/?results={results}&seed=s+p&page={page}&nat=US%2CGB"))
        .into();
    assert_eq!(api.targets(), expected);
}

#[test]
fn fetch_tries_again_what_may_pass() {
    let faults = [
        Fault::Status(500),
        Fault::Status(502),
        Fault::Status(503),
        Fault::Status(504),
        Fault::Status(408),
        Fault::RetryAfter(503, "0"),
        Fault::RetryAfter(429, "0"),
        Fault::Empty,
        Fault::ErrorBody,
        Fault::Truncated,
        Fault::Cut,
        Fault::Reset,
    ];
    for fault in faults {
        let api = Api::start().faults(&[fault.clone(), Fault::None, fault.clone()]);
        let ran = fetch(&api, &["--results", "20", "--page-size", "10", "--read-timeout", "10s"]).succeeds();
        assert_eq!(distinct(&ran), 20, "{fault:?}: nothing of a bad answer may be passed on");
    }
}

#[test]
fn fetch_gives_up_with_what_it_has() {
    let api = Api::start().faults(&[Fault::None, Fault::Status(503), Fault::Status(503), Fault::Status(503)]);
    let ran = fetch(&api, &["--results", "20", "--page-size", "10", "--retries", "2"]);
    let ran = ran.fails(75, &["fetch-users: ", "HTTP 503 after 3 attempts; 10 records fetched"]);
    assert_eq!(ran.text().lines().count(), 10);
}

#[test]
fn fetch_treats_an_empty_success_as_trouble() {
    let api = Api::start().faults(&[Fault::Empty, Fault::Empty]);
    let ran = fetch(&api, &["--results", "5", "--retries", "1"]);
    ran.fails(75, &["the API sent 0 users instead of 5 after 2 attempts; 0 records fetched"]);
}

#[test]
fn fetch_takes_no_page_but_the_one_it_asked_for() {
    for (fault, words) in [
        (Fault::Short, "the API sent 4 users instead of 5"),
        (Fault::OtherSeed, "another seed"),
        (Fault::Html, "not the JSON of the users' API"),
    ] {
        let api = Api::start().faults(&[fault]);
        let ran = fetch(&api, &["--results", "5", "--seed", "s"]).fails(1, &[words]);
        assert!(ran.stdout.is_empty());
        assert_eq!(api.targets().len(), 1, "it would be the same again");
    }
}

#[test]
fn fetch_quotes_a_server_shortly_and_without_control_characters() {
    let api = Api::start().faults(&[Fault::ErrorBody]);
    let ran = fetch(&api, &["--retries", "0"]).fails(75, &["the API says: Uh oh !!"]);
    assert!(ran.stderr.len() < 400 && !ran.stderr.contains('\u{7}'), "{}", ran.stderr);
}

#[test]
fn fetch_does_not_wait_for_ever() {
    for fault in [Fault::Hang, Fault::Stall] {
        let api = Api::start().faults(&[fault]);
        let start = Instant::now();
        fetch(&api, &["--retries", "0", "--read-timeout", "300ms"]).fails(75, &["--read-timeout"]);
        assert!(start.elapsed() < SOON);
    }
}

#[test]
fn fetch_takes_a_slow_answer_but_not_an_endless_one() {
    // Longer than the time between two pieces may be, as a whole.
    let api = Api::start().faults(&[Fault::Drip(10, Duration::from_millis(300))]);
    let ran = fetch(&api, &["--retries", "0", "--read-timeout", "2s"]).succeeds();
    assert_eq!(ran.text().lines().count(), 10);
    let api = Api::start().faults(&[Fault::Drip(1_000, Duration::from_millis(50))]);
    fetch(&api, &["--retries", "0", "--read-timeout", "500ms"]).fails(75, &["took too long"]);
}

#[test]
fn fetch_waits_for_the_limit_to_pass() {
    let setup = Setup { limit: 20, window: Duration::from_millis(800), sample: false };
    let api = Api::with(setup);
    let ran =
        fetch(&api, &["--results", "50", "--page-size", "5", "--retries", "0", "--max-wait", "2s"]).exits(0);
    assert_eq!(distinct(&ran), 50);
    assert!(ran.stderr.contains("HTTP 429") && ran.stderr.contains("waiting up to 2 s"), "{}", ran.stderr);
}

#[test]
fn fetch_ends_when_the_limit_does_not_pass() {
    let api = Api::with(Setup { limit: 5, ..Setup::default() });
    let ran = fetch(&api, &["--results", "10", "--page-size", "5", "--max-wait", "100ms"]).exits(75);
    assert!(ran.stderr.contains("5 records fetched"), "{}", ran.stderr);
    assert_eq!(ran.text().lines().count(), 5);
}

#[test]
fn fetch_paces_itself_when_asked_to() {
    let api = Api::start();
    let start = Instant::now();
    fetch(&api, &["--results", "20", "--page-size", "5", "--rate", "10/600ms"]).exits(0);
    assert!(start.elapsed() >= Duration::from_millis(600));
    assert_eq!(api.targets().len(), 4);
}

#[test]
fn fetch_believes_retry_after_within_bounds() {
    let api = Api::start().faults(&[Fault::RetryAfter(503, "1")]);
    let start = Instant::now();
    fetch(&api, &[]).succeeds();
    assert!(start.elapsed() >= Duration::from_secs(1));
    let api = Api::start().faults(&[Fault::RetryAfter(429, "3600")]);
    fetch(&api, &[]).fails(75, &["HTTP 429", "3600 s", "--max-wait"]);
}

#[test]
fn fetch_tells_a_wrong_address_from_a_server_that_is_away() {
    let api = Api::start();
    let wrong = api.url().replace("1.4", "9.9");
    command(&wrong).go().fails(2, &["HTTP 404 from 127.0.0.1", "--url https://randomuser.me/api/1.4/"]);
    // A port that nobody listens on, because it was just let go.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = command(&format!("http://{port}/")).go();
    let words =
        ["cannot reach 127.0.0.1", "Connection refused after 1 attempt; 0 records fetched", "generate-users"];
    away.fails(75, &words);
    let port = answers_in_plain_words();
    command(&format!("https://127.0.0.1:{port}/"))
        .go()
        .fails(2, &["no trust between this machine and 127.0.0.1"]);
}

/// A server that answers a TLS greeting like a web server on the wrong port.
fn answers_in_plain_words() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // Until the client has read it and gone: an early close could overtake the words.
        drop(std::io::copy(&mut client, &mut std::io::sink()));
    });
    port
}

#[test]
fn fetch_refuses_what_the_api_would_misunderstand() {
    let api = Api::start();
    for (arguments, words) in [
        (&["--nat", "XX"][..], "known are AU, BR"),
        (&["--gender", "any"], "female or male"),
        (&["--seed", "s", "--gender", "male"], "ignores --gender"),
        (&["--page-size", "5001"], "from 1 to 5000"),
        (&["--inc", "nationality"], "known are gender"),
        (&["--inc", "name", "--exc", "nat"], "cannot be used with"),
        (&["--for", "2m"], "--every"),
        (&["--every", "1s", "--jitter", "2s"], "--jitter"),
        (&["--rate", "fast"], "20000/5m"),
        (&["--read-timeout", "0s"], "above 0"),
    ] {
        let ran = fetch(&api, arguments).exits(2);
        assert!(ran.stderr.contains(words), "{words:?} is not in: {}", ran.stderr);
    }
    assert!(api.targets().is_empty());
}

#[test]
fn fetch_chooses_fields_and_genders() {
    let api = Api::start();
    let ran = fetch(&api, &["--inc", "name,nat,gender", "--gender", "female", "--results", "20"]).succeeds();
    for record in ran.json() {
        assert_eq!(record.as_object().unwrap().len(), 3);
        assert_eq!(record["gender"], "female");
    }
}

#[test]
fn fetch_repeats_on_a_schedule_and_goes_on_in_the_seed() {
    let api = Api::start();
    let start = Instant::now();
    // A busy machine skips turns, and would tell.
    let ran = fetch(
        &api,
        &["-q", "--results", "3", "--seed", "s", "--every", "200ms", "--for", "600ms", "--jitter", "50ms"],
    )
    .succeeds();
    assert!(start.elapsed() >= Duration::from_millis(400));
    let pages: Vec<_> = api.targets();
    assert!(
        pages.len() <= 3 && pages.last().unwrap().contains(&format!("page={}", pages.len())),
        "{pages:?}"
    );
    assert_eq!(distinct(&ran), 3 * pages.len());
}

#[test]
fn fetch_stops_at_once_whatever_it_waits_for() {
    for (arguments, fault) in [
        (["--read-timeout", "60s"], Fault::Hang),
        (["--retry-delay", "60s"], Fault::Status(503)),
        (["--every", "60s"], Fault::None),
    ] {
        let api = Api::start().faults(&[fault]);
        let child = command(&api.url()).args(arguments).start();
        wait_until("it asks", || !api.targets().is_empty());
        thread::sleep(Duration::from_millis(200));
        let asked = Instant::now();
        signal(&child, libc::SIGTERM);
        let ran = finish(child);
        assert!(asked.elapsed() < SOON, "{arguments:?}");
        assert_eq!(ran.signal, Some(libc::SIGTERM), "{}", ran.stderr);
    }
}
