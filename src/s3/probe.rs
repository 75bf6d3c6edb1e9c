//! The proof that a store honours `If-None-Match: *`, before a batch relies on it.
//!
//! Many stores that speak S3 ignore the condition, on one of the two requests that publish or on both,
//! and answer 200: of two writers the last one wins, in silence. So each process asks once. It puts a
//! permanent object that exists, `_sluicebox/condition` at the root of the data set, which readers of
//! data sets skip: the answer must be 412. And before it publishes in parts, it completes an upload of
//! one part to that key: 412 again.
//!
//! It does so while the input is being read, on the store's thread, so it costs no time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use aws_sdk_s3::types::CompletedMultipartUpload;
use bytes::Bytes;
use tokio::sync::oneshot;

use super::error::Failure;
use super::location::Location;
use super::publish::{Claim, Job, Target};
use super::store::Store;
use super::transfer::{abort, begin, send_part};
use crate::run::exit::{Error, Result};
use crate::run::fault::around;

/// The permanent object, at the root of a data set.
pub const CONDITION_KEY: &str = "_sluicebox/condition";
/// What it holds: a word to whoever finds it.
const TEXT: &[u8] =
    b"sluicebox proves here that this store does not replace an object under If-None-Match.\n";
/// How often a request of the proof is sent.
const ATTEMPTS: u32 = 5;
/// The pause after the first failed attempt; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How long an ending process waits for the upload of a proof to be gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// A proof under way.
pub(super) struct Probe {
    put: Pending,
    complete: Pending,
    /// Asks for the proof of completion.
    order: Option<oneshot::Sender<()>>,
    upload: Busy,
}

/// Whether the upload of the proof exists at this moment: for whoever is about to end the process.
#[derive(Clone, Default)]
pub(super) struct Busy(Arc<AtomicBool>);

impl Busy {
    /// Waits until it does not, within bounds: it takes four short requests.
    pub fn wait(&self) {
        let begin = Instant::now();
        while self.0.load(SeqCst) && begin.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Probe {
    /// Begins the proof for a data set whose permanent object is `condition`.
    pub fn start(store: &Store, condition: Location) -> Self {
        let target = Target {
            location: condition,
            claim: Claim::Create,
            content_type: "text/plain; charset=utf-8".to_owned(),
            metadata: Vec::new(),
        };
        let job =
            Job { client: store.client().clone(), store: store.name().clone(), target: Arc::new(target) };
        let ((put, put_told), (complete, complete_told)) = (sync_channel(1), sync_channel(1));
        let (order, ordered) = oneshot::channel();
        let upload = Busy::default();
        let busy = upload.clone();
        store.spawn(async move {
            let outcome = around(["s3.probe.before", "s3.probe.after"], prove_put(&job)).await;
            let honoured = outcome.is_ok();
            // Whoever asked may have given up; so below.
            let _ = put.send(outcome);
            if honoured && ordered.await.is_ok() {
                busy.0.store(true, SeqCst);
                let outcome = prove_complete(&job).await;
                busy.0.store(false, SeqCst);
                let _ = complete.send(outcome);
            }
        });
        let (put, complete) = (Pending::new(put_told), Pending::new(complete_told));
        Self { put, complete, order: Some(order), upload }
    }

    /// To wait by until nothing of the proof would be left behind.
    pub fn busy(&self) -> Busy {
        self.upload.clone()
    }

    /// Asks for the proof of completion, too: there will be parts.
    pub fn expect_parts(&mut self) {
        if let Some(order) = self.order.take() {
            let _ = order.send(());
        }
    }

    /// What is known by now, without waiting: a store that fails the proof need not get all the data.
    pub fn check(&mut self) -> Result<()> {
        self.put.check()?;
        self.complete.check()
    }

    /// Waits for all that was asked for.
    pub fn wait(&mut self) -> Result<()> {
        self.put.wait()?;
        if self.order.is_none() { self.complete.wait() } else { Ok(()) }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.upload.wait();
    }
}

/// An outcome that is told once.
struct Pending {
    told: Receiver<Result<()>>,
    outcome: Option<Result<()>>,
}

impl Pending {
    fn new(told: Receiver<Result<()>>) -> Self {
        Self { told, outcome: None }
    }

    fn check(&mut self) -> Result<()> {
        if self.outcome.is_none() {
            match self.told.try_recv() {
                Ok(outcome) => self.outcome = Some(outcome),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return Ok(()),
            }
        }
        self.outcome.clone().unwrap_or(Ok(()))
    }

    fn wait(&mut self) -> Result<()> {
        if self.outcome.is_none() {
            let ended = |_| Err(Error::temporary("the S3 client ended unexpectedly"));
            self.outcome = Some(self.told.recv().unwrap_or_else(ended));
        }
        self.check()
    }
}

/// Proves that PutObject honours the condition. The first time ever, the permanent object is made by
/// it; then, or if it was there, it must be refused.
async fn prove_put(job: &Job) -> Result<()> {
    let mut made = false;
    let mut pause = FIRST_PAUSE;
    for left in (0..ATTEMPTS).rev() {
        match job.try_put(Bytes::from_static(TEXT)).await {
            Ok(_) if made => return Err(ignored(job, "PutObject")),
            Ok(_) => made = true,
            Err(failure) if failure.is_exists() => return Ok(()),
            Err(failure) => wait_or_fail(job, failure, left, &mut pause).await?,
        }
    }
    Err(Error::temporary(format!("{} does not settle on {}", job.store, job.target.location)))
}

/// Proves that CompleteMultipartUpload honours the condition, on the permanent object, which exists by
/// now. Nothing of the upload stays.
async fn prove_complete(job: &Job) -> Result<()> {
    let upload = begin(job).await?;
    let outcome = complete_one(job, &upload).await;
    match (outcome, abort(job, &upload).await) {
        (Ok(()), Err(left_over)) => {
            log::warn!("{left_over}");
            Ok(())
        }
        (outcome, _) => outcome,
    }
}

async fn complete_one(job: &Job, upload: &str) -> Result<()> {
    let part = send_part(job, upload, 1, Bytes::from_static(TEXT)).await?;
    let parts = CompletedMultipartUpload::builder().parts(part).build();
    let mut pause = FIRST_PAUSE;
    for left in (0..ATTEMPTS).rev() {
        match job.try_complete(upload, parts.clone(), TEXT.len() as u64).await {
            Ok(_) => return Err(ignored(job, "CompleteMultipartUpload")),
            Err(failure) if failure.is_exists() => return Ok(()),
            Err(failure) => wait_or_fail(job, failure, left, &mut pause).await?,
        }
    }
    Err(Error::temporary(format!("{} does not settle on {}", job.store, job.target.location)))
}

/// Waits for another attempt, if one may succeed.
async fn wait_or_fail(job: &Job, failure: Failure, left: u32, pause: &mut Duration) -> Result<()> {
    if left == 0 || !failure.is_temporary() {
        return Err(failure.explain(&job.doing("s3:PutObject")));
    }
    tokio::time::sleep(*pause).await;
    *pause *= 2;
    Ok(())
}

/// The store cannot be relied on.
fn ignored(job: &Job, request: &str) -> Error {
    Error::usage(format!(
        "{} ignores If-None-Match on {request}: it would replace what another attempt has stored",
        job.store
    ))
    .hint("--endpoint-url of a store with conditional writes")
}
