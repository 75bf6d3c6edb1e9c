//! A store that loses the condition: an S3 of the sandbox, which checks no signatures, behind a proxy
//! that spoils `If-None-Match` on its way there.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;

use sluicebox::s3::Sandbox;

use crate::support::folder;

const HEADER: &[u8] = b"if-none-match";
/// As long, and known to nobody.
const SPOILT: &[u8] = b"x-forgotten-m";

/// The store.
pub struct Forgetful {
    /// Where it answers.
    pub endpoint: String,
    /// What a script exports to be let in.
    pub credentials: String,
    sandbox: Sandbox,
    switch: Arc<Switch>,
}

#[derive(Default)]
struct Switch {
    remembers: AtomicBool,
    seen: AtomicBool,
}

impl Forgetful {
    /// Starts it, with the bucket `lake`.
    pub fn start() -> Self {
        let sandbox = Sandbox::start(&folder("forgetful"), &["lake"]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let switch = Arc::new(Switch::default());
        let (to, for_thread) = (address(&sandbox), Arc::clone(&switch));
        // Ends with the test's process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                pass(client, TcpStream::connect(to).unwrap(), &for_thread);
            }
        });
        let keys =
            [("AWS_ACCESS_KEY_ID", sandbox.access_key()), ("AWS_SECRET_ACCESS_KEY", sandbox.secret_key())];
        let credentials = keys.map(|(name, value)| format!("{name}={value}")).join(" ");
        Self { endpoint, credentials, sandbox, switch }
    }

    /// From now on the condition arrives.
    pub fn remember(&self) {
        self.switch.remembers.store(true, SeqCst);
    }

    /// Whether a condition was sent since this was asked last.
    pub fn was_asked(&self) -> bool {
        self.switch.seen.swap(false, SeqCst)
    }

    /// How many objects there are whose keys begin like this.
    pub fn objects(&self, prefix: &str) -> usize {
        let mut connection = TcpStream::connect(address(&self.sandbox)).unwrap();
        let key = self.sandbox.access_key();
        write!(
            connection,
            "GET /lake?list-type=2&prefix={} HTTP/1.1\r\nhost: lake\r\nconnection: close\r\n\
             authorization: AWS4-HMAC-SHA256 Credential={key}/20261120/us-east-1/s3/aws4_request, \
             SignedHeaders=host, Signature=00\r\n\r\n",
            prefix.replace('=', "%3D")
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer.matches("<Key>").count()
    }
}

fn address(sandbox: &Sandbox) -> SocketAddr {
    sandbox.endpoint().trim_start_matches("http://").parse().unwrap()
}

/// Passes a connection on, both ways.
fn pass(client: TcpStream, server: TcpStream, switch: &Arc<Switch>) {
    let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let switch = Arc::clone(switch);
    thread::spawn(move || spoil(client, &server, &switch));
}

/// Passes requests on, each without its condition.
fn spoil(mut client: TcpStream, mut server: &TcpStream, switch: &Switch) {
    let (mut held, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        held.extend_from_slice(&buffer[..count]);
        while let Some(at) = held.windows(HEADER.len()).position(|window| window == HEADER) {
            switch.seen.store(true, SeqCst);
            if switch.remembers.load(SeqCst) {
                break;
            }
            held[at..at + HEADER.len()].copy_from_slice(SPOILT);
        }
        // The name may have arrived in part.
        let kept = (1..HEADER.len()).rev().find(|length| held.ends_with(&HEADER[..*length])).unwrap_or(0);
        let rest = held.split_off(held.len() - kept);
        if server.write_all(&held).is_err() {
            break;
        }
        held = rest;
    }
    let _ = server.write_all(&held);
    let _ = server.shutdown(Shutdown::Write);
}
