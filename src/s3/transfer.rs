//! The half of an upload that lives on the store's thread: it sends parts side by side, publishes,
//! and cleans up.
//!
//! Everything it has to react to comes through one queue of [`Event`]s: bytes from the command,
//! parts that have landed, the order to publish or to abort. So there is no moment at which an
//! upload exists and an abort does not know its id. The queue needs no bound of its own: buffers
//! are bounded where they are made ([`super::parts::Pool`]).

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::config::Config;
use aws_sdk_s3::operation::upload_part::UploadPartOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::CompletedPart;
use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::JoinSet;

use super::error::Failure;
use super::publish::{How, Job, Published, body_timeout, unquoted};
use super::store::ANSWER_TIMEOUT;
use crate::run::exit::{Error, Result};
use crate::run::fault::around;
use crate::run::units::grouped;

/// When an abort that cut parts off is repeated: a store may take its time with what it has received.
const LATE_PARTS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(150), Duration::from_millis(450)];
/// How long aborting may take altogether: a process that dies by a signal waits for it.
pub(super) const ABORT_TIMEOUT: Duration = Duration::from_secs(4);

/// How long a store has to find out that it has no room.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// What a transfer reacts to.
pub(super) enum Event {
    /// A whole part to send: there will be more bytes after it.
    Part(Bytes),
    /// A part has arrived, or not.
    Landed(Box<CompletedPart>),
    /// A part cannot be sent.
    Failed(Error),
    /// No more bytes after these: make the object visible.
    Publish(Bytes, SyncSender<Result<Published>>),
    /// Leave nothing behind.
    Abort(SyncSender<Result<()>>),
}

/// What both halves of an upload know of each other.
#[derive(Default)]
pub(super) struct Shared {
    /// Why the transfer has failed.
    pub failure: OnceLock<Error>,
    /// The multipart upload, once there is one.
    pub upload_id: OnceLock<String>,
}

/// An upload under way.
pub(super) struct Transfer {
    job: Job,
    shared: Arc<Shared>,
    events: UnboundedReceiver<Event>,
    queue: UnboundedSender<Event>,
    flights: JoinSet<()>,
    /// Parts sent so far; the number of the last one.
    sent: i32,
    landed: Vec<CompletedPart>,
    bytes: u64,
    publishing: Option<SyncSender<Result<Published>>>,
}

impl Transfer {
    pub fn new(
        job: Job,
        shared: Arc<Shared>,
        queue: UnboundedSender<Event>,
        events: UnboundedReceiver<Event>,
    ) -> Self {
        let (flights, landed) = (JoinSet::new(), Vec::new());
        Self { job, shared, events, queue, flights, sent: 0, landed, bytes: 0, publishing: None }
    }

    /// Works until the object is visible, or nothing of it is left.
    pub async fn run(mut self) {
        while let Some(event) = self.events.recv().await {
            let step = match event {
                Event::Part(bytes) => self.send(bytes).await,
                Event::Landed(part) => {
                    self.landed.push(*part);
                    while self.flights.try_join_next().is_some() {}
                    Ok(())
                }
                Event::Failed(error) => Err(error),
                Event::Publish(last, reply) => {
                    if self.sent == 0 {
                        let _ = reply.send(self.job.put(last).await);
                        return;
                    }
                    self.publishing = Some(reply);
                    self.send(last).await
                }
                Event::Abort(reply) => {
                    let _ = reply.send(self.abort().await);
                    return;
                }
            };
            let end = match step {
                Err(error) => self.fail(error).await,
                Ok(()) => self.complete_if_all_landed().await,
            };
            if end {
                return;
            }
        }
    }

    /// Starts to send a part; the first one begins the multipart upload.
    async fn send(&mut self, bytes: Bytes) -> Result<()> {
        let upload = match self.shared.upload_id.get() {
            Some(id) => id.clone(),
            None => {
                let id = around(["s3.create.before", "s3.create.after"], begin(&self.job)).await?;
                self.shared.upload_id.get_or_init(|| id).clone()
            }
        };
        self.sent += 1;
        self.bytes += bytes.len() as u64;
        let (job, queue, number) = (self.job.clone(), self.queue.clone(), self.sent);
        self.flights.spawn(async move {
            let sent = send_part(&job, &upload, number, bytes);
            let event = match around(["s3.part.before", "s3.part.after"], sent).await {
                Ok(part) => Event::Landed(Box::new(part)),
                Err(error) => Event::Failed(error),
            };
            // The transfer may have ended meanwhile: then nobody needs to know.
            let _ = queue.send(event);
        });
        Ok(())
    }

    /// Publishes if that was asked for and nothing is under way any more; returns whether it did.
    async fn complete_if_all_landed(&mut self) -> bool {
        if self.landed.len() < self.sent as usize {
            return false;
        }
        let (Some(reply), Some(upload)) = (self.publishing.take(), self.shared.upload_id.get()) else {
            return false;
        };
        let mut parts = std::mem::take(&mut self.landed);
        parts.sort_by_key(CompletedPart::part_number);
        let outcome = self.job.complete(upload, parts, self.bytes).await;
        let outcome = match outcome {
            Ok(published) if published.how == How::Stored => Ok(published),
            Ok(published) => {
                // Another attempt's object holds; or it is ours, and this finds nothing to abort.
                if let Err(left_over) = self.abort().await {
                    log::warn!("{left_over}");
                }
                Ok(published)
            }
            Err(error) => Err(self.after_abort(error).await),
        };
        let _ = reply.send(outcome);
        true
    }

    /// Ends the transfer because of `error`.
    async fn fail(&mut self, error: Error) -> bool {
        let error = self.after_abort(error).await;
        let error = self.shared.failure.get_or_init(|| error).clone();
        if let Some(reply) = self.publishing.take() {
            let _ = reply.send(Err(error));
        }
        true
    }

    /// Aborts because of `error`, which says so if that did not work either.
    async fn after_abort(&mut self, error: Error) -> Error {
        match self.abort().await {
            Ok(()) => error,
            Err(left_over) => {
                Error::new(error.exit(), format!("{}; {}", error.message(), left_over.message()))
                    .hint(self.remedy())
            }
        }
    }

    /// Removes what has been sent, so that nobody pays for parts that nobody sees.
    async fn abort(&mut self) -> Result<()> {
        let cut = self.landed.len() < self.sent as usize;
        self.flights.shutdown().await;
        let Some(upload) = self.shared.upload_id.get() else { return Ok(()) };
        abort(&self.job, upload).await?;
        if cut {
            // A part that was on its way may land after the abort, and stay: another one takes it.
            for pause in LATE_PARTS {
                tokio::time::sleep(pause).await;
                abort(&self.job, upload).await?;
            }
        }
        Ok(())
    }

    fn remedy(&self) -> String {
        remedy(&self.job, self.shared.upload_id.get().map_or("", String::as_str))
    }
}

/// The command that removes what is left of an upload.
pub(super) fn remedy(job: &Job, upload: &str) -> String {
    let location = &job.target.location;
    let endpoint = job.doing("s3:AbortMultipartUpload").at_endpoint();
    format!(
        "aws s3api abort-multipart-upload --bucket {} --key '{}' --upload-id {upload}{endpoint}",
        location.bucket(),
        location.key()
    )
}

/// Begins a multipart upload.
pub(super) async fn begin(job: &Job) -> Result<String> {
    let target = &job.target;
    let mut request = job
        .client
        .create_multipart_upload()
        .bucket(target.location.bucket())
        .key(target.location.key())
        .content_type(&target.content_type);
    for (name, value) in &target.metadata {
        request = request.metadata(name, value);
    }
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ANSWER_TIMEOUT).build();
    let sent = request.customize().config_override(Config::builder().timeout_config(timeouts)).send().await;
    let output = sent.map_err(|error| Failure::of(&error).explain(&job.doing("s3:PutObject")))?;
    let id = output.upload_id().filter(|id| !id.is_empty());
    log::info!("multipart upload {} to {} begun", id.unwrap_or_default(), target.location);
    id.map(str::to_owned)
        .ok_or_else(|| Error::temporary(format!("{} began an upload without an id", job.store)))
}

/// Sends one part; transient failures are repeated by the SDK.
///
/// "No such upload" is repeated here: a store whose disk has just filled up may say so for a moment,
/// and then say what it is.
pub(super) async fn send_part(job: &Job, upload: &str, number: i32, bytes: Bytes) -> Result<CompletedPart> {
    let mut sent = try_part(job, upload, number, bytes.clone()).await;
    if sent.as_ref().is_err_and(Failure::is_no_upload) {
        tokio::time::sleep(SECOND_LOOK).await;
        sent = try_part(job, upload, number, bytes).await;
    }
    sent.map_err(|failure| failure.explain(&job.doing("s3:PutObject")).at(format!("part {number}")))
}

async fn try_part(job: &Job, upload: &str, number: i32, bytes: Bytes) -> Result<CompletedPart, Failure> {
    let length = bytes.len();
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(body_timeout(length)).build();
    let request = job
        .client
        .upload_part()
        .bucket(job.target.location.bucket())
        .key(job.target.location.key())
        .upload_id(upload)
        .part_number(number)
        .body(ByteStream::from(bytes))
        .customize()
        .config_override(Config::builder().timeout_config(timeouts));
    let output = request.send().await.map_err(|error| Failure::of(&error))?;
    log::info!("part {number} stored: {} bytes, ETag {}", grouped(length as u64), unquoted(output.e_tag()));
    Ok(completed(number, &output))
}

/// What completing needs to know of a part: its ETag, and whichever checksum was agreed on.
fn completed(number: i32, output: &UploadPartOutput) -> CompletedPart {
    CompletedPart::builder()
        .part_number(number)
        .set_e_tag(output.e_tag().map(str::to_owned))
        .set_checksum_crc32(output.checksum_crc32().map(str::to_owned))
        .set_checksum_crc32_c(output.checksum_crc32_c().map(str::to_owned))
        .set_checksum_crc64_nvme(output.checksum_crc64_nvme().map(str::to_owned))
        .set_checksum_sha1(output.checksum_sha1().map(str::to_owned))
        .set_checksum_sha256(output.checksum_sha256().map(str::to_owned))
        .build()
}

/// Aborts a multipart upload within [`ABORT_TIMEOUT`]; one that is gone already is fine.
pub(super) async fn abort(job: &Job, upload: &str) -> Result<()> {
    let timeouts = TimeoutConfig::builder()
        .operation_timeout(ABORT_TIMEOUT / 2)
        .operation_attempt_timeout(ABORT_TIMEOUT / 4)
        .build();
    let retry = RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(100));
    let sent = job
        .client
        .abort_multipart_upload()
        .bucket(job.target.location.bucket())
        .key(job.target.location.key())
        .upload_id(upload)
        .customize()
        .config_override(Config::builder().timeout_config(timeouts).retry_config(retry))
        .send()
        .await;
    match sent.map_err(|error| Failure::of(&error)) {
        Err(failure) if !failure.is_no_upload() => {
            let cause = failure.explain(&job.doing("s3:AbortMultipartUpload"));
            Err(left_behind(job, upload, cause.message()))
        }
        _ => {
            log::info!("multipart upload {upload} aborted");
            Ok(())
        }
    }
}

/// The warning that parts of an upload stay in the bucket.
pub(super) fn left_behind(job: &Job, upload: &str, cause: &str) -> Error {
    let location = &job.target.location;
    Error::temporary(format!("parts of {location} stay in the bucket as upload {upload} ({cause})"))
        .hint(remedy(job, upload))
}
