//! The figures of a sliding time span: notes come in at its end and go at its start, and whether
//! the condition holds is known at any time.

use super::notes::{Hits, Note};
use super::number::Decimal;
use super::{Condition, Correlation, Kind, Predicate, Value};
use crate::base::Fingerprint;
use std::collections::BTreeMap;

/// What is known of a time span.
pub(super) struct Tally<'c> {
    condition: &'c Condition,
    figure: Figure,
    /// Matches by rule.
    rules: Vec<u64>,
}

/// What the condition asks for.
enum Figure {
    /// How many.
    Count(u64),
    /// How many different, each with the notes that hold it.
    Different(BTreeMap<Fingerprint, u64>),
    /// How much, of how many.
    Sum(Decimal, u64),
    /// The same, divided.
    Average(Decimal, u64),
    /// Below what so many hundredths lie.
    Percentile(u8, Ranks),
    /// Which rules.
    Rules,
    /// For each rule, the latest start of a row in order that ends with it.
    Order(Vec<Option<i64>>),
}

impl<'c> Tally<'c> {
    /// Of no note. `notes` are all that will come.
    pub fn new<'n>(correlation: &'c Correlation, notes: impl Iterator<Item = &'n Note>) -> Self {
        let rules = correlation.of.len();
        let figure = match correlation.kind {
            Kind::EventCount => Figure::Count(0),
            Kind::ValueCount => Figure::Different(BTreeMap::new()),
            Kind::ValueSum => Figure::Sum(Decimal::default(), 0),
            Kind::ValueAvg => Figure::Average(Decimal::default(), 0),
            Kind::ValuePercentile(percent) => Figure::Percentile(percent, Ranks::new(notes)),
            Kind::Temporal => Figure::Rules,
            Kind::TemporalOrdered => Figure::Order(vec![None; rules]),
        };
        Self { condition: &correlation.condition, figure, rules: vec![0; rules] }
    }

    /// A note comes in. Those of one instant come in the order of their rules.
    pub fn add(&mut self, note: &Note, hits: &Hits) {
        if note.value == Value::None
            && let Some(count) = self.rules.get_mut(usize::from(note.rule))
        {
            *count += hits.matches;
        }
        match (&mut self.figure, note.value) {
            (Figure::Count(count), Value::None) => *count += hits.matches,
            (Figure::Sum(sum, count) | Figure::Average(sum, count), Value::None) => {
                *sum = sum.plus(hits.sum);
                *count += hits.matches;
            }
            (Figure::Different(values), Value::Text(value)) => {
                *values.entry(value).or_default() += 1;
            }
            (Figure::Percentile(_, ranks), Value::Number(value)) => {
                ranks.add(value, hits.matches.cast_signed());
            }
            (Figure::Order(starts), Value::None) => {
                let rule = usize::from(note.rule);
                let before = rule.checked_sub(1);
                let start = before.map_or(Some(note.bucket), |rule| starts[rule]);
                starts[rule] = starts[rule].max(start);
            }
            _ => {}
        }
    }

    /// A note goes.
    pub fn take(&mut self, note: &Note, hits: &Hits) {
        if note.value == Value::None
            && let Some(count) = self.rules.get_mut(usize::from(note.rule))
        {
            *count -= hits.matches;
        }
        match (&mut self.figure, note.value) {
            (Figure::Count(count), Value::None) => *count -= hits.matches,
            (Figure::Sum(sum, count) | Figure::Average(sum, count), Value::None) => {
                *sum = sum.minus(hits.sum);
                *count -= hits.matches;
            }
            (Figure::Different(values), Value::Text(value)) => {
                if let Some(notes) = values.get_mut(&value) {
                    *notes -= 1;
                    if *notes == 0 {
                        values.remove(&value);
                    }
                }
            }
            (Figure::Percentile(_, ranks), Value::Number(value)) => {
                ranks.add(value, -hits.matches.cast_signed());
            }
            _ => {}
        }
    }

    /// Where what fulfils the condition begins; none when it does not hold. `from` is the first
    /// bucket of the span.
    pub fn holds(&self, from: i64) -> Option<i64> {
        let matched = |rule: u16| self.has(rule);
        let is_expressed =
            self.condition.expression.as_ref().is_none_or(|what| what.holds(&matched));
        let begin = match &self.figure {
            Figure::Order(starts) => {
                starts.last().copied().flatten().filter(|start| *start >= from)
            }
            _ => Some(from),
        };
        let fits = self.measured().is_some_and(|measured| self.not_met(measured).next().is_none());
        begin.filter(|_| is_expressed && fits)
    }

    /// What the predicates are about: a number, of which so many times is given. None where there
    /// is nothing to tell it from.
    fn measured(&self) -> Option<(Decimal, u64)> {
        Some(match &self.figure {
            Figure::Count(count) => (Decimal::whole(*count), 1),
            Figure::Different(values) => (Decimal::whole(values.len() as u64), 1),
            Figure::Sum(_, 0) | Figure::Average(_, 0) => return None,
            Figure::Sum(sum, _) => (*sum, 1),
            Figure::Average(sum, count) => (*sum, *count),
            Figure::Percentile(percent, ranks) => (ranks.hundredfold(*percent)?, 100),
            Figure::Rules | Figure::Order(_) => {
                let rules = self.rules.iter().filter(|count| **count > 0).count();
                (Decimal::whole(rules as u64), 1)
            }
        })
    }

    fn not_met(&self, (figure, times): (Decimal, u64)) -> impl Iterator<Item = &Predicate> {
        let is_met =
            move |(comparison, than): &&Predicate| comparison.holds(&figure, &than.times(times));
        self.condition.predicates.iter().filter(move |predicate| !is_met(predicate))
    }

    /// The predicates that do not hold.
    pub fn unmet(&self) -> Vec<Predicate> {
        match self.measured() {
            Some(measured) => self.not_met(measured).copied().collect(),
            None => self.condition.predicates.clone(),
        }
    }

    /// The figure, for people: of rules in order, how many of the row there are. `from` is the first
    /// bucket of the span.
    pub fn figure(&self, from: i64) -> Option<Decimal> {
        if let Figure::Order(starts) = &self.figure {
            let is_within = |start: &Option<i64>| start.is_some_and(|start| start >= from);
            let in_order = starts.iter().rposition(is_within).map_or(0, |last| last + 1);
            return Some(Decimal::whole(in_order as u64));
        }
        self.measured().map(|(figure, times)| figure.part(times))
    }

    /// Whether a rule matched, by its place in `Correlation::of`.
    pub fn has(&self, rule: u16) -> bool {
        self.rules.get(usize::from(rule)).is_some_and(|count| *count > 0)
    }
}

/// How many there are of each of some numbers, from the smallest on: a Fenwick tree over the
/// numbers that will come.
struct Ranks {
    numbers: Vec<Decimal>,
    sums: Vec<i64>,
    all: i64,
}

impl Ranks {
    fn new<'n>(notes: impl Iterator<Item = &'n Note>) -> Self {
        let number = |note: &Note| match note.value {
            Value::Number(number) => Some(number),
            Value::None | Value::Text(_) => None,
        };
        let mut numbers: Vec<_> = notes.filter_map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let sums = vec![0; numbers.len() + 1];
        Self { numbers, sums, all: 0 }
    }

    fn add(&mut self, number: Decimal, count: i64) {
        let Ok(place) = self.numbers.binary_search(&number) else { return };
        let mut at = place + 1;
        while at < self.sums.len() {
            self.sums[at] += count;
            at += at & at.wrapping_neg();
        }
        self.all += count;
    }

    /// The number before which so many others stand in order.
    fn behind(&self, others: i64) -> Option<Decimal> {
        let (mut at, mut left) = (0, others);
        let mut step = self.sums.len().next_power_of_two();
        while step > 0 {
            if let Some(sum) = self.sums.get(at + step).filter(|sum| **sum <= left) {
                left -= sum;
                at += step;
            }
            step /= 2;
        }
        self.numbers.get(at).copied()
    }

    /// A hundred times the number below which `percent` hundredths lie, linear between two numbers.
    fn hundredfold(&self, percent: u8) -> Option<Decimal> {
        if self.all == 0 {
            return None;
        }
        let rank = i64::from(percent) * (self.all - 1);
        let (whole, rest) = (rank / 100, rank % 100);
        let low = self.behind(whole)?;
        let high = if rest == 0 { low } else { self.behind(whole + 1)? };
        Some(low.times(100).plus(high.minus(low).times(rest.unsigned_abs())))
    }
}
