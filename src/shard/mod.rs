//! Cuts streams into shards at record borders. Every record is in exactly one shard: the one in
//! whose range its first byte lies, however far it reaches.
//!
//! Streams whose records are no lines are read whole, by the cutter of their notation.

mod fixed;
mod json;
mod lines;
mod multiline;
mod records;
mod xml;

pub use fixed::FixedCutter;
pub use json::JsonCutter;
pub use lines::{Block, Line, LineCutter, Lines};
pub use multiline::{BlockCutter, CsvCutter};
pub use records::{Cut, Records};
pub use xml::XmlCutter;

use crate::base::limits::SHARD_BYTES;
use serde::{Deserialize, Serialize};

/// A range of a stream: the records whose first byte lies in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// The stream.
    pub stream: u32,
    /// First byte.
    pub start: u64,
    /// The byte behind the last. For a packed stream, whose length is not known, the greatest number.
    pub end: u64,
}

/// Where to cut.
#[derive(Clone, Copy, Debug, Default)]
pub enum Cuts {
    /// Every `SHARD_BYTES`.
    #[default]
    Usual,
    /// At places drawn from a seed, `mean` bytes apart: for tests.
    Drawn {
        /// Usual distance between two cuts.
        mean: u64,
        /// What the places follow from.
        seed: u64,
    },
}

/// Cuts a stream of `size` bytes. The shards cover it without gap or overlap.
pub fn cut(stream: u32, size: u64, cuts: Cuts) -> Vec<Shard> {
    let mut shards = Vec::new();
    let mut start = 0;
    let mut state = match cuts {
        Cuts::Drawn { seed, .. } => seed ^ u64::from(stream).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        Cuts::Usual => 0,
    };
    while start < size {
        let length = match cuts {
            Cuts::Usual => SHARD_BYTES,
            Cuts::Drawn { mean, .. } => 1 + next(&mut state) % (2 * mean.max(1)),
        };
        let end = (start + length).min(size);
        shards.push(Shard { stream, start, end });
        start = end;
    }
    shards
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_cover_a_stream_without_gap_or_overlap() {
        for seed in 0..50 {
            let shards = cut(3, 10_000, Cuts::Drawn { mean: 700, seed });
            assert_eq!(shards.first().unwrap().start, 0);
            assert_eq!(shards.last().unwrap().end, 10_000);
            assert!(shards.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
    }
}
