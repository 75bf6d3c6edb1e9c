//! How large a record is on the wire: what a broker compares with `max.message.bytes`.

use super::native::write::{Headers, Outgoing};

/// The headers of a record as they count on the wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeaderSizes {
    count: u64,
    bytes: u64,
}

impl HeaderSizes {
    /// Adds one header.
    pub fn add(&mut self, name: &[u8], value: Option<&[u8]>) {
        self.count += 1;
        self.bytes += sized(Some(name)) + sized(value);
    }
}

/// Headers with their size, built together.
#[derive(Default)]
pub struct HeaderList {
    list: Option<Headers>,
    sizes: HeaderSizes,
}

impl HeaderList {
    /// Appends a header.
    pub fn push(&mut self, name: &[u8], value: Option<&[u8]>) {
        self.list.get_or_insert_default().push(name, value);
        self.sizes.add(name, value);
    }

    /// Empties the list.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The list; none if it is empty.
    pub fn list(&self) -> Option<&Headers> {
        self.list.as_ref()
    }

    /// Their size.
    pub fn sizes(&self) -> HeaderSizes {
        self.sizes
    }
}

/// The bytes of an uncompressed batch of this one record: what a broker compares with the limit.
///
/// A batch (v2) is 61 bytes and its records; a record is its length and: attributes (1), the deltas of
/// time and offset (1 each, being 0), key, value and headers, lengths as zigzag varints, -1 for null.
pub fn batch_size(record: &Outgoing<'_>, headers: HeaderSizes) -> u64 {
    const BATCH_OVERHEAD: u64 = 61;
    let body = 3 + sized(record.key) + sized(record.value) + varint(headers.count as i64) + headers.bytes;
    BATCH_OVERHEAD + varint(body as i64) + body
}

/// Bytes with the length before them.
fn sized(bytes: Option<&[u8]>) -> u64 {
    bytes.map_or(varint(-1), |bytes| varint(bytes.len() as i64) + bytes.len() as u64)
}

/// How many bytes a zigzag varint takes.
fn varint(value: i64) -> u64 {
    let zigzag = ((value << 1) ^ (value >> 63)) as u64;
    u64::from((64 - zigzag.leading_zeros()).div_ceil(7).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_are_measured_at_their_edges() {
        for (value, size) in [
            (0, 1),
            (-1, 1),
            (63, 1),
            (64, 2),
            (-64, 1),
            (8191, 2),
            (8192, 3),
            (1_048_575, 3),
            (1_048_576, 4),
        ] {
            assert_eq!(varint(value), size, "{value}");
        }
    }

    #[test]
    fn a_batch_of_one_record_is_measured_with_all_its_parts() {
        let mut record = Outgoing { key: None, value: None, headers: None, timestamp: None, partition: None };
        // 61 + length(1) + attributes, time, offset (3) + null key (1) + null value (1) + headers (1)
        assert_eq!(batch_size(&record, HeaderSizes::default()), 68);
        record.key = Some(b"");
        record.value = Some(b"{}");
        assert_eq!(batch_size(&record, HeaderSizes::default()), 70);
        let mut headers = HeaderSizes::default();
        headers.add(b"a", None);
        assert_eq!(batch_size(&record, headers), 73);
    }
}
