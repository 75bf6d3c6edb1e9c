//! A stream of unknown length on its way into one object: bytes in, an object out, or nothing.
//!
//! Up to one buffer, the object is sent in one request when it is published. Beyond that, parts are
//! sent as buffers fill up, side by side, and stay invisible until they are put together. Memory is
//! bounded by [`super::parts::Pool`], whose wait for a free buffer also slows the input down.
//!
//! Nothing becomes visible before [`ByteSink::publish`]. Every other end of an [`Upload`] aborts it:
//! a failure, being dropped, and, through an [`AbortHandle`], the death of the process by a signal.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::location::Location;
use super::parts::{MOST, Pool, Schedule};
use super::probe::Busy;
use super::publish::{Claim, Job, Published, Target};
use super::rejects::Rejects;
use super::store::Store;
use super::transfer::{ABORT_TIMEOUT, Event, Shared, Transfer, left_behind};
use crate::batch::Batch;
use crate::run::exit::{Error, Result};
use crate::stream::seal::Sealed;
use crate::stream::{ByteSink, Facts};

/// Where a warning goes that no error can carry: from a destructor, from a dying process.
pub type Warn = Arc<dyn Fn(&Error) + Send + Sync>;

/// An object being sent.
pub struct Upload {
    store: Store,
    job: Job,
    schedule: Schedule,
    pool: Pool,
    /// The bytes from the begin of part `number` on, not sent yet.
    buffer: Vec<u8>,
    number: u32,
    bytes: u64,
    link: Arc<Link>,
    rejects: Option<Rejects>,
}

/// The way to the transfer, from the command's thread and from the one that handles signals.
struct Link {
    events: UnboundedSender<Event>,
    shared: Arc<Shared>,
    job: Job,
    warn: Warn,
}

impl Upload {
    /// Begins an upload; nothing is sent before the first part is full.
    pub fn start(store: &Store, target: Target, schedule: Schedule, warn: Warn) -> Self {
        let (events, queue) = unbounded_channel();
        let shared = Arc::new(Shared::default());
        let job =
            Job { client: store.client().clone(), store: store.name().clone(), target: Arc::new(target) };
        store.spawn(Transfer::new(job.clone(), shared.clone(), events.clone(), queue).run());
        let link = Arc::new(Link { events, shared, job: job.clone(), warn });
        let (pool, buffer) = (Pool::new(schedule), Vec::new());
        Self { store: store.clone(), job, schedule, pool, buffer, number: 1, bytes: 0, link, rejects: None }
    }

    /// A way to abort this upload from another thread, while this one may be waiting for input.
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle { link: Arc::downgrade(&self.link), used: Arc::default(), proof: None }
    }

    /// Takes the next bytes; sends a buffer when it is full *and* more bytes follow, so that the last
    /// part is never empty and an object of exactly one buffer needs one request.
    pub(super) fn append(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.link.check()?;
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.buffer.capacity() == 0 {
                self.buffer = self.pool.take(self.number);
            }
            let room = self.schedule.buffer_size(self.number) as usize - self.buffer.len();
            if room == 0 {
                self.send_buffer()?;
                continue;
            }
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Sends what is there, cut into parts.
    fn send_buffer(&mut self) -> Result<()> {
        if self.number == MOST {
            let ceiling = self.schedule.ceiling() >> 30;
            let hint = format!("--part-size {}MiB", self.schedule.size(1) >> 18);
            return Err(Error::usage(format!("the object is larger than {ceiling} GiB")).hint(hint));
        }
        let mut full = self.pool.lend(std::mem::take(&mut self.buffer));
        while !full.is_empty() {
            let part = full.split_to(full.len().min(self.schedule.size(self.number) as usize));
            self.link.send(Event::Part(part))?;
            self.number += 1;
        }
        self.buffer = self.pool.take(self.number);
        self.link.check()
    }

    /// Makes the object visible.
    pub(super) fn put(&mut self) -> Result<Published> {
        let last = self.pool.lend(std::mem::take(&mut self.buffer));
        let (reply, outcome) = sync_channel(1);
        self.link.send(Event::Publish(last, reply))?;
        outcome.recv().unwrap_or_else(|_| Err(self.link.failure()))
    }

    /// The store it goes to.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The object it becomes.
    pub(super) fn location(&self) -> &Location {
        &self.job.target.location
    }

    /// What may be there already.
    pub(super) fn claim(&self) -> &Claim {
        &self.job.target.claim
    }

    /// Whether parts of it have been sent.
    pub(super) fn is_in_parts(&self) -> bool {
        self.number > 1
    }

    fn receipt(&self, published: Published) -> Facts {
        let location = self.location();
        let mut facts = Facts::new();
        facts.insert("location".into(), location.to_string().into());
        facts.insert("bucket".into(), location.bucket().into());
        facts.insert("key".into(), location.key().into());
        facts.insert("bytes".into(), self.bytes.into());
        facts.insert("etag".into(), published.etag.into());
        facts.insert("parts".into(), self.number.into());
        if let Some(version) = published.version_id {
            facts.insert("version_id".into(), version.into());
        }
        facts
    }
}

impl ByteSink for Upload {
    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.append(bytes)
    }

    fn rejects(&mut self, lines: &[u8]) -> Result<()> {
        if self.rejects.is_none() {
            self.rejects = Some(Rejects::beside(self, self.link.warn.clone())?);
        }
        self.rejects.as_mut().map_or(Ok(()), |rejects| rejects.append(lines))
    }

    fn publish(mut self, sealed: Option<&Sealed>) -> Result<Facts> {
        // The range of a batch has a place of its own: `Landing`.
        Batch::check(None, sealed)?;
        let rejects = match self.rejects.take() {
            Some(rejects) => Some(rejects.publish()?),
            None => None,
        };
        let published = self.put()?;
        let mut facts = self.receipt(published);
        if let Some(location) = rejects {
            facts.insert("rejects".into(), location.to_string().into());
        }
        Ok(facts)
    }
}

impl Drop for Upload {
    /// Aborts what was not published; after a publish or a failure there is nothing left to abort.
    fn drop(&mut self) {
        self.link.abort();
    }
}

/// Aborts an upload from another thread, at most once, within a bounded time: made for the moment
/// before a process dies by a signal.
#[derive(Clone)]
pub struct AbortHandle {
    link: Weak<Link>,
    used: Arc<AtomicBool>,
    proof: Option<Busy>,
}

impl AbortHandle {
    /// Lets the upload of a proof come to its end as well.
    pub(super) fn with_proof(self, busy: Busy) -> Self {
        Self { proof: Some(busy), ..self }
    }

    /// Aborts the upload if it is not over yet, and waits for that at most 4.5 s. An object that is just
    /// being made visible is left to become so. What could not be removed is told as a warning.
    pub fn abort(&self) {
        self.used.store(true, SeqCst);
        if let Some(link) = self.link.upgrade() {
            link.abort();
        }
        if let Some(proof) = &self.proof {
            proof.wait();
        }
    }

    /// Whether the process is ending by way of this handle: what the upload says then is no cause.
    pub fn was_used(&self) -> bool {
        self.used.load(SeqCst)
    }

    /// The same as something to be called once: for `on_abort`.
    pub fn into_hook(self) -> Box<dyn FnOnce() + Send> {
        Box::new(move || self.abort())
    }
}

impl Link {
    /// Whether the transfer still works.
    fn check(&self) -> Result<()> {
        self.shared.failure.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    fn send(&self, event: Event) -> Result<()> {
        self.events.send(event).map_err(|_| self.failure())
    }

    /// Why the transfer is over.
    fn failure(&self) -> Error {
        let aborted = || Error::temporary(format!("the upload to {} was aborted", self.job.target.location));
        self.shared.failure.get().cloned().unwrap_or_else(aborted)
    }

    fn abort(&self) {
        let (reply, outcome): (SyncSender<Result<()>>, _) = sync_channel(1);
        if self.events.send(Event::Abort(reply)).is_err() {
            return;
        }
        match outcome.recv_timeout(ABORT_TIMEOUT + Duration::from_millis(500)) {
            // Disconnected: it had come to its own end meanwhile.
            Ok(Ok(())) | Err(RecvTimeoutError::Disconnected) => {}
            Ok(Err(left_over)) => (self.warn)(&left_over),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(upload) = self.shared.upload_id.get() {
                    (self.warn)(&left_behind(&self.job, upload, "no answer in time"));
                }
            }
        }
    }
}
