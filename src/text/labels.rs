//! Labels and values on lines of their own, as Windows words its events: `Account Name:  sato`. A
//! label without a value begins a section, whose name stands before those of the lines below it,
//! joined by `.`, until a blank line.
//!
//! A label ends at a colon that white space or the line's end follows, in ASCII or full width. Other
//! lines are passed over. It ends on any bytes, in linear time.

use super::{Pairs, Value, Writer};
use bumpalo::Bump;

/// Bytes of a label at most; what is longer is prose.
const LABEL_BYTES: usize = 160;

/// Reads all of a text; one without labels gives no pairs.
pub fn read<'a>(text: &'a [u8], arena: &'a Bump, pairs: &mut Pairs<'a>) {
    let mut out = Writer::new(arena, pairs);
    let mut section: &'a [u8] = b"";
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        if line.is_empty() {
            section = b"";
            continue;
        }
        let Some((label, value)) = split(line) else { continue };
        if value.is_empty() {
            section = label;
        } else if section.is_empty() {
            out.push(label, Value::Text(value));
        } else {
            let key = out.join(section, label);
            out.push(key, Value::Text(value));
        }
    }
}

/// Label and value of a line.
fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let head = &line[..line.len().min(LABEL_BYTES)];
    let ends = |at: &usize, colon: &[u8]| {
        let behind = &line[*at..];
        behind
            .strip_prefix(colon)
            .is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
    };
    let wide = "：".as_bytes();
    let at = (0..head.len()).find(|at| ends(at, b":") || line[*at..].starts_with(wide))?;
    let colon = if line[at] == b':' { 1 } else { wide.len() };
    let (label, value) = (line[..at].trim_ascii(), line[at + colon..].trim_ascii());
    (!label.is_empty()).then_some((label, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> Vec<String> {
        let arena = Bump::new();
        let mut pairs = Pairs::new_in(&arena);
        read(text.as_bytes(), &arena, &mut pairs);
        let shown = pairs.iter().map(|pair| {
            let Value::Text(value) = pair.value else { panic!("null") };
            format!("{}={}", String::from_utf8_lossy(pair.key), String::from_utf8_lossy(value))
        });
        shown.collect()
    }

    #[test]
    fn labels_stand_under_their_section() {
        let text = "An account was logged on.\r\n\r\nSubject:\r\n\tAccount Name:\t\tsato\r\n\tLogon ID:\t\t0x3E7\r\n\r\nLogon Type:\t\t3\r\n\r\n新しいログオン:\r\n\tアカウント名:\t\t検査 太郎\r\nソース ポート：\t1\r\nEmpty:\r\n";
        assert_eq!(
            flat(text),
            [
                "Subject.Account Name=sato",
                "Subject.Logon ID=0x3E7",
                "Logon Type=3",
                "新しいログオン.アカウント名=検査 太郎",
                "新しいログオン.ソース ポート=1",
            ]
        );
    }

    #[test]
    fn prose_and_paths_are_no_labels() {
        assert!(flat("C:\\Windows at 10:02:03\n: x\n").is_empty());
        let prose = "word ".repeat(100) + ": x";
        assert!(flat(&prose).is_empty());
    }
}
