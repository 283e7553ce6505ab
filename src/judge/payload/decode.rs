//! Undoes the encodings that attackers stack: percent, `+`, `%uXXXX`, HTML entities, `\xHH` and
//! `\uXXXX` escapes (also those that Apache and nginx write into their logs), overlong UTF-8.
//! At most [`ROUNDS`] rounds; every decoded byte knows where in the raw text it comes from when
//! the text tracks places, and decodes to the same bytes when it does not.

use std::borrow::Cow;

/// Rounds of decoding: an application, a proxy and a framework may each decode once.
pub(super) const ROUNDS: u8 = 3;

/// Bytes and, if `TRACK`, the raw offset that each comes from.
#[derive(Default)]
pub(super) struct Text<const TRACK: bool> {
    pub(super) bytes: Vec<u8>,
    at: Vec<u32>,
}

impl<const TRACK: bool> Text<TRACK> {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let places = if TRACK { bytes } else { 0 };
        Text { bytes: Vec::with_capacity(bytes), at: Vec::with_capacity(places) }
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8, at: u32) {
        self.bytes.push(byte);
        if TRACK {
            self.at.push(at);
        }
    }

    #[inline]
    pub(super) fn push_run(&mut self, bytes: &[u8], place: impl Fn(usize) -> u32) {
        self.bytes.extend_from_slice(bytes);
        if TRACK {
            self.at.extend((0..bytes.len()).map(place));
        }
    }

    /// Raw offset of the byte at `index`; 0 when places are not tracked.
    #[inline]
    pub(super) fn at(&self, index: usize) -> u32 {
        if TRACK { self.at.get(index).copied().unwrap_or(0) } else { 0 }
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
        self.at.truncate(length);
    }
}

/// A unit after decoding; the raw bytes themselves where nothing was encoded.
pub(super) struct Decoded<'a, const TRACK: bool> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Raw offset of each byte; empty where they follow one another from `base`.
    at: Vec<u32>,
    base: u32,
    /// Rounds that changed something.
    pub(super) rounds: u8,
}

impl<const TRACK: bool> Decoded<'_, TRACK> {
    #[inline]
    pub(super) fn at(&self, index: usize) -> u32 {
        if TRACK { self.at.get(index).copied().unwrap_or(self.base + index as u32) } else { 0 }
    }
}

/// Decodes `raw`, which begins at `base` of the field. `plus` says that `+` stands for a space,
/// as in a query.
pub(super) fn decode<const T: bool>(raw: &[u8], base: u32, plus: bool) -> Decoded<'_, T> {
    let first = round::<T>(raw, |i| base + i as u32, plus);
    let mut rounds = u8::from(first.is_some());
    let mut decoded = first;
    while let Some(text) = decoded.as_ref().filter(|_| rounds < ROUNDS) {
        let Some(next) = round::<T>(&text.bytes, |i| text.at(i), false) else { break };
        decoded = Some(next);
        rounds += 1;
    }
    let (mut bytes, at) = match decoded {
        Some(text) => (Cow::Owned(text.bytes), text.at),
        None => (Cow::Borrowed(raw), Vec::new()),
    };
    if !bytes.is_ascii() || bytes.contains(&0x1B) {
        mask_legacy(bytes.to_mut());
    }
    Decoded { bytes, at, base, rounds }
}

/// The text after one round; none where nothing is encoded.
fn round<const T: bool>(bytes: &[u8], place: impl Fn(usize) -> u32, plus: bool) -> Option<Text<T>> {
    let mut next = bytes.iter().position(|&byte| is_escape(byte, plus))?;
    let mut out = Text::<T>::with_capacity(bytes.len());
    let mut changed = false;
    let mut done = 0;
    loop {
        out.push_run(&bytes[done..next], |i| place(done + i));
        let Some(&byte) = bytes.get(next) else { break };
        done = match unit(&bytes[next..], plus) {
            Some((code, used)) => {
                changed = true;
                push_code(&mut out, code, byte == b'%' && used == 3, place(next));
                next + used
            }
            None => {
                out.push(byte, place(next));
                next + 1
            }
        };
        let rest = bytes[done..].iter().position(|&byte| is_escape(byte, plus));
        next = rest.map_or(bytes.len(), |rest| done + rest);
    }
    changed.then_some(out)
}

fn is_escape(byte: u8, plus: bool) -> bool {
    matches!(byte, b'%' | b'&' | b'\\') || (plus && byte == b'+')
}

/// The code that `rest` begins with in an encoded form, and how many bytes it takes.
#[inline]
fn unit(rest: &[u8], plus: bool) -> Option<(u32, usize)> {
    match rest.first()? {
        b'%' => percent(rest),
        b'&' => entity(rest),
        b'\\' => backslash(rest),
        b'+' if plus => Some((u32::from(b' '), 1)),
        _ => None,
    }
}

/// Writes a byte (`raw_byte`) or a code point, and folds overlong UTF-8 to the byte it stands for.
fn push_code<const T: bool>(out: &mut Text<T>, code: u32, raw_byte: bool, at: u32) {
    let Ok(byte) = u8::try_from(code) else {
        // Full-width forms become ASCII when a Windows server looks for the best fit.
        let code = if (0xFF01..=0xFF5E).contains(&code) { code - 0xFEE0 } else { code };
        let mut buffer = [0; 4];
        let letter = char::from_u32(code).unwrap_or('\u{FFFD}');
        letter.encode_utf8(&mut buffer).bytes().for_each(|byte| out.push(byte, at));
        return;
    };
    if !raw_byte || byte & 0xC0 != 0x80 {
        out.push(byte, at);
        return;
    }
    let low = byte & 0x3F;
    let length = out.bytes.len();
    match out.bytes[..] {
        [.., lead @ (0xC0 | 0xC1)] => fold(out, length - 1, ((lead & 1) << 6) | low),
        [.., 0xE0, middle @ 0x80..=0x81] => fold(out, length - 2, ((middle & 1) << 6) | low),
        [.., 0xF0, 0x80, middle @ 0x80..=0x81] => fold(out, length - 3, ((middle & 1) << 6) | low),
        _ => out.push(byte, at),
    }
}

fn fold<const T: bool>(out: &mut Text<T>, start: usize, byte: u8) {
    let at = out.at(start);
    out.truncate(start);
    out.push(byte, at);
}

/// `%HH` or `%uHHHH`: the code and how many bytes it takes.
fn percent(rest: &[u8]) -> Option<(u32, usize)> {
    match rest.get(1)? {
        b'u' | b'U' => Some((hex(rest.get(2..6)?)?, 6)),
        _ => Some((hex(rest.get(1..3)?)?, 3)),
    }
}

/// `\xHH`, `\uHHHH`, and the escaped quotes and backslashes of access logs.
fn backslash(rest: &[u8]) -> Option<(u32, usize)> {
    match rest.get(1)? {
        b'x' | b'X' => Some((hex(rest.get(2..4)?)?, 4)),
        b'u' | b'U' => Some((hex(rest.get(2..6)?)?, 6)),
        &byte @ (b'"' | b'\'' | b'\\') => Some((u32::from(byte), 2)),
        _ => None,
    }
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, &digit| Some(sum * 16 + char::from(digit).to_digit(16)?))
}

/// Entities of the characters that markup and scripts need; the others change no verdict.
const ENTITIES: &[(&[u8], u8)] = &[
    (b"amp;", b'&'),
    (b"apos;", b'\''),
    (b"bsol;", b'\\'),
    (b"colon;", b':'),
    (b"equals;", b'='),
    (b"gt;", b'>'),
    (b"lpar;", b'('),
    (b"lt;", b'<'),
    (b"newline;", b'\n'),
    (b"quot;", b'"'),
    (b"rpar;", b')'),
    (b"sol;", b'/'),
    (b"tab;", b'\t'),
];

/// `&#NN;`, `&#xHH;` (the semicolon may be missing, as browsers allow) or a named entity.
pub(super) fn entity(rest: &[u8]) -> Option<(u32, usize)> {
    if rest.get(1)? == &b'#' {
        return numeric(rest);
    }
    let name = &rest[1..];
    let found = ENTITIES.iter().find(|(known, _)| {
        name.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known))
    });
    found.map(|(known, byte)| (u32::from(*byte), known.len() + 1))
}

fn numeric(rest: &[u8]) -> Option<(u32, usize)> {
    let (radix, start) = match rest.get(2)? {
        b'x' | b'X' => (16, 3),
        _ => (10, 2),
    };
    let digits = rest.get(start..)?.iter().take(8);
    let length = digits.take_while(|&&digit| char::from(digit).is_digit(radix)).count();
    let text = std::str::from_utf8(&rest[start..start + length]).ok()?;
    let code = u32::from_str_radix(text, radix).ok()?;
    let end = start + length;
    Some((code, end + usize::from(rest.get(end) == Some(&b';'))))
}

/// Blanks the second bytes of Shift_JIS and the text of ISO-2022-JP: they look like quotes,
/// pipes, backslashes and letters, but are halves of Japanese characters.
fn mask_legacy(bytes: &mut [u8]) {
    if bytes.windows(2).any(|pair| pair == b"\x1b$") {
        mask_iso2022(bytes);
    }
    if bytes.is_ascii() || std::str::from_utf8(bytes).is_ok() {
        return;
    }
    let mut i = 0;
    while i + 1 < bytes.len() {
        let lead = matches!(bytes[i], 0x81..=0x9F | 0xE0..=0xFC);
        match bytes[i + 1] {
            0x40..=0x7E if lead => {
                bytes[i + 1] = b'x';
                i += 2;
            }
            0x80..=0xFC if lead => i += 2,
            _ => i += 1,
        }
    }
}

/// `ESC $ B` opens two-byte text, `ESC ( B` returns to ASCII.
fn mask_iso2022(bytes: &mut [u8]) {
    let mut inside = false;
    for i in 0..bytes.len() {
        if bytes[i] == 0x1B {
            inside = bytes.get(i + 1) == Some(&b'$');
        } else if inside {
            bytes[i] = b'x';
        }
    }
}

/// The text that a base64 value holds, if it is one: the whole value, long enough, and all of it
/// printable. Each byte is placed at the quartet it comes from.
pub(super) fn base64<const T: bool>(value: &Decoded<'_, T>) -> Option<Text<T>> {
    let trimmed = value.bytes.iter().rposition(|&byte| byte != b'=')? + 1;
    if trimmed < 11 || trimmed % 4 == 1 || !encoded_head(&value.bytes) {
        return None;
    }
    let mut out = Text::<T>::with_capacity(trimmed);
    let mut bits = 0_u32;
    for (i, &letter) in value.bytes[..trimmed].iter().enumerate() {
        bits = (bits << 6) | u32::from(sextet(letter)?);
        let shift = 6 - 2 * (i % 4);
        if shift < 6 {
            let byte = (bits >> shift) as u8;
            if !matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n') {
                return None;
            }
            out.push(byte, value.at(i));
        }
    }
    Some(out)
}

fn sextet(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' | b'-' | b' ' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Base64 is looked into only where it begins like something that attacks begin with: decoding
/// every token would cost much and prove nothing.
const HEADS: &[&[u8]] = &[
    b"JHt",   // ${
    b"L2Jpb", // /bin
    b"L2V0Y", // /etc
    b"Li4v",  // ../
    b"PCFE",  // <!D
    b"PD9",   // <?
    b"PGlt",  // <im
    b"PGlm",  // <if
    b"PHN",   // <s
    b"PFN",   // <S
    b"Tzo",   // O: with a digit
    b"e3s",   // {{
    b"JyBv",  // ' o
    b"JyBP",  // ' O
    b"JyB1",  // ' u
    b"JyBV",  // ' U
];

/// The value may be base64 of an attack, by its first letters.
pub(super) fn encoded_head(value: &[u8]) -> bool {
    HEADS.iter().any(|head| value.starts_with(head))
}
