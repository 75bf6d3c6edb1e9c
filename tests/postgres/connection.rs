//! Where the server is, passwords, TLS, and what is told when it is not there.

use std::os::unix::fs::PermissionsExt;

use super::numbers;
use crate::support::postgres::{Database, Server};
use crate::support::{Ran, Run, folder, run, service, wait_until};

/// The sink, with nothing known but what is said here.
fn put() -> Run {
    ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"]
        .into_iter()
        .fold(run("postgres-put"), Run::without)
        .args(["-t", "t", "--schema-ddl", "a BIGINT"])
        .env("HOME", "/nonexistent")
}

fn store(run: Run) -> Ran {
    run.stdin(numbers(0, 1)).go()
}

fn database() -> Database {
    let database = Database::make();
    database.sql("CREATE TABLE t (a bigint)");
    database
}

fn port() -> String {
    service("PGPORT")
}

#[test]
fn a_server_that_is_not_there_is_temporary_and_named() {
    for url in [
        "postgresql://me@127.0.0.1:1/x",
        "postgresql://me@no.such.host.invalid/x",
        "host=/nonexistent user=me",
    ] {
        store(put().args(["--url", url])).fails(75, &["cannot reach PostgreSQL at ", "pg_isready"]);
    }
    // Somebody who accepts and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgresql://me@{}/x", silent.local_addr().unwrap());
    store(put().args(["--url", &url, "--connect-timeout", "1s"])).fails(75, &["no answer", "within 1 s"]);
}

#[test]
fn wrong_names_and_passwords_are_told_as_what_they_are() {
    let database = database();
    let with = |name: &str, value: &str| store(database.put(&["-t", "t"]).env(name, value));
    with("PGPASSWORD", "hunter2").fails(2, &["wrong password for role postgres", ".pgpass"]);
    with("PGUSER", "nobody_here").fails(2, &["nobody_here"]);
    with("PGDATABASE", "no_such_db").fails(2, &["database no_such_db does not exist", "createdb"]);
    store(database.put(&["-t", "t"]).without("PGPASSWORD"))
        .fails(2, &["asks for the password", "PGPASSWORD"]);
    with("PGSSLMODE", "sometimes").fails(2, &["sslmode", "verify-full"]);
    with("PGPORT", "x").fails(2, &["port"]);
}

#[test]
fn a_server_without_a_connection_left_is_temporary() {
    let database = database();
    database.sql(&format!(
        "CREATE ROLE {0} LOGIN PASSWORD 'pw' CONNECTION LIMIT 0; GRANT INSERT ON t TO {0}",
        database.name
    ));
    let busy = database.put(&["-t", "t"]).env("PGUSER", &database.name).env("PGPASSWORD", "pw");
    store(busy).fails(75, &["no connection left"]);
    database.sql(&format!("REVOKE ALL ON t FROM {0}; DROP ROLE {0}", database.name));
}

#[test]
fn a_password_comes_from_everywhere_but_the_command_line() {
    let database = database();
    let (host, user, password) = (service("PGHOST"), service("PGUSER"), service("PGPASSWORD"));
    let url = format!("postgresql://{user}@{host}:{}/{}", port(), database.name);
    let secret = url.replacen('@', &format!(":{password}@"), 1);
    let refused = store(put().args(["--url", &secret])).fails(2, &["every user of this machine"]);
    assert!(!refused.stderr.contains(&password));
    store(put().env("SLUICEBOX_POSTGRES_URL", &secret)).succeeds();
    store(put().args(["--url", &url]).env("PGPASSWORD", &password)).succeeds();

    let dir = folder("passwords");
    let file = |name: &str, text: String, mode: u32| {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    let alone = file("pg.password", format!("{password}\n"), 0o600);
    store(put().args(["--url", &url, "--password-file", &alone])).succeeds();
    let named = put().args(["--url", &url, "--password-file", "pg.password"]);
    store(named.env("CREDENTIALS_DIRECTORY", &dir)).succeeds();

    let line = format!("{host}:*:{}:{user}:{password}\n", database.name);
    let pgpass = file(".pgpass", line, 0o600);
    store(put().args(["--url", &url]).env("HOME", &dir)).succeeds();
    store(put().args(["--url", &url]).env("PGPASSFILE", &pgpass)).succeeds();
    std::fs::set_permissions(&pgpass, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = store(put().args(["--url", &url]).env("HOME", &dir)).exits(2);
    assert!(ran.stderr.contains("open to others") && ran.stderr.contains("chmod 600"), "{}", ran.stderr);
    assert_eq!(database.sql("SELECT count(*) FROM t"), "6");
}

#[test]
fn a_service_and_a_socket_lead_there_as_well() {
    let database = database();
    let dir = folder("service");
    let text = format!("[lake]\nhost={}\nport={}\nuser={}\n", service("PGHOST"), port(), service("PGUSER"));
    std::fs::write(dir.join(".pg_service.conf"), text).unwrap();
    let password = service("PGPASSWORD");
    let by_service = put().args(["--url", &format!("service=lake dbname={}", database.name)]);
    store(by_service.env("HOME", &dir).env("PGPASSWORD", &password)).succeeds();
    let socket = format!(
        "host={} port={} user=postgres dbname={}",
        service("SLUICEBOX_TEST_POSTGRES_SOCKET"),
        port(),
        database.name
    );
    let by_socket = put().args(["--url", &socket]).env("PGPASSWORD", &password);
    // There is no TLS on a socket, whatever is asked for.
    store(
        by_socket.env("PGSSLMODE", "verify-full").env("PGSSLROOTCERT", service("SLUICEBOX_TEST_POSTGRES_CA")),
    )
    .succeeds();
    assert_eq!(database.sql("SELECT count(*) FROM t"), "2");
}

#[test]
fn each_sslmode_asks_for_what_it_says() {
    let database = database();
    let authority = service("SLUICEBOX_TEST_POSTGRES_CA");
    let other = other_authority();
    let with = |host: &str, mode: &str, root: Option<&str>| {
        let put =
            database.put(&["-t", "t", "--schema-ddl", "a BIGINT"]).env("PGHOST", host).env("PGSSLMODE", mode);
        store(match root {
            Some(root) => put.env("PGSSLROOTCERT", root),
            None => put,
        })
    };
    // The certificate is made for localhost.
    for (host, mode, root) in [
        ("127.0.0.1", "disable", None),
        ("127.0.0.1", "prefer", None),
        ("127.0.0.1", "prefer", Some(other.as_str())),
        ("127.0.0.1", "require", None),
        ("127.0.0.1", "require", Some(&authority)),
        ("127.0.0.1", "verify-ca", Some(&authority)),
        ("localhost", "verify-full", Some(&authority)),
    ] {
        with(host, mode, root).succeeds();
    }
    for (host, mode, root) in [
        ("127.0.0.1", "verify-full", Some(authority.as_str())),
        ("localhost", "require", Some(&other)),
        ("localhost", "verify-ca", Some(&other)),
        ("localhost", "verify-full", Some(&other)),
        ("localhost", "verify-full", Some("system")),
    ] {
        with(host, mode, root).fails(2, &["no trust in PostgreSQL", "PGSSLROOTCERT"]);
    }
    with("localhost", "verify-full", None).fails(2, &["no root certificate"]);
    with("localhost", "verify-full", Some("/none.crt")).fails(2, &["/none.crt"]);
}

#[test]
fn sslmode_is_about_what_the_server_sees() {
    let database = database();
    database.sql(
        "CREATE FUNCTION tls() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN NEW.a := (SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()); RETURN NEW; END';
         CREATE TRIGGER tls BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tls()",
    );
    for mode in ["disable", "prefer", "require"] {
        store(database.put(&["-t", "t"]).env("PGSSLMODE", mode)).succeeds();
    }
    assert_eq!(database.sql("SELECT string_agg(a::text, '' ORDER BY ctid) FROM t"), "011");
}

#[test]
fn a_server_without_tls_is_told_where_tls_is_asked_for() {
    let server = Server::start(&["ssl=off"]);
    let database = server.database();
    database.sql("CREATE TABLE t (a bigint)");
    store(database.put(&["-t", "t"]).env("PGSSLMODE", "require")).fails(2, &["has no TLS"]);
    store(database.put(&["-t", "t"])).succeeds();
}

/// The certificate of an authority that has made nothing here.
fn other_authority() -> String {
    let dir = folder("authority");
    let (key, cert) = (dir.join("ca.key"), dir.join("ca.crt"));
    let made = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "3",
        ])
        .args(["-subj", "/CN=another authority", "-keyout"])
        .arg(key)
        .arg("-out")
        .arg(&cert)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    cert.display().to_string()
}

#[test]
fn limits_of_the_server_are_temporary_and_told() {
    let database = database();
    // Who locks the table meanwhile.
    let mut locker = std::process::Command::new("psql");
    locker.args(["-XAtq", "-c", "BEGIN; LOCK t; SELECT pg_sleep(20)"]).env("PGDATABASE", &database.name);
    let mut locker = locker.spawn().unwrap();
    wait_until("it has the lock", || {
        database.sql("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND granted") != "0"
    });
    let with = |options: &str| store(database.put(&["-t", "t"]).env("PGOPTIONS", options));
    with("-c lock_timeout=100ms").fails(75, &["locked by somebody else"]);
    with("-c statement_timeout=100ms").fails(75, &["canceled", "statement_timeout"]);
    locker.kill().unwrap();
    locker.wait().unwrap();
    with("-c default_transaction_read_only=on").succeeds();
    database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()");
}
