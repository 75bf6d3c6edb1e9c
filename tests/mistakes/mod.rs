//! Mistakes: what a person gets wrong, command by command. Each ends at once with the documented exit
//! status and one line that names the cause and what to type next; nothing is written.

mod command_line;
mod files;
mod places;
mod texts;

use std::path::PathBuf;
use std::time::Instant;

use crate::support::{Run, SOON, folder, run};

/// A folder with the files of these tests.
struct Desk(PathBuf);

impl Desk {
    fn set() -> Self {
        let desk = Self(folder("mistakes"));
        desk.write("bad.ddl", "a BIGNIT,\nb STRUCT<c: INT,\n");
        desk.write("good.ddl", "a BIGINT");
        desk.write("empty", "");
        desk.write("wrong.key", "not a key at all\n");
        desk.write("there", "already");
        desk.write("users.ndjson", "{\"a\":1}\n");
        desk.write("noise.properties", "sasl.password\n");
        std::fs::create_dir(desk.path("folder")).unwrap();
        run("hash-fields").args(["-q", "--new-key", desk.path("hash.key").to_str().unwrap()]).go().exits(0);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// What stands here, with sizes.
    fn inventory(&self) -> Vec<(String, u64)> {
        let entries = std::fs::read_dir(&self.0).unwrap().map(Result::unwrap);
        let mut all: Vec<_> = entries
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.metadata().unwrap().len()))
            .collect();
        all.sort();
        all
    }

    /// What stands in each file.
    fn contents(&self) -> Vec<(String, Vec<u8>)> {
        let names = self.inventory().into_iter().map(|(name, _)| name);
        names
            .filter(|name| name != "folder")
            .map(|name| (name.clone(), std::fs::read(self.path(&name)).unwrap()))
            .collect()
    }

    /// Runs `line`, its words split at spaces.
    #[track_caller]
    fn mistake(&self, line: &str, code: i32, words: &[&str]) {
        let mut words_of_line = line.split(' ');
        let command = run(words_of_line.next().unwrap()).args(words_of_line);
        self.judge(line, command, code, words);
    }

    /// What every mistake has in common: told at once, in one line, and nothing is written.
    #[track_caller]
    fn judge(&self, line: &str, command: Run, code: i32, words: &[&str]) {
        let (before, started) = (self.inventory(), Instant::now());
        let ran = command.dir(&self.0).stdin("{\"a\":1}\n").go();
        assert!(started.elapsed() < SOON, "{line} took {:?}", started.elapsed());
        assert!(!ran.stderr.contains("panicked"), "{line}: {}", ran.stderr);
        assert_eq!(ran.code, Some(code), "{line}: {}", ran.stderr);
        assert_eq!(ran.stdout, b"", "{line}");
        ran.fails(code, words);
        assert_eq!(self.inventory(), before, "{line} wrote something");
    }
}
