//! Explains correlations: for each group, the time in which it fulfilled the condition or came
//! nearest to it, the figure, and what is missing.

use super::conclude::Work;
use super::notes::{Group, Notes};
use super::number::Decimal;
use super::tally::Tally;
use super::{Correlation, Correlations, Kind, RuleIndex};
use crate::base::{Arrange, Fingerprint, Instant};
use crate::sigma::Order;

/// A group beside a correlation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupExplained {
    /// Stands for the group.
    pub group: Fingerprint,
    /// The values of the fields of `group-by`.
    pub names: Box<[Box<str>]>,
    /// First and last second of the time that is told of: the first in which the condition holds,
    /// else the one that comes nearest to it.
    pub span: (Instant, Instant),
    /// What was counted, summed or found in it: of correlations in order, how many rules of the
    /// row matched in order. None where there is nothing to tell it from.
    pub figure: Option<Decimal>,
    /// What is asked of the figure and does not hold of it.
    pub unmet: Vec<(Order, Decimal)>,
    /// Rules that the condition asks for and that did not match, by their places in
    /// `Correlation::of`; only for those that ask which.
    pub absent: Vec<u16>,
    /// Whether the condition holds.
    pub holds: bool,
    /// How far off it is: what the figure lacks, and a whole for each absent rule.
    off: Decimal,
}

/// Every group of a correlation: those for which it matches, then the others, the nearest first.
pub fn explain(correlations: &Correlations, notes: &Notes, rule: RuleIndex) -> Vec<GroupExplained> {
    let mut work = Work::new(correlations, notes);
    let mut explained = Vec::new();
    for at in 0..correlations.all.len() as u16 {
        let groups = work.groups(at);
        let correlation = correlations.get(at);
        if correlation.rule == rule {
            let each = groups.iter().filter_map(|(key, group)| told(correlation, *key, group));
            explained.extend(each);
            break;
        }
        // What those below matched is told to those above.
        work.matches(at, &groups);
    }
    explained.arrange_by(|a, b| {
        (!a.holds, a.off, &a.names, a.group).cmp(&(!b.holds, b.off, &b.names, b.group))
    });
    explained
}

/// A group at the instant at which it fulfils the condition or comes nearest.
fn told(correlation: &Correlation, key: Fingerprint, group: &Group) -> Option<GroupExplained> {
    let notes: Vec<_> = group.notes.iter().collect();
    let width = correlation.span_secs >> group.coarseness;
    let mut tally = Tally::new(correlation, group.notes.keys());
    let mut best: Option<GroupExplained> = None;
    let (mut left, mut right) = (0, 0);
    while right < notes.len() {
        let bucket = notes[right].0.bucket;
        while let Some((note, hits)) = notes.get(right).filter(|(n, _)| n.bucket == bucket) {
            tally.add(note, hits);
            right += 1;
        }
        while notes[left].0.bucket < bucket - width {
            tally.take(notes[left].0, notes[left].1);
            left += 1;
        }
        let from = notes[left].0.bucket;
        let now = instant(correlation, &tally, from);
        let is_nearer =
            best.as_ref().is_none_or(|best| (!now.holds, now.off) < (!best.holds, best.off));
        if is_nearer {
            let span = (from << group.coarseness, ((bucket + 1) << group.coarseness) - 1);
            best = Some(GroupExplained { group: key, names: group.names.clone(), span, ..now });
        }
    }
    best
}

/// What a span says, as far as it does not depend on the group.
fn instant(correlation: &Correlation, tally: &Tally<'_>, from: i64) -> GroupExplained {
    let holds = tally.holds(from).is_some();
    let figure = tally.figure(from);
    let unmet = if holds { Vec::new() } else { tally.unmet() };
    let asks_which = correlation.condition.expression.is_some() || correlation.kind.is_temporal();
    let places = 0..correlation.of.len() as u16;
    let absent: Vec<u16> =
        places.filter(|rule| !holds && asks_which && !tally.has(*rule)).collect();
    let lacking =
        unmet.iter().map(|(order, than)| lacks(*order, figure.unwrap_or_default(), *than));
    let mut off = lacking.fold(Decimal::whole(absent.len() as u64), Decimal::plus);
    // All matched, and not in the order asked.
    if !holds && correlation.kind == Kind::TemporalOrdered {
        let in_order = figure.unwrap_or_default();
        off = off.plus(Decimal::whole(correlation.of.len() as u64).minus(in_order));
    }
    let names = Box::default();
    GroupExplained { group: 0, names, span: (0, 0), figure, unmet, absent, holds, off }
}

/// What a figure lacks of what is asked of it.
fn lacks(order: Order, figure: Decimal, than: Decimal) -> Decimal {
    match order {
        Order::Neq => Decimal::default(),
        Order::Lt | Order::Lte => figure.minus(than),
        Order::Gt | Order::Gte => than.minus(figure),
        Order::Eq if figure > than => figure.minus(than),
        Order::Eq => than.minus(figure),
    }
}
