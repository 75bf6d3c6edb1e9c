//! `fetch-users` against an API with good and bad days.

use std::collections::HashSet;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::api::{Api, Fault, Setup, sample};

/// `fetch-users` with a temper that fits a test.
fn command(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluicebox"));
    command.args(["fetch-users", "--url", url, "--retry-delay", "10ms"]).args(arguments);
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "SLUICEBOX_SEAL", "SLUICEBOX_CONFIG"] {
        command.env_remove(name);
    }
    command
}

fn fetch(api: &Api, arguments: &[&str]) -> Output {
    command(&api.url(), arguments).output().unwrap()
}

fn lines(output: &Output) -> Vec<&str> {
    std::str::from_utf8(&output.stdout).unwrap().lines().collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn ends(output: &Output, code: i32, words: &str) {
    assert_eq!(output.status.code(), Some(code), "{}", stderr(output));
    assert!(stderr(output).contains(words), "'{words}' is not in: {}", stderr(output));
}

#[test]
fn fetch_passes_records_on_byte_for_byte() {
    let api = Api::with(Setup { sample: true, ..Setup::default() });
    let output = fetch(&api, &["--results", "60"]);
    ends(&output, 0, "");
    assert_eq!(lines(&output), sample());
    assert_eq!(stderr(&output), "", "silent where nobody looks");
}

#[test]
fn fetch_turns_pretty_records_into_lines() {
    let api = Api::with(Setup { sample: true, ..Setup::default() }).faults(&[Fault::Pretty]);
    let output = fetch(&api, &["--results", "60"]);
    ends(&output, 0, "");
    let values = |lines: Vec<String>| {
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let got = lines(&output).into_iter().map(str::to_owned).collect();
    assert_eq!(values(got), values(sample()));
}

#[test]
fn fetch_pages_of_a_seed_follow_each_other() {
    let api = Api::start();
    let output = fetch(&api, &["--results", "25", "--page-size", "10", "--seed", "s p", "--nat", "us,gb"]);
    ends(&output, 0, "");
    assert_eq!(lines(&output).len(), 25);
    let distinct: HashSet<_> = lines(&output).into_iter().collect();
    assert_eq!(distinct.len(), 25);
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
        let output = fetch(&api, &["--results", "20", "--page-size", "10", "--read-timeout", "10s"]);
        ends(&output, 0, "");
        let distinct: HashSet<_> = lines(&output).into_iter().collect();
        assert_eq!(distinct.len(), 20, "{fault:?}: nothing of a bad answer may be passed on");
    }
}

#[test]
fn fetch_gives_up_with_what_it_has() {
    let api = Api::start().faults(&[Fault::None, Fault::Status(503), Fault::Status(503), Fault::Status(503)]);
    let output = fetch(&api, &["--results", "20", "--page-size", "10", "--retries", "2"]);
    ends(&output, 75, "fetch-users: error: HTTP 503 after 3 attempts; 10 records fetched");
    assert_eq!(lines(&output).len(), 10);
}

#[test]
fn fetch_treats_an_empty_success_as_trouble() {
    let api = Api::start().faults(&[Fault::Empty, Fault::Empty]);
    let output = fetch(&api, &["--results", "5", "--retries", "1"]);
    ends(&output, 75, "the API sent 0 users instead of 5 after 2 attempts; 0 records fetched");
}

#[test]
fn fetch_takes_no_page_but_the_one_it_asked_for() {
    for (fault, words) in [
        (Fault::Short, "the API sent 4 users instead of 5"),
        (Fault::OtherSeed, "another seed"),
        (Fault::Html, "not the JSON of the users' API"),
    ] {
        let api = Api::start().faults(&[fault]);
        let output = fetch(&api, &["--results", "5", "--seed", "s"]);
        ends(&output, 1, words);
        assert!(output.stdout.is_empty());
        assert_eq!(api.targets().len(), 1, "it would be the same again");
    }
}

#[test]
fn fetch_quotes_a_server_shortly_and_without_control_characters() {
    let api = Api::start().faults(&[Fault::ErrorBody]);
    let output = fetch(&api, &["--retries", "0"]);
    ends(&output, 75, "the API says: Uh oh !!");
    assert!(stderr(&output).len() < 400 && !stderr(&output).contains('\u{7}'), "{}", stderr(&output));
}

#[test]
fn fetch_does_not_wait_for_ever() {
    for fault in [Fault::Hang, Fault::Stall] {
        let api = Api::start().faults(&[fault]);
        let start = Instant::now();
        let output = fetch(&api, &["--retries", "0", "--read-timeout", "300ms"]);
        ends(&output, 75, "--read-timeout");
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn fetch_takes_a_slow_answer_but_not_an_endless_one() {
    let api = Api::start().faults(&[Fault::Drip(8, Duration::from_millis(50))]);
    let output = fetch(&api, &["--retries", "0", "--read-timeout", "300ms"]);
    ends(&output, 0, "");
    assert_eq!(lines(&output).len(), 10);
    let api = Api::start().faults(&[Fault::Drip(1_000, Duration::from_millis(50))]);
    let output = fetch(&api, &["--retries", "0", "--read-timeout", "100ms"]);
    ends(&output, 75, "took too long");
}

#[test]
fn fetch_waits_for_the_limit_to_pass() {
    let setup = Setup { limit: 20, window: Duration::from_millis(800), sample: false };
    let api = Api::with(setup);
    let output = fetch(&api, &["--results", "50", "--page-size", "5", "--retries", "0", "--max-wait", "2s"]);
    ends(&output, 0, "HTTP 429");
    let distinct: HashSet<_> = lines(&output).into_iter().collect();
    assert_eq!(distinct.len(), 50);
    assert!(stderr(&output).contains("waiting up to 2 s"), "{}", stderr(&output));
}

#[test]
fn fetch_ends_when_the_limit_does_not_pass() {
    let api = Api::with(Setup { limit: 5, ..Setup::default() });
    let output = fetch(&api, &["--results", "10", "--page-size", "5", "--max-wait", "100ms"]);
    ends(&output, 75, "5 records fetched");
    assert_eq!(lines(&output).len(), 5);
}

#[test]
fn fetch_paces_itself_when_asked_to() {
    let setup = Setup { limit: 10, window: Duration::from_millis(500), sample: false };
    let api = Api::with(setup);
    let start = Instant::now();
    let output = fetch(&api, &["--results", "20", "--page-size", "5", "--rate", "10/600ms"]);
    ends(&output, 0, "");
    assert!(start.elapsed() >= Duration::from_millis(600));
    assert_eq!(api.targets().len(), 4, "no request was refused");
}

#[test]
fn fetch_believes_retry_after_within_bounds() {
    let api = Api::start().faults(&[Fault::RetryAfter(503, "1")]);
    let start = Instant::now();
    ends(&fetch(&api, &[]), 0, "");
    assert!(start.elapsed() >= Duration::from_secs(1));
    let api = Api::start().faults(&[Fault::RetryAfter(429, "3600")]);
    ends(&fetch(&api, &[]), 75, "to be asked again in 3600 s after 1 attempt");
}

#[test]
fn fetch_tells_a_wrong_address_from_a_server_that_is_away() {
    let api = Api::start();
    let wrong = api.url().replace("1.4", "9.9");
    ends(&command(&wrong, &[]).output().unwrap(), 2, "HTTP 404 from 127.0.0.1");
    // A port that nobody listens on, because it was just let go.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = command(&format!("http://{port}/"), &[]).output().unwrap();
    ends(&output, 75, "Connection refused after 1 attempt; 0 records fetched");
    let output =
        command(&format!("https://{}/", api.url()["http://".len()..].split('/').next().unwrap()), &[]);
    ends(&{ output }.output().unwrap(), 2, "no trust");
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
    ] {
        ends(&fetch(&api, arguments), 2, words);
    }
    assert!(api.targets().is_empty());
}

#[test]
fn fetch_chooses_fields_and_genders() {
    let api = Api::start();
    let output = fetch(&api, &["--inc", "name,nat,gender", "--gender", "female", "--results", "20"]);
    ends(&output, 0, "");
    for line in lines(&output) {
        let record: Value = serde_json::from_str(line).unwrap();
        assert_eq!(record.as_object().unwrap().len(), 3);
        assert_eq!(record["gender"], "female");
    }
}

#[test]
fn fetch_repeats_on_a_schedule_and_goes_on_in_the_seed() {
    let api = Api::start();
    let start = Instant::now();
    let output = fetch(
        &api,
        &["--results", "3", "--seed", "s", "--every", "200ms", "--for", "600ms", "--jitter", "50ms"],
    );
    ends(&output, 0, "");
    assert!(start.elapsed() >= Duration::from_millis(400));
    let pages: Vec<_> = api.targets();
    assert!(
        pages.len() <= 3 && pages.last().unwrap().contains(&format!("page={}", pages.len())),
        "{pages:?}"
    );
    let distinct: HashSet<_> = lines(&output).into_iter().collect();
    assert_eq!(distinct.len(), 3 * pages.len());
}

#[test]
fn fetch_stops_at_once_whatever_it_waits_for() {
    for arguments in [&["--read-timeout", "60s"][..], &["--every", "60s"], &["--retry-delay", "60s"]] {
        let faults: &[Fault] = match arguments[0] {
            "--read-timeout" => &[Fault::Hang],
            "--retry-delay" => &[Fault::Status(503)],
            _ => &[],
        };
        let api = Api::start().faults(faults);
        let mut fetch = command(&api.url(), &[]);
        // The last of two equal options would be refused: this one is in the way.
        if arguments[0] == "--retry-delay" {
            fetch = Command::new(env!("CARGO_BIN_EXE_sluicebox"));
            fetch.args(["fetch-users", "--url", &api.url()]);
        }
        let mut child = fetch.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        while api.targets().is_empty() {
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(200));
        let start = Instant::now();
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let status = child.wait().unwrap();
        assert!(start.elapsed() < Duration::from_secs(2), "{arguments:?}");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(15));
    }
}
