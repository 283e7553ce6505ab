//! Kinds of event: what follows for rules from an event's source, provider, channel and number.

use super::expr::{FieldId, PredicateId};
use super::rule::RuleIndex;
use super::set::RuleSet;
use super::source::{Marks, Naming};
use super::verdict::Verdicts;
use crate::base::{Seed, Table};
use crate::event::Field;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names in records that are held before all are forgotten.
const NAMES: usize = 1 << 14;
/// Places in records of which the last name is held, and its bytes at most.
const PLACES: usize = 64;

/// What the rules of one log source ask for.
#[derive(Clone, Debug, Default)]
struct OfSource {
    has_rules: bool,
    /// Those that have no witness.
    unwitnessed: Vec<RuleIndex>,
    fields: Vec<FieldId>,
    /// Predicates that search all values.
    keywords: Vec<PredicateId>,
}

/// What the rules of a set ask for.
#[derive(Debug)]
pub(super) struct Wanted {
    rules: Arc<RuleSet>,
    /// By log source of rules.
    by_source: Vec<OfSource>,
    ids: BTreeMap<String, FieldId>,
}

impl Wanted {
    /// Gathers what rules ask for. `has_witness` is by rule.
    pub fn new(rules: Arc<RuleSet>, has_witness: &[bool]) -> Self {
        let mut by_source = vec![OfSource::default(); rules.sources.len()];
        for (rule, source) in (0..).zip(&rules.source_of) {
            let Some(program) = rules.program(rule) else { continue };
            let wanted = &mut by_source[*source as usize];
            wanted.has_rules = true;
            if !has_witness[rule as usize] {
                wanted.unwitnessed.push(rule);
            }
            let mut predicates = Vec::new();
            program.visit(&mut |id| predicates.push(id), &mut |field| wanted.fields.push(field));
            for id in predicates {
                match rules.predicates.get(id as usize).and_then(|predicate| predicate.field) {
                    Some(field) => wanted.fields.push(field),
                    None => wanted.keywords.push(id),
                }
            }
        }
        for wanted in &mut by_source {
            sort(&mut wanted.fields);
            sort(&mut wanted.keywords);
        }
        let ids = rules.fields.iter().cloned().zip(0..).collect();
        Self { rules, by_source, ids }
    }
}

fn sort<T: Ord>(ids: &mut Vec<T>) {
    ids.sort_unstable();
    ids.dedup();
}

/// A kind of event.
#[derive(Debug)]
pub(super) struct Class {
    /// Whether there are rules about it.
    pub has_rules: bool,
    /// Log sources of rules that it is of.
    pub sources: Vec<u32>,
    /// Where the predicates stand that search all values, if there are any.
    pub keywords: Option<usize>,
    /// Rules about it that have no witness.
    pub unwitnessed: Vec<RuleIndex>,
    /// By log source of rules, whether it is of it.
    is_of: Vec<bool>,
    /// Fields of the event model that stand for a field of rules where the record has none.
    pub model: Vec<(FieldId, Field)>,
    /// By name in records, which fields of rules it is: a range of `fields`.
    names: Table<(u32, u32)>,
    /// By place in a record, the name that stood there last, and the same range.
    order: Vec<(Vec<u8>, (u32, u32))>,
    fields: Vec<FieldId>,
    /// Fields that the rules ask for.
    asked: Vec<FieldId>,
    /// Fields that an event had and that were not noted yet.
    fresh: Vec<FieldId>,
    /// Fields of `model` that no event had yet.
    unseen: Vec<FieldId>,
    naming: Naming,
}

impl Class {
    /// What rules there are for events with these marks, and what those ask for.
    pub fn new(wanted: &Wanted, marks: &Marks<'_>, verdicts: &mut Verdicts) -> Self {
        let rules = &wanted.rules;
        let is_of: Vec<bool> = rules.sources.iter().map(|source| marks.is_of(source)).collect();
        let sources = (0..).zip(&is_of).filter(|(_, is_of)| **is_of).map(|(at, _)| at);
        let sources: Vec<u32> = sources.collect();
        let (mut unwitnessed, mut asked, mut keywords) = (Vec::new(), Vec::new(), Vec::new());
        let mut has_rules = false;
        for source in &sources {
            let of_source = &wanted.by_source[*source as usize];
            has_rules |= of_source.has_rules;
            unwitnessed.extend_from_slice(&of_source.unwitnessed);
            asked.extend_from_slice(&of_source.fields);
            keywords.extend_from_slice(&of_source.keywords);
        }
        sort(&mut asked);
        sort(&mut keywords);
        let naming = marks.naming();
        let mut model = Vec::new();
        for field in &asked {
            let name = rules.fields.get(usize::from(*field)).map_or("", String::as_str);
            model.extend(naming.fields_of(name).into_iter().map(|from| (*field, from)));
        }
        let unseen = model.iter().map(|(field, _)| *field).collect();
        Self {
            has_rules,
            sources,
            keywords: (!keywords.is_empty()).then(|| verdicts.add_keywords(keywords)),
            unwitnessed,
            is_of,
            model,
            names: Table::default(),
            order: Vec::new(),
            fields: Vec::new(),
            fresh: Vec::new(),
            unseen,
            asked,
            naming,
        }
    }

    /// Whether events of this kind are of a log source of rules.
    #[inline]
    pub fn is_of(&self, source: u32) -> bool {
        self.is_of[source as usize]
    }

    /// The fields that the name of a record's pair is. Records of a kind mostly have the same names
    /// one after another, so that of the place is looked at first.
    #[inline]
    pub fn fields(&mut self, wanted: &Wanted, at: usize, key: &[u8], seed: Seed) -> &[FieldId] {
        let (start, end) = match self.order.get(at) {
            Some((known, range)) if *known == key && !key.is_empty() => *range,
            _ => self.look_up(wanted, at, key, seed),
        };
        &self.fields[start as usize..end as usize]
    }

    fn look_up(&mut self, wanted: &Wanted, at: usize, key: &[u8], seed: Seed) -> (u32, u32) {
        let print = seed.of(key);
        let range = match self.names.get(print) {
            Some(range) => *range,
            None => {
                let range = self.resolve(wanted, key);
                *self.names.entry(print, || range)
            }
        };
        // A place behind one that was not noted is not noted either.
        if at == self.order.len() && at < PLACES {
            self.order.push((Vec::new(), range));
        }
        if let Some((known, known_range)) = self.order.get_mut(at).filter(|_| key.len() <= PLACES) {
            known.clear();
            known.extend_from_slice(key);
            *known_range = range;
        }
        range
    }

    /// Whether a name that was met is a field.
    pub fn is(&self, key: &[u8], field: FieldId, seed: Seed) -> bool {
        let range = self.names.get(seed.of(key));
        let fields = range.map(|(start, end)| &self.fields[*start as usize..*end as usize]);
        fields.is_some_and(|fields| fields.contains(&field))
    }

    /// Fields that an event is the first to have, by log source of rules.
    pub fn note_seen(&mut self, verdicts: &Verdicts) -> Vec<(u32, FieldId)> {
        let mut new = std::mem::take(&mut self.fresh);
        self.unseen.retain(|field| {
            let is_new = verdicts.has_value(*field);
            new.extend(is_new.then_some(*field));
            !is_new
        });
        let of = |source: &u32| new.iter().map(|field| (*source, *field)).collect::<Vec<_>>();
        if new.is_empty() { Vec::new() } else { self.sources.iter().flat_map(of).collect() }
    }

    #[cold]
    fn resolve(&mut self, wanted: &Wanted, key: &[u8]) -> (u32, u32) {
        if self.names.len() >= NAMES {
            self.names.clear();
            self.fields.clear();
            self.order.clear();
        }
        let names = std::str::from_utf8(key).map(|key| self.naming.names_of(key));
        let names = names.unwrap_or_default();
        let start = self.fields.len();
        if self.naming.any_case() {
            let is_one = |field: &&FieldId| {
                let asked = wanted.rules.fields.get(usize::from(**field));
                asked.is_some_and(|asked| names.iter().any(|name| name.eq_ignore_ascii_case(asked)))
            };
            self.fields.extend(self.asked.iter().filter(is_one));
        } else {
            let ids = names.iter().filter_map(|name| wanted.ids.get(name.as_str()));
            self.fields.extend(ids.filter(|id| self.asked.binary_search(id).is_ok()));
            self.fields[start..].sort_unstable();
        }
        self.fresh.extend_from_slice(&self.fields[start..]);
        (start as u32, self.fields.len() as u32)
    }
}
