//! Tells the linker where the program lives.

use std::env::var;

/// The program has a fixed address, as Go's programs have: each command of a pipeline is a process of its own, and
/// one that can be loaded anywhere begins by writing 150,000 addresses into memory (docs/decisions/process-start.md).
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
