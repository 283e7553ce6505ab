//! A rule as it is run: searches by name, and the condition that joins them.

use super::expr::{Expr, Facts, FieldId, PredicateId};
use serde::{Deserialize, Serialize};

/// A rule as it is run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Program {
    /// The searches with their names.
    pub searches: Vec<(String, Expr)>,
    /// What must hold of them.
    pub condition: Clause,
}

/// What must hold of searches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Clause {
    /// The search at this place holds.
    Search(u32),
    /// All hold.
    All(Vec<Self>),
    /// At least so many hold.
    AtLeast(u32, Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

impl Program {
    /// Whether an event is what the rule looks for.
    pub fn holds(&self, facts: &impl Facts) -> bool {
        self.condition
            .holds(&|at| self.searches.get(at as usize).is_some_and(|(_, expr)| expr.holds(facts)))
    }

    /// Asks that a filter's condition holds too.
    pub fn restrict(&mut self, title: &str, filter: &Self) {
        let offset = self.searches.len() as u32;
        let named =
            filter.searches.iter().map(|(name, expr)| (format!("{title}: {name}"), expr.clone()));
        self.searches.extend(named);
        let own = std::mem::replace(&mut self.condition, Clause::All(Vec::new()));
        self.condition = Clause::All(vec![own, filter.condition.moved(offset)]);
    }

    /// Every predicate and every field that it asks for.
    pub fn visit(&self, predicate: &mut dyn FnMut(PredicateId), field: &mut dyn FnMut(FieldId)) {
        for (_, expr) in &self.searches {
            visit(expr, predicate, field);
        }
    }
}

fn visit(expr: &Expr, predicate: &mut dyn FnMut(PredicateId), field: &mut dyn FnMut(FieldId)) {
    match expr {
        Expr::Holds(id) => predicate(*id),
        Expr::Missing(id) | Expr::Has(id) => field(*id),
        Expr::Same { field: one, other, .. } => {
            field(*one);
            field(*other);
        }
        Expr::All(parts) | Expr::Any(parts) => {
            parts.iter().for_each(|part| visit(part, predicate, field));
        }
        Expr::Not(part) => visit(part, predicate, field),
    }
}

impl Clause {
    /// Whether it holds, when told of each search whether it does.
    pub fn holds(&self, search: &impl Fn(u32) -> bool) -> bool {
        match self {
            Self::Search(at) => search(*at),
            Self::All(parts) => parts.iter().all(|part| part.holds(search)),
            Self::AtLeast(1, parts) => parts.iter().any(|part| part.holds(search)),
            Self::AtLeast(count, parts) => {
                parts.iter().filter(|part| part.holds(search)).count() >= *count as usize
            }
            Self::Not(part) => !part.holds(search),
        }
    }

    /// Whether it asks for a search.
    pub fn uses(&self, search: u32) -> bool {
        match self {
            Self::Search(at) => *at == search,
            Self::All(parts) | Self::AtLeast(_, parts) => {
                parts.iter().any(|part| part.uses(search))
            }
            Self::Not(part) => part.uses(search),
        }
    }

    /// Whether it asks that a search holds, or that it does not.
    pub fn asks(&self, search: u32, wanted: bool) -> bool {
        match self {
            Self::Search(at) => *at == search && wanted,
            Self::All(parts) | Self::AtLeast(_, parts) => {
                parts.iter().any(|part| part.asks(search, wanted))
            }
            Self::Not(part) => part.asks(search, !wanted),
        }
    }

    /// The same over searches that stand further behind.
    fn moved(&self, offset: u32) -> Self {
        let all = |parts: &[Self]| parts.iter().map(|part| part.moved(offset)).collect();
        match self {
            Self::Search(at) => Self::Search(at + offset),
            Self::All(parts) => Self::All(all(parts)),
            Self::AtLeast(count, parts) => Self::AtLeast(*count, all(parts)),
            Self::Not(part) => Self::Not(Box::new(part.moved(offset))),
        }
    }
}
