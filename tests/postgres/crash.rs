//! SIGKILL of the sink at each point, crashes of the server, lost answers, zombies.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use super::{holds_once, input, land, prepared};
use crate::support::batch::batch;
use crate::support::postgres::{Database, Server};
use crate::support::{Ran, SOON, finish, insist, signal, wait_until};

/// Where a sink can die: before and after each thing that the server hears of.
const POINTS: [&str; 7] = [
    "postgres.connect.before",
    "postgres.connect.after",
    "postgres.staged.after",
    "postgres.take.before",
    "postgres.take.after",
    "postgres.commit.before",
    "postgres.commit.after",
];

/// The sink on a batch, with a fault.
fn start(database: &Database, first: i64, fault: &str) -> Child {
    let batch = batch(0, first, first + 10);
    let mut child = land(database, &batch, 0).env("SLUICEBOX_FAULT", fault).start();
    let mut stdin = child.stdin.take().unwrap();
    let input = input(&batch);
    // A process that dies at its start reads nothing.
    thread::spawn(move || drop(stdin.write_all(&input)));
    child
}

fn again(database: &Database, first: i64) -> Ran {
    let batch = batch(0, first, first + 10);
    land(database, &batch, 0).stdin(input(&batch)).go()
}

/// Waits until a process has stopped itself.
#[track_caller]
fn wait_until_stopped(child: &Child, what: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        match stat.rsplit_once(") ").map(|(_, rest)| &rest[..1]) {
            Some("T") => return,
            Some("Z") | None => panic!("{what}: it has ended"),
            _ => assert!(Instant::now() < deadline, "{what}: not stopped"),
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_batch_is_stored_once_wherever_its_sink_is_killed() {
    let database = Database::make();
    prepared(&database);
    for (at, point) in POINTS.into_iter().enumerate() {
        let first = 10 * at as i64;
        let ran = finish(start(&database, first, &format!("kill@{point}")));
        assert_eq!(ran.signal, Some(libc::SIGKILL), "{point}: {ran:?}");
        // All or nothing.
        let rows = database.sql(&format!("SELECT count(*) FROM t WHERE a >= {first}"));
        assert!(rows == "0" || rows == "10", "{point}: {rows}");
        again(&database, first).exits(0);
        holds_once(&database, first + 10);
    }
}

#[test]
fn a_zombie_that_holds_the_range_is_waited_for_and_then_thrown_out() {
    let database = Database::make();
    prepared(&database);
    for (at, point) in
        ["postgres.take.before", "postgres.take.after", "postgres.commit.before"].into_iter().enumerate()
    {
        let first = 10 * at as i64;
        let zombie = start(&database, first, &format!("stop@{point}"));
        wait_until_stopped(&zombie, point);
        let begun = Instant::now();
        again(&database, first).exits(0);
        // It waited for the server to end the session that had the row's lock, where it had.
        let waited = begun.elapsed() > Duration::from_secs(10);
        assert!(waited || point == "postgres.take.before", "{point}: {:?}", begun.elapsed());
        signal(&zombie, libc::SIGCONT);
        let ran = finish(zombie);
        assert!(matches!(ran.code, Some(0 | 75)), "{point}: {ran:?}");
        holds_once(&database, first + 10);
    }
}

#[test]
fn a_zombie_that_comes_back_before_it_is_thrown_out_wins_and_the_other_finds_it() {
    let database = Database::make();
    prepared(&database);
    let zombie = start(&database, 0, "stop@postgres.take.after");
    wait_until_stopped(&zombie, "take");
    let other = start(&database, 0, "");
    wait_until("the other waits for the lock", || {
        database.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0"
    });
    signal(&zombie, libc::SIGCONT);
    finish(zombie).exits(0);
    finish(other).exits(0);
    holds_once(&database, 10);
}

#[test]
fn a_server_that_crashes_under_a_sink_leaves_nothing_half_done() {
    let server = Server::start(&[]);
    let database = server.database();
    prepared(&database);
    for (at, point) in POINTS[1..].iter().enumerate() {
        let first = 10 * at as i64;
        let sink = start(&database, first, &format!("stop@{point}"));
        wait_until_stopped(&sink, point);
        if at % 2 == 0 {
            server.crash()
        } else {
            server.shut()
        }
        if *point == "postgres.commit.before" {
            // Away for good, as far as this sink can know: it must not guess.
            signal(&sink, libc::SIGCONT);
            thread::sleep(Duration::from_millis(500));
            server.restart();
        } else {
            server.restart();
            signal(&sink, libc::SIGCONT);
        }
        let ran = finish(sink);
        let expected = if *point == "postgres.commit.after" { 0 } else { 75 };
        assert_eq!(ran.code, Some(expected), "{point}: {ran:?}");
        again(&database, first).exits(0);
        holds_once(&database, first + 10);
    }
}

#[test]
fn a_server_that_is_stopped_in_the_middle_of_a_long_input_is_told_and_the_rerun_completes() {
    let server = Server::start(&[]);
    let database = server.database();
    database.sql("CREATE TABLE t (a bigint)");
    let mut child = database.put(&["-t", "t"]).start();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(super::numbers(0, 300_000).as_bytes()).unwrap();
    server.crash();
    let feeder = thread::spawn(move || drop(stdin.write_all(super::numbers(300_000, 600_000).as_bytes())));
    let ran = finish(child).exits(75);
    assert!(ran.stderr.contains("was lost") || ran.stderr.contains("terminat"), "{}", ran.stderr);
    feeder.join().unwrap();
    database.put(&["-t", "t"]).stdin("{\"a\":1}\n").go().exits(75);
    server.restart();
    assert_eq!(database.sql("SELECT count(*) FROM t"), "0");
    database.put(&["-t", "t"]).stdin(super::numbers(0, 600_000)).go().exits(0);
    holds_once(&database, 600_000);
}

/// A way to a server on which the answer to COMMIT is lost, the COMMIT itself not, once.
fn forgetful(database: &Database, commits: bool) -> Database {
    let to = |name: &str| database.place.iter().find(|(known, _)| known == name).unwrap().1.clone();
    let server = format!("{}:{}", to("PGHOST"), to("PGPORT"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    thread::spawn(move || {
        for (at, client) in listener.incoming().flatten().enumerate() {
            relay(client, TcpStream::connect(&server).unwrap(), at == 0, commits);
        }
    });
    let mut place = database.place.clone();
    place.iter_mut().filter(|(name, _)| name == "PGPORT").for_each(|(_, value)| *value = port.clone());
    place.push(("PGSSLMODE".into(), "disable".into()));
    Database { name: database.name.clone(), place }
}

/// Passes bytes on both ways, up to a COMMIT on the connection that is `doomed`.
fn relay(mut client: TcpStream, mut server: TcpStream, doomed: bool, commits: bool) {
    let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = client.read(&mut buffer) {
            let bytes = &buffer[..count];
            if doomed && bytes.windows(7).any(|window| window == b"COMMIT\0") {
                let _ = client.shutdown(Shutdown::Both);
                if commits {
                    let _ = server.write_all(bytes);
                    thread::sleep(Duration::from_millis(300));
                }
                break;
            }
            if server.write_all(bytes).is_err() {
                break;
            }
        }
        let _ = server.shutdown(Shutdown::Both);
    });
}

#[test]
fn an_answer_to_commit_that_was_lost_is_cleared_up() {
    let database = Database::make();
    prepared(&database);
    // In a batch the place of the partition tells.
    let way = forgetful(&database, true);
    again(&way, 0).exits(0);
    holds_once(&database, 10);
    std::mem::forget(way);
    let way = forgetful(&database, false);
    again(&way, 10).fails(75, &["lost in COMMIT", "nothing is stored"]);
    std::mem::forget(way);
    again(&database, 10).exits(0);
    holds_once(&database, 20);
    // Outside of one, what the server says of the transaction.
    let append = |way: &Database| way.put(&["-t", "t"]).stdin(super::numbers(20, 30)).go();
    let way = forgetful(&database, false);
    append(&way).fails(75, &["lost in COMMIT", "nothing is stored"]);
    std::mem::forget(way);
    let way = forgetful(&database, true);
    append(&way).succeeds();
    std::mem::forget(way);
    holds_once(&database, 30);
}

#[test]
fn an_ended_sink_lets_go_of_what_the_server_is_doing_for_it() {
    let database = Database::make();
    database.sql(
        "CREATE TABLE t (a bigint);
         CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
         CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow()",
    );
    let mut child = database.put(&["-t", "t"]).start();
    child.stdin.take().unwrap().write_all(b"{\"a\":1}\n").unwrap();
    let busy = || {
        database.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
    };
    wait_until("the server is at work", || busy() != "0");
    let begun = Instant::now();
    assert_eq!(insist(child, libc::SIGTERM).signal, Some(libc::SIGTERM));
    wait_until("the server has stopped", || busy() == "0");
    assert!(begun.elapsed() < SOON);
    assert_eq!(database.sql("SELECT count(*) FROM t"), "0");
}
