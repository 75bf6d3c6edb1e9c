//! The program: every command under one name, and under its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluicebox::cli::main(std::env::args_os())
}
