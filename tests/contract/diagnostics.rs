//! stderr: one line in the form that fits where it goes, for every command.

use super::{Subject, folder};
use crate::support::{run, sh};

/// Every command that is one.
const COMMANDS: [&str; 14] = [
    "fetch-users",
    "generate-users",
    "kafka-consume",
    "from-parquet",
    "hash-fields",
    "via",
    "to-parquet",
    "infer-schema",
    "kafka-produce",
    "s3-put",
    "topic-admin",
    "sandbox",
    "link",
    "config",
];

/// A transform that warns about one reject.
fn warns() -> Subject {
    Subject::new("via", &["--max-rejects", "1", "--", "cat"])
}

#[test]
fn every_command_says_a_mistake_in_one_line_and_in_the_form_asked_for() {
    for name in COMMANDS.into_iter().filter(|name| *name != "config") {
        let ran = run(name).arg("--no-such-option").go();
        ran.fails(2, &[name, "--no-such-option", "(try: "]);
        let ran = run(name).args(["--log-format", "json", "--no-such-option"]).go().exits(2);
        let line: serde_json::Value = serde_json::from_str(&ran.stderr).expect("one JSON line");
        assert_eq!((&line["level"], &line["command"]), (&"error".into(), &name.into()));
    }
    run("via").arg("--no-such-option").go().fails(2, &["(try: sluicebox via --help)"]);
    run("no-such-command").go().fails(2, &["sluicebox", "no-such-command", "sluicebox --help"]);
    run("hash-fields").args(["--max-reject", "1", "a"]).go().fails(2, &["(try: --max-rejects)"]);
}

#[test]
fn every_command_has_help_on_stdout_and_ends_well() {
    for name in COMMANDS {
        for flag in ["--help", "-h", "--version"] {
            let ran = run(name).arg(flag).go().succeeds();
            assert!(ran.text().contains(name) || flag != "--version", "{name} {flag}");
        }
    }
}

#[test]
fn a_warning_is_quiet_when_asked_and_json_when_asked() {
    let ran = |options: &[&str]| warns().run(options).stdin(b"{}\n\xff\n".to_vec()).go().exits(0);
    assert!(ran(&[]).stderr.starts_with("via: warning: 1 of 2 records rejected"));
    assert_eq!(ran(&["-q"]).stderr, "");
    let line: serde_json::Value = serde_json::from_str(&ran(&["--log-format", "json"]).stderr).unwrap();
    assert_eq!((&line["level"], &line["command"]), (&"warn".into(), &"via".into()));
    assert!(line["time"].as_str().unwrap().ends_with('Z'));
    // Errors are said all the same.
    run("via").args(["-q", "--", "false"]).stdin("{}\n").go().fails(1, &["via: false failed"]);
}

#[test]
fn lines_in_a_file_have_their_time() {
    let file = folder("stderr").join("log");
    warns().script(&[], &format!("2>>'{}'", file.display())).stdin(b"\xff\n".to_vec()).go().exits(0);
    let line = std::fs::read_to_string(file).unwrap();
    let (time, rest) = line.split_once(' ').unwrap();
    assert!(time.len() == 24 && time.starts_with("20") && time.ends_with('Z'), "{line}");
    assert!(rest.starts_with("via: warning: "), "{line}");
}

#[test]
fn lines_for_the_journal_have_a_priority_and_no_time() {
    // The journal is recognised by the device and the inode of stderr: here, those of a pipe.
    let script = "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec via --max-rejects 1 -- cat";
    let ran = sh(script).stdin(b"\xff\n".to_vec()).go().exits(0);
    assert!(ran.stderr.starts_with("<4>via: 1 of 1 records rejected"), "{}", ran.stderr);
    let other = sh("JOURNAL_STREAM=1:1 exec via --max-rejects 1 -- cat").stdin(b"\xff\n".to_vec()).go();
    assert!(other.stderr.starts_with("via: warning: "), "{}", other.stderr);
}

#[test]
fn a_report_descriptor_that_was_not_inherited_is_left_alone() {
    // Were it used, the first file or connection that is opened would get the reports.
    let file = folder("stray").join("out");
    let ran = run("infer-schema").args(["-o", file.to_str().unwrap()]);
    ran.env("SLUICEBOX_REPORT_FD", "3").stdin("{\"a\":1}\n").go().succeeds();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "a INT\n");
}

#[test]
fn a_parent_hears_of_mistakes_on_the_command_line_and_of_a_death_by_signal() {
    let (ran, reports) = super::reported(&Subject::new("to-parquet", &["--nonsense"]), &[], Vec::new());
    ran.exits(2);
    super::assert_reports(&Subject::new("to-parquet", &[]), &reports, "failed", Some(2));
    let kill = Subject::new("via", &["--drain-timeout", "0s", "--", "sh", "-c", "kill -TERM $PPID; sleep 5"]);
    let (ran, reports) = super::reported(&kill, &[], b"{}\n".to_vec());
    assert_eq!(ran.signal, Some(libc::SIGTERM), "{}", ran.stderr);
    super::assert_reports(&kill, &reports, "signal", Some(1));
}

#[test]
fn commands_that_are_no_stage_end_in_the_eyes_of_a_parent_too() {
    let key = folder("key").join("hash.key");
    for (name, arguments) in [
        ("hash-fields", vec!["-q", "--new-key", key.to_str().unwrap()]),
        ("to-parquet", vec!["--help"]),
        ("topic-admin", vec!["create", "--help"]),
    ] {
        let subject = Subject::new(name, &arguments);
        let (ran, reports) = super::reported(&subject, &[], Vec::new());
        ran.exits(0);
        super::assert_reports(&subject, &reports, "done", None);
    }
}
