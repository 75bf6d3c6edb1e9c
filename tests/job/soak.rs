//! The compressed cron of `tests/soak/cron`, for half a minute.

use std::process::{Command, Stdio};

use super::full_path;
use crate::support::{PROGRAM, finish, folder, root, service};

#[test]
fn half_a_minute_of_cron_with_kills_and_a_broker_away() {
    let mut soak = Command::new(service("SLUICEBOX_TEST_PYTHON"));
    soak.arg(root().join("tests/soak/cron")).args(["30", "tests"]);
    soak.env("SLUICEBOX_SOAK", folder("soak")).env("SLUICEBOX_PROGRAM", PROGRAM).env("PATH", full_path());
    let ran = finish(soak.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    println!("{}{}", ran.text(), ran.stderr);
    assert_eq!(ran.code, Some(0), "{}{}", ran.text(), ran.stderr);
}
