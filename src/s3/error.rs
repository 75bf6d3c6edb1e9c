//! What a store's answer means: the one table from S3's error codes to an exit code, a line that
//! names the cause, and what to type next.
//!
//! Two steps, so that the table can be tested without a network: [`Failure::of`] takes an SDK error
//! apart into plain facts, [`Failure::explain`] turns the facts into an [`Error`].

use std::error::Error as StdError;

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use super::location::Location;
use crate::run::exit::{Error, Exit};

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

/// A request in the words of a policy and of a person.
#[derive(Clone, Debug)]
pub struct Doing<'a> {
    /// The permission it needs: `s3:PutObject`.
    pub action: &'static str,
    /// What it is about.
    pub location: &'a Location,
    /// Where it was sent: the endpoint, or `AWS`.
    pub store: &'a str,
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

    /// The failure as one line, with the right exit code and what to type next.
    pub fn explain(&self, doing: &Doing<'_>) -> Error {
        match self.kind {
            Kind::NoCredentials => {
                Error::usage("no AWS credentials: not in the environment, a profile, or from the machine")
                    .hint("AWS_PROFILE=NAME, or AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…")
            }
            Kind::BadCredentials => Error::usage(format!("cannot get AWS credentials: {}", self.message))
                .hint("aws sso login, or aws configure list to see where they come from"),
            Kind::Unsent => {
                Error::usage(format!("cannot make a request for {}: {}", doing.location, self.message))
            }
            Kind::Tls if self.message.contains("InvalidContentType") => {
                Error::usage(format!("{} does not speak TLS", doing.store))
                    .hint(format!("--endpoint-url {}", doing.store.replacen("https:", "http:", 1)))
            }
            Kind::Tls => Error::usage(format!("no trust in {}: {}", doing.store, self.message))
                .hint("SSL_CERT_FILE=/path/to/ca.pem"),
            Kind::Unreachable => Error::temporary(format!("cannot reach {}: {}", doing.store, self.message)),
            Kind::Silent => Error::temporary(format!(
                "no answer from {} for {}: {}",
                doing.store, doing.location, self.message
            )),
            Kind::Answered => self.explain_answer(doing),
        }
    }

    /// The table.
    fn explain_answer(&self, doing: &Doing<'_>) -> Error {
        let (bucket, location) = (doing.location.bucket(), doing.location);
        match self.code.as_str() {
            _ if self.is_exists() => Error::conflict(format!("{location} exists already"))
                .hint("another key, or without --create-only"),
            _ if self.is_full() => Error::temporary(format!("{} is full: {}", doing.store, self.words())),
            "NoSuchBucket" => Error::usage(format!("bucket {bucket} does not exist on {}", doing.store))
                .hint(format!("aws s3 mb s3://{bucket}")),
            "InvalidAccessKeyId" => wrong_keys(format!("{} does not know this access key id", doing.store)),
            "SignatureDoesNotMatch" => {
                wrong_keys("the secret key does not belong to the access key id".to_owned())
            }
            "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" => {
                Error::usage("the AWS session has expired or its token is wrong").hint("aws sso login")
            }
            "RequestTimeTooSkewed" => Error::usage("this machine's clock is off by more than 15 minutes")
                .hint("timedatectl set-ntp true"),
            "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
                self.wrong_region(bucket)
            }
            "AccessDenied" | "AllAccessDisabled" | "AccountProblem" => self.denied(doing),
            "NoSuchUpload" => Error::temporary(format!(
                "the upload to {location} is gone: aborted from elsewhere, or lost by the store"
            )),
            "NotImplemented" => {
                Error::usage(format!("{} cannot do this ({}): {}", doing.store, doing.action, self.words()))
            }
            _ if matches!(self.status, 301 | 307) => self.wrong_region(bucket),
            _ if matches!(self.status, 401 | 403) => self.denied(doing),
            _ if self.code.is_empty() && !self.is_temporary() => {
                Error::usage(format!("{} answers {} and does not look like S3", doing.store, self.status))
                    .hint("--endpoint-url URL")
            }
            _ => {
                let exit = if self.is_temporary() { Exit::Temporary } else { Exit::Usage };
                Error::new(exit, format!("{} for {location}: {}", doing.store, self.words()))
            }
        }
    }

    /// The code and the store's words.
    fn words(&self) -> String {
        match (self.code.as_str(), self.message.as_str()) {
            ("", "") => format!("status {}", self.status),
            ("", message) => format!("status {}, {message}", self.status),
            (code, "") => code.to_owned(),
            (code, message) => format!("{code}, {message}"),
        }
    }

    fn denied(&self, doing: &Doing<'_>) -> Error {
        Error::usage(format!("access denied: these credentials lack {} on {}", doing.action, doing.location))
            .hint("AWS_PROFILE=NAME of one who may")
    }

    fn wrong_region(&self, bucket: &str) -> Error {
        match self.region.clone().or_else(|| expected_region(&self.message)) {
            Some(region) => Error::usage(format!("bucket {bucket} is in region {region}"))
                .hint(format!("--region {region}")),
            None => Error::usage(format!("bucket {bucket} is in another region: {}", self.words()))
                .hint(format!("aws s3api get-bucket-location --bucket {bucket}")),
        }
    }
}

fn wrong_keys(message: String) -> Error {
    Error::usage(message).hint("check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
}

/// The region in "the region 'us-east-1' is wrong; expecting 'eu-west-1'".
fn expected_region(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("expecting '")?;
    rest.split_once('\'').map(|(region, _)| region.to_owned())
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

    fn explain(failure: &Failure) -> Error {
        let location: Location = "s3://lake/users.parquet".parse().unwrap();
        let doing = Doing { action: "s3:PutObject", location: &location, store: "http://127.0.0.1:9000" };
        failure.explain(&doing)
    }

    #[test]
    fn every_known_code_has_its_exit_code_and_names_its_cause() {
        for (status, code, exit, part) in [
            (404, "NoSuchBucket", Exit::Usage, "bucket lake does not exist"),
            (403, "InvalidAccessKeyId", Exit::Usage, "access key id"),
            (403, "SignatureDoesNotMatch", Exit::Usage, "secret key"),
            (400, "ExpiredToken", Exit::Usage, "expired"),
            (403, "RequestTimeTooSkewed", Exit::Usage, "clock"),
            (403, "AccessDenied", Exit::Usage, "s3:PutObject on s3://lake/users.parquet"),
            (403, "", Exit::Usage, "s3:PutObject on s3://lake/users.parquet"),
            (412, "PreconditionFailed", Exit::Conflict, "s3://lake/users.parquet exists already"),
            (200, "PreconditionFailed", Exit::Conflict, "exists already"),
            (409, "ConditionalRequestConflict", Exit::Temporary, "ConditionalRequestConflict"),
            (503, "SlowDown", Exit::Temporary, "SlowDown"),
            (500, "InternalError", Exit::Temporary, "InternalError"),
            (200, "InternalError", Exit::Temporary, "InternalError"),
            (502, "", Exit::Temporary, "status 502"),
            (507, "XMinioStorageFull", Exit::Temporary, "is full"),
            (500, "XMinioStorageFull", Exit::Temporary, "is full"),
            (404, "NoSuchUpload", Exit::Temporary, "is gone"),
            (501, "NotImplemented", Exit::Usage, "cannot do this"),
            (404, "", Exit::Usage, "does not look like S3"),
            (400, "InvalidStorageClass", Exit::Usage, "InvalidStorageClass"),
        ] {
            let error = explain(&answered(status, code, ""));
            assert_eq!(error.exit(), exit, "{status} {code}: {error}");
            assert!(error.message().contains(part), "{status} {code}: {error}");
        }
    }

    #[test]
    fn a_redirect_names_the_right_region() {
        let by_header =
            Failure { region: Some("eu-west-1".into()), ..answered(301, "PermanentRedirect", "") };
        assert!(explain(&by_header).to_string().ends_with("(try: --region eu-west-1)"));
        let words = "the region 'us-east-1' is wrong; expecting 'eu-central-1'";
        let by_words = answered(400, "AuthorizationHeaderMalformed", words);
        assert!(explain(&by_words).to_string().ends_with("(try: --region eu-central-1)"));
        assert!(explain(&answered(301, "", "")).to_string().contains("another region"));
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
        assert_eq!(explain(&refused).message(), "cannot reach http://127.0.0.1:9000: Connection refused");
    }

    #[test]
    fn missing_credentials_say_what_to_type() {
        let none = Failure { kind: Kind::NoCredentials, ..answered(0, "", "") };
        let error = explain(&none);
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.to_string().contains("AWS_PROFILE") && error.to_string().contains("AWS_ACCESS_KEY_ID"));
    }
}
