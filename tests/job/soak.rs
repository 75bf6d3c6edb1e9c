//! The compressed cron of `tests/soak/cron`, for half a minute.

use std::process::Command;

use super::full_path;
use crate::support::{PROGRAM, folder, root, service};

#[test]
fn half_a_minute_of_cron_with_kills_and_a_broker_away() {
    let mut soak = Command::new(service("SLUICEBOX_TEST_PYTHON"));
    soak.arg(root().join("tests/soak/cron")).args(["30", "tests"]);
    soak.env("SLUICEBOX_SOAK", folder("soak")).env("SLUICEBOX_PROGRAM", PROGRAM).env("PATH", full_path());
    let out = soak.output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    println!("{said}");
    assert!(out.status.success(), "{said}");
}
