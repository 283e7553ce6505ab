//! Log text made fit to be shown: control characters become symbols, so that no terminal or
//! reader obeys them.

use std::fmt::Write;

/// The text with every character that would act instead of show replaced by a sign for it:
/// control characters by the symbols from U+2400 on, direction marks by their number in ⟦⟧.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0'..='\x1f' => shown.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\x7f' => shown.push('\u{2421}'),
            '\u{80}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{61c}'
            | '\u{feff}' => {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\u{27e6}U+{:04X}\u{27e7}", c as u32);
            }
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_acts_is_shown_and_what_shows_is_kept() {
        assert_eq!(visible("a\x1b[31m\0b\u{202e}c 検査"), "a\u{241b}[31m\u{2400}b⟦U+202E⟧c 検査");
    }
}
