//! Parquet to the byte: the same records, options and release make the same file, on any machine.
//!
//! The digests are in `parquet.sha256`, for each release: what a file is made of names the release, so a new one has
//! lines of its own. Where the digest of a release changes, something else has: the encoding, the text of the schema, a
//! library that encodes or compresses (see `Cargo.lock`). That may be on purpose; it is not to happen unseen.

use sha2::{Digest, Sha256};

use super::text;
use crate::support::{folder, root, sh};

const DIGESTS: &str = "parquet.sha256";
/// Prints the lines of this release.
const AGAIN: &str = "cargo test --release --locked --test tests print_the_digests -- --ignored --nocapture";

/// The files: how often each has the users. The second is made of several batches, which are parsed while the one before
/// is encoded.
const FILES: [(&str, usize); 2] = [("users", 1), ("users-50-times", 50)];

/// One core, several, records that come in pieces, and the ways out.
const WAYS: [&str; 5] = [
    "$TO_PARQUET < records",
    // The encoder is a thread of its own; here it has no core of its own.
    "taskset -c $(taskset -cp $$ | sed 's/.*: //; s/[-,].*//') $TO_PARQUET < records",
    "dd bs=997 if=records 2>/dev/null | $TO_PARQUET",
    "$TO_PARQUET -o made < records && cat made",
    "via --seal -- cat < records | $TO_PARQUET -o made && cat made",
];

/// The file that a script makes of the users, so many times.
fn made(script: &str, times: usize) -> Vec<u8> {
    let dir = folder("bytes");
    let users = std::fs::read(root().join("tests/data/users.ndjson")).unwrap();
    std::fs::write(dir.join("records"), users.repeat(times)).unwrap();
    let command = format!("to-parquet --schema {}", root().join("examples/users.ddl").display());
    sh(script).env("TO_PARQUET", command).dir(&dir).go().succeeds().stdout
}

/// As a file of digests has it (`sha256sum -c`).
fn line(name: &str, file: &[u8]) -> String {
    let digest: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}  {name}-{}.parquet", env!("CARGO_PKG_VERSION"))
}

#[test]
fn parquet_is_the_same_to_the_byte_on_any_machine() {
    let digests = text(DIGESTS);
    for (name, times) in FILES {
        let named = format!("  {name}-{}.parquet", env!("CARGO_PKG_VERSION"));
        let ever = digests.lines().find(|line| line.ends_with(&named)).unwrap_or_else(|| {
            panic!("{DIGESTS} has no digest of{named}: for a new release, add the lines that this prints:\n{AGAIN}")
        });
        for way in WAYS {
            assert_eq!(
                line(name, &made(way, times)),
                ever,
                "{way}: the same records make other bytes. If a change of the encoding, or of a library, means to: put \
                 the lines that this prints in the place of those of this release in {DIGESTS}, and say so in \
                 CHANGELOG.md\n{AGAIN}"
            );
        }
    }
}

/// The lines of this release, for a new one.
#[test]
#[ignore = "makes a sample"]
fn print_the_digests() {
    FILES.iter().for_each(|(name, times)| println!("{}", line(name, &made(WAYS[0], *times))));
}
