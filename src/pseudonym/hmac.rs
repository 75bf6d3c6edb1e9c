//! HMAC-SHA256 (RFC 2104) for many short messages under one key.
//!
//! The states after the two key blocks are computed once, so that a message of up to 55 bytes costs
//! two compressions instead of four. `sha2` finds the SHA instructions of the machine at run time.

use sha2::block_api::compress256;
use zeroize::Zeroize;

const BLOCK: usize = 64;

/// The initial state of SHA-256 (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A key, ready to authenticate messages. Wiped when dropped: its states are as good as the key.
pub struct HmacSha256 {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl HmacSha256 {
    /// Prepares `key`, of any length.
    pub fn new(key: &[u8]) -> Self {
        let mut block = [0; BLOCK];
        if key.len() > BLOCK {
            block[..32].copy_from_slice(&digest(INITIAL, 0, key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let hmac = Self { inner: keyed_state(&block, 0x36), outer: keyed_state(&block, 0x5c) };
        block.zeroize();
        hmac
    }

    /// The tag of `message`.
    #[inline]
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        digest(self.outer, BLOCK, &digest(self.inner, BLOCK, message))
    }
}

impl Drop for HmacSha256 {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// The state after the key block, every byte of it masked with `pad`.
fn keyed_state(key: &[u8; BLOCK], pad: u8) -> [u32; 8] {
    let mut block = key.map(|byte| byte ^ pad);
    let mut state = INITIAL;
    compress256(&mut state, &[block]);
    block.zeroize();
    state
}

/// SHA-256 of `message`, from a state in which `before` bytes (whole blocks) are already absorbed.
#[inline]
fn digest(mut state: [u32; 8], before: usize, message: &[u8]) -> [u8; 32] {
    let (blocks, rest) = message.as_chunks::<BLOCK>();
    compress256(&mut state, blocks);
    let mut last = [[0; BLOCK]; 2];
    let flat = last.as_flattened_mut();
    flat[..rest.len()].copy_from_slice(rest);
    flat[rest.len()] = 0x80;
    // The length needs 8 bytes behind the 0x80.
    let used = if rest.len() + 9 <= BLOCK { 1 } else { 2 };
    let bits = 8 * (before + message.len()) as u64;
    flat[used * BLOCK - 8..used * BLOCK].copy_from_slice(&bits.to_be_bytes());
    compress256(&mut state, &last[..used]);
    let mut out = [0; 32];
    for (bytes, word) in out.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    out
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::run::units::hex;

    #[test]
    fn the_vectors_of_rfc_4231() {
        let long = b"This is a test using a larger than block-size key and a larger than block-size data. \
                     The key needs to be hashed before being used by the HMAC algorithm.";
        let counting: Vec<u8> = (1..=25).collect();
        let cases: [(&[u8], &[u8], &str); 6] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (&counting, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (&[0xaa; 131], long, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
        ];
        for (key, message, tag) in cases {
            assert_eq!(hex(&HmacSha256::new(key).tag(message)), tag);
        }
    }

    /// RFC 2104 to the letter, on the ordinary interface of `sha2`.
    fn plain_hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
        let hashed = Sha256::digest(key);
        let mut block = [0; BLOCK];
        let key = if key.len() > BLOCK { &hashed[..] } else { key };
        block[..key.len()].copy_from_slice(key);
        let inner =
            Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
        Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
    }

    #[test]
    fn every_length_of_key_and_message_agrees_with_the_plain_construction() {
        let bytes: Vec<u8> = (0..300u32).map(|number| (number * 7 + 3) as u8).collect();
        for key_length in [0, 1, 31, 32, 63, 64, 65, 200] {
            let key = &bytes[..key_length];
            let hmac = HmacSha256::new(key);
            for length in 0..bytes.len() {
                let message = &bytes[..length];
                assert_eq!(hmac.tag(message)[..], plain_hmac(key, message), "{key_length}, {length}");
            }
        }
    }
}
