//! The footer of a Parquet file alone: how many rows there are, and what its maker noted.
//!
//! In: the last bytes of a file. Out: a [`Footer`], or how many bytes more are needed. For readers that
//! want to know many files and read none of them.

use parquet::errors::ParquetError;
use parquet::file::metadata::{FooterTail, ParquetMetaDataReader};

use super::encoder::OWN_KEYS;
use super::guard::fenced;
use crate::batch::lineage;
use crate::stream::seal::Range;

/// The length of the footer's length and the magic behind it.
const TAIL: usize = 8;
/// A footer longer than this is taken for damage rather than read into memory.
const LONGEST: usize = 64 << 20;

/// What the end of a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footer {
    /// How many rows the file has.
    pub rows: u64,
    /// The range of Kafka that it holds, if it says so.
    pub range: Option<Range>,
}

/// What the last bytes of a file amount to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The footer.
    Whole(Footer),
    /// It is longer than that: so many bytes from the end of the file are needed.
    Longer(usize),
    /// This is no Parquet file, or a damaged one.
    Damaged,
}

/// Reads the footer in the last bytes of a file.
pub fn read(end: &[u8]) -> End {
    fenced(|| decode(end)).unwrap_or(End::Damaged)
}

fn decode(end: &[u8]) -> Result<End, ParquetError> {
    let Some((before, tail)) = end.split_last_chunk::<TAIL>() else { return Ok(End::Damaged) };
    let length = FooterTail::try_new(tail)?.metadata_length();
    if length > LONGEST {
        return Ok(End::Damaged);
    }
    let Some(start) = before.len().checked_sub(length) else { return Ok(End::Longer(length + TAIL)) };
    let metadata = ParquetMetaDataReader::decode_metadata(&before[start..])?;
    let file = metadata.file_metadata();
    let pairs = file.key_value_metadata().map_or(&[][..], Vec::as_slice);
    let noted = |name: &str| {
        let pair = pairs.iter().find(|pair| pair.key.strip_prefix(OWN_KEYS) == Some(name))?;
        pair.value.as_deref()
    };
    Ok(End::Whole(Footer { rows: file.num_rows().max(0).unsigned_abs(), range: lineage::read(noted) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parquet::encoder::ParquetEncoder;
    use crate::parquet::writer::Options;
    use crate::schema::{Unknown, ddl};
    use crate::stream::Encoder;
    use crate::stream::seal::Sealed;

    fn range() -> Range {
        Range {
            topic: "users".into(),
            topic_id: "bQpS2sVYQ7K1nCJ2pkWXgA".into(),
            partition: 3,
            first_offset: 5,
            end_offset: 9,
        }
    }

    #[derive(Clone, Default)]
    struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

    impl std::io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn file() -> Vec<u8> {
        let schema = ddl::parse("name STRING").unwrap();
        let mut encoder = ParquetEncoder::new(&schema, Unknown::Reject, Options::default()).unwrap();
        let sealed = Sealed { range: Some(range()), ..Sealed::new("0".into()).unwrap() };
        let out = Shared::default();
        encoder.start(Box::new(out.clone()), Some(&sealed)).unwrap();
        encoder.finish(&[]).unwrap();
        std::mem::take(&mut *out.0.lock().unwrap())
    }

    #[test]
    fn the_end_of_a_file_is_enough() {
        let file = file();
        let End::Longer(needed) = read(&file[file.len() - TAIL..]) else { panic!("the footer is longer") };
        let footer = Footer { rows: 0, range: Some(range()) };
        assert_eq!(read(&file[file.len() - needed..]), End::Whole(footer.clone()));
        assert_eq!(read(&file), End::Whole(footer));
    }

    #[test]
    fn what_is_no_parquet_is_damaged() {
        assert_eq!(read(b""), End::Damaged);
        assert_eq!(read(b"{\"a\":1}\n{\"a\":2}\n"), End::Damaged);
        assert_eq!(read(b"\xff\xff\xff\xffPAR1"), End::Damaged, "a footer of 4 GiB");
        let mut file = file();
        let at = file.len() - 60;
        file[at..].iter_mut().take(40).for_each(|byte| *byte ^= 0x5a);
        assert_eq!(read(&file), End::Damaged);
    }
}
