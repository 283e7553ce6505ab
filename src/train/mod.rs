//! Logs that are made, not recorded: for tests, benchmarks and training; and exercises on them.
//! Seeded and deterministic; every name and address in them is from the ranges set aside for
//! examples.

pub mod exercise;
mod random;
mod scenario;
mod traffic;

pub use random::Random;
pub use scenario::{
    CaseFile, Entities, Extra, Extras, Progress, Scenario, Shows, Step, Truth, Vector, Wanted,
    generate, generate_telling, truth_of,
};
pub use traffic::{Traffic, write_traffic};
