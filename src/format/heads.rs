//! How the texts of patterns begin: what many of them share is tried once on a text.
//!
//! A head is the parts of a pattern from its start on that take what they take in one way only. A
//! text may begin so in vain, and always does where the pattern fits.

use super::gate::Bytes;
use super::pattern::{Class, Literal, Times};
use crate::base::clock::Form;
use std::cell::{Cell, OnceCell};

/// Stands for the parts of a head.
pub(super) type HeadId = u16;

/// One part of a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Literal(Literal),
    Time(Form),
    /// All that is of a class.
    Take(Class),
    /// Something of a class, and a literal behind it. It takes nothing, for it does not tell where
    /// that stands.
    Before(Class, Literal),
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
    /// The head, and before it all that are shorter: most texts begin otherwise, and with most of
    /// these that shows soon.
    path: Box<[HeadId]>,
    next: Bytes,
}

impl Head {
    /// Whether any text begins so.
    pub fn is_any(&self) -> bool {
        self.path.is_empty() && self.next == Bytes::ALL
    }
}

impl Heads {
    /// How texts begin that have this head.
    pub fn with(&self, head: Option<HeadId>, next: Bytes) -> Head {
        let shorter = |head: &HeadId| self.all.get(usize::from(*head))?.than;
        let mut path: Vec<_> = std::iter::successors(head, shorter).collect();
        path.reverse();
        Head { path: path.into(), next }
    }

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
    ends: OnceCell<Box<[Cell<End>]>>,
}

/// The number of a text, and the place in it where a head ends.
type End = (u32, u32);

/// Where a head ends that the text does not begin with.
const NOWHERE: u32 = u32::MAX;

/// Of no text.
const UNTRIED: End = (0, NOWHERE);

impl Tried {
    /// A number for a text.
    pub fn next(&self) -> u32 {
        let next = self.last.get().wrapping_add(1);
        if next == 0 {
            // All of them may be taken.
            self.ends.get().into_iter().flatten().for_each(|end| end.set(UNTRIED));
        }
        self.last.set(next.max(1));
        next.max(1)
    }

    #[inline]
    fn of(&self, heads: &Heads, head: HeadId) -> Option<&Cell<End>> {
        let ends = self.ends.get_or_init(|| vec![Cell::new(UNTRIED); heads.all.len()].into());
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
        // Texts are asked for many heads, of which most have parts in common.
        let known = head.path.last().and_then(|last| self.known_end(*last));
        let from_start = || head.path.iter().try_fold(0, |from, head| self.end(*head, from));
        let end = known.unwrap_or_else(from_start);
        let rest = end.and_then(|end| self.text.get(end..));
        rest.is_some_and(|rest| rest.first().is_none_or(|byte| head.next.has(*byte)))
    }

    /// Where a head ends, if the text was tried for it.
    #[inline]
    fn known_end(&self, head: HeadId) -> Option<Option<usize>> {
        let (number, end) = self.tried.of(self.heads, head)?.get();
        (number == self.number).then(|| (end != NOWHERE).then_some(end as usize))
    }

    /// Where a head ends whose last part begins here.
    #[inline(always)]
    fn end(&self, head: HeadId, from: usize) -> Option<usize> {
        let tried = self.tried.of(self.heads, head)?;
        let (number, end) = tried.get();
        let end = if number == self.number { end } else { self.try_end(head, from, tried) };
        (end != NOWHERE).then_some(end as usize)
    }

    #[inline(never)]
    fn try_end(&self, head: HeadId, from: usize, tried: &Cell<End>) -> u32 {
        let end = self.find_end(head, from).and_then(|end| u32::try_from(end).ok());
        let end = end.unwrap_or(NOWHERE);
        tried.set((self.number, end));
        end
    }

    #[inline(always)]
    fn find_end(&self, head: HeadId, from: usize) -> Option<usize> {
        let rest = self.text.get(from..)?;
        let length = match &self.heads.all.get(usize::from(head))?.by {
            Step::Literal(literal) => literal.begins(rest),
            Step::Time(form) => self.times.read(self.text, from, form).map(|(_, length)| length),
            Step::Take(class) => class.whole(rest),
            Step::Before(class, literal) => {
                let within = rest.get(..class.whole(rest)? + literal.len()).unwrap_or(rest);
                literal.find(within).map(|_| 0)
            }
        };
        Some(from + length?)
    }
}
