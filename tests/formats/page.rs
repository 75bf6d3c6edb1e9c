//! The page and the folder: each sample is named on `docs/formats.md`, and each that it names is there.

use std::collections::BTreeSet;

use super::samples;
use crate::support::root;

/// The first cell of each row under the heading.
fn named() -> BTreeSet<String> {
    let page = std::fs::read_to_string(root().join("docs/formats.md")).unwrap();
    let (_, section) = page.split_once("\n## Samples\n").expect("a section of samples");
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    rows.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn each_sample_is_on_the_page_of_formats_and_each_on_the_page_is_there() {
    let files = std::fs::read_dir(samples()).unwrap();
    let there: BTreeSet<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(named(), there);
}
