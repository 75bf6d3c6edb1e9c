//! The architecture, as a test: who may use whom.

use std::path::{Path, PathBuf};

use crate::support::root;

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Fails when a file below `room` names one of `forbidden`.
fn never_uses(room: &str, forbidden: &[&str]) {
    for file in sources(&root().join("src").join(room)) {
        let text = std::fs::read_to_string(&file).unwrap();
        for name in forbidden {
            assert!(
                !text.contains(&format!("crate::{name}::")) && !text.contains(&format!("crate::{{{name}")),
                "{} uses {name}",
                file.display()
            );
        }
    }
}

#[test]
fn rooms_never_use_commands_and_the_ground_floor_uses_no_room() {
    let rooms = [
        "batch",
        "cassandra",
        "csv",
        "fields",
        "job",
        "json",
        "kafka",
        "mongo",
        "parquet",
        "postgres",
        "pseudonym",
        "s3",
        "schema",
        "users",
    ];
    for room in rooms {
        never_uses(room, &["commands", "cli", "manual"]);
    }
    let all: Vec<&str> = rooms.into_iter().chain(["commands", "cli", "manual"]).collect();
    never_uses("stream", &all);
    never_uses("run", &[&all[..], &["stream"]].concat());
}

#[test]
fn commands_never_import_each_other() {
    let commands = root().join("src/commands");
    let names: Vec<String> = sources(&commands)
        .iter()
        .map(|file| file.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "mod")
        .collect();
    for file in sources(&commands).iter().filter(|file| file.file_stem().unwrap() != "mod") {
        let text = std::fs::read_to_string(file).unwrap();
        for name in &names {
            assert!(
                !text.contains(&format!("commands::{name}::")) && !text.contains(&format!("super::{name}::")),
                "{} imports {name}",
                file.display()
            );
        }
    }
}
