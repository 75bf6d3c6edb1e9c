//! How a run ends that does not end by itself: its time is up, or a signal came.

use std::time::Instant;

use super::{Desk, lives};
use crate::support::{SOON, finish, insist, signal, wait_until};

#[test]
fn a_run_is_asked_to_end_when_its_time_is_up() {
    let desk = Desk::new("timeout");
    let pipe = "generate-users --every 50ms | hash-fields --key-file hash.key email > users.ndjson";
    let ran = desk.job(&["--timeout", "3s"], pipe).go();
    let words =
        ["users: it did not end within 3s (--timeout); still at work: ", "hash-fields", "a longer --timeout"];
    ran.fails(75, &words);
    assert_eq!(desk.state()["outcome"], "timeout");
    let users = desk.read("users.ndjson");
    assert!(users.lines().count() > 3 && users.ends_with("}\n"), "what was on its way was written");
    // In time is in time.
    desk.job(&["--timeout", "1m"], "sleep 0.1").go().succeeds();
}

#[test]
fn what_does_not_end_when_asked_is_killed_wherever_it_hides() {
    let desk = Desk::new("deaf");
    let pipe = "trap '' TERM; setsid sh -c 'echo $$ > hidden; trap \"\" TERM; sleep 300; sleep 300' & echo $$ > pid; sleep 300; sleep 300";
    let started = Instant::now();
    let ran = desk.job(&["--lock", "--timeout", "3s", "--kill-after", "500ms"], pipe).go();
    ran.fails(75, &["did not end within 3s", "still at work: sleep"]);
    assert!(started.elapsed() < SOON);
    assert!(!lives(&desk.read("pid")) && !lives(&desk.read("hidden")) && desk.is_free());
}

#[test]
fn a_signal_is_passed_on_and_the_run_waits_and_dies_by_it() {
    for number in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
        let desk = Desk::new("passed");
        let pipe = "generate-users --every 50ms | { sleep 0.3; hash-fields --key-file hash.key email; } > users.ndjson";
        let child = desk.job(&["--lock"], pipe).start();
        wait_until("it writes", || !desk.read("users.ndjson").is_empty());
        signal(&child, number);
        let ran = finish(child);
        assert_eq!((ran.signal, ran.stderr.as_str()), (Some(number), ""));
        let state = desk.state();
        assert_eq!(
            (state["outcome"].as_str(), state["exit"].as_i64()),
            (Some("signal"), Some((128 + number).into()))
        );
        assert!(desk.read("users.ndjson").ends_with("}\n"), "read to the end");
        assert!(desk.is_free());
    }
}

#[test]
fn a_second_signal_ends_all_at_once() {
    let desk = Desk::new("twice");
    let child = desk
        .job(
            &["--lock", "--kill-after", "60s"],
            "trap '' TERM; echo $$ > pid; touch here; sleep 300; sleep 300",
        )
        .start();
    desk.wait_for("here");
    let asked = Instant::now();
    assert_eq!(insist(child, libc::SIGTERM).signal, Some(libc::SIGTERM));
    assert!(asked.elapsed() < SOON);
    assert!(!lives(&desk.read("pid")) && desk.is_free());
}

#[test]
fn what_ended_well_before_the_signal_could_end_it_is_remembered_as_done() {
    let desk = Desk::new("well");
    let child = desk.job(&[], "trap '' TERM; touch here; sleep 1").start();
    desk.wait_for("here");
    signal(&child, libc::SIGTERM);
    assert_eq!(finish(child).signal, Some(libc::SIGTERM));
    assert_eq!(desk.state()["outcome"], "done");
}
