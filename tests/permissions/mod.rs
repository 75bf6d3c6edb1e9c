//! The least rights of each command, as `docs/permissions.md` lists them: with all of a table it works,
//! without one of them it says which.
//!
//! The page is the only list. Its tables are read here ([`page`]), row by row taken away on a Kafka that
//! asks for ACLs ([`kafka`]), on a store with session policies ([`s3`]) and in a database ([`postgres`]);
//! what it offers to paste must grant what its tables say.

mod acls;
mod kafka;
mod page;
mod postgres;
mod s3;
mod session;

use crate::support::Ran;

/// A command that works with the rights of its table.
trait Scenario {
    /// Prepares what it needs, and runs it with these rights; panics if something else goes wrong.
    fn run(&self, rights: &[page::Row]) -> Ran;

    /// Holds a run that ended well against what the table says of it: without a right that is not needed,
    /// or with all.
    fn check(&self, lost: Option<&page::Row>, rights: &[page::Row], ran: &Ran);

    /// What the error must say when this right was taken away.
    fn names(&self, row: &page::Row) -> String;
}

/// Takes the rights of a table away, one at a time.
fn take_away(job: &page::Job, scenario: &(impl Scenario + Sync)) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let ran = scenario.run(&job.rows).exits(0);
            scenario.check(None, &job.rows, &ran);
        });
        for row in &job.rows {
            scope.spawn(move || take_one(job, scenario, row));
        }
    });
}

fn take_one(job: &page::Job, scenario: &impl Scenario, row: &page::Row) {
    let rest: Vec<page::Row> = job.rows.iter().filter(|other| *other != row).cloned().collect();
    let ran = scenario.run(&rest);
    if !row.needed {
        let ran = ran.exits(0);
        return scenario.check(Some(row), &rest, &ran);
    }
    denied(job, scenario, row, ran);
    // The half that a right implies is not the right.
    if let Some(half) = row.half() {
        denied(job, scenario, row, scenario.run(&[rest, vec![half]].concat()));
    }
}

/// The command ends with status 2, and its last line names what is missing.
#[track_caller]
fn denied(job: &page::Job, scenario: &impl Scenario, row: &page::Row, ran: Ran) {
    let ran = ran.exits(2);
    let last = ran.stderr.lines().last().unwrap_or_default();
    let named = scenario.names(row);
    assert!(
        last.contains("access denied") || last.contains("principal lacks"),
        "{}, without {row:?}: {}",
        job.name,
        ran.stderr
    );
    assert!(last.contains(&named), "{}, without {row:?}, must say {named:?}: {}", job.name, ran.stderr);
    // A consumer of a group says in between what it thinks of each partition.
    let lines = ran.stderr.lines().filter(|line| !line.contains(": warning: ")).count();
    assert!(lines == 1 || job.name.contains("--group"), "one line: {}", ran.stderr);
}

#[test]
fn each_table_of_the_page_is_tested_and_none_is_missing() {
    let all = |part| page::jobs(part).into_iter().map(|job| job.name).collect::<Vec<_>>();
    assert_eq!(all("Kafka"), kafka::JOBS);
    assert_eq!(all("S3"), s3::JOBS);
    assert_eq!(all("PostgreSQL"), postgres::JOBS);
}
