//! The one request that makes an object visible, and what to make of an unclear answer to it.
//!
//! A PutObject or a CompleteMultipartUpload that times out may have been carried out. Sent again,
//! it then meets its own work: 412 ("exists already") or 404 (no such upload). So the room repeats
//! these two requests itself, remembers whether an earlier attempt is in doubt, and only then looks
//! whether the object that is there is the one it sent.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder as ConfigBuilder, Config};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use md5::{Digest, Md5};

use super::error::{Doing, Failure, READ};
use super::found::Found;
use super::location::Location;
use super::store::ANSWER_TIMEOUT;
use crate::run::exit::{Error, Result};
use crate::run::fault::around;
use crate::run::units::{grouped, hex};
use crate::stream::seal::Range;

/// How often a request that publishes is sent.
const ATTEMPTS: u32 = 5;
/// The pause after the first failed attempt; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// S3 may take minutes to put many parts together.
const COMPLETE_TIMEOUT: Duration = Duration::from_secs(600);
/// A line slower than this (bytes per second) does not get a part through in time.
const SLOWEST_LINE: u64 = 64 << 10;

/// What is to be stored where, and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// The object.
    pub location: Location,
    /// What may be there already.
    pub claim: Claim,
    /// Its content type.
    pub content_type: String,
    /// User metadata, names without `x-amz-meta-`.
    pub metadata: Vec<(String, String)>,
}

/// What may be at the place of an object already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Anything: it is replaced.
    Replace,
    /// Nothing.
    Create,
    /// Nothing, or an object of the same batch, which is then content with it.
    Batch(Range),
}

/// An object that is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its ETag, without quotes.
    pub etag: String,
    /// The version, in a bucket with versions.
    pub version_id: Option<String>,
    /// Its length.
    pub bytes: u64,
    /// How it came to be there.
    pub how: How,
}

/// How an object came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// We have stored it.
    Stored,
    /// It is an object of the same range, from an earlier attempt or from one whose answer was lost.
    Exists,
    /// It is an object of the same batch with another end, which now holds.
    Adopted {
        /// The offset after its last.
        end: i64,
    },
}

/// What all requests of one upload share.
#[derive(Clone)]
pub(super) struct Job {
    pub client: Client,
    pub store: Arc<str>,
    pub target: Arc<Target>,
}

impl Job {
    /// The same job in the words of an error.
    pub fn doing(&self, action: &'static str) -> Doing<'_> {
        Doing { action, location: &self.target.location, store: &self.store }
    }

    fn condition(&self) -> Option<String> {
        (self.target.claim != Claim::Replace).then(|| "*".to_owned())
    }

    /// Stores `body` as the whole object.
    pub async fn put(&self, body: Bytes) -> Result<Published> {
        let ours = Identity { bytes: body.len() as u64, content: Content::Whole(&body) };
        let attempt = || around(["s3.put.before", "s3.put.after"], self.try_put(body.clone()));
        self.settle(&ours, true, attempt).await
    }

    /// One attempt at that.
    pub async fn try_put(&self, body: Bytes) -> Result<Published, Failure> {
        let (target, bytes) = (&self.target, body.len());
        let mut request = self
            .client
            .put_object()
            .bucket(target.location.bucket())
            .key(target.location.key())
            .content_type(&target.content_type)
            .set_if_none_match(self.condition())
            .body(ByteStream::from(body));
        for (name, value) in &target.metadata {
            request = request.metadata(name, value);
        }
        let sent = request.customize().config_override(once(body_timeout(bytes)));
        let output = sent.send().await.map_err(|error| Failure::of(&error))?;
        Ok(Published {
            etag: unquoted(output.e_tag()),
            version_id: output.version_id().map(str::to_owned),
            bytes: bytes as u64,
            how: How::Stored,
        })
    }

    /// Puts the parts of a multipart upload together.
    pub async fn complete(&self, upload: &str, parts: Vec<CompletedPart>, bytes: u64) -> Result<Published> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let ours = Identity { bytes, content: Content::Parts(parts.parts()) };
        let points = ["s3.complete.before", "s3.complete.after"];
        let attempt = || around(points, self.try_complete(upload, parts.clone(), bytes));
        self.settle(&ours, false, attempt).await
    }

    /// One attempt at that.
    pub async fn try_complete(
        &self,
        upload: &str,
        parts: CompletedMultipartUpload,
        bytes: u64,
    ) -> Result<Published, Failure> {
        let request = self
            .client
            .complete_multipart_upload()
            .bucket(self.target.location.bucket())
            .key(self.target.location.key())
            .upload_id(upload)
            .set_if_none_match(self.condition())
            .multipart_upload(parts);
        let sent = request.customize().config_override(once(COMPLETE_TIMEOUT));
        let output = sent.send().await.map_err(|error| Failure::of(&error))?;
        Ok(Published {
            etag: unquoted(output.e_tag()),
            version_id: output.version_id().map(str::to_owned),
            bytes,
            how: How::Stored,
        })
    }

    /// Repeats `attempt` until its outcome is known. `again` says whether a conflict with a running
    /// write (409) is worth another attempt: not for a multipart upload, whose parts are then gone.
    async fn settle<F>(
        &self,
        ours: &Identity<'_>,
        again: bool,
        mut attempt: impl FnMut() -> F,
    ) -> Result<Published>
    where
        F: Future<Output = Result<Published, Failure>>,
    {
        let mut doubt = false;
        let mut pause = FIRST_PAUSE;
        for left in (0..ATTEMPTS).rev() {
            let failure = match attempt().await {
                Ok(published) => {
                    let location = &self.target.location;
                    log::info!("{location} stored: {} bytes, ETag {}", grouped(ours.bytes), published.etag);
                    return Ok(published);
                }
                Err(failure) => failure,
            };
            doubt |= failure.is_in_doubt();
            let answer = match &self.target.claim {
                Claim::Batch(range) => self.settle_batch(range, &failure, doubt).await,
                _ => Answer::of(&failure),
            };
            let over = match answer {
                Answer::Known(outcome) => return outcome,
                Answer::Final => true,
                Answer::Temporary => failure.is_no_upload() || (failure.status == 409 && !again),
            };
            if over || left == 0 {
                return self.give_up(ours, &failure, doubt).await;
            }
            log::info!("trying again in {} ms", pause.as_millis());
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        unreachable!("the last attempt returns")
    }

    /// What a failed attempt means in a batch: whoever has stored what is there, the range in its
    /// metadata says whether these are our records.
    async fn settle_batch(&self, range: &Range, failure: &Failure, doubt: bool) -> Answer {
        if !(failure.is_exists() || failure.is_no_upload() || doubt) {
            return Answer::of(failure);
        }
        match Found::at(&self.client, &self.target.location).await {
            Ok(Some(found)) => Answer::Known(found.judge(range, &self.target.location)),
            // It was refused because of an object that is gone, or it was not carried out.
            Ok(None) if failure.is_exists() => Answer::Temporary,
            Ok(None) => Answer::of(failure),
            Err(unclear) if unclear.is_temporary() => Answer::Temporary,
            Err(unclear) => Answer::Known(Err(unclear.explain(&self.doing(READ)))),
        }
    }

    /// The outcome when there is no further attempt.
    async fn give_up(&self, ours: &Identity<'_>, failure: &Failure, doubt: bool) -> Result<Published> {
        let in_batch = matches!(self.target.claim, Claim::Batch(_));
        if in_batch && failure.is_exists() {
            return Err(Error::temporary(format!(
                "{} refuses {} because it exists, and does not find it",
                self.store, self.target.location
            )));
        }
        let found = if doubt && !in_batch { self.find(ours).await } else { None };
        found.ok_or_else(|| failure.explain(&self.doing("s3:PutObject")))
    }

    /// The object at the target, if it is the one that was sent.
    async fn find(&self, ours: &Identity<'_>) -> Option<Published> {
        let location = &self.target.location;
        let head =
            self.client.head_object().bucket(location.bucket()).key(location.key()).send().await.ok()?;
        let etag = unquoted(head.e_tag());
        let same = head.content_length().and_then(|n| u64::try_from(n).ok()) == Some(ours.bytes)
            && ours.content.etag().as_deref() == Some(etag.as_str());
        same.then(|| Published {
            etag,
            version_id: head.version_id().map(str::to_owned),
            bytes: ours.bytes,
            how: How::Stored,
        })
    }
}

/// What is known after a failed attempt.
enum Answer {
    /// How it ended.
    Known(Result<Published>),
    /// Another attempt would end the same.
    Final,
    /// Another attempt may succeed.
    Temporary,
}

impl Answer {
    fn of(failure: &Failure) -> Self {
        if failure.is_temporary() { Answer::Temporary } else { Answer::Final }
    }
}

/// How an object is recognised: by its length and the ETag that S3 gives to these bytes. Under
/// KMS encryption ETags are something else; then nothing is recognised, which errs on the safe side.
struct Identity<'a> {
    bytes: u64,
    content: Content<'a>,
}

/// What an ETag is made of, if somebody asks for it: that is rare, and an MD5 takes as long as the request.
enum Content<'a> {
    Whole(&'a [u8]),
    Parts(&'a [CompletedPart]),
}

impl Content<'_> {
    fn etag(&self) -> Option<String> {
        match self {
            Content::Whole(bytes) => Some(hex(&Md5::digest(bytes))),
            Content::Parts(parts) => etag_of_parts(parts),
        }
    }
}

/// The ETag that S3 makes of parts: the MD5 of their MD5s, and their number.
fn etag_of_parts(parts: &[CompletedPart]) -> Option<String> {
    let mut whole = Md5::new();
    for part in parts {
        whole.update(unhex(&unquoted(part.e_tag()))?);
    }
    Some(format!("{}-{}", hex(&whole.finalize()), parts.len()))
}

/// One attempt, with a limit of `time`: the retries are ours.
fn once(time: Duration) -> ConfigBuilder {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(time).build();
    Config::builder().retry_config(RetryConfig::disabled()).timeout_config(timeouts)
}

/// How long a request with a body of `bytes` may take.
pub(super) fn body_timeout(bytes: usize) -> Duration {
    ANSWER_TIMEOUT + Duration::from_secs(bytes as u64 / SLOWEST_LINE)
}

/// An ETag without the quotes that belong to HTTP.
pub(super) fn unquoted(etag: Option<&str>) -> String {
    etag.unwrap_or_default().trim_matches('"').to_owned()
}

/// The bytes of an MD5 in hexadecimal digits; nothing if it is something else.
fn unhex(digits: &str) -> Option<Vec<u8>> {
    if digits.len() != 32 || !digits.is_ascii() {
        return None;
    }
    (0..32).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::Store;
    use crate::s3::error::Kind;
    use crate::s3::sandbox::Sandbox;

    #[test]
    fn the_etag_of_parts_is_the_md5_of_their_md5s() {
        let part = |bytes: &[u8]| {
            CompletedPart::builder().e_tag(format!("\"{}\"", hex(&Md5::digest(bytes)))).build()
        };
        let etag = etag_of_parts(&[part(b"a"), part(b"b")]);
        assert_eq!(etag.as_deref(), Some("96e024ba2074fe77e8e965ba43a704be-2"));
        assert_eq!(etag_of_parts(&[CompletedPart::builder().e_tag("not-an-md5").build()]), None);
    }

    /// What `settle` makes of an attempt that was carried out, unheard, by a store that then says 412.
    fn settle_after_silence(stored: &'static [u8]) -> Result<Published> {
        let dir =
            std::env::temp_dir().join(format!("sluicebox-doubt-{}-{}", std::process::id(), stored.len()));
        std::fs::create_dir(&dir).unwrap();
        let sandbox = Sandbox::start(&dir, &["lake"]).unwrap();
        let store = Store::of_sandbox(&sandbox).unwrap();
        let target = Target {
            location: "s3://lake/x".parse().unwrap(),
            claim: Claim::Create,
            content_type: String::new(),
            metadata: Vec::new(),
        };
        let job =
            Job { client: store.client().clone(), store: store.name().clone(), target: Arc::new(target) };
        let outcome = store.wait(async move {
            let ours = Identity { bytes: 4, content: Content::Whole(b"ours") };
            let mut first = true;
            job.settle(&ours, true, || {
                let (silent, job) = (std::mem::take(&mut first), job.clone());
                async move {
                    let put = job.put(Bytes::from_static(stored)).await;
                    let (kind, status) = if silent { (Kind::Silent, 0) } else { (Kind::Answered, 412) };
                    assert_eq!(put.is_ok(), silent);
                    Err(Failure { kind, status, code: String::new(), message: String::new(), region: None })
                }
            })
            .await
        });
        drop((store, sandbox));
        std::fs::remove_dir_all(dir).unwrap();
        outcome.unwrap()
    }

    #[test]
    fn an_object_that_we_stored_unheard_is_recognised_and_no_other() {
        assert_eq!(settle_after_silence(b"ours").unwrap().etag, hex(&Md5::digest(b"ours")));
        let error = settle_after_silence(b"theirs").unwrap_err();
        assert_eq!(error.exit(), crate::run::exit::Exit::Conflict);
    }

    #[test]
    fn a_slow_line_gets_time_in_proportion() {
        assert_eq!(body_timeout(0), ANSWER_TIMEOUT);
        assert_eq!(body_timeout(8 << 20), ANSWER_TIMEOUT + Duration::from_secs(128));
    }
}
