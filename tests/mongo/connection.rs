//! Who may connect, how, and what is told where nobody answers.

use std::time::Instant;

use mongodb::bson::doc;

use crate::support::mongo::{Store, server};
use crate::support::{SOON, folder, run};

fn store() -> Store {
    let store = Store::make();
    store.insert("t", doc! { "_id": 0 });
    store
}

#[test]
fn a_password_on_the_command_line_is_refused_and_never_told() {
    let args = ["-d", "d", "-c", "c", "--uri", "mongodb://ada:hunter2@127.0.0.1:1"];
    let ran =
        run("mongo-put").args(args).stdin("{}").go().fails(2, &["everybody on this machine", "--uri-file"]);
    assert!(!ran.stderr.contains("hunter2"));
    let srv = run("mongo-put").args(["-d", "d", "-c", "c"]).env("MONGODB_URI", "mongodb+srv://ada:hunter2@h");
    let ran = srv.stdin("{}").go().fails(2, &["mongodb+srv", "mongodb:// form"]);
    assert!(!ran.stderr.contains("hunter2"));
    run("mongo-put")
        .args(["-d", "d", "-c", "c"])
        .without("MONGODB_URI")
        .go()
        .fails(2, &["no connection string"]);
}

#[test]
fn a_user_that_the_server_refuses_is_exit_2() {
    let store = store();
    let uri = server().variable("MONGODB_URI").replace("://", "://ada:hunter2@");
    let ran = store.put("t").env("MONGODB_URI", uri).stdin("{}").go();
    let ran = ran.fails(2, &["refuses this user or its password"]);
    assert!(!ran.stderr.contains("hunter2"));
}

#[test]
fn the_connection_string_may_lie_in_a_file() {
    let (store, dir) = (store(), folder("uri"));
    std::fs::write(dir.join("mongo"), format!("{}\n", server().variable("MONGODB_URI"))).unwrap();
    let put = || store.put("t").without("MONGODB_URI").stdin("{}");
    put().args(["--uri-file", dir.join("mongo").to_str().unwrap()]).go().succeeds();
    put().env("CREDENTIALS_DIRECTORY", &dir).args(["--uri-file", "mongo"]).go().succeeds();
    put().args(["--uri-file", "/no/such/file"]).go().fails(2, &["/no/such/file"]);
    put().args(["--uri", &server().variable("MONGODB_URI")]).go().succeeds();
}

#[test]
fn nobody_there_is_temporary() {
    let started = Instant::now();
    let args = ["-d", "d", "-c", "c", "--uri", "mongodb://127.0.0.1:1", "--connect-timeout", "1s"];
    run("mongo-put").args(args).stdin("{}").go().fails(75, &["cannot connect to MongoDB"]);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[test]
fn tls_is_checked_against_the_certificates_that_are_trusted() {
    let store = store();
    let file = |name: &str| format!("{}/{name}", server().variable("SLUICEBOX_TEST_CERTIFICATE"));
    let put = || {
        let uri = server().variable("SLUICEBOX_TEST_MONGO_TLS");
        store.put("t").env("MONGODB_URI", uri).stdin("{}")
    };
    put().args(["--tls-ca", &file("ca.pem")]).go().succeeds();
    // It tries until its time is up. The server has done this before by now, and is quick.
    let short = ["--connect-timeout", "2s"];
    put().args(short).args(["--tls-ca", &file("other.pem")]).go().fails(2, &["none that we trust"]);
    put().args(["--tls-ca", "/no/such.pem"]).go().fails(2, &["/no/such.pem"]);
}
