//! `man/` and `completions/`: in step with the code, and sound.

use std::collections::BTreeSet;
use std::process::Command;

use super::names;
use crate::support::root;

const SECTIONS: [&str; 10] = [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "COMMANDS",
    "OPTIONS",
    "EXIT STATUS",
    "ENVIRONMENT",
    "FILES",
    "EXAMPLES",
    "SEE ALSO",
];

#[test]
fn generated_files_are_in_step_with_the_code() {
    let files = sluicebox::manual::files();
    for (path, text) in &files {
        let stored = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(stored == *text, "{path} is out of step: cargo run --release --bin sluicebox-docs");
    }
    let generated: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    for dir in ["man", "completions/bash", "completions/zsh", "completions/fish"] {
        for name in names(&root().join(dir)) {
            let path = format!("{dir}/{name}");
            assert!(generated.contains(path.as_str()), "{path} is nobody's");
        }
    }
}

#[test]
fn every_page_has_its_sections_in_order_and_an_item_for_every_option() {
    for entry in sluicebox::commands::TABLE {
        let name = entry.page.name;
        let (path, text) = sluicebox::manual::files()
            .into_iter()
            .find(|(path, _)| {
                path.ends_with(&format!("/{name}.1")) || path.ends_with(&format!("/sluicebox-{name}.1"))
            })
            .unwrap();
        let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        let headings: Vec<&str> = headings.iter().map(|heading| heading.trim_matches('"')).collect();
        let places: Vec<_> =
            headings.iter().map(|heading| SECTIONS.iter().position(|name| name == heading)).collect();
        assert!(places.is_sorted() && !places.contains(&None), "{path}: {headings:?}");
        for needed in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
            assert!(headings.contains(&needed), "{path} has no {needed}");
        }
        let command = sluicebox::cli::command(entry);
        let visible = command.get_arguments().filter(|arg| !arg.is_hide_set());
        for option in visible.filter_map(clap::Arg::get_long) {
            let escaped = format!("--{option}").replace('-', r"\-");
            assert!(text.contains(&escaped), "{path} does not say what --{option} is");
        }
        for name in command.get_arguments().filter_map(clap::Arg::get_env) {
            assert!(text.contains(&*name.to_string_lossy()), "{path} does not name {name:?}");
        }
        for other in entry.page.see_also {
            assert!(sluicebox::commands::find(other).is_some(), "{path} refers to {other}");
        }
    }
}

/// Runs a checker of files that says nothing when all is well; none, if it is not installed.
fn silent(checker: &[&str], files: &[String]) -> Option<()> {
    let out = Command::new(checker[0]).args(&checker[1..]).args(files).current_dir(root()).output().ok()?;
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.is_empty(), "{checker:?} {files:?}: {said}");
    Some(())
}

fn generated(folder: &str) -> Vec<String> {
    let files = sluicebox::manual::files().into_iter();
    files.map(|(path, _)| path).filter(|path| path.starts_with(folder)).collect()
}

#[test]
fn mandoc_has_nothing_to_say() {
    silent(&["mandoc", "-T", "lint", "-W", "warning"], &generated("man/"))
        .expect("mandoc is installed: tests/services/peers install mandoc");
}

#[test]
fn every_completion_script_parses() {
    for script in generated("completions/bash/") {
        silent(&["bash", "-n"], &[script]).expect("bash is installed");
    }
    // Checked where there is such a shell.
    for script in generated("completions/zsh/") {
        silent(&["zsh", "-n"], &[script]);
    }
    for script in generated("completions/fish/") {
        silent(&["fish", "--no-execute"], &[script]);
    }
}

#[test]
fn the_page_for_whoever_is_on_call_quotes_messages_that_exist() {
    let (said, headings) = (said("src"), headings());
    assert!(headings.len() > 20, "{headings:?}");
    for heading in headings {
        assert!(said.contains(&heading), "no message says: {heading}");
    }
}

#[test]
fn the_page_on_transactions_quotes_messages_that_exist() {
    let (said, page) = (said("src"), page("exactly-once-kafka.md"));
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let messages: Vec<&str> = rows.map(|(message, _)| message).collect();
    assert!(messages.len() > 5, "{messages:?}");
    for message in messages {
        // What it names is left out.
        for part in message.split('…') {
            assert!(said.contains(part.trim()), "no message says: {message}");
        }
    }
}

#[test]
fn the_page_for_whoever_is_on_call_has_each_conflict_of_a_batch() {
    let headings = headings();
    let rooms = ["batch", "kafka/group", "s3/found.rs", "s3/landing.rs", "commands/topic_admin/begin.rs"];
    for room in rooms {
        let said = said(&format!("src/{room}"));
        let messages: Vec<&str> = said.split("Error::conflict(").skip(1).filter_map(text).collect();
        assert!(!messages.is_empty(), "{room} has no conflicts");
        for message in messages {
            assert!(headings.iter().any(|heading| message.contains(heading)), "no heading for: {message}");
        }
    }
}

/// The text that a call begins with, if it does.
fn text(call: &str) -> Option<&str> {
    let call = call.trim_start();
    call.strip_prefix("format!(").unwrap_or(call).trim_start().strip_prefix('"')?.split('"').next()
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("docs").join(name)).unwrap()
}

/// The headings that are each a part of a message, with braces for what it names.
fn headings() -> Vec<String> {
    let page = page("exactly-once.md");
    let headings = page.lines().filter_map(|line| line.strip_prefix("### "));
    headings.map(|heading| heading.replace("version 2", "version {}").replace("lake", "{}")).collect()
}

/// The text of sources. A message goes on in the next line with `\\`.
fn said(path: &str) -> String {
    sources(&root().join(path)).split("\\\n").map(str::trim_start).collect()
}

fn sources(path: &std::path::Path) -> String {
    if !path.is_dir() {
        return std::fs::read_to_string(path).unwrap();
    }
    let entries = std::fs::read_dir(path).unwrap();
    entries.map(|entry| sources(&entry.unwrap().path())).collect()
}
