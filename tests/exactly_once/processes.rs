//! Processes as /proc shows them: stopped, gone, and who has started whom.

use std::fs;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Ran, finish, signal};

const PATIENCE: Duration = Duration::from_secs(30);

/// What there is to see of a process.
#[derive(Debug)]
struct Seen {
    name: String,
    state: char,
    parent: u32,
}

/// Looks at a process; none when it is gone.
fn look(process: u32) -> Option<Seen> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // pid (name) state parent
    let (before, rest) = stat.rsplit_once(") ")?;
    let mut words = rest.split(' ');
    let name = before.split_once('(')?.1.to_owned();
    Some(Seen { name, state: words.next()?.chars().next()?, parent: words.next()?.parse().ok()? })
}

fn is_stopped(process: u32) -> bool {
    look(process).is_some_and(|seen| seen.state == 'T')
}

fn is_gone(process: u32) -> bool {
    look(process).is_none_or(|seen| matches!(seen.state, 'Z' | 'X'))
}

fn send(process: u32, signal: i32) {
    // SAFETY: kill(2) takes any numbers; this one was just seen, below a process of this test.
    unsafe { libc::kill(process as i32, signal) };
}

/// Waits until a process has stopped itself.
#[track_caller]
pub fn wait_until_stopped(process: u32, what: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !is_stopped(process) {
        assert!(Instant::now() < deadline, "{what}: not stopped, but {:?}", look(process));
        assert!(!is_gone(process), "{what}: it has ended");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits for the end of a process that is not our child.
#[track_caller]
pub fn wait_until_gone(process: u32, what: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !is_gone(process) {
        assert!(Instant::now() < deadline, "{what}: it goes on");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Everything that a process has started, and what those have: their numbers.
fn below(process: u32) -> Vec<u32> {
    let processes: Vec<(u32, u32)> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|process| Some((process, look(process)?.parent)))
        .collect();
    let mut family = vec![process];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(processes.iter().filter(|(_, of)| *of == parent).map(|(process, _)| *process));
        at += 1;
    }
    family.split_off(1)
}

/// One that a process, or what it has started, has started by this name, if it is at work.
pub fn at_work_below(process: u32, name: &str) -> Option<u32> {
    let is_it = |number: &u32| look(*number).is_some_and(|seen| seen.name == name) && !is_gone(*number);
    below(process).into_iter().find(is_it)
}

/// Kills a process, and tells whether it was met at work: one that has ended takes a signal, too, as long as nobody
/// has asked how it ended.
pub fn kill_at_work(process: u32) -> bool {
    send(process, libc::SIGSTOP);
    let deadline = Instant::now() + PATIENCE;
    while !is_stopped(process) {
        if is_gone(process) {
            return false;
        }
        assert!(Instant::now() < deadline, "not stopped, but {:?}", look(process));
        thread::sleep(Duration::from_millis(1));
    }
    // What stands still has not ended.
    send(process, libc::SIGKILL);
    true
}

/// Ends a stopped process and everything that it has started, as the end of a machine does.
pub fn end_machine(consumer: Child) -> Ran {
    // Their parent is stopped, so that their numbers are not given out again.
    below(consumer.id()).into_iter().for_each(|process| send(process, libc::SIGKILL));
    signal(&consumer, libc::SIGKILL);
    finish(consumer)
}
