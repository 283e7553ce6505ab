//! Witnesses: predicates of which one must hold where a rule does. A rule is run only on events
//! in which one of its witnesses holds; one without witnesses on all of its log source.

use super::expr::{Expr, Predicate, PredicateId};
use super::index::rarity;
use super::program::{Clause, Program};

/// Fields that nearly every event of a log source has with the same few values.
const COMMON: [&str; 5] = ["EventID", "Provider_Name", "Channel", "Keywords", "EventType"];

/// Predicates of which one must hold, and how rare they are at least.
struct Necessary {
    ids: Vec<PredicateId>,
    rarity: usize,
}

/// Chooses witnesses.
pub(super) struct Chooser<'c> {
    pub predicates: &'c [Predicate],
    pub fields: &'c [String],
}

impl Chooser<'_> {
    /// The rarest witnesses of a rule that can be told; none where there are none.
    pub fn witnesses(&self, program: &Program) -> Option<Vec<PredicateId>> {
        let mut ids = self.of_clause(&program.condition, program)?.ids;
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    }

    fn of_clause(&self, clause: &Clause, program: &Program) -> Option<Necessary> {
        let of = |part: &Clause| self.of_clause(part, program);
        match clause {
            Clause::Search(at) => self.of_expr(&program.searches.get(*at as usize)?.1),
            Clause::All(parts) => rarest(parts.iter().filter_map(of)),
            Clause::AtLeast(0, _) | Clause::Not(_) => None,
            Clause::AtLeast(_, parts) => joined(parts.iter().map(of)),
        }
    }

    fn of_expr(&self, expr: &Expr) -> Option<Necessary> {
        match expr {
            Expr::Holds(id) => {
                let predicate = self.predicates.get(*id as usize)?;
                let name = predicate.field.and_then(|field| self.fields.get(usize::from(field)));
                let is_common = name.is_some_and(|name| COMMON.contains(&name.as_str()));
                let rarest = predicate.tests.iter().map(rarity).min().unwrap_or(0);
                Some(Necessary { ids: vec![*id], rarity: if is_common { 1 } else { rarest } })
            }
            Expr::All(parts) => rarest(parts.iter().filter_map(|part| self.of_expr(part))),
            Expr::Any(parts) => joined(parts.iter().map(|part| self.of_expr(part))),
            Expr::Missing(_) | Expr::Has(_) | Expr::Same { .. } | Expr::Not(_) => None,
        }
    }
}

/// Of several that must all hold, the rarest.
fn rarest(parts: impl Iterator<Item = Necessary>) -> Option<Necessary> {
    parts.max_by_key(|part| (part.rarity, std::cmp::Reverse(part.ids.len())))
}

/// Of several of which one must hold, all.
fn joined(parts: impl Iterator<Item = Option<Necessary>>) -> Option<Necessary> {
    let mut all = Necessary { ids: Vec::new(), rarity: usize::MAX };
    for part in parts {
        let part = part?;
        all.ids.extend(part.ids);
        all.rarity = all.rarity.min(part.rarity);
    }
    Some(all)
}
