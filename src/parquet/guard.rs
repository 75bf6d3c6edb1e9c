//! A fence around the Parquet library: it panics on some damaged files, and a damaged file is an
//! error of the data like any other.
//!
//! In: a piece of work. Out: its result, or an error in place of a panic. The panic's own message,
//! which would mean nothing to a user, is not printed.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use parquet::errors::ParquetError;

thread_local! {
    static FENCED: Cell<bool> = const { Cell::new(false) };
}

/// Makes panics inside of a fence silent; all others stay as they were.
fn silence_fenced_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !FENCED.get() {
                before(panic);
            }
        }));
    });
}

/// Runs `work`, which is not used again when it has panicked.
pub(super) fn fenced<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    silence_fenced_panics();
    let outer = FENCED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    FENCED.set(outer);
    result.unwrap_or_else(|_| Err(ParquetError::General("the file is damaged".to_owned())))
}
