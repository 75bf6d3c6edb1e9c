//! Faults on demand: a process that dies or stops at a named point, for tests of what others make of it.
//!
//! `SLUICEBOX_FAULT=kill@commit.before` makes the process kill itself (SIGKILL) when it reaches that
//! point; `stop@…` stops it (SIGSTOP) until it is continued; `kill@put.after:3` does so the third time.
//! Without the variable a point costs one look at a flag. Tests of crashes need the very program that
//! is used, so the points are in it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

/// The variable that asks for a fault.
const VARIABLE: &str = "SLUICEBOX_FAULT";

struct Fault {
    signal: i32,
    point: String,
    left: AtomicU32,
}

static FAULT: OnceLock<Option<Fault>> = OnceLock::new();

/// Here a test may want the process to die.
pub fn point(name: &str) {
    let fault = FAULT.get_or_init(|| std::env::var(VARIABLE).ok().and_then(|text| parse(&text)));
    let Some(fault) = fault else { return };
    if fault.point == name && fault.left.fetch_sub(1, SeqCst) == 1 {
        // SAFETY: a signal to ourselves.
        unsafe {
            libc::kill(libc::getpid(), fault.signal);
        }
    }
}

/// A point before `work` and one after it.
pub async fn around<T>([before, after]: [&str; 2], work: impl Future<Output = T>) -> T {
    point(before);
    let done = work.await;
    point(after);
    done
}

fn parse(text: &str) -> Option<Fault> {
    let (what, place) = text.split_once('@')?;
    let (point, times) = place.split_once(':').unwrap_or((place, "1"));
    let signal = match what {
        "kill" => libc::SIGKILL,
        "stop" => libc::SIGSTOP,
        _ => return None,
    };
    Some(Fault { signal, point: point.to_owned(), left: AtomicU32::new(times.parse().ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_what_where_and_when() {
        let fault = parse("stop@put.after:3").expect("a fault");
        assert_eq!((fault.signal, fault.point.as_str()), (libc::SIGSTOP, "put.after"));
        assert_eq!(fault.left.load(SeqCst), 3);
        assert_eq!(parse("kill@commit.before").expect("a fault").left.load(SeqCst), 1);
        assert!(parse("hang@x").is_none() && parse("kill").is_none() && parse("kill@x:y").is_none());
    }
}
