//! Pseudonyms: the same value gives the same token under one key, and no one without the key can
//! go back or guess.
//!
//! A plain hash would not do: a five-digit postcode has 100,000 possible values, and hashing them
//! all takes milliseconds. So the default is a keyed hash, HMAC-SHA256, and there is no default key.
//! The output still is personal data to whoever holds the key.
//!
//! # The token, and how to compute it elsewhere
//!
//! ```text
//! token = "KEYID.TAG"
//! KEYID = the first 8 hex digits of SHA-256("sluicebox key id 1" 0x00 KEY)
//! TAG   = HMAC-SHA256(KEY, TEXT), 64 lower-case hex digits
//! ```
//!
//! Hex rather than base64, because every database and language prints a digest that way. TEXT is in
//! UTF-8, and is
//! - of a string, its text: escapes are resolved (`"\u0041"` is `A`), a lone surrogate is refused;
//! - of a number, its spelling in the record, so that `9829` and `"9829"` have one token; `9829.0`
//!   is spelled differently and has another;
//! - of a boolean, `true` or `false`;
//! - then normalised, where that was asked for: see [`Normalize`].
//!
//! `null` stays `null`; an object or an array is refused. KEY is what stands in base64url (RFC 4648)
//! behind the colon of the key file: see [`Key`]. In Python:
//!
//! ```text
//! line = next(l for l in open("hash.key") if l.startswith("sluicebox-key-1:"))
//! key = base64.urlsafe_b64decode(line.split(":")[1].strip() + "==")
//! keyid = hashlib.sha256(b"sluicebox key id 1\0" + key).hexdigest()[:8]
//! token = keyid + "." + hmac.new(key, text.encode(), "sha256").hexdigest()
//! ```
mod fields;
mod hmac;
mod key;
mod normalize;
mod tally;
mod token;

pub use fields::{Fields, Missing};
pub use hmac::HmacSha256;
pub use key::{Key, KeyFile};
pub use normalize::{Normalization, Normalize};
pub use token::{Algorithm, Tokens};
