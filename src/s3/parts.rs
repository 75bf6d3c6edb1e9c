//! How a stream of unknown length is cut into the parts of a multipart upload, and the bounded set
//! of buffers that the parts are collected in.
//!
//! S3 takes at most 10,000 parts of 5 MiB to 5 GiB. A part must be in memory as a whole before it is
//! sent: its length stands in the request, and a retry sends it again. So the size of a part is a
//! price in memory, and 10,000 times that size is the largest object. Parts therefore start small
//! and grow late: a large object costs 32 MiB, and the ceiling is still hundreds of GiB.
//!
//! | part        | size (from 8 MiB) | buffers | memory  | object up to |
//! |-------------|-------------------|---------|---------|--------------|
//! | none        |                   | 1       | 24 MiB  | 24 MiB       |
//! | 1-2,000     | 8 MiB             | 4       | 32 MiB  | 15.6 GiB     |
//! | 2,001-3,500 | 16 MiB            | 4       | 64 MiB  | 39 GiB       |
//! | 3,501-5,000 | 32 MiB            | 2       | 64 MiB  | 85.9 GiB     |
//! | 5,001-6,500 | 64 MiB            | 2       | 128 MiB | 179.7 GiB    |
//! | 6,501-10,000| 128 MiB           | 2       | 256 MiB | 617.2 GiB    |
//!
//! What fits into the first buffer is sent in one request, instead of the five that its parts would
//! take; memory that is not filled is not there. Of a larger object that buffer holds the first three
//! parts, stands for three of the four buffers until they have arrived, and is one of them after that.
//! A start of one's own (`--part-size`) scales the table, and then the first buffer is one part.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use bytes::Bytes;

/// The smallest part that S3 takes, except for the last one.
pub const SMALLEST: u64 = 5 << 20;
/// The largest part that S3 takes.
pub const LARGEST: u64 = 5 << 30;
/// How many parts S3 takes.
pub const MOST: u32 = 10_000;
/// The size of the first part unless the user says otherwise.
pub const DEFAULT: u64 = 8 << 20;
/// How many parts the first buffer holds then.
const LEAD: u32 = 3;

/// Parts of the first size, before they grow.
const STEADY: u32 = 2_000;
/// Parts of each size after that.
const STEP: u32 = 1_500;
/// How often the size doubles.
const DOUBLINGS: u32 = 4;
/// Up to this part size four buffers are worth their memory; above it, two.
const FOUR_BUFFERS: u64 = 16 << 20;

/// The sizes of the parts, by number.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    first: u64,
    /// How many parts the first buffer holds.
    lead: u32,
}

impl Schedule {
    /// A schedule that starts with parts of `first` bytes.
    pub fn starting(first: u64) -> Result<Self, String> {
        if (SMALLEST..=LARGEST).contains(&first) {
            return Ok(Self { first, lead: 1 });
        }
        Err(format!("a part has 5MiB to 5GiB, not {first} bytes; write 8MiB"))
    }

    /// The size of part `number`, counted from 1.
    pub fn size(self, number: u32) -> u64 {
        let doublings = number.saturating_sub(STEADY).div_ceil(STEP).min(DOUBLINGS);
        (self.first << doublings).min(LARGEST)
    }

    /// The size of the buffer whose first bytes are those of part `number`: of one part, but for the
    /// first one, which is as large as an object of one request.
    pub fn buffer_size(self, number: u32) -> u64 {
        if number == 1 { self.first * u64::from(self.lead) } else { self.size(number) }
    }

    /// For how many buffers the one counts whose first bytes are those of part `number`.
    fn weight(self, number: u32) -> usize {
        if number == 1 { self.lead as usize } else { 1 }
    }

    /// The largest object: all parts together.
    pub fn ceiling(self) -> u64 {
        (1..=MOST).map(|number| self.size(number)).sum()
    }

    /// How many buffers of the size of part `number` there may be: one filling, the others on
    /// their way.
    fn buffer_count(self, number: u32) -> usize {
        if self.size(number) <= FOUR_BUFFERS { 4 } else { 2 }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self { first: DEFAULT, lead: LEAD }
    }
}

/// The buffers of one upload. [`Pool::take`] waits until one is free, which is what slows the input
/// down to the speed of the store.
pub struct Pool {
    schedule: Schedule,
    free: Receiver<Vec<u8>>,
    back: SyncSender<Vec<u8>>,
    /// Buffers in existence, whether free or lent; the first one counts for as many as its parts.
    count: usize,
}

impl Pool {
    /// An empty pool; buffers come into being when they are first needed.
    pub fn new(schedule: Schedule) -> Self {
        let (back, free) = sync_channel(schedule.buffer_count(1));
        Self { schedule, free, back, count: 0 }
    }

    /// An empty buffer for what begins with part `number`.
    pub fn take(&mut self, number: u32) -> Vec<u8> {
        let size = self.schedule.buffer_size(number) as usize;
        let allowed = self.schedule.buffer_count(number);
        loop {
            let mut buffer = match self.free.try_recv() {
                Ok(buffer) => buffer,
                Err(_) if self.count < allowed => {
                    self.count += self.schedule.weight(number);
                    Vec::new()
                }
                // The pool holds a sender itself, so this ends only with a buffer.
                Err(_) => self.free.recv().unwrap_or_default(),
            };
            buffer.clear();
            if buffer.capacity() >= 2 * size {
                // The first one, whose parts have arrived. Its end goes back to the system. An allocator may round
                // a size up, but not to twice of it.
                buffer.shrink_to(size);
                self.count -= self.schedule.weight(1) - 1;
            }
            if self.count > allowed {
                self.count -= 1;
                continue;
            }
            if buffer.capacity() < size {
                // A new allocation: growing the old one would hold both and copy for nothing.
                buffer = Vec::with_capacity(size);
            }
            return buffer;
        }
    }

    /// The filled buffer as bytes to send; it comes back when the last clone is dropped.
    pub fn lend(&self, buffer: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent { buffer, back: self.back.clone() })
    }
}

/// A buffer on its way to the store.
struct Lent {
    buffer: Vec<u8>,
    back: SyncSender<Vec<u8>>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // The channel has room for every buffer there can be; without a pool the buffer is freed.
        let _ = self.back.try_send(std::mem::take(&mut self.buffer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_never_shrink_and_stay_within_what_s3_takes() {
        for first in [SMALLEST, DEFAULT, 64 << 20, 1 << 30, LARGEST] {
            let schedule = Schedule::starting(first).unwrap();
            let sizes: Vec<u64> = (1..=MOST).map(|number| schedule.size(number)).collect();
            assert_eq!(sizes[0], first);
            assert!(sizes.windows(2).all(|pair| pair[0] <= pair[1]));
            assert!(sizes.iter().all(|size| (SMALLEST..=LARGEST).contains(size)));
        }
        assert!(Schedule::starting(SMALLEST - 1).is_err() && Schedule::starting(LARGEST + 1).is_err());
    }

    #[test]
    fn the_ceiling_and_the_memory_are_what_the_documentation_says() {
        let schedule = Schedule::default();
        let gib = |bytes: u64| (bytes as f64 / f64::from(1 << 30) * 10.0).round() / 10.0;
        assert_eq!(gib(schedule.ceiling()), 617.2);
        let upto = |last: u32| gib((1..=last).map(|number| schedule.size(number)).sum());
        assert_eq!([upto(2_000), upto(3_500), upto(5_000), upto(6_500)], [15.6, 39.1, 85.9, 179.7]);
        let memory = |number: u32| (schedule.size(number) * schedule.buffer_count(number) as u64) >> 20;
        assert_eq!([4, 2_001, 3_501, 5_001, 6_501, MOST].map(memory), [32, 64, 64, 128, 256, 256]);
        assert_eq!(schedule.buffer_size(1) >> 20, 24);
    }

    #[test]
    fn a_size_of_ones_own_is_that_of_the_first_buffer_too() {
        for first in [SMALLEST, DEFAULT, LARGEST] {
            assert_eq!(Schedule::starting(first).unwrap().buffer_size(1), first);
        }
    }

    #[test]
    fn a_pool_waits_for_a_buffer_to_come_back() {
        let mut pool = Pool::new(Schedule::default());
        let lent = [1, 4].map(|number| pool.take(number)).map(|buffer| pool.lend(buffer));
        assert_eq!((pool.count, lent.len()), (4, 2), "the first counts for three");
        assert!(pool.free.try_recv().is_err(), "all of them are lent");
        let waker = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            drop(lent);
        });
        assert_eq!(pool.take(5).capacity(), DEFAULT as usize);
        waker.join().unwrap();
        assert_eq!(pool.count, 2, "the first is one of one part now");
        let more = [6, 7, 8].map(|number| pool.take(number));
        assert_eq!((pool.count, more.map(|buffer| buffer.capacity())), (4, [DEFAULT as usize; 3]));
    }

    #[test]
    fn a_pool_gives_buffers_up_when_parts_grow() {
        let mut pool = Pool::new(Schedule::default());
        let first = pool.take(1);
        drop(pool.lend(first));
        let taken: Vec<Vec<u8>> = (4..=7).map(|number| pool.take(number)).collect();
        taken.into_iter().for_each(|buffer| drop(pool.lend(buffer)));
        let large = pool.take(3_501);
        assert_eq!((pool.count, large.capacity()), (2, 32 << 20));
    }
}
