//! Who may connect, how, and what is told where nobody answers.

use std::time::{Duration, Instant};

use crate::support::cassandra::{Keyspace, node};
use crate::support::{SOON, folder, run};

fn table() -> Keyspace {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TABLE KS.t (id int PRIMARY KEY)");
    keyspace
}

const LINE: &str = "{\"id\":1}";

#[test]
fn a_wrong_password_or_none_is_told_without_it() {
    let keyspace = table();
    let wrong = keyspace.put("t").env("CASSANDRA_PASSWORD", "hunter2").stdin(LINE).go();
    let ran = wrong.fails(2, &["refuses this user or its password", "--credentials"]);
    assert!(!ran.stderr.contains("hunter2"));
    let none = keyspace.put("t").without("CASSANDRA_USERNAME").without("CASSANDRA_PASSWORD");
    none.stdin(LINE).go().fails(2, &["asks who is there", "--credentials FILE"]);
    let half = keyspace.put("t").without("CASSANDRA_PASSWORD");
    half.stdin(LINE).go().fails(2, &["only one is set"]);
}

#[test]
fn credentials_come_from_the_files_of_cqlsh_too() {
    let keyspace = table();
    let dir = folder("cqlsh");
    let node = node().variable("CASSANDRA_CONTACT_POINTS");
    let (host, port) = node.split_once(':').unwrap();
    let credentials = "[PlainTextAuthProvider]\nusername = cassandra\npassword = cassandra\n";
    std::fs::create_dir(dir.join(".cassandra")).unwrap();
    std::fs::write(dir.join("login"), credentials).unwrap();
    std::fs::write(dir.join(".cassandra/credentials"), credentials).unwrap();
    std::fs::write(
        dir.join(".cassandra/cqlshrc"),
        format!("[connection]\nhostname = {host}\nport = {port}\n"),
    )
    .unwrap();
    let bare = || {
        let run = keyspace.put("t").without("CASSANDRA_USERNAME").without("CASSANDRA_PASSWORD");
        run.stdin(LINE)
    };
    bare().args(["--credentials", dir.join("login").to_str().unwrap()]).go().succeeds();
    bare().env("CREDENTIALS_DIRECTORY", &dir).args(["--credentials", "login"]).go().succeeds();
    bare().without("CASSANDRA_CONTACT_POINTS").env("HOME", &dir).go().succeeds();
    bare()
        .without("CASSANDRA_CONTACT_POINTS")
        .go()
        .fails(2, &["no contact points", "$CASSANDRA_CONTACT_POINTS"]);
}

#[test]
fn nobody_there_is_temporary_and_told_soon() {
    let started = Instant::now();
    let args = ["-k", "k", "-t", "t", "--contact-points", "127.0.0.1:1"];
    run("cassandra-put")
        .args(args)
        .env("HOME", "/nonexistent")
        .stdin(LINE)
        .go()
        .fails(75, &["cannot connect to Cassandra"]);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[test]
fn a_data_centre_that_is_none_is_told_with_those_there_are() {
    let keyspace = table();
    keyspace
        .put("t")
        .args(["--local-dc", "mars"])
        .stdin(LINE)
        .go()
        .fails(2, &["no data centre mars", "--local-dc datacenter1"]);
    keyspace.put("t").args(["--local-dc", "datacenter1", "--consistency", "one"]).stdin(LINE).go().succeeds();
}

#[test]
fn tls_is_checked_against_the_certificates_that_are_trusted() {
    let keyspace = table();
    let file = |name: &str| format!("{}/{name}", node().variable("SLUICEBOX_TEST_CERTIFICATE"));
    keyspace.put("t").args(["--tls-ca", &file("ca.pem")]).stdin(LINE).go().succeeds();
    let other = keyspace.put("t").args(["--tls-ca", &file("other.pem")]).stdin(LINE).go();
    other.fails(2, &["none that we trust", "--tls-ca"]);
    keyspace.put("t").arg("--tls").stdin(LINE).go().fails(2, &["none that we trust"]);
    keyspace
        .put("t")
        .args(["--tls-ca", "/no/such.pem"])
        .stdin(LINE)
        .go()
        .fails(2, &["/no/such.pem", "No such file"]);
}

#[test]
fn a_role_needs_modify_on_the_table_and_no_more() {
    let keyspace = table();
    let role = format!("role_{}", keyspace.name);
    keyspace.cql(&format!("CREATE ROLE {role} WITH PASSWORD = 'x' AND LOGIN = true"));
    let put = || {
        let run = keyspace.put("t").env("CASSANDRA_USERNAME", &role).env("CASSANDRA_PASSWORD", "x");
        run.stdin(LINE).go()
    };
    put().fails(2, &["access denied", "MODIFY"]);
    keyspace.cql(&format!("GRANT MODIFY ON KS.t TO {role}"));
    std::thread::sleep(Duration::from_millis(300));
    put().succeeds();
    let create = || {
        let run = keyspace.put("made").env("CASSANDRA_USERNAME", &role).env("CASSANDRA_PASSWORD", "x");
        run.args(["--create", "--schema-ddl", "id INT", "--primary-key", "id"]).stdin(LINE).go()
    };
    create().fails(2, &["access denied", "CREATE"]);
    keyspace.cql(&format!("GRANT CREATE ON KEYSPACE {} TO {role}", keyspace.name));
    std::thread::sleep(Duration::from_millis(300));
    // Who makes a table may write into it.
    create().succeeds();
    keyspace.cql(&format!("DROP ROLE {role}"));
}
