//! `docs/permissions.md`, read: its tables, and what it offers to paste.

use crate::support::root;

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `Read`, `s3:PutObject`.
    pub right: String,
    /// `topic created_users`, `arn:aws:s3:::lake/users/*`.
    pub on: String,
    /// Whether nothing works without it.
    pub needed: bool,
}

impl Row {
    /// The kind of a Kafka resource, and its name.
    pub fn resource(&self) -> (&str, &str) {
        self.on.rsplit_once(' ').unwrap_or_else(|| panic!("{self:?} is on nothing"))
    }

    /// What an operation of Kafka implies.
    pub fn half(&self) -> Option<Self> {
        let implies = matches!(self.right.as_str(), "Read" | "Write" | "Delete");
        implies.then(|| Self { right: "Describe".into(), ..self.clone() })
    }
}

/// A section of the page: a command, or one form of it.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its heading.
    pub name: String,
    /// Its table.
    pub rows: Vec<Row>,
    /// What may be pasted.
    pub block: String,
}

/// The sections in a part of the page.
pub fn jobs(part: &str) -> Vec<Job> {
    let text = std::fs::read_to_string(root().join("docs/permissions.md")).unwrap();
    let part = text.split("\n## ").find_map(|found| found.strip_prefix(part)).expect("a part of that name");
    part.split("\n### ").skip(1).map(job).collect()
}

/// The section of that name.
pub fn find(part: &str, name: &str) -> Job {
    jobs(part).into_iter().find(|job| job.name == name).unwrap_or_else(|| panic!("no section {name}"))
}

fn job(section: &str) -> Job {
    let (name, rest) = section.split_once('\n').expect("a heading ends");
    let rows: Vec<Row> = rest.lines().filter(|line| line.starts_with('|')).skip(2).map(row).collect();
    let block = rest.split("\n```").nth(1).and_then(|block| block.split_once('\n'));
    let block = block.unwrap_or_else(|| panic!("{name} has nothing to paste")).1;
    assert!(!rows.is_empty(), "{name} has no table");
    Job { name: name.replace('`', ""), rows, block: block.to_owned() }
}

/// "| Read | topic `created_users` | yes | … |"
fn row(line: &str) -> Row {
    let cells: Vec<String> = line.split('|').map(|cell| cell.trim().replace('`', "")).collect();
    let [_, right, on, needed, why, _] = cells.as_slice() else { panic!("four cells: {line}") };
    assert!(!why.is_empty() && matches!(needed.as_str(), "yes" | "no"), "{line}");
    Row { right: right.clone(), on: on.clone(), needed: needed == "yes" }
}
