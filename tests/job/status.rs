//! What is remembered of a name, and what monitoring makes of it.

use super::Desk;
use crate::support::{Ran, run};

impl Desk {
    fn status(&self, options: &[&str]) -> Ran {
        self.at(run("run").arg("--status").args(options)).go()
    }
}

#[test]
fn a_run_is_remembered_from_its_start_on() {
    let desk = Desk::new("remembered");
    desk.status(&[]).fails(1, &["nothing has run here: there is no state in ", "state"]);
    desk.status(&["--name", "users"]).fails(1, &["users: it has never run here"]);
    desk.job(
        &[],
        "cp state/users.json during; generate-users -n 4 | hash-fields --key-file hash.key email > /dev/null",
    )
    .go()
    .succeeds();
    let during: serde_json::Value = serde_json::from_str(&desk.read("during")).unwrap();
    assert!(during["started"].is_string() && during["ended"].is_null() && during["pid"].is_u64());
    let state = desk.state();
    assert_eq!((state["outcome"].as_str(), state["exit"].as_i64()), (Some("done"), Some(0)));
    assert_eq!(state["last_success"], state["ended"]);
    let stages: Vec<_> = state["stages"].as_array().unwrap().iter().map(|stage| &stage["stage"]).collect();
    assert_eq!(stages, ["generate-users", "hash-fields"]);
    assert_eq!(state["stages"][1]["counts"]["written"], 4);
    let line = desk.status(&["--name", "users"]).succeeds().json().remove(0);
    assert!(line["age"].as_f64().unwrap() < 60.0 && line["running"] == false, "{line}");
}

#[test]
fn the_last_success_is_what_an_age_is_about() {
    let desk = Desk::new("age");
    desk.job(&[], "true").go().succeeds();
    desk.job(&[], "hash-fields --key-file none email").go().exits(2);
    desk.job(&[], "hash-fields --key-file none email").go().exits(2);
    assert_eq!(desk.state()["failures"], 2);
    desk.status(&[]).fails(1, &["users: hash-fields: cannot read the key"]);
    desk.status(&["--max-age", "1h"]).succeeds();
    std::thread::sleep(std::time::Duration::from_millis(30));
    let words = ["users: no run has ended well for ", "s; the last run: hash-fields: cannot read the key"];
    desk.status(&["--max-age", "10ms", "--name", "users"]).fails(1, &words);
    // A skipped run is none: the age tells of one that hangs.
    desk.job(&[], "true").go().succeeds();
    assert_eq!(desk.state()["failures"], 0);
    desk.status(&[]).succeeds();
}

#[test]
fn a_state_that_cannot_be_kept_is_an_error() {
    let desk = Desk::new("forgotten");
    std::fs::write(desk.file("file"), "").unwrap();
    let ran = desk.job(&["--state-dir", "file/x"], "touch ran").go();
    ran.fails(2, &["cannot use file/x for locks and states", "--state-dir"]);
    assert!(!desk.file("ran").exists(), "it was not run without a memory");
    // What somebody has damaged is told, and replaced.
    std::fs::write(desk.file("state/users.json"), "{").unwrap();
    let ran = desk.job(&[], "true").go().exits(0);
    assert!(
        ran.stderr.contains("warning: ") && ran.stderr.contains("is not the state of a job"),
        "{}",
        ran.stderr
    );
    assert_eq!(desk.state()["outcome"], "done");
    let ran = desk.job(&[], "rm -r state").go();
    ran.fails(2, &["cannot write ", "users.json"]);
}

#[test]
fn mistakes_are_told_in_one_line() {
    let desk = Desk::new("mistakes");
    let at = |words: &[&str]| desk.at(run("run").args(words)).stdin("").go();
    for (words, told) in [
        (&[][..], &["--name <NAME>"][..]),
        (&["--name", "users"], &["<PIPE>"]),
        (&["--name", "a/b", "--", "true"], &["a/b", "users-to-lake"]),
        (&["--name", "users", "generate-users"], &["(try: sluicebox run -- generate-users ...)"]),
        (&["--name", "users", "--timeout", "soon", "--", "true"], &["soon"]),
        (&["--name", "users", "--if-locked", "maybe", "--", "true"], &["maybe", "skip"]),
        (&["--name", "users", "--max-age", "1h", "--", "true"], &["--status"]),
        (&["--name", "users", "--cron"], &["cron gave no pipe on stdin", "--cron %PIPE"]),
        (&["--name", "users", "--cron", "--", "true"], &["--cron"]),
        (&["--status", "--", "true"], &["--status"]),
    ] {
        at(words).fails(2, told);
    }
    assert_eq!(std::fs::read_dir(desk.file("state")).unwrap().count(), 0, "nothing was run");
    let settings = run("config").args(["run", "--name", "users", "--timeout", "4m"]).go().succeeds().text();
    assert!(settings.contains(r#"{"setting":"timeout","value":"4m","from":"flag"}"#), "{settings}");
}
