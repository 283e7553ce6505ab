//! The two views that patterns are matched on. Both hold the units of a field one after another,
//! each ended by [`END`], so that one pass of the automaton serves all parameters of a query.
//!
//! *Text*: lower case, runs of blanks made one, NUL dropped, line ends kept.
//! *SQL*: besides, comments are blanks, the text of `/*!...*/` is kept, `+` is a blank, blanks
//! stand only between words, and quotes lose their backslashes and words their backticks.

use super::decode::{Decoded, Text};

/// Ends each unit; the patterns' `^` and `$` stand beside it and `.` does not cross it.
pub(super) const END: u8 = 0x1E;

/// Something with bytes and their places: a decoded unit.
pub(super) trait Placed {
    fn bytes(&self) -> &[u8];
    fn at(&self, index: usize) -> u32;
}

impl<const T: bool> Placed for Decoded<'_, T> {
    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    fn at(&self, index: usize) -> u32 {
        Decoded::at(self, index)
    }
}

impl<const T: bool> Placed for Text<T> {
    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    fn at(&self, index: usize) -> u32 {
        Text::at(self, index)
    }
}

/// Adds the text view of `unit` to `out`.
pub(super) fn text_view<const T: bool>(unit: &impl Placed, out: &mut Text<T>) {
    let bytes = unit.bytes();
    let mut i = 0;
    while i < bytes.len() {
        let run = bytes[i..].iter().position(|&byte| byte <= b' ' || byte == 0x7F);
        let end = run.map_or(bytes.len(), |run| i + run);
        let start = out.bytes.len();
        out.push_run(&bytes[i..end], |k| unit.at(i + k));
        out.bytes[start..].make_ascii_lowercase();
        let Some(&byte) = bytes.get(end) else { break };
        let last = out.bytes.last();
        match byte {
            0 => {}
            b'\n' | b'\r' if last != Some(&b'\n') => out.push(b'\n', unit.at(end)),
            b'\n' | b'\r' => {}
            _ if !matches!(last, Some(b' ' | b'\n')) => out.push(b' ', unit.at(end)),
            _ => {}
        }
        i = end + 1;
    }
}

/// Ends a unit of a view.
pub(super) fn end_unit<const T: bool>(out: &mut Text<T>, at: u32) {
    out.push(END, at);
}

/// Adds the SQL view of `unit` to `out`.
pub(super) fn sql_view<const T: bool>(unit: &impl Placed, out: &mut Text<T>) {
    let bytes = unit.bytes();
    let mut blank = false;
    let mut endless = Endless::default();
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        if !SPECIAL[usize::from(byte)] {
            let run = bytes[i..].iter().position(|&byte| SPECIAL[usize::from(byte)]);
            let end = run.map_or(bytes.len(), |run| i + run);
            if blank && is_word(byte) && out.bytes.last().is_some_and(|&last| is_word(last)) {
                out.push(b' ', unit.at(i));
            }
            let start = out.bytes.len();
            out.push_run(&bytes[i..end], |k| unit.at(i + k));
            out.bytes[start..].make_ascii_lowercase();
            blank = false;
            i = end;
            continue;
        }
        let comment = comment(&bytes[i..], &mut endless);
        let dropped = byte == b'`' || (byte == b'\\' && is_quote(bytes.get(i + 1)));
        if comment > 0 || byte <= b' ' || byte == b'+' || byte == 0x7F {
            blank = true;
        } else if !dropped {
            blank = false;
            out.push(byte, unit.at(i));
        }
        i += comment.max(1);
    }
}

/// Bytes that the SQL view does not take as they are. None of them is part of a word.
static SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte <= 32
            || matches!(byte as u8, b'+' | b'`' | b'\\' | b'/' | b'*' | b'-' | b'#' | 0x7F);
        byte += 1;
    }
    table
};

/// Comments that were found to have no end. Those that begin behind them have none either, and are
/// not looked through again.
#[derive(Default)]
struct Endless {
    block: bool,
    line: bool,
}

/// Length of the comment that `rest` begins with, or of the brackets of an executed one; else 0.
/// A comment without an end stays: it is how an injection cuts off the rest of a statement.
fn comment(rest: &[u8], endless: &mut Endless) -> usize {
    let ended = |found: Option<usize>, more: usize, endless: &mut bool| {
        *endless = found.is_none();
        found.map_or(0, |end| end + more)
    };
    match rest {
        [b'/', b'*', b'!', digits @ ..] => {
            3 + digits.iter().take(6).take_while(|digit| digit.is_ascii_digit()).count()
        }
        [b'/', b'*', inner @ ..] if !endless.block => {
            ended(memchr::memmem::find(inner, b"*/"), 4, &mut endless.block)
        }
        [b'*', b'/', ..] => 2,
        [b'-', b'-', line @ ..] if !endless.line => {
            ended(memchr::memchr(b'\n', line), 3, &mut endless.line)
        }
        [b'#', line @ ..] if !endless.line => {
            ended(memchr::memchr(b'\n', line), 2, &mut endless.line)
        }
        _ => 0,
    }
}

fn is_quote(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'\'' | b'"' | b'\\'))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'_' | b'@' | b'$')
}
