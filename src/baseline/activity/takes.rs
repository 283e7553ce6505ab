//! How many documents were taken when, in times of five minutes.

use crate::base::{Instant, Merge};
use serde::{Deserialize, Serialize};

/// Seconds over which documents taken are counted together.
const TAKE_SECS: i64 = 300;
/// Such times without a document that end a stretch of work: an hour.
const PAUSE: i32 = 12;

/// Documents taken by time, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takes(Vec<(i32, u32)>);

impl Takes {
    /// One document.
    pub fn of(at: Instant) -> Self {
        Self(vec![(at.div_euclid(TAKE_SECS) as i32, 1)])
    }

    /// Counts a document.
    pub fn note(&mut self, at: Instant) {
        self.add(at.div_euclid(TAKE_SECS) as i32, 1);
    }

    fn add(&mut self, time: i32, count: u32) {
        match self.0.binary_search_by_key(&time, |known| known.0) {
            Ok(place) => self.0[place].1 += count,
            Err(place) => self.0.insert(place, (time, count)),
        }
    }

    /// Documents of the times that a span touches.
    pub fn within(&self, (from, until): (Instant, Instant)) -> u64 {
        let times = from.div_euclid(TAKE_SECS) as i32..=until.div_euclid(TAKE_SECS) as i32;
        let inside = self.0.iter().filter(|(time, _)| times.contains(time));
        inside.map(|(_, count)| u64::from(*count)).sum()
    }

    /// The whole times that a span touches.
    pub const fn whole((from, until): (Instant, Instant)) -> (Instant, Instant) {
        let (first, last) = (from.div_euclid(TAKE_SECS), until.div_euclid(TAKE_SECS));
        (first * TAKE_SECS, last * TAKE_SECS + TAKE_SECS - 1)
    }

    /// The documents of some hours of the day, UTC.
    pub fn in_hours(&self, is: impl Fn(i64) -> bool) -> Self {
        let is_then =
            |time: i32| is((i64::from(time) * TAKE_SECS).div_euclid(3_600).rem_euclid(24));
        Self(self.0.iter().copied().filter(|(time, _)| is_then(*time)).collect())
    }

    /// All documents.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| u64::from(*count)).sum()
    }

    /// From when to when something was taken, without an hour's pause.
    pub fn stretches(&self) -> impl Iterator<Item = (Instant, Instant)> {
        self.0.chunk_by(|a, b| b.0 - a.0 <= PAUSE).filter_map(|stretch| {
            let (first, last) = (stretch.first()?.0, stretch.last()?.0);
            Some(Self::whole((i64::from(first) * TAKE_SECS, i64::from(last) * TAKE_SECS)))
        })
    }
}

impl Merge for Takes {
    fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(time, count)| self.add(time, count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_without_documents_ends_a_stretch() {
        let mut takes = Takes::default();
        for at in [30, 900, 4_000, 7_900, 7_901] {
            takes.note(at);
        }
        let stretches: Vec<_> = takes.stretches().collect();
        assert_eq!(stretches, [(0, 4_199), (7_800, 8_099)]);
        assert_eq!((takes.within(stretches[0]), takes.within(stretches[1])), (3, 2));
        let at = |hour: i64| takes.in_hours(|of| of == hour).count();
        assert_eq!((at(0), at(2), takes.count()), (2, 2, 5));
    }
}
