//! key=value in its many forms: logfmt, firewalls' pairs, the extensions of CEF and LEEF.
//!
//! Words without an assignment are passed over. A key may repeat. A value is a text, empty where
//! nothing stands; none is null.

use super::{Pairs, Value, Writer};
use bumpalo::Bump;
use memchr::{memchr, memchr2};

/// Bytes of a key at most, where one is looked for backwards from its assignment.
const KEY_BYTES: usize = 128;

/// How a record writes its pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What stands between pairs. A space stands for any white space.
    pub separator: u8,
    /// What stands between key and value.
    pub assign: u8,
    /// Whether a value runs on until the next key, with whatever separators are in it, and knows
    /// CEF's escapes instead of quotes.
    pub runs_on: bool,
}

impl Options {
    /// `level=info msg="two words"`.
    pub const LOGFMT: Self = Self { separator: b' ', assign: b'=', runs_on: false };
    /// `src=192.0.2.1 msg=two words act=blocked`, the extension of CEF.
    pub const CEF: Self = Self { separator: b' ', assign: b'=', runs_on: true };
    /// Pairs between tabs, as in LEEF.
    pub const TABS: Self = Self { separator: b'\t', assign: b'=', runs_on: false };

    /// `type=LOGIN, user="two words"`.
    pub const COMMAS: Self = Self { separator: b',', assign: b'=', runs_on: false };

    const fn separates(&self, byte: u8) -> bool {
        byte == self.separator || (self.separator == b' ' && is_space(byte))
    }
}

/// White space, and the sign that auditd writes before what it adds.
#[inline]
const fn is_space(byte: u8) -> bool {
    KINDS[byte as usize] & SPACE != 0
}

/// What a key of CEF may hold.
#[inline]
const fn is_key(byte: u8) -> bool {
    KINDS[byte as usize] & KEY != 0
}

const SPACE: u8 = 1;
const KEY: u8 = 2;

/// What each byte is: told sooner than by comparisons.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_whitespace() || byte == 0x1d {
            kinds[byte as usize] = SPACE;
        } else if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'[' | b']') {
            kinds[byte as usize] = KEY;
        }
        byte += 1;
    }
    kinds
};

/// Reads all of a text; one without pairs gives none.
pub fn read<'a>(text: &'a [u8], arena: &'a Bump, pairs: &mut Pairs<'a>, options: &Options) {
    let mut reader = Reader { text, at: 0, options, out: Writer::new(arena, pairs) };
    if options.runs_on {
        reader.running_on();
    } else {
        while reader.pair() {}
    }
}

struct Reader<'a, 'p> {
    text: &'a [u8],
    at: usize,
    options: &'p Options,
    out: Writer<'a, 'p>,
}

impl<'a> Reader<'a, '_> {
    /// Reads up to the end of a pair, or over a word without assignment. False at the end.
    fn pair(&mut self) -> bool {
        let options = *self.options;
        let rest = &self.text[self.at..];
        let Some(start) = rest.iter().position(|&byte| !options.separates(byte)) else {
            return false;
        };
        let ends = |&byte: &u8| byte == options.assign || options.separates(byte);
        let Some(length) = rest[start..].iter().position(ends) else { return false };
        self.at += start + length;
        if self.text[self.at] == options.assign {
            self.at += 1;
            let key = rest[start..start + length].trim_ascii();
            let value = self.value();
            if !key.is_empty() {
                self.out.push(key, Value::Text(value));
            }
        }
        true
    }

    /// The value here.
    fn value(&mut self) -> &'a [u8] {
        if self.options.separator != b' ' {
            let rest = &self.text[self.at..];
            self.at += rest.iter().take_while(|&&byte| byte == b' ').count();
        }
        let quoted = match self.text.get(self.at) {
            Some(&quote @ (b'"' | b'\'')) => self.quoted(quote),
            _ => None,
        };
        let start = self.at;
        self.at += self.bare();
        quoted.unwrap_or_else(|| self.text[start..self.at].trim_ascii())
    }

    /// Bytes up to the next separator.
    fn bare(&self) -> usize {
        let rest = &self.text[self.at..];
        let end = match self.options.separator {
            b' ' => rest.iter().position(|byte| is_space(*byte)),
            separator => memchr(separator, rest),
        };
        end.unwrap_or(rest.len())
    }

    /// The inside of the quotes here. None where they do not close, and nothing is taken; at most
    /// once for either quote, as the next to open would close it.
    fn quoted(&mut self, quote: u8) -> Option<&'a [u8]> {
        let start = self.at + 1;
        let mut at = start;
        let mut has_escapes = false;
        loop {
            at += memchr2(quote, b'\\', self.text.get(at..)?)?;
            if self.text[at] == quote {
                break;
            }
            has_escapes = true;
            at += 2;
        }
        self.at = at + 1;
        let inside = &self.text[start..at];
        Some(if has_escapes { self.unescaped(inside) } else { inside })
    }

    /// Reads values that run on until the next key.
    fn running_on(&mut self) {
        let mut open: Option<&'a [u8]> = None;
        let (mut start, mut has_escapes) = (0, false);
        while let Some(length) =
            self.text.get(self.at..).and_then(|rest| memchr2(self.options.assign, b'\\', rest))
        {
            self.at += length;
            if self.text[self.at] == b'\\' {
                has_escapes = true;
                self.at += 2;
                continue;
            }
            if let Some(key) = self.key_before(start) {
                self.run(open, &self.text[start..self.at - key.len()], has_escapes);
                (open, start, has_escapes) = (Some(key), self.at + 1, false);
            }
            self.at += 1;
        }
        self.run(open, &self.text[start..], has_escapes);
    }

    /// The key that ends here, unless these bytes belong to a value that begins at `start`.
    fn key_before(&self, start: usize) -> Option<&'a [u8]> {
        let before = &self.text[start.max(self.at.saturating_sub(KEY_BYTES))..self.at];
        let key = &before[before.iter().rposition(|byte| !is_key(*byte)).map_or(0, |at| at + 1)..];
        let first = self.at - key.len();
        let stands_apart = first == 0 || self.options.separates(self.text[first - 1]);
        (!key.is_empty() && stands_apart).then_some(key)
    }

    /// Pushes a value that ran on.
    fn run(&mut self, key: Option<&'a [u8]>, value: &'a [u8], has_escapes: bool) {
        let Some(key) = key else { return };
        let value = value.trim_ascii();
        let value = if has_escapes { self.unescaped(value) } else { value };
        self.out.push(key, Value::Text(value));
    }

    /// A text without its escapes. What escapes nothing stays, as in `C:\Users`.
    fn unescaped(&self, text: &'a [u8]) -> &'a [u8] {
        let mut plain = bumpalo::collections::Vec::with_capacity_in(text.len(), self.out.arena);
        let mut rest = text;
        while let Some(at) = memchr(b'\\', rest) {
            plain.extend_from_slice_copy(&rest[..at]);
            let escape = &rest[at..rest.len().min(at + 2)];
            match *escape {
                [_, byte @ (b'\\' | b'"' | b'\'' | b'=' | b'|')] => plain.push(byte),
                [_, b'n'] => plain.push(b'\n'),
                [_, b'r'] => plain.push(b'\r'),
                [_, b't'] => plain.push(b'\t'),
                _ => plain.extend_from_slice_copy(escape),
            }
            rest = &rest[at + escape.len()..];
        }
        plain.extend_from_slice_copy(rest);
        plain.into_bump_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::PAIRS;
    use crate::train::Random;

    fn flat(text: &[u8], options: &Options) -> Vec<String> {
        let arena = Bump::new();
        let mut pairs = Pairs::new_in(&arena);
        read(text, &arena, &mut pairs, options);
        let shown = pairs.iter().map(|pair| {
            let Value::Text(value) = pair.value else { panic!("null") };
            format!("{}={}", String::from_utf8_lossy(pair.key), String::from_utf8_lossy(value))
        });
        shown.collect()
    }

    #[track_caller]
    fn check(options: Options, text: &str, expected: &[&str]) {
        assert_eq!(flat(text.as_bytes(), &options), expected);
    }

    #[test]
    fn pairs_between_spaces_may_be_quoted() {
        check(
            Options::LOGFMT,
            r#"plain words level=info  msg="two \"words\" C:\Users" path='a b' empty= q="" level=warn end"#,
            &[
                "level=info",
                r#"msg=two "words" C:\Users"#,
                "path=a b",
                "empty=",
                "q=",
                "level=warn",
            ],
        );
        check(Options::LOGFMT, "a=\"open b=2\tc=3\r\n", &["a=\"open", "b=2", "c=3"]);
        check(
            Options::LOGFMT,
            "=x a==b u=http://example.jp/?q=1",
            &["a==b", "u=http://example.jp/?q=1"],
        );
    }

    #[test]
    fn other_separators_let_values_hold_spaces() {
        let semicolons = Options { separator: b';', assign: b':', runs_on: false };
        check(
            semicolons,
            "User: a b ; From: 192.0.2.1:80;x;\"k\": 1",
            &["User=a b", "From=192.0.2.1:80", "\"k\"=1"],
        );
        check(
            Options::TABS,
            "usrName=a b\tsrc=2001:db8::1\tnote=\"x\"y",
            &["usrName=a b", "src=2001:db8::1", "note=x"],
        );
        let pipes = Options { separator: b'|', assign: b'=', runs_on: false };
        check(pipes, "a=1|b=2||c= 'x|y' |", &["a=1", "b=2", "c=x|y"]);
    }

    #[test]
    fn values_of_cef_run_on_until_the_next_key() {
        check(
            Options::CEF,
            r"src=192.0.2.1 msg=two words\=more and a\\b \| x\ny request=http://example.jp/?a=1&b=2 act= suser=検査 太郎 ad.key[0]=v",
            &[
                "src=192.0.2.1",
                "msg=two words=more and a\\b | x\ny",
                "request=http://example.jp/?a=1&b=2",
                "act=",
                "suser=検査 太郎",
                "ad.key[0]=v",
            ],
        );
        check(Options::CEF, r"no pairs here \", &[]);
        check(Options::CEF, r"words a=1 \", &[r"a=1 \"]);
    }

    #[test]
    fn any_bytes_give_bounded_pairs_in_linear_time() {
        let all = [Options::LOGFMT, Options::CEF, Options::TABS];
        for seed in 0..2_000 {
            let mut random = Random::new(seed);
            let text: Vec<u8> = (0..random.below(40))
                .map(|_| *random.pick(b"ab== \t\"'\\\n\0\xff|").unwrap())
                .collect();
            for options in &all {
                for pair in flat(&text, options) {
                    assert!(pair.len() <= 3 * text.len() + 1, "seed {seed}");
                }
            }
        }
        for unit in ["=", "a=", "a=\" ", "a='", "\\", "a=\\\" ", "x ", "a=1 ", "a=\"\t"] {
            let text = unit.repeat((2 << 20) / unit.len());
            for options in &all {
                assert!(flat(text.as_bytes(), options).len() <= PAIRS);
            }
        }
    }
}
