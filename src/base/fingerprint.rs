//! Fingerprints: 64-bit stand-ins for values that are compared often and shown seldom.
//!
//! They are XXH3, seeded from the input of the check: the same on every platform, and nobody who
//! writes a single log line can know which values collide. Two different values of one check
//! share a fingerprint with a chance below one in a million for a million distinct values.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Stands for a value.
pub type Fingerprint = u64;

/// The seed of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seed(pub u64);

impl Seed {
    /// The fingerprint of a value.
    #[inline]
    pub fn of(self, value: &[u8]) -> Fingerprint {
        xxh3_64_with_seed(value, self.0)
    }

    /// The fingerprint of a value within another one, such as a path on a host.
    #[inline]
    pub fn within(self, outer: Fingerprint, value: &[u8]) -> Fingerprint {
        xxh3_64_with_seed(value, self.0 ^ outer)
    }
}
