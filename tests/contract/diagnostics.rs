//! stderr: one line in the form that fits where it goes, for every command.

use super::{Subject, folder};
use crate::support::{run, sh};

/// Every command that is one.
const COMMANDS: [&str; 19] = [
    "fetch-users",
    "generate-users",
    "kafka-consume",
    "from-parquet",
    "hash-fields",
    "map-fields",
    "via",
    "to-parquet",
    "to-csv",
    "infer-schema",
    "kafka-produce",
    "s3-put",
    "postgres-put",
    "cassandra-put",
    "mongo-put",
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
fn help_that_cannot_be_written_is_told() {
    sh("via --help > /dev/full").go().fails(75, &["No space left on device"]);
    sh("via --help | true").go().exits(0);
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

#[test]
fn descriptors_by_name_are_inherited_and_never_emptied() {
    let file = folder("inherited").join("log");
    let name = file.display();
    let script = |target: &str| {
        let options = format!("--max-rejects 1 --rejects {target} --summary={target} --log-format text");
        format!("(echo before >&2; via {options} -- cat; echo after >&2) 2>'{name}' 9>&2")
    };
    for target in ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/9"] {
        sh(&script(target)).stdin(b"\xff\n".to_vec()).go().succeeds();
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[0], lines[4]), (5, "before", "after"), "{target}: {text}");
        assert!(lines[1].contains("\"reason\":\"not UTF-8\""), "{target}: {text}");
        assert!(lines[2].contains("within --max-rejects") && lines[3].contains("\"rejected\":1"), "{text}");
    }
    let encode = |target: &str| run("infer-schema").args(["-o", target]).stdin("{\"a\":1}\n").go();
    assert_eq!(encode("/dev/stdout").succeeds().text(), "a INT\n");
    encode("/dev/stderr").fails(2, &["no regular file"]);
    run("via")
        .args(["--rejects", "/dev/fd/77", "--", "cat"])
        .go()
        .fails(1, &["/dev/fd/77", "Bad file descriptor"]);
}

#[test]
fn input_that_is_something_else_is_told_with_what_makes_it_records() {
    let with = |name: &str, stdin: &[u8]| {
        let options: &[&str] =
            if name == "hash-fields" { &["--algorithm", "md5-int", "-q", "a"] } else { &[] };
        run(name).args(options).stdin(stdin).go()
    };
    for name in ["hash-fields", "infer-schema"] {
        with(name, b"{\n  \"a\": 1\n}\n").fails(1, &["line 1", "(try: one record a line: jq -c . < FILE)"]);
        with(name, b"[\n {\"a\": 1}\n]\n").fails(1, &["line 1", "jq -c '.[]' < FILE"]);
        with(name, b"[{\"a\":1},{\"a\":2}]").fails(1, &["line 1", "jq -c '.[]' < FILE"]);
        with(name, b"\x1f\x8b\x08\0\0\n").fails(1, &["compressed with gzip", "gunzip -c FILE |"]);
        with(name, b"{\"a\":1}\n{\n").fails(1, &["line 2", "jq -c ."]);
    }
    let ran = run("infer-schema").args(["--rejects", "/dev/null"]).stdin("1\n").go();
    assert!(!ran.fails(1, &["--max-rejects N"]).stderr.contains("--rejects FILE"));
}

#[test]
fn the_report_of_a_long_error_is_cut_and_sent() {
    let pipe = |script: String| {
        let file = folder("long").join("reports");
        let script = format!("{script} 9>'{}'", file.display());
        let ran = sh(&script).env("SLUICEBOX_REPORT_FD", "9").stdin("{\"a\":1}\n").go();
        (ran, super::lines_of(&file))
    };
    let (ran, reports) = pipe(format!("via -- ./{}", "x".repeat(5000)));
    assert_ne!(ran.code, Some(0));
    super::assert_reports(&Subject::new("via", &[]), &reports, "failed", ran.code);
    assert_eq!(reports[1]["error"].as_str().map(str::len), Some(512));
}
