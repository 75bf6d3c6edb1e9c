//! An object that is there already, and what it means to a batch that wants its place.

use std::collections::HashMap;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Config;

use super::error::Failure;
use super::location::Location;
use super::publish::{How, Published, unquoted};
use super::store::ANSWER_TIMEOUT;
use crate::batch::{described, lineage};
use crate::run::exit::{Error, Result};
use crate::run::fault::around;
use crate::stream::seal::Range;

/// What stands before the names of a range in the metadata of an object.
pub(super) const METADATA: &str = "sluicebox-";

/// The range that an object holds, as metadata to be stored with it.
pub(super) fn metadata_of(range: &Range) -> impl Iterator<Item = (String, String)> {
    lineage::pairs(range).into_iter().map(|(name, value)| (format!("{METADATA}{name}"), value))
}

/// The range that an object's metadata names.
pub(super) fn range_of(metadata: Option<&HashMap<String, String>>) -> Option<Range> {
    let metadata = metadata?;
    lineage::read(|name| metadata.get(&format!("{METADATA}{name}")).map(String::as_str))
}

/// An object, as HEAD tells of it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The range that it holds; none if it is no object of a batch.
    pub range: Option<Range>,
    /// The number that its metadata gives for its rejects, if these are what it holds.
    pub rejects: Option<u64>,
    /// Its ETag, without quotes.
    pub etag: String,
    /// Its length.
    pub bytes: u64,
    /// Its version, in a bucket with versions.
    pub version_id: Option<String>,
}

impl Found {
    /// Looks; none if there is no object.
    pub async fn at(client: &Client, location: &Location) -> Result<Option<Self>, Failure> {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ANSWER_TIMEOUT).build();
        let request = client.head_object().bucket(location.bucket()).key(location.key());
        let request = request.customize().config_override(Config::builder().timeout_config(timeouts));
        let sent = around(["s3.head.before", "s3.head.after"], request.send()).await;
        let head = match sent.map_err(|error| Failure::of(&error)) {
            Ok(head) => head,
            Err(failure) if failure.status == 404 => return Ok(None),
            Err(failure) => return Err(failure),
        };
        Ok(Some(Self {
            range: range_of(head.metadata()),
            rejects: head.metadata().and_then(|all| all.get(REJECTS)?.parse().ok()),
            etag: unquoted(head.e_tag()),
            bytes: head.content_length().and_then(|bytes| bytes.try_into().ok()).unwrap_or(0),
            version_id: head.version_id().map(str::to_owned),
        }))
    }

    /// What this object is to the batch of `ours`: the same range, one with the same start whose end
    /// then holds, or something that is in the way. Schema, keys and bytes are never compared: the range
    /// alone says which records these are.
    pub fn judge(self, ours: &Range, location: &Location) -> Result<Published> {
        let Some(range) = &self.range else {
            return Err(Error::conflict(format!("{location} exists and is no object of a batch"))
                .hint(location.moved_away()));
        };
        let start = |range: &Range| (range.partition, range.first_offset);
        let other_topic = range.topic_id != ours.topic_id;
        if other_topic || start(range) != start(ours) {
            let which = if other_topic { " (another topic of that name)" } else { "" };
            let (there, ours) = (described(range), described(ours));
            return Err(Error::conflict(format!(
                "{location} holds {there}{which}, and this batch is {ours}"
            ))
            .hint(location.moved_away()));
        }
        let how = if range.end_offset == ours.end_offset {
            How::Exists
        } else {
            How::Adopted { end: range.end_offset }
        };
        Ok(Published { etag: self.etag, version_id: self.version_id, bytes: self.bytes, how })
    }
}

/// The name under which the metadata of rejects says how many they are.
pub(super) const REJECTS: &str = "sluicebox-rejects";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::exit::Exit;

    fn ours() -> Range {
        Range {
            topic: "users".into(),
            topic_id: "bQpS2sVYQ7K1nCJ2pkWXgA".into(),
            partition: 3,
            first_offset: 5,
            end_offset: 9,
        }
    }

    fn judged(range: Option<Range>) -> Result<Published> {
        let found = Found { range, rejects: None, etag: "e".into(), bytes: 1, version_id: None };
        found.judge(&ours(), &"s3://lake/x".parse().unwrap())
    }

    #[test]
    fn the_range_alone_says_whether_an_object_is_ours() {
        assert_eq!(judged(Some(ours())).unwrap().how, How::Exists);
        for end in [6, 8, 10] {
            let other = Range { end_offset: end, ..ours() };
            assert_eq!(judged(Some(other)).unwrap().how, How::Adopted { end });
        }
        let renamed = Range { topic: "people".into(), ..ours() };
        assert_eq!(judged(Some(renamed)).unwrap().how, How::Exists, "the id is the topic");
        for other in [
            Range { topic_id: "another".into(), ..ours() },
            Range { partition: 4, ..ours() },
            Range { first_offset: 4, ..ours() },
        ] {
            let error = judged(Some(other)).unwrap_err();
            assert_eq!(error.exit(), Exit::Conflict, "{error}");
        }
        let error = judged(None).unwrap_err();
        assert_eq!(error.exit(), Exit::Conflict);
        assert!(error.message().contains("no object of a batch"), "{error}");
    }

    #[test]
    fn metadata_names_the_range() {
        let metadata: HashMap<String, String> = metadata_of(&ours()).collect();
        assert_eq!(metadata["sluicebox-topic-id"], "bQpS2sVYQ7K1nCJ2pkWXgA");
        assert_eq!(range_of(Some(&metadata)), Some(ours()));
        assert_eq!(range_of(None), None);
    }
}
