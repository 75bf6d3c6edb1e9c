//! What an object says of the range that it holds: five names and values.
//!
//! The same five stand in the metadata of an object on S3, as `sluicebox-topic-id` and so on, and in
//! the footer of a Parquet file, as `sluicebox.topic-id`. Here they are spelled once; the caller adds
//! what its place puts in front of them.

use crate::stream::seal::Range;

/// The names, in the order in which they are written.
pub const NAMES: [&str; 5] = ["topic", "topic-id", "partition", "first-offset", "end-offset"];

/// What is to be stored with the records of `range`.
pub fn pairs(range: &Range) -> [(&'static str, String); 5] {
    let values = [
        range.topic.clone(),
        range.topic_id.clone(),
        range.partition.to_string(),
        range.first_offset.to_string(),
        range.end_offset.to_string(),
    ];
    std::array::from_fn(|at| (NAMES[at], values[at].clone()))
}

/// Reads it back; none where something is missing, or is no range.
pub fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<Range> {
    let range = Range {
        topic: get("topic")?.to_owned(),
        topic_id: get("topic-id")?.to_owned(),
        partition: get("partition")?.parse().ok()?,
        first_offset: get("first-offset")?.parse().ok()?,
        end_offset: get("end-offset")?.parse().ok()?,
    };
    (0 <= range.first_offset && range.first_offset < range.end_offset).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_nothing_less() {
        let range = Range {
            topic: "users".into(),
            topic_id: "bQpS2sVYQ7K1nCJ2pkWXgA".into(),
            partition: 3,
            first_offset: 5,
            end_offset: 9,
        };
        let stored = pairs(&range);
        let get = |name: &str| stored.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value);
        assert_eq!(read(get), Some(range));
        for missing in NAMES {
            assert_eq!(read(|name| get(name).filter(|_| name != missing)), None, "{missing}");
        }
        assert_eq!(read(|name| if name == "end-offset" { Some("5") } else { get(name) }), None, "no record");
        assert_eq!(read(|name| if name == "partition" { Some("x") } else { get(name) }), None);
    }
}
