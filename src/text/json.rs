//! JSON, flattened: the path of each plain value with the value, in one pass and without a tree.
//!
//! Names are joined by `.`; an array adds nothing to the path, so its elements repeat a key. An
//! empty object or array gives no pair, `null` gives [`Value::Null`]. Strings are unescaped;
//! escapes that mean nothing, and halves of surrogate pairs, stay as they are written. Raw control
//! characters and bytes that are no UTF-8 are taken as they are: logs have them.

pub use super::Error;
use super::{DEPTH, Pair, Pairs, Value, Writer};
use bumpalo::Bump;
use memchr::memchr2;

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
        let start = self.at;
        let mut has_escapes = false;
        while let Some(length) = memchr2(b'"', b'\\', &self.text[self.at..]) {
            self.at += length;
            if self.text[self.at] == b'"' {
                self.at += 1;
                return Ok((&self.text[start..self.at - 1], has_escapes));
            }
            has_escapes = true;
            self.at = (self.at + 2).min(self.text.len());
        }
        self.at = self.text.len();
        self.expected("the string's end")
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

/// The text that a string's inside stands for. Never longer than as it is written.
fn unescaped<'a>(inside: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    let mut text = bumpalo::collections::Vec::with_capacity_in(inside.len(), arena);
    let mut rest = inside;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        text.extend_from_slice_copy(&rest[..at]);
        let escape = &rest[at..];
        let length = match escape.get(1) {
            Some(b'u') => unicode(escape, &mut text),
            Some(byte) => {
                match plain_escape(*byte) {
                    Some(meant) => text.push(meant),
                    None => text.extend_from_slice_copy(&escape[..2]),
                }
                2
            }
            None => {
                text.push(b'\\');
                1
            }
        };
        rest = &escape[length..];
    }
    text.extend_from_slice_copy(rest);
    text.into_bump_slice()
}

/// What a backslash and this byte stand for.
const fn plain_escape(byte: u8) -> Option<u8> {
    Some(match byte {
        b'"' | b'\\' | b'/' => byte,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return None,
    })
}

/// Writes what `\uXXXX`, or a pair of them, stands for, and says how long it is.
fn unicode(escape: &[u8], text: &mut bumpalo::collections::Vec<'_, u8>) -> usize {
    let high = unit(escape);
    let low = high.and_then(|_| unit(&escape[6..]));
    let (code, length) = match (high, low) {
        (Some(high @ 0xd800..0xdc00), Some(low @ 0xdc00..0xe000)) => {
            (Some(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)), 12)
        }
        (Some(code), _) => (Some(code), 6),
        (None, _) => (None, 2),
    };
    match code.and_then(char::from_u32) {
        Some(c) => text.extend_from_slice_copy(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => text.extend_from_slice_copy(&escape[..length]),
    }
    length
}

/// The number of `\uXXXX` at the start of a text.
fn unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |code, &digit| Some(code << 4 | char::from(digit).to_digit(16)?))
}

#[cfg(test)]
mod tests;
