//! The line a person watches: only where stderr is a terminal and stdout no pipe, so that in a
//! pipeline only the last stage draws.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::units::grouped;

static BAR: OnceLock<ProgressBar> = OnceLock::new();

/// How far a stage is; written by its driver, read by the bar and by SIGUSR1.
#[derive(Clone, Debug)]
pub struct Progress {
    records: Arc<AtomicU64>,
    bytes: Arc<AtomicU64>,
    started: Instant,
}

impl Default for Progress {
    fn default() -> Self {
        Self { records: Arc::default(), bytes: Arc::default(), started: Instant::now() }
    }
}

impl Progress {
    /// Sets the totals so far.
    pub fn set(&self, records: u64, bytes: u64) {
        self.records.store(records, Relaxed);
        self.bytes.store(bytes, Relaxed);
    }

    /// "1,000 records, 1.1 MB, 0.5 s"
    pub fn line(&self) -> String {
        let bytes = self.bytes.load(Relaxed) as f64 / 1e6;
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = bytes / seconds.max(0.001);
        match self.records.load(Relaxed) {
            0 => format!("{bytes:.1} MB, {seconds:.1} s, {rate:.1} MB/s"),
            records => format!("{} records, {bytes:.1} MB, {seconds:.1} s, {rate:.1} MB/s", grouped(records)),
        }
    }

    /// Draws the line until the returned value is dropped, where a person looks.
    pub fn draw(&self, quiet: bool) -> Option<Drawing> {
        let stdout_is_pipe = std::fs::metadata("/proc/self/fd/1")
            .is_ok_and(|meta| std::os::unix::fs::FileTypeExt::is_fifo(&meta.file_type()));
        if quiet || stdout_is_pipe || !std::io::stderr().is_terminal() {
            return None;
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
        let progress = self.clone();
        let style = ProgressStyle::with_template("{spinner} {line}").ok()?;
        bar.set_style(style.with_key("line", move |_: &_, w: &mut dyn std::fmt::Write| {
            let _ = w.write_str(&progress.line());
        }));
        bar.enable_steady_tick(Duration::from_millis(200));
        let _ = BAR.set(bar.clone());
        Some(Drawing(bar))
    }
}

/// The bar; dropped, it leaves the line empty for what follows.
#[derive(Debug)]
pub struct Drawing(ProgressBar);

impl Drop for Drawing {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Runs `write` with the bar out of the way.
pub fn suspend<T>(write: impl FnOnce() -> T) -> T {
    match BAR.get() {
        Some(bar) if !bar.is_finished() => bar.suspend(write),
        _ => write(),
    }
}
