//! How the texts of patterns begin: what many of them share is tried once on a text.
//!
//! A head is the parts of a pattern from its start on that take what they take in one way only. A
//! text may begin so in vain, and always does where the pattern fits.

use super::gate::Bytes;
use super::pattern::{Class, Times};
use crate::base::begins;
use crate::base::clock::Form;
use memchr::memmem;
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
    /// Something of a class, and a literal behind it. It takes nothing, for it does not tell where
    /// that stands.
    Before(Class, Box<[u8]>),
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
    head: Option<HeadId>,
    /// Its first part, which tells most texts apart.
    first: Option<HeadId>,
    next: Bytes,
}

impl Head {
    /// Whether any text begins so.
    pub fn is_any(&self) -> bool {
        self.head.is_none() && self.next == Bytes::ALL
    }
}

impl Heads {
    /// How texts begin that have this head.
    pub fn with(&self, head: Option<HeadId>, next: Bytes) -> Head {
        let shorter = |head: &HeadId| self.all.get(usize::from(*head))?.than;
        Head { head, first: std::iter::successors(head, shorter).last(), next }
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
        if head.first.is_some_and(|first| self.end(first).is_none()) {
            return false;
        }
        let end = match head.head {
            Some(head) => self.end(head),
            None => Some(0),
        };
        let rest = end.and_then(|end| self.text.get(end..));
        rest.is_some_and(|rest| rest.first().is_none_or(|byte| head.next.has(*byte)))
    }

    /// Where a head ends.
    #[inline(always)]
    fn end(&self, head: HeadId) -> Option<usize> {
        let tried = self.tried.of(self.heads, head)?;
        let (number, end) = tried.get();
        let end = if number == self.number { end } else { self.try_end(head, tried) };
        (end != NOWHERE).then_some(end as usize)
    }

    #[inline(never)]
    fn try_end(&self, head: HeadId, tried: &Cell<End>) -> u32 {
        let end = self.find_end(head).and_then(|end| u32::try_from(end).ok()).unwrap_or(NOWHERE);
        tried.set((self.number, end));
        end
    }

    #[inline(always)]
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
            Step::Before(class, literal) => {
                let within = rest.get(..class.whole(rest)? + literal.len()).unwrap_or(rest);
                memmem::find(within, literal).map(|_| 0)
            }
        };
        Some(at + length?)
    }
}
