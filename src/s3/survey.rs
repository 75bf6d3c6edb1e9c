//! What lies under a prefix, as far as a proof needs to know it.
//!
//! The listing is read page by page. Of each Parquet file the end is fetched (one request gives its
//! footer and its metadata), of any other object the metadata; [`AT_ONCE`] of them at a time. Memory is
//! that of one page and of those; what is kept of an object is up to the caller.

use std::sync::Arc;

use aws_sdk_s3::types::Object;
use tokio::task::JoinSet;

use super::error::{Doing, Failure};
use super::found::{Found, range_of};
use super::location::Location;
use super::probe::CONDITION_KEY;
use super::store::Store;
use crate::parquet::footer::{self, End, Footer};
use crate::run::exit::{Error, Result};
use crate::stream::seal::Range;

/// How many objects are looked at at the same time.
const AT_ONCE: usize = 32;
/// How much of the end of a Parquet file is fetched at first.
const TAIL: u64 = 64 << 10;

/// What is wrong with a name that says Parquet.
const NO_PARQUET: &str = "it is no Parquet file, or a damaged one";

/// An object under the prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it is.
    pub location: Location,
    /// What it is.
    pub kind: Kind,
}

/// What an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The object of a batch, and how many rows it has, where its format tells.
    Batch(Range, Option<u64>),
    /// The account of a batch's rejects, and how many these are.
    Rejects(Range, u64),
    /// Nothing that a batch has made.
    Foreign,
    /// An object of a batch that is not what it says, and why.
    Broken(&'static str),
}

/// A multipart upload that was begun, and neither completed nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What it would become.
    pub key: String,
    /// Its id.
    pub upload_id: String,
    /// When it was begun.
    pub begun: String,
}

impl Store {
    /// Looks at every object under `prefix`, and gives it to `each` with the state, which comes back.
    pub fn survey<T: Send + 'static>(
        &self,
        prefix: &Location,
        state: T,
        each: impl FnMut(&mut T, Item) + Send + 'static,
    ) -> Result<T> {
        let (store, prefix) = (self.clone(), prefix.clone());
        self.wait(async move { survey(store, prefix, state, each).await })?
    }

    /// The uploads under `prefix` that were begun and are not over.
    pub fn unfinished(&self, prefix: &Location) -> Result<Vec<Unfinished>> {
        let (store, prefix) = (self.clone(), prefix.clone());
        self.wait(async move { unfinished(&store, &prefix).await })?
    }
}

async fn survey<T>(
    store: Store,
    prefix: Location,
    mut state: T,
    mut each: impl FnMut(&mut T, Item),
) -> Result<T> {
    let prefix = Arc::new(prefix);
    let request = store.client().list_objects_v2().bucket(prefix.bucket()).prefix(prefix.key());
    let mut pages = request.into_paginator().send();
    let mut looks = JoinSet::new();
    while let Some(page) = pages.next().await {
        let doing = Doing { action: "s3:ListBucket", location: &prefix, store: store.name() };
        let page = page.map_err(|error| Failure::of(&error).explain(&doing))?;
        for object in page.contents().iter().filter(|object| is_data(object)) {
            if looks.len() >= AT_ONCE {
                take(looks.join_next().await, &mut state, &mut each)?;
            }
            let (key, size) = (object.key().unwrap_or_default(), object.size().unwrap_or(0));
            let (store, prefix, key) = (store.clone(), prefix.clone(), key.to_owned());
            let size = size.max(0).unsigned_abs();
            looks.spawn(async move { look(&store, prefix.bucket(), key, size).await });
        }
    }
    while let Some(look) = looks.join_next().await {
        take(Some(look), &mut state, &mut each)?;
    }
    Ok(state)
}

/// Whether an object counts: neither a mark for a folder nor our own permanent one.
fn is_data(object: &Object) -> bool {
    let key = object.key().unwrap_or_default();
    let ours = key.strip_suffix(CONDITION_KEY).is_some_and(|root| root.is_empty() || root.ends_with('/'));
    !(key.ends_with('/') || ours)
}

/// Hands over what a look has found.
fn take<T>(
    look: Option<Result<Result<Option<Item>>, tokio::task::JoinError>>,
    state: &mut T,
    each: &mut impl FnMut(&mut T, Item),
) -> Result<()> {
    match look {
        Some(Ok(item)) => {
            if let Some(item) = item? {
                each(state, item);
            }
            Ok(())
        }
        Some(Err(_)) => Err(Error::temporary("the S3 client ended unexpectedly")),
        None => Ok(()),
    }
}

/// Looks at one object; none if it is gone by now.
async fn look(store: &Store, bucket: &str, key: String, size: u64) -> Result<Option<Item>> {
    // A key that is in the bucket may be one that we would not make.
    let location = Location::existing(bucket, key);
    let parquet = location.key().ends_with(".parquet");
    let kind = if parquet && size > 0 {
        look_at_end(store, &location, size).await
    } else {
        let found = Found::at(store.client(), &location).await;
        found.map(|found| {
            found.map(|found| match (found.range, found.rejects) {
                (Some(range), Some(count)) => Kind::Rejects(range, count),
                (Some(_), None) if parquet => Kind::Broken(NO_PARQUET),
                (Some(range), None) => Kind::Batch(range, None),
                (None, _) => Kind::Foreign,
            })
        })
    };
    let doing = Doing { action: "s3:GetObject", location: &location, store: store.name() };
    let kind = kind.map_err(|failure| failure.explain(&doing))?;
    Ok(kind.map(|kind| Item { location, kind }))
}

/// Looks at the end of a Parquet file, a second time where its footer is longer than usual.
async fn look_at_end(store: &Store, location: &Location, size: u64) -> Result<Option<Kind>, Failure> {
    let mut wanted = TAIL;
    loop {
        let Some((stored, bytes)) = end_of(store, location, size, wanted).await? else { return Ok(None) };
        match footer::read(&bytes) {
            End::Longer(needed) if (needed as u64) <= size && wanted < needed as u64 => {
                wanted = needed as u64
            }
            End::Whole(footer) => return Ok(Some(agreed(stored, Some(footer)))),
            _ => return Ok(Some(agreed(stored, None))),
        }
    }
}

/// What an object is by its metadata and its footer, which must say the same.
fn agreed(stored: Option<Range>, footer: Option<Footer>) -> Kind {
    let (noted, rows) = footer.map_or((None, None), |footer| (footer.range, Some(footer.rows)));
    match (stored, noted) {
        (Some(stored), Some(noted)) if stored != noted => {
            Kind::Broken("its metadata and its footer name different ranges")
        }
        (Some(_), _) if rows.is_none() => Kind::Broken(NO_PARQUET),
        // Written by another tool behind `via`; or copied by one that drops metadata.
        (Some(range), _) | (None, Some(range)) => Kind::Batch(range, rows),
        (None, None) => Kind::Foreign,
    }
}

/// The range in the metadata of an object, and up to `wanted` bytes of its end.
async fn end_of(
    store: &Store,
    location: &Location,
    size: u64,
    wanted: u64,
) -> Result<Option<(Option<Range>, Vec<u8>)>, Failure> {
    let span = format!("bytes={}-{}", size.saturating_sub(wanted), size - 1);
    let request = store.client().get_object().bucket(location.bucket()).key(location.key()).range(span);
    let object = match request.send().await.map_err(|error| Failure::of(&error)) {
        Ok(object) => object,
        Err(failure) if failure.status == 404 => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let stored = range_of(object.metadata());
    let body = object.body.collect().await.map_err(|cause| Failure::cut(&cause))?;
    Ok(Some((stored, body.to_vec())))
}

async fn unfinished(store: &Store, prefix: &Location) -> Result<Vec<Unfinished>> {
    let doing = Doing { action: "s3:ListBucketMultipartUploads", location: prefix, store: store.name() };
    let (mut found, mut after) = (Vec::new(), (None, None));
    loop {
        let request = store.client().list_multipart_uploads().bucket(prefix.bucket()).prefix(prefix.key());
        let request = request.set_key_marker(after.0).set_upload_id_marker(after.1);
        let page = request.send().await.map_err(|error| Failure::of(&error).explain(&doing))?;
        found.extend(page.uploads().iter().map(|upload| Unfinished {
            key: upload.key().unwrap_or_default().to_owned(),
            upload_id: upload.upload_id().unwrap_or_default().to_owned(),
            begun: upload.initiated().map_or_else(String::new, ToString::to_string),
        }));
        if !page.is_truncated().unwrap_or(false) || page.next_key_marker().is_none() {
            return Ok(found);
        }
        after = (page.next_key_marker().map(str::to_owned), page.next_upload_id_marker().map(str::to_owned));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(end: i64) -> Range {
        Range {
            topic: "users".into(),
            topic_id: "bQpS2sVYQ7K1nCJ2pkWXgA".into(),
            partition: 3,
            first_offset: 5,
            end_offset: end,
        }
    }

    #[test]
    fn metadata_and_footer_must_agree() {
        let footer = |range| Some(Footer { rows: 4, range });
        assert_eq!(agreed(Some(range(9)), footer(Some(range(9)))), Kind::Batch(range(9), Some(4)));
        assert_eq!(agreed(Some(range(9)), footer(None)), Kind::Batch(range(9), Some(4)));
        assert_eq!(agreed(None, footer(Some(range(9)))), Kind::Batch(range(9), Some(4)));
        assert!(matches!(agreed(Some(range(9)), footer(Some(range(8)))), Kind::Broken(_)));
        assert!(matches!(agreed(Some(range(9)), None), Kind::Broken(_)));
        assert_eq!(agreed(None, footer(None)), Kind::Foreign);
        assert_eq!(agreed(None, None), Kind::Foreign);
    }

    #[test]
    fn our_own_mark_is_no_data() {
        let counts = |key: &str| is_data(&Object::builder().key(key).build());
        assert!(
            !counts("_sluicebox/condition") && !counts("users/_sluicebox/condition") && !counts("users/")
        );
        assert!(counts("users/x_sluicebox/condition") && counts("users/a.parquet"));
    }
}
