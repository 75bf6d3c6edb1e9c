//! A small S3 inside the process: for the first five minutes, for CI jobs, and for this room's tests.
//!
//! It answers what `s3-put`, `aws s3`, DuckDB and pyarrow ask: buckets, objects with ranges and
//! metadata, listings, multipart uploads, and the condition `If-None-Match: *` on both requests that
//! publish. ETags are made as S3 makes them, so that what recognises its own object does so here.
//!
//! What it is not: it keeps nothing after its end; it knows no versions, no policies, no copies, and
//! only path-style addresses; it listens on the loopback alone, and checks the access key id (random
//! at each start), not the signature. Anything it does not know is refused as `NotImplemented`, never
//! answered as if it had been done.
//!
//! Why not an existing crate: the candidate costs about a minute of build on two cores and does not
//! honour the condition on every path, which is the one thing that publishing stands on.
mod body;
mod list;
mod multipart;
mod object;
mod request;
mod state;
mod xml;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Builder as RuntimeBuilder;
use tokio::sync::oneshot;

use self::body::Content;
use self::request::{Refusal, Request};
use self::state::State;
use crate::run::exit::{Error, Result};
use crate::run::random;
use crate::run::units::hex;

/// The answer to one request.
type Answer = Result<Response<Content>, Refusal>;

/// A running S3. Dropping it stops it and removes what it has stored.
pub struct Sandbox {
    address: SocketAddr,
    access_key: String,
    secret_key: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts an S3 on a free port of the loopback that keeps its objects in files under `dir` (which
    /// must exist and is best empty), with these buckets in it.
    pub fn start(dir: &Path, buckets: &[&str]) -> Result<Self> {
        let (access_key, secret_key) = (random(10)?, random(20)?);
        let state = Arc::new(State::new(dir, &access_key));
        for bucket in buckets {
            state.create_bucket(bucket).map_err(|refusal| Error::usage(refusal.message))?;
        }
        let cannot = |cause: std::io::Error| Error::io("cannot start the S3 sandbox", &cause);
        let runtime = RuntimeBuilder::new_current_thread().enable_io().build().map_err(cannot)?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let (stop, stopped) = oneshot::channel();
        let work = move || {
            runtime.spawn(accept(listener, state));
            // An error is the end of the sender: a stop as well.
            let _ = runtime.block_on(stopped);
        };
        let thread = std::thread::Builder::new().name("s3-sandbox".to_owned()).spawn(work).map_err(cannot)?;
        Ok(Self { address, access_key, secret_key, stop: Some(stop), thread: Some(thread) })
    }

    /// Its URL.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The access key id that it accepts.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// A secret key to go with it.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// The environment in which every AWS client talks to it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL_S3", self.endpoint()),
            ("AWS_ACCESS_KEY_ID", self.access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key.clone()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ]
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it has been told by the runtime already.
            let _ = thread.join();
        }
    }
}

/// Serves every connection until the runtime ends.
async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        // A connection that broke before it was accepted is the client's business.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let state = state.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| serve(state.clone(), request));
            // An error here is a client that went away.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Answers one request.
async fn serve(
    state: Arc<State>,
    request: hyper::Request<Incoming>,
) -> Result<Response<Content>, Infallible> {
    let is_head = request.method() == Method::HEAD;
    let (request, body) = Request::split(request);
    let answer = match request.authorize(state.access_key()) {
        Ok(()) => route(&state, &request, body).await,
        Err(refusal) => Err(refusal),
    };
    Ok(answer.unwrap_or_else(|refusal| refusal.answer(&request, is_head)))
}

/// The table of what it can do.
async fn route(state: &State, request: &Request, body: Incoming) -> Answer {
    let (bucket, key) = (request.bucket.as_str(), request.key.as_str());
    let asks = |name: &str| request.query.contains_key(name);
    request.refuse_unknown()?;
    match (request.method.as_str(), bucket.is_empty(), key.is_empty()) {
        ("GET", true, _) => list::buckets(state),
        ("PUT", false, true) => object::create_bucket(state, bucket),
        ("DELETE", false, true) => object::delete_bucket(state, bucket),
        ("HEAD", false, true) => object::head_bucket(state, bucket),
        ("GET", false, true) if asks("location") => object::bucket_location(state, bucket),
        ("GET", false, true) if asks("uploads") => multipart::list(state, request),
        ("GET", false, true) => list::objects(state, request),
        ("POST", false, false) if asks("uploads") => multipart::begin(state, request),
        ("PUT", false, false) if asks("uploadId") => multipart::part(state, request, body).await,
        ("POST", false, false) if asks("uploadId") => multipart::complete(state, request, body).await,
        ("DELETE", false, false) if asks("uploadId") => multipart::abort(state, request),
        ("PUT", false, false) => object::put(state, request, body).await,
        ("GET" | "HEAD", false, false) => object::get(state, request),
        ("DELETE", false, false) => object::delete(state, request),
        _ => Err(Refusal::not_implemented()),
    }
}

/// Random digits for a key that nobody can guess.
fn random(bytes: usize) -> Result<String> {
    let mut buffer = vec![0; bytes];
    random::fill(&mut buffer)?;
    Ok(hex(&buffer))
}

#[cfg(test)]
mod tests;
