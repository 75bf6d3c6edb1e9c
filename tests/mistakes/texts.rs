//! What stands in a file that a person writes: keys and passwords, schemas, settings.

use std::os::unix::fs::PermissionsExt;

use super::Desk;
use crate::support::run;

#[test]
fn mistakes_with_secrets_are_told_without_the_secret() {
    let desk = Desk::set();
    for property in ["sasl.password", "ssl.key.password", "sasl.oauthbearer.client.secret"] {
        let argument = format!("{property}=hunter2");
        let command = run("kafka-produce").args(["-b", "h:1", "-t", "t", "-X", &argument]);
        let ran = command.dir(&desk.0).go().fails(2, &[property, "-F", "0600"]);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
    desk.mistake("hash-fields --key-file absent.key a", 2, &["absent.key", "--new-key"]);
    desk.mistake("hash-fields --key-file wrong.key a", 2, &["wrong.key"]);
    desk.mistake("hash-fields --key-file empty a", 2, &["empty"]);
    desk.mistake("hash-fields --key-file folder a", 2, &["folder"]);
    desk.mistake("hash-fields --key-file hash.key --expect-key-id 00000000 a", 2, &["00000000"]);
    desk.mistake("hash-fields --new-key hash.key", 4, &["hash.key", "exists"]);
    desk.mistake("hash-fields --new-key absent/hash.key", 2, &["absent/hash.key"]);
    // A key that others can read works, with a warning.
    std::fs::set_permissions(desk.path("hash.key"), PermissionsExt::from_mode(0o644)).unwrap();
    let ran = run("hash-fields").args(["--key-file", "hash.key", "a"]).dir(&desk.0).stdin("{\"a\":1}\n");
    let ran = ran.go().exits(0);
    assert!(ran.stderr.contains("chmod") && ran.stderr.lines().count() == 1, "{}", ran.stderr);
}

#[test]
fn mistakes_in_a_schema_name_the_line_and_the_word() {
    let desk = Desk::set();
    desk.mistake("to-parquet --schema bad.ddl", 2, &["bad.ddl", "BIGNIT"]);
    for (ddl, word) in [
        ("a", "a"),
        ("a BIGINT b INT", "b"),
        ("a BIGINT,, b INT", ","),
        ("a STRUCT<b INT", ">"),
        ("a DECIMAL(99,2)", "DECIMAL"),
        ("a ARRAY", "ARRAY"),
        ("a MAP<STRING>", "MAP"),
        ("a BIGINT, a INT", "a"),
        ("a VARCHAR", "VARCHAR"),
        ("a 'BIGINT'", "expected a type"),
        ("(", "("),
    ] {
        let command = run("to-parquet").args(["--schema-ddl", ddl]);
        desk.judge(ddl, command, 2, &["--schema-ddl", word]);
    }
}

#[test]
fn mistakes_in_the_settings_file() {
    let desk = Desk::set();
    for (text, options, words) in [
        ("[via]\nmax-reject = 1", &[][..], &["[via] has no setting max-reject", "sluicebox config via"][..]),
        ("[vai]\nmax-rejects = 1", &[], &["[vai] is no command", "sluicebox --help"]),
        ("[defaults]\nnonsense = 1", &[], &["[defaults] has no setting nonsense"]),
        ("max-rejects = 1", &[], &["outside of a table"]),
        ("[via]\nmax-rejects = ", &[], &["line 2"]),
        ("[via]\nmax-rejects = 'lots'", &[], &["lots"]),
        ("[via]\nmax-rejects = { a = 1 }", &[], &["max-rejects must be a text"]),
        ("profile = 1", &[], &["[profile.NAME.COMMAND]"]),
        ("[profile.prod.via]\nseal = true", &["--profile", "pord"], &["no profile pord", "prod"]),
        ("[profile.prod.via]\nsael = true", &["--profile", "prod"], &["no setting sael"]),
        ("[profile.prod.via]\nsael = true", &[], &["[profile.prod.via] has no setting sael"]),
        ("[profile]\nprod = 1", &[], &["[profile.prod] holds tables"]),
        ("[via]\nno-seal = true", &[], &["no setting no-seal"]),
    ] {
        desk.write("config.toml", text);
        let command = run("via").args(["--config", "config.toml"]).args(options).args(["--", "cat"]);
        desk.judge(text, command, 2, words);
    }
    let command = run("via").args(["--profile", "prod", "--", "cat"]);
    let nowhere = command.env("XDG_CONFIG_HOME", "/nonexistent").env("HOME", "/nonexistent");
    desk.judge("a profile without a file", nowhere, 2, &["profile prod", "--config FILE"]);
}
