//! The suite of transforms.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::key;
use crate::support::{Ran, Run, finish, folder, insist, run, sh, signal, wait_until_read};

/// The transforms, with arguments under which they change nothing.
fn transforms() -> Vec<(&'static str, Vec<String>)> {
    let strings = |arguments: &[&str]| arguments.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    vec![
        ("via", strings(&["--", "cat"])),
        ("map-fields", strings(&["--all"])),
        ("hash-fields", {
            let mut arguments = strings(&["--missing", "keep-all", "no_such_field"]);
            arguments.extend(["--key-file".to_owned(), key()]);
            arguments
        }),
    ]
}

/// Runs `check` for each transform; options go before its own arguments.
fn each(check: impl Fn(&str, &dyn Fn(&[&str]) -> Run)) {
    for (name, arguments) in transforms() {
        check(name, &|options| run(name).args(options).args(&arguments));
    }
}

fn plain(name: &str, ran: &Ran, expected: &[u8]) {
    assert_eq!(ran.stdout, expected, "{name}: {}", ran.text());
}

#[test]
fn records_pass_byte_for_byte() {
    let odd = "{\"a\" : 1.50, \"b\":\"\\u00e9\\/\",\"c\":-0,\"d\":1e400}\r\n{ }\n\t{\"é\":[1 , 2]}";
    each(|name, with| {
        let ran = with(&[]).stdin(odd).go().succeeds();
        // `via` passes on what a program writes, and programs end their lines.
        let expected = if name == "via" { format!("{odd}\n") } else { odd.to_owned() };
        plain(name, &ran, expected.as_bytes());
    });
}

#[test]
fn blank_lines_are_skipped_and_counted_and_nothing_is_zero_records() {
    each(|name, with| {
        plain(name, &with(&[]).stdin("\n{}\n \r\n{}\n\n").go().succeeds(), b"{}\n{}\n");
        plain(name, &with(&[]).stdin("").go().succeeds(), b"");
        let summary = with(&["--summary"]).stdin("\n{}\n\n").go().exits(0).stderr;
        let summary: serde_json::Value = serde_json::from_str(&summary).expect("one JSON line");
        assert_eq!(
            (&summary["read"], &summary["written"], &summary["blank"]),
            (&1.into(), &1.into(), &2.into())
        );
        assert_eq!(summary["command"], name);
    });
}

#[test]
fn a_line_that_is_no_text_or_too_long_is_rejected_by_its_number() {
    each(|_, with| {
        with(&[])
            .stdin(b"{}\n{\"a\":\"\xff\"}\n".to_vec())
            .go()
            .fails(1, &["line 2", "not UTF-8", "--max-rejects"]);
        let long = format!("{{}}\n\n{{\"secret\":\"{}\"}}\n{{}}\n", "x".repeat(70_000));
        let ran = with(&["--max-line-bytes", "64KiB"]).stdin(long.clone()).go();
        ran.fails(1, &["line 3", "--max-line-bytes"]);
        let ran = with(&["--max-line-bytes", "64KiB", "--max-rejects", "1"]).stdin(long).go().exits(0);
        assert_eq!(ran.stdout, b"{}\n{}\n");
        assert_eq!(ran.stderr.lines().count(), 1, "one warning: {}", ran.stderr);
    });
}

#[test]
fn rejects_are_listed_without_the_record_and_kept_raw_for_the_owner_alone() {
    each(|name, with| {
        let dir = folder("rejects");
        let (list, raw) = (dir.join("list"), dir.join("raw"));
        let options = [
            "--max-rejects",
            "50%",
            "--rejects",
            list.to_str().unwrap(),
            "--rejects-raw",
            raw.to_str().unwrap(),
        ];
        with(&options).stdin(b"{}\n{\"a\":\"s3cret\xff\"}\n".to_vec()).go().exits(0);
        let listed: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&list).unwrap()).expect("one JSON line");
        assert_eq!((&listed["stage"], &listed["line"]), (&name.into(), &2.into()));
        assert!(!listed.to_string().contains("s3cret"));
        assert_eq!(std::fs::read(&raw).unwrap(), b"{\"a\":\"s3cret\xff\"}\n");
        assert_eq!(std::fs::metadata(&raw).unwrap().permissions().mode() & 0o777, 0o600);
        // A share is judged at the end.
        with(&["--max-rejects", "0.1"]).stdin(b"{}\n\xff\n".to_vec()).go().fails(1, &["1 of 2 records"]);
    });
}

#[test]
fn a_sealed_stream_is_checked_and_sealed_again() {
    each(|name, with| {
        let sealed = with(&["--seal"]).stdin("{\"a\":1}\n{\"a\":2}\n").go().succeeds();
        let again = with(&[]).stdin(sealed.stdout.clone()).go().succeeds();
        let lines = again.json();
        assert_eq!(lines.len(), 4, "{name}");
        assert_eq!(lines[0]["$seal"]["open"], lines[3]["$seal"]["close"]);
        assert_eq!(lines[3]["$seal"]["count"], 2);
        let stages = lines[3]["$seal"]["stages"].as_array().expect("a list");
        assert_eq!(stages.len(), 2);
        assert_eq!((&stages[1]["stage"], &stages[1]["read"]), (&name.into(), &2.into()));

        // A stream that lost its end, a record, or a byte.
        let text = sealed.text();
        let lines: Vec<&str> = text.lines().collect();
        let end = "without a seal after 2 records";
        with(&[]).stdin(lines[..3].join("\n") + "\n").go().fails(1, &[end]);
        // Of its last record only a part came: that is no record, and no reject.
        let torn = "without a seal after 1 records";
        with(&[]).stdin(lines[..3].join("\n")).go().fails(1, &[torn]);
        with(&[])
            .stdin([lines[0], lines[1], lines[3]].join("\n"))
            .go()
            .fails(1, &["counts 2 records", "as: via -- PROGRAM"]);
        with(&[])
            .stdin(text.replace("{\"a\":2}", "{\"a\":3}"))
            .go()
            .fails(1, &["changed", "as: via -- PROGRAM"]);
        // And a stage that was told to expect a seal.
        with(&[]).env("SLUICEBOX_SEAL", "1").stdin("{}\n").go().fails(1, &["not sealed", "via -- COMMAND"]);
    });
}

#[test]
fn rejects_travel_in_a_sealed_stream_and_are_not_judged_on_the_way() {
    each(|name, with| {
        let ran = with(&["--seal"]).stdin(b"{}\n\xff\n".to_vec()).go().succeeds();
        let lines = ran.json();
        let rejects: Vec<_> = lines.iter().filter_map(|line| line.get("$reject")).collect();
        assert_eq!((rejects.len(), &rejects[0]["reason"]), (1, &"not UTF-8".into()), "{name}");
        assert_eq!(lines[3]["$seal"]["rejects"], 1);
        let again = with(&[]).stdin(ran.stdout).go().succeeds().json();
        assert_eq!(again[3]["$seal"]["rejects"], 1, "{name}");
    });
}

#[test]
fn a_record_that_looks_like_a_seal_is_data() {
    let text = "{\"$seal\":{\"v\":1}}\n{\"$reject\":{\"seal\":\"x\"}}\n";
    each(|name, with| {
        plain(name, &with(&[]).stdin(text).go().succeeds(), text.as_bytes());
        let sealed = with(&["--seal"]).stdin(text).go().succeeds();
        let lines = with(&[]).stdin(sealed.stdout).go().succeeds().json();
        assert_eq!(lines[3]["$seal"]["count"], 2, "{name}");
    });
}

#[test]
fn a_reader_that_goes_away_is_an_end_in_a_plain_stream_and_a_failure_in_a_sealed_one() {
    each(|name, with| {
        for (options, code) in [(&[][..], 0), (&["--seal"][..], 1)] {
            let mut child = with(options).start();
            drop(child.stdout.take());
            let mut stdin = child.stdin.take().expect("piped");
            // Until the program notices.
            while stdin.write_all(&b"{\"a\":1}\n".repeat(10_000)).is_ok() {}
            drop(stdin);
            let ran = finish(child).exits(code);
            assert_eq!(ran.stderr.is_empty(), code == 0, "{name}: {}", ran.stderr);
        }
    });
}

#[test]
fn output_is_prompt_when_input_is_quiet() {
    each(|name, with| {
        let mut child = with(&[]).start();
        let mut stdin = child.stdin.take().expect("piped");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        for record in ["{\"a\":1}\n", "{\"a\":2}\n"] {
            stdin.write_all(record.as_bytes()).expect("it reads");
            let mut line = String::new();
            // Without promptness this read would never end.
            stdout.read_line(&mut line).expect("it writes");
            assert_eq!(line, record, "{name}");
        }
        drop(stdin);
        finish(child).exits(0);
    });
}

#[test]
fn the_first_signal_reads_on_and_the_second_ends() {
    each(|name, with| {
        let mut child = with(&[]).start();
        let mut stdin = child.stdin.take().expect("piped");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdin.write_all(b"{}\n").expect("it reads");
        stdout.read_line(&mut line).expect("it writes");
        signal(&child, libc::SIGTERM);
        std::thread::sleep(Duration::from_millis(50));
        stdin.write_all(b"{\"after\":1}\n").expect("it still reads");
        line.clear();
        stdout.read_line(&mut line).expect("it still writes");
        assert_eq!(line, "{\"after\":1}\n", "{name}");
        let ran = insist(child, libc::SIGTERM);
        assert_eq!(ran.signal, Some(libc::SIGTERM), "{name} dies by it: {}", ran.stderr);
    });
}

#[test]
fn a_stage_that_seals_what_came_unsealed_writes_no_closing_seal_after_a_signal() {
    each(|name, with| {
        let mut child = with(&["--seal"]).start();
        let mut stdin = child.stdin.take().expect("piped");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        stdin.write_all(b"{}\n").expect("it reads");
        let mut text = String::new();
        stdout.read_line(&mut text).expect("the opening");
        signal(&child, libc::SIGTERM);
        std::thread::sleep(Duration::from_millis(50));
        stdin.write_all(b"{}\n").expect("it still reads");
        drop(stdin);
        stdout.read_to_string(&mut text).expect("it ends");
        let ran = finish(child);
        assert_eq!(ran.signal, Some(libc::SIGTERM), "{name} dies by it: {}", ran.stderr);
        assert!(
            ran.stderr.contains("it gets no closing seal here (try: the whole pipeline again)"),
            "{}",
            ran.stderr
        );
        assert_eq!((text.lines().count(), text.contains("\"close\"")), (3, false), "{name}: {text}");
    });
}

#[test]
fn the_drain_timeout_ends_a_stream_that_never_does() {
    each(|name, with| {
        let mut child = with(&["--drain-timeout", "100ms"]).start();
        let mut stdin = child.stdin.take().expect("piped");
        // A blank line is no record, and shows that it reads.
        stdin.write_all(b"\n").expect("it reads");
        wait_until_read(&stdin);
        signal(&child, libc::SIGINT);
        let ran = finish(child);
        drop(stdin);
        assert_eq!(ran.signal, Some(libc::SIGINT), "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains("--drain-timeout"), "{name}: {}", ran.stderr);
    });
}

#[test]
fn a_full_disk_a_closed_stdin_and_a_closed_stdout_are_told() {
    for (name, arguments) in transforms() {
        let command = format!("{name} '{}'", arguments.join("' '"));
        sh(&format!("{command} >/dev/full")).stdin("{}\n").go().fails(75, &["No space left on device"]);
        sh(&format!("{command} <&-")).go().fails(2, &["stdin is closed"]);
        sh(&format!("{command} >&-")).stdin("{}\n").go().fails(2, &["stdout is closed"]);
    }
}

#[test]
fn a_parent_hears_of_the_start_and_the_end() {
    for (name, arguments) in transforms() {
        let reports = folder("report").join("reports");
        let command = format!("{name} '{}' 3>>'{}'", arguments.join("' '"), reports.display());
        sh(&command).env("SLUICEBOX_REPORT_FD", "3").stdin("{}\n").go().succeeds();
        sh(&command)
            .env("SLUICEBOX_REPORT_FD", "3")
            .stdin("\u{7f}\n\u{7f}")
            .env("SLUICEBOX_SEAL", "1")
            .go()
            .exits(1);
        let reports = std::fs::read_to_string(reports).unwrap();
        let reports: Vec<serde_json::Value> =
            reports.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
        assert_eq!(reports.len(), 4);
        assert_eq!((&reports[0]["event"], &reports[0]["stage"]), (&"start".into(), &name.into()));
        assert_eq!((&reports[1]["outcome"], &reports[1]["counts"]["read"]), (&"done".into(), &1.into()));
        assert_eq!((&reports[3]["outcome"], &reports[3]["exit"]), (&"failed".into(), &1.into()));
    }
}

#[test]
fn what_follows_the_closing_seal_is_an_error_whatever_it_is() {
    each(|name, with| {
        let sealed = with(&["--seal"]).stdin("{\"a\":1}\n").go().succeeds().text();
        let closing = sealed.lines().last().unwrap();
        let nonce = &sealed[sealed.find("open\":\"").unwrap() + 7..][..32];
        let reject =
            format!("{{\"$reject\":{{\"seal\":\"{nonce}\",\"stage\":\"x\",\"reason\":\"y\",\"line\":1}}}}\n");
        for more in [&reject, closing, "{}", &sealed] {
            with(&[]).stdin(format!("{sealed}{more}")).go().fails(1, &["lines follow the closing seal"]);
        }
        assert_eq!(with(&[]).stdin(format!("{sealed}\n \r\n")).go().succeeds().json().len(), 3, "{name}");
    });
}

#[test]
fn a_last_line_keeps_its_missing_newline_however_long_it_is() {
    for length in [1, 200_000, 262_144, 262_145, 1 << 20] {
        let text = format!("{{}}\n{{\"a\":\"{}\"}}", "x".repeat(length));
        let ran = run("hash-fields").args(["--algorithm", "md5-int", "-q", "--missing", "keep-all", "b"]);
        assert!(ran.stdin(text.clone()).go().succeeds().stdout == text.as_bytes(), "{length}");
    }
}

#[test]
fn a_path_that_matched_nothing_fails_before_the_seal_unless_it_may() {
    let hash = |options: &[&str]| run("hash-fields").args(["--algorithm", "md5-int", "-q"]).args(options);
    let two = "{\"email\":\"a\"}\n{}\n";
    let misspelt = ["--missing", "keep", "--seal", "emial", "email"];
    let ran = hash(&misspelt).stdin(two).go();
    let told = ["path 'emial' matched none of 2 records: nothing was hashed there", "--missing keep-all"];
    let ran = ran.fails(1, &told);
    assert!(!ran.text().contains("\"close\""), "no closing seal: {}", ran.text());
    hash(&misspelt).stdin("").go().succeeds();
    let told = hash(&["--missing", "keep", "--summary", "email"]).stdin(two).go().exits(0).stderr;
    let told: serde_json::Value = serde_json::from_str(&told).expect("one JSON line");
    assert_eq!(told["paths"]["email"].to_string(), r#"{"hashed":1,"null":0,"missing":1}"#);
    hash(&["--missing", "keep-all", "emial"]).stdin(two).go().succeeds();
    let array = "{\"data\":[{\"s\":\"secret\"}]}\n";
    for missing in ["reject", "keep", "keep-all"] {
        let ran = hash(&["--missing", missing, "data.s"]).stdin(array).go();
        ran.fails(1, &["line 1: data.s: an array stands where the path has a name (try: data[*].s)"]);
    }
}

#[test]
fn many_rejects_and_no_output_are_no_standstill() {
    each(|_, with| {
        let input = [b"\xff\n".repeat(5_000), b"{}\n".to_vec()].concat();
        let ran = with(&["--max-rejects", "5000"]).stdin(input.clone()).go().exits(0);
        assert_eq!(ran.stdout, b"{}\n");
        assert_eq!(with(&["--seal"]).stdin(input).go().succeeds().json().len(), 5_003);
    });
}

#[test]
fn a_filter_that_fails_is_known_at_once_and_one_that_ends_early_is_in_a_plain_stream_no_failure() {
    for (script, code) in [("head -n 1 >/dev/null; exit 3", 1), ("head -n 1 >/dev/null", 0)] {
        let mut child = run("via").args(["--", "sh", "-c", script]).start();
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(b"{}\n").expect("it reads");
        // stdin stays open, and quiet.
        finish(child).exits(code);
        drop(stdin);
    }
}

#[test]
fn a_filter_that_ends_early_never_seals_what_it_wrote() {
    let sealed =
        run("via").args(["--seal", "--", "cat"]).stdin("{\"a\":1}\n".repeat(3)).go().succeeds().stdout;
    let first = sealed.iter().position(|byte| *byte == b'\n').unwrap() + 9;
    // head reads all that there is at once: it gets more when it has written what it wants.
    for pause in [100, 300] {
        let mut child = run("via").args(["--", "head", "-n", "1"]).start();
        let mut stdin = child.stdin.take().expect("piped");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        stdin.write_all(&sealed[..first]).expect("it reads");
        lines.by_ref().take(2).for_each(|line| drop(line.expect("text")));
        std::thread::sleep(Duration::from_millis(pause));
        let _ = stdin.write_all(&sealed[first..]);
        drop(stdin);
        let ran = finish(child).exits(1);
        assert!(ran.stderr.contains("head did not read all of its input"), "{}", ran.stderr);
        assert!(lines.all(|line| !line.expect("text").contains("close")));
    }
    // One that needs no more than it was given has read all.
    let ran = run("via").args(["--", "head", "-n", "3"]).stdin(sealed).go().succeeds();
    assert_eq!(ran.json().len(), 5);
}

#[test]
fn a_filter_that_writes_no_record_is_told_by_its_line() {
    let via = |script: &str| run("via").args(["--", "sh", "-c", script]).stdin("{}\n").go();
    via("echo '{}'; echo; echo 1").fails(1, &["sh wrote no record on line 3: not a JSON object"]);
    via("echo '{\"a\":1'").fails(1, &["line 1: not valid JSON"]);
    via("printf '{\"a\":\"\\377\"}\n'").fails(1, &["line 1: not UTF-8"]);
    via("printf '{\n  \"a\": 1\n}\n'").fails(1, &["line 1", "jq needs -c"]);
    via("echo '[{},{}]'").fails(1, &["line 1: not a JSON object", "jq -c '.[]'"]);
    let ran = run("via").args(["--seal", "--", "sh", "-c", "cat; echo '{}{}'"]).stdin("{}\n").go();
    let ran = ran.fails(1, &["line 2: not valid JSON: more text after the end of the value"]);
    assert!(!ran.text().contains("\"close\""), "no closing seal: {}", ran.text());
}

#[test]
fn a_grep_that_finds_nothing_is_told_what_to_do() {
    let via = |program: &[&str]| run("via").arg("--").args(program).stdin("{}\n").go();
    via(&["grep", "x"]).fails(1, &["grep failed with exit status 1", "|| [ $? = 1 ]"]);
    via(&["sh", "-c", "grep x || [ $? = 1 ]"]).succeeds();
    assert!(!via(&["grep", "-z", "{}", "/no/such"]).exits(1).stderr.contains("no match"));
    assert!(!via(&["false"]).exits(1).stderr.contains("grep"));
}
