//! Kinds of event: what follows for rules from an event's source, provider, channel and number.

use super::expr::FieldId;
use super::rule::RuleIndex;
use super::set::RuleSet;
use super::source::{Marks, Naming};
use super::verdict::{Place, Verdicts};
use crate::base::{Seed, Table, are_same};
use crate::event::Field;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names in records that are held before all are forgotten.
const NAMES: usize = 1 << 14;
/// Places in records of which the last name is held, and its bytes at most.
const PLACES: usize = 64;

/// What the rules of a set ask for.
#[derive(Debug)]
pub(super) struct Wanted {
    rules: Arc<RuleSet>,
    ids: BTreeMap<String, FieldId>,
}

impl Wanted {
    /// Readies what rules ask for.
    pub fn new(rules: Arc<RuleSet>) -> Self {
        let ids = rules.fields.iter().cloned().zip(0..).collect();
        Self { rules, ids }
    }
}

/// Which fields of rules a name in records is.
#[derive(Clone, Copy, Debug)]
struct Named {
    /// A range of `fields`.
    fields: (u32, u32),
    /// Where what stands under it is asked; none where nothing is.
    place: Option<Place>,
}

/// A kind of event.
#[derive(Debug)]
pub(super) struct Class {
    /// Whether there are rules about it.
    pub has_rules: bool,
    /// Log sources of rules that it is of.
    pub sources: Vec<u32>,
    /// Where the predicates are asked that search all values, if there are any.
    pub keywords: Option<Place>,
    /// The group of those predicates.
    keyword_group: Option<usize>,
    /// Rules about it that have no witness.
    pub unwitnessed: Vec<RuleIndex>,
    /// By log source of rules, whether it is of it.
    is_of: Vec<bool>,
    /// Fields of the event model that stand for a field of rules where the record has none.
    pub model: Vec<(FieldId, Field, Place)>,
    /// By name in records, which fields of rules it is.
    names: Table<Named>,
    /// By place in a record, the name that stood there last, and the same.
    order: Vec<(Vec<u8>, Named)>,
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
        let own = marks.told();
        let is_of: Vec<bool> = rules.sources.iter().map(|of| own.is_of(&of.source)).collect();
        let sources = (0..).zip(&is_of).filter(|(_, is_of)| **is_of).map(|(at, _)| at);
        let sources: Vec<u32> = sources.collect();
        let (mut unwitnessed, mut asked, mut keywords) = (Vec::new(), Vec::new(), Vec::new());
        let mut has_rules = false;
        for source in &sources {
            let of_source = &rules.sources[*source as usize];
            has_rules |= of_source.has_rules;
            unwitnessed.extend_from_slice(&of_source.unwitnessed);
            asked.extend_from_slice(&of_source.fields);
            keywords.extend_from_slice(&of_source.keywords);
        }
        asked.sort_unstable();
        asked.dedup();
        keywords.sort_unstable();
        keywords.dedup();
        let naming = marks.naming();
        let mut model = Vec::new();
        for field in &asked {
            let name = rules.fields.get(usize::from(*field)).map_or("", String::as_str);
            let from = naming.fields_of(name);
            let place = (!from.is_empty()).then(|| verdicts.place(&[*field], None));
            model.extend(from.into_iter().zip(place).map(|(from, place)| (*field, from, place)));
        }
        let unseen = model.iter().map(|(field, ..)| *field).collect();
        let keyword_group = (!keywords.is_empty()).then(|| verdicts.add_keywords(keywords));
        Self {
            has_rules,
            sources,
            keywords: keyword_group.map(|group| verdicts.place(&[], Some(group))),
            keyword_group,
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

    /// The fields that the name of a record's pair is, and where its value is asked, if anywhere.
    /// Records of a kind mostly have the same names one after another, so that of the place is
    /// looked at first.
    #[inline]
    pub fn fields(
        &mut self,
        wanted: &Wanted,
        (at, key): (usize, &[u8]),
        seed: Seed,
        verdicts: &mut Verdicts,
    ) -> (&[FieldId], Option<Place>) {
        let named = match self.order.get(at) {
            Some((known, named)) if are_same(known, key) && !key.is_empty() => *named,
            _ => self.look_up(wanted, (at, key), seed, verdicts),
        };
        let (start, end) = named.fields;
        (&self.fields[start as usize..end as usize], named.place)
    }

    fn look_up(
        &mut self,
        wanted: &Wanted,
        (at, key): (usize, &[u8]),
        seed: Seed,
        verdicts: &mut Verdicts,
    ) -> Named {
        let print = seed.of(key);
        let named = match self.names.get(print) {
            Some(named) => *named,
            None => {
                let named = self.resolve(wanted, key, verdicts);
                *self.names.entry(print, || named)
            }
        };
        // A place behind one that was not noted is not noted either.
        if at == self.order.len() && at < PLACES {
            self.order.push((Vec::new(), named));
        }
        if let Some((known, known_named)) = self.order.get_mut(at).filter(|_| key.len() <= PLACES) {
            known.clear();
            known.extend_from_slice(key);
            *known_named = named;
        }
        named
    }

    /// Whether a name that was met is a field.
    pub fn is(&self, key: &[u8], field: FieldId, seed: Seed) -> bool {
        let named = self.names.get(seed.of(key)).map(|named| named.fields);
        let fields = named.map(|(start, end)| &self.fields[start as usize..end as usize]);
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
    fn resolve(&mut self, wanted: &Wanted, key: &[u8], verdicts: &mut Verdicts) -> Named {
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
        let fields = &self.fields[start..];
        self.fresh.extend_from_slice(fields);
        let is_asked = !fields.is_empty() || self.keyword_group.is_some();
        let place = is_asked.then(|| verdicts.place(fields, self.keyword_group));
        Named { fields: (start as u32, self.fields.len() as u32), place }
    }
}
