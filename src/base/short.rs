//! Short texts: compared and searched by words, since a call would cost more than that.

use memchr::memchr;
use std::ops::Deref;

const WORD: usize = 8;

/// Whether two short texts are the same.
#[inline]
pub fn are_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let (ones, others) = (one.as_chunks::<WORD>(), other.as_chunks::<WORD>());
    ones.0.iter().zip(others.0).all(|(a, b)| u64::from_le_bytes(*a) == u64::from_le_bytes(*b))
        && match (one.last_chunk::<WORD>(), other.last_chunk::<WORD>()) {
            (Some(a), Some(b)) => u64::from_le_bytes(*a) == u64::from_le_bytes(*b),
            _ => ones.1.iter().zip(others.1).all(|(a, b)| a == b),
        }
}

/// A text, mostly of a few bytes, that others are compared with: one comparison of a word beats a
/// call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    text: Box<[u8]>,
    /// The first bytes as a word, and which of its bits count.
    word: u64,
    mask: u64,
}

impl Short {
    /// A text to compare others with.
    pub fn new(text: &[u8]) -> Self {
        let first = |byte: &dyn Fn(u8) -> u8| {
            let bytes = std::array::from_fn(|at| text.get(at).map_or(0, |own| byte(*own)));
            u64::from_le_bytes(bytes)
        };
        Self { text: text.into(), word: first(&|byte| byte), mask: first(&|_| u8::MAX) }
    }

    /// Whether a text begins with it.
    #[inline]
    pub fn begins(&self, text: &[u8]) -> bool {
        match text.first_chunk::<WORD>() {
            Some(word) => {
                u64::from_le_bytes(*word) & self.mask == self.word
                    && (self.text.len() <= WORD || self.begins_long(text))
            }
            None => text.get(..self.text.len()).is_some_and(|start| are_same(start, &self.text)),
        }
    }

    fn begins_long(&self, text: &[u8]) -> bool {
        let behind = text.get(WORD..self.text.len());
        behind.is_some_and(|behind| are_same(behind, &self.text[WORD..]))
    }
}

impl Deref for Short {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.text
    }
}

/// The place of a byte, which is probably near: two words are looked at before a call.
#[inline]
pub fn find_near(byte: u8, text: &[u8]) -> Option<usize> {
    const LOW: u64 = u64::MAX / 0xff;
    let wanted = LOW * u64::from(byte);
    for at in [0, WORD] {
        let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk::<WORD>) else { break };
        // A byte of the difference that is zero borrows from its highest bit.
        let difference = u64::from_le_bytes(*word) ^ wanted;
        let zeros = difference.wrapping_sub(LOW) & !difference & (LOW << 7);
        if zeros != 0 {
            return Some(at + zeros.trailing_zeros() as usize / WORD);
        }
    }
    memchr(byte, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_where_the_library_finds_it() {
        for length in 0..40 {
            for at in 0..=length {
                let mut text = vec![b'a' - 1; length];
                text.iter_mut().step_by(3).for_each(|byte| *byte = 0xff);
                text.iter_mut().skip(at).for_each(|byte| *byte = b'a');
                assert_eq!(find_near(b'a', &text), memchr(b'a', &text), "{length} {at}");
            }
        }
    }

    #[test]
    fn a_text_begins_with_what_stands_there() {
        let text: Vec<u8> = (b'a'..=b'z').collect();
        for length in 0..20 {
            let short = Short::new(&text[..length]);
            assert_eq!(*short, text[..length]);
            for end in 0..text.len() {
                assert_eq!(short.begins(&text[..end]), length <= end, "{length} {end}");
            }
            for at in 0..length {
                let mut other = text.clone();
                other[at] ^= 0x80;
                assert!(!short.begins(&other) && !short.begins(&other[..length]), "{length} {at}");
            }
        }
    }

    #[test]
    fn texts_are_the_same_in_every_byte() {
        for length in 0..40 {
            let text: Vec<u8> = (0..length).collect();
            assert!(are_same(&text, &text.clone()));
            assert!(!are_same(&text, &[&text[..], b"x"].concat()));
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 0x80;
                assert!(!are_same(&text, &other), "{length} {at}");
            }
        }
    }
}
