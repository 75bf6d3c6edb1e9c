//! A proxy in front of a store, for what goes wrong between a client and it: a header that is dropped,
//! an answer that is lost after the request was carried out, an answer that the store never gave.
//!
//! One connection carries one request. Nothing is signed again, so a header that is dropped must lead to
//! a store that checks no signature (the sandbox).

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// What the proxy does with a request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Hands it on.
    Pass,
    /// Hands it on without this header (in lower case).
    Drop(&'static str),
    /// Closes the connection; the store never hears of it.
    CutBefore,
    /// Hands it on, and closes the connection instead of answering.
    CutAfter,
    /// Answers itself: a status line, and a body of XML.
    Answer(&'static str, &'static str),
    /// Hands it on, and answers, when it may.
    Held(Hold),
}

/// When a request goes on that is held.
#[derive(Clone, Debug, Default)]
pub struct Hold {
    /// From then on it may be handed on.
    pub begin: Gate,
    /// It has been carried out, and this is what the store has answered.
    pub carried_out: Gate,
    pub status: Arc<Mutex<String>>,
    /// From then on it may be answered.
    pub answer: Gate,
}

/// What somebody waits for, and another one opens.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// From now on nobody waits for it.
    pub fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    /// Waits until it is open; says whether it is, for nothing is waited for without an end.
    pub fn wait(&self) -> bool {
        const LONG: Duration = Duration::from_secs(150);
        let open = self.0.0.lock().unwrap();
        *self.0.1.wait_timeout_while(open, LONG, |open| !*open).unwrap().0
    }
}

/// A request, as far as a rule needs to know it.
#[derive(Clone, Debug)]
pub struct Call {
    /// `PUT`
    pub method: String,
    /// `/bucket/key?query`
    pub path: String,
}

impl Call {
    /// Whether it would make an object in one piece.
    pub fn puts(&self) -> bool {
        self.method == "PUT" && !self.path.contains("partNumber=")
    }

    /// Whether it puts parts together.
    pub fn completes(&self) -> bool {
        self.method == "POST" && self.path.contains("uploadId=")
    }

    /// Whether it is about the mark with which a store is tried.
    pub fn is_of_the_mark(&self) -> bool {
        self.path.contains("/_sluicebox/condition")
    }
}

/// A running proxy; it lasts as long as the test program.
pub struct Proxy {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Proxy {
    /// Starts one in front of `store` (a URL), with a rule for every request.
    pub fn start(store: &str, rule: impl Fn(&Call) -> Act + Send + Sync + 'static) -> Self {
        let store = store.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (rule, seen) = (Arc::new(rule), calls.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (store, rule, seen) = (store.clone(), rule.clone(), seen.clone());
                // A client that goes away is what some tests are about.
                thread::spawn(move || serve(client, &store, &*rule, &seen));
            }
        });
        Self { address, calls }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

fn serve(
    mut client: TcpStream,
    store: &str,
    rule: &dyn Fn(&Call) -> Act,
    seen: &Mutex<Vec<Call>>,
) -> Option<()> {
    let (head, mut body) = read_head(&mut client)?;
    let mut words = head.split(' ');
    let call = Call { method: words.next()?.to_owned(), path: words.next()?.to_owned() };
    seen.lock().unwrap().push(call.clone());
    let act = rule(&call);
    if header(&head, "expect").is_some() {
        client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let length: usize = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let got = body.len();
    body.resize(length.max(got), 0);
    client.read_exact(&mut body[got..]).ok()?;
    match act {
        Act::CutBefore => {}
        Act::Answer(status, xml) => answer(&mut client, status, xml)?,
        Act::Pass => client.write_all(&exchange(store, &head, &body, None)?).ok()?,
        Act::Drop(name) => client.write_all(&exchange(store, &head, &body, Some(name))?).ok()?,
        Act::CutAfter => drop(exchange(store, &head, &body, None)?),
        Act::Held(hold) => {
            hold.begin.wait();
            let answer = exchange(store, &head, &body, None)?;
            let status = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
            *hold.status.lock().unwrap() = status;
            hold.carried_out.open();
            hold.answer.wait();
            client.write_all(&answer).ok()?;
        }
    }
    Some(())
}

fn answer(client: &mut TcpStream, status: &str, xml: &str) -> Option<()> {
    let length = xml.len();
    let head = "content-type: application/xml\r\nconnection: close";
    write!(client, "HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{xml}").ok()
}

/// The head of a request as text, and what came along of its body.
fn read_head(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut block = [0; 16 << 10];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            return Some((String::from_utf8_lossy(&bytes).into_owned(), body));
        }
        let got = client.read(&mut block).ok().filter(|got| *got > 0)?;
        bytes.extend_from_slice(&block[..got]);
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The store's whole answer.
fn exchange(store: &str, head: &str, body: &[u8], without: Option<&str>) -> Option<Vec<u8>> {
    let dropped = [Some("connection"), Some("expect"), without];
    let kept = |line: &&str| {
        let name = line.split_once(':').map(|(name, _)| name.to_ascii_lowercase());
        !line.is_empty() && !dropped.iter().flatten().any(|drop| name.as_deref() == Some(drop))
    };
    let mut request: String = head.lines().filter(kept).flat_map(|line| [line, "\r\n"]).collect();
    request.push_str("connection: close\r\n\r\n");
    let mut upstream = TcpStream::connect(store).ok()?;
    upstream.write_all(request.as_bytes()).ok()?;
    upstream.write_all(body).ok()?;
    let mut answer = Vec::new();
    // A store that refuses does not wait for the body, and resets the connection once it has said so.
    let whole = upstream.read_to_end(&mut answer).is_ok();
    (whole || !answer.is_empty()).then_some(answer)
}
