//! The fields of one record: of CSV and its kin by RFC 4180, and of words between spaces, some in
//! quotes or brackets, as load balancers write.
//!
//! What follows a closing quote belongs to its field; a quote that does not close holds the rest of
//! the record; quotes inside a plain field stay. Of more than [`PAIRS`] fields the rest is left out.

use super::PAIRS;
use crate::base::find_near;
use bumpalo::Bump;
use memchr::{memchr, memchr_iter};

/// The fields of a record, in order.
pub type Fields<'a> = bumpalo::collections::Vec<'a, &'a [u8]>;

/// Reads the fields between separators. One line end behind the record is not part of it; a record
/// without bytes has one field.
pub fn read<'a>(
    record: &'a [u8],
    separator: u8,
    quote: Option<u8>,
    arena: &'a Bump,
    fields: &mut Fields<'a>,
) {
    let mut rest = Some(without_line_end(record));
    while let Some(text) = rest
        && fields.len() < PAIRS
    {
        let (field, behind) = match quote {
            Some(quote) if text.first() == Some(&quote) => quoted(text, separator, quote, arena),
            _ => plain(text, separator),
        };
        fields.push(field);
        rest = behind;
    }
}

/// Reads words between spaces. One in `"` ends at the first quote that a space follows and that no
/// backslash and no quote escapes, one in `[` at the first `]`; both are given without these, and
/// as they are written.
pub fn words<'a>(record: &'a [u8], fields: &mut Fields<'a>) {
    let mut rest = without_line_end(record);
    // What did not close once will not close later.
    let (mut closes_quotes, mut closes_brackets) = (true, true);
    while let Some(start) = rest.iter().position(|&byte| byte != b' ')
        && fields.len() < PAIRS
    {
        rest = &rest[start..];
        let inside = match rest[0] {
            b'"' if closes_quotes => {
                let end = quote_end(&rest[1..]);
                closes_quotes = end.is_some();
                end
            }
            b'[' if closes_brackets => {
                let end = memchr(b']', &rest[1..]);
                closes_brackets = end.is_some();
                end
            }
            _ => None,
        };
        let (field, length) = match inside {
            Some(end) => (&rest[1..=end], end + 2),
            None => {
                let end = memchr(b' ', rest).unwrap_or(rest.len());
                (&rest[..end], end)
            }
        };
        fields.push(field);
        rest = &rest[length..];
    }
}

fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

/// A field up to the separator, and what is behind that.
fn plain(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match find_near(separator, text) {
        Some(end) => (&text[..end], Some(&text[end + 1..])),
        None => (text, None),
    }
}

/// The field that begins with a quote, and what is behind its separator.
fn quoted<'a>(
    text: &'a [u8],
    separator: u8,
    quote: u8,
    arena: &'a Bump,
) -> (&'a [u8], Option<&'a [u8]>) {
    let inside = &text[1..];
    let mut has_doubled = false;
    let mut from = 0;
    let end = loop {
        let Some(length) = memchr(quote, &inside[from..]) else { break inside.len() };
        from += length;
        if inside.get(from + 1) != Some(&quote) {
            break from;
        }
        has_doubled = true;
        from += 2;
    };
    let (stray, behind) = plain(inside.get(end + 1..).unwrap_or_default(), separator);
    if !has_doubled && stray.is_empty() {
        return (&inside[..end], behind);
    }
    let mut field = bumpalo::collections::Vec::with_capacity_in(end + stray.len(), arena);
    let mut start = 0;
    while let Some(length) = memchr(quote, &inside[start..end]) {
        // The first of two quotes.
        field.extend_from_slice_copy(&inside[start..=start + length]);
        start += length + 2;
    }
    field.extend_from_slice_copy(&inside[start..end]);
    field.extend_from_slice_copy(stray);
    (field.into_bump_slice(), behind)
}

/// Bytes before the quote that closes. Quotes in pairs stand for themselves, as in W3C's format.
fn quote_end(text: &[u8]) -> Option<usize> {
    let before =
        |at: usize, sign| text[..at].iter().rev().take_while(|&&byte| byte == sign).count();
    let closes = |&at: &usize| {
        text.get(at + 1).is_none_or(|&byte| byte == b' ')
            && before(at, b'\\') % 2 == 0
            && before(at, b'"') % 2 == 0
    };
    memchr_iter(b'"', text).find(closes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Random;

    fn fields(record: &[u8], separator: u8, quote: Option<u8>) -> Vec<String> {
        let arena = Bump::new();
        let mut fields = Fields::new_in(&arena);
        read(record, separator, quote, &arena, &mut fields);
        fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
    }

    fn worded(record: &[u8]) -> Vec<String> {
        let arena = Bump::new();
        let mut fields = Fields::new_in(&arena);
        words(record, &mut fields);
        fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
    }

    #[track_caller]
    fn check(record: &str, expected: &[&str]) {
        assert_eq!(fields(record.as_bytes(), b',', Some(b'"')), expected);
    }

    /// The slow twin: byte by byte.
    fn naive(record: &[u8], separator: u8, quote: u8) -> Vec<Vec<u8>> {
        let mut fields = vec![Vec::new()];
        let (mut is_quoted, mut is_start, mut was_quoted) = (false, true, false);
        let mut at = 0;
        while at < record.len() {
            let byte = record[at];
            let field = fields.last_mut().unwrap();
            if is_quoted && byte == quote && record.get(at + 1) == Some(&quote) {
                field.push(quote);
                at += 1;
            } else if is_quoted && byte == quote {
                is_quoted = false;
                was_quoted = true;
            } else if !is_quoted && is_start && !was_quoted && byte == quote {
                is_quoted = true;
            } else if !is_quoted && byte == separator {
                fields.push(Vec::new());
                (is_start, was_quoted) = (true, false);
                at += 1;
                continue;
            } else {
                field.push(byte);
            }
            is_start = false;
            at += 1;
        }
        fields
    }

    #[test]
    fn fields_follow_rfc_4180_and_stray_quotes_stay() {
        check("a,\"b,\"\"c\"\"\nd\",,\"\"\r\n", &["a", "b,\"c\"\nd", "", ""]);
        check("", &[""]);
        check(",", &["", ""]);
        check("a\"b\",\"c\"d\"e,\"open,f", &["a\"b\"", "cd\"e", "open,f"]);
        check("\"\"\"\"", &["\""]);
        assert_eq!(fields("a\t\"b\t検\t".as_bytes(), b'\t', None), ["a", "\"b", "検", ""]);
        assert_eq!(fields(b"'a;b';c", b';', Some(b'\'')), ["a;b", "c"]);
    }

    #[test]
    fn words_may_stand_in_quotes_and_brackets() {
        assert_eq!(
            worded(b"o [06/Feb/2026:00:00:38 +0000] 192.0.2.3 - \"GET /a \\\"b\\\" HTTP/1.1\" 200  \"x \"y\" z\" \"\"\n"),
            ["o", "06/Feb/2026:00:00:38 +0000", "192.0.2.3", "-", "GET /a \\\"b\\\" HTTP/1.1", "200", "x \"y", "z\"", ""]
        );
        assert_eq!(worded(b"\"open [also a\"b ] \\"), ["\"open", "also a\"b ", "\\"]);
        assert_eq!(worded(b"a \"\"\"b\"\" c\" d"), ["a", "\"\"b\"\" c", "d"]);
        assert_eq!(worded(b"  "), Vec::<String>::new());
    }

    #[test]
    fn it_reads_what_the_slow_twin_reads() {
        for seed in 0..20_000 {
            let mut random = Random::new(seed);
            let record: Vec<u8> =
                (0..random.below(24)).map(|_| *random.pick(b"ab,\"\", \0\xff").unwrap()).collect();
            let expected: Vec<_> = naive(&record, b',', b'"')
                .iter()
                .map(|field| String::from_utf8_lossy(field).into_owned())
                .collect();
            assert_eq!(fields(&record, b',', Some(b'"')), expected, "seed {seed}");
            worded(&record);
        }
    }

    #[test]
    fn records_without_end_cost_no_more_than_their_bytes() {
        for unit in [",", "\"", "\",", "\"\",", "a\"", "[ ", "\"a ", "\\\"", "\\\" ", "\0"] {
            let text = unit.repeat((2 << 20) / unit.len());
            assert!(fields(text.as_bytes(), b',', Some(b'"')).len() <= PAIRS);
            assert!(worded(text.as_bytes()).len() <= PAIRS);
        }
    }
}
