//! Which columns are worth a dictionary, judged by the first records of a file.
//!
//! The library begins every column of every row group with a dictionary, and gives it up once it has
//! grown past its bound. Where nearly each value is another (emails, UUIDs, hashes, times of day) that is
//! the dearest part of all encoding, and comes to nothing. Such columns begin with deltas at once.
//!
//! What is judged is the first batch, which is cut by accepted records alone, so the same records make the
//! same bytes.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::ArrowSchemaConverter;
use parquet::errors::Result;
use parquet::schema::types::ColumnPath;
use twox_hash::XxHash3_64;

/// Fewer values say nothing of those that follow.
const FEWEST: usize = 500;
/// More say nothing new.
const MOST: usize = 2048;
/// So many in a hundred must differ. Values that do are drawn from tens of thousands, whose dictionary
/// would pass its bound.
const PERCENT: usize = 99;

/// The columns that do without.
pub fn useless(batch: &RecordBatch) -> Result<Vec<ColumnPath>> {
    let columns = ArrowSchemaConverter::new().convert(&batch.schema())?;
    let mut leaves = Vec::with_capacity(columns.num_columns());
    batch.columns().iter().for_each(|column| gather(column, &mut leaves));
    let paths = columns.columns().iter().map(|column| column.path());
    Ok(paths.zip(&leaves).filter(|(_, leaf)| is_useless(leaf)).map(|(path, _)| path.clone()).collect())
}

/// What is stored of an array, in the order of Parquet's columns.
fn gather(array: &ArrayRef, leaves: &mut Vec<ArrayRef>) {
    match array.data_type() {
        DataType::Struct(_) => array.as_struct().columns().iter().for_each(|field| gather(field, leaves)),
        DataType::List(_) => gather(array.as_list::<i32>().values(), leaves),
        DataType::Map(..) => {
            let entries = array.as_map().entries();
            entries.columns().iter().for_each(|field| gather(field, leaves));
        }
        _ => leaves.push(ArrayRef::clone(array)),
    }
}

fn is_useless(leaf: &ArrayRef) -> bool {
    match leaf.data_type() {
        DataType::Utf8 => differ(leaf.as_string::<i32>().iter().flatten().map(str::as_bytes)),
        DataType::Binary => differ(leaf.as_binary::<i32>().iter().flatten()),
        kind => kind.primitive_width().is_some_and(|width| {
            let data = leaf.to_data();
            let bytes = data.buffers()[0].as_slice()[data.offset() * width..].chunks_exact(width);
            differ(
                bytes
                    .take(leaf.len())
                    .enumerate()
                    .filter(|(at, _)| leaf.is_valid(*at))
                    .map(|(_, value)| value),
            )
        }),
    }
}

/// Whether nearly all of these are different.
fn differ<'a>(values: impl Iterator<Item = &'a [u8]>) -> bool {
    let mut hashes: Vec<u64> = values.take(MOST).map(XxHash3_64::oneshot).collect();
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    count >= FEWEST && hashes.len() * 100 >= count * PERCENT
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int64Array, ListArray, StringArray, StructArray, types::Int64Type};
    use arrow_schema::{DataType, Field};

    use super::*;

    /// `rows` records with `id BIGINT, person STRUCT<name, city>, scores ARRAY<BIGINT>`.
    fn records(rows: i64) -> RecordBatch {
        let texts = |name: &str, of: &dyn Fn(i64) -> Option<String>| {
            let texts: StringArray = (0..rows).map(of).collect();
            (Arc::new(Field::new(name, DataType::Utf8, true)), Arc::new(texts) as ArrayRef)
        };
        // One in five is null: only values count.
        let name = texts("name", &|row| (row % 5 > 0).then(|| format!("name {row}")));
        let city = texts("city", &|row| Some(format!("city {}", row % 100)));
        let scores = (0..rows).map(|row| Some([Some(row), Some(-row - 1), None]));
        RecordBatch::try_from_iter([
            ("id", Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef),
            ("person", Arc::new(StructArray::from(vec![name, city]))),
            ("scores", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(scores))),
        ])
        .unwrap()
    }

    fn of(batch: &RecordBatch) -> Vec<String> {
        useless(batch).unwrap().iter().map(|path| path.string()).collect()
    }

    #[test]
    fn values_that_nearly_all_differ_have_no_dictionary_and_others_have_one() {
        let paths = of(&records(700));
        assert_eq!(paths.len(), 3, "{paths:?}");
        assert_eq!(paths[..2], ["id", "person.name"]);
        assert!(paths[2].starts_with("scores."), "{paths:?}");
    }

    #[test]
    fn what_is_sliced_is_judged_by_what_is_in_it() {
        let rows = records(1500).slice(1000, 500);
        assert!(of(&rows).contains(&"id".to_owned()));
        let same = Int64Array::from_iter_values((0..2000).map(|row| if row < 1000 { row } else { 7 }));
        let rows =
            RecordBatch::try_from_iter([("id", Arc::new(same) as ArrayRef)]).unwrap().slice(1000, 1000);
        assert_eq!(of(&rows), <[String; 0]>::default());
    }

    #[test]
    fn a_few_values_are_no_reason() {
        let paths = of(&records(FEWEST as i64 - 1));
        assert_eq!(paths.iter().filter(|path| !path.starts_with("scores")).count(), 0, "{paths:?}");
    }
}
