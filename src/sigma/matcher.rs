//! Runs the rules of a set on events.
//!
//! Each distinct value of a field is judged once: its verdict is the list of predicates that it
//! passes. A rule is looked at only where one of its witnesses passed; `laws` compares with the
//! plain meaning of every rule.

use super::class::{Class, Wanted};
use super::expr::{Facts, FieldId, PredicateId};
use super::rule::{LogSource, RuleIndex};
use super::set::{RuleSet, SeenSources};
use super::source::Marks;
use super::test::{Place, lower};
use super::verdict::Verdicts;
use crate::base::{Place as TablePlace, Seed, Table, are_same};
use crate::event::{Event, Field};
use crate::text::Value;
use std::sync::Arc;

/// Kinds of event held before all are forgotten.
const CLASSES: usize = 1 << 12;
/// Kinds of the last events, told by comparing what they say.
const RECENT: usize = 1 << 4;

/// Runs the rules of a set on events, one after another. One for each worker.
pub struct Matcher {
    rules: Arc<RuleSet>,
    seed: Seed,
    classes: Table<Class>,
    recent: [Recent; RECENT],
    verdicts: Verdicts,
    /// By predicate, the rules that it is a witness of: a range of those of the set.
    of_witness: Vec<(u32, u32)>,
    wanted: Wanted,
    /// By rule, the event on which it was run last.
    run_on: Vec<u64>,
    events: u64,
    matched: Vec<RuleIndex>,
    /// Whether there were rules for the last event.
    was_judged: bool,
    seen: SeenSources,
}

impl Matcher {
    /// Prepares a set. The seed is that of the check.
    pub fn new(rules: Arc<RuleSet>, seed: Seed) -> Self {
        let mut of_witness = vec![(0, 0); rules.predicates.len()];
        for (at, (witness, _)) in (0..).zip(&rules.witnesses) {
            let range = &mut of_witness[*witness as usize];
            *range = (if range.1 == 0 { at } else { range.0 }, at + 1);
        }
        Self {
            seed,
            classes: Table::default(),
            recent: Default::default(),
            verdicts: Verdicts::new(Arc::clone(&rules), seed),
            of_witness,
            run_on: vec![0; rules.rules().len()],
            wanted: Wanted::new(Arc::clone(&rules)),
            rules,
            events: 0,
            matched: Vec::new(),
            was_judged: false,
            seen: SeenSources::default(),
        }
    }

    /// The rules about events that an event matches, in their order. `source` is the log source
    /// that the event's format states.
    pub fn matches(&mut self, event: &Event<'_>, source: &LogSource) -> &[RuleIndex] {
        self.matched.clear();
        self.was_judged = false;
        let place = self.class_of(event, source);
        if let Some(class) = self.classes.at_mut(place)
            && class.has_rules
        {
            judge(&self.wanted, self.seed, class, &mut self.verdicts, event);
            self.was_judged = true;
            let fields = class.note_seen(&self.verdicts);
            self.seen.fields.extend(fields);
            self.run(event, place);
        }
        &self.matched
    }

    /// Runs the rules that may hold.
    fn run(&mut self, event: &Event<'_>, place: TablePlace) {
        let Some(class) = self.classes.at(place) else { return };
        let facts = Judged { verdicts: &self.verdicts, event, class, seed: self.seed };
        let holds =
            |rule: RuleIndex| self.rules.program(rule).is_some_and(|program| program.holds(&facts));
        self.events += 1;
        for witness in self.verdicts.now() {
            let (start, end) = self.of_witness[*witness as usize];
            for (_, rule) in &self.rules.witnesses[start as usize..end as usize] {
                let at = *rule as usize;
                if self.run_on[at] != self.events && class.is_of(self.rules.source_of[at]) {
                    self.run_on[at] = self.events;
                    if holds(*rule) {
                        self.matched.push(*rule);
                    }
                }
            }
        }
        self.matched.extend(class.unwitnessed.iter().copied().filter(|rule| holds(*rule)));
        self.matched.sort_unstable();
    }

    /// Whether the set has rules for the log source of the last event.
    pub const fn was_judged(&self) -> bool {
        self.was_judged
    }

    /// The texts of an event under a name that rules use.
    pub fn values<'e>(&self, event: &Event<'e>, source: &LogSource, name: &str) -> Vec<&'e [u8]> {
        values(event, source, name)
    }

    /// What the events have shown so far.
    pub const fn seen(&self) -> &SeenSources {
        &self.seen
    }

    /// The kind of an event, prepared when it is new.
    fn class_of(&mut self, event: &Event<'_>, source: &LogSource) -> TablePlace {
        let marks = marks(event, source);
        let at = marks.code.iter().fold(0, |sum, digit| sum + usize::from(*digit)) % RECENT;
        if let Some(place) = self.recent[at].place.filter(|_| self.recent[at].is(&marks)) {
            return place;
        }
        let place = self.known_class(&marks);
        self.recent[at].take(&marks, place);
        place
    }

    fn known_class(&mut self, marks: &Marks<'_>) -> TablePlace {
        let source = marks.source;
        let mut key = self.seed.of(marks.channel);
        for part in [marks.provider, marks.code] {
            key = self.seed.within(key, part);
        }
        for part in [&source.product, &source.category, &source.service] {
            key = self.seed.within(key, part.as_deref().unwrap_or_default().as_bytes());
        }
        if let Some(place) = self.classes.find(key) {
            return place;
        }
        if self.classes.len() >= CLASSES {
            self.classes.clear();
            self.recent = Default::default();
        }
        let class = Class::new(&self.wanted, marks, &mut self.verdicts);
        self.seen.sources.extend(&class.sources);
        self.classes.entry(key, || class);
        self.classes.find(key).unwrap_or_default()
    }
}

/// What told the kind of an event, and where that stands.
#[derive(Default)]
struct Recent {
    source: LogSource,
    texts: [Vec<u8>; 3],
    place: Option<TablePlace>,
}

impl Recent {
    fn take(&mut self, marks: &Marks<'_>, place: TablePlace) {
        self.place = Some(place);
        if self.source != *marks.source {
            self.source = marks.source.clone();
        }
        for (known, text) in self.texts.iter_mut().zip([marks.channel, marks.provider, marks.code])
        {
            known.clear();
            known.extend_from_slice(text);
        }
    }

    fn is(&self, marks: &Marks<'_>) -> bool {
        let texts = [marks.channel, marks.provider, marks.code];
        self.texts.iter().zip(texts).all(|(known, text)| are_same(known, text))
            && self.source == *marks.source
    }
}

/// Notes which fields an event has, and which predicates its values pass.
fn judge(
    wanted: &Wanted,
    seed: Seed,
    class: &mut Class,
    verdicts: &mut Verdicts,
    event: &Event<'_>,
) {
    verdicts.begin();
    for (at, pair) in event.fields.pairs().iter().enumerate() {
        let (fields, place) = class.fields(wanted, (at, pair.key), seed, verdicts);
        let Some(place) = place else { continue };
        let value = verdicts.printed(pair.value);
        for field in fields {
            verdicts.note(*field, value.is_some());
        }
        if let Some(text) = value {
            verdicts.text(place, text);
        }
    }
    for (field, from, place) in &class.model {
        if !verdicts.has_value(*field)
            && let Some(text) = event.fields.text(*from)
            && let Some(text) = verdicts.printed(Value::Text(text))
        {
            verdicts.note(*field, true);
            verdicts.text(*place, text);
        }
    }
    if let (Some(place), []) = (class.keywords, event.fields.pairs()) {
        let texts = Field::ALL.into_iter().filter_map(|field| event.fields.text(field));
        for text in texts.map(Value::Text) {
            verdicts.printed(text).into_iter().for_each(|text| verdicts.text(place, text));
        }
    }
}

/// What an event says under a name that rules use.
fn said<'e>(event: &Event<'e>, source: &LogSource, name: &str) -> Vec<Value<'e>> {
    let naming = marks(event, source).naming();
    let pairs = event.fields.pairs().iter().filter(|pair| naming.is(pair.key, name));
    let mut said: Vec<_> = pairs.map(|pair| pair.value).collect();
    if said.iter().all(|value| matches!(value, Value::Null)) {
        let texts = naming.fields_of(name).into_iter().filter_map(|field| event.fields.text(field));
        said.extend(texts.take(1).map(Value::Text));
    }
    said
}

/// The texts of an event under a name that rules use.
pub(super) fn values<'e>(event: &Event<'e>, source: &LogSource, name: &str) -> Vec<&'e [u8]> {
    said(event, source, name).into_iter().filter_map(Value::text).collect()
}

/// Whether an event has a name that rules use, be it null.
pub(super) fn has(event: &Event<'_>, source: &LogSource, name: &str) -> bool {
    !said(event, source, name).is_empty()
}

/// What tells of which kind an event is.
pub(super) fn marks<'e>(event: &'e Event<'_>, source: &'e LogSource) -> Marks<'e> {
    let text = |field| event.fields.text(field).unwrap_or_default();
    Marks {
        source,
        channel: text(Field::Channel),
        provider: text(Field::Provider),
        code: text(Field::Code),
    }
}

/// An event whose values were judged.
struct Judged<'m, 'e> {
    verdicts: &'m Verdicts,
    event: &'m Event<'e>,
    class: &'m Class,
    seed: Seed,
}

impl Judged<'_, '_> {
    /// The texts of a field.
    fn texts(&self, field: FieldId) -> Vec<&[u8]> {
        let mut texts = Vec::new();
        for pair in self.event.fields.pairs() {
            if let Some(text) = pair.value.text()
                && self.class.is(pair.key, field, self.seed)
            {
                texts.push(text);
            }
        }
        if texts.is_empty() {
            let model = self.class.model.iter().filter(|(asked, ..)| *asked == field);
            texts.extend(model.filter_map(|(_, from, _)| self.event.fields.text(*from)).take(1));
        }
        texts
    }
}

impl Facts for Judged<'_, '_> {
    fn holds(&self, predicate: PredicateId) -> bool {
        self.verdicts.holds(predicate)
    }

    fn has(&self, field: FieldId) -> bool {
        self.verdicts.has(field)
    }

    fn has_value(&self, field: FieldId) -> bool {
        self.verdicts.has_value(field)
    }

    fn same(&self, field: FieldId, other: FieldId, place: Place, cased: bool) -> bool {
        let others = self.texts(other);
        self.texts(field).into_iter().any(|text| {
            others.iter().any(|other| match cased {
                true => place.holds(text, other),
                false => place.holds(&lower(text), &lower(other)),
            })
        })
    }
}
