//! Users: the records of the randomuser API, fetched from it ([`api`]) or made here ([`generator`]).
//!
//! Both sides speak of the same nationalities ([`nationality`]) and repeat themselves by the same
//! clock ([`rhythm`]). What comes out is one user a line, some 1,080 bytes, irregular as real data
//! is: postcodes that are now a number and now a text, ids without a value, names in many scripts.
pub mod api;
pub mod gender;
pub mod generator;
pub mod nationality;
pub mod rhythm;
