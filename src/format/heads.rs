//! How the texts of patterns begin: what many of them share is tried once on a text.
//!
//! A head is the parts of a pattern from its start on that take what they take in one way only. A
//! text may begin so in vain, and always does where the pattern fits.

use super::gate::Bytes;
use super::pattern::{Class, Times};
use crate::base::begins;
use crate::base::clock::Form;
use std::cell::{Cell, OnceCell};

/// Stands for the parts of a head.
pub(super) type HeadId = u16;

/// One part of a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Literal(Box<[u8]>),
    Time(Form),
    /// All that is of a class.
    Take(Class),
}

/// The heads of all patterns, each as one that is shorter by a part, and that part.
#[derive(Clone, Debug, Default)]
pub(super) struct Heads {
    all: Vec<Longer>,
    /// Those of one part.
    first: Vec<HeadId>,
}

#[derive(Clone, Debug)]
struct Longer {
    than: Option<HeadId>,
    by: Step,
    /// Those that are longer than this one.
    next: Vec<HeadId>,
}

/// How a text begins: with this head, and behind it with one of some bytes, or it ends there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub head: Option<HeadId>,
    pub next: Bytes,
}

impl Head {
    /// Whether any text begins so.
    pub fn is_any(&self) -> bool {
        self.head.is_none() && self.next == Bytes::ALL
    }
}

impl Heads {
    /// A head that is longer by a part than another, or than none. None where there are too many.
    pub fn behind(&mut self, than: Option<HeadId>, by: Step) -> Option<HeadId> {
        let next = match than {
            Some(than) => &self.all.get(usize::from(than))?.next,
            None => &self.first,
        };
        let is_it = |head: &&HeadId| self.all.get(usize::from(**head)).is_some_and(|h| h.by == by);
        if let Some(known) = next.iter().find(is_it) {
            return Some(*known);
        }
        let new = HeadId::try_from(self.all.len()).ok()?;
        self.all.push(Longer { than, by, next: Vec::new() });
        match than {
            Some(than) => self.all.get_mut(usize::from(than))?.next.push(new),
            None => self.first.push(new),
        }
        Some(new)
    }
}

/// Where heads end in the texts that were tried for them last: each text has a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Tried {
    last: Cell<u32>,
    ends: OnceCell<Box<[Cell<(u32, Option<u32>)>]>>,
}

impl Tried {
    /// A number for a text.
    pub fn next(&self) -> u32 {
        let next = self.last.get().wrapping_add(1);
        if next == 0 {
            // All of them may be taken.
            self.ends.get().into_iter().flatten().for_each(|end| end.set((0, None)));
        }
        self.last.set(next.max(1));
        next.max(1)
    }

    fn of(&self, heads: &Heads, head: HeadId) -> Option<&Cell<(u32, Option<u32>)>> {
        let ends = self.ends.get_or_init(|| vec![Cell::new((0, None)); heads.all.len()].into());
        ends.get(usize::from(head))
    }
}

/// The beginning of a text.
#[derive(Clone, Copy)]
pub(super) struct Begun<'t> {
    pub text: &'t [u8],
    pub times: &'t Times<'t>,
    pub heads: &'t Heads,
    pub tried: &'t Tried,
    /// The number of the text.
    pub number: u32,
}

impl Begun<'_> {
    /// Whether the text begins so.
    #[inline]
    pub fn fits(&self, head: &Head) -> bool {
        let end = match head.head {
            Some(head) => self.end(head),
            None => Some(0),
        };
        let rest = end.and_then(|end| self.text.get(end..));
        rest.is_some_and(|rest| rest.first().is_none_or(|byte| head.next.has(*byte)))
    }

    /// Where a head ends.
    fn end(&self, head: HeadId) -> Option<usize> {
        let last = self.tried.of(self.heads, head)?;
        if let (number, end) = last.get()
            && number == self.number
        {
            return end.map(|end| end as usize);
        }
        let end = self.find_end(head);
        last.set((self.number, end.and_then(|end| u32::try_from(end).ok())));
        end
    }

    fn find_end(&self, head: HeadId) -> Option<usize> {
        let Longer { than, by, .. } = self.heads.all.get(usize::from(head))?;
        let at = match than {
            Some(than) => self.end(*than)?,
            None => 0,
        };
        let rest = self.text.get(at..)?;
        let length = match by {
            Step::Literal(literal) => begins(rest, literal).then_some(literal.len()),
            Step::Time(form) => self.times.read(self.text, at, form).map(|(_, length)| length),
            Step::Take(class) => class.whole(rest),
        };
        Some(at + length?)
    }
}
