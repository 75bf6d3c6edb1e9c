//! `hash-fields`: replaces values by keyed pseudonyms and leaves every other byte alone.

use std::path::{Path, PathBuf};

use crate::commands::{Command, Kind, Page};
use crate::json::Paths;
use crate::pseudonym::{Algorithm, Fields, Key, KeyFile, Missing, Normalization, Normalize, Tokens};
use crate::run::log::say;
use crate::run::{Error, Process, Result, files};
use crate::stream::{Facts, Fate, Line, Options, Reading, Record, Stage, Transform, Trouble};

/// The options of `hash-fields`.
#[derive(clap::Args, Debug)]
pub struct HashFields {
    /// Fields to replace: a.b[*].c, a[0].b, a."b.c", or a JSON Pointer (/a/0/b)
    #[arg(value_name = "PATH", required_unless_present = "new_key")]
    paths: Vec<String>,

    /// The secret key: a file made by --new-key
    ///
    /// A mere name that is not in the current directory is looked up in $CREDENTIALS_DIRECTORY too.
    #[arg(long, value_name = "FILE", env = "SLUICEBOX_HASH_KEY_FILE")]
    key_file: Option<PathBuf>,

    /// Make a new key in FILE, which must not exist, and end
    #[arg(long, value_name = "FILE", conflicts_with = "paths")]
    new_key: Option<PathBuf>,

    /// Refuse to start with any other key than this one
    #[arg(long, value_name = "ID")]
    expect_key_id: Option<String>,

    /// How values are replaced
    #[arg(long, value_enum, default_value_t)]
    algorithm: Algorithm,

    /// What to do with a text before it is hashed; always in the order trim, lower, nfc
    #[arg(long, value_enum, value_delimiter = ',', value_name = "STEPS")]
    normalize: Vec<Normalization>,

    /// What to do with a record in which a path leads to nothing, or to null on the way
    #[arg(long, value_enum, default_value_t)]
    missing: Missing,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

impl Command for HashFields {
    const PAGE: Page = Page {
        name: "hash-fields",
        kind: Kind::Transform,
        about: "replace values by keyed pseudonyms, leaving every other byte alone",
        description: "Replaces the value at each PATH by a token: \"KEYID.TAG\", where TAG is the HMAC-SHA256 of \
            the value's text under a secret key, in hex, and KEYID names the key. The same value has the same \
            token under one key, so joins still work; without the key, nobody can compute it or guess the value \
            from it. The output still is personal data to whoever holds the key: keep the key apart from it.\n\n\
            The text of a string is what it says once its escapes are resolved; the text of a number is its \
            spelling, so that 9829 and \"9829\" have one token, and 9829.0 has another. true and false are taken \
            as words. null stays null. An object or an array is refused: name a field inside it.\n\n\
            With --missing keep, records that lack a field are passed on; but a path that leads to nothing in all \
            records ends the run with exit status 1, and without a closing seal: it is most likely misspelt, and what it was to \
            replace has passed in clear. keep-all is for a stream in which all records may lack the field. A record \
            of another shape (an array where the path has a name) is always refused. The summary counts \
            {PATH: {hashed, null, missing}}.\n\n\
            Where a name is repeated in an object, every occurrence is replaced. Key order, spacing, escapes and \
            line ends stay as they are.\n\n\
            A path is names joined by dots; [*] is every element of an array, [0] the first. A name that holds \
            one of . [ ] \" is written in JSON quotes. A path that begins with / is a JSON Pointer (RFC 6901).\n\n\
            In Python, with the key in bytes: hmac.new(key, text.encode(), \"sha256\").hexdigest(). The key file \
            has the key in base64url behind 'sluicebox-key-1:'.\n\n\
            --algorithm md5-int writes int(md5(text), 16), as some tutorials do. It needs no key and protects \
            nothing: whoever hashes all postcodes can read it.",
        examples: &[
            ("make a key, once", "hash-fields --new-key hash.key"),
            ("hash one field", "hash-fields --key-file hash.key email < users.ndjson"),
            (
                "several, however they are spelled",
                "hash-fields --key-file hash.key --normalize trim,lower,nfc \\\n    \
                 email login.username < users.ndjson",
            ),
            (
                "where some records lack the field",
                "hash-fields --key-file hash.key --missing keep phone < users.ndjson",
            ),
            (
                "between a source and a topic",
                "fetch-users --results 100 |\n    hash-fields --key-file hash.key email location.postcode |\n    \
                 kafka-produce --topic created_users",
            ),
            (
                "as some tutorials do, which protects nothing",
                "hash-fields --algorithm md5-int location.postcode < users.ndjson",
            ),
        ],
        environment: &[(
            "CREDENTIALS_DIRECTORY",
            "where a key file that is a mere name is looked up too (systemd.exec(5))",
        )],
        files: &[],
        see_also: &["generate-users", "kafka-produce", "to-parquet"],
    };

    fn run(self, process: &Process) -> Result<()> {
        if let Some(path) = &self.new_key {
            return make_key(path);
        }
        let (stage, fields) = Stage::open(process, &self.stream)?.prepare(|| self.plan())?;
        stage.transform(&self.reading, fields)
    }
}

/// Makes a key and tells its id.
fn make_key(path: &Path) -> Result<()> {
    let key = KeyFile::new(path).create()?;
    say(&format!("{} holds a new key, id {}: keep it apart from the data", path.display(), key.id()));
    Ok(())
}

impl HashFields {
    /// Checks everything before the first record is read.
    fn plan(&self) -> Result<Fields> {
        let paths = Paths::parse(&self.paths)?;
        let tokens = match self.algorithm {
            Algorithm::HmacSha256 => Tokens::keyed(&self.key()?),
            Algorithm::Md5Int => self.md5_int()?,
        };
        Ok(Fields::new(paths, tokens, Normalize::new(&self.normalize), self.missing))
    }

    /// The key, which there must be.
    fn key(&self) -> Result<Key> {
        let name = self.key_file.as_deref().ok_or_else(|| {
            Error::usage("no key: pseudonyms without a secret key can be guessed")
                .hint("hash-fields --new-key hash.key, then --key-file hash.key")
        })?;
        let (key, warning) = KeyFile::new(files::secret(name)).read()?;
        if let Some(warning) = warning {
            log::warn!("{warning}");
        }
        if let Some(expected) = &self.expect_key_id {
            key.expect_id(expected)?;
        }
        Ok(key)
    }

    fn md5_int(&self) -> Result<Tokens> {
        if self.expect_key_id.is_some() {
            return Err(Error::usage("--expect-key-id with --algorithm md5-int, which has no key")
                .hint("leave out --algorithm md5-int"));
        }
        log::warn!(
            "md5-int has no key: whoever hashes all possible values can read it; use it for compatibility only"
        );
        Ok(Tokens::Md5Int)
    }
}

impl Transform for Fields {
    fn record(&mut self, record: &Record<'_>, out: &mut Line<'_>) -> Result<Fate, Trouble> {
        self.replace(record, out.buffer())?;
        Ok(Fate::Passed)
    }

    fn finish(&mut self) -> Result<Facts> {
        Fields::finish(self)
    }

    fn facts(&self) -> Facts {
        self.key_id().map(|id| ("key_id".to_owned(), id.into())).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::run::Exit;

    #[derive(clap::Parser)]
    struct Program {
        #[command(flatten)]
        command: HashFields,
    }

    fn parse(arguments: &str) -> Result<HashFields, clap::Error> {
        let arguments = std::iter::once("hash-fields").chain(arguments.split_whitespace());
        Program::try_parse_from(arguments).map(|program| program.command)
    }

    fn refusal(arguments: &str) -> Error {
        parse(arguments).unwrap().plan().err().unwrap()
    }

    #[test]
    fn it_does_not_start_without_a_key_unless_the_algorithm_has_none() {
        let error = refusal("email");
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.to_string().contains("hash-fields --new-key hash.key"), "{error}");
        assert!(parse("--algorithm md5-int email").unwrap().plan().is_ok());
        assert_eq!(refusal("--algorithm md5-int --expect-key-id 1 email").exit(), Exit::Usage);
    }

    #[test]
    fn a_new_key_needs_no_path_and_everything_else_does() {
        assert!(parse("--new-key k").is_ok());
        assert!(parse("--key-file k").is_err());
        assert!(parse("--new-key k email").is_err());
    }

    #[test]
    fn paths_are_checked_before_the_key_is_read() {
        assert!(refusal("--key-file absent a a.b").message().contains("overlap"));
    }
}
