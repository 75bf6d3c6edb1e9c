//! How far each partition has been read, and which are done.
//!
//! A partition is done when its *position* reaches the end, never when a count does: the end may lie
//! behind a transaction marker, an aborted transaction or a gap that compaction has left, where no
//! record will ever come. Two things tell the position: a record (it is behind it), and the end of
//! the partition as the fetcher meets it (which counts markers and gaps).

use super::ranges::Range;

/// The partitions being read.
pub struct Slots {
    slots: Vec<Slot>,
    /// By place of the topic, then by partition: the place in `slots`.
    table: Vec<Vec<usize>>,
    open: usize,
}

struct Slot {
    end: i64,
    done: bool,
}

/// No such partition is read.
const NONE: usize = usize::MAX;

impl Slots {
    /// Reads `ranges`; without `bounded` they have no end.
    pub fn new(ranges: &[Range], bounded: bool) -> Self {
        let mut slots = Self { slots: Vec::with_capacity(ranges.len()), table: Vec::new(), open: 0 };
        for range in ranges {
            let partition = usize::try_from(range.partition).unwrap_or(0);
            if slots.table.len() <= range.topic {
                slots.table.resize(range.topic + 1, Vec::new());
            }
            let row = &mut slots.table[range.topic];
            if row.len() <= partition {
                row.resize(partition + 1, NONE);
            }
            row[partition] = slots.slots.len();
            let done = bounded && range.start >= range.end;
            slots.open += usize::from(!done);
            slots.slots.push(Slot { end: if bounded { range.end } else { i64::MAX }, done });
        }
        slots
    }

    /// Whether nothing is left to read.
    pub fn finished(&self) -> bool {
        self.open == 0
    }

    /// The slot of a partition that is still being read.
    pub fn find(&self, topic: usize, partition: i32) -> Option<usize> {
        let row = self.table.get(topic)?;
        let at = *row.get(usize::try_from(partition).ok()?)?;
        self.slots.get(at).filter(|slot| !slot.done).map(|_| at)
    }

    /// Whether the record at `offset` belongs to the range of a slot.
    pub fn wants(&self, slot: usize, offset: i64) -> bool {
        offset < self.slots[slot].end
    }

    /// The next offset to be read is `position`. Says whether that is the end of the slot.
    pub fn reached(&mut self, slot: usize, position: i64) -> bool {
        let slot = &mut self.slots[slot];
        if slot.done || position < slot.end {
            return false;
        }
        slot.done = true;
        self.open -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(topic: usize, partition: i32, start: i64, end: i64) -> Range {
        Range { topic, partition, start, end }
    }

    #[test]
    fn an_empty_range_is_done_before_it_starts() {
        assert!(Slots::new(&[range(0, 0, 5, 5)], true).finished());
        assert!(!Slots::new(&[range(0, 0, 5, 5)], false).finished(), "following never is");
    }

    #[test]
    fn the_position_ends_a_partition_and_not_the_count() {
        let mut slots = Slots::new(&[range(0, 0, 0, 10), range(1, 2, 0, 4)], true);
        let first = slots.find(0, 0).unwrap();
        assert!(slots.wants(first, 9) && !slots.wants(first, 10));
        assert!(!slots.reached(first, 9), "the last record was at 8; offset 9 is a marker");
        assert!(slots.reached(first, 10), "the fetcher has passed the marker");
        assert!(slots.find(0, 0).is_none() && !slots.reached(first, 11));
        let second = slots.find(1, 2).unwrap();
        assert!(!slots.finished());
        assert!(slots.reached(second, 7), "a record behind the end tells as much");
        assert!(slots.finished());
    }

    #[test]
    fn strangers_have_no_slot() {
        let slots = Slots::new(&[range(0, 3, 0, 1)], true);
        assert_eq!([slots.find(0, 0), slots.find(0, 4), slots.find(1, 3), slots.find(0, -1)], [None; 4]);
        assert_eq!(slots.find(0, 3), Some(0));
    }
}
