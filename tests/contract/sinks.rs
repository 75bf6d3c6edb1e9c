//! The suite of sinks: of records, and of bytes.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sluicebox::stream::frames::FrameWriter;
use sluicebox::stream::seal::{Refusal, Sealed};
use sluicebox::stream::{Position, Reject};

use super::{Subject, assert_reports, folder, lines_of, records_of, reported, sealed, summary, topic};
use crate::support::cassandra::{self, Keyspace};
use crate::support::lake::Lake;
use crate::support::mongo::{self, Store};
use crate::support::postgres::Database;
use crate::support::{Ran, SOON, finish, insist, signal, wait_until_read};

/// A sink, and how to look at what it stored.
struct Sink {
    subject: Subject,
    /// What makes it take a sealed stream, where it does not by itself.
    partial: &'static [&'static str],
    /// Whether it publishes all or nothing.
    atomic: bool,
    /// What is there, if anything is.
    stored: Box<dyn Fn() -> Option<Vec<u8>>>,
    /// The stored account of rejects, if the sink keeps one.
    beside: Box<dyn Fn() -> Option<Vec<u8>>>,
    /// A sealed stream of these lines for it, with a reject for each `!`.
    seal: fn(&str, &str) -> Vec<u8>,
}

/// `cassandra-put` into a table of its own.
fn cassandra() -> Sink {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TABLE KS.t (a int PRIMARY KEY)");
    let node = cassandra::node();
    let login = folder("login").join("credentials");
    let (user, password) = (node.variable("CASSANDRA_USERNAME"), node.variable("CASSANDRA_PASSWORD"));
    let text = format!("[PlainTextAuthProvider]\nusername = {user}\npassword = {password}\n");
    std::fs::write(&login, text).unwrap();
    let (place, login) = (node.variable("CASSANDRA_CONTACT_POINTS"), login.to_str().unwrap());
    let arguments = ["-k", &keyspace.name, "-t", "t", "--contact-points", &place, "--credentials", login];
    Sink {
        subject: Subject::new("cassandra-put", &arguments),
        partial: &["--allow-partial"],
        atomic: false,
        stored: Box::new(move || lines(keyspace.cql("SELECT JSON a FROM KS.t"))),
        beside: Box::new(|| None),
        seal: |lines, allowance| sealed(&bytes(lines), allowance),
    }
}

/// `mongo-put` into a collection of its own.
fn mongo() -> Sink {
    let store = Store::make();
    let (uri, name) = (mongo::server().variable("MONGODB_URI"), store.name.clone());
    let arguments = ["-d", &name, "-c", "t", "--create", "--id", "a", "--uri", &uri];
    let found =
        move || store.all("t").into_iter().map(|found| json!({"a": found.get_i32("a").unwrap()})).collect();
    Sink {
        subject: Subject::new("mongo-put", &arguments),
        partial: &["--allow-partial"],
        atomic: false,
        stored: Box::new(move || lines(found())),
        beside: Box::new(|| None),
        seal: |lines, allowance| sealed(&bytes(lines), allowance),
    }
}

/// What a database has, as lines; none if it has nothing.
fn lines(mut found: Vec<Value>) -> Option<Vec<u8>> {
    found.sort_by_key(|found| found["a"].as_i64());
    let text: String = found.iter().map(|found| format!("{found}\n")).collect();
    (!text.is_empty()).then(|| text.into_bytes())
}

/// The sinks, each with a destination that nothing is in.
fn sinks() -> Vec<Sink> {
    let topic = topic();
    let (lake, again) = (Lake::make(), Lake::make());
    let subject = Subject::new("s3-put", &[&lake.url("object")]);
    let lake = std::rc::Rc::new((lake, again));
    let database = std::rc::Rc::new(Database::make());
    let accounts = database.clone();
    let other = lake.clone();
    vec![
        Sink {
            subject: Subject::new("kafka-produce", &["--topic", &topic]),
            partial: &["--allow-partial"],
            atomic: false,
            stored: Box::new(move || Some(records_of(&topic).into_bytes()).filter(|text| !text.is_empty())),
            beside: Box::new(|| None),
            seal: |lines, allowance| sealed(&bytes(lines), allowance),
        },
        Sink {
            subject,
            partial: &[],
            atomic: true,
            stored: Box::new(move || lake.0.get("object")),
            beside: Box::new(move || other.0.get("object.rejects.ndjson")),
            seal: framed,
        },
        Sink {
            subject: in_database(&database),
            partial: &[],
            atomic: true,
            stored: Box::new(move || lines_in(&database, "SELECT '{\"a\":' || a || '}' FROM t ORDER BY a")),
            beside: Box::new(move || lines_in(&accounts, "SELECT reject FROM sluicebox_rejects")),
            seal: |lines, allowance| sealed(&bytes(lines), allowance),
        },
        cassandra(),
        mongo(),
    ]
}

/// `postgres-put` into a database; where that is stands in its arguments, and who we are in the environment.
fn in_database(database: &Database) -> Subject {
    database.sql("CREATE TABLE t (a bigint)");
    let url = format!("dbname={}", database.name);
    Subject::new("postgres-put", &["-t", "t", "--schema-ddl", "a BIGINT", "--create", "--url", &url])
}

/// What a query answers, as lines; none without an answer, or without the table.
fn lines_in(database: &Database, query: &str) -> Option<Vec<u8>> {
    let (answer, _) = database.try_sql(query);
    answer.filter(|text| !text.is_empty()).map(|text| format!("{text}\n").into_bytes())
}

/// `!` lines as what is no text.
fn bytes(lines: &str) -> Vec<u8> {
    lines.bytes().map(|byte| if byte == b'!' { 0xff } else { byte }).collect()
}

/// What an encoder would write, were its encoding that of lines.
fn framed(lines: &str, allowance: &str) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut writer = FrameWriter::open(&mut stream, Sealed::new(allowance.into()).unwrap()).unwrap();
    for (at, line) in lines.lines().enumerate() {
        if line == "!" {
            let refusal = Refusal::new("to-lines", &Position::Line(at as u64 + 1), &Reject::new("not UTF-8"));
            writer.travel(refusal).unwrap();
        } else {
            writeln!(writer, "{line}").unwrap();
        }
    }
    let (read, rejected) = (lines.lines().count(), lines.matches('!').count());
    let stage = serde_json::json!({
        "stage": "to-lines", "read": read, "passed": read - rejected, "rejected": rejected,
        "dropped": 0, "written": read - rejected, "blank": 0,
    });
    writer.close(vec![serde_json::from_value(stage).unwrap()]).unwrap();
    stream
}

const TWO: &str = "{\"a\":1}\n{\"a\":2}\n";

#[test]
fn sinks_store_what_they_read_and_give_a_receipt() {
    for sink in sinks() {
        let name = sink.subject.name;
        let (ran, reports) = reported(&sink.subject, &["--summary"], TWO.into());
        let ran = ran.exits(0);
        assert!(ran.stdout.is_empty(), "{name}: nothing on stdout");
        let told = summary(&ran);
        assert_eq!((&told["outcome"], &told["bytes_read"]), (&"done".into(), &TWO.len().into()), "{told}");
        assert_reports(&sink.subject, &reports, "done", None);
        assert!(reports[1]["receipt"].is_object(), "{name}: {reports:?}");
        assert_eq!((sink.stored)().as_deref(), Some(TWO.as_bytes()), "{name}");
    }
}

#[test]
fn sinks_count_the_records_of_a_sealed_stream_and_publish_once_its_seal_was_checked() {
    for sink in sinks() {
        let options = [sink.partial, &["--summary"]].concat();
        let told = summary(&sink.subject.run(&options).stdin((sink.seal)(TWO, "0")).go().exits(0));
        assert_eq!((&told["read"], &told["written"]), (&2.into(), &2.into()), "{told}");
        assert_eq!((sink.stored)().as_deref(), Some(TWO.as_bytes()), "{}", sink.subject.name);
        assert_eq!((sink.beside)(), None, "no rejects, no account of them");
    }
}

#[test]
fn sinks_refuse_a_sealed_stream_that_is_not_whole() {
    for sink in sinks() {
        let name = sink.subject.name;
        let run = |input: Vec<u8>| sink.subject.run(sink.partial).stdin(input).go();
        let whole = (sink.seal)(TWO, "0");
        let head = whole.iter().position(|byte| *byte == b'}').unwrap();
        for cut in (head + 20..whole.len() - 1).step_by(whole.len() / 7) {
            let ran = run(whole[..cut].to_vec());
            // In the middle of its opening, a stream of lines is one broken record.
            ran.exits(1);
            assert!(!sink.atomic || (sink.stored)().is_none(), "{name}, cut at {cut}");
        }
        run([whole.clone(), whole.clone()].concat()).fails(1, &["two streams were joined"]);
        run([&whole[..], b"x"].concat()).fails(1, &["two streams were joined"]);
        let mut changed = whole.clone();
        let at = whole.windows(5).position(|bytes| bytes == b"\"a\":1").unwrap() + 4;
        changed[at] = b'7';
        run(changed).fails(1, &["not the ones that were sealed"]);
        assert!(!sink.atomic || (sink.stored)().is_none(), "{name}");
        let plain = sink.subject.run(sink.partial).env("SLUICEBOX_SEAL", "1").stdin(TWO);
        plain.go().fails(1, &["not sealed"]);
    }
}

#[test]
fn sinks_that_cannot_take_back_refuse_a_sealed_stream_and_none_can_seal() {
    for sink in sinks() {
        let name = sink.subject.name;
        if !sink.atomic {
            let ran = sink.subject.run(&[]).stdin((sink.seal)(TWO, "0")).go();
            ran.fails(2, &["cannot be taken back", "--allow-partial"]);
        }
        // Before anything is read: stdin stays open.
        let mut child = sink.subject.run(&["--seal"]).start();
        let stdin = child.stdin.take();
        finish(child).fails(2, &["--seal", name, "SLUICEBOX_SEAL=1"]);
        drop(stdin);
        assert_eq!((sink.stored)(), None, "{name}");
    }
}

#[test]
fn sinks_judge_all_rejects_and_keep_an_account_of_them() {
    let lines = "{\"a\":1}\n!\n!\n{\"a\":2}\n";
    for sink in sinks() {
        let name = sink.subject.name;
        let run = |options: &[&str], allowance: &str| {
            let options = [sink.partial, options].concat();
            sink.subject.run(&options).stdin((sink.seal)(lines, allowance)).go()
        };
        run(&[], "1").fails(1, &["more than 1 record rejected"]);
        run(&["--max-rejects", "1"], "100%").exits(1);
        run(&[], "49%").fails(1, &["2 of 4 records"]);
        assert!(!sink.atomic || (sink.stored)().is_none(), "{name}");
        assert_eq!((sink.beside)(), None, "{name}");
        let list = folder("rejects").join("list");
        let ran = run(&["--max-rejects", "50%", "--rejects", list.to_str().unwrap()], "0").exits(0);
        assert_eq!(ran.stderr.lines().count(), 1, "{name} warns: {}", ran.stderr);
        let listed = lines_of(&list);
        assert_eq!(listed.len(), 2, "{name}");
        assert!(listed.iter().all(|line| line.get("seal").is_none() && line["line"].is_u64()), "{listed:?}");
        if sink.atomic {
            assert_eq!((sink.stored)().as_deref(), Some(TWO.as_bytes()), "{name}");
            let beside = (sink.beside)().expect("an account");
            assert_eq!(beside, std::fs::read(&list).unwrap(), "{name}: the same account");
            // The account of the same work is the same, in whatever order the rejects of two stages came.
            run(&["--max-rejects", "2"], "0").exits(0);
        }
    }
}

/// Sends a signal between the two halves of `stream`, and waits for the end.
fn interrupted(sink: &Sink, stream: &[u8]) -> Ran {
    let (before, after) = stream.split_at(stream.len() / 2);
    let mut child = sink.subject.run(sink.partial).start();
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(before).expect("it reads");
    wait_until_read(&stdin);
    signal(&child, libc::SIGTERM);
    std::thread::sleep(Duration::from_millis(50));
    stdin.write_all(after).expect("it still reads");
    drop(stdin);
    finish(child)
}

#[test]
fn sinks_read_on_after_the_first_signal_and_publish_what_is_sealed() {
    for sink in sinks() {
        interrupted(&sink, &(sink.seal)(TWO, "0")).succeeds();
        assert_eq!((sink.stored)().as_deref(), Some(TWO.as_bytes()), "{}", sink.subject.name);
    }
}

#[test]
fn sinks_publish_nothing_of_an_unsealed_stream_after_a_signal_unless_it_is_out_already() {
    for sink in sinks() {
        let name = sink.subject.name;
        let ran = interrupted(&sink, TWO.as_bytes());
        if !sink.atomic {
            ran.succeeds();
            assert_eq!((sink.stored)().as_deref(), Some(TWO.as_bytes()), "{name}");
            continue;
        }
        assert_eq!(ran.signal, Some(libc::SIGTERM), "{name}: {}", ran.stderr);
        let told =
            "interrupted: an unsealed stream may be incomplete, so nothing was published (try: the whole";
        assert!(ran.stderr.contains(told) && ran.stderr.lines().count() == 1, "{name}: {}", ran.stderr);
        assert_eq!((sink.stored)(), None, "{name}");
    }
}

#[test]
fn sinks_end_at_the_second_signal_and_at_the_drain_timeout() {
    for sink in sinks() {
        for (timeout, is_told_again) in [("60s", true), ("100ms", false)] {
            let mut child = sink.subject.run(&["--drain-timeout", timeout]).start();
            let mut stdin = child.stdin.take().expect("piped");
            // A blank line is no record, and shows that it reads.
            stdin.write_all(b"\n").expect("it reads");
            wait_until_read(&stdin);
            let stopped = Instant::now();
            let ran = if is_told_again {
                insist(child, libc::SIGTERM)
            } else {
                signal(&child, libc::SIGTERM);
                finish(child)
            };
            assert_eq!(ran.signal, Some(libc::SIGTERM), "{}: {}", sink.subject.name, ran.stderr);
            assert!(stopped.elapsed() < SOON, "{}", sink.subject.name);
            assert_eq!(ran.stderr.contains("--drain-timeout"), !is_told_again, "{}", ran.stderr);
            drop(stdin);
        }
        assert_eq!((sink.stored)(), None, "{}", sink.subject.name);
    }
}

#[test]
fn sinks_tell_what_they_cannot_write_before_they_store_anything() {
    for sink in sinks() {
        let absent = "/no/such/folder/x";
        for option in [format!("--summary={absent}"), format!("--rejects={absent}")] {
            sink.subject.run(&[&option]).stdin(TWO).go().fails(2, &[absent]);
        }
        sink.subject.script(&[], "<&-").go().fails(2, &["stdin is closed"]);
        assert_eq!((sink.stored)(), None, "{}", sink.subject.name);
        // stdout is not theirs.
        sink.subject.script(&[], ">&-").stdin(TWO).go().succeeds();
        let (ran, reports) = reported(&sink.subject, &["--summary=/dev/full"], TWO.into());
        ran.fails(75, &["/dev/full"]);
        assert_reports(&sink.subject, &reports, "failed", Some(75));
    }
}
