//! What a run says: nothing, or the one cause, whatever the shell makes of it.

use super::Desk;
use crate::support::{fresh, run, service};

const NO_KEY: &str = "hash-fields --key-file none email";
const HASH: &str = "hash-fields --key-file hash.key email";
const ENCODE: &str = "to-parquet --schema-ddl 'email STRING' --unknown ignore -o users.parquet";

#[test]
fn a_success_prints_nothing_though_its_stages_do() {
    let desk = Desk::new("success");
    let pipe = format!(
        "echo begin; echo warning >&2; generate-users -n 50 | {HASH} | tee copy | {ENCODE}; echo end"
    );
    let ran = desk.mailed(&[], &pipe).go().succeeds();
    assert_eq!(ran.text(), "");
    assert!(desk.read("copy").contains("\"$seal\""), "every stream is sealed");
    assert!(desk.file("users.parquet").exists());
    // With -v what they said is said, and where stdout goes elsewhere it is data.
    let ran = desk.mailed(&["-v"], "echo begin; echo warning >&2").go().succeeds();
    assert_eq!(ran.text(), "run:   begin\nrun:   warning\n");
    let ran = desk.job(&[], "generate-users -n 3; echo warning >&2").go().succeeds();
    assert_eq!(ran.text().lines().count(), 5, "three users and their seal");
}

#[test]
fn the_failure_of_any_stage_is_known_without_the_shell() {
    let desk = Desk::new("stages");
    let source = "generate-users -n 20";
    let killed = "SLUICEBOX_FAULT=kill@stage.start";
    for (pipe, code, words) in [
        (
            format!("{NO_KEY} < /dev/null | {ENCODE}"),
            2,
            &["users: hash-fields: cannot read the key", "none"][..],
        ),
        (format!("{source} | {NO_KEY} | {ENCODE}"), 2, &["users: hash-fields: cannot read the key"]),
        (format!("{source} | {NO_KEY} | {ENCODE} || true"), 2, &["users: hash-fields: cannot read the key"]),
        (format!("{source} | {NO_KEY} | cat > /dev/null"), 2, &["users: hash-fields: cannot read the key"]),
        (
            format!("{{ {source} | {NO_KEY} | {ENCODE}; }} & true"),
            2,
            &["users: hash-fields: cannot read the key"],
        ),
        (
            format!("{source} | {HASH} | to-parquet --schema none -o x; exit 0"),
            2,
            &["users: to-parquet: ", "none"],
        ),
        (
            format!("{source} | {killed} {HASH} | {ENCODE} || true"),
            1,
            &[
                "users: hash-fields (pid ",
                "did not tell how it ended",
                "; to-parquet: nothing came down the pipe",
            ],
        ),
    ] {
        let ran = desk.job(&[], &pipe).go();
        let first = ran.stderr.lines().next().unwrap_or_default().to_owned();
        assert_eq!((ran.code, ran.stdout.len()), (Some(code), 0), "{pipe}: {}", ran.stderr);
        assert!(words.iter().all(|word| first.contains(word)), "{pipe}: {}", ran.stderr);
        assert!(!desk.file("users.parquet").exists(), "{pipe}: something was published");
        let state = desk.state();
        assert_eq!((state["outcome"].as_str(), state["exit"].as_i64()), (Some("failed"), Some(code.into())));
        assert!(first.ends_with(state["error"].as_str().unwrap()), "{pipe}: {state}");
    }
}

/// Nobody has told why: then what was printed is all there is.
#[test]
fn where_no_stage_has_told_why_the_last_lines_follow() {
    let desk = Desk::new("untold");
    let source = "generate-users -n 20";
    for (pipe, code, cause, line) in [
        (format!("{source} | hash-feilds x | {ENCODE}"), 1, "to-parquet: ", "not found"),
        (format!("{source} | sh -c 'echo ouch >&2; kill -9 $$' | {ENCODE}"), 1, "to-parquet: ", "ouch"),
        ("no-such-command".to_owned(), 2, "(try: a full path", "no-such-command"),
        ("/no/such/script.sh".to_owned(), 2, "(try: ls -l /no/such/script.sh)", "not found"),
        ("echo ouch >&2; exit 42".to_owned(), 1, "exit status 42", "ouch"),
        ("echo ouch >&2; exit 75".to_owned(), 75, "exit status 75", "ouch"),
        ("echo ouch >&2; kill -9 $$".to_owned(), 1, "killed by signal 9", "ouch"),
    ] {
        let ran = desk.mailed(&[], &pipe).go().exits(code);
        let mail = ran.text();
        let (first, rest) = mail.split_once('\n').unwrap();
        assert!(first.starts_with("run: users: ") && first.contains(cause), "{pipe}: {mail}");
        assert!(
            rest.lines().all(|line| line.starts_with("run:   ")) && rest.contains(line),
            "{pipe}: {mail}"
        );
        assert!(rest.lines().count() <= 11, "{pipe}: {mail}");
    }
    // A hundred lines are not a mail, unless they are asked for.
    let loud = "seq 100 >&2; exit 1";
    let lines = |options: &[&str]| desk.mailed(options, loud).go().exits(1).text().lines().count();
    assert_eq!((lines(&[]), lines(&["-v"])), (1 + 1 + 10, 1 + 100));
}

#[test]
fn a_cause_that_a_stage_has_told_is_one_line_with_its_hint() {
    let desk = Desk::new("told");
    let pipe = format!("echo noise >&2; generate-users | {NO_KEY} | {ENCODE}");
    let mail = desk.mailed(&[], &pipe).go().exits(2).text();
    assert_eq!(mail.lines().count(), 1, "{mail}");
    assert!(mail.ends_with(")\n") && mail.contains(" (try: "), "{mail}");
    let mail = desk.mailed(&["-v"], &pipe).go().exits(2).text();
    assert!(mail.starts_with("run: users: hash-fields: ") && mail.contains("run:   noise\n"), "{mail}");
}

#[test]
fn of_several_causes_the_gravest_counts_and_what_follows_is_none() {
    let desk = Desk::new("several");
    let (grave, temporary) =
        (format!("{NO_KEY} < /dev/null"), "fetch-users --retries 0 --url http://127.0.0.1:1/");
    for pipe in [format!("{grave}; {temporary}"), format!("{temporary}; {grave}")] {
        desk.job(&[], &pipe).go().fails(2, &["users: hash-fields: "]);
    }
    // The sink ends with 1, for it misses the seal: that follows.
    let pipe = format!("{temporary} | {HASH} | {ENCODE}");
    desk.job(&[], &pipe).go().fails(75, &["users: fetch-users: ", "127.0.0.1:1"]);
}

#[test]
fn the_cause_tells_how_much_was_published_all_the_same() {
    let (desk, topic) = (Desk::new("published"), fresh("published"));
    service("KAFKA_BOOTSTRAP_SERVERS");
    run("topic-admin").args(["create", &topic]).go().exits(0);
    let sink = format!("kafka-produce -t {topic} --allow-partial");
    let nobody = format!("fetch-users --retries 0 --url http://127.0.0.1:1/ | {sink}");
    desk.job(&[], &nobody).go().fails(75, &["users: fetch-users: ", "; 0 records published"]);
    assert_eq!(desk.state()["published"], 0);
    let bad = format!("{{ generate-users -n 7 && false; }} | via --seal -- sh -c 'cat; exit 3' | {sink}");
    let ran = desk.job(&[], &bad).go().exits(1);
    assert!(
        ran.stderr.contains("users: via: sh failed with exit status 3; 7 records published"),
        "{}",
        ran.stderr
    );
    desk.job(&[], &format!("generate-users -n 5 | {sink}")).go().succeeds();
    assert_eq!(
        (desk.state()["published"].as_u64(), desk.state()["outcome"].as_str()),
        (Some(5), Some("done"))
    );
}

#[test]
fn a_command_that_may_fail_is_one_that_does_not_report() {
    let desk = Desk::new("may-fail");
    desk.job(&[], &format!("{NO_KEY} < /dev/null || true")).go().exits(2);
    desk.job(&[], &format!("SLUICEBOX_REPORT_FD= {NO_KEY} < /dev/null || true")).go().succeeds();
}

#[test]
fn several_arguments_are_run_without_a_shell() {
    let desk = Desk::new("argv");
    let plain = |words: &[&str]| desk.at(run("run").args(["--name", "users", "--"]).args(words)).go();
    assert_eq!(plain(&["printf", "%s|", "$HOME", "a b"]).succeeds().text(), "$HOME|a b|");
    plain(&["hash-fields", "--key-file", "none", "email"])
        .fails(2, &["users: hash-fields: cannot read the key"]);
    plain(&["no-such-program", "x"])
        .fails(2, &["users: cannot run no-such-program", "-- 'COMMAND | COMMAND'"]);
    // A run in a run: what it tells is told.
    let nested =
        format!("{} run --name inner -- 'hash-fields --key-file none email'", crate::support::PROGRAM);
    desk.job(&[], &nested).go().fails(2, &["users: run: inner: hash-fields: cannot read the key"]);
}
