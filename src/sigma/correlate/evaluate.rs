//! Slides a correlation's time span over the notes of a group.

use super::Correlation;
use super::notes::Group;
use super::tally::Tally;
use crate::base::Instant;

/// An instant, in the group's buckets, at which the condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The bucket.
    pub bucket: i64,
    /// The first bucket of what fulfils it.
    pub from: i64,
    /// The earliest instant that it rests on.
    pub since: Instant,
}

/// Every instant at which the condition holds, in order.
pub(super) fn steps(correlation: &Correlation, group: &Group) -> Vec<Step> {
    let notes: Vec<_> = group.notes.iter().collect();
    let width = correlation.span_secs >> group.coarseness;
    let mut tally = Tally::new(correlation, group.notes.keys());
    let mut steps = Vec::new();
    let (mut left, mut right) = (0, 0);
    while right < notes.len() {
        let bucket = notes[right].0.bucket;
        while let Some((note, hits)) = notes.get(right).filter(|(n, _)| n.bucket == bucket) {
            tally.add(note, hits);
            right += 1;
        }
        while notes[left].0.bucket < bucket - width {
            tally.take(notes[left].0, notes[left].1);
            left += 1;
        }
        if let Some(from) = tally.holds(notes[left].0.bucket) {
            steps.push(Step { bucket, from, since: 0 });
        }
    }
    since(&mut steps, group);
    steps
}

/// Fills in since when steps last: the earliest instant that a note of theirs rests on.
fn since(steps: &mut [Step], group: &Group) {
    // Both ends only move on, so a queue of ever later minima holds what the span's is.
    let mut queue = std::collections::VecDeque::<(i64, Instant)>::new();
    let mut notes = group.notes.iter().peekable();
    for step in steps {
        while let Some((note, hits)) = notes.next_if(|(note, _)| note.bucket <= step.bucket) {
            while queue.pop_back_if(|(_, since)| *since >= hits.since).is_some() {}
            queue.push_back((note.bucket, hits.since));
        }
        while queue.pop_front_if(|(bucket, _)| *bucket < step.from).is_some() {}
        step.since = queue.front().map_or(step.bucket << group.coarseness, |(_, since)| *since);
    }
}
