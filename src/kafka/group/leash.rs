//! What holds a partition's work: it can be asked to begin nothing new, or be ended at once.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// Between the thread that follows the group and the one that works on a partition.
#[derive(Default)]
pub struct Leash {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stopping: bool,
    killed: bool,
    /// The process group of the command at work.
    group: Option<i32>,
    /// The last command has been given its whole range.
    whole: bool,
}

impl Leash {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing new; what runs goes on.
    pub fn stop(&self) {
        self.state().stopping = true;
        self.changed.notify_all();
    }

    /// Nothing more: a command at work is killed, and what it reports is not heard.
    pub fn kill(&self) {
        let mut state = self.state();
        (state.stopping, state.killed) = (true, true);
        if let Some(group) = state.group {
            kill(group);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Whether nothing new may begin.
    pub fn is_stopping(&self) -> bool {
        self.state().stopping
    }

    /// Whether the partition is no longer ours.
    pub fn is_killed(&self) -> bool {
        self.state().killed
    }

    /// Whether the last command has its whole range, so that the batch may still end well.
    pub fn is_whole(&self) -> bool {
        self.state().whole
    }

    /// A command of this process group is at work from now on. Where all is over already, it is
    /// killed at once.
    pub fn hold(&self, group: i32) {
        let mut state = self.state();
        (state.group, state.whole) = (Some(group), false);
        if state.killed {
            kill(group);
        }
    }

    /// The command at work has its whole range.
    pub fn set_whole(&self) {
        self.state().whole = true;
    }

    /// The command has ended. What it was given whole may still be committed.
    pub fn release(&self) {
        self.state().group = None;
    }

    /// Waits for `time`, or less when stopped; says whether it was.
    pub fn wait(&self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        let mut state = self.state();
        while !state.stopping {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.stopping
    }
}

/// Ends a process group now.
pub(super) fn kill(group: i32) {
    if let Some(group) = Pid::from_raw(group) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}
