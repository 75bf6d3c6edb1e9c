//! One object out of the store, into a file of ours.

use std::fs::File;
use std::io::Write;

use super::error::{Doing, Failure, READ};
use super::location::Location;
use super::store::Store;
use crate::run::exit::{Error, Result};
use crate::run::scratch;
use crate::run::units::grouped;

impl Store {
    /// Copies an object into a scratch file, for readers that seek. Memory is one chunk.
    pub fn fetch(&self, location: &Location) -> Result<File> {
        if location.is_prefix() {
            return Err(Error::usage(format!("{location} is a folder, and names no object")).hint(format!(
                "its objects by their names, as aws s3 ls --recursive {location} lists them: {location}NAME.parquet"
            )));
        }
        let (store, location) = (self.clone(), location.clone());
        self.wait(async move { fetch(&store, &location).await })?
    }
}

async fn fetch(store: &Store, location: &Location) -> Result<File> {
    let doing = Doing { action: READ, location, store: store.name() };
    let request = store.client().get_object().bucket(location.bucket()).key(location.key());
    let object = match request.send().await {
        Ok(object) => object,
        Err(error) => return Err(Failure::of(&error).explain(&doing)),
    };
    log::info!("{location}: {} bytes", grouped(object.content_length().unwrap_or(0).unsigned_abs()));
    let mut file = scratch::file()?;
    let mut body = object.body;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| {
            Error::temporary(format!("{} broke off in the middle of {location}", store.name()))
        })?;
        file.write_all(&chunk).map_err(|cause| scratch::failed(&cause))?;
    }
    Ok(file)
}
