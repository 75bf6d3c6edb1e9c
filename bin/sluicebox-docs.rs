//! Writes `man/` and `completions/` from the definitions that parse the command line; with
//! `--check` it only says whether they are in step.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sluicebox::manual;

fn main() -> ExitCode {
    let check = std::env::args().any(|argument| argument == "--check");
    let mut stale = Vec::new();
    for (path, text) in manual::files() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let current = std::fs::read_to_string(&path).unwrap_or_default();
        if current == text {
            continue;
        }
        if !check {
            write(&path, &text);
        }
        stale.push(path);
    }
    report(check, &stale)
}

#[allow(clippy::expect_used, reason = "whoever runs this is at work on the house, and reads the panic")]
fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("every page stands in a folder");
    std::fs::create_dir_all(folder).expect("the folder can be made");
    std::fs::write(path, text).expect("the page can be written");
}

#[allow(clippy::print_stderr, reason = "no command: it has no log")]
fn report(check: bool, stale: &[PathBuf]) -> ExitCode {
    for path in stale {
        let verb = if check { "is out of step" } else { "written" };
        eprintln!("{}: {verb}", path.display());
    }
    if check && !stale.is_empty() {
        eprintln!("to mend it: cargo run --release --bin sluicebox-docs");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
