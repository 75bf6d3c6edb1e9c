//! Files that are absent, of the wrong kind, there already, or used twice.

use std::os::unix::fs::PermissionsExt;

use super::Desk;
use crate::support::run;

#[test]
fn mistakes_with_files() {
    let desk = Desk::set();
    for (line, code, words) in [
        ("to-parquet --schema absent.ddl", 2, &["absent.ddl", "infer-schema"][..]),
        ("to-parquet --schema folder", 2, &["folder", "directory"]),
        ("to-parquet --schema empty", 2, &["empty"]),
        ("to-parquet --schema good.ddl -o folder", 2, &["folder is a folder", "-o folder/NAME"]),
        ("to-parquet --schema good.ddl -o folder/", 2, &["-o folder/NAME"]),
        ("to-parquet --schema good.ddl -o /dev/null", 2, &["no regular file", "> /dev/null"]),
        ("to-parquet --schema good.ddl -o absent/x", 2, &["absent/x", "No such file"]),
        ("to-parquet --schema good.ddl -o there/x", 2, &["there/x", "Not a directory"]),
        ("to-parquet --schema good.ddl -o there", 4, &["there exists already", "rm there"]),
        ("infer-schema -o there", 4, &["there exists already"]),
        ("infer-schema --rejects folder", 2, &["folder", "directory"]),
        ("infer-schema --rejects-raw absent/x", 2, &["absent/x"]),
        ("infer-schema --summary=folder", 2, &["folder", "directory"]),
        ("from-parquet absent.parquet", 2, &["absent.parquet"]),
        ("from-parquet folder", 2, &["folder"]),
        ("from-parquet there", 1, &["there"]),
        ("from-parquet empty", 1, &["empty"]),
        ("from-parquet users.ndjson", 1, &["users.ndjson"]),
        ("via --config absent.toml -- cat", 2, &["absent.toml", "No such file"]),
        ("via --config folder -- cat", 2, &["folder", "directory"]),
    ] {
        desk.mistake(line, code, words);
    }
    // Nothing on stdin is no mistake, but nothing to make a schema of either.
    run("infer-schema").go().fails(1, &["no records, so no schema", "infer-schema <"]);
    run("to-parquet").args(["--schema-ddl", "a INT", "-o", "none"]).dir(&desk.0).go().succeeds();
    if unprivileged() {
        std::fs::set_permissions(desk.path("folder"), PermissionsExt::from_mode(0o500)).unwrap();
        desk.mistake("to-parquet --schema good.ddl -o folder/x", 2, &["folder/x", "Permission denied"]);
    } else {
        eprintln!("skipped: root may write everywhere");
    }
}

fn unprivileged() -> bool {
    // SAFETY: geteuid(2) cannot fail.
    unsafe { libc::geteuid() != 0 }
}

#[test]
fn mistakes_with_files_that_are_used_twice_cost_no_byte() {
    let desk = Desk::set();
    desk.write("noise.properties", "linger.ms=5\n");
    desk.write("yesterday", "{\"reason\":\"of yesterday\"}\n");
    let words = &["a file of its own for each"][..];
    for line in [
        "hash-fields --key-file hash.key --rejects hash.key a",
        "hash-fields --key-file hash.key --summary=hash.key a",
        "hash-fields --key-file hash.key --rejects there --summary=there a",
        "hash-fields --key-file hash.key --rejects there --rejects-raw ./there a",
        "to-parquet --schema good.ddl --rejects-raw good.ddl",
        "to-parquet --schema good.ddl --rejects there -o there",
        "from-parquet --rejects there there",
        "kafka-produce -b h:1 -t t -F noise.properties --rejects noise.properties",
        "via --config empty --rejects empty -- cat",
    ] {
        let before = desk.contents();
        desk.mistake(line, 2, words);
        assert_eq!(desk.contents(), before, "{line}");
    }
    let sh = |script: &str| crate::support::sh(script).dir(&desk.0).go();
    let before = desk.contents();
    sh("hash-fields --key-file hash.key --rejects users.ndjson a < users.ndjson")
        .fails(2, &["users.ndjson is to be written, and is stdin, too"]);
    sh("hash-fields --key-file hash.key --summary=users.ndjson a >> users.ndjson").fails(2, &["is stdout"]);
    for stage in ["hash-fields --key-file hash.key a", "via -- cat", "infer-schema"] {
        sh(&format!("{stage} < users.ndjson >> users.ndjson"))
            .fails(2, &["stdin and stdout are the same file"]);
    }
    // What fails at its start leaves what an earlier run has listed.
    sh("hash-fields --key-file absent.key --rejects yesterday a < users.ndjson").exits(2);
    sh("to-parquet --schema good.ddl --rejects yesterday -o there < users.ndjson").exits(4);
    sh("kafka-produce -b 127.0.0.1:1 --connect-timeout 1s -t t --rejects yesterday < users.ndjson").exits(75);
    assert_eq!(desk.contents(), before);
    // What begins does not.
    sh("hash-fields --key-file hash.key --rejects yesterday a < users.ndjson").exits(0);
    assert_eq!(std::fs::read_to_string(desk.path("yesterday")).unwrap(), "");
}
