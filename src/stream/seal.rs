//! Seals.

/// What a sealed stream says of itself in its opening.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The nonce that names this stream.
    pub nonce: String,
}
