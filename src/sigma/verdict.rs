//! Verdicts: which predicates the values of an event pass. Each distinct value is judged once.

use super::expr::{FieldId, PredicateId};
use super::index::Index;
use super::set::RuleSet;
use super::test::{Probe, lower_into};
use crate::base::{Fingerprint, Seed, Table};
use crate::text::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Verdicts held before all are forgotten.
const VERDICTS: usize = 1 << 18;
/// Passed predicates that verdicts hold before all are forgotten.
const PASSED: usize = 1 << 22;

/// Which predicates the values of an event pass.
pub(super) struct Verdicts {
    rules: Arc<RuleSet>,
    seed: Seed,
    /// By place and value, the predicates that the value passes: a range of `passed`.
    known: Table<(u32, u32)>,
    passed: Vec<PredicateId>,
    /// By place, what was looked up last.
    recent: Vec<Option<(Fingerprint, (u32, u32))>>,
    /// By field, its predicates; behind them those that search all values, by kind of event.
    groups: Vec<Group>,
    /// By place, the groups that are asked there.
    places: Vec<Box<[usize]>>,
    place_ids: BTreeMap<Box<[usize]>, Place>,
    /// By predicate, the event in which it passed last.
    passed_in: Vec<u32>,
    /// What passed in this event, each once.
    now: Vec<PredicateId>,
    /// By field, the event that had it last, and the one in which it had a value last.
    had_in: Vec<(u32, u32)>,
    event: u32,
    /// The text that was judged last, in lower case, and its fingerprint.
    lowered: Vec<u8>,
    lowered_of: Fingerprint,
}

/// Stands for the groups of predicates that are asked about what stands under a name.
pub(super) type Place = u32;

/// A text with its fingerprint. One that is written with escapes has one of its own as such.
#[derive(Clone, Copy)]
pub(super) struct Printed<'t> {
    value: Value<'t>,
    print: Fingerprint,
}

/// Keeps texts as they are written apart from those that they stand for.
const WRITTEN: Fingerprint = 0x77_72_69_74_74_65_6e;

/// Predicates that are asked together, indexed when the first value comes.
#[derive(Default)]
struct Group {
    ids: Vec<PredicateId>,
    index: Option<Index>,
}

impl Verdicts {
    /// Prepares a set.
    pub fn new(rules: Arc<RuleSet>, seed: Seed) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        groups.resize_with(rules.fields.len(), Group::default);
        for (id, predicate) in (0..).zip(&rules.predicates) {
            if let Some(field) = predicate.field {
                groups[usize::from(field)].ids.push(id);
            }
        }
        Self {
            seed,
            known: Table::default(),
            passed: Vec::new(),
            recent: Vec::new(),
            groups,
            places: Vec::new(),
            place_ids: BTreeMap::new(),
            passed_in: vec![0; rules.predicates.len()],
            now: Vec::new(),
            had_in: vec![(0, 0); rules.fields.len()],
            rules,
            event: 0,
            lowered: Vec::new(),
            lowered_of: seed.of(b""),
        }
    }

    /// The place where the predicates of some fields are asked, and those of a group that search
    /// all values.
    pub fn place(&mut self, fields: &[FieldId], keywords: Option<usize>) -> Place {
        let groups: Box<[usize]> =
            fields.iter().map(|id| usize::from(*id)).chain(keywords).collect();
        let next = self.places.len() as Place;
        *self.place_ids.entry(groups).or_insert_with_key(|groups| {
            self.places.push(groups.clone());
            self.recent.push(None);
            next
        })
    }

    /// A group of predicates that search all values.
    pub fn add_keywords(&mut self, ids: Vec<PredicateId>) -> usize {
        let of_fields = self.rules.fields.len();
        let known = self.groups[of_fields..].iter().position(|group| group.ids == ids);
        known.map_or_else(
            || {
                self.groups.push(Group { ids, index: None });
                self.groups.len() - 1
            },
            |at| of_fields + at,
        )
    }

    /// What passed in this event.
    pub fn now(&self) -> &[PredicateId] {
        &self.now
    }

    /// The next event begins.
    pub fn begin(&mut self) {
        if self.event == u32::MAX {
            self.passed_in.fill(0);
            self.had_in.fill((0, 0));
            self.event = 0;
        }
        self.event += 1;
        self.now.clear();
    }

    /// The event has a field, and perhaps a value of it.
    #[inline]
    pub fn note(&mut self, field: FieldId, has_value: bool) {
        let had = &mut self.had_in[usize::from(field)];
        had.0 = self.event;
        if has_value {
            had.1 = self.event;
        }
    }

    /// A value ready to be asked about, in as many places as may be; none for null.
    #[inline]
    pub fn printed<'t>(&self, value: Value<'t>) -> Option<Printed<'t>> {
        let print = match value {
            Value::Text(text) => self.seed.of(text),
            Value::Escaped(escaped) => self.seed.within(WRITTEN, escaped.written()),
            Value::Null => return None,
        };
        Some(Printed { value, print })
    }

    /// Whether one of the event's values passes a predicate.
    #[inline]
    pub fn holds(&self, predicate: PredicateId) -> bool {
        self.passed_in[predicate as usize] == self.event
    }

    /// Whether the event has a field, be it null.
    pub fn has(&self, field: FieldId) -> bool {
        self.had_in[usize::from(field)].0 == self.event
    }

    /// Whether the event has a field with a value.
    pub fn has_value(&self, field: FieldId) -> bool {
        self.had_in[usize::from(field)].1 == self.event
    }

    /// The event has a text, asked at a place.
    #[inline]
    pub fn text(&mut self, place: Place, asked: Printed<'_>) {
        // An odd factor keeps places apart.
        let factor = 0x9e37_79b9_7f4a_7c15;
        let key = asked.print ^ (Fingerprint::from(place) + 1).wrapping_mul(factor);
        let (start, end) = match self.recent.get(place as usize) {
            Some(Some((known, range))) if *known == key => *range,
            _ => self.look_up(place, asked, key),
        };
        for id in &self.passed[start as usize..end as usize] {
            let passed_in = &mut self.passed_in[*id as usize];
            if *passed_in != self.event {
                *passed_in = self.event;
                self.now.push(*id);
            }
        }
    }

    fn look_up(&mut self, place: Place, asked: Printed<'_>, key: Fingerprint) -> (u32, u32) {
        let range = match self.known.get(key) {
            Some(range) => *range,
            None => self.judge(place, asked, key),
        };
        if let Some(recent) = self.recent.get_mut(place as usize) {
            *recent = Some((key, range));
        }
        range
    }

    #[cold]
    fn judge(&mut self, place: Place, asked: Printed<'_>, key: Fingerprint) -> (u32, u32) {
        if self.known.len() >= VERDICTS || self.passed.len() >= PASSED {
            self.known.clear();
            self.passed.clear();
            self.recent.fill(None);
        }
        let start = self.passed.len() as u32;
        let predicates = &self.rules.predicates;
        let groups = self.places.get(place as usize).into_iter().flatten();
        for group in groups {
            let Some(Group { ids, index }) = self.groups.get_mut(*group) else { continue };
            let index = index.get_or_insert_with(|| Index::new(ids, predicates));
            if index.passes_none(asked.value) {
                continue;
            }
            let text = asked.value.text().unwrap_or_default();
            // What is asked in several places comes there one after another.
            if self.lowered_of != asked.print {
                self.lowered.clear();
                lower_into(text, &mut self.lowered);
                self.lowered_of = asked.print;
            }
            let probe = Probe { raw: text, lower: &self.lowered };
            index.judge(probe, predicates, &mut self.passed);
        }
        let range = (start, self.passed.len() as u32);
        *self.known.entry(key, || range)
    }
}
