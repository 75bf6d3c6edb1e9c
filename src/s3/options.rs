//! `S3Args`: the options of every command that talks to S3, spelled once.

use std::time::Duration;

use crate::run::settings::StandIn;
use crate::run::units;

/// The variables that the AWS SDK reads in place of options. Keys in the environment say who we are,
/// so a profile that the settings file names is none of our business then.
pub const STAND_INS: [StandIn; 3] = [
    StandIn { option: "endpoint-url", variables: &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"], rivals: &[] },
    StandIn { option: "region", variables: &["AWS_REGION", "AWS_DEFAULT_REGION"], rivals: &[] },
    StandIn { option: "aws-profile", variables: &["AWS_PROFILE"], rivals: &["AWS_ACCESS_KEY_ID"] },
];

/// What else the SDK reads, for the pages of commands that flatten [`S3Args`].
pub const ENVIRONMENT: [(&str, &str); 5] = [
    ("AWS_ENDPOINT_URL_S3", "the store, unless it is AWS: http://127.0.0.1:9000"),
    (
        "AWS_PROFILE, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
        "as in every AWS tool",
    ),
    ("AWS_MAX_ATTEMPTS", "how often a request is sent before the command gives up"),
    ("AWS_REQUEST_CHECKSUM_CALCULATION", "when_supported or when_required"),
    ("SSL_CERT_FILE", "certificates to trust instead of the system's"),
];

/// Which store to talk to, and how long to wait for it.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "S3")]
pub struct S3Args {
    /// Which store.
    #[command(flatten)]
    pub place: S3Place,

    /// How long to wait for a connection
    #[arg(long, hide_short_help = true, value_name = "TIME", value_parser = units::duration, default_value = "10s")]
    pub connect_timeout: Duration,
}

/// Which store to talk to: by itself where a command waits for other connections, too. Credentials have
/// no option: they come from the environment, a profile, SSO, a container or an instance role, as
/// everywhere in the AWS world.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "S3")]
pub struct S3Place {
    /// Store to talk to instead of AWS [default: $AWS_ENDPOINT_URL_S3, or the profile's]
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub endpoint_url: Option<String>,

    /// Region of the bucket [default: $AWS_REGION, the profile's, us-east-1]
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,

    /// Profile in ~/.aws/config with settings and credentials [default: $AWS_PROFILE]
    #[arg(long = "aws-profile", value_name = "NAME")]
    pub profile: Option<String>,

    /// How requests name the bucket; auto: by path on a custom endpoint, by host name on AWS
    #[arg(long, hide_short_help = true, value_name = "STYLE", value_enum, default_value_t = AddressingStyle::Auto)]
    pub addressing_style: AddressingStyle,
}

/// Where a request carries the name of the bucket.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressingStyle {
    /// `path` on a custom endpoint, `virtual` on AWS.
    Auto,
    /// `http://store/bucket/key`: what MinIO and most local stores understand.
    Path,
    /// `http://bucket.store/key`: what AWS wants.
    Virtual,
}

impl AddressingStyle {
    /// Whether requests go to `/bucket/key`.
    pub fn is_path(self, custom_endpoint: bool) -> bool {
        match self {
            Self::Auto => custom_endpoint,
            Self::Path => true,
            Self::Virtual => false,
        }
    }
}

impl Default for S3Args {
    fn default() -> Self {
        Self { place: S3Place::default(), connect_timeout: Duration::from_secs(10) }
    }
}

impl Default for S3Place {
    fn default() -> Self {
        Self { endpoint_url: None, region: None, profile: None, addressing_style: AddressingStyle::Auto }
    }
}

/// A URL that a client can connect to.
pub(super) fn endpoint(url: &str) -> Result<String, String> {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.starts_with('/') && !host.contains(char::is_whitespace) => {
            Ok(url.trim_end_matches('/').to_owned())
        }
        Some(_) => Err(format!("'{url}' names no host; write http://127.0.0.1:9000")),
        None => Err(format!("'{url}' is no endpoint; write http://{url} or https://{url}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_url_with_a_scheme() {
        assert_eq!(endpoint("http://127.0.0.1:9000/"), Ok("http://127.0.0.1:9000".to_owned()));
        assert!(endpoint("localhost:9000").unwrap_err().contains("http://localhost:9000"));
        assert!(endpoint("http://").is_err() && endpoint("https:///x").is_err());
    }

    #[test]
    fn only_a_custom_endpoint_is_addressed_by_path_unless_told_otherwise() {
        use AddressingStyle::*;
        assert!(Auto.is_path(true) && !Auto.is_path(false));
        assert!(Path.is_path(false) && !Virtual.is_path(true));
    }
}
