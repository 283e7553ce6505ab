//! Texts that are written with escapes, as strings of JSON are.
//!
//! What a text stands for is worked out when it is first asked for: of most values of a log nobody
//! asks. Escapes that mean nothing, and halves of surrogate pairs, stay as they are written.

use bumpalo::Bump;
use std::cell::OnceCell;
use std::fmt;

/// A text that is written with escapes.
pub struct Escaped<'a> {
    written: &'a [u8],
    arena: &'a Bump,
    text: OnceCell<&'a [u8]>,
}

impl<'a> Escaped<'a> {
    pub(super) const fn new(written: &'a [u8], arena: &'a Bump) -> Self {
        Self { written, arena, text: OnceCell::new() }
    }

    /// As it is written: texts that are written alike are the same.
    pub const fn written(&self) -> &'a [u8] {
        self.written
    }

    /// What it stands for.
    pub fn text(&self) -> &'a [u8] {
        self.text.get_or_init(|| unescaped(self.written, self.arena))
    }
}

impl fmt::Debug for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(formatter)
    }
}

/// Bytes that are looked at together.
pub(super) const WORD: usize = 8;
/// One in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;

/// Marks the bytes of `word` that are this one. The lowest mark is certain; those above it may be
/// in vain.
#[inline]
pub(super) const fn marked(word: [u8; WORD], byte: u8) -> u64 {
    let differing = u64::from_le_bytes(word) ^ (ONES * byte as u64);
    differing.wrapping_sub(ONES) & !differing & (ONES << 7)
}

/// Bytes before the lowest mark.
#[inline]
pub(super) const fn before(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// The text that a string's inside stands for. Never longer than as it is written.
pub(super) fn unescaped<'a>(inside: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    // Words are written as a whole, and the last may reach beyond the end.
    let text = arena.alloc_slice_fill_copy(inside.len() + WORD, 0);
    let (mut at, mut end) = (0, 0);
    // Runs between escapes are short in paths and messages, and how short cannot be foreseen: a
    // word is copied with the escape that ends its run, if one does, and no branch tells which.
    while let Some(ahead) = inside[at..].first_chunk::<{ WORD + 2 }>()
        && let Some(word) = ahead.first_chunk::<WORD>()
        && let Some(out) = text[end..].first_chunk_mut::<{ WORD + 1 }>()
    {
        out[..WORD].copy_from_slice(word);
        let plain = before(marked(*word, b'\\'));
        let is_run_over = usize::from(plain < WORD);
        let meant = ESCAPES[usize::from(ahead[plain + 1])];
        out[plain] = meant;
        (at, end) = (at + plain, end + plain);
        if meant == 0 && is_run_over == 1 {
            let (taken, given) = escape(&inside[at..], &mut text[end..]);
            (at, end) = (at + taken, end + given);
        } else {
            (at, end) = (at + 2 * is_run_over, end + is_run_over);
        }
    }
    while let Some(byte) = inside.get(at) {
        let (taken, given) = match byte {
            b'\\' => escape(&inside[at..], &mut text[end..]),
            byte => {
                text[end] = *byte;
                (1, 1)
            }
        };
        (at, end) = (at + taken, end + given);
    }
    &text[..end]
}

/// Writes what the escape at the start of a text stands for. Says how many bytes it has, and how
/// many were written.
#[inline]
fn escape(text: &[u8], out: &mut [u8]) -> (usize, usize) {
    let Some(byte) = text.get(1) else {
        out[0] = b'\\';
        return (1, 1);
    };
    match ESCAPES[usize::from(*byte)] {
        0 if *byte == b'u' => unicode(text, out),
        0 => {
            out[..2].copy_from_slice(&text[..2]);
            (2, 2)
        }
        meant => {
            out[0] = meant;
            (2, 1)
        }
    }
}

/// What a backslash and a byte stand for; 0 where they mean nothing. A table, since which of them
/// comes next cannot be foreseen.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let meant = [b"\"\\/bfnrt", b"\"\\/\x08\x0c\n\r\t"];
    let mut at = 0;
    while at < meant[0].len() {
        table[meant[0][at] as usize] = meant[1][at];
        at += 1;
    }
    table
};

/// The same for `\uXXXX`, or a pair of them.
fn unicode(text: &[u8], out: &mut [u8]) -> (usize, usize) {
    let high = unit(text);
    let low = high.and_then(|_| unit(&text[6..]));
    let (code, length) = match (high, low) {
        (Some(high @ 0xd800..0xdc00), Some(low @ 0xdc00..0xe000)) => {
            (Some(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)), 12)
        }
        (Some(code), _) => (Some(code), 6),
        (None, _) => (None, 2),
    };
    match code.and_then(char::from_u32) {
        Some(c) => (length, c.encode_utf8(out).len()),
        None => {
            out[..length].copy_from_slice(&text[..length]);
            (length, length)
        }
    }
}

/// The number of `\uXXXX` at the start of a text.
fn unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |code, &digit| Some(code << 4 | char::from(digit).to_digit(16)?))
}
