//! Where settings come from, as `sluicebox config` tells it and as commands heed it.

use serde_json::{Value, json};

use crate::support::{Run, folder, run};

/// A command that sees nothing of the services of the tests.
fn alone(name: &str, file: &str) -> Run {
    let config = folder("settings").join("config.toml");
    std::fs::write(&config, file).unwrap();
    let run = ["AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        .into_iter()
        .fold(run(name), Run::without);
    run.without("KAFKA_BOOTSTRAP_SERVERS").env("SLUICEBOX_CONFIG", config)
}

/// The value of a setting, and where it came from.
fn shown(config: Run, setting: &str) -> (Value, String) {
    let line = config.go().succeeds().json().into_iter().find(|line| line["setting"] == setting);
    let line = line.unwrap_or_else(|| panic!("{setting} is not shown"));
    (line["value"].clone(), line["from"].as_str().unwrap().to_owned())
}

#[test]
fn settings_of_the_store_come_from_flag_then_environment_then_file() {
    const FILE: &str = "[defaults]\nendpoint-url = 'http://file:1'\nregion = 'file'\naws-profile = 'file'";
    let config = || alone("config", FILE).args(["s3-put", "s3://lake/x"]);
    let (value, from) = shown(config(), "endpoint-url");
    assert_eq!(value, "http://file:1");
    assert!(from.ends_with("[defaults]"), "{from}");
    let there = || config().env("AWS_ENDPOINT_URL_S3", "http://env:1").env("AWS_DEFAULT_REGION", "env");
    let environment = |name: &str| format!("environment {name}");
    assert_eq!(shown(there(), "endpoint-url"), (json!("http://env:1"), environment("AWS_ENDPOINT_URL_S3")));
    assert_eq!(shown(there(), "region"), (json!("env"), environment("AWS_DEFAULT_REGION")));
    let flag = there().args(["--endpoint-url", "http://flag:1"]);
    assert_eq!(shown(flag, "endpoint-url"), (json!("http://flag:1"), "flag".to_owned()));
    assert_eq!(shown(there(), "url"), (json!("s3://lake/x"), "argument".to_owned()));
    // Keys in the environment say who we are, whatever profile the file names.
    assert_eq!(shown(config(), "aws-profile").0, "file");
    assert_eq!(shown(config().env("AWS_ACCESS_KEY_ID", "k"), "aws-profile").0, Value::Null);

    // What is shown is what is done.
    let put = alone("s3-put", "[s3-put]\nendpoint-url = 'http://127.0.0.1:1'\nconnect-timeout = '1s'");
    let put =
        put.env("AWS_ACCESS_KEY_ID", "a").env("AWS_SECRET_ACCESS_KEY", "b").env("AWS_MAX_ATTEMPTS", "1");
    put.env("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:2").arg("s3://lake/x").go().fails(75, &["127.0.0.1:2"]);
}

#[test]
fn settings_that_are_secret_are_shown_masked() {
    let config = || {
        let config = alone("config", "").args(["from-parquet", "x"]).env("AWS_SECRET_ACCESS_KEY", "hunter2");
        config.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SESSION_TOKEN", "hunter2")
    };
    assert_eq!(shown(config(), "AWS_ACCESS_KEY_ID"), (json!("****MPLE"), "environment".to_owned()));
    assert_eq!(shown(config(), "AWS_SECRET_ACCESS_KEY"), (json!("****"), "environment".to_owned()));
    assert_eq!(shown(config(), "AWS_MAX_ATTEMPTS"), (Value::Null, "unset".to_owned()));
    assert!(!config().go().succeeds().text().contains("hunter2"));
    let property = alone("config", "").args(["kafka-consume", "t", "-X", "sasl.password=hunter2"]);
    assert_eq!(shown(property, "kafka-property").0, "sasl.password=****");
}

#[test]
fn settings_that_the_file_switches_on_a_flag_switches_off() {
    const FILE: &str = "[defaults]\nseal = true";
    let lines = |arguments: &[&str]| {
        let generate = alone("generate-users", FILE).args(["--results", "1"]).args(arguments);
        generate.go().succeeds().text().lines().count()
    };
    assert_eq!((lines(&[]), lines(&["--no-seal"])), (3, 1));
    let config = |arguments: &[&str]| alone("config", FILE).arg("generate-users").args(arguments);
    assert_eq!(shown(config(&["--no-seal"]), "seal"), (json!("false"), "flag".to_owned()));
    assert!(!config(&["--no-seal"]).go().succeeds().text().contains("no-seal"));
    // An opposite is a flag like any other: without a file it does no harm.
    run("generate-users").args(["--results", "1", "--seal", "--no-seal"]).go().succeeds();
}

#[test]
fn settings_of_kafka_come_from_flag_then_environment_then_file() {
    let brokers = |file: &str| {
        let consume = alone("kafka-consume", file).args(["t", "--connect-timeout", "1s"]);
        consume.env("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:2")
    };
    for file in ["brokers = '127.0.0.1:1'", "kafka-property = 'bootstrap.servers=127.0.0.1:1'"] {
        let ran = brokers(&format!("[kafka-consume]\n{file}")).go();
        ran.fails(75, &["cannot reach Kafka at 127.0.0.1:2"]);
    }
}

#[test]
fn settings_are_shown_as_they_are_applied_wherever_the_file_is_named() {
    let dir = folder("settings-sides");
    std::fs::write(dir.join("a.toml"), "[via]\nmax-rejects = 7\n[profile.dev.via]\nmax-rejects = 8").unwrap();
    let via = |arguments: &str| {
        let config = run("config").args(arguments.split(' ')).dir(&dir);
        config.env("XDG_CONFIG_HOME", "/nonexistent").env("HOME", "/nonexistent")
    };
    for arguments in ["via --config a.toml -- cat", "--config a.toml via", "--config=a.toml via -- cat"] {
        let (value, from) = shown(via(arguments), "max-rejects");
        assert_eq!((value, from.as_str()), (json!("7"), "a.toml [via]"), "{arguments}");
        assert_eq!(shown(via(arguments), "config"), (json!("a.toml"), "flag".to_owned()), "{arguments}");
    }
    let both = "--config a.toml via --profile dev -- cat";
    assert_eq!(shown(via(both), "max-rejects").0, "8");
    assert_eq!(shown(via(both), "profile").0, "dev");
    let by_variable = via("via").env("SLUICEBOX_CONFIG", "a.toml");
    assert_eq!(shown(by_variable, "config"), (json!("a.toml"), "environment SLUICEBOX_CONFIG".to_owned()));
    // An empty variable is none.
    assert_eq!(shown(via("via").env("SLUICEBOX_CONFIG", ""), "config"), (Value::Null, "unset".to_owned()));
    run("via")
        .args(["--", "cat"])
        .env("SLUICEBOX_CONFIG", "")
        .env("SLUICEBOX_MAX_REJECTS", "")
        .go()
        .succeeds();
    // What is required to run is not required to look, what is wrong is wrong all the same.
    assert_eq!(shown(via("to-parquet"), "compression").0, "zstd");
    via("to-parquet --compression lzma").go().fails(2, &["lzma", "--compression"]);
}

#[test]
fn settings_that_are_wrong_are_told_with_their_place() {
    for (file, words) in [
        ("[via]\nmax-rejects = 'lots'", &["config.toml [via]: ", "'lots'", "--max-rejects"][..]),
        ("[defaults]\nlog-format = 'xml'", &["config.toml [defaults]: ", "'xml'"]),
        ("[defaults]\nconfig = 'x'", &["[defaults] cannot set config", "--config, or SLUICEBOX_CONFIG"]),
        ("[via]\nprofile = 'x'", &["[via] cannot set profile", "--profile"]),
    ] {
        alone("config", file).arg("via").go().fails(2, words);
        alone("via", file).args(["--", "cat"]).go().fails(2, words);
    }
    let no_profile = || alone("via", "[via]\nmax-rejects = 1").args(["--profile", "dev", "--", "cat"]);
    no_profile().go().fails(2, &["there is no profile dev; the file has none", "[profile.dev.COMMAND]"]);
    let by_variable = alone("config", "").arg("via").env("SLUICEBOX_MAX_REJECTS", "few");
    by_variable.go().fails(2, &["SLUICEBOX_MAX_REJECTS: ", "'few'"]);
}

#[test]
fn settings_that_seal_are_for_those_who_can() {
    const FILE: &str = "[defaults]\nseal = true";
    let infer = || alone("infer-schema", FILE).stdin("{\"a\":1}\n");
    assert_eq!(infer().go().succeeds().text(), "a INT\n");
    infer().arg("--seal").go().fails(2, &["--seal begins a sealed stream, and infer-schema ends one"]);
    let ended =
        alone("kafka-produce", FILE).args(["-b", "127.0.0.1:1", "-t", "t", "--connect-timeout", "1s"]);
    ended.stdin("{}\n").go().fails(75, &["127.0.0.1:1"]);
    for name in ["s3-put", "kafka-produce", "infer-schema"] {
        assert!(!run(name).arg("--help").go().succeeds().text().contains("--seal\n"), "{name}");
        assert!(!alone("config", FILE).arg(name).go().exits(0).text().contains("\"seal\""), "{name}");
    }

    let lines = |value: &str| {
        let generate = alone("generate-users", FILE).args(["--results", "1"]).env("SLUICEBOX_SEAL", value);
        generate.go().succeeds().text().lines().count()
    };
    for (value, expected) in [("", 3), ("0", 1), ("false", 1), ("No", 1), ("off", 1), ("1", 3), ("yes", 3)] {
        assert_eq!(lines(value), expected, "{value}");
    }
    let config = alone("config", FILE).arg("generate-users").env("SLUICEBOX_SEAL", "0");
    assert_eq!(shown(config, "seal"), (json!("0"), "environment SLUICEBOX_SEAL".to_owned()));
    run("via").args(["--", "cat"]).env("SLUICEBOX_SEAL", "maybe").go().fails(2, &["SLUICEBOX_SEAL", "unset"]);
}
