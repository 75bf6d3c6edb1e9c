//! One request to the API: what came back, or what went wrong and whether it may pass.
//!
//! The request runs on a thread of its own, so that a signal ends the wait for a server that does
//! not answer. Time is bounded by `--connect-timeout`, by `--read-timeout` between two pieces of an
//! answer, and by ten times that for the whole of it; memory by [`MAX_BODY`].

use std::io::Read;
use std::sync::Once;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use reqwest::blocking::{Client as Http, Response};
use reqwest::header::RETRY_AFTER;
use reqwest::{StatusCode, Url};
use serde_json::Value;

use super::page::quote;
use super::plan::Patience;
use crate::run::retry::retry_after;
use crate::run::{Error, Exit, Result, Stop};

/// The largest answer that is taken: a page of 5,000 users is 5.5 MB.
const MAX_BODY: usize = 64 << 20;
/// How soon a stop is noticed.
const GLANCE: Duration = Duration::from_millis(50);
/// A whole answer may take this many times the time between two pieces of it.
const WHOLE: u32 = 10;

/// What came back.
#[derive(Debug)]
pub enum Answer {
    /// Status 200.
    Body(Vec<u8>),
    /// Status 429, without a word on when to come back.
    Limited,
    /// Something that may pass.
    Trouble(Trouble),
}

/// Something that may pass.
#[derive(Debug)]
pub struct Trouble {
    /// What it is, in plain words.
    pub why: String,
    /// When the server wants to be asked again.
    pub after: Option<Duration>,
    /// There was nobody at that address: worth a second try only where there was somebody before.
    pub nobody: bool,
}

impl Trouble {
    /// Trouble of which nothing more is known.
    pub fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), after: None, nobody: false }
    }
}

/// Asks the API.
#[derive(Clone, Debug)]
pub struct Client {
    http: Http,
    server: String,
    read: Duration,
}

impl Client {
    /// A client for `server`, as messages call it.
    pub fn new(server: String, patience: &Patience) -> Result<Self> {
        install_tls();
        let http = Http::builder()
            .user_agent(concat!("sluicebox/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(patience.connect)
            .timeout(patience.read)
            .build()
            .map_err(|error| Error::usage(format!("cannot prepare HTTPS: {}", cause(&error))))?;
        Ok(Self { http, server, read: patience.read })
    }

    /// Asks for `url`. None: asked to stop meanwhile.
    pub fn get(&self, url: Url, stop: &Stop) -> Option<Result<Answer>> {
        let (sender, receiver) = sync_channel(1);
        let client = self.clone();
        let work = move || drop(sender.send(client.ask(url)));
        if let Err(error) = std::thread::Builder::new().name("http".into()).spawn(work) {
            return Some(Err(Error::io("cannot start a thread", &error)));
        }
        while !stop.requested() {
            match receiver.recv_timeout(GLANCE) {
                Ok(answer) => return Some(answer),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Some(Err(Error::data("the HTTP client failed")));
                }
            }
        }
        None
    }

    fn ask(&self, url: Url) -> Result<Answer> {
        let response = match self.http.get(url).send() {
            Ok(response) => response,
            Err(error) => return self.failed(&error).map(Answer::Trouble),
        };
        let status = response.status();
        let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let after = after.and_then(|value| retry_after(value, jiff::Timestamp::now()));
        match status.as_u16() {
            200 => Ok(self.body(response).map_or_else(Answer::Trouble, Answer::Body)),
            429 if after.is_none() => Ok(Answer::Limited),
            408 | 429 | 500 | 502..=504 => {
                Ok(Answer::Trouble(Trouble { after, ..Trouble::new(format!("HTTP {}", status.as_u16())) }))
            }
            _ => Err(self.refused(status, response)),
        }
    }

    /// Reads the whole of an answer.
    fn body(&self, mut response: Response) -> Result<Vec<u8>, Trouble> {
        let expected = response.content_length().unwrap_or(0).min(MAX_BODY as u64);
        let mut body = Vec::with_capacity(expected as usize);
        let deadline = Instant::now() + self.read * WHOLE;
        let mut piece = vec![0; 64 << 10];
        loop {
            let length = match response.read(&mut piece) {
                Ok(0) => return Ok(body),
                Ok(length) => length,
                Err(error) => return Err(Trouble::new(format!("the answer broke off: {}", broken(&error)))),
            };
            if body.len() + length > MAX_BODY {
                return Err(Trouble::new(format!("the answer is larger than {} MiB", MAX_BODY >> 20)));
            }
            if Instant::now() > deadline {
                return Err(Trouble::new("the answer took too long (--read-timeout)"));
            }
            body.extend_from_slice(&piece[..length]);
        }
    }

    /// A request without an answer.
    fn failed(&self, error: &reqwest::Error) -> Result<Trouble> {
        let (server, cause) = (&self.server, cause(error));
        if is_tls(error) {
            let message = format!("no trust between this machine and {server}: {cause}");
            return Err(
                Error::usage(message).hint("the clock, the certificates of this machine, SSL_CERT_FILE")
            );
        }
        if error.is_redirect() || error.is_builder() {
            return Err(Error::usage(format!("cannot ask {server}: {cause}")));
        }
        let nobody = error.is_connect() && !error.is_timeout();
        let why = match (error.is_connect(), error.is_timeout()) {
            (true, true) => format!("no connection to {server} in time (--connect-timeout)"),
            (true, false) => format!("cannot reach {server}: {cause}"),
            (false, true) => format!("no answer from {server} in time (--read-timeout)"),
            (false, false) => format!("{server} broke off: {cause}"),
        };
        Ok(Trouble { nobody, ..Trouble::new(why) })
    }

    /// An answer that says no for good.
    fn refused(&self, status: StatusCode, response: Response) -> Error {
        let mut said = Vec::new();
        // Only for the message: what cannot be read is not quoted.
        let _ = response.take(4 << 10).read_to_end(&mut said);
        let said = serde_json::from_slice::<Value>(&said).ok();
        let said = said.as_ref().and_then(|answer| answer.get("error")).map(quote);
        let words = said.map(|words| format!(": {words}")).unwrap_or_default();
        let error =
            Error::new(exit_of(status), format!("HTTP {} from {}{words}", status.as_u16(), self.server));
        if status == StatusCode::NOT_FOUND {
            error.hint(format!("--url {}", super::plan::PUBLIC_URL))
        } else {
            error
        }
    }
}

/// 501 and its like pass no sooner than 404 does, but they are not the caller's mistake.
fn exit_of(status: StatusCode) -> Exit {
    if status.is_server_error() { Exit::Temporary } else { Exit::Usage }
}

/// The cryptography of TLS, once a process.
fn install_tls() {
    static ONCE: Once = Once::new();
    // An error says that another part of the program installed one before: as good.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// An error and its causes, outermost first. What an `io::Error` wraps is one of them: its own
/// `source` leaves that out.
fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| error.source())
    })
}

/// The innermost cause, in words, without the address (which may hold a password).
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let text = causes(error).last().map(ToString::to_string).unwrap_or_default();
    text.split(" (os error ").next().unwrap_or_default().to_owned()
}

/// Why reading an answer ended.
fn broken(error: &std::io::Error) -> String {
    let timed_out = |error: &reqwest::Error| error.is_timeout();
    match causes(error).find_map(|cause| cause.downcast_ref()) {
        Some(inner) if timed_out(inner) => "nothing came in time (--read-timeout)".into(),
        _ => cause(error),
    }
}

/// Whether TLS is among the causes: no time will heal that.
fn is_tls(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.is::<rustls::Error>())
}
