//! The page of one command: NAME, SYNOPSIS, DESCRIPTION, COMMANDS, OPTIONS, EXIT STATUS, ENVIRONMENT,
//! FILES, EXAMPLES, SEE ALSO.

use clap::Command;
use roff::{Roff, roman};

use super::{options, text, title};
use crate::cli;
use crate::commands::{Entry, Page, find};
use crate::run::Exit;

/// The page's text.
pub(super) fn render(entry: &Entry) -> String {
    let (page, command) = (entry.page, built(entry));
    let mut roff = text::begin(&title(page));
    text::section(&mut roff, "NAME");
    roff.text([roman(format!("{} - {}", title(page), page.about))]);
    text::section(&mut roff, "SYNOPSIS");
    synopsis(&mut roff, &command);
    text::section(&mut roff, "DESCRIPTION");
    text::paragraphs(&mut roff, page.description);
    options::commands(&mut roff, &command);
    options::options(&mut roff, &command);
    exit_status(&mut roff);
    environment(&mut roff, page, &command);
    if !page.files.is_empty() {
        text::section(&mut roff, "FILES");
        page.files.iter().for_each(|(name, meaning)| text::item(&mut roff, name, meaning));
    }
    examples(&mut roff, page);
    see_also(&mut roff, page);
    roff.render()
}

/// The command with everything that clap adds to it, under the name that a person types.
fn built(entry: &Entry) -> Command {
    let mut command = cli::command(entry).bin_name(entry.page.typed());
    command.build();
    command
}

fn synopsis(roff: &mut Roff, command: &Command) {
    if !command.has_subcommands() {
        roff.text(options::synopsis(command));
    }
    for (at, verb) in command.get_subcommands().enumerate() {
        if at > 0 {
            roff.control("br", []);
        }
        roff.text(options::synopsis(verb));
    }
}

/// EXIT STATUS, the same for every command.
pub(super) fn exit_status(roff: &mut Roff) {
    text::section(roff, "EXIT STATUS");
    for (exit, meaning) in Exit::ALL {
        text::item(roff, &exit.code().to_string(), meaning);
    }
    text::item(roff, "128+n", "ended by signal n, as the shell shows it");
}

fn environment(roff: &mut Roff, page: &Page, command: &Command) {
    let own = cli::variables(page).map(|(name, meaning)| (name.to_owned(), meaning.to_owned()));
    let all: Vec<_> = own.chain(options::variables(command)).collect();
    if !all.is_empty() {
        text::section(roff, "ENVIRONMENT");
        all.iter().for_each(|(name, meaning)| text::item(roff, name, meaning));
    }
}

fn examples(roff: &mut Roff, page: &Page) {
    text::section(roff, "EXAMPLES");
    for (at, (what, how)) in page.examples.iter().enumerate() {
        if at > 0 {
            roff.control("PP", []);
        }
        let mut letters = what.chars();
        let what: String =
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
        text::example(roff, &what, how);
    }
}

fn see_also(roff: &mut Roff, page: &Page) {
    text::section(roff, "SEE ALSO");
    let others = page.see_also.iter().filter_map(|name| find(name)).map(|entry| title(entry.page));
    let names: Vec<String> =
        others.chain(["sluicebox".to_owned()]).map(|name| format!("{name}(1)")).collect();
    roff.text([roman(names.join(", "))]);
}
