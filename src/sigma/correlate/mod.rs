//! Correlations of Sigma rules: how many, how many different, how much, which together, in which
//! order, within a time and for each group of equal field values.
//!
//! After the Sigma correlation rules specification, version 2.1. Scanning keeps compact notes of
//! the records that base rules match, in any order; concluding sorts the notes of each group and
//! slides the time span over them. What the specification leaves open is settled here:
//!
//! - The span reaches back from each instant at which a rule matched and holds both its ends. A
//!   condition is asked once an instant, when all records of that second are in: which of them
//!   stands first in a file says nothing.
//! - A record without one of the fields of `group-by` belongs to no group, one without the field
//!   that is counted or summed is not counted.
//! - In order means no later: records of the same second are in every order.
//! - A correlation that others refer to matches at each instant at which its condition holds. What
//!   it says of the fields is what the records of that instant say.

mod conclude;
mod evaluate;
mod explain;
mod given;
#[cfg(test)]
mod laws;
mod notes;
mod number;
mod tally;

pub use conclude::{Concluded, Match, Window, conclude};
pub use explain::{GroupExplained, explain};
pub use notes::Notes;

use super::{Order as Comparison, RuleIndex};
use crate::base::{Arrange, Fingerprint, Seed};
pub use number::Decimal;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Ways from a correlation to those that rest on it, however far up.
const WAYS: usize = 32;
/// Bytes of a value that are kept to name a group.
const NAME_BYTES: usize = 256;

/// A correlation rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correlation {
    /// Its place among the rules.
    pub rule: RuleIndex,
    /// What is counted or looked for.
    pub kind: Kind,
    /// The rules and correlations that it refers to.
    pub of: Vec<Referred>,
    /// The names of the fields of `group-by`, as the rule writes them.
    pub group_by: Vec<String>,
    /// Seconds within which the records must lie.
    pub span_secs: i64,
    /// When it matches.
    pub condition: Condition,
}

/// A rule that a correlation refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referred {
    /// Its place among the rules.
    pub rule: RuleIndex,
    /// Where its records hold the fields of `group-by`.
    pub group: Vec<String>,
    /// Where its records hold what is counted or summed.
    pub value: Vec<String>,
}

/// What a correlation counts or looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Records.
    EventCount,
    /// Different values of a field.
    ValueCount,
    /// The sum of a field.
    ValueSum,
    /// The mean of a field.
    ValueAvg,
    /// The value below which so many hundredths of a field's values lie, interpolated. The median
    /// is the fiftieth.
    ValuePercentile(u8),
    /// Different rules.
    Temporal,
    /// All rules, in the order in which they are named.
    TemporalOrdered,
}

/// How a figure must stand to a number.
pub type Predicate = (Comparison, Decimal);

/// When a correlation matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What must hold of the figure.
    pub predicates: Vec<Predicate>,
    /// What must hold of the rules that matched.
    pub expression: Option<Expression>,
}

/// Which of the rules must have matched, by their places in `Correlation::of`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expression {
    /// All of these.
    All(Vec<Self>),
    /// At least so many of these.
    AtLeast(u32, Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// This rule.
    Rule(u16),
}

impl Expression {
    /// Whether it holds, when `matched` says which rules did.
    pub fn holds(&self, matched: &dyn Fn(u16) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(matched)),
            Self::AtLeast(count, parts) => {
                parts.iter().filter(|part| part.holds(matched)).count() >= *count as usize
            }
            Self::Not(part) => !part.holds(matched),
            Self::Rule(rule) => matched(*rule),
        }
    }
}

impl Kind {
    /// Whether it asks which rules matched.
    pub const fn is_temporal(self) -> bool {
        matches!(self, Self::Temporal | Self::TemporalOrdered)
    }

    /// What a record says of what is counted or summed; none when it does not say it.
    fn value(self, fields: &[&str], field: FieldOf<'_>, seed: Seed) -> Option<Value> {
        match self {
            Self::EventCount | Self::Temporal | Self::TemporalOrdered => Some(Value::None),
            Self::ValueCount => {
                let print = |so_far, name: &&str| Some(seed.within(so_far, &field(name)?));
                fields.iter().try_fold(0, print).map(Value::Text)
            }
            Self::ValueSum | Self::ValueAvg | Self::ValuePercentile(_) => {
                Decimal::read(&field(fields.first()?)?).map(Value::Number)
            }
        }
    }
}

/// Gives a field of the record at hand by its name in Sigma.
pub type FieldOf<'f> = &'f dyn Fn(&str) -> Option<Cow<'f, [u8]>>;

/// What a record says of what is counted or summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Value {
    /// Nothing is asked of it.
    None,
    /// One of different values.
    Text(Fingerprint),
    /// A number.
    Number(Decimal),
}

/// What a record says to a correlation that rests on the one that it is noted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Carried {
    group: Fingerprint,
    value: Value,
    /// Whether the record is counted here, and not for another of its matches.
    counts: bool,
}

/// What a match of a base rule says to a correlation.
struct Observation<'c> {
    /// The rule by its place in `Correlation::of`.
    rule: u16,
    /// What it says to the correlation.
    own: Carried,
    /// The same, as it was heard.
    heard: Heard<'c>,
    /// What it says to those above, by `Correlations::ways`.
    above: Vec<Heard<'c>>,
}

/// What a record says to a correlation.
struct Heard<'c> {
    correlation: u16,
    /// Nothing where the record belongs to no group of it.
    carried: Option<Carried>,
    /// The fields of the record that name the group.
    fields: Vec<&'c str>,
}

impl Heard<'_> {
    /// The values that name the group.
    fn names(&self, field: FieldOf<'_>) -> Names {
        self.fields.iter().map(|name| shown(&field(name).unwrap_or_default())).collect()
    }
}

/// A way up from a correlation: the one above, and the place of the one below in `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Way {
    correlation: u16,
    rule: u16,
}

/// Why a correlation cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It refers to itself, be it through others.
    Circle,
    /// Too many rest on it.
    TooManyWays,
}

/// The correlations of a set of rules, each behind those that it refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correlations {
    all: Vec<Correlation>,
    /// The correlations that refer to a base rule, with its place in `of`.
    by_rule: BTreeMap<RuleIndex, Vec<(u16, u16)>>,
    /// For each correlation, every way up: to one above, then to all above that one, and so on.
    ways: Vec<Vec<Way>>,
    /// Notes that are kept of all.
    room: usize,
}

impl Correlations {
    /// Orders correlations. Those that cannot be used are given back with the reason.
    pub fn new(given: Vec<Correlation>) -> (Self, Vec<(RuleIndex, Refused)>) {
        let (mut all, circular) = ordered(given);
        let mut refused: Vec<_> = circular.iter().map(|rule| (*rule, Refused::Circle)).collect();
        loop {
            let ways = ways(&all);
            let Some(at) = ways.iter().position(|ways| ways.len() > WAYS) else {
                let by_rule = by_rule(&all);
                return (Self { all, by_rule, ways, room: notes::NOTES }, refused);
            };
            refused.push((all.remove(at).rule, Refused::TooManyWays));
        }
    }

    /// The correlations, each behind those that it refers to.
    pub fn all(&self) -> &[Correlation] {
        &self.all
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether a match of this rule is asked for.
    pub fn want(&self, rule: RuleIndex) -> bool {
        self.by_rule.contains_key(&rule)
    }

    /// The groups of correlations that a record belongs to, by the rules that it matched.
    pub fn groups(
        &self,
        matched: &[RuleIndex],
        field: FieldOf<'_>,
        seed: Seed,
    ) -> BTreeSet<(RuleIndex, Fingerprint)> {
        let mut groups = BTreeSet::new();
        self.observe(matched, field, seed, &mut |seen| {
            let heard = std::iter::once(&seen.heard).chain(&seen.above);
            groups.extend(heard.filter_map(|heard| {
                Some((self.get(heard.correlation).rule, heard.carried?.group))
            }));
        });
        groups
    }

    /// A correlation by its rule.
    pub fn of_rule(&self, rule: RuleIndex) -> Option<&Correlation> {
        self.all.iter().find(|correlation| correlation.rule == rule)
    }

    /// The base rules that a correlation rests on, be it through others.
    pub fn base_of(&self, rule: RuleIndex) -> BTreeSet<RuleIndex> {
        // None refers to itself, and each stands behind those that it refers to.
        let mut sought = BTreeSet::from([rule]);
        for correlation in self.all.iter().rev() {
            if sought.remove(&correlation.rule) {
                sought.extend(correlation.of.iter().map(|referred| referred.rule));
            }
        }
        sought.remove(&rule);
        sought
    }

    fn get(&self, at: u16) -> &Correlation {
        &self.all[usize::from(at)]
    }

    fn ways(&self, at: u16) -> &[Way] {
        &self.ways[usize::from(at)]
    }

    /// Hands on what a record says to correlations.
    fn observe<'c>(
        &'c self,
        matched: &[RuleIndex],
        field: FieldOf<'_>,
        seed: Seed,
        take: &mut dyn FnMut(Observation<'c>),
    ) {
        let mut said = Saying { correlations: self, field, seed, counted: BTreeSet::new() };
        let mut told = BTreeSet::new();
        let direct = matched.iter().filter_map(|rule| self.by_rule.get(rule)).flatten();
        for (correlation, rule) in direct.copied() {
            let heard = said.to(Way { correlation, rule }, &[]);
            let Some(own) = heard.carried else { continue };
            // What was told already says nothing new but that this rule matched too.
            let is_new = told.insert((correlation, own.group));
            if !is_new && !self.get(correlation).kind.is_temporal() {
                continue;
            }
            let mut above = Vec::new();
            said.climb(&heard, &mut above);
            take(Observation { rule, own, heard, above });
        }
    }
}

/// A record that speaks to correlations.
struct Saying<'c, 'f> {
    correlations: &'c Correlations,
    field: FieldOf<'f>,
    seed: Seed,
    /// The groups in which it was counted.
    counted: BTreeSet<(u16, Fingerprint)>,
}

impl<'c> Saying<'c, '_> {
    /// What it says to a correlation. `below` are the names of fields for the correlation below,
    /// each with the field of the record that it stands for.
    fn to(&mut self, way: Way, below: &[(&'c str, &'c str)]) -> Heard<'c> {
        let correlation = self.correlations.get(way.correlation);
        let referred = &correlation.of[usize::from(way.rule)];
        let known = |name: &'c String| {
            let alias = below.iter().find(|(alias, _)| *alias == name);
            alias.map_or(name.as_str(), |(_, field)| *field)
        };
        let fields: Vec<_> = referred.group.iter().map(known).collect();
        let values: Vec<_> = referred.value.iter().map(known).collect();
        let carried = self.carried(way.correlation, correlation.kind, &fields, &values);
        Heard { correlation: way.correlation, carried, fields }
    }

    fn carried(
        &mut self,
        correlation: u16,
        kind: Kind,
        fields: &[&str],
        values: &[&str],
    ) -> Option<Carried> {
        let print = |so_far, name: &&str| Some(self.seed.within(so_far, &(self.field)(name)?));
        let group = fields.iter().try_fold(0, print)?;
        let value = kind.value(values, self.field, self.seed)?;
        let counts = self.counted.insert((correlation, group));
        Some(Carried { group, value, counts })
    }

    /// What it says to all above a correlation, in the order of `Correlations::ways`.
    fn climb(&mut self, from: &Heard<'c>, above: &mut Vec<Heard<'c>>) {
        let correlations = self.correlations;
        if from.carried.is_none() {
            // What belongs to no group says nothing to those above either.
            let ways = correlations.ways(from.correlation).iter();
            let silent = |way: &Way| Heard {
                correlation: way.correlation,
                carried: None,
                fields: Vec::new(),
            };
            return above.extend(ways.map(silent));
        }
        let names = correlations.get(from.correlation).group_by.iter().map(String::as_str);
        let below: Vec<_> = names.zip(from.fields.iter().copied()).collect();
        let mut place = 0;
        while let Some(way) = correlations.ways(from.correlation).get(place) {
            let heard = self.to(*way, &below);
            let mut further = Vec::new();
            self.climb(&heard, &mut further);
            above.push(heard);
            above.append(&mut further);
            place += 1 + correlations.ways(way.correlation).len();
        }
    }
}

/// The values that name a group.
type Names = Box<[Box<str>]>;

/// A value as text, cut where it is long.
fn shown(value: &[u8]) -> Box<str> {
    String::from_utf8_lossy(&value[..value.len().min(NAME_BYTES)]).into()
}

/// Correlations in such an order that each stands behind those that it refers to, and the rules
/// that go round in a circle.
fn ordered(mut given: Vec<Correlation>) -> (Vec<Correlation>, Vec<RuleIndex>) {
    given.arrange_by_key(|correlation| correlation.rule);
    let mut all: Vec<Correlation> = Vec::new();
    loop {
        let waiting: BTreeSet<_> = given.iter().map(|correlation| correlation.rule).collect();
        let is_ready = |correlation: &Correlation| {
            !correlation.of.iter().any(|referred| waiting.contains(&referred.rule))
        };
        let (ready, others): (Vec<_>, Vec<_>) = given.into_iter().partition(is_ready);
        if ready.is_empty() {
            return (all, others.iter().map(|correlation| correlation.rule).collect());
        }
        all.extend(ready);
        given = others;
    }
}

fn by_rule(all: &[Correlation]) -> BTreeMap<RuleIndex, Vec<(u16, u16)>> {
    let correlations: BTreeSet<_> = all.iter().map(|correlation| correlation.rule).collect();
    let mut by_rule = BTreeMap::<_, Vec<_>>::new();
    for (at, correlation) in (0u16..).zip(all) {
        for (place, referred) in (0u16..).zip(&correlation.of) {
            if !correlations.contains(&referred.rule) {
                by_rule.entry(referred.rule).or_default().push((at, place));
            }
        }
    }
    by_rule
}

/// The ways up from each correlation. Stops counting where there are too many.
fn ways(all: &[Correlation]) -> Vec<Vec<Way>> {
    let mut ways: Vec<Vec<Way>> = vec![Vec::new(); all.len()];
    // Those that rest on a correlation stand behind it: from the last to the first.
    for (at, correlation) in all.iter().enumerate().rev() {
        for (above, upper) in (0u16..).zip(all).skip(at + 1) {
            for (rule, referred) in (0u16..).zip(&upper.of) {
                if referred.rule == correlation.rule && ways[at].len() <= WAYS {
                    let further = ways[usize::from(above)].clone();
                    ways[at].push(Way { correlation: above, rule });
                    ways[at].extend(further);
                }
            }
        }
    }
    ways
}
