//! Conditions of patterns, and those of their terms that can be swept for by themselves.

use super::{Out, Says};
use crate::intel::refusal::{Construct, Why};
use crate::intel::value::{Kind, Value};

/// A condition on what was observed.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// A comparison.
    One(Term),
    /// Any of these.
    Any(Vec<Self>),
    /// All of these.
    All(Vec<Self>),
}

/// A comparison.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// How it is written.
    pub(super) text: String,
    /// The line on which it stands.
    pub(super) line: u32,
    /// The values that it is true for; none where it says nothing of its own, such as the type of
    /// what another term compares.
    pub(super) values: Result<Vec<Value>, Why>,
}

impl Condition {
    fn says_nothing(&self) -> bool {
        matches!(self, Self::One(Term { values: Ok(values), .. }) if values.is_empty())
    }

    /// A hash names a file by itself, whatever else is said of it.
    fn is_hash(&self) -> bool {
        let is_hash = |value: &Value| value.kind == Kind::Hash;
        matches!(self, Self::One(Term { values: Ok(values), .. }) if values.iter().all(is_hash))
    }

    /// A text and a line that stand for it.
    fn shown(&self) -> Option<(&str, u32)> {
        match self {
            Self::One(term) => Some((&term.text, term.line)),
            Self::Any(parts) | Self::All(parts) => parts.iter().find_map(Self::shown),
        }
    }

    /// Takes every value that makes the condition true alone, and tells of the others.
    pub(super) fn sweep(&self, out: &mut Out<'_>, says: Says<'_>) {
        match self {
            Self::One(term) => {
                let says = Says { line: term.line, ..says };
                match &term.values {
                    Ok(values) => {
                        values
                            .iter()
                            .for_each(|value| out.take(&term.text, Ok(value.clone()), says));
                    }
                    Err(why) => out.refuse(term.line, &term.text, why.clone()),
                }
            }
            Self::Any(parts) => parts.iter().for_each(|part| part.sweep(out, says)),
            Self::All(parts) => {
                let parts: Vec<&Self> = parts.iter().filter(|part| !part.says_nothing()).collect();
                if parts.len() == 1 || parts.iter().all(|part| part.is_hash()) {
                    parts.iter().for_each(|part| part.sweep(out, says));
                } else if let Some((text, line)) = self.shown() {
                    out.refuse(line, text, Why::Pattern(Construct::Several));
                }
            }
        }
    }
}
