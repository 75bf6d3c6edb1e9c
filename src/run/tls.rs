//! TLS to databases: which certificates are trusted, and which one is shown.
//!
//! On the OpenSSL that librdkafka has built. What is wrong with a file is told before anything is
//! connected.

use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::ssl::{SslConnector, SslConnectorBuilder, SslFiletype, SslMethod};

use super::exit::{Error, Result};

/// The options of every command that talks to a database by TLS.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Connection")]
pub struct TlsArgs {
    /// Connect by TLS, and check the server's certificate
    #[arg(long)]
    pub tls: bool,

    /// Trust the certificates in this PEM file instead of the system's; implies --tls
    #[arg(long, value_name = "FILE")]
    pub tls_ca: Option<PathBuf>,

    /// Show the certificate in this PEM file, which holds its key, too; implies --tls
    #[arg(long, hide_short_help = true, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
}

impl TlsArgs {
    /// Whether a connection is to be by TLS.
    pub fn is_wanted(&self) -> bool {
        self.tls || self.tls_ca.is_some() || self.tls_cert.is_some()
    }

    /// What makes connections; none where they are to be plain.
    pub fn connector(&self) -> Result<Option<SslConnectorBuilder>> {
        if !self.is_wanted() {
            return Ok(None);
        }
        let mut builder = SslConnector::builder(SslMethod::tls_client())
            .map_err(|cause| Error::usage(format!("cannot use TLS: {}", words(&cause))))?;
        match &self.tls_ca {
            Some(path) => builder.set_ca_file(readable(path)?).map_err(|cause| wrong(path, &cause))?,
            None => trust_the_system(&mut builder)?,
        }
        if let Some(path) = &self.tls_cert {
            builder.set_certificate_chain_file(readable(path)?).map_err(|cause| wrong(path, &cause))?;
            builder
                .set_private_key_file(path, SslFiletype::PEM)
                .map_err(|cause| wrong(path, &cause).hint("cat client.crt client.key > client.pem"))?;
        }
        Ok(Some(builder))
    }
}

/// An OpenSSL that was built along with the program does not know where the system keeps certificates.
fn trust_the_system(builder: &mut SslConnectorBuilder) -> Result<()> {
    let found = openssl_probe::probe();
    builder
        .load_verify_locations(found.cert_file.as_deref(), found.cert_dir.as_deref())
        .map_err(|_| Error::usage("the system's certificates cannot be read").hint("--tls-ca ca.pem"))
}

/// OpenSSL's own words for a missing file are not for people.
fn readable(path: &Path) -> Result<&Path> {
    std::fs::File::open(path)
        .map_err(|cause| Error::io(format!("cannot read {}", path.display()), &cause))?;
    Ok(path)
}

fn wrong(path: &Path, cause: &ErrorStack) -> Error {
    Error::usage(format!("{} is no PEM file that can be used: {}", path.display(), words(cause)))
}

fn words(cause: &ErrorStack) -> String {
    let reason = cause.errors().first().and_then(openssl::error::Error::reason);
    reason.unwrap_or("unknown error").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_missing_or_no_certificates_are_told_by_name() {
        let path = std::env::temp_dir().join(format!("sluicebox-tls-{}", std::process::id()));
        let with = |path: &Path| TlsArgs { tls_ca: Some(path.to_owned()), ..TlsArgs::default() }.connector();
        let error = with(&path).err().expect("missing");
        assert!(error.message().contains("No such file"), "{error}");
        std::fs::write(&path, "not a certificate").unwrap();
        let error = with(&path).err().expect("no certificate");
        assert!(error.message().contains("is no PEM file"), "{error}");
        std::fs::remove_file(path).unwrap();
        assert!(TlsArgs::default().connector().unwrap().is_none(), "plain unless asked for");
    }
}
