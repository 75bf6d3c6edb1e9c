//! Signals: who stops on the first one, who reads on, and how the process ends by one.
//!
//! Ctrl-C reaches every stage of a pipe at once. So only *sources* stop on the first signal; every
//! other stage reads on to the end of file, for at most `--drain-timeout`. The second signal ends
//! the process at once, after the clean-ups that were registered (a multipart upload to abort, a
//! child to kill) had a bounded time. A process that ends by a signal dies *by* it, so that shells
//! and service managers see the truth; as PID 1, where that is impossible, it exits with 128+n.

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGXFSZ};
use signal_hook::iterator::Signals as Incoming;

use super::exit::{Error, Result};

/// How long all clean-ups together may take before the process ends regardless.
const CLEANUP_TIME: Duration = Duration::from_secs(5);

/// What the first signal means to a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Stops giving records, flushes, and dies by the signal.
    #[default]
    Source,
    /// Reads on to the end of its input, for at most the drain timeout.
    Reader,
    /// Leaves it to the children, which get it too.
    Runner,
    /// Ends at once (a control command).
    Control,
}

/// Says whether the command was asked to stop; cheap to clone and to ask.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Flag>);

#[derive(Debug, Default)]
struct Flag {
    raised: AtomicBool,
    lock: Mutex<()>,
    changed: Condvar,
}

impl Stop {
    /// Whether a signal asked the command to stop.
    #[inline]
    pub fn requested(&self) -> bool {
        self.0.raised.load(SeqCst)
    }

    /// Waits for `time`, or less when asked to stop; returns whether it was asked.
    pub fn wait(&self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        let mut guard = lock(&self.0.lock);
        while !self.requested() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.0.changed.wait_timeout(guard, left);
            guard = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        self.requested()
    }

    /// Asks the command to stop. Signals do it; so do parents of several sources, and tests.
    pub fn raise(&self) {
        let _guard = lock(&self.0.lock);
        self.0.raised.store(true, SeqCst);
        self.0.changed.notify_all();
    }
}

type Cleanup = Box<dyn FnOnce() + Send>;
type Status = Box<dyn Fn() + Send>;

#[derive(Default)]
struct Shared {
    stop: Stop,
    role: Role,
    first: AtomicI32,
    /// Set by the handler itself: known before the thread of signals has woken up.
    came: Arc<AtomicUsize>,
    /// The command has not begun its work: the first signal to a source ends the process.
    preparing: AtomicBool,
    /// The process is ending by a signal; its clean-ups run.
    ending: AtomicBool,
    drain: Mutex<Option<Duration>>,
    cleanups: Mutex<Vec<(u64, Cleanup)>>,
    status: Mutex<Option<Status>>,
}

/// The signals of this process. Cheap to clone.
#[derive(Clone)]
pub struct Signals {
    shared: Arc<Shared>,
}

impl Signals {
    /// Takes over SIGINT, SIGTERM, SIGHUP and SIGUSR1, except those that the parent ignores
    /// (`nohup`, `&` in a script).
    pub fn install(role: Role) -> Result<Self> {
        let shared = Arc::new(Shared { role, ..Shared::default() });
        let wanted: Vec<i32> =
            [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|&signal| !is_ignored(signal)).collect();
        let fail = |cause| Error::io("cannot install signal handlers", &cause);
        for &signal in &wanted {
            let came = Arc::clone(&shared.came);
            signal_hook::flag::register_usize(signal, came, signal as usize).map_err(fail)?;
        }
        // SIGXFSZ is caught so that a write above `ulimit -f` fails and is told as a full disk is. Not
        // ignored: children would inherit that.
        let incoming = Incoming::new(wanted.into_iter().chain([SIGUSR1, SIGXFSZ])).map_err(fail)?;
        let for_thread = Arc::clone(&shared);
        thread::Builder::new()
            .name("signals".into())
            .spawn(move || attend(incoming, &for_thread))
            .map_err(|error| Error::io("cannot start a thread", &error))?;
        Ok(Self { shared })
    }

    /// Signals that never come: for unit tests of drivers.
    pub fn none() -> Self {
        Self { shared: Arc::default() }
    }

    /// The flag that sources watch.
    pub fn stop(&self) -> Stop {
        self.shared.stop.clone()
    }

    /// How long a reader may go on after the first signal.
    pub fn drain_within(&self, time: Duration) {
        *lock(&self.shared.drain) = Some(time);
    }

    /// The first signal that came, if one came.
    pub fn first(&self) -> Option<i32> {
        let first = self.shared.first.load(SeqCst);
        // Of what ends by the same Ctrl-C, the end of file must not be known sooner than the signal.
        let first = if first == 0 { self.shared.came.load(SeqCst) as i32 } else { first };
        Some(first).filter(|&number| number != 0)
    }

    /// Registers `cleanup`, run when the process is ended early; forgotten when the guard drops.
    pub fn on_abort(&self, cleanup: impl FnOnce() + Send + 'static) -> AbortGuard {
        let mut cleanups = lock(&self.shared.cleanups);
        let id = cleanups.last().map_or(0, |(id, _)| id + 1);
        cleanups.push((id, Box::new(cleanup)));
        AbortGuard { shared: Arc::clone(&self.shared), id }
    }

    /// Never returns once the process is ending by a signal: a clean-up (a child killed, an upload
    /// aborted) makes the work itself fail, and that must not become how the process ends.
    pub fn stand_aside(&self) {
        while self.shared.ending.load(SeqCst) {
            thread::park();
        }
    }

    /// While the guard lives, a source has given nothing yet and may be waiting for a connection, deep
    /// inside of a library: the first signal ends it at once. One that has come already is the error.
    pub fn end_at_once(&self) -> Result<AtOnce> {
        let guard = AtOnce(Arc::clone(&self.shared));
        self.shared.preparing.store(true, SeqCst);
        match self.first() {
            Some(signal) if self.shared.is_waiting_source() => Err(Error::signal(signal)),
            _ => Ok(guard),
        }
    }

    /// What SIGUSR1 does: print where the command is.
    pub fn on_status(&self, status: impl Fn() + Send + 'static) {
        *lock(&self.shared.status) = Some(Box::new(status));
    }
}

impl Shared {
    fn is_waiting_source(&self) -> bool {
        self.role == Role::Source && self.preparing.load(SeqCst)
    }
}

/// Lets signals mean again what they mean to a command at work.
#[must_use]
pub struct AtOnce(Arc<Shared>);

impl Drop for AtOnce {
    fn drop(&mut self) {
        self.0.preparing.store(false, SeqCst);
    }
}

/// Forgets its clean-up when dropped.
#[must_use]
pub struct AbortGuard {
    shared: Arc<Shared>,
    id: u64,
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        lock(&self.shared.cleanups).retain(|(id, _)| *id != self.id);
    }
}

/// The signal thread.
fn attend(mut incoming: Incoming, shared: &Arc<Shared>) {
    for signal in incoming.forever() {
        if signal == SIGXFSZ {
            continue;
        }
        if signal == SIGUSR1 {
            if let Some(status) = &*lock(&shared.status) {
                status();
            }
            continue;
        }
        let second = shared.first.swap(signal, SeqCst) != 0;
        if second || shared.role == Role::Control || shared.is_waiting_source() {
            end_now(shared, signal);
        }
        shared.stop.raise();
        if shared.role == Role::Reader {
            end_after_drain(shared, signal);
        }
    }
}

/// Ends the process once the drain timeout has passed, if it still runs by then.
fn end_after_drain(shared: &Arc<Shared>, signal: i32) {
    let time = lock(&shared.drain).unwrap_or(Duration::from_secs(30));
    let shared = Arc::clone(shared);
    thread::spawn(move || {
        thread::sleep(time);
        log::error!("still reading {}s after signal {signal}; ending (--drain-timeout)", time.as_secs());
        end_now(&shared, signal);
    });
}

/// Runs the clean-ups within their time, newest first, then dies by `signal`.
fn end_now(shared: &Shared, signal: i32) -> ! {
    shared.ending.store(true, SeqCst);
    let cleanups = std::mem::take(&mut *lock(&shared.cleanups));
    let (done, all_done) = std::sync::mpsc::channel::<()>();
    thread::spawn(move || {
        for (_, cleanup) in cleanups.into_iter().rev() {
            cleanup();
        }
        drop(done);
    });
    // Both a disconnect (all done) and the time-out end the wait.
    let _ = all_done.recv_timeout(CLEANUP_TIME);
    die_by(signal)
}

/// SIGTERM: what a parent without a better word for it reports.
pub const TERMINATED: i32 = SIGTERM;

/// Ends this process by `signal`, as if it had never been handled.
pub fn die_by(signal: i32) -> ! {
    // The kernel does not deliver unhandled signals to PID 1 of a container.
    if std::process::id() != 1 {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    // SAFETY: _exit only ends the process; nothing of it runs afterwards.
    unsafe { libc::_exit(128 + signal) }
}

/// Whether the parent asked us to ignore `signal`.
fn is_ignored(signal: i32) -> bool {
    // SAFETY: a null new action only reads the current one into `now`.
    unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &mut now) == 0 && now.sa_sigaction == libc::SIG_IGN
    }
}

/// A lock whose holder panicked still holds what it held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_when_the_stop_is_raised() {
        let stop = Stop::default();
        let other = stop.clone();
        let waiter = thread::spawn(move || other.wait(Duration::from_secs(60)));
        stop.raise();
        assert!(waiter.join().expect("the waiter ends"));
        assert!(!Stop::default().wait(Duration::from_millis(1)));
    }

    #[test]
    fn a_source_that_prepares_ends_by_a_signal_that_came_before() {
        let signals = Signals::none();
        drop(signals.end_at_once().expect("no signal yet"));
        assert!(!signals.shared.preparing.load(SeqCst), "the guard is gone");
        signals.shared.first.store(SIGTERM, SeqCst);
        let error = signals.end_at_once().map(drop).expect_err("it ends");
        assert_eq!(error.signal_number(), Some(SIGTERM));
    }

    #[test]
    fn a_dropped_guard_forgets_its_cleanup() {
        let signals = Signals::none();
        let first = signals.on_abort(|| ());
        let second = signals.on_abort(|| ());
        drop(first);
        assert_eq!(lock(&signals.shared.cleanups).len(), 1);
        drop(second);
        assert!(lock(&signals.shared.cleanups).is_empty());
    }
}
