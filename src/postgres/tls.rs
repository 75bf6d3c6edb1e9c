//! TLS: how far a server must prove who it is, as `sslmode` says.
//!
//! | `sslmode` | encrypted | its certificate is trusted | it is for this host |
//! |---|---|---|---|
//! | `disable` | no | | |
//! | `prefer` | where the server can | no | no |
//! | `require` | yes | only where there is a root certificate, as in libpq | no |
//! | `verify-ca` | yes | yes | no |
//! | `verify-full` | yes | yes | yes |
//!
//! It is OpenSSL's, which the Kafka client has brought along.

use std::path::Path;
use std::str::FromStr;

use openssl::error::ErrorStack;
use openssl::ssl::{SslConnector, SslConnectorBuilder, SslFiletype, SslMethod, SslVerifyMode};
use postgres_openssl::MakeTlsConnector;

use super::options::Settings;
use crate::run::{Error, Result};

/// What `sslrootcert` says for the certificates that the system trusts.
const SYSTEM: &str = "system";
/// Where systems keep those.
const SYSTEM_FILES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The values of `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are libpq's own")]
pub enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl FromStr for Mode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "disable" => Mode::Disable,
            // Plain first and encrypted if refused: no server asks for that order.
            "allow" | "prefer" => Mode::Prefer,
            "require" => Mode::Require,
            "verify-ca" => Mode::VerifyCa,
            "verify-full" => Mode::VerifyFull,
            _ => return Err(()),
        })
    }
}

/// What makes TLS connections under these settings.
pub fn connector(settings: &Settings) -> Result<MakeTlsConnector> {
    let mut builder = SslConnector::builder(SslMethod::tls_client()).map_err(|error| broken(&error))?;
    let trusted = trust(&mut builder, settings)?;
    if settings.tls >= Mode::VerifyCa && !trusted {
        return Err(Error::usage("sslmode asks to verify the server, but there is no root certificate")
            .hint("PGSSLROOTCERT=FILE, PGSSLROOTCERT=system, or ~/.postgresql/root.crt"));
    }
    let verify = settings.tls >= Mode::VerifyCa || settings.tls == Mode::Require && trusted;
    builder.set_verify(if verify { SslVerifyMode::PEER } else { SslVerifyMode::NONE });
    identify(&mut builder, settings)?;
    let mut connector = MakeTlsConnector::new(builder.build());
    let by_name = settings.tls == Mode::VerifyFull;
    connector.set_callback(move |connection, _| {
        connection.set_verify_hostname(by_name);
        Ok(())
    });
    Ok(connector)
}

/// Loads the certificates that are trusted, and says whether there are some.
fn trust(builder: &mut SslConnectorBuilder, settings: &Settings) -> Result<bool> {
    let Some(named) = settings.root_cert.as_deref().filter(|_| settings.tls >= Mode::Require) else {
        return Ok(false);
    };
    let system = || {
        let own = std::env::var("SSL_CERT_FILE").ok();
        let known = SYSTEM_FILES.into_iter().map(str::to_owned);
        own.into_iter().chain(known).find(|file| Path::new(file).exists())
    };
    let file = if named == SYSTEM { system() } else { Some(named.to_owned()) };
    let file = file.ok_or_else(|| {
        Error::usage("this system has no file of trusted certificates").hint("SSL_CERT_FILE=FILE")
    })?;
    builder.set_ca_file(&file).map_err(|_| unusable("root certificate", &file))?;
    Ok(true)
}

/// Loads our own certificate and its key, if there is one.
fn identify(builder: &mut SslConnectorBuilder, settings: &Settings) -> Result<()> {
    let Some(cert) = settings.cert.as_deref() else { return Ok(()) };
    let key = settings
        .key
        .as_deref()
        .ok_or_else(|| Error::usage(format!("the certificate {cert} has no key")).hint("PGSSLKEY=FILE"))?;
    builder.set_certificate_chain_file(cert).map_err(|_| unusable("certificate", cert))?;
    builder.set_private_key_file(key, SslFiletype::PEM).map_err(|_| unusable("key", key))
}

fn unusable(what: &str, file: &str) -> Error {
    match std::fs::File::open(file) {
        Err(cause) => Error::io(format!("cannot read the {what} {file}"), &cause),
        Ok(_) => Error::usage(format!("the {what} {file} is not what it should be: PEM text")),
    }
}

fn broken(error: &ErrorStack) -> Error {
    Error::usage(format!("TLS cannot be set up: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_grow_stricter_in_the_order_of_their_table() {
        let modes = ["disable", "prefer", "require", "verify-ca", "verify-full"]
            .map(|text| text.parse::<Mode>().unwrap());
        assert!(modes.is_sorted() && modes[0] != modes[4]);
        assert!("verify".parse::<Mode>().is_err());
    }
}
