//! Conditions on the pairs of a record: `eventName=ConsoleLogin & !errorCode`.
//!
//! Each part, joined by ` & `, is one of `key` (present and not empty), `!key` (absent or empty),
//! `key=value` (any of `a|b`, where `*` stands for any text), `key!=value`, `key>=400`, `key<400`.
//! Letters of ASCII count the same in both cases.

use super::grams::{GramId, Grams, Held, LookedThrough, Signs};
use super::keys::{Found, KeyId, Keys};
use crate::base::{Glob, Wrong};
use crate::event::number;
use crate::text::Value;
use std::borrow::Cow;

/// Texts that must all stand in a record.
pub(super) type Alternative<'k> = Vec<Cow<'k, [u8]>>;

/// Ways of holding that are told apart.
const ALTERNATIVES: usize = 32;

/// A condition, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    tests: Vec<(KeyId, Test)>,
    /// The numbers of those that others ask as well.
    shared: Vec<Option<u8>>,
}

/// What values are tested for by several conditions, and what came of it for a record.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answers {
    known: u64,
    holds: u64,
}

impl Answers {
    /// The answer of a number.
    #[inline]
    fn of(&mut self, number: u8, holds: impl FnOnce() -> bool) -> bool {
        let bit = 1 << number;
        if self.known & bit == 0 {
            self.known |= bit;
            self.holds |= if holds() { bit } else { 0 };
        }
        self.holds & bit != 0
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Present,
    Absent,
    Is(Vec<Like>),
    IsNot(Vec<Like>),
    AtLeast(u64),
    Below(u64),
}

/// What a text may be like, and what stands in each record that holds such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Like {
    glob: Glob,
    gram: Option<GramId>,
    signs: Signs,
    /// Whether it is one text, which is soon compared.
    is_exact: bool,
}

/// How it is told which bytes in a row stand in the values of a record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holding<'h> {
    /// They stand in no value that do not stand in the record.
    Record(&'h Held),
    /// A value is looked at when it is asked for, unless it is the one that was looked through.
    Values(&'h Grams, Option<LookedThrough<'h>>),
}

impl Holding<'_> {
    /// Whether they may stand in a value.
    #[inline]
    fn may_have(&self, gram: GramId) -> bool {
        match self {
            Self::Record(held) => held.has(gram),
            Self::Values(..) => true,
        }
    }

    /// Whether these signs may.
    #[inline]
    const fn may_have_signs(&self, signs: Signs) -> bool {
        match self {
            Self::Record(held) => held.has_signs(signs),
            Self::Values(..) => true,
        }
    }
}

impl Like {
    fn new(text: &str) -> Self {
        let glob = Glob::whole(text);
        let is_exact = glob.exact().is_some();
        let signs = glob.parts().map(|part| Signs::of(part.as_bytes()));
        Self { signs: signs.fold(Signs::NONE, Signs::or), glob, gram: None, is_exact }
    }

    /// Whether a text of a record that holds this is so.
    #[inline]
    fn fits(&self, text: &[u8], held: Holding<'_>) -> bool {
        let may_be =
            || held.may_have_signs(self.signs) && self.gram.is_none_or(|gram| held.may_have(gram));
        (self.is_exact || may_be()) && self.glob.fits(text)
    }

    /// The literals of another way of holding, and its own.
    fn and<'s>(&'s self, others: &[Cow<'s, [u8]>]) -> Alternative<'s> {
        let own = self.glob.parts().map(|part| Cow::Borrowed(part.as_bytes()));
        others.iter().cloned().chain(own).collect()
    }
}

impl Condition {
    /// Compiles a condition; the error says what was expected.
    pub fn compile(text: &str, keys: &mut Keys) -> Result<Self, Wrong> {
        let parts = text.split(" & ").map(str::trim).filter(|part| !part.is_empty());
        let parts: Vec<_> = parts.map(|part| compile_part(part, keys)).collect::<Result<_, _>>()?;
        match parts.is_empty() {
            true => Err(Wrong::new(
                "an empty condition; expected key, !key or key=value",
                "条件が空です。名前、!名前、名前=値のいずれかを指定してください。",
            )),
            false => Ok(Self { shared: vec![None; parts.len()], tests: parts }),
        }
    }

    /// Numbers its tests for one of several texts among those of others: the same test has the same
    /// number.
    pub fn share<'c>(conditions: impl Iterator<Item = &'c mut Self>) {
        let mut known: Vec<(KeyId, Test)> = Vec::new();
        for condition in conditions {
            for (test, number) in condition.tests.iter().zip(&mut condition.shared) {
                if test.1.likes().len() < 2 {
                    continue;
                }
                let at = known.iter().position(|other| other == test).unwrap_or_else(|| {
                    known.push(test.clone());
                    known.len() - 1
                });
                *number = u8::try_from(at).ok().filter(|number| u32::from(*number) < u64::BITS);
            }
        }
    }

    /// Whether it holds for what was found in a record, which holds this.
    pub fn holds(&self, found: &Found<'_, '_>, held: Holding<'_>) -> bool {
        self.tests.iter().all(|(key, test)| test.holds(found.value(*key), held))
    }

    /// Whether it may hold, where this is known that the record says.
    pub fn may_hold<'v>(
        &self,
        held: Holding<'_>,
        says: impl Fn(KeyId) -> Option<Option<Value<'v>>>,
    ) -> bool {
        self.tests.iter().all(|(key, test)| says(*key).is_none_or(|value| test.holds(value, held)))
    }

    /// The same where some answers are known.
    pub fn holds_knowing(
        &self,
        found: &Found<'_, '_>,
        held: Holding<'_>,
        answers: &mut Answers,
    ) -> bool {
        let own = self.tests.iter().zip(&self.shared);
        let mut own = own.map(|((key, test), number)| (found.value(*key), test, number));
        own.all(|(value, test, number)| match number {
            Some(number) => answers.of(*number, || test.holds(value, held)),
            None => test.holds(value, held),
        })
    }

    /// Counts the literals that values must hold.
    pub fn count(&self, grams: &mut Grams) {
        let likes = self.tests.iter().flat_map(|(_, test)| test.likes());
        likes.for_each(|like| grams.count(like.glob.longest().as_bytes()));
    }

    /// Asks for the literals that values must hold.
    pub fn ask(&mut self, grams: &mut Grams) {
        for (_, test) in &mut self.tests {
            if let Test::Is(likes) | Test::IsNot(likes) = test {
                let ask = |like: &mut Like| like.gram = grams.ask(like.glob.longest().as_bytes());
                likes.iter_mut().for_each(ask);
            }
        }
    }

    /// The slow twin: texts are compared whatever records hold.
    #[cfg(test)]
    pub fn open(&mut self) {
        self.shared.fill(None);
        for (_, test) in &mut self.tests {
            if let Test::Is(likes) | Test::IsNot(likes) = test {
                likes.iter_mut().for_each(|like| (like.gram, like.signs) = (None, Signs::NONE));
            }
        }
    }

    /// Every way in which it can hold, each by the texts that values must then be like.
    pub fn alternatives<'s>(&'s self) -> Vec<Alternative<'s>> {
        let mut all: Vec<Alternative<'s>> = vec![Vec::new()];
        for (_, test) in &self.tests {
            let Test::Is(globs) = test else { continue };
            if all.len() * globs.len() > ALTERNATIVES {
                continue;
            }
            let more = |one: Alternative<'s>| globs.iter().map(move |glob| glob.and(&one));
            all = all.into_iter().flat_map(more).collect();
        }
        all
    }

    /// A key and the values, in lower case, of which it must have one for the condition to hold.
    pub fn values(&self) -> Option<(KeyId, Vec<&[u8]>)> {
        // The one behind says more: a source comes first, and the number of its event follows.
        self.tests.iter().rev().find_map(|(key, test)| match test {
            Test::Is(likes) => {
                let exact = likes.iter().map(|like| like.glob.exact().map(str::as_bytes));
                Some((*key, exact.collect::<Option<Vec<_>>>()?))
            }
            _ => None,
        })
    }

    /// A key that must be there for it to hold, and bytes in a row of which one stands in each
    /// record for which it does; none where that is not known.
    pub fn grams(&self) -> Option<(KeyId, Vec<GramId>)> {
        let of_test = |(key, test): &(KeyId, Test)| match test {
            Test::Is(likes) => {
                let grams = likes.iter().map(|like| like.gram).collect::<Option<Vec<_>>>();
                Some((*key, grams?))
            }
            _ => None,
        };
        self.tests.iter().filter_map(of_test).min_by_key(|(_, grams)| grams.len())
    }

    /// Whether a value must be like one that it states.
    pub fn asks_for_value(&self) -> bool {
        self.tests.iter().any(|(_, test)| matches!(test, Test::Is(_)))
    }

    /// The keys that must be there for it to hold.
    pub fn needed(&self) -> impl Iterator<Item = KeyId> {
        self.tests.iter().filter(|(_, test)| test.needs_pair()).map(|(key, _)| *key)
    }
}

fn compile_part(part: &str, keys: &mut Keys) -> Result<(KeyId, Test), Wrong> {
    if let Some(key) = part.strip_prefix('!') {
        return Ok((keys.add(key), Test::Absent));
    }
    let Some(at) = part.find(['=', '<', '>']) else {
        return Ok((keys.add(part), Test::Present));
    };
    let (key, rest) = part.split_at(at);
    let number_behind = |operator: &str| {
        let digits = &rest[operator.len()..];
        digits.parse().map_err(|_| {
            let ja = format!("「{part}」の「{digits}」は数値ではありません。");
            Wrong::new(format!("«{digits}» in «{part}»; expected a number"), ja)
        })
    };
    if rest.starts_with(">=") {
        return Ok((keys.add(key), Test::AtLeast(number_behind(">=")?)));
    }
    if rest.starts_with('<') {
        return Ok((keys.add(key), Test::Below(number_behind("<")?)));
    }
    let Some(values) = rest.strip_prefix('=') else {
        return Err(Wrong::expected(part, "=, !=, >= or <", "=、!=、>=、<のいずれか"));
    };
    let globs = values.split('|').map(Like::new).collect();
    Ok(match key.strip_suffix('!') {
        Some(key) => (keys.add(key), Test::IsNot(globs)),
        None => (keys.add(key), Test::Is(globs)),
    })
}

impl Test {
    /// Whether it holds only where the pair is there.
    const fn needs_pair(&self) -> bool {
        !matches!(self, Self::Absent | Self::IsNot(_))
    }

    fn likes(&self) -> &[Like] {
        match self {
            Self::Is(likes) | Self::IsNot(likes) => likes,
            _ => &[],
        }
    }

    fn holds(&self, value: Option<Value<'_>>, held: Holding<'_>) -> bool {
        match self {
            Self::Present => value.is_some(),
            Self::Absent => value.is_none(),
            _ => self.compares(value.and_then(Value::text), held),
        }
    }

    fn compares(&self, text: Option<&[u8]>, held: Holding<'_>) -> bool {
        match (self, text) {
            (Self::Present | Self::Absent, _) => false,
            (Self::Is(globs), Some(text)) => globs.iter().any(|glob| glob.fits(text, held)),
            (Self::IsNot(globs), Some(text)) => !globs.iter().any(|glob| glob.fits(text, held)),
            (Self::IsNot(_), None) => true,
            (Self::AtLeast(bound), Some(text)) => number(text).is_some_and(|n| n >= *bound),
            (Self::Below(bound), Some(text)) => number(text).is_some_and(|n| n < *bound),
            (Self::Is(_) | Self::AtLeast(_) | Self::Below(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Pair;
    use bumpalo::Bump;

    fn holds(condition: &str, pairs: &[(&str, &str)]) -> bool {
        let mut keys = Keys::default();
        let condition = Condition::compile(condition, &mut keys).unwrap();
        let arena = Bump::new();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| Pair { key: key.as_bytes(), value: Value::Text(value.as_bytes()) })
            .collect();
        condition.holds(&keys.find(&pairs, &arena), Holding::Values(&Grams::default(), None))
    }

    #[test]
    fn every_part_must_hold() {
        let pairs = [("event", "ConsoleLogin"), ("status", "403"), ("empty", "")];
        assert!(holds("event", &pairs) && holds("!other", &pairs) && holds("!empty", &pairs));
        assert!(holds("event=consolelogin & status>=400", &pairs));
        assert!(holds("event=Switch*|Console*", &pairs) && holds("event=*log*", &pairs));
        assert!(!holds("event=Console", &pairs) && !holds("event & status<400", &pairs));
        assert!(holds("event!=Switch*", &pairs) && !holds("event!=*Login", &pairs));
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for text in ["", "status>=many", "status>3"] {
            assert!(Condition::compile(text, &mut Keys::default()).is_err(), "{text}");
        }
    }
}
