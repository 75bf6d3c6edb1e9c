//! The pages of Markdown hold together: blocks are closed, and what they point to is there.

use std::path::PathBuf;

use super::names;
use crate::support::root;

/// A page, and its text.
struct Page {
    path: PathBuf,
    text: String,
}

fn pages() -> Vec<Page> {
    let pages = ["", "docs", "docs/decisions"].into_iter().flat_map(|folder| {
        let folder = root().join(folder);
        names(&folder).into_iter().filter(|name| name.ends_with(".md")).map(move |name| folder.join(name))
    });
    pages.map(Page::read).collect()
}

impl Page {
    fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).unwrap();
        Self { path, text }
    }

    /// The text without its blocks: what stands between fences is every second part.
    fn prose(&self) -> String {
        self.text.split("\n```").step_by(2).collect()
    }

    /// Where its links lead.
    fn links(&self) -> Vec<String> {
        let prose = self.prose();
        let ends = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        ends.map(|(link, _)| link.to_owned()).collect()
    }

    /// What stands between backticks.
    fn spans(&self) -> Vec<String> {
        self.prose().split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    /// The names by which its headings are linked to.
    fn anchors(&self) -> Vec<String> {
        let prose = self.prose();
        let headings = prose.lines().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }
}

/// A heading as GitHub names it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn docs_close_each_block_that_they_open() {
    for page in pages() {
        assert!(page.text.matches("\n```").count().is_multiple_of(2), "{}", page.path.display());
    }
}

#[test]
fn docs_link_to_pages_and_headings_that_are_there() {
    for page in pages() {
        for link in page.links().iter().filter(|link| !link.contains("://")) {
            let (path, heading) = link.split_once('#').unwrap_or((link.as_str(), ""));
            let target = match path {
                "" => page.path.clone(),
                path => page.path.parent().unwrap().join(path),
            };
            assert!(target.exists(), "{} links to {link}", page.path.display());
            if !heading.is_empty() {
                let anchors = Page::read(target).anchors();
                assert!(anchors.contains(&heading.to_owned()), "{} links to {link}", page.path.display());
            }
        }
    }
}

#[test]
fn docs_name_files_and_options_that_are_there() {
    let man = root().join("man");
    let manual: String = names(&man).iter().map(|name| Page::read(man.join(name)).text).collect();
    let manual = manual.replace("\\-", "-");
    let is_path = |span: &str| {
        let plain = span.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
        plain
            && ["src/", "tests/", "docs/", "examples/", "bin/", ".ci/"]
                .iter()
                .any(|room| span.starts_with(room))
    };
    for page in pages() {
        let place = page.path.display();
        for span in page.spans() {
            if is_path(&span) && !span.contains("NAME") {
                assert!(root().join(&span).exists(), "{place} names {span}");
            }
            if span.starts_with("--") {
                for option in span.split([' ', '=', '|', '[']).filter(|word| word.starts_with("--")) {
                    assert!(option == "--" || manual.contains(option), "{place} names {option}");
                }
            }
        }
    }
}
