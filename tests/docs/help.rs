//! Every example of every `--help`, and the form of the help itself.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use mongodb::bson::doc;
use sluicebox::commands::{Page, TABLE};

use super::{Reader, check, names, prepare_lake};
use crate::support::api::Api;
use crate::support::cassandra::{self, Keyspace};
use crate::support::mongo::{self, Store};
use crate::support::{Run, SKIPPED, finish, folder, fresh, run};

/// Makes what the examples mention: files, topics, objects.
fn prepare() -> Reader {
    let reader = Reader::new("examples");
    reader.prepare_key_and_schema();
    std::fs::copy(crate::support::root().join("examples/land.sh"), reader.dir.join("land.sh")).unwrap();
    std::fs::copy(crate::support::root().join("tests/data/trades.ndjson"), reader.dir.join("trades.ndjson"))
        .unwrap();
    for (topic, partitions) in [
        ("created_users", 4),
        ("users", 2),
        ("copy", 2),
        ("clean", 2),
        ("scratch", 1),
        ("female", 1),
        ("male", 1),
    ] {
        reader.prepare_topic(topic, partitions);
    }
    reader.sh("topic-admin delete events --if-exists").go().exits(0);
    prepare_lake(&["2026-11-20.ndjson"]);
    prepare_databases();
    let script = "generate-users --results 200 --seed help > users.ndjson
        generate-users --results 1 --seed other | jq -c 'del(.phone)' >> users.ndjson
        to-parquet --schema users.ddl -o users.parquet < users.ndjson
        s3-put s3://lake/users.parquet < users.parquet
        kafka-produce --topic created_users < users.ndjson
        kafka-produce --topic users --key login.uuid --header origin=help < users.ndjson
        kafka-produce --topic-from gender < users.ndjson
        topic-admin init-group copy --topic created_users --at earliest --if-not-exists > /dev/null
        topic-admin init-group parquet --topic created_users --at earliest --if-not-exists > group
        topic-admin init-group pg --topic created_users --at earliest --if-not-exists > group
        topic-admin init-group proof --topic created_users --at earliest --if-not-exists > group
        LAKE=s3://lake/created_users/ kafka-consume created_users --group proof --exit-at-end -- ./land.sh
        topic-admin create names --partitions 2 --if-not-exists > /dev/null
        jq -c '{name: .name.last, email, gender}' < users.ndjson > names.ndjson
        echo 'name STRING, email STRING NOT NULL, gender STRING' > names.ddl
        kafka-produce --topic names --key email < names.ndjson
        topic-admin init-group rows --topic names --at earliest --if-not-exists > /dev/null
        topic-admin init-group documents --topic users --at earliest --if-not-exists > /dev/null
        mkdir -p ~/.local/bin
        echo 'client.id=help' > ~/.kafka.properties";
    reader.sh(script).go().succeeds();
    reader
}

/// The keyspace, the tables and the collections that the examples write into.
fn prepare_databases() {
    let lake = Keyspace::on(cassandra::node(), "lake");
    lake.cql("CREATE TABLE IF NOT EXISTS KS.users (email text PRIMARY KEY, gender text, nat text)");
    let store = Store::on(mongo::server(), "lake");
    // The last one, too, which its example may make: two partitions would make it at once, and this server hangs up
    // on one of them.
    for collection in ["users", "names", "people"] {
        store.insert(collection, doc! { "_id": fresh("example") });
    }
}

/// One example, in a folder of its own with copies of the prepared files.
struct Example<'a> {
    how: &'a str,
    run: Run,
    results: Vec<std::path::PathBuf>,
}

impl<'a> Example<'a> {
    fn new(how: &'a str, prepared: &Reader, api: &Api) -> Self {
        let dir = folder("example");
        for name in names(&prepared.dir) {
            std::fs::copy(prepared.dir.join(&name), dir.join(&name)).unwrap();
        }
        std::os::unix::fs::symlink(crate::support::root().join("examples"), dir.join("examples")).unwrap();
        let results: Vec<_> = written(how).map(|name| dir.join(name)).collect();
        for file in results.iter().filter(|file| file.exists()) {
            std::fs::remove_file(file).unwrap();
        }
        let run = prepared.sh(how).dir(&dir).env("SLUICEBOX_USERS_URL", api.url());
        let home = prepared.home.to_str().unwrap();
        let run = mongo::server().reach(cassandra::node().reach(run)).env("HOME", home);
        Self { how, run, results }
    }

    /// Runs it to its end, which is a good one.
    fn ends(self) {
        check(self.how, self.run.go());
        for file in self.results {
            assert!(file.metadata().is_ok_and(|data| data.len() > 0), "{}: {}", self.how, file.display());
        }
    }

    /// Runs it for a while and interrupts it, as Ctrl-C does.
    fn goes_on(self) {
        let mut child = self.run.start();
        drop(child.stdin.take());
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        if self.how.contains('|') {
            std::thread::sleep(Duration::from_secs(2));
        } else {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            assert!(line.starts_with('{'), "{}: it writes records", self.how);
        }
        assert!(child.try_wait().unwrap().is_none(), "{}: it goes on", self.how);
        // SAFETY: kill(2) takes any numbers; the group is the child's, which is not yet waited for.
        unsafe { libc::kill(-(child.id() as i32), libc::SIGINT) };
        let rest = std::thread::spawn(move || stdout.read_to_end(&mut Vec::new()));
        // What a busy machine costs a source is told, and no mistake of the example.
        let ran = finish(child).without(SKIPPED);
        rest.join().unwrap().unwrap();
        assert_eq!((ran.signal, ran.stderr.as_str()), (Some(libc::SIGINT), ""), "{}", self.how);
    }
}

/// The files that an example makes.
fn written(how: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> = how.split_whitespace().collect();
    let pairs: Vec<(&str, &str)> = words.iter().copied().zip(words.iter().skip(1).copied()).collect();
    pairs.into_iter().filter(|(word, _)| [">", "-o", "--new-key"].contains(word)).map(|(_, name)| name)
}

/// Does it go on until somebody stops it?
fn endless(how: &str) -> bool {
    how.contains("--every")
        || how.starts_with("kafka-consume") && !how.contains("--exit-at-end") && !how.contains(" -n ")
}

#[test]
fn every_example_runs() {
    let (prepared, api) = (prepare(), Api::start());
    // One thread a command: the examples of one may build on each other, as link and unlink do.
    std::thread::scope(|scope| {
        for entry in TABLE {
            let (prepared, api) = (&prepared, &api);
            scope.spawn(move || {
                assert!(!entry.page.examples.is_empty(), "{} has no example", entry.page.name);
                for (_, how) in entry.page.examples {
                    let example = Example::new(how, prepared, api);
                    if endless(how) { example.goes_on() } else { example.ends() }
                }
            });
        }
    });
}

/// What `NAME OPTION…` prints on a screen of 100 columns.
fn help(arguments: &[&str]) -> String {
    run(arguments[0]).args(&arguments[1..]).env("COLUMNS", "100").go().succeeds().text()
}

#[test]
fn short_help_fits_a_screen() {
    for entry in TABLE {
        let name = entry.page.name;
        let command = sluicebox::cli::command(entry);
        let verbs = command.get_subcommands().map(|verb| vec![name, verb.get_name(), "-h"]);
        for call in verbs.chain([vec![name, "-h"]]) {
            let text = help(&call);
            assert!(text.lines().count() <= 50, "{call:?} has {} lines", text.lines().count());
            assert!(
                text.lines().all(|line| line.chars().count() <= 100),
                "{call:?} is wider than 100 columns"
            );
        }
    }
}

#[test]
fn long_help_leads_with_examples_and_ends_with_exit_status_and_environment() {
    for entry in TABLE {
        let Page { name, examples, .. } = entry.page;
        let text = help(&[name, "--help"]);
        let parts = ["\nExamples:\n", "\nUsage: ", "\nOptions:\n", "\nExit status:\n", "\nEnvironment:\n"];
        let places: Vec<_> = parts.iter().map(|part| text.find(part)).collect();
        assert!(places.is_sorted() && places[0].is_some(), "{name} --help: {parts:?} stand at {places:?}");
        let before = &text[..places[0].unwrap()];
        assert_eq!(before.trim_end().lines().count(), 1, "{name} --help: one line stands above the examples");
        for (what, _) in *examples {
            assert!(what.len() <= 76, "{name}: a comment that wraps is no comment: {what}");
        }
        for line in examples.iter().flat_map(|(_, how)| how.lines()) {
            assert!(line.len() <= 78, "{name}: fits a screen of 80 columns: {line}");
            assert!(text.contains(&format!("\n  {line}\n")), "{name} --help shows as it is typed: {line}");
        }
    }
}

#[test]
fn an_example_names_its_command() {
    for page in TABLE.iter().map(|entry| entry.page) {
        for (what, how) in page.examples {
            assert!(how.contains(page.name), "{}: {what}", page.name);
        }
    }
}
