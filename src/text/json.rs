//! JSON, flattened: the path of each plain value with the value, in one pass and without a tree.
//!
//! Names are joined by `.`; an array adds nothing to the path, so its elements repeat a key. An
//! empty object or array gives no pair, `null` gives [`Value::Null`]. Strings are unescaped;
//! escapes that mean nothing, and halves of surrogate pairs, stay as they are written. Raw control
//! characters and bytes that are no UTF-8 are taken as they are: logs have them.

pub use super::Error;
use super::{DEPTH, Pair, Pairs, Value, Writer};
use bumpalo::Bump;
use memchr::memchr;

/// Reads one value at the start of `text` and says how many bytes it took. What was read before an
/// error stays in `pairs`.
///
/// An object inside an array that has a name and a value, as `{"Name":"X","Value":"v"}`, gives
/// besides its members also `path.X` = v.
pub fn read<'a>(text: &'a [u8], arena: &'a Bump, pairs: &mut Pairs<'a>) -> Result<usize, Error> {
    let mut reader = Reader { cursor: Cursor { text, at: 0 }, out: Writer::new(arena, pairs) };
    reader.value(&[], 0)?;
    Ok(reader.cursor.at)
}

/// Members that name an object of an array.
fn is_name(key: &[u8]) -> bool {
    matches!(key, b"Name" | b"name" | b"Key" | b"key" | b"displayName")
}

/// Members that hold what such an object says.
fn is_value(key: &[u8]) -> bool {
    matches!(
        key,
        b"Value"
            | b"value"
            | b"values"
            | b"intValue"
            | b"boolValue"
            | b"multiValue"
            | b"newValue"
            | b"NewValue"
    )
}

/// A place in a text.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next byte that is no white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        while let Some(&byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Takes the next byte that is no white space, if it is this one.
    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let is_it = self.peek() == Some(byte);
        self.at += usize::from(is_it);
        is_it
    }

    const fn expected<T>(&self, expected: &'static str) -> Result<T, Error> {
        Err(Error { offset: self.at, expected })
    }

    /// The inside of the string here, and whether it has escapes.
    #[inline]
    fn string(&mut self) -> Result<(&'a [u8], bool), Error> {
        if !self.take(b'"') {
            return self.expected("a string");
        }
        let inside = &self.text[self.at..];
        let length = short(inside);
        if inside.get(length) == Some(&b'"') {
            self.at += length + 1;
            return Ok((&inside[..length], false));
        }
        let Some(length) = end_of_string(inside) else {
            self.at = self.text.len();
            return self.expected("the string's end");
        };
        let inside = &inside[..length];
        self.at += length + 1;
        Ok((inside, memchr(b'\\', inside).is_some()))
    }

    /// A number, `true`, `false` or `null` as it is written.
    #[inline]
    fn bare(&mut self) -> Result<&'a [u8], Error> {
        let rest = &self.text[self.at..];
        let is_part =
            |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'+' | b'-' | b'.' | b'E');
        let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let word = &rest[..length];
        if !matches!(word, b"true" | b"false" | b"null") && !is_number(word) {
            return self.expected("a value");
        }
        self.at += length;
        Ok(word)
    }
}

fn is_number(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
}

/// What an object of an array calls itself, and where its value's pairs are.
#[derive(Default)]
struct Named<'a> {
    name: Option<&'a [u8]>,
    /// First pair of the value, the pair behind its last, and the length of the value's path.
    value: Option<(usize, usize, usize)>,
}

struct Reader<'a, 'p> {
    cursor: Cursor<'a>,
    out: Writer<'a, 'p>,
}

impl<'a> Reader<'a, '_> {
    fn value(&mut self, path: &'a [u8], depth: usize) -> Result<(), Error> {
        match self.cursor.peek() {
            Some(b'"') => {
                let text = self.string()?;
                self.out.push(path, Value::Text(text));
            }
            Some(b'{') => self.object(path, depth, None)?,
            Some(b'[') => self.array(path, depth)?,
            _ => {
                let word = self.cursor.bare()?;
                let value = if word == b"null" { Value::Null } else { Value::Text(word) };
                self.out.push(path, value);
            }
        }
        Ok(())
    }

    /// Reads an object. `named` takes what makes it a name with a value.
    fn object(
        &mut self,
        path: &'a [u8],
        depth: usize,
        mut named: Option<&mut Named<'a>>,
    ) -> Result<(), Error> {
        self.open(depth)?;
        if self.cursor.take(b'}') {
            return Ok(());
        }
        loop {
            let key = self.string()?;
            if !self.cursor.take(b':') {
                return self.cursor.expected("':'");
            }
            let member = self.out.join(path, key);
            let first = self.out.pairs.len();
            self.value(member, depth + 1)?;
            if let Some(named) = named.as_deref_mut() {
                self.note(key, member.len(), first, named);
            }
            match self.cursor.peek() {
                Some(b',') => self.cursor.at += 1,
                Some(b'}') => break,
                _ => return self.cursor.expected("',' or '}'"),
            }
        }
        self.cursor.at += 1;
        Ok(())
    }

    fn array(&mut self, path: &'a [u8], depth: usize) -> Result<(), Error> {
        self.open(depth)?;
        if self.cursor.take(b']') {
            return Ok(());
        }
        loop {
            if self.cursor.peek() == Some(b'{') {
                let mut named = Named::default();
                self.object(path, depth + 1, Some(&mut named))?;
                self.push_named(path, &named);
            } else {
                self.value(path, depth + 1)?;
            }
            match self.cursor.peek() {
                Some(b',') => self.cursor.at += 1,
                Some(b']') => break,
                _ => return self.cursor.expected("',' or ']'"),
            }
        }
        self.cursor.at += 1;
        Ok(())
    }

    /// Steps over an opening bracket.
    fn open(&mut self, depth: usize) -> Result<(), Error> {
        if depth >= DEPTH {
            return self.cursor.expected("at most 64 levels");
        }
        self.cursor.at += 1;
        Ok(())
    }

    #[inline]
    fn string(&mut self) -> Result<&'a [u8], Error> {
        let (inside, has_escapes) = self.cursor.string()?;
        Ok(if has_escapes { unescaped(inside, self.out.arena) } else { inside })
    }

    /// Notes a member that names its object, or the first that holds its value.
    fn note(&self, key: &[u8], length: usize, first: usize, named: &mut Named<'a>) {
        if is_name(key) && named.name.is_none() {
            named.name = match self.out.pairs.get(first) {
                Some(Pair { key, value: Value::Text(name) }) if key.len() == length => Some(name),
                _ => None,
            };
        } else if is_value(key) && named.value.is_none() {
            named.value = Some((first, self.out.pairs.len(), length));
        }
    }

    /// Pushes an object's value under its name.
    fn push_named(&mut self, path: &'a [u8], named: &Named<'a>) {
        let (Some(name), Some((first, behind, length))) = (named.name, named.value) else { return };
        let base = self.out.join(path, name);
        for at in first..behind {
            let Some(&pair) = self.out.pairs.get(at) else { return };
            let key = match pair.key.get(length..) {
                Some([b'.', inside @ ..]) => self.out.join(base, inside),
                _ => base,
            };
            self.out.push(key, pair.value);
        }
    }
}

/// Where the quote stands that ends a string: the first with an even number of backslashes before
/// it. Quotes are rarer than backslashes, so those are looked for.
#[inline]
fn end_of_string(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let quote = from + memchr(b'"', &text[from..])?;
        let escapes = text[from..quote].iter().rev().take_while(|byte| **byte == b'\\').count();
        if escapes % 2 == 0 {
            return Some(quote);
        }
        from = quote + 1;
    }
}

/// Bytes that are looked at together.
const WORD: usize = 8;
/// One in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;

/// Marks the bytes of `word` that are this one. The lowest mark is certain; those above it may be
/// in vain.
#[inline]
const fn marked(word: [u8; WORD], byte: u8) -> u64 {
    let differing = u64::from_le_bytes(word) ^ (ONES * byte as u64);
    differing.wrapping_sub(ONES) & !differing & (ONES << 7)
}

/// Bytes before the lowest mark.
#[inline]
const fn before(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// Bytes at the start of a text before the first quote or backslash, as far as they are looked at
/// here: most names and values are so short.
#[inline]
fn short(text: &[u8]) -> usize {
    let mut length = 0;
    for word in text.as_chunks::<WORD>().0.iter().take(5) {
        let plain = before(marked(*word, b'"') | marked(*word, b'\\'));
        length += plain;
        if plain < WORD {
            break;
        }
    }
    length
}

/// The text that a string's inside stands for. Never longer than as it is written.
fn unescaped<'a>(inside: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    let text = arena.alloc_slice_fill_copy(inside.len(), 0);
    let (mut at, mut end) = (0, 0);
    while at < inside.len() {
        // Runs between escapes are short in paths and messages: a word is copied as a whole, and
        // what is behind a backslash in it is written over.
        if let Some(word) = inside[at..].first_chunk::<WORD>()
            && let Some(out) = text[end..].first_chunk_mut::<WORD>()
        {
            *out = *word;
            let plain = before(marked(*word, b'\\'));
            (at, end) = (at + plain, end + plain);
            if plain == WORD {
                continue;
            }
        } else if inside[at] != b'\\' {
            text[end] = inside[at];
            (at, end) = (at + 1, end + 1);
            continue;
        }
        let (taken, given) = escape(&inside[at..], &mut text[end..]);
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

#[cfg(test)]
mod tests;
