//! Short texts: compared and searched by words, since a call would cost more than that.

use memchr::memchr;

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

/// Whether a text begins with another that is short.
#[inline]
pub fn begins(text: &[u8], with: &[u8]) -> bool {
    text.get(..with.len()).is_some_and(|start| are_same(start, with))
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
