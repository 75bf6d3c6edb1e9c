//! Every block of README.md, in order, as a reader would run it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{Reader, check, prepare_lake};
use crate::support::{PROGRAM, root};

/// The blocks that are run: a phrase of each, and how many lines it prints. A new block needs a line here.
const BLOCKS: [(&str, usize); 11] = [
    ("kafka-consume created_users --exit-at-end --seal", 0),
    ("cargo run --release -- sandbox", 2),
    ("tests/run", 0),
    ("cargo install", 0),
    ("share/man/man1 man/*.1", 0),
    ("hash-fields --new-key hash.key", 0),
    ("infer-schema", 3),
    ("topic-admin create tour", 2),
    ("s3://lake/tour.parquet", 1),
    ("LAKE=s3://lake/tour/", 4),
    ("sluicebox run --name tour", 1),
];

/// A fenced block.
#[derive(Debug)]
struct Block {
    line: usize,
    language: String,
    text: String,
}

/// The fenced blocks of a text in Markdown; fails where code could hide from it.
fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (at, line) in markdown.lines().enumerate() {
        match line.strip_prefix("```") {
            Some("") if inside => inside = false,
            Some(language) if !inside => {
                inside = true;
                blocks.push(Block { line: at + 1, language: language.into(), text: String::new() });
            }
            _ if inside => blocks.last_mut().unwrap().text.extend([line, "\n"]),
            _ => assert!(
                !line.contains("```") && !line.contains("~~~") && !line.starts_with("    "),
                "line {}: code in another form than a fenced block",
                at + 1
            ),
        }
    }
    assert!(!inside, "the last block has no end");
    blocks
}

/// A fresh checkout on a machine where `cargo` and `tests/run` are quick, and say that they were called.
fn checkout() -> Reader {
    let mut reader = Reader::new("checkout");
    ["examples", "man", "completions"].into_iter().for_each(|folder| reader.link(folder));
    std::fs::create_dir(reader.dir.join("tests")).unwrap();
    // The real one would run this test: that it can be started is what there is to see.
    script(&reader.dir.join("tests/run"), &format!("exec {}/tests/run --help > help", root().display()));
    let shims = reader.home.join("shims");
    std::fs::create_dir(&shims).unwrap();
    let cargo = format!(
        r#"case $* in
            "run --release -- "*) shift 3; exec {PROGRAM} "$@" ;;
            "install --path . --locked")
                mkdir -p ~/.cargo/bin
                ln {PROGRAM} ~/.cargo/bin/ 2>/dev/null || cp {PROGRAM} ~/.cargo/bin/ ;;
            *) echo "cargo $*: what would it do?" >&2; exit 64 ;;
        esac
        echo "$*" > ~/called"#
    );
    script(&shims.join("cargo"), &cargo);
    // No short names but those that the README itself makes.
    let system = std::env::var("PATH").unwrap();
    reader.path = format!("{}:{}/.cargo/bin:{system}", shims.display(), reader.home.display());
    reader
}

fn script(file: &Path, text: &str) {
    std::fs::write(file, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(file, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn every_block_runs_in_order() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = blocks(&readme);
    let shown = blocks.iter().filter(|block| block.language == "text").count();
    let run: Vec<&Block> = blocks.iter().filter(|block| block.language == "sh").collect();
    assert_eq!((run.len(), shown), (BLOCKS.len(), 0), "blocks that run, and blocks that only show");
    assert_eq!(run.len() + shown, blocks.len(), "a block is sh or text");

    prepare_lake(&["tour/"]);
    // What the sentence above the first block takes for granted.
    let opening = Reader::new("opening");
    opening.prepare_key_and_schema();
    opening.prepare_topic("created_users", 4);
    opening.sh("topic-admin delete tour --if-exists").go().exits(0);
    let checkout = checkout();
    for (at, (block, (phrase, lines))) in run.into_iter().zip(BLOCKS).enumerate() {
        assert!(block.text.contains(phrase), "line {}: {phrase}", block.line);
        let reader = if at == 0 { &opening } else { &checkout };
        let shown = check(&block.text, reader.sh(&block.text).go()).text();
        assert_eq!(shown.lines().count(), lines, "line {}: {shown}", block.line);
    }
    let called = std::fs::read_to_string(checkout.home.join("called")).unwrap();
    assert_eq!(called, "install --path . --locked\n");
    assert!(std::fs::metadata(checkout.dir.join("help")).unwrap().len() > 0, "tests/run can be started");
    let share = checkout.home.join(".local/share");
    for file in ["man/man1/kafka-consume.1", "bash-completion/completions/kafka-consume"] {
        assert!(share.join(file).is_file(), "{file} is installed");
    }
    what_it_says_holds(&readme, &checkout);
}

/// What the text says beside the blocks.
fn what_it_says_holds(readme: &str, checkout: &Reader) {
    assert!(readme.contains("two of the 5,000 users that landed"));
    let example = std::fs::read_to_string(root().join("examples/tour.sh")).unwrap();
    assert!(example.contains("generate-users --results 5000"), "as many as the README says");
    let consumed = checkout.sh("kafka-consume tour --exit-at-end | wc -l").go().succeeds();
    assert_eq!(consumed.text().trim(), "1000");
    let landed = checkout.sh("from-parquet s3://lake/tour.parquet | sort | uniq | wc -l").go().succeeds();
    assert_eq!(landed.text().trim(), "1000", "all, and each once");
    for (at, line) in readme.lines().enumerate() {
        for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            let exists = file.is_empty() || file.contains("://") || root().join(file).exists();
            assert!(exists, "line {}: there is no {file}", at + 1);
        }
    }
}

#[test]
fn the_table_of_commands_names_them_all() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let table: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    for entry in sluicebox::commands::TABLE {
        let name = entry.page.name;
        assert!(
            table
                .iter()
                .any(|line| line.contains(&format!("`{name}`"))
                    || line.contains(&format!("`sluicebox {name}`"))),
            "README.md does not name {name}"
        );
    }
}
