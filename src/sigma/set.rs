//! A rule set: compiled once, posted to every worker.

use super::correlation::Correlation;
use super::expr::{Expr, FieldId, Interner, Predicate};
use super::program::{Clause, Program};
use super::rule::{LogSource, Rule, RuleIndex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
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
    /// The log sources that rules name, each once.
    pub(super) sources: Vec<LogSource>,
    /// By rule, its place in `sources`.
    pub(super) source_of: Vec<u32>,
    digest: String,
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
        let Interner { fields, predicates, .. } = interner;
        let sources: BTreeSet<_> = rules.iter().map(|rule| &rule.source).collect();
        let sources: Vec<_> = sources.into_iter().cloned().collect();
        let place = |rule: &Rule| sources.binary_search(&rule.source).unwrap_or_default() as u32;
        let source_of = rules.iter().map(place).collect();
        for (rule, program) in rules.iter_mut().zip(&programs) {
            if let Some(program) = program {
                rule.fields = field_names(program, &predicates, &fields);
            }
        }
        let digest = String::new();
        let mut set =
            Self { rules, programs, correlations, fields, predicates, sources, source_of, digest };
        // Where a rule lies says nothing of what it asks.
        let files: Vec<_> =
            set.rules.iter_mut().map(|rule| std::mem::take(&mut rule.file)).collect();
        let bytes = postcard::to_allocvec(&set).unwrap_or_default();
        set.digest = sha256(&bytes);
        for (rule, file) in set.rules.iter_mut().zip(files) {
            rule.file = file;
        }
        set
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

    /// SHA-256 of all that the rules say, in hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.digest
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

/// Piece by piece, since a browser takes to fast code only where a function is called again.
fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    bytes.chunks(HASHED_AT_ONCE).for_each(|piece| hasher.update(piece));
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes hashed by one call.
const HASHED_AT_ONCE: usize = 16 << 10;

fn field_names(program: &Program, predicates: &[Predicate], names: &[String]) -> Vec<String> {
    let (mut of_predicates, mut asked) = (BTreeSet::new(), BTreeSet::new());
    program.visit(
        &mut |id| of_predicates.extend(predicates.get(id as usize).and_then(|asked| asked.field)),
        &mut |field| {
            asked.insert(field);
        },
    );
    let ids = of_predicates.into_iter().chain(asked);
    let named: BTreeSet<_> = ids.filter_map(|id| names.get(usize::from(id)).cloned()).collect();
    named.into_iter().collect()
}
