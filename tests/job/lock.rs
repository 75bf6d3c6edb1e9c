//! One run of a name at a time, whoever is killed.

use std::time::{Duration, Instant};

use super::{Desk, lives};
use crate::support::{SOON, finish, run, signal, wait_until};

#[test]
fn a_second_run_skips_fails_or_waits() {
    let desk = Desk::new("locked");
    let first =
        desk.job(&["--lock"], "touch here; while [ ! -e go ]; do sleep 0.02; done; echo 1 >> done").start();
    desk.wait_for("here");
    desk.job(&["--lock"], "echo 2 >> done").go().succeeds();
    desk.job(&["--if-locked", "skip"], "echo 2 >> done").go().succeeds();
    let said = desk.job(&["--lock", "-v"], "echo 2 >> done").go().exits(0).stderr;
    assert!(
        said.contains("users: a run of that name is at work since 20") && said.contains("skipped"),
        "{said}"
    );
    let words = [
        "users: a run of that name is at work since 20",
        &format!("(pid {})", first.id()),
        "--if-locked wait",
    ];
    desk.job(&["--if-locked", "fail"], "echo 2 >> done").go().fails(75, &words);
    // Another name, and a run that asks for no lock, are not concerned.
    desk.at(run("run").args(["--name", "other", "--lock", "--", "touch other"])).go().succeeds();
    desk.job(&[], "touch unlocked").go().succeeds();
    assert!(desk.file("other").exists() && desk.file("unlocked").exists());
    let waiting = desk.job(&["--if-locked", "wait"], "echo 3 >> done").start();
    std::thread::sleep(Duration::from_millis(200));
    std::fs::write(desk.file("go"), "").unwrap();
    finish(first).succeeds();
    finish(waiting).succeeds();
    assert_eq!(desk.read("done"), "1\n3\n");
}

#[test]
fn who_waits_for_a_lock_ends_by_a_signal() {
    let desk = Desk::new("waits");
    let first = desk.job(&["--lock"], "touch here; sleep 60").start();
    desk.wait_for("here");
    let waiting = desk.job(&["--if-locked", "wait"], "true").start();
    std::thread::sleep(Duration::from_millis(300));
    signal(&waiting, libc::SIGTERM);
    assert_eq!(finish(waiting).signal, Some(libc::SIGTERM));
    signal(&first, libc::SIGTERM);
    assert_eq!(finish(first).signal, Some(libc::SIGTERM));
}

#[test]
fn of_many_at_once_one_works() {
    let desk = Desk::new("many");
    let pipe = "touch here; echo x >> count; while [ ! -e go ]; do sleep 0.02; done";
    let mut all: Vec<_> = (0..10).map(|_| desk.job(&["--lock"], pipe).start()).collect();
    wait_until("nine have given way", || {
        all.iter_mut().filter_map(|child| child.try_wait().unwrap()).count() == 9
    });
    std::fs::write(desk.file("go"), "").unwrap();
    all.into_iter().for_each(|child| drop(finish(child).succeeds()));
    assert_eq!(desk.read("count"), "x\n");
    assert!(desk.is_free());
}

#[test]
fn a_run_ends_and_its_lock_is_free_when_all_that_it_started_has_ended() {
    let desk = Desk::new("background");
    for background in [
        "(sleep 0.7; echo late >> late) &",
        "setsid sh -c 'sleep 0.7; echo late >> late' &",
        "nohup setsid sh -c 'sleep 0.7; echo late >> late' > /dev/null 2>&1 < /dev/null &",
        // Everything is closed, the lock, too: it is waited for all the same.
        "setsid bash -c 'for fd in /proc/$$/fd/*; do eval \"exec ${fd##*/}<&-\"; done; sleep 0.7; echo late >> late' &",
    ] {
        let started = Instant::now();
        desk.job(&["--lock"], background).go().succeeds();
        assert!(started.elapsed() > Duration::from_millis(650), "{background}: {:?}", started.elapsed());
        assert_eq!(desk.read("late"), "late\n", "{background}");
        std::fs::remove_file(desk.file("late")).unwrap();
    }
}

#[test]
fn what_a_killed_run_has_started_is_ended_and_its_mail_says_so() {
    let desk = Desk::new("killed-run");
    let pipe = "generate-users --every 50ms > users.ndjson & echo $! > pid; touch here; sleep 300";
    let child = desk.mailed(&["--lock"], pipe).start();
    desk.wait_for("here");
    signal(&child, libc::SIGKILL);
    let killed = Instant::now();
    let ran = finish(child);
    assert_eq!(ran.signal, Some(libc::SIGKILL));
    let mail = ran.text();
    assert!(mail.starts_with("run: users: run itself was killed") && mail.lines().count() == 1, "{mail}");
    wait_until("its stages have ended", || !lives(&desk.read("pid")));
    wait_until("its lock is free", || desk.is_free());
    assert!(killed.elapsed() < SOON, "{:?}", killed.elapsed());
    let status = desk.at(run("run").args(["--status", "--name", "users"])).go();
    let status =
        status.fails(1, &["users: no run has ended well yet; the last run: killed before it could tell"]);
    assert_eq!(status.json()[0]["outcome"], "killed");
    desk.job(&["--lock"], "true").go().succeeds();
    assert_eq!(desk.state()["failures"], 0);
}

#[test]
fn a_stage_that_outlives_all_watchers_still_holds_the_lock() {
    let desk = Desk::new("outlived");
    let pipe = "trap '' TERM; echo $$ > pid; touch here; sleep 300";
    let mut child = desk.job(&["--lock"], pipe).start();
    desk.wait_for("here");
    let mut pgrep = std::process::Command::new("pgrep");
    let watch = pgrep.args(["-P", &child.id().to_string(), "-f", "sluicebox-watch"]).output().unwrap();
    let watch: i32 = String::from_utf8(watch.stdout).unwrap().trim().parse().unwrap();
    // SAFETY: kill(2) takes any numbers; the process is a child of one that is not yet waited for.
    unsafe { libc::kill(watch, libc::SIGKILL) };
    signal(&child, libc::SIGKILL);
    child.wait().unwrap();
    assert!(lives(&desk.read("pid")) && !desk.is_free());
    desk.job(&["--lock"], "touch overlap").go().succeeds();
    let words = ["though its run was killed: something that it started goes on"];
    desk.job(&["--if-locked", "fail"], "touch overlap").go().fails(75, &words);
    assert!(!desk.file("overlap").exists());
    let pid: i32 = desk.read("pid").trim().parse().unwrap();
    // SAFETY: as above; it lives.
    unsafe { libc::kill(-libc::getpgid(pid), libc::SIGKILL) };
    wait_until("the lock is free", || desk.is_free());
    desk.job(&["--lock"], "true").go().succeeds();
}
