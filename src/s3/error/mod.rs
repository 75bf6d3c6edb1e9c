//! What a store's answer means.
//!
//! Two steps, so that the table can be tested without a network: [`Failure::of`] takes an SDK error
//! apart into plain facts, [`explain`] turns the facts into an error for a person.

mod explain;

use std::error::Error as StdError;

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

pub use self::explain::{Doing, READ};

/// How far a request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was never sent: no credentials.
    NoCredentials,
    /// It was never sent: there are credentials, but they could not be fetched.
    BadCredentials,
    /// It was never sent: it could not be built.
    Unsent,
    /// No connection.
    Unreachable,
    /// The connection failed by the rules of TLS.
    Tls,
    /// No answer in time, or the connection broke: it may have been carried out.
    Silent,
    /// The store answered.
    Answered,
}

/// The facts about a request that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// How far it got.
    pub kind: Kind,
    /// The status of the answer.
    pub status: u16,
    /// The store's code for the error: `NoSuchBucket`.
    pub code: String,
    /// The store's or the operating system's words.
    pub message: String,
    /// The region that the store says the bucket is in.
    pub region: Option<String>,
}

impl Failure {
    /// Takes an error of the SDK apart.
    pub fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let raw = error.raw_response();
        let header = |name: &str| raw.and_then(|raw| raw.headers().get(name)).map(str::to_owned);
        let service = error.as_service_error().map(ProvideErrorMetadata::meta);
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        // An answer to HEAD has no body; MinIO puts the code into a header then.
        let code = service.and_then(|meta| meta.code()).map(str::to_owned);
        Self {
            kind: kind_of(error),
            status: raw.map_or(0, |raw| raw.status().as_u16()),
            code: code.or_else(|| header("x-minio-error-code")).unwrap_or_default(),
            message: match service.and_then(|meta| meta.message()) {
                Some(message) => message.to_owned(),
                None => text(root_cause(error).as_deref()),
            },
            region: header("x-amz-bucket-region"),
        }
    }

    /// An answer that broke off.
    pub fn cut(cause: &(dyn StdError + 'static)) -> Self {
        let message = root_cause(cause).unwrap_or_default();
        Self { kind: Kind::Silent, status: 0, code: String::new(), message, region: None }
    }

    /// Whether the condition "does not exist yet" was not met.
    pub fn is_exists(&self) -> bool {
        self.status == 412 || self.code == "PreconditionFailed"
    }

    /// Whether the multipart upload is unknown: aborted, or completed already.
    pub fn is_no_upload(&self) -> bool {
        self.code == "NoSuchUpload"
    }

    /// Whether the same request may succeed later.
    pub fn is_temporary(&self) -> bool {
        match self.kind {
            Kind::Unreachable | Kind::Silent => true,
            Kind::NoCredentials | Kind::BadCredentials | Kind::Unsent | Kind::Tls => false,
            Kind::Answered => {
                self.is_full()
                    || (self.status >= 500 && self.status != 501)
                    || matches!(self.status, 408 | 409 | 429)
                    || matches!(
                        self.code.as_str(),
                        "RequestTimeout"
                            | "SlowDown"
                            | "InternalError"
                            | "ServiceUnavailable"
                            | "Throttling"
                            | "OperationAborted"
                            | "ConditionalRequestConflict"
                            | "TemporaryRedirect"
                            | "BadDigest"
                            | "XAmzContentSHA256Mismatch"
                            | "IncompleteBody"
                    )
            }
        }
    }

    /// Whether the request may have been carried out although it failed for us.
    pub fn is_in_doubt(&self) -> bool {
        self.kind == Kind::Silent || (self.kind == Kind::Answered && self.status >= 500 && !self.is_full())
    }

    /// Whether the store has no room.
    fn is_full(&self) -> bool {
        self.status == 507
            || matches!(
                self.code.as_str(),
                "XMinioStorageFull" | "XMinioAdminBucketQuotaExceeded" | "QuotaExceeded" | "StorageFull"
            )
    }
}

/// Why an attempt failed, in a few words: the status of the answer, or the innermost cause.
pub fn why(error: &dyn StdError, status: u16) -> String {
    match status {
        0 => root_cause(error).unwrap_or_default(),
        status => format!("status {status}"),
    }
}

/// How far the request of this error got.
fn kind_of<E: StdError + 'static>(error: &SdkError<E, HttpResponse>) -> Kind {
    match error {
        SdkError::ServiceError(_) => Kind::Answered,
        SdkError::TimeoutError(_) => Kind::Silent,
        // An answer that is no S3 (a proxy's page) counts by its status.
        SdkError::ResponseError(broken) if broken.raw().status().is_success() => Kind::Silent,
        SdkError::ResponseError(_) => Kind::Answered,
        SdkError::DispatchFailure(failure) => {
            let causes = causes(error);
            kind_of_credentials(&causes).unwrap_or(if any(&causes, &["certificate", "TLS", "tls"]) {
                Kind::Tls
            } else if failure.as_connector_error().is_some_and(|e| e.is_io() || e.is_timeout())
                && connecting(&causes)
            {
                Kind::Unreachable
            } else {
                Kind::Silent
            })
        }
        _ => kind_of_credentials(&causes(error)).unwrap_or(Kind::Unsent),
    }
}

/// Whether the cause is that there are no credentials, or that fetching them failed. The SDK's type
/// for it is not public here; its words are, and a test on a real process guards them.
fn kind_of_credentials(causes: &[String]) -> Option<Kind> {
    // The metadata service is asked last, on whatever machine: that it fails there means as little as
    // that it is not there.
    if any(causes, &["the credential provider was not enabled", "no providers in chain", "IMDS"]) {
        return Some(Kind::NoCredentials);
    }
    any(causes, &["loading credentials", "credentials provider", "credentials error"])
        .then_some(Kind::BadCredentials)
}

/// Whether the connection was not even made, so that nothing can have been carried out.
fn connecting(causes: &[String]) -> bool {
    any(causes, &["Connect", "connect", "dns", "refused", "unreachable"])
}

fn any(causes: &[String], words: &[&str]) -> bool {
    causes.iter().any(|cause| words.iter().any(|word| cause.contains(word)))
}

/// The error's chain of causes in words, outermost first.
fn causes(error: &dyn StdError) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}

/// The innermost cause, without Rust's "(os error 111)".
fn root_cause(error: &dyn StdError) -> Option<String> {
    let root = causes(error).pop()?;
    Some(root.split(" (os error ").next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, code: &str, message: &str) -> Failure {
        let (code, message) = (code.to_owned(), message.to_owned());
        Failure { kind: Kind::Answered, status, code, message, region: None }
    }

    #[test]
    fn only_silence_and_server_errors_leave_a_doubt() {
        let silent = Failure { kind: Kind::Silent, ..answered(0, "", "timeout") };
        assert!(silent.is_in_doubt() && silent.is_temporary());
        assert!(answered(500, "InternalError", "").is_in_doubt());
        assert!(!answered(507, "XMinioStorageFull", "").is_in_doubt());
        assert!(!answered(412, "PreconditionFailed", "").is_in_doubt());
        let refused = Failure { kind: Kind::Unreachable, ..answered(0, "", "Connection refused") };
        assert!(!refused.is_in_doubt() && refused.is_temporary());
    }
}
