//! The suite of encoders.

use std::io::Write;
use std::time::Duration;

use serde_json::Value;

use super::{
    A_MOMENT, SmallDisk, Subject, assert_reports, folder, lines_of, names_in, reported, sealed, summary,
};
use crate::support::{Run, finish, insist, sh, signal, wait_until, wait_until_read};

/// An encoder under which `{"a":1}` is a record and `[]` is none.
struct Encoder {
    subject: Subject,
    /// Its output is for people, and ends the stream.
    text: bool,
    /// Its output may go to a terminal.
    readable: bool,
}

impl Encoder {
    fn new(name: &'static str, arguments: &[&str], text: bool, readable: bool) -> Self {
        Self { subject: Subject::new(name, arguments), text, readable }
    }
}

/// The encoders.
fn encoders() -> [Encoder; 3] {
    [
        Encoder::new("to-parquet", &["--schema-ddl", "a BIGINT"], false, false),
        Encoder::new("to-csv", &["--schema-ddl", "a BIGINT"], false, true),
        Encoder::new("infer-schema", &[], true, true),
    ]
}

/// Runs `check` for each with a file in a folder of its own.
fn each(check: impl Fn(&str, &std::path::Path, &dyn Fn(&[&str]) -> Run)) {
    for Encoder { subject, .. } in encoders() {
        let file = folder("encoded").join("out");
        check(subject.name, &file, &|options| subject.run(options).args(["-o", file.to_str().unwrap()]));
    }
}

const THREE: &str = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n";

#[test]
fn encoders_count_what_they_take_and_make_a_file_once() {
    each(|name, file, with| {
        let summary = summary(&with(&["--summary"]).stdin(format!("\n{THREE}")).go().exits(0));
        for (key, expected) in [("read", 3), ("written", 3), ("rejected", 0), ("blank", 1)] {
            assert_eq!(summary[key], expected, "{name}: {key} in {summary}");
        }
        let made = std::fs::read(file).expect("the file is there");
        assert_eq!(summary["bytes_written"], made.len(), "{name}: {summary}");
        with(&[]).stdin(THREE).go().fails(4, &["exists already", "rm "]);
        assert_eq!(std::fs::read(file).unwrap(), made, "{name}: what is there stays");
        assert_eq!(names_in(file.parent().unwrap()), ["out"]);
    });
}

#[test]
fn encoders_write_to_stdout_what_they_write_into_a_file() {
    for Encoder { subject, text, .. } in encoders() {
        let file = folder("same").join("out");
        subject.run(&["-o", file.to_str().unwrap()]).stdin(THREE).go().succeeds();
        let plain = subject.run(&[]).stdin(THREE).go().succeeds().stdout;
        assert_eq!(plain, std::fs::read(&file).unwrap(), "{}", subject.name);
        assert_eq!(subject.run(&["-o", "-"]).stdin(THREE).go().succeeds().stdout, plain);
        let framed = subject.run(&[]).stdin(sealed(THREE.as_bytes(), "0")).go().succeeds().stdout;
        assert_eq!(framed.starts_with(b"SLUICE1\n"), !text, "{}", subject.name);
        assert_eq!(framed == plain, text, "{}", subject.name);
    }
}

#[test]
fn encoders_leave_nothing_when_they_fail_or_are_killed() {
    each(|name, file, with| {
        let nothing = || assert!(names_in(file.parent().unwrap()).is_empty(), "{name} left something");
        with(&[]).stdin(format!("{THREE}[]\n")).go().fails(1, &["line 4"]);
        nothing();
        for number in [libc::SIGKILL, libc::SIGTERM] {
            let mut child = with(&[]).start();
            let mut stdin = child.stdin.take().expect("piped");
            stdin.write_all(&THREE.as_bytes().repeat(30_000)).expect("it reads");
            nothing();
            assert_eq!(insist(child, number).signal, Some(number), "{name}");
            nothing();
        }
    });
}

#[test]
fn encoders_publish_nothing_of_a_sealed_stream_that_is_not_whole() {
    each(|name, file, with| {
        let whole = sealed(THREE.as_bytes(), "0");
        let opening = whole.iter().position(|byte| *byte == b'\n').unwrap();
        let joined = [whole.clone(), whole.clone()].concat();
        let last_twice = [&whole[..], &whole[whole.len() - 300..]].concat();
        let cuts = (opening + 1..whole.len() - 1).step_by(23).map(|cut| whole[..cut].to_vec());
        for broken in cuts.chain([joined, last_twice]) {
            with(&[]).stdin(broken).go().exits(1);
            assert!(names_in(file.parent().unwrap()).is_empty(), "{name} left something");
        }
        with(&[]).env("SLUICEBOX_SEAL", "1").stdin(THREE).go().fails(1, &["not sealed"]);
        assert!(names_in(file.parent().unwrap()).is_empty());
        with(&[]).env("SLUICEBOX_SEAL", "1").stdin(whole).go().succeeds();
        assert!(file.exists(), "{name}");
    });
}

#[test]
fn encoders_judge_all_rejects_of_a_stream_that_ends_in_their_file_and_keep_them_beside_it() {
    let three_bad = b"{\"a\":1}\n\xff\n[]\n{\"a\":4}\n";
    each(|name, file, with| {
        let beside = file.with_file_name("out.rejects.ndjson");
        with(&[]).stdin(sealed(three_bad, "1")).go().fails(1, &["more than 1 record rejected"]);
        assert!(names_in(file.parent().unwrap()).is_empty(), "{name} left something");
        // Its own flag beats the opening, both ways. A share is one of what entered the stream: four.
        with(&["--max-rejects", "0"]).stdin(sealed(three_bad, "2")).go().exits(1);
        with(&["--max-rejects", "49%"]).stdin(sealed(three_bad, "2")).go().fails(1, &["2 of 4 records"]);
        let ran = with(&["--max-rejects", "50%"]).stdin(sealed(three_bad, "0")).go().exits(0);
        assert_eq!(ran.stderr.lines().count(), 1, "{name} warns: {}", ran.stderr);
        let listed = lines_of(&beside);
        let place = |line: &Value| (line["stage"].to_string(), line["line"].as_u64());
        let places: Vec<_> = listed.iter().map(place).collect();
        assert_eq!(places, [("\"test\"".to_owned(), Some(2)), (format!("\"{name}\""), Some(2))]);
        assert!(listed.iter().all(|line| line.get("seal").is_none()), "{listed:?}");
        // Rejects of other work are not replaced, and then nothing is published.
        std::fs::remove_file(file).unwrap();
        with(&[]).stdin(sealed(three_bad, "2")).go().fails(4, &["out.rejects.ndjson exists already"]);
        assert!(!file.exists(), "{name}");
        let list = file.with_file_name("list");
        std::fs::remove_file(&beside).unwrap();
        with(&["--rejects", list.to_str().unwrap()]).stdin(sealed(three_bad, "2")).go().exits(0);
        assert_eq!(lines_of(&list).len(), 2, "{name}: the same in a list that was asked for");
        assert_eq!(names_in(file.parent().unwrap()), ["list", "out"]);
    });
}

#[test]
fn encoders_send_rejects_on_to_a_sink_and_do_not_judge_them() {
    for Encoder { subject, .. } in encoders().into_iter().filter(|encoder| !encoder.text) {
        let framed = subject.run(&[]).stdin(sealed(b"{\"a\":1}\n\xff\n[]\n", "0")).go().succeeds().stdout;
        let text = String::from_utf8_lossy(&framed);
        assert_eq!(text.matches("{\"$reject\":").count(), 2, "{}", subject.name);
        assert!(text.contains("\"rejects\":2,"), "{}", subject.name);
    }
}

#[test]
fn encoders_tell_full_disks_whatever_fills_them() {
    each(|name, file, with| {
        let Some(disk) = SmallDisk::mount(8 << 10) else { return };
        let out = disk.0.join("out");
        // Without a rule in it that an encoding could find.
        let mixed = |n: u64| (n ^ n >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 1;
        let noise: String = (0..20_000_u64)
            .map(|n| mixed(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .zip(0..)
            .map(|(value, n)| format!("{{\"a\":{value},\"b{n}\":1}}\n"))
            .collect();
        let subject = encoders().into_iter().find(|encoder| encoder.subject.name == name).unwrap().subject;
        let unknown = if name == "infer-schema" { &[][..] } else { &["--unknown", "ignore"] };
        let ran = subject.run(unknown).args(["-o", out.to_str().unwrap()]).stdin(noise).go();
        if name != "infer-schema" {
            ran.fails(75, &["No space left on device", "out"]);
        } else {
            // Names without end are refused for what they are.
            ran.exits(1);
        }
        assert!(names_in(&disk.0).is_empty(), "{name} left something");
        drop(disk);
        with(&["--rejects", "/dev/full", "--max-rejects", "1"]).stdin("[]\n").go().fails(75, &["/dev/full"]);
        with(&["--summary=/dev/full"]).stdin(THREE).go().fails(75, &["/dev/full"]);
        // The work itself was done before.
        assert!(std::fs::remove_file(file).is_ok(), "{name}");
    });
}

#[test]
fn encoders_tell_a_limit_on_file_sizes_as_a_full_disk() {
    for Encoder { subject, .. } in encoders() {
        let name = subject.name;
        let dir = folder("limit");
        let words: String = subject.arguments.iter().map(|word| format!(" '{word}'")).collect();
        let ran = |options: &str, stdin: &str| {
            let script = format!("ulimit -f 0; exec {name}{words} {options} >/dev/null");
            sh(&script).dir(&dir).stdin(stdin).go()
        };
        ran("-o out", THREE).fails(75, &["out: File too large"]);
        assert!(names_in(&dir).is_empty(), "{name} left something");
        ran("--summary=summary", THREE).fails(75, &["summary: File too large"]);
        ran("--max-rejects 1 --rejects list", "[]\n").fails(75, &["list: File too large"]);
        // Without /dev/null the shell's own limit would be in the way.
        ran("", THREE).succeeds();
    }
}

#[test]
fn encoders_end_quietly_when_their_reader_goes_but_not_in_a_sealed_stream() {
    for Encoder { subject, .. } in encoders() {
        for (input, code) in [(THREE.as_bytes().to_vec(), 0), (sealed(THREE.as_bytes(), "0"), 1)] {
            let mut child = subject.run(&[]).start();
            drop(child.stdout.take());
            let _ = child.stdin.take().expect("piped").write_all(&input);
            let ran = finish(child).exits(code);
            assert_eq!(ran.stderr.lines().count(), code as usize, "{}: {}", subject.name, ran.stderr);
        }
    }
}

#[test]
fn encoders_write_nothing_but_text_to_a_terminal() {
    for Encoder { subject, readable, .. } in encoders() {
        let words: String = subject.arguments.iter().map(|word| format!(" '{word}'")).collect();
        let script = format!("printf '{{\"a\":1}}\\n' | {}{words}", subject.name);
        let ran = sh("exec script -qec \"$0\" /dev/null </dev/null").arg(&script).go();
        let told = ran.text().contains("not writing binary output to a terminal");
        assert_eq!((ran.code, told), (Some(if readable { 0 } else { 2 }), !readable), "{}", ran.text());
    }
}

#[test]
fn progress_leaves_the_terminal_to_the_data() {
    // A terminal for stdout and stderr; what was drawn before the first record must be wiped by then.
    let on_terminal =
        |script: &str| sh("exec script -qec \"$0\" /dev/null </dev/null").arg(script).go().text();
    let feed = "{ printf '{\"a\":1}\\n'; sleep 0.7; printf '{\"a\":2}\\n'; }";
    for stage in ["via -- cat", "hash-fields --algorithm md5-int -q a", "infer-schema"] {
        let seen = on_terminal(&format!("{feed} | {stage}"));
        let wiped = "\u{1b}[2K";
        let data = seen.rfind(wiped).map_or(&*seen, |at| &seen[at + wiped.len()..]);
        assert_eq!(data.lines().count(), if stage == "infer-schema" { 1 } else { 2 }, "{stage}: {seen:?}");
        assert!(!data.contains("MB"), "{stage}: {seen:?}");
    }
    let dir = folder("progress");
    let file = dir.join("x.parquet");
    let encode = format!("{feed} | to-parquet --schema-ddl 'a INT' -o {}", file.display());
    assert!(on_terminal(&encode).contains("2 records"), "into a file a person sees it");
    let dry = format!("{feed} | to-parquet --schema-ddl 'a INT' --dry-run");
    assert!(!on_terminal(&dry).contains("records"));
}

#[test]
fn encoders_read_on_after_the_first_signal_and_no_longer_than_the_drain_timeout() {
    each(|name, file, with| {
        for (stream, is_sealed) in [(sealed(THREE.as_bytes(), "0"), true), (THREE.into(), false)] {
            let (before, after) = stream.split_at(stream.len() / 2);
            let mut child = with(&["--summary"]).start();
            let mut stdin = child.stdin.take().expect("piped");
            stdin.write_all(before).expect("it reads");
            wait_until_read(&stdin);
            signal(&child, libc::SIGINT);
            std::thread::sleep(Duration::from_millis(50));
            stdin.write_all(after).expect("it still reads");
            drop(stdin);
            let ran = finish(child);
            assert_eq!(summary(&ran)["read"], 3, "{name}");
            if is_sealed {
                ran.exits(0);
                std::fs::remove_file(file).expect("it was published");
            } else {
                assert_eq!(ran.signal, Some(libc::SIGINT), "{name}: {}", ran.stderr);
                let told = "an unsealed stream may be incomplete, so nothing was published (try: the whole";
                assert!(ran.stderr.contains(told), "{name}: {}", ran.stderr);
                assert_eq!(summary(&ran)["outcome"], "signal", "{name}");
                assert!(names_in(file.parent().unwrap()).is_empty(), "{name} left something");
            }
        }

        let mut child = with(&["--drain-timeout", "100ms"]).start();
        let mut stdin = child.stdin.take().expect("piped");
        // A blank line is no record, and shows that it reads.
        stdin.write_all(b"\n").expect("it reads");
        wait_until_read(&stdin);
        signal(&child, libc::SIGINT);
        let ran = finish(child);
        drop(stdin);
        assert_eq!(ran.signal, Some(libc::SIGINT), "{name}: {}", ran.stderr);
        assert!(names_in(file.parent().unwrap()).is_empty(), "{name} left something");
    });
}

/// Whether `infer-schema`, whose pid stands in a file, catches signals. /proc shows which; SIGXFSZ is the last
/// that it takes over.
fn catches_signals(note: &std::path::Path) -> bool {
    let pid = std::fs::read_to_string(note).unwrap_or_default();
    let status = std::fs::read_to_string(format!("/proc/{}/status", pid.trim())).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default();
    // The shell before it may catch some of its own.
    status.starts_with("Name:\tinfer-schema\n") && caught & (1_u64 << (libc::SIGXFSZ - 1)) != 0
}

#[test]
fn a_pipe_that_is_interrupted_as_a_whole_publishes_nothing() {
    let (file, note) = (folder("interrupted").join("out"), folder("note").join("pid"));
    let script =
        r#"generate-users --results 100000000 | sh -c 'echo $$ > "$NOTE"; exec infer-schema -o "$OUT"'"#;
    let child = sh(script).env("NOTE", &note).env("OUT", &file).start();
    wait_until("the encoder is at work", || catches_signals(&note));
    std::thread::sleep(A_MOMENT);
    // Ctrl-C: every process of the group gets it, the source ends, and the encoder sees an end of file.
    // SAFETY: kill(2) takes any numbers; the group is that of our child, not yet waited for.
    unsafe { libc::kill(-(child.id() as i32), libc::SIGINT) };
    let ran = finish(child);
    assert!(ran.stderr.contains("infer-schema: interrupted: an unsealed stream"), "{}", ran.stderr);
    assert!(names_in(file.parent().unwrap()).is_empty());
}

#[test]
fn a_pipe_that_ends_without_a_byte_makes_no_parquet_wherever_that_goes() {
    let dir = folder("silence");
    let encode = "to-parquet --schema-ddl 'a INT'";
    let words = &["nothing came down the pipe", "< /dev/null"];
    for script in [format!("true | {encode} -o out"), format!("true | {encode} > redirected")] {
        sh(&script).dir(&dir).go().fails(1, words);
    }
    sh(&format!("true | via -- cat | {encode} -o out")).dir(&dir).go().fails(1, words);
    assert_eq!(names_in(&dir), ["redirected"]);
    assert_eq!(std::fs::read(dir.join("redirected")).unwrap(), b"");
    // Who says so may.
    sh(&format!("{encode} -o said < /dev/null")).dir(&dir).go().succeeds();
    sh(&format!("printf '\\n' | {encode} -o blank")).dir(&dir).go().succeeds();
}

#[test]
fn encoders_tell_closed_ends_and_report() {
    for Encoder { subject, .. } in encoders() {
        subject.script(&[], "<&-").go().fails(2, &["stdin is closed"]);
        subject.script(&[], ">&-").stdin(THREE).go().fails(2, &["stdout is closed"]);
        subject.script(&[], ">/dev/full").stdin(THREE).go().fails(75, &["No space left on device"]);
        let (ran, reports) = reported(&subject, &[], THREE.into());
        ran.succeeds();
        assert_reports(&subject, &reports, "done", None);
        assert_eq!(reports[1]["counts"]["passed"], 3);
        let (ran, reports) = reported(&subject, &[], b"[]\n".to_vec());
        ran.exits(1);
        assert_reports(&subject, &reports, "failed", Some(1));
        assert_eq!(reports[1]["counts"]["rejected"], 1);
    }
}
