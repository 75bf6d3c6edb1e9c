//! Man pages and completions, from the same definitions that parse the command line.
//!
//! The options are clap's; the words are each command's [`Page`]. The files are committed, and a
//! check holds them in step: `sluicebox-docs --check`.

mod options;
mod page;
mod program;
mod text;

use clap_complete::Shell;

use crate::cli;
use crate::commands::{Page, TABLE, short_names};

/// The day of the release that the pages are of.
const DATE: &str = "2026-11-20";

/// Every generated file: its path from the root of the repository, and its text.
pub fn files() -> Vec<(String, String)> {
    let pages = TABLE.iter().map(|entry| (title(entry.page), page::render(entry)));
    let pages = pages.chain([("sluicebox".to_owned(), program::render())]);
    let mut files: Vec<_> = pages.map(|(title, text)| (format!("man/{title}.1"), text)).collect();
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        files.extend(completions(shell));
    }
    files
}

/// The name of a command's page: short names stand for themselves.
fn title(page: &Page) -> String {
    page.typed().replace(' ', "-")
}

/// One script for each short name, and one for `sluicebox COMMAND`.
fn completions(shell: Shell) -> Vec<(String, String)> {
    let mut scripts: Vec<(String, clap::Command)> = TABLE
        .iter()
        .filter(|entry| short_names().any(|name| name == entry.page.name))
        .map(|entry| (entry.page.name.to_owned(), cli::command(entry)))
        .collect();
    scripts.push(("sluicebox".to_owned(), cli::program()));
    scripts.into_iter().map(|(name, command)| script(shell, &name, command)).collect()
}

fn script(shell: Shell, name: &str, mut command: clap::Command) -> (String, String) {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut text);
    let file = match shell {
        Shell::Zsh => format!("completions/zsh/_{name}"),
        Shell::Fish => format!("completions/fish/{name}.fish"),
        _ => format!("completions/bash/{name}"),
    };
    (file, String::from_utf8_lossy(&text).into_owned())
}
