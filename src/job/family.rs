//! The processes below one, as /proc knows them.
//!
//! A process group is not enough to know whether a run has ended: a stage may have made a group or a
//! session of its own. But `run` is the reaper of all that it started (PR_SET_CHILD_SUBREAPER), so
//! that whatever loses its parent becomes its own child, and stays below it.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Its number.
    pub pid: i32,
    /// The name of its program, cut at 15 bytes by the kernel.
    pub name: String,
    parent: i32,
}

/// The processes that `of` has started and that have not ended, and those that they have, and so on.
pub fn below(of: i32) -> Vec<Relative> {
    let all = processes();
    let mut found: Vec<Relative> = Vec::new();
    let mut parents = vec![of];
    while let Some(parent) = parents.pop() {
        for child in all.iter().filter(|child| child.parent == parent) {
            parents.push(child.pid);
            found.push(child.clone());
        }
    }
    found
}

/// Ends all of them now but `spared`, until there are none: what one starts while it dies dies, too.
pub fn kill_below(of: i32, spared: i32) {
    // Bounded: what cannot be killed (another user's, behind sudo) must not hold us for ever.
    for _ in 0..100 {
        let left: Vec<Relative> = below(of).into_iter().filter(|one| one.pid != spared).collect();
        if left.is_empty() {
            return;
        }
        for pid in left.iter().filter_map(|one| Pid::from_raw(one.pid)) {
            let _ = kill_process(pid, Signal::KILL);
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// When a process was started, in ticks since the machine was: with its number, no other has that.
pub fn birth(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name, which may hold anything: state and parent, and the start is the 20th.
    stat.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()
}

fn processes() -> Vec<Relative> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter_map(look).collect()
}

/// None for what has ended, and waits for its parent to see it.
fn look(pid: i32) -> Option<Relative> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(") ")?;
    let mut words = rest.split(' ');
    let (state, parent) = (words.next()?, words.next()?.parse().ok()?);
    let lives = !matches!(state, "Z" | "X");
    lives.then(|| Relative { pid, name: name.to_owned(), parent })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_family_has_grandchildren_and_ends_when_it_is_killed() {
        let mut child =
            Command::new("sh").args(["-c", "sleep 98 & sleep 99; true"]).spawn().expect("sh starts");
        let pid = child.id() as i32;
        let grandchildren = || below(pid).into_iter().filter(|one| one.name == "sleep").count();
        while grandchildren() < 2 {
            std::thread::yield_now();
        }
        assert!(below(std::process::id() as i32).iter().any(|one| one.pid == pid));
        kill_below(pid, 0);
        assert_eq!(grandchildren(), 0);
        child.wait().expect("it has ended");
        assert!(birth(std::process::id()).is_some_and(|birth| birth > 0));
    }
}
