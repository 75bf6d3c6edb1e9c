//! Random numbers that are the same on every machine and in every release: SplitMix64.
//!
//! A sequence is named by a key and a number, so that of many sequences any can be made without the
//! ones before it. Not for secrets: those are [`fill`]ed by the operating system.

use super::exit::{Error, Result};

/// The golden ratio in 64 bits: the step of SplitMix64.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A sequence of random numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence `number` under `key`.
    pub fn of(key: u64, number: u64) -> Self {
        Self(mix(key ^ mix(number)))
    }

    /// 64 more bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number below `limit`. The bias is below `limit / 2^64`: nobody will see it.
    #[inline]
    pub fn below(&mut self, limit: u64) -> u64 {
        multiply_high(self.bits(), limit)
    }

    /// One of `items`, which must not be empty.
    #[inline]
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// Many small draws out of one number.
    #[inline]
    pub fn fraction(&mut self) -> Fraction {
        Fraction(self.bits())
    }
}

/// Bits that nobody can foresee: where a repeatable sequence is not wanted, they are its key.
pub fn unpredictable() -> Result<u64> {
    let mut bits = [0; 8];
    fill(&mut bits)?;
    Ok(u64::from_ne_bytes(bits))
}

/// Fills `bytes` with the operating system's random numbers: these are good for secrets.
pub fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|cause| Error::temporary(format!("no random numbers from the system: {cause}")))
}

/// A number in [0, 1) of which digits are broken off, in whatever base: good for some 15 of them.
pub struct Fraction(u64);

impl Fraction {
    /// The next digit in base `limit`.
    #[inline]
    pub fn below(&mut self, limit: u64) -> u64 {
        let digit = multiply_high(self.0, limit);
        self.0 = self.0.wrapping_mul(limit);
        digit
    }
}

#[inline]
fn multiply_high(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 64) as u64
}

/// The finaliser of SplitMix64: one to one, and every bit of the input moves every bit of the output.
#[inline]
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_splitmix64() {
        // The first numbers of the published algorithm from state 1234567.
        let mut random = Random(1234567);
        assert_eq!(random.bits(), 6457827717110365317);
        assert_eq!(random.bits(), 3203168211198807973);
    }

    #[test]
    fn draws_stay_below_their_limit_and_reach_every_value() {
        let mut random = Random::of(1, 2);
        let mut seen = [0; 10];
        for _ in 0..1_000 {
            seen[random.below(10) as usize] += 1;
            seen[random.fraction().below(10) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| count > 120), "{seen:?}");
    }
}
