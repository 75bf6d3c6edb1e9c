//! Where an object goes: `s3://BUCKET/KEY`, or `s3://BUCKET/PREFIX/` for a name made elsewhere.
//!
//! What is accepted here is accepted by S3: a wrong name is told before a byte is read, with an
//! example of a right one.

use std::fmt;
use std::str::FromStr;

use crate::batch::Batch;
use crate::run::exit::{Error, Result};

/// The longest key that S3 takes, in bytes of UTF-8.
const KEY_BYTES: usize = 1024;

/// An object, or a prefix if the key is empty or ends with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    bucket: String,
    key: String,
}

impl Location {
    /// The object `key` in `bucket`, under the same rules as a URL.
    pub fn new(bucket: impl Into<String>, key: impl Into<String>) -> Result<Self, String> {
        let location = Self { bucket: bucket.into(), key: key.into() };
        check_bucket(&location.bucket)?;
        check_key(&location.key)?;
        Ok(location)
    }

    /// An object that is there, whatever its key is.
    pub(super) fn existing(bucket: &str, key: String) -> Self {
        Self { bucket: bucket.to_owned(), key }
    }

    /// The location as a prefix: with `/` behind a key that lacks it.
    pub fn into_prefix(mut self) -> Self {
        if !self.is_prefix() {
            self.key.push('/');
        }
        self
    }

    /// What to type where an object is in the way: into the folder where one is, as any other key may be that of a data set.
    pub fn moved_away(&self) -> String {
        format!("aws s3 mv {self} .")
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key; empty or ending with `/` for a prefix.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether a name must still be appended.
    pub fn is_prefix(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }

    /// The object `name` in the same folder.
    pub fn beside(&self, name: &str) -> Result<Self, String> {
        let folder = self.key.rfind('/').map_or("", |slash| &self.key[..=slash]);
        Self::new(&self.bucket, format!("{folder}{name}"))
    }

    /// The object `name` at the root of the data set that this object of `batch` belongs to: above the
    /// folders that stand for a partition (`dt=…`) or for this batch.
    pub fn at_root(&self, batch: &Batch, name: &str) -> Result<Self, String> {
        let own = batch.name();
        let varies = |folder: &&str| folder.contains('=') || folder.contains(&own) || *folder == batch.date;
        let (folders, _) = self.key.rsplit_once('/').unwrap_or(("", ""));
        let mut key: String = folders
            .split('/')
            .take_while(|folder| !varies(folder))
            .filter(|folder| !folder.is_empty())
            .fold(String::new(), |key, folder| key + folder + "/");
        key.push_str(name);
        Self::new(&self.bucket, key)
    }

    /// The URL up to the last `/`: what a list would show it in.
    pub fn folder(&self) -> String {
        let end = self.key.rfind('/').map_or(0, |slash| slash + 1);
        format!("s3://{}/{}", self.bucket, &self.key[..end])
    }

    /// The location with `suffix` appended to its key.
    pub fn with_suffix(&self, suffix: &str) -> Result<Self, String> {
        Self::new(&self.bucket, format!("{}{suffix}", self.key))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

impl FromStr for Location {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let Some(path) = url.strip_prefix("s3://") else {
            return Err(format!("'{url}' is no S3 URL; write {}", guess(url)));
        };
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        Self::new(bucket, key)
    }
}

/// What a person who wrote `url` probably meant.
fn guess(url: &str) -> String {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    let bare = bare.trim_start_matches("s3:").trim_start_matches('/');
    if bare.is_empty() { "s3://BUCKET/KEY".to_owned() } else { format!("s3://{bare}") }
}

/// The naming rules of general purpose buckets.
fn check_bucket(bucket: &str) -> Result<(), String> {
    let wrong =
        |why: &str| Err(format!("'{bucket}' is no bucket name: {why}; write s3://my-bucket/path/file"));
    if bucket.is_empty() {
        return Err("the URL names no bucket; write s3://BUCKET/KEY".to_owned());
    }
    if !(3..=63).contains(&bucket.len()) {
        return wrong("it must have 3 to 63 characters");
    }
    if !bucket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.') {
        return wrong("only a-z, 0-9, '-' and '.' are allowed");
    }
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    if !edge(bucket.as_bytes().first()) || !edge(bucket.as_bytes().last()) || bucket.contains("..") {
        return wrong("it must start and end with a letter or digit, without '..'");
    }
    if bucket.parse::<std::net::Ipv4Addr>().is_ok() {
        return wrong("it looks like an IP address");
    }
    Ok(())
}

/// What S3 takes as a key, minus what is an accident in a shell: control characters, `//`, `..`.
fn check_key(key: &str) -> Result<(), String> {
    if key.len() > KEY_BYTES {
        return Err(format!("the key has {} bytes; S3 takes at most {KEY_BYTES}", key.len()));
    }
    if key.chars().any(char::is_control) {
        return Err("the key contains a control character".to_owned());
    }
    if key.starts_with('/') || key.contains("//") {
        let once: Vec<&str> = key.split('/').filter(|part| !part.is_empty()).collect();
        return Err(format!("the key '{key}' contains an empty folder name; write {}", once.join("/")));
    }
    if key.split('/').any(|part| part == "." || part == "..") {
        return Err(format!("the key '{key}' contains '.' or '..', which S3 does not resolve"));
    }
    Ok(())
}

/// What an object under a prefix is called in the end, unless the user says otherwise.
pub const SUFFIX: &str = ".parquet";

/// The folder that was most likely meant where an object was named: its own name as that of a folder or, where it
/// looks like that of a file, the folder that it is in.
fn data_set(location: &Location) -> String {
    let url = location.to_string();
    match url.rsplit_once('/') {
        Some((folder, name)) if name.contains('.') => format!("{folder}/"),
        _ => format!("{url}/"),
    }
}

/// The object that an upload to `location` makes: itself or, for a prefix in a batch, a name under
/// it that depends on the start of the batch alone, so that a retry meets what an earlier attempt has
/// stored.
///
/// In a batch an explicit key without the batch's name is refused: every batch would want it.
pub fn key_for(location: &Location, batch: Option<&Batch>, suffix: &str) -> Result<Location> {
    match batch {
        None if location.is_prefix() => Err(Error::usage(format!("{location} names a folder, no object"))
            .hint(format!(
                "s3-put {}users.parquet; in a batch its BATCH variables must arrive here",
                folder(location)
            ))),
        None => Ok(location.clone()),
        Some(batch) if location.is_prefix() => {
            let url = format!("{}dt={}/{}{suffix}", folder(location), batch.date, batch.name());
            url.parse().map_err(Error::usage)
        }
        Some(batch) if location.key.contains(&batch.name()) => Ok(location.clone()),
        Some(_) => Err(Error::usage(format!("{location} is the same object for every batch"))
            .hint(format!("s3-put {}", data_set(location)))),
    }
}

/// The location as a folder, with its `/`.
fn folder(location: &Location) -> String {
    let url = location.to_string();
    if url.ends_with('/') { url } else { format!("{url}/") }
}

/// What the end of a key says of the bytes behind it.
pub fn content_type(key: &str) -> &'static str {
    let name = key.rsplit('/').next().unwrap_or(key);
    match name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).as_deref() {
        Some("parquet") => "application/vnd.apache.parquet",
        Some("ndjson" | "jsonl") => "application/x-ndjson",
        Some("json") => "application/json",
        Some("csv") => "text/csv",
        Some("txt" | "log") => "text/plain; charset=utf-8",
        Some("gz") => "application/gzip",
        Some("zst") => "application/zstd",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::seal::Range;

    fn parse(url: &str) -> Result<Location, String> {
        url.parse()
    }

    #[test]
    fn a_url_is_a_bucket_and_a_key() {
        let location = parse("s3://lake/users/2026/a b+ü.parquet").unwrap();
        assert_eq!((location.bucket(), location.key()), ("lake", "users/2026/a b+ü.parquet"));
        assert_eq!(location.to_string(), "s3://lake/users/2026/a b+ü.parquet");
        assert!(!location.is_prefix());
    }

    #[test]
    fn an_empty_key_is_a_prefix() {
        for url in ["s3://lake", "s3://lake/", "s3://lake/users/"] {
            assert!(parse(url).unwrap().is_prefix(), "{url}");
        }
    }

    #[test]
    fn a_wrong_url_is_answered_with_a_right_one() {
        for (wrong, right) in [
            ("lake/users.parquet", "s3://lake/users.parquet"),
            ("s3:/lake/x", "s3://lake/x"),
            ("s3:lake/x", "s3://lake/x"),
            ("https://lake/x", "s3://lake/x"),
            ("", "s3://BUCKET/KEY"),
            ("s3:///x", "s3://BUCKET/KEY"),
        ] {
            let message = parse(wrong).unwrap_err();
            assert!(message.ends_with(&format!("write {right}")), "{wrong}: {message}");
        }
    }

    #[test]
    fn bucket_names_follow_the_rules_of_s3() {
        let long = "a".repeat(64);
        for bucket in ["ab", &long, "My-Lake", "under_score", "-lake", "lake.", "a..b", "192.168.0.1"] {
            assert!(parse(&format!("s3://{bucket}/x")).is_err(), "{bucket}");
        }
        for bucket in ["abc", "my.lake-2", "0lake"] {
            assert!(parse(&format!("s3://{bucket}/x")).is_ok(), "{bucket}");
        }
    }

    #[test]
    fn keys_that_are_accidents_are_refused() {
        let long = "k".repeat(KEY_BYTES + 1);
        for key in ["/x", "a//b", "a/../b", "./a", "a\nb", &long] {
            assert!(parse(&format!("s3://lake/{key}")).is_err(), "{key}");
        }
        assert!(parse(&format!("s3://lake/{}", "k".repeat(KEY_BYTES))).is_ok());
    }

    #[test]
    fn outside_a_batch_a_folder_is_no_destination() {
        let error = key_for(&parse("s3://lake/users/").unwrap(), None, SUFFIX).unwrap_err();
        assert_eq!(error.exit(), crate::run::exit::Exit::Usage);
        assert!(error.to_string().contains("s3-put s3://lake/users/users.parquet"), "{error}");
        let object = parse("s3://lake/u.parquet").unwrap();
        assert_eq!(key_for(&object, None, SUFFIX).unwrap(), object);
    }

    fn batch() -> Batch {
        let range = Range {
            topic: "users".into(),
            topic_id: "1a2b3c4dxxxxxxxxxxxxxx".into(),
            partition: 3,
            first_offset: 4000,
            end_offset: 5000,
        };
        Batch { range, date: "2026-11-20".into() }
    }

    #[test]
    fn a_batch_names_its_object_and_refuses_a_name_shared_by_all_batches() {
        let batch = batch();
        let name = "users-1a2b3c4d-00003-00000000000000004000";
        let made = |suffix: &str| key_for(&parse("s3://lake/users/").unwrap(), Some(&batch), suffix).unwrap();
        assert_eq!(made(SUFFIX).key(), format!("users/dt=2026-11-20/{name}.parquet"));
        assert_eq!(made(".ndjson").key(), format!("users/dt=2026-11-20/{name}.ndjson"));
        let explicit = parse(&format!("s3://lake/raw/{name}.csv")).unwrap();
        assert_eq!(key_for(&explicit, Some(&batch), SUFFIX).unwrap(), explicit);
        let shared =
            key_for(&parse("s3://lake/users/all.parquet").unwrap(), Some(&batch), SUFFIX).unwrap_err();
        assert!(shared.to_string().ends_with("(try: s3-put s3://lake/users/)"), "{shared}");
        let bare = key_for(&parse("s3://lake/users").unwrap(), Some(&batch), SUFFIX).unwrap_err();
        assert!(bare.to_string().ends_with("(try: s3-put s3://lake/users/)"), "{bare}");
    }

    #[test]
    fn the_root_of_a_data_set_lies_above_whatever_changes_from_batch_to_batch() {
        let batch = batch();
        for (key, root) in [
            ("users/dt=2026-11-20/X.parquet", "users/"),
            ("dt=2026-11-20/X.parquet", ""),
            ("a/b/2026-11-20/X.csv", "a/b/"),
            ("a/X/part.csv", "a/"),
            ("X.csv", ""),
            ("raw/X.csv", "raw/"),
        ] {
            let location = parse(&format!("s3://lake/{}", key.replace('X', &batch.name()))).unwrap();
            assert_eq!(location.at_root(&batch, "_x").unwrap().key(), format!("{root}_x"), "{key}");
        }
        let location = parse("s3://lake/a/b.csv").unwrap();
        assert_eq!(location.beside("c").unwrap().key(), "a/c");
        assert_eq!(parse("s3://lake/b.csv").unwrap().beside("c").unwrap().key(), "c");
    }

    #[test]
    fn the_extension_says_the_content_type() {
        assert_eq!(content_type("a/b.PARQUET"), "application/vnd.apache.parquet");
        assert_eq!(content_type("x.ndjson"), "application/x-ndjson");
        assert_eq!(content_type("v1.parquet/part"), "application/octet-stream");
    }
}
