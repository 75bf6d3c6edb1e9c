//! The HTTP client under the SDK: rustls with ring, through the proxy that the environment names, if any.
//!
//! The SDK's own reads and parses the system's certificates, some hundred files, whenever a client is made.
//! That is half of what a small upload costs, and an upload may be a process of its own for each batch. So
//! they are read with the first request that goes to an `https:` address, which for many stores of one's own,
//! and for keys from the environment, never comes.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// A client whose certificates are read when they are needed.
pub fn client() -> SharedHttpClient {
    let trusting = over(TrustStore::default());
    let plain = if proxy_wants_tls() { trusting.clone() } else { over(TrustStore::empty()) };
    SharedHttpClient::new(Lazy { plain, trusting })
}

/// Two clients, each of which keeps its connections.
#[derive(Clone, Debug)]
struct Lazy {
    plain: SharedHttpClient,
    trusting: SharedHttpClient,
}

impl HttpClient for Lazy {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Chooser {
            clients: self.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }
}

/// Looks at each request for the client that it needs.
#[derive(Debug)]
struct Chooser {
    clients: Lazy,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for Chooser {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let plain = request.uri().starts_with("http:");
        let client = if plain { &self.clients.plain } else { &self.clients.trusting };
        client.http_connector(&self.settings, &self.components).call(request)
    }
}

fn over(trusted: TrustStore) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        if let Some(settings) = settings {
            connector = connector.connector_settings(settings.clone());
        }
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        let context = TlsContext::builder().with_trust_store(trusted.clone()).build();
        connector
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context.unwrap_or_default())
            .build()
    })
}

/// Whether the proxy before an `http:` address is itself spoken to over TLS.
fn proxy_wants_tls() -> bool {
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        .iter()
        .any(|name| std::env::var(name).is_ok_and(|proxy| proxy.starts_with("https:")))
}
