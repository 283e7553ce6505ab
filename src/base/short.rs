//! Short texts: compared by words, since a call would cost more than the comparison.

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

#[cfg(test)]
mod tests {
    use super::are_same;

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
