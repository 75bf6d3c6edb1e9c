//! Members that join, leave, stop and die while batches run: what `zombies` does to a group that lands on S3.

use super::super::zombies::Step::{self, Die, GoOn, Join, Leave, Stop};
use super::super::zombies::{at_random, take_steps};
use super::copying::Copying;

fn come_and_go(records: u32, steps: &[(u64, Step)]) {
    let mut copying = Copying::new(6, records);
    (copying.batch, copying.options) = (15, vec!["--max-children", "3", "--max-attempts", "1"]);
    take_steps(&copying, steps);
}

#[test]
fn transactions_survive_two_consumers_that_join_and_leave() {
    let steps =
        [(0, Join), (500, Join), (400, Leave), (300, Join), (250, Leave), (0, Join), (350, Die), (100, Join)];
    come_and_go(1500, &steps);
}

#[test]
fn transactions_survive_three_consumers_that_join_stop_and_die() {
    let stopped = [(300, Stop), (200, Join), (1600, GoOn), (200, Die), (0, Join)];
    let again = [(300, Stop), (1500, GoOn), (100, Leave)];
    come_and_go(2500, &[&[(0, Join), (0, Join), (600, Join)], &stopped[..], &again].concat());
}

#[test]
fn transactions_survive_members_at_random() {
    come_and_go(2500, &at_random());
}
