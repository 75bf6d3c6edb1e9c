//! From a text to what stands in its place.

use std::io::Write;

use md5::{Digest, Md5};

use super::hmac::HmacSha256;
use super::key::Key;

/// How values are replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Algorithm {
    /// Keyed: "KEYID.TAG", a string
    #[default]
    HmacSha256,
    /// Unkeyed and reversible by guessing: int(md5(text), 16), a number; for compatibility only
    Md5Int,
}

/// Writes tokens, as JSON.
pub enum Tokens {
    /// The default: `"KEYID.TAG"`.
    Keyed {
        /// The key, prepared.
        hmac: HmacSha256,
        /// `"KEYID.`, its opening quote included.
        prefix: String,
    },
    /// The tutorials' own function: the 128 bits of an MD5 as a decimal number.
    Md5Int,
}

impl Tokens {
    /// Tokens under `key`.
    pub fn keyed(key: &Key) -> Self {
        Tokens::Keyed { hmac: HmacSha256::new(key.bytes()), prefix: format!("\"{}.", key.id()) }
    }

    /// The id of the key, if there is a key.
    pub fn key_id(&self) -> Option<&str> {
        match self {
            Tokens::Keyed { prefix, .. } => Some(prefix.trim_matches(['"', '.'])),
            Tokens::Md5Int => None,
        }
    }

    /// Appends the token of `text` to `out`.
    #[inline]
    pub fn write(&self, text: &[u8], out: &mut Vec<u8>) {
        match self {
            Tokens::Keyed { hmac, prefix } => {
                out.extend_from_slice(prefix.as_bytes());
                push_hex(&hmac.tag(text), out);
                out.push(b'"');
            }
            Tokens::Md5Int => {
                let number = u128::from_be_bytes(Md5::digest(text).into());
                write!(out, "{number}").expect("a vector takes every write");
            }
        }
    }
}

/// Appends lower-case hex digits.
#[inline]
pub(super) fn push_hex(bytes: &[u8; 32], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = [0; 64];
    for (pair, byte) in hex.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    out.extend_from_slice(&hex);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(tokens: &Tokens, text: &str) -> String {
        let mut out = Vec::new();
        tokens.write(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    /// Frozen. Computed with Python's hashlib and hmac, as the module above shows.
    #[test]
    fn the_token_format_is_what_other_languages_compute() {
        let key = Key::from_bytes((0..32).collect::<Vec<u8>>().into());
        let tokens = Tokens::keyed(&key);
        assert_eq!(
            token(&tokens, "9829"),
            "\"4159f267.fff80455049902d2e9fd616d97efbf9ba2a58c757672eebb01f97d51cb19a6b8\""
        );
        assert_eq!(
            token(&tokens, "umut@exämple.com"),
            "\"4159f267.f05a5e4659a4c4575c08786da93a27eaead2c06abd9a4a474f4782f1be985e98\""
        );
    }

    #[test]
    fn md5_int_is_what_the_tutorials_compute() {
        // int(hashlib.md5(str(9829).encode()).hexdigest(), 16)
        assert_eq!(token(&Tokens::Md5Int, "9829"), "249871892934994731971212345394426995717");
        assert_eq!(token(&Tokens::Md5Int, ""), "281949768489412648962353822266799178366");
    }
}
