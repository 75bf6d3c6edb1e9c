//! What the documentation shows is run, and what is generated from the code is in step with it.

mod examples;
mod help;
mod links;
mod pages;
mod readme;

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use sluicebox::s3::{S3Args, Store};

use crate::support::{LATE, PROGRAM, Ran, Run, folder, path, root, service, sh};

/// A reader at work: a folder, a home of their own, and the program on PATH.
struct Reader {
    dir: PathBuf,
    home: PathBuf,
    path: String,
}

impl Reader {
    /// With `sluicebox` and the short names on PATH.
    fn new(name: &str) -> Self {
        let (dir, home) = (folder(name), folder("home"));
        let bin = home.join("bin");
        std::fs::create_dir(&bin).unwrap();
        symlink(PROGRAM, bin.join("sluicebox")).unwrap();
        let path = format!("{}:{}", bin.display(), path());
        Self { dir, home, path }
    }

    /// `sh -e -c SCRIPT`, in the folder.
    fn sh(&self, script: &str) -> Run {
        sh(&format!("set -e\n{script}"))
            .dir(&self.dir)
            .env("HOME", &self.home)
            .env("PATH", &self.path)
            .without("XDG_CONFIG_HOME")
    }

    /// Puts a file of the repository into the folder, as it stands there.
    fn link(&self, file: &str) {
        symlink(root().join(file), self.dir.join(file)).unwrap();
    }

    /// A key, and the schema of users, under the names that the documentation gives them.
    fn prepare_key_and_schema(&self) {
        self.sh("hash-fields --new-key hash.key").go().exits(0);
        std::fs::copy(root().join("examples/users.ddl"), self.dir.join("users.ddl")).unwrap();
    }

    /// A topic, if it does not exist yet.
    fn prepare_topic(&self, name: &str, partitions: u32) {
        service("KAFKA_BOOTSTRAP_SERVERS");
        self.sh(&format!("topic-admin create {name} --partitions {partitions} --if-not-exists"))
            .go()
            .exits(0);
    }
}

/// The bucket of the documentation, made if it does not exist yet; without the objects `absent`, which are
/// keys, and prefixes that end with `/`.
fn prepare_lake(absent: &[&str]) {
    service("AWS_ENDPOINT_URL_S3");
    let store = Store::open(&S3Args::default()).unwrap();
    let request = store.client().create_bucket().bucket("lake");
    // It may be there: whether it can be used, the examples show.
    let _ = store.wait(async move { request.send().await.is_ok() }).unwrap();
    for prefix in absent {
        let request = store.client().list_objects_v2().bucket("lake").prefix(*prefix);
        let found = store.wait(async move { request.send().await.unwrap() }).unwrap();
        for key in found.contents().iter().filter_map(|object| object.key()) {
            let request = store.client().delete_object().bucket("lake").key(key);
            store.wait(async move { request.send().await.unwrap() }).unwrap();
        }
    }
}

/// What a script says on stderr when all is well, a phrase a line: nothing, but for what tells by nature.
fn told(script: &str) -> Vec<&'static str> {
    let mut told = Vec::new();
    if script.contains("--new-key") || script.contains("tour.sh") {
        told.push("holds a new key, id ");
    }
    if script.contains("tour.sh") {
        told.extend(["1. users, ", "2. the topic, ", "3. what landed: two of the users"]);
    }
    if script.contains("md5-int") {
        told.push("md5-int has no key");
    }
    if script.contains("postgres-put") && script.contains("--dry-run") {
        told.push("the table takes such rows");
    }
    if script.contains("s3-put --dry-run") {
        told.push("the object ");
    }
    told
}

/// Fails unless a script ended well, having said on stderr what it should and nothing else.
#[track_caller]
fn check(script: &str, ran: Ran) -> Ran {
    let told = told(script);
    // A busy broker lets a member in late.
    let ran = if script.contains("--group") { ran.without(LATE) } else { ran };
    let as_told = ran.stderr.lines().count() == told.len()
        && ran.stderr.lines().zip(&told).all(|(line, phrase)| line.contains(phrase));
    assert!(
        as_told && ran.code == Some(0),
        "{script}\n{:?} {:?}; stderr: {}\nstdout: {:.2000}",
        ran.code,
        ran.signal,
        ran.stderr,
        ran.text()
    );
    ran
}

/// The names in a folder, sorted.
fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
