//! A stand-in for the randomuser API on loopback, with its habits and, on request, its bad days.
//!
//! It speaks enough HTTP/1.1 for our client, keeps connections open, and behaves as API 1.4 does:
//! `results` outside 1..=5000 means 1, an unknown nationality means all, a page above 10,000 means 1,
//! `seed` disables `gender`, and more than 20,000 users in a fixed window get status 429 without
//! `Retry-After`. Faults are served in the order in which they were announced, one a request.
//! Records come from our own generator, so any number of them are distinct; or from the API's own
//! sample in `tests/data/users.ndjson`.

mod request;

use std::collections::VecDeque;
use std::io::{BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sluicebox::users::generator::{Generator, Plan};

use self::request::{Reply, Request, read_target, reset_on_close};

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing.
    None,
    /// This status, without a body worth reading.
    Status(u16),
    /// This status, and `Retry-After`.
    RetryAfter(u16, &'static str),
    /// Status 200 and no results.
    Empty,
    /// Status 200 and one result fewer than asked for.
    Short,
    /// Status 200 and `{"error": …}`.
    ErrorBody,
    /// Status 200 and a page for people.
    Html,
    /// A correct answer, pretty-printed.
    Pretty,
    /// A correct answer, with the info of another seed.
    OtherSeed,
    /// A correct answer in this many pieces, with this pause between them.
    Drip(usize, Duration),
    /// No answer, and the connection stays open.
    Hang,
    /// Half of the answer, and the connection stays open.
    Stall,
    /// Half of the answer, then an end of the connection.
    Truncated,
    /// Half of an answer of unknown length, then the end of the connection.
    Cut,
    /// The connection is reset before an answer.
    Reset,
}

/// How the server is set up.
pub struct Setup {
    /// How many users a window allows.
    pub limit: u64,
    /// How long a window is.
    pub window: Duration,
    /// Serve the sample of the real API over and over, instead of generated users.
    pub sample: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { limit: 20_000, window: Duration::from_secs(300), sample: false }
    }
}

/// A running server; it ends with the test.
pub struct Api {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    setup: Setup,
    started: Instant,
    ended: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    faults: VecDeque<Fault>,
    targets: Vec<String>,
    window: u128,
    users: u64,
    unseeded: u64,
}

impl Api {
    /// A server with the API's own limit.
    pub fn start() -> Self {
        Self::with(Setup::default())
    }

    /// A server set up in another way.
    pub fn with(setup: Setup) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port on loopback");
        let address = listener.local_addr().expect("the port has a number");
        let (ended, state) = (AtomicBool::new(false), Mutex::default());
        let shared = Arc::new(Shared { setup, started: Instant::now(), ended, state });
        let for_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if for_thread.ended.load(SeqCst) {
                    break;
                }
                let shared = Arc::clone(&for_thread);
                // An error ends the connection: the client's side of the test tells.
                thread::spawn(move || drop(shared.serve(connection)));
            }
        });
        Self { address, shared }
    }

    /// The faults of the next requests, one each.
    pub fn faults(self, faults: &[Fault]) -> Self {
        self.shared.state.lock().unwrap().faults.extend(faults.iter().cloned());
        self
    }

    /// The value of `--url`.
    pub fn url(&self) -> String {
        format!("http://{}/api/1.4/", self.address)
    }

    /// Path and query of every request so far.
    pub fn targets(&self) -> Vec<String> {
        self.shared.state.lock().unwrap().targets.clone()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.shared.ended.store(true, SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn serve(&self, mut connection: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(connection.try_clone()?);
        while let Some(target) = read_target(&mut reader)? {
            let fault = {
                let mut state = self.state.lock().unwrap();
                state.targets.push(target.clone());
                state.faults.pop_front().unwrap_or(Fault::None)
            };
            let reply = self.reply(&target, &fault);
            if !self.send(&mut connection, &reply, &fault)? {
                break;
            }
        }
        Ok(())
    }

    fn reply(&self, target: &str, fault: &Fault) -> Reply {
        match fault {
            Fault::Status(404) => return Reply::new(404, "Not Found".into()),
            Fault::Status(status) => {
                return Reply::new(*status, json!({"error": "Uh oh, something has gone wrong."}).to_string());
            }
            Fault::RetryAfter(status, value) => {
                let headers = format!("Retry-After: {value}\r\n");
                return Reply { status: *status, headers, body: "{}".into() };
            }
            Fault::ErrorBody => {
                return Reply::new(
                    200,
                    json!({"error": format!("Uh oh\u{7}{}", "!".repeat(900))}).to_string(),
                );
            }
            Fault::Html => return Reply::new(200, "<!DOCTYPE html><title>Log in</title>".into()),
            _ => {}
        }
        let Some(request) = Request::parse(target) else { return Reply::new(404, "Not Found".into()) };
        if !self.allows(request.results) {
            let error = "Whoa, ease up there cowboy. You've requested 20,000 users in the last 5 minutes.";
            return Reply::new(429, json!({ "error": error }).to_string());
        }
        Reply::new(200, self.users(&request, fault))
    }

    /// The fixed window of the API.
    fn allows(&self, results: u64) -> bool {
        let window = self.started.elapsed().as_nanos() / self.setup.window.as_nanos();
        let mut state = self.state.lock().unwrap();
        if window != state.window {
            (state.window, state.users) = (window, 0);
        }
        let allowed = state.users + results <= self.setup.limit;
        state.users += if allowed { results } else { 0 };
        allowed
    }

    fn users(&self, request: &Request, fault: &Fault) -> String {
        let mut records = self.records(request);
        match fault {
            Fault::Empty => records.clear(),
            Fault::Short => drop(records.pop()),
            _ => {}
        }
        let seed = if matches!(fault, Fault::OtherSeed) {
            "another"
        } else {
            request.seed.as_deref().unwrap_or("a1b2")
        };
        let info = json!({"seed": seed, "results": records.len(), "page": request.page, "version": "1.4"});
        let body = format!(r#"{{"results":[{}],"info":{info}}}"#, records.join(","));
        if !matches!(fault, Fault::Pretty) {
            return body;
        }
        let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&body).unwrap()).unwrap();
        pretty.replace('\n', "\r\n")
    }

    fn records(&self, request: &Request) -> Vec<String> {
        if self.setup.sample {
            return sample().into_iter().cycle().take(request.results as usize).collect();
        }
        let nationalities = request.nationalities.iter().map(|code| code.parse().unwrap()).collect();
        let gender = request.gender.as_ref().and_then(|gender| gender.parse().ok());
        let seed = request.seed.clone().unwrap_or("none".into());
        let generator = Generator::new(&Plan { seed, nationalities, gender });
        let first = match request.seed {
            Some(_) => (request.page - 1) * 5_000,
            None => {
                let mut state = self.state.lock().unwrap();
                state.unseeded += request.results;
                state.unseeded - request.results
            }
        };
        let record = |number| {
            let mut out = Vec::new();
            generator.write(number, &mut out);
            request.choose(String::from_utf8(out).unwrap())
        };
        (first..first + request.results).map(record).collect()
    }

    /// Sends the reply, or as much of it as the fault lets pass; whether the connection goes on.
    fn send(&self, to: &mut TcpStream, reply: &Reply, fault: &Fault) -> std::io::Result<bool> {
        let body = reply.body.as_bytes();
        let half = &body[..body.len() / 2];
        match fault {
            Fault::Hang => self.sleep(),
            Fault::Stall => {
                to.write_all(reply.head(Some(body.len())).as_bytes())?;
                to.write_all(half)?;
                self.sleep();
            }
            Fault::Truncated => {
                to.write_all(reply.head(Some(body.len())).as_bytes())?;
                to.write_all(half)?;
            }
            Fault::Cut => {
                to.write_all(reply.head(None).as_bytes())?;
                to.write_all(half)?;
            }
            Fault::Reset => reset_on_close(to)?,
            Fault::Drip(pieces, pause) => {
                to.write_all(reply.head(Some(body.len())).as_bytes())?;
                for piece in body.chunks(body.len().div_ceil(*pieces)) {
                    to.write_all(piece)?;
                    thread::sleep(*pause);
                }
                return Ok(true);
            }
            _ => {
                to.write_all(reply.head(Some(body.len())).as_bytes())?;
                to.write_all(body)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Until the test ends.
    fn sleep(&self) {
        while !self.ended.load(SeqCst) {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Sixty users as the real API made them.
pub fn sample() -> Vec<String> {
    include_str!("../../data/users.ndjson").lines().map(str::to_owned).collect()
}
