//! Mistakes: what a person gets wrong, command by command. Each ends at once with the documented exit
//! status and one line that names the cause and what to type next; nothing is written.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Instant;

use crate::support::lake::Lake;
use crate::support::{Ran, Run, SOON, folder, fresh, run, service};

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

#[test]
fn mistakes_on_the_command_line() {
    let desk = Desk::set();
    for (line, words) in [
        ("generate-users --results many", &["many", "--results"][..]),
        ("generate-users --gender neither", &["neither", "--gender"]),
        ("generate-users --nat XX", &["XX", "--nat"]),
        ("generate-users --every soon", &["soon", "--every"]),
        ("generate-users --max-rejects lots", &["lots", "write a count (10)"]),
        ("fetch-users --url nowhere", &["nowhere", "--url"]),
        ("fetch-users --inc name --exc email", &["--inc", "--exc"]),
        ("fetch-users --inc nmae", &["known are gender, name"]),
        ("hash-fields", &["<PATH>", "hash-fields <PATH>"]),
        ("hash-fields email", &["no key", "hash-fields --new-key hash.key"]),
        ("hash-fields --key-file hash.key a a.b", &["overlap"]),
        ("hash-fields --key-file hash.key a..b", &["a..b"]),
        ("hash-fields --key-file hash.key $.email", &["'$.email'", "(try: email)"]),
        ("hash-fields --key-file hash.key .email", &["'.email'", "(try: email)"]),
        ("hash-fields --key-file hash.key *", &["'*'", "one by one"]),
        ("hash-fields --key-file hash.key tags.*", &["(try: tags[*])"]),
        ("hash-fields --key-file hash.key --algorithm sha1 a", &["sha1", "hmac-sha256"]),
        ("hash-fields --max-line-bytes 1parsec --key-file hash.key a", &["1parsec"]),
        ("hash-fields --drain-timeout soon --key-file hash.key a", &["soon"]),
        ("map-fields", &["nothing is mapped", "map-fields city=location.city"]),
        ("map-fields location.city", &["(try: city=location.city)"]),
        ("map-fields a=a users.ndjson", &["(try: map-fields ... < users.ndjson)"]),
        ("map-fields a:text=a", &["no type 'text'", "(try: string)"]),
        ("map-fields a={b", &["never closed", "{b}"]),
        ("map-fields a=b a=c", &["field 'a' is mapped twice"]),
        ("map-fields a=b.*", &["(try: b[*])"]),
        ("map-fields --where a=1", &["equality is written =="]),
        ("map-fields --explode a[*] b=a", &["(try: --explode a)"]),
        ("map-fields --keep a --drop b", &["three ways"]),
        ("map-fields o=@offset", &["--envelope"]),
        ("map-fields --map-file absent", &["cannot read absent"]),
        ("to-csv", &["--schema <FILE>"]),
        ("to-csv --schema good.ddl users.ndjson", &["(try: to-csv ... < users.ndjson)"]),
        ("to-csv --schema good.ddl --delimiter x", &["'x' is no delimiter", "tab"]),
        ("to-csv --schema good.ddl --dialect excel", &["excel", "rfc4180"]),
        ("to-csv --schema-ddl a:STRUCT<b:INT>", &["nested", "--nested json"]),
        ("via", &["<PROGRAM>", "via -- <PROGRAM>"]),
        ("via cat", &["(try: via -- cat ...)"]),
        ("via --seal jq -c .", &["(try: via -- jq ...)"]),
        ("sandbox sh x.sh", &["(try: sandbox -- sh ...)"]),
        ("via -- no-such-program", &["no-such-program", "No such file"]),
        ("to-parquet", &["--schema <FILE>"]),
        ("to-parquet --schema good.ddl users.ndjson", &["(try: to-parquet ... < users.ndjson)"]),
        ("infer-schema users.ndjson", &["(try: infer-schema ... < users.ndjson)"]),
        ("kafka-produce -b h:1 -t t users.ndjson", &["(try: kafka-produce ... < users.ndjson)"]),
        ("to-parquet --schema-ddl 'a'", &["--schema-ddl"]),
        ("to-parquet --schema good.ddl --compression lzma", &["lzma", "zstd"]),
        ("to-parquet --schema good.ddl --unknown column=", &["--unknown"]),
        ("to-parquet --schema good.ddl --meta x", &["KEY=VALUE"]),
        ("from-parquet", &["<FILE>"]),
        ("s3-put lake/x", &["write s3://lake/x"]),
        ("s3-put s3://lake/x --part-size 1KiB", &["--part-size"]),
        ("s3-put --endpoint-url localhost:1 s3://lake/x", &["http://localhost:1"]),
        ("kafka-produce", &["--topic"]),
        ("kafka-produce -b h:1 -t t -p x", &["'x'"]),
        ("kafka-produce -b h:1 -t bad/name", &["bad/name"]),
        ("kafka-produce -b h:1 -t t -H x", &["NAME=VALUE"]),
        ("kafka-produce -b h:1 -t t -X nonsense=1", &["nonsense"]),
        ("kafka-produce -b h:1 -t t -X linger.ms=soon", &["linger.ms"]),
        ("kafka-produce -b h:1 -t t -X acks=1", &["acks is always all"]),
        ("kafka-produce -b h:1 -t t -F absent", &["absent", "No such file"]),
        ("kafka-produce -b h:1 -t t -F noise.properties", &["line 1", "key=value"]),
        ("kafka-produce -b h:1 -t t --connect-timeout long", &["long"]),
        ("cassandra-put -t t", &["--keyspace"]),
        ("cassandra-put -k k -t t", &["no contact points", "--contact-points HOST:9042"]),
        ("cassandra-put -k k -t t --contact-points cassandra://h", &["no URL", "HOST:9042"]),
        ("cassandra-put -k k -t t --contact-points h --create", &["--primary-key"]),
        ("cassandra-put -k k -t t --contact-points h --create --primary-key a", &["--create needs a schema"]),
        ("cassandra-put -k k -t t --contact-points h --primary-key (a", &["closing parenthesis"]),
        ("cassandra-put -k k -t t --contact-points h --consistency most", &["most", "local_quorum"]),
        ("cassandra-put -k k -t t --contact-points h --timestamp a..b", &["a..b"]),
        (
            "cassandra-put -k k -t t --contact-points h --timestamp offset",
            &["only a batch", "--timestamp now"],
        ),
        ("cassandra-put -k k -t t --contact-points h --credentials good.ddl", &["good.ddl", "no [section]"]),
        ("mongo-put -d d", &["--collection"]),
        ("mongo-put -d d -c c", &["no connection string", "$MONGODB_URI"]),
        ("mongo-put -d d -c c --uri h:27017", &["no mongodb:// URI"]),
        ("mongo-put -d d -c c --uri mongodb://a:b@h", &["everybody on this machine", "--uri-file"]),
        ("mongo-put -d d -c c --uri mongodb://h --write-concern most", &["most", "majority"]),
        ("mongo-put -d d -c c --uri mongodb://h --schema-ddl a!DECIMAL(38,2)", &["--schema-ddl"]),
        ("mongo-put -d d -c c --uri mongodb://h --tls-ca absent", &["absent", "No such file"]),
        ("kafka-consume -b h:1", &["<TOPIC>"]),
        ("kafka-consume -b http://h:1 t", &["a URL", "-b h:1"]),
        ("kafka-produce -b https://kafka.example -t t", &["a URL", "-b kafka.example:9092"]),
        ("topic-admin -b h:1,h:port list", &["'h:port'", "-b h:9092"]),
        ("kafka-consume -b h:1 t --from 2026-11-20T08:00:00", &["no place to start", "08:00:00Z"]),
        ("kafka-consume -b h:1 t --from yesterday", &["yesterday", "2026-11-20T08:00:00Z"]),
        ("kafka-consume -b h:1 t --follow --exit-at-end", &["--follow", "--exit-at-end"]),
        ("topic-admin -b h:1 crate x", &["crate", "(try: create)"]),
        ("topic-admin -b h:1 create x -p 0", &["0"]),
        ("topic-admin -b h:1 create x -c nonsense", &["nonsense", "retention.ms"]),
        ("sandbox", &["<COMMAND>"]),
        ("sandbox --topic x:0 -- true", &["NAME:PARTITIONS"]),
        ("sandbox -- no-such-program", &["no-such-program", "after --"]),
        ("link --dir absent", &["absent is no folder", "mkdir -p absent"]),
        ("config nonsense", &["no command nonsense", "sluicebox --help"]),
        ("kafka-prodce -t t", &["kafka-prodce", "kafka-produce"]),
    ] {
        desk.mistake(line, 2, words);
    }
}

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

#[test]
fn mistakes_about_where_kafka_is() {
    let desk = Desk::set();
    let brokers = service("KAFKA_BOOTSTRAP_SERVERS");
    let unknown = fresh("no-such-topic");
    let none = |name: &str| run(name).without("KAFKA_BOOTSTRAP_SERVERS");
    for (name, arguments) in [
        ("kafka-produce", vec!["-t", &unknown]),
        ("kafka-consume", vec![unknown.as_str(), "--exit-at-end"]),
        ("topic-admin", vec!["describe", &unknown]),
    ] {
        let line = name;
        desk.judge(line, none(name).args(&arguments), 2, &["no Kafka brokers", "-b localhost:9092"]);
        let at = |broker: &str| none(name).args(["--connect-timeout", "1s", "-b", broker]).args(&arguments);
        desk.judge(line, at("127.0.0.1:1"), 75, &["127.0.0.1:1", "connection refused", "nc -vz 127.0.0.1 1"]);
        desk.judge(line, at("192.0.2.1:9092"), 75, &["192.0.2.1:9092", "within 1s", "nc -vz 192.0.2.1 9092"]);
        desk.judge(line, at("no-such-host.invalid:9092"), 75, &["getent hosts no-such-host.invalid"]);
        desk.judge(line, at(&brokers), 2, &[&unknown, "topic-admin"]);
    }
    let partition = topic();
    let arguments = ["-t", &partition, "-p", "7"];
    desk.judge("partition", run("kafka-produce").args(arguments), 2, &["partition", "7"]);
    let arguments = [partition.as_str(), "-p", "7", "--exit-at-end"];
    desk.judge("partition", run("kafka-consume").args(arguments), 2, &["partition", "7"]);
    desk.judge("create", run("topic-admin").args(["create", &partition]), 4, &["exists", "--if-not-exists"]);
    // A broker that speaks no SASL, and one that speaks no TLS.
    for property in ["security.protocol=SASL_PLAINTEXT", "security.protocol=SSL"] {
        let command =
            run("kafka-produce").args(["-t", &partition, "--connect-timeout", "2s", "-X", property]);
        let ran = command.stdin("{}\n").go();
        assert!(matches!(ran.code, Some(2 | 75)) && ran.stderr.lines().count() == 1, "{property}: {ran:?}");
    }
}

fn topic() -> String {
    let topic = fresh("mistakes");
    run("topic-admin").args(["create", &topic, "-p", "1"]).go().succeeds();
    topic
}

#[test]
fn mistakes_about_where_the_store_is() {
    let desk = Desk::set();
    let lake = Lake::make();
    let url = lake.url("x");
    let put = |url: &str| run("s3-put").args(["--connect-timeout", "1s", url]);
    let once = |put: Run| put.env("AWS_MAX_ATTEMPTS", "1");
    desk.judge("bucket", put("s3://no-such-bucket-here/x"), 2, &["no-such-bucket-here", "aws s3 mb"]);
    let at = |endpoint: &str| once(put(&url).args(["--endpoint-url", endpoint]));
    desk.judge("refused", at("http://127.0.0.1:1"), 75, &["refused", "curl http://127.0.0.1:1"]);
    desk.judge("unroutable", at("http://192.0.2.1:9000"), 75, &["http://192.0.2.1:9000"]);
    desk.judge("nobody", put(&url).env("AWS_ACCESS_KEY_ID", "nobody"), 2, &["access key id"]);
    desk.judge("wrong", put(&url).env("AWS_SECRET_ACCESS_KEY", "wrong"), 2, &["AWS_SECRET_ACCESS_KEY"]);
    assert_eq!(lake.get("x"), None);
    put(&url).stdin("first").go().succeeds();
    desk.judge("exists", put(&url).arg("--create-only"), 4, &["exists already"]);
    assert_eq!(lake.get("x").as_deref(), Some(&b"first"[..]));
    let get = |url: &str| run("from-parquet").args(["--connect-timeout", "1s", url]);
    desk.judge("no object", get(&lake.url("absent")), 2, &["absent does not exist", "aws s3 ls"]);
    desk.judge("no bucket", get("s3://no-such-bucket-here/x"), 2, &["no-such-bucket-here"]);
    let ran: Ran = get(&url).go();
    ran.fails(1, &["x"]);
}

#[test]
fn mistakes_about_where_the_api_is() {
    let desk = Desk::set();
    let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    let fetch = |url: &str| {
        let run = run("fetch-users").args(["--connect-timeout", "1s", "--retries", "0", "--url", url]);
        proxies.into_iter().fold(run, Run::without)
    };
    desk.judge("refused", fetch("http://127.0.0.1:1/api/"), 75, &["127.0.0.1:1"]);
    desk.judge("unroutable", fetch("http://192.0.2.1/api/"), 75, &["192.0.2.1"]);
    desk.judge("scheme", fetch("ftp://127.0.0.1/api/"), 2, &["--url", "http://"]);
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
