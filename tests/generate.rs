//! `generate-users`: the same bytes for the same seed, in any number of pieces.

use std::time::{Duration, Instant};

use crate::support::{Ran, run};

fn generate(arguments: &[&str]) -> Ran {
    run("generate-users").args(arguments).go()
}

fn bytes(arguments: &[&str]) -> Vec<u8> {
    generate(arguments).succeeds().stdout
}

#[test]
fn generate_makes_the_same_bytes_of_the_same_seed() {
    let whole = bytes(&["--seed", "s", "--results", "1000"]);
    assert_eq!(whole.iter().filter(|&&byte| byte == b'\n').count(), 1_000);
    assert!(whole == bytes(&["--seed", "s", "--results", "1000"]));
    assert!(whole != bytes(&["--seed", "t", "--results", "1000"]));
}

#[test]
fn generate_can_be_done_in_parts() {
    let whole = bytes(&["--seed", "s", "--results", "1000"]);
    let parts = [
        bytes(&["--seed", "s", "--results", "300"]),
        bytes(&["--seed", "s", "--results", "700", "--skip", "300"]),
    ];
    assert!(whole == parts.concat());
}

#[test]
fn generate_without_a_seed_is_new_each_time_and_tells_its_seed() {
    assert!(bytes(&[]) != bytes(&[]));
    let output = generate(&["-v"]);
    let seed = output.stderr.split("--seed ").nth(1).unwrap().trim();
    assert!(bytes(&["--seed", seed]) == output.stdout);
}

#[test]
fn generate_goes_on_in_the_seed_turn_after_turn() {
    let start = Instant::now();
    let turns = bytes(&["-q", "--seed", "s", "--results", "5", "--every", "100ms", "--for", "300ms"]);
    assert!(start.elapsed() >= Duration::from_millis(200));
    let whole = bytes(&["--seed", "s", "--results", "15"]);
    // A machine that is busy may skip a turn, and would tell; what was given is still the start of the seed.
    assert!(turns.len() >= whole.len() / 3 && whole.starts_with(&turns));
}

#[test]
fn generate_refuses_what_it_does_not_know() {
    for (arguments, words) in [
        (&["--nat", "US,XX"][..], "known are AU"),
        (&["--gender", "x"], "female or male"),
        (&["--skip", "18446744073709551615", "--results", "2"], "beyond the last number"),
    ] {
        let ran = generate(arguments).exits(2);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
}
