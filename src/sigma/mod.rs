//! Sigma rules.

pub mod correlate;
