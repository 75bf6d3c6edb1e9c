//! Rhythm
