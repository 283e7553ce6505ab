//! What was worked out of texts that hold the same, so that it is not worked out for each of them.
//!
//! Nothing that is read depends on what is remembered: it follows from what is asked alone.

use super::FormatIndex;
use super::grams::{GramId, Signs};
use super::keys::hashed;
use crate::base::{Fingerprint, Table};
use std::rc::Rc;

/// Answers remembered before all are forgotten.
const MOST: usize = 1_024;

/// Bytes of the names of programs that are remembered.
const NAME_BYTES: usize = 64;

/// Which gates are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Those of particular formats.
    Particular,
    /// Those of generic ones.
    Generic,
    /// Those of texts that any program may write.
    AnyProgram,
    /// Those of the patterns of one format.
    Patterns(FormatIndex),
}

/// Which gates a text was at, and all that they look at before they look at the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question<'q> {
    pub asked: Asked,
    /// The first byte.
    pub first: Option<u8>,
    pub signs: Signs,
    /// What is asked for and stands in it, in the order in which it does.
    pub grams: &'q [GramId],
}

/// What was asked, and the gates that may let such a text through.
#[derive(Clone, Debug)]
struct Answer {
    asked: Asked,
    first: Option<u8>,
    signs: Signs,
    grams: Box<[GramId]>,
    places: Rc<[u16]>,
}

/// Answers to questions that were asked before.
#[derive(Clone, Debug, Default)]
pub(super) struct Recall {
    answers: Table<Answer>,
    programs: Table<Program>,
}

/// The name of a program, and the formats of its messages.
#[derive(Clone, Debug)]
struct Program {
    name: Box<[u8]>,
    formats: Rc<[FormatIndex]>,
}

impl Question<'_> {
    /// Stands for the question; others may share it.
    fn fingerprint(&self) -> Fingerprint {
        let asked = match self.asked {
            Asked::Particular => 0,
            Asked::Generic => 1,
            Asked::AnyProgram => 2,
            Asked::Patterns(format) => 3 + u64::from(format),
        };
        let first = self.first.map_or(256, u64::from);
        let head = mixed(self.signs.bits() ^ mixed(asked << 9 | first));
        self.grams.iter().fold(head, |print, gram| mixed(print ^ u64::from(*gram)))
    }

    fn is(&self, answer: &Answer) -> bool {
        self.asked == answer.asked
            && self.first == answer.first
            && self.signs == answer.signs
            && *self.grams == *answer.grams
    }
}

/// Spreads what differs in a few bits over all of them.
const fn mixed(bits: u64) -> u64 {
    let product = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
}

impl Recall {
    /// The answer to a question, which is worked out where it is new.
    pub fn answer(
        &mut self,
        question: &Question<'_>,
        work_out: impl FnOnce() -> Rc<[u16]>,
    ) -> Rc<[u16]> {
        let print = question.fingerprint();
        if let Some(known) = self.answers.get(print) {
            return if question.is(known) { Rc::clone(&known.places) } else { work_out() };
        }
        if self.answers.len() >= MOST {
            self.answers.clear();
        }
        let Question { asked, first, signs, grams } = *question;
        let places = work_out();
        let answer = || Answer { asked, first, signs, grams: grams.into(), places: places.clone() };
        self.answers.entry(print, answer);
        places
    }

    /// The formats of a program, which are worked out where it is new.
    pub fn formats_of(
        &mut self,
        program: &[u8],
        work_out: impl FnOnce() -> Rc<[FormatIndex]>,
    ) -> Rc<[FormatIndex]> {
        if program.len() > NAME_BYTES {
            return work_out();
        }
        let print = hashed(program);
        if let Some(Program { name, formats }) = self.programs.get(print) {
            return if **name == *program { Rc::clone(formats) } else { work_out() };
        }
        if self.programs.len() >= MOST {
            self.programs.clear();
        }
        let formats = work_out();
        let new = || Program { name: program.into(), formats: Rc::clone(&formats) };
        self.programs.entry(print, new);
        formats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_has_its_own_answer() {
        let mut recall = Recall::default();
        let signs = Signs::of(b"-");
        let question = |n: u16| Question {
            asked: if n.is_multiple_of(2) { Asked::Generic } else { Asked::Patterns(n % 3) },
            first: (!n.is_multiple_of(5)).then_some(n as u8),
            signs: if n.is_multiple_of(7) { Signs::NONE } else { signs },
            grams: &[],
        };
        for round in 0..3 {
            for n in 0..2_000_u16 {
                let grams = [n / 4, 7];
                let grams = &grams[..usize::from(n % 3)];
                let question = Question { grams, ..question(n) };
                let own = [question.asked == Asked::Generic, question.first.is_some()];
                let own: Rc<[u16]> =
                    own.iter().map(|is| u16::from(*is)).chain(grams.iter().copied()).collect();
                let answer = recall.answer(&question, || own.clone());
                assert_eq!(answer, own, "{round}: {question:?}");
            }
        }
        assert!(recall.answers.len() <= MOST);
    }
}
