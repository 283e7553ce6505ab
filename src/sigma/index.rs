//! The predicates of one field, indexed by the texts that values must hold to pass them.
//!
//! It says the same as asking each test of each predicate: `laws` compares.

use super::expr::{Predicate, PredicateId};
use super::finder::Finder;
use super::number::Number;
use super::test::{GlobPart, Order, Place, Probe, Test, lower};
use std::collections::BTreeMap;

/// The predicates of one field.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Values that are all of a text, in lower case.
    whole: BTreeMap<Box<[u8]>, Vec<Use>>,
    /// Values that are a number.
    numbers: BTreeMap<Number, Vec<PredicateId>>,
    /// Finds texts in values in lower case.
    finder: Option<Finder>,
    /// By text of the finder, what it may mean.
    uses: Vec<Vec<Use>>,
    /// By text, the value in which it was met last.
    met_in: Vec<u32>,
    value: u32,
    /// What is asked of every value.
    others: Vec<(PredicateId, u32)>,
    /// Whether one of them asks for numbers.
    has_numbers: bool,
}

/// What a text in a value means.
#[derive(Clone, Copy, Debug)]
struct Use {
    predicate: PredicateId,
    /// Where the text must stand.
    place: Place,
    /// The test that it is of.
    test: u32,
    /// Whether the test must be asked, since the text alone does not say all.
    confirm: bool,
}

impl Index {
    /// Indexes predicates.
    pub fn new(ids: &[PredicateId], predicates: &[Predicate]) -> Self {
        let mut index = Self::default();
        let mut texts: BTreeMap<Box<[u8]>, Vec<Use>> = BTreeMap::new();
        for predicate in ids {
            let tests = predicates.get(*predicate as usize).map_or(&[][..], |found| &found.tests);
            for (test, asked) in (0..).zip(tests) {
                index.add(*predicate, test, asked, &mut texts);
            }
        }
        index.has_numbers = !index.numbers.is_empty();
        let (patterns, uses): (Vec<_>, Vec<_>) = texts.into_iter().unzip();
        if patterns.is_empty() {
            return index;
        }
        index.finder = Finder::new(patterns);
        if index.finder.is_none() {
            // Beyond what can be searched for, every test is asked.
            let of_uses = uses.iter().flatten();
            index.others.extend(of_uses.map(|found| (found.predicate, found.test)));
        }
        index.met_in = vec![0; uses.len()];
        index.uses = uses;
        index
    }

    fn add(
        &mut self,
        predicate: PredicateId,
        test: u32,
        asked: &Test,
        texts: &mut BTreeMap<Box<[u8]>, Vec<Use>>,
    ) {
        let mut put = |text: &[u8], place, confirm: bool| {
            texts.entry(text.into()).or_default().push(Use { predicate, place, test, confirm });
        };
        match asked {
            Test::Text { place: Place::Whole, text, cased } => {
                let key = lower(text).as_ref().into();
                let found = Use { predicate, place: Place::Whole, test, confirm: *cased };
                self.whole.entry(key).or_default().push(found);
            }
            Test::Text { place, text, cased } if !text.is_empty() => {
                let place = if *cased { Place::Inside } else { *place };
                put(&lower(text), place, *cased);
            }
            Test::Glob { parts, .. } if longest(parts).is_some() => {
                put(&lower(longest(parts).unwrap_or_default()), Place::Inside, true);
            }
            Test::Regex(pattern) if !pattern.witnesses().is_empty() => {
                pattern.witnesses().iter().for_each(|text| put(text, Place::Inside, true));
            }
            Test::Number(Order::Eq, number) => {
                self.numbers.entry(number.clone()).or_default().push(predicate);
            }
            _ => self.others.push((predicate, test)),
        }
    }

    /// Whether a value, as it is, can be told to pass no predicate. It may in vain be told not to.
    pub fn passes_none(&self, raw: &[u8]) -> bool {
        self.whole.is_empty()
            && !self.has_numbers
            && self.others.is_empty()
            && self.finder.as_ref().is_none_or(|finder| !finder.may_hold(raw))
    }

    /// Adds the predicates that a value passes, in order and each once.
    pub fn judge(
        &mut self,
        probe: Probe<'_>,
        predicates: &[Predicate],
        out: &mut Vec<PredicateId>,
    ) {
        let start = out.len();
        let holds = |predicate: PredicateId, test: u32| {
            let tests = predicates.get(predicate as usize).map(|predicate| &predicate.tests);
            tests.and_then(|tests| tests.get(test as usize)).is_some_and(|test| test.holds(probe))
        };
        let confirmed = |found: &Use| !found.confirm || holds(found.predicate, found.test);
        let whole = self.whole.get(probe.lower).into_iter().flatten();
        out.extend(whole.filter(|found| confirmed(found)).map(|found| found.predicate));
        if self.has_numbers
            && let Some(number) = Number::parse(probe.raw)
        {
            out.extend(self.numbers.get(&number).into_iter().flatten());
        }
        self.search(probe.lower, &confirmed, out);
        let others = self.others.iter().filter(|(predicate, test)| holds(*predicate, *test));
        out.extend(others.map(|(predicate, _)| *predicate));
        out[start..].sort_unstable();
        let mut kept = start;
        for at in start..out.len() {
            if kept == start || out[kept - 1] != out[at] {
                out[kept] = out[at];
                kept += 1;
            }
        }
        out.truncate(kept);
    }

    fn search(
        &mut self,
        text: &[u8],
        confirmed: &dyn Fn(&Use) -> bool,
        out: &mut Vec<PredicateId>,
    ) {
        let Some(finder) = &self.finder else { return };
        if self.value == u32::MAX {
            self.met_in.fill(0);
            self.value = 0;
        }
        self.value += 1;
        finder.find(text, &mut |at, start| {
            let is_new = self.met_in[at] != self.value;
            self.met_in[at] = self.value;
            for asked in &self.uses[at] {
                let fits = match asked.place {
                    Place::Inside => is_new,
                    Place::Start => start == 0,
                    Place::End => finder.end(at, start) == text.len(),
                    Place::Whole => false,
                };
                if fits && confirmed(asked) {
                    out.push(asked.predicate);
                }
            }
        });
    }
}

/// The longest text of a form.
fn longest(parts: &[GlobPart]) -> Option<&[u8]> {
    let texts = parts.iter().filter_map(|part| match part {
        GlobPart::Text(text) => Some(&**text),
        GlobPart::Star | GlobPart::One | GlobPart::Dash => None,
    });
    texts.max_by_key(|text| text.len())
}

/// How rarely values pass a test, as a guess: the length of what they must hold.
pub(super) fn rarity(test: &Test) -> usize {
    match test {
        Test::Text { place: Place::Whole, text, .. } => text.len() + 2,
        Test::Text { text, .. } => text.len(),
        Test::Glob { parts, .. } => longest(parts).map_or(0, <[u8]>::len),
        Test::Regex(pattern) => {
            pattern.witnesses().iter().map(|text| text.len()).min().unwrap_or(0)
        }
        Test::Cidr(_) | Test::Number(Order::Eq, _) => 2,
        Test::Number(..) | Test::Bool(_) | Test::TimePart(..) => 1,
    }
}
