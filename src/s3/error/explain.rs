//! The one table from S3's error codes to an exit code, a line that names the cause, and what to type
//! next.

use super::{Failure, Kind};
use crate::run::exit::{Error, Exit};
use crate::s3::location::Location;

/// The permission to read an object that may not be there: whoever may not list the bucket is not told.
pub const READ: &str = "s3:GetObject, or s3:ListBucket if it does not exist,";

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

impl Doing<'_> {
    /// What the AWS command line needs to find a store that is not AWS.
    pub fn at_endpoint(&self) -> String {
        if self.store.contains("://") { format!(" --endpoint-url {}", self.store) } else { String::new() }
    }
}

impl Failure {
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
            Kind::Unreachable => {
                let error = Error::temporary(format!("cannot reach {}: {}", doing.store, self.message));
                match doing.store.contains("://") {
                    true => error.hint(format!("curl {}; or another --endpoint-url URL", doing.store)),
                    false => error.hint("--endpoint-url URL of a store that is not AWS; or https_proxy=URL"),
                }
            }
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
                .hint(format!("aws s3 mb s3://{bucket}{}", doing.at_endpoint())),
            // Only a reader asks for an object by name: which there are, a list tells.
            "NoSuchKey" => Error::usage(format!("{location} does not exist on {}", doing.store))
                .hint(format!("aws s3 ls '{}'{}", location.folder(), doing.at_endpoint())),
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
            (404, "NoSuchKey", Exit::Usage, "s3://lake/users.parquet does not exist"),
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
    fn a_missing_object_and_a_store_out_of_reach_say_what_to_type() {
        let error = explain(&answered(404, "NoSuchKey", ""));
        assert!(
            error.to_string().ends_with("(try: aws s3 ls 's3://lake/' --endpoint-url http://127.0.0.1:9000)"),
            "{error}"
        );
        let refused = Failure { kind: Kind::Unreachable, ..answered(0, "", "Connection refused") };
        assert_eq!(explain(&refused).message(), "cannot reach http://127.0.0.1:9000: Connection refused");
        assert!(explain(&refused).to_string().contains("curl http://127.0.0.1:9000"));
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
    fn missing_credentials_say_what_to_type() {
        let none = Failure { kind: Kind::NoCredentials, ..answered(0, "", "") };
        let error = explain(&none);
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.to_string().contains("AWS_PROFILE") && error.to_string().contains("AWS_ACCESS_KEY_ID"));
    }
}
