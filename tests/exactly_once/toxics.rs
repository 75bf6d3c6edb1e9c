//! toxiproxy: proxies that cut, delay and truncate, by way of its HTTP API.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::dice::Dice;
use crate::support::{folder, root};

/// The name of the poison that is in use.
pub const POISON: &str = "poison";

/// What ends connections, in each direction: it makes a call fail, whichever comes.
pub fn poisons() -> impl Iterator<Item = (&'static str, &'static str)> {
    let poisons = [
        r#""type":"reset_peer","attributes":{"timeout":0}"#,
        r#""type":"timeout","attributes":{"timeout":200}"#,
        r#""type":"limit_data","attributes":{"bytes":100}"#,
    ];
    ["upstream", "downstream"].into_iter().flat_map(move |stream| poisons.map(|poison| (stream, poison)))
}

/// A toxic as toxiproxy wants it.
pub fn poisoned(stream: &str, poison: &str) -> String {
    format!(r#"{{"name":"{POISON}","stream":"{stream}",{poison}}}"#)
}

/// A running server; it ends with the test.
pub struct Toxics {
    dir: PathBuf,
    api: String,
}

impl Toxics {
    /// Starts the server, without proxies.
    pub fn start() -> Self {
        let dir = folder("toxiproxy");
        let mut toxics = Self { dir, api: String::new() };
        toxics.manage("start");
        let env = toxics.manage("env");
        let url = env.lines().find_map(|line| line.strip_prefix("TOXIPROXY_URL=http://"));
        toxics.api = url.expect("toxiproxy says where it is").to_owned();
        toxics
    }

    fn manage(&self, verb: &str) -> String {
        let script = root().join("tests/services/toxiproxy");
        let output = Command::new(script).arg(verb).arg(&self.dir).output().unwrap();
        assert!(output.status.success() || verb == "stop", "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Makes a proxy; returns where it listens.
    pub fn proxy(&self, name: &str, upstream: &str) -> String {
        let proxy = format!(r#"{{"name":"{name}","listen":"127.0.0.1:0","upstream":"{upstream}"}}"#);
        let made: Value = serde_json::from_str(&self.call("POST", "/proxies", &proxy)).unwrap();
        made["listen"].as_str().unwrap().to_owned()
    }

    /// Leads a proxy elsewhere.
    pub fn lead(&self, name: &str, upstream: &str) {
        let proxy = self.call("GET", &format!("/proxies/{name}"), "");
        let mut proxy: Value = serde_json::from_str(&proxy).unwrap();
        proxy["upstream"] = upstream.into();
        self.call("POST", &format!("/proxies/{name}"), &proxy.to_string());
    }

    /// Poisons a proxy.
    pub fn add(&self, name: &str, toxic: &str) {
        self.call("POST", &format!("/proxies/{name}/toxics"), toxic);
    }

    /// Takes a poison away.
    pub fn remove(&self, name: &str, toxic: &str) {
        self.call("DELETE", &format!("/proxies/{name}/toxics/{toxic}"), "");
    }

    /// Makes a line slow, for good: each answer takes its time, and comes in pieces.
    pub fn slow_down(&self, name: &str) {
        for toxic in [
            r#""type":"latency","attributes":{"latency":20,"jitter":20}"#,
            r#""type":"slicer","attributes":{"average_size":1000,"size_variation":900,"delay":10}"#,
        ] {
            self.add(name, &format!(r#"{{"stream":"downstream",{toxic}}}"#));
        }
    }

    /// Poisons these proxies for moments, one after another, for about fifteen seconds.
    pub fn torment(&self, proxies: &[&str], dice: &mut Dice) {
        for _ in 0..14 {
            let proxy = dice.choose(proxies);
            let stream = dice.choose(&["upstream", "downstream"]);
            let toxic = dice.choose(&[
                r#""type":"reset_peer","attributes":{"timeout":0}"#,
                r#""type":"timeout","attributes":{"timeout":200}"#,
                r#""type":"latency","attributes":{"latency":700,"jitter":600}"#,
                r#""type":"limit_data","attributes":{"bytes":3000}"#,
                r#""type":"bandwidth","attributes":{"rate":20}"#,
            ]);
            self.add(proxy, &format!(r#"{{"name":"t","stream":"{stream}",{toxic}}}"#));
            thread::sleep(Duration::from_millis(200 + dice.below(900)));
            self.remove(proxy, "t");
            thread::sleep(Duration::from_millis(dice.below(300)));
        }
    }

    fn call(&self, method: &str, path: &str, body: &str) -> String {
        let mut connection = TcpStream::connect(&self.api).unwrap();
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.0\r\nHost: toxics\r\nContent-Length: {length}\r\n\r\n");
        connection.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap();
        assert!(status.starts_with('2'), "{method} {path}: {answer}");
        body.to_owned()
    }
}

impl Drop for Toxics {
    fn drop(&mut self) {
        self.manage("stop");
    }
}
