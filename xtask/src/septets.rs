//! Bytes as text of a page in UTF-8: seven bits in every byte of the text, where base64 has six.
//!
//! The bits of the bytes, the highest first, are cut into septets, and each is the character of
//! that number. Three are none: a parser replaces U+0000, makes U+000D a line feed, and takes `<`
//! for what may be a tag. Each of these stands in one character together with the septet behind
//! it: `(2 + which of them) << 7 | the next`, which is two bytes of UTF-8 for fourteen bits.
//! `www/src/lib/septets.ts` reads it.

/// What does not stand in the text, in the order of the characters that stand for it.
const AVOIDED: [u8; 3] = [0, b'\r', b'<'];
/// The first character with two septets is U+0100: none of these is a control character.
const FIRST: u32 = 2;

/// The text for bytes. Who reads it must know how many bytes they were.
pub fn text(bytes: &[u8]) -> String {
    let mut septets = septets(bytes);
    let mut text = String::with_capacity(bytes.len() / 7 * 8 + 8);
    while let Some(septet) = septets.next() {
        let Some(which) = AVOIDED.iter().position(|avoided| *avoided == septet) else {
            text.push(char::from(septet));
            continue;
        };
        let next = septets.next().unwrap_or_default();
        text.extend(char::from_u32((FIRST + which as u32) << 7 | u32::from(next)));
    }
    text
}

/// The last is filled up with zeros.
fn septets(bytes: &[u8]) -> impl Iterator<Item = u8> {
    (0..(bytes.len() * 8).div_ceil(7)).map(|number| {
        let (at, shift) = (number * 7 / 8, number * 7 % 8);
        let byte = |at: usize| u16::from(bytes.get(at).copied().unwrap_or_default());
        let both = byte(at) << 8 | byte(at + 1);
        (both << shift >> 9) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::{AVOIDED, FIRST, text};

    /// As the page reads it.
    fn bytes(text: &str, length: usize) -> Vec<u8> {
        let mut bits = Vec::new();
        let mut take = |septet: u32| bits.extend((0..7).rev().map(|bit| septet >> bit & 1));
        for code in text.chars().map(u32::from) {
            if code > 127 {
                take(u32::from(AVOIDED[(code >> 7) as usize - FIRST as usize]));
            }
            take(code & 127);
        }
        let byte = |bits: &[u32]| bits.iter().fold(0, |byte, bit| byte << 1 | *bit as u8);
        bits.chunks_exact(8).map(byte).take(length).collect()
    }

    #[test]
    fn bytes_come_back() {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        for length in 0..300 {
            let given: Vec<u8> = (0..length).map(|_| random()).collect();
            assert_eq!(bytes(&text(&given), length), given);
            assert_eq!(bytes(&text(&vec![0; length]), length), vec![0; length]);
        }
    }

    #[test]
    fn what_a_parser_changes_does_not_stand_in_the_text() {
        let all: Vec<u8> = (0..=255u8).flat_map(|one| [one, 0x0d, 0x3c, one]).collect();
        let written = text(&all);
        assert!(!written.contains(['\0', '\r', '<']));
        assert!(written.len() <= all.len() * 8 / 7 + 2);
    }
}
