//! Why a rule matches an event, or which part of it does not: each search with its items, the
//! values that were looked at, and what was asked of them.

use super::expr::{Expr, Facts, FieldId, PredicateId};
use super::matcher::{has, marks, values};
use super::program::Clause;
use super::rule::{LogSource, Rule, RuleIndex};
use super::set::RuleSet;
use super::test::{Place, Probe, Test, lower};
use crate::event::{Event, Field};
use serde::{Deserialize, Serialize};

/// Values and texts shown for an item at most.
const SHOWN: usize = 20;
/// Bytes of a value that are shown.
const SHOWN_BYTES: usize = 2 << 10;

/// A rule beside an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// Whether the event matches.
    pub matches: bool,
    /// Of the things asked, the least number that would have to come out otherwise for it to match
    /// what it does not, or the other way round.
    pub parts_off: u32,
    /// The searches, in the rule's order.
    pub searches: Vec<SearchExplained>,
}

/// A search beside an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchExplained {
    /// Its name.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
    /// Whether the rule asks only that it does not.
    pub is_negated: bool,
    /// What it asks, item by item.
    pub items: Vec<ItemExplained>,
}

/// One thing that a search asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemExplained {
    /// The field; none where any value may pass.
    pub field: Option<String>,
    /// Whether it holds.
    pub holds: bool,
    /// Whether the rule asks that it does not.
    pub is_negated: bool,
    /// The field's values in the event; of keywords, those that pass.
    pub values: Vec<String>,
    /// What is asked: the tests that pass, or all where none does.
    pub asked: Vec<String>,
}

impl RuleSet {
    /// Explains what a rule about events says of an event. None for correlations.
    pub fn explain(
        &self,
        rule: RuleIndex,
        event: &Event<'_>,
        source: &LogSource,
    ) -> Option<Explained> {
        let program = self.program(rule)?;
        let plain = Plain { rules: self, event, source };
        let asks = |at, wanted| program.condition.asks(at, wanted);
        let searches = (0..).zip(&program.searches).map(|(at, (name, expr))| {
            let mut items = Vec::new();
            plain.items(expr, false, &mut items);
            let is_negated = asks(at, false) && !asks(at, true);
            SearchExplained { name: name.clone(), holds: expr.holds(&plain), is_negated, items }
        });
        let searches = searches.collect();
        let matches = program.holds(&plain);
        let asked = |at: u32, wanted: bool| {
            let search = program.searches.get(at as usize);
            search.map_or(1, |(_, expr)| expr_off(expr, wanted, &plain))
        };
        let parts_off = clause_off(&program.condition, !matches, &asked);
        Some(Explained { matches, parts_off, searches })
    }

    /// Whether an event is of the log source of a rule about events.
    pub fn is_about(&self, rule: RuleIndex, event: &Event<'_>, source: &LogSource) -> bool {
        let is_of = |rule: &Rule| marks(event, source).told().is_of(&rule.source);
        self.program(rule).is_some() && self.rule(rule).is_some_and(is_of)
    }
}

/// How many things asked would have to come out otherwise for an expression to hold, or not to.
fn expr_off(expr: &Expr, wanted: bool, facts: &Plain<'_, '_>) -> u32 {
    let all =
        |parts: &[Expr]| off(parts.len(), parts.iter().map(|part| expr_off(part, wanted, facts)));
    let one = |parts: &[Expr]| off(1, parts.iter().map(|part| expr_off(part, wanted, facts)));
    match (expr, wanted) {
        (Expr::All(parts), true) | (Expr::Any(parts), false) => all(parts),
        (Expr::All(parts), false) | (Expr::Any(parts), true) => one(parts),
        (Expr::Not(part), _) => expr_off(part, !wanted, facts),
        (leaf, _) => u32::from(leaf.holds(facts) != wanted),
    }
}

/// The same of a condition, told the same of each search.
fn clause_off(clause: &Clause, wanted: bool, search: &dyn Fn(u32, bool) -> u32) -> u32 {
    let least = |count: usize, parts: &[Clause]| {
        off(count, parts.iter().map(|part| clause_off(part, wanted, search)))
    };
    match (clause, wanted) {
        (Clause::Search(at), _) => search(*at, wanted),
        (Clause::All(parts), true) => least(parts.len(), parts),
        (Clause::All(parts), false) => least(1, parts),
        (Clause::AtLeast(count, parts), true) => least(*count as usize, parts),
        // So many that too few are left.
        (Clause::AtLeast(count, parts), false) => {
            least((parts.len() + 1).saturating_sub(*count as usize), parts)
        }
        (Clause::Not(part), _) => clause_off(part, !wanted, search),
    }
}

/// What it takes for `count` of some parts, the cheapest ones.
fn off(count: usize, parts: impl Iterator<Item = u32>) -> u32 {
    let mut each: Vec<_> = parts.collect();
    each.sort_unstable();
    each.iter().take(count).fold(0, |sum, part| sum.saturating_add(*part))
}

/// An event as it is, asked without any index: the plain meaning of rules.
pub(super) struct Plain<'p, 'e> {
    pub rules: &'p RuleSet,
    pub event: &'p Event<'e>,
    pub source: &'p LogSource,
}

impl<'e> Plain<'_, 'e> {
    fn values(&self, field: Option<FieldId>) -> Vec<&'e [u8]> {
        match field {
            Some(field) => values(self.event, self.source, self.name(field)),
            None => {
                let pairs = self.event.fields.pairs();
                let texts = pairs.iter().filter_map(|pair| pair.value.text());
                if pairs.is_empty() {
                    Field::ALL
                        .into_iter()
                        .filter_map(|field| self.event.fields.text(field))
                        .collect()
                } else {
                    texts.collect()
                }
            }
        }
    }

    fn name(&self, field: FieldId) -> &str {
        self.rules.fields.get(usize::from(field)).map_or("", String::as_str)
    }

    fn items(&self, expr: &Expr, is_negated: bool, out: &mut Vec<ItemExplained>) {
        let mut push = |field: Option<FieldId>, values: Vec<String>, asked: Vec<String>| {
            let field = field.map(|field| self.name(field).to_owned());
            out.push(ItemExplained { field, holds: expr.holds(self), is_negated, values, asked });
        };
        match expr {
            Expr::Holds(id) => {
                let Some(predicate) = self.rules.predicates.get(*id as usize) else { return };
                let values = self.values(predicate.field);
                let is_passed = |test: &&Test| values.iter().any(|value| passes(test, value));
                let passed: Vec<_> = predicate.tests.iter().filter(is_passed).take(SHOWN).collect();
                let all = || predicate.tests.iter().take(SHOWN).collect();
                let asked: Vec<&Test> = if passed.is_empty() { all() } else { passed };
                let is_shown = |value: &&&[u8]| {
                    predicate.field.is_some() || asked.iter().any(|test| passes(test, value))
                };
                let shown = values.iter().filter(is_shown).take(SHOWN).map(|value| text_of(value));
                push(
                    predicate.field,
                    shown.collect(),
                    asked.iter().map(|test| test.text()).collect(),
                );
            }
            Expr::Missing(field) => push(Some(*field), self.shown(*field), vec!["null".to_owned()]),
            Expr::Has(field) => push(Some(*field), self.shown(*field), vec!["*".to_owned()]),
            Expr::Same { field, other, .. } => {
                push(Some(*field), self.shown(*field), self.shown(*other));
            }
            Expr::All(parts) | Expr::Any(parts) => {
                parts.iter().for_each(|part| self.items(part, is_negated, out));
            }
            Expr::Not(part) => self.items(part, !is_negated, out),
        }
    }

    fn shown(&self, field: FieldId) -> Vec<String> {
        let values = self.values(Some(field));
        values.into_iter().take(SHOWN).map(text_of).collect()
    }
}

fn text_of(value: &[u8]) -> String {
    String::from_utf8_lossy(&value[..value.len().min(SHOWN_BYTES)]).into_owned()
}

fn passes(test: &Test, value: &[u8]) -> bool {
    test.holds(Probe { raw: value, lower: &lower(value) })
}

impl Facts for Plain<'_, '_> {
    fn holds(&self, predicate: PredicateId) -> bool {
        let Some(predicate) = self.rules.predicates.get(predicate as usize) else { return false };
        let values = self.values(predicate.field);
        values.iter().any(|value| predicate.tests.iter().any(|test| passes(test, value)))
    }

    fn has(&self, field: FieldId) -> bool {
        has(self.event, self.source, self.name(field))
    }

    fn has_value(&self, field: FieldId) -> bool {
        !self.values(Some(field)).is_empty()
    }

    fn same(&self, field: FieldId, other: FieldId, place: Place, cased: bool) -> bool {
        let others = self.values(Some(other));
        self.values(Some(field)).into_iter().any(|text| {
            others.iter().any(|other| match cased {
                true => place.holds(text, other),
                false => place.holds(&lower(text), &lower(other)),
            })
        })
    }
}
