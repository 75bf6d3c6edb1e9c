//! Finished pages, until their row group is written.
//!
//! A page arrives in memory that was reserved for the worst its compression could make of it, half of it
//! empty. The library keeps it like that until the row group ends, and so each page makes the next one
//! begin in memory that the system has to hand out anew.

use bytes::Bytes;
use parquet::arrow::arrow_writer::{PageKey, PageStore, PageStoreArgs, PageStoreFactory};
use parquet::errors::{ParquetError, Result};

/// Keeps each page in memory of its own size.
#[derive(Debug)]
pub struct Fitting;

impl PageStoreFactory for Fitting {
    fn create(&self, _: &PageStoreArgs<'_>) -> Result<Box<dyn PageStore>> {
        Ok(Box::new(Pages::default()))
    }
}

/// The pages of one column of a row group.
#[derive(Default)]
struct Pages {
    kept: Vec<Bytes>,
}

impl PageStore for Pages {
    fn put(&mut self, page: Bytes) -> Result<PageKey> {
        let key = PageKey::new(self.kept.len() as u64);
        self.kept.push(Bytes::copy_from_slice(&page));
        Ok(key)
    }

    fn take(&mut self, key: PageKey) -> Result<Bytes> {
        let place = usize::try_from(key.get()).ok().and_then(|index| self.kept.get_mut(index));
        let page = place.map(std::mem::take);
        page.ok_or_else(|| ParquetError::General(format!("there is no page {}", key.get())))
    }

    fn memory_size(&self) -> usize {
        self.kept.iter().map(Bytes::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_taken_once_and_is_what_was_put() {
        let mut pages = Pages::default();
        let mut roomy = Vec::with_capacity(1 << 20);
        roomy.extend_from_slice(b"page");
        let keys = [Bytes::from_static(b"header"), roomy.into()].map(|page| pages.put(page).unwrap());
        assert_eq!(pages.memory_size(), 10);
        assert_eq!(pages.take(keys[1]).unwrap(), "page");
        assert_eq!(pages.take(keys[0]).unwrap(), "header");
        assert_eq!(pages.memory_size(), 0);
        assert!(pages.take(PageKey::new(2)).is_err());
    }
}
