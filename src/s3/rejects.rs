//! The rejects of a sealed stream, kept beside the object.
//!
//! Stored before the object is, so that an object is never visible without the account of what is
//! missing from it. Outside of a batch it is `KEY.rejects.ndjson`, replaced only where the object may
//! be. A retry of the same work meets its own rejects and is content if they are the same bytes; anything
//! else there is a conflict. In a batch the name holds the range and the digest of the content, so what
//! is there under it is the same ([`store`]).

use aws_sdk_s3::Client;

use super::error::{Doing, Failure};
use super::location::Location;
use super::parts::Schedule;
use super::publish::{Claim, Target};
use super::store::Store;
use super::upload::{Upload, Warn};
use crate::run::exit::{Error, Exit, Result};
use crate::run::fault;
use crate::stream::seal::{Digest, hex128};

/// What the key of the object gets appended.
const SUFFIX: &str = ".rejects.ndjson";
/// What they are.
const CONTENT_TYPE: &str = "application/x-ndjson";

/// Rejects on their way.
pub(super) struct Rejects {
    upload: Box<Upload>,
    digest: Digest,
}

impl Rejects {
    /// Begins the object beside that of `main`.
    pub fn beside(main: &Upload, warn: Warn) -> Result<Self> {
        let target = Target {
            location: main.location().with_suffix(SUFFIX).map_err(Error::usage)?,
            // Whoever may replace the object may replace the account of what it lacks.
            claim: main.claim().clone(),
            content_type: CONTENT_TYPE.to_owned(),
            metadata: Vec::new(),
        };
        let upload = Box::new(Upload::start(main.store(), target, Schedule::default(), warn));
        Ok(Self { upload, digest: Digest::default() })
    }

    /// Takes more lines.
    pub fn append(&mut self, lines: &[u8]) -> Result<()> {
        self.digest.update(lines);
        self.upload.append(lines)
    }

    /// Stores them; returns where.
    pub fn publish(mut self) -> Result<Location> {
        let location = self.upload.location().clone();
        match self.upload.put() {
            Err(error) if error.exit() == Exit::Conflict => self.compare(location),
            Err(error) => Err(error),
            Ok(_) => Ok(location),
        }
    }

    /// Content with rejects that are there already if they are the same.
    fn compare(self, location: Location) -> Result<Location> {
        let (store, expected) = (self.upload.store().clone(), self.digest.value());
        let (client, name, there) = (store.client().clone(), store.name().clone(), location.clone());
        let digest = store.wait(async move { digest_of(&client, &name, &there).await })??;
        if digest == expected {
            return Ok(location);
        }
        Err(Error::conflict(format!("{location} holds the rejects of other work"))
            .hint(location.moved_away()))
    }
}

/// Stores the rejects of a batch under a name made from their digest; returns where. Rejects that are
/// there under it already are the same.
pub(super) fn store(
    store: &Store,
    location: Location,
    metadata: Vec<(String, String)>,
    lines: &[u8],
    warn: Warn,
) -> Result<Location> {
    let target = Target {
        location: location.clone(),
        claim: Claim::Create,
        content_type: CONTENT_TYPE.to_owned(),
        metadata,
    };
    let mut upload = Upload::start(store, target, Schedule::default(), warn);
    upload.append(lines)?;
    fault::point("s3.rejects.before");
    let outcome = upload.put();
    fault::point("s3.rejects.after");
    match outcome {
        Err(error) if error.exit() != Exit::Conflict => Err(error),
        _ => Ok(location),
    }
}

/// The digest that names them.
pub(super) fn digest(lines: &[u8]) -> String {
    hex128(Digest::of(lines))
}

/// The digest of an object that exists.
async fn digest_of(client: &Client, store: &str, location: &Location) -> Result<u128> {
    let doing = Doing { action: "s3:GetObject", location, store };
    let sent = client.get_object().bucket(location.bucket()).key(location.key()).send().await;
    let mut body = sent.map_err(|error| Failure::of(&error).explain(&doing))?.body;
    let mut digest = Digest::default();
    while let Some(chunk) = body.next().await {
        let cut = |cause| Error::temporary(format!("cannot read {location} to its end: {cause}"));
        digest.update(&chunk.map_err(cut)?);
    }
    Ok(digest.value())
}
