//! What scanning keeps for correlations: for each group of equal field values, which rules matched
//! when, with what values. Bounded, and the same for any cut and order.
//!
//! A group holds its notes by the second. One with too many keeps them by two seconds, by four, and
//! so on; a correlation with too many groups keeps those whose fingerprints begin with one more
//! zero bit. Both follow from the notes alone, never from the order in which they came: how many
//! notes there are at a width only ever grows, and a group that was made coarse weighs the most
//! that a group can.

use super::{Carried, Correlations, FieldOf, Kind, Names, RuleIndex, Value};
use crate::base::{Fingerprint, Instant, Location, Merge, Seed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Notes of all correlations. Each may keep a 64th, however many there are.
pub(super) const NOTES: usize = 1 << 19;
/// One group may hold this part of a correlation's notes.
const GROUP_PART: usize = 4;
/// Notes are kept by 2^22 seconds, 48 days, at the most.
const COARSEST: u8 = 22;
/// Where a condition asks for more different values than this, all are kept.
const MOST_DIFFERENT: usize = 256;

/// What one match or some equal ones said, as far as it matters for the condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Note {
    /// The time, in the group's width.
    pub bucket: i64,
    /// The rule, where the kind asks which; else 0.
    pub rule: u16,
    /// What it said to the correlations above.
    pub above: Box<[Option<Carried>]>,
    /// The value, for a note of values.
    pub value: Value,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hits {
    /// Matches.
    pub matches: u64,
    /// Records that stand for no other match of the correlation in the group.
    pub records: u64,
    /// The sum of the values.
    pub sum: super::Decimal,
    /// The earliest instant that it rests on.
    pub since: Instant,
    /// The first record.
    pub first: (Instant, Location),
}

impl Merge for Hits {
    fn merge(&mut self, other: Self) {
        self.matches += other.matches;
        self.records += other.records;
        self.sum = self.sum.plus(other.sum);
        self.since = self.since.min(other.since);
        self.first = self.first.min(other.first);
    }
}

/// The notes of a group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Group {
    /// The values that name it.
    pub names: Names,
    /// The notes.
    pub notes: BTreeMap<Note, Hits>,
    /// Notes are kept by two to the power of this many seconds.
    pub coarseness: u8,
    /// Whether there were too many however wide, so that none is kept.
    pub is_lost: bool,
}

impl Group {
    pub fn new(names: Names) -> Self {
        Self { names, notes: BTreeMap::new(), coarseness: 0, is_lost: false }
    }

    /// The bucket of an instant.
    pub const fn bucket(&self, at: Instant) -> i64 {
        at >> self.coarseness
    }

    /// Takes in a note.
    pub fn add(&mut self, note: Note, hits: Hits) {
        match self.notes.get_mut(&note) {
            Some(known) => known.merge(hits),
            None => drop(self.notes.insert(note, hits)),
        }
    }

    /// Takes in what a match says: that it was, and its value.
    pub fn note(&mut self, kind: Kind, mut note: Note, hits: Hits, bounds: Bounds) {
        if self.is_lost {
            return;
        }
        let value = std::mem::replace(&mut note.value, Value::None);
        let is_kept_apart = matches!(kind, Kind::ValueCount | Kind::ValuePercentile(_));
        if is_kept_apart {
            self.add(Note { value, ..note.clone() }, hits);
            self.trim(&note, bounds.different);
        }
        self.add(note, hits);
        self.bound(bounds);
    }

    /// Keeps no more different values beside one another than decide the condition, the smallest.
    fn trim(&mut self, cell: &Note, different: usize) {
        if different > MOST_DIFFERENT {
            return;
        }
        let of = |value| Note { value, ..cell.clone() };
        let all = of(Value::Text(Fingerprint::MIN))..=of(Value::Text(Fingerprint::MAX));
        if self.notes.range(all.clone()).nth(different).is_some()
            && let Some((last, _)) = self.notes.range(all).next_back()
        {
            let last = last.clone();
            self.notes.remove(&last);
        }
    }

    /// Makes room where there are too many.
    fn bound(&mut self, bounds: Bounds) {
        while self.notes.len() > bounds.of_group {
            if self.coarseness == COARSEST {
                self.is_lost = true;
                self.notes.clear();
                return;
            }
            self.coarsen(self.coarseness + 1, bounds);
        }
    }

    /// Keeps the notes by wider buckets.
    fn coarsen(&mut self, coarseness: u8, bounds: Bounds) {
        let by = coarseness.saturating_sub(self.coarseness);
        if by == 0 {
            return;
        }
        self.coarseness = coarseness;
        for (mut note, hits) in std::mem::take(&mut self.notes) {
            note.bucket >>= by;
            self.add(note.clone(), hits);
            if matches!(note.value, Value::Text(_)) {
                self.trim(&note, bounds.different);
            }
        }
    }

    fn merge(&mut self, mut other: Self, bounds: Bounds) {
        self.is_lost |= other.is_lost;
        if self.is_lost {
            self.notes.clear();
            self.coarseness = COARSEST;
            return;
        }
        self.coarsen(other.coarseness, bounds);
        other.coarsen(self.coarseness, bounds);
        for (note, hits) in other.notes {
            self.add(note.clone(), hits);
            if matches!(note.value, Value::Text(_)) {
                self.trim(&note, bounds.different);
            }
        }
        self.bound(bounds);
    }

    /// What it counts for against the bound of its correlation. Only ever grows.
    fn weight(&self, bounds: Bounds) -> usize {
        let is_full = self.coarseness > 0 || self.is_lost;
        1 + if is_full { bounds.of_group } else { self.notes.len() }
    }
}

/// How much is kept of a correlation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bounds {
    /// Notes of all groups.
    pub of_all: usize,
    /// Notes of one group.
    pub of_group: usize,
    /// Different values that are kept beside one another: one more than any condition asks for.
    pub different: usize,
}

/// The groups of a correlation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Groups {
    pub groups: BTreeMap<Fingerprint, Group>,
    bounds: Bounds,
    /// Only groups whose fingerprints begin with so many zero bits are kept.
    halvings: u32,
    weight: usize,
}

impl Groups {
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// One in how many groups is kept.
    pub const fn one_in(&self) -> u64 {
        1 << self.halvings
    }

    /// Changes a group, made when it is new, unless it is not among those kept.
    fn change(
        &mut self,
        key: Fingerprint,
        names: impl FnOnce() -> Names,
        change: impl FnOnce(&mut Group, Bounds),
    ) {
        if key.leading_zeros() < self.halvings {
            return;
        }
        let before = self.groups.get(&key).map_or(0, |group| group.weight(self.bounds));
        let group = self.groups.entry(key).or_insert_with(|| Group::new(names()));
        change(group, self.bounds);
        self.weight = self.weight - before + group.weight(self.bounds);
        self.make_room();
    }

    fn make_room(&mut self) {
        while self.weight > self.bounds.of_all && self.halvings < Fingerprint::BITS {
            self.halvings += 1;
            self.thin();
        }
    }

    #[cold]
    fn thin(&mut self) {
        let halvings = self.halvings;
        self.groups.retain(|key, _| key.leading_zeros() >= halvings);
        let bounds = self.bounds;
        self.weight = self.groups.values().map(|group| group.weight(bounds)).sum();
    }
}

impl Merge for Groups {
    fn merge(&mut self, other: Self) {
        if self.bounds == Bounds::default() {
            *self = other;
            return;
        }
        if other.halvings > self.halvings {
            self.halvings = other.halvings;
            self.thin();
        }
        for (key, theirs) in other.groups {
            let names = || theirs.names.clone();
            self.change(key, names, |group, bounds| group.merge(theirs.clone(), bounds));
        }
    }
}

/// What some shards saw of the base rules of correlations.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Notes {
    /// By correlation.
    pub(super) by: BTreeMap<u16, Groups>,
    /// Matches in records that state no time.
    pub(super) timeless: u64,
}

impl Merge for Notes {
    fn merge(&mut self, other: Self) {
        for (correlation, groups) in other.by {
            self.by.entry(correlation).or_default().merge(groups);
        }
        self.timeless += other.timeless;
    }
}

impl Notes {
    /// Notes what a record says to correlations. `matched` are the base rules that it matched.
    pub fn observe(
        &mut self,
        correlations: &Correlations,
        matched: &[RuleIndex],
        (at, location): (Option<Instant>, Location),
        field: FieldOf<'_>,
        seed: Seed,
    ) {
        let Some(at) = at else {
            self.timeless += 1;
            return;
        };
        correlations.observe(matched, field, seed, &mut |seen| {
            for heard in &seen.above {
                if let Some(carried) = heard.carried {
                    let groups = self.groups(correlations, heard.correlation);
                    groups.change(carried.group, || heard.names(field), |_, _| ());
                }
            }
            let kind = correlations.get(seen.heard.correlation).kind;
            let hits = Hits {
                matches: 1,
                records: u64::from(seen.own.counts),
                sum: seen.own.value.number(),
                since: at,
                first: (at, location),
            };
            let rule = if kind.is_temporal() { seen.rule } else { 0 };
            let above = seen.above.iter().map(|heard| heard.carried).collect();
            let groups = self.groups(correlations, seen.heard.correlation);
            groups.change(
                seen.own.group,
                || seen.heard.names(field),
                |group, bounds| {
                    let note =
                        Note { bucket: group.bucket(at), rule, above, value: seen.own.value };
                    group.note(kind, note, hits, bounds);
                },
            );
        });
    }

    fn groups(&mut self, correlations: &Correlations, at: u16) -> &mut Groups {
        self.by.entry(at).or_insert_with(|| Groups::new(correlations.bounds(at)))
    }
}

impl Value {
    pub(super) fn number(self) -> super::Decimal {
        match self {
            Self::Number(number) => number,
            Self::None | Self::Text(_) => super::Decimal::default(),
        }
    }
}

impl Correlations {
    /// How much is kept of a correlation.
    pub(super) fn bounds(&self, at: u16) -> Bounds {
        let of_all = (self.room / self.all.len().max(1)).max(self.room >> 6);
        let asked = self.get(at).condition.predicates.iter().map(|(_, than)| than);
        let most = asked.max().map_or(0, |than| than.whole_above()).saturating_add(1);
        Bounds {
            of_all,
            of_group: of_all / GROUP_PART,
            different: usize::try_from(most).unwrap_or(usize::MAX),
        }
    }
}
