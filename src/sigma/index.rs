//! The predicates of one field, indexed by the texts that values must hold to pass them.
//!
//! It says the same as asking each test of each predicate: `laws` compares.

use super::expr::{Predicate, PredicateId};
use super::finder::{Finder, Texts};
use super::number::Number;
use super::test::{GlobPart, Order, Place, Probe, Test, lower};
use crate::text::Value;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// The predicates of one field.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Values that are all of a text, in lower case and in order, and what they mean.
    whole: (Texts, Uses),
    /// Values that are a number.
    numbers: BTreeMap<Number, Vec<PredicateId>>,
    /// Finds texts in values in lower case.
    finder: Option<Finder>,
    /// Finds them in values as they are written, when the first of these comes; none where it would
    /// not tell.
    written: OnceCell<Option<Finder>>,
    /// By text of the finder, what it may mean.
    uses: Uses,
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

/// What texts mean, by text.
#[derive(Debug, Default)]
struct Uses {
    all: Vec<Use>,
    /// By text, where its uses end.
    ends: Vec<u32>,
}

impl Uses {
    fn of(&self, text: usize) -> &[Use] {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        let start = text.checked_sub(1).map_or(0, end);
        self.all.get(start..end(text)).unwrap_or_default()
    }
}

/// Texts with what they mean, as they are gathered.
#[derive(Default)]
struct Gathered<'t>(Vec<(u64, Cow<'t, [u8]>, Use)>);

impl<'t> Gathered<'t> {
    fn add(&mut self, text: Cow<'t, [u8]>, found: Use) {
        // The order is that of the texts; their beginnings tell nearly always which comes first.
        let mut beginning = [0; 8];
        beginning.iter_mut().zip(text.iter()).for_each(|(to, byte)| *to = *byte);
        self.0.push((u64::from_be_bytes(beginning), text, found));
    }

    /// Each text once, in order, and its uses.
    fn sorted(mut self) -> (Texts, Uses) {
        self.0.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let (mut texts, mut uses) = (Texts::default(), Uses::default());
        for (_, text, found) in self.0 {
            if texts.last() != Some(&*text) {
                texts.push(&text);
                uses.ends.push(uses.all.len() as u32);
            }
            uses.all.push(found);
            if let Some(end) = uses.ends.last_mut() {
                *end += 1;
            }
        }
        (texts, uses)
    }
}

/// A text in lower case, as those that are not `cased` are already.
fn lowered(text: &[u8], cased: bool) -> Cow<'_, [u8]> {
    if cased { lower(text) } else { Cow::Borrowed(text) }
}

impl Index {
    /// Indexes predicates.
    pub fn new(ids: &[PredicateId], predicates: &[Predicate]) -> Self {
        let mut index = Self::default();
        let (mut whole, mut inside) = (Gathered::default(), Gathered::default());
        for predicate in ids {
            let tests = predicates.get(*predicate as usize).map_or(&[][..], |found| &found.tests);
            for (test, asked) in (0..).zip(tests) {
                index.add((*predicate, test), asked, &mut whole, &mut inside);
            }
        }
        index.has_numbers = !index.numbers.is_empty();
        index.whole = whole.sorted();
        let (texts, uses) = inside.sorted();
        if texts.is_empty() {
            return index;
        }
        index.finder = Finder::new(texts);
        if index.finder.is_none() {
            // Beyond what can be searched for, every test is asked.
            let of_uses = uses.all.iter();
            index.others.extend(of_uses.map(|found| (found.predicate, found.test)));
        }
        index.met_in = vec![0; uses.ends.len()];
        index.uses = uses;
        index
    }

    fn add<'t>(
        &mut self,
        (predicate, test): (PredicateId, u32),
        asked: &'t Test,
        whole: &mut Gathered<'t>,
        inside: &mut Gathered<'t>,
    ) {
        let of = |place, confirm| Use { predicate, place, test, confirm };
        match asked {
            Test::Text { place: Place::Whole, text, cased } => {
                whole.add(lowered(text, *cased), of(Place::Whole, *cased));
            }
            Test::Text { place, text, cased } if !text.is_empty() => {
                let place = if *cased { Place::Inside } else { *place };
                inside.add(lowered(text, *cased), of(place, *cased));
            }
            Test::Glob { parts, .. } if longest(parts).is_some() => {
                let text = longest(parts).unwrap_or_default();
                inside.add(lower(text), of(Place::Inside, true));
            }
            Test::Regex(pattern) if !pattern.witnesses().is_empty() => {
                for text in pattern.witnesses() {
                    inside.add(Cow::Borrowed(text), of(Place::Inside, true));
                }
            }
            Test::Number(Order::Eq, number) => {
                self.numbers.entry(number.clone()).or_default().push(predicate);
            }
            _ => self.others.push((predicate, test)),
        }
    }

    /// Whether a value can be told to pass no predicate. It may in vain be told not to.
    pub fn passes_none(&self, value: Value<'_>) -> bool {
        if !self.whole.0.is_empty() || self.has_numbers || !self.others.is_empty() {
            return false;
        }
        let Some(finder) = &self.finder else { return true };
        match value {
            Value::Null => false,
            Value::Text(text) => !finder.may_hold(text),
            // To look at it as it is written spares working out nearly all texts.
            Value::Escaped(escaped) => {
                let by_written = self.written.get_or_init(|| finder.of_written());
                let may_hold = |written: &Finder| written.may_hold_written(escaped.written());
                !by_written.as_ref().is_none_or(may_hold) || !finder.may_hold(escaped.text())
            }
        }
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
        let (texts, uses) = &self.whole;
        let whole = texts.place_of(probe.lower).map_or(&[][..], |text| uses.of(text)).iter();
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
            for asked in self.uses.of(at) {
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
