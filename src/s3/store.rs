//! A connection to one store: the SDK's client, and the one thread that all of its requests run on.
//!
//! The rest of the crate is synchronous; [`Store::wait`] is the bridge. Opening a store sends
//! nothing: settings are read, credentials are looked up with the first request.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_config::imds;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Credentials, RequestChecksumCalculation, StalledStreamProtectionConfig};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::service_config::ServiceConfigKey;

use super::error::{Doing, Failure, why};
use super::http;
use super::location::Location;
use super::options::{S3Args, S3Place, endpoint};
use super::sandbox::Sandbox;
use crate::run::engine::Engine;
use crate::run::exit::{Error, Result};
use crate::run::fault::around;

/// Attempts of one request, unless `AWS_MAX_ATTEMPTS` or the profile says otherwise: with the SDK's
/// growing pauses, a store may be away for some ten seconds in the middle of a long upload.
const ATTEMPTS: u32 = 5;
/// Attempts of the first request: a wrong endpoint is to be told soon.
const FIRST_ATTEMPTS: u32 = 2;
/// What the SDK does when nobody says otherwise.
const SDK_ATTEMPTS: u32 = 3;
/// How many keys a look asks for: enough to find one beside the one that is looked for.
const FIRST_KEYS: i32 = 2;
/// How long the instance metadata service has to answer: on a machine that is no EC2 instance, this
/// is the time until "no credentials".
const IMDS_TIMEOUT: Duration = Duration::from_secs(1);
/// A request without a body of ours: how long an answer may take.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// A connection that moves no byte of a request for so long is given up, and the request repeated.
const STALL: Duration = Duration::from_secs(30);

/// An S3, or what behaves like one.
#[derive(Clone)]
pub struct Store {
    client: Client,
    name: Arc<str>,
    engine: Arc<Engine>,
}

/// What is known of a destination before anything is sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The bucket is there, the object is not.
    Free,
    /// The object exists.
    Taken,
    /// These credentials may not look (they may still be allowed to write).
    Hidden,
}

impl Store {
    /// Opens the store that the options, the environment and the profile name.
    pub fn open(args: &S3Args) -> Result<Self> {
        Self::connect(args.clone(), None)
    }

    /// Opens the store inside this process, whatever the environment says.
    pub fn of_sandbox(sandbox: &Sandbox) -> Result<Self> {
        let place = S3Place { endpoint_url: Some(sandbox.endpoint()), ..S3Place::default() };
        let args = S3Args { place, ..S3Args::default() };
        let keys = Credentials::new(sandbox.access_key(), sandbox.secret_key(), None, None, "sandbox");
        Self::connect(args, Some(keys))
    }

    fn connect(args: S3Args, keys: Option<Credentials>) -> Result<Self> {
        let engine = Engine::start("S3")?;
        let (client, name) = engine.wait(connect(args, keys))??;
        Ok(Self { client, name: name.into(), engine: Arc::new(engine) })
    }

    /// The client, for requests.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The store in messages: its endpoint, or `AWS`.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Runs `work` on the store's thread and waits for it.
    pub fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T> {
        self.engine.wait(work)
    }

    /// Starts `work` on the store's thread.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.engine.spawn(work);
    }

    /// Looks at the destination, so that a wrong bucket, wrong keys or a wrong endpoint are told
    /// before gigabytes are read. Whoever may only write is not stopped by it.
    ///
    /// It lists rather than asks for the head of the bucket: the permission is the same, and the
    /// answer has a body that tells wrong keys from a missing permission.
    pub fn look_at(&self, location: &Location) -> Result<Seen> {
        Ok(match self.keys_from(location, location.key())? {
            // Of all keys that start with this one, itself comes first.
            Some(keys) if keys.first().is_some_and(|key| key == location.key()) => {
                log::info!("{location} exists");
                Seen::Taken
            }
            Some(_) => {
                log::info!("{location} does not exist yet, its bucket does");
                Seen::Free
            }
            None => Seen::Hidden,
        })
    }

    /// The first keys that start with `start`, in the bucket of `location`; none if these credentials may
    /// not look.
    pub(super) fn keys_from(&self, location: &Location, start: &str) -> Result<Option<Vec<String>>> {
        let (store, location, start) = (self.clone(), location.clone(), start.to_owned());
        let look = async move { keys_from(&store, &location, &start).await };
        self.wait(around(["s3.look.before", "s3.look.after"], look))?
    }
}

async fn keys_from(store: &Store, location: &Location, start: &str) -> Result<Option<Vec<String>>> {
    let retry = aws_sdk_s3::config::Config::builder()
        .retry_config(RetryConfig::standard().with_max_attempts(FIRST_ATTEMPTS))
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ANSWER_TIMEOUT / 2).build());
    let request = store.client.list_objects_v2().bucket(location.bucket()).prefix(start).max_keys(FIRST_KEYS);
    match request.customize().config_override(retry).send().await {
        Ok(page) => Ok(Some(page.contents.unwrap_or_default().into_iter().filter_map(|o| o.key).collect())),
        Err(error) => {
            let failure = Failure::of(&error);
            if failure.status == 403 && matches!(failure.code.as_str(), "" | "AccessDenied") {
                return Ok(None);
            }
            let doing = Doing { action: "s3:ListBucket", location, store: &store.name };
            Err(failure.explain(&doing))
        }
    }
}

/// The client, and the name of the store that it talks to.
async fn connect(args: S3Args, keys: Option<Credentials>) -> Result<(Client, String)> {
    let config = settings(&args).await;
    let endpoint_url = match args.place.endpoint_url.clone().or_else(|| configured_endpoint(&config)) {
        Some(url) => Some(endpoint(&url).map_err(Error::usage)?),
        None => None,
    };
    let custom = endpoint_url.is_some();
    let mut builder = aws_sdk_s3::config::Builder::from(&config)
        .interceptor(Attempts)
        .force_path_style(args.place.addressing_style.is_path(custom))
        // Parts are in memory before they are sent, so only the network can stall, never a slow pipe.
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(STALL).build());
    builder.set_endpoint_url(endpoint_url.clone());
    if let Some(keys) = keys {
        builder = builder.credentials_provider(keys);
    }
    if custom && !checksums_chosen() {
        // Many stores that are not AWS refuse or garble the SDK's default checksums.
        builder.set_request_checksum_calculation(Some(RequestChecksumCalculation::WhenRequired));
    }
    let store = endpoint_url.unwrap_or_else(|| "AWS".to_owned());
    let region = config.region().map_or("", Region::as_ref);
    let style = if args.place.addressing_style.is_path(custom) { "path" } else { "host name" };
    log::info!("S3 at {store}, region {region}, buckets by {style}");
    Ok((Client::from_conf(builder.build()), store))
}

/// The SDK's own settings, with a short patience for the metadata service of an instance.
async fn settings(args: &S3Args) -> SdkConfig {
    let http = http::client();
    let base = ProviderConfig::without_region().with_http_client(http.clone());
    let imds = imds::Client::builder()
        .configure(&base)
        .connect_timeout(IMDS_TIMEOUT)
        .read_timeout(IMDS_TIMEOUT)
        .operation_timeout(2 * IMDS_TIMEOUT)
        .max_attempts(1)
        .build();
    let region = region(args, &base).region().await;
    let chain = aws_config::default_provider::credentials::DefaultCredentialsChain::builder()
        .configure(base.clone())
        .region(region.clone())
        .imds_client(imds);
    let loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .region(region)
        .timeout_config(TimeoutConfig::builder().connect_timeout(args.connect_timeout).build());
    let config = match &args.place.profile {
        // A profile that was asked for by name beats keys that happen to be in the environment.
        Some(profile) => {
            let named = ProfileFileCredentialsProvider::builder().configure(&base).profile_name(profile);
            loader.profile_name(profile).credentials_provider(named.build()).load().await
        }
        None => loader.credentials_provider(chain.build().await).load().await,
    };
    let attempts = config.retry_config().map_or(SDK_ATTEMPTS, RetryConfig::max_attempts);
    if attempts != SDK_ATTEMPTS || std::env::var_os("AWS_MAX_ATTEMPTS").is_some() {
        return config;
    }
    config.into_builder().retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS)).build()
}

/// The region: option, environment, profile; else the one that every store understands. AWS itself
/// corrects a wrong one with an answer that names the right one.
fn region(args: &S3Args, base: &ProviderConfig) -> RegionProviderChain {
    let mut profile = ProfileFileRegionProvider::builder().configure(base);
    if let Some(name) = &args.place.profile {
        profile = profile.profile_name(name);
    }
    RegionProviderChain::first_try(args.place.region.clone().map(Region::new))
        .or_else(aws_config::environment::EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
        .or_else(Region::new("us-east-1"))
}

/// The endpoint that the environment or the profile names for S3, or for every service.
fn configured_endpoint(config: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    let for_s3 = config.service_config().and_then(|service| service.load_config(key));
    for_s3.or_else(|| config.endpoint_url().map(str::to_owned)).filter(|url| !url.is_empty())
}

/// Whether the user has said which checksums to send.
fn checksums_chosen() -> bool {
    std::env::var_os("AWS_REQUEST_CHECKSUM_CALCULATION").is_some()
}

/// Says why a request is sent again: the SDK does that in silence.
#[derive(Debug)]
struct Attempts;

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "attempts"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Err(error)) = context.output_or_error() {
            let status = context.response().map_or(0, |response| response.status().as_u16());
            log::info!("an attempt at a request failed: {}", why(error, status));
        }
        Ok(())
    }
}
