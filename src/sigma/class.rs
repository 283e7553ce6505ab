//! Kinds of event: what follows for rules from an event's source, provider, channel and number.

use super::expr::FieldId;
use super::rule::{LogSource, RuleIndex};
use super::set::RuleSet;
use super::source::Marks;
use super::verdict::Verdicts;
use crate::base::{Seed, Table};
use crate::event::Field;
use std::collections::BTreeSet;

/// Names in records that are held before all are forgotten.
const NAMES: usize = 1 << 14;

/// A kind of event.
#[derive(Debug)]
pub(super) struct Class {
    /// Rules about it, in their order.
    pub rules: Vec<RuleIndex>,
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
    fields: Vec<FieldId>,
    /// Fields that the rules ask for.
    asked: BTreeSet<FieldId>,
    /// Those of them that no event had yet.
    unseen: Vec<FieldId>,
    source: LogSource,
    channel: Box<[u8]>,
    provider: Box<[u8]>,
    code: Box<[u8]>,
}

impl Class {
    /// What rules there are for events with these marks, and what those ask for.
    pub fn new(rules: &RuleSet, marks: &Marks<'_>, verdicts: &mut Verdicts<'_>) -> Self {
        let is_of: Vec<bool> = rules.sources.iter().map(|source| marks.is_of(source)).collect();
        let sources = (0..).zip(&is_of).filter(|(_, is_of)| **is_of).map(|(at, _)| at).collect();
        let (mut own, mut asked, mut predicates) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for (rule, source) in (0..).zip(&rules.source_of) {
            if let Some(program) = rules.program(rule)
                && is_of[*source as usize]
            {
                own.push(rule);
                let mut note = |field| {
                    asked.insert(field);
                };
                program.visit(&mut |id| predicates.extend([id]), &mut note);
            }
        }
        let mut keywords = Vec::new();
        for id in predicates {
            match rules.predicates.get(id as usize).and_then(|predicate| predicate.field) {
                Some(field) => asked.extend([field]),
                None => keywords.push(id),
            }
        }
        let mut model = Vec::new();
        for field in &asked {
            let name = rules.fields.get(usize::from(*field)).map_or("", String::as_str);
            model.extend(marks.fields_of(name).into_iter().map(|from| (*field, from)));
        }
        Self {
            rules: own,
            sources,
            is_of,
            unwitnessed: Vec::new(),
            keywords: (!keywords.is_empty()).then(|| verdicts.add_keywords(keywords)),
            model,
            names: Table::default(),
            fields: Vec::new(),
            unseen: asked.iter().copied().collect(),
            asked,
            source: marks.source.clone(),
            channel: marks.channel.into(),
            provider: marks.provider.into(),
            code: marks.code.into(),
        }
    }

    /// Whether events of this kind are of a log source of rules.
    #[inline]
    pub fn is_of(&self, source: u32) -> bool {
        self.is_of[source as usize]
    }

    fn marks(&self) -> Marks<'_> {
        Marks {
            source: &self.source,
            channel: &self.channel,
            provider: &self.provider,
            code: &self.code,
        }
    }

    /// The fields that a name in a record is.
    #[inline]
    pub fn fields(&mut self, rules: &RuleSet, key: &[u8], seed: Seed) -> &[FieldId] {
        let print = seed.of(key);
        let (start, end) = match self.names.get(print) {
            Some(range) => *range,
            None => {
                let range = self.resolve(rules, key);
                *self.names.entry(print, || range)
            }
        };
        &self.fields[start as usize..end as usize]
    }

    /// Whether a name that was met is a field.
    pub fn is(&self, key: &[u8], field: FieldId, seed: Seed) -> bool {
        let range = self.names.get(seed.of(key));
        range.is_some_and(|(start, end)| {
            self.fields[*start as usize..*end as usize].contains(&field)
        })
    }

    /// Fields that were seen in an event for the first time, by log source of rules.
    pub fn note_seen(&mut self, verdicts: &Verdicts<'_>) -> Vec<(u32, FieldId)> {
        if self.unseen.is_empty() {
            return Vec::new();
        }
        let new: Vec<_> =
            self.unseen.iter().copied().filter(|id| verdicts.has_value(*id)).collect();
        self.unseen.retain(|id| !new.contains(id));
        let of = |field: &FieldId| {
            self.sources.iter().map(|source| (*source, *field)).collect::<Vec<_>>()
        };
        new.iter().flat_map(of).collect()
    }

    #[cold]
    fn resolve(&mut self, rules: &RuleSet, key: &[u8]) -> (u32, u32) {
        if self.names.len() >= NAMES {
            self.names.clear();
            self.fields.clear();
        }
        let names = std::str::from_utf8(key).map(|key| self.marks().names_of(key));
        let names = names.unwrap_or_default();
        let any_case = self.marks().any_case();
        let is_one = |field: &&FieldId| {
            let asked = rules.fields.get(usize::from(**field)).map_or("", String::as_str);
            names.iter().any(|name| name == asked || (any_case && name.eq_ignore_ascii_case(asked)))
        };
        let start = self.fields.len() as u32;
        self.fields.extend(self.asked.iter().filter(is_one));
        (start, self.fields.len() as u32)
    }
}
