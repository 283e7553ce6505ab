//! Conditions on the pairs of a record: `eventName=ConsoleLogin & !errorCode`.
//!
//! Each part, joined by ` & `, is one of `key` (present and not empty), `!key` (absent or empty),
//! `key=value` (any of `a|b`, where `*` stands for any text), `key!=value`, `key>=400`, `key<400`.
//! Letters of ASCII count the same in both cases.

use super::keys::{Found, KeyId, Keys};
use crate::event::number;

/// Texts that must all stand in a record.
pub(super) type Alternative<'k> = Vec<&'k [u8]>;

/// Ways of holding that are told apart.
const ALTERNATIVES: usize = 32;

/// A condition, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition(Vec<(KeyId, Test)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Present,
    Absent,
    Is(Vec<Glob>),
    IsNot(Vec<Glob>),
    AtLeast(u64),
    Below(u64),
}

impl Condition {
    /// Compiles a condition; the error says what was expected.
    pub fn compile(text: &str, keys: &mut Keys) -> Result<Self, String> {
        let parts = text.split(" & ").map(str::trim).filter(|part| !part.is_empty());
        let parts: Vec<_> = parts.map(|part| compile_part(part, keys)).collect::<Result<_, _>>()?;
        match parts.is_empty() {
            true => Err("an empty condition; expected key, !key or key=value".to_owned()),
            false => Ok(Self(parts)),
        }
    }

    /// Whether it holds.
    pub fn holds(&self, found: &Found<'_, '_>) -> bool {
        self.0.iter().all(|(key, test)| test.holds(found.text(*key)))
    }

    /// Every way in which it can hold, each by the texts that values must then be like.
    pub fn alternatives<'s>(&'s self) -> Vec<Alternative<'s>> {
        let mut all: Vec<Alternative<'s>> = vec![Vec::new()];
        for (_, test) in &self.0 {
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
        self.0.iter().rev().find_map(|(key, test)| match test {
            Test::Is(globs) => {
                Some((*key, globs.iter().map(Glob::exact).collect::<Option<Vec<_>>>()?))
            }
            _ => None,
        })
    }

    /// The keys that must be there for it to hold.
    pub fn needed(&self) -> impl Iterator<Item = KeyId> {
        self.0.iter().filter(|(_, test)| test.needs_pair()).map(|(key, _)| *key)
    }
}

fn compile_part(part: &str, keys: &mut Keys) -> Result<(KeyId, Test), String> {
    if let Some(key) = part.strip_prefix('!') {
        return Ok((keys.add(key), Test::Absent));
    }
    let Some(at) = part.find(['=', '<', '>']) else {
        return Ok((keys.add(part), Test::Present));
    };
    let (key, rest) = part.split_at(at);
    let number_behind = |operator: &str| {
        let digits = &rest[operator.len()..];
        digits.parse().map_err(|_| format!("«{digits}» in «{part}»; expected a number"))
    };
    if rest.starts_with(">=") {
        return Ok((keys.add(key), Test::AtLeast(number_behind(">=")?)));
    }
    if rest.starts_with('<') {
        return Ok((keys.add(key), Test::Below(number_behind("<")?)));
    }
    let Some(values) = rest.strip_prefix('=') else {
        return Err(format!("«{part}»; expected =, !=, >= or <"));
    };
    let globs = values.split('|').map(Glob::new).collect();
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

    fn holds(&self, text: Option<&[u8]>) -> bool {
        match (self, text) {
            (Self::Present, text) => text.is_some(),
            (Self::Absent, text) => text.is_none(),
            (Self::Is(globs), Some(text)) => globs.iter().any(|glob| glob.fits(text)),
            (Self::IsNot(globs), Some(text)) => !globs.iter().any(|glob| glob.fits(text)),
            (Self::IsNot(_), None) => true,
            (Self::AtLeast(bound), Some(text)) => number(text).is_some_and(|n| n >= *bound),
            (Self::Below(bound), Some(text)) => number(text).is_some_and(|n| n < *bound),
            (Self::Is(_) | Self::AtLeast(_) | Self::Below(_), None) => false,
        }
    }
}

/// A text in which `*` stands for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    /// What stands between the stars, in lower case.
    parts: Vec<Box<[u8]>>,
}

impl Glob {
    pub fn new(text: &str) -> Self {
        let parts = text.split('*').map(|part| part.to_ascii_lowercase().into_bytes().into());
        Self { parts: parts.collect() }
    }

    /// The literals of another way of holding, and its own.
    fn and<'s>(&'s self, others: &[&'s [u8]]) -> Alternative<'s> {
        others.iter().copied().chain(self.parts.iter().map(AsRef::as_ref)).collect()
    }

    /// The text, in lower case, where it has no star.
    pub fn exact(&self) -> Option<&[u8]> {
        match self.parts.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Whether it is a star alone.
    pub fn fits_all(&self) -> bool {
        self.parts.len() == 2 && self.parts.iter().all(|part| part.is_empty())
    }

    /// Whether a text is of this form.
    pub fn fits(&self, text: &[u8]) -> bool {
        let (Some(first), Some(last)) = (self.parts.first(), self.parts.last()) else {
            return false;
        };
        if self.parts.len() == 1 {
            return text.eq_ignore_ascii_case(first);
        }
        let ends = first.len() + last.len() <= text.len()
            && text[..first.len()].eq_ignore_ascii_case(first)
            && text[text.len() - last.len()..].eq_ignore_ascii_case(last);
        if !ends {
            return false;
        }
        let mut rest = &text[first.len()..text.len() - last.len()];
        for part in &self.parts[1..self.parts.len() - 1] {
            let Some(at) = find_ignoring_case(rest, part) else { return false };
            rest = &rest[at + part.len()..];
        }
        true
    }
}

fn find_ignoring_case(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Pair, Value};
    use bumpalo::Bump;

    fn holds(condition: &str, pairs: &[(&str, &str)]) -> bool {
        let mut keys = Keys::default();
        let condition = Condition::compile(condition, &mut keys).unwrap();
        let arena = Bump::new();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| Pair { key: key.as_bytes(), value: Value::Text(value.as_bytes()) })
            .collect();
        condition.holds(&keys.find(&pairs, &arena))
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
