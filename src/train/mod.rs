//! Logs that are made, not recorded: for tests, benchmarks and training. Seeded and
//! deterministic; every name and address in them is from the ranges set aside for examples.

mod random;
mod scenario;
mod traffic;

pub use random::Random;
pub use scenario::{
    CaseFile, Entities, Progress, Scenario, Truth, Vector, Wanted, generate, generate_telling,
};
pub use traffic::{Traffic, write_traffic};
