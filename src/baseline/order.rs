//! In which order records stand: places where time steps back for good.
//!
//! Servers write a record when a request ends and often stamp it with its start, so a lone record
//! that is older than its neighbours is a long request and no step. Time has stepped back where
//! `AFTER` records in a row are older than the one before them.

use crate::base::{Instant, Location, Merge};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds by which time must step back.
pub const STEP_SECS: i64 = 60;
/// Records in a row that must be older.
const AFTER: usize = 4;
/// Steps kept with their place for one shard; the rest is counted.
const KEPT: usize = 8;

/// A record with its time.
pub type Mark = (Instant, Location);

/// A place where time steps back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reversal {
    /// The last record before the step.
    pub before: Mark,
    /// The first record behind it.
    pub after: Mark,
}

/// The records of one shard, as far as their order goes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Segment {
    /// Records with a time.
    pub records: u64,
    /// The first ones, at most `AFTER`.
    head: Vec<Mark>,
    /// The last ones, at most `AFTER + 1`, also those that are in `head`: a ring.
    tail: Vec<Mark>,
    /// Where the oldest of them stands.
    oldest: usize,
    /// Steps inside it.
    steps: u64,
    kept: Vec<Reversal>,
}

impl Segment {
    /// Takes the next record of the shard.
    #[inline]
    pub fn push(&mut self, at: Instant, location: Location) {
        self.records += 1;
        let mark = (at, location);
        if self.head.len() < AFTER {
            self.head.push(mark);
        }
        if self.tail.len() <= AFTER {
            self.tail.push(mark);
        } else {
            self.tail[self.oldest] = mark;
            self.oldest = if self.oldest == AFTER { 0 } else { self.oldest + 1 };
        }
        // Only when this record is older than the one at the window's start can there be a step.
        if at < self.tail[self.oldest].0 - STEP_SECS
            && let Some(step) = step_in(&self.last())
        {
            self.count(step);
        }
    }

    /// The last records in their order.
    fn last(&self) -> Vec<Mark> {
        let (behind, before) = self.tail.split_at(self.oldest.min(self.tail.len()));
        [before, behind].concat()
    }

    fn count(&mut self, step: Reversal) {
        self.steps += 1;
        if self.kept.len() < KEPT {
            self.kept.push(step);
        }
    }
}

/// The step at the start of a window of `AFTER + 1` records.
#[inline]
fn step_in(window: &[Mark]) -> Option<Reversal> {
    let (before, after) = window.split_first()?;
    let is_step = after.len() == AFTER && after.iter().all(|mark| mark.0 < before.0 - STEP_SECS);
    is_step.then(|| Reversal { before: *before, after: after[0] })
}

/// The segments of every stream by the first byte of their shards.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Order {
    segments: BTreeMap<(u32, u64), Segment>,
}

impl Order {
    /// Takes what a shard saw.
    pub fn add(&mut self, stream: u32, start: u64, segment: Segment) {
        self.segments.insert((stream, start), segment);
    }

    /// The first few records of a stream and the last one; none where no record has a time.
    pub fn ends(&self, stream: u32) -> Option<(Vec<Mark>, Mark)> {
        let segments = self.segments.range((stream, 0)..=(stream, u64::MAX));
        let segments = segments.map(|(_, segment)| segment);
        let first = segments.clone().flat_map(|segment| &segment.head).take(AFTER);
        let last = segments.rev().find_map(|segment| segment.last().last().copied())?;
        Some((first.copied().collect(), last))
    }

    /// The records of a stream, its steps, and the first few of them with their places.
    pub fn of(&self, stream: u32) -> (u64, u64, Vec<Reversal>) {
        let mut whole = Segment::default();
        let mut records = 0;
        for (_, segment) in self.segments.range((stream, 0)..=(stream, u64::MAX)) {
            records += segment.records;
            whole.append(segment);
        }
        (records, whole.steps, whole.kept)
    }
}

impl Segment {
    /// Puts the next shard's segment behind this one, and finds the steps across the border.
    fn append(&mut self, next: &Self) {
        let border: Vec<Mark> = self.last().into_iter().chain(next.head.iter().copied()).collect();
        // A window is across the border when it begins before it and ends behind it.
        for from in 0..self.tail.len() {
            let window = border.get(from..from + AFTER + 1);
            let crosses = from + AFTER + 1 > self.tail.len();
            if let (true, Some(step)) = (crosses, window.and_then(step_in)) {
                self.count(step);
            }
        }
        self.steps += next.steps;
        self.kept.extend(next.kept.iter().take(KEPT - self.kept.len().min(KEPT)).copied());
        self.records += next.records;
        self.tail = [self.last(), next.last()].concat();
        self.oldest = 0;
        let surplus = self.tail.len().saturating_sub(AFTER + 1);
        self.tail.drain(..surplus);
    }
}

impl Merge for Order {
    fn merge(&mut self, other: Self) {
        self.segments.extend(other.segments);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(times: &[i64]) -> Vec<Mark> {
        let place = |at: usize| Location {
            stream: 0,
            length: 1,
            offset: at as u64 * 10,
            line: 0,
            record: 0,
        };
        times.iter().enumerate().map(|(at, time)| (*time, place(at))).collect()
    }

    fn order(marks: &[Mark], cuts: &[usize]) -> Order {
        let mut order = Order::default();
        let mut from = 0;
        for to in cuts.iter().copied().chain([marks.len()]) {
            let mut segment = Segment::default();
            marks[from..to].iter().for_each(|mark| segment.push(mark.0, mark.1));
            order.add(0, from as u64 * 10, segment);
            from = to;
        }
        order
    }

    #[test]
    fn a_clock_set_back_is_a_step_and_a_long_request_is_none() {
        let step = marks(&[0, 10, 500, 510, 100, 110, 120, 130, 140]);
        let (records, steps, kept) = order(&step, &[]).of(0);
        assert_eq!((records, steps), (9, 1));
        assert_eq!((kept[0].before.0, kept[0].after.0), (510, 100));
        let long_request = marks(&[0, 10, 500, 510, 100, 520, 530, 540, 550]);
        assert_eq!(order(&long_request, &[]).of(0).1, 0);
    }

    #[test]
    fn every_cut_finds_the_same_steps() {
        let times: Vec<i64> = (0..60i64).map(|i| (i * 37) % 400 + (i / 20) * 50).collect();
        let marks = marks(&times);
        let whole = order(&marks, &[]).of(0);
        assert!(whole.1 > 0);
        for first in 0..60 {
            for second in first..60 {
                assert_eq!(order(&marks, &[first, second]).of(0), whole, "{first} {second}");
            }
        }
    }
}
