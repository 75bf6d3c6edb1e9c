//! Processes as /proc shows them: stopped, gone, and who has started whom.

use std::fs;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Ran, finish, signal};

const PATIENCE: Duration = Duration::from_secs(30);

/// State and parent of a process; none when it is gone.
fn look(process: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut words = stat.rsplit_once(") ")?.1.split(' ');
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

fn is_gone(process: u32) -> bool {
    matches!(look(process), None | Some(('Z' | 'X', _)))
}

/// Waits until a process has stopped itself.
#[track_caller]
pub fn wait_until_stopped(process: u32, what: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !matches!(look(process), Some(('T', _))) {
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

/// Ends a stopped process and everything that it has started, as the end of a machine does.
pub fn end_machine(consumer: Child) -> Ran {
    let processes: Vec<(u32, u32)> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|process| Some((process, look(process)?.1)))
        .collect();
    let mut family = vec![consumer.id()];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(processes.iter().filter(|(_, of)| *of == parent).map(|(process, _)| *process));
        at += 1;
    }
    for process in &family[1..] {
        // SAFETY: kill(2) takes any numbers; their parent is stopped, so these are not given out again.
        unsafe { libc::kill(*process as i32, libc::SIGKILL) };
    }
    signal(&consumer, libc::SIGKILL);
    finish(consumer)
}
