//! What the sandbox holds: an index in memory, the bytes in files that vanish with their last user.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Incoming;
use jiff::Timestamp;

use super::body::receive;
use super::request::{Refusal, Request};
use crate::s3::location::Location;

/// The sandbox's memory.
pub struct State {
    dir: PathBuf,
    access_key: String,
    next: AtomicU64,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

/// One bucket.
pub struct Bucket {
    pub created: Timestamp,
    pub objects: BTreeMap<String, Object>,
    pub uploads: BTreeMap<String, Pending>,
}

/// One object.
#[derive(Clone)]
pub struct Object {
    pub pieces: Vec<Arc<Blob>>,
    pub size: u64,
    pub etag: String,
    pub modified: Timestamp,
    pub headers: Vec<(String, String)>,
}

/// A multipart upload that is neither complete nor aborted.
pub struct Pending {
    pub key: String,
    pub started: Timestamp,
    pub headers: Vec<(String, String)>,
    pub parts: BTreeMap<u32, Stored>,
}

/// Bytes that have arrived.
pub struct Stored {
    pub blob: Arc<Blob>,
    pub md5: [u8; 16],
}

/// A file of the sandbox, removed when nothing refers to it any more.
pub struct Blob {
    pub path: PathBuf,
    pub len: u64,
}

impl Drop for Blob {
    fn drop(&mut self) {
        // The folder is temporary; what cannot be removed goes with it.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl State {
    pub fn new(dir: &Path, access_key: &str) -> Self {
        let (next, buckets) = (AtomicU64::new(1), Mutex::default());
        Self { dir: dir.to_owned(), access_key: access_key.to_owned(), next, buckets }
    }

    /// The access key id that is accepted.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// All buckets. Every change is one step under this lock, so that of two writers one is first.
    pub fn buckets(&self) -> MutexGuard<'_, BTreeMap<String, Bucket>> {
        // A panic elsewhere leaves the index as it was: each change is a single insert or remove.
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a bucket; one that exists is fine.
    pub fn create_bucket(&self, name: &str) -> Result<(), Refusal> {
        if Location::new(name, "x").is_err() {
            return Err(Refusal::new(400, "InvalidBucketName", "The specified bucket is not valid."));
        }
        let new = Bucket { created: Timestamp::now(), objects: BTreeMap::new(), uploads: BTreeMap::new() };
        self.buckets().entry(name.to_owned()).or_insert(new);
        Ok(())
    }

    /// Does something with a bucket that must exist.
    pub fn with<T>(&self, bucket: &str, work: impl FnOnce(&mut Bucket) -> T) -> Result<T, Refusal> {
        self.buckets().get_mut(bucket).map(work).ok_or_else(Refusal::no_bucket)
    }

    /// A number that was never used before.
    pub fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Stores a body in a file of its own.
    pub async fn store(&self, request: &Request, body: Incoming) -> Result<Stored, Refusal> {
        let path = self.dir.join(format!("{:08}", self.number()));
        let broken = |cause| Refusal::broken(&cause);
        let mut file = File::create_new(&path).map_err(broken)?;
        // From here on the file goes when the body does not arrive.
        let mut blob = Blob { path, len: 0 };
        let (len, md5) = receive(request, body, &mut file).await.map_err(broken)?;
        blob.len = len;
        Ok(Stored { blob: Arc::new(blob), md5 })
    }
}
