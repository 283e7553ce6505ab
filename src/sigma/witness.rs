//! Witnesses: predicates of which one must hold where a rule does. A rule is run only on events
//! in which one of its witnesses holds; one without witnesses on all of its log source.

use super::expr::{Expr, Predicate, PredicateId};
use super::program::{Clause, Program};

/// Fields that nearly every event of a log source has with the same few values.
const COMMON: [&str; 5] = ["EventID", "Provider_Name", "Channel", "Keywords", "EventType"];

/// Chooses witnesses.
pub(super) struct Chooser<'c> {
    predicates: &'c [Predicate],
    /// By predicate, how rarely values pass it.
    rarities: &'c [u32],
    /// By field, whether it is a common one.
    is_common: Vec<bool>,
}

/// How good witnesses are: how rare all of them are at least, then how few.
type Worth = (u32, std::cmp::Reverse<usize>);

impl<'c> Chooser<'c> {
    /// A chooser among predicates that are so rare, on these fields.
    pub fn new(predicates: &'c [Predicate], rarities: &'c [u32], fields: &[String]) -> Self {
        let is_common = fields.iter().map(|name| COMMON.contains(&name.as_str())).collect();
        Self { predicates, rarities, is_common }
    }

    /// The rarest witnesses of a rule that can be told; none where there are none.
    pub fn witnesses(&self, program: &Program) -> Option<Vec<PredicateId>> {
        let mut ids = Vec::new();
        self.of_clause(&program.condition, program, &mut ids)?;
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    }

    /// Puts the witnesses behind what is there; nothing where there are none.
    fn of_clause(
        &self,
        clause: &Clause,
        program: &Program,
        out: &mut Vec<PredicateId>,
    ) -> Option<Worth> {
        let of = |part: &Clause, out: &mut _| self.of_clause(part, program, out);
        match clause {
            Clause::Search(at) => self.of_expr(&program.searches.get(*at as usize)?.1, out),
            Clause::All(parts) => rarest(parts, out, &of),
            Clause::AtLeast(0, _) | Clause::Not(_) => None,
            Clause::AtLeast(_, parts) => joined(parts, out, &of),
        }
    }

    fn of_expr(&self, expr: &Expr, out: &mut Vec<PredicateId>) -> Option<Worth> {
        let of = |part: &Expr, out: &mut _| self.of_expr(part, out);
        match expr {
            Expr::Holds(id) => {
                let field = self.predicates.get(*id as usize)?.field;
                let is_common = field.and_then(|field| self.is_common.get(usize::from(field)));
                let rarity = self.rarities.get(*id as usize).copied().unwrap_or(0);
                out.push(*id);
                Some((if is_common == Some(&true) { 1 } else { rarity }, std::cmp::Reverse(1)))
            }
            Expr::All(parts) => rarest(parts, out, &of),
            Expr::Any(parts) => joined(parts, out, &of),
            Expr::Missing(_) | Expr::Has(_) | Expr::Same { .. } | Expr::Not(_) => None,
        }
    }
}

/// Chooses for a part.
type Of<'o, T> = &'o dyn Fn(&T, &mut Vec<PredicateId>) -> Option<Worth>;

/// Of several that must all hold, the rarest.
fn rarest<T>(parts: &[T], out: &mut Vec<PredicateId>, of: Of<'_, T>) -> Option<Worth> {
    let (start, mut best) = (out.len(), None);
    for part in parts {
        let behind = out.len();
        match of(part, out) {
            Some(worth) if Some(worth) >= best => {
                out.drain(start..behind);
                best = Some(worth);
            }
            _ => out.truncate(behind),
        }
    }
    best
}

/// Of several of which one must hold, all.
fn joined<T>(parts: &[T], out: &mut Vec<PredicateId>, of: Of<'_, T>) -> Option<Worth> {
    let (start, mut rarity) = (out.len(), u32::MAX);
    for part in parts {
        let Some(worth) = of(part, out) else {
            out.truncate(start);
            return None;
        };
        rarity = rarity.min(worth.0);
    }
    Some((rarity, std::cmp::Reverse(out.len() - start)))
}
