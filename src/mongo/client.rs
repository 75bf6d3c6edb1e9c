//! A connection to a deployment, on a thread of its own; everything is a command, written and read as BSON.

use std::sync::Arc;
use std::time::Duration;

use mongodb::bson::{Bson, Document, RawDocumentBuf};
use mongodb::options::{ClientOptions, Tls, TlsOptions};
use mongodb::{Client, Database};

use super::bson::{self, Type};
use super::error;
use super::options::Settings;
use crate::run::engine::Engine;
use crate::run::exit::{Error, Result};
use crate::run::tls::TlsArgs;

/// A database that we are connected to.
#[derive(Clone)]
pub struct Connection {
    pub engine: Arc<Engine>,
    database: Database,
    hosts: String,
    timeout: Duration,
}

/// What a command failed with, and whether it was a missing right.
pub struct Failure {
    pub error: Error,
    pub denied: bool,
}

impl Connection {
    /// Prepares a connection; the first command makes it.
    pub fn open(settings: Settings, database: &str) -> Result<Self> {
        let engine = Engine::start("MongoDB")?;
        let (name, timeout) = (database.to_owned(), settings.request_timeout);
        let (client, hosts) = engine.wait(async move { client(settings).await })??;
        Ok(Self { engine: Arc::new(engine), database: client.database(&name), hosts, timeout })
    }

    /// The hosts, without the rest of the connection string.
    pub fn hosts(&self) -> &str {
        &self.hosts
    }

    /// Runs a command and waits for its answer.
    pub fn run(&self, command: Vec<u8>, place: &str) -> Result<Document, Failure> {
        let (connection, place) = (self.clone(), place.to_owned());
        let ran = self.engine.wait(async move { connection.send(command, &place).await });
        ran.unwrap_or_else(|error| Err(Failure { error, denied: false }))
    }

    /// The same, for who is on the thread already.
    pub async fn send(&self, command: Vec<u8>, place: &str) -> Result<Document, Failure> {
        let plain = |error: Error| Failure { error, denied: false };
        let command = RawDocumentBuf::from_bytes(command)
            .map_err(|cause| plain(Error::data(format!("a command was written wrongly: {cause}"))))?;
        let answer =
            tokio::time::timeout(self.timeout, async { self.database.run_raw_command(command).await });
        match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(cause)) => {
                log::debug!("a command failed: {:?}", cause.kind);
                Err(Failure { error: error::of(&cause, place), denied: error::is_denied(&cause) })
            }
            Err(_) => {
                Err(plain(Error::temporary(format!("MongoDB gave no answer within {:?}", self.timeout))))
            }
        }
    }

    /// Whether the collection is there; made if it is to be. Who may not look is believed.
    pub fn open_collection(&self, name: &str, make: bool) -> Result<()> {
        let place = format!("{}.{name}", self.database.name());
        match self.run(list(name), &place) {
            Ok(answer)
                if first_batch(&answer)
                    .any(|found| found.get_str("name").is_ok_and(|there| there == name)) =>
            {
                Ok(())
            }
            Ok(_) if make => self.create(name, &place),
            Ok(_) => Err(Error::usage(format!("database {} has no collection {name}", self.database.name()))
                .hint(format!("mongo-put --create, or in mongosh: db.createCollection('{name}')"))),
            Err(failure) if failure.denied => {
                log::info!("this user may not list collections; whether {place} is there shows only then");
                Ok(())
            }
            Err(failure) => Err(failure.error),
        }
    }

    fn create(&self, name: &str, place: &str) -> Result<()> {
        let command = command(|out| bson::put_text(out, "create", name));
        match self.run(command, place) {
            // Somebody else was quicker.
            Err(failure) if failure.error.message().contains("NamespaceExists") => Ok(()),
            ran => ran.map(drop).map_err(|failure| failure.error),
        }
    }
}

/// A command that `fill` writes, its name first.
pub fn command(fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    let start = bson::begin(&mut out);
    fill(&mut out);
    bson::end(&mut out, start);
    out
}

fn list(name: &str) -> Vec<u8> {
    command(|out| {
        bson::put_int(out, "listCollections", 1);
        bson::put_inside(out, Type::Document, "filter", |out| bson::put_text(out, "name", name));
        bson::put_flag(out, "nameOnly", true);
        bson::put_flag(out, "authorizedCollections", true);
    })
}

/// Whether a cursor has found anything.
pub fn holds_one(answer: &Document) -> bool {
    first_batch(answer).next().is_some()
}

/// What a cursor has found first.
fn first_batch(answer: &Document) -> impl Iterator<Item = &Document> {
    let batch = answer.get_document("cursor").ok().and_then(|cursor| cursor.get_array("firstBatch").ok());
    batch.into_iter().flatten().filter_map(Bson::as_document)
}

async fn client(settings: Settings) -> Result<(Client, String)> {
    let mut options =
        ClientOptions::parse(settings.uri.as_str()).await.map_err(|cause| error::of_string(&cause))?;
    options.app_name.get_or_insert_with(|| "sluicebox".to_owned());
    options.connect_timeout.get_or_insert(settings.connect_timeout);
    options.server_selection_timeout.get_or_insert(settings.connect_timeout);
    if settings.tls.is_wanted() {
        options.tls = Some(Tls::Enabled(tls_options(&settings.tls, options.tls.take())));
    }
    let hosts: Vec<String> = options.hosts.iter().map(ToString::to_string).collect();
    let client = Client::with_options(options).map_err(|cause| error::of_string(&cause))?;
    Ok((client, hosts.join(",")))
}

/// What the connection string says of TLS, and the options above it.
fn tls_options(wanted: &TlsArgs, said: Option<Tls>) -> TlsOptions {
    let mut options = match said {
        Some(Tls::Enabled(options)) => options,
        _ => TlsOptions::default(),
    };
    if let Some(path) = &wanted.tls_ca {
        options.ca_file_path = Some(path.clone());
    }
    if let Some(path) = &wanted.tls_cert {
        options.cert_key_file_path = Some(path.clone());
    }
    options
}
