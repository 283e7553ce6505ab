//! A rule set: compiled once, posted to every worker.

use super::correlation::Correlation;
use super::expr::{Expr, FieldId, Interner, Predicate, PredicateId};
use super::program::{Clause, Program};
use super::rule::{LogSource, Rule, RuleIndex};
use super::witness::Chooser;
use crate::base::Gather;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Rules, compiled. The order is that of their ids; the same files give the same bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RuleSet {
    rules: Vec<Rule>,
    /// By rule; none for correlations.
    pub(super) programs: Vec<Option<Program>>,
    correlations: Vec<Correlation>,
    /// Names of the fields that are asked for.
    pub(super) fields: Vec<String>,
    pub(super) predicates: Vec<Predicate>,
    /// The log sources that rules name, each once, with what their rules ask for.
    pub(super) sources: Vec<OfSource>,
    /// By rule, its place in `sources`.
    pub(super) source_of: Vec<u32>,
    /// Each witness with a rule that it is of, in order.
    pub(super) witnesses: Vec<(PredicateId, RuleIndex)>,
}

/// A log source, and what the rules about its events ask for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct OfSource {
    pub source: LogSource,
    pub has_rules: bool,
    /// Those that have no witness.
    pub unwitnessed: Vec<RuleIndex>,
    pub fields: Vec<FieldId>,
    /// Predicates that search all values.
    pub keywords: Vec<PredicateId>,
}

/// What events have shown: which log sources of rules, and which fields that rules ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenSources {
    /// Places of log sources in the set.
    pub(super) sources: BTreeSet<u32>,
    /// Places of fields in the set, by log source.
    pub(super) fields: BTreeSet<(u32, FieldId)>,
}

impl SeenSources {
    /// Adds what another part of the events has shown.
    pub fn merge(&mut self, other: Self) {
        self.sources.extend(other.sources);
        self.fields.extend(other.fields);
    }
}

/// Why a rule cannot match anything in what was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEvaluable {
    /// There are no events of its log source.
    Source(LogSource),
    /// None of the events of its log source has these fields.
    Fields(Vec<String>),
}

impl RuleSet {
    pub(super) fn new(
        mut rules: Vec<Rule>,
        programs: Vec<Option<Program>>,
        correlations: Vec<Correlation>,
        interner: Interner,
    ) -> Self {
        let Interner { fields, predicates, rarities, .. } = interner;
        let sources: BTreeSet<_> = rules.iter().map(|rule| &rule.source).gather();
        let of = |source: &LogSource| OfSource { source: source.clone(), ..OfSource::default() };
        let mut sources: Vec<_> = sources.into_iter().map(of).collect();
        let place = |rule: &Rule| {
            let found = sources.binary_search_by(|known| known.source.cmp(&rule.source));
            found.unwrap_or_default() as u32
        };
        let source_of: Vec<_> = rules.iter().map(place).collect();
        let chooser = Chooser::new(&predicates, &rarities, &fields);
        let mut witnesses = Vec::new();
        for (at, (rule, program)) in (0..).zip(rules.iter_mut().zip(&programs)) {
            let Some(program) = program else { continue };
            let own = chooser.witnesses(program);
            let asked = Asked::of(program, &predicates);
            rule.fields = asked.names(&fields);
            sources[source_of[at as usize] as usize].add(at, asked, own.is_some());
            witnesses.extend(own.into_iter().flatten().map(|witness| (witness, at)));
        }
        witnesses.sort_unstable();
        for source in &mut sources {
            source.fields.sort_unstable();
            source.fields.dedup();
            source.keywords.sort_unstable();
            source.keywords.dedup();
        }
        Self { rules, programs, correlations, fields, predicates, sources, source_of, witnesses }
    }

    /// The rules, in the order of their ids.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// A rule.
    pub fn rule(&self, index: RuleIndex) -> Option<&Rule> {
        self.rules.get(index as usize)
    }

    /// What a rule about events asks.
    pub(super) fn program(&self, index: RuleIndex) -> Option<&Program> {
        self.programs.get(index as usize)?.as_ref()
    }

    /// The correlations, in the order of their rules' ids.
    pub fn correlations(&self) -> &[Correlation] {
        &self.correlations
    }

    /// The rules about events that cannot have matched anything, with the reasons.
    pub fn not_evaluable(&self, seen: &SeenSources) -> Vec<(RuleIndex, NotEvaluable)> {
        let mut reasons = Vec::new();
        for (at, (rule, program)) in (0..).zip(self.rules.iter().zip(&self.programs)) {
            let (Some(program), Some(source)) = (program, self.source_of.get(at as usize)) else {
                continue;
            };
            if !seen.sources.contains(source) {
                reasons.push((at, NotEvaluable::Source(rule.source.clone())));
                continue;
            }
            let has = |field: FieldId| seen.fields.contains(&(*source, field));
            if !self.can_hold(program, &has) {
                let lacking = rule.fields.iter().filter(|name| {
                    let id = self.fields.iter().position(|field| field == *name);
                    id.is_some_and(|id| !has(id as FieldId))
                });
                reasons.push((at, NotEvaluable::Fields(lacking.cloned().collect())));
            }
        }
        reasons
    }

    fn can_hold(&self, program: &Program, has: &dyn Fn(FieldId) -> bool) -> bool {
        self.clause_can_hold(&program.condition, program, has)
    }

    fn clause_can_hold(
        &self,
        clause: &Clause,
        program: &Program,
        has: &dyn Fn(FieldId) -> bool,
    ) -> bool {
        let can = |part: &Clause| self.clause_can_hold(part, program, has);
        match clause {
            Clause::Search(at) => {
                let search = program.searches.get(*at as usize);
                search.is_some_and(|(_, expr)| self.expr_can_hold(expr, has))
            }
            Clause::All(parts) => parts.iter().all(can),
            Clause::AtLeast(count, parts) => {
                parts.iter().filter(|part| can(part)).count() >= *count as usize
            }
            Clause::Not(_) => true,
        }
    }

    fn expr_can_hold(&self, expr: &Expr, has: &dyn Fn(FieldId) -> bool) -> bool {
        match expr {
            Expr::Holds(id) => {
                let field = self.predicates.get(*id as usize).and_then(|asked| asked.field);
                field.is_none_or(has)
            }
            Expr::Has(field) => has(*field),
            Expr::Same { field, other, .. } => has(*field) && has(*other),
            Expr::Missing(_) | Expr::Not(_) => true,
            Expr::All(parts) => parts.iter().all(|part| self.expr_can_hold(part, has)),
            Expr::Any(parts) => parts.iter().any(|part| self.expr_can_hold(part, has)),
        }
    }
}

impl OfSource {
    /// Adds a rule about its events.
    fn add(&mut self, rule: RuleIndex, asked: Asked, has_witness: bool) {
        self.has_rules = true;
        self.unwitnessed.extend((!has_witness).then_some(rule));
        self.fields.extend(asked.fields);
        self.keywords.extend(asked.keywords);
    }
}

/// What a rule asks for: fields, each once, and predicates that search all values.
struct Asked {
    fields: Vec<FieldId>,
    keywords: Vec<PredicateId>,
}

impl Asked {
    fn of(program: &Program, predicates: &[Predicate]) -> Self {
        let (mut of_predicates, mut fields, mut keywords) = (Vec::new(), Vec::new(), Vec::new());
        program.visit(
            &mut |id| match predicates.get(id as usize).and_then(|asked| asked.field) {
                Some(field) => of_predicates.push(field),
                None => keywords.push(id),
            },
            &mut |field| fields.push(field),
        );
        fields.append(&mut of_predicates);
        fields.sort_unstable();
        fields.dedup();
        Self { fields, keywords }
    }

    /// The names of the fields, in order.
    fn names(&self, names: &[String]) -> Vec<String> {
        let named = self.fields.iter().filter_map(|id| names.get(usize::from(*id)).cloned());
        let mut named: Vec<_> = named.collect();
        named.sort_unstable();
        named
    }
}
