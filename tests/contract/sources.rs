//! The suite of sources.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::sync::OnceLock;
use std::time::Instant;

use super::{A_MOMENT, Subject, assert_reports, folder, lines_of, reported, summary, topic};
use crate::support::api::Api;
use crate::support::{SOON, finish, insist, run, signal};

/// A source in its three moods.
struct Source {
    /// Gives three records and ends.
    three: Subject,
    /// Gives three records and waits for more.
    quiet: Option<Subject>,
    /// Gives more than a pipe holds.
    much: Option<Subject>,
    _api: Option<Api>,
}

/// The sources.
fn sources() -> Vec<Source> {
    let api = Api::start();
    let generate = Subject::new("generate-users", &["--seed", "contract"]);
    let fetch = Subject::new("fetch-users", &["--url", &api.url()]);
    let topic = topic();
    run("kafka-produce").args(["--topic", &topic]).stdin("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n").go().succeeds();
    let consume = Subject::new("kafka-consume", &[&topic]);
    vec![
        Source {
            three: generate.clone().and(&["--results", "3"]),
            quiet: Some(generate.clone().and(&["--results", "3", "--every", "1h"])),
            much: Some(generate.and(&["--results", "100000000"])),
            _api: None,
        },
        Source {
            three: fetch.clone().and(&["--results", "3", "--seed", "contract"]),
            quiet: Some(fetch.clone().and(&["--results", "3", "--every", "1h"])),
            much: Some(fetch.and(&["--results", "1000", "--every", "1ms", "-q"])),
            _api: Some(api),
        },
        Source {
            three: consume.clone().and(&["--exit-at-end"]),
            quiet: Some(consume.clone().and(&["--follow"])),
            much: None,
            _api: None,
        },
        Source {
            three: Subject::new("from-parquet", &[&parquet(3)]),
            quiet: None,
            much: Some(Subject::new("from-parquet", &[&parquet(20_000)])),
            _api: None,
        },
    ]
}

/// A Parquet file of so many users, made once.
fn parquet(rows: usize) -> String {
    static BIG: OnceLock<String> = OnceLock::new();
    let make = || {
        let file = folder("parquet").join("users.parquet").display().to_string();
        let users = run("generate-users").args(["--seed", "contract", "--results", &rows.to_string()]);
        let users = users.go().succeeds().stdout;
        let ddl = ["--schema-ddl", "email STRING", "--unknown", "column=rest", "-o", &file];
        run("to-parquet").args(ddl).stdin(users).go().succeeds();
        file
    };
    if rows > 1000 { BIG.get_or_init(make).clone() } else { make() }
}

#[test]
fn sources_count_what_they_give_and_are_silent() {
    for source in sources() {
        let name = source.three.name;
        let plain = source.three.run(&[]).go().succeeds();
        assert_eq!(plain.json().len(), 3, "{name}");
        assert!(plain.stdout.ends_with(b"\n") && !plain.text().contains("$seal"), "{name}");
        let summary = summary(&source.three.run(&["--summary"]).go().exits(0));
        assert_eq!((&summary["command"], &summary["outcome"]), (&name.into(), &"done".into()));
        for (key, expected) in [("read", 3), ("written", 3), ("rejected", 0), ("exit", 0)] {
            assert_eq!(summary[key], expected, "{name}: {key} in {summary}");
        }
        assert_eq!(summary["bytes_written"], plain.stdout.len(), "{name}: {summary}");
        // A source has no use for stdin.
        source.three.script(&[], "<&-").go().succeeds();
    }
}

#[test]
fn sources_seal_their_stream_when_asked_by_flag_or_environment() {
    for source in sources() {
        let name = source.three.name;
        let flag = source.three.run(&["--seal", "--max-rejects", "5%"]).go().succeeds();
        let variable = source.three.run(&["--max-rejects", "5%"]).env("SLUICEBOX_SEAL", "1").go().succeeds();
        for ran in [flag, variable] {
            let lines = ran.json();
            assert_eq!(lines.len(), 5, "{name}");
            assert_eq!(lines[0]["$seal"]["max_rejects"], "5%", "{name}");
            assert_eq!(lines[0]["$seal"]["open"], lines[4]["$seal"]["close"], "{name}");
            let stage = &lines[4]["$seal"]["stages"][0];
            assert_eq!((&stage["stage"], &stage["written"]), (&name.into(), &3.into()));
            run("via").args(["--", "cat"]).stdin(ran.stdout).go().succeeds();
        }
    }
}

#[test]
fn sources_end_quietly_when_their_reader_goes_but_not_in_a_sealed_stream() {
    for source in sources() {
        let subject = source.much.as_ref().or(source.quiet.as_ref()).expect("one of them");
        for (options, code) in [(&[][..], 0), (&["--seal"][..], 1)] {
            let mut child = subject.run(options).start();
            drop(child.stdout.take());
            let ran = finish(child).exits(code);
            assert_eq!(ran.stderr.lines().count(), code as usize, "{}: {}", subject.name, ran.stderr);
        }
    }
}

#[test]
fn sources_notice_on_a_quiet_stream_that_their_reader_has_gone() {
    for source in sources() {
        let Some(quiet) = &source.quiet else { continue };
        for (options, code) in [(&[][..], 0), (&["--seal"][..], 1)] {
            let mut child = quiet.run(options).start();
            let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
            let given = if code == 0 { 3 } else { 4 };
            lines.by_ref().take(given).for_each(|line| drop(line.expect("text")));
            drop(lines);
            let left = Instant::now();
            let ran = finish(child).exits(code);
            assert!(left.elapsed() < SOON, "{}: {:?}", quiet.name, left.elapsed());
            assert_eq!(ran.stderr.lines().count(), code as usize, "{}: {}", quiet.name, ran.stderr);
        }
    }
}

#[test]
fn sources_end_at_once_by_a_signal_while_they_wait_for_a_connection() {
    // It takes connections, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("a number").to_string();
    let endpoint = format!("http://{address}");
    for subject in [
        Subject::new("kafka-consume", &["t", "-b", &address, "--connect-timeout", "60s"]),
        Subject::new(
            "from-parquet",
            &["s3://lake/x", "--endpoint-url", &endpoint, "--connect-timeout", "60s"],
        ),
    ] {
        for number in [libc::SIGINT, libc::SIGTERM] {
            let child =
                subject.run(&[]).env("AWS_ACCESS_KEY_ID", "a").env("AWS_SECRET_ACCESS_KEY", "b").start();
            std::thread::sleep(A_MOMENT);
            signal(&child, number);
            let stopped = Instant::now();
            let ran = finish(child);
            assert!(stopped.elapsed() < SOON, "{}: {:?}", subject.name, stopped.elapsed());
            assert_eq!((ran.signal, ran.stderr.as_str()), (Some(number), ""), "{}", subject.name);
        }
    }
}

#[test]
fn sources_pass_on_what_they_have_before_they_wait() {
    for source in sources() {
        let Some(quiet) = &source.quiet else { continue };
        let mut child = quiet.run(&[]).start();
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        for _ in 0..3 {
            // Without promptness this read would never end.
            lines.next().expect("a line").expect("text");
        }
        signal(&child, libc::SIGUSR1);
        std::thread::sleep(A_MOMENT);
        signal(&child, libc::SIGINT);
        let stopped = Instant::now();
        let ran = finish(child);
        assert!(stopped.elapsed() < SOON, "{}: {:?}", quiet.name, stopped.elapsed());
        assert_eq!(ran.signal, Some(libc::SIGINT), "{} dies by it: {}", quiet.name, ran.stderr);
        assert!(lines.next().is_none(), "{}: no half record", quiet.name);
        assert_eq!(ran.stderr.lines().count(), 1, "one line for SIGUSR1: {}", ran.stderr);
        assert!(ran.stderr.contains("3 records"), "{}: {}", quiet.name, ran.stderr);
    }
}

#[test]
fn sources_stop_at_the_first_signal_with_whole_records_and_no_seal() {
    for source in sources() {
        for subject in source.quiet.iter().chain(&source.much) {
            let name = subject.name;
            let mut child = subject.run(&["--seal"]).start();
            let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
            let (mut first, mut last) = (String::new(), String::new());
            stdout.read_line(&mut first).expect("an opening");
            assert!(first.starts_with("{\"$seal\":{\"v\":1,\"open\":"), "{name}");
            // The opening comes before anything is fetched.
            stdout.read_line(&mut last).expect("a record");
            std::thread::sleep(A_MOMENT);
            signal(&child, libc::SIGTERM);
            for line in stdout.lines() {
                last = line.expect("whole lines of text");
            }
            let ran = finish(child);
            assert_eq!((ran.signal, ran.stderr.as_str()), (Some(libc::SIGTERM), ""), "{name}");
            serde_json::from_str::<serde_json::Value>(&last).expect("a whole record");
            assert!(!last.contains("close"), "{name}: no closing seal");
        }
    }
}

#[test]
fn sources_end_at_the_second_signal_though_nobody_reads() {
    for source in sources() {
        let Some(much) = &source.much else { continue };
        let mut child = much.run(&[]).start();
        let stdout = child.stdout.take();
        std::thread::sleep(A_MOMENT);
        let stopped = Instant::now();
        assert_eq!(insist(child, libc::SIGTERM).signal, Some(libc::SIGTERM), "{}", much.name);
        assert!(stopped.elapsed() < SOON, "{}", much.name);
        drop(stdout);
    }
}

#[test]
fn sources_tell_a_full_disk_and_a_closed_stdout() {
    for Source { three, .. } in sources() {
        three.script(&[], ">/dev/full").go().fails(75, &["No space left on device"]);
        three.script(&["--seal"], ">/dev/full").go().fails(75, &["No space left on device"]);
        three.script(&[], ">&-").go().fails(2, &["stdout is closed"]);
        three.run(&["--summary=/dev/full"]).go().fails(75, &["/dev/full: No space left"]);
        let absent = three.run(&["--summary=/no/such/folder/x"]).go().fails(2, &["/no/such/folder/x"]);
        assert!(absent.stdout.is_empty(), "{}: told before any work is done", three.name);
    }
}

#[test]
fn sources_report_to_a_parent_and_summarise_into_a_file() {
    for Source { three, .. } in sources() {
        let file = folder("summary").join("summary.json");
        std::fs::write(&file, "yesterday's, which is longer than a summary is".repeat(50)).expect("room");
        let option = format!("--summary={}", file.display());
        let (ran, reports) = reported(&three, &[&option], Vec::new());
        ran.succeeds();
        assert_reports(&three, &reports, "done", None);
        assert_eq!(reports[1]["counts"]["written"], 3);
        assert_eq!(lines_of(&file)[0]["written"], 3);
        let (ran, reports) = reported(&three, &["--summary=/dev/full"], Vec::new());
        ran.exits(75);
        assert_reports(&three, &reports, "failed", Some(75));
    }
}
