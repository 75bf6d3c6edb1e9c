//! Man pages and completions, from the same definitions that parse the command line.
//!
//! The options are clap's; the words are each command's [`Page`]. The files are committed, and a
//! check holds them in step.

use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli;
use crate::commands::{Entry, Kind, Page, TABLE, short_names};
use crate::run::Exit;

/// Every generated file: its path from the root of the repository, and its text.
pub fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = TABLE.iter().map(page).collect();
    files.push(("man/sluicebox.1".to_owned(), program_page()));
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        files.extend(completions(shell));
    }
    files
}

/// How the program is called in examples and file names: short names stand for themselves.
fn title(page: &Page) -> String {
    if short_names().any(|name| name == page.name) {
        page.name.into()
    } else {
        format!("sluicebox-{}", page.name)
    }
}

fn page(entry: &Entry) -> (String, String) {
    let page = entry.page;
    let title = title(page);
    let command = cli::command(entry);
    let command = if title == page.name { command } else { command.bin_name(title.replacen('-', " ", 1)) };
    let man =
        Man::new(command).title(title.to_uppercase()).section("1").source(version()).manual("Sluicebox");
    let mut text = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = man.render_title(&mut text);
    let mut roff = Roff::new();
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{title} - {}", page.about))]);
    let _ = roff.to_writer(&mut text);
    let _ = man.render_synopsis_section(&mut text);
    let _ = prose(page).to_writer(&mut text);
    let _ = man.render_options_section(&mut text);
    let _ = tail(page).to_writer(&mut text);
    (format!("man/{title}.1"), String::from_utf8_lossy(&text).into_owned())
}

fn version() -> String {
    format!("sluicebox {}", env!("CARGO_PKG_VERSION"))
}

fn prose(page: &Page) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["DESCRIPTION"]);
    paragraphs(&mut roff, page.description);
    roff
}

fn paragraphs(roff: &mut Roff, text: &str) {
    for (at, paragraph) in text.split("\n\n").enumerate() {
        if at > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(paragraph.trim())]);
    }
}

/// EXIT STATUS, ENVIRONMENT, FILES, EXAMPLES, SEE ALSO.
fn tail(page: &Page) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (exit, meaning) in Exit::ALL {
        item(&mut roff, &exit.code().to_string(), meaning);
    }
    item(&mut roff, "128+n", "ended by signal n, as the shell shows it");
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, meaning) in cli::variables(page) {
        item(&mut roff, name, meaning);
    }
    roff.control("PP", []);
    roff.text([roman("Variables that stand for an option are shown with it: [env: …].")]);
    if !page.files.is_empty() {
        roff.control("SH", ["FILES"]);
        page.files.iter().for_each(|(name, meaning)| item(&mut roff, name, meaning));
    }
    roff.control("SH", ["EXAMPLES"]);
    for (what, how) in page.examples {
        roff.control("TP", []);
        roff.text([roman(*what)]);
        roff.text([bold(*how)]);
    }
    roff.control("SH", ["SEE ALSO"]);
    let others =
        page.see_also.iter().filter_map(|name| crate::commands::find(name)).map(|entry| title(entry.page));
    let names: Vec<String> =
        others.chain(["sluicebox".to_owned()]).map(|name| format!("{name}(1)")).collect();
    roff.text([roman(names.join(", "))]);
    roff
}

fn item(roff: &mut Roff, name: &str, meaning: &str) {
    roff.control("TP", []);
    roff.text([bold(name)]);
    roff.text([roman(meaning)]);
}

/// sluicebox(1): the commands by kind.
fn program_page() -> String {
    let man = Man::new(cli::program()).title("SLUICEBOX").section("1").source(version()).manual("Sluicebox");
    let mut text = Vec::new();
    let _ = man.render_title(&mut text);
    let mut roff = Roff::new();
    roff.control("SH", ["NAME"]);
    roff.text([roman("sluicebox - commands that stream newline-delimited JSON from source to lake")]);
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold("sluicebox"), roman(" COMMAND [ARGUMENT]...")]);
    roff.control("br", []);
    roff.text([roman("COMMAND [ARGUMENT]...")]);
    for (kind, heading) in [
        (Kind::Source, "SOURCES"),
        (Kind::Transform, "TRANSFORMS"),
        (Kind::Encoder, "ENCODERS"),
        (Kind::Sink, "SINKS"),
        (Kind::Runner, "RUNNERS"),
        (Kind::Control, "CONTROL"),
    ] {
        let of_kind: Vec<&Page> =
            TABLE.iter().map(|entry| entry.page).filter(|page| page.kind == kind).collect();
        if !of_kind.is_empty() {
            roff.control("SH", [heading]);
            of_kind.iter().for_each(|page| item(&mut roff, &format!("{}(1)", title(page)), page.about));
        }
    }
    roff.control("SH", ["EXIT STATUS"]);
    for (exit, meaning) in Exit::ALL {
        item(&mut roff, &exit.code().to_string(), meaning);
    }
    let _ = roff.to_writer(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// One script a shell and a short name, and one for `sluicebox COMMAND`.
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
